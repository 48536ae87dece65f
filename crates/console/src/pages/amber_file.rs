//! `GET` and `POST /hotlists/{id}/alerts/file`: a file of messages of AMBER alerts from somebody's hand.

use app::{
    App, AskError, CAP_BYTES_MAX, CapRefused, CapTaken, may_send, open_hotlist, take_amber_file,
};
use askama::Template;
use axum::extract::multipart::Field as Part;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::HotlistId;
use domain::access::ManageHotlists;

use super::person_new::sentence;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Largest form, in bytes. A file that is too large is read to here, so that the page can say so; what is larger is broken off.
pub(crate) const FORM_BYTES_MAX: usize = 8 * CAP_BYTES_MAX;
/// What stands in the form beside the file, in bytes.
const TEXT_BYTES_MAX: usize = 256;

/// What came of a file.
#[derive(Clone, Debug)]
struct Report {
    /// Whether anything of it is new.
    is_new: bool,
    /// What was counted, one sentence each.
    counted: Vec<String>,
    refused: Vec<CapRefused>,
    more_refused: bool,
}

impl Report {
    fn of(taken: &CapTaken) -> Self {
        let CapTaken { n_messages, n_new, n_other, n_refused, refused } = taken;
        let messages = |n: u64| words::count(n, "message", "messages");
        let many = |n: &usize| u64::try_from(*n).unwrap_or(u64::MAX);
        let known = many(n_messages).saturating_sub(many(n_new));
        let all = [
            (many(n_new), format!("{} taken in", messages(many(n_new)))),
            (known, format!("{} known before, not changed", messages(known))),
            (*n_other, format!("{} about something else, left out", messages(*n_other))),
            (*n_refused, format!("{} that cannot be read, left out", messages(*n_refused))),
        ];
        Self {
            is_new: *n_new > 0,
            counted: all.into_iter().filter(|(n, _)| *n > 0).map(|(_, says)| says).collect(),
            refused: refused.clone(),
            more_refused: *n_refused > many(&refused.len()),
        }
    }
}

/// The form, with what came of what was sent.
#[derive(Template, Debug)]
#[template(path = "pages/amber_file.html")]
pub struct FilePage {
    frame: Frame,
    list: i64,
    name: String,
    wrong: String,
    report: Option<Report>,
}

impl FilePage {
    /// The form for a list.
    pub fn of(frame: Frame, list: HotlistId, name: &str) -> Self {
        let (wrong, report) = (String::new(), None);
        Self { frame, list: list.to_i64(), name: name.to_owned(), wrong, report }
    }

    /// The same with what was taken.
    #[must_use]
    pub fn taken(self, taken: &CapTaken) -> Self {
        Self { report: Some(Report::of(taken)), ..self }
    }

    /// The same with why nothing was.
    #[must_use]
    pub fn refused(self, why: &str) -> Self {
        Self { wrong: sentence(why), ..self }
    }
}

/// `GET /hotlists/{id}/alerts/file`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    may_send::<ManageHotlists>(&app, &staff.ctx).await?;
    let list = open_hotlist(&app, &staff.ctx, HotlistId::from_i64(id)).await?.hotlist;
    Ok(page(StatusCode::OK, &FilePage::of(frame, list.id, &list.name)))
}

/// `POST /hotlists/{id}/alerts/file`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    body: Multipart,
) -> Result<Response, PageError> {
    may_send::<ManageHotlists>(&app, &staff.ctx).await?;
    let list = open_hotlist(&app, &staff.ctx, HotlistId::from_i64(id)).await?.hotlist;
    let shown = FilePage::of(frame, list.id, &list.name);
    let done = match file_of(&staff, body).await? {
        Ok(file) => take_amber_file(&app, &staff.ctx, list.id, file).await,
        Err(why) => Err(AskError::Invalid { field: "file", why: why.to_owned() }),
    };
    match done {
        Ok(taken) => Ok(page(StatusCode::OK, &shown.taken(&taken))),
        Err(AskError::Invalid { why, .. }) => {
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown.refused(&why)))
        }
        Err(err) => Err(err.into()),
    }
}

type Sent = Result<Vec<u8>, &'static str>;

/// The file of a form whose token was that of the sender's session, or what is wrong with it.
async fn file_of(staff: &Staff, mut body: Multipart) -> Result<Sent, PageError> {
    let mut is_ours = false;
    while let Some(part) = body.next_field().await.map_err(PageError::bad_form)? {
        match part.name().unwrap_or_default() {
            "form_token" => {
                let token = up_to(part, TEXT_BYTES_MAX).await?.unwrap_or_default();
                is_ours = staff.wrote(&String::from_utf8_lossy(&token));
            }
            "file" if is_ours => {
                let file = up_to(part, CAP_BYTES_MAX).await?;
                return Ok(match file {
                    None => Err("is larger than 4 MB: a message has some kilobytes"),
                    // A browser sends an empty part where no file was chosen.
                    Some(bytes) if bytes.is_empty() => Err("is empty: choose the alert’s file"),
                    Some(bytes) => Ok(bytes),
                });
            }
            "file" => return Err(PageError::ForeignForm),
            _ => {}
        }
    }
    Err(PageError::Bad("no file was sent".to_owned()))
}

/// A part of the form; none where it is larger. It is read to its end all the same.
async fn up_to(mut part: Part<'_>, n_bytes_max: usize) -> Result<Option<Vec<u8>>, PageError> {
    let mut bytes = Vec::new();
    let mut fits = true;
    while let Some(piece) = part.chunk().await.map_err(PageError::bad_form)? {
        fits = fits && bytes.len() + piece.len() <= n_bytes_max;
        if fits {
            bytes.extend_from_slice(&piece);
        }
    }
    Ok(fits.then_some(bytes))
}
