//! Why a message did not arrive, and what that means for trying again.

use std::time::Duration;

use ureq::http::Response;
use ureq::{Agent, Body, Error};

use crate::InvalidDestination;

/// Of an answer, so much is read: it is asked for nothing but its status.
const ANSWER_BYTES_MAX: u64 = 4 * 1024;
/// Longest wait that somebody may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(6 * 3600);

/// Why a message did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// Its address is no place to send anything to.
    #[error("the address {0}")]
    Nowhere(#[from] InvalidDestination),
    /// What it is to be encrypted with is broken.
    #[error("the device’s keys cannot be read")]
    Keys,
    /// Nobody answered, or not in time.
    #[error("nobody answered: {says}")]
    Unreachable {
        /// What happened, in words.
        says: String,
    },
    /// The other side cannot take it now.
    #[error("it was not taken now: the answer was status {status}")]
    NotNow {
        /// What it answered.
        status: u16,
        /// How long it asks us to wait, where it says so.
        retry_after: Option<Duration>,
    },
    /// The address is no more.
    #[error("the address is no longer there: the answer was status {status}")]
    Gone {
        /// What it answered.
        status: u16,
    },
    /// The other side will never take it.
    #[error("it was refused: the answer was status {status}")]
    Refused {
        /// What it answered.
        status: u16,
    },
}

impl NotSent {
    /// What was answered, where somebody did.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::NotNow { status, .. } | Self::Gone { status } | Self::Refused { status } => {
                Some(*status)
            }
            Self::Nowhere(_) | Self::Keys | Self::Unreachable { .. } => None,
        }
    }

    fn of(err: &Error) -> Self {
        // Its text names no address beyond what was asked for, and no answer's body.
        let says = match err {
            Error::Other(why) if why.is::<InvalidDestination>() => {
                return Self::Nowhere(InvalidDestination::Inside);
            }
            Error::Timeout(_) => "it took too long".to_owned(),
            Error::HostNotFound => "there is no such host".to_owned(),
            Error::ConnectionFailed => "no connection came about".to_owned(),
            Error::Io(err) => err.kind().to_string(),
            Error::Tls(_) | Error::Rustls(_) => "its certificate is not believed".to_owned(),
            _ => "the answer was no HTTP".to_owned(),
        };
        Self::Unreachable { says }
    }

    fn of_answer(answer: &Response<Body>) -> Result<u16, Self> {
        let status = answer.status().as_u16();
        match status {
            200..300 => Ok(status),
            404 | 410 => Err(Self::Gone { status }),
            408 | 425 | 429 | 500.. => {
                Err(Self::NotNow { status, retry_after: retry_after(answer) })
            }
            _ => Err(Self::Refused { status }),
        }
    }
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3); a date is left out, for the two clocks may differ.
fn retry_after(answer: &Response<Body>) -> Option<Duration> {
    let said = answer.headers().get("retry-after")?.to_str().ok()?;
    let seconds: u64 = said.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

/// Posts a body; the status where it was taken.
pub(crate) fn post(
    agent: &Agent,
    url: &str,
    headers: &[(&str, String)],
    body: &[u8],
) -> Result<u16, NotSent> {
    let mut request = agent.post(url);
    for (name, value) in headers {
        request = request.header(*name, value.as_str());
    }
    let mut answer = request.send(body).map_err(|err| NotSent::of(&err))?;
    // Read to its end, or to a bound: who answers shall not find the line cut while writing.
    drop(answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec());
    NotSent::of_answer(&answer)
}
