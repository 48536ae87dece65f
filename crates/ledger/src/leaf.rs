//! What a leaf says: canonical JSON of fields from a reviewed list, and salted digests of everything that could name
//! somebody.
//!
//! A clear field may stand in a leaf only if it is in [`ClearField`]: a field belongs there when it names no person, no
//! plate, no place and no exact time, for entries are read by auditors and outlive every retention. Everything else is a
//! [`SealedField`], whose clear text has a [`Schedule`] of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::bundle::{ENTRY_BYTES_MAX, EntryTooLong};
use crate::disclosure::{Disclosure, Salt};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$one:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $($(#[$one])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its word in a leaf.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The one with this word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// What kind of record a leaf is.
    Kind {
        /// An act is about to happen. Nothing happens before this is on disk.
        Begin = "begin",
        /// What became of an act: names its beginning in `of`.
        Complete = "complete",
        /// What a live page was sent since it began or since its last such record.
        Minute = "minute",
        /// Something that happened as it was recorded: a refusal, a start, a sign-in that failed.
        Event = "event",
        /// Reads were committed: their number and the root of their records.
        Reads = "reads",
    }
}

words! {
    /// The reviewed list of what may stand in a leaf as it is.
    ClearField {
        /// Version of this format: 1.
        Version = "v",
        /// What kind of record it is ([`Kind`]).
        Kind = "kind",
        /// What was done: the action's word.
        Action = "action",
        /// What kind of actor: `person`, `camera`, `server`, `nobody`.
        ActorKind = "actor_kind",
        /// The actor's pseudonym: the same for the same actor, and nobody's name.
        Actor = "actor",
        /// The role in which the actor acted.
        Role = "role",
        /// The session's pseudonym.
        Session = "session",
        /// Through which part of the server: `console`, `api`, `camera`, `command`, `server`.
        Where = "where",
        /// The UTC day.
        Day = "day",
        /// Why: a word of the bundle's list of purposes.
        Purpose = "purpose",
        /// `permit` or `refuse`.
        Decision = "decision",
        /// The words of the reasons for a refusal.
        Reasons = "reasons",
        /// The ids of the policies that decided.
        Policies = "policies",
        /// The digest of the bundle that decided.
        Bundle = "bundle",
        /// The index of the beginning that this record is about.
        Of = "of",
        /// What became of it: `done`, `failed`, `broken-off`, `unknown`.
        Outcome = "outcome",
        /// How many: reads committed, objects sent, attempts.
        Number = "n",
        /// The root of the tree of the objects' records ([`crate::batch`]).
        Root = "root",
        /// How many bytes were handed out.
        Bytes = "bytes",
        /// The SHA-256 of a file that came in, or over the texts of a policy, hexadecimal.
        Digest = "digest",
        /// The kind of file reads were committed to: `main` or `late`.
        File = "file",
        /// The version of the program.
        Program = "program",
        /// A public key that begins or ends to sign this log.
        Key = "key",
        /// How far a clock stepped back, in milliseconds.
        Stepped = "stepped_ms",
        /// What the agency's case system said of the case number: `verified`, `unknown`, `unreachable`.
        CaseCheck = "case_check",
    }
}

words! {
    /// What stands in a leaf as a salted digest only.
    SealedField {
        /// The person's name, or the camera's.
        Name = "name",
        /// The exact moment, RFC 3339 with microseconds.
        At = "at",
        /// The network address it came from.
        Address = "address",
        /// The case or incident number.
        Case = "case",
        /// The reason in the person's own words.
        Reason = "reason",
        /// What it was about: reads, hits, cameras, lists, by their ids.
        Objects = "objects",
        /// What was searched for: it can hold a plate.
        Query = "query",
        /// What the decision was made from: with the bundle it can be made again.
        Facts = "facts",
    }
}

/// When the clear text of a sealed field goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Schedule {
    /// Never, where the bundle does not say otherwise (Austin: actor, purpose, case and reason are kept for ever).
    Never,
    /// With the reads that it speaks of.
    WithReads,
}

impl SealedField {
    /// When its clear text goes.
    pub const fn schedule(self) -> Schedule {
        match self {
            Self::Name | Self::At | Self::Address | Self::Case | Self::Reason | Self::Facts => {
                Schedule::Never
            }
            Self::Objects | Self::Query => Schedule::WithReads,
        }
    }
}

/// Where the digests stand, and how they were made (RFC 9901 §4.2.4.1).
const DIGESTS: &str = "_sd";
const DIGESTS_ALG: &str = "_sd_alg";
const SHA_256: &str = "sha-256";

/// A leaf that is being written.
#[derive(Clone, Debug)]
pub struct Draft {
    clear: BTreeMap<&'static str, Value>,
    sealed: Vec<(SealedField, Disclosure)>,
}

/// A written leaf with the clear text of what it seals.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The log's entry.
    pub entry: Vec<u8>,
    /// What goes into the side table.
    pub disclosures: Vec<(SealedField, Disclosure)>,
}

impl Draft {
    /// A record of this kind.
    pub fn new(kind: Kind) -> Self {
        let clear = BTreeMap::from([
            (ClearField::Version.word(), Value::from(1)),
            (ClearField::Kind.word(), Value::from(kind.word())),
        ]);
        Self { clear, sealed: Vec::new() }
    }

    /// Says a text in clear.
    #[must_use]
    pub fn text(mut self, field: ClearField, text: impl Into<String>) -> Self {
        self.clear.insert(field.word(), Value::String(text.into()));
        self
    }

    /// Says a number in clear.
    #[must_use]
    pub fn number(mut self, field: ClearField, number: u64) -> Self {
        self.clear.insert(field.word(), Value::from(number));
        self
    }

    /// Says some words in clear.
    #[must_use]
    pub fn words<'a>(
        mut self,
        field: ClearField,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.clear.insert(field.word(), words.into_iter().collect());
        self
    }

    /// Seals a field.
    #[must_use]
    pub fn seal(mut self, field: SealedField, salt: &Salt, value: impl Into<Value>) -> Self {
        self.sealed.push((field, Disclosure::of_field(salt, field.word(), &value.into())));
        self
    }

    /// Writes it down. Digests stand in the order of their characters, which says nothing about the fields.
    pub fn write(self) -> Result<Written, EntryTooLong> {
        let digests: BTreeSet<String> = self.sealed.iter().map(|(_, one)| one.digest()).collect();
        let mut all = self.clear;
        if !digests.is_empty() {
            all.insert(DIGESTS, digests.into_iter().collect());
            all.insert(DIGESTS_ALG, SHA_256.into());
        }
        let entry = canonical(&all);
        if entry.len() > ENTRY_BYTES_MAX {
            return Err(EntryTooLong { n_bytes: entry.len() });
        }
        Ok(Written { entry, disclosures: self.sealed })
    }
}

/// JSON with its names in order and no spaces: one text for one content (RFC 8785 for the values that stand here).
fn canonical<K: AsRef<str> + serde::Serialize + Ord>(fields: &BTreeMap<K, Value>) -> Vec<u8> {
    serde_json::to_vec(fields).unwrap_or_default()
}

/// A leaf that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leaf {
    clear: BTreeMap<String, Value>,
    digests: Vec<String>,
}

/// Bytes that are no leaf of ours.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidLeaf {
    /// Not JSON, or not an object.
    #[error("it is not a JSON object")]
    NotJson,
    /// The same content could be written otherwise.
    #[error("it is not written canonically")]
    NotCanonical,
    /// A field that is not on the list.
    #[error("its field `{0}` is not on the list")]
    UnknownField(String),
    /// A field that has to be there and is not, or holds what it cannot hold.
    #[error("its field `{0}` is missing or cannot be read")]
    Field(&'static str),
}

impl Leaf {
    /// Reads an entry.
    pub fn parse(entry: &[u8]) -> Result<Self, InvalidLeaf> {
        let mut clear: BTreeMap<String, Value> =
            serde_json::from_slice(entry).map_err(|_| InvalidLeaf::NotJson)?;
        if canonical(&clear) != entry {
            return Err(InvalidLeaf::NotCanonical);
        }
        let digests = match (clear.remove(DIGESTS), clear.remove(DIGESTS_ALG)) {
            (None, None) => Vec::new(),
            (Some(digests), Some(alg)) if alg == SHA_256 => {
                strings(&digests).ok_or(InvalidLeaf::Field(DIGESTS))?
            }
            _ => return Err(InvalidLeaf::Field(DIGESTS_ALG)),
        };
        let leaf = Self { clear, digests };
        leaf.check().map(|()| leaf)
    }

    fn check(&self) -> Result<(), InvalidLeaf> {
        if let Some(stranger) = self.clear.keys().find(|name| ClearField::parse(name).is_none()) {
            return Err(InvalidLeaf::UnknownField(stranger.chars().take(40).collect()));
        }
        if self.number(ClearField::Version) != Some(1) {
            return Err(InvalidLeaf::Field(ClearField::Version.word()));
        }
        if self.text(ClearField::Kind).and_then(Kind::parse).is_none() {
            return Err(InvalidLeaf::Field(ClearField::Kind.word()));
        }
        Ok(())
    }

    /// What kind of record it is.
    pub fn kind(&self) -> Kind {
        self.text(ClearField::Kind).and_then(Kind::parse).unwrap_or(Kind::Event)
    }

    /// A clear text.
    pub fn text(&self, field: ClearField) -> Option<&str> {
        self.clear.get(field.word())?.as_str()
    }

    /// A clear number.
    pub fn number(&self, field: ClearField) -> Option<u64> {
        self.clear.get(field.word())?.as_u64()
    }

    /// Clear words; none where the field is missing.
    pub fn words(&self, field: ClearField) -> Vec<String> {
        self.clear.get(field.word()).and_then(strings).unwrap_or_default()
    }

    /// The clear fields in the order of their names, each as it stands.
    pub fn clear(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.clear.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The digests of what it seals.
    pub fn digests(&self) -> &[String] {
        &self.digests
    }

    /// Whether it seals this.
    pub fn proves(&self, disclosure: &Disclosure) -> bool {
        self.digests.contains(&disclosure.digest())
    }
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_list_of_clear_fields_is_reviewed() {
        let clear: Vec<_> = ClearField::ALL.iter().map(|field| field.word()).collect();
        let sealed: Vec<_> = SealedField::ALL
            .iter()
            .map(|field| format!("{field} {:?}", field.schedule()))
            .collect();
        expect![[r#"
            v kind action actor_kind actor role session where day purpose decision reasons policies bundle of outcome n root bytes digest file program key stepped_ms case_check
            name Never, at Never, address Never, case Never, reason Never, objects WithReads, query WithReads, facts Never"#]]
        .assert_eq(&format!("{}\n{}", clear.join(" "), sealed.join(", ")));
    }

    #[test]
    fn a_leaf_seals_what_it_must_not_say() {
        let draft = Draft::new(Kind::Begin)
            .text(ClearField::Action, "open-read")
            .seal(SealedField::Name, &[1; 16], "R. Alvarez")
            .seal(SealedField::Query, &[2; 16], "ABC123");
        let written = draft.write().unwrap();
        let text = String::from_utf8(written.entry.clone()).unwrap();
        assert!(!text.contains("Alvarez") && !text.contains("ABC123"), "{text}");
        let leaf = Leaf::parse(&written.entry).unwrap();
        assert!(written.disclosures.iter().all(|(_, one)| leaf.proves(one)));
        let forged = Disclosure::of_field(&[1; 16], "name", &"J. Doe".into());
        assert!(!leaf.proves(&forged));
    }

    #[test]
    fn what_is_no_leaf_is_refused_with_the_reason() {
        let refused = |text: &str| Leaf::parse(text.as_bytes()).unwrap_err();
        assert_eq!(refused("[]"), InvalidLeaf::NotJson);
        assert_eq!(refused(r#"{"v":1, "kind":"event"}"#), InvalidLeaf::NotCanonical);
        assert_eq!(refused(r#"{"kind":"event","v":1,"v":1}"#), InvalidLeaf::NotCanonical);
        assert_eq!(
            refused(r#"{"kind":"event","plate":"X","v":1}"#),
            InvalidLeaf::UnknownField("plate".to_owned())
        );
        assert_eq!(refused(r#"{"kind":"rumour","v":1}"#), InvalidLeaf::Field("kind"));
        assert_eq!(refused(r#"{"kind":"event","v":2}"#), InvalidLeaf::Field("v"));
        assert_eq!(refused(r#"{"_sd":["a"],"kind":"event","v":1}"#), InvalidLeaf::Field("_sd_alg"));
    }

    #[test]
    fn a_leaf_that_is_too_long_is_refused() {
        let draft = Draft::new(Kind::Event).text(ClearField::Action, "x".repeat(70_000));
        assert!(draft.write().is_err());
    }

    proptest! {
        #[test]
        fn a_leaf_reads_as_it_is_written(action in ".*", n: u64, words in prop::collection::vec(".*", 0..4), name in ".*", salt: [u8; 16]) {
            let written = Draft::new(Kind::Complete)
                .text(ClearField::Action, action.clone())
                .number(ClearField::Number, n)
                .words(ClearField::Reasons, words.iter().map(String::as_str))
                .seal(SealedField::Name, &salt, name)
                .write()
                .unwrap();
            let leaf = Leaf::parse(&written.entry).unwrap();
            prop_assert_eq!(leaf.text(ClearField::Action), Some(action.as_str()));
            prop_assert_eq!(leaf.number(ClearField::Number), Some(n));
            prop_assert_eq!(leaf.words(ClearField::Reasons), words);
            prop_assert!(leaf.proves(&written.disclosures[0].1));
        }

        #[test]
        fn any_bytes_are_answered(text in r#"[{}\[\]":,a-z0-9_]{0,60}"#) {
            let _ = Leaf::parse(text.as_bytes());
        }
    }
}
