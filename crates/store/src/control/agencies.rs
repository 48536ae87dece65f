//! Agencies.

use domain::{AgencyId, Timestamp};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// An agency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Agency {
    /// Its id.
    pub id: AgencyId,
    /// What it is called.
    pub name: String,
    /// Its originating agency identifier, where it has one.
    pub ori: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
    /// The name of its time zone, such as `America/Chicago`.
    pub time_zone: String,
}

const ADD: &str = "INSERT INTO agencies (id, name, ori, added_at) VALUES ($1, $2, $3, $4)";
const ALL: &str = "SELECT id, name, ori, added_at, time_zone FROM agencies ORDER BY id";
const ONE: &str = "SELECT id, name, ori, added_at, time_zone FROM agencies WHERE id = $1";

impl Store {
    /// Adds an agency.
    pub async fn add_agency(
        &self,
        name: &str,
        ori: Option<&str>,
        now: Timestamp,
    ) -> Result<AgencyId, StoreError> {
        let failed = || StoreError::sql("add an agency");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "agency", 1).await.map_err(failed())?;
        tx.execute(ADD, args![id, name, ori, now]).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(AgencyId::from_i64(id))
    }

    /// Says in which time zone an agency's days begin.
    pub async fn set_time_zone(&self, id: AgencyId, name: &str) -> Result<(), StoreError> {
        let text = "UPDATE agencies SET time_zone = $2 WHERE id = $1";
        let set = self.control().write.execute(text, args![id, name]).await;
        set.map(drop).map_err(StoreError::sql("set an agency's time zone"))
    }

    /// An agency.
    pub async fn agency(&self, id: AgencyId) -> Result<Option<Agency>, StoreError> {
        let failed = || StoreError::sql("look up an agency");
        let row = self.control().read.row(ONE, args![id]).await.map_err(failed())?;
        row.map(|row| agency(&row)).transpose().map_err(failed())
    }

    /// All agencies, in the order in which they were added.
    pub async fn agencies(&self) -> Result<Vec<Agency>, StoreError> {
        let failed = || StoreError::sql("list agencies");
        let rows = self.control().read.rows(ALL, args![]).await.map_err(failed())?;
        rows.iter().map(agency).collect::<Result<_, _>>().map_err(failed())
    }
}

fn agency(row: &Row) -> Result<Agency, sqlx::Error> {
    Ok(Agency {
        id: AgencyId::from_i64(row.get(0)?),
        name: row.get(1)?,
        ori: row.get(2)?,
        added_at: Timestamp::from_micros(row.get(3)?),
        time_zone: row.get(4)?,
    })
}
