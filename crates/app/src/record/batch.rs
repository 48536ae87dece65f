//! The leaf of a batch of reads: their number and the root of their records. Nothing is stored for each read; the record
//! is made again from the day file, and its salt from the day's key.

use std::collections::HashMap;

use domain::{DayKey, NewRead, PictureKind, ReadId, SeenVehicle};
use ledger::Hash;
use ledger::batch::{Salter, hash_of, root};
use ledger::disclosure::Disclosure;
use ledger::leaf::{ClearField, Draft, Kind};
use sha2::{Digest as _, Sha256};
use store::{BatchLeaf, FileKind, FileRef};

/// Makes the records of a day's reads.
pub struct ReadRecords {
    salter: Salter,
}

impl ReadRecords {
    /// With the day's key: when that is destroyed, nobody can make them again.
    pub fn of(key: &DayKey) -> Self {
        Self { salter: Salter::new(key.for_use("ledger-salts").expose()) }
    }

    /// A read's record: what is sealed of it.
    pub fn record(&self, read: &NewRead, pictures: &PictureHashes) -> Disclosure {
        self.salter.record(&read.id.to_i64().to_be_bytes(), &said_of(read, pictures))
    }

    /// The leaf of a batch; none of an empty one.
    pub fn leaf(
        &self,
        file: FileRef,
        reads: &[NewRead],
        pictures: &PictureHashes,
    ) -> Option<BatchLeaf> {
        let (first, last) = (reads.first()?.id, reads.last()?.id);
        let hashes: Vec<Hash> =
            reads.iter().map(|read| hash_of(&self.record(read, pictures))).collect();
        let kind = match file.kind {
            FileKind::Main => "main",
            FileKind::Late => "late",
        };
        let draft = Draft::new(Kind::Reads)
            .text(ClearField::Day, file.day.to_string())
            .text(ClearField::File, kind)
            .number(ClearField::Number, reads.len() as u64)
            .text(ClearField::Root, root(&hashes).to_string());
        let entry = String::from_utf8(draft.write().ok()?.entry).ok()?;
        Some(BatchLeaf { entry, first, last })
    }
}

/// What is sealed of a read, as JSON with its names in order. The vehicle stands in it only where it is known: records of reads that
/// were kept before it was stored are made again as they were.
fn said_of(read: &NewRead, pictures: &PictureHashes) -> String {
    let jurisdiction =
        read.jurisdiction.map_or_else(|| "null".to_owned(), |of| format!("\"{}\"", of.code()));
    let vehicle = read.vehicle.map(said_of_vehicle).unwrap_or_default();
    format!(
        "{{\"camera\":{},\"captured_at\":{},\"confidence\":{},\"id\":{},\"jurisdiction\":{jurisdiction},\
         \"plate\":\"{}\",\"plate_picture\":{},\"received_at\":{},{vehicle}\"vehicle_picture\":{}}}",
        read.camera,
        read.captured_at.micros(),
        read.confidence.thousandths(),
        read.id,
        &*read.plate.expose(),
        pictures.said_of(read.id, PictureKind::Plate),
        read.received_at.micros(),
        pictures.said_of(read.id, PictureKind::Vehicle),
    )
}

fn said_of_vehicle(seen: SeenVehicle) -> String {
    let confidence =
        seen.confidence.map_or_else(|| "null".to_owned(), |sure| sure.thousandths().to_string());
    format!("\"vehicle\":{{\"class\":\"{}\",\"confidence\":{confidence}}},", seen.class.word())
}

/// The SHA-256 of the pictures of some reads, as they were first written: the originals that evidence speaks of.
#[derive(Default)]
pub struct PictureHashes(HashMap<(ReadId, PictureKind), [u8; 32]>);

impl PictureHashes {
    /// Notes a picture.
    pub fn note(&mut self, read: ReadId, kind: PictureKind, jpeg: &[u8]) {
        self.0.insert((read, kind), Sha256::digest(jpeg).into());
    }

    fn said_of(&self, read: ReadId, kind: PictureKind) -> String {
        let Some(hash) = self.0.get(&(read, kind)) else { return "null".to_owned() };
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("\"{hex}\"")
    }
}
