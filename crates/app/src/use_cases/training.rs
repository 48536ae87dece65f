//! Training: who completed which course, and until when it counts.

mod import;

use std::collections::BTreeMap;

use domain::access::{ListTraining, RecordTraining};
use domain::{Completion, CompletionId, Day, Person, PersonId};
use policy::settings::Course;

pub use super::table::RowFault;
pub use import::{CompletionsImported, FILE_BYTES_MAX, import_completions};

use crate::record::About;
use crate::{App, AskError, Ctx};

/// How somebody stands to a course.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It counts until the end of this day; none: it does not lapse.
    Valid(Option<Day>),
    /// It lapsed at the end of this day.
    Lapsed(Day),
    /// It was never completed.
    Never,
}

/// One person's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrainingRow {
    /// Who.
    pub person: Person,
    /// The course's word and how they stand to it.
    pub courses: Vec<(String, Standing)>,
    /// Every completion that was not withdrawn, newest first.
    pub completions: Vec<Completion>,
}

/// Everybody's state.
#[derive(Clone, PartialEq, Debug)]
pub struct TrainingPage {
    /// By name.
    pub people: Vec<TrainingRow>,
    /// The bundle's courses by their word.
    pub courses: BTreeMap<String, Course>,
    /// The day at the agency.
    pub today: Day,
}

/// A course that somebody completed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordCompletion {
    /// Who.
    pub person: PersonId,
    /// The course's word.
    pub course: String,
    /// On which day, at the agency.
    pub day: Day,
    /// The topics that were covered.
    pub topics: Vec<String>,
}

/// How somebody stands to a course on a day.
pub fn standing(course: &Course, word: &str, completions: &[Completion], today: Day) -> Standing {
    let complete = completions.iter().filter(|one| {
        one.course == word
            && one.withdrawn_at.is_none()
            && one.day <= today
            && course.missing_topics(&one.topics).next().is_none()
    });
    let Some(last) = complete.max_by_key(|one| one.day) else { return Standing::Never };
    let until = course.valid_until(&last.day.to_string()).and_then(|day| Day::parse(&day).ok());
    match until {
        Some(until) if until < today => Standing::Lapsed(until),
        until => Standing::Valid(until),
    }
}

/// Everybody's training.
pub async fn list_training(app: &App, ctx: &Ctx) -> Result<TrainingPage, AskError> {
    let act = app.begin::<ListTraining>(ctx, About::nothing_yet()).await?;
    let failed = || AskError::failed("list training");
    let store = &app.inner().store;
    let policy = app.policy(ctx.agency).ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let people = store.people_in_training(act.permit()).await.map_err(failed())?;
    let completions = store.completions(act.permit()).await.map_err(failed())?;
    act.done(people.iter().map(|person| format!("person {}", person.id)).collect::<Vec<_>>());
    let courses = policy.bundle.settings().training.clone();
    let today = policy.day(ctx.now);
    let rows = people.into_iter().map(|person| {
        let own = completions.iter().rev().filter(|one| one.person == person.id);
        let own: Vec<Completion> = own.filter(|one| one.withdrawn_at.is_none()).cloned().collect();
        let each = courses
            .iter()
            .map(|(word, course)| (word.clone(), standing(course, word, &own, today)));
        TrainingRow { courses: each.collect(), completions: own, person }
    });
    Ok(TrainingPage { people: rows.collect(), today, courses })
}

/// Records that somebody completed a course. With a topic of the course missing it is not complete, and is refused.
pub async fn record_completion(
    app: &App,
    ctx: &Ctx,
    done: RecordCompletion,
) -> Result<CompletionId, AskError> {
    let about = vec![format!("person {}", done.person), format!("course {}", done.course)];
    let act =
        app.begin::<RecordTraining>(ctx, About { objects: about, ..About::default() }).await?;
    let invalid = |field, why: String| AskError::Invalid { field, why };
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let course = policy.bundle.settings().training.get(&done.course);
    let course = course.ok_or_else(|| invalid("course", "is none of this agency's".to_owned()))?;
    let missing: Vec<&str> = course.missing_topics(&done.topics).collect();
    if !missing.is_empty() {
        let clause = &course.clause;
        let why =
            format!("leave out {}: the course is not complete ({clause})", missing.join(", "));
        return Err(invalid("topics", why));
    }
    if done.day > policy.day(ctx.now) {
        return Err(invalid("day", "has not come yet".to_owned()));
    }
    if ctx.person_id() == Some(done.person) {
        return Err(invalid("person", "is yourself: another trainer has to record it".to_owned()));
    }
    let completion = Completion {
        id: CompletionId::from_i64(0),
        person: done.person,
        course: done.course,
        day: done.day,
        topics: done.topics,
        recorded_by: ctx.person_id(),
        recorded_at: ctx.now,
        withdrawn_at: None,
    };
    let added = app.inner().store.add_completion(act.permit(), &completion).await;
    let id = added.map_err(|err| match err {
        store::StoreError::Missing { .. } => AskError::not_found("person", completion.person),
        err => AskError::failed("record a completed course")(err),
    })?;
    act.done([format!("completion {id} of person {}", completion.person)]);
    Ok(id)
}

/// Withdraws what was recorded wrongly.
pub async fn withdraw_completion(app: &App, ctx: &Ctx, id: CompletionId) -> Result<(), AskError> {
    let act = app.begin::<RecordTraining>(ctx, About::one("completion", id)).await?;
    let store = &app.inner().store;
    let gone = store.withdraw_completion(act.permit(), id, ctx.person_id(), ctx.now).await;
    if !gone.map_err(AskError::failed("withdraw a completed course"))? {
        return Err(AskError::not_found("completion", id));
    }
    act.done([format!("completion {id}, withdrawn")]);
    Ok(())
}
