//! Chance: the one home of the system's random numbers (D8).

use rand::Rng as _;

/// Gives random bytes fit for keys. Tests have one with a seed (`testkit::SeededChance`).
pub trait Chance: Send + Sync {
    /// Fills `bytes` with chance.
    fn fill(&self, bytes: &mut [u8]);

    /// 256 random bits.
    fn bits_256(&self) -> [u8; 32] {
        let mut bits = [0; 32];
        self.fill(&mut bits);
        bits
    }
}

/// The operating system's chance.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is chance's one home")]
        rand::rng().fill_bytes(bytes);
    }
}
