//! Having the state's system asked about a hit (`AUS-344.3.2b2`). The answer fills a form: a person reads it and records it.

use std::sync::Arc;
use std::time::Duration;

use domain::access::{AskState, OpenHit};
use domain::life::{Answer, Deed, Life};
use domain::{
    AskEnd, AskFailure, Hit, HitId, PersonId, StateAnswer, StateAsk, StateAskId, Timestamp,
};
use outbound::switch::{AskSwitchError, Question, ReadAnswer, Reply, operator_of};
use plate::{CodeSystem, PlateText};
use sha2::{Digest as _, Sha256};

use crate::bus::Topic;
use crate::cards::read_at;
use crate::policies::InForce;
use crate::record::{About, Act, Leave};
use crate::switches::Switch;
use crate::use_cases::said::{me, wrong};
use crate::{App, AskError, Ctx, chain};

/// Questions of one hit that are shown.
const SHOWN: u32 = 5;
/// The pause before a question is sent again, at first; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(8);
/// How much longer than the switch is waited for a question stands as waiting: its end has to be written down too.
const MARGIN: Duration = Duration::from_secs(10);

/// A question as people see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateAskView {
    /// Which.
    pub id: StateAskId,
    /// Of which system.
    pub system: String,
    /// For whom, by name.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Our reference.
    pub reference: String,
    /// How it ended, and when; none while an answer may come.
    pub end: Option<(Timestamp, AskEnd)>,
    /// What the answer says to people, while it is fresh and for who may record it.
    pub text: Option<String>,
    /// Whether somebody has recorded what the system said since it answered.
    pub is_recorded: bool,
}

/// Has a system asked about the vehicle that was seen: its plate as it was read, or as somebody corrected it.
pub async fn ask_state(app: &App, ctx: &Ctx, id: HitId, system: &str) -> Result<(), AskError> {
    let act = app.begin_in_person::<AskState>(ctx, About::one("hit", id)).await?;
    let leave = act.leave();
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let store = &app.inner().store;
    let hit = store.hit(&leave.permit::<OpenHit>()?, id).await;
    let hit = hit.map_err(AskError::failed("open the hit"))?;
    let hit = hit.ok_or_else(|| AskError::not_found("hit", id))?;
    let life = store.life(&leave.permit()?, id).await;
    let life = life.map_err(AskError::failed("look up what was done with the hit"))?;
    if !life.stage().is_open() {
        return Err(wrong("hit", "this hit is closed: reopen it with a reason, then ask"));
    }
    let switch = can_be_asked(app, ctx, &policy, system)?;
    let question = question(app, ctx, leave, &hit, &life, (&switch, system)).await?;
    let (by, until) = (me(ctx)?, ctx.now.plus(switch.wait + MARGIN));
    let times = (ctx.now, until);
    let added =
        store.add_state_ask(act.permit(), (id, system), &question.reference, by, times).await;
    let added = added.map_err(AskError::failed("write down the question"))?;
    let Some(ask) = added else {
        return Err(wrong("hit", format!("{system} is being asked already: wait for its answer")));
    };
    app.bus().tell(ctx.agency, Topic::Lives, None);
    let exchange = exchange(app.clone(), act, switch, question, (id, ask));
    app.inner().tasks.spawn_until_closing("ask the state", exchange);
    Ok(())
}

/// The systems that can be asked here and now, of those that the policy names.
pub(super) fn askable(app: &App, ctx: &Ctx, policy: &InForce) -> Vec<String> {
    let Some(switch) = app.inner().switches.of(ctx.agency) else { return Vec::new() };
    let systems = policy.bundle.settings().verification.systems.iter();
    systems.filter(|one| switch.systems.contains(one)).cloned().collect()
}

fn can_be_asked(
    app: &App,
    ctx: &Ctx,
    policy: &InForce,
    system: &str,
) -> Result<Arc<Switch>, AskError> {
    let switch = app.inner().switches.of(ctx.agency);
    let is_asked = askable(app, ctx, policy).iter().any(|one| one == system);
    switch.filter(|_| is_asked).ok_or_else(|| {
        wrong("system", "cannot be asked from here: ask at a terminal and record the answer")
    })
}

async fn question(
    app: &App,
    ctx: &Ctx,
    leave: &Leave,
    hit: &Hit,
    life: &Life,
    (switch, system): (&Switch, &str),
) -> Result<Question, AskError> {
    let operator = operator(ctx, switch).await?;
    let work = ctx.person.as_ref().and_then(|person| person.work.as_ref());
    let work = work.ok_or_else(|| {
        wrong("hit", "the state's system is told why it is asked: say what you work on first")
    })?;
    let purpose = switch.purpose_codes.get(&work.purpose).cloned().ok_or_else(|| {
        wrong("hit", "the state's system has no code for the purpose that you work on: ask at a terminal, or state another")
    })?;
    let (plate, state) = seen(app, leave, hit, life).await?;
    Ok(Question {
        system: system.to_owned(),
        ori: switch.ori.clone(),
        operator,
        purpose,
        plate: plate.expose().to_string(),
        state: state.to_owned(),
        reference: reference(app),
    })
}

/// Under which name the state's system knows who asks. Nobody asks under another's.
async fn operator(ctx: &Ctx, switch: &Switch) -> Result<String, AskError> {
    let person = ctx.person.as_ref();
    let login = person.map(|person| person.standing.person.login.as_str().to_owned());
    let login = login.unwrap_or_default();
    let path = switch.operators_file.clone();
    // A file is read, which blocks.
    let found = tokio::task::spawn_blocking(move || operator_of(&path, &login)).await;
    let found = found.map_err(AskError::failed("look up who asks"))?;
    let found = found.map_err(AskError::failed("read the list of operators"))?;
    found.ok_or_else(|| {
        wrong("hit", "the state's system does not know you: whoever runs the server enters your operator's name into its list")
    })
}

/// The plate on the vehicle, as it was read or as somebody corrected it, and who issued it, by NCIC's code.
async fn seen(
    app: &App,
    leave: &Leave,
    hit: &Hit,
    life: &Life,
) -> Result<(PlateText, &'static str), AskError> {
    let read = read_at(app, leave, hit.hit.read).await?;
    let read = read.ok_or_else(|| AskError::not_found("read", hit.hit.read))?.read;
    let corrected = life.deeds().iter().rev().find_map(|done| match &done.deed {
        Deed::Corrected { plate, jurisdiction } => Some((*plate, *jurisdiction)),
        _ => None,
    });
    let (plate, state) = corrected.unwrap_or((read.plate, read.jurisdiction));
    let state = match state.or(read.jurisdiction) {
        Some(state) => Some(state),
        None => {
            let entry = app.inner().store.entry(&leave.permit::<OpenHit>()?, hit.hit.entry).await;
            entry.map_err(AskError::failed("look up the entry"))?.and_then(|one| one.jurisdiction)
        }
    };
    let state = state.ok_or_else(|| {
        wrong("hit", "nobody knows which state issued the plate: record what the picture shows under “The plate was misread”, or ask at a terminal")
    })?;
    let code = state.code_in(CodeSystem::Ncic).ok_or_else(|| {
        wrong("hit", "the state's system has no code for who issued the plate: ask at a terminal")
    })?;
    Ok((plate, code))
}

/// A reference that no other question has.
fn reference(app: &App) -> String {
    let bits = app.inner().chance.bits_256();
    let hex: String = bits.iter().take(8).map(|byte| format!("{byte:02X}")).collect();
    format!("PG{hex}")
}

/// Asks until there is an answer or the time is over, and writes down how it ended. The act stays open meanwhile: its end in
/// the ledger has the answer's digest.
async fn exchange(
    app: App,
    mut act: Act<AskState>,
    switch: Arc<Switch>,
    question: Question,
    (hit, ask): (HitId, StateAskId),
) {
    let asked = tokio::time::timeout(switch.wait, answer(&switch, &question)).await;
    let (end, text) = match asked {
        Err(_) => (AskEnd::Failed(AskFailure::Late), None),
        Ok(Err(why)) => (AskEnd::Failed(why), None),
        Ok(Ok((answer, bytes))) => {
            let digest: String =
                Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            act.took_in(&digest);
            let said = if answer.in_force { Answer::InForce } else { Answer::NotInForce };
            let end = StateAnswer { answer: said, reference: answer.reference, digest };
            (AskEnd::Answered(end), Some(answer.text))
        }
    };
    let now = app.now();
    if let Some(text) = text {
        app.inner().switches.hold(ask, now, text);
    }
    let word = match &end {
        AskEnd::Answered(answer) => answer.answer.word(),
        AskEnd::Failed(why) => why.word(),
    };
    metrics::counter!("plateglass_state_asks_total", "end" => word).increment(1);
    let things = vec![
        format!("hit {hit}, state asked, {word}"),
        format!("state-ask {ask}, reference {}", question.reference),
    ];
    let agency = act.leave().ctx().agency;
    match app.inner().store.end_state_ask(act.permit(), ask, now, &end).await {
        Ok(_) => act.done(things),
        Err(err) => {
            tracing::error!(error = chain(&err), "failed to write down what the state answered");
            act.failed();
        }
    }
    app.bus().tell(agency, Topic::Lives, None);
}

/// The answer, however often the question has to be sent for it. It is the same question each time, by its reference.
async fn answer(switch: &Switch, question: &Question) -> Result<(ReadAnswer, Vec<u8>), AskFailure> {
    let mut pause = FIRST_PAUSE;
    let mut last = AskFailure::Late;
    for _ in 0..TRIES_MAX {
        let (connector, again) = (Arc::clone(&switch.connector), question.clone());
        // The connector blocks.
        let asked = tokio::task::spawn_blocking(move || connector.ask(&again)).await;
        last = match asked {
            Ok(Ok(Reply::Answered(answer, bytes))) => return Ok((answer, bytes)),
            Ok(Ok(Reply::Waiting)) => AskFailure::Late,
            Ok(Err(err)) => {
                tracing::warn!(error = chain(&err), "no answer from the state's switch");
                if !err.may_pass() {
                    return Err(failure(&err));
                }
                failure(&err)
            }
            Err(_) => return Err(AskFailure::Unreachable),
        };
        if last == AskFailure::Unreachable && pause >= UNREACHABLE_PAUSE_MAX {
            break;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
    Err(last)
}

/// Nobody sends the same question more often, whatever a switch says.
const TRIES_MAX: usize = 60;
/// Whoever waits at a traffic stop is told within seconds that nobody is there.
const UNREACHABLE_PAUSE_MAX: Duration = Duration::from_secs(4);

const fn failure(err: &AskSwitchError) -> AskFailure {
    match err {
        AskSwitchError::Unreachable(_) | AskSwitchError::Unavailable(_) => AskFailure::Unreachable,
        AskSwitchError::Certificate(_)
        | AskSwitchError::Refused(_)
        | AskSwitchError::NotAValue(_) => AskFailure::Refused,
        AskSwitchError::Unreadable(_) => AskFailure::Unreadable,
    }
}

/// What was asked about a hit, newest first, for who looks. `reads` says whether they may read what the answers say.
pub(super) async fn asked_of(
    app: &App,
    leave: &Leave,
    hit: HitId,
    (life, reads): (&Life, bool),
    name: impl Fn(PersonId) -> String,
) -> Result<Vec<StateAskView>, AskError> {
    let now = leave.ctx().now;
    let asked = app.inner().store.state_asks(&leave.permit::<OpenHit>()?, hit, SHOWN).await;
    let asked = asked.map_err(AskError::failed("look up what the state's system was asked"))?;
    let view = |one: StateAsk| {
        let end = one.ended(now);
        let recorded_since = |at: Timestamp| {
            life.deeds().iter().any(|done| done.at >= at && is_answer_of(&done.deed, &one.system))
        };
        StateAskView {
            id: one.id,
            by: name(one.by),
            at: one.at,
            text: reads.then(|| app.inner().switches.text(one.id, now)).flatten(),
            is_recorded: end.as_ref().is_some_and(|(at, _)| recorded_since(*at)),
            end,
            reference: one.reference.clone(),
            system: one.system.clone(),
        }
    };
    Ok(asked.into_iter().map(view).collect())
}

fn is_answer_of(deed: &Deed, of: &str) -> bool {
    matches!(deed, Deed::Asked { system, .. } if system == of)
}
