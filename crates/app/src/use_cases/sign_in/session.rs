//! Sessions: kept by the server, known to the browser by a token that says nothing.

use std::sync::Arc;
use std::time::Duration;

use domain::access::OwnAccount;
use domain::{Person, Standing, Timestamp};
use ledger::leaf::{ClearField, Kind, SealedField};
use serde::Serialize;
use store::{SessionRow, SignInRow};

use super::{DeviceToken, Door, SessionToken, SignInRefused, Way, limits, session_ref};
use crate::record::{About, Says};
use crate::use_cases::people::{KeptWith, still_working_on};
use crate::{App, AskError, Ctx, Origin, Part, SignedIn, WorkingOn};

/// A session's use is noted so often.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// How and when somebody showed who they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    way: Way,
    at: Timestamp,
}

impl Shown {
    /// Just now.
    pub(super) fn now(way: Way, app: &App) -> Self {
        Self { way, at: app.now() }
    }

    /// To the agency's provider, when it says.
    pub(super) const fn to_provider(at: Timestamp) -> Self {
        Self { way: Way::Provider, at }
    }
}

/// A session lasts so long, however long ago its person showed who they are.
const SESSION_MIN: Duration = Duration::from_secs(60);

/// Begins a session of somebody who has shown who they are.
pub(super) async fn begin(
    app: &App,
    person: &Person,
    door: &Door,
    shown: Shown,
) -> Result<SessionToken, SignInRefused> {
    let now = app.now();
    let inner = app.inner();
    let token = SessionToken::from_random(inner.chance.bits_256());
    let lasts =
        Duration::from_secs(u64::from(limits(app, person.agency).reauthentication_hours) * 3600);
    let row = SessionRow {
        hash: token.hash(),
        person: person.id,
        begun_at: now,
        expires_at: shown.at.plus(lasts).max(now.plus(SESSION_MIN)),
        authenticated_at: shown.at.min(now),
        used_at: now,
        address: door.address.map(|address| address.to_string()).unwrap_or_default(),
        browser: door.browser.clone(),
        work: None,
    };
    let failed = || SignInRefused::failed("begin a session");
    let standing = inner.store.standing(person.id).await.map_err(failed())?;
    let Some(standing) = standing else { return Err(SignInRefused::Lost) };
    let ctx = ctx_of(app, &row, standing, None, now);
    let ctx = Ctx { origin: Origin { address: door.address, ..ctx.origin }, ..ctx };
    let says = Says::of(app, &ctx);
    let kept = kept(app, person, door, shown.way, now).await?;
    let draft = says.who(Kind::Event, "sign-in").text(ClearField::Decision, "permit");
    app.record(&ctx, says.seal(draft, SealedField::Objects, in_words(&kept))).await?;
    inner.store.add_session(&row).await.map_err(failed())?;
    let device = door.device.as_ref().map(DeviceToken::hash);
    inner.store.add_sign_in(&kept, device.as_ref()).await.map_err(failed())?;
    inner.store.note_use(person.id, now).await.map_err(failed())?;
    Ok(token)
}

/// A sign-in as it is kept: what is new about it is told to whoever watches over sign-ins, who finds it by its person and by
/// the very moment of its leaf.
async fn kept(
    app: &App,
    person: &Person,
    door: &Door,
    way: Way,
    at: Timestamp,
) -> Result<SignInRow, SignInRefused> {
    let failed = || SignInRefused::failed("look up earlier sign-ins");
    let store = &app.inner().store;
    let address = door.address.map(|address| address.to_string()).unwrap_or_default();
    let is_known = match &door.device {
        Some(device) => store.is_known_device(&device.hash(), person.id).await.map_err(failed())?,
        None => false,
    };
    let is_new_address = !store.came_from(person.id, &address).await.map_err(failed())?;
    Ok(SignInRow {
        agency: person.agency,
        person: person.id,
        at,
        way: way.word().to_owned(),
        address,
        browser: door.browser.clone(),
        is_new_device: !is_known,
        is_new_address,
    })
}

fn in_words(kept: &SignInRow) -> String {
    let device = if kept.is_new_device { "new device" } else { "known device" };
    let address = if kept.is_new_address { "new address" } else { "known address" };
    format!("by {}, {device}, {address}", kept.way)
}

/// Who a session token stands for; none when it is unknown, ended, too old or was idle too long. Counts as use.
pub async fn session(
    app: &App,
    token: &SessionToken,
    now: Timestamp,
) -> Result<Option<Ctx>, AskError> {
    let store = &app.inner().store;
    let failed = || AskError::failed("look up the session");
    let hash = token.hash();
    let Some((row, standing)) = store.session(&hash, now).await.map_err(failed())? else {
        return Ok(None);
    };
    let is_usable = standing.person.is_usable(now);
    let idle = now.since(row.used_at);
    let idle_max = idle_max(app, &standing, now);
    let is_over = !is_usable || idle_max.is_some_and(|max| idle > max);
    let work = if is_over {
        None
    } else {
        let with = KeptWith::Session(row.hash);
        still_working_on(app, standing.person.agency, row.work.as_deref(), &with).await?
    };
    let ctx = ctx_of(app, &row, standing, work, now);
    if is_over {
        sign_out(app, &ctx, token).await?;
        return Ok(None);
    }
    if idle >= NOTED_EVERY {
        store.note_session_use(&hash, now).await.map_err(failed())?;
        store.note_use(row.person, now).await.map_err(failed())?;
    }
    Ok(Some(ctx))
}

/// How long somebody may be idle (CJIS AC-11); none for patrol vehicles and dispatch, by their roles.
fn idle_max(app: &App, standing: &Standing, now: Timestamp) -> Option<Duration> {
    let rules = limits(app, standing.person.agency);
    let roles = standing.roles(now);
    let is_exempt =
        !roles.is_empty() && roles.iter().all(|role| rules.idle_lock_exempt.contains(role));
    (!is_exempt).then(|| Duration::from_secs(u64::from(rules.idle_lock_minutes) * 60))
}

fn ctx_of(
    app: &App,
    row: &SessionRow,
    standing: Standing,
    work: Option<WorkingOn>,
    now: Timestamp,
) -> Ctx {
    let agency = standing.person.agency;
    let actor = domain::Actor::Person(agency, standing.person.id);
    let signed_in = SignedIn {
        pseudonym: app.pseudonym_of(actor),
        policy: app.policy(agency),
        standing,
        authenticated_at: row.authenticated_at,
        session: row.hash,
        token: None,
        work,
    };
    Ctx::person(Arc::new(signed_in), now).through(Part::Console).in_session(session_ref(&row.hash))
}

/// Ends a session. Ending it again changes nothing.
pub async fn sign_out(app: &App, ctx: &Ctx, token: &SessionToken) -> Result<(), AskError> {
    app.record(ctx, Says::of(app, ctx).who(Kind::Event, "sign-out")).await?;
    let ended = app.inner().store.end_session(&token.hash()).await;
    ended.map_err(AskError::failed("end the session"))
}

/// A session as its owner sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SessionCard {
    /// A word for it that opens nothing.
    pub session: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// From which address it began.
    pub address: String,
    /// With which browser, as that says.
    pub browser: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

fn word(hash: &[u8; 32]) -> String {
    session_ref(hash).0.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Somebody's own sessions, newest first.
pub async fn own_sessions(app: &App, ctx: &Ctx) -> Result<Vec<SessionCard>, AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::nothing_yet()).await?;
    let Some(signed_in) = &ctx.person else { return Ok(Vec::new()) };
    let rows = app.inner().store.sessions_of(signed_in.standing.person.id, ctx.now).await;
    let rows = rows.map_err(AskError::failed("list somebody's sessions"))?;
    act.done([]);
    let card = |row: SessionRow| SessionCard {
        session: word(&row.hash),
        begun_at: row.begun_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
        address: row.address,
        browser: row.browser,
        is_this: row.hash == signed_in.session,
    };
    Ok(rows.into_iter().map(card).collect())
}

/// Ends one of somebody's own sessions, by its word.
pub async fn end_other_session(app: &App, ctx: &Ctx, session: &str) -> Result<(), AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::one("session", session)).await?;
    let Some(id) = ctx.person_id() else { return Ok(()) };
    let failed = || AskError::failed("end a session");
    let rows = app.inner().store.sessions_of(id, ctx.now).await.map_err(failed())?;
    let row = rows.iter().find(|row| word(&row.hash) == session);
    let row = row.ok_or_else(|| AskError::not_found("session", session))?;
    app.inner().store.end_session(&row.hash).await.map_err(failed())?;
    act.done([format!("session {session}, ended")]);
    Ok(())
}
