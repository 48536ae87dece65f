//! Shifts: the duty roster, who signed on, when their pages were blind, and who was signed on when a hit was raised.

use domain::access::{OpenHit, SeeShift, SetDutyRoster, SignOnShift};
use domain::shift::{
    BlindSpell, Duty, NewDuty, NewSignOn, OnWatch, SignOn, SignOnEnding, Span, Unit,
};
use domain::{AgencyId, CameraId, DutyId, HitId, Permit, PersonId, SignOnId, Timestamp};

use super::take_ids;
use crate::sql::{Row, Tx, Value, args};
use crate::{Store, StoreError};

/// That a page was heard of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeardOf {
    /// The sign-on that it is of.
    pub sign_on: SignOnId,
    /// Whether it had been blind until now.
    pub was_blind: bool,
}

const SIGN_ON: &str = "INSERT INTO sign_ons (id, agency, person, unit, camera, from_at, until_at, ends_by, seen_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $6)";
/// What had run out ended then; what had not is ended now.
const END_OWN: &str = "UPDATE sign_ons SET ended_at = CASE WHEN ends_by <= $3 THEN ends_by ELSE $3 END, \
    ending = CASE WHEN ends_by <= $3 THEN $4 ELSE $5 END \
    WHERE agency = $1 AND person = $2 AND ended_at IS NULL RETURNING id, ending";
const END_OVER: &str = "UPDATE sign_ons SET ended_at = ends_by, ending = $3 \
    WHERE agency = $1 AND ended_at IS NULL AND ends_by <= $2 RETURNING id";
const HEAR: &str = "UPDATE sign_ons SET seen_at = $3 \
    WHERE agency = $1 AND person = $2 AND ended_at IS NULL AND ends_by > $3 AND seen_at <= $3 RETURNING id";
const SEE_AGAIN: &str =
    "UPDATE blind_spells SET until_at = $2 WHERE sign_on = $1 AND until_at IS NULL";
const BLIND: &str = "SELECT s.id, s.seen_at FROM sign_ons s \
    WHERE s.agency = $1 AND s.ended_at IS NULL AND s.ends_by > $2 AND s.seen_at <= $3 \
    AND NOT EXISTS (SELECT 1 FROM blind_spells b WHERE b.sign_on = s.id AND b.until_at IS NULL)";
const NOTE_BLIND: &str =
    "INSERT INTO blind_spells (sign_on, since) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const COLUMNS: &str =
    "id, agency, person, unit, camera, from_at, until_at, ends_by, seen_at, ended_at, ending";
const SPELLS: &str = "SELECT b.sign_on, b.since, b.until_at FROM blind_spells b JOIN sign_ons s ON s.id = b.sign_on \
    WHERE s.agency = $1 AND s.ends_by > $2 AND s.from_at < $3 ORDER BY b.since";
const ADD_DUTY: &str = "INSERT INTO duties (id, agency, unit, person, from_at, until_at, entered_by, entered_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
const REMOVE_DUTY: &str = "UPDATE duties SET removed_by = $3, removed_at = $4 \
    WHERE agency = $1 AND id = $2 AND removed_at IS NULL";
const DUTIES: &str = "SELECT id, unit, person, from_at, until_at, entered_by, entered_at FROM duties \
    WHERE agency = $1 AND removed_at IS NULL AND until_at > $2 AND from_at < $3 ORDER BY from_at, unit";
const ON_WATCH: &str = "SELECT id, seen_at FROM sign_ons \
    WHERE agency = $1 AND from_at <= $2 AND ends_by > $2 AND (ended_at IS NULL OR ended_at > $2) ORDER BY id";
const NOTE_WATCH: &str =
    "INSERT INTO hit_watches (hit, agency, on_watch, on_record) VALUES ($1, $2, $3, 0)";
const WATCH: &str = "SELECT on_watch FROM hit_watches WHERE agency = $1 AND hit = $2";
const TO_RECORD: &str = "SELECT hit, on_watch FROM hit_watches \
    WHERE agency = $1 AND on_record = 0 ORDER BY hit LIMIT $2";
const RECORDED: &str = "UPDATE hit_watches SET on_record = 1 WHERE agency = $1 AND hit = $2";

/// Sign-ons asked about in one statement; fewer are filled up with an id that none has.
const AT_ONCE: usize = 32;

impl Store {
    /// Signs somebody on. What they were signed on as before ends.
    pub async fn sign_on(
        &self,
        permit: &Permit<SignOnShift>,
        new: &NewSignOn,
    ) -> Result<SignOnId, StoreError> {
        let failed = || StoreError::sql("sign somebody on for a shift");
        let agency = permit.agency();
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let NewSignOn { person, unit, camera, span, ends_by } = new;
        let anew = SignOnEnding::SignedOnAnew;
        end_own(&mut tx, agency, *person, span.from, anew).await.map_err(failed())?;
        let id = take_ids(&mut tx, "sign-on", 1).await.map_err(failed())?;
        let (from, until, unit) = (span.from, span.until, unit.as_str());
        let values = args![id, agency, *person, unit, *camera, from, until, *ends_by];
        tx.execute(SIGN_ON, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(SignOnId::from_i64(id))
    }

    /// Signs somebody off; none where they were not signed on.
    pub async fn end_sign_on(
        &self,
        permit: &Permit<SignOnShift>,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Option<SignOnId>, StoreError> {
        let failed = || StoreError::sql("sign somebody off");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let how = SignOnEnding::SignedOff;
        let ended = end_own(&mut tx, permit.agency(), person, now, how).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(ended.filter(|(_, ended)| *ended == how).map(|(id, _)| id))
    }

    /// Notes that the open page of somebody who is signed on was heard of; none where they are not.
    pub async fn hear_of(
        &self,
        permit: &Permit<SignOnShift>,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Option<HeardOf>, StoreError> {
        let failed = || StoreError::sql("note that an open page was heard of");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![permit.agency(), person, now];
        let Some(row) = tx.row(HEAR, values).await.map_err(failed())? else { return Ok(None) };
        let sign_on = SignOnId::from_i64(row.get(0).map_err(failed())?);
        let n = tx.execute(SEE_AGAIN, args![sign_on, now]).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(Some(HeardOf { sign_on, was_blind: n > 0 }))
    }

    /// What somebody is signed on as.
    pub async fn own_sign_on(
        &self,
        permit: &Permit<SignOnShift>,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Option<SignOn>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM sign_ons \
             WHERE agency = $1 AND person = $2 AND ended_at IS NULL AND ends_by > $3"
        );
        let found = self.sign_ons_by(text, args![permit.agency(), person, now]).await;
        let found = found.map_err(StoreError::sql("look up what somebody is signed on as"))?;
        Ok(found.into_iter().next())
    }

    /// Everybody's sign-ons that fall into a time, oldest first.
    pub async fn sign_ons(
        &self,
        permit: &Permit<SeeShift>,
        span: Span,
    ) -> Result<Vec<SignOn>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM sign_ons WHERE agency = $1 AND ends_by > $2 AND from_at < $3 \
             AND (ended_at IS NULL OR ended_at > $2) ORDER BY id"
        );
        let found = self.sign_ons_by(text, args![permit.agency(), span.from, span.until]).await;
        found.map_err(StoreError::sql("list who is signed on"))
    }

    /// When pages were blind, of the sign-ons that fall into a time; oldest first.
    pub async fn blind_spells(
        &self,
        permit: &Permit<SeeShift>,
        span: Span,
    ) -> Result<Vec<BlindSpell>, StoreError> {
        let failed = || StoreError::sql("list when pages were blind");
        let values = args![permit.agency(), span.from, span.until];
        let rows = self.control().read.rows(SPELLS, values).await.map_err(failed())?;
        let one = |row: &Row| {
            Ok(BlindSpell {
                sign_on: SignOnId::from_i64(row.get(0)?),
                since: Timestamp::from_micros(row.get(1)?),
                until: row.get::<Option<i64>>(2)?.map(Timestamp::from_micros),
            })
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// Ends what has run out; which sign-ons it were.
    pub async fn end_over(
        &self,
        agency: AgencyId,
        now: Timestamp,
    ) -> Result<Vec<SignOnId>, StoreError> {
        let failed = || StoreError::sql("end sign-ons whose shift is over");
        let values = args![agency, now, SignOnEnding::ShiftOver.word()];
        let rows = self.control().write.rows(END_OVER, values).await.map_err(failed())?;
        let one = |row: &Row| row.get(0).map(SignOnId::from_i64);
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// Writes down which pages have not been heard of since `before`, and were not known to be blind.
    pub async fn note_blind(
        &self,
        agency: AgencyId,
        now: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<SignOnId>, StoreError> {
        let failed = || StoreError::sql("write down that pages are blind");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let rows = tx.rows(BLIND, args![agency, now, before]).await.map_err(failed())?;
        let mut blind = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, since): (i64, i64) =
                (row.get(0).map_err(failed())?, row.get(1).map_err(failed())?);
            if tx.execute(NOTE_BLIND, args![id, since]).await.map_err(failed())? == 1 {
                blind.push(SignOnId::from_i64(id));
            }
        }
        tx.commit().await.map_err(failed())?;
        Ok(blind)
    }

    /// Puts units on duty, those that are not on it already; how many were put.
    pub async fn add_duties(
        &self,
        permit: &Permit<SetDutyRoster>,
        new: &[NewDuty],
        by: PersonId,
        now: Timestamp,
    ) -> Result<Vec<DutyId>, StoreError> {
        let failed = || StoreError::sql("put units on duty");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let mut added = Vec::with_capacity(new.len());
        for NewDuty { unit, person, span } in new {
            let id = take_ids(&mut tx, "duty", 1).await.map_err(failed())?;
            let (from, until) = (span.from, span.until);
            let values = args![id, permit.agency(), unit.as_str(), *person, from, until, by, now];
            if tx.execute(ADD_DUTY, values).await.map_err(failed())? == 1 {
                added.push(DutyId::from_i64(id));
            }
        }
        tx.commit().await.map_err(failed())?;
        Ok(added)
    }

    /// Takes a unit off duty; false where it is not on it.
    pub async fn remove_duty(
        &self,
        permit: &Permit<SetDutyRoster>,
        id: DutyId,
        by: PersonId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, by, now];
        let n = self.control().write.execute(REMOVE_DUTY, values).await;
        Ok(n.map_err(StoreError::sql("take a unit off duty"))? == 1)
    }

    /// The units that are on duty in some part of a time, in the order of their shifts.
    pub async fn duties(
        &self,
        permit: &Permit<SeeShift>,
        span: Span,
    ) -> Result<Vec<Duty>, StoreError> {
        let failed = || StoreError::sql("list units on duty");
        let values = args![permit.agency(), span.from, span.until];
        let rows = self.control().read.rows(DUTIES, values).await.map_err(failed())?;
        rows.iter().map(duty).collect::<Result<_, _>>().map_err(failed())
    }

    /// Who was signed on when a hit was raised, each with their sign-on; none where that was not written down then.
    pub async fn hit_watch(
        &self,
        permit: &Permit<OpenHit>,
        hit: HitId,
    ) -> Result<Option<Vec<(OnWatch, SignOn)>>, StoreError> {
        let failed = || StoreError::sql("look up who was signed on when a hit was raised");
        let agency = permit.agency();
        let row = self.control().read.row(WATCH, args![agency, hit]).await.map_err(failed())?;
        let Some(row) = row else { return Ok(None) };
        let watch = row.parsed(0, |text: String| parse_watch(&text)).map_err(failed())?;
        let places = (2..AT_ONCE + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let text = format!(
            "SELECT {COLUMNS} FROM sign_ons WHERE agency = $1 AND id IN ({places}) ORDER BY id"
        );
        let mut all = Vec::with_capacity(watch.len());
        for some in watch.chunks(AT_ONCE) {
            let mut values = args![agency];
            values.extend(some.iter().map(|one| Value::from(one.sign_on)));
            values.resize(AT_ONCE + 1, Value::from(0_i64));
            let found = self.sign_ons_by(text.clone(), values).await.map_err(failed())?;
            all.extend(found.into_iter().filter_map(|sign_on| {
                let seen = some.iter().find(|one| one.sign_on == sign_on.id)?;
                Some((*seen, sign_on))
            }));
        }
        Ok(Some(all))
    }

    /// Hits of which the ledger does not say yet who was signed on when they were raised; the oldest first.
    pub async fn watches_to_record(
        &self,
        agency: AgencyId,
        limit: u32,
    ) -> Result<Vec<(HitId, Vec<OnWatch>)>, StoreError> {
        let failed = || StoreError::sql("look for hits whose watch is not on record");
        let rows = self.control().read.rows(TO_RECORD, args![agency, limit]).await;
        let one = |row: &Row| {
            let watch = row.parsed(1, |text: String| parse_watch(&text))?;
            Ok((HitId::from_i64(row.get(0)?), watch))
        };
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes that the ledger says so of these.
    pub async fn watches_recorded(
        &self,
        agency: AgencyId,
        hits: &[HitId],
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("note whose watch is on record");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        for hit in hits {
            tx.execute(RECORDED, args![agency, *hit]).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    async fn sign_ons_by(
        &self,
        text: String,
        values: Vec<Value>,
    ) -> Result<Vec<SignOn>, sqlx::Error> {
        self.control().read.rows(text, values).await?.iter().map(sign_on).collect()
    }
}

/// Writes down who was signed on when a hit was raised.
pub(crate) async fn note_watch(
    tx: &mut Tx,
    agency: AgencyId,
    hit: HitId,
    raised_at: Timestamp,
) -> Result<(), sqlx::Error> {
    let rows = tx.rows(ON_WATCH, args![agency, raised_at]).await?;
    let one = |row: &Row| Ok((row.get(0)?, row.get(1)?));
    let watch: Vec<(i64, i64)> = rows.iter().map(one).collect::<Result<_, sqlx::Error>>()?;
    let text = serde_json::to_string(&watch).map_err(|err| sqlx::Error::Encode(err.into()))?;
    tx.execute(NOTE_WATCH, args![hit, agency, text]).await.map(drop)
}

fn parse_watch(text: &str) -> Option<Vec<OnWatch>> {
    let all: Vec<(i64, i64)> = serde_json::from_str(text).ok()?;
    let one = |(id, seen_at)| OnWatch {
        sign_on: SignOnId::from_i64(id),
        seen_at: Timestamp::from_micros(seen_at),
    };
    Some(all.into_iter().map(one).collect())
}

/// Ends what somebody is signed on as: which it was, and how it ended.
async fn end_own(
    tx: &mut Tx,
    agency: AgencyId,
    person: PersonId,
    now: Timestamp,
    how: SignOnEnding,
) -> Result<Option<(SignOnId, SignOnEnding)>, sqlx::Error> {
    let values = args![agency, person, now, SignOnEnding::ShiftOver.word(), how.word()];
    let Some(row) = tx.row(END_OWN, values).await? else { return Ok(None) };
    let ending = row.parsed(1, |word: String| SignOnEnding::parse(&word))?;
    Ok(Some((SignOnId::from_i64(row.get(0)?), ending)))
}

fn unit(row: &Row, column: usize) -> Result<Unit, sqlx::Error> {
    row.parsed(column, |text: String| Unit::parse(&text).ok())
}

fn sign_on(row: &Row) -> Result<SignOn, sqlx::Error> {
    let moment = |column| row.get(column).map(Timestamp::from_micros);
    let ended_at = row.get::<Option<i64>>(9)?.map(Timestamp::from_micros);
    let ending: Option<String> = row.get(10)?;
    Ok(SignOn {
        id: SignOnId::from_i64(row.get(0)?),
        agency: AgencyId::from_i64(row.get(1)?),
        about: NewSignOn {
            person: PersonId::from_i64(row.get(2)?),
            unit: unit(row, 3)?,
            camera: row.get::<Option<i64>>(4)?.map(CameraId::from_i64),
            span: Span { from: moment(5)?, until: moment(6)? },
            ends_by: moment(7)?,
        },
        seen_at: moment(8)?,
        ended: ended_at.zip(ending.as_deref().and_then(SignOnEnding::parse)),
    })
}

fn duty(row: &Row) -> Result<Duty, sqlx::Error> {
    let moment = |column| row.get(column).map(Timestamp::from_micros);
    Ok(Duty {
        id: DutyId::from_i64(row.get(0)?),
        about: NewDuty {
            unit: unit(row, 1)?,
            person: row.get::<Option<i64>>(2)?.map(PersonId::from_i64),
            span: Span { from: moment(3)?, until: moment(4)? },
        },
        entered: (PersonId::from_i64(row.get(5)?), moment(6)?),
    })
}
