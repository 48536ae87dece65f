//! Checkpoints: each minute, and on demand, a log's state is signed, cosigned by the witnesses, and published.

use std::time::Duration;

use domain::Timestamp;
use ledger::note::SignatureLine;
use ledger::tree::{ProofError, check_consistency};
use ledger::witness::AddCheckpoint;
use ledger::{Checkpoint, Note, VerifierKey};
use outbound::{Answer, AskWitnessError, WitnessClient};
use store::{LogId, LogRow, PublishedCheckpoint, StoreError, WitnessRow};

use crate::error::{BoxError, chain};
use crate::{App, bus::Topic};

/// A witness that answers later than this is asked again the next time; meanwhile the checkpoint is published without it.
const WITNESS_ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// A log that nothing is added to is signed and cosigned anew so often: a witness's word is not older than that.
const AGAIN_WITHOUT_GROWTH: Duration = Duration::from_secs(10 * 60);

/// A witness that is asked for cosignatures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WitnessConfig {
    /// What people call it.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where it is asked: what stands before `/add-checkpoint`.
    pub url: String,
}

/// How far a witness is with a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WitnessState {
    /// What people call it.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// What is known of it; none before it was asked for the first time.
    pub row: Option<WitnessRow>,
}

/// Why a log was not signed.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The log no longer says what was signed before. **Somebody changed it.**
    #[error(
        "{origin} no longer leads to the checkpoint of {size} leaves that was signed before: it was changed, and is not signed"
    )]
    Changed {
        /// Which log.
        origin: String,
        /// The size that was signed.
        size: u64,
        /// In which way.
        #[source]
        why: ProofError,
    },
    /// It has no key.
    #[error("{origin} has no key to sign with")]
    NoKey {
        /// Which log.
        origin: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys could not be read.
    #[error(transparent)]
    Vault(#[from] vault::VaultError),
    /// What was published before cannot be read.
    #[error("the checkpoint that {origin} published last cannot be read")]
    Unreadable {
        /// Which log.
        origin: String,
    },
}

/// Signs and publishes every log that grew, or whose last checkpoint is old.
pub(crate) async fn publish_due(app: &App, now: Timestamp) -> Result<(), BoxError> {
    for log in app.inner().store.logs().await? {
        let newest = app.inner().store.newest_checkpoint(log.log).await?;
        let is_due = newest.is_none_or(|newest| {
            newest.size != log.size || now.since(newest.signed_at) >= AGAIN_WITHOUT_GROWTH
        });
        if is_due && let Err(err) = publish(app, &log, now).await {
            metrics::counter!("plateglass_checkpoints_failed_total").increment(1);
            tracing::error!(
                log = log.log.word(),
                error = chain(&err),
                "failed to publish a checkpoint"
            );
        }
    }
    Ok(())
}

/// Signs a log as it is now, asks the witnesses, and publishes.
pub(crate) async fn publish(
    app: &App,
    log: &LogRow,
    now: Timestamp,
) -> Result<PublishedCheckpoint, CheckpointError> {
    let inner = app.inner();
    let _turn = inner.publishing.lock().await;
    let store = &inner.store;
    // First what was signed last, then how large the log is: a command beside the server signs too, and a log that is
    // looked at in this order has never fewer leaves than were signed.
    let earlier = store.newest_checkpoint(log.log).await?;
    let log = &store.log(log.log).await?.ok_or(StoreError::Missing { what: "log" })?;
    let LogRow { origin, size, .. } = log;
    let root = store.ledger_root(log.log, *size).await?;
    let checkpoint =
        Checkpoint { origin: origin.clone(), size: *size, root, extension: String::new() };
    if let Some(earlier) = &earlier {
        grew_out_of(app, log, earlier, &checkpoint).await?;
    }
    let no_key = || CheckpointError::NoKey { origin: origin.clone() };
    let mut note = checkpoint.to_note().ok_or_else(no_key)?;
    let keys = inner.log_keys.of(&log.log.word())?;
    if keys.is_empty() {
        return Err(no_key());
    }
    for key in keys {
        note.add(key.sign(note.text(), 0));
    }
    for cosignature in kept_cosignatures(app, earlier.as_ref(), &note) {
        note.add(cosignature);
    }
    for cosignature in cosignatures(app, log, &note, now).await {
        note.add(cosignature);
    }
    let published = PublishedCheckpoint { size: *size, signed_at: now, note: note.to_string() };
    store.publish_checkpoint(log.log, &published).await?;
    metrics::counter!("plateglass_checkpoints_total").increment(1);
    if let Some(agency) = log.log.agency() {
        app.bus().tell(agency, Topic::Ledger, None);
    }
    Ok(published)
}

/// Refuses to sign what did not grow out of what was signed before: an honest server never puts its name to a rewritten
/// log.
async fn grew_out_of(
    app: &App,
    log: &LogRow,
    earlier: &PublishedCheckpoint,
    now: &Checkpoint,
) -> Result<(), CheckpointError> {
    let origin = log.origin.clone();
    let read = || {
        let note = Note::parse(earlier.note.as_bytes()).ok()?;
        Checkpoint::parse(note.text()).ok()
    };
    let Some(before) = read() else { return Err(CheckpointError::Unreadable { origin }) };
    let changed = |why| CheckpointError::Changed { origin: origin.clone(), size: before.size, why };
    if before.size > now.size {
        return Err(changed(ProofError::Shrunk { old: before.size, new: now.size }));
    }
    let proof = app.inner().store.ledger_consistency(log.log, before.size, now.size).await?;
    check_consistency(before.size, before.root, now.size, now.root, &proof).map_err(changed)
}

/// What witnesses said of the same state earlier: it stays true when they do not answer this time.
fn kept_cosignatures(
    app: &App,
    earlier: Option<&PublishedCheckpoint>,
    note: &Note,
) -> Vec<SignatureLine> {
    let earlier = earlier.and_then(|earlier| Note::parse(earlier.note.as_bytes()).ok());
    let Some(earlier) = earlier.filter(|earlier| earlier.text() == note.text()) else {
        return Vec::new();
    };
    let witnesses = &app.inner().config.ledger.witnesses;
    let of_witness = |line: &&SignatureLine| witnesses.iter().any(|one| line.is_of(&one.key));
    earlier.signatures().iter().filter(of_witness).cloned().collect()
}

async fn cosignatures(app: &App, log: &LogRow, note: &Note, now: Timestamp) -> Vec<SignatureLine> {
    let inner = app.inner();
    let client = WitnessClient::new(WITNESS_ANSWERS_WITHIN);
    let known = inner.store.ledger_witnesses(log.log).await.unwrap_or_default();
    let mut asked = tokio::task::JoinSet::new();
    for witness in inner.config.ledger.witnesses.clone() {
        let seen = known.iter().find(|row| row.witness == witness.name).cloned();
        let (app, log, note, client) = (app.clone(), log.clone(), note.clone(), client.clone());
        asked.spawn(async move {
            let before = seen.as_ref().map_or(0, |seen| seen.size);
            let answer = ask(&app, &log, &note, &client, &witness, before).await;
            let (row, cosignature) = outcome(&witness, seen, log.size, now, answer);
            if let Err(err) = app.inner().store.note_witness(log.log, &row).await {
                tracing::warn!(error = chain(&err), "failed to note a witness's answer");
            }
            cosignature
        });
    }
    asked.join_all().await.into_iter().flatten().collect()
}

/// Asks a witness; when it saw another state last than we believed, once more with a proof from there.
async fn ask(
    app: &App,
    log: &LogRow,
    note: &Note,
    client: &WitnessClient,
    witness: &WitnessConfig,
    before: u64,
) -> Result<SignatureLine, BoxError> {
    let mut old = before.min(log.size);
    for _ in 0..2 {
        let proof = app.inner().store.ledger_consistency(log.log, old, log.size).await?;
        let request = AddCheckpoint { old, proof, note: note.clone() };
        match client.ask(&witness.url, &request, &witness.key).await? {
            Answer::Cosigned(line) => return Ok(line),
            Answer::Behind { size } => old = size,
        }
    }
    Err(Box::new(AskWitnessError::NoSize { witness: witness.name.clone() }))
}

fn outcome(
    witness: &WitnessConfig,
    seen: Option<WitnessRow>,
    size: u64,
    now: Timestamp,
    answer: Result<SignatureLine, BoxError>,
) -> (WitnessRow, Option<SignatureLine>) {
    let name = witness.name.clone();
    match answer {
        Ok(line) => {
            let row = WitnessRow {
                witness: name,
                size,
                cosigned_at: cosigned_at(&line),
                asked_at: now,
                trouble: None,
            };
            (row, Some(line))
        }
        Err(err) => {
            metrics::counter!("plateglass_witness_troubles_total").increment(1);
            if says_rewritten(err.as_ref()) {
                metrics::counter!("plateglass_log_disputed_total").increment(1);
                tracing::error!(
                    witness = name,
                    error = chain(err.as_ref()),
                    "A WITNESS SAW ANOTHER HISTORY OF THIS LOG: it was rewritten, or taken back to an older copy"
                );
            } else {
                tracing::warn!(
                    witness = name,
                    error = chain(err.as_ref()),
                    "a witness did not cosign"
                );
            }
            let row = WitnessRow {
                witness: name,
                size: seen.as_ref().map_or(0, |seen| seen.size),
                cosigned_at: seen.and_then(|seen| seen.cosigned_at),
                asked_at: now,
                trouble: Some(chain(err.as_ref())),
            };
            (row, None)
        }
    }
}

/// Whether a witness's answer means that the log is not the one it knows, as opposed to being out of reach.
fn says_rewritten(err: &(dyn std::error::Error + 'static)) -> bool {
    matches!(
        err.downcast_ref::<AskWitnessError>(),
        Some(AskWitnessError::AheadOfUs { .. } | AskWitnessError::Refused { status: 422, .. })
    )
}

/// When a cosignature says that it was made.
fn cosigned_at(line: &SignatureLine) -> Option<Timestamp> {
    let seconds = u64::from_be_bytes(*line.signature.first_chunk::<8>()?);
    Some(Timestamp::from_micros(i64::try_from(seconds).ok()?.checked_mul(1_000_000)?))
}

/// How far each configured witness is with a log.
pub(crate) async fn witness_states(app: &App, log: LogId) -> Result<Vec<WitnessState>, StoreError> {
    let rows = app.inner().store.ledger_witnesses(log).await?;
    let state = |witness: &WitnessConfig| WitnessState {
        name: witness.name.clone(),
        key: witness.key.clone(),
        row: rows.iter().find(|row| row.witness == witness.name).cloned(),
    };
    Ok(app.inner().config.ledger.witnesses.iter().map(state).collect())
}
