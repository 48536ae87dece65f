//! How a password is kept: argon2id (RFC 9106), PHC string format, a salt of 128 bits (CJIS `IA-5(1)(a)`: a salted key
//! derivation function, 32 bits of salt and more).

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{LENGTH_MAX, normalised};

/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// The salt that [`verify_nobody`] uses: what is worked out with it is thrown away.
const NOBODY: [u8; 16] = [0; 16];

/// What one hash costs: memory and passes over it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    /// Above what OWASP asks at least (19 MiB, two passes): a tenth to a quarter of a second on one core.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 2 };
    /// The least: 19 MiB, two passes.
    pub const LEAST: Self = Self { memory_kib: 19 * 1024, passes: 2 };

    /// So much memory in KiB and so many passes, between [`Cost::LEAST`] and 1 GiB, 16 passes.
    pub fn new(memory_kib: u32, passes: u32) -> Self {
        Self {
            memory_kib: memory_kib.clamp(Self::LEAST.memory_kib, 1024 * 1024),
            passes: passes.clamp(Self::LEAST.passes, 16),
        }
    }

    fn params(self) -> Params {
        Params::new(self.memory_kib, self.passes, 1, Some(HASH_BYTES))
            .expect("the bounds of a cost lie within argon2's")
    }

    /// What a stored hash cost. None where it is out of bounds: a hash that somebody smuggled in could ask for all memory.
    fn of(hash: &PasswordHash) -> Option<Self> {
        let params = Params::try_from(hash).ok()?;
        let cost = Self { memory_kib: params.m_cost(), passes: params.t_cost() };
        let is_ours = hash.algorithm == Algorithm::Argon2id.ident()
            && hash.version == Some(u32::from(Version::V0x13))
            && params.p_cost() == 1
            && params.keyid().is_empty()
            && params.data().is_empty();
        (is_ours && cost == Self::new(cost.memory_kib, cost.passes)).then_some(cost)
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The password was right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verified {
    /// It is kept at another cost than is asked for now: hash it anew while it is at hand.
    pub needs_rehash: bool,
}

/// Why somebody did not get in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordRefused {
    /// The password is another. Said to nobody outside: name and password are refused together.
    #[error("the password is wrong")]
    Wrong,
    /// What is stored is no hash of ours.
    #[error("the stored password cannot be read: set a new one")]
    Unreadable,
}

/// Hashes a password with sixteen random bytes. Blocks.
pub fn hash(password: &str, salt: [u8; 16], cost: Cost) -> String {
    let hash = derived(password, &salt, cost);
    let (params, salt) = (ParamsString::try_from(cost.params()), Salt::new(&salt));
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: params.expect("three numbers fit a PHC string"),
        salt: Some(salt.expect("16 bytes are a valid salt")),
        hash: Some(Output::new(hash.as_slice()).expect("32 bytes are a valid hash")),
    };
    phc.to_string()
}

/// Whether a password is the one that `phc` was made from; `cost` is what is asked for now. Blocks, and for as long when it is
/// wrong as when it is right.
pub fn verify(password: &str, phc: &str, cost: Cost) -> Result<Verified, PasswordRefused> {
    let stored = PasswordHash::new(phc).map_err(|_| PasswordRefused::Unreadable)?;
    let stored_cost = Cost::of(&stored).ok_or(PasswordRefused::Unreadable)?;
    let (Some(salt), Some(hash)) = (stored.salt, stored.hash) else {
        return Err(PasswordRefused::Unreadable);
    };
    let tried = derived(password, salt.as_ref(), stored_cost);
    if bool::from(tried.as_slice().ct_eq(hash.as_bytes())) {
        Ok(Verified { needs_rehash: stored_cost != cost })
    } else {
        Err(PasswordRefused::Wrong)
    }
}

/// Works as long as [`verify`] does, for a name that nobody has or an account without a password, so that time does not tell
/// which names exist. Refuses always.
pub fn verify_nobody(password: &str, cost: Cost) -> PasswordRefused {
    std::hint::black_box(derived(password, &NOBODY, cost));
    PasswordRefused::Wrong
}

/// A text that no password can be is worked on like any other, cut to a bound: it equals none.
fn derived(password: &str, salt: &[u8], cost: Cost) -> Zeroizing<[u8; HASH_BYTES]> {
    let too_long = password.chars().nth(LENGTH_MAX * 4).is_some();
    let password = if too_long { Zeroizing::new(String::new()) } else { normalised(password) };
    let mut out = Zeroizing::new([0; HASH_BYTES]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params());
    argon2
        .hash_password_into(password.as_bytes(), salt, out.as_mut_slice())
        .expect("lengths of password, salt and hash lie within argon2's bounds");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_password_verifies_as_it_was_hashed() {
        let phc = hash("vigorous teapot ledger", [7; 16], Cost::LEAST);
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"), "{phc}");
        let right = verify("vigorous teapot ledger", &phc, Cost::LEAST);
        assert_eq!(right, Ok(Verified { needs_rehash: false }));
        assert_eq!(
            verify("vigorous teapot ledgeR", &phc, Cost::LEAST),
            Err(PasswordRefused::Wrong)
        );
        assert_eq!(verify_nobody("vigorous teapot ledger", Cost::LEAST), PasswordRefused::Wrong);
        let dearer = verify("vigorous teapot ledger", &phc, Cost::DEFAULT);
        assert_eq!(dearer, Ok(Verified { needs_rehash: true }));
    }

    #[test]
    fn one_password_typed_on_two_keyboards_is_one() {
        let phc = hash("caf\u{e9} au lait at dawn", [7; 16], Cost::LEAST);
        assert!(verify("cafe\u{301} au lait at dawn", &phc, Cost::LEAST).is_ok());
    }

    #[test]
    fn nothing_is_cut_off() {
        let long = "x".repeat(LENGTH_MAX);
        let phc = hash(&long, [7; 16], Cost::LEAST);
        assert!(verify(&long, &phc, Cost::LEAST).is_ok());
        assert!(verify(&long[1..], &phc, Cost::LEAST).is_err());
        assert!(verify(&format!("{long}x"), &phc, Cost::LEAST).is_err());
        assert!(verify(&"x".repeat(1 << 20), &phc, Cost::LEAST).is_err());
    }

    #[test]
    fn a_hash_of_another_making_is_refused_before_any_work() {
        let phc = hash("vigorous teapot ledger", [7; 16], Cost::LEAST);
        for (from, to) in [
            ("argon2id", "argon2i"),
            ("m=19456", "m=8"),
            ("m=19456", "m=4294967295"),
            ("t=2", "t=4294967295"),
            ("p=1", "p=16"),
            ("v=19", "v=16"),
            ("$argon2id", "argon2id"),
        ] {
            let other = phc.replace(from, to);
            assert_eq!(
                verify("vigorous teapot ledger", &other, Cost::LEAST),
                Err(PasswordRefused::Unreadable),
                "{to}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_stored_text_is_answered(phc in "(\\$argon2id\\$v=19\\$m=[0-9]{1,5},t=[0-9],p=1\\$)?[a-zA-Z0-9$,=+/]{0,40}") {
            prop_assert_eq!(verify("x", &phc, Cost::LEAST), Err(PasswordRefused::Unreadable));
        }
    }
}
