//! How hotlists are fetched, and AMBER alerts.

use std::time::Duration;

use app::{Feed, FeedFormat, FeedPlan, FolderFeed, KeepFiles, NewHotlist, create_hotlist};
use axum::http::{Method, StatusCode};
use camino::Utf8PathBuf;
use domain::{Category, Role};
use serde_json::{Value, json};
use testkit::house::say_what_for;

use crate::client::{Api, is_invalid, json as answer};

/// A message that names two plates, sent an hour before the house's noon.
const ALERT: &str = "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>A-1</identifier>\
    <sender>state@example.gov</sender><sent>2026-11-21T11:00:00+00:00</sent><status>Actual</status><msgType>Alert</msgType>\
    <scope>Public</scope><info><event>Child Abduction Emergency</event>\
    <eventCode><valueName>SAME</valueName><value>CAE</value></eventCode><expires>2026-11-21T14:00:00+00:00</expires>\
    <headline>Silver Honda Civic, Texas plate LKW4873, or Texas plate QQQ1111</headline>\
    <area><areaDesc>Travis</areaDesc></area></info></alert>";

impl Api {
    /// A list of AMBER alerts that is fetched from a folder.
    async fn fetched(&self, dir: &std::path::Path) -> i64 {
        let house = &self.house;
        let new = NewHotlist {
            name: "Alerts".to_owned(),
            source: "a test".to_owned(),
            category: Category::AmberAlert,
        };
        let list = create_hotlist(&house.app, &house.admin(), new).await.unwrap().id;
        let feed = Feed::Folder(FolderFeed {
            path: Utf8PathBuf::from_path_buf(dir.to_owned()).unwrap(),
            when_done: KeepFiles::Move,
            settles_in: Duration::ZERO,
        });
        let plan = FeedPlan {
            hotlist: "Alerts".to_owned(),
            format: FeedFormat::Cap,
            every: Duration::from_secs(3600),
            n_bytes_max: 1_000_000,
            feed,
        };
        house.app.fetch_lists_of(house.agency, vec![plan]).await.unwrap();
        list.to_i64()
    }
}

#[tokio::test]
async fn a_list_is_fetched_now_and_says_what_came_of_it() {
    let api = Api::new().await;
    let dir = tempfile::tempdir().unwrap();
    let list = api.fetched(dir.path()).await;
    let admin = api.caller(Role::Administrator).await;
    say_what_for(&api.house.app, &admin.token).await;
    let at = format!("hotlists/{list}/fetching");
    let (status, before) = admin.get(&at).await;
    assert_eq!(
        (status, &before["format"], &before["runs"]),
        (StatusCode::OK, &json!("cap"), &json!(false))
    );
    assert_eq!((&before["every_s"], &before["fetches"]), (&json!(3600), &json!([])));

    std::fs::write(dir.path().join("alert.xml"), ALERT).unwrap();
    let mut bus = api.house.app.bus().subscribe(api.house.agency, None);
    let (status, said) = admin.post(&at, &json!({})).await;
    assert_eq!((status, said), (StatusCode::ACCEPTED, Value::Null));
    let after = loop {
        let (_, after) = admin.get(&at).await;
        if after["runs"] == json!(false) && after["fetches"] != json!([]) {
            break after;
        }
        bus.next().await;
    };
    let fetch = &after["fetches"][0];
    assert_eq!((&fetch["outcome"], &fetch["by_hand"]), (&json!("imported"), &json!(true)));
    assert!(fetch["says"][0].as_str().unwrap().contains("new: 1"), "{fetch}");
    assert_eq!(fetch["sha256"].as_str().unwrap().len(), 64);
    assert!(after["next_at"].is_string() && after["worked_at"].is_string(), "{after}");

    let (_, rows) = admin.get("hotlists").await;
    assert_eq!(rows[0]["fetching"], after, "the list of lists says so too");
    assert_eq!(rows[0]["n_plates_waiting"], json!(2));
    let (_, other) = admin
        .post("hotlists", &json!({"name": "Ours", "source": "x", "category": "stolen-vehicle"}))
        .await;
    let by_hand = format!("hotlists/{}/fetching", other["hotlist"]);
    assert_eq!(admin.get(&by_hand).await, (StatusCode::OK, Value::Null));
    is_invalid(&admin.post(&by_hand, &json!({})).await, "hotlist");
    let officer = api.caller(Role::Officer).await;
    officer.is_refused(Method::POST, &at, &json!({}), "manage-hotlists").await;
    assert_eq!(admin.get("hotlists/999/fetching").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_alert_is_handed_in_and_a_person_confirms_its_plates() {
    let api = Api::new().await;
    let dir = tempfile::tempdir().unwrap();
    let list = api.fetched(dir.path()).await;
    let admin = api.caller(Role::Administrator).await;
    say_what_for(&api.house.app, &admin.token).await;
    let at = format!("hotlists/{list}/alerts");
    let send = async |file: &str| answer(admin.text(Method::POST, &at, file).await);
    is_invalid(&send(&ALERT[..300]).await, "file");
    let much = "x".repeat(app::CAP_BYTES_MAX + 1);
    let (status, said) = send(&much).await;
    assert_eq!((status, &said["error"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too-large")));
    let taken = json!({"n_messages": 1, "n_new": 1, "n_other": 0, "n_refused": 0, "refused": []});
    assert_eq!(send(ALERT).await, (StatusCode::OK, taken));

    let (_, alerts) = admin.get(&at).await;
    let row = &alerts[0];
    assert_eq!((&row["standing"], &row["n_waiting"]), (&json!("in-force"), &json!(2)));
    let one = format!("{at}/{}", row["alert"]);
    let (_, alert) = admin.get(&one).await;
    assert!(alert["said"][0]["text"].as_str().unwrap().contains("LKW4873"), "{alert}");
    let plate = &alert["plates"][0];
    assert_eq!((&plate["plate"], &plate["jurisdiction"]), (&json!("LKW4873"), &json!("US-TX")));
    assert_eq!((&plate["origin"], &plate["decided"]), (&json!("read"), &Value::Null));

    let boss = api.caller(Role::Supervisor).await;
    let confirm = json!({"confirm": true, "plate": "LKW4873", "jurisdiction": "US-TX"});
    let done = boss.post(&format!("{one}/plates/1"), &confirm).await;
    assert_eq!(done, (StatusCode::NO_CONTENT, Value::Null));
    is_invalid(&boss.post(&format!("{one}/plates/1"), &confirm).await, "plate");
    is_invalid(&boss.post(&format!("{one}/plates/2"), &json!({"confirm": false})).await, "reason");
    let refuse = json!({"confirm": false, "reason": "another car"});
    assert_eq!(boss.post(&format!("{one}/plates/2"), &refuse).await.0, StatusCode::NO_CONTENT);
    let typed = json!({"plate": "NEW777"});
    assert_eq!(boss.post(&format!("{one}/plates"), &typed).await.0, StatusCode::NO_CONTENT);

    let (_, alert) = boss.get(&one).await;
    let decided = |n: usize| alert["plates"][n]["decided"].clone();
    assert_eq!((&alert["n_matched"], &alert["n_waiting"]), (&json!(2), &json!(0)));
    assert_eq!(decided(0)["by"]["person"], json!(boss.id().await));
    assert_eq!((&decided(0)["plate"], &decided(2)["plate"]), (&json!("LKW4873"), &json!("NEW777")));
    assert_eq!(
        (&decided(1)["confirmed"], &decided(1)["reason"]),
        (&json!(false), &json!("another car"))
    );
    let officer = api.caller(Role::Officer).await;
    officer.is_refused(Method::POST, &at, &Value::Null, "manage-hotlists").await;
    assert_eq!(admin.get(&format!("{at}/999")).await.0, StatusCode::NOT_FOUND);
}
