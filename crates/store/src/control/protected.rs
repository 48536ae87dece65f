//! Protected events, and who asked to look at what was read at them (`AUS-344.4a4`).

use std::collections::BTreeSet;

use domain::access::{ApproveNexus, AskNexus, ListProtected, ManageProtected};
use domain::protected::{
    NewProtectedEvent, NexusDecision, NexusRequest, NexusWork, ProtectedEvent, ProtectedPlace,
};
use domain::{
    AgencyId, CameraId, NexusRequestId, Permit, PersonId, Position, ProtectedEventId, Timestamp,
    Withdrawn,
};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const ADD: &str = "INSERT INTO protected_events \
    (id, agency, name, why, latitude, longitude, radius_m, begins_at, ends_at, added_by, added_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const ADD_CAMERA: &str = "INSERT INTO protected_event_cameras (event, camera) VALUES ($1, $2)";
const ALL: &str = "SELECT id, agency, name, why, latitude, longitude, radius_m, begins_at, ends_at, added_by, added_at, \
    withdrawn_by, withdrawn_at, withdrawn_why FROM protected_events WHERE agency = $1 ORDER BY begins_at DESC, id DESC";
const CAMERAS: &str = "SELECT c.event, c.camera FROM protected_event_cameras c \
    JOIN protected_events e ON e.id = c.event WHERE e.agency = $1";
const STANDS: &str =
    "SELECT 1 FROM protected_events WHERE agency = $1 AND withdrawn_at IS NULL LIMIT 1";
const WITHDRAW: &str = "UPDATE protected_events SET withdrawn_by = $3, withdrawn_at = $4, withdrawn_why = $5 \
    WHERE agency = $1 AND id = $2 AND withdrawn_at IS NULL";
const ASK: &str = "INSERT INTO nexus_requests (id, agency, event, person, purpose, case_number, nexus, asked_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const REQUESTS: &str = "SELECT id, event, person, purpose, case_number, nexus, asked_at, decided_by, decided_at, why, ends_at \
    FROM nexus_requests WHERE agency = $1 ORDER BY id DESC";
const DECIDE: &str = "UPDATE nexus_requests SET decided_by = $3, decided_at = $4, why = $5, ends_at = $6 \
    WHERE agency = $1 AND id = $2 AND decided_at IS NULL AND person <> $3";

impl Store {
    /// Adds an event.
    pub async fn add_protected_event(
        &self,
        permit: &Permit<ManageProtected>,
        new: &NewProtectedEvent,
        by: PersonId,
        now: Timestamp,
    ) -> Result<ProtectedEventId, StoreError> {
        let failed = || StoreError::sql("add a protected event");
        let (circle, cameras) = match &new.place {
            ProtectedPlace::Circle { centre, radius_m } => {
                (Some((*centre, *radius_m)), BTreeSet::new())
            }
            ProtectedPlace::Cameras(cameras) => (None, cameras.clone()),
        };
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "protected-event", 1).await.map_err(failed())?;
        let values = args![
            id,
            permit.agency(),
            new.name.as_str(),
            new.why.as_str(),
            circle.map(|(centre, _)| centre.latitude),
            circle.map(|(centre, _)| centre.longitude),
            circle.map(|(_, radius_m)| radius_m),
            new.from,
            new.until,
            by,
            now,
        ];
        tx.execute(ADD, values).await.map_err(failed())?;
        for camera in cameras {
            tx.execute(ADD_CAMERA, args![id, camera]).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(ProtectedEventId::from_i64(id))
    }

    /// Whether the agency has any event that protects something.
    pub async fn has_protected_events(
        &self,
        permit: &Permit<ListProtected>,
    ) -> Result<bool, StoreError> {
        let row = self.control().read.row(STANDS, args![permit.agency()]).await;
        Ok(row.map_err(StoreError::sql("look for protected events"))?.is_some())
    }

    /// The agency's events, withdrawn ones too, the latest first.
    pub async fn protected_events(
        &self,
        permit: &Permit<ListProtected>,
    ) -> Result<Vec<ProtectedEvent>, StoreError> {
        let failed = || StoreError::sql("list protected events");
        let db = &self.control().read;
        let rows = db.rows(ALL, args![permit.agency()]).await.map_err(failed())?;
        let mut events: Vec<ProtectedEvent> =
            rows.iter().map(event).collect::<Result<_, _>>().map_err(failed())?;
        for row in db.rows(CAMERAS, args![permit.agency()]).await.map_err(failed())? {
            let of = ProtectedEventId::from_i64(row.get(0).map_err(failed())?);
            let camera = CameraId::from_i64(row.get(1).map_err(failed())?);
            let event = events.iter_mut().find(|event| event.id == of);
            if let Some(ProtectedPlace::Cameras(cameras)) = event.map(|one| &mut one.about.place) {
                cameras.insert(camera);
            }
        }
        Ok(events)
    }

    /// Withdraws an event; false when none of that id stands.
    pub async fn withdraw_protected_event(
        &self,
        permit: &Permit<ManageProtected>,
        id: ProtectedEventId,
        withdrawn: &Withdrawn,
    ) -> Result<bool, StoreError> {
        let Withdrawn { by, at, why } = withdrawn;
        let values = args![permit.agency(), id, *by, *at, why.as_str()];
        let n = self.control().write.execute(WITHDRAW, values).await;
        Ok(n.map_err(StoreError::sql("withdraw a protected event"))? == 1)
    }

    /// Writes down that somebody asks to look at what was read at an event.
    pub async fn ask_nexus(
        &self,
        permit: &Permit<AskNexus>,
        event: ProtectedEventId,
        person: PersonId,
        work: &NexusWork,
        nexus: &str,
        now: Timestamp,
    ) -> Result<NexusRequestId, StoreError> {
        let failed = || StoreError::sql("ask for a look at a protected event");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "nexus-request", 1).await.map_err(failed())?;
        let NexusWork { purpose, case_number } = work;
        let (purpose, case) = (purpose.as_str(), case_number.as_str());
        let values = args![id, permit.agency(), event, person, purpose, case, nexus, now];
        tx.execute(ASK, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(NexusRequestId::from_i64(id))
    }

    /// The agency's requests, newest first.
    pub async fn nexus_requests(
        &self,
        permit: &Permit<ListProtected>,
    ) -> Result<Vec<NexusRequest>, StoreError> {
        let failed = || StoreError::sql("list requests for looks at protected events");
        let rows = self.control().read.rows(REQUESTS, args![permit.agency()]).await;
        rows.map_err(failed())?.iter().map(request).collect::<Result<_, _>>().map_err(failed())
    }

    /// Decides a request; false when it was decided, or is the decider's own.
    pub async fn decide_nexus(
        &self,
        permit: &Permit<ApproveNexus>,
        id: NexusRequestId,
        decision: &NexusDecision,
    ) -> Result<bool, StoreError> {
        let NexusDecision { by, at, why, until } = decision;
        let values = args![permit.agency(), id, *by, *at, why.as_str(), *until];
        let n = self.control().write.execute(DECIDE, values).await;
        Ok(n.map_err(StoreError::sql("decide a look at a protected event"))? == 1)
    }
}

fn event(row: &Row) -> Result<ProtectedEvent, sqlx::Error> {
    let moment = |column| row.get::<i64>(column).map(Timestamp::from_micros);
    let circle = (row.get(4)?, row.get(5)?, row.get::<Option<i64>>(6)?);
    let place = match circle {
        (Some(latitude), Some(longitude), Some(radius)) => ProtectedPlace::Circle {
            centre: Position { latitude, longitude },
            radius_m: u32::try_from(radius).map_err(|_| crate::sql::unreadable(6))?,
        },
        _ => ProtectedPlace::Cameras(BTreeSet::new()),
    };
    let withdrawn = match row.get::<Option<i64>>(11)? {
        None => None,
        Some(by) => {
            Some(Withdrawn { by: PersonId::from_i64(by), at: moment(12)?, why: row.get(13)? })
        }
    };
    Ok(ProtectedEvent {
        id: ProtectedEventId::from_i64(row.get(0)?),
        agency: AgencyId::from_i64(row.get(1)?),
        about: NewProtectedEvent {
            name: row.get(2)?,
            why: row.get(3)?,
            place,
            from: moment(7)?,
            until: moment(8)?,
        },
        added_by: PersonId::from_i64(row.get(9)?),
        added_at: moment(10)?,
        withdrawn,
    })
}

fn request(row: &Row) -> Result<NexusRequest, sqlx::Error> {
    let decision = match row.get::<Option<i64>>(7)? {
        None => None,
        Some(by) => Some(NexusDecision {
            by: PersonId::from_i64(by),
            at: Timestamp::from_micros(row.get(8)?),
            why: row.get(9)?,
            until: row.get::<Option<i64>>(10)?.map(Timestamp::from_micros),
        }),
    };
    Ok(NexusRequest {
        id: NexusRequestId::from_i64(row.get(0)?),
        event: ProtectedEventId::from_i64(row.get(1)?),
        person: PersonId::from_i64(row.get(2)?),
        work: NexusWork { purpose: row.get(3)?, case_number: row.get(4)? },
        nexus: row.get(5)?,
        asked_at: Timestamp::from_micros(row.get(6)?),
        decision,
    })
}
