//! What rules are asked about, place by place. From the same values come Cedar's context and the keys under which
//! answers are kept, so that no key can leave out what Cedar sees.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cedar_policy::{Context, RestrictedExpression};
use domain::life::Need;
use domain::people::Role;

use super::engine::{NoEngine, wrong};
use crate::action::Action;
use crate::facts::{CaseCheck, Facts, Grade};
use crate::offences::category;
use crate::settings::{Purpose, Settings, Verify};

const N_PLACES: usize = 45;

/// Every place that a rule can read, in the order of [`Inputs`]; what begins with `context.` makes up the context.
pub(super) const PLACES: [&str; N_PLACES] = [
    "principal.agency",
    "principal.outside",
    "principal.temporary",
    IN_ROLE,
    "action",
    "resource",
    "context.training",
    "context.session.minutes_since_authentication",
    "context.session.locked",
    "context.session.second_factor",
    "context.session.device",
    "context.limits.fresh_minutes",
    "context.limits.reauthentication_minutes",
    "context.limits.lookback_hours",
    "context.limits.retention_days",
    "context.limits.audit_months",
    "context.limits.fields",
    "context.limits.steps",
    "context.exigent",
    "context.overdue",
    "context.day",
    "context.purpose.word",
    "context.purpose.known",
    "context.purpose.for_action",
    "context.purpose.prohibited",
    "context.purpose.needs_case",
    "context.purpose.needs_reason",
    "context.purpose.floor",
    "context.purpose.fits_offence",
    "context.purpose.may_be_exigent",
    "context.case_number.formatted",
    "context.case_number.verified",
    "context.case_number.must_be_verified",
    "context.offence.category",
    "context.offence.known",
    "context.offence.grade",
    "context.reason.refused",
    "context.reason.vague",
    "context.reason.suspicious",
    "context.lookback_hours",
    "context.requester.agency",
    "context.requester.kind",
    "context.protected.approved",
    "context.protected.nexus",
    "context.protected.wanted",
];

/// All of [`PLACES`].
pub(super) static ALL: LazyLock<Vec<usize>> = LazyLock::new(|| (0..N_PLACES).collect());

/// Whether one of these places is the person's.
pub(super) fn are_of_person(places: &[usize]) -> bool {
    places.iter().filter_map(|at| PLACES.get(*at)).any(|place| place.starts_with("principal"))
}

/// The place that a rule reads which asks whether somebody holds a role.
pub(super) const IN_ROLE: &str = "principal in";

/// What stands at a place.
#[derive(Debug)]
enum Value<'a> {
    Nothing,
    Flag(bool),
    Number(i64),
    Text(&'a str),
    Words(Vec<&'a str>),
}

/// What stands at each of [`PLACES`] for one question.
#[derive(Debug)]
pub(super) struct Inputs<'a>(Vec<At<'a>>);

fn flag(of: Option<bool>) -> Value<'static> {
    of.map_or(Value::Nothing, Value::Flag)
}

fn number(of: Option<impl Into<i64>>) -> Value<'static> {
    of.map_or(Value::Nothing, |number| Value::Number(number.into()))
}

fn text(of: Option<&str>) -> Value<'_> {
    of.map_or(Value::Nothing, Value::Text)
}

type At<'a> = (&'static str, Value<'a>);

impl<'a> Inputs<'a> {
    /// The values for one question.
    pub(super) fn of(settings: &'a Settings, facts: &'a Facts, action: Action) -> Self {
        let mut all = Vec::with_capacity(N_PLACES);
        all.extend(of_person(facts, action));
        all.extend(of_session(facts));
        all.extend(of_limits(settings));
        all.extend(of_moment(facts));
        all.extend(of_purpose(settings, facts, action));
        all.extend(of_case(settings, facts));
        all.extend(of_protected(facts));
        Self(all)
    }

    /// Writes what stands at these places, so that no two contents are written alike.
    pub(super) fn write(&self, places: &[usize], key: &mut Vec<u8>) {
        key.clear();
        for (_, value) in places.iter().filter_map(|at| self.0.get(*at)) {
            value.write(key);
        }
    }

    /// What stands at these places as Cedar takes it. A record stands in it when something stands in the record.
    pub(super) fn context(&self, places: &[usize]) -> Result<Context, NoEngine> {
        let mut whole: Vec<(String, RestrictedExpression)> = Vec::new();
        let mut records: BTreeMap<&str, Vec<(String, RestrictedExpression)>> = BTreeMap::new();
        for (place, value) in places.iter().filter_map(|at| self.0.get(*at)) {
            let Some(path) = place.strip_prefix("context.") else { continue };
            let Some(value) = value.expression() else { continue };
            match path.split_once('.') {
                Some((record, name)) => {
                    records.entry(record).or_default().push((name.to_owned(), value));
                }
                None => whole.push((path.to_owned(), value)),
            }
        }
        for (record, fields) in records {
            let value = RestrictedExpression::new_record(fields).map_err(wrong)?;
            whole.push((record.to_owned(), value));
        }
        Context::from_pairs(whole).map_err(wrong)
    }
}

fn of_person(facts: &Facts, action: Action) -> [At<'_>; 6] {
    let person = &facts.person;
    [
        ("principal.agency", Value::Text(&person.agency)),
        ("principal.outside", Value::Flag(person.outside)),
        ("principal.temporary", Value::Flag(person.temporary)),
        (IN_ROLE, Value::Words(person.roles.iter().copied().map(Role::word).collect())),
        ("action", Value::Text(action.word())),
        ("resource", Value::Text(&facts.resource)),
    ]
}

fn of_session(facts: &Facts) -> [At<'_>; 5] {
    let session = &facts.session;
    let minutes = number(Some(session.minutes_since_authentication));
    [
        ("context.training", Value::Words(facts.courses().collect())),
        ("context.session.minutes_since_authentication", minutes),
        ("context.session.locked", Value::Flag(session.locked)),
        ("context.session.second_factor", Value::Flag(session.second_factor)),
        ("context.session.device", text(session.device.as_deref())),
    ]
}

fn of_limits(settings: &Settings) -> [At<'_>; 7] {
    let sign_in = &settings.sign_in;
    let reauthentication = Value::Number(i64::from(sign_in.reauthentication_hours) * 60);
    let fields = settings.fields.stored.iter().map(String::as_str);
    let steps = settings.verification.steps.iter().filter(|one| one.need == Need::Always);
    [
        ("context.limits.fresh_minutes", number(Some(sign_in.fresh_minutes))),
        ("context.limits.reauthentication_minutes", reauthentication),
        ("context.limits.lookback_hours", number(Some(settings.search.lookback_hours_max))),
        ("context.limits.retention_days", number(Some(settings.retention.days))),
        ("context.limits.audit_months", number(Some(settings.audit.months))),
        ("context.limits.fields", Value::Words(fields.collect())),
        ("context.limits.steps", Value::Words(steps.map(|one| one.step.word()).collect())),
    ]
}

/// What is known of a look at something that was read at a protected event.
fn of_protected(facts: &Facts) -> [At<'_>; 3] {
    let protected = facts.protected.as_ref();
    [
        ("context.protected.approved", flag(protected.map(|one| one.approved))),
        ("context.protected.nexus", flag(protected.map(|one| one.nexus))),
        ("context.protected.wanted", flag(protected.map(|one| one.wanted))),
    ]
}

fn of_moment(facts: &Facts) -> [At<'_>; 3] {
    [
        ("context.exigent", Value::Flag(facts.exigent)),
        ("context.overdue", Value::Flag(facts.overdue)),
        ("context.day", Value::Number(day_number(&facts.day))),
    ]
}

/// What the settings say of a purpose that was named. One that is not on the list asks for everything.
fn of_purpose<'a>(settings: &Settings, facts: &'a Facts, action: Action) -> [At<'a>; 9] {
    let word = facts.purpose.as_deref();
    let known = word.and_then(|word| settings.purpose(word));
    // What is said of a purpose is said of any that was named, whether it is known or not.
    let says = |holds: fn(&Purpose) -> bool| flag(word.map(|_| known.is_some_and(holds)));
    let for_action = known.is_some_and(|purpose| purpose.actions.contains(&action));
    let prohibited = word.map(|word| settings.prohibits(word).is_some());
    let floor = known.and_then(|purpose| purpose.offence_floor).map_or(0, Grade::rank);
    let fits_offence = known.is_none_or(|purpose| {
        let offence = facts.offence.as_ref();
        offence.is_none_or(|offence| purpose.takes_offence(&offence.category))
    });
    [
        ("context.purpose.word", text(word)),
        ("context.purpose.known", says(|_| true)),
        ("context.purpose.for_action", flag(word.map(|_| for_action))),
        ("context.purpose.prohibited", flag(prohibited)),
        ("context.purpose.needs_case", says(|purpose| purpose.needs_case)),
        ("context.purpose.needs_reason", says(|purpose| purpose.needs_reason)),
        ("context.purpose.floor", number(word.map(|_| floor))),
        ("context.purpose.fits_offence", flag(word.map(|_| fits_offence))),
        ("context.purpose.may_be_exigent", says(|purpose| purpose.exigent_hours.is_some())),
    ]
}

/// What stands beside the purpose.
fn of_case<'a>(settings: &Settings, facts: &'a Facts) -> [At<'a>; 12] {
    let (case, offence) = (facts.case.as_ref(), facts.offence.as_ref());
    let (reason, requester) = (facts.reason.as_ref(), facts.requester.as_ref());
    let verified = case.map(|case| case.verified == Some(CaseCheck::Verified));
    let must_be_verified = case.map(|_| settings.case_number.verify == Verify::Must);
    let is_known = offence.map(|one| category(&one.category).is_some());
    [
        ("context.case_number.formatted", flag(case.map(|case| case.formatted))),
        ("context.case_number.verified", flag(verified)),
        ("context.case_number.must_be_verified", flag(must_be_verified)),
        ("context.offence.category", text(offence.map(|one| one.category.as_str()))),
        ("context.offence.known", flag(is_known)),
        ("context.offence.grade", number(offence.map(|one| one.grade.rank()))),
        ("context.reason.refused", flag(reason.map(|reason| reason.refused))),
        ("context.reason.vague", flag(reason.map(|reason| reason.vague))),
        ("context.reason.suspicious", flag(reason.map(|reason| reason.suspicious))),
        ("context.lookback_hours", number(facts.lookback_hours)),
        ("context.requester.agency", text(requester.map(|one| one.agency.as_str()))),
        ("context.requester.kind", text(requester.map(|one| one.kind.as_str()))),
    ]
}

impl Value<'_> {
    fn expression(&self) -> Option<RestrictedExpression> {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        match self {
            Self::Nothing => None,
            Self::Flag(holds) => Some(RestrictedExpression::new_bool(*holds)),
            Self::Number(number) => Some(RestrictedExpression::new_long(*number)),
            Self::Text(one) => Some(text(one)),
            Self::Words(all) => {
                Some(RestrictedExpression::new_set(all.iter().map(|word| text(word))))
            }
        }
    }

    fn write(&self, key: &mut Vec<u8>) {
        let text = |key: &mut Vec<u8>, text: &str| {
            key.extend(text.len().to_le_bytes());
            key.extend(text.as_bytes());
        };
        match self {
            Self::Nothing => key.push(0),
            Self::Flag(holds) => key.push(1 + u8::from(*holds)),
            Self::Number(number) => {
                key.push(3);
                key.extend(number.to_le_bytes());
            }
            Self::Text(one) => {
                key.push(4);
                text(key, one);
            }
            Self::Words(all) => {
                key.push(5);
                key.extend(all.len().to_le_bytes());
                for word in all {
                    text(key, word);
                }
            }
        }
    }
}

/// `2026-11-22` as 20261122; nought where it is no day.
fn day_number(day: &str) -> i64 {
    if domain::time::Day::parse(day).is_err() {
        return 0;
    }
    day.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bare, full};
    use super::*;
    use crate::bundle::Bundle;

    #[test]
    fn values_stand_at_their_places() {
        let (_, files) = crate::shipped().first().unwrap();
        let bundle = Bundle::read(files).unwrap();
        let action = Action::SearchReads;
        for facts in [bare(action), full(action)] {
            let inputs = Inputs::of(bundle.settings(), &facts, action);
            let places: Vec<&str> = inputs.0.iter().map(|(place, _)| *place).collect();
            assert_eq!(places, PLACES);
        }
    }

    #[test]
    fn no_two_contents_are_written_alike() {
        let written = |values: &[Value<'_>]| {
            let mut key = Vec::new();
            values.iter().for_each(|value| value.write(&mut key));
            key
        };
        let all = [
            written(&[Value::Nothing]),
            written(&[Value::Flag(false)]),
            written(&[Value::Flag(true)]),
            written(&[Value::Number(0)]),
            written(&[Value::Text("")]),
            written(&[Value::Text("ab"), Value::Text("c")]),
            written(&[Value::Text("a"), Value::Text("bc")]),
            written(&[Value::Words(vec!["ab", "c"])]),
            written(&[Value::Words(vec!["a", "bc"])]),
            written(&[Value::Words(vec!["a"]), Value::Words(vec!["bc"])]),
            written(&[Value::Words(vec![]), Value::Words(vec![])]),
            written(&[Value::Words(vec![""])]),
        ];
        let one_each: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(one_each.len(), all.len());
    }
}
