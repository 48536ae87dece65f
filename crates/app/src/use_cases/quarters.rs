//! Quarters of a year, where the agency is.

use domain::Timestamp;
use domain::figures::Quarter;

use super::said::wrong;
use crate::AskError;
use crate::policies::InForce;

/// Quarters that can be chosen: three years.
const QUARTERS: usize = 12;

/// The quarter that runs.
pub(crate) fn running(policy: &InForce, now: Timestamp) -> Result<Quarter, AskError> {
    let running = Quarter::of(policy.day(now));
    running.ok_or_else(|| wrong("quarter", "cannot be told: the clock is wrong"))
}

/// This quarter and those before it that can be chosen, newest first.
pub(crate) fn back_from(quarter: Option<Quarter>) -> Vec<Quarter> {
    std::iter::successors(quarter, |one| one.previous()).take(QUARTERS).collect()
}

/// The quarter of this name.
pub(crate) fn named(text: &str) -> Result<Quarter, AskError> {
    Quarter::parse(text.trim()).ok_or_else(|| wrong("quarter", "is none: write it as 2026-Q3"))
}

/// From when to when a quarter lasts.
pub(crate) fn period(policy: &InForce, quarter: Quarter) -> (Timestamp, Timestamp) {
    let begins = |quarter: Option<Quarter>| {
        let day = quarter.and_then(Quarter::first_day);
        day.map_or(Timestamp::from_micros(i64::MAX), |day| policy.begins(day))
    };
    (begins(Some(quarter)), begins(quarter.next()))
}
