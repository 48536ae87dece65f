//! A seed of a key that is made once and kept: a small file, sealed under the server's key.

use camino::Utf8Path;
use domain::ServerKey;
use zeroize::Zeroizing;

use crate::{Chance, VaultError, disk, sealed};

const ABOUT: &[u8] = b"plateglass seed";

/// Reads the seed in `path`, made first where there is none. `word` says for what it is: a seed opens for that and nothing else.
pub fn seed(
    path: &Utf8Path,
    word: &'static str,
    server_key: &ServerKey,
    chance: &Chance,
) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let key = server_key.for_use(word);
    let broken = || VaultError::Seed { path: path.to_owned() };
    if let Some(bytes) = disk::read(path)? {
        let opened = sealed::open(key.expose(), ABOUT, &bytes).ok_or_else(broken)?;
        let seed = opened.as_slice().try_into().map_err(|_| broken())?;
        return Ok(Zeroizing::new(seed));
    }
    let dir = path.parent().ok_or_else(broken)?;
    disk::make_dir(dir)?;
    let mut seed = Zeroizing::new([0_u8; 32]);
    chance(seed.as_mut_slice());
    let sealed = sealed::seal(key.expose(), ABOUT, seed.as_slice(), chance);
    // Beside its place first: half a seed would be worse than none.
    let beside = path.with_extension("new");
    disk::write(&beside, &sealed)?;
    disk::rename(&beside, path, dir)?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_seed_is_made_once_and_opens_with_its_own_key_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("keys/push.key");
        let chance: Chance = Arc::new(|bytes: &mut [u8]| bytes.fill(7));
        let key = |byte| ServerKey::from_bytes([byte; 32]);
        let made = seed(&path, "push-key", &key(1), &chance).unwrap();
        let other: Chance = Arc::new(|bytes: &mut [u8]| bytes.fill(8));
        assert_eq!(seed(&path, "push-key", &key(1), &other).unwrap(), made);
        for (word, key) in [("push-key", key(2)), ("another", key(1))] {
            let refused = seed(&path, word, &key, &chance);
            assert!(matches!(refused, Err(VaultError::Seed { .. })), "{refused:?}");
        }
        // The nonce in front is of the same bytes here, and shorter.
        let kept = std::fs::read(&path).unwrap();
        assert!(!kept.windows(32).any(|bytes| bytes == [7; 32]));
    }
}
