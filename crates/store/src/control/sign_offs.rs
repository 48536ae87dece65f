//! Sign-offs that cameras wait for, and those that were given (`AUS-344.3.2c`).

use std::collections::HashMap;

use domain::access::{ListCameras, SignOffCamera};
use domain::{
    AskedSignOff, CameraId, Permit, PersonId, Placing, Role, SignOff, Timestamp, Withdrawn,
};

use super::take_ids;
use crate::sql::{Row, Tx, args};
use crate::{Store, StoreError};

const ASK: &str = "INSERT INTO camera_sign_offs_asked (camera, nth, unit, label, role, clause) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const ADDED_BY: &str = "SELECT added_by FROM cameras WHERE agency = $1 AND id = $2";
const ASKED: &str =
    "SELECT unit, label, role, clause FROM camera_sign_offs_asked WHERE camera = $1 ORDER BY nth";
const GIVEN: &str = "SELECT unit, given_by, given_at, note, withdrawn_by, withdrawn_at, withdrawn_why \
    FROM camera_sign_offs WHERE camera = $1 ORDER BY id";
const MISSING: &str = "SELECT a.unit, a.label, a.role, a.clause, a.camera FROM camera_sign_offs_asked a \
    WHERE NOT EXISTS (SELECT 1 FROM camera_sign_offs s \
        WHERE s.camera = a.camera AND s.unit = a.unit AND s.withdrawn_at IS NULL) \
    ORDER BY a.camera, a.nth";
const GIVE: &str = "INSERT INTO camera_sign_offs (id, camera, unit, given_by, given_at, note) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
const WITHDRAW: &str = "UPDATE camera_sign_offs SET withdrawn_by = $3, withdrawn_at = $4, withdrawn_why = $5 \
    WHERE camera = $1 AND unit = $2 AND withdrawn_at IS NULL";

/// Writes down what a new camera waits for.
pub(super) async fn ask(
    tx: &mut Tx,
    camera: CameraId,
    asked: &[AskedSignOff],
) -> Result<(), sqlx::Error> {
    for (nth, one) in (0_i64..).zip(asked) {
        let AskedSignOff { unit, label, role, clause } = one;
        let values = args![camera, nth, unit.as_str(), label.as_str(), role.word(), clause.clone()];
        tx.execute(ASK, values).await?;
    }
    Ok(())
}

impl Store {
    /// How far a camera of the agency is signed off; none where it has no such camera.
    pub async fn placing(
        &self,
        permit: &Permit<ListCameras>,
        camera: CameraId,
    ) -> Result<Option<Placing>, StoreError> {
        let failed = || StoreError::sql("look up a camera's sign-offs");
        let db = &self.control().read;
        let row = db.row(ADDED_BY, args![permit.agency(), camera]).await.map_err(failed())?;
        let Some(row) = row else { return Ok(None) };
        let added_by = row.get::<Option<i64>>(0).map_err(failed())?.map(PersonId::from_i64);
        let rows = db.rows(ASKED, args![camera]).await.map_err(failed())?;
        let asked = rows.iter().map(asked).collect::<Result<_, _>>().map_err(failed())?;
        let rows = db.rows(GIVEN, args![camera]).await.map_err(failed())?;
        let given = rows.iter().map(given).collect::<Result<_, _>>().map_err(failed())?;
        Ok(Some(Placing { added_by, asked, given }))
    }

    /// What every camera of every agency still waits for; those that wait for nothing are left out.
    pub async fn missing_sign_offs(
        &self,
    ) -> Result<HashMap<CameraId, Vec<AskedSignOff>>, StoreError> {
        let failed = || StoreError::sql("list missing sign-offs");
        let mut missing: HashMap<CameraId, Vec<AskedSignOff>> = HashMap::new();
        for row in self.control().read.rows(MISSING, args![]).await.map_err(failed())? {
            let camera = CameraId::from_i64(row.get(4).map_err(failed())?);
            missing.entry(camera).or_default().push(asked(&row).map_err(failed())?);
        }
        Ok(missing)
    }

    /// Writes down that somebody signed off for a unit; false when the unit, or they, had.
    pub async fn sign_off(
        &self,
        permit: &Permit<SignOffCamera>,
        camera: CameraId,
        given: &SignOff,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("sign off a camera");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let ours = tx.row(ADDED_BY, args![permit.agency(), camera]).await.map_err(failed())?;
        if ours.is_none() {
            return Err(StoreError::Missing { what: "camera" });
        }
        let id = take_ids(&mut tx, "sign-off", 1).await.map_err(failed())?;
        let SignOff { unit, by, at, note, .. } = given;
        let values = args![id, camera, unit.as_str(), *by, *at, note.as_str()];
        let n = tx.execute(GIVE, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(n == 1)
    }

    /// Withdraws the sign-off of a unit that stands; false when none does.
    pub async fn withdraw_sign_off(
        &self,
        permit: &Permit<SignOffCamera>,
        camera: CameraId,
        unit: &str,
        withdrawn: &Withdrawn,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("withdraw a sign-off");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let ours = tx.row(ADDED_BY, args![permit.agency(), camera]).await.map_err(failed())?;
        if ours.is_none() {
            return Err(StoreError::Missing { what: "camera" });
        }
        let Withdrawn { by, at, why } = withdrawn;
        let values = args![camera, unit, *by, *at, why.as_str()];
        let n = tx.execute(WITHDRAW, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(n == 1)
    }
}

fn asked(row: &Row) -> Result<AskedSignOff, sqlx::Error> {
    Ok(AskedSignOff {
        unit: row.get(0)?,
        label: row.get(1)?,
        role: row.parsed(2, |word: String| Role::parse(&word))?,
        clause: row.get(3)?,
    })
}

fn given(row: &Row) -> Result<SignOff, sqlx::Error> {
    let withdrawn = match row.get::<Option<i64>>(4)? {
        None => None,
        Some(by) => Some(Withdrawn {
            by: PersonId::from_i64(by),
            at: Timestamp::from_micros(row.get(5)?),
            why: row.get(6)?,
        }),
    };
    Ok(SignOff {
        unit: row.get(0)?,
        by: PersonId::from_i64(row.get(1)?),
        at: Timestamp::from_micros(row.get(2)?),
        note: row.get(3)?,
        withdrawn,
    })
}
