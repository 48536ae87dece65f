//! A witness (C2SP tlog-witness): remembers the last state of each log it follows and cosigns a new one only when that
//! grew out of it. Here is what it is asked, and how it decides; the shell around it keeps the state and the time.

use std::fmt;

use crate::checkpoint::{Checkpoint, InvalidCheckpoint, parse_size};
use crate::note::{Forged, InvalidNote, Note, SignatureLine};
use crate::tree::{ProofError, check_consistency};
use crate::{Hash, VerifierKey};

/// Most hashes a request may bring.
const HASHES_MAX: usize = 63;
/// Longest request that is looked at, in bytes.
pub const REQUEST_BYTES_MAX: usize = crate::note::NOTE_BYTES_MAX + 8 * 1024;

/// What a log asks a witness: to cosign a checkpoint that grew out of the state the log believes the witness saw last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddCheckpoint {
    /// The size that the witness saw last, as far as the log knows.
    pub old: u64,
    /// Proof that the checkpoint grew out of it.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by the log.
    pub note: Note,
}

/// A request that is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidRequest {
    /// Not text, or too long.
    #[error("the request is not text of at most {REQUEST_BYTES_MAX} bytes")]
    NotText,
    /// The first line is not `old <size>`.
    #[error("line 1 is not `old <size>`")]
    Old,
    /// A line of the proof is not a hash.
    #[error("line {0} is not a base64 hash")]
    Hash(usize),
    /// More hashes than a proof can have.
    #[error("there are more than {HASHES_MAX} hashes")]
    TooManyHashes,
    /// No blank line after the hashes.
    #[error("there is no blank line between hashes and checkpoint")]
    NoBlankLine,
    /// What follows is no note.
    #[error("the checkpoint is no note")]
    Note(#[source] InvalidNote),
}

impl AddCheckpoint {
    /// Reads a request's body.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidRequest> {
        let text = std::str::from_utf8(bytes).map_err(|_| InvalidRequest::NotText)?;
        if bytes.len() > REQUEST_BYTES_MAX {
            return Err(InvalidRequest::NotText);
        }
        let (first, mut rest) = text.split_once('\n').ok_or(InvalidRequest::Old)?;
        let old = first.strip_prefix("old ").and_then(parse_size).ok_or(InvalidRequest::Old)?;
        let mut proof = Vec::new();
        loop {
            let (line, after) = rest.split_once('\n').ok_or(InvalidRequest::NoBlankLine)?;
            rest = after;
            if line.is_empty() {
                break;
            }
            if proof.len() == HASHES_MAX {
                return Err(InvalidRequest::TooManyHashes);
            }
            proof.push(Hash::parse(line).ok_or(InvalidRequest::Hash(proof.len() + 2))?);
        }
        let note = Note::parse(rest.as_bytes()).map_err(InvalidRequest::Note)?;
        Ok(Self { old, proof, note })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}

/// What a witness remembers of a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// The size it cosigned last.
    pub size: u64,
    /// The root it cosigned last.
    pub root: Hash,
}

impl Seen {
    /// Of a log that it never cosigned.
    pub fn nothing() -> Self {
        Self { size: 0, root: Hash::of_nothing() }
    }
}

/// Why a witness does not cosign.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unwilling {
    /// The request cannot be read.
    #[error("the request cannot be read")]
    Request(#[source] InvalidRequest),
    /// The note is no checkpoint.
    #[error("the note is no checkpoint")]
    Checkpoint(#[source] InvalidCheckpoint),
    /// It does not follow this log.
    #[error("the log `{0}` is not followed here")]
    UnknownLog(String),
    /// None of the keys it knows of the log has signed.
    #[error("the checkpoint is not signed by the log's key")]
    NotSigned,
    /// In the log's name, and not by its key.
    #[error("the checkpoint's signature is bad")]
    Forged(#[source] Forged),
    /// The log's idea of what was cosigned last is another.
    #[error("the state cosigned last has {size} leaves")]
    OtherOld {
        /// How many leaves it had.
        size: u64,
    },
    /// The log says that it is smaller than it was.
    #[error("the checkpoint has {new} leaves, fewer than the {old} it is said to have grown from")]
    Shrunk {
        /// The size it is said to have grown from.
        old: u64,
        /// Its own size.
        new: u64,
    },
    /// It did not grow out of the state cosigned last. **This is what a rewritten log looks like.**
    #[error("the checkpoint did not grow out of the state that was cosigned last")]
    Inconsistent(#[source] ProofError),
}

impl Unwilling {
    /// The HTTP status that tlog-witness gives for it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Request(_) | Self::Checkpoint(_) | Self::Shrunk { .. } => 400,
            Self::NotSigned | Self::Forged(_) => 403,
            Self::UnknownLog(_) => 404,
            Self::OtherOld { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

/// What a witness is willing to cosign, once it has safely remembered it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Willing {
    /// What it must remember before it answers.
    pub seen: Seen,
    /// Which log.
    pub origin: String,
    /// The text to cosign.
    pub text: String,
}

/// Which log a request is about: whose state and keys to look up.
pub fn origin_of(request: &AddCheckpoint) -> Result<Checkpoint, Unwilling> {
    Checkpoint::parse(request.note.text()).map_err(Unwilling::Checkpoint)
}

/// Decides about a request by what was seen last and the log's keys, in the order that tlog-witness gives.
pub fn consider(
    request: &AddCheckpoint,
    seen: Seen,
    keys: &[VerifierKey],
) -> Result<Willing, Unwilling> {
    let checkpoint = origin_of(request)?;
    let verified = request.note.verify(keys).map_err(Unwilling::Forged)?;
    if verified.is_empty() {
        return Err(Unwilling::NotSigned);
    }
    if request.old > checkpoint.size {
        return Err(Unwilling::Shrunk { old: request.old, new: checkpoint.size });
    }
    if request.old != seen.size {
        return Err(Unwilling::OtherOld { size: seen.size });
    }
    check_consistency(seen.size, seen.root, checkpoint.size, checkpoint.root, &request.proof)
        .map_err(Unwilling::Inconsistent)?;
    Ok(Willing {
        seen: Seen { size: checkpoint.size, root: checkpoint.root },
        origin: checkpoint.origin,
        text: request.note.text().to_owned(),
    })
}

/// The cosignatures in a witness's answer that fit `note`: lines of the keys we asked for, none of anybody else's.
pub fn cosignatures(note: &Note, answer: &[u8], key: &VerifierKey) -> Option<SignatureLine> {
    let text = std::str::from_utf8(answer).ok()?;
    let lines = text.lines().take(100).filter_map(SignatureLine::parse);
    lines
        .filter(|line| line.is_of(key))
        .find(|line| key.verify(note.text(), &line.signature).is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::{KeyKind, SigningKey};
    use crate::tree::{in_memory, prove_consistency, root_of};

    fn leaves(n: u8, salt: u8) -> Vec<Hash> {
        (0..n).map(|n| Hash::of_leaf(&[n, salt])).collect()
    }

    fn log_key() -> SigningKey {
        SigningKey::from_seed("log.example/1", KeyKind::Log, [1; 32]).unwrap()
    }

    fn request(old: u64, leaves: &[Hash], key: &SigningKey) -> AddCheckpoint {
        let checkpoint = Checkpoint {
            origin: "log.example/1".to_owned(),
            size: leaves.len() as u64,
            root: root_of(leaves),
            extension: String::new(),
        };
        let mut note = checkpoint.to_note().unwrap();
        note.add(key.sign(note.text(), 0));
        let Ok(proof) = prove_consistency(old, checkpoint.size, &mut in_memory(leaves));
        AddCheckpoint { old, proof, note }
    }

    fn seen(leaves: &[Hash]) -> Seen {
        Seen { size: leaves.len() as u64, root: root_of(leaves) }
    }

    #[test]
    fn what_grew_is_cosigned_and_what_was_rewritten_is_not() {
        let (key, keys) = (log_key(), [log_key().verifier().clone()]);
        let (before, after, other) = (leaves(5, 0), leaves(9, 0), leaves(9, 1));
        let first = consider(&request(0, &before, &key), Seen::nothing(), &keys).unwrap();
        assert_eq!(first.seen, seen(&before));
        let grown = consider(&request(5, &after, &key), first.seen, &keys).unwrap();
        assert_eq!(grown.seen, seen(&after));
        let rewritten = consider(&request(5, &other, &key), first.seen, &keys).unwrap_err();
        assert_eq!(
            (rewritten.status(), rewritten),
            (422, Unwilling::Inconsistent(ProofError::OtherRoot))
        );
        let again = consider(&request(9, &other, &key), grown.seen, &keys).unwrap_err();
        assert_eq!(again.status(), 422);
        let truncated = consider(&request(5, &before, &key), grown.seen, &keys).unwrap_err();
        assert_eq!((truncated.status(), truncated), (409, Unwilling::OtherOld { size: 9 }));
        let shrunk = consider(&request(9, &before, &key), grown.seen, &keys).unwrap_err();
        assert_eq!(shrunk.status(), 400);
    }

    #[test]
    fn only_the_logs_own_key_is_heard() {
        let key = log_key();
        let stranger = SigningKey::from_seed("log.example/1", KeyKind::Log, [2; 32]).unwrap();
        let asked = request(0, &leaves(3, 0), &stranger);
        let keys = [key.verifier().clone()];
        assert_eq!(consider(&asked, Seen::nothing(), &keys), Err(Unwilling::NotSigned));
        let mut forged = asked.clone();
        let stolen = key.sign("log.example/1\n3\nAAAA\n", 0);
        forged.note.add(stolen);
        assert_eq!(consider(&forged, Seen::nothing(), &keys).unwrap_err().status(), 403);
    }

    #[test]
    fn a_request_reads_as_it_is_written() {
        let asked = request(3, &leaves(7, 0), &log_key());
        assert_eq!(AddCheckpoint::parse(asked.to_string().as_bytes()), Ok(asked.clone()));
        let text = asked.to_string();
        assert_eq!(
            AddCheckpoint::parse(text.replace("old 3", "old -3").as_bytes()),
            Err(InvalidRequest::Old)
        );
        let doubled = text.replacen('\n', "\nxx\n", 1);
        assert_eq!(AddCheckpoint::parse(doubled.as_bytes()), Err(InvalidRequest::Hash(2)));
    }

    #[test]
    fn an_answer_of_somebody_else_is_not_taken() {
        let witness = SigningKey::from_seed("witness.example", KeyKind::Cosigner, [4; 32]).unwrap();
        let other = SigningKey::from_seed("witness.example", KeyKind::Cosigner, [5; 32]).unwrap();
        let note = request(0, &leaves(2, 0), &log_key()).note;
        let answer = format!("{}\n{}\n", other.sign(note.text(), 1), witness.sign("another\n", 1));
        assert_eq!(cosignatures(&note, answer.as_bytes(), witness.verifier()), None);
        let answer = format!("{answer}{}\n", witness.sign(note.text(), 7));
        assert!(cosignatures(&note, answer.as_bytes(), witness.verifier()).is_some());
    }

    proptest! {
        #[test]
        fn any_request_is_answered(text in "(old [0-9]{1,3}\n)?([A-Za-z0-9+/]{43}=\n){0,3}\n?[a-z0-9\n]{0,60}(\n— a [A-Za-z+/]{0,20}\n)?") {
            if let Ok(read) = AddCheckpoint::parse(text.as_bytes()) {
                prop_assert_eq!(read.to_string(), text);
                let _ = consider(&read, Seen::nothing(), &[]);
            }
        }
    }
}
