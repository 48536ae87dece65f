//! Reports of trouble, and how many reads each camera made in each hour (`AUS-344.3.1b`).

use domain::access::{HandleTrouble, ReportTrouble};
use domain::trouble::{NewTrouble, Trouble, TroubleCause, TroubleClosed, TroubleNote, Urgency};
use domain::{AgencyId, CameraId, Permit, PersonId, Timestamp, TroubleId};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// How many reads a camera made in an hour, counted from 1970 UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CameraHour {
    /// Which camera.
    pub camera: CameraId,
    /// Which hour.
    pub hour: i64,
    /// The reads.
    pub n_reads: u64,
}

const ADD: &str = "INSERT INTO troubles (id, agency, cause, camera, what, urgency, opened_by, opened_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
const COLUMNS: &str = "id, agency, cause, camera, what, urgency, opened_by, opened_at, taken_by, taken_at, \
    closed_by, closed_at, done";
const TAKE: &str = "UPDATE troubles SET taken_by = $3, taken_at = $4 \
    WHERE agency = $1 AND id = $2 AND closed_at IS NULL AND taken_at IS NULL";
const CLOSE: &str = "UPDATE troubles SET closed_by = $3, closed_at = $4, done = $5 \
    WHERE agency = $1 AND id = $2 AND closed_at IS NULL AND ($6 = 1 OR taken_at IS NULL)";
const OURS: &str = "SELECT 1 FROM troubles WHERE agency = $1 AND id = $2";
const NOTE: &str =
    "INSERT INTO trouble_notes (id, trouble, by_person, at, note) VALUES ($1, $2, $3, $4, $5)";
const NOTES: &str = "SELECT n.by_person, n.at, n.note FROM trouble_notes n JOIN troubles t ON t.id = n.trouble \
    WHERE t.agency = $1 AND n.trouble = $2 ORDER BY n.id";
const COUNT_HOUR: &str = "INSERT INTO camera_hours (camera, hour, n_reads) VALUES ($1, $2, $3) \
    ON CONFLICT (camera, hour) DO UPDATE SET n_reads = camera_hours.n_reads + excluded.n_reads";
const HOURS: &str = "SELECT h.camera, h.hour, h.n_reads FROM camera_hours h JOIN cameras c ON c.id = h.camera \
    WHERE c.agency = $1 AND h.hour = $2";
const FORGET_HOURS: &str = "DELETE FROM camera_hours WHERE hour < $1";

impl Store {
    /// Opens a report; none where one of the same camera and cause is open.
    pub async fn add_trouble(
        &self,
        permit: &Permit<ReportTrouble>,
        new: &NewTrouble,
    ) -> Result<Option<TroubleId>, StoreError> {
        let failed = || StoreError::sql("open a report of trouble");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "trouble", 1).await.map_err(failed())?;
        let NewTrouble { cause, camera, what, urgency, by, at } = new;
        let (cause, urgency, what) = (cause.word(), urgency.word(), what.as_str());
        let values = args![id, permit.agency(), cause, *camera, what, urgency, *by, *at];
        let n = tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok((n == 1).then_some(TroubleId::from_i64(id)))
    }

    /// The agency's reports, newest first.
    pub async fn troubles(
        &self,
        permit: &Permit<ReportTrouble>,
        limit: u32,
    ) -> Result<Vec<Trouble>, StoreError> {
        let text =
            format!("SELECT {COLUMNS} FROM troubles WHERE agency = $1 ORDER BY id DESC LIMIT $2");
        self.troubles_by(text, args![permit.agency(), limit]).await
    }

    /// The agency's reports that are open, newest first.
    pub async fn open_troubles(
        &self,
        permit: &Permit<ReportTrouble>,
    ) -> Result<Vec<Trouble>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM troubles WHERE agency = $1 AND closed_at IS NULL ORDER BY id DESC"
        );
        self.troubles_by(text, args![permit.agency()]).await
    }

    /// One report.
    pub async fn trouble(
        &self,
        permit: &Permit<ReportTrouble>,
        id: TroubleId,
    ) -> Result<Option<Trouble>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM troubles WHERE agency = $1 AND id = $2");
        Ok(self.troubles_by(text, args![permit.agency(), id]).await?.into_iter().next())
    }

    async fn troubles_by(
        &self,
        text: String,
        values: Vec<crate::sql::Value>,
    ) -> Result<Vec<Trouble>, StoreError> {
        let failed = || StoreError::sql("list reports of trouble");
        let rows = self.control().read.rows(text, values).await.map_err(failed())?;
        rows.iter().map(trouble).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes who took a report; false when somebody had, or it is closed.
    pub async fn take_trouble(
        &self,
        permit: &Permit<HandleTrouble>,
        id: TroubleId,
        by: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let n = self.control().write.execute(TAKE, args![permit.agency(), id, by, now]).await;
        Ok(n.map_err(StoreError::sql("take a report of trouble"))? == 1)
    }

    /// Closes a report; false when it is closed, or somebody took it and the server would close it.
    pub async fn close_trouble(
        &self,
        permit: &Permit<HandleTrouble>,
        id: TroubleId,
        closed: &TroubleClosed,
    ) -> Result<bool, StoreError> {
        let TroubleClosed { by, at, done } = closed;
        let values = args![permit.agency(), id, *by, *at, done.as_str(), by.is_some()];
        let n = self.control().write.execute(CLOSE, values).await;
        Ok(n.map_err(StoreError::sql("close a report of trouble"))? == 1)
    }

    /// Notes something on a report; false when there is none of that id.
    pub async fn note_trouble(
        &self,
        permit: &Permit<HandleTrouble>,
        id: TroubleId,
        note: &TroubleNote,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("note something on a report of trouble");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        if tx.row(OURS, args![permit.agency(), id]).await.map_err(failed())?.is_none() {
            return Ok(false);
        }
        let number = take_ids(&mut tx, "trouble-note", 1).await.map_err(failed())?;
        let values = args![number, id, note.by, note.at, note.text.as_str()];
        tx.execute(NOTE, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// What was noted on a report, oldest first.
    pub async fn trouble_notes(
        &self,
        permit: &Permit<ReportTrouble>,
        id: TroubleId,
    ) -> Result<Vec<TroubleNote>, StoreError> {
        let failed = || StoreError::sql("list the notes of a report");
        let rows = self.control().read.rows(NOTES, args![permit.agency(), id]).await;
        let note = |row: &Row| {
            Ok(TroubleNote {
                by: PersonId::from_i64(row.get(0)?),
                at: Timestamp::from_micros(row.get(1)?),
                text: row.get(2)?,
            })
        };
        rows.map_err(failed())?.iter().map(note).collect::<Result<_, _>>().map_err(failed())
    }

    /// Adds to the reads that cameras made in hours.
    pub async fn count_hours(&self, counted: &[CameraHour]) -> Result<(), StoreError> {
        let failed = || StoreError::sql("count the reads of an hour");
        if counted.is_empty() {
            return Ok(());
        }
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        for CameraHour { camera, hour, n_reads } in counted {
            let n = i64::try_from(*n_reads).unwrap_or(i64::MAX);
            tx.execute(COUNT_HOUR, args![*camera, *hour, n]).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// The reads of an agency's cameras in one hour; those that made none are left out.
    pub async fn camera_hour(
        &self,
        agency: AgencyId,
        hour: i64,
    ) -> Result<Vec<CameraHour>, StoreError> {
        let failed = || StoreError::sql("look up the reads of an hour");
        let rows = self.control().read.rows(HOURS, args![agency, hour]).await.map_err(failed())?;
        let one = |row: &Row| {
            Ok(CameraHour {
                camera: CameraId::from_i64(row.get(0)?),
                hour: row.get(1)?,
                n_reads: row.parsed(2, |n: i64| u64::try_from(n).ok())?,
            })
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// Forgets the counts of hours before this one.
    pub async fn forget_hours_before(&self, hour: i64) -> Result<(), StoreError> {
        let n = self.control().write.execute(FORGET_HOURS, args![hour]).await;
        n.map(drop).map_err(StoreError::sql("forget the counts of old hours"))
    }
}

fn trouble(row: &Row) -> Result<Trouble, sqlx::Error> {
    let person = |column| row.get::<Option<i64>>(column).map(|id| id.map(PersonId::from_i64));
    let moment = |column| row.get::<Option<i64>>(column).map(|at| at.map(Timestamp::from_micros));
    let done: Option<String> = row.get(12)?;
    let closed_by = person(10)?;
    let closed = moment(11)?.zip(done);
    Ok(Trouble {
        id: TroubleId::from_i64(row.get(0)?),
        agency: AgencyId::from_i64(row.get(1)?),
        about: NewTrouble {
            cause: row.parsed(2, |word: String| TroubleCause::parse(&word))?,
            camera: row.get::<Option<i64>>(3)?.map(CameraId::from_i64),
            what: row.get(4)?,
            urgency: row.parsed(5, |word: String| Urgency::parse(&word))?,
            by: person(6)?,
            at: Timestamp::from_micros(row.get(7)?),
        },
        taken: person(8)?.zip(moment(9)?),
        closed: closed.map(|(at, done)| TroubleClosed { by: closed_by, at, done }),
    })
}
