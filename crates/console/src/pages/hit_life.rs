//! The life of one hit, as its page shows it.

use app::{FactsState, LifeView, StateAskView};
use domain::life::{Answer, Outcome, Rejection, Sending, Stage, Step};
use domain::{AskEnd, Timestamp};
use policy::Action;

use crate::components::{HistoryRow, Moment, StepRow};
use crate::words;

/// A word of a list, and what people read.
type Choice = (&'static str, &'static str);

/// What was done with a hit, what is to be done, and what the reader may do.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) stage: &'static str,
    pub(crate) label: &'static str,
    pub(crate) outcome: Option<&'static str>,
    pub(crate) is_open: bool,
    pub(crate) holder: Option<String>,
    pub(crate) is_mine: bool,
    pub(crate) steps: Vec<StepRow>,
    /// What is missing, in words; empty where nothing is.
    pub(crate) missing: String,
    pub(crate) n_missing: String,
    pub(crate) stop: Option<(String, Moment, String)>,
    /// `entered`, `own`, `missing`, or nothing.
    pub(crate) facts: &'static str,
    pub(crate) history: Vec<HistoryRow>,
    pub(crate) systems: Vec<String>,
    /// The systems that can be asked from here.
    pub(crate) askable: Vec<String>,
    /// What they were asked, newest first.
    pub(crate) asked: Vec<Exchange>,
    pub(crate) was_asked: bool,
    /// Whether an answer stands in the form and nobody has recorded it.
    pub(crate) fills: bool,
    /// What stands in the form.
    pub(crate) filled: Filled,
    pub(crate) colleagues: Vec<(i64, String)>,
    pub(crate) may_work: bool,
    pub(crate) may_verify: bool,
    pub(crate) may_confirm: bool,
    pub(crate) may_correct: bool,
    pub(crate) answers: Vec<Choice>,
    pub(crate) sendings: Vec<Choice>,
    pub(crate) rejections: Vec<Choice>,
    pub(crate) outcomes: Vec<Choice>,
}

impl Life {
    pub(crate) fn of(life: &LifeView, now: Timestamp) -> Self {
        let may = |action| life.may.contains(&action);
        let n_missing = u64::try_from(life.missing.len()).unwrap_or(u64::MAX);
        let stop = life.stop.as_ref();
        let filled = Filled::of(life);
        Self {
            stage: life.stage.word(),
            label: life.stage.label(),
            outcome: life.outcome.map(Outcome::label),
            is_open: life.stage.is_open(),
            holder: life.holder.as_ref().map(|(_, name)| name.clone()),
            is_mine: life.is_mine,
            steps: StepRow::all(life, now),
            missing: listed(&life.missing),
            n_missing: words::count(n_missing, "step is", "steps are"),
            stop: stop.map(|(by, at, missing)| (by.clone(), Moment::of(*at, now), listed(missing))),
            facts: match life.facts {
                None => "",
                Some(FactsState::Entered) => "entered",
                Some(FactsState::MissingOwn) => "own",
                Some(FactsState::Missing) => "missing",
            },
            history: HistoryRow::all(&life.history),
            systems: life.systems.clone(),
            askable: life.askable.clone(),
            asked: life.asked.iter().map(|one| Exchange::of(one, now)).collect(),
            was_asked: !life.asked.is_empty(),
            fills: filled.is_some(),
            filled: filled.unwrap_or_default(),
            colleagues: life
                .colleagues
                .iter()
                .map(|(id, name)| (id.to_i64(), name.clone()))
                .collect(),
            may_work: may(Action::WorkHits),
            may_verify: may(Action::VerifyHits),
            may_confirm: may(Action::ConfirmWithState),
            may_correct: may(Action::CorrectReads),
            answers: Answer::ALL.iter().map(|one| (one.word(), one.label())).collect(),
            sendings: Sending::ALL.iter().map(|one| (one.word(), one.label())).collect(),
            rejections: Rejection::ALL.iter().map(|one| (one.word(), one.label())).collect(),
            outcomes: outcomes(life.stage),
        }
    }
}

/// A question to the state's system, as the page shows it.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) system: String,
    pub(crate) by: String,
    pub(crate) at: Moment,
    pub(crate) reference: String,
    /// `waiting`, `answered` or `failed`.
    pub(crate) state: &'static str,
    pub(crate) says: &'static str,
    pub(crate) help: &'static str,
    /// What the answer says to people.
    pub(crate) text: Option<String>,
}

impl Exchange {
    fn of(one: &StateAskView, now: Timestamp) -> Self {
        let (state, says, help) = match &one.end {
            None => ("waiting", "Waiting for the answer", ""),
            Some((_, AskEnd::Failed(why))) => ("failed", why.label(), why.help()),
            Some((_, AskEnd::Answered(_))) if one.is_recorded => ("answered", "Answered", ""),
            Some((_, AskEnd::Answered(_))) => (
                "answered",
                "Answered, and recorded by nobody yet",
                "Read it, compare it with the vehicle, and record it: nothing counts before a person has.",
            ),
        };
        Self {
            system: one.system.clone(),
            by: one.by.clone(),
            at: Moment::of(one.at, now),
            reference: one.reference.clone(),
            state,
            says,
            help,
            text: one.text.clone(),
        }
    }
}

/// What an answer fills the form with.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    pub(crate) system: String,
    pub(crate) answer: &'static str,
    pub(crate) reference: String,
}

impl Filled {
    /// By the newest question, where it was answered and nobody has recorded that.
    fn of(life: &LifeView) -> Option<Self> {
        let newest = life.asked.first().filter(|one| !one.is_recorded)?;
        let Some((_, AskEnd::Answered(answer))) = &newest.end else { return None };
        let system = newest.system.clone();
        let reference =
            if answer.reference.is_empty() { &newest.reference } else { &answer.reference };
        Some(Self { system, answer: answer.answer.word(), reference: reference.clone() })
    }
}

/// What can still be said of a hit: of a closed one, what a court did.
fn outcomes(stage: Stage) -> Vec<Choice> {
    let all = Outcome::ALL.iter();
    all.filter(|one| stage != Stage::Closed || **one == Outcome::Prosecution)
        .map(|one| (one.word(), one.label()))
        .collect()
}

fn listed(steps: &[Step]) -> String {
    steps.iter().map(|step| step.label()).collect::<Vec<_>>().join(" · ")
}
