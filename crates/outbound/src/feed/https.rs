//! Files of hotlists over HTTPS.

use std::fmt;
use std::io::{Read as _, Write};
use std::time::Duration;

use base64::Engine as _;
use ureq::http::{HeaderMap, Response, Uri, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};

use super::addresses::Outside;
use super::{FetchError, Fetched, Validators};
use crate::agent::settings;

/// How often the same host may send us on.
const REDIRECTS_MAX: usize = 3;
/// The longest validator that is kept.
const VALIDATOR_BYTES_MAX: usize = 300;
const PIECE_BYTES: usize = 64 * 1024;

/// What is shown to a server so that it gives the file.
#[derive(Clone, PartialEq, Eq)]
pub enum HttpsLogin {
    /// Nothing.
    Nobody,
    /// A bearer's token.
    Token(String),
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
}

/// Without what is secret.
impl fmt::Debug for HttpsLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Nobody",
            Self::Token(_) => "Token(…)",
            Self::Password { .. } => "Password(…)",
        })
    }
}

/// An address, and how it is asked.
#[derive(Clone, Debug)]
pub struct HttpsPlace {
    /// The address.
    pub url: String,
    /// What is shown to the server.
    pub login: HttpsLogin,
    /// Certificates (PEM) of the authority that the server is believed by; the public ones where there is none.
    pub authority_pem: Option<String>,
    /// Whether addresses of this machine and private networks may be asked.
    pub private_addresses: bool,
    /// How long a whole fetch may take.
    pub timeout: Duration,
}

/// An address that is asked for a list.
#[derive(Debug)]
pub struct HttpsFeed {
    agent: Agent,
    url: Uri,
    login: HttpsLogin,
    timeout: Duration,
}

impl HttpsFeed {
    /// Checks an address; asks nobody.
    pub fn new(place: HttpsPlace) -> Result<Self, FetchError> {
        let wrong = |why: &str| FetchError::Place(why.to_owned());
        let url: Uri = place.url.parse().map_err(|_| wrong("it is no address"))?;
        let authority = url.authority().ok_or_else(|| wrong("it is no address"))?;
        if url.scheme_str() != Some("https") {
            return Err(wrong("it has to begin with https://"));
        }
        if authority.as_str().contains('@') {
            return Err(wrong("it holds a name or a password: these come from a file"));
        }
        let mut tls = TlsConfig::builder();
        if let Some(pem) = &place.authority_pem {
            tls = tls.root_certs(RootCerts::from(authorities(pem)?));
        }
        let config = settings(place.timeout).tls_config(tls.build()).https_only(true).build();
        let outside = Outside { private_too: place.private_addresses };
        let agent = Agent::with_parts(config, DefaultConnector::default(), outside);
        Ok(Self { agent, url, login: place.login, timeout: place.timeout })
    }

    /// Where from: without the query, which may hold what is nobody's business.
    pub(super) fn says(&self) -> String {
        let host = self.url.authority().map(|authority| authority.as_str()).unwrap_or_default();
        format!("https://{host}{}", self.url.path())
    }

    pub(super) async fn fetch<W: Write + Send + 'static>(
        &self,
        known: &Validators,
        mut sink: W,
    ) -> Result<(Fetched, W), FetchError> {
        let asking = Asking {
            agent: self.agent.clone(),
            url: self.url.clone(),
            login: self.login.clone(),
            known: known.clone(),
            timeout: self.timeout,
            host: self.url.host().unwrap_or_default().to_owned(),
        };
        // Names are looked up by the system, which blocks.
        let asked = tokio::task::spawn_blocking(move || {
            asking.fetch(&mut sink).map(|fetched| (fetched, sink))
        });
        asked.await.map_err(FetchError::Stopped)?
    }
}

/// One fetch.
struct Asking {
    agent: Agent,
    url: Uri,
    login: HttpsLogin,
    known: Validators,
    timeout: Duration,
    host: String,
}

impl Asking {
    fn fetch(&self, sink: &mut dyn Write) -> Result<Fetched, FetchError> {
        let mut url = self.url.clone();
        for _ in 0..=REDIRECTS_MAX {
            let answer = self.ask(&url)?;
            match answer.status().as_u16() {
                200 => return self.keep(answer, sink),
                304 => return Ok(Fetched::Unchanged),
                301 | 302 | 303 | 307 | 308 => url = self.sent_on(answer.headers())?,
                status => {
                    let says = format!("{} answered with status {status}", self.host);
                    return Err(FetchError::Answer(says));
                }
            }
        }
        let says = format!("{} sent us on more than {REDIRECTS_MAX} times", self.host);
        Err(FetchError::Answer(says))
    }

    fn ask(&self, url: &Uri) -> Result<Response<Body>, FetchError> {
        let mut request = self.agent.get(url.clone());
        match &self.login {
            HttpsLogin::Nobody => {}
            HttpsLogin::Token(token) => {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            HttpsLogin::Password { user, password } => {
                let both =
                    base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
                request = request.header(header::AUTHORIZATION, format!("Basic {both}"));
            }
        }
        if let Some(etag) = &self.known.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(moment) = &self.known.last_modified {
            request = request.header(header::IF_MODIFIED_SINCE, moment);
        }
        request.call().map_err(|err| self.unreachable(err))
    }

    fn unreachable(&self, err: ureq::Error) -> FetchError {
        match err {
            ureq::Error::Timeout(_) => FetchError::Slow(self.timeout.as_secs()),
            err => FetchError::Unreachable(self.host.clone(), err.into()),
        }
    }

    /// Where the same host sends us; another one is not followed, because the token would go with us.
    fn sent_on(&self, headers: &HeaderMap) -> Result<Uri, FetchError> {
        let to = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        let elsewhere = || {
            let says = format!(
                "{} sent us to another place, which is not followed: name that place instead",
                self.host
            );
            FetchError::Answer(says)
        };
        let own = self.url.authority().map(|own| own.as_str()).unwrap_or_default();
        let whole = if to.starts_with('/') && !to.starts_with("//") {
            format!("https://{own}{to}")
        } else {
            to.to_owned()
        };
        let to: Uri = whole.parse().map_err(|_| elsewhere())?;
        let is_own = to.scheme_str() == Some("https") && to.authority() == self.url.authority();
        if is_own { Ok(to) } else { Err(elsewhere()) }
    }

    fn keep(&self, answer: Response<Body>, sink: &mut dyn Write) -> Result<Fetched, FetchError> {
        let validator = |name: header::HeaderName| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            (value.len() <= VALIDATOR_BYTES_MAX).then(|| value.to_owned())
        };
        let validators = Validators {
            etag: validator(header::ETAG),
            last_modified: validator(header::LAST_MODIFIED),
        };
        let (mut read, mut piece) = (answer.into_body().into_reader(), vec![0; PIECE_BYTES]);
        loop {
            let n = match read.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => n,
                // ureq tells its own errors, such as that the time is over, by one of these.
                Err(err) => return Err(self.unreachable(ureq::Error::from(err))),
            };
            let piece = piece.get(..n).unwrap_or_default();
            sink.write_all(piece).map_err(FetchError::Keep)?;
        }
        let last = self.url.path().rsplit('/').next().filter(|name| !name.is_empty());
        let name = last.unwrap_or(&self.host).to_owned();
        Ok(Fetched::File { name, validators, picked: None })
    }
}

fn authorities(pem: &str) -> Result<Vec<Certificate<'static>>, FetchError> {
    let wrong = || FetchError::Place("its authority is no PEM of certificates".to_owned());
    let mut found = Vec::new();
    for item in parse_pem(pem.as_bytes()) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| wrong())? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(wrong()) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(url: &str) -> Result<HttpsFeed, FetchError> {
        HttpsFeed::new(HttpsPlace {
            url: url.to_owned(),
            login: HttpsLogin::Token("s3cret".to_owned()),
            authority_pem: None,
            private_addresses: false,
            timeout: Duration::from_secs(1),
        })
    }

    fn wrong(url: &str) -> String {
        feed(url).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn an_address_is_https_and_holds_no_secret() {
        assert!(wrong("http://lists.example.gov/a").contains("https://"));
        assert!(wrong("https://me:pw@lists.example.gov/a").contains("come from a file"));
        assert!(wrong("/a").contains("no address"));
        let feed = feed("https://lists.example.gov:8443/out/stolen.csv?key=k").unwrap();
        assert_eq!(feed.says(), "https://lists.example.gov:8443/out/stolen.csv");
        assert!(!format!("{feed:?}").contains("s3cret"));
    }

    #[test]
    fn an_authority_is_certificates() {
        assert!(authorities("").is_err() && authorities("-----BEGIN").is_err());
    }

    #[tokio::test]
    async fn an_address_of_this_machine_is_not_asked_unless_that_is_said() {
        let feed = feed("https://127.0.0.1:1/a").unwrap();
        let err = feed.fetch(&Validators::default(), Vec::new()).await.unwrap_err();
        let why = std::error::Error::source(&err).unwrap().to_string();
        assert!(why.contains("private_addresses"), "{err} {why}");
    }
}
