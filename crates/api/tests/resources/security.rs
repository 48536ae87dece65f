//! The chief security officer's day.

use app::sign_in::{Door, with_password};
use axum::http::{Method, StatusCode};
use domain::Role;
use serde_json::{Value, json};

use crate::client::{Api, is_invalid};

#[tokio::test]
async fn the_chief_security_officer_sees_failed_sign_ins_and_locks_an_account() {
    let api = Api::new().await;
    let door = Door { address: None, browser: "a test".to_owned(), device: None };
    with_password(&api.house.app, "nobody.here", "nine herons", &door).await.unwrap_err();
    let officer = api.caller(Role::Officer).await;
    let chief = api.caller(Role::ChiefSecurityOfficer).await;
    let (status, day) = chief.get("security").await;
    assert_eq!((status, &day["day"]), (StatusCode::OK, &json!("2026-11-21")), "{day}");
    assert_eq!((&day["n_failed"], &day["failed"][0]["why"]), (&json!(1), &json!("unknown-name")));
    let (_, before) = chief.get("security?day=2026-11-20").await;
    assert_eq!((&before["n_failed"], &before["n_signed_in"]), (&json!(0), &json!(0)));
    is_invalid(&chief.get("security?day=today").await, "day");

    let lock = format!("people/{}/lock", officer.id().await);
    officer.is_refused(Method::GET, "security", &Value::Null, "read-security-digest").await;
    officer.is_refused(Method::POST, &lock, &json!({"why": "x"}), "lock-account").await;
    is_invalid(&chief.post(&lock, &json!({"why": " "})).await, "reason");
    let own = format!("people/{}/lock", chief.id().await);
    is_invalid(&chief.post(&own, &json!({"why": "a test"})).await, "person");
    let (status, _) = chief.post(&lock, &json!({"why": "a lost phone"})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(officer.get("account/sessions").await.0, StatusCode::UNAUTHORIZED);
    let (_, day) = chief.get("security").await;
    assert_eq!(day["accounts_locked"][0]["action"], json!("lock-account"), "{day}");
}
