//! Dates as files write them.

use domain::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// One way to write a date, such as `%Y%m%d`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DateFormat(String);

/// How a file writes dates.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Dates {
    /// Tried one after the other.
    pub formats: Vec<DateFormat>,
    /// Texts that mean that there is none, such as `99999999`.
    pub none: Vec<String>,
}

/// What a moment is to an entry: a day alone begins with its midnight and ends with the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bound {
    Begin,
    End,
}

impl DateFormat {
    /// Reads a format; it has to be able to read what it writes.
    pub fn parse(format: &str) -> Result<Self, String> {
        let sample = DateTime::constant(2026, 3, 4, 15, 16, 0, 0);
        let sample = sample.to_zoned(TimeZone::UTC).map_err(|err| err.to_string())?;
        let written = strtime::format(format, &sample)
            .map_err(|err| format!("is no way to write a date: {err}"))?;
        let read = strtime::parse(format, &written).and_then(|parts| parts.to_date());
        match read {
            Ok(date) if date == sample.date() => Ok(Self(format.to_owned())),
            _ => Err("has to say year, month and day, such as %Y-%m-%d".to_owned()),
        }
    }
}

impl Dates {
    /// The moment that a text means at a place in this time zone; none where it means that there is none.
    pub(crate) fn read(
        &self,
        text: &str,
        bound: Bound,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, ()> {
        if self.none.iter().any(|none| none == text) {
            return Ok(None);
        }
        let found = self.formats.iter().find_map(|format| moment(&format.0, text, bound, zone));
        found.map(Some).ok_or(())
    }
}

fn moment(format: &str, text: &str, bound: Bound, zone: &TimeZone) -> Option<Timestamp> {
    let parts = strtime::parse(format, text).ok()?;
    let micros = |at: jiff::Timestamp| Timestamp::from_micros(at.as_microsecond());
    if let Ok(at) = parts.to_timestamp() {
        return Some(micros(at));
    }
    let date = parts.to_date().ok()?;
    let there = match (parts.hour(), bound) {
        (Some(_), _) => date.to_datetime(parts.to_time().ok()?),
        (None, Bound::Begin) => DateTime::from(date),
        (None, Bound::End) => DateTime::from(date.tomorrow().ok()?),
    };
    Some(micros(there.to_zoned(zone.clone()).ok()?.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(formats: &[&str], text: &str, bound: Bound) -> Option<String> {
        let formats = formats.iter().map(|format| DateFormat::parse(format).unwrap()).collect();
        let dates = Dates { formats, none: vec!["99999999".to_owned()] };
        let zone = TimeZone::fixed(jiff::tz::offset(-6));
        dates.read(text, bound, &zone).unwrap().map(|at| at.to_string())
    }

    #[test]
    fn a_day_begins_with_its_midnight_and_ends_with_the_next() {
        let begin = read(&["%Y%m%d"], "20260131", Bound::Begin);
        assert_eq!(begin.as_deref(), Some("2026-01-31T06:00:00Z"));
        let end = read(&["%Y-%m-%d", "%m/%d/%Y"], "01/31/2026", Bound::End);
        assert_eq!(end.as_deref(), Some("2026-02-01T06:00:00Z"));
    }

    #[test]
    fn a_time_of_day_is_taken_as_it_stands_and_an_offset_is_believed() {
        let at = read(&["%Y-%m-%d %H:%M"], "2026-01-31 12:30", Bound::End);
        assert_eq!(at.as_deref(), Some("2026-01-31T18:30:00Z"));
        let at = read(&["%Y-%m-%dT%H:%M:%S%:z"], "2026-01-31T12:30:00+00:00", Bound::End);
        assert_eq!(at.as_deref(), Some("2026-01-31T12:30:00Z"));
        assert_eq!(read(&["%Y%m%d"], "99999999", Bound::End), None);
    }

    #[test]
    fn a_format_that_is_none_is_refused() {
        for bad in ["", "day", "%H:%M", "%Y-%m", "%Q"] {
            assert!(DateFormat::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_moment_or_none(text in "\\PC{0,24}") {
            let formats = ["%Y%m%d", "%m/%d/%y", "%Y-%m-%d %H:%M:%S"];
            let formats = formats.map(|format| DateFormat::parse(format).unwrap()).into();
            let dates = Dates { formats, none: Vec::new() };
            let begins = dates.read(&text, Bound::Begin, &TimeZone::UTC);
            let ends = dates.read(&text, Bound::End, &TimeZone::UTC);
            prop_assert_eq!(begins.is_ok(), ends.is_ok());
            prop_assert!(begins <= ends);
        }
    }
}
