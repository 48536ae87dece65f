//! Looks that cannot wait for a case number: the number follows in time, or the account is locked.

use std::time::Duration;

use app::people::{
    StateWork, complete_exigent_look, open_exigent_looks, open_person, release_exigent_looks,
    state_work,
};
use app::sign_in::SessionToken;
use app::{AskError, Ctx, HitsAsk, list_hits};
use domain::{PersonId, Role};
use ledger::leaf::ClearField;
use policy::Facts;
use testkit::house::a_session;

use crate::record::{leaves, newest};
use crate::scene::{Scene, at, reason, refused, stated};

const CASE: &str = "26-1234567";
const REASON: &str = "a child was taken from the park, grey sedan with a broken light";
const DAY: Duration = Duration::from_secs(24 * 3600);

fn exigent(purpose: &str) -> StateWork {
    StateWork { exigent: true, ..stated(purpose, "", REASON) }
}

/// An officer who said that it cannot wait, and looked.
async fn who_looked(scene: &Scene) -> (PersonId, SessionToken) {
    let officer = scene.trained("k.ellis", &[Role::Officer]).await.person_id().unwrap();
    let token = a_session(scene.app(), officer).await;
    let ctx = at(scene.app(), &token).await.unwrap();
    state_work(scene.app(), &ctx, &exigent("missing-person")).await.unwrap();
    let ctx = at(scene.app(), &token).await.unwrap();
    assert!(open_exigent_looks(&ctx).is_empty(), "nobody has looked yet");
    scene.opens(&ctx).await.unwrap();
    scene.opens(&at(scene.app(), &token).await.unwrap()).await.unwrap();
    (officer, token)
}

async fn fresh(scene: &Scene, person: PersonId) -> Ctx {
    scene.signed_in(person).await
}

#[tokio::test]
async fn clause_ausp_access_a_look_that_cannot_wait_is_completed_with_its_case_number() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (_, token) = who_looked(&scene).await;
    let seen = newest(&scene.house, scene.austin, "open-read").await;
    assert_eq!((seen.decision().1, seen.beside("case")), ("permit", ""));
    assert!(Facts::read(seen.beside("facts")).unwrap().exigent);
    let ctx = at(app, &token).await.unwrap();
    let looks = open_exigent_looks(&ctx);
    assert_eq!(looks.len(), 1, "one statement, however often they look by it");
    assert_eq!((looks[0].due_at, looks[0].looked_at), (app.now().plus(DAY), app.now()));

    let wrong = complete_exigent_look(app, &ctx, looks[0].id, "1234").await;
    assert!(matches!(wrong, Err(AskError::Invalid { field: "case_number", .. })), "{wrong:?}");
    let other = scene.trained("m.varga", &[Role::Officer]).await;
    let theirs = complete_exigent_look(app, &other, looks[0].id, CASE).await;
    assert!(matches!(theirs, Err(AskError::NotFound { .. })), "{theirs:?}");
    complete_exigent_look(app, &ctx, looks[0].id, CASE).await.unwrap();
    let all = leaves(&scene.house, scene.austin).await;
    let done = all.iter().find(|leaf| leaf.text(ClearField::Action) == "complete-look").unwrap();
    assert_eq!(
        (done.beside("case"), done.leaf.number(ClearField::Of)),
        (CASE, Some(looks[0].leaf))
    );
    let look = &all[usize::try_from(looks[0].leaf).unwrap()];
    assert_eq!((look.decision(), look.beside("reason")), (("open-read", "permit"), REASON));

    // What they still work on has the number from now on, and nothing locks them.
    scene.house.clock.pass(Duration::from_secs(60));
    let ctx = at(app, &token).await.unwrap();
    assert!(open_exigent_looks(&ctx).is_empty());
    scene.opens(&ctx).await.unwrap();
    let seen = newest(&scene.house, scene.austin, "open-read").await;
    assert_eq!(seen.beside("case"), CASE);
    assert!(!Facts::read(seen.beside("facts")).unwrap().exigent);
    scene.house.clock.pass(DAY * 2);
    let ctx = fresh(&scene, ctx.person_id().unwrap()).await;
    list_hits(app, &ctx, HitsAsk::default()).await.unwrap();
}

/// Nobody acts and no job runs: the clock is moved, and that is all.
#[tokio::test]
async fn clause_ausp_access_who_does_not_complete_a_look_in_time_is_locked_until_released() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (officer, _) = who_looked(&scene).await;
    scene.house.clock.pass(DAY - Duration::from_micros(1));
    let ctx = fresh(&scene, officer).await;
    list_hits(app, &ctx, HitsAsk::default()).await.unwrap();
    scene.house.clock.pass(Duration::from_micros(1));
    let ctx = fresh(&scene, officer).await;
    let (reasons, words) = refused(list_hits(app, &ctx, HitsAsk::default()).await);
    assert_eq!(reasons, reason("exigent-overdue", "AUSP-access"));
    assert!(words.contains("must be completed"), "{words}");
    let seen = newest(&scene.house, scene.austin, "list-hits").await;
    let facts = Facts::read(seen.beside("facts")).unwrap();
    assert!(facts.overdue);
    let again = app.policy(scene.austin).unwrap().bundle.decide(&facts);
    assert_eq!(again.policies, ["exigent-overdue"]);

    let cso = scene.somebody("cso", &[Role::ChiefSecurityOfficer]).await;
    let by = fresh(&scene, cso).await;
    let early = release_exigent_looks(app, &by, officer).await;
    assert!(matches!(early, Err(AskError::Invalid { field: "person", .. })), "{early:?}");
    // They can still complete it, and are locked all the same.
    let ctx = fresh(&scene, officer).await;
    let id = open_exigent_looks(&ctx)[0].id;
    complete_exigent_look(app, &ctx, id, CASE).await.unwrap();
    let ctx = fresh(&scene, officer).await;
    assert!(open_exigent_looks(&ctx).is_empty());
    assert_eq!(refused(list_hits(app, &ctx, HitsAsk::default()).await).0, reasons);
    let own = release_exigent_looks(app, &ctx, officer).await;
    assert!(matches!(own, Err(AskError::Refused(_))), "{own:?}");
    assert_eq!(open_person(app, &by, officer).await.unwrap().exigent.len(), 1);
    release_exigent_looks(app, &by, officer).await.unwrap();
    let ctx = fresh(&scene, officer).await;
    list_hits(app, &ctx, HitsAsk::default()).await.unwrap();
}

#[tokio::test]
async fn only_what_the_policy_calls_exigent_does_not_wait_and_the_reason_is_asked_for() {
    let scene = Scene::new().await;
    let ctx = scene.trained("k.ellis", &[Role::Officer]).await;
    for (field, said) in [
        ("exigent", exigent("records-request")),
        ("exigent", exigent("monitoring")),
        ("exigent", exigent("immigration")),
        ("reason", StateWork { reason: String::new(), ..exigent("missing-person") }),
    ] {
        let wrong = state_work(scene.app(), &ctx, &said).await;
        assert!(
            matches!(&wrong, Err(AskError::Invalid { field: f, .. }) if *f == field),
            "{said:?}: {wrong:?}"
        );
    }
    // A vague reason is no more a reason than otherwise, and a number that is there is not waited for.
    let vague = StateWork { reason: "investigation".to_owned(), ..exigent("missing-person") };
    let asked = scene.opens(&scene.says(&ctx, &vague).await).await;
    assert_eq!(refused(asked).0, reason("reason-vague", "AUSP-access"));
    let said = StateWork { case_number: CASE.to_owned(), ..exigent("missing-person") };
    let ctx = scene.says(&ctx, &said).await;
    scene.opens(&ctx).await.unwrap();
    let ctx = scene.signed_in(ctx.person_id().unwrap()).await;
    assert!(open_exigent_looks(&ctx).is_empty());
}
