//! How hits are told: a form for a quiet rule, a rule in words, and a line of what was told.

use std::collections::HashMap;

use app::telling::RuleSaid;
use app::views::{QuietRuleRow, TellingRow, TellingState};
use askama::Template;
use askama::filters::HtmlSafe;
use domain::telling::{Channel, Day7, QuietRule};
use domain::{Category, PersonId, Priority, Timestamp};

use super::{Age, Moment};
use crate::words;

/// A box to tick, or a choice of a list.
#[derive(Clone, Debug)]
pub(crate) struct Tick {
    pub(crate) word: &'static str,
    pub(crate) label: &'static str,
    pub(crate) is_on: bool,
}

/// Every priority, loudest first, as one chooses the quietest that one is told of.
pub(crate) fn priorities(chosen: Priority) -> Vec<Tick> {
    let label = |priority| match priority {
        Priority::High => "the highest priority alone",
        Priority::Normal => "normal and highest priority",
        Priority::Low => "every priority",
    };
    let tick = |one: Priority| Tick { word: one.word(), label: label(one), is_on: one == chosen };
    Priority::ALL.map(tick).into()
}

/// Every category.
pub(crate) fn categories(chosen: &[Category]) -> Vec<Tick> {
    let tick =
        |one: Category| Tick { word: one.word(), label: one.label(), is_on: chosen.contains(&one) };
    Category::ALL.map(tick).into()
}

/// The form for a quiet rule.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/quiet_form.html")]
pub(crate) struct QuietForm {
    token: String,
    address: &'static str,
    days: Vec<Tick>,
    from: String,
    until: String,
    centre: String,
    radius: String,
    priorities: Vec<Tick>,
    categories: Vec<Tick>,
    channels: Vec<Tick>,
    wrong: String,
}

impl HtmlSafe for QuietForm {}

impl QuietForm {
    /// The form as it was filled in, for these ways out, with what is wrong with it.
    pub(crate) fn of(
        token: &str,
        address: &'static str,
        channels: &[Channel],
        said: &RuleSaid,
        wrong: String,
    ) -> Self {
        let is_in = |all: &[String], word: &str| all.iter().any(|one| one == word);
        let day = |one: Day7| Tick {
            word: one.word(),
            label: one.label(),
            is_on: is_in(&said.days, one.word()),
        };
        let quiet_ones = [Priority::Normal, Priority::Low];
        let label = |one| if one == Priority::Low { "Low" } else { "Normal" };
        let priorities = quiet_ones.map(|one| Tick {
            word: one.word(),
            label: label(one),
            is_on: is_in(&said.priorities, one.word()),
        });
        let can_be_quiet =
            |one: &Category| !matches!(one, Category::AmberAlert | Category::MissingPerson);
        let category = |one: Category| Tick {
            word: one.word(),
            label: one.label(),
            is_on: is_in(&said.categories, one.word()),
        };
        let channel = |one: &Channel| Tick {
            word: one.word(),
            label: one.label(),
            is_on: is_in(&said.channels, one.word()),
        };
        Self {
            token: token.to_owned(),
            address,
            days: Day7::ALL.map(day).into(),
            from: said.from.clone(),
            until: said.until.clone(),
            centre: said.centre.clone(),
            radius: said.radius.clone(),
            priorities: priorities.into(),
            categories: Category::ALL.into_iter().filter(can_be_quiet).map(category).collect(),
            channels: channels.iter().map(channel).collect(),
            wrong,
        }
    }
}

/// The fields of a quiet rule's form. A box that was ticked comes with its kind and word as its name.
#[derive(serde::Deserialize, Default)]
pub(crate) struct TypedRule {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    centre: String,
    #[serde(default)]
    radius: String,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, String>,
}

/// The words of the boxes of one kind that were ticked.
pub(crate) fn ticked(rest: &std::collections::BTreeMap<String, String>, kind: &str) -> Vec<String> {
    rest.keys().filter_map(|name| name.strip_prefix(kind)).map(str::to_owned).collect()
}

impl TypedRule {
    pub(crate) fn said(self) -> RuleSaid {
        let of = |kind| ticked(&self.rest, kind);
        RuleSaid {
            days: of("day-"),
            priorities: of("priority-"),
            categories: of("category-"),
            channels: of("channel-"),
            from: self.from,
            until: self.until,
            centre: self.centre,
            radius: self.radius,
        }
    }
}

/// A quiet rule in words.
#[derive(Clone, Debug)]
pub(crate) struct RuleLine {
    pub(crate) id: i64,
    pub(crate) when: String,
    pub(crate) what: String,
    pub(crate) since: Moment,
}

impl RuleLine {
    pub(crate) fn of(row: &QuietRuleRow, now: Timestamp) -> Self {
        Self {
            id: row.id.to_i64(),
            when: when(&row.rule),
            what: what(&row.rule),
            since: Moment::of(row.added_at, now),
        }
    }
}

fn when(rule: &QuietRule) -> String {
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let days = if rule.days.len() == Day7::ALL.len() {
        "Every day".to_owned()
    } else {
        rule.days.iter().map(|day| day.label()).collect::<Vec<_>>().join(", ")
    };
    if rule.from == rule.until {
        return format!("{days}, all day from {}", time(rule.from));
    }
    let next = if rule.from > rule.until { " of the next day" } else { "" };
    format!("{days}, {} to {}{next}", time(rule.from), time(rule.until))
}

fn what(rule: &QuietRule) -> String {
    let channels: Vec<_> =
        rule.channels.iter().map(|channel| channel.label().to_lowercase()).collect();
    let mut parts = vec![format!("no {}", channels.join(", no "))];
    if !rule.priorities.is_empty() {
        let words: Vec<_> = rule.priorities.iter().map(|one| one.word()).collect();
        parts.push(format!("of {} priority", words.join(" and ")));
    }
    if !rule.categories.is_empty() {
        let labels: Vec<_> = rule.categories.iter().map(|one| one.label().to_lowercase()).collect();
        parts.push(format!("about {}", labels.join(", ")));
    }
    if let Some(circle) = rule.area {
        let at = crate::pages::hit::position(circle.centre);
        parts.push(format!(
            "from cameras within {} m of {at}",
            words::number(circle.radius_m.into())
        ));
    }
    parts.join(" ")
}

/// A line of what was told.
#[derive(Clone, Debug)]
pub(crate) struct ToldLine {
    pub(crate) id: i64,
    pub(crate) hit: Option<i64>,
    pub(crate) is_update: bool,
    pub(crate) priority: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) to: String,
    pub(crate) made: Moment,
    /// `waits`, `sent`, `quiet`, `failed`.
    pub(crate) state: &'static str,
    pub(crate) says: &'static str,
    pub(crate) next: Option<Moment>,
    pub(crate) done: Option<Age>,
    pub(crate) tries: String,
    pub(crate) status: Option<u16>,
    pub(crate) trouble: String,
    pub(crate) may_again: bool,
}

impl ToldLine {
    pub(crate) fn of(row: &TellingRow, names: &HashMap<PersonId, String>, now: Timestamp) -> Self {
        let name = row.person.and_then(|person| names.get(&person)).map(String::as_str);
        let to = match (&row.target, name) {
            (Some(target), Some(name)) => format!("{name}, {target}"),
            (Some(one), None) => one.clone(),
            (None, Some(one)) => one.to_owned(),
            (None, None) => String::new(),
        };
        let (state, says, next) = match row.state {
            TellingState::Waiting(at) if row.n_tries == 0 => {
                ("waits", "on its way", (at > now).then(|| Moment::of(at, now)))
            }
            TellingState::Waiting(at) => ("waits", "tried again", Some(Moment::of(at, now))),
            TellingState::Sent => ("sent", "sent", None),
            TellingState::Quiet => ("quiet", "kept quiet", None),
            TellingState::GivenUp => ("failed", "not sent", None),
        };
        let is_over = !matches!(row.state, TellingState::Waiting(_));
        Self {
            id: row.id.to_i64(),
            hit: row.hit.map(domain::HitId::to_i64),
            is_update: row.is_update,
            priority: super::priority_word(row.priority),
            channel: row.channel.label(),
            to,
            made: Moment::of(row.made_at, now),
            state,
            says,
            next,
            done: row.done_at.map(|at| Age::of(at, now)),
            tries: words::count(row.n_tries.into(), "try", "tries"),
            status: row.status,
            trouble: row.trouble.clone(),
            may_again: is_over && row.channel != Channel::Mail,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Circle;
    use domain::Position;

    use super::*;

    #[test]
    fn a_rule_is_said_in_words() {
        let centre = Position { latitude: 30.2672, longitude: -97.7431 };
        let rule = QuietRule {
            days: vec![Day7::Sat, Day7::Sun],
            from: 22 * 60,
            until: 6 * 60,
            area: Some(Circle { centre, radius_m: 1200 }),
            priorities: vec![Priority::Low],
            categories: vec![Category::StolenPlate],
            channels: vec![Channel::Push, Channel::Mail],
        };
        assert_eq!(when(&rule), "Saturday, Sunday, 22:00 to 06:00 of the next day");
        assert_eq!(
            what(&rule),
            "no push message, no mail of low priority about stolen plate from cameras within 1,200 m of 30.26720, -97.74310"
        );
        let always = QuietRule { days: Day7::ALL.into(), from: 0, until: 0, ..rule };
        assert_eq!(when(&always), "Every day, all day from 00:00");
    }
}
