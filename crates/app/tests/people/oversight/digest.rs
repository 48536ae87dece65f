//! The chief security officer's daily digest.

use std::time::Duration;

use app::oversight::{Odd, digest_day, digest_text, security_digest};
use app::sign_in::{DeviceToken, Door, session, with_password};
use app::{AskError, Ctx};
use domain::{Day, Role};
use testkit::House;
use testkit::house::a_session;

use crate::scene::{Account, door, somebody};

const STEP: Duration = Duration::from_secs(30);

async fn security_officer(house: &House) -> Ctx {
    let person = somebody(&house.app, house.agency, "c.so", &[Role::ChiefSecurityOfficer]).await;
    let token = a_session(&house.app, person).await;
    session(&house.app, &token, house.app.now()).await.unwrap().unwrap()
}

#[tokio::test]
async fn clause_aus_344_3_1a1_the_daily_digest_tells_failed_and_odd_sign_ins_locks_and_starts() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    house.clock.pass(STEP);
    with_password(app, "nobody.here", "nine herons, or so", &door(7)).await.unwrap_err();
    let own = Door { device: Some(DeviceToken::new(app)), ..door(9) };
    account.signs_in(&house, &account.code(&house), &own).await.unwrap();
    house.clock.pass(STEP);
    account.signs_in(&house, &account.code(&house), &own).await.unwrap();
    house.clock.pass(STEP);
    let another = Door { device: Some(DeviceToken::new(app)), ..door(9) };
    account.signs_in(&house, &account.code(&house), &another).await.unwrap();
    for n in 11..=15 {
        with_password(app, "k.ellis", "nine herons, or so", &door(n)).await.unwrap_err();
    }
    let ctx = security_officer(&house).await;
    let digest = security_digest(app, &ctx, None).await.unwrap();
    assert_eq!(digest.n_failed, 6);
    let at_account: Vec<_> =
        digest.failed.iter().filter(|one| one.person == Some(account.person)).collect();
    assert_eq!(at_account.len(), 5);
    assert_eq!(
        (at_account[0].why.as_str(), at_account[0].address.as_str()),
        ("wrong-password", "192.0.2.11")
    );
    assert!(at_account[0].leaf.is_some());
    let unknown = digest.failed.iter().find(|one| one.why == "unknown-name").unwrap();
    assert_eq!((unknown.leaf, unknown.address.as_str()), (None, "192.0.2.7"));
    assert_eq!(digest.passwords_locked.len(), 1);
    assert!(!digest.people[&account.person].is_disabled);
    let odd: Vec<_> = digest.odd.iter().map(|one| (one.person, one.odd.clone())).collect();
    // From elsewhere with a device of one's own; then with that device again, which is not odd; then with another one.
    let first = (Some(account.person), vec![Odd::NewAddress, Odd::NewDevice]);
    assert_eq!(odd, [first, (Some(account.person), vec![Odd::NewDevice])]);
    assert!(digest.server.iter().any(|(what, _)| what == "server-started"));

    let day = digest_day(app, house.agency, app.now());
    assert_eq!(day, Day::parse("2026-11-20").unwrap(), "the day before");
    let before = security_digest(app, &ctx, Some(day)).await.unwrap();
    assert_eq!((before.n_failed, before.server.len()), (0, 0));
    // The server gathers it for the mail, and names nobody there.
    let by_server = Ctx::server(house.agency, app.now());
    let mailed = security_digest(app, &by_server, None).await.unwrap();
    let text = digest_text(&mailed, "Testing PD", "https://lpr.example.gov");
    assert!(text.contains("     6  failed sign-ins") && !text.contains("ellis"), "{text}");
    assert!(text.contains("     2  sign-ins from a device that the person never used"), "{text}");
}

#[tokio::test]
async fn only_the_chief_security_officer_reads_it() {
    let house = House::new().await;
    let person = somebody(&house.app, house.agency, "k.ellis", &[Role::Officer]).await;
    let token = a_session(&house.app, person).await;
    let ctx = session(&house.app, &token, house.app.now()).await.unwrap().unwrap();
    let asked = security_digest(&house.app, &ctx, None).await;
    assert!(matches!(asked, Err(AskError::Refused(_))));
}
