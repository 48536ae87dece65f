//! Stops of vehicles that were not wanted, and the plates that their entries raise no more hits for.

use domain::access::{WorkHits, WorkIncidents};
use domain::life::{Done, Life};
use domain::{
    AgencyId, HitId, HotlistId, Incident, IncidentClosed, IncidentId, Permit, PersonId, Timestamp,
};
use plate::PlateText;

use super::{lives, take_ids};
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const ADD: &str = "INSERT INTO incidents (id, agency, hit, reported_by, reported_at, due_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const SUPPRESS: &str = "INSERT INTO suppressed (agency, hotlist, entry, plate, incident) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agency, hotlist, entry, plate) DO NOTHING";
const SUPPRESSED: &str = "SELECT hotlist, entry, plate FROM suppressed WHERE agency = $1";
const COLUMNS: &str =
    "id, hit, reported_by, reported_at, due_at, seen_by, seen_at, closed_by, closed_at, finding";
const SEE: &str = "UPDATE incidents SET seen_by = $3, seen_at = $4 \
    WHERE agency = $1 AND id = $2 AND seen_at IS NULL AND reported_by <> $3";
const CLOSE: &str = "UPDATE incidents SET closed_by = $3, closed_at = $4, finding = $5 \
    WHERE agency = $1 AND id = $2 AND closed_at IS NULL AND seen_at IS NOT NULL AND reported_by <> $3";

/// An incident that is reported, and what its entry raises no more hits for.
#[derive(Clone, Debug)]
pub struct NewIncident {
    /// Who reports it.
    pub reported_by: PersonId,
    /// When their shift ends.
    pub due_at: Timestamp,
    /// The plate and the entry that raised the hit; none where the entry is no longer kept.
    pub suppressed: Option<Suppressed>,
}

/// A plate for which an entry raises no hits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Suppressed {
    /// The entry's list.
    pub hotlist: HotlistId,
    /// The entry's plate or pattern, as it is spelled in the list in force.
    pub entry: String,
    /// The plate.
    pub plate: PlateText,
}

/// Plates stand in it.
impl std::fmt::Debug for Suppressed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Suppressed({}, …)", self.hotlist)
    }
}

impl Store {
    /// Adds the deed that reports a wrong vehicle, the incident and what is suppressed: all of it or nothing. None where
    /// somebody else added a deed in the meantime.
    pub async fn add_incident(
        &self,
        permit: &Permit<WorkHits>,
        hit: HitId,
        before: &Life,
        done: &Done,
        new: &NewIncident,
    ) -> Result<Option<IncidentId>, StoreError> {
        let failed = || StoreError::sql("report an incident");
        let agency = permit.agency();
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        if !lives::add(&mut tx, agency, hit, before, done).await.map_err(failed())? {
            return Ok(None);
        }
        let id = take_ids(&mut tx, "incident", 1).await.map_err(failed())?;
        let values = args![id, agency, hit, new.reported_by, done.at, new.due_at];
        tx.execute(ADD, values).await.map_err(failed())?;
        if let Some(Suppressed { hotlist, entry, plate }) = &new.suppressed {
            let plate = plate.expose().to_string();
            let values = args![agency, *hotlist, entry.as_str(), plate, id];
            tx.execute(SUPPRESS, values).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(Some(IncidentId::from_i64(id)))
    }

    /// For which plates which entries of an agency raise no hits.
    pub async fn suppressed(&self, agency: AgencyId) -> Result<Vec<Suppressed>, StoreError> {
        let failed = || StoreError::sql("list suppressed plates");
        let rows = self.control().read.rows(SUPPRESSED, args![agency]).await.map_err(failed())?;
        let one = |row: &Row| {
            Ok(Suppressed {
                hotlist: HotlistId::from_i64(row.get(0)?),
                entry: row.get(1)?,
                plate: row.parsed(2, |text: String| PlateText::parse(&text).ok())?,
            })
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// The agency's incidents, newest first.
    pub async fn incidents(
        &self,
        permit: &Permit<WorkIncidents>,
        limit: u32,
    ) -> Result<Vec<Incident>, StoreError> {
        let failed = || StoreError::sql("list incidents");
        let text =
            format!("SELECT {COLUMNS} FROM incidents WHERE agency = $1 ORDER BY id DESC LIMIT $2");
        let rows = self.control().read.rows(text, args![permit.agency(), limit]).await;
        rows.map_err(failed())?.iter().map(incident).collect::<Result<_, _>>().map_err(failed())
    }

    /// The incidents that were reported from a moment on and before another, newest first: all of them, since an audit leaves
    /// none out.
    pub async fn incidents_of(
        &self,
        permit: &Permit<WorkIncidents>,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<Incident>, StoreError> {
        let failed = || StoreError::sql("list the incidents of a period");
        let text = format!(
            "SELECT {COLUMNS} FROM incidents \
             WHERE agency = $1 AND reported_at >= $2 AND reported_at < $3 ORDER BY id DESC"
        );
        let rows = self.control().read.rows(text, args![permit.agency(), from, to]).await;
        rows.map_err(failed())?.iter().map(incident).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes that somebody who answers for it has seen an incident; false where somebody had, or who sees it reported it.
    pub async fn see_incident(
        &self,
        permit: &Permit<WorkIncidents>,
        id: IncidentId,
        by: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = self.control().write.execute(SEE, args![permit.agency(), id, by, now]).await;
        Ok(done.map_err(StoreError::sql("note that an incident was seen"))? == 1)
    }

    /// Closes an incident; false where it is closed, nobody has seen it, or who closes it reported it.
    pub async fn close_incident(
        &self,
        permit: &Permit<WorkIncidents>,
        id: IncidentId,
        closed: &IncidentClosed,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, closed.by, closed.at, closed.finding.as_str()];
        let done = self.control().write.execute(CLOSE, values).await;
        Ok(done.map_err(StoreError::sql("close an incident"))? == 1)
    }
}

fn incident(row: &Row) -> Result<Incident, sqlx::Error> {
    let person = |column| row.get::<Option<i64>>(column).map(|id| id.map(PersonId::from_i64));
    let moment = |column| row.get::<Option<i64>>(column).map(|at| at.map(Timestamp::from_micros));
    let (closed_by, closed_at, finding) = (person(7)?, moment(8)?, row.get::<Option<String>>(9)?);
    let closed = closed_by.zip(closed_at).zip(finding);
    Ok(Incident {
        id: IncidentId::from_i64(row.get(0)?),
        hit: HitId::from_i64(row.get(1)?),
        reported_by: PersonId::from_i64(row.get(2)?),
        reported_at: Timestamp::from_micros(row.get(3)?),
        due_at: Timestamp::from_micros(row.get(4)?),
        seen: person(5)?.zip(moment(6)?),
        closed: closed.map(|((by, at), finding)| IncidentClosed { by, at, finding }),
    })
}
