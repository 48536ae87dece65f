//! Under which name the state's system knows somebody: a file that whoever runs the server keeps, `login,operator` a line.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::is_value;

/// The largest file, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A line that is none.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {says}")]
pub struct InvalidOperators {
    /// Its number, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub says: &'static str,
}

/// Why the file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadOperatorsError {
    /// It cannot be opened or read.
    #[error("failed to read `{path}`")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        err: std::io::Error,
    },
    /// It is larger than any list of people.
    #[error("`{0}` has more than {FILE_BYTES_MAX} bytes")]
    TooLarge(PathBuf),
    /// It holds something else.
    #[error("`{path}` is no list of operators")]
    Invalid {
        /// Which.
        path: PathBuf,
        /// Where and why.
        #[source]
        err: InvalidOperators,
    },
}

/// Reads the lines; empty ones and those that begin with `#` say nothing. A line that is none makes the whole of it invalid: a
/// question under somebody else's name is worse than none.
pub fn read_operators(text: &str) -> Result<HashMap<String, String>, InvalidOperators> {
    let mut known = HashMap::new();
    for (nth, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |says| InvalidOperators { line: nth + 1, says };
        let (login, operator) =
            line.split_once(',').ok_or_else(|| wrong("expected `login,operator`"))?;
        let (login, operator) = (login.trim().to_lowercase(), operator.trim().to_owned());
        if login.is_empty() {
            return Err(wrong("its login is empty"));
        }
        if !is_value(&operator) {
            return Err(wrong("the operator's name is not of letters, digits and hyphens alone"));
        }
        if known.insert(login, operator).is_some() {
            return Err(wrong("its login stands there twice"));
        }
    }
    Ok(known)
}

/// Under which name the state's system knows who signs in by `login`; none where the file does not say. Blocks.
pub fn operator_of(path: &Path, login: &str) -> Result<Option<String>, ReadOperatorsError> {
    let io = |err| ReadOperatorsError::Io { path: path.to_owned(), err };
    if std::fs::metadata(path).map_err(io)?.len() > FILE_BYTES_MAX {
        return Err(ReadOperatorsError::TooLarge(path.to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(io)?;
    let known = read_operators(&text)
        .map_err(|err| ReadOperatorsError::Invalid { path: path.to_owned(), err })?;
    Ok(known.get(&login.to_lowercase()).cloned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn operators_are_known_by_their_login() {
        let known = read_operators("# ours\r\n\r\nD.Chen, TX-0042\r\na.ortiz,TX0007\n").unwrap();
        assert_eq!(known.get("d.chen").map(String::as_str), Some("TX-0042"));
        assert_eq!(known.len(), 2);
        for (bad, line) in
            [("d.chen", 1), ("\nd.chen,", 2), (",X", 1), ("a,X\nA,Y", 2), ("a,X.Y", 1)]
        {
            assert_eq!(read_operators(bad).unwrap_err().line, line, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_gives_a_name_that_could_not_be_sent(text in any::<String>()) {
            if let Ok(known) = read_operators(&text) {
                prop_assert!(known.values().all(|one| is_value(one)));
            }
        }
    }
}
