//! Courses: what they teach, and for how long they count.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// For how long a completed course counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validity {
    /// Until the end of the calendar year (`AUS-344.7a`).
    CalendarYear,
    /// So many months, to the day.
    Months(u32),
    /// It does not lapse (`TWF-401.4a`, `BEL-461.3d`).
    NoLapse,
}

/// A course.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// What people read.
    pub label: String,
    /// For how long it counts.
    pub validity: Validity,
    /// Without one of these it is not complete.
    pub topics: Vec<String>,
    /// So many days before it lapses the person is warned.
    #[serde(default = "warn_days")]
    pub warn_days: Vec<u32>,
    /// The clause that asks for it.
    pub clause: String,
}

fn warn_days() -> Vec<u32> {
    vec![30, 14, 7, 1]
}

impl Course {
    /// The last day on which it counts for who completed it on `day` (`YYYY-MM-DD`); none: it does not lapse, or the
    /// day is none.
    pub fn valid_until(&self, day: &str) -> Option<String> {
        let day: Date = day.parse().ok()?;
        let last = match self.validity {
            Validity::CalendarYear => Date::new(day.year(), 12, 31).ok()?,
            // The day of the month on which it was completed is the first that does not count.
            Validity::Months(months) => {
                day.checked_add(i64::from(months).months()).ok()?.yesterday().ok()?
            }
            Validity::NoLapse => return None,
        };
        Some(last.to_string())
    }

    /// Topics that a completion leaves out.
    pub fn missing_topics<'a>(&'a self, taught: &'a [String]) -> impl Iterator<Item = &'a str> {
        self.topics.iter().filter(|topic| !taught.contains(topic)).map(String::as_str)
    }

    /// The warning that was reached last when `n_days` are left, of those that the bundle gives before the course lapses.
    pub fn warning(&self, n_days: u32) -> Option<u32> {
        self.warn_days.iter().copied().filter(|days| *days >= n_days).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(validity: Validity) -> Course {
        Course {
            label: "Reader training".to_owned(),
            validity,
            topics: vec!["misuse".to_owned(), "driver".to_owned()],
            warn_days: warn_days(),
            clause: "AUS-344.7b".to_owned(),
        }
    }

    /// Clause AUS-344.7a: training counts for the calendar year.
    #[test]
    fn clause_aus_344_7a_training_counts_to_the_end_of_the_year() {
        let yearly = course(Validity::CalendarYear);
        assert_eq!(yearly.valid_until("2026-01-05").as_deref(), Some("2026-12-31"));
        assert_eq!(yearly.valid_until("2026-12-31").as_deref(), Some("2026-12-31"));
    }

    #[test]
    fn each_warning_stands_until_the_next_is_reached() {
        let course = course(Validity::CalendarYear);
        let warning = |n_days| course.warning(n_days);
        assert_eq!((warning(31), warning(30), warning(15)), (None, Some(30), Some(30)));
        assert_eq!((warning(14), warning(2), warning(1)), (Some(14), Some(7), Some(1)));
    }

    #[test]
    fn months_are_counted_to_the_day() {
        let half = course(Validity::Months(6));
        assert_eq!(half.valid_until("2026-08-31").as_deref(), Some("2027-02-27"));
        assert_eq!(half.valid_until("2026-01-15").as_deref(), Some("2026-07-14"));
        assert_eq!(half.valid_until("someday"), None);
    }

    /// Clauses TWF-401.4a, BEL-461.3d: approved training, and no yearly lapse.
    #[test]
    fn clause_twf_401_4a_training_does_not_lapse_unless_the_bundle_says_so() {
        assert_eq!(course(Validity::NoLapse).valid_until("2026-01-05"), None);
    }

    /// Clause AUSP-access: a course is not complete with a topic missing.
    #[test]
    fn clause_ausp_access_a_topic_that_was_left_out_is_named() {
        let taught = ["misuse".to_owned()];
        let course = course(Validity::CalendarYear);
        assert_eq!(course.missing_topics(&taught).collect::<Vec<_>>(), ["driver"]);
    }
}
