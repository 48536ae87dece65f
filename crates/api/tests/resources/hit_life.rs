//! A hit's life over the API: the same deeds, under the same permissions, as on the hit's page.

use app::{Notice, Topic, take_reads};
use axum::http::StatusCode;
use domain::{Category, Role};
use serde_json::{Value, json};
use testkit::house::{read, say_what_for};

use crate::client::{Api, Caller, is_invalid};

/// A plate that is wanted passes; the hit that it raises.
async fn a_hit(api: &Api, caller: &Caller<'_>) -> i64 {
    let house = &api.house;
    house.want(Category::StolenVehicle, &["7ABC123"]).await;
    let mut told = house.app.bus().subscribe(house.agency, None);
    let sent = vec![read(house.camera, "1", "7ABC123", None)];
    take_reads(&house.app, &house.camera(), sent).await.unwrap();
    while !matches!(told.next().await, Some(Notice::Event(event)) if event.topic == Topic::Hits) {}
    let (status, queue) = caller.get("queue").await;
    assert_eq!(status, StatusCode::OK, "{queue}");
    assert_eq!(queue["items"][0]["stage"], json!("raised"), "{queue}");
    queue["items"][0]["hit"].as_i64().unwrap()
}

async fn with(api: &Api, role: Role) -> Caller<'_> {
    let caller = api.caller(role).await;
    say_what_for(&api.house.app, &caller.token).await;
    caller
}

#[tokio::test]
async fn a_hit_lives_from_its_taking_to_a_wrong_stop_that_a_supervisor_answers_for() {
    let api = Api::new().await;
    let (officer, operator) =
        (with(&api, Role::Officer).await, with(&api, Role::RtccOperator).await);
    let hit = a_hit(&api, &operator).await;
    let path = |deed: &str| format!("hits/{hit}/{deed}");
    let does = async |who: &Caller<'_>, deed: &str, said: Value| {
        let (status, body) = who.post(&path(deed), &said).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{deed}: {body}");
    };
    does(&operator, "take", Value::Null).await;
    is_invalid(&officer.post(&path("take"), &Value::Null).await, "hit");
    let trainer = api.caller(Role::Trainer).await;
    let (status, _) = trainer.post(&path("take"), &Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    does(&operator, "send", json!({"how": "dispatched", "note": "unit 12"})).await;
    is_invalid(&operator.post(&path("send"), &json!({"how": "shouted", "note": "x"})).await, "how");
    for part in ["plate", "state"] {
        does(&officer, "compare", json!({"part": part, "agrees": true})).await;
    }
    does(&officer, "compare", json!({"part": "vehicle", "agrees": false, "note": "red"})).await;
    is_invalid(&officer.post(&path("second"), &json!({})).await, "hit");
    does(&operator, "second", json!({})).await;
    does(&officer, "confirm", json!({"system": "NCIC", "answer": "in-force", "reference": "4711"}))
        .await;
    does(&officer, "weigh", json!({"note": "nothing known"})).await;
    is_invalid(&officer.post(&path("ask"), &json!({"system": "NCIC"})).await, "system");
    does(&officer, "stop", Value::Null).await;
    let facts = json!({"driver_race": "White", "driver_gender": "Man", "offence": "240", "investigation": "with"});
    is_invalid(&operator.post(&path("facts"), &facts).await, "hit");
    does(&officer, "facts", facts).await;
    does(&officer, "end", json!({"outcome": "wrong-vehicle"})).await;

    let (_, opened) = operator.get(&format!("hits/{hit}")).await;
    let life = &opened["life"];
    assert_eq!(life["stage"], json!("closed"), "{life}");
    assert_eq!(life["outcome"], json!("wrong-vehicle"));
    assert_eq!(life["missing"], json!(["vehicle"]));
    assert_eq!(life["history"][0]["deed"]["deed"], json!("ended"));
    does(&operator, "reopen", json!({"why": "the wrong hit"})).await;

    let boss = with(&api, Role::Supervisor).await;
    let (_, incidents) = boss.get("incidents").await;
    let incident = incidents[0]["incident"].as_i64().unwrap();
    assert_eq!(incidents[0]["hit"], json!(hit));
    let close = format!("incidents/{incident}/close");
    is_invalid(&boss.post(&close, &json!({"finding": "x"})).await, "incident");
    let (status, _) = boss.post(&format!("incidents/{incident}/see"), &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = boss.post(&close, &json!({"finding": "the driver was told"})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, figures) = boss.get("precision").await;
    assert_eq!(figures["lists"][0]["is_too_few"], json!(true), "{figures}");
    let auditor = with(&api, Role::Auditor).await;
    let (status, stops) = auditor.get("stops").await;
    assert_eq!(status, StatusCode::OK, "{stops}");
}

/// Every route that shows something, asked by somebody who may see almost everything, after one stop with facts that no other
/// stop has.
#[tokio::test]
async fn clause_aus_344_6b11_no_route_shows_the_facts_of_one_stop() {
    let api = Api::new().await;
    let officer = with(&api, Role::Officer).await;
    let hit = a_hit(&api, &officer).await;
    let post =
        async |deed: &str, said: Value| officer.post(&format!("hits/{hit}/{deed}"), &said).await.0;
    assert_eq!(post("stop", Value::Null).await, StatusCode::NO_CONTENT);
    let facts = json!({"driver_race": "Alaska Native or American Indian", "driver_gender": "Woman", "offence": "240", "investigation": "without"});
    assert_eq!(post("facts", facts).await, StatusCode::NO_CONTENT);
    let (officer, auditor) = (&officer, with(&api, Role::Auditor).await);
    for route in ::api::declared().into_iter().filter(|route| route.method == "GET") {
        // The policy and the tables name every word that can be chosen, whether or not it ever was.
        let Some(path) = route.path.strip_prefix("/api/v1/") else { continue };
        if path.starts_with("policy") || path == "stops" {
            continue;
        }
        let path = path.replace("{hit}", &hit.to_string());
        for who in [officer, &auditor] {
            let (_, shown) = who.text(axum::http::Method::GET, &path, "").await;
            assert!(!shown.contains("Alaska"), "{path}: {shown}");
        }
    }
    api.house.clock.set("2027-01-02T12:00:00Z");
    let lieutenant = with(&api, Role::ProgramLieutenant).await;
    let (_, stops) = lieutenant.get("stops").await;
    let driver = stops["tables"].as_array().unwrap().iter().find(|one| one["table"] == "driver");
    let row = driver.unwrap()["rows"].as_array().unwrap();
    let row = row.iter().find(|row| row["label"] == "Alaska Native or American Indian").unwrap();
    assert_eq!((&row["total"], &driver.unwrap()["all"]), (&Value::Null, &Value::Null), "{stops}");
}
