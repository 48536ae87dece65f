//! Taking records out of the house: a table, or receipts that show each of them offline.

use domain::access::ExportAudit;
use ledger::{Hash, Receipt};
use store::{AuditRow, LedgerLook, LogId, PublishedCheckpoint};

use super::{AuditAsk, AuditLine, index, lines};
use crate::use_cases::ledger::{receipt_in, sign_now};
use crate::{App, AskError, Ctx};

/// Lines of one table: what a spreadsheet bears, and some seconds' work.
const LINES_MAX: u32 = 10_000;
/// Records whose receipts go into one file: some megabytes.
const RECEIPTS_MAX: u32 = 1_000;

/// A record in a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportedLine {
    /// The record.
    pub line: AuditLine,
    /// The hash of its leaf: what the log's tree holds.
    pub hash: Hash,
}

/// A table of records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exported {
    /// Newest first.
    pub lines: Vec<ExportedLine>,
    /// The log's name.
    pub origin: String,
    /// The log's word in addresses.
    pub log: String,
    /// A checkpoint that covers every line.
    pub checkpoint: PublishedCheckpoint,
}

/// Everything that fits, for a table. `before` does not matter.
pub async fn export_audit(app: &App, ctx: &Ctx, ask: &AuditAsk) -> Result<Exported, AskError> {
    let mut act = app.begin::<ExportAudit>(ctx, ask.about()).await?;
    act.shows(ask.plate()?);
    let log = LogId::of_agency(ctx.agency);
    let rows = found(app, ctx, act.permit(), ask, LINES_MAX).await?;
    let checkpoint = sign_now(app, log).await?;
    let leaves: Vec<u64> = rows.iter().map(|row| row.leaf).collect();
    let entries = app.inner().store.entries_of(LedgerLook { log }, &leaves).await;
    let entries = entries.map_err(AskError::failed("export records"))?;
    let lines = lines(app, log, rows).await?.into_iter().filter_map(|line| {
        let hash = Hash::of_leaf(entries.get(&line.row.leaf)?);
        Some(ExportedLine { line, hash })
    });
    let lines: Vec<ExportedLine> = lines.collect();
    let row = app.inner().store.log(log).await.map_err(AskError::failed("look up the log"))?;
    let row = row.ok_or_else(|| AskError::not_found("log", log.word()))?;
    act.done(leaves.iter().map(|leaf| format!("leaf {leaf}")).collect::<Vec<_>>());
    Ok(Exported { lines, origin: row.origin, log: log.word(), checkpoint })
}

/// The receipts of everything that fits and of how it ended, in the order of the log. `before` does not matter.
pub async fn export_receipts(
    app: &App,
    ctx: &Ctx,
    ask: &AuditAsk,
) -> Result<Vec<Receipt>, AskError> {
    let mut act = app.begin::<ExportAudit>(ctx, ask.about()).await?;
    act.shows(ask.plate()?);
    let log = LogId::of_agency(ctx.agency);
    let rows = found(app, ctx, act.permit(), ask, RECEIPTS_MAX).await?;
    let checkpoint = sign_now(app, log).await?;
    let mut leaves: Vec<u64> =
        rows.iter().flat_map(|row| [Some(row.leaf), row.ended]).flatten().collect();
    leaves.sort_unstable();
    leaves.dedup();
    let mut receipts = Vec::with_capacity(leaves.len());
    for leaf in &leaves {
        let stored = app.inner().store.ledger_leaf(LedgerLook { log }, *leaf).await;
        let stored = stored.map_err(AskError::failed("open a leaf"))?;
        let stored = stored.ok_or_else(|| AskError::not_found("leaf", leaf))?;
        receipts.push(receipt_in(app, log, stored, None, &checkpoint).await?);
    }
    act.done(leaves.iter().map(|leaf| format!("receipt of leaf {leaf}")).collect::<Vec<_>>());
    Ok(receipts)
}

/// What fits; refused where it is more than one file holds, so that no file is cut and looks whole.
async fn found(
    app: &App,
    ctx: &Ctx,
    permit: &domain::Permit<ExportAudit>,
    ask: &AuditAsk,
    most: u32,
) -> Result<Vec<AuditRow>, AskError> {
    let query = AuditAsk { before: None, ..ask.clone() }.query(app, ctx)?;
    index::be_current(app, LogId::of_agency(ctx.agency)).await?;
    let rows = app.inner().store.export_audit(permit, &query, most + 1).await;
    let rows = rows.map_err(AskError::failed("export records"))?;
    if rows.len() > most as usize {
        let why = format!("leave more than {most} records: narrow the days and export in parts");
        return Err(AskError::Invalid { field: "filters", why });
    }
    Ok(rows)
}
