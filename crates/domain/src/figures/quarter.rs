//! Quarters of a year.

use std::fmt;

use crate::time::Day;

/// A quarter of a year: `2026-Q4`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Quarter {
    year: i16,
    /// 1–4.
    nth: u8,
}

impl Quarter {
    /// The quarter of a month, 1–12; none for others, and for years before 2000 and after 9999.
    pub fn of_month(year: i16, month: u8) -> Option<Self> {
        let is_known = (2000..=9999).contains(&year) && (1..=12).contains(&month);
        is_known.then(|| Self { year, nth: (month - 1) / 3 + 1 })
    }

    /// The quarter of a day; none as for [`Quarter::of_month`].
    pub fn of(day: Day) -> Option<Self> {
        let text = day.to_string();
        let mut parts = text.split('-');
        Self::of_month(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)
    }

    /// Its first day.
    pub fn first_day(self) -> Option<Day> {
        Day::parse(&format!("{:04}-{:02}-01", self.year, self.first_month())).ok()
    }

    /// Reads `2026-Q4`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, nth) = text.split_once("-Q")?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || nth.len() != 1 || !is_number(year) || !is_number(nth) {
            return None;
        }
        let nth: u8 = nth.parse().ok().filter(|nth| (1..=4).contains(nth))?;
        Self::of_month(year.parse().ok()?, nth * 3)
    }

    /// Its first month, 1–12.
    const fn first_month(self) -> u8 {
        (self.nth - 1) * 3 + 1
    }

    /// The one before; none before the first of the year 2000.
    pub fn previous(self) -> Option<Self> {
        let (year, month) =
            if self.nth == 1 { (self.year - 1, 12) } else { (self.year, self.first_month() - 1) };
        Self::of_month(year, month)
    }

    /// The one after; none after the last of the year 9999.
    pub fn next(self) -> Option<Self> {
        let (year, month) =
            if self.nth == 4 { (self.year + 1, 1) } else { (self.year, self.first_month() + 3) };
        Self::of_month(year, month)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.nth)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn months_fall_into_quarters() {
        let of = |month| Quarter::of_month(2026, month).map(|one| one.to_string());
        assert_eq!(of(1).as_deref(), Some("2026-Q1"));
        assert_eq!(of(12).as_deref(), Some("2026-Q4"));
        assert_eq!(of(13), None);
        let last = Quarter::parse("2026-Q4").unwrap();
        assert_eq!(last.next(), Quarter::parse("2027-Q1"));
        assert_eq!(last.next().and_then(Quarter::previous), Some(last));
        let day = Day::parse("2026-10-01").unwrap();
        assert_eq!((last.first_day(), Quarter::of(day)), (Some(day), Some(last)));
        assert_eq!(Quarter::of(day.previous()), Quarter::parse("2026-Q3"));
        for bad in ["2026-Q5", "2026-Q0", "26-Q1", "2026Q1", "2026-Q", "+026-Q1", ""] {
            assert_eq!(Quarter::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_quarter_is_read_as_it_is_written(text in any::<String>(), year in 2000_i16..=9999, month in 1_u8..=12) {
            let quarter = Quarter::of_month(year, month).unwrap();
            prop_assert_eq!(Quarter::parse(&quarter.to_string()), Some(quarter));
            if let Some(quarter) = Quarter::parse(&text) {
                prop_assert_eq!(quarter.to_string(), text);
            }
        }
    }
}
