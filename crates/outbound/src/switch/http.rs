//! A switch over HTTP: a message is posted, and its answer is the answer's body. The same message may be posted again: its
//! reference goes beside it as the idempotency key.

use std::fmt;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use super::{
    ANSWER_BYTES_MAX, AnswerForm, AskSwitchError, InvalidAnswer, Question, QuestionForm, Reply,
    StateSwitch,
};
use crate::agent::{agent_with, is_private};

/// With what the line is secured beside the authorities that everybody knows.
#[derive(Clone, Default)]
pub struct SwitchTls {
    /// The authority that vouches for the switch, in PEM; none: those that everybody knows.
    pub authority: Option<Vec<u8>>,
    /// Our certificate with its chain, and its key, in PEM.
    pub certificate: Option<(Vec<u8>, Vec<u8>)>,
}

/// What is needed to ask.
#[derive(Clone)]
pub struct HttpSwitchSettings {
    /// Where messages are posted.
    pub url: String,
    /// A bearer's token.
    pub token: Option<String>,
    /// How the line is secured.
    pub tls: SwitchTls,
    /// How long one answer may take.
    pub timeout: Duration,
    /// How questions are spelled.
    pub question: QuestionForm,
    /// How answers are read.
    pub answer: AnswerForm,
}

/// A switch that cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSwitch {
    /// No address.
    #[error("it is no address")]
    NoUrl,
    /// Over a line that others could read, or with a password in it.
    #[error(
        "it has to begin with https://, or with http:// and this machine's own name or address, and hold no password"
    )]
    NotPrivate,
    /// Not what it should be.
    #[error("the {0} is not PEM, or holds none")]
    NotPem(&'static str),
}

/// A switch over HTTP.
#[derive(Clone)]
pub struct HttpSwitch {
    agent: Agent,
    url: String,
    token: Option<String>,
    question: QuestionForm,
    answer: AnswerForm,
}

/// Without the token.
impl fmt::Debug for HttpSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpSwitch({})", self.url)
    }
}

impl HttpSwitch {
    /// One that asks as the settings say.
    pub fn new(settings: HttpSwitchSettings) -> Result<Self, InvalidSwitch> {
        let HttpSwitchSettings { url, token, tls, timeout, question, answer } = settings;
        let uri: Uri = url.parse().map_err(|_| InvalidSwitch::NoUrl)?;
        if !is_private(&uri) {
            return Err(InvalidSwitch::NotPrivate);
        }
        let agent = agent_with(timeout, tls_config(&tls)?);
        Ok(Self { agent, url, token, question, answer })
    }

    fn post(&self, message: &str, reference: &str) -> Result<(u16, Vec<u8>), ureq::Error> {
        let mut request = self
            .agent
            .post(&self.url)
            .header("accept", "text/plain")
            .header("idempotency-key", reference)
            .content_type("text/plain; charset=utf-8");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = request.send(message)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX as u64 + 1);
        Ok((status, body.read_to_vec()?))
    }
}

impl StateSwitch for HttpSwitch {
    fn ask(&self, question: &Question) -> Result<Reply, AskSwitchError> {
        let message = self.question.spell(question).map_err(AskSwitchError::NotAValue)?;
        let (status, body) = match self.post(&message, &question.reference) {
            Ok(answer) => answer,
            Err(ureq::Error::BodyExceedsLimit(_)) => {
                return Err(AskSwitchError::Unreadable(InvalidAnswer::TooLong));
            }
            Err(err) if refuses_certificate(&err) => {
                return Err(AskSwitchError::Certificate(Box::new(err)));
            }
            Err(err) => return Err(AskSwitchError::Unreachable(Box::new(err))),
        };
        match status {
            200 => match self.answer.read(&body, &question.reference) {
                Ok(Some(answer)) => Ok(Reply::Answered(answer, body)),
                Ok(None) => Ok(Reply::Waiting),
                Err(err) => Err(AskSwitchError::Unreadable(err)),
            },
            202 => Ok(Reply::Waiting),
            408 | 425 | 429 | 500..=599 => Err(AskSwitchError::Unavailable(status)),
            other => Err(AskSwitchError::Refused(other)),
        }
    }
}

/// Whether the other side ended the line over our certificate: it says so in an alert.
fn refuses_certificate(err: &ureq::Error) -> bool {
    use rustls::AlertDescription::{
        AccessDenied, BadCertificate, CertificateExpired, CertificateRequired, CertificateRevoked,
        CertificateUnknown, DecryptError, UnknownCA, UnsupportedCertificate,
    };
    let ureq::Error::Io(err) = err else { return false };
    let said = err.get_ref().and_then(|err| err.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::AlertReceived(alert)) = said else { return false };
    let of_certificates = [
        AccessDenied,
        BadCertificate,
        CertificateExpired,
        CertificateRequired,
        CertificateRevoked,
        CertificateUnknown,
        DecryptError,
        UnknownCA,
        UnsupportedCertificate,
    ];
    of_certificates.contains(alert)
}

fn tls_config(tls: &SwitchTls) -> Result<TlsConfig, InvalidSwitch> {
    let mut config = TlsConfig::builder();
    if let Some(authority) = &tls.authority {
        let certificates = certificates(authority, "authority's certificate")?;
        config = config.root_certs(RootCerts::new_with_certs(&certificates));
    }
    if let Some((chain, key)) = &tls.certificate {
        let chain = certificates(chain, "certificate")?;
        let key = PrivateKey::from_pem(key).map_err(|_| InvalidSwitch::NotPem("key"))?;
        config = config.client_cert(Some(ClientCert::new_with_certs(&chain, key)));
    }
    Ok(config.build())
}

fn certificates(
    pem: &[u8],
    what: &'static str,
) -> Result<Vec<Certificate<'static>>, InvalidSwitch> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(one)) => found.push(one),
            Ok(_) => {}
            Err(_) => return Err(InvalidSwitch::NotPem(what)),
        }
    }
    if found.is_empty() { Err(InvalidSwitch::NotPem(what)) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> HttpSwitchSettings {
        let form = "XQ.{ori}.{state}.TXT LIC/{plate}.OPR/{operator}.PUR/{purpose}.REF/{reference}";
        HttpSwitchSettings {
            url: url.to_owned(),
            token: Some("s3cret".to_owned()),
            tls: SwitchTls::default(),
            timeout: Duration::from_secs(1),
            question: QuestionForm::parse(form).unwrap(),
            answer: AnswerForm {
                echo: "REF".to_owned(),
                result: "RES".to_owned(),
                in_force: Vec::new(),
                not_in_force: Vec::new(),
                waiting: Vec::new(),
                reference: None,
            },
        }
    }

    #[test]
    fn a_switch_is_asked_over_a_private_line_and_its_token_is_not_shown() {
        let switch = HttpSwitch::new(settings("https://switch.example.gov/messages")).unwrap();
        assert!(!format!("{switch:?}").contains("s3cret"));
        assert!(HttpSwitch::new(settings("http://127.0.0.1:8790/messages")).is_ok());
        for bad in ["http://switch.example.gov/", "https://me:pw@switch.example.gov/", "ftp://x/"] {
            let refused = HttpSwitch::new(settings(bad));
            assert!(matches!(refused, Err(InvalidSwitch::NotPrivate)), "{bad}");
        }
        assert!(matches!(HttpSwitch::new(settings("not a url")), Err(InvalidSwitch::NoUrl)));
    }

    #[test]
    fn what_is_no_certificate_is_refused_before_anybody_is_asked() {
        let with = |tls| HttpSwitchSettings { tls, ..settings("https://x.example/") };
        let authority = SwitchTls { authority: Some(b"nothing".to_vec()), certificate: None };
        assert!(matches!(HttpSwitch::new(with(authority)), Err(InvalidSwitch::NotPem(_))));
        let pair = Some((b"nothing".to_vec(), b"nothing".to_vec()));
        let certificate = SwitchTls { authority: None, certificate: pair };
        assert!(matches!(HttpSwitch::new(with(certificate)), Err(InvalidSwitch::NotPem(_))));
    }
}
