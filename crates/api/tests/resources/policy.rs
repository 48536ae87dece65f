//! Changes of the policy.

use axum::http::{Method, StatusCode};
use domain::Role;
use serde_json::{Value, json};

use crate::client::{Api, is_invalid};

#[tokio::test]
async fn a_policy_is_proposed_looked_at_and_approved_by_somebody_else() {
    let api = Api::new().await;
    let (admin, chief) = (api.caller(Role::Administrator).await, api.caller(Role::Chief).await);
    let (status, changes) = admin.get("policy/changes").await;
    assert_eq!((status, &changes[0]["state"]), (StatusCode::OK, &json!("decides")), "{changes}");
    let first = format!("policy/changes/{}/texts/bundle.toml", changes[0]["change"]);
    let (status, text) = admin.text(Method::GET, &first, "").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let text = text.replacen("An example agency", "Another agency", 1);

    let wanted = |only_look: bool, text: &str| {
        json!({
            "texts": {"bundle.toml": text}, "day": "2026-11-21", "reason": "a new name",
            "only_look": only_look,
        })
    };
    let (status, looked) = admin.post("policy/changes", &wanted(true, &text)).await;
    assert_eq!(status, StatusCode::OK, "{looked}");
    assert_eq!(looked["differences"][0]["what"], json!("title"), "{looked}");
    let (_, changes) = admin.get("policy/changes").await;
    assert_eq!(changes.as_array().unwrap().len(), 1, "looking keeps nothing");
    let (status, proposed) = admin.post("policy/changes", &wanted(false, &text)).await;
    assert_eq!(status, StatusCode::CREATED, "{proposed}");

    let path = format!("policy/changes/{}", proposed["change"]);
    let (_, change) = chief.get(&path).await;
    assert_eq!((&change["state"], &change["title"]), (&json!("waits"), &json!("Another agency")));
    let seen = json!({"digest": change["digest"], "follows": change["now"]["follows"]});
    let approve = format!("{path}/approve");
    let (status, own) = admin.post(&approve, &seen).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "one's own: {own}");
    let unseen = json!({"digest": change["digest"], "follows": "0"});
    assert_eq!(chief.post(&approve, &unseen).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, said) = chief.post(&approve, &seen).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{said}");
    let (_, change) = chief.get(&path).await;
    assert_eq!(change["state"], json!("decides"), "{change}");
    let (status, _) = admin.post(&format!("{path}/withdraw"), &Value::Null).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "it decides already");
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_says_where_and_one_that_waits_can_be_withdrawn() {
    let api = Api::new().await;
    let admin = api.caller(Role::Administrator).await;
    let wanted = |base: Value, texts: Value, day: &str| json!({"base": base, "texts": texts, "day": day, "reason": "a test"});
    let nonsense = wanted(Value::Null, json!({"bundle.toml": "version ="}), "2026-11-22");
    is_invalid(&admin.post("policy/changes", &nonsense).await, "texts.bundle.toml");
    let never = wanted(json!("austin-tx"), json!({}), "the day after");
    is_invalid(&admin.post("policy/changes", &never).await, "day");
    let unknown = wanted(json!("none-such"), json!({}), "2026-11-22");
    is_invalid(&admin.post("policy/changes", &unknown).await, "base");

    let other = wanted(json!("twin-falls-id"), json!({}), "2026-12-01");
    let officer = api.caller(Role::Officer).await;
    officer.is_refused(Method::POST, "policy/changes", &other, "manage-policy").await;
    let (status, proposed) = admin.post("policy/changes", &other).await;
    assert_eq!(status, StatusCode::CREATED, "{proposed}");
    let path = format!("policy/changes/{}", proposed["change"]);
    officer
        .is_refused(Method::POST, &format!("{path}/withdraw"), &json!({}), "manage-policy")
        .await;
    let (status, _) = admin.post(&format!("{path}/withdraw"), &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(officer.get(&path).await.1["state"], json!("withdrawn"));
    let (status, _) = admin.text(Method::GET, &format!("{path}/texts/rules.txt"), "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
