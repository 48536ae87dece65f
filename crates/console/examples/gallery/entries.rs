//! Pages of the agency's own entries.

use std::time::Duration;

use app::custom_entries::{
    CustomBoard, CustomCard, CustomHappened, CustomPage, EntryForm, PastView,
};
use askama::Template as _;
use console::frame::Frame;
use console::pages::entries::EntriesPage;
use console::pages::entry::OneEntry;
use console::pages::entry_new::EntryNew;
use domain::custom::{
    Audience, CustomDeed, CustomDone, CustomEntry, CustomLife, CustomState, NewCustomEntry,
};
use domain::{
    Category, Circle, CustomEntryId, HotlistEntry, PersonId, Position, Role, Timestamp,
    VehicleClass,
};
use plate::Jurisdiction;
use policy::settings::CustomEntries;

use crate::{AGENCY, Fallible, ago, now, reads};

const HOUR: u64 = 3_600;

fn wanted(plate: &str) -> HotlistEntry {
    HotlistEntry {
        plate: plate.to_owned(),
        jurisdiction: Jurisdiction::from_code("US-TX").ok(),
        make: Some("Honda".to_owned()),
        model: Some("Civic".to_owned()),
        colour: Some("red".to_owned()),
        class: VehicleClass::Car,
        case_number: Some("26-001234".to_owned()),
        caution: Some("The driver is said to be armed.".to_owned()),
        ..HotlistEntry::default()
    }
}

fn about(plate: &str, category: Category, area: bool, covert: bool) -> NewCustomEntry {
    let centre = Position { latitude: 30.2747, longitude: -97.7404 };
    NewCustomEntry {
        wanted: wanted(plate),
        category,
        offence: "robbery".to_owned(),
        person: String::new(),
        reason: "A witness saw the car leave the scene northbound and read a part of its plate."
            .to_owned(),
        expires_at: now().plus(Duration::from_secs(30 * HOUR)),
        area: area.then_some(Circle { centre, radius_m: 4_000 }),
        audience: Audience { roles: [Role::Officer, Role::RtccOperator].into(), people: [].into() },
        covert,
    }
}

fn done(hours: u64, by: i64, deed: CustomDeed) -> CustomDone {
    CustomDone { at: ago(hours * HOUR), by: PersonId::from_i64(by), deed }
}

fn name(id: i64) -> String {
    if id == 1 { "R. Ortiz" } else { "K. Ellis" }.to_owned()
}

fn card(id: i64, about: NewCustomEntry, deeds: Vec<CustomDone>, at: Timestamp) -> CustomCard {
    let life = CustomLife::of(deeds);
    let entry = CustomEntry {
        id: CustomEntryId::from_i64(id),
        agency: AGENCY,
        about,
        author: PersonId::from_i64(1),
        asked_at: ago(5 * HOUR),
        life,
        at: None,
    };
    CustomCard {
        state: entry.state(at),
        author: name(1),
        approver: entry.life.approver().map(|_| name(2)).unwrap_or_default(),
        audience: "Crime-centre operators, Officers".to_owned(),
        entry,
    }
}

fn waiting() -> CustomCard {
    let asked = done(5, 1, CustomDeed::Asked);
    card(3, about("7A?C*", Category::Investigation, true, true), vec![asked], now())
}

fn active() -> CustomCard {
    let deeds = vec![
        done(5, 1, CustomDeed::Asked),
        done(4, 2, CustomDeed::Counted { n_reads: 12, days: 7 }),
        done(4, 2, CustomDeed::Approved { why: "The report is on my desk.".to_owned() }),
        done(4, 2, CustomDeed::Matched { n_reads: 3, hours: 168 }),
    ];
    card(2, about("7ABC123", Category::StolenVehicle, false, false), deeds, now())
}

fn board() -> CustomBoard {
    let refused = vec![
        done(5, 1, CustomDeed::Asked),
        done(3, 2, CustomDeed::Refused { why: "It is another agency's case.".to_owned() }),
    ];
    let refused = card(1, about("LMN4402", Category::StolenPlate, false, false), refused, now());
    let entries = vec![waiting(), active(), refused];
    let n_in = |state| entries.iter().filter(|one| one.state == state).count();
    let counts = CustomState::ALL.iter().map(|state| (*state, n_in(*state))).collect();
    CustomBoard { entries, counts }
}

fn opened(card: CustomCard, past: Option<PastView>) -> CustomPage {
    let is_waiting = card.state == CustomState::Waiting;
    let history = card.entry.life.deeds().iter().map(|done| CustomHappened {
        at: done.at,
        by: name(done.by.to_i64()),
        deed: done.deed.clone(),
    });
    CustomPage {
        history: history.collect(),
        past,
        cameras: card.entry.about.area.map(|_| (3, 1)),
        is_own: false,
        may_decide: is_waiting,
        may_count: is_waiting,
        may_end: true,
        card,
    }
}

fn form() -> EntryForm {
    EntryForm {
        categories: Category::ALL.map(|one| (one, vec!["reference".to_owned()])).into(),
        people: [1, 2].map(|id| (PersonId::from_i64(id), name(id))).into(),
        case_example: "26-001234".to_owned(),
        rules: CustomEntries::default(),
    }
}

/// The pages.
pub(crate) fn pages(frame: impl Fn(&str) -> Frame) -> Fallible<Vec<(&'static str, String)>> {
    let past = PastView { n_reads: 3, hours: 168, reads: Some(reads()?.items), n_left_out: 1 };
    let none = CustomBoard {
        entries: Vec::new(),
        counts: CustomState::ALL.iter().map(|state| (*state, 0)).collect(),
    };
    let entry = |card, past| OneEntry::of(frame("/entries/2"), &opened(card, past)).render();
    Ok(vec![
        ("entries", EntriesPage::of(frame("/entries"), &board(), "").render()?),
        ("entries-empty", EntriesPage::of(frame("/entries"), &none, "").render()?),
        ("entry", entry(active(), Some(past))?),
        ("entry-waiting", entry(waiting(), None)?),
        ("entry-new", EntryNew::empty(frame("/entries/new"), &form(), "America/Chicago").render()?),
    ])
}
