//! `POST /api/v1/hotlists/{hotlist}/import`

use app::use_cases::import_hotlist::{PipeWriter, pipe};
use app::{Column, Columns, Ctx, Encoding, Form, ImportAsk, Layout, Preset, presets};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::{Extension, Json};
use domain::HotlistId;
use plate::CodeSystem;
use serde::Deserialize;
use tokio_stream::StreamExt as _;
use utoipa::IntoParams;

use crate::body::hotlist::ReportOut;
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// How the file is written: by the list's own layout when nothing is said, by one that comes with the program, or by columns, each
/// by its name in the first row or by its number from 1.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// A layout that comes with the program: `csv`, `own`, `genetec`, `vigilant`…
    #[serde(default)]
    layout: String,
    /// The plate or pattern.
    #[serde(default)]
    plate: String,
    #[serde(default)]
    state: String,
    /// `ncic` (when nothing is said) or `postal`: which two-letter codes the state column holds.
    #[serde(default)]
    state_codes: String,
    #[serde(default)]
    make: String,
    #[serde(default)]
    model: String,
    #[serde(default)]
    colour: String,
    #[serde(default)]
    year: String,
    /// A case or NCIC number.
    #[serde(default)]
    reference: String,
    #[serde(default)]
    note: String,
    /// One ASCII character; `,` when nothing is said.
    #[serde(default)]
    delimiter: Option<char>,
    /// Whether the first row holds names; true when nothing is said.
    #[serde(default)]
    header: Option<bool>,
    /// `detect`, `utf8`, `utf16`, `latin1`.
    #[serde(default)]
    encoding: String,
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
    /// The file's name, for the record.
    #[serde(default)]
    file_name: String,
}

impl ImportQuery {
    fn layout(&self) -> Result<Option<Layout>, ApiError> {
        if let Some(plate) = Column::parse(&self.plate) {
            return self.by_columns(plate).map(Some);
        }
        if self.layout.is_empty() {
            return Ok(None);
        }
        let preset = Preset::of(&self.layout).and_then(|preset| preset.layout().ok());
        let words: Vec<_> = presets().iter().map(|preset| preset.word).collect();
        let expected =
            || ApiError::invalid("layout", format!("expected one of {}", words.join(", ")));
        preset.map(Some).ok_or_else(expected)
    }

    fn by_columns(&self, plate: Column) -> Result<Layout, ApiError> {
        let base = Layout::plain(plate.clone());
        Ok(Layout {
            form: Form::Delimited {
                delimiter: self.delimiter.unwrap_or(','),
                quote: Some('"'),
                header: self.header.unwrap_or(true),
            },
            encoding: match self.encoding.as_str() {
                "" => base.encoding,
                word => Encoding::parse(word).ok_or_else(|| {
                    ApiError::invalid("encoding", "expected detect, utf8, utf16 or latin1")
                })?,
            },
            state_codes: match self.state_codes.as_str() {
                "" => base.state_codes,
                "ncic" => CodeSystem::Ncic,
                "postal" => CodeSystem::Postal,
                _ => return Err(ApiError::invalid("state_codes", "expected ncic or postal")),
            },
            columns: Columns {
                state: Column::parse(&self.state),
                make: Column::parse(&self.make),
                model: Column::parse(&self.model),
                colour: Column::parse(&self.colour),
                year: Column::parse(&self.year),
                reference: Column::parse(&self.reference),
                note: Column::parse(&self.note),
                ..Columns::of_plate(plate)
            },
            ..base
        })
    }
}

/// Import a file: all of it or nothing, put in force at once, or left to a person where it has much fewer entries than the list in
/// force. The body is the file, of any length; how far it is can be asked meanwhile.
#[utoipa::path(
    post, path = "/api/v1/hotlists/{hotlist}/import", tag = "hotlists",
    params(("hotlist" = i64, Path), ImportQuery),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, body = ReportOut), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn import_hotlist(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hotlist): Path<i64>,
    Query(query): Query<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ReportOut>, ApiError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let ask = ImportAsk {
        layout: query.layout()?,
        dry_run: query.dry_run,
        file_name: query.file_name.chars().filter(|c| !c.is_control()).take(200).collect(),
        size_bytes: length.and_then(|text| text.parse().ok()),
    };
    let (writer, reader) = pipe();
    let import =
        app::import_hotlist(&api.app, &ctx, HotlistId::from_i64(hotlist), Box::new(reader), ask);
    let (report, ()) = tokio::join!(import, feed(writer, body));
    Ok(Json(report?.into()))
}

async fn feed(writer: PipeWriter, body: Body) {
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => {
                if !writer.write(piece).await {
                    return;
                }
            }
            Err(err) => return writer.fail(err.to_string()).await,
        }
    }
    writer.finish().await;
}
