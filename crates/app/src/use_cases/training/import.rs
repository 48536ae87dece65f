//! Completions from a file: what another system of the agency recorded.

use std::collections::{BTreeMap, HashMap};

use domain::access::RecordTraining;
use domain::{Completion, CompletionId, Day, Login, Person, PersonId};
use hotfile::Row;
use policy::settings::Course;
use sha2::{Digest as _, Sha256};

use crate::record::About;
use crate::use_cases::table::{self, Names, RowFault, text};
use crate::{App, AskError, Ctx};

/// Largest file, in bytes: some ten thousand completions.
pub const FILE_BYTES_MAX: usize = 1 << 20;

/// What came of a file. With a fault in it nothing was recorded.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CompletionsImported {
    /// How many completions were recorded.
    pub n_recorded: usize,
    /// How many rows say what was recorded before.
    pub n_known: usize,
    /// Rows that cannot be recorded, the first of them.
    pub faults: Vec<RowFault>,
}

/// Records the completions of a CSV file, all of them or none. Its first row names the columns: `sign_in_name`, `course` (its
/// word or its name), `completed` (2026-11-21), `topics` (between semicolons, or `all`); others are passed over.
pub async fn import_completions(
    app: &App,
    ctx: &Ctx,
    file: &[u8],
) -> Result<CompletionsImported, AskError> {
    let digest = Some(Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect());
    let act = app.begin::<RecordTraining>(ctx, About { digest, ..About::default() }).await?;
    let failed = || AskError::failed("import completed courses");
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let store = &app.inner().store;
    let leave = act.leave();
    let people = store.people_in_training(&leave.permit()?).await.map_err(failed())?;
    let known = store.completions(&leave.permit()?).await.map_err(failed())?;
    let reader = Reader {
        ctx,
        courses: &policy.bundle.settings().training,
        people: people.iter().map(|person| (person.login.as_str(), person)).collect(),
        today: policy.day(ctx.now),
    };
    let (read, faults) = reader.read(file);
    if !faults.is_empty() {
        act.failed();
        return Ok(CompletionsImported { faults, ..CompletionsImported::default() });
    }
    let is_known = |one: &Completion| {
        known.iter().any(|other| {
            other.withdrawn_at.is_none()
                && (other.person, &other.course, other.day) == (one.person, &one.course, one.day)
        })
    };
    let n_read = read.len();
    let new: Vec<Completion> = read.into_iter().filter(|one| !is_known(one)).collect();
    let ids = store.add_completions(act.permit(), &new).await.map_err(failed())?;
    let things = ids.iter().zip(&new);
    act.done(things.map(|(id, one)| format!("completion {id} of person {}", one.person)));
    Ok(CompletionsImported {
        n_recorded: new.len(),
        n_known: n_read - new.len(),
        faults: Vec::new(),
    })
}

/// Where each column is.
struct Columns {
    login: usize,
    course: usize,
    completed: usize,
    topics: usize,
}

impl Columns {
    fn of(names: &Names) -> Result<Self, String> {
        Ok(Self {
            login: names.need(&["sign_in_name"])?,
            course: names.need(&["course"])?,
            // What our own export calls it.
            completed: names.need(&["completed", "last_completed"])?,
            topics: names.need(&["topics"])?,
        })
    }
}

/// What rows are held against.
struct Reader<'a> {
    ctx: &'a Ctx,
    courses: &'a BTreeMap<String, Course>,
    people: HashMap<&'a str, &'a Person>,
    today: Day,
}

impl Reader<'_> {
    fn read(&self, file: &[u8]) -> (Vec<Completion>, Vec<RowFault>) {
        table::read(file, Columns::of, |row, columns| self.completion(row, columns))
    }

    fn completion(&self, row: &Row<'_>, columns: &Columns) -> Result<Completion, String> {
        let person = self.person(&text(row, columns.login)?)?;
        let (word, course) = self.course(&text(row, columns.course)?)?;
        let day = text(row, columns.completed)?;
        let day =
            Day::parse(&day).map_err(|_| format!("`{day}` is no day: write it as 2026-11-21"))?;
        if day > self.today {
            return Err(format!("{day} has not come yet"));
        }
        let topics = topics(course, &text(row, columns.topics)?)?;
        Ok(Completion {
            id: CompletionId::from_i64(0),
            person,
            course: word.to_owned(),
            day,
            topics,
            recorded_by: self.ctx.person_id(),
            recorded_at: self.ctx.now,
            withdrawn_at: None,
        })
    }

    fn person(&self, typed: &str) -> Result<PersonId, String> {
        let login = Login::parse(typed).map_err(|err| format!("`{typed}`: {err}"))?;
        let person = self.people.get(login.as_str());
        let person = person.ok_or_else(|| format!("nobody signs in as `{login}`"))?;
        if self.ctx.person_id() == Some(person.id) {
            return Err("is your own: another trainer has to record it".to_owned());
        }
        Ok(person.id)
    }

    fn course(&self, typed: &str) -> Result<(&str, &Course), String> {
        let is_it = |(word, course): &(&String, &Course)| {
            word.as_str() == typed || course.label.eq_ignore_ascii_case(typed)
        };
        let found = self.courses.iter().find(is_it);
        let found = found.ok_or_else(|| format!("`{typed}` is no course of this agency"))?;
        Ok((found.0.as_str(), found.1))
    }
}

/// The topics of a cell: each one of the course, and none left out (`AUS-344.7a`).
fn topics(course: &Course, typed: &str) -> Result<Vec<String>, String> {
    if typed.eq_ignore_ascii_case("all") {
        return Ok(course.topics.clone());
    }
    let taught: Vec<String> =
        typed.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect();
    if let Some(other) = taught.iter().find(|one| !course.topics.contains(one)) {
        return Err(format!("`{other}` is no topic of the course"));
    }
    let missing: Vec<&str> = course.missing_topics(&taught).collect();
    if missing.is_empty() {
        Ok(taught)
    } else {
        let clause = &course.clause;
        Err(format!("leaves out {}: the course is not complete ({clause})", missing.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use domain::{AgencyId, Timestamp};
    use proptest::prelude::*;

    use super::*;

    /// Read once: a bundle is checked whole, which takes its time.
    static EXAMPLE: LazyLock<policy::Bundle> = LazyLock::new(|| {
        let (_, files) =
            policy::shipped().iter().find(|(word, _)| *word == "example").expect("it is shipped");
        policy::Bundle::read(files).expect("it is good")
    });

    /// Reads a file as the example's agency would, in which `d.chen` alone has an account.
    fn told(file: &[u8]) -> (Vec<Completion>, Vec<RowFault>) {
        let chen = Person {
            id: PersonId::from_i64(7),
            agency: AgencyId::from_i64(1),
            login: Login::parse("d.chen").expect("it is a login"),
            name: "D. Chen".to_owned(),
            email: String::new(),
            is_outside: false,
            ends_at: None,
            added_at: Timestamp::from_micros(0),
            added_by: None,
            enrolled_at: None,
            last_used_at: None,
            disabled: None,
            reviewed_at: None,
            enabled_at: None,
        };
        let ctx = Ctx::command(AgencyId::from_i64(1), Timestamp::from_micros(0));
        let reader = Reader {
            ctx: &ctx,
            courses: &EXAMPLE.settings().training,
            people: HashMap::from([("d.chen", &chen)]),
            today: Day::parse("2026-11-21").expect("it is a day"),
        };
        reader.read(file)
    }

    #[test]
    fn a_file_without_its_columns_says_which_is_missing() {
        let why = |file: &str| told(file.as_bytes()).1.remove(0).why;
        assert_eq!(why(""), "the file is empty");
        assert!(why("name,course,completed,topics\n").contains("`sign_in_name`"));
        assert!(why("sign_in_name;course;completed;topics\n").contains("`sign_in_name`"));
        assert!(why("sign_in_name,course,topics\n").contains("`completed`"));
    }

    proptest! {
        /// Out of the very rows that a right file is made of, and any bytes at all.
        #[test]
        fn any_file_is_told_by_line_and_never_taken_in_part_of_a_row(
            rows in proptest::collection::vec(
                proptest::sample::select(vec![
                    "sign_in_name,course,completed,topics", "d.chen,reader,2026-11-20,all", "\"", ",,,,,",
                    "d.chen,reader,2026-11-20", "d.chen,reader,2026-02-30,all", "\u{feff}", "\0",
                    "d.chen,\"reader\",2026-11-20,\"all\"",
                ]),
                0..8,
            ),
            noise in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let file = [rows.join("\n").into_bytes(), noise].concat();
            // A row may end by a carriage return alone, which is no line's end to an editor.
            let ends = |of: &[u8]| file.iter().filter(|byte| of.contains(byte)).count();
            let (n_rows_max, n_lines) = (ends(b"\r\n") + 1, ends(b"\n") + 1);
            let (read, faults) = told(&file);
            prop_assert!(read.len() + faults.len() <= n_rows_max);
            prop_assert!(faults.iter().all(|one| (1..=n_lines as u64).contains(&one.line)));
            prop_assert!(read.iter().all(|one| one.course == "reader" && !one.topics.is_empty()));
        }
    }
}
