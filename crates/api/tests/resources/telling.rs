//! How hits are told outside the console.

use axum::http::{Method, StatusCode};
use domain::Role;
use serde_json::{Value, json};

use crate::client::{Api, is_invalid};

#[tokio::test]
async fn webhooks_and_quiet_rules_are_kept_by_the_administrator_and_the_log_is_read() {
    let api = Api::new().await;
    let (admin, officer) = (api.caller(Role::Administrator).await, api.caller(Role::Officer).await);
    let hook = json!({"name": "Dispatch", "url": "https://dispatch.example.org/plates", "at_least": "normal"});
    officer.is_refused(Method::POST, "alerts/webhooks", &hook, "manage-telling").await;
    officer.is_refused(Method::GET, "alerts", &Value::Null, "read-deliveries").await;
    let inside = json!({"name": "Here", "url": "https://127.0.0.1/", "at_least": "low"});
    is_invalid(&admin.post("alerts/webhooks", &inside).await, "url");
    let (status, made) = admin.post("alerts/webhooks", &hook).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"), "the form that receivers' libraries read");

    let rule = json!({
        "days": ["sat", "sun"], "from": "22:00", "until": "06:00", "channels": ["push"],
        "area": {"latitude": 30.2672, "longitude": -97.7431, "radius_m": 800},
    });
    let (status, kept) = admin.post("alerts/quiet-rules", &rule).await;
    assert_eq!(status, StatusCode::CREATED, "{kept}");
    let mut loudest = rule.clone();
    loudest["priorities"] = json!(["high"]);
    is_invalid(&admin.post("alerts/quiet-rules", &loudest).await, "priorities");

    let at = format!("alerts/webhooks/{}", made["webhook"]);
    let (status, _) = admin.post(&format!("{at}/test"), &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, board) = admin.get("alerts").await;
    assert_eq!(status, StatusCode::OK, "{board}");
    assert_eq!(board["webhooks"][0]["url"], hook["url"]);
    assert!(!board.to_string().contains(&secret), "it is shown once");
    for part in ["days", "from", "until", "area", "channels"] {
        assert_eq!(board["quiet_rules"][0][part], rule[part], "{board}");
    }
    let told = &board["told"]["items"][0];
    assert_eq!((&told["channel"], &told["target"]), (&json!("webhook"), &json!("Dispatch")));
    let again = format!("alerts/told/{}/again", told["telling"]);
    is_invalid(&admin.post(&again, &Value::Null).await, "alert");

    let (status, _) = admin.post(&format!("{at}/remove"), &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let ended = format!("alerts/quiet-rules/{}/end", kept["rule"]);
    let (status, _) = admin.post(&ended, &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = admin.post(&ended, &Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, board) = admin.get("alerts").await;
    assert_eq!((&board["webhooks"], &board["quiet_rules"]), (&json!([]), &json!([])));
    let auditor = api.caller(Role::Auditor).await;
    let (status, _) = auditor.get("alerts?before=1").await;
    assert_eq!(status, StatusCode::OK);
}
