//! Asking for an entry. Nothing is matched before somebody else has approved it.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::access::{AskCustomEntry, ListPeople};
use domain::custom::{Audience, Demand, NewCustomEntry, demands};
use domain::{
    Category, Circle, CustomEntryId, HotlistEntry, PersonId, Position, Priority, Role, Timestamp,
    VehicleClass,
};
use plate::{CodeSystem, Jurisdiction};
use policy::reason::{self, Rules};
use policy::settings::Settings;

use super::thing;
use crate::bus::Topic;
use crate::record::About;
use crate::reminders::tell_of_custom_entries;
use crate::use_cases::said::{me, text, wrong};
use crate::{App, AskError, Ctx};

/// Longest word or two that describe a vehicle, a case, an offence, in characters.
const SHORT_MAX: usize = 120;
/// The widest area, in metres: a city and what is around it.
const RADIUS_M_MAX: u32 = 50_000;
/// Years of vehicles that are believed.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2100;

/// An entry as it was typed.
#[derive(Clone, PartialEq, Default)]
pub struct AskingCustomEntry {
    /// Plate or pattern.
    pub plate: String,
    /// The state's postal code, or nothing.
    pub state: String,
    /// A word of [`VehicleClass`], or nothing.
    pub class: String,
    /// Colour.
    pub colour: String,
    /// Make.
    pub make: String,
    /// Model.
    pub model: String,
    /// Model year.
    pub year: String,
    /// A word of [`Category`].
    pub category: String,
    /// The number of the case.
    pub case_number: String,
    /// The number of the record at its source.
    pub reference: String,
    /// The offence.
    pub offence: String,
    /// Who is missing.
    pub person: String,
    /// Why.
    pub reason: String,
    /// What whoever stops the vehicle has to know.
    pub caution: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// A word of [`Priority`], or nothing: as its category says.
    pub priority: String,
    /// Where it raises hits; none: everywhere.
    pub area: Option<(Position, u32)>,
    /// Words of [`Role`]: who is told.
    pub roles: Vec<String>,
    /// People who are told.
    pub people: Vec<PersonId>,
    /// Whether nobody else sees it.
    pub covert: bool,
}

/// Plates and cases stand in it: nothing for a log.
impl std::fmt::Debug for AskingCustomEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AskingCustomEntry(…)")
    }
}

/// Asks for an entry. It waits until a supervisor, another person, has approved it.
pub async fn ask_custom_entry(
    app: &App,
    ctx: &Ctx,
    said: &AskingCustomEntry,
) -> Result<CustomEntryId, AskError> {
    let act = app.begin::<AskCustomEntry>(ctx, About::nothing_yet()).await?;
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let people = app.inner().store.people(&act.leave().permit::<ListPeople>()?).await;
    let people = people.map_err(AskError::failed("list people"))?;
    let people: BTreeSet<PersonId> = people.into_iter().map(|person| person.id).collect();
    let new = read(said, policy.bundle.settings(), &people, ctx.now)?;
    let id = app.inner().store.add_custom_entry(act.permit(), &new, me(ctx)?, ctx.now).await;
    let id = id.map_err(AskError::failed("ask for an entry of the agency's own"))?;
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    act.done([format!("{}, asked for", thing(id))]);
    if let Err(err) = tell_of_custom_entries(app, ctx.agency, ctx.now).await {
        tracing::warn!(error = crate::chain(err.as_ref()), "failed to tell of an entry that waits");
    }
    Ok(id)
}

/// What was typed, where it can be taken.
fn read(
    said: &AskingCustomEntry,
    settings: &Settings,
    people: &BTreeSet<PersonId>,
    now: Timestamp,
) -> Result<NewCustomEntry, AskError> {
    let category = category(&said.category, settings)?;
    let new = NewCustomEntry {
        wanted: wanted(said, settings)?,
        category,
        offence: short("offence", &said.offence)?.unwrap_or_default(),
        person: short("person", &said.person)?.unwrap_or_default(),
        reason: reason(&said.reason, settings)?,
        expires_at: said.expires_at.ok_or_else(|| wrong("expires", "is missing"))?,
        area: said.area.map(area).transpose()?,
        audience: audience(said, people)?,
        covert: said.covert,
    };
    says_all(&new, settings)?;
    lasts(&new, settings, now)?;
    Ok(new)
}

fn wanted(said: &AskingCustomEntry, settings: &Settings) -> Result<HotlistEntry, AskError> {
    let plate = hotfile::spelled(said.plate.trim());
    // What was typed is not repeated: it is a plate.
    let plate = plate.map_err(|why| wrong("plate", format!("cannot be taken: {why}")))?;
    let state = said.state.trim();
    let jurisdiction = (!state.is_empty()).then(|| Jurisdiction::parse(state, CodeSystem::Postal));
    let jurisdiction = jurisdiction.transpose();
    let class = match said.class.as_str() {
        "" => Some(VehicleClass::Unknown),
        word => VehicleClass::parse(word),
    };
    let priority = match said.priority.as_str() {
        "" => Some(None),
        word => Priority::parse(word).map(Some),
    };
    let case_number = short("case", &said.case_number)?;
    if let Some(number) = &case_number
        && !settings.case_number.fits(number)
    {
        let example = &settings.case_number.example;
        return Err(wrong("case", format!("is not written as ours are: {example}")));
    }
    Ok(HotlistEntry {
        plate,
        jurisdiction: jurisdiction
            .map_err(|err| wrong("state", format!("cannot be taken: {err}")))?,
        make: short("make", &said.make)?,
        model: short("model", &said.model)?,
        colour: short("colour", &said.colour)?,
        year: year(&said.year)?,
        reference: short("reference", &said.reference)?,
        case_number,
        caution: short("caution", &said.caution)?,
        class: class.ok_or_else(|| wrong("class", "is none that we know"))?,
        priority: priority.ok_or_else(|| wrong("priority", "is none that we know"))?,
        ..HotlistEntry::default()
    })
}

fn category(word: &str, settings: &Settings) -> Result<Category, AskError> {
    let category = Category::parse(word);
    let category = category.ok_or_else(|| wrong("category", "is missing: choose one"))?;
    if settings.hotlists.categories.iter().any(|one| one.category == category) {
        return Ok(category);
    }
    let clause = settings.hotlists.clause.as_ref().map(|clause| format!(" ({clause})"));
    let clause = clause.unwrap_or_default();
    Err(wrong(
        "category",
        format!("is no ground on which the policy lets a plate be listed{clause}"),
    ))
}

fn year(said: &str) -> Result<Option<u16>, AskError> {
    let said = said.trim();
    if said.is_empty() {
        return Ok(None);
    }
    let year = said.parse().ok().filter(|year| YEARS.contains(year));
    year.map(Some).ok_or_else(|| wrong("year", "is no year, such as 2019"))
}

fn reason(said: &str, settings: &Settings) -> Result<String, AskError> {
    let said = text("reason", said)?;
    let verdict = reason::judge(&said, &Rules::of(settings));
    match verdict.findings.iter().find(|one| one.outcome == reason::Outcome::Refused) {
        None => Ok(verdict.masked),
        Some(found) => {
            let clause = found.clause.as_ref().map(|clause| format!(" ({clause})"));
            let clause = clause.unwrap_or_default();
            Err(wrong("reason", format!("cannot be taken: {}{clause}", found.says)))
        }
    }
}

fn area((centre, radius_m): (Position, u32)) -> Result<Circle, AskError> {
    let Position { latitude, longitude } = centre;
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return Err(wrong("centre", "is not on earth"));
    }
    if !(1..=RADIUS_M_MAX).contains(&radius_m) {
        return Err(wrong("radius", "is not 1 to 50,000 metres"));
    }
    Ok(Circle { centre, radius_m })
}

fn audience(said: &AskingCustomEntry, people: &BTreeSet<PersonId>) -> Result<Audience, AskError> {
    let roles: Option<BTreeSet<Role>> = said.roles.iter().map(|word| Role::parse(word)).collect();
    let roles = roles.ok_or_else(|| wrong("audience", "names a role that there is not"))?;
    let named: BTreeSet<PersonId> = said.people.iter().copied().collect();
    if !named.is_subset(people) {
        return Err(wrong("audience", "names somebody who is not of this agency"));
    }
    let audience = Audience { roles, people: named };
    if audience.is_empty() {
        return Err(wrong("audience", "is nobody: choose who is told of hits"));
    }
    Ok(audience)
}

/// Whether it says what its category asks for, by this program and by the bundle.
fn says_all(new: &NewCustomEntry, settings: &Settings) -> Result<(), AskError> {
    let mut asked: BTreeSet<Demand> = demands(new.category).iter().copied().collect();
    let of_bundle = settings.hotlists.categories.iter().find(|one| one.category == new.category);
    let needs = of_bundle.iter().flat_map(|one| &one.needs);
    asked.extend(needs.filter_map(|word| Demand::parse(word)));
    if new.is_partial() {
        asked.insert(Demand::Vehicle);
    }
    let missing = asked.into_iter().find(|demand| !says(new, *demand));
    let Some(missing) = missing else { return Ok(()) };
    let what = if new.is_partial() && missing == Demand::Vehicle {
        "is missing: a partial plate fits many vehicles, so say what this one looks like".to_owned()
    } else {
        format!("is missing: “{}” asks for it", new.category.label())
    };
    Err(wrong(missing.word(), what))
}

fn says(new: &NewCustomEntry, demand: Demand) -> bool {
    let wanted = &new.wanted;
    match demand {
        Demand::Case => wanted.case_number.is_some(),
        Demand::Reference => wanted.reference.is_some(),
        Demand::Offence => !new.offence.is_empty(),
        Demand::Person => !new.person.is_empty(),
        Demand::Vehicle => wanted.make.is_some() || wanted.colour.is_some(),
    }
}

/// Whether it ends by itself, and soon enough.
fn lasts(new: &NewCustomEntry, settings: &Settings, now: Timestamp) -> Result<(), AskError> {
    let rules = &settings.custom_entries;
    let hours = |hours: u32| now.plus(Duration::from_secs(u64::from(hours) * 3600));
    if new.expires_at <= now {
        return Err(wrong("expires", "is over already"));
    }
    if new.expires_at > hours(rules.days_max.saturating_mul(24)) {
        let days = rules.days_max;
        return Err(wrong("expires", format!("is more than {days} days ahead: ask again then")));
    }
    if !new.is_partial() {
        return Ok(());
    }
    if new.area.is_none() {
        let why =
            "is missing: a partial plate raises hits in an area alone; give a point and a radius";
        return Err(wrong("centre", why));
    }
    let most = rules.partial_hours_max;
    if new.expires_at > hours(most) {
        let why = format!("is more than {most} hours ahead: a partial plate fits many vehicles");
        return Err(wrong("expires", why));
    }
    Ok(())
}

/// A few words that may be left out.
fn short(field: &'static str, said: &str) -> Result<Option<String>, AskError> {
    let said = said.trim();
    if said.chars().count() > SHORT_MAX {
        return Err(wrong(field, format!("is longer than {SHORT_MAX} characters")));
    }
    Ok((!said.is_empty()).then(|| said.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    /// Read once: a bundle's rules take long to read.
    static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
        let (_, files) =
            policy::shipped().iter().find(|(word, _)| *word == "example").expect("it is shipped");
        policy::Bundle::read(files).expect("it is good").settings().clone()
    });

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-21T12:00:00Z").unwrap()
    }

    fn good() -> AskingCustomEntry {
        AskingCustomEntry {
            plate: "7abc 123".to_owned(),
            state: "TX".to_owned(),
            category: "stolen-vehicle".to_owned(),
            make: "Honda".to_owned(),
            case_number: "26-001234".to_owned(),
            reason: "owner saw it leave the garage downtown last night".to_owned(),
            expires_at: Some(now().plus(Duration::from_secs(3600))),
            roles: vec!["officer".to_owned()],
            ..AskingCustomEntry::default()
        }
    }

    fn refused(change: impl FnOnce(&mut AskingCustomEntry)) -> (&'static str, String) {
        let mut said = good();
        change(&mut said);
        match read(&said, &SETTINGS, &[PersonId::from_i64(1)].into(), now()) {
            Err(AskError::Invalid { field, why }) => (field, why),
            other => panic!("it was not refused as invalid: {other:?}"),
        }
    }

    #[test]
    fn what_is_good_is_taken_and_spelled_as_lists_are() {
        let new = read(&good(), &SETTINGS, &BTreeSet::new(), now()).unwrap();
        assert_eq!(new.wanted.plate, "7ABC123");
        assert_eq!(new.wanted.jurisdiction.map(Jurisdiction::code), Some("US-TX"));
        assert_eq!(new.audience.roles, [Role::Officer].into());
    }

    #[test]
    fn every_field_that_a_category_asks_for_is_asked_for() {
        let fields = |category: &str| {
            let category = category.to_owned();
            refused(|said| {
                *said = AskingCustomEntry { category, make: String::new(), ..said.clone() };
            })
            .0
        };
        assert_eq!(fields("stolen-vehicle"), "vehicle");
        assert_eq!(fields("investigation"), "offence");
        assert_eq!(fields("amber-alert"), "person");
        assert_eq!(refused(|said| said.case_number.clear()).0, "case");
        assert_eq!(refused(|said| said.category = "gossip".to_owned()).0, "category");
        // The example bundle asks for the record's number too.
        let wanted = refused(|said| {
            said.category = "wanted-person".to_owned();
            said.offence = "robbery".to_owned();
        });
        assert_eq!(wanted.0, "reference");
    }

    #[test]
    fn what_cannot_be_taken_is_refused_with_its_field_and_without_the_plate() {
        let (field, why) = refused(|said| said.plate = "7!*".to_owned());
        assert!(field == "plate" && !why.contains("7!*"), "{why}");
        assert_eq!(refused(|said| said.state = "Atlantis".to_owned()).0, "state");
        assert_eq!(refused(|said| said.year = "199".to_owned()).0, "year");
        assert_eq!(refused(|said| said.class = "tank".to_owned()).0, "class");
        assert_eq!(refused(|said| said.priority = "loud".to_owned()).0, "priority");
        assert_eq!(refused(|said| said.reason = "test".to_owned()).0, "reason");
        assert_eq!(refused(|said| said.case_number = "x".to_owned()).0, "case");
        assert_eq!(refused(|said| said.roles.clear()).0, "audience");
        assert_eq!(refused(|said| said.people = vec![PersonId::from_i64(9)]).0, "audience");
        assert_eq!(refused(|said| said.model = "x".repeat(121)).0, "model");
    }

    #[test]
    fn an_entry_ends_by_itself_and_a_partial_plate_soon_and_in_an_area() {
        let later = |hours: u64| Some(now().plus(Duration::from_secs(hours * 3600)));
        assert_eq!(refused(|said| said.expires_at = None).0, "expires");
        assert_eq!(refused(|said| said.expires_at = Some(now())).0, "expires");
        assert_eq!(refused(|said| said.expires_at = later(31 * 24)).0, "expires");
        let partial = |said: &mut AskingCustomEntry| said.plate = "7A?C*".to_owned();
        assert_eq!(refused(partial).0, "centre");
        let centre = Position { latitude: 30.27, longitude: -97.74 };
        let (field, why) = refused(|said| {
            partial(said);
            said.area = Some((centre, 2_000));
            said.expires_at = later(73);
        });
        assert!(field == "expires" && why.contains("72 hours"), "{why}");
        assert_eq!(refused(|said| said.area = Some((centre, 0))).0, "radius");
        let nowhere = Position { latitude: 91.0, longitude: 0.0 };
        assert_eq!(refused(|said| said.area = Some((nowhere, 5))).0, "centre");
        let unseen = refused(|said| {
            partial(said);
            said.area = Some((centre, 2_000));
            said.category = "stolen-plate".to_owned();
            said.make.clear();
        });
        assert_eq!(unseen.0, "vehicle");
    }

    proptest! {
        /// Whatever is typed is taken whole, or refused with a field.
        #[test]
        fn whatever_is_typed_is_taken_whole_or_refused_with_a_field(
            texts in proptest::collection::vec("\\PC{0,12}|7A[?]C[*]|7ABC123|26-001234|TX|2019", 12),
            category in proptest::sample::select(Category::ALL.to_vec()),
            hours in -5_i64..1_000,
            area in proptest::option::of((-100.0..100.0_f64, -200.0..200.0_f64, 0_u32..60_000)),
            covert: bool,
        ) {
            let mut texts = texts.into_iter();
            let mut next = || texts.next().unwrap_or_default();
            let micros = now().micros() + hours * 3_600_000_000;
            let said = AskingCustomEntry {
                plate: next(),
                state: next(),
                year: next(),
                make: next(),
                colour: next(),
                model: next(),
                case_number: next(),
                reference: next(),
                offence: next(),
                person: next(),
                caution: next(),
                category: category.word().to_owned(),
                expires_at: Some(Timestamp::from_micros(micros)),
                area: area.map(|(latitude, longitude, radius)| (Position { latitude, longitude }, radius)),
                covert,
                ..good()
            };
            match read(&said, &SETTINGS, &BTreeSet::new(), now()) {
                Ok(new) => {
                    prop_assert_eq!(hotfile::spelled(&new.wanted.plate), Ok(new.wanted.plate.clone()));
                    prop_assert!(new.expires_at > now() && !new.audience.is_empty());
                    prop_assert!(new.wanted.case_number.is_some());
                    prop_assert!(!new.is_partial() || new.area.is_some());
                }
                Err(AskError::Invalid { field, why }) => {
                    prop_assert!(!field.is_empty() && !why.is_empty());
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }
}
