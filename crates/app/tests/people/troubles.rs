//! Trouble with equipment or the program: anybody reports it, cameras do so by themselves, and it is tracked until it is closed.

use app::troubles::{
    ReportingTrouble, close_trouble, note_trouble, open_trouble, report_trouble, take_trouble,
    trouble_board,
};
use app::watch::watch_cameras;
use app::{AskError, Ctx, open_camera, take_reads};
use domain::trouble::{Trouble, TroubleCause};
use domain::{Role, TroubleId};
use testkit::House;
use testkit::house::{a_session, read};

use crate::record::newest;
use crate::scene::{at, reason, refused, somebody};

async fn of_house(house: &House, login: &str, role: Role) -> Ctx {
    let person = somebody(&house.app, house.agency, login, &[role]).await;
    at(&house.app, &a_session(&house.app, person).await).await.unwrap()
}

fn said(what: &str, urgency: &str) -> ReportingTrouble {
    ReportingTrouble { what: what.to_owned(), camera: None, urgency: urgency.to_owned() }
}

/// The house's camera hands in so many reads.
async fn hands_in(house: &House, n: usize) {
    let when = house.app.now();
    let sent = (0..n).map(|n| read(house.camera, &format!("{n} at {when}"), "7ABC123", None));
    take_reads(&house.app, &house.camera(), sent.collect()).await.unwrap();
}

/// What the server sees when it looks at a moment: everything that was ever opened, newest first.
async fn looks(house: &House, moment: &str) -> Vec<Trouble> {
    house.clock.set(moment);
    watch_cameras(&house.app, house.app.now()).await.unwrap();
    trouble_board(&house.app, &house.admin()).await.unwrap().troubles
}

fn causes(troubles: &[Trouble]) -> Vec<(TroubleCause, &str)> {
    troubles.iter().map(|one| (one.about.cause, one.state())).collect()
}

#[tokio::test]
async fn clause_aus_344_3_1b_anybody_reports_trouble_and_the_security_officer_sees_to_it() {
    let house = House::new().await;
    let app = &house.app;
    let officer = of_house(&house, "k.ellis", Role::Officer).await;
    let chief = of_house(&house, "c.stone", Role::ChiefSecurityOfficer).await;
    let about = ReportingTrouble {
        camera: Some(house.camera),
        ..said("the picture is green since noon", "high")
    };
    let id = report_trouble(app, &officer, &about).await.unwrap();
    let written = newest(&house, house.agency, "report-trouble").await;
    assert_eq!(written.beside("name"), "Called k.ellis (k.ellis)");
    for (wrong, field) in [
        (said(" ", "low"), "what"),
        (said("x", "asap"), "urgency"),
        (
            ReportingTrouble { camera: Some(domain::CameraId::from_i64(99)), ..said("x", "low") },
            "camera",
        ),
    ] {
        let refused = report_trouble(app, &officer, &wrong).await;
        assert!(
            matches!(&refused, Err(AskError::Invalid { field: named, .. }) if *named == field),
            "{refused:?}"
        );
    }
    let of_camera = open_camera(app, &officer, house.camera).await.unwrap().troubles;
    assert_eq!(of_camera.iter().map(|one| one.id).collect::<Vec<_>>(), [id]);

    let theirs = take_trouble(app, &officer, id).await;
    assert_eq!(refused(theirs).0, reason("no-role", "OURS-roles"));
    take_trouble(app, &chief, id).await.unwrap();
    let twice = take_trouble(app, &chief, id).await;
    assert!(matches!(twice, Err(AskError::Invalid { field: "report", .. })), "{twice:?}");
    note_trouble(app, &chief, id, "the filter fell off").await.unwrap();
    close_trouble(app, &chief, id, "a new filter is in place").await.unwrap();
    let again = close_trouble(app, &chief, id, "once more").await;
    assert!(matches!(again, Err(AskError::Invalid { field: "report", .. })), "{again:?}");
    let nothing = note_trouble(app, &chief, TroubleId::from_i64(99), "x").await;
    assert!(matches!(nothing, Err(AskError::NotFound { .. })), "{nothing:?}");

    let page = open_trouble(app, &officer, id).await.unwrap();
    let closed = page.trouble.closed.as_ref().unwrap();
    assert_eq!((closed.by, closed.done.as_str()), (chief.person_id(), "a new filter is in place"));
    assert_eq!(page.notes[0].text, "the filter fell off");
    assert_eq!(page.names[&page.notes[0].by], "Called c.stone");
    assert!(open_camera(app, &officer, house.camera).await.unwrap().troubles.is_empty());
}

#[tokio::test]
async fn clause_aus_344_3_1b_a_camera_gone_quiet_opens_one_report_and_closes_it_when_it_is_back() {
    let house = House::new().await;
    let app = &house.app;
    assert!(looks(&house, "2026-11-21T16:00:00Z").await.is_empty(), "it was never heard of");
    hands_in(&house, 1).await;
    assert!(looks(&house, "2026-11-21T17:59:59Z").await.is_empty());
    looks(&house, "2026-11-21T18:00:00Z").await;
    let open = looks(&house, "2026-11-21T18:02:00Z").await;
    assert_eq!(
        causes(&open),
        [(TroubleCause::Quiet, "Open")],
        "one, however often it is looked at"
    );
    assert_eq!((open[0].about.camera, open[0].about.by), (Some(house.camera), None));

    hands_in(&house, 1).await;
    let back = looks(&house, "2026-11-21T18:04:00Z").await;
    let closed = back[0].closed.as_ref().unwrap();
    assert_eq!((closed.by, closed.done.contains("is back")), (None, true));

    let again = looks(&house, "2026-11-21T21:00:00Z").await;
    assert_eq!(causes(&again), [(TroubleCause::Quiet, "Open"), (TroubleCause::Quiet, "Closed")]);
    let chief = of_house(&house, "c.stone", Role::ChiefSecurityOfficer).await;
    take_trouble(app, &chief, again[0].id).await.unwrap();
    hands_in(&house, 1).await;
    let taken = looks(&house, "2026-11-21T21:02:00Z").await;
    assert_eq!(taken[0].state(), "Taken", "who took it closes it");
    app::disable_camera(app, &house.admin(), house.camera).await.unwrap();
    assert_eq!(looks(&house, "2026-11-22T21:02:00Z").await.len(), 2, "it is not watched any more");
}

#[tokio::test]
async fn clause_aus_344_3_1b_a_camera_that_reads_far_less_than_usual_at_that_hour_opens_a_report() {
    let house = House::new().await;
    for week in ["2026-11-21", "2026-11-28"] {
        house.clock.set(&format!("{week}T14:10:00Z"));
        hands_in(&house, 25).await;
        let seen = looks(&house, &format!("{week}T15:00:30Z")).await;
        assert!(seen.is_empty(), "{seen:?}: two weeks are no usual yet");
    }
    house.clock.set("2026-12-05T14:10:00Z");
    hands_in(&house, 6).await;
    let less = looks(&house, "2026-12-05T15:00:30Z").await;
    assert_eq!(causes(&less), [(TroubleCause::ReadsLess, "Open")]);
    assert!(less[0].about.what.contains("read 6 vehicles in an hour in which it usually reads 25"));
    let quiet = looks(&house, "2026-12-05T16:10:00Z").await;
    let both = [(TroubleCause::Quiet, "Open"), (TroubleCause::ReadsLess, "Open")];
    assert_eq!(
        causes(&quiet),
        both,
        "of a quiet camera it is not said that it reads as it used to"
    );

    house.clock.set("2026-12-12T14:10:00Z");
    hands_in(&house, 24).await;
    let back = looks(&house, "2026-12-12T15:00:30Z").await;
    assert!(back.iter().all(|one| !one.is_open()), "{back:?}");
}
