//! A picture opens as what it was kept as, and as nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test cannot set up, it fails on"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use camino::Utf8PathBuf;
use domain::access::{OpenPicture, decide};
use domain::{
    Actor, AgencyId, Day, DayKey, Permit, PictureKind, PictureRef, ReadId, ReadRef, Timestamp,
};
use tempfile::TempDir;
use vault::{Chance, PictureToKeep, Vault, VaultError};

const OURS: AgencyId = AgencyId::from_i64(1);
const TODAY: Day = Day::from_number(20_000);
const FIRST: ReadId = ReadId::from_i64(11);
const SECOND: ReadId = ReadId::from_i64(12);

struct Kept {
    dir: TempDir,
    vault: Vault,
    places: Vec<PictureRef>,
}

fn chance() -> Chance {
    static DRAWN: AtomicU64 = AtomicU64::new(1);
    Arc::new(|bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            let number = DRAWN.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&number.to_le_bytes()[..chunk.len()]);
        }
    })
}

fn key() -> DayKey {
    DayKey::from_bytes([7; 32])
}

fn permit(agency: AgencyId) -> Permit<OpenPicture> {
    decide(Actor::Server, agency, Timestamp::from_micros(0)).unwrap()
}

fn picture(read: ReadId, kind: PictureKind, jpeg: &'static [u8]) -> PictureToKeep {
    PictureToKeep { read, kind, jpeg: Bytes::from_static(jpeg) }
}

async fn kept() -> Kept {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("vault")).unwrap();
    let vault = Vault::open(&path, chance()).unwrap();
    let pictures = vec![
        picture(FIRST, PictureKind::Plate, b"first plate"),
        picture(FIRST, PictureKind::Vehicle, b"first vehicle"),
        picture(SECOND, PictureKind::Plate, b"other plate"),
    ];
    let places = vault.put_batch(OURS, TODAY, &key(), FIRST, pictures).await.unwrap();
    Kept { dir, vault, places }
}

fn at(read: ReadId) -> ReadRef {
    ReadRef { agency: OURS, day: TODAY, id: read }
}

impl Kept {
    async fn open(
        &self,
        read: ReadRef,
        kind: PictureKind,
        place: PictureRef,
    ) -> Result<Bytes, VaultError> {
        self.vault.open_picture(&permit(read.agency), read, kind, place, &key()).await
    }

    fn object(&self) -> std::path::PathBuf {
        self.dir.path().join(format!("vault/agency/1/{TODAY}/11.pics"))
    }
}

#[tokio::test]
async fn pictures_come_back_as_they_were_kept() {
    let kept = kept().await;
    assert_eq!(
        kept.open(at(FIRST), PictureKind::Plate, kept.places[0]).await.unwrap(),
        "first plate"
    );
    assert_eq!(
        kept.open(at(FIRST), PictureKind::Vehicle, kept.places[1]).await.unwrap(),
        "first vehicle"
    );
    assert_eq!(
        kept.open(at(SECOND), PictureKind::Plate, kept.places[2]).await.unwrap(),
        "other plate"
    );
    let none = kept.vault.put_batch(OURS, TODAY, &key(), SECOND, Vec::new()).await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_picture_does_not_pass_for_another() {
    let kept = kept().await;
    let refused = async |read, kind, place| {
        matches!(kept.open(read, kind, place).await, Err(VaultError::NotThePicture { .. }))
    };
    // The other picture of the same length put in its place; the other kind; a part; beyond the end.
    assert!(refused(at(FIRST), PictureKind::Plate, kept.places[2]).await);
    assert!(refused(at(FIRST), PictureKind::Vehicle, kept.places[0]).await);
    assert!(
        refused(at(FIRST), PictureKind::Plate, PictureRef { length: 20, ..kept.places[0] }).await
    );
    assert!(
        refused(at(FIRST), PictureKind::Plate, PictureRef { offset: 9_999, ..kept.places[0] })
            .await
    );
    assert!(
        refused(at(FIRST), PictureKind::Plate, PictureRef { length: 9_999, ..kept.places[0] })
            .await
    );
    let other_key = DayKey::from_bytes([8; 32]);
    let permit = permit(OURS);
    let opened =
        kept.vault.open_picture(&permit, at(FIRST), PictureKind::Plate, kept.places[0], &other_key);
    assert!(matches!(opened.await, Err(VaultError::NotThePicture { .. })));
}

#[tokio::test]
async fn an_object_moved_to_another_day_does_not_open() {
    let kept = kept().await;
    let tomorrow = kept.dir.path().join(format!("vault/agency/1/{}", TODAY.next()));
    std::fs::create_dir_all(&tomorrow).unwrap();
    std::fs::copy(kept.object(), tomorrow.join("11.pics")).unwrap();
    let moved = ReadRef { day: TODAY.next(), ..at(FIRST) };
    let opened = kept.open(moved, PictureKind::Plate, kept.places[0]).await;
    assert!(matches!(opened, Err(VaultError::NotThePicture { .. })));
}

#[tokio::test]
async fn another_agency_gets_nothing() {
    let kept = kept().await;
    let theirs = permit(AgencyId::from_i64(2));
    let opened = kept
        .vault
        .open_picture(&theirs, at(FIRST), PictureKind::Plate, kept.places[0], &key())
        .await;
    assert!(matches!(opened, Err(VaultError::OtherAgency)));
}

#[tokio::test]
async fn what_was_kept_is_not_overwritten() {
    let kept = kept().await;
    let again = vec![picture(FIRST, PictureKind::Plate, b"another")];
    assert!(kept.vault.put_batch(OURS, TODAY, &key(), FIRST, again).await.is_err());
    assert_eq!(
        kept.open(at(FIRST), PictureKind::Plate, kept.places[0]).await.unwrap(),
        "first plate"
    );
}

#[tokio::test]
async fn a_deleted_day_is_gone_and_others_stay() {
    let kept = kept().await;
    let tomorrow = TODAY.next();
    let pictures = vec![picture(SECOND, PictureKind::Plate, b"tomorrow")];
    let places = kept.vault.put_batch(OURS, tomorrow, &key(), SECOND, pictures).await.unwrap();
    kept.vault.delete_day(OURS, TODAY).await.unwrap();
    kept.vault.delete_day(OURS, TODAY).await.unwrap();
    assert!(!kept.object().parent().unwrap().exists());
    assert!(kept.open(at(FIRST), PictureKind::Plate, kept.places[0]).await.is_err());
    let read = ReadRef { day: tomorrow, ..at(SECOND) };
    assert_eq!(kept.open(read, PictureKind::Plate, places[0]).await.unwrap(), "tomorrow");
}

#[test]
fn any_flipped_bit_is_noticed() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let kept = kept().await;
        let whole = std::fs::read(kept.object()).unwrap();
        let kinds = [PictureKind::Plate, PictureKind::Vehicle, PictureKind::Plate];
        let reads = [FIRST, FIRST, SECOND];
        for at_bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[at_bit / 8] ^= 1 << (at_bit % 8);
            std::fs::write(kept.object(), bytes).unwrap();
            let of =
                kept.places.iter().rposition(|place| place.offset as usize <= at_bit / 8).unwrap();
            let opened = kept.open(at(reads[of]), kinds[of], kept.places[of]).await;
            assert!(matches!(opened, Err(VaultError::NotThePicture { .. })), "bit {at_bit}");
        }
    });
}
