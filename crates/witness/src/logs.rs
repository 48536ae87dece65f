//! Which logs a witness follows: one line for each of their keys.

use std::collections::BTreeMap;

use ledger::VerifierKey;
use ledger::key::KeyKind;

/// Longest list that is read, in bytes: some thousand lines.
const LOGS_BYTES_MAX: usize = 256 * 1024;
/// Most logs. A witness reads the state of each when it starts, and its page shows all.
const LOGS_MAX: usize = 256;
/// Most keys of one log: the one in use, the one before and the one to come, with room.
const KEYS_OF_A_LOG_MAX: usize = 8;
/// Longest origin, in bytes: what C2SP's newer cosignatures have room for.
const ORIGIN_BYTES_MAX: usize = 255;

/// The logs that are followed, by origin, each with the keys that may sign for it.
#[derive(Clone, Debug, Default)]
pub struct Logs(BTreeMap<String, Vec<VerifierKey>>);

/// A text that is no list of logs.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct InvalidLogs {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Logs {
    /// Reads lines `log <vkey> [origin]`; the origin is the key's name where it is not said, and `#` begins a comment.
    pub fn parse(text: &str) -> Result<Self, InvalidLogs> {
        if text.len() > LOGS_BYTES_MAX {
            let why = format!("the list has more than {LOGS_BYTES_MAX} bytes");
            return Err(InvalidLogs { line: 1, why });
        }
        let mut logs = Self::default();
        for (place, line) in text.lines().enumerate() {
            let line = line.split_once('#').map_or(line, |(before, _)| before);
            logs.take(line).map_err(|why| InvalidLogs { line: place + 1, why })?;
        }
        Ok(logs)
    }

    /// Adds a key that may sign for a log.
    pub fn add(&mut self, origin: &str, key: VerifierKey) -> Result<(), String> {
        if key.kind() != KeyKind::Log {
            return Err("this is the key of a witness (0x04), not of a log (0x01)".to_owned());
        }
        if !(1..=ORIGIN_BYTES_MAX).contains(&origin.len()) {
            return Err(format!("an origin has 1–{ORIGIN_BYTES_MAX} bytes"));
        }
        if !self.0.contains_key(origin) && self.0.len() == LOGS_MAX {
            return Err(format!("there are more than {LOGS_MAX} logs"));
        }
        let keys = self.0.entry(origin.to_owned()).or_default();
        if keys.contains(&key) {
            return Err("this key is named for this log above".to_owned());
        }
        if keys.len() == KEYS_OF_A_LOG_MAX {
            return Err(format!("the log has more than {KEYS_OF_A_LOG_MAX} keys"));
        }
        keys.push(key);
        Ok(())
    }

    /// Whether no log is followed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = (String, Vec<VerifierKey>)> {
        self.0.into_iter()
    }

    fn take(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (key, origin) = match words.as_slice() {
            [] => return Ok(()),
            ["log", key] => (key, None),
            ["log", key, origin] => (key, Some(*origin)),
            ["log", ..] => return Err("expected `log <key> [origin]`".to_owned()),
            [word, ..] => return Err(format!("`{word}` is not `log`")),
        };
        let key = VerifierKey::parse(key).map_err(|err| err.to_string())?;
        let origin = origin.unwrap_or_else(|| key.name()).to_owned();
        self.add(&origin, key)
    }
}

#[cfg(test)]
mod tests {
    use ledger::SigningKey;
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str, kind: KeyKind, seed: u8) -> VerifierKey {
        SigningKey::from_seed(name, kind, [seed; 32]).unwrap().verifier().clone()
    }

    #[test]
    fn a_log_may_have_several_keys_and_another_name_than_they() {
        let (old, new) = (key("k1", KeyKind::Log, 1), key("k2", KeyKind::Log, 2));
        let text = format!(
            "# the police's log\nlog {old} police.example/log # until May\n\nlog {new} police.example/log\nlog {old}\n"
        );
        let logs: Vec<_> = Logs::parse(&text).unwrap().into_iter().collect();
        assert_eq!(
            logs,
            [
                ("k1".to_owned(), vec![old.clone()]),
                ("police.example/log".to_owned(), vec![old, new])
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let wrong = |text: &str| Logs::parse(text).unwrap_err().to_string();
        let log = key("log.example", KeyKind::Log, 1);
        assert_eq!(wrong("\nlgo x"), "line 2: `lgo` is not `log`");
        assert!(wrong(&format!("log {}", key("w", KeyKind::Cosigner, 1))).contains("of a witness"));
        assert!(wrong(&format!("log {log}\nlog {log}")).starts_with("line 2: this key is named"));
        assert!(wrong(&format!("log {log} a b")).contains("expected `log <key> [origin]`"));
        assert!(wrong("log log.example+00000000+AAAA").starts_with("line 1: "));
        assert!(wrong(&"#\n".repeat(LOGS_BYTES_MAX)).contains("more than"));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "((log|#) [a-z0-9+ ]{0,20}\n){0,6}") {
            let _ = Logs::parse(&text);
        }
    }
}
