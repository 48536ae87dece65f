//! `POST /audit/export.csv` and `/audit/receipts`: what was found, as a table in which each line names its proof, and as
//! receipts that `plateglass-verify` checks offline.

use app::oversight::{Exported, ExportedLine, export_audit, export_receipts};
use app::{App, AskError};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use super::audit::{Typed, again};
use super::camera_key::server;
use crate::csv;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::Frame;
use crate::staff::Staff;

const COLUMNS: [&str; 20] = [
    "log",
    "leaf",
    "leaf_hash",
    "checkpoint_size",
    "checkpoint",
    "end_leaf",
    "at",
    "day",
    "who",
    "pseudonym",
    "role",
    "session",
    "action",
    "purpose",
    "case",
    "reason",
    "decision",
    "refused_because",
    "outcome",
    "things",
];

/// `POST /audit/export.csv`
pub(crate) async fn table(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let (field, why) = match typed.ask() {
        Err(wrong) => wrong,
        Ok(ask) => match export_audit(&app, &staff.ctx, &ask).await {
            Ok(made) => {
                let name = format!("audit-{}", frame.now.day());
                return Ok(csv::file(&name, written(&made, &server(&headers))));
            }
            Err(AskError::Invalid { field, why }) => (field, why),
            Err(err) => return Err(err.into()),
        },
    };
    Ok(again(&app, &staff, frame, &typed, (field, &why)).await)
}

/// `POST /audit/receipts`
pub(crate) async fn receipts(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let (field, why) = match typed.ask() {
        Err(wrong) => wrong,
        Ok(ask) => match export_receipts(&app, &staff.ctx, &ask).await {
            Ok(receipts) if receipts.is_empty() => ("filters", "fit nothing".to_owned()),
            Ok(receipts) => {
                let name = format!("audit-{}.tlog-proofs", frame.now.day());
                let headers = [
                    (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
                    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
                ];
                return Ok((headers, ledger::receipt::join(&receipts)).into_response());
            }
            Err(AskError::Invalid { field, why }) => (field, why),
            Err(err) => return Err(err.into()),
        },
    };
    Ok(again(&app, &staff, frame, &typed, (field, &why)).await)
}

/// The table: a line for each record, with the hash that the log's tree holds of it and where the checkpoint is that covers
/// it.
fn written(made: &Exported, server: &str) -> String {
    let checkpoint = format!("{server}/log/{}/checkpoint", made.log);
    let size = made.checkpoint.size.to_string();
    let lines = made.lines.iter().map(|ExportedLine { line, hash }| {
        let row = &line.row;
        let cells = [
            made.origin.clone(),
            row.leaf.to_string(),
            hash.to_string(),
            size.clone(),
            checkpoint.clone(),
            row.ended.map(|leaf| leaf.to_string()).unwrap_or_default(),
            row.at.to_string(),
            row.day.to_string(),
            line.name.clone(),
            row.actor.clone(),
            row.role.clone(),
            row.session.clone(),
            row.action.clone(),
            row.purpose.clone(),
            line.case.clone(),
            line.reason.clone(),
            row.decision.clone(),
            row.reasons.join(" "),
            row.outcome.clone(),
            row.n.to_string(),
        ];
        csv::line(cells.iter().map(String::as_str))
    });
    std::iter::once(csv::line(COLUMNS)).chain(lines).collect()
}
