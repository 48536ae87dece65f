//! Pages about running the program: protected events, trouble.

use std::time::Duration;

use app::protected_events::ProtectedBoard;
use app::troubles::{TroubleBoard, TroublePage};
use askama::Template as _;
use console::frame::Frame;
use console::pages::people::Viewer;
use console::pages::protected::{ProtectedForm, ProtectedPage};
use console::pages::protected_event::OneProtected;
use console::pages::trouble::{Ask, TroublesPage};
use console::pages::trouble_report::OneTrouble;
use domain::protected::{
    NewProtectedEvent, NexusDecision, NexusRequest, NexusWork, ProtectedEvent, ProtectedPlace,
};
use domain::trouble::{NewTrouble, Trouble, TroubleCause, TroubleClosed, TroubleNote, Urgency};
use domain::{
    CameraId, NexusRequestId, PersonId, Position, ProtectedEventId, TroubleId, Withdrawn,
};

use crate::{AGENCY, Fallible, ago, cameras};

const HOUR: u64 = 3_600;

fn names() -> std::collections::HashMap<PersonId, String> {
    let names = [(1, "R. Ortiz"), (2, "C. Stone"), (3, "L. Marsh"), (4, "K. Ellis")];
    names.map(|(id, name)| (PersonId::from_i64(id), name.to_owned())).into()
}

fn event(id: i64, name: &str, place: ProtectedPlace, began_ago: u64, gone: bool) -> ProtectedEvent {
    let by = PersonId::from_i64(3);
    ProtectedEvent {
        id: ProtectedEventId::from_i64(id),
        agency: AGENCY,
        about: NewProtectedEvent {
            name: name.to_owned(),
            why: "People gather to mourn and pray; who came is nobody's business.".to_owned(),
            place,
            from: ago(began_ago),
            until: ago(began_ago).plus(Duration::from_secs(4 * HOUR)),
        },
        added_by: by,
        added_at: ago(began_ago + HOUR),
        withdrawn: gone.then(|| Withdrawn { by, at: ago(60), why: "The wrong day.".to_owned() }),
    }
}

fn board() -> ProtectedBoard {
    let centre = Position { latitude: 30.2747, longitude: -97.7404 };
    let circle = ProtectedPlace::Circle { centre, radius_m: 2_400 };
    let listed = ProtectedPlace::Cameras([CameraId::from_i64(2), CameraId::from_i64(3)].into());
    let mut cameras: Vec<_> = cameras().into_iter().map(|row| row.camera).collect();
    if let Some(trailer) = cameras.get_mut(2) {
        trailer.about.position = None;
    }
    let request = |id, person, decision| NexusRequest {
        id: NexusRequestId::from_i64(id),
        event: ProtectedEventId::from_i64(1),
        person: PersonId::from_i64(person),
        work: NexusWork { purpose: "stolen-vehicle".into(), case_number: "26-0012345".into() },
        nexus: "The car that was taken at gunpoint on 5th was left there, a witness says.".into(),
        asked_at: ago(900),
        decision,
    };
    let approved = NexusDecision {
        by: PersonId::from_i64(2),
        at: ago(600),
        why: "A robbery; the witness is named in the case.".to_owned(),
        until: Some(ago(0).plus(Duration::from_secs(23 * HOUR))),
    };
    ProtectedBoard {
        events: vec![
            event(1, "Vigil at the capitol", circle.clone(), HOUR, false),
            event(2, "Friday prayer", listed, 30 * HOUR, false),
            event(3, "March on Congress", circle, 90 * HOUR, true),
        ],
        requests: vec![request(2, 4, None), request(1, 1, Some(approved))],
        cameras,
        names: names(),
    }
}

fn trouble(id: i64, cause: TroubleCause, what: &str, urgency: Urgency) -> Trouble {
    Trouble {
        id: TroubleId::from_i64(id),
        agency: AGENCY,
        about: NewTrouble {
            cause,
            camera: Some(CameraId::from_i64(2)),
            what: what.to_owned(),
            urgency,
            by: (cause == TroubleCause::Reported).then(|| PersonId::from_i64(4)),
            at: ago(7_200),
        },
        taken: None,
        closed: None,
    }
}

fn troubles() -> TroubleBoard {
    let quiet = "Nothing was heard of Cam 2 · I-35 frontage NB for 120 minutes or more.";
    let taken = Some((PersonId::from_i64(2), ago(3_000)));
    let less = "Trailer B read 6 vehicles in an hour in which it usually reads 140.";
    let all = vec![
        trouble(3, TroubleCause::Reported, "The picture is green since noon.", Urgency::High),
        trouble(2, TroubleCause::Quiet, quiet, Urgency::Normal),
        Trouble { taken, ..trouble(1, TroubleCause::ReadsLess, less, Urgency::Normal) },
    ];
    let cameras = cameras().into_iter().map(|row| (row.camera.id, row.camera.about.name));
    TroubleBoard { troubles: all, cameras: cameras.collect(), names: names() }
}

fn report(is_closed: bool) -> TroublePage {
    let TroubleBoard { mut troubles, cameras, names } = troubles();
    let mut trouble = troubles.remove(0);
    let by = PersonId::from_i64(2);
    trouble.taken = Some((by, ago(3_000)));
    let done = "A new filter is in place.".to_owned();
    trouble.closed = is_closed.then(|| TroubleClosed { by: Some(by), at: ago(60), done });
    let text = "The infrared filter fell off; a new one is ordered.".to_owned();
    let notes = vec![TroubleNote { by, at: ago(2_000), text }];
    TroublePage { trouble, notes, cameras, names }
}

/// Every page.
pub(crate) fn pages(frame: &impl Fn(&str) -> Frame) -> Fallible<Vec<(&'static str, String)>> {
    let viewer = Viewer::sample(3);
    let board = board();
    let first = board.events.first().ok_or("there is one")?;
    let one = |work: &str| {
        OneProtected::of(frame("/protected/1"), first, &board, &viewer, work.to_owned())
    };
    let zone = "America/Chicago".to_owned();
    let form = ProtectedForm::empty(frame("/protected/new"), &board, zone);
    let reported = TroublesPage::of(frame("/trouble"), &troubles(), &Ask::default(), None);
    let open = |is_closed| OneTrouble::of(frame("/trouble/3"), &report(is_closed), &viewer);
    let mut all = vec![
        ("protected", ProtectedPage::of(frame("/protected"), &board, &viewer).render()?),
        ("protected-event", one("Stolen vehicle · 26-0012345").render()?),
        ("protected-event-without-work", one("").render()?),
        ("protected-new", form.render()?),
        ("trouble", reported.render()?),
        ("trouble-report", open(false).render()?),
        ("trouble-closed", open(true).render()?),
    ];
    all.extend(crate::entries::pages(frame)?);
    Ok(all)
}
