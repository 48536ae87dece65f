//! Reports of misuse.

use axum::http::{Method, StatusCode};
use domain::Role;
use serde_json::{Value, json};

use crate::client::{Api, is_invalid};

#[tokio::test]
async fn a_report_is_investigated_with_the_trail_attached_and_closed_with_a_finding() {
    let api = Api::new().await;
    let (reporter, subject) =
        (api.caller(Role::Officer).await, api.caller(Role::Investigator).await);
    // Something that stands on record of the one who is reported.
    subject.is_refused(Method::GET, "misuse", &Value::Null, "investigate-misuse").await;
    let told = json!({"person": subject.id().await, "told": "looked up a neighbour"});
    let (status, taken) = reporter.post("misuse", &told).await;
    assert_eq!(status, StatusCode::CREATED, "{taken}");
    let (_, own) = reporter.get("misuse/own").await;
    assert_eq!((&own[0]["report"], &own[0]["state"]), (&taken["report"], &json!("allegation")));
    reporter.is_refused(Method::GET, "misuse", &Value::Null, "investigate-misuse").await;

    let auditor = api.caller(Role::Auditor).await;
    let (status, all) = auditor.get("misuse").await;
    assert_eq!((status, &all[0]["told"]), (StatusCode::OK, &told["told"]), "{all}");
    let path = format!("misuse/{}", taken["report"]);
    let finding = json!({"finding": "violation", "text": "there was no case"});
    is_invalid(&auditor.post(&format!("{path}/close"), &finding).await, "report");
    let (status, _) = auditor.post(&format!("{path}/investigate"), &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, opened) = auditor.get(&path).await;
    assert_eq!(opened["state"], json!("investigation"), "{opened}");
    assert_eq!(opened["trail"][0]["action"], json!("investigate-misuse"), "{opened}");
    let (status, _) = auditor.post(&format!("{path}/close"), &finding).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, opened) = auditor.get(&path).await;
    assert_eq!(opened["closed"]["text"], finding["text"], "{opened}");
}

#[tokio::test]
async fn sharing_with_an_agency_that_is_reported_is_decided_by_the_program_lieutenant() {
    let api = Api::new().await;
    let reporter = api.caller(Role::Officer).await;
    let both = json!({"person": 1, "agency": "Elsewhere PD", "told": "x"});
    is_invalid(&reporter.post("misuse", &both).await, "person");
    is_invalid(&reporter.post("misuse", &json!({"told": "x"})).await, "person");
    let told = json!({"agency": "Elsewhere PD", "told": "asked for plates at a rally"});
    let (status, taken) = reporter.post("misuse", &told).await;
    assert_eq!(status, StatusCode::CREATED, "{taken}");
    let path = format!("misuse/{}/sharing", taken["report"]);
    let decided = json!({"sharing": "suspended", "why": "until they say what for"});
    let auditor = api.caller(Role::Auditor).await;
    auditor.is_refused(Method::POST, &path, &decided, "decide-sharing").await;
    let lieutenant = api.caller(Role::ProgramLieutenant).await;
    let unsaid = json!({"sharing": "perhaps", "why": "x"});
    is_invalid(&lieutenant.post(&path, &unsaid).await, "sharing");
    let (status, _) = lieutenant.post(&path, &decided).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, opened) = lieutenant.get(&format!("misuse/{}", taken["report"])).await;
    assert_eq!(opened["sharing"]["sharing"], json!("suspended"), "{opened}");
}
