//! Keys as values. Where they are kept is the vault's business; that they never show in a log is ours.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::ids::AgencyId;
use crate::time::Day;

/// Bytes in every key: 256 bits.
pub const KEY_BYTES: usize = 32;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<[u8; KEY_BYTES]>);

        impl $name {
            /// Takes raw key bytes.
            pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
                Self(Zeroizing::new(bytes))
            }

            /// The raw bytes: name the reason where you call this.
            pub fn expose(&self) -> &[u8; KEY_BYTES] {
                &self.0
            }

            /// A key for one use only, by HKDF-SHA256 (RFC 5869) with the use as info.
            pub fn for_use(&self, purpose: &str) -> SubKey {
                let mut out = Zeroizing::new([0_u8; KEY_BYTES]);
                Hkdf::<Sha256>::new(None, self.0.as_slice())
                    .expand(purpose.as_bytes(), out.as_mut_slice())
                    .expect("32 bytes are a valid HKDF-SHA256 output length");
                SubKey(out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

key!(/// The server's key: opens the control database and the key store. Comes from a file or the environment, never from a default.
    ServerKey);
key!(/// The key of one agency's day: its reads and its pictures are unreadable without it (D2).
    DayKey);

/// A key derived for one use.
#[derive(Clone)]
pub struct SubKey(Zeroizing<[u8; KEY_BYTES]>);

impl SubKey {
    /// The raw bytes: name the reason where you call this.
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for SubKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubKey(…)")
    }
}

/// What went wrong with a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The day's key was destroyed or never made: its reads cannot be opened.
    #[error("there is no key for {day} of agency {agency}")]
    Missing {
        /// Whose day.
        agency: AgencyId,
        /// Which day.
        day: Day,
    },
    /// The key store could not be read or written.
    #[error("failed to use the key store")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where day keys come from. The vault's key store is the one implementation that lasts; tests have one in memory.
pub trait DayKeys: Send + Sync {
    /// The key of a day that already has one.
    fn existing(&self, agency: AgencyId, day: Day) -> Result<DayKey, KeyError>;

    /// The key of a day, made and safely kept first where there is none.
    fn existing_or_new(&self, agency: AgencyId, day: Day) -> Result<DayKey, KeyError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_show_and_uses_differ() {
        let key = DayKey::from_bytes([7; KEY_BYTES]);
        assert_eq!(format!("{key:?}"), "DayKey(…)");
        assert_ne!(key.for_use("reads").expose(), key.for_use("pictures").expose());
        assert_eq!(key.for_use("reads").expose(), key.for_use("reads").expose());
    }
}
