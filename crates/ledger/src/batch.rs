//! Many things under one leaf: the root over their records, each salted so that one can be shown without the others.
//!
//! A salt is HMAC-SHA-256 of a key that the leaf's owner keeps (for reads, one that is made of the day's key: it is gone
//! when the day is) over the thing's id. Nothing has to be stored for each: as long as the key and the things are there,
//! the tree is made again.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use crate::Hash;
use crate::disclosure::{Disclosure, SALT_BYTES, Salt};
use crate::tree::{ProofError, check_inclusion, in_memory, prove_inclusion, root_of};

/// Makes the salts of one batch.
#[derive(Clone)]
pub struct Salter(Hmac<Sha256>);

impl std::fmt::Debug for Salter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salter(…)")
    }
}

impl Salter {
    /// With this key.
    pub fn new(key: &[u8; 32]) -> Self {
        // Any length of key is taken by HMAC; 32 bytes in particular.
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// The salt of the thing with this id.
    pub fn salt(&self, id: &[u8]) -> Salt {
        let code = self.0.clone().chain_update(id).finalize().into_bytes();
        code.first_chunk::<SALT_BYTES>().copied().unwrap_or_default()
    }

    /// The record of the thing with this id, of which `json` is to be proved.
    pub fn record(&self, id: &[u8], json: &str) -> Disclosure {
        Disclosure::of_item(&self.salt(id), json)
    }
}

/// The hash of one record in its batch.
pub fn hash_of(record: &Disclosure) -> Hash {
    Hash::of_leaf(record.encoded().as_bytes())
}

/// The root over the records' hashes, in their order.
pub fn root(hashes: &[Hash]) -> Hash {
    root_of(hashes)
}

/// Shows that one thing was in a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchProof {
    /// The record: salt and what is said of the thing.
    pub record: Disclosure,
    /// Its place in the batch, from 0.
    pub place: u64,
    /// How many things the batch has.
    pub n: u64,
    /// Its path to the batch's root.
    pub path: Vec<Hash>,
}

impl BatchProof {
    /// Of the thing at `place`; none if there is no such place.
    pub fn of(record: Disclosure, place: u64, hashes: &[Hash]) -> Option<Self> {
        let n = hashes.len() as u64;
        let Ok(path) = prove_inclusion(place, n, &mut in_memory(hashes));
        (place < n).then_some(Self { record, place, n, path })
    }

    /// Whether it leads to this root.
    pub fn check(&self, root: Hash) -> Result<(), ProofError> {
        check_inclusion(self.place, self.n, hash_of(&self.record), &self.path, root)
    }

    /// As JSON, for a receipt.
    pub(crate) fn to_json(&self) -> Value {
        let path: Vec<Value> = self.path.iter().map(|hash| hash.to_string().into()).collect();
        serde_json::json!({ "n": self.n, "path": path, "place": self.place, "record": self.record.encoded() })
    }

    /// Reads [`Self::to_json`].
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let hashes = value.get("path")?.as_array()?;
        Some(Self {
            record: Disclosure::parse(value.get("record")?.as_str()?)?,
            place: value.get("place")?.as_u64()?,
            n: value.get("n")?.as_u64()?,
            path: hashes.iter().map(|hash| Hash::parse(hash.as_str()?)).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_of_a_batch_is_shown_without_the_others() {
        let salter = Salter::new(&[5; 32]);
        let records: Vec<_> = (0_u64..37)
            .map(|id| salter.record(&id.to_be_bytes(), &format!("{{\"id\":{id}}}")))
            .collect();
        let hashes: Vec<_> = records.iter().map(hash_of).collect();
        let root = root(&hashes);
        for (place, record) in (0_u64..).zip(&records) {
            let proof = BatchProof::of(record.clone(), place, &hashes).unwrap();
            assert_eq!(BatchProof::from_json(&proof.to_json()), Some(proof.clone()));
            assert_eq!(proof.check(root), Ok(()));
            let other = BatchProof { record: Disclosure::of_item(&[0; 16], "{\"id\":0}"), ..proof };
            assert_eq!(other.check(root), Err(ProofError::OtherRoot));
        }
        assert_eq!(BatchProof::of(records[0].clone(), 37, &hashes), None);
    }

    #[test]
    fn another_key_salts_otherwise() {
        assert_ne!(Salter::new(&[1; 32]).salt(b"id"), Salter::new(&[2; 32]).salt(b"id"));
    }
}
