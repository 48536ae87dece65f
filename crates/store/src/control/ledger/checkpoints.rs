//! Checkpoints that were published, and how far the witnesses are.

use domain::Timestamp;

use super::LogId;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const PUBLISH: &str = "INSERT INTO ledger_checkpoints (log, size, signed_at, note) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (log, size) DO UPDATE SET signed_at = excluded.signed_at, note = excluded.note";
const NEWEST: &str = "SELECT size, signed_at, note FROM ledger_checkpoints \
    WHERE log = $1 ORDER BY size DESC LIMIT 1";
const COVERING: &str = "SELECT size, signed_at, note FROM ledger_checkpoints \
    WHERE log = $1 AND size > $2 ORDER BY size LIMIT 1";
const WITNESSES: &str = "SELECT witness, size, cosigned_at, asked_at, trouble FROM ledger_witnesses \
    WHERE log = $1 ORDER BY witness";
const NOTE_WITNESS: &str = "INSERT INTO ledger_witnesses (log, witness, size, cosigned_at, asked_at, trouble) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (log, witness) DO UPDATE SET \
    size = excluded.size, cosigned_at = excluded.cosigned_at, asked_at = excluded.asked_at, \
    trouble = excluded.trouble";

/// A checkpoint that was published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishedCheckpoint {
    /// The log's size in it.
    pub size: u64,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The signed note with its cosignatures.
    pub note: String,
}

/// How far a witness is with a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WitnessRow {
    /// What the configuration calls it.
    pub witness: String,
    /// The size it cosigned last; 0 before the first time.
    pub size: u64,
    /// When it cosigned last, by its own clock.
    pub cosigned_at: Option<Timestamp>,
    /// When it was asked last.
    pub asked_at: Timestamp,
    /// Why it did not cosign when it was asked last; none when it did.
    pub trouble: Option<String>,
}

impl Store {
    /// Keeps a checkpoint that is published from now on.
    pub async fn publish_checkpoint(
        &self,
        log: LogId,
        checkpoint: &PublishedCheckpoint,
    ) -> Result<(), StoreError> {
        let size = i64::try_from(checkpoint.size).unwrap_or(i64::MAX);
        let values = args![log.to_i64(), size, checkpoint.signed_at, checkpoint.note.as_str()];
        let failed = StoreError::sql("publish a checkpoint");
        self.control().write.execute(PUBLISH, values).await.map_err(failed)?;
        Ok(())
    }

    /// The newest published checkpoint.
    pub async fn newest_checkpoint(
        &self,
        log: LogId,
    ) -> Result<Option<PublishedCheckpoint>, StoreError> {
        let failed = || StoreError::sql("look up the newest checkpoint");
        let row = self.control().read.row(NEWEST, args![log.to_i64()]).await.map_err(failed())?;
        row.map(|row| checkpoint(&row)).transpose().map_err(failed())
    }

    /// The first published checkpoint that a leaf is in; none while it stands in the open window.
    pub async fn checkpoint_of_leaf(
        &self,
        log: LogId,
        leaf: u64,
    ) -> Result<Option<PublishedCheckpoint>, StoreError> {
        let failed = || StoreError::sql("look up a leaf's checkpoint");
        let values = args![log.to_i64(), i64::try_from(leaf).unwrap_or(i64::MAX)];
        let row = self.control().read.row(COVERING, values).await.map_err(failed())?;
        row.map(|row| checkpoint(&row)).transpose().map_err(failed())
    }

    /// How far the witnesses of a log are.
    pub async fn ledger_witnesses(&self, log: LogId) -> Result<Vec<WitnessRow>, StoreError> {
        let failed = || StoreError::sql("list the witnesses");
        let rows = self.control().read.rows(WITNESSES, args![log.to_i64()]).await;
        let rows = rows.map_err(failed())?;
        rows.iter().map(witness).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes what became of asking a witness.
    pub async fn note_witness(&self, log: LogId, witness: &WitnessRow) -> Result<(), StoreError> {
        let WitnessRow { witness, size, cosigned_at, asked_at, trouble } = witness;
        let size = i64::try_from(*size).unwrap_or(i64::MAX);
        let trouble = trouble.as_deref();
        let values = args![log.to_i64(), witness.as_str(), size, *cosigned_at, *asked_at, trouble];
        let failed = StoreError::sql("note a witness's answer");
        self.control().write.execute(NOTE_WITNESS, values).await.map_err(failed)?;
        Ok(())
    }
}

fn checkpoint(row: &Row) -> Result<PublishedCheckpoint, sqlx::Error> {
    Ok(PublishedCheckpoint {
        size: row.parsed(0, |size: i64| u64::try_from(size).ok())?,
        signed_at: Timestamp::from_micros(row.get(1)?),
        note: row.get(2)?,
    })
}

fn witness(row: &Row) -> Result<WitnessRow, sqlx::Error> {
    Ok(WitnessRow {
        witness: row.get(0)?,
        size: row.parsed(1, |size: i64| u64::try_from(size).ok())?,
        cosigned_at: row.get::<Option<i64>>(2)?.map(Timestamp::from_micros),
        asked_at: Timestamp::from_micros(row.get(3)?),
        trouble: row.get(4)?,
    })
}
