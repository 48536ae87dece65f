//! Cameras and the digests of their keys.

use domain::access::{ListCameras, ManageCameras};
use domain::{
    Actor, AgencyId, AskedSignOff, Camera, CameraId, CameraKeyHash, Mounting, NewCamera, Permit,
    Position, Timestamp,
};

use super::{sign_offs, take_ids};
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// A camera as the hot path needs it: whose it is, by its key.
#[derive(Clone, Debug)]
pub struct CameraLogin {
    /// Whose camera.
    pub agency: AgencyId,
    /// Which camera.
    pub camera: CameraId,
    /// The digest of its key.
    pub key: CameraKeyHash,
    /// Whether it was taken out of use; its key is to be refused.
    pub disabled: bool,
}

const ADD: &str = "INSERT INTO cameras \
    (id, agency, name, mounting, site, heading_deg, latitude, longitude, key_hash, added_at, added_by) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const ALL: &str = "SELECT id, agency, name, mounting, site, heading_deg, latitude, longitude, added_at, \
    disabled_at, last_seen_at FROM cameras WHERE agency = $1 ORDER BY id";
const KEYS: &str = "SELECT agency, id, key_hash, disabled_at FROM cameras ORDER BY id";
const DISABLE: &str =
    "UPDATE cameras SET disabled_at = $3 WHERE agency = $1 AND id = $2 AND disabled_at IS NULL";
const REKEY: &str =
    "UPDATE cameras SET key_hash = $3 WHERE agency = $1 AND id = $2 AND disabled_at IS NULL";
const TOUCH: &str = "UPDATE cameras SET last_seen_at = $2 WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < $2)";

impl Store {
    /// Adds a camera to the permit's agency. It waits for the sign-offs that are `asked` for.
    pub async fn add_camera(
        &self,
        permit: &Permit<ManageCameras>,
        new: &NewCamera,
        key: &CameraKeyHash,
        asked: &[AskedSignOff],
        now: Timestamp,
    ) -> Result<CameraId, StoreError> {
        let failed = || StoreError::sql("add a camera");
        let by = match permit.actor() {
            Actor::Person(_, person) => Some(person),
            _ => None,
        };
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "camera", 1).await.map_err(failed())?;
        let values = args![
            id,
            permit.agency(),
            new.name.as_str(),
            new.mounting.word(),
            new.site.as_str(),
            new.heading_deg,
            new.position.map(|at| at.latitude),
            new.position.map(|at| at.longitude),
            key.as_bytes().as_slice(),
            now,
            by,
        ];
        tx.execute(ADD, values).await.map_err(failed())?;
        sign_offs::ask(&mut tx, CameraId::from_i64(id), asked).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(CameraId::from_i64(id))
    }

    /// The agency's cameras, in the order in which they were added.
    pub async fn cameras(&self, permit: &Permit<ListCameras>) -> Result<Vec<Camera>, StoreError> {
        let failed = || StoreError::sql("list cameras");
        let rows = self.control().read.rows(ALL, args![permit.agency()]).await.map_err(failed())?;
        rows.iter().map(camera).collect::<Result<_, _>>().map_err(failed())
    }

    /// Takes a camera out of use. Doing it again changes nothing.
    pub async fn disable_camera(
        &self,
        permit: &Permit<ManageCameras>,
        id: CameraId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("disable a camera");
        let values = args![permit.agency(), id, now];
        self.control().write.execute(DISABLE, values).await.map_err(failed())?;
        Ok(())
    }

    /// Gives a camera another key; the former is refused from then on.
    pub async fn rekey_camera(
        &self,
        permit: &Permit<ManageCameras>,
        id: CameraId,
        key: &CameraKeyHash,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("change a camera's key");
        let values = args![permit.agency(), id, key.as_bytes().as_slice()];
        let n = self.control().write.execute(REKEY, values).await.map_err(failed())?;
        if n == 0 { Err(StoreError::Missing { what: "camera in use" }) } else { Ok(()) }
    }

    /// Every camera of every agency by its key: for the table in memory against which keys are checked.
    pub async fn all_camera_keys(&self) -> Result<Vec<CameraLogin>, StoreError> {
        let failed = || StoreError::sql("load the cameras' keys");
        let rows = self.control().read.rows(KEYS, args![]).await.map_err(failed())?;
        rows.iter().map(login).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes when cameras were last heard from.
    pub async fn touch_cameras(&self, seen: &[(CameraId, Timestamp)]) -> Result<(), StoreError> {
        let failed = || StoreError::sql("note when cameras were heard from");
        if seen.is_empty() {
            return Ok(());
        }
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        for (camera, at) in seen {
            tx.execute(TOUCH, args![*camera, *at]).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }
}

fn camera(row: &Row) -> Result<Camera, sqlx::Error> {
    let moment = |index| row.get::<Option<i64>>(index).map(|at| at.map(Timestamp::from_micros));
    let position = match (row.get(6)?, row.get(7)?) {
        (Some(latitude), Some(longitude)) => Some(Position { latitude, longitude }),
        _ => None,
    };
    Ok(Camera {
        id: CameraId::from_i64(row.get(0)?),
        agency: AgencyId::from_i64(row.get(1)?),
        about: NewCamera {
            name: row.get(2)?,
            mounting: row.parsed(3, |word: String| Mounting::parse(&word))?,
            site: row.get(4)?,
            heading_deg: row.get::<Option<i64>>(5)?.and_then(|degrees| u16::try_from(degrees).ok()),
            position,
        },
        added_at: Timestamp::from_micros(row.get(8)?),
        disabled_at: moment(9)?,
        last_seen_at: moment(10)?,
    })
}

fn login(row: &Row) -> Result<CameraLogin, sqlx::Error> {
    Ok(CameraLogin {
        agency: AgencyId::from_i64(row.get(0)?),
        camera: CameraId::from_i64(row.get(1)?),
        key: row.parsed(2, |hash: Vec<u8>| hash.try_into().ok().map(CameraKeyHash::from_bytes))?,
        disabled: row.get::<Option<i64>>(3)?.is_some(),
    })
}
