//! Sealing bytes: XChaCha20-Poly1305, its random 192-bit nonce in front.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use domain::SubKey;

use crate::Chance;

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// What sealing adds.
pub(crate) const OVERHEAD_BYTES: usize = NONCE_BYTES + TAG_BYTES;

/// Seals `clear`; whoever opens it has to name the same `about`.
pub(crate) fn seal(key: &[u8; 32], about: &[u8], clear: &[u8], chance: &Chance) -> Vec<u8> {
    let mut nonce = [0_u8; NONCE_BYTES];
    // Random nonces of 192 bits do not meet: no counter has to survive a crash.
    chance(&mut nonce);
    let payload = Payload { msg: clear, aad: about };
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), payload)
        .expect("only fails beyond 256 GiB, and what is sealed here fits in memory");
    [nonce.as_slice(), &sealed].concat()
}

/// Opens what [`seal`] made of the same key and `about`; none if anything differs.
pub(crate) fn open(key: &[u8; 32], about: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload { msg: sealed, aad: about };
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), payload)
        .ok()
        .map(Zeroizing::new)
}

/// Seals small secrets that lie in a database, under one key.
#[derive(Clone)]
pub struct Sealer {
    key: SubKey,
    chance: Chance,
}

impl Sealer {
    /// Seals under `key`.
    pub fn new(key: SubKey, chance: Chance) -> Self {
        Self { key, chance }
    }

    /// Seals `clear`; whoever opens it has to name the same `about`.
    pub fn seal(&self, about: &str, clear: &[u8]) -> Vec<u8> {
        seal(self.key.expose(), about.as_bytes(), clear, &self.chance)
    }

    /// Opens what was sealed about the same; none if anything differs.
    pub fn open(&self, about: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open(self.key.expose(), about.as_bytes(), sealed)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}
