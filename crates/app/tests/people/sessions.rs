//! Sessions: idle ones are locked, all end after a shift, their owner sees and ends them.

use std::time::Duration;

use app::AskError;
use app::sign_in::{end_other_session, own_sessions, sign_out};
use domain::Role;
use testkit::House;
use testkit::house::a_session;

use crate::scene::{at, somebody};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const IDLE: Duration = Duration::from_secs(30 * 60);

#[tokio::test]
async fn control_ac_11_a_session_that_is_idle_for_thirty_minutes_is_over() {
    let house = House::new().await;
    let app = &house.app;
    let person = somebody(app, house.agency, "k.ellis", &[Role::Administrator]).await;
    let token = a_session(app, person).await;
    for _ in 0..3 {
        house.clock.pass(IDLE);
        assert!(at(app, &token).await.is_some());
    }
    house.clock.pass(IDLE + Duration::from_secs(1));
    assert!(at(app, &token).await.is_none());
    // Nor does it come back when somebody asks again, or the clock is set back.
    house.clock.set("2026-11-21T12:00:00Z");
    assert!(at(app, &token).await.is_none());
}

#[tokio::test]
async fn control_ac_11_patrol_and_dispatch_are_not_locked_and_whoever_holds_another_role_is() {
    let house = House::new().await;
    let app = &house.app;
    let (officer, operator) = (Role::Officer, Role::RtccOperator);
    let mut sessions = Vec::new();
    for (login, roles, exempt) in [
        ("patrol", vec![officer], true),
        ("dispatch", vec![operator], true),
        ("both", vec![officer, operator], true),
        ("sergeant", vec![officer, Role::Supervisor], false),
        ("new", vec![], false),
    ] {
        let person = somebody(app, house.agency, login, &roles).await;
        sessions.push((login, a_session(app, person).await, exempt));
    }
    house.clock.pass(11 * HOUR);
    for (login, token, exempt) in &sessions {
        assert_eq!(at(app, token).await.is_some(), *exempt, "{login}");
    }
    // After twelve hours they show again who they are (CJIS IA-11).
    house.clock.pass(HOUR - MINUTE);
    assert!(at(app, &sessions[0].1).await.is_some());
    house.clock.pass(MINUTE);
    assert!(at(app, &sessions[0].1).await.is_none());
}

#[tokio::test]
async fn control_ia_11_a_session_ends_after_twelve_hours_however_busy() {
    let house = House::new().await;
    let app = &house.app;
    let token = a_session(app, house.person).await;
    for _ in 0..47 {
        house.clock.pass(15 * MINUTE);
        assert!(at(app, &token).await.is_some());
    }
    house.clock.pass(15 * MINUTE);
    assert!(at(app, &token).await.is_none());
}

#[tokio::test]
async fn somebody_sees_their_own_sessions_and_ends_those_they_do_not_know() {
    let house = House::new().await;
    let app = &house.app;
    let person = somebody(app, house.agency, "k.ellis", &[Role::Officer]).await;
    let other = somebody(app, house.agency, "j.reyes", &[Role::Officer]).await;
    let here = a_session(app, person).await;
    house.clock.pass(MINUTE);
    let stolen = a_session(app, person).await;
    let others = a_session(app, other).await;
    let ctx = at(app, &here).await.unwrap();
    let listed = own_sessions(app, &ctx).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.is_this).collect::<Vec<_>>(), [false, true]);
    assert_eq!((listed[0].begun_at, listed[0].browser.as_str()), (app.now(), "a test"));
    // The word of a session opens nothing.
    assert!(app::sign_in::SessionToken::parse(&listed[0].session).is_none());

    let by_another = at(app, &others).await.unwrap();
    let refused = end_other_session(app, &by_another, &listed[0].session).await;
    assert!(matches!(refused, Err(AskError::NotFound { .. })));
    assert!(at(app, &stolen).await.is_some());
    end_other_session(app, &ctx, &listed[0].session).await.unwrap();
    assert!(at(app, &stolen).await.is_none());
    assert_eq!(own_sessions(app, &ctx).await.unwrap().len(), 1);

    sign_out(app, &ctx, &here).await.unwrap();
    assert!(at(app, &here).await.is_none());
    assert!(at(app, &others).await.is_some());
}
