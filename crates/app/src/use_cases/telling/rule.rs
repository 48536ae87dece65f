//! A quiet rule as it is written in a form.

use domain::telling::{Channel, Day7, QuietRule};
use domain::{Category, Circle, Position, Priority};
use policy::settings::TimeOfDay;

use crate::AskError;
use crate::use_cases::said::wrong;

/// A quiet rule as it was written: words and numbers as text.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct RuleSaid {
    /// Words of days.
    pub days: Vec<String>,
    /// `22:00`.
    pub from: String,
    /// `06:00`.
    pub until: String,
    /// Latitude and longitude with a comma between; empty: everywhere.
    pub centre: String,
    /// Metres; empty with `centre`.
    pub radius: String,
    /// Words of priorities; none: all but the highest.
    pub priorities: Vec<String>,
    /// Words of categories; none: all that can be quiet.
    pub categories: Vec<String>,
    /// Words of ways out.
    pub channels: Vec<String>,
}

impl RuleSaid {
    /// The rule that it says.
    pub fn read(&self) -> Result<QuietRule, AskError> {
        let rule = QuietRule {
            days: words(&self.days, Day7::parse, "days", "a day of the week")?,
            from: time(&self.from, "from", "22:00")?,
            until: time(&self.until, "until", "06:00")?,
            area: self.area()?,
            priorities: words(&self.priorities, Priority::parse, "priorities", "a priority")?,
            categories: words(&self.categories, Category::parse, "categories", "a category")?,
            channels: words(&self.channels, Channel::parse, "channels", "a way of being told")?,
        };
        match rule.fault() {
            Some(fault) => Err(wrong(fault.part, fault.says)),
            None => Ok(rule),
        }
    }

    fn area(&self) -> Result<Option<Circle>, AskError> {
        let (centre, radius) = (self.centre.trim(), self.radius.trim());
        if centre.is_empty() && radius.is_empty() {
            return Ok(None);
        }
        let no_place = || {
            wrong(
                "centre",
                "is no place: latitude and longitude with a comma, such as 30.2672, -97.7431",
            )
        };
        let (latitude, longitude) = centre.split_once(',').ok_or_else(no_place)?;
        let degrees =
            |text: &str| text.trim().replace('−', "-").parse::<f64>().map_err(|_| no_place());
        let centre = Position { latitude: degrees(latitude)?, longitude: degrees(longitude)? };
        let radius_m = radius.replace(',', "").parse::<u32>();
        let radius_m =
            radius_m.map_err(|_| wrong("radius", "is no number of metres, such as 800"))?;
        Ok(Some(Circle { centre, radius_m }))
    }
}

fn words<T: PartialEq>(
    all: &[String],
    parse: impl Fn(&str) -> Option<T>,
    field: &'static str,
    what: &str,
) -> Result<Vec<T>, AskError> {
    let mut read = Vec::new();
    for word in all {
        let one = parse(word).ok_or_else(|| wrong(field, format!("names what is not {what}")))?;
        if !read.contains(&one) {
            read.push(one);
        }
    }
    Ok(read)
}

fn time(text: &str, field: &'static str, such_as: &str) -> Result<u16, AskError> {
    let time = TimeOfDay::parse(text.trim()).map(TimeOfDay::minutes);
    time.ok_or_else(|| wrong(field, format!("is no time of day, such as {such_as}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said() -> RuleSaid {
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
        RuleSaid {
            days: words(&["sat", "sun"]),
            from: "22:00".to_owned(),
            until: "06:00".to_owned(),
            channels: words(&["push"]),
            ..RuleSaid::default()
        }
    }

    fn field(said: &RuleSaid) -> Option<&'static str> {
        match said.read() {
            Err(AskError::Invalid { field, .. }) => Some(field),
            _ => None,
        }
    }

    #[test]
    fn a_rule_is_read_as_it_is_written() {
        let rule = said().read().unwrap();
        assert_eq!((rule.from, rule.until, rule.days.len()), (22 * 60, 6 * 60, 2));
        let here =
            RuleSaid { centre: "30.2672, −97.7431".into(), radius: "1,200".into(), ..said() };
        let area = here.read().unwrap().area.unwrap();
        assert_eq!((area.centre.longitude, area.radius_m), (-97.7431, 1200));
        assert_eq!(field(&RuleSaid { from: "25:00".into(), ..said() }), Some("from"));
        assert_eq!(field(&RuleSaid { centre: "here".into(), ..said() }), Some("centre"));
        assert_eq!(field(&RuleSaid { radius: "800".into(), ..said() }), Some("centre"));
        assert_eq!(field(&RuleSaid { centre: "1, 2".into(), ..said() }), Some("radius"));
        let loudest = RuleSaid { priorities: vec!["high".into()], ..said() };
        assert_eq!(field(&loudest), Some("priorities"));
        assert_eq!(field(&RuleSaid { days: vec!["someday".into()], ..said() }), Some("days"));
    }

    proptest! {
        #[test]
        fn any_form_is_taken_or_refused_by_field(
            days in prop::collection::vec(any::<String>(), 0..3), from in any::<String>(), until in "[0-9:]{0,6}",
            centre in "[-−0-9., nNaA]{0,20}", radius in "[-0-9,]{0,12}", priorities in prop::collection::vec("high|low|normal|[a-z]{3}", 0..3),
        ) {
            let fuzzed = RuleSaid { days, from, ..said() };
            prop_assert!(fuzzed.read().is_ok() || field(&fuzzed).is_some());
            let shaped = RuleSaid { until, centre, radius, priorities, ..said() };
            match shaped.read() {
                Ok(rule) => prop_assert_eq!(rule.fault(), None),
                Err(_) => prop_assert!(field(&shaped).is_some()),
            }
        }
    }
}
