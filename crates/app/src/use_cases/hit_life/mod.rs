//! A hit's life: who took it, what was checked before a stop, what became of it. Nothing here accepts or rejects by itself.

mod ask;
mod ask_state;
mod close;
mod hand_over;
mod incidents;
mod queue;
mod shift;
mod view;

pub use ask::HitAsk;
pub use ask_state::{StateAskView, ask_state};
pub(super) use close::close_hit;
pub use hand_over::{
    HandOverPage, Offer, OfferedRow, OpenRow, Taker, accept_hits, hand_over_page, offer_hits,
};
pub use incidents::{IncidentRow, Incidents, close_incident, list_incidents, see_incident};
pub use queue::{Queue, QueueAsk, QueueRow, hit_queue};
pub(crate) use shift::{shift_end, shifts_from};
pub(crate) use view::life_of;
pub use view::{FactsState, Happened, LifeView, StepView};

use std::collections::HashMap;

use domain::access::{ConfirmWithState, CorrectReads, ListPeople, OpenHit, VerifyHits, WorkHits};
use domain::life::{Deed, Done, Life, NotNow, Outcome, Steps};
use domain::people::Role;
use domain::{Action, Hit, HitId, PersonId};
use ledger::leaf::{Kind, SealedField};
use policy::settings::Settings;
use store::{NewIncident, Suppressed};

use crate::bus::Topic;
use crate::cards::read_at;
use crate::own_entries::hidden_from;
use crate::policies::InForce;
use crate::record::{About, Act, Leave, Says};
use crate::use_cases::oversight::index::STOP_NOT_VERIFIED;
use crate::use_cases::said::{me, wrong};
use crate::{App, AskError, Ctx, matching};

/// So often somebody else may be quicker before one is told to look again.
const TRIES: usize = 4;

/// Does something with a hit: each kind of deed under the permission that the policy has for it.
pub async fn do_with_hit(app: &App, ctx: &Ctx, id: HitId, ask: HitAsk) -> Result<(), AskError> {
    match ask {
        HitAsk::Compare { .. }
        | HitAsk::NotPracticable { .. }
        | HitAsk::Second { .. }
        | HitAsk::CouldNotWait { .. }
        | HitAsk::Weigh { .. }
        | HitAsk::Stop => by::<VerifyHits>(app, ctx, id, ask).await,
        HitAsk::Confirm { .. } => by::<ConfirmWithState>(app, ctx, id, ask).await,
        HitAsk::Correct { .. } => by::<CorrectReads>(app, ctx, id, ask).await,
        HitAsk::Take
        | HitAsk::Release { .. }
        | HitAsk::HandOver { .. }
        | HitAsk::Send { .. }
        | HitAsk::Reject { .. }
        | HitAsk::End { .. }
        | HitAsk::Reopen { .. } => by::<WorkHits>(app, ctx, id, ask).await,
    }
}

async fn by<A: Action>(app: &App, ctx: &Ctx, id: HitId, ask: HitAsk) -> Result<(), AskError> {
    let act = app.begin::<A>(ctx, About::one("hit", id)).await?;
    let leave = act.leave();
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let hit = app.inner().store.hit(&leave.permit::<OpenHit>()?, id).await;
    let hit = hit.map_err(AskError::failed("open the hit"))?;
    let hit = hit.ok_or_else(|| AskError::not_found("hit", id))?;
    if hidden_from(app, ctx).await?.holds(hit.hit.entry) {
        return Err(AskError::not_found("hit", id));
    }
    let names = colleagues(app, leave, &policy).await?;
    let steps = steps_for(ctx, policy.bundle.settings(), &hit);
    let systems = &policy.bundle.settings().verification.systems;
    for _ in 0..TRIES {
        let life = app.inner().store.life(&leave.permit()?, id).await;
        let life = life.map_err(AskError::failed("look up what was done with the hit"))?;
        let deed = ask.clone().deed(systems, || life.missing(&steps))?;
        is_somebody(&deed, &names)?;
        let may = life.may(&deed, ctx.person_id(), &steps);
        may.map_err(|why| not_now(&why, &names))?;
        let done = Done { at: ctx.now, by: ctx.person_id(), deed };
        if kept(app, ctx, &act, &policy, &hit, &life, &done).await? {
            app.bus().tell(ctx.agency, Topic::Lives, None);
            act.done([format!("hit {id}, {}", done.deed.word())]);
            return Ok(());
        }
    }
    Err(wrong("hit", "others are at work on it: look at what they did, then do it again"))
}

/// Keeps a deed, with what follows from it; false where somebody else was quicker.
async fn kept<A: Action>(
    app: &App,
    ctx: &Ctx,
    act: &Act<A>,
    policy: &InForce,
    hit: &Hit,
    life: &Life,
    done: &Done,
) -> Result<bool, AskError> {
    let failed = || AskError::failed("write down what was done with the hit");
    let store = &app.inner().store;
    match &done.deed {
        Deed::Ended { outcome: Outcome::WrongVehicle, .. } => {
            let new = new_incident(app, ctx, act.leave(), policy, hit).await?;
            let permit = act.leave().permit::<WorkHits>()?;
            let added = store.add_incident(&permit, hit.id, life, done, &new).await;
            let is_kept = added.map_err(failed())?.is_some();
            if is_kept {
                let rebuilt = matching::rebuild(app, ctx.agency).await;
                rebuilt.map_err(AskError::failed("take the plate out of the lists"))?;
            }
            Ok(is_kept)
        }
        Deed::Stopped { missing } if !missing.is_empty() => {
            // What stands in the log opens the review: written down whether or not the rest succeeds.
            put_on_record(app, ctx, hit.id).await?;
            store.add_deed(act.permit(), hit.id, life, done).await.map_err(failed())
        }
        _ => store.add_deed(act.permit(), hit.id, life, done).await.map_err(failed()),
    }
}

/// A stop that was not cleared is a violation, and goes to review (`AUS-344.3.2b`, `TWF-401.4e`).
async fn put_on_record(app: &App, ctx: &Ctx, hit: HitId) -> Result<(), AskError> {
    let says = Says::of(app, ctx);
    let draft = says.who(Kind::Event, STOP_NOT_VERIFIED);
    let draft = says.seal(draft, SealedField::Objects, format!("hit {hit}"));
    app.record(ctx, draft).await.map(drop)
}

/// The incident that a stop of a wrong vehicle is: with its deadline, and what the entry raises no more hits for.
async fn new_incident(
    app: &App,
    ctx: &Ctx,
    leave: &Leave,
    policy: &InForce,
    hit: &Hit,
) -> Result<NewIncident, AskError> {
    let by = me(ctx)?;
    let entry = app.inner().store.entry(&leave.permit::<OpenHit>()?, hit.hit.entry).await;
    let entry = entry.map_err(AskError::failed("look up the entry"))?;
    let read = read_at(app, leave, hit.hit.read).await?;
    let suppressed = entry.zip(read).map(|(entry, read)| Suppressed {
        hotlist: hit.hit.entry.hotlist,
        entry: entry.plate,
        plate: read.read.plate,
    });
    let shifts = &policy.bundle.settings().verification.shifts;
    let due_at = shift_end(ctx.now, &policy.zone, shifts);
    Ok(NewIncident { reported_by: by, due_at, suppressed })
}

/// The steps before a stop on this hit, for who asks: whoever follows up in a case has no exception (`AUS-344.3.2b3a`).
pub(crate) fn steps_for(ctx: &Ctx, settings: &Settings, hit: &Hit) -> Steps {
    let steps = settings.steps_before_a_stop(is_follow_up(ctx));
    steps.and_of_the_hit(hit.hit.grade, hit.hit.jurisdiction_fit, hit.class_fit)
}

/// Whether who asks is an investigator, whatever else they are: the stricter rule holds.
pub(crate) fn is_follow_up(ctx: &Ctx) -> bool {
    let held = ctx.person.as_ref().map(|person| person.standing.roles(ctx.now));
    held.is_some_and(|roles| roles.contains(&Role::Investigator))
}

/// Everybody who may look after hits, by name.
pub(crate) async fn colleagues(
    app: &App,
    leave: &Leave,
    policy: &InForce,
) -> Result<HashMap<PersonId, Colleague>, AskError> {
    let failed = || AskError::failed("list people");
    let (store, permit) = (&app.inner().store, leave.permit::<ListPeople>()?);
    let now = leave.ctx().now;
    let matrix = policy.bundle.matrix();
    let grants = store.grants(&permit).await.map_err(failed())?;
    let people = store.people(&permit).await.map_err(failed())?;
    let named = people.into_iter().map(|person| {
        let mut own = grants.iter().filter(|grant| grant.person == person.id);
        let may =
            own.any(|one| one.counts_at(now) && matrix.permits(one.role, policy::Action::WorkHits));
        let may_work = may && person.is_usable(now);
        (person.id, Colleague { name: person.name, may_work })
    });
    Ok(named.collect())
}

/// Somebody of the agency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Colleague {
    /// What people call them.
    pub(crate) name: String,
    /// Whether a hit can be handed to them.
    pub(crate) may_work: bool,
}

fn is_somebody(deed: &Deed, names: &HashMap<PersonId, Colleague>) -> Result<(), AskError> {
    let (Deed::HandedOver { to } | Deed::Offered { to, .. }) = deed else { return Ok(()) };
    if names.get(to).is_some_and(|one| one.may_work) {
        return Ok(());
    }
    Err(wrong("to", "is nobody who may look after hits: choose one of the list"))
}

/// Why not, with the name of who has it.
fn not_now(why: &NotNow, names: &HashMap<PersonId, Colleague>) -> AskError {
    let why = match why {
        NotNow::HeldBy(person) => {
            let name = names.get(person).map_or("somebody else", |one| one.name.as_str());
            format!("{name} has taken this hit: they look after it, or hand it to you")
        }
        other => other.to_string(),
    };
    wrong("hit", why)
}
