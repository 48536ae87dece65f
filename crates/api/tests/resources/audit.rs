//! Searching the record, taking it out of the house, and the weekly review.

use app::{open_read, take_frame};
use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use domain::{PersonId, Role};
use serde_json::{Value, json};

use crate::client::{Api, is_invalid};

const PLATE: &str = "7ABC123";

/// Somebody opened a read of the plate.
async fn looked_at(api: &Api) -> PersonId {
    let house = &api.house;
    let frame = Bytes::from(format!("PLATES {PLATE}"));
    let taken = take_frame(&house.app, &house.camera(), frame, None, None).await.unwrap();
    open_read(&house.app, &house.admin(), taken.reads[0].read).await.unwrap();
    house.person
}

#[tokio::test]
async fn auditors_find_who_looked_at_a_plate_and_take_it_away_with_proof() {
    let api = Api::new().await;
    looked_at(&api).await;
    let auditor = api.caller(Role::Auditor).await;
    let asked = json!({"action": "open-read", "plate": PLATE});
    let (status, found) = auditor.post("audit/search", &asked).await;
    assert_eq!(
        (status, &found["n"], &found["next"]),
        (StatusCode::OK, &json!(1), &Value::Null),
        "{found}"
    );
    let line = &found["items"][0];
    assert_eq!((&line["decision"], &line["outcome"]), (&json!("permit"), &json!("done")));
    assert_eq!(line["who"], json!("R. Ortiz (r.ortiz)"));
    let (_, none) = auditor.post("audit/search", &json!({"plate": "ZZZ999"})).await;
    assert_eq!(none["n"], json!(0));

    let (status, exported) = auditor.post("audit/export", &asked).await;
    assert_eq!(
        (status, &exported["items"][0]["leaf"]),
        (StatusCode::OK, &line["leaf"]),
        "{exported}"
    );
    assert!(
        exported["checkpoint"].as_str().unwrap().starts_with(exported["origin"].as_str().unwrap())
    );
    let (status, receipts) = auditor.text(Method::POST, "audit/receipts", &asked.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{receipts}");
    let hashes = ledger::receipt::split(receipts.as_bytes())
        .into_iter()
        .map(|one| ledger::Hash::of_leaf(&ledger::Receipt::parse(one).unwrap().entry).to_string());
    let hash = exported["items"][0]["leaf_hash"].as_str().unwrap();
    assert!(hashes.collect::<Vec<_>>().iter().any(|one| one == hash), "{receipts}");
}

#[tokio::test]
async fn a_search_that_cannot_be_one_says_why_and_others_are_refused() {
    let api = Api::new().await;
    let auditor = api.caller(Role::Auditor).await;
    is_invalid(&auditor.post("audit/search", &json!({"from": "yesterday"})).await, "from");
    is_invalid(&auditor.post("audit/search", &json!({"plate": "!!"})).await, "plate");
    let backwards = json!({"from": "2026-11-21", "to": "2026-11-20"});
    is_invalid(&auditor.post("audit/export", &backwards).await, "to");
    is_invalid(&auditor.post("audit/receipts", &json!({"action": "none-such"})).await, "body");
    let (status, _) = auditor.post("audit/search", &json!({"plates": "7ABC123"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "an unknown field");
    let officer = api.caller(Role::Officer).await;
    officer.is_refused(Method::POST, "audit/search", &json!({}), "search-audit").await;
    officer.is_refused(Method::POST, "audit/export", &json!({}), "export-audit").await;
    officer.is_refused(Method::POST, "audit/receipts", &json!({}), "export-audit").await;
}

#[tokio::test]
async fn a_week_is_signed_off_once_it_is_over() {
    let api = Api::new().await;
    looked_at(&api).await;
    let auditor = api.caller(Role::Auditor).await;
    let (status, week) = auditor.get("audit/weeks?day=2026-11-21").await;
    assert_eq!((status, &week["week"]), (StatusCode::OK, &json!("2026-11-16")), "{week}");
    assert_eq!(week["is_over"], json!(false));
    assert_eq!(week["looks"][0]["who"], json!("R. Ortiz"));
    let note = json!({"note": "Read all of it; nothing stood out."});
    is_invalid(&auditor.post("audit/weeks/2026-11-16/sign-off", &note).await, "week");
    is_invalid(&auditor.post("audit/weeks/soon/sign-off", &note).await, "week");
    let (status, _) = auditor.post("audit/weeks/2026-11-09/sign-off", &note).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, week) = auditor.get("audit/weeks").await;
    assert_eq!(week["week"], json!("2026-11-09"), "the last that is over");
    assert_eq!(week["sign_offs"][0]["note"], note["note"]);
    let officer = api.caller(Role::Officer).await;
    officer.is_refused(Method::GET, "audit/weeks", &Value::Null, "search-audit").await;
    officer.is_refused(Method::POST, "audit/weeks/2026-11-09/sign-off", &note, "review-week").await;
}
