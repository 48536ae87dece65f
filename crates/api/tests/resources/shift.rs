//! Signing on, who is on duty, and handing hits to the next shift.

use axum::http::{Method, StatusCode};
use domain::{Category, Role};
use serde_json::{Value, json};
use testkit::house::say_what_for;

use crate::client::{Api, is_invalid};

#[tokio::test]
async fn clause_twf_401_4g_a_program_sees_who_is_on_duty_and_not_signed_on() {
    let api = Api::new().await;
    let officer = api.caller(Role::Officer).await;
    let boss = api.caller(Role::Supervisor).await;
    let (status, board) = boss.get("shift").await;
    assert_eq!((status, board["units"].as_array().unwrap().len()), (StatusCode::OK, 0), "{board}");
    let (from, until) = (&board["shift"]["from"], &board["shift"]["until"]);
    let duty = json!({"unit": "12a", "from": from});
    officer.is_refused(Method::POST, "shift/duties", &duty, "set-duty-roster").await;
    officer.is_refused(Method::GET, "shift", &Value::Null, "see-shift").await;
    let (status, made) = boss.post("shift/duties", &duty).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    is_invalid(&boss.post("shift/duties", &duty).await, "unit");
    let unit = |board: &Value| {
        let unit = &board["units"][0];
        (unit["unit"].as_str().unwrap().to_owned(), unit["state"].as_str().unwrap().to_owned())
    };
    let is = |state: &str| ("12A".to_owned(), state.to_owned());
    assert_eq!(unit(&boss.get("shift").await.1), is("not-signed-on"));

    let on = json!({"unit": "12A", "until": until});
    boss.post("shift/sign-off", &Value::Null).await;
    is_invalid(&officer.post("shift/sign-off", &Value::Null).await, "unit");
    is_invalid(
        &officer.post("shift/sign-on", &json!({"unit": "12A", "until": "now"})).await,
        "shift",
    );
    let (status, made_on) = officer.post("shift/sign-on", &on).await;
    assert_eq!(status, StatusCode::CREATED, "{made_on}");
    let (_, board) = boss.get("shift").await;
    assert_eq!(unit(&board), is("watching"));
    assert_eq!(board["units"][0]["sign_ons"][0]["sign_on"], made_on["sign_on"], "{board}");
    assert_eq!(officer.post("shift/sign-off", &Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(unit(&boss.get("shift").await.1), is("not-signed-on"));

    let remove = format!("shift/duties/{}/remove", made["duty"]);
    assert_eq!(boss.post(&remove, &Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(boss.post(&remove, &Value::Null).await.0, StatusCode::NOT_FOUND);
    let file = "unit,day,shift\n12,2026-11-21,06:00\n14,2026-11-21,06:01\n";
    let (status, said) = boss.text(Method::POST, "shift/duties/import", file).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
    assert!(said.contains("line 3: no shift begins at `06:01`"), "{said}");
    let (status, said) =
        boss.text(Method::POST, "shift/duties/import", &file.replace("06:01", "06:00")).await;
    assert_eq!((status, said.as_str()), (StatusCode::OK, r#"{"n_added":2,"n_known":0}"#));
    is_invalid(&boss.get("shift?from=noon").await, "from");
    assert_eq!(boss.get("shift?from=2026-11-21T13:00:00Z").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_program_hands_hits_to_the_next_shift() {
    let api = Api::new().await;
    api.house.want(Category::StolenVehicle, &["7ABC123"]).await;
    let giver = api.caller(Role::RtccOperator).await;
    let taker = api.caller(Role::Supervisor).await;
    for one in [&giver, &taker] {
        say_what_for(&api.house.app, &one.token).await;
    }
    let offer = json!({"hits": [77], "to": taker.id().await, "note": "x"});
    assert_eq!(giver.post("handover", &offer).await.0, StatusCode::NOT_FOUND);
    let id = taker.id().await;
    is_invalid(&giver.post("handover", &json!({"hits": [], "to": id})).await, "hits");
    is_invalid(&taker.post("handover/accept", &json!({"hits": []})).await, "hits");
    let (status, page) = giver.get("handover").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_eq!(page["mine"], json!([]));

    assert!(page["takers"].as_array().unwrap().iter().any(|one| one["person"] == id), "{page}");
    let trainer = api.caller(Role::Trainer).await;
    trainer.is_refused(Method::POST, "handover", &offer, "work-hits").await;
}
