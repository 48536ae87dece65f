//! One's own tokens, sessions and looks.

use app::people::{StateWork, state_work};
use app::{open_read, take_frame};
use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use domain::{PersonId, Role};
use serde_json::{Value, json};
use testkit::house::{CASE, REASON, a_session};

use crate::client::{Api, is_invalid, json as answer};

#[tokio::test]
async fn a_token_is_made_listed_and_revoked_and_makes_none_itself() {
    let api = Api::new().await;
    let admin = api.caller(Role::Administrator).await;
    let wanted = json!({"name": "learning system", "scopes": ["list-cameras"], "days": 30});
    let (status, made) = admin.post("account/tokens", &wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let (_, listed) = admin.get("account/tokens").await;
    assert_eq!(listed[0]["token"], made["token"], "{listed}");
    assert!(listed[0].get("secret").is_none(), "shown once");
    let forever = json!({"name": "x", "scopes": ["list-cameras"], "days": 400});
    is_invalid(&admin.post("account/tokens", &forever).await, "days");
    let officer = api.caller(Role::Officer).await;
    officer.is_refused(Method::POST, "account/tokens", &wanted, "manage-tokens").await;

    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let by_token = async |method: Method, path: &str, body: &Value| {
        let header = ("authorization", bearer.as_str());
        answer(api.ask(method, path, header, &body.to_string()).await)
    };
    assert_eq!(by_token(Method::GET, "cameras", &Value::Null).await.0, StatusCode::OK);
    let revoke = format!("account/tokens/{}/revoke", made["token"]);
    for (method, path) in [
        (Method::POST, "account/tokens"),
        (Method::GET, "account/tokens"),
        (Method::POST, revoke.as_str()),
        (Method::GET, "account/sessions"),
        (Method::POST, "account/sessions/x/end"),
    ] {
        let (status, said) = by_token(method, path, &wanted).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {said}");
        assert!(
            said["what"].as_str().unwrap().contains("this token was not made for that"),
            "{said}"
        );
    }
    assert_eq!(admin.post(&revoke, &Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(admin.post(&revoke, &Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(by_token(Method::GET, "cameras", &Value::Null).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn somebody_ends_another_session_of_theirs_and_nobody_elses() {
    let api = Api::new().await;
    let (officer, other) = (api.caller(Role::Officer).await, api.caller(Role::Auditor).await);
    let second = a_session(&api.house.app, PersonId::from_i64(officer.id().await)).await;
    let (status, sessions) = officer.get("account/sessions").await;
    assert_eq!((status, sessions.as_array().unwrap().len()), (StatusCode::OK, 2), "{sessions}");
    let sessions = sessions.as_array().unwrap();
    let another = sessions.iter().find(|one| one["is_this"] == json!(false)).unwrap();
    let end = format!("account/sessions/{}/end", another["session"].as_str().unwrap());
    assert_eq!(other.post(&end, &Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(officer.post(&end, &Value::Null).await.0, StatusCode::NO_CONTENT);
    let cookie = format!("plateglass={}", second.expose());
    let ended = api.ask(Method::GET, "account/sessions", ("cookie", &cookie), "").await;
    assert_eq!(ended.0, StatusCode::UNAUTHORIZED);
    assert_eq!(officer.get("account/sessions").await.1.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_look_that_could_not_wait_is_completed_with_its_case_number() {
    let api = Api::new().await;
    let (house, officer) = (&api.house, api.caller(Role::Officer).await);
    let frame = Bytes::from_static(b"PLATES 7ABC123");
    let taken = take_frame(&house.app, &house.camera(), frame, None, None).await.unwrap();
    let said = StateWork {
        purpose: "missing-person".to_owned(),
        case_number: String::new(),
        offence: String::new(),
        offence_category: String::new(),
        reason: REASON.to_owned(),
        exigent: true,
    };
    state_work(&house.app, &officer.ctx().await, &said).await.unwrap();
    assert_eq!(officer.get("account/looks").await, (StatusCode::OK, json!([])));
    open_read(&house.app, &officer.ctx().await, taken.reads[0].read).await.unwrap();
    let (_, looks) = officer.get("account/looks").await;
    assert_eq!(looks[0]["purpose"], json!("missing-person"), "{looks}");
    let complete = format!("account/looks/{}/complete", looks[0]["look"]);
    let other = api.caller(Role::Auditor).await;
    let number = json!({"case_number": CASE});
    assert_eq!(other.post(&complete, &number).await.0, StatusCode::NOT_FOUND);
    is_invalid(&officer.post(&complete, &json!({"case_number": "12"})).await, "case_number");
    assert_eq!(officer.post(&complete, &number).await.0, StatusCode::NO_CONTENT);
    assert_eq!(officer.get("account/looks").await.1, json!([]));
    assert_eq!(officer.get("work").await.1["case_number"], json!(CASE));
}
