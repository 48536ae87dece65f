//! `GET` and `POST /hotlists/{id}/import`: import a file, or only say what would happen.

use app::import_hotlist::{PipeWriter, pipe};
use app::{
    App, Column, Columns, Encoding, Form, ImportAsk, ImportError, ImportOutcome, ImportReport,
    Layout, Preset, Update, import_hotlist, may_send, open_hotlist, presets,
};
use askama::Template;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::access::ManageHotlists;
use domain::{Hotlist, HotlistId, RefusedRow};
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

const COLUMNS: [(&str, &str, &str); 9] = [
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
    ("class", "Car, truck or motorcycle", "class vehicle_class"),
    ("reference", "Case or NCIC number", "reference case case_number nic ncic oca ref id"),
    ("note", "Note", "note notes remarks mis caution comment comments"),
];

/// The choices of a layout that are none of a preset: the list's own, and columns that are said in the form.
const OWN_LAYOUT: &str = "list";
const COLUMNS_LAYOUT: &str = "columns";

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
    /// `own`, `columns`, or the word of a layout that comes with the program.
    layout: String,
    columns: [String; 9],
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
            layout: COLUMNS_LAYOUT.to_owned(),
            columns: only_plate.map(str::to_owned),
            postal: false,
            delimiter: ",".to_owned(),
            encoding: "detect".to_owned(),
            header: true,
            form_token: String::new(),
        }
    }
}

/// The name of a layout, for people.
pub(crate) fn layout_name(text: &str) -> String {
    Layout::parse(text).map_or_else(|_| "broken".to_owned(), |layout| layout.name)
}

impl Typed {
    /// What stands in the form at first: the list's own layout, where it has one.
    pub fn of(list: &Hotlist) -> Self {
        let layout = if list.layout.is_some() { OWN_LAYOUT } else { COLUMNS_LAYOUT };
        Self { layout: layout.to_owned(), ..Self::default() }
    }

    fn take(&mut self, name: &str, value: String) {
        match name {
            "form_token" => self.form_token = value,
            "layout" => self.layout = value,
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

    /// As the app takes it: none is the list's own.
    fn layout(&self) -> Result<Option<Layout>, PageError> {
        match self.layout.as_str() {
            OWN_LAYOUT => Ok(None),
            COLUMNS_LAYOUT => Ok(Some(self.by_columns())),
            word => {
                let preset = Preset::of(word).and_then(|preset| preset.layout().ok());
                let unknown = || PageError::Bad("there is no such layout".to_owned());
                preset.map(Some).ok_or_else(unknown)
            }
        }
    }

    /// A column that is left empty is one that the file does not have.
    fn by_columns(&self) -> Layout {
        let [plate, state, make, model, colour, year, class, reference, note] =
            self.columns.each_ref().map(|typed| Column::parse(typed));
        let plate = plate.unwrap_or_else(|| Column::Name("plate".to_owned()));
        let delimiter = match self.delimiter.as_str() {
            "tab" => '\t',
            other => other.chars().next().unwrap_or(','),
        };
        Layout {
            form: Form::Delimited { delimiter, quote: Some('"'), header: self.header },
            encoding: Encoding::parse(&self.encoding).unwrap_or_default(),
            columns: Columns {
                state,
                make,
                model,
                colour,
                year,
                class,
                reference,
                note,
                ..Columns::of_plate(plate.clone())
            },
            state_codes: if self.postal { CodeSystem::Postal } else { CodeSystem::Ncic },
            ..Layout::plain(plate)
        }
    }
}

/// Rows of a topic.
#[derive(Clone, Debug)]
pub(crate) struct TopicCount {
    value: String,
    n_rows: String,
    on: bool,
}

/// What an import did or would do, or why it did nothing.
#[derive(Clone, Default, Debug)]
pub struct Report {
    title: String,
    wrong: String,
    dry_run: bool,
    n_taken: String,
    n_refused: String,
    /// What else was counted, one sentence each.
    counted: Vec<String>,
    /// Entries before and after.
    entries: String,
    /// Whether a person has to decide, or would have to.
    waits: bool,
    /// Rows by topic.
    topics: Vec<TopicCount>,
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
                let topics = report.topics.iter().filter(|topic| topic.n_rows > 0);
                Self {
                    title: title.to_owned(),
                    wrong: String::new(),
                    dry_run,
                    n_taken: words::count(report.tally.n_taken, "row", "rows"),
                    n_refused: words::count(report.tally.n_refused, "row", "rows"),
                    counted: counted(report),
                    entries: format!(
                        "{}, before {}",
                        words::number(report.n_after),
                        words::number(report.n_before)
                    ),
                    waits: matches!(
                        report.outcome,
                        ImportOutcome::Waits(_) | ImportOutcome::DryRun { would_wait: true }
                    ),
                    topics: topics
                        .map(|topic| TopicCount {
                            value: topic.value.clone(),
                            n_rows: words::number(topic.n_rows),
                            on: topic.on,
                        })
                        .collect(),
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

/// What else is worth knowing of a file, one sentence each.
fn counted(report: &ImportReport) -> Vec<String> {
    let tally = &report.tally;
    let rows = |n: u64| words::count(n, "row", "rows");
    let mut says = Vec::new();
    let mut say = |n: u64, sentence: String| says.extend((n > 0).then_some(sentence));
    let twice = words::count(report.n_duplicates, "row repeats", "rows repeat");
    say(report.n_duplicates, format!("{twice} a plate and state of an earlier one"));
    say(tally.n_expired, format!("{} over already, not kept", rows(tally.n_expired)));
    say(tally.n_off, format!("{} of topics that are off, not kept", rows(tally.n_off)));
    say(
        report.n_of_other_topics,
        format!(
            "{} of more topics than are listed: is the topic column the right one?",
            rows(report.n_of_other_topics)
        ),
    );
    if report.update == Update::Incremental {
        says.push(format!("{} that take entries off", rows(tally.n_removals)));
    }
    for (field, n) in &report.unknown_codes {
        let codes = words::count(*n, "code", "codes");
        says.push(format!("{codes} in “{field}” that no table knows, kept as they are"));
    }
    says
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
    /// The name of the list's own layout.
    own_layout: Option<String>,
    layouts: &'static [Preset],
    layout: String,
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
    pub fn of(frame: Frame, list: &Hotlist, typed: Typed, report: Option<Report>) -> Self {
        let (id, name) = (list.id.to_i64(), list.name.clone());
        let own_layout = list.layout.as_deref().map(layout_name);
        let column = |((name, label, guesses), value)| ColumnField { name, label, value, guesses };
        Self {
            frame,
            id,
            name,
            own_layout,
            layouts: presets(),
            layout: typed.layout,
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
    let shown = ImportPage::of(frame, &list.hotlist, Typed::of(&list.hotlist), None);
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
    Ok(page(status, &ImportPage::of(frame, &list.hotlist, typed, Some(report))))
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
        let ask = ImportAsk { layout: typed.layout()?, dry_run, file_name, size_bytes };
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
        typed.take("class", "TYPE".to_owned());
        typed.take("note", String::new());
        typed.take("delimiter", "tab".to_owned());
        let Some(layout) = typed.layout().unwrap() else { panic!("columns were said") };
        assert_eq!(layout.columns.plate, Column::Name("LIC".to_owned()));
        assert_eq!(layout.columns.state, Some(Column::Number(2)));
        assert_eq!(layout.columns.class, Some(Column::Name("TYPE".to_owned())));
        assert_eq!(layout.columns.note, None);
        let tab = Form::Delimited { delimiter: '\t', quote: Some('"'), header: true };
        assert_eq!(layout.form, tab);
        typed.take("layout", "genetec".to_owned());
        assert_eq!(
            typed.layout().unwrap().map(|layout| layout.name),
            Some("Genetec AutoVu".to_owned())
        );
        typed.take("layout", "list".to_owned());
        assert_eq!(typed.layout().unwrap(), None);
        typed.take("layout", "nonsense".to_owned());
        assert!(typed.layout().is_err());
    }
}
