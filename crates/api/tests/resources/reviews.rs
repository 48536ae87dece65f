//! The review inbox.

use axum::http::{Method, StatusCode};
use domain::Role;
use serde_json::{Value, json};

use crate::client::{Api, is_invalid};

#[tokio::test]
async fn a_review_is_noted_on_and_closed_with_a_finding_and_never_without() {
    let api = Api::new().await;
    let officer = api.caller(Role::Officer).await;
    // Refused again and again on one day: a review.
    for _ in 0..5 {
        officer.is_refused(Method::GET, "reviews", &Value::Null, "review-use").await;
    }
    let auditor = api.caller(Role::Auditor).await;
    let (status, inbox) = auditor.get("reviews").await;
    assert_eq!(status, StatusCode::OK, "{inbox}");
    let review = &inbox["open"][0];
    assert_eq!(review["cause"], json!("repeated-refusals"), "{inbox}");
    assert_eq!(review["subject"]["person"], json!(officer.id().await));
    let path = format!("reviews/{}", review["review"]);
    let (status, opened) = auditor.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{opened}");
    assert_eq!(opened["records"][0]["action"], json!("review-use"));

    is_invalid(&auditor.post(&format!("{path}/notes"), &json!({"note": " "})).await, "note");
    let note = json!({"note": "asked the officer"});
    let (status, _) = auditor.post(&format!("{path}/notes"), &note).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let close = format!("{path}/close");
    let with = |finding: &str, text: &str| json!({"finding": finding, "text": text});
    is_invalid(&auditor.post(&close, &with("", "nothing")).await, "finding");
    is_invalid(&auditor.post(&close, &with("in-policy", "")).await, "text");
    let closing = with("training-needed", "mistook the page for another");
    officer.is_refused(Method::POST, &close, &closing, "review-use").await;
    let (status, _) = auditor.post(&close, &closing).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    is_invalid(&auditor.post(&close, &closing).await, "review");
    let (_, opened) = auditor.get(&path).await;
    assert_eq!(opened["closed"]["finding"], json!("training-needed"), "{opened}");
    assert!(opened["notes"].as_array().unwrap().iter().any(|one| one["text"] == note["note"]));
    let (status, none) = auditor.get("reviews/999").await;
    assert_eq!((status, &none["error"]), (StatusCode::NOT_FOUND, &json!("not-found")));
}
