//! The key store's two files, as a crash, a bad disk or somebody else may have left them.
#![no_main]

use std::sync::Arc;

use camino::Utf8Path;
use domain::ServerKey;
use libfuzzer_sys::fuzz_target;
use vault::KeyStore;

fuzz_target!(|files: (&[u8], &[u8])| {
    let dir = tempfile::tempdir().expect("there is room for a folder");
    let dir = Utf8Path::from_path(dir.path()).expect("temporary folders have names in UTF-8");
    std::fs::write(dir.join("keys.sealed"), files.0).expect("there is room for a file");
    std::fs::write(dir.join("keys.wrap"), files.1).expect("there is room for a file");
    let key = ServerKey::from_bytes([7; 32]);
    // Nobody without the server's key can make files that open.
    assert!(KeyStore::open(dir, &key, Arc::new(|bytes: &mut [u8]| bytes.fill(1))).is_err());
});
