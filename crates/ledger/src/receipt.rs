//! Receipts: one file that shows, offline, that a leaf stands in a cosigned log, with the leaf itself and as much of its
//! clear text as whoever hands it out may show. A C2SP tlog-proof whose `extra` is our JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::batch::BatchProof;
use crate::checkpoint::InvalidCheckpoint;
use crate::disclosure::Disclosure;
use crate::leaf::{ClearField, InvalidLeaf, Leaf};
use crate::note::Forged;
use crate::policy::Policy;
use crate::proof::{InvalidProof, MAGIC, TlogProof};
use crate::tree::{ProofError, check_inclusion};
use crate::{Checkpoint, Hash, Note};

/// A receipt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The leaf, as it stands in the log.
    pub entry: Vec<u8>,
    /// Clear text that the leaf seals.
    pub disclosures: Vec<Disclosure>,
    /// One thing out of the leaf's batch.
    pub of_batch: Option<BatchProof>,
    /// Which leaf it is.
    pub index: u64,
    /// Its path to the checkpoint's root.
    pub path: Vec<Hash>,
    /// The checkpoint, signed and cosigned.
    pub note: Note,
}

/// What a receipt shows, once it was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The checkpoint it stands in.
    pub checkpoint: Checkpoint,
    /// The leaf.
    pub leaf: Leaf,
    /// The witnesses whose cosignature fits: name and when, in seconds of Unix time.
    pub cosigned: Vec<(String, u64)>,
}

/// Why a receipt shows nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidReceipt {
    /// Not a proof's file.
    #[error("it is not a tlog-proof")]
    Proof(#[source] InvalidProof),
    /// Its `extra` is not ours.
    #[error("its extra line is not a receipt of Plateglass")]
    Extra,
    /// Its checkpoint cannot be read.
    #[error("its checkpoint cannot be read")]
    Checkpoint(#[source] InvalidCheckpoint),
    /// A signature of somebody who is believed does not fit.
    #[error("its checkpoint is forged")]
    Forged(#[source] Forged),
    /// No log that is believed has signed in its own name.
    #[error("its checkpoint of `{origin}` is not signed by a key of that name that is believed")]
    NotSigned {
        /// The log it is of.
        origin: String,
    },
    /// Too few witnesses have cosigned.
    #[error("its checkpoint is cosigned by too few of the witnesses that are believed")]
    NoQuorum,
    /// The leaf is not in the checkpoint's tree.
    #[error("leaf {index} is not the one in the checkpoint's tree")]
    Inclusion {
        /// Which leaf.
        index: u64,
        /// Why the path shows nothing.
        #[source]
        why: ProofError,
    },
    /// The leaf is none of ours.
    #[error("the leaf cannot be read")]
    Leaf(#[source] InvalidLeaf),
    /// A clear text that the leaf does not seal.
    #[error("clear text {place} is not what the leaf seals")]
    Disclosure {
        /// Which, from 1.
        place: usize,
    },
    /// The thing shown is not in the leaf's batch.
    #[error("what it shows is not in the leaf's batch")]
    Batch(#[source] ProofError),
}

impl Receipt {
    /// Reads a receipt's file.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidReceipt> {
        let proof = TlogProof::parse(bytes).map_err(InvalidReceipt::Proof)?;
        let extra = proof.extra.as_deref().ok_or(InvalidReceipt::Extra)?;
        let extra: Value = serde_json::from_slice(extra).map_err(|_| InvalidReceipt::Extra)?;
        let parts = |extra: &Value| {
            // A name that is not known would be something that looks proved and is not.
            let known = |name: &String| ["batch", "disclosures", "leaf"].contains(&name.as_str());
            extra.as_object().filter(|names| names.keys().all(known))?;
            let shown = extra.get("disclosures")?.as_array()?;
            let shown = shown.iter().map(|one| Disclosure::parse(one.as_str()?));
            let of_batch = match extra.get("batch") {
                None => None,
                Some(batch) => Some(BatchProof::from_json(batch)?),
            };
            Some((
                extra.get("leaf")?.as_str()?.as_bytes().to_vec(),
                shown.collect::<Option<_>>()?,
                of_batch,
            ))
        };
        let (entry, disclosures, of_batch) = parts(&extra).ok_or(InvalidReceipt::Extra)?;
        let TlogProof { index, path, note, .. } = proof;
        Ok(Self { entry, disclosures, of_batch, index, path, note })
    }

    /// Checks all of it: signatures, cosignatures, the leaf's place, its clear text, the thing out of its batch.
    pub fn check(&self, policy: &Policy) -> Result<Shown, InvalidReceipt> {
        let keys = policy.keys();
        let verified = self.note.verify(&keys).map_err(InvalidReceipt::Forged)?;
        let checkpoint = Checkpoint::parse(self.note.text()).map_err(InvalidReceipt::Checkpoint)?;
        if !policy.is_signed(&verified, &checkpoint.origin) {
            return Err(InvalidReceipt::NotSigned { origin: checkpoint.origin });
        }
        if !policy.has_quorum(&verified) {
            return Err(InvalidReceipt::NoQuorum);
        }
        let cosigned = verified.iter().filter_map(|one| Some((one.key.name().to_owned(), one.at?)));
        let cosigned = cosigned.collect();
        let (hash, index) = (Hash::of_leaf(&self.entry), self.index);
        check_inclusion(index, checkpoint.size, hash, &self.path, checkpoint.root)
            .map_err(|why| InvalidReceipt::Inclusion { index, why })?;
        let leaf = Leaf::parse(&self.entry).map_err(InvalidReceipt::Leaf)?;
        if let Some(place) = self.disclosures.iter().position(|one| !leaf.proves(one)) {
            return Err(InvalidReceipt::Disclosure { place: place + 1 });
        }
        if let Some(of_batch) = &self.of_batch {
            let root = leaf.text(ClearField::Root).and_then(Hash::parse);
            let same_n = leaf.number(ClearField::Number) == Some(of_batch.n);
            let root =
                root.filter(|_| same_n).ok_or(InvalidReceipt::Batch(ProofError::OtherRoot))?;
            of_batch.check(root).map_err(InvalidReceipt::Batch)?;
        }
        Ok(Shown { checkpoint, leaf, cosigned })
    }
}

/// Several receipts as one text: each begins with the line that a tlog-proof begins with, which stands nowhere else in one.
pub fn join<'a>(receipts: impl IntoIterator<Item = &'a Receipt>) -> String {
    receipts.into_iter().map(Receipt::to_string).collect()
}

/// The parts of a text of several receipts, each to be read by [`Receipt::parse`]; at least one.
pub fn split(bytes: &[u8]) -> Vec<&[u8]> {
    let begins = [MAGIC, "\n"].concat();
    let mut parts = Vec::new();
    let (mut first, mut at) = (0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if at > 0 && line == begins.as_bytes() {
            parts.extend(bytes.get(first..at));
            first = at;
        }
        at += line.len();
    }
    parts.extend(bytes.get(first..));
    parts
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<&str> = self.disclosures.iter().map(Disclosure::encoded).collect();
        // In the order of the names, whichever order serde_json's own maps keep in this build.
        let mut extra = BTreeMap::from([
            ("disclosures", json!(shown)),
            ("leaf", json!(String::from_utf8_lossy(&self.entry))),
        ]);
        if let Some(of_batch) = &self.of_batch {
            extra.insert("batch", of_batch.to_json());
        }
        let proof = TlogProof {
            extra: Some(serde_json::to_vec(&extra).unwrap_or_default()),
            index: self.index,
            path: self.path.clone(),
            note: self.note.clone(),
        };
        proof.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Salter, hash_of, root};
    use crate::key::{KeyKind, SigningKey};
    use crate::leaf::{Draft, Kind, SealedField};
    use crate::policy::Party;
    use crate::tree::{in_memory, prove_inclusion, root_of};

    fn receipt() -> (Receipt, Policy) {
        let salter = Salter::new(&[6; 32]);
        let records: Vec<_> =
            (0_u8..5).map(|id| salter.record(&[id], &format!("\"read {id}\""))).collect();
        let hashes: Vec<_> = records.iter().map(hash_of).collect();
        let written = Draft::new(Kind::Reads)
            .number(ClearField::Number, 5)
            .text(ClearField::Root, root(&hashes).to_string())
            .seal(SealedField::Name, &[1; 16], "camera 7")
            .write()
            .unwrap();
        let leaves: Vec<_> =
            [b"before".as_slice(), &written.entry, b"after"].map(Hash::of_leaf).to_vec();
        let key = SigningKey::from_seed("log.example", KeyKind::Log, [1; 32]).unwrap();
        let witness = SigningKey::from_seed("w.example", KeyKind::Cosigner, [2; 32]).unwrap();
        let origin = "log.example".to_owned();
        let checkpoint =
            Checkpoint { origin, size: 3, root: root_of(&leaves), extension: String::new() };
        let mut note = checkpoint.to_note().unwrap();
        note.add(key.sign(note.text(), 0));
        note.add(witness.sign(note.text(), 1_700_000_000));
        let Ok(path) = prove_inclusion(1, 3, &mut in_memory(&leaves));
        let party = |key: &SigningKey| Party {
            name: key.verifier().name().to_owned(),
            key: key.verifier().clone(),
            url: None,
        };
        let disclosures = written.disclosures.into_iter().map(|(_, one)| one).collect();
        let of_batch = BatchProof::of(records[3].clone(), 3, &hashes);
        let receipt = Receipt { entry: written.entry, disclosures, of_batch, index: 1, path, note };
        (receipt, Policy::of_all(vec![party(&key)], vec![party(&witness)]))
    }

    #[test]
    fn a_receipt_shows_its_leaf_offline() {
        let (receipt, policy) = receipt();
        let again = Receipt::parse(receipt.to_string().as_bytes()).unwrap();
        assert_eq!(again, receipt);
        let shown = again.check(&policy).unwrap();
        assert_eq!(shown.cosigned, [("w.example".to_owned(), 1_700_000_000)]);
        assert_eq!(shown.leaf.kind(), Kind::Reads);
    }

    #[test]
    fn several_receipts_are_one_text_and_come_apart_again() {
        let (receipt, policy) = receipt();
        let text = join([&receipt, &receipt, &receipt]);
        let parts = split(text.as_bytes());
        assert_eq!(parts.len(), 3);
        for part in parts {
            assert!(Receipt::parse(part).unwrap().check(&policy).is_ok());
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_when_a_text_is_split(text in "(c2sp.org/tlog-proof@v1\n|[a-z\n]{0,5}|\n){0,9}") {
            let parts = split(text.as_bytes());
            proptest::prop_assert!(!parts.is_empty());
            proptest::prop_assert_eq!(parts.concat(), text.as_bytes());
            let begins = |part: &&[u8]| part.starts_with(b"c2sp.org/tlog-proof@v1\n");
            proptest::prop_assert!(parts.iter().skip(1).all(begins));
        }
    }

    #[test]
    fn every_part_that_was_changed_is_named() {
        let (receipt, policy) = receipt();
        let refused = |change: &dyn Fn(&mut Receipt)| {
            let mut changed = receipt.clone();
            change(&mut changed);
            changed.check(&policy).unwrap_err()
        };
        let entry = refused(&|receipt| receipt.entry[3] ^= 1);
        assert!(matches!(entry, InvalidReceipt::Inclusion { index: 1, .. }));
        let other_index = refused(&|receipt| receipt.index = 0);
        assert!(matches!(other_index, InvalidReceipt::Inclusion { index: 0, .. }));
        let other_name = refused(&|receipt| {
            receipt.disclosures[0] = Disclosure::of_field(&[1; 16], "name", &"camera 8".into());
        });
        assert_eq!(other_name, InvalidReceipt::Disclosure { place: 1 });
        let other_read = refused(&|receipt| {
            receipt.of_batch.as_mut().unwrap().record = Disclosure::of_item(&[1; 16], "\"read 9\"");
        });
        assert_eq!(other_read, InvalidReceipt::Batch(ProofError::OtherRoot));
        let alone = Policy::of_all(
            policy.logs().to_vec(),
            vec![Party {
                name: "other".to_owned(),
                key: SigningKey::from_seed("x.example", KeyKind::Cosigner, [9; 32])
                    .unwrap()
                    .verifier()
                    .clone(),
                url: None,
            }],
        );
        assert_eq!(receipt.check(&alone), Err(InvalidReceipt::NoQuorum));
    }
}
