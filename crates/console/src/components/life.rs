//! A hit's life on pages: how far it has come, the steps before a stop, what was done and by whom.

use app::{Happened, LifeView, QueueRow, StepView};
use askama::Template;
use askama::filters::HtmlSafe;
use domain::Timestamp;
use domain::life::{Need, Progress, Stage, Step};

use super::{Age, Moment};
use crate::words;

/// How far a hit of the queue has come, with the button that takes it.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/life_bar.html")]
pub struct LifeBar {
    id: i64,
    stage: &'static str,
    label: &'static str,
    holder: Option<String>,
    is_mine: bool,
    is_overdue: bool,
    since: Age,
    /// The token of the form that takes it; none where it is not to be taken.
    form_token: Option<String>,
}

impl HtmlSafe for LifeBar {}

impl LifeBar {
    /// Of a hit in the queue; `form_token` where who looks may take hits.
    pub fn of(row: &QueueRow, form_token: Option<&str>, now: Timestamp) -> Self {
        let may_take = row.stage == Stage::Raised;
        Self {
            id: row.card.id.to_i64(),
            stage: row.stage.word(),
            label: row.stage.label(),
            holder: row.holder.clone(),
            is_mine: row.is_mine,
            is_overdue: row.is_overdue,
            since: Age::of(row.since, now),
            form_token: form_token.filter(|_| may_take).map(str::to_owned),
        }
    }
}

/// One step before a stop.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// The word that forms and style go by.
    pub(crate) word: &'static str,
    pub(crate) label: &'static str,
    pub(crate) clause: String,
    /// `holds`, `against`, `excused` or `waiting`.
    pub(crate) progress: &'static str,
    pub(crate) says: &'static str,
    /// By whom, when, and what they wrote.
    pub(crate) last: Option<(String, Moment, String)>,
    /// How it may be left out: `unless-exigent`, `if-practicable`; empty where it may not.
    pub(crate) exception: &'static str,
    /// Whether it is compared on the picture.
    pub(crate) is_compared: bool,
}

impl StepRow {
    /// Of every step that is asked for.
    pub fn all(life: &LifeView, now: Timestamp) -> Vec<Self> {
        life.steps.iter().map(|step| Self::of(step, now)).collect()
    }

    fn of(step: &StepView, now: Timestamp) -> Self {
        let exception = match step.need {
            Need::Always => "",
            Need::IfPracticable | Need::UnlessExigent => step.need.word(),
        };
        Self {
            word: step.step.word(),
            label: step.step.label(),
            clause: step.clause.clone().unwrap_or_default(),
            progress: progress_word(step.progress),
            says: progress_says(step.progress),
            last: step
                .last
                .as_ref()
                .map(|last| (last.by.clone(), Moment::of(last.at, now), words::deed(last))),
            exception,
            is_compared: matches!(step.step, Step::Plate | Step::State | Step::Vehicle),
        }
    }
}

const fn progress_word(progress: Progress) -> &'static str {
    match progress {
        Progress::Waiting => "waiting",
        Progress::Holds => "holds",
        Progress::Against => "against",
        Progress::Excused => "excused",
    }
}

const fn progress_says(progress: Progress) -> &'static str {
    match progress {
        Progress::Waiting => "waiting",
        Progress::Holds => "done",
        Progress::Against => "speaks against a stop",
        Progress::Excused => "left out, with a reason",
    }
}

/// One deed of a hit's history.
#[derive(Clone, Debug)]
pub struct HistoryRow {
    pub(crate) at: Moment,
    pub(crate) by: String,
    pub(crate) says: String,
}

impl HistoryRow {
    /// Every deed, newest first.
    pub fn all(history: &[Happened]) -> Vec<Self> {
        let row = |one: &Happened| Self {
            at: Moment::in_full(one.at),
            by: one.by.clone(),
            says: words::deed(one),
        };
        history.iter().map(row).collect()
    }
}
