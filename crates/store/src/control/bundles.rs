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
    /// Who withdrew it before it decided.
    pub withdrawn_by: Option<PersonId>,
    /// When.
    pub withdrawn_at: Option<Timestamp>,
    /// Why it was proposed; empty when it came with the agency's configuration.
    pub reason: String,
    /// The one that it was compared with: by whoever proposed it, and once it is approved by whoever approved it.
    pub replaces: Option<BundleId>,
    /// Whether something in that difference touches privacy: the quarterly audit lists those (`AUS-344.6b8`).
    pub touches_privacy: bool,
}

/// What somebody saw who approves a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeenPolicy {
    /// Its digest.
    pub digest: String,
    /// The one that it was compared with.
    pub replaces: Option<BundleId>,
    /// Whether something in that difference touches privacy.
    pub touches_privacy: bool,
}

const ADD: &str = "INSERT INTO bundles \
    (id, agency, digest, files, proposed_by, proposed_at, approved_at, effective_at, reason, replaces, touches_privacy) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const COLUMNS: &str = "id, digest, files, proposed_by, proposed_at, approved_by, approved_at, effective_at, \
    withdrawn_at, withdrawn_by, reason, replaces, touches_privacy";
/// What is approved at the same time waits: each is compared with the one that it follows.
const LOCK: &str = "UPDATE bundles SET agency = agency WHERE agency = $1";
const BEGINS: &str = "SELECT effective_at FROM bundles WHERE agency = $1 AND id = $2 AND digest = $3 \
    AND approved_at IS NULL AND withdrawn_at IS NULL AND proposed_by <> $4";
const FOLLOWS: &str = "SELECT id FROM bundles WHERE agency = $1 AND approved_at IS NOT NULL \
    AND withdrawn_at IS NULL AND (effective_at < $3 OR (effective_at = $3 AND id < $2)) \
    ORDER BY effective_at DESC, id DESC LIMIT 1";
const APPROVE: &str = "UPDATE bundles SET approved_by = $3, approved_at = $4, effective_at = $5, replaces = $6, \
    touches_privacy = $7 WHERE agency = $1 AND id = $2";
const WITHDRAW: &str = "UPDATE bundles SET withdrawn_by = $4, withdrawn_at = $3 WHERE agency = $1 AND id = $2 \
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
        let (nobody, none) = (None::<PersonId>, None::<BundleId>);
        let values = args![id, agency, digest, files, nobody, now, now, now, "", none, false];
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
            None::<Timestamp>,
            bundle.effective_at,
            bundle.reason.as_str(),
            bundle.replaces,
            bundle.touches_privacy,
        ];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(BundleId::from_i64(id))
    }

    /// One state of the agency's policy, for who is about to approve it.
    pub async fn proposed_policy(
        &self,
        permit: &Permit<ApprovePolicy>,
        id: BundleId,
    ) -> Result<Option<BundleRow>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM bundles WHERE agency = $1 AND id = $2");
        let failed = || StoreError::sql("look up a proposed policy");
        let row = self.control().read.row(text, args![permit.agency(), id]).await;
        row.map_err(failed())?.as_ref().map(bundle).transpose().map_err(failed())
    }

    /// Approves a policy that somebody else proposed, as it was seen. It decides from its day on, and never from before it was
    /// approved. False when there is none that waits for this person, or it would follow another one than they saw.
    pub async fn approve_policy(
        &self,
        permit: &Permit<ApprovePolicy>,
        id: BundleId,
        seen: &SeenPolicy,
        by: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("approve a policy");
        let agency = permit.agency();
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        tx.execute(LOCK, args![agency]).await.map_err(failed())?;
        let waits =
            tx.row(BEGINS, args![agency, id, seen.digest.as_str(), by]).await.map_err(failed())?;
        let Some(waits) = waits else { return Ok(false) };
        let asked = Timestamp::from_micros(waits.get(0).map_err(failed())?);
        let begins = asked.max(now);
        let follows = tx.row(FOLLOWS, args![agency, id, begins]).await.map_err(failed())?;
        let follows = follows.map(|row| row.get(0).map(BundleId::from_i64));
        if follows.transpose().map_err(failed())? != seen.replaces {
            return Ok(false);
        }
        let values = args![agency, id, by, now, begins, seen.replaces, seen.touches_privacy];
        tx.execute(APPROVE, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// Withdraws a policy before it decides; false when it does, or is none.
    pub async fn withdraw_policy(
        &self,
        permit: &Permit<ManagePolicy>,
        id: BundleId,
        by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, now, by];
        let withdrawn = self.control().write.execute(WITHDRAW, values).await;
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
        withdrawn_by: who(9)?,
        reason: row.get(10)?,
        replaces: row.get::<Option<i64>>(11)?.map(BundleId::from_i64),
        touches_privacy: row.get::<i64>(12)? == 1,
    })
}
