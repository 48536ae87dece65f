//! `POST /training/import`: completions from a file.

use app::App;
use app::training::{CompletionsImported, FILE_BYTES_MAX, import_completions, list_training};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::people::Viewer;
use super::training::TrainingPage;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// What the form around the file may take beside it, in bytes.
const AROUND_BYTES_MAX: usize = 4 * 1024;
/// Largest form, in bytes.
pub(crate) const FORM_BYTES_MAX: usize = FILE_BYTES_MAX + AROUND_BYTES_MAX;

/// `POST /training/import`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    body: Multipart,
) -> Result<Response, PageError> {
    let file = file_of(&staff, body).await?;
    let imported = import_completions(&app, &staff.ctx, &file).await?;
    let listed = list_training(&app, &staff.ctx).await?;
    let status =
        if imported.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = TrainingPage::of(frame, &listed, &Viewer::of(&staff.ctx));
    Ok(page(status, &shown.imported(Imported::of(imported))))
}

/// The file of a form whose token was that of the sender's session.
pub(super) async fn file_of(staff: &Staff, mut body: Multipart) -> Result<Vec<u8>, PageError> {
    let mut is_ours = false;
    while let Some(field) = body.next_field().await.map_err(PageError::bad_form)? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(PageError::bad_form)?;
        match name.as_str() {
            "form_token" => is_ours = staff.wrote(&String::from_utf8_lossy(&bytes)),
            "file" if is_ours => return Ok(bytes.to_vec()),
            "file" => return Err(PageError::ForeignForm),
            _ => {}
        }
    }
    Err(PageError::Bad("no file was sent".to_owned()))
}

/// What came of a file, in words.
#[derive(Debug)]
pub(crate) struct Imported {
    /// What was done.
    pub(crate) says: String,
    /// Rows that cannot be recorded: line and why.
    pub(crate) faults: Vec<(u64, String)>,
}

impl Imported {
    fn of(imported: CompletionsImported) -> Self {
        let CompletionsImported { n_recorded, n_known, faults } = imported;
        let says = if !faults.is_empty() {
            "Nothing was recorded: mend these rows and send the file again.".to_owned()
        } else if n_known == 0 {
            format!("Recorded from the file: {n_recorded}.")
        } else {
            format!("Recorded from the file: {n_recorded}. Known before: {n_known}.")
        };
        Self { says, faults: faults.into_iter().map(|one| (one.line, one.why)).collect() }
    }
}
