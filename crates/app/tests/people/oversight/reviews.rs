//! The review inbox: what opens a review, who sees it, what closes it.

use std::time::Duration;

use app::AskError;
use app::oversight::{Inbox, add_review_note, close_review, inbox, open_review};
use app::people::{GiveRole, StateWork, give_role};
use domain::oversight::{Cause, Finding};
use domain::{PersonId, Role};

use super::{CASE, REASON, SUSPICIOUS, auditor, auditor_called, invalid, officer};
use crate::scene::{Scene, reason, refused, stated};

async fn waiting(scene: &Scene, ctx: &app::Ctx) -> Inbox {
    inbox(scene.app(), ctx).await.unwrap()
}

fn causes(inbox: &Inbox) -> Vec<(Cause, PersonId, u64)> {
    let mut all: Vec<_> =
        inbox.open.iter().map(|one| (one.cause, one.subject, one.n_leaves)).collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn clause_aus_344_4a3_suspicious_words_open_a_review_that_only_a_finding_closes() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (officer, person) = officer(&scene).await;
    scene.says(&officer, &stated("stolen-vehicle", CASE, REASON)).await;
    scene.says(&officer, &stated("stolen-vehicle", CASE, SUSPICIOUS)).await;
    scene.says(&officer, &stated("stolen-vehicle", CASE, SUSPICIOUS)).await;
    let auditor = auditor(&scene).await;
    let found = waiting(&scene, &auditor).await;
    assert_eq!(causes(&found), [(Cause::SuspiciousReason, person, 2)], "one a day and person");
    let id = found.open[0].id;
    let page = open_review(app, &auditor, id).await.unwrap();
    assert_eq!(page.lines.len(), 2);
    assert!(page.lines.iter().all(|line| line.reason == SUSPICIOUS && line.case == CASE));

    let (field, why) = invalid(close_review(app, &auditor, id, "", "talked to him").await);
    assert_eq!(
        (field, why.as_str()),
        ("finding", "is missing: nothing is closed without a finding")
    );
    assert_eq!(invalid(close_review(app, &auditor, id, "violation", " ").await).0, "text");
    assert_eq!(waiting(&scene, &auditor).await.open.len(), 1);
    add_review_note(app, &auditor, id, "asked for the case file").await.unwrap();
    close_review(app, &auditor, id, "training-needed", "the case is real").await.unwrap();
    let found = waiting(&scene, &auditor).await;
    assert_eq!((found.open.len(), found.closed.len()), (0, 1));
    assert_eq!(found.findings, [(Finding::TrainingNeeded, 1)]);
    let page = open_review(app, &auditor, id).await.unwrap();
    let notes: Vec<_> = page.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(
        notes,
        [
            "Opened: a stated reason has suspicious words",
            "asked for the case file",
            "Closed as “Training needed”: the case is real",
        ]
    );
    let again = close_review(app, &auditor, id, "in-policy", "changed my mind").await;
    assert_eq!(invalid(again).0, "review");
    // What happens after it was closed is another review.
    scene.says(&officer, &stated("stolen-vehicle", CASE, SUSPICIOUS)).await;
    assert_eq!(causes(&waiting(&scene, &auditor).await), [(Cause::SuspiciousReason, person, 1)]);
}

#[tokio::test]
async fn clause_aus_344_4a2_prohibited_uses_and_attempts_open_a_review() {
    let scene = Scene::new().await;
    let (officer, person) = officer(&scene).await;
    let harasses = scene.says(&officer, &stated("harassment", CASE, REASON)).await;
    scene.opens(&harasses).await.unwrap_err();
    let named = stated("stolen-vehicle", CASE, "to intimidate the witness of last week");
    scene.opens(&scene.says(&officer, &named).await).await.unwrap_err();
    let auditor = auditor(&scene).await;
    let found = waiting(&scene, &auditor).await;
    assert_eq!(causes(&found), [(Cause::ProhibitedUse, person, 4)]);
    let page = open_review(scene.app(), &auditor, found.open[0].id).await.unwrap();
    let seen: Vec<_> = page
        .lines
        .iter()
        .map(|line| (line.row.action.as_str(), line.row.decision.as_str()))
        .collect();
    let (says, opens) = (("state-work", ""), ("open-read", "refuse"));
    assert_eq!(seen, [opens, says, opens, says]);
}

#[tokio::test]
async fn who_is_refused_again_and_again_or_says_little_is_reviewed() {
    let scene = Scene::new().await;
    let (officer, person) = officer(&scene).await;
    for n in 1..=5 {
        scene.opens(&officer).await.unwrap_err();
        let auditor = auditor_called(&scene, &format!("auditor.{n}")).await;
        let found = causes(&waiting(&scene, &auditor).await);
        assert_eq!(found.is_empty(), n < 5, "after {n}: {found:?}");
    }
    scene.says(&officer, &stated("stolen-vehicle", CASE, "a stolen vehicle")).await;
    let auditor = auditor(&scene).await;
    let found = causes(&waiting(&scene, &auditor).await);
    assert_eq!(found, [(Cause::WeakReason, person, 1), (Cause::RepeatedRefusals, person, 5),]);
}

#[tokio::test]
async fn a_privilege_used_at_night_is_reviewed() {
    let scene = Scene::new().await;
    let officer = scene.somebody("k.ellis", &[Role::Officer]).await;
    let chief = scene.somebody("m.varga", &[Role::Administrator]).await;
    let (day, night) = ("2026-11-21T20:00:00Z", "2026-11-22T06:30:00Z");
    for (at, role, n) in [(day, Role::Trainer, 0), (night, Role::Investigator, 1)] {
        scene.house.clock.set(at);
        let ctx = scene.signed_in(chief).await;
        let give = GiveRole { person: officer, role, reason: "order 12".to_owned(), ends_at: None };
        give_role(scene.app(), &ctx, give).await.unwrap();
        let auditor = auditor_called(&scene, &format!("auditor.{n}")).await;
        let found = causes(&waiting(&scene, &auditor).await);
        let all: Vec<_> = (0..n).map(|_| (Cause::OffHours, chief, 1)).collect();
        assert_eq!(found, all, "at {at}");
    }
}

#[tokio::test]
async fn nobody_sees_a_review_about_themselves_and_only_auditors_see_any() {
    let scene = Scene::new().await;
    let app = scene.app();
    let suspect = auditor_called(&scene, "a.mora").await;
    let said = StateWork { reason: SUSPICIOUS.to_owned(), ..stated("audit", "", "") };
    let suspect = scene.says(&suspect, &said).await;
    assert_eq!(waiting(&scene, &suspect).await.open, []);
    let other = auditor_called(&scene, "b.lind").await;
    let found = waiting(&scene, &other).await;
    assert_eq!(found.open.len(), 1);
    let id = found.open[0].id;
    for asked in [
        open_review(app, &suspect, id).await.map(drop),
        add_review_note(app, &suspect, id, "all is well").await,
        close_review(app, &suspect, id, "in-policy", "all is well").await,
    ] {
        assert!(matches!(asked, Err(AskError::NotFound { .. })), "{asked:?}");
    }
    let (officer, _) = officer(&scene).await;
    assert!(matches!(inbox(app, &officer).await, Err(AskError::Refused(_))));
    let both = scene.somebody("x.both", &[Role::Auditor, Role::Administrator]).await;
    let both = scene.signed_in(both).await;
    assert_eq!(refused(inbox(app, &both).await).0, reason("auditor-stands-apart", "AUS-344.6a"));
}

#[tokio::test]
async fn reviews_open_by_the_clock_too() {
    let scene = Scene::new().await;
    let (officer, _) = officer(&scene).await;
    scene.says(&officer, &stated("stolen-vehicle", CASE, SUSPICIOUS)).await;
    let then = scene.app().now();
    app::sweep_ledger(scene.app(), then).await.unwrap();
    scene.house.clock.pass(Duration::from_secs(3_600));
    let auditor = auditor(&scene).await;
    let opened = waiting(&scene, &auditor).await.open;
    assert!(opened[0].opened_at <= then, "when it happened, not when somebody looked");
}
