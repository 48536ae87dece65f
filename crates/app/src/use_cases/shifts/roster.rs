//! The duty roster: which units are on duty in which shift, entered one by one or from a file.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use domain::access::{ListPeople, SetDutyRoster};
use domain::shift::{NewDuty, Span, Unit};
use domain::{Day, DutyId, Login, PersonId, Timestamp};
use hotfile::Row;
use policy::settings::TimeOfDay;
use sha2::{Digest as _, Sha256};

use super::{Shift, policy};
use crate::bus::Topic;
use crate::policies::InForce;
use crate::record::About;
use crate::use_cases::hit_life::shift_end;
use crate::use_cases::said::{me, wrong};
use crate::use_cases::table::{self, Names, RowFault, text};
use crate::{App, AskError, Ctx};

/// Largest file, in bytes: the roster of a large agency for months.
pub const FILE_BYTES_MAX: usize = 256 * 1024;
/// Shifts that begin later than this from now are a slip of the pen.
const AHEAD_MAX: Duration = Duration::from_secs(62 * 86_400);
/// So many shifts after the one that runs can be chosen in the form.
const AHEAD: usize = 9;

/// A unit that is to be on duty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PuttingOnDuty {
    /// Its call sign.
    pub unit: String,
    /// Who rides in it, where that is said.
    pub person: Option<PersonId>,
    /// When its shift begins, as RFC 3339.
    pub shift: String,
}

/// Puts a unit on duty in a shift.
pub async fn put_on_duty(app: &App, ctx: &Ctx, said: &PuttingOnDuty) -> Result<DutyId, AskError> {
    let act = app.begin::<SetDutyRoster>(ctx, About::nothing_yet()).await?;
    let policy = policy(app, ctx).await?;
    let unit = Unit::parse(&said.unit).map_err(|err| wrong("unit", err.to_string()))?;
    let shifts = Shift::all_from(&policy, ctx.now, AHEAD);
    let chosen = shifts.iter().find(|one| one.span.from.to_string() == said.shift.trim());
    let chosen = chosen.ok_or_else(|| wrong("shift", "is none that can be planned: choose one"))?;
    if let Some(person) = said.person {
        let people = app.inner().store.people(&act.leave().permit::<ListPeople>()?).await;
        let people = people.map_err(AskError::failed("list people"))?;
        if !people.iter().any(|one| one.id == person && one.is_usable(ctx.now)) {
            return Err(wrong("person", "is nobody with an account that can be used"));
        }
    }
    let new = NewDuty { unit, person: said.person, span: chosen.span };
    let added = app.inner().store.add_duties(act.permit(), &[new], me(ctx)?, ctx.now).await;
    let added = added.map_err(AskError::failed("put a unit on duty"))?;
    let id = *added.first().ok_or_else(|| wrong("unit", "is on duty in that shift already"))?;
    app.bus().tell(ctx.agency, Topic::Shifts, None);
    act.done([format!("duty {id}")]);
    Ok(id)
}

/// Takes a unit off duty.
pub async fn take_off_duty(app: &App, ctx: &Ctx, id: DutyId) -> Result<(), AskError> {
    let act = app.begin::<SetDutyRoster>(ctx, About::one("duty", id)).await?;
    let done = app.inner().store.remove_duty(act.permit(), id, me(ctx)?, ctx.now).await;
    if !done.map_err(AskError::failed("take a unit off duty"))? {
        return Err(AskError::not_found("unit on duty", id));
    }
    app.bus().tell(ctx.agency, Topic::Shifts, None);
    act.done([format!("duty {id}, taken off")]);
    Ok(())
}

/// What came of a file. With a fault in it nobody was put on duty.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct RosterImported {
    /// How many units were put on duty.
    pub n_added: usize,
    /// How many were on duty in that shift already.
    pub n_known: usize,
    /// Rows that cannot be taken, the first of them.
    pub faults: Vec<RowFault>,
}

/// Puts the units of a CSV file on duty, all of them or none. Its first row names the columns: `unit`, `day` (2026-11-21),
/// `shift` (`14:00`, when it begins) and, where there is one, `sign_in_name` of who rides in it; others are passed over.
pub async fn import_roster(app: &App, ctx: &Ctx, file: &[u8]) -> Result<RosterImported, AskError> {
    let digest = Some(Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect());
    let act = app.begin::<SetDutyRoster>(ctx, About { digest, ..About::default() }).await?;
    let failed = || AskError::failed("import a roster");
    let policy = policy(app, ctx).await?;
    let people = app.inner().store.people(&act.leave().permit::<ListPeople>()?).await;
    let people = people.map_err(failed())?;
    let usable = people.iter().filter(|one| one.is_usable(ctx.now));
    let reader = Reader {
        policy: &policy,
        people: usable.map(|one| (one.login.as_str(), one.id)).collect(),
        now: ctx.now,
    };
    let (read, faults) = reader.read(file);
    if !faults.is_empty() {
        act.failed();
        return Ok(RosterImported { faults, ..RosterImported::default() });
    }
    let added = app.inner().store.add_duties(act.permit(), &read, me(ctx)?, ctx.now).await;
    let added = added.map_err(failed())?;
    app.bus().tell(ctx.agency, Topic::Shifts, None);
    let (n_added, n_read) = (added.len(), read.len());
    act.done(added.into_iter().map(|id| format!("duty {id}")));
    Ok(RosterImported { n_added, n_known: n_read - n_added, faults: Vec::new() })
}

/// Where each column is.
struct Columns {
    unit: usize,
    day: usize,
    shift: usize,
    person: Option<usize>,
}

impl Columns {
    fn of(names: &Names) -> Result<Self, String> {
        let (unit, day, shift) =
            (names.need(&["unit"])?, names.need(&["day"])?, names.need(&["shift"])?);
        Ok(Self { unit, day, shift, person: names.find(&["sign_in_name"]) })
    }
}

/// What rows are held against.
struct Reader<'a> {
    policy: &'a InForce,
    people: HashMap<&'a str, PersonId>,
    now: Timestamp,
}

impl Reader<'_> {
    fn read(&self, file: &[u8]) -> (Vec<NewDuty>, Vec<RowFault>) {
        let mut lines = BTreeMap::new();
        table::read(file, Columns::of, |row, columns| {
            let duty = self.duty(row, columns)?;
            match lines.insert((duty.unit.clone(), duty.span.from), row.line) {
                None => Ok(duty),
                Some(first) => {
                    Err(format!("unit {} stands in line {first} for that shift already", duty.unit))
                }
            }
        })
    }

    fn duty(&self, row: &Row<'_>, columns: &Columns) -> Result<NewDuty, String> {
        let typed = text(row, columns.unit)?;
        let unit = Unit::parse(&typed).map_err(|err| format!("`{}` {err}", shown(&typed)))?;
        let span = self.span(&text(row, columns.day)?, &text(row, columns.shift)?)?;
        let person = match columns.person {
            None => None,
            Some(column) => self.person(&text(row, column)?)?,
        };
        Ok(NewDuty { unit, person, span })
    }

    fn span(&self, day: &str, time: &str) -> Result<Span, String> {
        let begins = &self.policy.bundle.settings().verification.shifts;
        let day = Day::parse(day)
            .map_err(|_| format!("`{}` is no day: write it as 2026-11-21", shown(day)))?;
        let is_ours = TimeOfDay::parse(time).filter(|time| begins.contains(time));
        if is_ours.is_none() {
            let all: Vec<String> = begins.iter().map(|one| String::from(*one)).collect();
            let all = all.join(", ");
            return Err(format!("no shift begins at `{}`: they begin at {all}", shown(time)));
        }
        let from = self.policy.moment(&format!("{day} {time}"));
        let from = from.ok_or_else(|| format!("{day} {time} is no moment there"))?;
        let until = shift_end(from, &self.policy.zone, begins);
        if until <= self.now {
            return Err(format!("the shift of {day} {time} is over"));
        }
        if from > self.now.plus(AHEAD_MAX) {
            return Err(format!("{day} is more than 62 days ahead"));
        }
        Ok(Span { from, until })
    }

    fn person(&self, typed: &str) -> Result<Option<PersonId>, String> {
        if typed.is_empty() {
            return Ok(None);
        }
        let login = Login::parse(typed).map_err(|err| format!("`{}`: {err}", shown(typed)))?;
        let person = self.people.get(login.as_str()).copied();
        person.map(Some).ok_or_else(|| format!("nobody signs in as `{login}`"))
    }
}

/// The beginning of a cell, for a report.
fn shown(text: &str) -> String {
    text.chars().take(30).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    /// Read once: a bundle is checked whole, which takes its time.
    static EXAMPLE: LazyLock<InForce> = LazyLock::new(|| {
        let (_, files) =
            policy::shipped().iter().find(|(word, _)| *word == "example").expect("it is shipped");
        let bundle = policy::Bundle::read(files).expect("it is good");
        InForce { bundle, zone: TimeZone::get("America/Chicago").expect("it is known") }
    });

    fn told(file: &[u8]) -> (Vec<NewDuty>, Vec<RowFault>) {
        let people = [("d.chen", PersonId::from_i64(7))].into();
        let now = Timestamp::parse("2026-11-21T18:00:00Z").expect("it is a moment");
        Reader { policy: &EXAMPLE, people, now }.read(file)
    }

    fn faults(file: &str) -> Vec<(u64, String)> {
        told(file.as_bytes()).1.into_iter().map(|one| (one.line, one.why)).collect()
    }

    #[test]
    fn a_roster_is_read_by_its_columns_names() {
        let (read, faults) = told(
            b"\xef\xbb\xbfday,Unit,shift,sign_in_name,car\n2026-11-21,12a,06:00,d.chen,9\n2026-11-21,14,14:00,,9\n",
        );
        assert_eq!(faults, []);
        let [first, second] = read.as_slice() else { panic!("two rows") };
        assert_eq!((first.unit.as_str(), first.person), ("12A", Some(PersonId::from_i64(7))));
        assert_eq!(first.span.from.to_string(), "2026-11-21T12:00:00Z", "06:00 there, and it runs");
        assert_eq!((second.unit.as_str(), second.person), ("14", None));
        assert_eq!(second.span.until.to_string(), "2026-11-22T04:00:00Z");
    }

    #[test]
    fn what_cannot_be_taken_is_told_by_line_and_reason() {
        let head = "unit,day,shift,sign_in_name\n";
        let wrong = [
            (1, "", "the file is empty"),
            (1, "unit,day\n", "the first row names no column `shift`"),
            (2, "unit,day,shift,sign_in_name\n--,2026-11-22,06:00,\n", "`--` is no call sign"),
            (2, &format!("{head}12,22.11.2026,06:00,\n"), "`22.11.2026` is no day"),
            (2, &format!("{head}12,2026-11-22,07:00,\n"), "no shift begins at `07:00`"),
            (2, &format!("{head}12,2026-11-20,06:00,\n"), "the shift of 2026-11-20 06:00 is over"),
            (2, &format!("{head}12,2027-11-22,06:00,\n"), "2027-11-22 is more than 62 days ahead"),
            (2, &format!("{head}12,2026-11-22,06:00,x.y\n"), "nobody signs in as `x.y`"),
            (
                3,
                &format!("{head}12,2026-11-22,06:00,\n 12 ,2026-11-22,06:00,\n"),
                "unit 12 stands in line 2 for that shift already",
            ),
        ];
        for (line, file, says) in wrong {
            let faults = faults(file);
            assert!(
                faults.iter().any(|(at, why)| *at == line && why.starts_with(says)),
                "{faults:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut file = b"unit,day,shift\n".to_vec();
            file.extend(bytes);
            let (_, faults) = told(&file);
            prop_assert!(faults.len() <= table::FAULTS_MAX);
        }

        #[test]
        fn rows_like_real_ones_are_answered(
            rows in proptest::collection::vec(("[0-9A-Z]{1,4}", "2026-1[12]-[0-3][0-9]",
                proptest::sample::select(vec!["06:00", "14:00", "22:00", "23:00"])), 0..20),
        ) {
            let rows: Vec<String> =
                rows.iter().map(|(unit, day, shift)| format!("{unit},{day},{shift}")).collect();
            let (read, faults) = told(format!("unit,day,shift\n{}\n", rows.join("\n")).as_bytes());
            prop_assert_eq!(read.len() + faults.len(), rows.len());
            for duty in read {
                prop_assert!(duty.span.from < duty.span.until);
            }
        }
    }
}
