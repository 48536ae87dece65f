//! Checkpoints (C2SP tlog-checkpoint): a log's name, size and root.

use std::fmt;

use crate::{Hash, Note};

/// A log's state: what is signed and cosigned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The log's name for ever.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Lines after these three, each with its end. Ours have none.
    pub extension: String,
}

/// A text that is no checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidCheckpoint {
    /// No log's name in the first line.
    #[error("line 1 of the checkpoint is empty: expected the log's origin")]
    Origin,
    /// No size in the second line.
    #[error("line 2 of the checkpoint is not a size in decimal digits")]
    Size,
    /// No root in the third line.
    #[error("line 3 of the checkpoint is not a base64 root of 32 bytes")]
    Root,
    /// An empty line among the extensions.
    #[error("the checkpoint has an empty extension line")]
    Extension,
}

impl Checkpoint {
    /// Reads a note's text.
    pub fn parse(text: &str) -> Result<Self, InvalidCheckpoint> {
        let (origin, rest) = text.split_once('\n').ok_or(InvalidCheckpoint::Origin)?;
        if origin.is_empty() {
            return Err(InvalidCheckpoint::Origin);
        }
        let (size, rest) = rest.split_once('\n').ok_or(InvalidCheckpoint::Size)?;
        let size = parse_size(size).ok_or(InvalidCheckpoint::Size)?;
        let (root, extension) = rest.split_once('\n').ok_or(InvalidCheckpoint::Root)?;
        let root = Hash::parse(root).ok_or(InvalidCheckpoint::Root)?;
        let whole = extension.is_empty() || extension.ends_with('\n');
        if !whole || extension.starts_with('\n') || extension.contains("\n\n") {
            return Err(InvalidCheckpoint::Extension);
        }
        Ok(Self { origin: origin.to_owned(), size, root, extension: extension.to_owned() })
    }

    /// As a note that nobody has signed yet. None when the origin cannot stand in one.
    pub fn to_note(&self) -> Option<Note> {
        Note::new(self.to_string())
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n{}", self.origin, self.size, self.root, self.extension)
    }
}

/// A number in decimal, without a sign and without zeros before it.
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|digit| digit.is_ascii_digit());
    let plain = digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    #[test]
    fn c2sps_example_is_read() {
        let text = format!("example.com/behind-the-sofa\n20852163\n{ROOT}\n");
        let checkpoint = Checkpoint::parse(&text).unwrap();
        assert_eq!(
            (checkpoint.size, checkpoint.origin.as_str()),
            (20_852_163, "example.com/behind-the-sofa")
        );
        assert_eq!(checkpoint.to_string(), text);
    }

    #[test]
    fn every_line_is_refused_by_its_number() {
        let refused = |text: &str| Checkpoint::parse(text).unwrap_err();
        assert_eq!(refused(&format!("\n1\n{ROOT}\n")), InvalidCheckpoint::Origin);
        for size in ["", "-1", "+1", "01", "1e3", "18446744073709551616", " 1"] {
            assert_eq!(refused(&format!("a\n{size}\n{ROOT}\n")), InvalidCheckpoint::Size, "{size}");
        }
        assert_eq!(refused("a\n1\nAAAA\n"), InvalidCheckpoint::Root);
        assert_eq!(refused(&format!("a\n1\n{ROOT}\nx")), InvalidCheckpoint::Extension);
        assert_eq!(refused(&format!("a\n1\n{ROOT}")), InvalidCheckpoint::Root);
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_what_is_read_is_written_again(text in "[a-z0-9\n=/+]{0,80}", with_root: bool) {
            let text = if with_root { text.replacen('=', &format!("\n{ROOT}\n"), 1) } else { text };
            if let Ok(read) = Checkpoint::parse(&text) {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }
}
