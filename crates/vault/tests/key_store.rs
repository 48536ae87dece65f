//! Keys are there after a restart, whatever moment it came at, and gone once destroyed.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test cannot set up, it fails on"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use camino::{Utf8Path, Utf8PathBuf};
use domain::{AgencyId, Day, DayKeys as _, KeyError, ServerKey};
use tempfile::TempDir;
use vault::{Chance, KeyStore, VaultError};

const OURS: AgencyId = AgencyId::from_i64(1);
const ONE: Day = Day::from_number(20_000);
const TWO: Day = Day::from_number(20_001);

type Files = BTreeMap<String, Vec<u8>>;

/// What lies there after a step of a change, and how many keys that is.
type Moment<'a> = (usize, &'a [(&'a str, &'a [u8])]);

fn server_key(byte: u8) -> ServerKey {
    ServerKey::from_bytes([byte; 32])
}

/// Never the same twice.
fn chance() -> Chance {
    static DRAWN: AtomicU64 = AtomicU64::new(1);
    Arc::new(|bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            let number = DRAWN.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&number.to_le_bytes()[..chunk.len()]);
        }
    })
}

fn a_dir() -> (TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("keys")).unwrap();
    (dir, path)
}

fn open(dir: &Utf8Path) -> KeyStore {
    KeyStore::open(dir, &server_key(1), chance()).unwrap()
}

fn files(dir: &Utf8Path) -> Files {
    let entries = std::fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries
        .map(|file| (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap()))
        .collect()
}

fn put(dir: &Utf8Path, files: &[(&str, &[u8])]) {
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.join(name), bytes).unwrap();
    }
}

#[test]
fn keys_last_and_differ() {
    let (_dir, path) = a_dir();
    let store = open(&path);
    assert!(matches!(store.existing(OURS, ONE), Err(KeyError::Missing { .. })));
    let one = store.existing_or_new(OURS, ONE).unwrap();
    let two = store.existing_or_new(OURS, TWO).unwrap();
    assert_ne!(one.expose(), two.expose());
    assert_eq!(store.existing_or_new(OURS, ONE).unwrap().expose(), one.expose());
    drop(store);
    let store = open(&path);
    assert_eq!(store.existing(OURS, ONE).unwrap().expose(), one.expose());
    assert_eq!(store.existing(OURS, TWO).unwrap().expose(), two.expose());
    assert_eq!(store.days(), [(OURS, ONE), (OURS, TWO)]);
}

#[test]
fn another_server_key_opens_nothing() {
    let (_dir, path) = a_dir();
    open(&path).existing_or_new(OURS, ONE).unwrap();
    let refused = KeyStore::open(&path, &server_key(2), chance());
    assert!(matches!(refused, Err(VaultError::KeyStore { .. })));
    // And changes nothing.
    assert!(open(&path).existing(OURS, ONE).is_ok());
}

#[test]
fn a_destroyed_key_is_in_no_file_any_more() {
    let (_dir, path) = a_dir();
    let store = open(&path);
    store.existing_or_new(OURS, ONE).unwrap();
    let two = store.existing_or_new(OURS, TWO).unwrap();
    let before = files(&path);
    store.destroy(OURS, ONE).unwrap();
    store.destroy(OURS, ONE).unwrap();
    assert!(matches!(store.existing(OURS, ONE), Err(KeyError::Missing { .. })));
    let after = files(&path);
    assert_eq!(after.keys().collect::<Vec<_>>(), ["keys.sealed", "keys.wrap"]);
    assert!(after.values().all(|bytes| before.values().all(|old| old != bytes)));
    // A copy of the old body, with the wrapping key in force now, opens no more.
    put(&path, &[("keys.sealed", &before["keys.sealed"]), ("keys.wrap", &after["keys.wrap"])]);
    assert!(matches!(
        KeyStore::open(&path, &server_key(1), chance()),
        Err(VaultError::KeyStore { .. })
    ));
    put(&path, &[("keys.sealed", &after["keys.sealed"]), ("keys.wrap", &after["keys.wrap"])]);
    let store = open(&path);
    assert!(store.existing(OURS, ONE).is_err());
    assert_eq!(store.existing(OURS, TWO).unwrap().expose(), two.expose());
}

#[test]
fn a_crash_at_any_moment_leaves_the_keys_of_before_or_after() {
    let (_dir, path) = a_dir();
    let store = open(&path);
    let one = store.existing_or_new(OURS, ONE).unwrap();
    let before = files(&path);
    store.existing_or_new(OURS, TWO).unwrap();
    let after = files(&path);
    drop(store);
    let (body, wrap) = (before["keys.sealed"].as_slice(), before["keys.wrap"].as_slice());
    let (new_body, new_wrap) = (after["keys.sealed"].as_slice(), after["keys.wrap"].as_slice());
    let zeros = vec![0; wrap.len()];
    let half = &new_body[..new_body.len() / 2];
    let moments: &[Moment<'_>] = &[
        (1, &[("keys.sealed", body), ("keys.wrap", wrap), ("keys.sealed.next", half)]),
        (1, &[("keys.sealed", body), ("keys.wrap", wrap), ("keys.sealed.next", new_body)]),
        (
            1,
            &[
                ("keys.sealed", body),
                ("keys.wrap", wrap),
                ("keys.sealed.next", new_body),
                ("keys.wrap.next", new_wrap),
            ],
        ),
        (2, &[("keys.sealed", new_body), ("keys.wrap", wrap), ("keys.wrap.next", new_wrap)]),
        (2, &[("keys.sealed", new_body), ("keys.wrap", &zeros), ("keys.wrap.next", new_wrap)]),
        (2, &[("keys.sealed", new_body), ("keys.wrap", new_wrap)]),
        // The same for the first change of all.
        (0, &[("keys.sealed.next", half)]),
        (0, &[("keys.sealed.next", body), ("keys.wrap.next", wrap)]),
        (1, &[("keys.sealed", body), ("keys.wrap.next", wrap)]),
    ];
    for (n_keys, moment) in moments {
        put(&path, moment);
        // Twice: what the first opening tidied up still opens.
        for _ in 0..2 {
            let store = open(&path);
            assert_eq!(store.days().len(), *n_keys);
            if *n_keys > 0 {
                assert_eq!(store.existing(OURS, ONE).unwrap().expose(), one.expose());
            }
        }
        open(&path).existing_or_new(OURS, Day::from_number(1)).unwrap();
        assert_eq!(open(&path).days().len(), n_keys + 1);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]
    #[test]
    fn a_changed_byte_is_noticed(in_body: bool, at: proptest::sample::Index, bit in 0_u8..8) {
        let (_dir, path) = a_dir();
        open(&path).existing_or_new(OURS, ONE).unwrap();
        let path_of_one = path.join(if in_body { "keys.sealed" } else { "keys.wrap" });
        let mut bytes = std::fs::read(&path_of_one).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        std::fs::write(&path_of_one, bytes).unwrap();
        let refused = KeyStore::open(&path, &server_key(1), chance());
        let is_refused = matches!(refused, Err(VaultError::KeyStore { .. }));
        proptest::prop_assert!(is_refused);
    }

    #[test]
    fn garbage_is_refused(body in proptest::collection::vec(0_u8.., 0..200), wrap in proptest::collection::vec(0_u8.., 0..200)) {
        let (_dir, path) = a_dir();
        put(&path, &[("keys.sealed", &body), ("keys.wrap", &wrap)]);
        let refused = KeyStore::open(&path, &server_key(1), chance());
        let is_refused = matches!(refused, Err(VaultError::KeyStore { .. }));
        proptest::prop_assert!(is_refused);
    }
}
