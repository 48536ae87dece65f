//! Protected events: who keeps them, who asks to look at what was read there because of a crime, and who else decides
//! (`AUS-344.4a4`, `AUSP-prohibited`).

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use domain::access::{
    ApproveNexus, AskNexus, ListCameras, ListPeople, ListProtected, ManageProtected,
};
use domain::protected::{
    NewProtectedEvent, NexusDecision, NexusRequest, ProtectedEvent, ProtectedPlace,
};
use domain::{
    Camera, CameraId, NexusRequestId, PersonId, Position, ProtectedEventId, Timestamp, Withdrawn,
};

use super::add_camera::words;
use super::said::{me, text, wrong};
use crate::protected::work_of;
use crate::record::{About, Leave};
use crate::{App, AskError, Ctx};

/// The widest circle, in metres: a city; what is wider protects whole counties by mistake.
const RADIUS_M_MAX: u32 = 50_000;
/// The longest approval, in hours: three days; what takes longer is asked for again.
pub const NEXUS_HOURS_MAX: u32 = 72;

/// The events of an agency, and who asked.
#[derive(Clone, PartialEq, Debug)]
pub struct ProtectedBoard {
    /// The events, withdrawn ones too, the latest first.
    pub events: Vec<ProtectedEvent>,
    /// Requests, newest first: all for who decides, one's own for others.
    pub requests: Vec<NexusRequest>,
    /// The agency's cameras.
    pub cameras: Vec<Camera>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

impl ProtectedBoard {
    /// The event of this id.
    pub fn event(&self, id: ProtectedEventId) -> Option<&ProtectedEvent> {
        self.events.iter().find(|event| event.id == id)
    }

    /// The cameras before which an event is, each with whether it only counts as such because nobody knows where it stands.
    pub fn cameras_at(&self, event: &ProtectedEvent) -> Vec<(&Camera, bool)> {
        let is_circle = matches!(event.about.place, ProtectedPlace::Circle { .. });
        let before = |camera: &&Camera| event.about.is_before(camera.id, camera.about.position);
        let found = self.cameras.iter().filter(before);
        found.map(|camera| (camera, is_circle && camera.about.position.is_none())).collect()
    }
}

/// The agency's events and requests.
pub async fn protected_board(app: &App, ctx: &Ctx) -> Result<ProtectedBoard, AskError> {
    let act = app.begin::<ListProtected>(ctx, About::nothing_yet()).await?;
    let board = board(app, ctx, act.leave()).await?;
    act.done(board.events.iter().map(|event| thing(event.id)).collect::<Vec<_>>());
    Ok(board)
}

async fn board(app: &App, ctx: &Ctx, leave: &Leave) -> Result<ProtectedBoard, AskError> {
    let failed = || AskError::failed("list protected events");
    let store = &app.inner().store;
    let permit = leave.permit::<ListProtected>()?;
    let events = store.protected_events(&permit).await.map_err(failed())?;
    let mut requests = store.nexus_requests(&permit).await.map_err(failed())?;
    if !ctx.may::<ApproveNexus>() {
        requests.retain(|request| Some(request.person) == ctx.person_id());
    }
    let cameras = store.cameras(&leave.permit::<ListCameras>()?).await.map_err(failed())?;
    let people = store.people(&leave.permit::<ListPeople>()?).await.map_err(failed())?;
    let names = people.into_iter().map(|person| (person.id, person.name)).collect();
    Ok(ProtectedBoard { events, requests, cameras, names })
}

/// Adds an event. From that moment on what was and is read there is protected.
pub async fn add_protected_event(
    app: &App,
    ctx: &Ctx,
    new: NewProtectedEvent,
) -> Result<ProtectedEventId, AskError> {
    let act = app.begin::<ManageProtected>(ctx, About::nothing_yet()).await?;
    words("name", &new.name)?;
    let why = text("why", &new.why)?;
    if new.until <= new.from {
        return Err(wrong("until", "is not after its beginning"));
    }
    let permit = act.leave().permit::<ListCameras>()?;
    let cameras = app.inner().store.cameras(&permit).await;
    let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
    check_place(&new.place, &cameras.iter().map(|camera| camera.id).collect())?;
    let new = NewProtectedEvent { name: new.name.trim().to_owned(), why, ..new };
    let id = app.inner().store.add_protected_event(act.permit(), &new, me(ctx)?, ctx.now).await;
    let id = id.map_err(AskError::failed("add a protected event"))?;
    act.done([format!("{}, added", thing(id))]);
    Ok(id)
}

fn check_place(place: &ProtectedPlace, ours: &BTreeSet<CameraId>) -> Result<(), AskError> {
    match place {
        ProtectedPlace::Cameras(cameras) if cameras.is_empty() => {
            Err(wrong("cameras", "is missing: choose cameras, or give a point and a radius"))
        }
        ProtectedPlace::Cameras(cameras) if !cameras.is_subset(ours) => {
            Err(wrong("cameras", "holds a camera that is not this agency's"))
        }
        ProtectedPlace::Cameras(_) => Ok(()),
        ProtectedPlace::Circle { centre, radius_m } => {
            let Position { latitude, longitude } = centre;
            if !(-90.0..=90.0).contains(latitude) || !(-180.0..=180.0).contains(longitude) {
                return Err(wrong("centre", "is not on earth"));
            }
            let is_good = (1..=RADIUS_M_MAX).contains(radius_m);
            is_good.then_some(()).ok_or_else(|| wrong("radius", "is not 1 to 50,000 metres"))
        }
    }
}

/// Withdraws an event: it protects nothing any more, and stays on record.
pub async fn withdraw_protected_event(
    app: &App,
    ctx: &Ctx,
    id: ProtectedEventId,
    why: &str,
) -> Result<(), AskError> {
    let act = app.begin::<ManageProtected>(ctx, about(id)).await?;
    standing(app, ctx, act.leave(), id).await?;
    let withdrawn = Withdrawn { by: me(ctx)?, at: ctx.now, why: text("why", why)? };
    let done = app.inner().store.withdraw_protected_event(act.permit(), id, &withdrawn).await;
    if !done.map_err(AskError::failed("withdraw a protected event"))? {
        return Err(wrong("event", "was withdrawn"));
    }
    act.done([format!("{}, withdrawn", thing(id))]);
    Ok(())
}

/// Asks to look at what was read at an event, for what one works on: the purpose and the case that were stated, and what
/// connects them with the event.
pub async fn ask_nexus(
    app: &App,
    ctx: &Ctx,
    id: ProtectedEventId,
    nexus: &str,
) -> Result<NexusRequestId, AskError> {
    let act = app.begin::<AskNexus>(ctx, about(id)).await?;
    let event = standing(app, ctx, act.leave(), id).await?;
    if event.withdrawn.is_some() {
        return Err(wrong("event", "was withdrawn: nothing of it is protected"));
    }
    let stated = "is missing: say what you work on first, with its case number";
    let (person, work) = work_of(ctx).ok_or_else(|| wrong("work", stated))?;
    let nexus = text("nexus", nexus)?;
    let asked = app.inner().store.ask_nexus(act.permit(), id, person, &work, &nexus, ctx.now).await;
    let asked = asked.map_err(AskError::failed("ask for a look at a protected event"))?;
    act.done([format!("{}, request {asked}", thing(id))]);
    Ok(asked)
}

/// What somebody decides about a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DecideNexus {
    /// Which.
    pub request: NexusRequestId,
    /// For how many hours it is approved; none: it is refused.
    pub hours: Option<u32>,
    /// Why.
    pub why: String,
}

/// Approves a request that somebody else made, for some hours, or refuses it.
pub async fn decide_nexus(app: &App, ctx: &Ctx, said: &DecideNexus) -> Result<(), AskError> {
    let request = said.request;
    let act = app.begin::<ApproveNexus>(ctx, About::one("request", request)).await?;
    let all = app.inner().store.nexus_requests(&act.leave().permit()?).await;
    let all = all.map_err(AskError::failed("look up a request"))?;
    let found = all.into_iter().find(|one| one.id == request);
    let found = found.ok_or_else(|| AskError::not_found("request", request))?;
    let by = me(ctx)?;
    if found.person == by {
        return Err(wrong("request", "is your own: another supervisor decides it"));
    }
    let until = said.hours.map(|hours| until(ctx.now, hours)).transpose()?;
    let decision = NexusDecision { by, at: ctx.now, why: text("why", &said.why)?, until };
    let done = app.inner().store.decide_nexus(act.permit(), request, &decision).await;
    if !done.map_err(AskError::failed("decide a request"))? {
        return Err(wrong("request", "was decided"));
    }
    let word = if until.is_some() { "approved" } else { "refused" };
    act.done([format!("{}, request {request}, {word}", thing(found.event))]);
    Ok(())
}

fn until(now: Timestamp, hours: u32) -> Result<Timestamp, AskError> {
    if !(1..=NEXUS_HOURS_MAX).contains(&hours) {
        return Err(wrong("hours", "is not 1 to 72"));
    }
    Ok(now.plus(Duration::from_secs(u64::from(hours) * 3600)))
}

async fn standing(
    app: &App,
    ctx: &Ctx,
    leave: &Leave,
    id: ProtectedEventId,
) -> Result<ProtectedEvent, AskError> {
    let board = board(app, ctx, leave).await?;
    let found = board.events.into_iter().find(|event| event.id == id);
    found.ok_or_else(|| AskError::not_found("protected event", id))
}

fn about(id: ProtectedEventId) -> About {
    About::one("protected event", id)
}

fn thing(id: ProtectedEventId) -> String {
    format!("protected event {id}")
}
