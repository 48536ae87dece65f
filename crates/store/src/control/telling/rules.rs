//! What people and agencies have set about being told: wishes and quiet rules.

use std::collections::HashMap;

use domain::telling::{QuietRule, Wishes};
use domain::{AgencyId, PersonId, QuietRuleId, Timestamp};

use super::super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const WISH: &str = "INSERT INTO telling_wishes (person, agency, wishes) VALUES ($1, $2, $3) \
    ON CONFLICT (person) DO UPDATE SET wishes = excluded.wishes";
const WISHES: &str = "SELECT person, wishes FROM telling_wishes WHERE agency = $1";
const OWN_WISHES: &str = "SELECT person, wishes FROM telling_wishes WHERE person = $1";
const ADD: &str = "INSERT INTO quiet_rules (id, agency, person, rule, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6)";
const ALL: &str = "SELECT id, person, rule, added_by, added_at FROM quiet_rules \
    WHERE agency = $1 AND ended_at IS NULL ORDER BY id";
const END_OWN: &str = "UPDATE quiet_rules SET ended_by = $3, ended_at = $4 \
    WHERE agency = $1 AND id = $2 AND person = $3 AND ended_at IS NULL";
const END_AGENCYS: &str = "UPDATE quiet_rules SET ended_by = $3, ended_at = $4 \
    WHERE agency = $1 AND id = $2 AND person IS NULL AND ended_at IS NULL";

/// A quiet rule that holds.
#[derive(Clone, PartialEq, Debug)]
pub struct QuietRuleRow {
    /// Which.
    pub id: QuietRuleId,
    /// For whom; none: for everybody of the agency, and for its webhooks.
    pub person: Option<PersonId>,
    /// What it says.
    pub rule: QuietRule,
    /// Who added it.
    pub added_by: PersonId,
    /// When.
    pub added_at: Timestamp,
}

impl Store {
    /// Keeps what somebody wishes.
    pub async fn keep_wishes(
        &self,
        agency: AgencyId,
        person: PersonId,
        wishes: &Wishes,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(wishes).expect("words and lists are always JSON");
        let kept = self.control().write.execute(WISH, args![person, agency, text]).await;
        kept.map(drop).map_err(StoreError::sql("keep what somebody wants to be told of"))
    }

    /// What everybody of an agency wishes who has said so.
    pub async fn wishes(&self, agency: AgencyId) -> Result<HashMap<PersonId, Wishes>, StoreError> {
        let failed = || StoreError::sql("look up who wants to be told");
        let rows = self.control().read.rows(WISHES, args![agency]).await.map_err(failed())?;
        rows.iter().map(wish).collect::<Result<_, _>>().map_err(failed())
    }

    /// What one person wishes, where they have said so.
    pub async fn wishes_of(&self, person: PersonId) -> Result<Option<Wishes>, StoreError> {
        let failed = || StoreError::sql("look up what somebody wants to be told of");
        let row = self.control().read.row(OWN_WISHES, args![person]).await.map_err(failed())?;
        row.as_ref().map(|row| wish(row).map(|(_, own)| own)).transpose().map_err(failed())
    }

    /// Adds a quiet rule: of one person, or of the agency.
    pub async fn add_quiet_rule(
        &self,
        agency: AgencyId,
        person: Option<PersonId>,
        rule: &QuietRule,
        (by, now): (PersonId, Timestamp),
    ) -> Result<QuietRuleId, StoreError> {
        let failed = || StoreError::sql("keep a quiet rule");
        let text = serde_json::to_string(rule).expect("words and numbers are always JSON");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "quiet-rule", 1).await.map_err(failed())?;
        tx.execute(ADD, args![id, agency, person, text, by, now]).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(QuietRuleId::from_i64(id))
    }

    /// The quiet rules of an agency and its people that hold.
    pub async fn quiet_rules(&self, agency: AgencyId) -> Result<Vec<QuietRuleRow>, StoreError> {
        let failed = || StoreError::sql("look up quiet rules");
        let rows = self.control().read.rows(ALL, args![agency]).await.map_err(failed())?;
        rows.iter().map(rule).collect::<Result<_, _>>().map_err(failed())
    }

    /// Ends a quiet rule: one of `by`'s own, or one of the agency's. False where there is none such.
    pub async fn end_quiet_rule(
        &self,
        agency: AgencyId,
        id: QuietRuleId,
        is_own: bool,
        (by, now): (PersonId, Timestamp),
    ) -> Result<bool, StoreError> {
        let text = if is_own { END_OWN } else { END_AGENCYS };
        let ended = self.control().write.execute(text, args![agency, id, by, now]).await;
        Ok(ended.map_err(StoreError::sql("end a quiet rule"))? == 1)
    }
}

fn wish(row: &Row) -> Result<(PersonId, Wishes), sqlx::Error> {
    let wishes = row.parsed(1, |text: String| serde_json::from_str(&text).ok())?;
    Ok((PersonId::from_i64(row.get(0)?), wishes))
}

fn rule(row: &Row) -> Result<QuietRuleRow, sqlx::Error> {
    Ok(QuietRuleRow {
        id: QuietRuleId::from_i64(row.get(0)?),
        person: row.get::<Option<i64>>(1)?.map(PersonId::from_i64),
        rule: row.parsed(2, |text: String| serde_json::from_str(&text).ok())?,
        added_by: PersonId::from_i64(row.get(3)?),
        added_at: Timestamp::from_micros(row.get(4)?),
    })
}
