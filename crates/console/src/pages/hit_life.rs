//! The life of one hit, as its page shows it.

use app::LifeView;
use domain::Timestamp;
use domain::life::{Answer, Outcome, Rejection, Sending, Stage, Step};
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
    pub(crate) history: Vec<HistoryRow>,
    pub(crate) systems: Vec<String>,
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
            history: HistoryRow::all(&life.history),
            systems: life.systems.clone(),
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
