//! The car, the shift and handing over.

use std::time::Duration;

use app::shifts::{BoardRow, CarHit, CarHits, CarPage, Shift, ShiftBoard, SignOnView, WatchView};
use app::{HandOverPage, Offer, OfferedRow, OpenRow, Taker};
use askama::Template as _;
use console::frame::Frame;
use console::pages::{car, hand_over as handing, shift as shifts};
use domain::life::Stage;
use domain::shift::{
    BlindSpell, Duty, DutyState, NewDuty, NewSignOn, Presence, SignOn, SignOnEnding, Span, Unit,
};
use domain::{
    Camera, CameraId, Category, DutyId, PersonId, Position, Reason, Refusal, SignOnId, Timestamp,
};

use crate::{AGENCY, Fallible, ago, camera, hit, hits, now};

const CHEN: PersonId = PersonId::from_i64(1);

/// Their pages.
pub(crate) fn pages(frame: &impl Fn(&str) -> Frame) -> Fallible<Vec<(&'static str, String)>> {
    let mut all = vec![
        ("shift", shifts::ShiftPage::of(frame("/shift"), &board()?).render()?),
        ("handover", handing::HandOverPage::of(frame("/queue/handover"), &hand_over()?).render()?),
    ];
    for (name, page) in cars()? {
        all.push((name, car::CarPage::of(frame("/car"), &page).render()?));
    }
    Ok(all)
}

/// Who was signed on when the sample hit came.
pub(crate) fn watch() -> Vec<WatchView> {
    let one = |unit: &str, name: &str, blind_since| WatchView {
        unit: unit.to_owned(),
        name: name.to_owned(),
        blind_since,
    };
    vec![one("12A", "D. Chen", None), one("14", "K. Boss", Some(ago(400)))]
}

fn shift() -> Shift {
    let span = Span { from: ago(14_000), until: now().plus(Duration::from_secs(14_800)) };
    Shift { span, label: "2026-11-21 06:00 to 14:00".to_owned() }
}

fn sign_on(unit: &str, seen: u64, ended: Option<Timestamp>) -> Fallible<SignOn> {
    Ok(SignOn {
        id: SignOnId::from_i64(1),
        agency: AGENCY,
        about: NewSignOn {
            person: CHEN,
            unit: Unit::parse(unit)?,
            camera: Some(CameraId::from_i64(3)),
            span: Span { from: ago(13_700), until: shift().span.until },
            ends_by: shift().span.until.plus(Duration::from_secs(1_800)),
        },
        seen_at: ago(seen),
        ended: ended.map(|at| (at, SignOnEnding::SignedOff)),
    })
}

/// Cameras around the one of the sample hit, so many metres or so away.
pub(crate) fn around() -> Vec<Camera> {
    let places = [(14, 0.0, 0.0), (2, 0.004, -0.002), (3, -0.006, 0.004), (9, 0.001, 0.011)];
    let one = |(id, north, east): (i64, f64, f64)| {
        let mut one = camera(id, &format!("Cam {id} · Lamar"), Some(3), false).camera;
        one.about.position =
            Some(Position { latitude: 30.2698 + north, longitude: -97.7531 + east });
        one
    };
    places.into_iter().map(one).collect()
}

/// The car before signing on, with a hit, with none, and where hits may not be shown.
fn cars() -> Fallible<[(&'static str, CarPage); 5]> {
    let page = |own, hits| CarPage {
        own,
        shifts: vec![shift()],
        until: "2026-11-21 14:00".to_owned(),
        cameras: vec![(CameraId::from_i64(3), "Car 12 front".to_owned())],
        rostered: Unit::parse("12A").ok(),
        hits,
    };
    let shown = CarHit {
        card: hit(5, "7A8C123", "7ABC123", Category::StolenVehicle, 31)?,
        life: hits::life(),
        camera: around().into_iter().next(),
        around: around(),
    };
    let other = CarHit { card: hits::information()?, ..shown.clone() };
    let newest = vec![hit(6, "KTR4471", "KTR4471", Category::AmberAlert, 7)?];
    let own = || sign_on("12A", 4, None).map(Some);
    let none = CarHits { shown: None, newest: Vec::new() };
    let says = "To see hits you have to say for what purpose".to_owned();
    let reason = Reason::of_policy("purpose-missing".to_owned(), None, says);
    let refusal = Refusal { action: "list-hits", reasons: vec![reason] };
    Ok([
        ("car-sign-on", page(None, None)),
        ("car", page(own()?, Some(Ok(CarHits { shown: Some(shown), newest: newest.clone() })))),
        ("car-information", page(own()?, Some(Ok(CarHits { shown: Some(other), newest })))),
        ("car-empty", page(own()?, Some(Ok(none)))),
        ("car-refused", page(own()?, Some(Err(refusal)))),
    ])
}

/// A shift in which one unit is signed on, one blind, one gone, and one was never there.
fn board() -> Fallible<ShiftBoard> {
    let duty = |id, unit: &str| -> Fallible<Duty> {
        let about = NewDuty { unit: Unit::parse(unit)?, person: Some(CHEN), span: shift().span };
        Ok(Duty { id: DutyId::from_i64(id), about, entered: (CHEN, ago(20_000)) })
    };
    let view = |unit: &str, presence, spells: &[(u64, u64)]| -> Fallible<SignOnView> {
        let ended = match presence {
            Presence::Over { at, .. } => Some(at),
            Presence::Watching | Presence::Blind { .. } => None,
        };
        let spell = |(since, until): &(u64, u64)| BlindSpell {
            sign_on: SignOnId::from_i64(1),
            since: ago(*since),
            until: Some(ago(*until)),
        };
        Ok(SignOnView {
            sign_on: sign_on(unit, 4, ended)?,
            name: "D. Chen".to_owned(),
            camera: Some("Car 12 front".to_owned()),
            presence,
            spells: spells.iter().map(spell).collect(),
        })
    };
    let row = |unit: &str, duty, state, sign_ons| BoardRow {
        unit: unit.to_owned(),
        duty,
        state,
        person: Some("D. Chen".to_owned()),
        sign_ons,
    };
    let blind = Presence::Blind { since: ago(400) };
    let gone = Presence::Over { at: ago(3_000), how: SignOnEnding::SignedOff };
    let rows = vec![
        row(
            "12A",
            Some(duty(1, "12A")?),
            DutyState::Watching,
            vec![view("12A", Presence::Watching, &[(5_000, 4_700)])?],
        ),
        row(
            "14",
            Some(duty(2, "14")?),
            DutyState::Blind { since: ago(400) },
            vec![view("14", blind, &[])?],
        ),
        row(
            "15",
            Some(duty(3, "15")?),
            DutyState::NotSignedOn { since: ago(3_000) },
            vec![view("15", gone, &[])?],
        ),
        row("16", Some(duty(4, "16")?), DutyState::NotSignedOn { since: ago(14_000) }, Vec::new()),
        row("K9 2", None, DutyState::Watching, vec![view("K9 2", Presence::Watching, &[])?]),
    ];
    Ok(ShiftBoard {
        is_now: true,
        shift: shift(),
        shifts: vec![shift()],
        rows,
        people: vec![(CHEN, "D. Chen".to_owned())],
        unsigned_minutes: 15,
        clause: Some("TWF-401.4g".to_owned()),
    })
}

/// Hits to accept, to offer, and one that is offered already.
fn hand_over() -> Fallible<HandOverPage> {
    let offer = |by: &str, to: &str| Offer {
        by: by.to_owned(),
        to: to.to_owned(),
        at: ago(300),
        note: "Seen on Lamar, going north; unit 14 looks for it.".to_owned(),
    };
    let open = |card, stage, offer| OpenRow { card, stage, offer };
    Ok(HandOverPage {
        to_me: vec![OfferedRow {
            card: hit(4, "K4W3L", "K4W3L", Category::AmberAlert, 400)?,
            stage: Stage::Sent,
            offer: offer("D. Chen", "R. Ortiz"),
        }],
        mine: vec![
            open(hit(5, "7A8C123", "7ABC123", Category::StolenVehicle, 31)?, Stage::Taken, None),
            open(
                hit(3, "8XYZ999", "8XYZ999", Category::StolenPlate, 700)?,
                Stage::Taken,
                Some(offer("R. Ortiz", "K. Boss")),
            ),
        ],
        waiting: vec![open(
            hit(6, "KTR4471", "KTR4471", Category::AmberAlert, 7)?,
            Stage::Raised,
            None,
        )],
        takers: vec![Taker {
            id: CHEN,
            name: "D. Chen".to_owned(),
            next_unit: Some("DESK 2".to_owned()),
        }],
        shift_ends: "2026-11-21 14:00".to_owned(),
    })
}
