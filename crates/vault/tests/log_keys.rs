//! The logs' keys: made once, sealed, changed without a moment in which there is none.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up, it fails on")]

use std::sync::Arc;

use camino::Utf8Path;
use domain::ServerKey;
use vault::{LogKeys, VaultError};

fn open(dir: &Utf8Path, server_key: u8) -> LogKeys {
    let next = std::sync::atomic::AtomicU8::new(1);
    let chance = Arc::new(move |bytes: &mut [u8]| {
        bytes.fill(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    });
    LogKeys::open(dir, &ServerKey::from_bytes([server_key; 32]), chance).unwrap()
}

#[test]
fn a_key_is_made_once_and_changed_for_another() {
    let dir = tempfile::tempdir().unwrap();
    let dir = Utf8Path::from_path(dir.path()).unwrap();
    let keys = open(dir, 1);
    assert!(keys.of("agency-1").unwrap().is_empty());
    let first = keys.make("agency-1", "log.example/agency-1").unwrap();
    assert_eq!(keys.make("agency-1", "another").unwrap().verifier(), first.verifier());
    assert!(!keys.change_over("agency-1").unwrap());
    let second = keys.make_next("agency-1", "log.example/agency-1").unwrap();
    let both: Vec<_> =
        keys.of("agency-1").unwrap().iter().map(|key| key.verifier().clone()).collect();
    assert_eq!(both, [first.verifier().clone(), second.verifier().clone()]);
    assert!(keys.change_over("agency-1").unwrap());
    let after = open(dir, 1).of("agency-1").unwrap();
    assert_eq!((after.len(), after[0].verifier()), (1, second.verifier()));
}

#[test]
fn a_key_lies_on_disk_sealed_and_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let dir = Utf8Path::from_path(dir.path()).unwrap();
    let key = open(dir, 1).make("server", "log.example/server").unwrap();
    let path = dir.join("server.key");
    let mut bytes = std::fs::read(&path).unwrap();
    let seed = key.expose();
    let secret = seed.rsplit_once('+').unwrap().1.as_bytes();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(open(dir, 2).of("server"), Err(VaultError::LogKey { .. })));
    bytes[30] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(open(dir, 1).of("server"), Err(VaultError::LogKey { .. })));
}
