//! What leaves the server, and what becomes of it.

use std::path::Path;
use std::time::Duration;

use app::mail::send_due_mail;
use app::people::{Inviting, first_person};
use app::sign_in::session;
use app::telling::{
    NewWebhookSaid, WishSaid, add_device, add_webhook, alerts_board, end_device, forget_tellings,
    hit_of_link, own_alerts, tell_again, test_device, test_webhook, wish,
};
use app::views::TellingState;
use app::{AskError, Ctx, MailConfig, tell_hits};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::telling::{ALONE, Channel};
use domain::{Category, Role};
use hmac::{Hmac, KeyInit as _, Mac as _};
use outbound::{MailServer, Protection};
use sha2::Sha256;
use testkit::house::{a_session, say_what_for, train};
use testkit::{House, PostOffice, Posted, Receiver};

use crate::browser::{Browser, check_vapid};
use crate::{PLATE, Seen, hooked, house, later, passes, send};

/// Checks a webhook as its receiver does, by what is documented; its body.
fn checked(posted: &Posted, secret: &str) -> serde_json::Value {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let body = String::from_utf8(posted.body.clone()).unwrap();
    let (id, at) = (posted.header("webhook-id"), posted.header("webhook-timestamp"));
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let mac = mac.chain_update(format!("{id}.{at}.{body}")).finalize().into_bytes();
    assert_eq!(posted.header("webhook-signature"), format!("v1,{}", STANDARD.encode(mac)));
    serde_json::from_str(&body).unwrap()
}

/// Says nothing of whom a hit is about.
fn is_bare(said: &str) {
    for word in [PLATE, "tolen", "Lamar", "Ortiz", "26-001234"] {
        assert!(!said.contains(word), "{word} left the server: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_aus_344_3_2b_a_push_message_is_read_by_the_browser_alone_and_says_the_priority() {
    let service = Receiver::open();
    let house = house(&[&service], Category::StolenVehicle).await;
    let (app, admin) = (&house.app, house.admin());
    let browser = Browser::new("/push/one", 7);
    let device = add_device(app, &admin, &browser.says(&service)).await.unwrap();
    let hit = passes(&house, "1").await;
    send(app).await;
    let posted = service.next();
    let said = browser.reads(&posted);
    let own = own_alerts(app, &admin).await.unwrap();
    check_vapid(&posted, &service, &own.push_key, app.now().micros() / 1_000_000);
    is_bare(&said.to_string());
    assert_eq!(said["title"], "Normal priority: a hit");
    assert!(said["body"].as_str().unwrap().contains(ALONE));
    assert_eq!((posted.header("urgency"), posted.header("ttl")), ("normal", "3600"));
    // The link leads to the hit, for who is signed in and may open it.
    let code = said["path"].as_str().unwrap().strip_prefix("/go/").unwrap();
    assert_eq!(hit_of_link(app, &admin, code).await.unwrap(), hit);
    let auditor = house.somebody_with(&[Role::Auditor], false).await;
    let auditor = session(app, &auditor, app.now()).await.unwrap().unwrap();
    assert!(matches!(hit_of_link(app, &auditor, code).await, Err(AskError::Refused(_))));
    let nowhere = hit_of_link(app, &admin, &"A".repeat(22)).await;
    assert!(matches!(nowhere, Err(AskError::NotFound { .. })));
    assert!(matches!(own.told[0].state, TellingState::Sent));
    assert!(own.devices[0].last_taken_at.is_some());

    test_device(app, &admin, device).await.unwrap();
    send(app).await;
    assert!(browser.reads(&service.next())["title"].as_str().unwrap().starts_with("A test"));
    end_device(app, &admin, device).await.unwrap();
    assert!(own_alerts(app, &admin).await.unwrap().devices.is_empty());
    assert!(end_device(app, &admin, device).await.is_err());
    assert!(service.is_quiet());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_service_that_is_busy_is_asked_again_and_a_device_that_is_gone_is_removed() {
    let service = Receiver::open();
    let house = house(&[&service], Category::StolenVehicle).await;
    let (app, admin) = (&house.app, house.admin());
    let browser = Browser::new("/push/two", 9);
    add_device(app, &admin, &browser.says(&service)).await.unwrap();
    service.answers_next(&[429, 503, 410]);
    passes(&house, "1").await;
    send(app).await;
    let first = service.next();
    send(app).await;
    assert!(service.is_quiet(), "it is waited");
    later(&house, 5).await;
    let second = service.next();
    assert_eq!(browser.reads(&first), browser.reads(&second));
    let state = own_alerts(app, &admin).await.unwrap().told[0].clone();
    assert_eq!((state.n_tries, state.status), (2, Some(503)));
    assert!(state.trouble.contains("status 503"), "{}", state.trouble);
    later(&house, 15).await;
    service.next();
    let own = own_alerts(app, &admin).await.unwrap();
    assert!(own.devices.is_empty(), "the address was given up");
    assert_eq!(own.told[0].state, TellingState::GivenUp);
    later(&house, 3600).await;
    assert!(service.is_quiet());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_fails_twice_is_sent_again_with_its_id_and_is_in_the_log() {
    let receiver = Receiver::open();
    let house = house(&[&receiver], Category::StolenVehicle).await;
    let (app, admin) = (&house.app, house.admin());
    let secret = hooked(&house, &receiver).await;
    receiver.answers_next(&[500, 503]);
    let hit = passes(&house, "1").await;
    let seen = Seen::default();
    send(app).await;
    let first = receiver.next();
    assert!(seen.is_new(first.header("webhook-id")));
    later(&house, 5).await;
    let second = receiver.next();
    let log = alerts_board(app, &admin, None).await.unwrap().told.items;
    assert_eq!((log[0].hit, log[0].channel, log[0].n_tries), (Some(hit), Channel::Webhook, 2));
    assert!(matches!(log[0].state, TellingState::Waiting(_)) && log[0].status == Some(503));
    later(&house, 30).await;
    let third = receiver.next();
    for posted in [&first, &second, &third] {
        let said = checked(posted, &secret);
        is_bare(&said.to_string());
        assert_eq!(
            (said["type"].as_str(), said["data"]["priority"].as_str()),
            (Some("hit.raised"), Some("normal"))
        );
        assert!(
            said["data"]["link"].as_str().unwrap().starts_with("https://plates.example.gov/go/")
        );
    }
    assert!(!seen.is_new(third.header("webhook-id")), "it is known by its id");
    assert_eq!(first.body, third.body);
    assert_ne!(
        first.header("webhook-signature"),
        third.header("webhook-signature"),
        "it is of its own time"
    );
    let log = alerts_board(app, &admin, None).await.unwrap().told.items;
    assert_eq!((log[0].state, log[0].status), (TellingState::Sent, Some(201)));

    tell_again(app, &admin, log[0].id).await.unwrap();
    send(app).await;
    assert!(!seen.is_new(receiver.next().header("webhook-id")));
    let webhook = alerts_board(app, &admin, None).await.unwrap().webhooks[0].id;
    test_webhook(app, &admin, webhook).await.unwrap();
    send(app).await;
    assert_eq!(checked(&receiver.next(), &secret)["type"], "test");
}

#[tokio::test(flavor = "multi_thread")]
async fn auditors_read_the_log_of_deliveries_and_what_is_old_is_forgotten() {
    let receiver = Receiver::open();
    let house = house(&[&receiver], Category::StolenVehicle).await;
    let app = &house.app;
    hooked(&house, &receiver).await;
    let hit = passes(&house, "1").await;
    send(app).await;
    receiver.next();
    let auditor = house.somebody_with(&[Role::Auditor], false).await;
    let auditor = session(app, &auditor, app.now()).await.unwrap().unwrap();
    let log = alerts_board(app, &auditor, None).await.unwrap();
    assert_eq!((log.told.items.len(), log.told.items[0].hit), (1, Some(hit)));
    let id = log.told.items[0].id;
    assert!(matches!(tell_again(app, &auditor, id).await, Err(AskError::Refused(_))));

    let policy = app.policy(house.agency).unwrap();
    let settings = policy.bundle.settings();
    assert_eq!(log.kept_months, 2 * settings.audit.months);
    let days = |n: u32| Duration::from_secs(u64::from(n) * 24 * 3600);
    tell_again(app, &house.admin(), id).await.unwrap();
    send(app).await;
    receiver.next();
    house.clock.pass(days(settings.retention.days) + Duration::from_secs(1));
    let old = tell_again(app, &house.admin(), id).await;
    assert!(matches!(old, Err(AskError::Invalid { field: "alert", .. })), "{old:?}");
    let kept = days(log.kept_months * 31);
    house.clock.pass(kept - days(settings.retention.days) - Duration::from_secs(2));
    let n_told = async || {
        forget_tellings(app, app.now()).await.unwrap();
        alerts_board(app, &house.admin(), None).await.unwrap().told.items.len()
    };
    assert_eq!(n_told().await, 1, "its time is not over");
    house.clock.pass(Duration::from_secs(2));
    assert_eq!(n_told().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_by_a_crash_and_nothing_is_told_twice() {
    let receiver = Receiver::open();
    let house = house(&[&receiver], Category::StolenVehicle).await;
    hooked(&house, &receiver).await;
    passes(&house, "1").await;
    // The server ends before anything was sent; what is told was written down, and is not written down again.
    let app = house.after_a_crash().await;
    for _ in 0..2 {
        tell_hits(&app, house.agency, app.now()).await.unwrap();
        send(&app).await;
    }
    assert_eq!(receiver.next().path, "/hook");
    assert!(receiver.is_quiet());
    let log = alerts_board(&app, &house.admin(), None).await.unwrap().told.items;
    assert_eq!(log.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_inside_the_network_or_of_nobody_is_refused() {
    let house = house(&[], Category::StolenVehicle).await;
    let (app, admin) = (&house.app, house.admin());
    let said = |url: &str| NewWebhookSaid {
        name: "CAD".to_owned(),
        url: url.to_owned(),
        at_least: "low".to_owned(),
    };
    for url in ["http://alerts.example.gov/", "https://10.0.0.1/", "https://127.0.0.1/", "x"] {
        let refused = add_webhook(app, &admin, &said(url)).await;
        assert!(matches!(refused, Err(AskError::Invalid { field: "url", .. })), "{url}");
    }
    let stranger = Receiver::open();
    let device = Browser::new("/push", 3).says(&stranger);
    let refused = add_device(app, &admin, &device).await;
    assert!(matches!(refused, Err(AskError::Invalid { field: "device", .. })), "{refused:?}");
    let officer = house.somebody_with(&[Role::Officer], true).await;
    let officer = session(app, &officer, app.now()).await.unwrap().unwrap();
    let refused = alerts_board(app, &officer, None).await;
    assert!(matches!(refused, Err(AskError::Refused(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_for_it_is_mailed_that_there_is_a_hit_and_nothing_more() {
    let Some(mut office) = PostOffice::open(Path::new(env!("CARGO_TARGET_TMPDIR"))) else { return };
    let server = MailServer {
        host: "127.0.0.1".to_owned(),
        port: office.port,
        protection: Protection::None,
        account: None,
        from: "Plateglass <alpr@testing.example>".to_owned(),
        authority_pem: None,
        timeout: Duration::from_secs(20),
    };
    let mail = MailConfig { server, console_url: "https://plates.example.gov".to_owned() };
    let house = House::with(|config| config.mail = Some(mail)).await;
    house.want(Category::StolenVehicle, &[PLATE]).await;
    let [asks, does_not] = [somebody(&house, "d.chen").await, somebody(&house, "m.silva").await];
    let said = WishSaid {
        by_mail: true,
        mail_at_least: "normal".to_owned(),
        push_at_least: "high".to_owned(),
        ..WishSaid::default()
    };
    wish(&house.app, &asks, &said).await.unwrap();
    wish(&house.app, &does_not, &WishSaid { by_mail: false, ..said.clone() }).await.unwrap();
    let nowhere = wish(&house.app, &house.admin(), &said).await;
    assert!(matches!(nowhere, Err(AskError::Invalid { field: "mail", .. })), "no address");
    passes(&house, "1").await;
    send_due_mail(&house.app, house.app.now()).await.unwrap();
    let mail = office.take();
    assert_eq!(mail.to, ["d.chen@testing.example"]);
    let text = mail.text.replace("=\r\n", "").replace("\r\n", " ");
    assert!(
        text.contains("Normal priority: a hit") && text.contains("https://plates.example.gov/go/"),
        "{text}"
    );
    is_bare(&text);
    assert!(text.contains("no ground for a stop"), "{text}");
    let told = own_alerts(&house.app, &asks).await.unwrap().told;
    assert_eq!(
        (told.len(), told[0].channel, told[0].state),
        (1, Channel::Mail, TellingState::Sent)
    );
    assert!(own_alerts(&house.app, &does_not).await.unwrap().told.is_empty());
}

/// An officer with a mail address, trained and signed in.
async fn somebody(house: &House, login: &str) -> Ctx {
    let who = Inviting {
        login: login.to_owned(),
        name: login.to_owned(),
        email: format!("{login}@testing.example"),
        is_outside: false,
        is_temporary: false,
    };
    let invited = first_person(&house.app, house.agency, who, &[Role::Officer], "a test").await;
    let person = invited.unwrap().person;
    train(&house.app, house.agency, person).await;
    let token = a_session(&house.app, person).await;
    say_what_for(&house.app, &token).await;
    session(&house.app, &token, house.app.now()).await.unwrap().unwrap()
}
