//! What is known of somebody when they ask for something. Each page and each picture begins with it: it is looked up by as few
//! statements as can be.

use domain::{PersonId, Standing, Timestamp};

use super::sessions::SessionRow;
use super::{exigent, grants, people, sessions};
use crate::sql::{Row, Value, args};
use crate::{Store, StoreError};

/// In each row the person and one of their grants; where they hold none, the grant's columns are null.
fn select(more: &str, from: &str) -> String {
    let (person, grant) = (people::columns("p"), grants::COLUMNS);
    let matters = exigent::MATTERS;
    format!(
        "SELECT {person}, {grant}, \
         (SELECT count(*) FROM completions c WHERE c.person = p.id AND c.withdrawn_at IS NULL), \
         (SELECT count(*) FROM exigent_looks WHERE person = p.id AND {matters}){more} \
         FROM {from} LEFT JOIN grants g ON g.person = p.id AND g.ended_at IS NULL"
    )
}

/// Where the parts of a row begin.
const GRANT: usize = people::N_COLUMNS;
const N_COMPLETIONS: usize = GRANT + grants::N_COLUMNS;
const N_EXIGENT: usize = N_COMPLETIONS + 1;
const SESSION: usize = N_EXIGENT + 1;

impl Store {
    /// What is known of somebody.
    pub async fn standing(&self, id: PersonId) -> Result<Option<Standing>, StoreError> {
        let failed = || StoreError::sql("look up what somebody may do");
        let text = format!("{} WHERE p.id = $1 ORDER BY g.id", select("", "people p"));
        let rows = self.control().read.rows(text, args![id]).await.map_err(failed())?;
        self.standing_of(&rows).await
    }

    /// A session while it lasts, and what is known of whose it is.
    pub async fn session(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<(SessionRow, Standing)>, StoreError> {
        let failed = || StoreError::sql("look up a session");
        let text = format!(
            "{} WHERE s.hash = $1 AND s.expires_at > $2 ORDER BY g.id",
            select(
                &format!(", {}", sessions::columns("s")),
                "sessions s JOIN people p ON p.id = s.person"
            )
        );
        let values: Vec<Value> = args![hash.as_slice(), now];
        let rows = self.control().read.rows(text, values).await.map_err(failed())?;
        let Some(standing) = self.standing_of(&rows).await? else { return Ok(None) };
        let row = rows.first().map(|row| sessions::session(row, SESSION));
        Ok(row.transpose().map_err(failed())?.map(|row| (row, standing)))
    }

    async fn standing_of(&self, rows: &[Row]) -> Result<Option<Standing>, StoreError> {
        let failed = || StoreError::sql("look up what somebody may do");
        let Some(row) = rows.first() else { return Ok(None) };
        let person = people::person(row, 0).map_err(failed())?;
        let mut held = Vec::with_capacity(rows.len());
        for row in rows {
            if row.get::<Option<i64>>(GRANT).map_err(failed())?.is_some() {
                held.push(grants::grant(row, GRANT).map_err(failed())?);
            }
        }
        let has = |column| row.get::<i64>(column).map(|n| n > 0);
        let completions = if has(N_COMPLETIONS).map_err(failed())? {
            self.completions_of(person.id).await?
        } else {
            Vec::new()
        };
        let exigent = if has(N_EXIGENT).map_err(failed())? {
            self.exigent_looks_of(person.id).await?
        } else {
            Vec::new()
        };
        Ok(Some(Standing { person, grants: held, completions, exigent }))
    }
}
