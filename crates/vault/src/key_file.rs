//! What the key store's file says once it is opened: agency, day and key, again and again.

use std::collections::BTreeMap;

use domain::keys::KEY_BYTES;
use domain::{AgencyId, Day, DayKey};
use zeroize::Zeroizing;

/// Every day's key.
pub(crate) type Keys = BTreeMap<(AgencyId, Day), DayKey>;

/// Says which format follows.
const MAGIC: &[u8; 8] = b"PGKEYS01";

const ENTRY_BYTES: usize = 8 + 8 + KEY_BYTES;

/// The file's bytes, not yet sealed.
pub(crate) fn write(keys: &Keys) -> Zeroizing<Vec<u8>> {
    // Room for all at once: growing would leave copies of keys behind in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAGIC.len() + keys.len() * ENTRY_BYTES));
    bytes.extend_from_slice(MAGIC);
    for ((agency, day), key) in keys {
        bytes.extend_from_slice(&agency.to_i64().to_be_bytes());
        bytes.extend_from_slice(&day.number().to_be_bytes());
        bytes.extend_from_slice(key.expose());
    }
    bytes
}

/// Reads [`write()`]; none for anything else.
pub(crate) fn parse(bytes: &[u8]) -> Option<Keys> {
    let entries = bytes.strip_prefix(MAGIC)?;
    let mut keys = Keys::new();
    let (entries, rest) = entries.as_chunks::<ENTRY_BYTES>();
    for entry in entries {
        let (agency, entry) = entry.split_first_chunk::<8>()?;
        let (day, entry) = entry.split_first_chunk::<8>()?;
        let (key, _) = entry.split_first_chunk::<KEY_BYTES>()?;
        let owner = AgencyId::from_i64(i64::from_be_bytes(*agency));
        let day = Day::from_number(i64::from_be_bytes(*day));
        if keys.insert((owner, day), DayKey::from_bytes(*key)).is_some() {
            return None;
        }
    }
    rest.is_empty().then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn keys_read_as_they_are_written(entries in proptest::collection::btree_map((0_i64..9, 0_i64..9), proptest::array::uniform32(0_u8..), 0..20)) {
            let keys: Keys = entries
                .iter()
                .map(|((agency, day), key)| ((AgencyId::from_i64(*agency), Day::from_number(*day)), DayKey::from_bytes(*key)))
                .collect();
            let again = parse(&write(&keys)).unwrap();
            proptest::prop_assert_eq!(again.len(), keys.len());
            for (at, key) in &keys {
                proptest::prop_assert_eq!(again[at].expose(), key.expose());
            }
        }

        #[test]
        fn garbage_is_refused_or_read_but_never_fatal(bytes in proptest::collection::vec(0_u8.., 0..300), with_magic: bool) {
            let bytes = if with_magic { [MAGIC.as_slice(), &bytes].concat() } else { bytes };
            if let Some(keys) = parse(&bytes) {
                proptest::prop_assert_eq!(bytes.len(), MAGIC.len() + keys.len() * ENTRY_BYTES);
            }
        }
    }
}
