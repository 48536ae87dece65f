//! `GET /training`: how everybody stands to every course; and the form with which a trainer records who completed one.

use std::collections::{BTreeMap, HashMap};

use app::App;
use app::reminders::ending;
use app::training::{Standing, TrainingPage as Listed, list_training};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Completion, Day, PersonId};
use policy::Action;
use policy::settings::{Course, Validity};

use super::people::{Names, Viewer};
use super::person_new::sentence;
use super::training_import::Imported;
use crate::components::Moment;
use crate::error::PageError;
use crate::form::Field;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// Completions that the page lists; every person's state stands above them, however old.
const RECORDED_SHOWN: usize = 100;

/// How somebody stands to a course, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct InWords {
    /// In words.
    pub(crate) says: String,
    /// Whether it lapses soon.
    pub(crate) warns: bool,
    /// Whether it does not count.
    pub(crate) is_missing: bool,
}

/// How somebody stands to a course, in words, with a warning as many days ahead as the bundle says.
pub(crate) fn state(standing: Standing, course: &Course, today: Day) -> InWords {
    let plain = |says| InWords { says, warns: false, is_missing: false };
    match standing {
        Standing::Never => InWords { is_missing: true, ..plain("never completed".to_owned()) },
        Standing::Lapsed(day) => {
            InWords { is_missing: true, ..plain(format!("lapsed, was valid until {day}")) }
        }
        Standing::Valid(None) => plain("valid, does not lapse".to_owned()),
        Standing::Valid(Some(until)) => match ending(course, standing, today) {
            Some(ending) => InWords { warns: true, ..plain(format!("lapses {}", ending.when())) },
            None => plain(format!("valid until {until}")),
        },
    }
}

/// For how long a course counts, in words.
pub(crate) fn validity(validity: Validity) -> String {
    match validity {
        Validity::CalendarYear => "counts to the end of the calendar year".to_owned(),
        Validity::Months(months) => {
            format!("counts for {}", words::count(u64::from(months), "month", "months"))
        }
        Validity::NoLapse => "does not lapse".to_owned(),
    }
}

/// A course.
#[derive(Debug)]
pub(crate) struct CourseCard {
    label: String,
    clause: String,
    validity: String,
    n_valid: usize,
    n_soon: usize,
    n_missing: usize,
}

/// Somebody.
#[derive(Debug)]
pub(crate) struct Row {
    id: i64,
    name: String,
    login: String,
    is_outside: bool,
    is_off: bool,
    /// The course's label and how they stand to it.
    courses: Vec<(String, InWords)>,
}

/// A recorded completion.
#[derive(Debug)]
pub(crate) struct Recorded {
    id: i64,
    name: String,
    course: String,
    day: String,
    topics: String,
    by: String,
    at: Moment,
}

/// The form for one course.
#[derive(Debug)]
pub(crate) struct RecordForm {
    word: String,
    label: String,
    clause: String,
    validity: String,
    people: Vec<(i64, String, bool)>,
    person_wrong: String,
    day: Field,
    topics: Vec<(String, bool)>,
    topics_wrong: String,
}

/// What was typed into a course's form: topics stand each under a name of their own.
pub type Typed = BTreeMap<String, String>;

/// The topics that were ticked.
pub(crate) fn ticked(typed: &Typed) -> Vec<String> {
    let topics = typed.iter().filter(|(name, _)| name.starts_with("topic-"));
    topics.map(|(_, topic)| topic.clone()).collect()
}

impl RecordForm {
    fn of(word: &str, course: &Course, listed: &Listed, viewer: &Viewer, typed: &Typed) -> Self {
        let typed_for_this = typed.get("course").is_some_and(|typed| typed == word);
        let text =
            |name: &str| typed.get(name).filter(|_| typed_for_this).cloned().unwrap_or_default();
        let person = text("person");
        let ticked = if typed_for_this { ticked(typed) } else { Vec::new() };
        let others = listed.people.iter().map(|row| &row.person);
        let others = others.filter(|person| !viewer.is(person.id) && person.disabled.is_none());
        let day = if typed_for_this { text("day") } else { listed.today.to_string() };
        Self {
            word: word.to_owned(),
            label: course.label.clone(),
            clause: course.clause.clone(),
            validity: validity(course.validity),
            people: others
                .map(|one| {
                    let id = one.id.to_i64();
                    (id, one.named(), id.to_string() == person)
                })
                .collect(),
            person_wrong: String::new(),
            day: Field::of(day),
            topics: course
                .topics
                .iter()
                .map(|topic| (topic.clone(), ticked.contains(topic)))
                .collect(),
            topics_wrong: String::new(),
        }
    }
}

/// Everybody's training.
#[derive(Template, Debug)]
#[template(path = "pages/training.html")]
pub struct TrainingPage {
    frame: Frame,
    trouble: String,
    today: String,
    courses: Vec<CourseCard>,
    people: Vec<Row>,
    recorded: Vec<Recorded>,
    more_recorded: bool,
    forms: Vec<RecordForm>,
    imported: Option<Imported>,
    may_record: bool,
}

impl TrainingPage {
    /// The page of this training, for who looks at it.
    pub fn of(frame: Frame, listed: &Listed, viewer: &Viewer) -> Self {
        Self::filled(frame, listed, viewer, &Typed::new())
    }

    /// The same with what was typed into one course's form.
    pub fn filled(frame: Frame, listed: &Listed, viewer: &Viewer, typed: &Typed) -> Self {
        let may_record = viewer.may(Action::RecordTraining);
        let people: Vec<Row> =
            listed.people.iter().map(|row| one_row(row, listed, &frame)).collect();
        let (recorded, n_recorded) = recorded(listed);
        let forms = listed.courses.iter().filter(|_| may_record);
        let forms = forms.map(|(word, course)| RecordForm::of(word, course, listed, viewer, typed));
        Self {
            trouble: String::new(),
            today: listed.today.to_string(),
            courses: cards(listed, &people),
            more_recorded: n_recorded > recorded.len(),
            recorded,
            forms: forms.collect(),
            imported: None,
            may_record,
            people,
            frame,
        }
    }

    /// The same with what came of a file.
    #[must_use]
    pub(crate) fn imported(mut self, imported: Imported) -> Self {
        self.imported = Some(imported);
        self
    }

    /// The same with what was found wrong with what was typed.
    #[must_use]
    pub fn refused(mut self, course: &str, field: &str, why: &str) -> Self {
        let says = sentence(why);
        match (self.forms.iter_mut().find(|form| form.word == course), field) {
            (Some(form), "person") => form.person_wrong = says,
            (Some(form), "day") => form.day.wrong = says,
            (Some(form), "topics") => form.topics_wrong = format!("These {why}."),
            _ => self.trouble = format!("{field}: {why}"),
        }
        self
    }
}

fn one_row(row: &app::training::TrainingRow, listed: &Listed, frame: &Frame) -> Row {
    let course = |(word, standing): &(String, Standing)| {
        let about = listed.courses.get(word)?;
        Some((about.label.clone(), state(*standing, about, listed.today)))
    };
    Row {
        id: row.person.id.to_i64(),
        name: row.person.name.clone(),
        login: row.person.login.to_string(),
        is_outside: row.person.is_outside,
        is_off: !row.person.is_usable(frame.now),
        courses: row.courses.iter().filter_map(course).collect(),
    }
}

/// Counts only those whose accounts can be used: nobody has to train who cannot come in.
fn cards(listed: &Listed, people: &[Row]) -> Vec<CourseCard> {
    let card = |(nth, course): (usize, &Course)| {
        let count = |wanted: fn(&InWords) -> bool| {
            let states = people.iter().filter(|row| !row.is_off);
            let states = states.filter_map(|row| row.courses.get(nth));
            states.filter(|(_, state)| wanted(state)).count()
        };
        CourseCard {
            label: course.label.clone(),
            clause: course.clause.clone(),
            validity: validity(course.validity),
            n_valid: count(|state| !state.is_missing && !state.warns),
            n_soon: count(|state| state.warns),
            n_missing: count(|state| state.is_missing),
        }
    };
    listed.courses.values().enumerate().map(card).collect()
}

/// The newest completions, and how many there are.
fn recorded(listed: &Listed) -> (Vec<Recorded>, usize) {
    let names: HashMap<PersonId, String> =
        listed.people.iter().map(|row| (row.person.id, row.person.name.clone())).collect();
    let names = Names(&names);
    let mut all: Vec<&Completion> =
        listed.people.iter().flat_map(|row| row.completions.iter()).collect();
    all.sort_by_key(|one| std::cmp::Reverse((one.day, one.recorded_at)));
    let n_all = all.len();
    let one = |one: &Completion| Recorded {
        id: one.id.to_i64(),
        name: names.of(Some(one.person)),
        course: listed
            .courses
            .get(&one.course)
            .map_or_else(|| one.course.clone(), |course| course.label.clone()),
        day: one.day.to_string(),
        topics: words::count(u64::try_from(one.topics.len()).unwrap_or(0), "topic", "topics"),
        by: names.of(one.recorded_by),
        at: Moment::in_full(one.recorded_at),
    };
    (all.into_iter().take(RECORDED_SHOWN).map(one).collect(), n_all)
}

/// `GET /training`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let listed = list_training(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &TrainingPage::of(frame, &listed, &Viewer::of(&staff.ctx))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_stands_as_many_days_ahead_as_the_bundle_says() {
        let course = Course {
            label: "Reader training".to_owned(),
            validity: Validity::CalendarYear,
            topics: Vec::new(),
            warn_days: vec![30, 14, 7, 1],
            clause: "AUS-344.7b".to_owned(),
        };
        let until = Day::parse("2026-12-31").unwrap();
        let on = |day: &str| {
            let state = state(Standing::Valid(Some(until)), &course, Day::parse(day).unwrap());
            (state.says, state.warns)
        };
        assert_eq!(on("2026-12-01"), ("valid until 2026-12-31".to_owned(), false));
        assert_eq!(on("2026-12-02"), ("lapses in 30 days, after 2026-12-31".to_owned(), true));
        assert_eq!(on("2026-12-31"), ("lapses tonight at midnight".to_owned(), true));
        let never = state(Standing::Never, &course, until);
        assert!(never.is_missing && never.says == "never completed");
        let lapsed = state(Standing::Lapsed(until), &course, until.next());
        assert!(lapsed.is_missing && lapsed.says == "lapsed, was valid until 2026-12-31");
    }

    #[test]
    fn topics_are_what_was_ticked() {
        let typed: Typed = [("topic-0", "misuse"), ("topic-7", "driver"), ("day", "2026-11-21")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert_eq!(ticked(&typed), ["misuse", "driver"]);
    }
}
