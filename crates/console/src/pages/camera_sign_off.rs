//! `POST /cameras/{id}/sign-off/{unit}` and `…/withdraw`: that a camera's place is fair; and how its page shows that.

use std::collections::BTreeSet;

use app::views::CameraPage;
use app::{App, AskError, Ctx, open_camera, sign_off_camera, withdraw_sign_off};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::{AskedSignOff, CameraId, CannotSignOff, PersonId, Role, SignOff};
use policy::Action;
use serde::Deserialize;

use super::camera::OneCamera;
use super::people::Viewer;
use super::person_new::sentence;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// Somebody who may sign off where their role is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signer {
    /// Who.
    pub person: PersonId,
    /// The roles that they hold.
    pub roles: BTreeSet<Role>,
}

impl Signer {
    /// Who acts, where the policy lets them sign off.
    pub(crate) fn of(ctx: &Ctx) -> Option<Self> {
        let signed_in = ctx.person.as_ref()?;
        let may = Viewer::of(ctx).may(Action::SignOffCamera);
        let roles = signed_in.standing.roles(ctx.now);
        may.then_some(Self { person: ctx.person_id()?, roles })
    }
}

/// A sign-off that was given.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) label: String,
    pub(crate) who: String,
    pub(crate) at: Moment,
    pub(crate) note: String,
    /// Who withdrew it, when and why.
    pub(crate) withdrawn: Option<(String, Moment, String)>,
}

/// A unit that is asked.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) word: String,
    pub(crate) label: String,
    pub(crate) clause: String,
    pub(crate) given: Option<Given>,
    pub(crate) may_sign: bool,
    pub(crate) may_withdraw: bool,
    /// Why the reader cannot sign, and who can.
    pub(crate) hint: String,
    pub(crate) note: Field,
    pub(crate) why: Field,
    /// What else was wrong.
    pub(crate) trouble: String,
}

/// The sign-offs of one camera.
#[derive(Debug)]
pub(crate) struct SignOffs {
    pub(crate) units: Vec<Unit>,
    pub(crate) past: Vec<Given>,
    pub(crate) n_missing: usize,
}

impl SignOffs {
    pub(crate) fn of(opened: &CameraPage, signer: Option<&Signer>) -> Self {
        let placing = &opened.placing;
        let in_use = opened.row.camera.disabled_at.is_none();
        let signer = signer.filter(|_| in_use);
        let past = placing.given.iter().filter(|one| one.withdrawn.is_some());
        Self {
            units: placing.asked.iter().map(|asked| unit(opened, asked, signer)).collect(),
            past: past.map(|one| given(opened, one)).collect(),
            n_missing: placing.missing().count(),
        }
    }

    pub(crate) fn refuse(&mut self, unit: &str, field: &str, why: &str, typed: &str) {
        let Some(unit) = self.units.iter_mut().find(|one| one.word == unit) else { return };
        let wrong = Field { value: typed.to_owned(), wrong: sentence(why) };
        match field {
            "note" => unit.note = wrong,
            "why" => unit.why = wrong,
            _ => unit.trouble = format!("{} {why}.", unit.label),
        }
    }
}

fn given(opened: &CameraPage, one: &SignOff) -> Given {
    let name = |id: PersonId| opened.names.get(&id).cloned().unwrap_or_default();
    let label = opened.placing.asked(&one.unit).map_or(&one.unit, |asked| &asked.label);
    let withdrawn = one.withdrawn.as_ref();
    Given {
        label: label.clone(),
        who: name(one.by),
        at: Moment::in_full(one.at),
        note: one.note.clone(),
        withdrawn: withdrawn.map(|one| (name(one.by), Moment::in_full(one.at), one.why.clone())),
    }
}

fn unit(opened: &CameraPage, asked: &AskedSignOff, signer: Option<&Signer>) -> Unit {
    let placing = &opened.placing;
    let may = signer.map(|one| placing.may_sign_off(&asked.unit, one.person, &one.roles));
    let may_withdraw =
        signer.is_some_and(|one| placing.may_withdraw(&asked.unit, one.person, &one.roles));
    let hint = match may {
        Some(Ok(()) | Err(CannotSignOff::Given)) => String::new(),
        Some(Err(CannotSignOff::AddedByThem)) => {
            "You added the camera: somebody else signs off.".to_owned()
        }
        Some(Err(CannotSignOff::GaveAnother)) => {
            "You have signed off for another unit: somebody else signs off for this one.".to_owned()
        }
        Some(Err(_)) | None => {
            format!("Signed off by a person of the role: {}.", asked.role.label())
        }
    };
    Unit {
        word: asked.unit.clone(),
        label: asked.label.clone(),
        clause: asked.clause.clone().unwrap_or_default(),
        given: placing.standing(&asked.unit).map(|one| given(opened, one)),
        may_sign: may == Some(Ok(())),
        may_withdraw,
        hint,
        note: Field::default(),
        why: Field::default(),
        trouble: String::new(),
    }
}

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub(crate) struct Typed {
    #[serde(default)]
    note: String,
    #[serde(default)]
    why: String,
}

/// `POST /cameras/{id}/sign-off/{unit}`
pub(crate) async fn give(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path((id, unit)): Path<(i64, String)>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let camera = CameraId::from_i64(id);
    let done = sign_off_camera(&app, &staff.ctx, camera, &unit, &typed.note).await;
    answer(&app, &staff, frame, (camera, &unit), &typed.note, done).await
}

/// `POST /cameras/{id}/sign-off/{unit}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Path((id, unit)): Path<(i64, String)>,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let camera = CameraId::from_i64(id);
    let done = withdraw_sign_off(&app, &staff.ctx, camera, &unit, &typed.why).await;
    answer(&app, &staff, frame, (camera, &unit), &typed.why, done).await
}

async fn answer(
    app: &App,
    staff: &Staff,
    frame: Frame,
    (camera, unit): (CameraId, &str),
    typed: &str,
    done: Result<(), AskError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/cameras/{camera}")).into_response()),
        Err(AskError::Invalid { field, why }) => {
            let opened = open_camera(app, &staff.ctx, camera).await?;
            let shown = OneCamera::of(frame, &opened, Signer::of(&staff.ctx).as_ref());
            let shown = shown.refused(unit, field, &why, typed);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}
