//! The pages about how hits are told, and the links of alerts.

use app::{HitsAsk, TellingConfig, list_hits, send_tellings, take_reads, tell_hits};
use axum::http::{StatusCode, header};
use domain::{Category, Role};
use testkit::Receiver;

use crate::{House, SAME};

const RULE: &str = "channel-mail=yes&day-sat=yes&day-sun=yes&from=22%3A00&until=06%3A00&priority-low=yes&centre=&radius=";

impl House {
    /// A console whose alerts may go to this receiver.
    async fn telling(receiver: &Receiver) -> Self {
        let private_hosts = vec![format!("127.0.0.1:{}", receiver.port)];
        let telling = TellingConfig { private_hosts, ..TellingConfig::default() };
        let inner = testkit::House::with(|config| config.telling = telling).await;
        let console = console::router(inner.app.clone());
        Self { console, inner, cookie: String::new() }
    }
}

#[tokio::test]
async fn quiet_rules_wishes_and_devices_are_set_on_ones_own_page() {
    let mut house = House::built().await;
    house.become_one_with(Role::Officer).await;
    let page = house.get("/account/alerts").await.text;
    assert!(page.contains("No device of yours is told of hits."), "{page}");
    assert!(page.contains("At no time: every hit"), "{page}");
    assert!(house.get("/account").await.text.contains("href=\"/account/alerts\""));

    let wrong = house.send("/account/alerts/quiet", &RULE.replace("from=22", "from=29")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("The beginning is no time of day, such as 22:00."),
        "{}",
        wrong.text
    );
    assert!(wrong.text.contains("value=\"29:00\""), "what was typed is kept");
    let high = house.send("/account/alerts/quiet", &format!("{RULE}&priority-high=yes")).await;
    assert!(high.text.contains("names the highest, which is always told"), "{}", high.text);
    assert_eq!(house.send("/account/alerts/quiet", RULE).await.status, StatusCode::SEE_OTHER);
    let page = house.get("/account/alerts").await.text;
    assert!(page.contains("Saturday, Sunday, 22:00 to 06:00 of the next day"), "{page}");
    assert!(page.contains("no mail of low priority"), "{page}");
    let ended = house.send("/account/alerts/quiet/1/end", "").await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert_eq!(house.send("/account/alerts/quiet/1/end", "").await.status, StatusCode::NOT_FOUND);

    let wish = "push_at_least=high&push-stolen-vehicle=yes&mail_at_least=normal";
    assert_eq!(house.send("/account/alerts", wish).await.status, StatusCode::SEE_OTHER);
    let page = house.get("/account/alerts").await.text;
    assert!(page.contains("<option value=\"high\" selected>"), "{page}");
    let mail = house.send("/account/alerts", &format!("{wish}&by_mail=yes")).await;
    assert!(mail.text.contains("your account has no mail address"), "{}", mail.text);
    let device = "label=Phone&endpoint=https%3A%2F%2Fevil.example%2Fx&key=x&auth=x";
    let refused = house.send("/account/alerts/devices", device).await;
    assert!(refused.text.contains("is of no push service"), "{}", refused.text);
    let tokenless = house.post("/account/alerts/devices", SAME, device).await;
    assert_eq!(tokenless.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get("/alerts").await.status, StatusCode::FORBIDDEN);
    assert!(!house.get("/account").await.text.contains("href=\"/alerts\""));
}

#[tokio::test]
async fn a_webhook_is_added_with_its_secret_and_its_deliveries_are_logged() {
    let mut house = House::built().await;
    house.sign_in().await;
    let inside = "name=CAD&url=https%3A%2F%2F10.0.0.1%2F&at_least=low";
    let refused = house.send("/alerts/webhooks", inside).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("The address is inside a network"), "{}", refused.text);
    assert!(refused.text.contains("value=\"https://10.0.0.1/\""), "what was typed is kept");
    // Kept for such names: nobody answers there.
    let good = "name=CAD&url=https%3A%2F%2Fcad.invalid%2Fhook&at_least=low";
    let added = house.send("/alerts/webhooks", good).await;
    assert_eq!(added.status, StatusCode::CREATED);
    assert!(added.text.contains("whsec_"), "{}", added.text);
    let page = house.get("/alerts").await.text;
    assert!(page.contains("https://cad.invalid/hook") && !page.contains("whsec_"), "{page}");
    assert_eq!(house.send("/alerts/webhooks/1/test", "").await.status, StatusCode::SEE_OTHER);
    let app = &house.inner.app;
    send_tellings(app, app.now()).await.unwrap();
    let page = house.get("/alerts").await.text;
    assert!(page.contains("tried again") && page.contains("nobody answered"), "{page}");
    let again = house.send("/alerts/told/1/again", "").await;
    assert!(
        again.text.contains("This alert cannot be sent again: it is on its way"),
        "{}",
        again.text
    );
    let rule = RULE.replace("channel-mail", "channel-webhook");
    assert_eq!(house.send("/alerts/quiet", &rule).await.status, StatusCode::SEE_OTHER);
    assert!(house.get("/alerts").await.text.contains("no webhook of low priority"));
    assert_eq!(house.send("/alerts/webhooks/1/remove", "").await.status, StatusCode::SEE_OTHER);
    let page = house.get("/alerts").await.text;
    assert!(page.contains("No program is told of hits.") && page.contains("not sent"), "{page}");
}

#[tokio::test]
async fn an_auditor_reads_what_was_told_and_changes_nothing() {
    let mut house = House::built().await;
    house.sign_in().await;
    let good = "name=CAD&url=https%3A%2F%2Fcad.invalid%2Fhook&at_least=low";
    assert_eq!(house.send("/alerts/webhooks", good).await.status, StatusCode::CREATED);
    assert_eq!(house.send("/alerts/webhooks/1/test", "").await.status, StatusCode::SEE_OTHER);
    let own = house.get("/alerts").await.text;
    assert!(own.contains("action=\"/alerts/webhooks\""), "{own}");
    house.become_one_with(Role::Auditor).await;
    assert!(house.get("/account").await.text.contains("href=\"/alerts\""));
    let page = house.get("/alerts").await.text;
    assert!(page.contains("https://cad.invalid/hook") && page.contains("a test"), "{page}");
    assert!(!page.contains("action=\"/alerts"), "{page}");
    for path in ["/alerts/webhooks/1/remove", "/alerts/told/1/again"] {
        assert_eq!(house.send(path, "").await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn an_alerts_link_leads_through_signing_in_to_the_hit() {
    let receiver = Receiver::open();
    let mut house = House::telling(&receiver).await;
    house.sign_in().await;
    let url = receiver.url("/hook").replace(':', "%3A").replace('/', "%2F");
    let added = house.send("/alerts/webhooks", &format!("name=CAD&url={url}&at_least=low")).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let app = house.inner.app.clone();
    house.inner.want(Category::StolenVehicle, &["7ABC123"]).await;
    let read = testkit::house::read(house.inner.camera, "1", "7ABC123", None);
    take_reads(&app, &house.inner.camera(), vec![read]).await.unwrap();
    let admin = house.inner.admin();
    while list_hits(&app, &admin, HitsAsk::default()).await.unwrap().items.is_empty() {
        tokio::task::yield_now().await;
    }
    tell_hits(&app, house.inner.agency, app.now()).await.unwrap();
    send_tellings(&app, app.now()).await.unwrap();
    let said = String::from_utf8(receiver.next().body).unwrap();
    let (_, rest) = said.split_once("/go/").unwrap();
    let code = rest.split('"').next().unwrap();
    let there = format!("/go/{code}");
    let signed_in = house.get(&there).await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
    let hit = signed_in.headers.get(header::LOCATION).unwrap().to_str().unwrap().to_owned();
    assert!(hit.starts_with("/hits/"), "{hit}");
    assert_eq!(house.get("/go/nonsense").await.status, StatusCode::NOT_FOUND);

    let cookie = std::mem::take(&mut house.cookie);
    let out = house.get(&there).await;
    assert_eq!(out.headers.get(header::LOCATION).unwrap(), "/sign-in");
    let way = out.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(way.contains("HttpOnly") && way.contains("SameSite=Lax"), "{way}");
    let way = way.split(';').next().unwrap().to_owned();
    assert!(house.get("/go/nonsense").await.headers.get(header::SET_COOKIE).is_none());
    house.cookie = format!("{cookie}; {way}");
    let on = house.get("/").await;
    assert_eq!(on.headers.get(header::LOCATION).unwrap(), there.as_str());
    let gone = on.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(gone.contains("Max-Age=0"), "once: {gone}");
}

#[tokio::test]
async fn the_service_worker_stands_at_the_top_and_pages_may_run_it() {
    let house = House::built().await;
    let worker = house.get("/worker.js").await;
    assert_eq!(worker.status, StatusCode::OK);
    let kind = worker.headers.get(header::CONTENT_TYPE).unwrap().to_str().unwrap();
    assert!(kind.contains("javascript"), "{kind}");
    assert_eq!(worker.headers.get(header::CACHE_CONTROL).unwrap(), "no-cache");
    let policy = worker.headers.get(header::CONTENT_SECURITY_POLICY).unwrap();
    assert!(policy.to_str().unwrap().contains("worker-src 'self'"));
}
