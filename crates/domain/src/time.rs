//! Moments and days. Every moment is UTC; nothing here can ask what time it is.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(i64);

/// A moment that could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{text}` is not a moment: expected RFC 3339 with an offset, such as 2026-11-21T14:02:31.25Z"
)]
pub struct InvalidTimestamp {
    text: String,
}

impl Timestamp {
    /// The moment that many microseconds after the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch: the form in which moments are stored (D1).
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The UTC day this moment falls on.
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(MICROS_PER_DAY))
    }

    /// Reads RFC 3339 with an offset; finer than a microsecond is cut.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        text.parse::<jiff::Timestamp>()
            .map(|t| Self(t.as_microsecond()))
            .map_err(|_| InvalidTimestamp { text: text.chars().take(64).collect() })
    }

    /// This moment moved by `by` into the future.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This moment moved by `by` into the past.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this moment is; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// RFC 3339 in UTC, with as many digits as the moment needs.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => moment.fmt(f),
            Err(_) => write!(f, "{}µs", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A UTC day, counted from 1970-01-01: the unit in which reads are kept and forgotten (D2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(i64);

/// A day that could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not a day: expected YYYY-MM-DD")]
pub struct InvalidDay {
    text: String,
}

impl Day {
    /// The day that many days after 1970-01-01: the form in which days are stored.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The first moment of the day.
    pub const fn start(self) -> Timestamp {
        Timestamp(self.0.saturating_mul(MICROS_PER_DAY))
    }

    /// The day after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The day before.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self, InvalidDay> {
        let wrong = || InvalidDay { text: text.chars().take(32).collect() };
        let date: jiff::civil::Date = text.parse().map_err(|_| wrong())?;
        if text.len() != 10 {
            return Err(wrong());
        }
        let epoch = jiff::civil::date(1970, 1, 1);
        let span = epoch.until((jiff::Unit::Day, date)).map_err(|_| wrong())?;
        Ok(Self(i64::from(span.get_days())))
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0.saturating_mul(86_400)) {
            Ok(moment) => write!(f, "{}", moment.to_zoned(jiff::tz::TimeZone::UTC).date()),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_it_is_written() {
        let moment = Timestamp::parse("2026-11-21T14:02:31.250001Z").unwrap();
        assert_eq!(moment.to_string(), "2026-11-21T14:02:31.250001Z");
        assert_eq!(moment.day().to_string(), "2026-11-21");
        assert_eq!(Timestamp::parse("2026-11-21T08:02:31.250001-06:00").unwrap(), moment);
    }

    #[test]
    fn a_moment_without_an_offset_is_refused() {
        assert!(Timestamp::parse("2026-11-21T14:02:31").is_err());
    }

    proptest::proptest! {
        #[test]
        fn a_day_reads_as_it_is_written(number in -700_000_i64..2_900_000) {
            let day = Day::from_number(number);
            proptest::prop_assert_eq!(Day::parse(&day.to_string()), Ok(day));
            proptest::prop_assert_eq!(day.start().day(), day);
            proptest::prop_assert_eq!(Timestamp::from_micros(day.next().start().micros() - 1).day(), day);
        }
    }
}
