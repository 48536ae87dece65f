//! Every page in every state, as files: `cargo run -p console@0.1.0 --example gallery -- FOLDER`. For looking at pages
//! without a server; the e2e tests look at the real ones.

#[path = "gallery/amber.rs"]
mod amber;
#[path = "gallery/entries.rs"]
mod entries;
#[path = "gallery/hits.rs"]
mod hits;
#[path = "gallery/people.rs"]
mod people;
#[path = "gallery/program.rs"]
mod program;
#[path = "gallery/shifts.rs"]
mod shifts;

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use app::views::{
    CameraPage, CameraRow, HitCard, HitPage, HotlistRow, Page, ReadCard, ReadPage, TopicRow,
    WaitingVersion,
};
use app::{
    Encoding, ImportError, ImportOutcome, ImportPhase, ImportReport, ImportStatus, Update, presets,
};
use askama::Template;
use console::frame::{Frame, Theme};
use console::pages::camera::OneCamera;
use console::pages::camera_key::KeyPage;
use console::pages::camera_new::{CameraForm, Typed};
use console::pages::camera_sign_off::Signer;
use console::pages::cameras::CamerasPage;
use console::pages::error::{ErrorPage, Trouble, Way, WhyNot};
use console::pages::hit::OneHit;
use console::pages::hits::HitsPage;
use console::pages::hotlist::OneHotlist;
use console::pages::hotlist_import::{ImportPage, Report};
use console::pages::hotlist_new::HotlistForm;
use console::pages::hotlist_source::SourcePage;
use console::pages::hotlists::HotlistsPage;
use console::pages::incidents::IncidentsPage;
use console::pages::queue::QueuePage;
use console::pages::read::OneRead;
use console::pages::reads::ReadsPage;
use console::pages::sign_in::{OtherWays, SignInPage};
use console::pages::sign_out::SignedOutPage;
use domain::{
    AgencyId, Alternative, AskedSignOff, Camera, CameraId, CameraKey, Category, ClassFit,
    Confidence, FreshFor, HitId, Hotlist, HotlistEntry, HotlistId, HotlistVersionId, ImportTally,
    Marks, Mounting, NewCamera, PersonId, Placing, Position, ReadId, ReadRef, RefusedRow, Role,
    SignOff, Timestamp, Topic, TopicKind, Withdrawn,
};
use plate::{CodeSystem, Grade, Jurisdiction, JurisdictionFit, PlateText};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

const AGENCY: AgencyId = AgencyId::from_i64(1);

fn now() -> Timestamp {
    Timestamp::from_micros(1_795_269_751_250_000)
}

fn ago(seconds: u64) -> Timestamp {
    now().minus(Duration::from_secs(seconds))
}

fn read(id: i64) -> ReadRef {
    ReadRef { agency: AGENCY, day: now().day(), id: ReadId::from_i64(id) }
}

fn sure(all: &[u16]) -> Vec<Confidence> {
    all.iter().copied().map(Confidence::from_thousandths).collect()
}

fn texas() -> Option<Jurisdiction> {
    Jurisdiction::parse("TX", CodeSystem::Postal).ok()
}

fn entry(plate: &str) -> HotlistEntry {
    HotlistEntry {
        plate: plate.to_owned(),
        jurisdiction: texas(),
        make: Some("Ford".to_owned()),
        model: Some("F-150".to_owned()),
        colour: Some("black".to_owned()),
        year: Some(2019),
        reference: Some("24-11532".to_owned()),
        note: Some("Dent in the right rear door.".to_owned()),
        ..HotlistEntry::default()
    }
}

fn hit(id: i64, plate: &str, wanted: &str, category: Category, age: u64) -> Fallible<HitCard> {
    let text = PlateText::parse(plate)?;
    let exact = plate == wanted;
    let characters = if exact {
        sure(&[991, 985, 978, 990, 988, 969, 993])
    } else {
        sure(&[991, 985, 612, 990, 988, 969, 993])
    };
    let doubtful = app::views::doubtful_characters(&characters);
    let grade = if exact { Grade::Exact } else { Grade::LookAlike };
    Ok(HitCard {
        id: HitId::from_i64(id),
        read: read(id),
        plate: text,
        characters,
        doubtful,
        jurisdiction: if exact { texas() } else { None },
        confidence: Confidence::from_thousandths(if exact { 962 } else { 604 }),
        vehicle: None,
        captured_at: ago(age),
        received_at: ago(age),
        raised_at: ago(age),
        camera_name: "Cam 14 · Lamar / 5th".to_owned(),
        camera_id: CameraId::from_i64(14),
        heading_deg: Some(0),
        grade,
        jurisdiction_fit: if exact { JurisdictionFit::Same } else { JurisdictionFit::Unknown },
        class_fit: ClassFit::Unknown,
        is_information_only: false,
        category,
        priority: category.priority(),
        hotlist_id: HotlistId::from_i64(1),
        hotlist_name: "NCIC vehicles, daily".to_owned(),
        list_imported_at: Some(ago(7_800)),
        list_is_stale: false,
        own: None,
        entry: Some(entry(wanted)),
        look_alike_note: app::views::look_alike_note(text, wanted, grade),
        has_plate_picture: id != 3,
        has_vehicle_picture: true,
        seen: None,
    })
}

fn hits() -> Fallible<Page<HitCard>> {
    let items = vec![
        hit(6, "KTR4471", "KTR4471", Category::AmberAlert, 7)?,
        hits::information()?,
        hit(5, "7A8C123", "7ABC123", Category::StolenVehicle, 31)?,
        hit(4, "7ABC123", "7ABC123", Category::StolenVehicle, 130)?,
        hit(3, "BXK9O21", "BXK9021", Category::WantedPerson, 1_240)?,
        hit(2, "LMN4402", "LMN4402", Category::StolenPlate, 13_000)?,
        hit(1, "PVD7730", "PVD7730", Category::Investigation, 190_000)?,
    ];
    Ok(Page { items, next: Some("1".to_owned()), n_left_out: 0 })
}

fn camera(id: i64, name: &str, seen: Option<u64>, off: bool) -> CameraRow {
    let about = NewCamera {
        name: name.to_owned(),
        mounting: if id == 3 { Mounting::Trailer } else { Mounting::Fixed },
        site: "Lamar Blvd at W 5th St".to_owned(),
        heading_deg: Some(90),
        position: Some(Position { latitude: 30.26981, longitude: -97.75312 }),
    };
    let camera = Camera {
        id: CameraId::from_i64(id),
        agency: AGENCY,
        about,
        added_at: ago(900_000),
        disabled_at: off.then(|| ago(86_000)),
        last_seen_at: seen.map(ago),
    };
    CameraRow {
        camera,
        n_reads_today: 4_812,
        silent_for: seen.map(Duration::from_secs),
        waits_for: Vec::new(),
    }
}

/// A camera of which one of three units has signed off.
fn waiting_camera() -> CameraPage {
    let units = [
        ("security-officer", "Chief security officer", Role::ChiefSecurityOfficer),
        ("technology", "Technology unit", Role::Administrator),
        ("planning", "Planning unit", Role::ProgramLieutenant),
    ];
    let asked: Vec<_> = units
        .map(|(unit, label, role)| AskedSignOff {
            unit: unit.to_owned(),
            label: label.to_owned(),
            role,
            clause: Some("AUS-344.3.2c".to_owned()),
        })
        .into();
    let given = |unit: &str, by, ago_s, withdrawn| SignOff {
        unit: unit.to_owned(),
        by: PersonId::from_i64(by),
        at: ago(ago_s),
        note: "Same number of cameras for each thousand people as in the sectors beside it."
            .to_owned(),
        withdrawn,
    };
    let withdrawn = Withdrawn {
        by: PersonId::from_i64(2),
        at: ago(90_000),
        why: "The clinic across the street opened.".to_owned(),
    };
    let mut row = camera(14, "Cam 14 · Lamar / 5th", Some(3), false);
    row.waits_for = asked.iter().skip(1).cloned().collect();
    let given = vec![
        given("planning", 3, 200_000, Some(withdrawn)),
        given("security-officer", 2, 80_000, None),
    ];
    let placing = Placing { added_by: Some(PersonId::from_i64(1)), asked, given };
    let names = [(1, "R. Ortiz"), (2, "C. Stone"), (3, "L. Marsh")];
    let names = names.map(|(id, name)| (PersonId::from_i64(id), name.to_owned())).into();
    CameraPage { row, placing, troubles: Vec::new(), names }
}

fn signer() -> Signer {
    Signer { person: PersonId::from_i64(3), roles: [Role::ProgramLieutenant].into() }
}

fn cameras() -> Vec<CameraRow> {
    vec![
        camera(14, "Cam 14 · Lamar / 5th", Some(3), false),
        camera(2, "Cam 2 · I-35 frontage NB", Some(7_400), false),
        camera(3, "Trailer B", None, false),
        camera(4, "Cam 4 · old mast", Some(86_400), true),
    ]
}

fn reads() -> Fallible<Page<ReadCard>> {
    let card = |hit: HitCard, n: i64| ReadCard {
        read: read(n),
        plate: hit.plate,
        jurisdiction: hit.jurisdiction,
        confidence: hit.confidence,
        vehicle: hit.vehicle,
        characters: hit.characters,
        doubtful: hit.doubtful,
        captured_at: hit.captured_at,
        received_at: hit.received_at,
        camera_name: hit.camera_name,
        camera_id: hit.camera_id,
        n_hits: u32::from(n % 2 == 0),
        has_plate_picture: hit.has_plate_picture,
        has_vehicle_picture: true,
        marks: if n == 4 { Marks::TIME_IN_FUTURE } else { Marks::default() },
    };
    let items = hits()?.items.into_iter().zip(1..).map(|(hit, n)| card(hit, n)).collect();
    Ok(Page { items, next: Some(read(1).to_string()), n_left_out: 3 })
}

fn list(
    id: i64,
    name: &str,
    category: Category,
    age: Option<u64>,
    import: Option<ImportPhase>,
) -> HotlistRow {
    let import = import.map(|phase| ImportStatus {
        hotlist: HotlistId::from_i64(id),
        dry_run: false,
        phase,
        n_taken: 6_211_004,
        n_refused: 17,
        n_bytes: 384_000_000,
        size_bytes: Some(612_000_000),
        started_at: ago(40),
    });
    let hotlist = Hotlist {
        id: HotlistId::from_i64(id),
        agency: AGENCY,
        name: name.to_owned(),
        source: "NCIC, daily extract".to_owned(),
        category,
        version: age.map(|_| HotlistVersionId::from_i64(1)),
        n_entries: if age.is_some() { 10_000_000 } else { 0 },
        imported_at: age.map(ago),
        renewed_at: age.map(ago),
        layout: (id == 2)
            .then(|| presets().last().map(|one| one.text).unwrap_or_default().to_owned()),
        drop_percent: 20,
        stale_hours: None,
        revision: 1,
    };
    let limits = FreshFor::of(None, category, 30, Some(48));
    HotlistRow {
        staleness: limits.staleness(hotlist.renewed_at, ago(0)),
        limits: Some((limits, Some("Example Act § 5".to_owned()))),
        topics: if id == 2 { topics(hotlist.id) } else { Vec::new() },
        feed: (id == 2).then(|| amber::feed(hotlist.id)),
        plates_waiting: (category == Category::AmberAlert).then_some(2),
        waiting: (id == 2).then(|| WaitingVersion {
            version: HotlistVersionId::from_i64(9),
            hotlist: hotlist.id,
            file_name: "extract-20261122.txt".to_owned(),
            n_before: 10_000_000,
            n_after: 411_020,
            since: ago(2_400),
        }),
        hotlist,
        age: age.map(Duration::from_secs),
        import,
    }
}

fn topics(hotlist: HotlistId) -> Vec<TopicRow> {
    let topic = |number, value: &str, name: &str, kind, on, may: Result<Category, &str>| TopicRow {
        topic: Topic {
            hotlist,
            number,
            value: value.to_owned(),
            name: name.to_owned(),
            kind,
            on,
            switched: on.then(|| (ago(90_000), None)),
            n_rows: u64::from(number) * 71_411,
        },
        may: may.map_err(str::to_owned),
    };
    let forbidden = "the policy forbids lists of immigration violators (AUS-344.4a6)";
    vec![
        topic(
            1,
            "VEH",
            "Stolen and felony vehicles",
            Some(TopicKind::Vehicle),
            true,
            Ok(Category::StolenVehicle),
        ),
        topic(
            2,
            "WAN",
            "Wanted persons",
            Some(TopicKind::WantedPerson),
            false,
            Ok(Category::WantedPerson),
        ),
        topic(
            3,
            "IMM",
            "Immigration violators",
            Some(TopicKind::ImmigrationViolator),
            false,
            Err(forbidden),
        ),
        topic(4, "XQ7", "XQ7", None, false, Err("the list’s layout does not say what it is about")),
    ]
}

fn lists() -> Vec<HotlistRow> {
    let failed =
        ImportPhase::Failed { at: ago(3), why: "line 4: the row is longer than 64 KiB".to_owned() };
    vec![
        list(
            1,
            "AMBER, state",
            Category::AmberAlert,
            Some(7_800),
            Some(ImportPhase::Done { at: ago(7_800) }),
        ),
        list(
            2,
            "NCIC vehicles, daily",
            Category::StolenVehicle,
            Some(190_000),
            Some(ImportPhase::Reading),
        ),
        list(3, "Case 24-11532", Category::Investigation, None, Some(failed)),
        list(4, "Plates reported stolen", Category::StolenPlate, None, None),
    ]
}

fn reports() -> (Report, Report) {
    let refused = |line: u64, reason: &str| RefusedRow { line, reason: reason.to_owned() };
    let rows = vec![
        refused(7, "plate: has 12 letters and digits, more than 10"),
        refused(19, "state: \"ZZ\" is no Ncic code of a state or province"),
        refused(204, "plate: has no letter or digit"),
    ];
    let done = ImportReport {
        tally: ImportTally {
            n_taken: 10_412,
            n_refused: 3,
            n_off: 214,
            refused: rows,
            ..ImportTally::default()
        },
        n_duplicates: 12,
        n_bytes: 612_004,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        encoding: Encoding::Utf8,
        update: Update::Full,
        n_before: 10_390,
        n_after: 10_412,
        unknown_codes: vec![("make", 17)],
        topics: Vec::new(),
        n_of_other_topics: 0,
        outcome: ImportOutcome::DryRun { would_wait: false },
    };
    let wrong = ImportError::Layout {
        field: "plate",
        why: "the first row has no column \"tag\"; it has: plate, state, make".to_owned(),
    };
    (Report::of(&Ok(done), true), Report::of(&Err(wrong), false))
}

/// Pages about cameras and hotlists.
fn settings(frame: impl Fn(&str) -> Frame) -> Fallible<Vec<(&'static str, String)>> {
    let typed: Typed = serde_json::from_str(
        r#"{"name":"","mounting":"trailer","site":"Depot","heading":"361","position":"97.7, 30"}"#,
    )?;
    let (dry, failed) = reports();
    let key = CameraKey::from_random([7; 32]);
    let import = |report| {
        ImportPage::of(
            frame("/hotlists/2/import"),
            &list(2, "NCIC vehicles, daily", Category::StolenVehicle, Some(190_000), None).hotlist,
            Default::default(),
            report,
        )
    };
    Ok(vec![
        ("cameras", CamerasPage::of(frame("/cameras"), &cameras()).render()?),
        ("cameras-empty", CamerasPage::of(frame("/cameras"), &[]).render()?),
        (
            "camera",
            OneCamera::of(frame("/cameras/14"), &waiting_camera(), Some(&signer())).render()?,
        ),
        ("camera-new", CameraForm::empty(frame("/cameras/new")).render()?),
        ("camera-new-wrong", CameraForm::checked(frame("/cameras/new"), &typed).render()?),
        (
            "camera-key",
            KeyPage::of(
                frame("/cameras/new"),
                "Trailer B",
                &key,
                true,
                "http://127.0.0.1:8080".to_owned(),
            )
            .render()?,
        ),
        ("hotlists", HotlistsPage::of(frame("/hotlists"), &lists()).render()?),
        ("hotlists-empty", HotlistsPage::of(frame("/hotlists"), &[]).render()?),
        (
            "hotlist",
            OneHotlist::of(
                frame("/hotlists/2"),
                &list(
                    2,
                    "NCIC vehicles, daily",
                    Category::StolenVehicle,
                    Some(190_000),
                    Some(ImportPhase::Reading),
                ),
            )
            .render()?,
        ),
        ("hotlist-new", HotlistForm::empty(frame("/hotlists/new")).render()?),
        (
            "hotlist-source",
            SourcePage::of(
                frame("/hotlists/2/source"),
                &list(2, "NCIC vehicles, daily", Category::StolenVehicle, None, None).hotlist,
            )
            .render()?,
        ),
        ("import", import(None).render()?),
        ("import-dry-run", import(Some(dry)).render()?),
        ("import-failed", import(Some(failed)).render()?),
    ])
}

/// A hit that looks like its entry, with everything that its page can show.
fn hit_page() -> Fallible<HitPage> {
    Ok(HitPage {
        card: hit(5, "7A8C123", "7ABC123", Category::StolenVehicle, 31)?,
        alternatives: vec![
            Alternative {
                text: PlateText::parse("7ABC123")?,
                confidence: Confidence::from_thousandths(371),
            },
            Alternative {
                text: PlateText::parse("7A8G123")?,
                confidence: Confidence::from_thousandths(12),
            },
        ],
        marks: Marks::TIME_IN_FUTURE,
        claimed_at: Some(now().plus(Duration::from_secs(4_000))),
        others: vec![hit(9, "7A8C123", "7A8C123", Category::StolenPlate, 31)?],
        camera: Some(camera(14, "Cam 14 · Lamar / 5th", Some(3), false).camera),
        around: shifts::around(),
        watch: Some(shifts::watch()),
        passages: Vec::new(),
        life: hits::life(),
    })
}

fn pages(frame: impl Fn(&str) -> Frame) -> Fallible<Vec<(&'static str, String)>> {
    let hit_page = hit_page()?;
    let mut read_cards = reads()?.items;
    let read_page = ReadPage {
        card: read_cards.swap_remove(1),
        alternatives: hit_page.alternatives.clone(),
        claimed_at: None,
        hits: vec![hit_page.card.clone()],
        camera: hit_page.camera.clone(),
    };
    let trouble = |status, what: &str, why: &str, reasons: &[&str], sign_in| Trouble {
        status,
        what: what.to_owned(),
        why: why.to_owned(),
        reasons: reasons
            .iter()
            .map(|says| WhyNot {
                says: (*says).to_owned(),
                clause: "AUSP-access".to_owned(),
                way: Some(Way::Work),
            })
            .collect(),
        then: "Go back to the list, or start from one of the pages above.".to_owned(),
        sign_in,
    };
    let none = || Page { items: Vec::new(), next: None, n_left_out: 0 };
    let mut all = vec![
        ("hits", HitsPage::of(frame("/hits"), hits()?, false).render()?),
        ("hits-empty", HitsPage::of(frame("/hits"), Page { items: vec![], next: None, n_left_out: 0 }, false).render()?),
        ("hits-older", HitsPage::of(frame("/hits"), hits()?, true).render()?),
        ("hit", OneHit::of(frame("/hits/5"), &hit_page).render()?),
        ("hit-information", OneHit::of(frame("/hits/7"), &HitPage { card: hits::information()?, ..hit_page.clone() }).render()?),
        ("queue", QueuePage::of(frame("/queue"), hits::queue()?, false).render()?),
        ("incidents", IncidentsPage::of(frame("/incidents"), &hits::incidents()).render()?),
        ("reads", ReadsPage::of(frame("/reads"), &reads()?, &cameras(), None, false).render()?),
        ("reads-empty", ReadsPage::of(frame("/reads"), &none(), &cameras(), None, false).render()?),
        ("read", OneRead::of(frame("/reads/x"), &read_page).render()?),
        ("not-found", ErrorPage::of(frame("/x"), trouble(404, "There is no such page", "The address may be mistyped, or what it showed has reached the end of its keeping and was deleted.", &[], false)).render()?),
        ("refused", ErrorPage::of(frame("/x"), trouble(403, "Refused", "“open-read” was refused. Nothing was shown or changed, and the refusal is on the record.", &["No purpose is stated."], false)).render()?),
        ("signed-out", SignedOutPage::of(frame("/hits")).render()?),
        ("sign-in", SignInPage::of(
                frame("/hits").signed_out(),
                OtherWays {
                    passkeys: true,
                    providers: vec![(1, "Sign in with Austin PD".to_owned())],
                },
                "",
                String::new(),
            ).render()?),
    ];
    all.extend(shifts::pages(&frame)?);
    all.extend(people::pages(&frame)?);
    all.extend(program::pages(&frame)?);
    let alerts = list(4, "NCMEC AMBER", Category::AmberAlert, Some(90), None);
    all.extend(amber::pages(&frame, &alerts)?);
    all.extend(settings(frame)?);
    Ok(all)
}

fn main() -> Fallible<()> {
    let folder = env::args().nth(1).map_or_else(|| PathBuf::from("target/gallery"), PathBuf::from);
    for theme in [Theme::Light, Theme::Dark, Theme::Night] {
        let into = folder.join(theme.word());
        fs::create_dir_all(&into)?;
        for (name, html) in pages(|here| Frame::sample(theme, here, now()))? {
            fs::write(into.join(format!("{name}.html")), html)?;
        }
    }
    Ok(())
}
