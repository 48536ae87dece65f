//! What is done with a hit, and how far it has come.

use app::stop_facts::StopFactsAsk;
use app::{Happened, LifeView, Queue, QueueRow, StateAskView, StepView};
use domain::life::{Answer, Deed, Outcome, Progress, Stage};
use domain::{AskEnd, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hit::HitOut;
use super::who::WhoOut;

/// A reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhyIn {
    /// In one's own words.
    pub(crate) why: String,
}

/// What was seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotedIn {
    /// In one's own words.
    #[serde(default)]
    pub(crate) note: String,
}

/// To whom a hit is handed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandOverIn {
    /// A person who may look after hits.
    pub(crate) to: i64,
}

/// How patrol was told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendIn {
    /// `dispatched`, `broadcast`, `patrol-notified`.
    #[schema(example = "dispatched")]
    pub(crate) how: String,
    /// To whom, with what.
    pub(crate) note: String,
}

/// Why a hit is rejected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectIn {
    /// `misread`, `wrong-state`, `wrong-vehicle`, `stale-list`, `duplicate`, `no-action`.
    #[schema(example = "misread")]
    pub(crate) why: String,
    /// In one's own words.
    #[serde(default)]
    pub(crate) note: String,
}

/// What the comparison shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompareIn {
    /// `plate`, `state`, `vehicle`.
    #[schema(example = "plate")]
    pub(crate) part: String,
    /// Whether picture and entry agree.
    pub(crate) agrees: bool,
    /// What was seen.
    #[serde(default)]
    pub(crate) note: String,
}

/// What the state's system said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmIn {
    /// A system of the policy: `NCIC`.
    pub(crate) system: String,
    /// `in-force`, `not-in-force`, `no-answer`.
    #[schema(example = "in-force")]
    pub(crate) answer: String,
    /// Its reference.
    #[serde(default)]
    pub(crate) reference: String,
}

/// Which system is asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskStateIn {
    /// A system of the policy: `NCIC`.
    pub(crate) system: String,
}

/// What became of a hit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndIn {
    /// `located`, `recovered`, `arrest`, `prosecution`, `missing-found`, `citation`, `no-stop`, `not-located`, `misread`,
    /// `wrong-state`, `stale-list`, `wrong-vehicle`.
    #[schema(example = "recovered")]
    pub(crate) outcome: String,
    /// Where there is one.
    #[serde(default)]
    pub(crate) case_number: String,
    #[serde(default)]
    pub(crate) offence: String,
    /// Anything else.
    #[serde(default)]
    pub(crate) note: String,
}

/// What the picture shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectIn {
    pub(crate) plate: String,
    /// Two letters; left out where it cannot be seen.
    #[serde(default)]
    pub(crate) state: String,
}

/// The facts of a stop. They are counted and let go of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StopFactsIn {
    /// An entry of the policy's list.
    driver_race: String,
    /// An entry of the policy's list.
    driver_gender: String,
    /// The same of the victim; left out where there was none.
    #[serde(default)]
    victim_race: String,
    #[serde(default)]
    victim_gender: String,
    /// The offence's NIBRS code.
    #[schema(example = "240")]
    offence: String,
    /// `with`, `without`: whether the detention was part of an investigation.
    #[schema(example = "with")]
    investigation: String,
}

impl StopFactsIn {
    pub(crate) fn ask(self) -> StopFactsAsk {
        let Self { driver_race, driver_gender, victim_race, victim_gender, offence, investigation } =
            self;
        StopFactsAsk {
            driver_race,
            driver_gender,
            victim_race,
            victim_gender,
            offence,
            investigation,
        }
    }
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct HappenedOut {
    #[schema(format = DateTime)]
    at: String,
    /// By whom, by name.
    by: String,
    /// Its word, such as `compared`; beside it what was said.
    #[schema(value_type = Object)]
    deed: Deed,
}

impl From<Happened> for HappenedOut {
    fn from(one: Happened) -> Self {
        Self { at: one.at.to_string(), by: one.by, deed: one.deed }
    }
}

/// A step before a stop.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepOut {
    /// `plate`, `state`, `vehicle`, `in-force`, `second-officer`, `risk`.
    step: &'static str,
    /// `always`, `if-practicable`, `unless-exigent`.
    need: &'static str,
    clause: Option<String>,
    /// `waiting`, `holds`, `against`, `excused`.
    progress: &'static str,
    last: Option<HappenedOut>,
}

impl From<StepView> for StepOut {
    fn from(one: StepView) -> Self {
        Self {
            step: one.step.word(),
            need: one.need.word(),
            clause: one.clause,
            progress: match one.progress {
                Progress::Waiting => "waiting",
                Progress::Holds => "holds",
                Progress::Against => "against",
                Progress::Excused => "excused",
            },
            last: one.last.map(HappenedOut::from),
        }
    }
}

/// A question to the state's system. Its answer is no confirmation: a person reads it and records it.
#[derive(Serialize, ToSchema)]
pub(crate) struct StateAskOut {
    ask: i64,
    system: String,
    /// For whom, by name.
    by: String,
    #[schema(format = DateTime)]
    at: String,
    reference: String,
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// `in-force`, `not-in-force`; null without an answer.
    answer: Option<&'static str>,
    /// The state's own reference.
    state_reference: Option<String>,
    /// The SHA-256 of the answer as it came.
    digest: Option<String>,
    /// `unreachable`, `refused`, `unreadable`, `late`; null otherwise.
    failure: Option<&'static str>,
    /// What the answer says to people, while it is fresh.
    text: Option<String>,
    /// Whether somebody has recorded what it says.
    is_recorded: bool,
}

impl From<StateAskView> for StateAskOut {
    fn from(one: StateAskView) -> Self {
        let (ended_at, end) = one.end.unzip();
        let (answered, failed) = match end {
            Some(AskEnd::Answered(answer)) => (Some(answer), None),
            Some(AskEnd::Failed(why)) => (None, Some(why)),
            None => (None, None),
        };
        Self {
            ask: one.id.to_i64(),
            system: one.system,
            by: one.by,
            at: one.at.to_string(),
            reference: one.reference,
            ended_at: ended_at.map(|at| at.to_string()),
            answer: answered.as_ref().map(|answer| Answer::word(answer.answer)),
            state_reference: answered.as_ref().map(|answer| answer.reference.clone()),
            digest: answered.map(|answer| answer.digest),
            failure: failed.map(domain::AskFailure::word),
            text: one.text,
            is_recorded: one.is_recorded,
        }
    }
}

/// How far a hit has come.
#[derive(Serialize, ToSchema)]
pub(crate) struct LifeOut {
    /// `raised`, `taken`, `sent`, `stopped`, `rejected`, `closed`.
    stage: &'static str,
    /// Who looks after it.
    holder: Option<WhoOut>,
    is_mine: bool,
    /// What became of it.
    outcome: Option<&'static str>,
    /// What is asked for before a stop.
    steps: Vec<StepOut>,
    /// What of it is missing.
    missing: Vec<&'static str>,
    /// Newest first.
    history: Vec<HappenedOut>,
    /// What the state's systems were asked, newest first.
    asked: Vec<StateAskOut>,
}

impl From<LifeView> for LifeOut {
    fn from(life: LifeView) -> Self {
        Self {
            stage: life.stage.word(),
            holder: life.holder.map(|(id, name)| WhoOut::of(id, Some(&name))),
            is_mine: life.is_mine,
            outcome: life.outcome.map(Outcome::word),
            steps: life.steps.into_iter().map(StepOut::from).collect(),
            missing: life.missing.iter().map(|step| step.word()).collect(),
            history: life.history.into_iter().map(HappenedOut::from).collect(),
            asked: life.asked.into_iter().map(StateAskOut::from).collect(),
        }
    }
}

/// An open hit in the queue.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueueRowOut {
    #[serde(flatten)]
    hit: HitOut,
    stage: &'static str,
    /// Who looks after it, by name.
    holder: Option<String>,
    is_mine: bool,
    /// Whether it has waited past the policy's limit.
    is_overdue: bool,
    #[schema(format = DateTime)]
    since: String,
}

impl From<QueueRow> for QueueRowOut {
    fn from(row: QueueRow) -> Self {
        Self {
            hit: row.card.into(),
            stage: row.stage.word(),
            holder: row.holder,
            is_mine: row.is_mine,
            is_overdue: row.is_overdue,
            since: row.since.to_string(),
        }
    }
}

/// How many hits stand at a stage.
#[derive(Serialize, ToSchema)]
pub(crate) struct StageCountOut {
    stage: &'static str,
    n: u64,
}

/// Every hit with which something is still to be done.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueueOut {
    /// Newest first.
    items: Vec<QueueRowOut>,
    /// `before` of the next page; null: there is none.
    next: Option<String>,
    /// Of the hits of the last 24 hours.
    counts: Vec<StageCountOut>,
    /// After how many seconds a hit that nobody took is told of.
    wait_s: u64,
}

impl From<Queue> for QueueOut {
    fn from(queue: Queue) -> Self {
        let count = |(stage, n): (Stage, u64)| StageCountOut { stage: stage.word(), n };
        Self {
            items: queue.page.items.into_iter().map(QueueRowOut::from).collect(),
            next: queue.page.next,
            counts: queue.counts.into_iter().map(count).collect(),
            wait_s: queue.wait.as_secs(),
        }
    }
}

/// A stop of a vehicle that was not wanted.
#[derive(Serialize, ToSchema)]
pub(crate) struct IncidentOut {
    incident: i64,
    hit: i64,
    reported_by: WhoOut,
    #[schema(format = DateTime)]
    reported_at: String,
    /// When the shift of who reported it ends.
    #[schema(format = DateTime)]
    due_at: String,
    seen_by: Option<WhoOut>,
    closed_by: Option<WhoOut>,
    finding: Option<String>,
    is_overdue: bool,
}

impl From<app::IncidentRow> for IncidentOut {
    fn from(row: app::IncidentRow) -> Self {
        let who = |id: PersonId, name: Option<&String>| WhoOut::of(id, name);
        let incident = row.incident;
        let closed = incident.closed.as_ref();
        Self {
            incident: incident.id.to_i64(),
            hit: incident.hit.to_i64(),
            reported_by: who(incident.reported_by, Some(&row.reporter)),
            reported_at: incident.reported_at.to_string(),
            due_at: incident.due_at.to_string(),
            seen_by: incident.seen.map(|(by, _)| who(by, row.seen_by.as_ref())),
            closed_by: closed.map(|closed| who(closed.by, row.closed_by.as_ref())),
            finding: closed.map(|closed| closed.finding.clone()),
            is_overdue: row.is_overdue,
        }
    }
}

/// What was found and done about an incident.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IncidentFindingIn {
    /// In one's own words.
    pub(crate) finding: String,
}
