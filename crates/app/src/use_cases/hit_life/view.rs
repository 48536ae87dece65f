//! A hit's life as people see it.

use std::collections::HashMap;

use domain::access::OpenHit;
use domain::life::{Deed, Done, Life, Need, Outcome, Progress, Stage, Step};
use domain::{Hit, HitId, PersonId, Timestamp};
use policy::Action;

use super::ask_state::{StateAskView, askable, asked_of};
use super::{Colleague, colleagues, is_follow_up, steps_for};
use crate::record::Leave;
use crate::{App, AskError, Ctx};

/// What was done with a hit, and what is still to be done before a stop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LifeView {
    /// How far it has come.
    pub stage: Stage,
    /// Who looks after it.
    pub holder: Option<(PersonId, String)>,
    /// Whether that is who looks.
    pub is_mine: bool,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Every step that is asked for before a stop, in order.
    pub steps: Vec<StepView>,
    /// Those that are missing.
    pub missing: Vec<Step>,
    /// The stop, where there was one: by whom, when, and what had not been done before.
    pub stop: Option<(String, Timestamp, Vec<Step>)>,
    /// Whether the facts of the stop are entered; none where there was no stop, or the policy asks for none.
    pub facts: Option<FactsState>,
    /// Everything that was done, newest first.
    pub history: Vec<Happened>,
    /// The state's systems that can be asked.
    pub systems: Vec<String>,
    /// Those of them that can be asked from here, where who looks may.
    pub askable: Vec<String>,
    /// What they were asked, newest first.
    pub asked: Vec<StateAskView>,
    /// To whom it can be handed, by name.
    pub colleagues: Vec<(PersonId, String)>,
    /// What who looks may do.
    pub may: Vec<Action>,
}

/// Whether the facts of a stop are entered. What they are is nowhere beside the hit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactsState {
    /// They are.
    Entered,
    /// They are not, and who looks made the stop.
    MissingOwn,
    /// They are not: who made the stop enters them.
    Missing,
}

/// One step before a stop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepView {
    /// Which.
    pub step: Step,
    /// How much it is asked for.
    pub need: Need,
    /// The clause that asks for it, where one does.
    pub clause: Option<String>,
    /// How far it has come.
    pub progress: Progress,
    /// What was done last in it.
    pub last: Option<Happened>,
}

/// Something that was done, and by whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// By whom, by name; the server where nobody did.
    pub by: String,
    /// What.
    pub deed: Deed,
    /// Whom the deed names, by name.
    pub whom: Option<String>,
}

/// The life of a hit, for who looks.
pub(crate) async fn life_of(
    app: &App,
    ctx: &Ctx,
    leave: &Leave,
    hit: &Hit,
) -> Result<LifeView, AskError> {
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let life = app.inner().store.life(&leave.permit::<OpenHit>()?, hit.id).await;
    let life = life.map_err(AskError::failed("look up what was done with the hit"))?;
    let names = colleagues(app, leave, &policy).await?;
    let settings = policy.bundle.settings();
    let steps = steps_for(ctx, settings, hit);
    let step = |(step, need): (Step, Need)| StepView {
        step,
        need,
        clause: settings.clause_of_step(step, is_follow_up(ctx)).map(str::to_owned),
        progress: life.progress(step),
        last: life.last(step).map(|done| happened(done, &names)),
    };
    let mut others: Vec<(PersonId, String)> = names
        .iter()
        .filter(|(id, one)| one.may_work && Some(**id) != ctx.person_id())
        .map(|(id, one)| (*id, one.name.clone()))
        .collect();
    others.sort_by(|(_, one), (_, other)| one.cmp(other));
    let may = may(ctx);
    let reads = may.contains(&Action::ConfirmWithState);
    let by = |id| name_of(Some(id), &names);
    let asked = asked_of(app, leave, hit.id, (&life, reads), by).await?;
    let may_ask = may.contains(&Action::AskState);
    Ok(LifeView {
        facts: if settings.stop_facts.is_some() {
            facts_of(app, leave, hit.id, &life).await?
        } else {
            None
        },
        stage: life.stage(),
        holder: life.holder().map(|id| (id, name_of(Some(id), &names))),
        is_mine: life.holder().is_some() && life.holder() == ctx.person_id(),
        outcome: life.outcome(),
        steps: steps.all().map(step).collect(),
        missing: life.missing(&steps),
        stop: stop(&life, &names),
        history: life.deeds().iter().rev().map(|done| happened(done, &names)).collect(),
        systems: settings.verification.systems.clone(),
        askable: if may_ask { askable(app, ctx, &policy) } else { Vec::new() },
        asked,
        colleagues: others,
        may,
    })
}

/// Whether the facts of a hit's stop are entered; none where there was no stop.
async fn facts_of(
    app: &App,
    leave: &Leave,
    hit: HitId,
    life: &Life,
) -> Result<Option<FactsState>, AskError> {
    let Some((stop, _)) = life.stop() else { return Ok(None) };
    let has = app.inner().store.has_stop_facts(&leave.permit::<OpenHit>()?, hit).await;
    let has = has.map_err(AskError::failed("look up whether facts are entered"))?;
    let is_own = stop.by.is_some() && stop.by == leave.ctx().person_id();
    Ok(Some(match (has, is_own) {
        (true, _) => FactsState::Entered,
        (false, true) => FactsState::MissingOwn,
        (false, false) => FactsState::Missing,
    }))
}

/// What of a hit's life somebody may do at all: for which buttons there are.
pub(crate) fn may(ctx: &Ctx) -> Vec<Action> {
    use Action::{
        AskState, ConfirmWithState, CorrectReads, EnterStopFacts, VerifyHits, WorkHits,
        WorkIncidents,
    };
    let Some(person) = &ctx.person else { return Vec::new() };
    let Some(policy) = &person.policy else { return Vec::new() };
    let roles = person.standing.roles(ctx.now);
    let matrix = policy.bundle.matrix();
    let all = [
        WorkHits,
        VerifyHits,
        ConfirmWithState,
        AskState,
        CorrectReads,
        WorkIncidents,
        EnterStopFacts,
    ];
    all.into_iter().filter(|one| roles.iter().any(|role| matrix.permits(*role, *one))).collect()
}

/// Who did something, by name.
pub(crate) fn name_of(id: Option<PersonId>, names: &HashMap<PersonId, Colleague>) -> String {
    let known = |id| names.get(&id).map(|one: &Colleague| one.name.clone());
    match id {
        None => "the server".to_owned(),
        Some(id) => known(id).unwrap_or_else(|| format!("person {id}")),
    }
}

fn happened(done: &Done, names: &HashMap<PersonId, Colleague>) -> Happened {
    let whom = match &done.deed {
        Deed::HandedOver { to } | Deed::Offered { to, .. } => Some(name_of(Some(*to), names)),
        _ => None,
    };
    Happened { at: done.at, by: name_of(done.by, names), deed: done.deed.clone(), whom }
}

fn stop(
    life: &Life,
    names: &HashMap<PersonId, Colleague>,
) -> Option<(String, Timestamp, Vec<Step>)> {
    let (done, missing) = life.stop()?;
    Some((name_of(done.by, names), done.at, missing.to_vec()))
}
