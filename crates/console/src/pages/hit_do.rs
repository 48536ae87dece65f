//! `POST /hits/{id}/…`: what is done with a hit, one address a deed.

use app::{App, AskError, HitAsk, ask_state, do_with_hit, open_hit};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, post};
use domain::{HitId, PersonId};
use serde::Deserialize;

use super::hit::OneHit;
use crate::error::PageError;
use crate::form::Checked;
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// An address, and what its form means.
type Way = (&'static str, fn(Typed) -> HitAsk);

/// Every deed's address below a hit's, and what it means. The permission is the deed's own.
pub(crate) const DEEDS: [Way; 15] = [
    ("/hits/{id}/take", |_| HitAsk::Take),
    ("/hits/{id}/release", |typed| HitAsk::Release { why: typed.why }),
    ("/hits/{id}/hand-over", |typed| HitAsk::HandOver { to: PersonId::from_i64(typed.to) }),
    ("/hits/{id}/send", |typed| HitAsk::Send { how: typed.how, note: typed.note }),
    ("/hits/{id}/reject", |typed| HitAsk::Reject { why: typed.why, note: typed.note }),
    ("/hits/{id}/compare", |typed| HitAsk::Compare {
        part: typed.part,
        agrees: typed.agrees,
        note: typed.note,
    }),
    ("/hits/{id}/confirm", |typed| HitAsk::Confirm {
        system: typed.system,
        answer: typed.answer,
        reference: typed.reference,
    }),
    ("/hits/{id}/not-practicable", |typed| HitAsk::NotPracticable { why: typed.why }),
    ("/hits/{id}/second", |typed| HitAsk::Second { note: typed.note }),
    ("/hits/{id}/could-not-wait", |typed| HitAsk::CouldNotWait { why: typed.why }),
    ("/hits/{id}/weigh", |typed| HitAsk::Weigh { note: typed.note }),
    ("/hits/{id}/stop", |_| HitAsk::Stop),
    ("/hits/{id}/end", |typed| HitAsk::End {
        outcome: typed.outcome,
        case: typed.case,
        offence: typed.offence,
        note: typed.note,
    }),
    ("/hits/{id}/correct", |typed| HitAsk::Correct { plate: typed.plate, state: typed.state }),
    ("/hits/{id}/reopen", |typed| HitAsk::Reopen { why: typed.why }),
];

/// What was typed. What a deed does not ask for is left out.
#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub(crate) struct Typed {
    why: String,
    to: i64,
    how: String,
    note: String,
    part: String,
    agrees: String,
    system: String,
    answer: String,
    reference: String,
    outcome: String,
    case: String,
    offence: String,
    plate: String,
    state: String,
    /// The page to which one returns: `car`, or the hit's own.
    back: String,
}

/// What takes a deed's form.
pub(crate) fn taking(ask: fn(Typed) -> HitAsk) -> MethodRouter<App> {
    post(
        move |State(app): State<App>,
              staff: Staff,
              frame: Frame,
              Path(id): Path<i64>,
              Checked(typed): Checked<Typed>| async move {
            let is_in_car = typed.back == "car";
            let id = HitId::from_i64(id);
            done(&app, &staff, frame, id, ask(typed), is_in_car).await
        },
    )
}

/// Which of the state's systems is asked.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    system: String,
}

/// `POST /hits/{id}/ask`
pub(crate) async fn ask(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path(id): Path<i64>,
    Checked(asked): Checked<Asked>,
) -> Result<Response, PageError> {
    let id = HitId::from_i64(id);
    let outcome = ask_state(&app, &staff.ctx, id, &asked.system).await;
    answered(&app, &staff, frame, id, outcome, false).await
}

async fn done(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: HitId,
    ask: HitAsk,
    is_in_car: bool,
) -> Result<Response, PageError> {
    let outcome = do_with_hit(app, &staff.ctx, id, ask).await;
    answered(app, staff, frame, id, outcome, is_in_car).await
}

/// Back to the hit's page, or the car's; with what is wrong on it where nothing was done.
async fn answered(
    app: &App,
    staff: &Staff,
    frame: Frame,
    id: HitId,
    outcome: Result<(), AskError>,
    is_in_car: bool,
) -> Result<Response, PageError> {
    match outcome {
        Ok(()) if is_in_car => Ok(Redirect::to(&format!("/car?hit={id}")).into_response()),
        Ok(()) => Ok(Redirect::to(&format!("/hits/{id}")).into_response()),
        Err(AskError::Invalid { field, why }) if is_in_car => {
            super::car::refused(app, staff, frame, id, (field, &why)).await
        }
        Err(AskError::Invalid { field, why }) => {
            let hit = open_hit(app, &staff.ctx, id).await?;
            let shown = OneHit::of(frame, &hit).refused(field, &why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
