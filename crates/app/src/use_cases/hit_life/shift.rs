//! When a shift ends.

use domain::Timestamp;
use jiff::tz::TimeZone;
use jiff::{Timestamp as Moment, ToSpan as _};
use policy::settings::TimeOfDay;

/// When the shift that runs at `now` ends, where the agency is: at the next time of day at which one begins.
pub(crate) fn shift_end(now: Timestamp, zone: &TimeZone, shifts: &[TimeOfDay]) -> Timestamp {
    let end = Moment::from_microsecond(now.micros()).ok().and_then(|at| {
        let today = at.to_zoned(zone.clone()).date();
        let begins = [0, 1].into_iter().flat_map(|days| {
            shifts.iter().filter_map(move |time| {
                let minutes = i8::try_from(time.minutes() % 60).ok()?;
                let hours = i8::try_from(time.minutes() / 60).ok()?;
                today.checked_add(days.days()).ok().map(|day| day.at(hours, minutes, 0, 0))
            })
        });
        let begins = begins.filter_map(|local| local.to_zoned(zone.clone()).ok());
        begins.map(|begin| begin.timestamp()).find(|begin| *begin > at)
    });
    // A bundle without shifts is refused when it is read; a moment beyond the calendar has no shifts.
    end.map_or(now, |end| Timestamp::from_micros(end.as_microsecond()))
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
}
