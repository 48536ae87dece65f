//! Proofs for who is offline (C2SP tlog-proof): one leaf's place in a cosigned checkpoint, in one file.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Hash;
use crate::checkpoint::parse_size;
use crate::note::{InvalidNote, NOTE_BYTES_MAX, Note};
use crate::tree::PROOF_HASHES_MAX;

/// The first line.
/// A proof's first line.
pub(crate) const MAGIC: &str = "c2sp.org/tlog-proof@v1";
/// Longest file that is looked at, in bytes: the note, and an entry with its path in base64.
pub const PROOF_BYTES_MAX: usize = NOTE_BYTES_MAX + 1024 * 1024;

/// A leaf's proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlogProof {
    /// What the application adds; ours puts the leaf itself here.
    pub extra: Option<Vec<u8>>,
    /// Which leaf.
    pub index: u64,
    /// Its path to the root.
    pub path: Vec<Hash>,
    /// The checkpoint, signed and cosigned.
    pub note: Note,
}

/// A file that is no proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidProof {
    /// Too long, or not text.
    #[error("the file is not text of at most {PROOF_BYTES_MAX} bytes")]
    NotText,
    /// Another first line.
    #[error("line 1 is not `{MAGIC}`")]
    Magic,
    /// What follows is neither `extra` nor `index`.
    #[error("line {0} is neither `extra <base64>` nor `index <number>`")]
    Line(usize),
    /// A line of the path is not a hash.
    #[error("line {0} is not a base64 hash")]
    Hash(usize),
    /// More hashes than a path can have.
    #[error("the path has more than {PROOF_HASHES_MAX} hashes")]
    TooManyHashes,
    /// No blank line before the checkpoint.
    #[error("there is no blank line between path and checkpoint")]
    NoBlankLine,
    /// No checkpoint at the end.
    #[error("the checkpoint is no note")]
    Note(#[source] InvalidNote),
}

impl TlogProof {
    /// Reads a `.tlog-proof` file.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidProof> {
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(InvalidProof::NotText);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| InvalidProof::NotText)?;
        let rest = text.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix('\n'));
        let rest = rest.ok_or(InvalidProof::Magic)?;
        let (mut line, mut rest) = rest.split_once('\n').ok_or(InvalidProof::Line(2))?;
        let mut number = 2;
        let mut extra = None;
        if let Some(encoded) = line.strip_prefix("extra ") {
            extra = Some(STANDARD.decode(encoded).map_err(|_| InvalidProof::Line(2))?);
            (line, rest) = rest.split_once('\n').ok_or(InvalidProof::Line(3))?;
            number = 3;
        }
        let index = line.strip_prefix("index ").and_then(parse_size);
        let index = index.ok_or(InvalidProof::Line(number))?;
        let mut path = Vec::new();
        loop {
            number += 1;
            (line, rest) = rest.split_once('\n').ok_or(InvalidProof::NoBlankLine)?;
            if line.is_empty() {
                break;
            }
            if path.len() == PROOF_HASHES_MAX {
                return Err(InvalidProof::TooManyHashes);
            }
            path.push(Hash::parse(line).ok_or(InvalidProof::Hash(number))?);
        }
        let note = Note::parse(rest.as_bytes()).map_err(InvalidProof::Note)?;
        Ok(Self { extra, index, path, note })
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_proof_reads_as_it_is_written(
            extra in prop::option::of(prop::collection::vec(any::<u8>(), 0..40)), index: u64,
            path in prop::collection::vec(prop::array::uniform32(any::<u8>()).prop_map(Hash::from_bytes), 0..64),
        ) {
            let note = Note::parse("a\n1\nAAAA\n\n— a AAAAAAAA\n".as_bytes()).unwrap();
            let proof = TlogProof { extra, index, path, note };
            prop_assert_eq!(TlogProof::parse(proof.to_string().as_bytes()), Ok(proof));
        }

        #[test]
        fn any_file_is_answered(text in "(c2sp.org/tlog-proof@v1\n)?(extra [A-Za-z]{0,9}={0,2}\n)?(index [0-9]{1,22}\n)?[A-Za-z\n=]{0,99}") {
            if let Ok(read) = TlogProof::parse(text.as_bytes()) {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }
}
