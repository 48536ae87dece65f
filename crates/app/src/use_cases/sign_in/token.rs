//! Tokens: 256 random bits, kept only as their SHA-256.

use std::fmt;

use domain::CameraKey;
use sha2::{Digest as _, Sha256};

use crate::SessionRef;

macro_rules! token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(CameraKey);

        impl $name {
            /// Reads the written form; anything but 43 base64url characters is no token.
            pub fn parse(text: &str) -> Option<Self> {
                CameraKey::parse(text).map(Self)
            }

            /// The written form.
            pub fn expose(&self) -> String {
                self.0.expose()
            }

            pub(crate) fn from_random(bits: [u8; 32]) -> Self {
                Self(CameraKey::from_random(bits))
            }

            /// What is stored of it.
            pub(crate) fn hash(&self) -> [u8; 32] {
                *self.0.hash().as_bytes()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

token!(/// What a sign-in link ends with. Works once.
    LinkToken);
token!(/// What the session cookie holds.
    SessionToken);

impl SessionToken {
    /// A word for it that opens nothing: the beginning of a digest of its digest.
    pub(crate) fn session(&self) -> SessionRef {
        let digest = Sha256::digest(self.hash());
        SessionRef(digest.first_chunk::<8>().copied().unwrap_or_default())
    }
}
