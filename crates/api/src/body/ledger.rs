//! The ledger.

use std::collections::BTreeMap;

use app::{LeafPage, LeafRow, LogState};
use axum::http::header;
use axum::response::IntoResponse;
use domain::Timestamp;
use ledger::{Leaf, Receipt};
use serde::Serialize;
use utoipa::ToSchema;

/// A log's state and its newest leaves.
#[derive(Serialize, ToSchema)]
pub(crate) struct LedgerOut {
    /// The log's name for ever.
    origin: String,
    /// How many leaves it has.
    size: u64,
    /// The keys that sign it, as `plateglass-verify --key` takes them.
    keys: Vec<String>,
    /// The newest published checkpoint: a signed note.
    checkpoint: Option<String>,
    /// When that was signed.
    #[schema(value_type = Option<String>, format = DateTime)]
    signed_at: Option<Timestamp>,
    /// The witnesses. Without any, whoever runs the server could rewrite the log.
    witnesses: Vec<WitnessOut>,
    /// Leaves that every witness has cosigned: what is beyond could still be rewritten unnoticed.
    cosigned: Option<u64>,
    /// The newest leaves first.
    leaves: Vec<LeafOut>,
    /// What to give as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// A witness.
#[derive(Serialize, ToSchema)]
pub(crate) struct WitnessOut {
    name: String,
    key: String,
    /// The size it cosigned last.
    size: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    cosigned_at: Option<Timestamp>,
    /// Why it did not cosign when it was asked last.
    trouble: Option<String>,
}

/// A leaf as it stands in the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeafOut {
    /// Its number, from 0.
    leaf: u64,
    /// Its clear fields.
    #[schema(value_type = Object)]
    says: BTreeMap<String, serde_json::Value>,
    /// How many fields it seals.
    n_sealed: usize,
}

/// One leaf in full.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeafPageOut {
    #[serde(flatten)]
    leaf: LeafOut,
    /// The entry itself, whose hash stands in the tree.
    entry: String,
    /// What it seals, as far as the clear text is still kept.
    disclosed: Vec<DisclosedOut>,
    /// What the act touched, where that is still kept.
    things: Vec<String>,
    /// Whether it is a beginning without an end.
    is_open: bool,
}

/// A clear text beside the digest that it proves.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisclosedOut {
    field: Option<String>,
    #[schema(value_type = Object)]
    value: serde_json::Value,
    digest: String,
    /// The salted text that the digest is of (RFC 9901).
    disclosure: String,
}

impl LedgerOut {
    pub(crate) fn of(state: &LogState, rows: &[LeafRow]) -> Self {
        let witnesses = state.witnesses.iter().map(|witness| WitnessOut {
            name: witness.name.clone(),
            key: witness.key.to_string(),
            size: witness.row.as_ref().map_or(0, |row| row.size),
            cosigned_at: witness.row.as_ref().and_then(|row| row.cosigned_at),
            trouble: witness.row.as_ref().and_then(|row| row.trouble.clone()),
        });
        Self {
            origin: state.origin.clone(),
            size: state.size,
            keys: state.keys.iter().map(ToString::to_string).collect(),
            checkpoint: state.checkpoint.as_ref().map(|checkpoint| checkpoint.note.clone()),
            signed_at: state.checkpoint.as_ref().map(|checkpoint| checkpoint.signed_at),
            witnesses: witnesses.collect(),
            cosigned: state.cosigned(),
            next: rows.last().map(|row| row.number).filter(|number| *number > 0),
            leaves: rows.iter().map(|row| LeafOut::of(row.number, &row.leaf)).collect(),
        }
    }
}

impl LeafOut {
    fn of(leaf: u64, said: &Leaf) -> Self {
        let says = said.clear().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        Self { leaf, says, n_sealed: said.digests().len() }
    }
}

impl LeafPageOut {
    pub(crate) fn of(page: &LeafPage) -> Self {
        let disclosed = page.stored.clear.iter().filter_map(|disclosure| {
            let (field, value) = disclosure.said()?;
            let (digest, disclosure) = (disclosure.digest(), disclosure.encoded().to_owned());
            Some(DisclosedOut { field, value, digest, disclosure })
        });
        Self {
            leaf: LeafOut::of(page.stored.number, &page.leaf),
            entry: String::from_utf8_lossy(&page.stored.entry).into_owned(),
            disclosed: disclosed.collect(),
            things: page
                .stored
                .things
                .as_ref()
                .map(|things| things.ids.clone())
                .unwrap_or_default(),
            is_open: page.stored.is_open,
        }
    }
}

/// A receipt as a file to keep.
pub(crate) fn receipt_file(name: &str, receipt: &Receipt) -> impl IntoResponse + use<> {
    let disposition = format!("attachment; filename=\"{name}.tlog-proof\"");
    let kind = "text/plain; charset=utf-8".to_owned();
    (
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)],
        receipt.to_string(),
    )
}

/// Several receipts as one file to keep.
pub(crate) fn receipts_file(name: &str, receipts: &[Receipt]) -> impl IntoResponse + use<> {
    let disposition = format!("attachment; filename=\"{name}.tlog-proofs\"");
    let kind = "text/plain; charset=utf-8".to_owned();
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    (headers, ledger::receipt::join(receipts))
}
