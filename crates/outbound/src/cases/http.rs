//! Cases by asking over HTTP: a GET of the number's own address, answered with 200 or 404.

use std::fmt;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

use crate::agent::{agent, is_private};

/// Where the number stands in the address.
const NUMBER: &str = "{number}";

/// An address that cannot be asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidCaseUrl {
    /// Without the number's place, or with two.
    #[error("it has to hold {NUMBER} once, after the host")]
    NoNumber,
    /// No address.
    #[error("it is no address")]
    NoUrl,
    /// Over a line that others could read.
    #[error(
        "it has to begin with https://, or with http:// and this machine's own name or address"
    )]
    NotPrivate,
    /// With a name and a password in it.
    #[error("it holds a name or a password: a token comes from a file")]
    HoldsSecret,
}

/// Why the case system gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskCasesError {
    /// No answer came, or none that is HTTP, or too slowly.
    #[error("failed to reach the case system")]
    Unreachable(#[source] Box<ureq::Error>),
    /// It answered neither 200 nor 404.
    #[error("the case system answered with status {0}")]
    Status(u16),
    /// The program ends.
    #[error("stopped asking the case system")]
    Stopped(#[source] tokio::task::JoinError),
}

/// An address that answers for each case.
#[derive(Clone)]
pub struct HttpCases {
    agent: Agent,
    before: String,
    after: String,
    token: Option<String>,
}

/// Without the token.
impl fmt::Debug for HttpCases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpCases({}{NUMBER}{})", self.before, self.after)
    }
}

impl HttpCases {
    /// Asks at `template`, in which `{number}` stands for the number, with `token` as the bearer's, and waits so long for a
    /// whole answer.
    pub fn new(
        template: &str,
        token: Option<String>,
        timeout: Duration,
    ) -> Result<Self, InvalidCaseUrl> {
        let (before, after) = template.split_once(NUMBER).ok_or(InvalidCaseUrl::NoNumber)?;
        if after.contains(NUMBER) {
            return Err(InvalidCaseUrl::NoNumber);
        }
        check(before, after)?;
        let (before, after) = (before.to_owned(), after.to_owned());
        Ok(Self { agent: agent(timeout), before, after, token })
    }

    /// Whether it has a case of this number.
    pub async fn has(&self, number: &str) -> Result<bool, AskCasesError> {
        let (own, number) = (self.clone(), number.trim().to_owned());
        // The name is looked up by the system, which blocks.
        let asked = tokio::task::spawn_blocking(move || own.ask(&number)).await;
        asked.map_err(AskCasesError::Stopped)?
    }

    fn ask(&self, number: &str) -> Result<bool, AskCasesError> {
        let mut request =
            self.agent.get(format!("{}{}{}", self.before, escaped(number), self.after));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = request.call().map_err(|err| AskCasesError::Unreachable(Box::new(err)))?;
        match answer.status().as_u16() {
            200 => Ok(true),
            404 => Ok(false),
            other => Err(AskCasesError::Status(other)),
        }
    }
}

fn check(before: &str, after: &str) -> Result<(), InvalidCaseUrl> {
    let uri: Uri = format!("{before}0{after}").parse().map_err(|_| InvalidCaseUrl::NoUrl)?;
    let bare: Uri = before.parse().map_err(|_| InvalidCaseUrl::NoNumber)?;
    let authority = uri.authority().ok_or(InvalidCaseUrl::NoUrl)?;
    if authority.as_str().contains('@') {
        return Err(InvalidCaseUrl::HoldsSecret);
    }
    // The host must not hang on the number.
    if bare.authority() != Some(authority) || !before.contains(&format!("{authority}/")) {
        return Err(InvalidCaseUrl::NoNumber);
    }
    if is_private(&uri) { Ok(()) } else { Err(InvalidCaseUrl::NotPrivate) }
}

/// A number as one piece of a path: everything but letters, digits, `-` and `_` is escaped (RFC 3986).
fn escaped(number: &str) -> String {
    let mut text = String::with_capacity(number.len());
    for byte in number.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken(template: &str) -> Result<(), InvalidCaseUrl> {
        HttpCases::new(template, None, Duration::from_secs(1)).map(drop)
    }

    #[test]
    fn an_address_is_private_and_has_one_place_for_the_number() {
        for good in [
            "https://cms.example.gov/cases/{number}",
            "https://cms.example.gov:8443/api?case={number}&fields=none",
            "http://localhost:9000/{number}",
            "http://127.0.0.1/{number}.json",
            "http://[::1]:80/{number}",
        ] {
            assert_eq!(taken(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("https://cms.example.gov/cases", InvalidCaseUrl::NoNumber),
            ("https://cms.example.gov/{number}/{number}", InvalidCaseUrl::NoNumber),
            ("https://cms.example.gov{number}/x", InvalidCaseUrl::NoNumber),
            ("https://{number}.example.gov/", InvalidCaseUrl::NoNumber),
            ("http://cms.example.gov/{number}", InvalidCaseUrl::NotPrivate),
            ("ftp://cms.example.gov/{number}", InvalidCaseUrl::NotPrivate),
            ("https://me:secret@cms.example.gov/{number}", InvalidCaseUrl::HoldsSecret),
            ("/cases/{number}", InvalidCaseUrl::NoUrl),
        ] {
            assert_eq!(taken(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_token_is_not_shown() {
        let token = Some("s3cret".to_owned());
        let cases = HttpCases::new("https://x.example/{number}", token, Duration::MAX);
        assert!(!format!("{:?}", cases.unwrap()).contains("s3cret"));
    }

    proptest! {
        #[test]
        fn a_number_is_one_piece_of_the_path(number in any::<String>()) {
            let text = escaped(&number);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_%".contains(&byte)));
            let address = format!("https://x.example/cases/{text}").parse::<Uri>();
            prop_assert!(address.is_ok());
        }
    }
}
