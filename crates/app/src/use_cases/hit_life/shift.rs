//! When shifts begin and end.

use std::ops::Range;

use domain::Timestamp;
use domain::shift::Span;
use jiff::tz::TimeZone;
use jiff::{Timestamp as Moment, ToSpan as _};
use policy::settings::TimeOfDay;

/// Days before and after a moment in whose nights and mornings its shift begins and ends.
const AROUND: Range<i64> = -1..2;

/// When the shift that runs at `now` ends, where the agency is: at the next time of day at which one begins.
pub(crate) fn shift_end(now: Timestamp, zone: &TimeZone, shifts: &[TimeOfDay]) -> Timestamp {
    // A bundle without shifts is refused when it is read; a moment beyond the calendar has no shifts.
    begins(now, zone, shifts, AROUND).into_iter().find(|begin| *begin > now).unwrap_or(now)
}

/// The shift that runs at `now`, and the next `n_more` after it.
pub(crate) fn shifts_from(
    now: Timestamp,
    zone: &TimeZone,
    shifts: &[TimeOfDay],
    n_more: usize,
) -> Vec<Span> {
    // Of one shift a day, the last of so many ends so many days later.
    let days = i64::try_from(n_more).unwrap_or(i64::MAX - 2).saturating_add(2);
    let begins = begins(now, zone, shifts, AROUND.start..days);
    let spans = begins.windows(2).filter_map(|pair| match pair {
        [from, until] => Some(Span { from: *from, until: *until }),
        _ => None,
    });
    spans.filter(|span| span.until > now).take(n_more + 1).collect()
}

/// The moments at which shifts begin on days around `now`, in their order, each once.
fn begins(
    now: Timestamp,
    zone: &TimeZone,
    shifts: &[TimeOfDay],
    days: Range<i64>,
) -> Vec<Timestamp> {
    let Ok(at) = Moment::from_microsecond(now.micros()) else { return Vec::new() };
    let today = at.to_zoned(zone.clone()).date();
    let local = days.flat_map(|days| {
        shifts.iter().filter_map(move |time| {
            let minutes = i8::try_from(time.minutes() % 60).ok()?;
            let hours = i8::try_from(time.minutes() / 60).ok()?;
            today.checked_add(days.days()).ok().map(|day| day.at(hours, minutes, 0, 0))
        })
    });
    let begins = local.filter_map(|local| local.to_zoned(zone.clone()).ok());
    let moment = |begin: jiff::Zoned| Timestamp::from_micros(begin.timestamp().as_microsecond());
    let mut begins: Vec<Timestamp> = begins.map(moment).collect();
    // Where clocks are put back or forward two times of day can be one moment.
    begins.sort_unstable();
    begins.dedup();
    begins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(now: &str) -> String {
        let shifts = ["06:00", "14:00", "22:00"].map(|text| TimeOfDay::parse(text).unwrap());
        let zone = TimeZone::get("America/Chicago").unwrap();
        let now = Timestamp::from_micros(now.parse::<Moment>().unwrap().as_microsecond());
        Moment::from_microsecond(shift_end(now, &zone, &shifts).micros()).unwrap().to_string()
    }

    #[test]
    fn clause_aus_344_4g_a_shift_ends_when_the_next_begins_where_the_agency_is() {
        assert_eq!(end("2026-11-22T13:00:00Z"), "2026-11-22T20:00:00Z", "07:00 to 14:00");
        assert_eq!(end("2026-11-22T20:00:00Z"), "2026-11-23T04:00:00Z", "one ends, one begins");
        assert_eq!(end("2026-11-23T05:30:00Z"), "2026-11-23T12:00:00Z", "over midnight");
        assert_eq!(end("2026-11-01T04:00:00Z"), "2026-11-01T12:00:00Z", "the night has nine hours");
    }
    proptest::proptest! {
        /// Shifts follow each other without a gap, the first of them runs, and it ends when the older question says it does.
        #[test]
        fn shifts_follow_each_other(
            micros in 1_600_000_000_000_000_i64..1_900_000_000_000_000, n_more in 0_usize..8,
            mut minutes in proptest::collection::btree_set(0_u16..1440, 1..5),
        ) {
            minutes.insert(150);
            let text = |one: &u16| format!("{:02}:{:02}", one / 60, one % 60);
            let shifts: Vec<TimeOfDay> =
                minutes.iter().map(|one| TimeOfDay::parse(&text(one)).unwrap()).collect();
            let zone = TimeZone::get("America/Chicago").unwrap();
            let now = Timestamp::from_micros(micros);
            let spans = shifts_from(now, &zone, &shifts, n_more);
            proptest::prop_assert_eq!(spans.len(), n_more + 1);
            proptest::prop_assert!(spans[0].holds(now));
            proptest::prop_assert_eq!(spans[0].until, shift_end(now, &zone, &shifts));
            for pair in spans.windows(2) {
                proptest::prop_assert_eq!(pair[0].until, pair[1].from);
            }
        }
    }
}
