//! The relay: what files' journals say, brought into the control database. SQLite cannot commit to two files at once, so
//! the file's commit is the truth, and this may be done any number of times, also after a crash in between.

use domain::{
    CameraId, EntryRef, HotlistId, HotlistVersionId, NewHit, NewRead, ReadId, SeenVehicle,
    Timestamp, VehicleClass,
};
use serde::{Deserialize, Serialize};

use super::open_files::OpenFile;
use crate::control::hits::{RaisedHit, fit_word, grade_word, insert_new, parse_fit, parse_grade};
use crate::control::ledger::{LogId, NewLeaf, append};
use crate::sql::{Row, args};
use crate::{BatchLeaf, FileRef, Relayed, Store, StoreError};

/// The kind of a journal row that holds a hit.
pub(crate) const HIT: &str = "hit";

/// The kind of a journal row that holds the batch's leaf.
pub(crate) const LEAF: &str = "leaf";

/// A batch's leaf in the journal.
#[derive(Serialize, Deserialize)]
struct LeafBody {
    entry: String,
    first: i64,
    last: i64,
}

/// What a journal row says.
enum Said {
    Hit(RaisedHit),
    Leaf(BatchLeaf),
}

/// A hit in the journal. Agency and day are the file's.
#[derive(Serialize, Deserialize)]
struct HitBody<'a> {
    read: i64,
    list: i64,
    version: i64,
    row: u32,
    grade: &'a str,
    fit: &'a str,
    at: i64,
    /// Journals of earlier versions do not say it.
    #[serde(default)]
    camera: Option<i64>,
    /// What the vehicle is for certain, as the camera saw it. Journals of earlier versions do not say it.
    #[serde(default, skip_serializing_if = "VehicleClass::is_unknown")]
    class: VehicleClass,
}

/// Rows applied in one transaction of the control database.
const ROWS_AT_ONCE: i64 = 500;

const MOVE_ON: &str = "UPDATE day_files SET relayed = $5 \
    WHERE agency = $1 AND day = $2 AND late = $3 AND relayed = $4";

impl Store {
    /// Brings what is new in a file's journal into the control database.
    pub async fn relay(&self, file: FileRef) -> Result<Relayed, StoreError> {
        if self.is_relayed(file) {
            return Ok(Relayed::default());
        }
        let Some(row) = self.control().day_file(file).await? else { return Ok(Relayed::default()) };
        let open = self.file_for_reading(row).await?;
        self.relay_open(&open).await
    }

    /// Does it for every file that is not sealed: at start, when nobody knows what was left undone. A day whose key was
    /// destroyed is passed over.
    pub async fn relay_everything(&self) -> Result<Relayed, StoreError> {
        let mut all = Relayed::default();
        for row in self.control().open_files().await? {
            match self.file_for_reading(row).await {
                Ok(open) => all = all.and(self.relay_open(&open).await?),
                Err(error) if error.is_key_missing() => {
                    tracing::warn!(file = %row.file, "not relayed: the day's key is gone");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    pub(crate) async fn relay_open(&self, open: &OpenFile) -> Result<Relayed, StoreError> {
        let _turn = self.relaying().lock().await;
        let mut all = Relayed::default();
        loop {
            let (n_rows, relayed) = self.relay_some(open).await?;
            all = all.and(relayed);
            if n_rows == 0 {
                return Ok(all);
            }
        }
    }

    /// Applies the next rows; how many there were.
    async fn relay_some(&self, open: &OpenFile) -> Result<(usize, Relayed), StoreError> {
        let failed = || StoreError::sql("bring a journal into the control database");
        let file = open.file;
        let Some(known) = self.control().day_file(file).await? else {
            return Ok((0, Relayed::default()));
        };
        let values = args![known.relayed, ROWS_AT_ONCE];
        let rows = open
            .tables
            .read
            .rows(&open.tables.texts.journal_after, values)
            .await
            .map_err(failed())?;
        let Some(last) = rows.last() else {
            self.note_progress(file, |progress| {
                progress.relayed = known.relayed;
                progress.written = progress.written.max(known.relayed);
            });
            return Ok((0, Relayed::default()));
        };
        let last: i64 = last.get(0).map_err(failed())?;
        let (mut hits, mut leaves) = (Vec::new(), Vec::new());
        for row in &rows {
            match said_by(file, row).map_err(failed())? {
                Said::Hit(hit) => hits.push(hit),
                Said::Leaf(leaf) => leaves.push(NewLeaf::of_batch(file, leaf)),
            }
        }
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![file.agency, file.day, file.is_late(), known.relayed, last];
        let moved = tx.execute(MOVE_ON, values).await.map_err(failed())?;
        if moved == 0 {
            // Somebody else was faster: what they applied is looked at anew.
            return Ok((rows.len(), Relayed::default()));
        }
        let mut relayed = insert_new(&mut tx, &hits).await.map_err(failed())?;
        relayed.n_leaves = leaves.len() as u64;
        append(&mut tx, self.ledger_inserts(), LogId::of_agency(file.agency), &leaves).await?;
        tx.commit().await.map_err(failed())?;
        self.note_progress(file, |progress| {
            progress.relayed = last;
            progress.written = progress.written.max(last);
        });
        Ok((rows.len(), relayed))
    }
}

/// The hit's journal row; `read` is the one that raised it.
pub(crate) fn body_of(hit: &NewHit, read: Option<&NewRead>) -> String {
    let seen = read.and_then(|read| read.vehicle);
    let body = HitBody {
        read: hit.read.id.to_i64(),
        list: hit.entry.hotlist.to_i64(),
        version: hit.entry.version.to_i64(),
        row: hit.entry.row,
        grade: grade_word(hit.grade),
        fit: fit_word(hit.jurisdiction_fit),
        at: hit.raised_at.micros(),
        camera: read.map(|read| read.camera.to_i64()),
        class: seen.as_ref().map(SeenVehicle::sure_class).unwrap_or_default(),
    };
    serde_json::to_string(&body).expect("numbers and words are always JSON")
}

/// The leaf's journal row.
pub(crate) fn body_of_leaf(leaf: &BatchLeaf) -> String {
    let (first, last) = (leaf.first.to_i64(), leaf.last.to_i64());
    let body = LeafBody { entry: leaf.entry.clone(), first, last };
    serde_json::to_string(&body).expect("texts and numbers are always JSON")
}

fn said_by(file: FileRef, row: &Row) -> Result<Said, sqlx::Error> {
    let kind: String = row.get(1)?;
    if kind == HIT {
        return hit_of(file, row).map(Said::Hit);
    }
    row.parsed(2, |body: String| {
        let LeafBody { entry, first, last } = serde_json::from_str(&body).ok()?;
        let (first, last) = (ReadId::from_i64(first), ReadId::from_i64(last));
        Some(Said::Leaf(BatchLeaf { entry, first, last }))
    })
}

fn hit_of(file: FileRef, row: &Row) -> Result<RaisedHit, sqlx::Error> {
    row.parsed(2, |body: String| {
        let body: HitBody<'_> = serde_json::from_str(&body).ok()?;
        let hit = NewHit {
            read: file.read(ReadId::from_i64(body.read)),
            entry: EntryRef {
                hotlist: HotlistId::from_i64(body.list),
                version: HotlistVersionId::from_i64(body.version),
                row: body.row,
            },
            grade: parse_grade(body.grade)?,
            jurisdiction_fit: parse_fit(body.fit)?,
            raised_at: Timestamp::from_micros(body.at),
        };
        Some(RaisedHit { hit, camera: body.camera.map(CameraId::from_i64), seen: body.class })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_of_an_earlier_version_says_nothing_of_the_vehicle() {
        let earlier =
            r#"{"read":1,"list":2,"version":3,"row":4,"grade":"exact","fit":"same","at":5}"#;
        let body: HitBody<'_> = serde_json::from_str(earlier).unwrap();
        assert_eq!((body.camera, body.class), (None, VehicleClass::Unknown));
    }
}
