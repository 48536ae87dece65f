//! Keeps a few batches and says `kept N` after each, for a test that watches the system calls of this process: what it says
//! has to be on disk by then.
//!
//! `append_batches DIR full|off`

use std::io::Write as _;
use std::sync::Arc;

use camino::Utf8PathBuf;
use domain::{
    CameraId, Confidence, DayKeys as _, Marks, NewRead, PictureKind, Pictures, ReadId, Timestamp,
};
use store::{Batch, FileRef, Store, StoreConfig, Synchronous};
use testkit::{server_key, unlike_bytes};
use vault::{KeyStore, PictureToKeep, Vault};

const N_BATCHES: i64 = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let dir = Utf8PathBuf::from(args.next().ok_or("name a directory")?);
    let synchronous =
        if args.next().as_deref() == Some("off") { Synchronous::Off } else { Synchronous::Full };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(keep(dir, synchronous))
}

async fn keep(
    dir: Utf8PathBuf,
    synchronous: Synchronous,
) -> Result<(), Box<dyn std::error::Error>> {
    let keys = Arc::new(KeyStore::open(&dir.join("keys"), &server_key(), unlike_bytes())?);
    let vault = Vault::open(&dir.join("vault"), unlike_bytes())?;
    let config = StoreConfig { synchronous, ..StoreConfig::sqlite(dir.join("store")) };
    let store = Store::open(config, &server_key(), keys.clone()).await?;
    let now = Timestamp::parse("2026-11-21T12:00:00Z")?;
    let agency = store.add_agency("Test PD", None, now).await?;
    for n in 1..=N_BATCHES {
        let id = ReadId::from_i64(n);
        let picture =
            PictureToKeep { read: id, kind: PictureKind::Plate, jpeg: vec![0xd8; 4_000].into() };
        let key = keys.existing_or_new(agency, now.day())?;
        let kept = vault.put_batch(agency, now.day(), &key, id, vec![picture]).await?;
        let read = NewRead {
            id,
            camera: CameraId::from_i64(1),
            captured_at: now,
            claimed_at: None,
            received_at: now,
            plate: plate::PlateText::parse("ABC123")?,
            jurisdiction: None,
            confidence: Confidence::default(),
            characters: Vec::new(),
            alternatives: Vec::new(),
            vehicle: None,
            marks: Marks::default(),
            event: None,
            pictures: Pictures { plate: kept.first().copied(), vehicle: None },
        };
        let file = FileRef::main(agency, now.day());
        store.append(&Batch { file, reads: vec![read], hits: Vec::new(), leaf: None }).await?;
        // One write to the system, not to a buffer.
        std::io::stdout().write_all(format!("kept {n}\n").as_bytes())?;
        std::io::stdout().flush()?;
    }
    store.close().await;
    Ok(())
}
