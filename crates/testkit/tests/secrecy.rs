//! A plate is in no file on disk in a form that can be read without a key; without the day's key it is nowhere.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test cannot set up, it fails on"
)]

use std::sync::Arc;

use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use domain::access::{Action, ListReads, OpenPicture, OpenRead, decide};
use domain::{
    Actor, AgencyId, Alternative, CameraKey, Category, Confidence, DayKeys as _, EntryRef,
    EventDigest, HotlistEntry, ImportTally, Marks, Mounting, NewCamera, NewHit, NewRead, Permit,
    PictureKind, PictureRef, Pictures, ReadId, ReadRef, RefusedRow, Timestamp,
};
use plate::{Grade, JurisdictionFit, PlateText};
use store::{Batch, FileRef, ReadsQuery, Store, StoreConfig};
use testkit::{server_key, unlike_bytes};
use vault::{KeyStore, PictureToKeep, Vault};

const PLATE: &str = "KNWN42Z";

struct House {
    dir: Utf8PathBuf,
    keys: Arc<KeyStore>,
    store: Store,
    vault: Vault,
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T12:00:00Z").unwrap()
}

fn plate() -> PlateText {
    PlateText::parse(PLATE).unwrap()
}

fn permit<A: Action>(agency: AgencyId) -> Permit<A> {
    decide(Actor::Server, agency, now()).unwrap()
}

async fn house(dir: &Utf8Path) -> House {
    let keys = Arc::new(KeyStore::open(&dir.join("keys"), &server_key(), unlike_bytes()).unwrap());
    let store = Store::open(StoreConfig::sqlite(dir.join("store")), &server_key(), keys.clone())
        .await
        .unwrap();
    let vault = Vault::open(&dir.join("vault"), unlike_bytes()).unwrap();
    House { dir: dir.to_owned(), keys, store, vault }
}

/// A list with the plate, a refused row, a read of it with pictures that hold its letters, and the hit.
async fn live(house: &House) -> (ReadRef, PictureRef) {
    let store = &house.store;
    let agency = store.add_agency("Test PD", None, now()).await.unwrap();
    let camera = NewCamera {
        name: "A".to_owned(),
        mounting: Mounting::Fixed,
        site: "B".to_owned(),
        heading_deg: None,
        position: None,
    };
    let key = CameraKey::from_random([1; 32]).hash();
    let camera = store.add_camera(&permit(agency), &camera, &key, &[], now()).await.unwrap();
    let list =
        store.add_hotlist(&permit(agency), "L", "S", Category::StolenPlate, now()).await.unwrap();
    let version = store.begin_version(&permit(agency), list, "l.csv", now()).await.unwrap();
    let entry = HotlistEntry {
        plate: PLATE.to_owned(),
        note: Some(format!("near {PLATE}")),
        ..HotlistEntry::default()
    };
    store.add_entries(version, 0, &vec![entry; 600]).await.unwrap();
    let refused = vec![RefusedRow { line: 1, reason: "year: 20".to_owned() }];
    store
        .finish_version(
            version,
            &ImportTally { n_taken: 600, n_refused: 1, refused, ..ImportTally::default() },
            &[9; 32],
        )
        .await
        .unwrap();
    store.swap_version(list, version, now()).await.unwrap();

    let file = FileRef::main(agency, now().day());
    let id = ReadId::following(ReadId::ZERO, now());
    let day_key = house.keys.existing_or_new(agency, file.day).unwrap();
    let jpeg = Bytes::from(format!("JFIF {PLATE} ").repeat(500));
    let picture = PictureToKeep { read: id, kind: PictureKind::Plate, jpeg };
    let kept = house.vault.put_batch(agency, file.day, &day_key, id, vec![picture]).await.unwrap();
    let reads = (0..600).map(|n| NewRead {
        id: ReadId::from_i64(id.to_i64() + n),
        camera,
        captured_at: now(),
        claimed_at: None,
        received_at: now(),
        plate: plate(),
        jurisdiction: None,
        confidence: Confidence::default(),
        characters: vec![Confidence::default(); 7],
        alternatives: vec![Alternative { text: plate(), confidence: Confidence::default() }],
        vehicle: None,
        marks: Marks::default(),
        event: Some(EventDigest::of(camera, PLATE)),
        pictures: Pictures { plate: Some(kept[0]), vehicle: None },
    });
    let hit = NewHit {
        read: file.read(id),
        entry: EntryRef { hotlist: list, version, row: 0 },
        grade: Grade::Exact,
        jurisdiction_fit: JurisdictionFit::Unknown,
        raised_at: now(),
    };
    store
        .append(&Batch { file, reads: reads.collect(), hits: vec![hit], leaf: None })
        .await
        .unwrap();
    assert_eq!(store.relay(file).await.unwrap().n_hits, 1);
    (file.read(id), kept[0])
}

/// The plate in every form in which it could stand in a file.
fn forms() -> Vec<Vec<u8>> {
    let packed = plate().packed().to_i64();
    let utf16: Vec<u8> = PLATE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        PLATE.as_bytes().to_vec(),
        PLATE.to_lowercase().into_bytes(),
        utf16,
        packed.to_string().into_bytes(),
        packed.to_be_bytes().to_vec(),
        packed.to_le_bytes().to_vec(),
    ]
}

fn files(dir: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    for entry in dir.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn with_the_plate(dir: &Utf8Path) -> Vec<Utf8PathBuf> {
    let holds = |path: &Utf8PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        forms().iter().any(|form| bytes.windows(form.len()).any(|window| window == form.as_slice()))
    };
    files(dir).into_iter().filter(holds).collect()
}

fn temporary() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    (dir, path)
}

#[tokio::test]
async fn no_file_holds_the_plate() {
    let (_dir, path) = temporary();
    let house = house(&path).await;
    let (at, _) = live(&house).await;
    // While it runs, WAL and all; once the day is sealed; after it was closed.
    assert!(files(&path).iter().any(|file| file.as_str().ends_with(".reads-wal")));
    assert_eq!(with_the_plate(&path), Vec::<Utf8PathBuf>::new());
    house.store.seal(FileRef::main(at.agency, at.day)).await.unwrap();
    assert_eq!(with_the_plate(&path), Vec::<Utf8PathBuf>::new());
    house.store.close().await;
    assert_eq!(with_the_plate(&path), Vec::<Utf8PathBuf>::new());
    // The search finds what is there to be found.
    for (n, form) in forms().iter().enumerate() {
        let plain = path.join(format!("plain-{n}"));
        std::fs::write(&plain, [b"before".as_slice(), form, b"after"].concat()).unwrap();
        assert_eq!(with_the_plate(&path), std::slice::from_ref(&plain));
        std::fs::remove_file(plain).unwrap();
    }
}

#[tokio::test]
async fn without_its_key_a_day_is_gone() {
    let (_dir, path) = temporary();
    let first = house(&path).await;
    let (at, picture) = live(&first).await;
    let key = first.keys.existing(at.agency, at.day).unwrap();
    let opened =
        first.vault.open_picture(&permit(at.agency), at, PictureKind::Plate, picture, &key).await;
    assert!(opened.unwrap().starts_with(b"JFIF"));
    let before: Vec<_> =
        files(&first.dir.join("keys")).iter().map(|file| std::fs::read(file).unwrap()).collect();
    first.store.close().await;
    first.keys.destroy(at.agency, at.day).unwrap();

    let keys_now: Vec<_> =
        files(&first.dir.join("keys")).iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(keys_now.iter().all(|now| !before.contains(now)));
    let again = house(&path).await;
    assert!(again.keys.existing(at.agency, at.day).is_err());
    let query = ReadsQuery { before: None, camera: None, limit: 10 };
    assert!(
        again.store.list_reads(&permit::<ListReads>(at.agency), query).await.unwrap().is_empty()
    );
    assert_eq!(again.store.read(&permit::<OpenRead>(at.agency), at).await.unwrap(), None);
    assert_eq!(again.store.pictures(&permit::<OpenPicture>(at.agency), at).await.unwrap(), None);
    // Another key for the same day, made since, does not open what was kept under the first.
    let other = again.keys.existing_or_new(at.agency, at.day).unwrap();
    assert!(
        again
            .vault
            .open_picture(&permit(at.agency), at, PictureKind::Plate, picture, &other)
            .await
            .is_err()
    );
    assert!(again.store.list_reads(&permit::<ListReads>(at.agency), query).await.is_err());
}
