//! `GET /ledger/{leaf}`: one leaf in full, its clear text beside the digest that it proves; and its receipt.

use app::{App, LeafPage, leaf_receipt, open_leaf, read_receipt};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ReadRef;
use ledger::leaf::{ClearField, SealedField};
use ledger::{Hash, Note, Receipt};

use super::camera_key::server as server_of;
use super::ledger::{Standing, command, kind_word};
use crate::components::Age;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Things that are shown one by one.
const THINGS_SHOWN: usize = 200;

/// A clear text beside the digest that it proves.
#[derive(Debug)]
pub(crate) struct Sealed {
    field: String,
    says: String,
    digest: String,
    proves: bool,
    goes: &'static str,
}

/// One leaf.
#[derive(Template, Debug)]
#[template(path = "pages/leaf.html")]
pub struct OneLeaf {
    frame: Frame,
    number: u64,
    title: String,
    is_last: bool,
    clear: Vec<(String, String)>,
    sealed: Vec<Sealed>,
    n_gone: usize,
    things: Vec<String>,
    n_things: Option<String>,
    things_gone: bool,
    things_prove: bool,
    is_open: bool,
    hash: String,
    in_checkpoint: Option<(String, Age, Vec<String>)>,
    state: Standing,
    entry: String,
    command: String,
}

impl OneLeaf {
    /// The page of this leaf.
    pub fn of(frame: Frame, page: &LeafPage, server: &str) -> Self {
        let LeafPage { stored, leaf, .. } = page;
        let action = leaf.text(ClearField::Action).unwrap_or("reads");
        let clear = leaf.clear().map(|(name, value)| {
            let says = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.to_owned(), says)
        });
        let sealed: Vec<Sealed> = stored.clear.iter().map(|one| sealed(leaf, one)).collect();
        let n_things = leaf.number(ClearField::Number);
        let things = stored.things.as_ref().map(|things| things.ids.clone()).unwrap_or_default();
        let in_checkpoint = page.checkpoint.as_ref().map(|checkpoint| {
            let signers = Note::parse(checkpoint.note.as_bytes())
                .map(|note| note.signatures().iter().map(|line| line.name.clone()).collect());
            let age = Age::of(checkpoint.signed_at, frame.now);
            (words::number(checkpoint.size), age, signers.unwrap_or_default())
        });
        let receipt = format!("receipt leaf-{}.tlog-proof", stored.number);
        Self {
            number: stored.number,
            title: format!("{action} {}", kind_word(leaf.kind())),
            is_last: stored.number + 1 >= page.log.size,
            clear: clear.collect(),
            n_gone: leaf.digests().len().saturating_sub(sealed.len()),
            sealed,
            things_gone: things.is_empty()
                && leaf.text(ClearField::Root).is_some()
                && leaf.text(ClearField::File).is_none(),
            things_prove: page.things_prove(),
            n_things: n_things.map(words::number),
            things: things.into_iter().take(THINGS_SHOWN).collect(),
            is_open: stored.is_open,
            hash: Hash::of_leaf(&stored.entry).to_string(),
            in_checkpoint,
            state: Standing::of(&page.log, server, frame.now),
            entry: String::from_utf8_lossy(&stored.entry).into_owned(),
            command: command(&page.log, &receipt),
            frame,
        }
    }
}

fn sealed(leaf: &ledger::Leaf, disclosure: &ledger::disclosure::Disclosure) -> Sealed {
    let (field, value) = disclosure.said().unwrap_or_default();
    let field = field.unwrap_or_default();
    let schedule = SealedField::parse(&field).map(SealedField::schedule);
    Sealed {
        says: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        digest: disclosure.digest(),
        proves: leaf.proves(disclosure),
        goes: match schedule {
            Some(ledger::leaf::Schedule::WithReads) => "goes with the reads",
            _ => "kept",
        },
        field,
    }
}

/// `GET /ledger/{leaf}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    Path(number): Path<u64>,
) -> Result<Response, PageError> {
    let opened = open_leaf(&app, &staff.ctx, number).await?;
    Ok(page(StatusCode::OK, &OneLeaf::of(frame, &opened, &server_of(&headers))))
}

/// `GET /ledger/{leaf}/receipt`
pub(crate) async fn receipt(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<u64>,
) -> Result<Response, PageError> {
    let receipt = leaf_receipt(&app, &staff.ctx, number).await?;
    Ok(file(&format!("leaf-{number}"), &receipt))
}

/// `GET /reads/{read}/receipt`
pub(crate) async fn of_read(
    State(app): State<App>,
    staff: Staff,
    Path(read): Path<String>,
) -> Result<Response, PageError> {
    let at = ReadRef::parse(&read).map_err(|_| PageError::nothing_here("read"))?;
    let receipt = read_receipt(&app, &staff.ctx, at).await?;
    Ok(file(&format!("read-{at}"), &receipt))
}

fn file(name: &str, receipt: &Receipt) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.tlog-proof\"")),
    ];
    (headers, receipt.to_string()).into_response()
}
