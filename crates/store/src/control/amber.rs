//! Messages of AMBER alerts, and what people decided about the plates that they name.

use std::collections::HashMap;

use domain::access::{ConfirmAmberPlates, ListHotlists, ManageHotlists};
use domain::{
    AmberId, AmberKind, AmberMessage, AmberPlate, AmberStatus, HotlistId, MessageName,
    NewAmberMessage, Permit, PersonId, PlateDecision, PlateOrigin, ProposedPlate, Said, Timestamp,
};
use plate::Jurisdiction;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::take_ids;
use crate::sql::{Row, Tx, args, unreadable};
use crate::{Store, StoreError};

/// Messages of a list that are looked at: those of some weeks.
const MESSAGES_MAX: i64 = 500;

const OWNED: &str = "SELECT id FROM hotlists WHERE agency = $1 AND id = $2";
const ADD: &str = "INSERT INTO amber_messages \
    (id, hotlist, sender, identifier, sent_at, received_at, status, kind, names, expires_at, event, area, said) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
const ADD_PLATE: &str = "INSERT INTO amber_plates \
    (message, n, proposed, origin, plate, jurisdiction, reason, decided_by, decided_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const OF_LIST: &str = "SELECT m.id, m.hotlist, m.sender, m.identifier, m.sent_at, m.received_at, m.status, m.kind, m.names, \
    m.expires_at, m.event, m.area, m.said FROM amber_messages m JOIN hotlists h ON h.id = m.hotlist \
    WHERE h.agency = $1 AND m.hotlist = $2 ORDER BY m.id DESC LIMIT $3";
const PLATES: &str = "SELECT p.message, p.n, p.proposed, p.origin, p.plate, p.jurisdiction, p.reason, p.decided_by, p.decided_at \
    FROM amber_plates p JOIN amber_messages m ON m.id = p.message JOIN hotlists h ON h.id = m.hotlist \
    WHERE h.agency = $1 AND m.hotlist = $2 ORDER BY p.message, p.n";
/// What was confirmed can be taken back; what was refused stays so.
const DECIDE: &str = "UPDATE amber_plates SET plate = $5, jurisdiction = $6, reason = $7, decided_by = $8, decided_at = $9 \
    WHERE message = $3 AND n = $4 AND (decided_at IS NULL OR (plate IS NOT NULL AND $7 IS NOT NULL)) AND message IN \
    (SELECT m.id FROM amber_messages m JOIN hotlists h ON h.id = m.hotlist WHERE h.agency = $1 AND m.hotlist = $2)";
const NEXT: &str = "SELECT coalesce(max(p.n), 0) + 1, count(DISTINCT m.id) FROM amber_messages m \
    JOIN hotlists h ON h.id = m.hotlist LEFT JOIN amber_plates p ON p.message = m.id \
    WHERE h.agency = $1 AND m.hotlist = $2 AND m.id = $3";
const FORGET: &str = "UPDATE amber_messages SET said = NULL WHERE id = $1 AND said IS NOT NULL";
const LISTS: &str = "SELECT DISTINCT m.hotlist FROM amber_messages m JOIN hotlists h ON h.id = m.hotlist \
    WHERE h.agency = $1 AND m.said IS NOT NULL ORDER BY m.hotlist";

impl Store {
    /// Keeps messages of a list with the plates that they seem to name. One that is there already changes nothing. How many
    /// are new.
    pub async fn add_amber_messages(
        &self,
        permit: &Permit<ManageHotlists>,
        list: HotlistId,
        new: &[(NewAmberMessage, Vec<AmberPlate>)],
    ) -> Result<u64, StoreError> {
        let failed = || StoreError::sql("keep messages of AMBER alerts");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let owned = tx.row(OWNED, args![permit.agency(), list]).await.map_err(failed())?;
        owned.ok_or(StoreError::Missing { what: "hotlist" })?;
        let mut n_new = 0;
        for (message, plates) in new {
            n_new += add(&mut tx, list, message, plates, permit.at()).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(n_new)
    }

    /// The messages of a list, the one that came first in front.
    pub async fn amber_messages(
        &self,
        permit: &Permit<ListHotlists>,
        list: HotlistId,
    ) -> Result<Vec<AmberMessage>, StoreError> {
        let failed = || StoreError::sql("list the messages of AMBER alerts");
        let db = &self.control().read;
        let values = args![permit.agency(), list, MESSAGES_MAX];
        let rows = db.rows(OF_LIST, values).await.map_err(failed())?;
        let messages: Result<Vec<_>, _> = rows.iter().map(message).collect();
        let rows = db.rows(PLATES, args![permit.agency(), list]).await.map_err(failed())?;
        let mut plates: HashMap<AmberId, Vec<AmberPlate>> = HashMap::new();
        for row in &rows {
            let (of, plate) = plate(row).map_err(failed())?;
            plates.entry(of).or_default().push(plate);
        }
        let mut messages = messages.map_err(failed())?;
        for one in &mut messages {
            one.plates = plates.remove(&one.id).unwrap_or_default();
        }
        messages.reverse();
        Ok(messages)
    }

    /// Decides about a plate of a message; false where it was decided before. What was confirmed can be taken back.
    pub async fn decide_amber_plate(
        &self,
        permit: &Permit<ConfirmAmberPlates>,
        (list, message, n): (HotlistId, AmberId, u32),
        decision: &PlateDecision,
        by: PersonId,
    ) -> Result<bool, StoreError> {
        let (plate, jurisdiction, reason) = columns(decision);
        let values =
            args![permit.agency(), list, message, n, plate, jurisdiction, reason, by, permit.at()];
        let decided = self.control().write.execute(DECIDE, values).await;
        Ok(decided.map_err(StoreError::sql("decide about a plate of an AMBER alert"))? == 1)
    }

    /// Adds a plate that a person typed, confirmed by them.
    pub async fn type_amber_plate(
        &self,
        permit: &Permit<ConfirmAmberPlates>,
        (list, message): (HotlistId, AmberId),
        typed: &ProposedPlate,
        by: PersonId,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("add a plate to an AMBER alert");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![permit.agency(), list, message];
        let next = tx.row(NEXT, values).await.map_err(failed())?;
        let next = next.ok_or(StoreError::Missing { what: "message" })?;
        if next.get::<i64>(1).map_err(failed())? != 1 {
            return Err(StoreError::Missing { what: "message" });
        }
        let n = next.parsed(0, |n: i64| u32::try_from(n).ok()).map_err(failed())?;
        let decision = PlateDecision::Confirmed {
            plate: typed.plate.clone(),
            jurisdiction: typed.jurisdiction,
        };
        let plate = AmberPlate {
            n,
            proposed: typed.clone(),
            origin: PlateOrigin::Typed,
            decided: Some((decision, by, permit.at())),
        };
        add_plate(&mut tx, message, &plate).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Lists of the agency whose messages still have their words.
    pub async fn lists_with_amber_words(
        &self,
        permit: &Permit<ListHotlists>,
    ) -> Result<Vec<HotlistId>, StoreError> {
        let failed = || StoreError::sql("look for messages of AMBER alerts");
        let rows = self.control().read.rows(LISTS, args![permit.agency()]).await;
        let rows = rows.map_err(failed())?;
        let list = |row: &Row| row.get(0).map(HotlistId::from_i64);
        rows.iter().map(list).collect::<Result<_, _>>().map_err(failed())
    }

    /// Forgets what messages said; false where it was forgotten before.
    pub async fn forget_amber_words(&self, message: AmberId) -> Result<bool, StoreError> {
        let forgot = self.control().write.execute(FORGET, args![message]).await;
        Ok(forgot.map_err(StoreError::sql("forget what an AMBER alert said"))? == 1)
    }
}

async fn add(
    tx: &mut Tx,
    list: HotlistId,
    new: &NewAmberMessage,
    plates: &[AmberPlate],
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let id = AmberId::from_i64(take_ids(tx, "amber", 1).await?);
    let NewAmberMessage { name, status, kind, references, expires_at, event, area, said } = new;
    let values = args![
        id,
        list,
        name.sender.as_str(),
        name.identifier.as_str(),
        name.sent_at,
        now,
        status.word(),
        kind.word(),
        json(references)?,
        *expires_at,
        event.as_str(),
        area.as_str(),
        json(said)?,
    ];
    if tx.execute(ADD, values).await? == 0 {
        return Ok(0);
    }
    for plate in plates {
        add_plate(tx, id, plate).await?;
    }
    Ok(1)
}

async fn add_plate(tx: &mut Tx, of: AmberId, plate: &AmberPlate) -> Result<(), sqlx::Error> {
    let AmberPlate { n, proposed, origin, decided } = plate;
    let (spelled, jurisdiction, reason) =
        decided.as_ref().map_or((None, None, None), |(decision, ..)| columns(decision));
    let by = decided.as_ref().map(|(_, by, _)| *by);
    let at = decided.as_ref().map(|(.., at)| *at);
    let values =
        args![of, *n, json(proposed)?, origin.word(), spelled, jurisdiction, reason, by, at];
    tx.execute(ADD_PLATE, values).await.map(drop)
}

/// Plate, jurisdiction and reason of a decision.
fn columns(decision: &PlateDecision) -> (Option<&str>, Option<u16>, Option<&str>) {
    match decision {
        PlateDecision::Confirmed { plate, jurisdiction } => {
            (Some(plate), jurisdiction.map(Jurisdiction::id), None)
        }
        PlateDecision::Refused(reason) => (None, None, Some(reason)),
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|err| sqlx::Error::Encode(err.into()))
}

fn from_json<T: DeserializeOwned>(row: &Row, index: usize) -> Result<T, sqlx::Error> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|_| unreadable(index))
}

fn message(row: &Row) -> Result<AmberMessage, sqlx::Error> {
    let moment = |at: i64| Timestamp::from_micros(at);
    let references: Vec<MessageName> = from_json(row, 8)?;
    let said: Vec<Said> = match row.get::<Option<String>>(12)? {
        Some(_) => from_json(row, 12)?,
        None => Vec::new(),
    };
    Ok(AmberMessage {
        id: AmberId::from_i64(row.get(0)?),
        hotlist: HotlistId::from_i64(row.get(1)?),
        received_at: moment(row.get(5)?),
        message: NewAmberMessage {
            name: MessageName {
                sender: row.get(2)?,
                identifier: row.get(3)?,
                sent_at: moment(row.get(4)?),
            },
            status: row.parsed(6, |word: String| AmberStatus::parse(&word))?,
            kind: row.parsed(7, |word: String| AmberKind::parse(&word))?,
            references,
            expires_at: row.get::<Option<i64>>(9)?.map(moment),
            event: row.get(10)?,
            area: row.get(11)?,
            said,
        },
        plates: Vec::new(),
    })
}

fn plate(row: &Row) -> Result<(AmberId, AmberPlate), sqlx::Error> {
    let jurisdiction = match row.get::<Option<i64>>(5)? {
        None => None,
        Some(id) => {
            let known = u16::try_from(id).ok().and_then(|id| Jurisdiction::from_id(id).ok());
            Some(known.ok_or_else(|| unreadable(5))?)
        }
    };
    let confirmed = row.get::<Option<String>>(4)?;
    let decision = match (confirmed, row.get::<Option<String>>(6)?) {
        (Some(plate), _) => Some(PlateDecision::Confirmed { plate, jurisdiction }),
        (None, Some(reason)) => Some(PlateDecision::Refused(reason)),
        (None, None) => None,
    };
    let by = row.get::<Option<i64>>(7)?.map(PersonId::from_i64);
    let at = row.get::<Option<i64>>(8)?.map(Timestamp::from_micros);
    let plate = AmberPlate {
        n: row.parsed(1, |n: i64| u32::try_from(n).ok())?,
        proposed: from_json(row, 2)?,
        origin: row.parsed(3, |word: String| PlateOrigin::parse(&word))?,
        decided: decision.zip(by).zip(at).map(|((decision, by), at)| (decision, by, at)),
    };
    Ok((AmberId::from_i64(row.get(0)?), plate))
}
