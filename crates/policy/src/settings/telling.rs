//! How hits are told: what may leave over which way, and when a vehicle that is read again is told anew.

use std::time::Duration;

use domain::telling::{Channel, ToldField};
use serde::{Deserialize, Serialize};

use super::Channels;

/// How hits are told. Where nothing is said, no channel carries more than a priority and a link (`AUS-344.3.2b`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telling {
    /// A vehicle that is read again within so many minutes is counted, and not told anew.
    pub group_minutes: u32,
    /// What a channel may carry beyond the priority.
    pub says: Vec<Tells>,
}

/// What a channel may carry beyond the priority.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tells {
    /// The channel.
    pub channel: Channel,
    /// What.
    pub fields: Vec<ToldField>,
    /// What people read of it: “why the plate is wanted, to the dispatch program”.
    pub label: String,
    /// The clause that permits it.
    pub clause: String,
}

impl Default for Telling {
    fn default() -> Self {
        Self { group_minutes: 15, says: Vec::new() }
    }
}

impl Telling {
    /// Within which time a repeat is counted with the hit before it.
    pub fn group_within(&self) -> Duration {
        Duration::from_secs(u64::from(self.group_minutes) * 60)
    }

    /// Whether a channel may carry something.
    pub fn may_say(&self, channel: Channel, field: ToldField) -> bool {
        self.says.iter().any(|one| one.channel == channel && one.fields.contains(&field))
    }

    /// Everything that the types cannot say: where, and what is wrong.
    pub(super) fn faults(&self, channels: &Channels) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut unless = |holds: bool, place: &str, says: String| {
            if !holds {
                faults.push((format!("telling.{place}"), says));
            }
        };
        let minutes = (1..=240).contains(&self.group_minutes);
        unless(minutes, "group_minutes", "between 1 and 240".to_owned());
        for (nth, one) in self.says.iter().enumerate() {
            let word = one.channel.word();
            let place = format!("says.{word}");
            let is_first = self.says.iter().take(nth).all(|other| other.channel != one.channel);
            unless(is_first, &place, "it stands there twice".to_owned());
            let leaves = Channel::LEAVING.contains(&one.channel);
            unless(leaves, &place, "the console shows everything".to_owned());
            let is_allowed = channels.allowed.contains(&one.channel);
            unless(is_allowed, &place, format!("`{word}` is not among `channels.allowed`"));
            unless(!one.fields.is_empty(), &place, "it names no field".to_owned());
            let is_repeated = one
                .fields
                .iter()
                .enumerate()
                .any(|(at, field)| one.fields.iter().skip(at + 1).any(|other| other == field));
            unless(!is_repeated, &place, "a field stands there twice".to_owned());
            unless(!one.clause.trim().is_empty(), &place, "no clause permits it".to_owned());
            unless(!one.label.trim().is_empty(), &place, "its label is empty".to_owned());
            let has_plate = one.fields.contains(&ToldField::Plate);
            let may_plate = channels.with_plate.contains(&one.channel);
            unless(
                !has_plate || may_plate,
                &place,
                format!("a plate may not leave: `{word}` is not among `channels.with_plate`"),
            );
            let is_kept = one.channel == Channel::Mail && has_plate;
            unless(
                !is_kept,
                &place,
                "a mail is kept longer than reads are: it holds no plate".to_owned(),
            );
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels() -> Channels {
        Channels {
            allowed: vec![Channel::Console, Channel::Push, Channel::Mail, Channel::Webhook],
            with_plate: vec![Channel::Webhook, Channel::Mail],
        }
    }

    fn tells(channel: Channel, fields: &[ToldField]) -> Tells {
        Tells {
            channel,
            fields: fields.to_vec(),
            label: "more".to_owned(),
            clause: "OURS-telling".to_owned(),
        }
    }

    fn places(telling: &Telling, channels: &Channels) -> Vec<String> {
        telling.faults(channels).into_iter().map(|(place, _)| place).collect()
    }

    #[test]
    fn clause_aus_344_3_2b_nothing_but_the_priority_leaves_unless_a_clause_permits_it() {
        let nothing = Telling::default();
        assert_eq!(nothing.faults(&channels()), []);
        for channel in Channel::LEAVING {
            for field in [ToldField::Category, ToldField::Camera, ToldField::Plate] {
                assert!(!nothing.may_say(channel, field));
            }
        }
        let some =
            Telling { says: vec![tells(Channel::Webhook, &[ToldField::Category])], ..nothing };
        assert!(some.may_say(Channel::Webhook, ToldField::Category));
        assert!(!some.may_say(Channel::Webhook, ToldField::Plate));
        assert!(!some.may_say(Channel::Push, ToldField::Category));
    }

    #[test]
    fn what_a_channel_may_not_carry_is_a_fault() {
        let with = |says: Vec<Tells>| places(&Telling { says, ..Telling::default() }, &channels());
        let plate = [ToldField::Plate];
        assert_eq!(with(vec![tells(Channel::Webhook, &plate)]), Vec::<String>::new());
        assert_eq!(with(vec![tells(Channel::Push, &plate)]), ["telling.says.push"]);
        assert_eq!(with(vec![tells(Channel::Mail, &plate)]), ["telling.says.mail"]);
        assert_eq!(
            with(vec![tells(Channel::Console, &[ToldField::Camera])]),
            ["telling.says.console"]
        );
        assert_eq!(with(vec![tells(Channel::Push, &[])]), ["telling.says.push"]);
        let twice = [ToldField::Camera, ToldField::Camera];
        assert_eq!(with(vec![tells(Channel::Push, &twice)]), ["telling.says.push"]);
        let one = tells(Channel::Push, &[ToldField::Camera]);
        assert_eq!(with(vec![one.clone(), one.clone()]), ["telling.says.push"]);
        assert_eq!(with(vec![Tells { clause: " ".to_owned(), ..one }]), ["telling.says.push"]);
        let none = Channels { allowed: vec![Channel::Console], with_plate: vec![] };
        let push = Telling {
            says: vec![tells(Channel::Push, &[ToldField::Camera])],
            ..Telling::default()
        };
        assert_eq!(places(&push, &none), ["telling.says.push"]);
        let never = Telling { group_minutes: 0, ..Telling::default() };
        assert_eq!(places(&never, &channels()), ["telling.group_minutes"]);
    }
}
