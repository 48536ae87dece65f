//! Quiet rules: when and where somebody is not told, of what and how. Never of missing or endangered people, and never of what
//! has the highest priority.

use serde::{Deserialize, Serialize};

use super::{Channel, Matter};
use crate::camera::{Circle, Position};
use crate::hotlist::{Category, Priority};

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;
/// The widest circle, in metres.
const RADIUS_M_MAX: u32 = 100_000;

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Day7 {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day7 {
    /// All of them, from Monday on.
    pub const ALL: [Self; 7] =
        [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mon => "Monday",
            Self::Tue => "Tuesday",
            Self::Wed => "Wednesday",
            Self::Thu => "Thursday",
            Self::Fri => "Friday",
            Self::Sat => "Saturday",
            Self::Sun => "Sunday",
        }
    }

    /// Reads [`Day7::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.word() == word)
    }

    /// The day before.
    #[must_use]
    pub const fn before(self) -> Self {
        match self {
            Self::Mon => Self::Sun,
            Self::Tue => Self::Mon,
            Self::Wed => Self::Tue,
            Self::Thu => Self::Wed,
            Self::Fri => Self::Thu,
            Self::Sat => Self::Fri,
            Self::Sun => Self::Sat,
        }
    }
}

/// What the clock on the agency's wall shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalTime {
    /// The day of the week.
    pub day: Day7,
    /// Minutes since midnight.
    pub minute: u16,
}

/// When somebody is not told, of what and how.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietRule {
    /// The days on which its hours begin.
    pub days: Vec<Day7>,
    /// From this minute of the day on.
    pub from: u16,
    /// To before this minute: of the next day where it is no later than `from`.
    pub until: u16,
    /// Only for cameras within this circle; none: for all.
    pub area: Option<Circle>,
    /// Only for these priorities; none: for all but the highest.
    pub priorities: Vec<Priority>,
    /// Only for these categories; none: for all that can be quiet.
    pub categories: Vec<Category>,
    /// Over these ways.
    pub channels: Vec<Channel>,
}

/// What is wrong with a rule: which part of it, and what would be right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuietFault {
    /// Which part.
    pub part: &'static str,
    /// What is wrong with it.
    pub says: &'static str,
}

impl QuietRule {
    /// The first thing that is wrong with it.
    pub fn fault(&self) -> Option<QuietFault> {
        let fault = |part, says| Some(QuietFault { part, says });
        if self.days.is_empty() {
            return fault("days", "names no day: choose on which days it begins");
        }
        if self.from >= DAY_MINUTES {
            return fault("from", "is no time of day, such as 22:00");
        }
        if self.until >= DAY_MINUTES {
            return fault("until", "is no time of day, such as 06:00");
        }
        if self.channels.is_empty() || self.channels.contains(&Channel::Console) {
            return fault(
                "channels",
                "names nothing that could be quiet: the console shows every hit",
            );
        }
        if self.priorities.contains(&Priority::High) {
            return fault("priorities", "names the highest, which is always told");
        }
        let always = [Category::AmberAlert, Category::MissingPerson];
        if self.categories.iter().any(|one| always.contains(one)) {
            return fault(
                "categories",
                "names people who are missing or in danger: that is always told",
            );
        }
        match self.area {
            Some(circle) if !(1..=RADIUS_M_MAX).contains(&circle.radius_m) => {
                fault("radius", "is not between 1 and 100,000 metres")
            }
            Some(circle) if !circle.centre.is_on_earth() => {
                fault("centre", "is no place, such as 30.2672, -97.7431")
            }
            _ => None,
        }
    }

    /// Whether it keeps quiet what would be told over a channel at this time.
    pub fn quiets(&self, channel: Channel, matter: &Matter, now: LocalTime) -> bool {
        !matter.is_never_quiet()
            && self.channels.contains(&channel)
            && (self.priorities.is_empty() || self.priorities.contains(&matter.priority))
            && (self.categories.is_empty() || self.categories.contains(&matter.category))
            && self.holds_at(now)
            && self.holds_in(matter.place)
    }

    /// Whether its hours are now. Those after midnight belong to the day before.
    fn holds_at(&self, now: LocalTime) -> bool {
        let began_today = self.days.contains(&now.day);
        if self.from < self.until {
            return began_today && (self.from..self.until).contains(&now.minute);
        }
        (began_today && now.minute >= self.from)
            || (self.days.contains(&now.day.before()) && now.minute < self.until)
    }

    /// Whether a camera stands within its circle. Of one whose place nobody knows that cannot be said: it is told of.
    fn holds_in(&self, place: Option<Position>) -> bool {
        self.area.is_none_or(|circle| circle.holds(place))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nights() -> QuietRule {
        QuietRule {
            days: vec![Day7::Mon],
            from: 22 * 60,
            until: 6 * 60,
            area: None,
            priorities: Vec::new(),
            categories: Vec::new(),
            channels: vec![Channel::Push],
        }
    }

    fn stolen() -> Matter {
        Matter { priority: Priority::Normal, category: Category::StolenVehicle, place: None }
    }

    fn at(day: Day7, hour: u16, minute: u16) -> LocalTime {
        LocalTime { day, minute: hour * 60 + minute }
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let quiet = |time| nights().quiets(Channel::Push, &stolen(), time);
        assert!(!quiet(at(Day7::Mon, 21, 59)));
        assert!(quiet(at(Day7::Mon, 22, 0)));
        assert!(quiet(at(Day7::Tue, 5, 59)));
        assert!(!quiet(at(Day7::Tue, 6, 0)));
        assert!(!quiet(at(Day7::Tue, 22, 0)));
        assert!(!quiet(at(Day7::Mon, 5, 0)), "the night from Sunday on is not its own");
        let day = QuietRule { from: 0, until: 0, ..nights() };
        let whole = |time| day.quiets(Channel::Push, &stolen(), time);
        assert!(whole(at(Day7::Mon, 0, 0)) && whole(at(Day7::Mon, 23, 59)));
        assert!(!whole(at(Day7::Tue, 0, 0)) && !whole(at(Day7::Sun, 23, 59)));
    }

    #[test]
    fn a_rule_is_about_its_channels_priorities_categories_and_area() {
        let now = at(Day7::Mon, 23, 0);
        assert!(!nights().quiets(Channel::Mail, &stolen(), now));
        let low = QuietRule { priorities: vec![Priority::Low], ..nights() };
        assert!(!low.quiets(Channel::Push, &stolen(), now));
        let plates = QuietRule { categories: vec![Category::StolenPlate], ..nights() };
        assert!(!plates.quiets(Channel::Push, &stolen(), now));
        let centre = Position { latitude: 30.0, longitude: -97.0 };
        let here = QuietRule { area: Some(Circle { centre, radius_m: 1000 }), ..nights() };
        let read_at =
            |latitude| Matter { place: Some(Position { latitude, longitude: -97.0 }), ..stolen() };
        assert!(here.quiets(Channel::Push, &read_at(30.005), now));
        assert!(!here.quiets(Channel::Push, &read_at(30.02), now));
        assert!(!here.quiets(Channel::Push, &stolen(), now), "nobody knows where it stands");
    }

    #[test]
    fn a_rule_that_would_silence_what_is_always_told_is_refused() {
        assert_eq!(nights().fault(), None);
        let part = |rule: QuietRule| rule.fault().map(|fault| fault.part);
        assert_eq!(part(QuietRule { days: vec![], ..nights() }), Some("days"));
        assert_eq!(part(QuietRule { from: 1440, ..nights() }), Some("from"));
        assert_eq!(part(QuietRule { until: 1440, ..nights() }), Some("until"));
        assert_eq!(part(QuietRule { channels: vec![], ..nights() }), Some("channels"));
        assert_eq!(
            part(QuietRule { channels: vec![Channel::Console], ..nights() }),
            Some("channels")
        );
        assert_eq!(
            part(QuietRule { priorities: vec![Priority::High], ..nights() }),
            Some("priorities")
        );
        assert_eq!(
            part(QuietRule { categories: vec![Category::MissingPerson], ..nights() }),
            Some("categories")
        );
        let centre = Position { latitude: 30.0, longitude: -97.0 };
        let wide = Some(Circle { centre, radius_m: 100_001 });
        assert_eq!(part(QuietRule { area: wide, ..nights() }), Some("radius"));
        let nowhere =
            Some(Circle { centre: Position { latitude: 91.0, longitude: 0.0 }, radius_m: 5 });
        assert_eq!(part(QuietRule { area: nowhere, ..nights() }), Some("centre"));
    }

    fn any_rule() -> impl Strategy<Value = QuietRule> {
        let days = prop::sample::subsequence(Day7::ALL.to_vec(), 0..=7);
        let all = [Channel::Console, Channel::Push, Channel::Mail, Channel::Webhook];
        let channels = prop::sample::subsequence(all.to_vec(), 0..=4);
        let priorities = prop::sample::subsequence(Priority::ALL.to_vec(), 0..=3);
        let categories = prop::sample::subsequence(Category::ALL.to_vec(), 0..=6);
        // Whole hundred-thousandths: what JSON gives back exactly.
        let area = prop::option::of((
            -9_000_000..9_000_000_i32,
            -18_000_000..18_000_000_i32,
            any::<u32>(),
        ));
        (days, 0..1500_u16, 0..1500_u16, area, priorities, categories, channels).prop_map(
            |(days, from, until, area, priorities, categories, channels)| QuietRule {
                days,
                from,
                until,
                area: area.map(|(latitude, longitude, radius_m)| Circle {
                    centre: Position {
                        latitude: f64::from(latitude) / 1e5,
                        longitude: f64::from(longitude) / 1e5,
                    },
                    radius_m,
                }),
                priorities,
                categories,
                channels,
            },
        )
    }

    proptest! {
        /// Whatever a rule says, also one that was never checked.
        #[test]
        fn what_is_about_people_in_danger_or_of_the_highest_priority_is_never_quiet(
            rule in any_rule(), day in 0..7_usize, minute in 0..1440_u16,
            category in prop::sample::select(Category::ALL.to_vec()), priority in prop::sample::select(Priority::ALL.to_vec()),
            place in prop::option::of((-90.0..90.0, -180.0..180.0)),
        ) {
            let place = place.map(|(latitude, longitude)| Position { latitude, longitude });
            let matter = Matter { priority, category, place };
            let now = LocalTime { day: Day7::ALL[day], minute };
            for channel in Channel::LEAVING {
                let is_quiet = rule.quiets(channel, &matter, now);
                prop_assert!(!is_quiet || priority != Priority::High);
                prop_assert!(!is_quiet || !matches!(category, Category::AmberAlert | Category::MissingPerson));
                prop_assert!(!is_quiet || rule.channels.contains(&channel));
            }
        }

        #[test]
        fn a_rule_reads_as_it_is_kept(rule in any_rule()) {
            let kept = serde_json::to_string(&rule).unwrap();
            prop_assert_eq!(serde_json::from_str::<QuietRule>(&kept).unwrap(), rule);
        }
    }
}
