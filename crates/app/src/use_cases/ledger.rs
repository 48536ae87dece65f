//! The ledger as people see it: its newest leaves, one leaf in full, receipts, the state of its checkpoint and witnesses;
//! and the files that anybody may fetch.

use domain::access::{ListLedger, ManageLedger, OpenLeaf, OpenPicture, OpenRead};
use domain::{AgencyId, DayKeys as _, PictureKind, ReadRef, StoredRead, Timestamp};
use ledger::batch::{BatchProof, Salter, hash_of, root};
use ledger::disclosure::Disclosure;
use ledger::leaf::{ClearField, Kind};
use ledger::tile::{TileKind, TileRef};
use ledger::{Leaf, Note, Receipt, VerifierKey};
use store::{FileRef, LedgerLook, LogId, PublishedCheckpoint, StoredLeaf};

use crate::cards::read_at;
use crate::error::BoxError;
use crate::protected::touching;
use crate::record::batch::{PictureHashes, ReadRecords};
use crate::record::{About, Leave, Says, WitnessState, checkpoints, json_of};
use crate::{App, AskError, Ctx, NamedFor};

/// Rounds in which what was taken before is brought into the log: one that may have begun before, and the next.
const ROUNDS_MAX: usize = 2;
/// Leaves of one page.
const LEAVES_MAX: u64 = 200;

/// A log's state.
#[derive(Clone, PartialEq, Debug)]
pub struct LogState {
    /// Which log.
    pub log: LogId,
    /// Its name for ever.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The keys that sign it.
    pub keys: Vec<VerifierKey>,
    /// The newest published checkpoint.
    pub checkpoint: Option<PublishedCheckpoint>,
    /// Its witnesses.
    pub witnesses: Vec<WitnessState>,
    /// For how long it names the reads that somebody touched.
    pub named_for: NamedFor,
}

impl LogState {
    /// The largest size that every witness has cosigned: what is beyond could still be rewritten unnoticed. None without
    /// witnesses: then all of it could.
    pub fn cosigned(&self) -> Option<u64> {
        let sizes = self.witnesses.iter().map(|one| one.row.as_ref().map_or(0, |row| row.size));
        sizes.min()
    }
}

/// A leaf in a list.
#[derive(Clone, PartialEq, Debug)]
pub struct LeafRow {
    /// Its number.
    pub number: u64,
    /// What it says.
    pub leaf: Leaf,
}

/// One leaf in full.
#[derive(Clone, PartialEq, Debug)]
pub struct LeafPage {
    /// As it is stored.
    pub stored: StoredLeaf,
    /// What it says.
    pub leaf: Leaf,
    /// The first published checkpoint that it is in.
    pub checkpoint: Option<PublishedCheckpoint>,
    /// The log.
    pub log: LogState,
}

impl LeafPage {
    /// Whether the ids that are kept beside the leaf make the root that stands in it.
    pub fn things_prove(&self) -> bool {
        let Some(things) = &self.stored.things else { return false };
        let salter = Salter::new(&things.salter);
        let record = |id: &String| hash_of(&salter.record(id.as_bytes(), &json_of(id)));
        let hashes: Vec<_> = things.ids.iter().map(record).collect();
        self.leaf.text(ClearField::Root) == Some(&root(&hashes).to_string())
    }
}

/// The newest leaves of the agency's log, before `before`, newest first.
pub async fn list_leaves(
    app: &App,
    ctx: &Ctx,
    before: Option<u64>,
    limit: u64,
) -> Result<(LogState, Vec<LeafRow>), AskError> {
    let look = app.look::<ListLedger>(ctx).await?;
    let log = LogId::of_agency(look.permit().agency());
    let state = state_of(app, log).await?;
    let end = before.unwrap_or(state.size).min(state.size);
    let first = end.saturating_sub(limit.clamp(1, LEAVES_MAX));
    let entries = app.inner().store.ledger_entries(LedgerLook { log }, first, end).await;
    let entries = entries.map_err(AskError::failed("list the ledger's leaves"))?;
    let rows: Vec<LeafRow> = entries
        .into_iter()
        .rev()
        .filter_map(|(number, entry)| Some(LeafRow { number, leaf: Leaf::parse(&entry).ok()? }))
        .collect();
    look.sends(rows.iter().map(|row| format!("leaf {}", row.number)).collect::<Vec<_>>()).await;
    Ok((state, rows))
}

/// Opens one leaf of the agency's log.
pub async fn open_leaf(app: &App, ctx: &Ctx, number: u64) -> Result<LeafPage, AskError> {
    let act = app.begin::<OpenLeaf>(ctx, About::one("leaf", number)).await?;
    let log = LogId::of_agency(act.permit().agency());
    let page = leaf_page(app, log, number).await?;
    act.done([format!("leaf {number}")]);
    Ok(page)
}

async fn leaf_page(app: &App, log: LogId, number: u64) -> Result<LeafPage, AskError> {
    let store = &app.inner().store;
    let stored = store.ledger_leaf(LedgerLook { log }, number).await;
    let stored = stored.map_err(AskError::failed("open a leaf"))?;
    let stored = stored.ok_or_else(|| AskError::not_found("leaf", number))?;
    let leaf = Leaf::parse(&stored.entry).map_err(AskError::failed("read a leaf"))?;
    let checkpoint = store.checkpoint_of_leaf(log, number).await;
    let checkpoint = checkpoint.map_err(AskError::failed("look up the leaf's checkpoint"))?;
    Ok(LeafPage { stored, leaf, checkpoint, log: state_of(app, log).await? })
}

/// A leaf's receipt: what shows, offline, that it stands in the log. With the clear text that is still kept.
pub async fn leaf_receipt(app: &App, ctx: &Ctx, number: u64) -> Result<Receipt, AskError> {
    let act = app.begin::<OpenLeaf>(ctx, About::one("leaf", number)).await?;
    let log = LogId::of_agency(act.permit().agency());
    let page = leaf_page(app, log, number).await?;
    let made = receipt(app, log, page.stored, None).await?;
    act.done([format!("receipt of leaf {number}")]);
    Ok(made)
}

/// A read's receipt: the leaf of its batch, and its own record out of it.
pub async fn read_receipt(app: &App, ctx: &Ctx, at: ReadRef) -> Result<Receipt, AskError> {
    let ctx = touching(app, ctx, at).await?;
    let mut act = app.begin::<OpenRead>(&ctx, About::one("read", at)).await?;
    let none = || AskError::not_found("receipt of read", at);
    let log = LogId::of_agency(act.permit().agency());
    let read = read_at(app, act.leave(), at).await?.ok_or_else(none)?;
    let (number, proof) = read_proof_soon(app, act.leave(), at).await?.ok_or_else(none)?;
    act.shows([read.read.plate]);
    let stored = app.inner().store.ledger_leaf(LedgerLook { log }, number).await;
    let stored = stored.map_err(AskError::failed("open a leaf"))?.ok_or_else(none)?;
    let made = receipt(app, log, stored, Some(proof)).await?;
    act.done([format!("receipt of read {at}")]);
    Ok(made)
}

async fn receipt(
    app: &App,
    log: LogId,
    stored: StoredLeaf,
    of_batch: Option<BatchProof>,
) -> Result<Receipt, AskError> {
    let checkpoint = app.inner().store.checkpoint_of_leaf(log, stored.number).await;
    let checkpoint = match checkpoint.map_err(AskError::failed("look up the leaf's checkpoint"))? {
        Some(checkpoint) => checkpoint,
        None => sign_now(app, log).await?,
    };
    receipt_in(app, log, stored, of_batch, &checkpoint).await
}

/// A leaf's receipt in a checkpoint that covers it.
pub(super) async fn receipt_in(
    app: &App,
    log: LogId,
    stored: StoredLeaf,
    of_batch: Option<BatchProof>,
    checkpoint: &PublishedCheckpoint,
) -> Result<Receipt, AskError> {
    let StoredLeaf { number, entry, clear: disclosures, .. } = stored;
    let note = Note::parse(checkpoint.note.as_bytes());
    let note = note.map_err(AskError::failed("read the leaf's checkpoint"))?;
    let path = app.inner().store.ledger_inclusion(log, number, checkpoint.size).await;
    let path = path.map_err(AskError::failed("prove a leaf"))?;
    Ok(Receipt { entry, disclosures, of_batch, index: number, path, note })
}

/// The proof of a read that may have been taken a moment ago: its leaf waits for others before they are brought into the log
/// together, and whoever asks for it does not.
async fn read_proof_soon(
    app: &App,
    leave: &Leave,
    at: ReadRef,
) -> Result<Option<(u64, BatchProof)>, AskError> {
    for _ in 0..ROUNDS_MAX {
        let proof = read_proof(app, leave, at).await?;
        if proof.is_some() {
            return Ok(proof);
        }
        app.inner().relay.hurry().await;
    }
    read_proof(app, leave, at).await
}

/// Makes the tree of a read's batch again and proves the read in it; none while its leaf has not reached the log, and for
/// reads from before there was a ledger.
async fn read_proof(
    app: &App,
    leave: &Leave,
    at: ReadRef,
) -> Result<Option<(u64, BatchProof)>, AskError> {
    let inner = app.inner();
    let permit = leave.permit::<OpenRead>()?;
    for file in [FileRef::main(at.agency, at.day), FileRef::late(at.agency, at.day)] {
        let found = inner.store.leaf_of_read(file, at.id).await;
        let found = found.map_err(AskError::failed("look up the read's leaf"))?;
        let Some((number, first, last)) = found else { continue };
        let reads = inner.store.reads_between(&permit, file, first, last).await;
        let reads = reads.map_err(AskError::failed("read the batch"))?;
        let Some(place) = reads.iter().position(|read| read.at == at) else { continue };
        let key = inner.keys.existing(at.agency, at.day);
        let records = ReadRecords::of(&key.map_err(AskError::failed("open the day's key"))?);
        let pictures = picture_hashes(app, leave, &reads).await?;
        let all: Vec<Disclosure> =
            reads.iter().map(|read| records.record(&read.read, &pictures)).collect();
        let hashes: Vec<_> = all.iter().map(hash_of).collect();
        let record = all.into_iter().nth(place);
        let proof = record.and_then(|record| BatchProof::of(record, place as u64, &hashes));
        return Ok(proof.map(|proof| (number, proof)));
    }
    Ok(None)
}

async fn picture_hashes(
    app: &App,
    leave: &Leave,
    reads: &[StoredRead],
) -> Result<PictureHashes, AskError> {
    let inner = app.inner();
    let permit = leave.permit::<OpenPicture>()?;
    let mut hashes = PictureHashes::default();
    for read in reads {
        let pictures = &read.read.pictures;
        for (kind, place) in
            [(PictureKind::Plate, pictures.plate), (PictureKind::Vehicle, pictures.vehicle)]
        {
            let Some(place) = place else { continue };
            let key = inner.keys.existing(read.at.agency, read.at.day);
            let key = key.map_err(AskError::failed("open the day's key"))?;
            let jpeg = inner.vault.open_picture(&permit, read.at, kind, place, &key).await;
            hashes.note(read.at.id, kind, &jpeg.map_err(AskError::failed("open a picture"))?);
        }
    }
    Ok(hashes)
}

/// Signs the agency's log now, instead of at the minute's end.
pub async fn sign_checkpoint(app: &App, ctx: &Ctx) -> Result<PublishedCheckpoint, AskError> {
    let act = app.begin::<ManageLedger>(ctx, About::nothing_yet()).await?;
    let log = LogId::of_agency(act.permit().agency());
    let published = sign_now(app, log).await?;
    act.done([format!("checkpoint of {} leaves", published.size)]);
    Ok(published)
}

pub(super) async fn sign_now(app: &App, log: LogId) -> Result<PublishedCheckpoint, AskError> {
    let row = row_now(app, log).await?;
    let published = checkpoints::publish(app, &row, app.now()).await;
    published.map_err(AskError::failed("sign a checkpoint"))
}

/// Signs every log that has grown, as is done each minute: for who moves the clock by hand.
pub async fn publish_checkpoints(app: &App) -> Result<(), BoxError> {
    app.publish_due().await
}

/// A step of changing a log's key for another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyChange {
    /// Makes the next key; from now on both sign, so that whoever knows either can check.
    Begin,
    /// Everybody knows the next key: destroys the one before.
    Finish,
}

/// Changes the key of a log for another; the keys that sign from now on.
pub async fn change_log_key(
    app: &App,
    ctx: &Ctx,
    log: LogId,
    step: KeyChange,
) -> Result<Vec<VerifierKey>, AskError> {
    let act = app.begin::<ManageLedger>(ctx, About::one("log", log.word())).await?;
    let inner = app.inner();
    let failed = |err: BoxError| AskError::Failed { doing: "change a log's key", err };
    let row = row_now(app, log).await?;
    let action = match step {
        KeyChange::Begin => {
            inner.log_keys.make_next(&log.word(), &row.origin).map_err(|err| failed(err.into()))?;
            "log-key-begins"
        }
        KeyChange::Finish => {
            if !inner.log_keys.change_over(&log.word()).map_err(|err| failed(err.into()))? {
                let why = "has no next key: begin the change first".to_owned();
                return Err(AskError::Invalid { field: "log", why });
            }
            "log-key-ended"
        }
    };
    let keys = keys_of(app, log)?;
    let says = Says::of(app, ctx);
    let newest = keys.last().map(VerifierKey::to_string).unwrap_or_default();
    let draft = says.who(Kind::Event, action).text(ClearField::Key, newest);
    app.record_in(ctx, log, draft).await?;
    sign_now(app, log).await?;
    act.done(keys.iter().map(|key| format!("key {key}")).collect::<Vec<_>>());
    Ok(keys)
}

async fn row_now(app: &App, log: LogId) -> Result<store::LogRow, AskError> {
    let row = app.inner().store.log(log).await.map_err(AskError::failed("look up the log"))?;
    row.ok_or_else(|| AskError::not_found("log", log.word()))
}

/// A log's state: its size, keys, checkpoint and witnesses. Names nobody; anybody may know it.
pub async fn log_state(app: &App, log: LogId) -> Result<LogState, AskError> {
    state_of(app, log).await
}

/// Every log's state.
pub async fn log_states(app: &App) -> Result<Vec<LogState>, AskError> {
    let logs = app.inner().store.logs().await.map_err(AskError::failed("list the logs"))?;
    let mut states = Vec::new();
    for row in logs {
        states.push(state_of(app, row.log).await?);
    }
    Ok(states)
}

async fn state_of(app: &App, log: LogId) -> Result<LogState, AskError> {
    let failed = || AskError::failed("look up the log's state");
    let row = row_now(app, log).await?;
    let checkpoint = app.inner().store.newest_checkpoint(log).await.map_err(failed())?;
    let witnesses = checkpoints::witness_states(app, log).await.map_err(failed())?;
    let keys = keys_of(app, log)?;
    let named_for = app.reads_named_for(log.agency().unwrap_or(AgencyId::from_i64(0)));
    Ok(LogState { log, origin: row.origin, size: row.size, keys, checkpoint, witnesses, named_for })
}

fn keys_of(app: &App, log: LogId) -> Result<Vec<VerifierKey>, AskError> {
    let keys = app.inner().log_keys.of(&log.word());
    let keys = keys.map_err(AskError::failed("read the log's keys"))?;
    Ok(keys.iter().map(|key| key.verifier().clone()).collect())
}

/// The newest checkpoint of a log, for anybody.
pub async fn public_checkpoint(app: &App, log: LogId) -> Result<String, AskError> {
    let newest = app.inner().store.newest_checkpoint(log).await;
    let newest = newest.map_err(AskError::failed("look up the checkpoint"))?;
    Ok(newest.ok_or_else(|| AskError::not_found("checkpoint", log.word()))?.note)
}

/// A tile of hashes, for anybody: only of what has been published.
pub async fn public_tile(app: &App, log: LogId, tile: TileRef) -> Result<Vec<u8>, AskError> {
    let none = || AskError::not_found("tile", tile);
    if matches!(tile.kind, TileKind::Entries) || !is_published(app, log, tile).await? {
        return Err(none());
    }
    let bytes = app.inner().store.ledger_tile(log, tile).await;
    bytes.map_err(AskError::failed("fetch a tile"))?.ok_or_else(none)
}

/// A bundle of the agency's entries, for its auditors.
pub async fn entry_bundle(
    app: &App,
    ctx: &Ctx,
    log: LogId,
    tile: TileRef,
) -> Result<Vec<u8>, AskError> {
    let none = || AskError::not_found("bundle", tile);
    let look = app.look::<ListLedger>(ctx).await?;
    let own = LogId::of_agency(look.permit().agency());
    if log != own || !is_published(app, log, tile).await? {
        return Err(none());
    }
    let bytes = app.inner().store.ledger_bundle(LedgerLook { log }, tile).await;
    let bytes = bytes.map_err(AskError::failed("fetch a bundle of entries"))?.ok_or_else(none)?;
    look.sends([format!("bundle {tile}")]).await;
    Ok(bytes)
}

async fn is_published(app: &App, log: LogId, tile: TileRef) -> Result<bool, AskError> {
    let newest = app.inner().store.newest_checkpoint(log).await;
    let newest = newest.map_err(AskError::failed("look up the checkpoint"))?;
    let level = match tile.kind {
        TileKind::Hashes(level) => u32::from(level),
        TileKind::Entries => 0,
    };
    let in_row = newest.map_or(0, |newest| newest.size.checked_shr(8 * level).unwrap_or(0));
    let end = tile.index.saturating_mul(256).saturating_add(u64::from(tile.width));
    Ok(end <= in_row)
}

/// Whether an agency's log has leaves beyond what its witnesses have cosigned, and since when.
pub fn open_window(state: &LogState, now: Timestamp) -> Option<std::time::Duration> {
    let cosigned = state.cosigned()?;
    let signed_at = state.checkpoint.as_ref().map_or(now, |checkpoint| checkpoint.signed_at);
    (cosigned < state.size).then(|| now.since(signed_at))
}

/// Writes every file of a log into a folder, as an outsider would fetch it: for `plateglass-verify`.
pub async fn export_log(
    app: &App,
    ctx: &Ctx,
    log: LogId,
    mut put: impl FnMut(&str, &[u8]) -> Result<(), BoxError>,
) -> Result<u64, AskError> {
    let act = app.begin::<ManageLedger>(ctx, About::one("log", log.word())).await?;
    let failed = |err: BoxError| AskError::Failed { doing: "export the log", err };
    let fetched = || AskError::failed("export the log");
    let published = sign_now(app, log).await?;
    put("checkpoint", published.note.as_bytes()).map_err(failed)?;
    let store = &app.inner().store;
    for tile in TileRef::between(0, published.size) {
        let none = || AskError::not_found("tile", tile);
        let bytes = store.ledger_tile(log, tile).await.map_err(fetched())?.ok_or_else(none)?;
        put(&tile.to_string(), &bytes).map_err(failed)?;
        if tile.kind == TileKind::Hashes(0) {
            let bundle = TileRef { kind: TileKind::Entries, ..tile };
            let bytes = store.ledger_bundle(LedgerLook { log }, bundle).await;
            let bytes = bytes.map_err(fetched())?;
            let none = || AskError::not_found("bundle", bundle);
            put(&bundle.to_string(), &bytes.ok_or_else(none)?).map_err(failed)?;
        }
    }
    act.done([format!("export of {} leaves", published.size)]);
    Ok(published.size)
}

/// The log of an agency's word in an address, or the server's.
pub fn log_of(word: &str) -> Option<LogId> {
    LogId::parse(word)
}

/// The agency's log.
pub const fn log_of_agency(agency: AgencyId) -> LogId {
    LogId::of_agency(agency)
}
