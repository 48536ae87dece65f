//! Whom to believe (C2SP tlog-policy): the log's keys, the witnesses, and how many of them must have cosigned.

use std::collections::{HashMap, HashSet};

use crate::VerifierKey;
use crate::key::{InvalidKey, KeyKind};
use crate::note::Verified;

/// Longest policy that is looked at, in bytes.
pub const POLICY_BYTES_MAX: usize = 64 * 1024;
/// Groups within groups: deeper than anybody can explain.
const DEPTH_MAX: usize = 16;

/// What [`Policy::of_all`] calls its group: with spaces, as no witness is called.
const ALL_OF_THEM: &str = "all of them";

/// A log or a witness, and where it can be reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Party {
    /// What the policy calls it: its given name for a witness, its key's for a log.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where it can be reached, where that is said.
    pub url: Option<String>,
}

/// How many of its members a group needs.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Group {
    needs: usize,
    members: Vec<String>,
}

/// Whom to believe.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    groups: HashMap<String, Group>,
    /// The name of a witness or a group; none when no cosignature is needed.
    quorum: Option<String>,
}

/// A text that is no policy.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct InvalidPolicy {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Policy {
    /// Reads a policy: `log <vkey> [url]`, `witness <name> <vkey> [url]`, `group <name> <k|any|all> <member>…`,
    /// `quorum <name|none>`; a line that begins with `#` is a comment.
    pub fn parse(text: &str) -> Result<Self, InvalidPolicy> {
        if text.len() > POLICY_BYTES_MAX {
            let why = format!("the policy has more than {POLICY_BYTES_MAX} bytes");
            return Err(InvalidPolicy { line: 1, why });
        }
        let mut policy = Self::default();
        let mut quorum_said = false;
        for (place, line) in text.lines().enumerate() {
            let wrong = |why: String| InvalidPolicy { line: place + 1, why };
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [word, ..] if word.starts_with('#') => {}
                ["log", key, rest @ ..] => {
                    let (key, url) = party(key, rest, KeyKind::Log).map_err(wrong)?;
                    fresh_key(&policy.logs, &key).map_err(wrong)?;
                    policy.logs.push(Party { name: key.name().to_owned(), key, url });
                }
                ["witness", name, key, rest @ ..] => {
                    policy.fresh(name).map_err(wrong)?;
                    let (key, url) = party(key, rest, KeyKind::Cosigner).map_err(wrong)?;
                    fresh_key(&policy.witnesses, &key).map_err(wrong)?;
                    policy.witnesses.push(Party { name: (*name).to_owned(), key, url });
                }
                ["group", name, needs, members @ ..] => {
                    policy.fresh(name).map_err(wrong)?;
                    let group = policy.group(needs, members).map_err(wrong)?;
                    policy.groups.insert((*name).to_owned(), group);
                }
                ["quorum", name] if !quorum_said => {
                    quorum_said = true;
                    if *name != "none" {
                        policy.known(name).map_err(wrong)?;
                        policy.quorum = Some((*name).to_owned());
                    }
                }
                ["quorum", ..] => {
                    return Err(wrong("expected one line `quorum <name|none>`".to_owned()));
                }
                [word, ..] => {
                    return Err(wrong(format!("`{word}` is not log, witness, group or quorum")));
                }
            }
        }
        if quorum_said {
            Ok(policy)
        } else {
            let why = "there is no `quorum` line; `quorum none` asks for no cosignature".to_owned();
            Err(InvalidPolicy { line: text.lines().count().max(1), why })
        }
    }

    /// A policy of these parties; every witness must have cosigned. Their names must differ.
    pub fn of_all(logs: Vec<Party>, witnesses: Vec<Party>) -> Self {
        let members: Vec<String> = witnesses.iter().map(|witness| witness.name.clone()).collect();
        let quorum = (!members.is_empty()).then(|| ALL_OF_THEM.to_owned());
        let groups = quorum
            .iter()
            .map(|name| (name.clone(), Group { needs: members.len(), members: members.clone() }));
        Self { groups: groups.collect(), logs, witnesses, quorum }
    }

    /// The logs.
    pub fn logs(&self) -> &[Party] {
        &self.logs
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[Party] {
        &self.witnesses
    }

    /// Whether any cosignature is needed.
    pub const fn needs_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Every key of it: what to check a note with.
    pub fn keys(&self) -> Vec<VerifierKey> {
        self.logs.iter().chain(&self.witnesses).map(|party| party.key.clone()).collect()
    }

    /// Whether the signature of the log with this origin is among these: one log that is believed cannot speak for another.
    pub fn is_signed(&self, verified: &[Verified<'_>], origin: &str) -> bool {
        let of_log = |one: &Verified<'_>| self.logs.iter().any(|log| log.key == *one.key);
        verified.iter().any(|one| one.key.name() == origin && of_log(one))
    }

    /// Whether enough witnesses are among these.
    pub fn has_quorum(&self, verified: &[Verified<'_>]) -> bool {
        self.quorum.as_deref().is_none_or(|name| self.holds(name, verified, 0))
    }

    fn holds(&self, name: &str, verified: &[Verified<'_>], depth: usize) -> bool {
        if let Some(witness) = self.witnesses.iter().find(|witness| witness.name == name) {
            return verified.iter().any(|one| *one.key == witness.key);
        }
        let Some(group) = self.groups.get(name).filter(|_| depth < DEPTH_MAX) else { return false };
        let held = group.members.iter().filter(|member| self.holds(member, verified, depth + 1));
        held.count() >= group.needs
    }

    fn known(&self, name: &str) -> Result<(), String> {
        let there = self.groups.contains_key(name)
            || self.witnesses.iter().any(|witness| witness.name == name);
        there.then_some(()).ok_or_else(|| format!("there is no witness or group `{name}` above"))
    }

    fn fresh(&self, name: &str) -> Result<(), String> {
        let taken = self.known(name).is_ok() || name == "none";
        (!taken).then_some(()).ok_or_else(|| format!("the name `{name}` is taken"))
    }

    fn group(&self, needs: &str, members: &[&str]) -> Result<Group, String> {
        members.iter().try_for_each(|member| self.known(member))?;
        let mut taken: HashSet<&str> =
            self.groups.values().flat_map(|group| &group.members).map(String::as_str).collect();
        // A witness counts in one way only; and a tree of groups is walked in the time its text took to write.
        let twice = !members.iter().all(|name| taken.insert(name));
        let n = members.len();
        let needs = match needs {
            "any" => Some(1),
            "all" => Some(n),
            number => number.parse().ok(),
        };
        match needs.filter(|needs| (1..=n).contains(needs) && !twice) {
            Some(needs) => Ok(Group {
                needs,
                members: members.iter().map(|name| (*name).to_owned()).collect(),
            }),
            None => {
                Err("expected `any`, `all` or how many of the members that follow, each in one group only"
                    .to_owned())
            }
        }
    }
}

fn fresh_key(parties: &[Party], key: &VerifierKey) -> Result<(), String> {
    let taken = parties.iter().any(|party| party.key.is_same_point(key));
    (!taken).then_some(()).ok_or_else(|| "the key stands in a line above already".to_owned())
}

fn party(key: &str, rest: &[&str], kind: KeyKind) -> Result<(VerifierKey, Option<String>), String> {
    let key = VerifierKey::parse(key).map_err(|err: InvalidKey| err.to_string())?;
    if key.kind() != kind {
        return Err(
            "the key is of the other kind: logs sign (0x01), witnesses cosign (0x04)".to_owned()
        );
    }
    match rest {
        [] => Ok((key, None)),
        [url] => Ok((key, Some((*url).to_owned()))),
        _ => Err("there are words after the URL".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Note;
    use crate::key::SigningKey;

    fn key(name: &str, kind: KeyKind, seed: u8) -> SigningKey {
        SigningKey::from_seed(name, kind, [seed; 32]).unwrap()
    }

    #[test]
    fn a_quorum_within_a_quorum_is_counted() {
        let log = key("log.example", KeyKind::Log, 0);
        let [a, b, c] =
            [1, 2, 3].map(|seed| key(&format!("w{seed}.example"), KeyKind::Cosigner, seed));
        let text = format!(
            "# whom the city believes\nlog {} https://alpr.example\nwitness A {}\nwitness B {} https://b.example\n\
             witness C {}\ngroup press any B C\ngroup both all A press\nquorum both\n",
            log.verifier(),
            a.verifier(),
            b.verifier(),
            c.verifier()
        );
        let policy = Policy::parse(&text).unwrap();
        let keys = policy.keys();
        let holds = |signers: &[&SigningKey]| {
            let mut note = Note::new("log.example\n0\nAAAA\n").unwrap();
            signers.iter().for_each(|signer| note.add(signer.sign(note.text(), 9)));
            let verified = note.verify(&keys).unwrap();
            (policy.is_signed(&verified, "log.example"), policy.has_quorum(&verified))
        };
        assert_eq!(holds(&[&log, &a, &c]), (true, true));
        assert_eq!(holds(&[&log, &b, &c]), (true, false));
        assert_eq!(holds(&[&a, &b]), (false, true));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let witness = key("w.example", KeyKind::Cosigner, 1);
        let wrong = |text: &str| Policy::parse(text).unwrap_err().to_string();
        assert!(wrong("").contains("no `quorum` line"));
        assert!(wrong("quorum x").starts_with("line 1: there is no witness or group `x`"));
        assert!(wrong(&format!("log {}\nquorum none", witness.verifier())).contains("other kind"));
        assert!(
            wrong(&format!("witness W {}\ngroup g 2 W\nquorum g", witness.verifier()))
                .starts_with("line 2")
        );
        assert!(wrong("wittness W x").contains("`wittness`"));
        let (v, u) = (witness.verifier(), key("u.example", KeyKind::Cosigner, 2));
        assert!(wrong(&format!("witness W {v}\nwitness X {v}\n")).starts_with("line 2: the key"));
        let same = key("other.example", KeyKind::Cosigner, 1);
        let renamed = format!("witness W {v}\nwitness X {}\n", same.verifier());
        assert!(wrong(&renamed).starts_with("line 2: the key"));
        let twice = format!(
            "witness W {v}\nwitness U {}\ngroup g any W U\ngroup h all g W\n",
            u.verifier()
        );
        assert!(wrong(&twice).starts_with("line 4: expected"), "{}", wrong(&twice));
    }

    #[test]
    fn one_log_cannot_speak_for_another() {
        let (a, b) = (key("a.example", KeyKind::Log, 1), key("b.example", KeyKind::Log, 2));
        let text = format!("log {}\nlog {}\nquorum none\n", a.verifier(), b.verifier());
        let policy = Policy::parse(&text).unwrap();
        let mut note = Note::new("a.example\n0\nAAAA\n").unwrap();
        note.add(b.sign(note.text(), 0));
        let keys = policy.keys();
        assert!(!policy.is_signed(&note.verify(&keys).unwrap(), "a.example"));
        note.add(a.sign(note.text(), 0));
        assert!(policy.is_signed(&note.verify(&keys).unwrap(), "a.example"));
    }

    #[test]
    fn every_witness_of_a_list_is_needed_whatever_it_is_called() {
        let party = |key: &SigningKey| Party {
            name: key.verifier().name().to_owned(),
            key: key.verifier().clone(),
            url: None,
        };
        let [a, b] =
            ["all", "b.example"].map(|name| key(name, KeyKind::Cosigner, name.len() as u8));
        let policy = Policy::of_all(Vec::new(), vec![party(&a), party(&b)]);
        let keys = policy.keys();
        let mut note = Note::new("log.example\n0\nAAAA\n").unwrap();
        note.add(a.sign(note.text(), 9));
        assert!(!policy.has_quorum(&note.verify(&keys).unwrap()));
        note.add(b.sign(note.text(), 9));
        assert!(policy.has_quorum(&note.verify(&keys).unwrap()));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "((log|witness|group|quorum|#) [a-z0-9+ ]{0,20}\n){0,6}") {
            let _ = Policy::parse(&text);
        }
    }
}
