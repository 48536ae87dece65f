//! Quiet rules over a whole app.

use app::telling::{
    RuleSaid, add_device, alerts_board, end_own_rule, keep_agencys_rule, keep_own_rule, own_alerts,
};
use app::views::TellingState;
use domain::Category;
use testkit::Receiver;

use crate::browser::Browser;
use crate::{hooked, house, passes, send};

fn always(channels: &[&str]) -> RuleSaid {
    let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
    RuleSaid {
        days: words(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
        from: "00:00".to_owned(),
        until: "00:00".to_owned(),
        channels: words(channels),
        ..RuleSaid::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_keeps_quiet_is_written_down_and_shown() {
    let receiver = Receiver::open();
    let house = house(&[&receiver], Category::StolenVehicle).await;
    let (app, admin) = (&house.app, house.admin());
    hooked(&house, &receiver).await;
    let browser = Browser::new("/push", 5);
    add_device(app, &admin, &browser.says(&receiver)).await.unwrap();
    let rule = keep_own_rule(app, &admin, &always(&["push"])).await.unwrap();
    assert!(keep_own_rule(app, &admin, &always(&["webhook"])).await.is_err(), "not one’s own");
    passes(&house, "1").await;
    send(app).await;
    assert_eq!(receiver.next().path, "/hook", "the rule is one person’s");
    assert!(receiver.is_quiet());
    let own = own_alerts(app, &admin).await.unwrap();
    assert_eq!(own.told[0].state, TellingState::Quiet);
    assert_eq!(own.told[0].trouble, format!("kept quiet by their own rule {rule}"));

    end_own_rule(app, &admin, rule).await.unwrap();
    keep_agencys_rule(app, &admin, &always(&["push", "webhook"])).await.unwrap();
    house.clock.pass(std::time::Duration::from_secs(3600));
    passes(&house, "2").await;
    send(app).await;
    assert!(receiver.is_quiet(), "the agency’s rule holds for everybody");
    let log = alerts_board(app, &admin, None).await.unwrap().told.items;
    assert_eq!(log.iter().filter(|row| row.state == TellingState::Quiet).count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_are_missing_are_told_of_whatever_is_quiet() {
    let receiver = Receiver::open();
    let house = house(&[&receiver], Category::MissingPerson).await;
    let (app, admin) = (&house.app, house.admin());
    hooked(&house, &receiver).await;
    keep_agencys_rule(app, &admin, &always(&["push", "mail", "webhook"])).await.unwrap();
    passes(&house, "1").await;
    send(app).await;
    let said: serde_json::Value = serde_json::from_slice(&receiver.next().body).unwrap();
    assert_eq!(said["data"]["priority"], "high");
}
