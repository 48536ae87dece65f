//! Questions put to the state's system, and how they ended.

use domain::access::{AskState, OpenHit};
use domain::life::Answer;
use domain::{
    AskEnd, AskFailure, HitId, Permit, PersonId, StateAnswer, StateAsk, StateAskId, Timestamp,
};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const WAITING: &str = "SELECT id FROM state_asks \
    WHERE agency = $1 AND hit = $2 AND system = $3 AND ended_at IS NULL AND until > $4";
const ADD: &str = "INSERT INTO state_asks (id, agency, hit, system, reference, asked_by, asked_at, until) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const END: &str = "UPDATE state_asks SET ended_at = $3, answer = $4, state_reference = $5, digest = $6, failure = $7 \
    WHERE agency = $1 AND id = $2 AND ended_at IS NULL";
const OF_HIT: &str = "SELECT id, hit, system, reference, asked_by, asked_at, until, ended_at, answer, state_reference, \
    digest, failure FROM state_asks WHERE agency = $1 AND hit = $2 ORDER BY id DESC LIMIT $3";

impl Store {
    /// Writes a question down before it is asked; none where the same system is being asked about the hit already.
    pub async fn add_state_ask(
        &self,
        permit: &Permit<AskState>,
        (hit, system): (HitId, &str),
        reference: &str,
        by: PersonId,
        (at, until): (Timestamp, Timestamp),
    ) -> Result<Option<StateAskId>, StoreError> {
        let failed = || StoreError::sql("write down a question to the state's system");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        // The number is taken first: whoever asks at the same moment waits here for the other's end.
        let id = take_ids(&mut tx, "state-ask", 1).await.map_err(failed())?;
        let waiting = tx.row(WAITING, args![permit.agency(), hit, system, at]).await;
        if waiting.map_err(failed())?.is_some() {
            return Ok(None);
        }
        let values = args![id, permit.agency(), hit, system, reference, by, at, until];
        tx.execute(ADD, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(Some(StateAskId::from_i64(id)))
    }

    /// Writes down how a question ended; false where it had.
    pub async fn end_state_ask(
        &self,
        permit: &Permit<AskState>,
        id: StateAskId,
        at: Timestamp,
        end: &AskEnd,
    ) -> Result<bool, StoreError> {
        let (answered, failure) = match end {
            AskEnd::Answered(answer) => (Some(answer), None),
            AskEnd::Failed(why) => (None, Some(why.word())),
        };
        let values = args![
            permit.agency(),
            id,
            at,
            answered.map(|one| one.answer.word()),
            answered.map(|one| one.reference.as_str()),
            answered.map(|one| one.digest.as_str()),
            failure,
        ];
        let done = self.control().write.execute(END, values).await;
        Ok(done.map_err(StoreError::sql("write down how a question ended"))? == 1)
    }

    /// The questions about a hit, newest first.
    pub async fn state_asks(
        &self,
        permit: &Permit<OpenHit>,
        hit: HitId,
        limit: u32,
    ) -> Result<Vec<StateAsk>, StoreError> {
        let failed = || StoreError::sql("look up what the state's system was asked");
        let rows = self.control().read.rows(OF_HIT, args![permit.agency(), hit, limit]).await;
        rows.map_err(failed())?.iter().map(ask).collect::<Result<_, _>>().map_err(failed())
    }
}

fn ask(row: &Row) -> Result<StateAsk, sqlx::Error> {
    let text = |column| row.get::<Option<String>>(column);
    let ended_at = row.get::<Option<i64>>(7)?.map(Timestamp::from_micros);
    let answer = text(8)?.as_deref().and_then(Answer::parse);
    let answered = answer.zip(text(9)?).zip(text(10)?);
    let answered = answered.map(|((answer, reference), digest)| {
        AskEnd::Answered(StateAnswer { answer, reference, digest })
    });
    let failed = text(11)?.as_deref().and_then(AskFailure::parse).map(AskEnd::Failed);
    Ok(StateAsk {
        id: StateAskId::from_i64(row.get(0)?),
        hit: HitId::from_i64(row.get(1)?),
        system: row.get(2)?,
        reference: row.get(3)?,
        by: PersonId::from_i64(row.get(4)?),
        at: Timestamp::from_micros(row.get(5)?),
        until: Timestamp::from_micros(row.get(6)?),
        end: ended_at.zip(answered.or(failed)),
    })
}
