//! What the tests tell of: one agency with a camera and a list, and reads of a November day.

use domain::access::{Action, Permit, decide};
use domain::{
    Actor, AgencyId, Alternative, CameraId, CameraKey, Category, Confidence, Day, EntryRef,
    EventDigest, HotlistEntry, HotlistId, HotlistVersionId, ImportTally, Login, Marks, Mounting,
    NewCamera, NewHit, NewPerson, NewRead, PersonId, PictureRef, Pictures, Position, ReadId,
    ReadRef, SeenVehicle, Timestamp, VehicleClass,
};
use plate::{Grade, Jurisdiction, JurisdictionFit, PlateText};
use store::{Batch, FileRef, SessionRow, Store};

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn noon() -> Timestamp {
    at("2026-11-21T12:00:00Z")
}

pub(crate) fn today() -> Day {
    noon().day()
}

pub(crate) fn permit<A: Action>(agency: AgencyId) -> Permit<A> {
    decide(Actor::Server, agency, noon()).unwrap()
}

pub(crate) fn plate(text: &str) -> PlateText {
    PlateText::parse(text).unwrap()
}

pub(crate) async fn an_agency(store: &Store) -> AgencyId {
    store.add_agency("Round Rock PD", Some("TX2460200"), noon()).await.unwrap()
}

/// Somebody of an agency, named as they sign in.
pub(crate) async fn a_person(store: &Store, agency: AgencyId, login: &str) -> PersonId {
    let new = NewPerson {
        login: Login::parse(login).unwrap(),
        name: login.to_owned(),
        email: String::new(),
        is_outside: false,
        ends_at: None,
    };
    store.add_person(&permit(agency), &new, None, noon()).await.unwrap().unwrap()
}

/// A session of a minute.
pub(crate) fn a_session(seed: u8, person: PersonId) -> SessionRow {
    SessionRow {
        hash: [seed; 32],
        person,
        begun_at: noon(),
        expires_at: noon().plus(std::time::Duration::from_secs(60)),
        authenticated_at: noon(),
        used_at: noon(),
        address: "192.0.2.7".to_owned(),
        browser: "a test".to_owned(),
        work: None,
    }
}

pub(crate) fn a_camera() -> NewCamera {
    NewCamera {
        name: "Lamar / 5th".to_owned(),
        mounting: Mounting::Fixed,
        site: "Lamar Blvd at 5th St".to_owned(),
        heading_deg: Some(270),
        position: Some(Position { latitude: 30.27, longitude: -97.75 }),
    }
}

pub(crate) async fn camera_of(store: &Store, agency: AgencyId, seed: u8) -> CameraId {
    let key = CameraKey::from_random([seed; 32]).hash();
    store.add_camera(&permit(agency), &a_camera(), &key, &[], noon()).await.unwrap()
}

/// The `n`th read of a day, taken `n` seconds after noon.
pub(crate) fn a_read(n: u16, camera: CameraId) -> NewRead {
    let taken_at = noon().plus(std::time::Duration::from_secs(n.into()));
    let id = ReadId::following(ReadId::ZERO, taken_at);
    NewRead {
        id,
        camera,
        captured_at: taken_at,
        claimed_at: None,
        received_at: taken_at,
        plate: plate(&format!("LKW{n:04}")),
        jurisdiction: Jurisdiction::from_code("US-TX").ok(),
        confidence: Confidence::from_thousandths(941),
        characters: [990, 981, 973, 964, 955, 946, 937].map(Confidence::from_thousandths).to_vec(),
        alternatives: vec![Alternative {
            text: plate(&format!("1KW{n:04}")),
            confidence: Confidence::from_thousandths(30),
        }],
        vehicle: Some(SeenVehicle {
            class: VehicleClass::Truck,
            confidence: Some(Confidence::from_thousandths(930)),
        }),
        marks: Marks::default(),
        event: Some(EventDigest::of(camera, &n.to_string())),
        pictures: Pictures {
            plate: Some(PictureRef { object: id, offset: 0, length: 4_000 }),
            vehicle: Some(PictureRef { object: id, offset: 4_000, length: 40_000 }),
        },
    }
}

/// A read of which nothing is known but what has to be.
pub(crate) fn a_bare_read(n: u16, camera: CameraId) -> NewRead {
    NewRead {
        jurisdiction: None,
        characters: Vec::new(),
        alternatives: Vec::new(),
        vehicle: None,
        event: None,
        pictures: Pictures::default(),
        ..a_read(n, camera)
    }
}

pub(crate) fn batch(agency: AgencyId, reads: Vec<NewRead>) -> Batch {
    Batch { file: FileRef::main(agency, today()), reads, hits: Vec::new(), leaf: None }
}

/// A list with these plates in force.
pub(crate) async fn a_list(
    store: &Store,
    agency: AgencyId,
    plates: &[&str],
) -> (HotlistId, HotlistVersionId) {
    let manage = permit(agency);
    let added =
        store.add_hotlist(&manage, "Stolen", "TxDPS", Category::StolenVehicle, noon()).await;
    let list = added.unwrap();
    let version = a_version(store, agency, list, plates).await;
    store.swap_version(list, version, noon()).await.unwrap();
    (list, version)
}

/// A version with these plates, ready.
pub(crate) async fn a_version(
    store: &Store,
    agency: AgencyId,
    list: HotlistId,
    plates: &[&str],
) -> HotlistVersionId {
    let begun = store.begin_version(&permit(agency), list, "stolen.csv", noon()).await;
    let version = begun.unwrap();
    let entry =
        |plate: &&str| HotlistEntry { plate: (*plate).to_owned(), ..HotlistEntry::default() };
    let entries: Vec<_> = plates.iter().map(entry).collect();
    store.add_entries(version, 0, &entries).await.unwrap();
    let tally = ImportTally { n_taken: entries.len() as u64, ..ImportTally::default() };
    store.finish_version(version, &tally, &[9; 32]).await.unwrap();
    version
}

pub(crate) fn a_hit(read: ReadRef, list: (HotlistId, HotlistVersionId), row: u32) -> NewHit {
    NewHit {
        read,
        entry: EntryRef { hotlist: list.0, version: list.1, row },
        grade: Grade::LookAlike,
        jurisdiction_fit: JurisdictionFit::Unknown,
        raised_at: noon(),
    }
}
