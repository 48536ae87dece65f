//! Tokens: 256 random bits, kept only as their SHA-256.

use std::fmt;

use domain::CameraKey;
use sha2::{Digest as _, Sha256};

use crate::{App, SessionRef};

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

token!(/// What holds the steps of one sign-in or one enrolment together.
    StepToken);
token!(/// What the session cookie holds (CJIS IA-5o: at least 64 bits).
    SessionToken);
token!(/// What a browser keeps so that it is known again: no sign-in, and good for nothing else.
    DeviceToken);

impl DeviceToken {
    /// A new one, for a browser that has none.
    pub fn new(app: &App) -> Self {
        Self::from_random(app.inner().chance.bits_256())
    }
}

/// The word of a session whose secret has this digest.
pub(crate) fn session_ref(hash: &[u8; 32]) -> SessionRef {
    let digest = Sha256::digest(hash);
    SessionRef(digest.first_chunk::<8>().copied().unwrap_or_default())
}
