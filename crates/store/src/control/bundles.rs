//! Agencies' policies, as they were proposed, approved and put in force.

use domain::access::{ApprovePolicy, ListPolicy, ManagePolicy};
use domain::{AgencyId, BundleId, Permit, PersonId, Timestamp};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// One state of an agency's policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BundleRow {
    /// Which.
    pub id: BundleId,
    /// Its digest.
    pub digest: String,
    /// Its files, as JSON.
    pub files: String,
    /// Who proposed it; nobody when it came with the agency's configuration.
    pub proposed_by: Option<PersonId>,
    /// When.
    pub proposed_at: Timestamp,
    /// Who else approved it.
    pub approved_by: Option<PersonId>,
    /// When.
    pub approved_at: Option<Timestamp>,
    /// From when on it decides, once it is approved.
    pub effective_at: Timestamp,
    /// When it was withdrawn before it decided.
    pub withdrawn_at: Option<Timestamp>,
}

const ADD: &str = "INSERT INTO bundles \
    (id, agency, digest, files, proposed_by, proposed_at, approved_by, approved_at, effective_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const COLUMNS: &str = "id, digest, files, proposed_by, proposed_at, approved_by, approved_at, effective_at, \
    withdrawn_at";
const APPROVE: &str = "UPDATE bundles SET approved_by = $3, approved_at = $4 WHERE agency = $1 AND id = $2 \
    AND approved_at IS NULL AND withdrawn_at IS NULL AND proposed_by <> $3";
const WITHDRAW: &str = "UPDATE bundles SET withdrawn_at = $3 WHERE agency = $1 AND id = $2 \
    AND withdrawn_at IS NULL AND (approved_at IS NULL OR effective_at > $3)";

impl Store {
    /// Keeps the policy that an agency begins with, in force at once; nothing when it has one.
    pub async fn begin_policy(
        &self,
        agency: AgencyId,
        digest: &str,
        files: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("begin an agency's policy");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "bundle", 1).await.map_err(failed())?;
        let there = "SELECT id FROM bundles WHERE agency = $1 LIMIT 1";
        if tx.row(there, args![agency]).await.map_err(failed())?.is_some() {
            return Ok(false);
        }
        let nobody = None::<PersonId>;
        let values = args![id, agency, digest, files, nobody, now, nobody, now, now];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// Keeps a policy that somebody proposes.
    pub async fn propose_policy(
        &self,
        permit: &Permit<ManagePolicy>,
        bundle: &BundleRow,
    ) -> Result<BundleId, StoreError> {
        let failed = || StoreError::sql("propose a policy");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "bundle", 1).await.map_err(failed())?;
        let values = args![
            id,
            permit.agency(),
            bundle.digest.as_str(),
            bundle.files.as_str(),
            bundle.proposed_by,
            bundle.proposed_at,
            None::<PersonId>,
            None::<Timestamp>,
            bundle.effective_at,
        ];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(BundleId::from_i64(id))
    }

    /// Approves a policy that somebody else proposed; false when there is none that waits for this person.
    pub async fn approve_policy(
        &self,
        permit: &Permit<ApprovePolicy>,
        id: BundleId,
        by: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, by, now];
        let approved = self.control().write.execute(APPROVE, values).await;
        Ok(approved.map_err(StoreError::sql("approve a policy"))? == 1)
    }

    /// Withdraws a policy before it decides; false when it does, or is none.
    pub async fn withdraw_policy(
        &self,
        permit: &Permit<ManagePolicy>,
        id: BundleId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let withdrawn =
            self.control().write.execute(WITHDRAW, args![permit.agency(), id, now]).await;
        Ok(withdrawn.map_err(StoreError::sql("withdraw a policy"))? == 1)
    }

    /// Every state of the agency's policy, newest first.
    pub async fn policies(
        &self,
        permit: &Permit<ListPolicy>,
    ) -> Result<Vec<BundleRow>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM bundles WHERE agency = $1 ORDER BY id DESC");
        let failed = || StoreError::sql("list policies");
        let rows = self.control().read.rows(text, args![permit.agency()]).await.map_err(failed())?;
        rows.iter().map(bundle).collect::<Result<_, _>>().map_err(failed())
    }

    /// The states of an agency's policy that decide, or will: approved and not withdrawn, the one that decides last of all
    /// first.
    pub async fn approved_policies(&self, agency: AgencyId) -> Result<Vec<BundleRow>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM bundles WHERE agency = $1 AND approved_at IS NOT NULL \
             AND withdrawn_at IS NULL ORDER BY effective_at DESC, id DESC"
        );
        let failed = || StoreError::sql("look up an agency's policy");
        let rows = self.control().read.rows(text, args![agency]).await.map_err(failed())?;
        rows.iter().map(bundle).collect::<Result<_, _>>().map_err(failed())
    }
}

fn bundle(row: &Row) -> Result<BundleRow, sqlx::Error> {
    let moment = |index| row.get::<Option<i64>>(index).map(|at| at.map(Timestamp::from_micros));
    let who = |index| row.get::<Option<i64>>(index).map(|id| id.map(PersonId::from_i64));
    Ok(BundleRow {
        id: BundleId::from_i64(row.get(0)?),
        digest: row.get(1)?,
        files: row.get(2)?,
        proposed_by: who(3)?,
        proposed_at: Timestamp::from_micros(row.get(4)?),
        approved_by: who(5)?,
        approved_at: moment(6)?,
        effective_at: Timestamp::from_micros(row.get(7)?),
        withdrawn_at: moment(8)?,
    })
}
