//! `GET` and `POST /hotlists/{id}/import`: import a CSV file, or only say what would happen.

use app::import_hotlist::{PipeWriter, pipe};
use app::{
    App, Column, Encoding, ImportAsk, ImportError, ImportReport, Mapping, import_hotlist, may_send,
    open_hotlist,
};
use askama::Template;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::access::ManageHotlists;
use domain::{HotlistId, RefusedRow};
use plate::CodeSystem;
use serde::Deserialize;

use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Ten million rows are about 600 MB; more than this is a mistake.
const FILE_BYTES_MAX: u64 = 4 << 30;
/// A column's name; everything but the file is short.
const TEXT_BYTES_MAX: usize = 256;

/// A column to declare.
#[derive(Clone, Debug)]
pub(crate) struct ColumnField {
    name: &'static str,
    label: &'static str,
    value: String,
    /// Names under which lists carry it: what the script offers once it has seen the first row.
    guesses: &'static str,
}

const COLUMNS: [(&str, &str, &str); 8] = [
    (
        "plate",
        "Plate or pattern",
        "plate lic license license_plate licence tag number plate_number",
    ),
    ("state", "State", "state lis st jurisdiction state_code plate_state"),
    ("make", "Make", "make vma vehicle_make"),
    ("model", "Model", "model vmo vehicle_model"),
    ("colour", "Colour", "colour color vco vehicle_color"),
    ("year", "Year", "year vyr model_year vehicle_year"),
    ("reference", "Case or NCIC number", "reference case case_number nic ncic oca ref id"),
    ("note", "Note", "note notes remarks mis caution comment comments"),
];

const DELIMITERS: [(&str, &str); 4] =
    [(",", "a comma"), (";", "a semicolon"), ("tab", "a tab"), ("|", "a bar |")];

const ENCODINGS: [(&str, &str); 4] = [
    ("detect", "UTF-8 or UTF-16, by their mark"),
    ("utf8", "UTF-8"),
    ("utf16", "UTF-16"),
    ("latin1", "Windows-1252 or Latin-1"),
];

/// What was typed beside the file.
#[derive(Clone, Debug)]
pub struct Typed {
    columns: [String; 8],
    postal: bool,
    delimiter: String,
    encoding: String,
    header: bool,
    form_token: String,
}

impl Default for Typed {
    fn default() -> Self {
        let only_plate = COLUMNS.map(|(name, _, _)| if name == "plate" { name } else { "" });
        Self {
            columns: only_plate.map(str::to_owned),
            postal: false,
            delimiter: ",".to_owned(),
            encoding: "detect".to_owned(),
            header: true,
            form_token: String::new(),
        }
    }
}

impl Typed {
    fn take(&mut self, name: &str, value: String) {
        match name {
            "form_token" => self.form_token = value,
            "state_codes" => self.postal = value == "postal",
            "delimiter" => self.delimiter = value,
            "encoding" => self.encoding = value,
            "header" => self.header = value != "no",
            column => {
                for ((name, _, _), typed) in COLUMNS.iter().zip(self.columns.iter_mut()) {
                    if *name == column {
                        value.clone_into(typed);
                    }
                }
            }
        }
    }

    /// As the app takes it; a column that is left empty is one that the file does not have.
    fn mapping(&self) -> Mapping {
        let [plate, state, make, model, colour, year, reference, note] = &self.columns;
        let column = |typed: &String| match typed.trim() {
            "" => None,
            text => {
                Some(text.parse().map_or_else(|_| Column::Name(text.to_owned()), Column::Number))
            }
        };
        Mapping {
            delimiter: match self.delimiter.as_str() {
                "tab" => '\t',
                other => other.chars().next().unwrap_or(','),
            },
            header: self.header,
            encoding: match self.encoding.as_str() {
                "utf8" => Encoding::Utf8,
                "utf16" => Encoding::Utf16,
                "latin1" => Encoding::Latin1,
                _ => Encoding::Detect,
            },
            plate: column(plate).unwrap_or_else(|| Column::Name("plate".to_owned())),
            state: column(state),
            state_codes: if self.postal { CodeSystem::Postal } else { CodeSystem::Ncic },
            make: column(make),
            model: column(model),
            colour: column(colour),
            year: column(year),
            reference: column(reference),
            note: column(note),
        }
    }
}

/// What an import did or would do, or why it did nothing.
#[derive(Clone, Default, Debug)]
pub struct Report {
    title: String,
    wrong: String,
    dry_run: bool,
    n_taken: String,
    n_refused: String,
    duplicates: String,
    file: String,
    sha256: String,
    refused: Vec<RefusedRow>,
    more_refused: bool,
}

impl Report {
    /// The report of an import that ended.
    pub fn of(outcome: &Result<ImportReport, ImportError>, dry_run: bool) -> Self {
        let title = if dry_run { "What an import would do" } else { "What the import did" };
        match outcome {
            Ok(report) => {
                let shown = u64::try_from(report.tally.refused.len()).unwrap_or(u64::MAX);
                let twice =
                    words::count(report.n_duplicates, "row that repeats", "rows that repeat");
                Self {
                    title: title.to_owned(),
                    wrong: String::new(),
                    dry_run,
                    n_taken: words::count(report.tally.n_taken, "row", "rows"),
                    n_refused: words::count(report.tally.n_refused, "row", "rows"),
                    duplicates: if report.n_duplicates == 0 {
                        String::new()
                    } else {
                        format!("{twice} a plate and state of an earlier one")
                    },
                    file: words::size(report.n_bytes),
                    sha256: report.sha256.clone(),
                    refused: report.tally.refused.clone(),
                    more_refused: report.tally.n_refused > shown,
                }
            }
            Err(err) => Self {
                title: "This file cannot be imported".to_owned(),
                wrong: sentence(err),
                dry_run,
                ..Self::default()
            },
        }
    }
}

fn sentence(err: &ImportError) -> String {
    let text = match err {
        ImportError::Read { .. } | ImportError::Failed { .. } => {
            format!("{err}. Whoever runs this server can help: the reason stands in its log")
        }
        other => other.to_string(),
    };
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// The form, with the report of what was sent.
#[derive(Template, Debug)]
#[template(path = "pages/hotlist_import.html")]
pub struct ImportPage {
    frame: Frame,
    id: i64,
    name: String,
    columns: Vec<ColumnField>,
    postal: bool,
    delimiters: [(&'static str, &'static str); 4],
    delimiter: String,
    encodings: [(&'static str, &'static str); 4],
    encoding: String,
    header: bool,
    report: Option<Report>,
}

impl ImportPage {
    /// The form of a list as it was filled, with a report where there is one.
    pub fn of(frame: Frame, id: i64, name: String, typed: Typed, report: Option<Report>) -> Self {
        let column = |((name, label, guesses), value)| ColumnField { name, label, value, guesses };
        Self {
            frame,
            id,
            name,
            columns: COLUMNS.into_iter().zip(typed.columns).map(column).collect(),
            postal: typed.postal,
            delimiters: DELIMITERS,
            delimiter: typed.delimiter,
            encodings: ENCODINGS,
            encoding: typed.encoding,
            header: typed.header,
            report,
        }
    }
}

/// `GET /hotlists/{id}/import`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    may_send::<ManageHotlists>(&app, &staff.ctx).await?;
    let list = open_hotlist(&app, &staff.ctx, HotlistId::from_i64(id)).await?;
    let shown = ImportPage::of(frame, id, list.hotlist.name, Typed::default(), None);
    Ok(page(StatusCode::OK, &shown))
}

/// Whether only to say what would happen. In the address, because it must be known before the file comes.
#[derive(Deserialize)]
pub(crate) struct How {
    dry_run: Option<String>,
}

/// `POST /hotlists/{id}/import`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Query(how): Query<How>,
    headers: HeaderMap,
    body: Multipart,
) -> Result<Response, PageError> {
    let dry_run = how.dry_run.is_some();
    may_send::<ManageHotlists>(&app, &staff.ctx).await?;
    let list = open_hotlist(&app, &staff.ctx, HotlistId::from_i64(id)).await?;
    let size_bytes =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    // A task of its own: who leaves the page neither stops a file that is whole nor makes a half one look whole.
    let work = receive(app, staff, HotlistId::from_i64(id), dry_run, size_bytes, body);
    let (typed, outcome) = tokio::spawn(work).await.map_err(PageError::bad_form)??;
    if let Err(ImportError::Refused(refusal)) = outcome {
        return Err(app::AskError::Refused(refusal).into());
    }
    let status = if outcome.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let report = Report::of(&outcome, dry_run);
    Ok(page(status, &ImportPage::of(frame, id, list.hotlist.name, typed, Some(report))))
}

type Outcome = Result<ImportReport, ImportError>;

async fn receive(
    app: App,
    staff: Staff,
    hotlist: HotlistId,
    dry_run: bool,
    size_bytes: Option<u64>,
    mut body: Multipart,
) -> Result<(Typed, Outcome), PageError> {
    let mut typed = Typed::default();
    while let Some(field) = body.next_field().await.map_err(PageError::bad_form)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            typed.take(&name, short(field).await?);
            continue;
        }
        if !staff.wrote(&typed.form_token) {
            return Err(PageError::ForeignForm);
        }
        let file_name = field.file_name().unwrap_or_default().chars().take(200).collect();
        let ask = ImportAsk { mapping: typed.mapping(), dry_run, file_name, size_bytes };
        let (writer, reader) = pipe();
        let import = import_hotlist(&app, &staff.ctx, hotlist, Box::new(reader), ask);
        let (outcome, ()) = futures_util::future::join(import, pump(field, writer)).await;
        if let Err(err @ (ImportError::Read { .. } | ImportError::Failed { .. })) = &outcome {
            tracing::error!(
                hotlist.id = hotlist.to_i64(),
                err = err as &dyn std::error::Error,
                "import failed"
            );
        }
        return Ok((typed, outcome));
    }
    Err(PageError::Bad("no file was sent".to_owned()))
}

async fn short(mut field: Field<'_>) -> Result<String, PageError> {
    let mut text = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(PageError::bad_form)? {
        text.extend_from_slice(&piece);
        if text.len() > TEXT_BYTES_MAX {
            return Err(PageError::Bad("a column’s name is longer than 256 bytes".to_owned()));
        }
    }
    String::from_utf8(text).map_err(PageError::bad_form)
}

/// Hands the file on piece by piece. A break is told: half a file must not be taken for a whole one.
async fn pump(mut field: Field<'_>, writer: PipeWriter) {
    let mut n_bytes: u64 = 0;
    loop {
        match field.chunk().await {
            Ok(None) => return writer.finish().await,
            Ok(Some(piece)) => {
                n_bytes = n_bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                if n_bytes > FILE_BYTES_MAX {
                    return writer.fail("the file is larger than 4 GiB".to_owned()).await;
                }
                if !writer.write(piece).await {
                    return;
                }
            }
            Err(err) => return writer.fail(err.to_string()).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_a_name_or_a_number_or_not_there() {
        let mut typed = Typed::default();
        typed.take("plate", "LIC".to_owned());
        typed.take("state", " 2 ".to_owned());
        typed.take("note", String::new());
        typed.take("delimiter", "tab".to_owned());
        let mapping = typed.mapping();
        assert_eq!(mapping.plate, Column::Name("LIC".to_owned()));
        assert_eq!(mapping.state, Some(Column::Number(2)));
        assert_eq!((mapping.note, mapping.delimiter), (None, '\t'));
    }
}
