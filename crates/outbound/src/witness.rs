//! Asking a witness to cosign a checkpoint.

use std::time::Duration;

use ledger::VerifierKey;
use ledger::note::SignatureLine;
use ledger::witness::{AddCheckpoint, cosignatures};
use ledger::{Checkpoint, checkpoint::InvalidCheckpoint};
use ureq::Agent;
use ureq::http::Response;

use crate::agent::agent;

/// Longest answer that is read, in bytes: a hundred signature lines are a quarter of it.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;
/// Of a reason that a witness gives, so much is passed on, in characters: it ends up in a log and on a page.
const REASON_CHARS_MAX: usize = 300;

/// What a witness answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It cosigned: the signature fits the checkpoint and the witness's key.
    Cosigned(SignatureLine),
    /// The state that it cosigned last has another size than we believed: ask again with a proof from that size. It is at
    /// most the size of the checkpoint that was asked about.
    Behind {
        /// How many leaves it had.
        size: u64,
    },
}

/// Why a witness's cosignature was not had.
#[derive(Debug, thiserror::Error)]
pub enum AskWitnessError {
    /// What we were about to send is no checkpoint.
    #[error("failed to ask witness `{witness}`: what it is to cosign is no checkpoint")]
    NoCheckpoint {
        /// Whom we asked.
        witness: String,
        /// Why.
        #[source]
        err: InvalidCheckpoint,
    },
    /// No answer came, or none that is HTTP, or too slowly, or one too long.
    #[error("failed to reach witness `{witness}`")]
    Unreachable {
        /// Whom we asked.
        witness: String,
        /// Why.
        #[source]
        err: Box<ureq::Error>,
    },
    /// It refused.
    #[error("witness `{witness}` refused with status {status}: {reason}")]
    Refused {
        /// Whom we asked.
        witness: String,
        /// With which status. 422: it does not believe that the log grew out of what it cosigned.
        status: u16,
        /// In its words, shortened.
        reason: String,
    },
    /// It cosigned a larger log than ours is: **ours lost leaves, or was replaced by an older copy.**
    #[error("witness `{witness}` cosigned {size} leaves, and our log has {ours}: it lost some")]
    AheadOfUs {
        /// Whom we asked.
        witness: String,
        /// How many leaves it says it cosigned.
        size: u64,
        /// How many we have.
        ours: u64,
    },
    /// It says that its state is another, and not which, or the one we named.
    #[error("witness `{witness}` says that it cosigned another state, and not which")]
    NoSize {
        /// Whom we asked.
        witness: String,
    },
    /// It answered, and with no cosignature of its key that fits the checkpoint.
    #[error("witness `{witness}` answered without a cosignature that fits")]
    NoCosignature {
        /// Whom we asked.
        witness: String,
    },
    /// The program ends.
    #[error("stopped asking witness `{witness}`")]
    Stopped {
        /// Whom we asked.
        witness: String,
        /// Why.
        #[source]
        err: tokio::task::JoinError,
    },
}

/// Asks witnesses. Clones share what is kept of connections.
#[derive(Clone, Debug)]
pub struct WitnessClient {
    agent: Agent,
}

impl WitnessClient {
    /// One that waits so long for a whole answer.
    pub fn new(timeout: Duration) -> Self {
        Self { agent: agent(timeout) }
    }

    /// Asks the witness at `url` (what comes before `/add-checkpoint`) that signs with `key`.
    pub async fn ask(
        &self,
        url: &str,
        request: &AddCheckpoint,
        key: &VerifierKey,
    ) -> Result<Answer, AskWitnessError> {
        let (client, key, request) = (self.clone(), key.clone(), request.clone());
        let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
        let witness = key.name().to_owned();
        // The name is looked up by the system, which blocks.
        let asked = tokio::task::spawn_blocking(move || client.ask_blocking(&url, &request, &key));
        asked.await.map_err(|err| AskWitnessError::Stopped { witness, err })?
    }

    fn ask_blocking(
        &self,
        url: &str,
        request: &AddCheckpoint,
        key: &VerifierKey,
    ) -> Result<Answer, AskWitnessError> {
        let witness = || key.name().to_owned();
        let ours = Checkpoint::parse(request.note.text())
            .map_err(|err| AskWitnessError::NoCheckpoint { witness: witness(), err })?
            .size;
        let answer = self
            .post(url, &request.to_string())
            .map_err(|err| AskWitnessError::Unreachable { witness: witness(), err: err.into() })?;
        let body = answer.body().as_slice();
        match answer.status().as_u16() {
            200 => cosignatures(&request.note, body, key)
                .map(Answer::Cosigned)
                .ok_or_else(|| AskWitnessError::NoCosignature { witness: witness() }),
            409 => match size(body) {
                Some(size) if size > ours => {
                    Err(AskWitnessError::AheadOfUs { witness: witness(), size, ours })
                }
                Some(size) if size != request.old => Ok(Answer::Behind { size }),
                _ => Err(AskWitnessError::NoSize { witness: witness() }),
            },
            status => {
                let reason = reason(body);
                Err(AskWitnessError::Refused { witness: witness(), status, reason })
            }
        }
    }

    fn post(&self, url: &str, body: &str) -> Result<Response<Vec<u8>>, ureq::Error> {
        let sent = self
            .agent
            .post(url)
            .header("accept", "text/plain")
            .content_type("text/plain; charset=utf-8")
            .send(body)?;
        let (head, mut body) = sent.into_parts();
        let body = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok(Response::from_parts(head, body))
    }
}

/// A number in decimal in a line of its own.
fn size(body: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(body).ok()?.strip_suffix('\n')?;
    let digits = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    line.parse().ok().filter(|_| digits)
}

/// The first line of what a witness says, as far as it can be shown: whatever it sends cannot become two lines of a log.
fn reason(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
    let shown = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let reason: String = shown.take(REASON_CHARS_MAX).collect();
    if reason.is_empty() { "it gave no reason".to_owned() } else { reason }
}
