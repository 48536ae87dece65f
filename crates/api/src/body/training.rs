//! Training: how everybody stands to every course.

use app::training::{CompletionsImported, RecordCompletion, Standing, TrainingPage, TrainingRow};
use domain::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::who::WhoOut;
use crate::error::ApiError;
use crate::query::must_be_day;

/// A course of the agency.
#[derive(Serialize, ToSchema)]
pub(crate) struct CourseOut {
    course: String,
    label: String,
    /// What has to be taught for it to be complete.
    topics: Vec<String>,
    clause: String,
}

/// How somebody stands to a course.
#[derive(Serialize, ToSchema)]
pub(crate) struct StandingOut {
    course: String,
    /// `valid`, `lapsed`, `never`.
    state: &'static str,
    /// The last day on which it counts, or counted; null where it does not lapse or was never completed.
    #[schema(format = Date)]
    until: Option<String>,
}

/// A completed course.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompletionOut {
    completion: i64,
    course: String,
    #[schema(format = Date)]
    day: String,
    topics: Vec<String>,
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// Somebody's training.
#[derive(Serialize, ToSchema)]
pub(crate) struct TraineeOut {
    #[serde(flatten)]
    who: WhoOut,
    courses: Vec<StandingOut>,
    /// Newest first.
    completions: Vec<CompletionOut>,
}

impl From<TrainingRow> for TraineeOut {
    fn from(row: TrainingRow) -> Self {
        let standing = |(course, standing)| {
            let (state, until) = match standing {
                Standing::Valid(until) => ("valid", until),
                Standing::Lapsed(until) => ("lapsed", Some(until)),
                Standing::Never => ("never", None),
            };
            StandingOut { course, state, until: until.map(|day| day.to_string()) }
        };
        let completion = |one: domain::Completion| CompletionOut {
            completion: one.id.to_i64(),
            course: one.course,
            day: one.day.to_string(),
            topics: one.topics,
            recorded_at: one.recorded_at.to_string(),
        };
        Self {
            who: WhoOut::of(row.person.id, Some(&row.person.name)),
            courses: row.courses.into_iter().map(standing).collect(),
            completions: row.completions.into_iter().map(completion).collect(),
        }
    }
}

/// Everybody's training.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrainingOut {
    /// The day at the agency.
    #[schema(format = Date)]
    today: String,
    courses: Vec<CourseOut>,
    people: Vec<TraineeOut>,
}

impl From<TrainingPage> for TrainingOut {
    fn from(page: TrainingPage) -> Self {
        let courses = page.courses.into_iter().map(|(course, about)| CourseOut {
            course,
            label: about.label,
            topics: about.topics,
            clause: about.clause,
        });
        Self {
            today: page.today.to_string(),
            courses: courses.collect(),
            people: page.people.into_iter().map(TraineeOut::from).collect(),
        }
    }
}

/// What came of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompletionsOut {
    /// How many completions were recorded.
    n_recorded: usize,
    /// How many rows say what was recorded before.
    n_known: usize,
}

impl CompletionsOut {
    /// All of a file, or the lines for which none of it was recorded.
    pub(crate) fn of(imported: &CompletionsImported) -> Result<Self, ApiError> {
        let Some(first) = imported.faults.first() else {
            let (n_recorded, n_known) = (imported.n_recorded, imported.n_known);
            return Ok(Self { n_recorded, n_known });
        };
        let says = imported.faults.iter().map(|one| format!("line {}: {}", one.line, one.why));
        let says = says.collect::<Vec<_>>().join("\n");
        Err(ApiError::invalid(format!("line {}", first.line), says))
    }
}

/// A course that somebody completed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompletionIn {
    person: i64,
    /// The course's word.
    course: String,
    /// On which day, at the agency.
    #[schema(format = Date)]
    day: String,
    /// The topics that were covered.
    topics: Vec<String>,
}

impl CompletionIn {
    pub(crate) fn ask(self) -> Result<RecordCompletion, ApiError> {
        Ok(RecordCompletion {
            person: PersonId::from_i64(self.person),
            day: must_be_day("day", &self.day)?,
            course: self.course,
            topics: self.topics,
        })
    }
}

/// A completion that was recorded.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompletionMadeOut {
    pub(crate) completion: i64,
}
