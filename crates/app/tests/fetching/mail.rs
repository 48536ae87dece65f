//! Who is told by mail: that fetching fails again and again, and that plates wait.

use std::path::Path;
use std::time::Duration;

use app::mail::send_due_mail;
use app::people::{Inviting, first_person};
use app::{FeedFormat, MailConfig};
use domain::{Category, Role};
use outbound::{MailServer, Protection};
use testkit::{House, PostOffice};

use super::{fetch, fetched_from, folder, list};

/// A house that sends mail, with a supervisor who can have some; nothing where Node is missing.
async fn with_mail() -> Option<(House, PostOffice)> {
    let office = PostOffice::open(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    let server = MailServer {
        host: "127.0.0.1".to_owned(),
        port: office.port,
        protection: Protection::None,
        account: None,
        from: "Plateglass <alpr@testing.example>".to_owned(),
        authority_pem: None,
        timeout: Duration::from_secs(20),
    };
    let mail = MailConfig { server, console_url: "https://plates.testing.example".to_owned() };
    let house = House::with(|config| config.mail = Some(mail)).await;
    let who = Inviting {
        login: "d.chen".to_owned(),
        name: "D. Chen".to_owned(),
        email: "d.chen@testing.example".to_owned(),
        is_outside: false,
        is_temporary: false,
    };
    let roles = [Role::Supervisor];
    let person =
        first_person(&house.app, house.agency, who, &roles, "a test").await.unwrap().person;
    testkit::house::train(&house.app, house.agency, person).await;
    Some((house, office))
}

#[tokio::test]
async fn a_list_that_cannot_be_fetched_is_told_of_once_after_three_failures() {
    let Some((house, mut office)) = with_mail().await else { return };
    let list = list(&house, Category::StolenVehicle).await;
    fetched_from(&house, FeedFormat::Rows, folder(Path::new("/nowhere/at/all"))).await;
    for _ in 0..5 {
        fetch(&house, list).await;
        house.clock.pass(Duration::from_secs(60));
    }
    send_due_mail(&house.app, house.app.now()).await.unwrap();
    let mail = office.take();
    assert_eq!(mail.to, ["d.chen@testing.example"]);
    assert!(mail.text.contains("Subject: A hotlist cannot be fetched: Fetched"), "{}", mail.text);
    assert!(
        mail.text.contains("/nowhere/at/all") && mail.text.contains(&format!("/hotlists/{list}"))
    );
    // It is told of once: what comes next is of something else.
    super::amber::an_alert_for(&house).await;
    send_due_mail(&house.app, house.app.now()).await.unwrap();
    let mail = office.take();
    assert!(
        mail.text.contains("Subject: 1 plate of an AMBER alert waits for a person"),
        "{}",
        mail.text
    );
    assert!(!mail.text.contains("LKW4873"), "no plate stands in a mail");
}
