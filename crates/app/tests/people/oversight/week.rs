//! The weekly review.

use app::oversight::{open_week, review_week};
use domain::Day;

use super::{CASE, REASON, auditor, invalid, officer};
use crate::scene::{Scene, stated};

#[tokio::test]
async fn a_week_is_counted_signed_off_with_its_reviewer_and_overdue_when_nobody_did() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (officer, _) = officer(&scene).await;
    let looking = scene.says(&officer, &stated("stolen-vehicle", CASE, REASON)).await;
    scene.opens(&looking).await.unwrap();
    let vague = scene.says(&officer, &stated("stolen-vehicle", "", REASON)).await;
    scene.opens(&vague).await.unwrap_err();
    let week = Day::parse("2026-11-16").unwrap();
    let auditor_now = auditor(&scene).await;
    let page = open_week(app, &auditor_now, Some(week)).await.unwrap();
    assert_eq!(page.looks, [("Called k.ellis".to_owned(), "stolen-vehicle".to_owned(), 1)]);
    assert_eq!(page.refusals, [("case-missing".to_owned(), 1)]);
    assert!(page.n_roles_given >= 2, "{}", page.n_roles_given);
    assert_eq!((page.n_sign_ins_failed, page.n_exports), (0, 0));
    assert!(!page.state.is_over);
    let early = review_week(app, &auditor_now, week, "read it").await;
    assert_eq!(invalid(early), ("week", "is not over yet".to_owned()));

    // Two Mondays later nobody has read it.
    scene.house.clock.set("2026-11-30T18:00:00Z");
    let person = auditor_now.person_id().unwrap();
    let later = scene.signed_in(person).await;
    let later = scene.says(&later, &stated("audit", "", "weekly review of all looks")).await;
    let page = open_week(app, &later, Some(week)).await.unwrap();
    assert!(page.state.is_over && page.state.is_overdue);
    assert_eq!(page.looks.len(), 1, "counts do not change");
    let middle = Day::parse("2026-11-18").unwrap();
    assert_eq!(invalid(review_week(app, &later, middle, "read it").await).0, "week");
    assert_eq!(invalid(review_week(app, &later, week, " ").await).0, "note");
    review_week(app, &later, week, "one refusal, a typing error").await.unwrap();
    assert_eq!(invalid(review_week(app, &later, week, "again").await).0, "week");
    let page = open_week(app, &later, Some(week)).await.unwrap();
    assert!(!page.state.is_overdue);
    assert_eq!(
        (page.state.reviews[0].by, page.state.reviews[0].note.as_str()),
        (person, "one refusal, a typing error")
    );
    let open: Vec<_> =
        page.weeks.iter().map(|one| (one.week.to_string(), one.is_overdue)).collect();
    assert_eq!(
        open,
        [
            ("2026-11-30".to_owned(), false),
            ("2026-11-23".to_owned(), false),
            ("2026-11-16".to_owned(), false),
        ]
    );
}
