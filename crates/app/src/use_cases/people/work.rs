//! What somebody works on: the purpose, the case and the reason that stand above everything they look at, until they say
//! otherwise.

use domain::access::OwnAccount;
use domain::{AgencyId, Timestamp, TokenId};
use ledger::leaf::{ClearField, Kind, SealedField};
use policy::reason::{self, Rules};
use policy::{CaseCheck, Offence, ReasonFact, offences};
use serde::{Deserialize, Serialize};

use crate::cases::is_old;
use crate::record::{About, Says, WorkingOn, grade};
use crate::use_cases::oversight::index::WORK_STATED;
use crate::{App, AskError, Ctx};

/// Longest case number and reason, in characters.
const CASE_MAX: usize = 64;
const REASON_MAX: usize = 500;

/// What somebody says that they work on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StateWork {
    /// The purpose's word; empty: nothing any more.
    pub purpose: String,
    /// The case or incident number; may be empty.
    pub case_number: String,
    /// The offence's grade, such as `felony`; may be empty.
    pub offence: String,
    /// Its category, a NIBRS code such as `240`; stands beside the grade, and is empty without one.
    pub offence_category: String,
    /// Why, in their own words; may be empty.
    pub reason: String,
    /// Whether it cannot wait for a case number, which then follows.
    pub exigent: bool,
}

/// A purpose that may be stated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PurposeChoice {
    /// Its word.
    pub word: String,
    /// What people read.
    pub label: String,
    /// Whether a case number has to stand beside it.
    pub needs_case: bool,
    /// Whether a reason has to.
    pub needs_reason: bool,
    /// Whether the offence's category and grade have to.
    pub needs_offence: bool,
    /// The categories for which it may be given, by their NIBRS codes; none: any of the list.
    pub offence_categories: Vec<String>,
    /// Within how many hours the case number follows where a look cannot wait for it; none: it comes first.
    pub exigent_hours: Option<u32>,
}

/// What is stated now, and what may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorkState {
    /// What is stated.
    pub work: Option<WorkingOn>,
    /// The bundle's purposes.
    pub choices: Vec<PurposeChoice>,
    /// A case number as the agency writes them.
    pub case_example: String,
}

/// As it is kept with the session.
#[derive(Serialize, Deserialize)]
struct Kept {
    purpose: String,
    case_number: Option<String>,
    offence: Option<Offence>,
    reason: Option<String>,
    reason_fact: Option<ReasonFact>,
    #[serde(default)]
    exigent: bool,
    #[serde(default)]
    case_check: Option<(CaseCheck, Timestamp)>,
    stated_at: Timestamp,
}

/// What is kept of it.
pub(super) fn kept(work: &WorkingOn) -> String {
    let work = work.clone();
    let kept = Kept {
        purpose: work.purpose,
        case_number: work.case_number,
        offence: work.offence,
        reason: work.reason,
        reason_fact: work.reason_fact,
        exigent: work.exigent,
        case_check: work.case_check,
        stated_at: work.stated_at,
    };
    serde_json::to_string(&kept).unwrap_or_default()
}

pub(crate) fn working_on(kept: &str) -> Option<WorkingOn> {
    let kept: Kept = serde_json::from_str(kept).ok()?;
    Some(WorkingOn {
        exigent: kept.exigent,
        case_check: kept.case_check,
        purpose: kept.purpose,
        case_number: kept.case_number,
        offence: kept.offence,
        reason: kept.reason,
        reason_fact: kept.reason_fact,
        stated_at: kept.stated_at,
    })
}

/// What the signed-in person works on, and what they may state. Shows nothing of anyone.
pub fn work_state(ctx: &Ctx) -> Option<WorkState> {
    let signed_in = ctx.person.as_ref()?;
    let settings = signed_in.policy.as_ref()?.bundle.settings();
    let choice = |one: &policy::settings::Purpose| PurposeChoice {
        word: one.word.clone(),
        label: one.label.clone(),
        needs_case: one.needs_case,
        needs_reason: one.needs_reason,
        needs_offence: one.offence_floor.is_some(),
        offence_categories: one.offence_categories.clone(),
        exigent_hours: one.exigent_hours.filter(|_| one.needs_case),
    };
    Some(WorkState {
        work: signed_in.work.clone(),
        choices: settings.purposes.iter().map(choice).collect(),
        case_example: settings.case_number.example.clone(),
    })
}

/// Says what one works on. What stands in the reason and has no place there (Social Security numbers, dates of birth) is
/// masked before it is kept; a reason that says nothing or names a prohibited use is kept with the session as such, and every
/// look by it is refused with the clause.
pub async fn state_work(app: &App, ctx: &Ctx, said: &StateWork) -> Result<WorkState, AskError> {
    let act = app.begin::<OwnAccount>(ctx, About::nothing_yet()).await?;
    let signed_in = ctx.person.as_ref().ok_or_else(|| AskError::not_found("session", "none"))?;
    let mut work = read(ctx, said)?;
    if let Some(work) = &mut work {
        work.case_check = checked(app, ctx, work.case_number.as_deref()).await;
        put_on_record(app, ctx, work).await?;
    }
    let kept = work.as_ref().map(kept);
    let with = match &signed_in.token {
        Some(token) => KeptWith::Token(token.id),
        None => KeptWith::Session(signed_in.session),
    };
    keep(app, &with, kept.as_deref()).await?;
    let purpose = work.as_ref().map_or("nothing", |work| work.purpose.as_str());
    act.done([format!("works on {purpose}")]);
    let state = work_state(ctx).ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    Ok(WorkState { work, ..state })
}

/// Writes down what somebody said, before it stands for anything: auditors see the reason also where nothing is looked at by it.
async fn put_on_record(app: &App, ctx: &Ctx, work: &WorkingOn) -> Result<(), AskError> {
    let says = Says::of(app, ctx);
    let mut draft =
        says.who(Kind::Event, WORK_STATED).text(ClearField::Purpose, work.purpose.as_str());
    if let Some(case) = &work.case_number {
        draft = says.seal(draft, SealedField::Case, case.as_str());
    }
    if let Some((check, _)) = work.case_check {
        draft = draft.text(ClearField::CaseCheck, check.word());
    }
    if let Some(reason) = &work.reason {
        draft = says.seal(draft, SealedField::Reason, reason.as_str());
    }
    app.record(ctx, draft).await.map(drop)
}

/// What the agency's case system says of a number, and when.
async fn checked(app: &App, ctx: &Ctx, number: Option<&str>) -> Option<(CaseCheck, Timestamp)> {
    let policy = ctx.person.as_ref()?.policy.as_ref()?;
    let check = app.check_case(ctx.agency, policy.bundle.settings(), number?).await?;
    Some((check, app.now()))
}

/// With what it is kept what somebody works on.
#[derive(Debug)]
pub(crate) enum KeptWith {
    /// A session, by the digest of its secret.
    Session([u8; 32]),
    /// A machine's token.
    Token(TokenId),
}

async fn keep(app: &App, with: &KeptWith, work: Option<&str>) -> Result<(), AskError> {
    let store = &app.inner().store;
    let set = match with {
        KeptWith::Session(hash) => store.set_work(hash, work).await,
        KeptWith::Token(id) => store.set_token_work(*id, work).await,
    };
    set.map_err(AskError::failed("note what somebody works on"))
}

/// What somebody works on, as it was kept, with the case number looked up again where that was long ago.
pub(crate) async fn still_working_on(
    app: &App,
    agency: AgencyId,
    was: Option<&str>,
    with: &KeptWith,
) -> Result<Option<WorkingOn>, AskError> {
    let work = was.and_then(working_on);
    let (Some(mut work), Some(policy)) = (work.clone(), app.policy(agency)) else {
        return Ok(work);
    };
    let Some(number) = work.case_number.clone().filter(|_| is_old(work.case_check, app.now()))
    else {
        return Ok(Some(work));
    };
    let check = app.check_case(agency, policy.bundle.settings(), &number).await;
    let check = check.map(|check| (check, app.now()));
    if check.is_some() || work.case_check.is_some() {
        work.case_check = check;
        keep(app, with, Some(&kept(&work))).await?;
    }
    Ok(Some(work))
}

/// The offence that is investigated: its category and its grade, or neither.
fn offence(graded: Option<&str>, category: Option<String>) -> Result<Option<Offence>, AskError> {
    let invalid = |field, why: &str| AskError::Invalid { field, why: why.to_owned() };
    let grade = match graded {
        Some(word) => {
            Some(grade(word).ok_or_else(|| invalid("offence", "is no grade of offence"))?)
        }
        None => None,
    };
    if category.as_deref().is_some_and(|code| offences::category(code).is_none()) {
        return Err(invalid("offence_category", "is no NIBRS code of an offence"));
    }
    match (grade, category) {
        (None, None) => Ok(None),
        (Some(grade), Some(category)) => Ok(Some(Offence { category, grade })),
        (Some(_), None) => {
            Err(invalid("offence_category", "is empty: say what kind of offence it is"))
        }
        (None, Some(_)) => Err(invalid("offence", "is empty: say how grave the offence is")),
    }
}

fn read(ctx: &Ctx, said: &StateWork) -> Result<Option<WorkingOn>, AskError> {
    let invalid = |field, why: &str| AskError::Invalid { field, why: why.to_owned() };
    let trimmed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let Some(purpose) = trimmed(&said.purpose) else { return Ok(None) };
    let policy = ctx.person.as_ref().and_then(|signed_in| signed_in.policy.as_ref());
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let settings = policy.bundle.settings();
    if settings.purpose(&purpose).is_none() && settings.prohibits(&purpose).is_none() {
        return Err(invalid("purpose", "is not one of this agency's purposes"));
    }
    let case_number = trimmed(&said.case_number);
    if case_number.as_ref().is_some_and(|number| number.chars().count() > CASE_MAX) {
        return Err(invalid("case_number", "is longer than 64 characters"));
    }
    let offence = offence(trimmed(&said.offence).as_deref(), trimmed(&said.offence_category))?;
    let reason = trimmed(&said.reason);
    if reason.as_ref().is_some_and(|text| text.chars().count() > REASON_MAX) {
        return Err(invalid("reason", "is longer than 500 characters"));
    }
    let known = settings.purpose(&purpose);
    if said.exigent && known.is_none_or(|one| one.exigent_hours.is_none() || !one.needs_case) {
        return Err(invalid("exigent", "is not for this purpose: it bears delay"));
    }
    let is_machine = ctx.person.as_ref().is_some_and(|signed_in| signed_in.token.is_some());
    if said.exigent && is_machine {
        return Err(invalid("exigent", "is for people to say: a machine's token waits"));
    }
    if said.exigent && reason.is_none() {
        return Err(invalid("reason", "is empty: say why it cannot wait for a case number"));
    }
    let verdict = reason.as_deref().map(|text| reason::judge(text, &Rules::of(settings)));
    Ok(Some(WorkingOn {
        exigent: said.exigent && case_number.is_none(),
        case_check: None,
        case_number,
        offence,
        reason: verdict.as_ref().map(|verdict| verdict.masked.clone()),
        reason_fact: verdict.as_ref().map(reason::Verdict::fact),
        purpose,
        stated_at: ctx.now,
    }))
}
