//! Reports of trouble.

use std::collections::HashMap;

use app::troubles::{ReportingTrouble, TroubleBoard, TroublePage};
use domain::trouble::Trouble;
use domain::{CameraId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::who::WhoOut;

type Names = HashMap<PersonId, String>;

/// What is wrong.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TroubleIn {
    /// In one's own words.
    what: String,
    /// With which camera, if with one.
    #[serde(default)]
    camera: Option<i64>,
    /// `low`, `normal`, `high`.
    #[schema(example = "normal")]
    urgency: String,
}

impl From<TroubleIn> for ReportingTrouble {
    fn from(said: TroubleIn) -> Self {
        let camera = said.camera.map(CameraId::from_i64);
        Self { what: said.what, camera, urgency: said.urgency }
    }
}

/// What was done about it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TroubleDoneIn {
    /// In one's own words.
    pub(crate) done: String,
}

/// A report that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct TroubleMadeOut {
    pub(crate) trouble: i64,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(crate) struct TroubleOut {
    trouble: i64,
    /// Why it was opened, in a word.
    cause: &'static str,
    camera: Option<i64>,
    what: String,
    urgency: &'static str,
    /// Who reported it; null: the server.
    by: Option<WhoOut>,
    #[schema(format = DateTime)]
    at: String,
    taken_by: Option<WhoOut>,
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    closed_by: Option<WhoOut>,
    /// What was done.
    done: Option<String>,
}

impl TroubleOut {
    fn of(one: &Trouble, names: &Names) -> Self {
        let who = |id: PersonId| WhoOut::of(id, names.get(&id));
        let closed = one.closed.as_ref();
        Self {
            trouble: one.id.to_i64(),
            cause: one.about.cause.word(),
            camera: one.about.camera.map(CameraId::to_i64),
            what: one.about.what.clone(),
            urgency: one.about.urgency.word(),
            by: one.about.by.map(who),
            at: one.about.at.to_string(),
            taken_by: one.taken.map(|(by, _)| who(by)),
            closed_at: closed.map(|closed| closed.at.to_string()),
            closed_by: closed.and_then(|closed| closed.by).map(who),
            done: closed.map(|closed| closed.done.clone()),
        }
    }

    pub(crate) fn all(board: &TroubleBoard) -> Vec<Self> {
        board.troubles.iter().map(|one| Self::of(one, &board.names)).collect()
    }
}

/// A note on a report.
#[derive(Serialize, ToSchema)]
pub(crate) struct TroubleNoteOut {
    by: WhoOut,
    #[schema(format = DateTime)]
    at: String,
    text: String,
}

/// One report with its notes.
#[derive(Serialize, ToSchema)]
pub(crate) struct TroublePageOut {
    #[serde(flatten)]
    trouble: TroubleOut,
    /// Oldest first.
    notes: Vec<TroubleNoteOut>,
}

impl From<TroublePage> for TroublePageOut {
    fn from(page: TroublePage) -> Self {
        let note = |one: domain::trouble::TroubleNote| TroubleNoteOut {
            by: WhoOut::of(one.by, page.names.get(&one.by)),
            at: one.at.to_string(),
            text: one.text,
        };
        Self {
            trouble: TroubleOut::of(&page.trouble, &page.names),
            notes: page.notes.into_iter().map(note).collect(),
        }
    }
}
