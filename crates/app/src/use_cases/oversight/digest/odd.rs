//! What is odd about a sign-in.

use std::time::Duration;

use domain::Timestamp;
use jiff::tz::TimeZone;

use crate::use_cases::oversight::hour;

/// An hour is unusual for somebody only when so many earlier sign-ins are known.
const KNOWN_MIN: usize = 10;
/// Hours of a sign-in this near to an earlier one's are not unusual.
const NEAR_HOURS: i8 = 2;
/// Earlier sign-ins count for so long: shifts change.
const REMEMBERED: Duration = Duration::from_secs(60 * 24 * 3600);

/// What is odd about a sign-in that succeeded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Odd {
    /// It came from an address from which this person had never signed in.
    NewAddress,
    /// It came from a device that this person had never used: its browser did not carry what an earlier sign-in had left in it.
    NewDevice,
    /// It came at an hour at which this person does not sign in.
    UnusualHour,
}

/// What is odd about a sign-in, given whether its device is new to the person, and those before it, newest first: when each was,
/// and whether from the same address. The very first is not odd: it has to come from somewhere.
pub(super) fn what_is_odd(
    at: Timestamp,
    is_new_device: bool,
    earlier: &[(Timestamp, bool)],
    zone: &TimeZone,
) -> Vec<Odd> {
    let mut odd = Vec::new();
    if !earlier.is_empty() && !earlier.iter().any(|(_, same)| *same) {
        odd.push(Odd::NewAddress);
    }
    if !earlier.is_empty() && is_new_device {
        odd.push(Odd::NewDevice);
    }
    let recent = earlier.iter().filter(|(then, _)| at.since(*then) <= REMEMBERED);
    let hours: Vec<i8> = recent.map(|(then, _)| hour(*then, zone)).collect();
    let here = hour(at, zone);
    if hours.len() >= KNOWN_MIN && !hours.iter().any(|then| apart(*then, here) <= NEAR_HOURS) {
        odd.push(Odd::UnusualHour);
    }
    odd
}

/// How far two hours of the day are apart, around the clock.
const fn apart(one: i8, other: i8) -> i8 {
    let by = (one - other).rem_euclid(24);
    if by > 12 { 24 - by } else { by }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn noon() -> Timestamp {
        Timestamp::parse("2026-11-21T12:00:00Z").unwrap()
    }

    #[test]
    fn a_sign_in_is_odd_by_its_address_its_device_or_its_hour() {
        let odd = |at, earlier: &[_]| what_is_odd(at, false, earlier, &TimeZone::UTC);
        let on_new_device = |earlier: &[_]| what_is_odd(noon(), true, earlier, &TimeZone::UTC);
        assert_eq!(odd(noon(), &[]), [], "the first comes from somewhere");
        assert_eq!(on_new_device(&[]), [], "and from some device");
        assert_eq!(on_new_device(&[(noon().minus(HOUR), true)]), [Odd::NewDevice]);
        let both = on_new_device(&[(noon().minus(HOUR), false)]);
        assert_eq!(both, [Odd::NewAddress, Odd::NewDevice]);
        assert_eq!(odd(noon(), &[(noon().minus(HOUR), false)]), [Odd::NewAddress]);
        let day = |n: u32| (noon().minus(HOUR * 24 * n), true);
        let ten: Vec<_> = (1..=10).map(day).collect();
        assert_eq!(odd(noon(), &ten), []);
        assert_eq!(odd(noon().plus(HOUR * 2), &ten), []);
        assert_eq!(odd(noon().plus(HOUR * 3), &ten), [Odd::UnusualHour]);
        assert_eq!(odd(noon().plus(HOUR * 3), &ten[1..]), [], "nine say little");
        let long_ago: Vec<_> = (70..=80).map(day).collect();
        assert_eq!(odd(noon().plus(HOUR * 3), &long_ago), []);
    }

    #[test]
    fn hours_are_apart_around_the_clock() {
        assert_eq!((apart(23, 1), apart(1, 23), apart(0, 12), apart(5, 5)), (2, 2, 12, 0));
    }
}
