//! The weekly review: what happened in a week, and who signed it off.

use std::collections::{BTreeMap, HashMap};

use domain::access::{ReviewWeek, SearchAudit};
use domain::oversight::{WeekReview, week_of};
use domain::{Day, PersonId};
use store::{LogId, Tally, WeekTally};

use super::audit::names_by_pseudonym;
use super::{index, me, names, people, text, today};
use crate::record::About;
use crate::{App, AskError, Ctx};

const DAYS_A_WEEK: i64 = 7;
/// A week has to be signed off within so many days of its end.
const DUE_WITHIN_DAYS: i64 = 7;
/// Weeks in the list.
const WEEKS: i64 = 12;

/// What is a look at what readers recorded.
const LOOKS: [&str; 6] =
    ["list-reads", "open-read", "open-picture", "list-hits", "open-hit", "search-reads"];
/// What takes records or reads out of the house.
const EXPORTS: [&str; 1] = ["export-audit"];

/// How a week stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WeekState {
    /// Its Monday.
    pub week: Day,
    /// Its Sunday.
    pub last: Day,
    /// Whether it is over: only then it can be signed off.
    pub is_over: bool,
    /// Whether it should have been signed off and was not.
    pub is_overdue: bool,
    /// Who signed it off, and what they noted.
    pub reviews: Vec<WeekReview>,
}

/// One week.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WeekPage {
    /// Which, and how it stands.
    pub state: WeekState,
    /// Looks by person and purpose, most first. A live page is one look.
    pub looks: Vec<(String, String, u64)>,
    /// Refusals by reason, most first. One with several reasons counts for each.
    pub refusals: Vec<(String, u64)>,
    /// Sign-ins that failed at accounts of the agency.
    pub n_sign_ins_failed: u64,
    /// Passwords that failures locked.
    pub n_passwords_locked: u64,
    /// Roles that were given.
    pub n_roles_given: u64,
    /// Exports.
    pub n_exports: u64,
    /// The latest weeks, newest first.
    pub weeks: Vec<WeekState>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// The week of a day, and how the latest weeks stand; the last week that is over where no day is given.
pub async fn open_week(app: &App, ctx: &Ctx, day: Option<Day>) -> Result<WeekPage, AskError> {
    let act = app.begin::<SearchAudit>(ctx, About::search("a week's counts")).await?;
    index::be_current(app, LogId::of_agency(ctx.agency)).await?;
    let failed = || AskError::failed("count what happened in a week");
    let today = today(app, ctx);
    let week = day.map_or_else(|| later(week_of(today), -DAYS_A_WEEK), week_of);
    let oldest = later(week_of(today), -DAYS_A_WEEK * WEEKS).min(week);
    let (store, permit) = (&app.inner().store, act.permit());
    let days = (week, later(week, DAYS_A_WEEK - 1));
    let tally = store.tally_days(permit, days, &LOOKS).await.map_err(failed())?;
    let reviews = store.week_reviews(permit, oldest).await.map_err(failed())?;
    let first = store.first_day_on_record(permit).await.map_err(failed())?;
    let everybody = people(app, act.leave()).await?;
    let by_pseudonym = names_by_pseudonym(app, ctx).await?;
    act.done([format!("week {week}")]);
    let first = first.map_or_else(|| week_of(today), week_of);
    let state = |week| state(week, first, today, &reviews);
    let weeks = (0..WEEKS).map(|n| later(week_of(today), -DAYS_A_WEEK * n));
    let WeekTally { looks, refusals, all } = tally;
    let name = |word: &str| by_pseudonym.get(word).map(|(_, name)| name.clone());
    Ok(WeekPage {
        state: state(week),
        looks: looks
            .into_iter()
            .map(|one| (name(&one.of).unwrap_or(one.of), one.and, one.n))
            .collect(),
        refusals: by_reason(&refusals),
        n_sign_ins_failed: count(&all, &["sign-in"], "refuse"),
        n_passwords_locked: count(&all, &["password-locked"], ""),
        n_roles_given: count(&all, &["grant-role"], "permit"),
        n_exports: count(&all, &EXPORTS, "permit"),
        weeks: weeks.filter(|week| *week >= first).map(state).collect(),
        names: names(&everybody),
    })
}

/// Signs a week off that is over.
pub async fn review_week(app: &App, ctx: &Ctx, week: Day, note: &str) -> Result<(), AskError> {
    let act = app.begin::<ReviewWeek>(ctx, About::one("week", week)).await?;
    let wrong = |field, why: &str| AskError::Invalid { field, why: why.to_owned() };
    if week_of(week) != week {
        return Err(wrong("week", "does not begin on a Monday"));
    }
    if week >= week_of(today(app, ctx)) {
        return Err(wrong("week", "is not over yet"));
    }
    let review = WeekReview { week, by: me(ctx)?, at: ctx.now, note: text("note", note)? };
    let added = app.inner().store.add_week_review(act.permit(), &review).await;
    if !added.map_err(AskError::failed("sign a week off"))? {
        return Err(wrong("week", "was signed off by you"));
    }
    act.done([format!("week {week}, signed off")]);
    Ok(())
}

fn later(day: Day, by: i64) -> Day {
    Day::from_number(day.number().saturating_add(by))
}

/// How a week stands. Nothing is owed for weeks before the first on record.
fn state(week: Day, first: Day, today: Day, reviews: &[WeekReview]) -> WeekState {
    let own = reviews.iter().filter(|one| one.week == week).cloned();
    let reviews: Vec<WeekReview> = own.collect();
    let next = later(week, DAYS_A_WEEK);
    let is_late = today >= later(next, DUE_WITHIN_DAYS);
    WeekState {
        week,
        last: later(week, DAYS_A_WEEK - 1),
        is_over: next <= today,
        is_overdue: is_late && reviews.is_empty() && week >= first,
        reviews,
    }
}

fn count(all: &[Tally], actions: &[&str], decision: &str) -> u64 {
    let fits = all.iter().filter(|one| actions.contains(&one.of.as_str()) && one.and == decision);
    fits.map(|one| one.n).sum()
}

/// Refusals by each of their reasons, most first.
fn by_reason(refusals: &[Tally]) -> Vec<(String, u64)> {
    let mut by_reason = BTreeMap::<String, u64>::new();
    for one in refusals {
        for reason in one.of.split_whitespace() {
            *by_reason.entry(reason.to_owned()).or_default() += one.n;
        }
    }
    let mut sorted: Vec<_> = by_reason.into_iter().collect();
    sorted.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_week_is_owed_a_week_after_its_end() {
        let (week, first) = (day("2026-11-09"), day("2026-11-02"));
        let at = |today: &str| state(week, first, day(today), &[]);
        assert_eq!((at("2026-11-15").is_over, at("2026-11-15").is_overdue), (false, false));
        assert_eq!((at("2026-11-16").is_over, at("2026-11-16").is_overdue), (true, false));
        assert_eq!((at("2026-11-22").is_overdue, at("2026-11-23").is_overdue), (false, true));
        let before = state(day("2026-10-26"), first, day("2026-11-23"), &[]);
        assert!(!before.is_overdue, "there was no record yet");
        let by = PersonId::from_i64(1);
        let signed = WeekReview { week, by, at: day("2026-11-20").start(), note: "read".into() };
        assert!(!state(week, first, day("2026-12-23"), &[signed]).is_overdue);
    }

    #[test]
    fn a_refusal_counts_for_each_of_its_reasons() {
        let one = |of: &str, n| Tally { of: of.to_owned(), and: "open-read".to_owned(), n };
        let counted = by_reason(&[one("case-missing reason-missing", 2), one("case-missing", 1)]);
        let case = ("case-missing".to_owned(), 3);
        assert_eq!(counted, [case, ("reason-missing".to_owned(), 2)]);
    }
}
