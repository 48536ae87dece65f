//! Signing in: a link works once and not for long; a session ends after a shift, or when nobody uses it.

use std::time::Duration;

use app::sign_in::{
    LINK_LASTS, SESSION_IDLE, SESSION_LASTS, make_link, session, sign_out, use_link,
};
use app::{Origin, Part};
use testkit::House;

const ORIGIN: Origin = Origin { part: Part::Console, session: None, address: None };
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_link_works_once_and_not_for_long() {
    let house = House::new().await;
    let (app, now) = (&house.app, || house.app.now());
    let link = make_link(app, house.agency, now()).await.unwrap();
    assert!(use_link(app, &link, now(), ORIGIN).await.unwrap().is_some());
    assert!(use_link(app, &link, now(), ORIGIN).await.unwrap().is_none());
    let late = make_link(app, house.agency, now()).await.unwrap();
    house.clock.pass(LINK_LASTS + SECOND);
    assert!(use_link(app, &late, now(), ORIGIN).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_with_the_shift_when_idle_and_when_told() {
    let house = House::new().await;
    let (app, now) = (&house.app, || house.app.now());
    let begin = async || {
        let link = make_link(app, house.agency, now()).await.unwrap();
        use_link(app, &link, now(), ORIGIN).await.unwrap().unwrap()
    };
    let idle = begin().await;
    house.clock.pass(SESSION_IDLE);
    assert_eq!(session(app, &idle, now()).await.unwrap().unwrap().agency, house.agency);
    house.clock.pass(SESSION_IDLE + SECOND);
    assert!(session(app, &idle, now()).await.unwrap().is_none());
    assert!(session(app, &idle, now()).await.unwrap().is_none());

    let busy = begin().await;
    let mut worked = Duration::ZERO;
    while worked + SESSION_IDLE < SESSION_LASTS {
        house.clock.pass(SESSION_IDLE);
        worked += SESSION_IDLE;
        assert!(session(app, &busy, now()).await.unwrap().is_some());
    }
    house.clock.pass(SESSION_IDLE);
    assert!(session(app, &busy, now()).await.unwrap().is_none());

    let told = begin().await;
    sign_out(app, &house.admin(), &told).await.unwrap();
    assert!(session(app, &told, now()).await.unwrap().is_none());
}
