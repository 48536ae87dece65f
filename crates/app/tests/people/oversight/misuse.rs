//! Reports of misuse: allegation, investigation, finding; and sharing with another agency.

use app::AskError;
use app::oversight::{
    close_report, close_review, decide_sharing, inbox, investigate, open_report, own_reports,
    report_misuse, reports,
};
use domain::Role;
use domain::oversight::{Cause, ReportAbout, ReportState, Sharing};

use super::{CASE, REASON, auditor, auditor_called, invalid, officer};
use crate::scene::{Scene, stated};

#[tokio::test]
async fn clause_aus_344_4a7_an_allegation_is_investigated_with_the_trail_and_ends_in_a_finding() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (suspect, person) = officer(&scene).await;
    let looking = scene.says(&suspect, &stated("stolen-vehicle", CASE, REASON)).await;
    scene.opens(&looking).await.unwrap();
    // Anybody who is signed in, even without a role and untrained.
    let witness = scene.somebody("w.new", &[]).await;
    let witness = scene.signed_in(witness).await;
    let told = "she looked up her neighbour's car";
    let about = ReportAbout::Person(person);
    assert_eq!(invalid(report_misuse(app, &witness, about.clone(), " ").await).0, "told");
    let id = report_misuse(app, &witness, about.clone(), told).await.unwrap();
    let own = own_reports(app, &witness).await.unwrap().reports;
    assert_eq!((own.len(), own[0].state()), (1, ReportState::Allegation));

    let auditor = auditor(&scene).await;
    let review = inbox(app, &auditor).await.unwrap().open;
    assert_eq!((review[0].cause, review[0].subject), (Cause::MisuseReport, person));
    let review = review[0].id;
    let early = close_report(app, &auditor, id, "violation", "she says so").await;
    assert_eq!(invalid(early).0, "report", "no finding without an investigation");
    let beside = close_review(app, &auditor, review, "in-policy", "nothing").await;
    assert_eq!(invalid(beside).0, "review", "a report's review is closed by its finding");
    investigate(app, &auditor, id).await.unwrap();
    assert_eq!(invalid(investigate(app, &auditor, id).await).0, "report");
    let page = open_report(app, &auditor, id).await.unwrap();
    assert_eq!(page.report.state(), ReportState::Investigation);
    let looked = page.trail.iter().find(|line| line.row.action == "open-read").unwrap();
    assert_eq!((looked.case.as_str(), looked.reason.as_str()), (CASE, REASON));
    assert!(page.trail.iter().all(|line| line.name.contains("k.ellis")));

    assert_eq!(invalid(close_report(app, &auditor, id, "", "done").await).0, "finding");
    close_report(app, &auditor, id, "violation", "no case behind it").await.unwrap();
    let own = own_reports(app, &witness).await.unwrap().reports;
    assert_eq!(own[0].state(), ReportState::Finding);
    let left = inbox(app, &auditor).await.unwrap();
    assert_eq!((left.open.len(), left.closed[0].id), (0, review));
}

#[tokio::test]
async fn nobody_investigates_themselves_or_what_they_reported() {
    let scene = Scene::new().await;
    let app = scene.app();
    let suspect = auditor_called(&scene, "a.mora").await;
    let other = auditor_called(&scene, "b.lind").await;
    let about = ReportAbout::Person(suspect.person_id().unwrap());
    let itself = report_misuse(app, &suspect, about.clone(), "it was me").await;
    assert_eq!(invalid(itself).0, "person");
    let id = report_misuse(app, &other, about, "looks without a reason").await.unwrap();
    assert_eq!(reports(app, &suspect).await.unwrap().reports, []);
    for asked in [
        open_report(app, &suspect, id).await.map(drop),
        investigate(app, &suspect, id).await,
        close_report(app, &suspect, id, "in-policy", "nothing").await,
    ] {
        assert!(matches!(asked, Err(AskError::NotFound { .. })), "{asked:?}");
    }
    assert_eq!(invalid(investigate(app, &other, id).await).0, "report");
}

#[tokio::test]
async fn clause_aus_344_4b_the_program_lieutenant_decides_whether_sharing_goes_on() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (officer, _) = officer(&scene).await;
    let about = ReportAbout::Agency("Elsewhere PD".to_owned());
    let id = report_misuse(app, &officer, about, "they looked for a protester").await.unwrap();
    let auditor = auditor(&scene).await;
    assert_eq!(inbox(app, &auditor).await.unwrap().open, [], "it is about nobody here");
    let denied = decide_sharing(app, &auditor, id, "suspended", "they did").await;
    assert!(matches!(denied, Err(AskError::Refused(_))));
    let lieutenant = scene.somebody("l.tran", &[Role::ProgramLieutenant]).await;
    let lieutenant = scene.signed_in(lieutenant).await;
    assert_eq!(reports(app, &lieutenant).await.unwrap().reports.len(), 1);
    assert_eq!(invalid(decide_sharing(app, &lieutenant, id, "", "they did").await).0, "sharing");
    assert_eq!(invalid(decide_sharing(app, &lieutenant, id, "suspended", "").await).0, "why");
    decide_sharing(app, &lieutenant, id, "suspended", "until they explain it").await.unwrap();
    let page = open_report(app, &auditor, id).await.unwrap().report;
    let decision = page.decision.clone().unwrap();
    assert_eq!((decision.sharing, page.state()), (Sharing::Suspended, ReportState::Finding));
    assert_eq!(
        (decision.why.as_str(), Some(decision.by)),
        ("until they explain it", lieutenant.person_id())
    );
    let again = decide_sharing(app, &lieutenant, id, "goes-on", "they did").await;
    assert_eq!(invalid(again).0, "report", "what was decided stands");
}
