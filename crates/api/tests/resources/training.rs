//! Who is trained, and completions from a file.

use axum::http::{Method, StatusCode};
use domain::Role;
use serde_json::{Value, json};

use crate::client::{Api, is_invalid, json as answer};

const COLUMNS: &str = "sign_in_name,course,completed,topics\n";

#[tokio::test]
async fn completions_of_a_file_are_recorded_all_of_them_or_none() {
    let api = Api::new().await;
    let trainer = api.caller(Role::Trainer).await;
    api.house.somebody_with(&[Role::Officer], false).await;
    let state = async || {
        let (status, training) = trainer.get("training").await;
        assert_eq!(status, StatusCode::OK, "{training}");
        let people = training["people"].as_array().unwrap().clone();
        let officer = people.into_iter().find(|one| one["name"] == json!("u.officer")).unwrap();
        let courses = officer["courses"].as_array().unwrap();
        let reader = courses.iter().find(|one| one["course"] == json!("reader")).unwrap();
        reader["state"].clone()
    };
    assert_eq!(state().await, json!("never"));
    let import = "training/completions/import";
    let send = async |rows: &str| {
        let file = format!("{COLUMNS}{rows}");
        answer(trainer.text(Method::POST, import, &file).await)
    };
    let wrong = send("u.officer,reader,2026-11-20,all\nnobody.here,reader,2026-11-20,all\n").await;
    is_invalid(&wrong, "line 3");
    assert!(wrong.1["what"].as_str().unwrap().contains("nobody.here"), "{}", wrong.1);
    assert_eq!(state().await, json!("never"), "none of a file with a fault");
    let row = "u.officer,reader,2026-11-20,all\n";
    let taken = send(row).await;
    assert_eq!(taken, (StatusCode::OK, json!({"n_recorded": 1, "n_known": 0})));
    assert_eq!(state().await, json!("valid"));
    assert_eq!(send(row).await.1, json!({"n_recorded": 0, "n_known": 1}));

    let officer = api.caller(Role::Officer).await;
    officer.is_refused(Method::POST, import, &Value::Null, "record-training").await;
    officer.is_refused(Method::GET, "training", &Value::Null, "list-training").await;
    let much = "x".repeat((1 << 20) + 1);
    let (status, said) = answer(trainer.text(Method::POST, import, &much).await);
    assert_eq!((status, &said["error"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too-large")));
}
