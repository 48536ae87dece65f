//! Protected events, and requests to look at what was read at one.

use axum::http::{Method, StatusCode};
use domain::Role;
use serde_json::{Value, json};
use testkit::house::say_what_for;

use crate::client::{Api, is_invalid};

fn vigil() -> Value {
    json!({
        "name": "Vigil", "why": "a religious gathering", "from": "2026-11-21T10:00:00Z", "until": "2026-11-21T20:00:00Z",
        "area": {"latitude": 30.2747, "longitude": -97.7404, "radius_m": 400},
    })
}

#[tokio::test]
async fn clause_aus_344_4a4_an_event_is_kept_asked_about_decided_by_another_and_withdrawn() {
    let api = Api::new().await;
    let (lieutenant, asker) =
        (api.caller(Role::ProgramLieutenant).await, api.caller(Role::Investigator).await);
    asker.is_refused(Method::POST, "protected-events", &vigil(), "manage-protected").await;
    let (status, made) = lieutenant.post("protected-events", &vigil()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let event = format!("protected-events/{}", made["event"]);

    let nexus = json!({"nexus": "the stolen car was parked there"});
    say_what_for(&api.house.app, &asker.token).await;
    let (status, asked) = asker.post(&format!("{event}/requests"), &nexus).await;
    assert_eq!(status, StatusCode::CREATED, "{asked}");
    let (_, own) = asker.get("protected-events").await;
    assert_eq!(own["requests"][0]["state"], json!("waiting"), "{own}");
    assert_eq!(own["requests"][0]["by"]["person"], json!(asker.id().await));

    let decision = format!("protected-events/requests/{}/decision", asked["request"]);
    let approved = json!({"hours": 4, "why": "the case says so"});
    asker.is_refused(Method::POST, &decision, &approved, "approve-nexus").await;
    let supervisor = api.caller(Role::Supervisor).await;
    let too_long = json!({"hours": 73, "why": "x"});
    is_invalid(&supervisor.post(&decision, &too_long).await, "hours");
    let (status, said) = supervisor.post(&decision, &approved).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{said}");
    is_invalid(&supervisor.post(&decision, &approved).await, "request");
    let (_, own) = asker.get("protected-events").await;
    assert_eq!(own["requests"][0]["state"], json!("approved"), "{own}");

    let why = json!({"why": "it did not take place"});
    let (status, _) = lieutenant.post(&format!("{event}/withdraw"), &why).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    is_invalid(&lieutenant.post(&format!("{event}/withdraw"), &why).await, "event");
    let (_, all) = lieutenant.get("protected-events").await;
    assert_eq!(all["events"][0]["withdrawn_why"], why["why"], "{all}");
    let (status, _) = lieutenant.post("protected-events/999/withdraw", &why).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_event_that_cannot_be_one_is_refused_by_its_field() {
    let api = Api::new().await;
    let lieutenant = api.caller(Role::ProgramLieutenant).await;
    for (field, value, place) in [
        ("until", json!("2026-11-21T09:00:00Z"), "until"),
        ("from", json!("today"), "from"),
        ("cameras", json!([1]), "cameras"),
        ("area", Value::Null, "cameras"),
        ("area", json!({"latitude": 91.0, "longitude": 0.0, "radius_m": 5}), "centre"),
        ("area", json!({"latitude": 30.0, "longitude": 0.0, "radius_m": 0}), "radius"),
        ("name", json!(" "), "name"),
    ] {
        let mut said = vigil();
        said[field] = value;
        is_invalid(&lieutenant.post("protected-events", &said).await, place);
    }
    let (_, all) = lieutenant.get("protected-events").await;
    assert_eq!(all, json!({"events": [], "requests": []}));
}
