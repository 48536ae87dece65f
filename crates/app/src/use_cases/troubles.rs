//! Reports of trouble with equipment or the program: anybody opens one, the chief security officer is told and sees to it that
//! it is closed with what was done (`AUS-344.3.1b`).

use std::collections::HashMap;

use domain::access::{HandleTrouble, ListCameras, ListPeople, ReportTrouble};
use domain::trouble::{NewTrouble, Trouble, TroubleCause, TroubleClosed, TroubleNote, Urgency};
use domain::{CameraId, Permit, PersonId, TroubleId};

use super::said::{me, text, wrong};
use crate::record::{About, Leave};
use crate::reminders::tell_of_troubles;
use crate::{App, AskError, Ctx};

/// Reports of one list.
const TROUBLES: u32 = 500;

/// What somebody reports.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReportingTrouble {
    /// What is wrong.
    pub what: String,
    /// With which camera, if with one.
    pub camera: Option<CameraId>,
    /// The word of how urgent it is.
    pub urgency: String,
}

/// The agency's reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TroubleBoard {
    /// Newest first.
    pub troubles: Vec<Trouble>,
    /// The names of the agency's cameras.
    pub cameras: Vec<(CameraId, String)>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// One report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TroublePage {
    /// It.
    pub trouble: Trouble,
    /// What was noted, oldest first.
    pub notes: Vec<TroubleNote>,
    /// The names of the agency's cameras.
    pub cameras: Vec<(CameraId, String)>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// What was reported.
pub async fn trouble_board(app: &App, ctx: &Ctx) -> Result<TroubleBoard, AskError> {
    let act = app.begin::<ReportTrouble>(ctx, About::nothing_yet()).await?;
    let troubles = app.inner().store.troubles(act.permit(), TROUBLES).await;
    let troubles = troubles.map_err(AskError::failed("list reports of trouble"))?;
    let (cameras, names) = named(app, act.leave()).await?;
    act.done(troubles.iter().map(|one| thing(one.id)).collect::<Vec<_>>());
    Ok(TroubleBoard { troubles, cameras, names })
}

/// One report with its notes.
pub async fn open_trouble(app: &App, ctx: &Ctx, id: TroubleId) -> Result<TroublePage, AskError> {
    let act = app.begin::<ReportTrouble>(ctx, About::one("trouble", id)).await?;
    let trouble = find(app, act.permit(), id).await?;
    let notes = app.inner().store.trouble_notes(act.permit(), id).await;
    let notes = notes.map_err(AskError::failed("list the notes of a report"))?;
    let (cameras, names) = named(app, act.leave()).await?;
    act.done([thing(id)]);
    Ok(TroublePage { trouble, notes, cameras, names })
}

type Named = (Vec<(CameraId, String)>, HashMap<PersonId, String>);

async fn named(app: &App, leave: &Leave) -> Result<Named, AskError> {
    let store = &app.inner().store;
    let cameras = store.cameras(&leave.permit::<ListCameras>()?).await;
    let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
    let people = store.people(&leave.permit::<ListPeople>()?).await;
    let people = people.map_err(AskError::failed("list people"))?;
    let cameras = cameras.into_iter().map(|one| (one.id, one.about.name)).collect();
    Ok((cameras, people.into_iter().map(|one| (one.id, one.name)).collect()))
}

/// Takes somebody's report, and tells who sees to it.
pub async fn report_trouble(
    app: &App,
    ctx: &Ctx,
    said: &ReportingTrouble,
) -> Result<TroubleId, AskError> {
    let act = app.begin::<ReportTrouble>(ctx, About::nothing_yet()).await?;
    let urgency = Urgency::parse(&said.urgency);
    let urgency = urgency.ok_or_else(|| wrong("urgency", "is missing: choose how urgent it is"))?;
    let (cameras, _) = named(app, act.leave()).await?;
    if said.camera.is_some_and(|camera| cameras.iter().all(|(id, _)| *id != camera)) {
        return Err(wrong("camera", "is none of this agency's"));
    }
    let new = NewTrouble {
        cause: TroubleCause::Reported,
        camera: said.camera,
        what: text("what", &said.what)?,
        urgency,
        by: ctx.person_id(),
        at: ctx.now,
    };
    let id = app.inner().store.add_trouble(act.permit(), &new).await;
    let id = id.map_err(AskError::failed("open a report of trouble"))?;
    let id = id.ok_or_else(|| wrong("what", "is reported already"))?;
    act.done([format!("{}, opened", thing(id))]);
    let told = tell_of_troubles(app, ctx.agency, ctx.now).await;
    told.map_err(|err| AskError::Failed { doing: "tell of a report", err })?;
    Ok(id)
}

/// Takes a report: from then on it is somebody's, and the server does not close it.
pub async fn take_trouble(app: &App, ctx: &Ctx, id: TroubleId) -> Result<(), AskError> {
    let act = app.begin::<HandleTrouble>(ctx, About::one("trouble", id)).await?;
    find(app, &act.leave().permit()?, id).await?;
    let done = app.inner().store.take_trouble(act.permit(), id, me(ctx)?, ctx.now).await;
    if !done.map_err(AskError::failed("take a report of trouble"))? {
        return Err(wrong("report", "was taken or closed by somebody else"));
    }
    act.done([format!("{}, taken", thing(id))]);
    Ok(())
}

/// Notes something on a report.
pub async fn note_trouble(app: &App, ctx: &Ctx, id: TroubleId, note: &str) -> Result<(), AskError> {
    let act = app.begin::<HandleTrouble>(ctx, About::one("trouble", id)).await?;
    let note = TroubleNote { by: me(ctx)?, at: ctx.now, text: text("note", note)? };
    let done = app.inner().store.note_trouble(act.permit(), id, &note).await;
    if !done.map_err(AskError::failed("note something on a report"))? {
        return Err(AskError::not_found("report", id));
    }
    act.done([format!("{}, noted", thing(id))]);
    Ok(())
}

/// Closes a report with what was done.
pub async fn close_trouble(
    app: &App,
    ctx: &Ctx,
    id: TroubleId,
    done: &str,
) -> Result<(), AskError> {
    let act = app.begin::<HandleTrouble>(ctx, About::one("trouble", id)).await?;
    find(app, &act.leave().permit()?, id).await?;
    let closed = TroubleClosed { by: Some(me(ctx)?), at: ctx.now, done: text("done", done)? };
    let done = app.inner().store.close_trouble(act.permit(), id, &closed).await;
    if !done.map_err(AskError::failed("close a report of trouble"))? {
        return Err(wrong("report", "is closed"));
    }
    act.done([format!("{}, closed", thing(id))]);
    Ok(())
}

async fn find(
    app: &App,
    permit: &Permit<ReportTrouble>,
    id: TroubleId,
) -> Result<Trouble, AskError> {
    let found = app.inner().store.trouble(permit, id).await;
    let found = found.map_err(AskError::failed("open a report of trouble"))?;
    found.ok_or_else(|| AskError::not_found("report", id))
}

fn thing(id: TroubleId) -> String {
    format!("trouble {id}")
}
