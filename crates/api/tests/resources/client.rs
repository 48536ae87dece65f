//! Somebody who calls.

use app::Ctx;
use app::sign_in::{SessionToken, session};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use domain::Role;
use serde_json::Value;
use testkit::House;
use tower::ServiceExt as _;

/// A house with its API.
pub(crate) struct Api {
    pub(crate) house: House,
    router: Router,
}

/// A person who calls by the cookie of their session.
pub(crate) struct Caller<'a> {
    api: &'a Api,
    pub(crate) token: SessionToken,
}

impl Api {
    pub(crate) async fn new() -> Self {
        let house = House::new().await;
        Self { router: api::router(house.app.clone()), house }
    }

    /// Somebody trained who holds this role alone.
    pub(crate) async fn caller(&self, role: Role) -> Caller<'_> {
        Caller { api: self, token: self.house.somebody_with(&[role], true).await }
    }

    /// Sends a request with one header by which somebody is known.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        (name, value): (&str, &str),
        body: &str,
    ) -> (StatusCode, String) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/{path}"))
            .header(name, value)
            .header("content-type", "application/json")
            .header("content-length", body.len());
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }
}

impl Caller<'_> {
    /// The circumstances in which they act now.
    pub(crate) async fn ctx(&self) -> Ctx {
        let app = &self.api.house.app;
        session(app, &self.token, app.now()).await.unwrap().unwrap()
    }

    /// Their id.
    pub(crate) async fn id(&self) -> i64 {
        self.ctx().await.person_id().unwrap().to_i64()
    }

    async fn ask(&self, method: Method, path: &str, body: &str) -> (StatusCode, String) {
        let cookie = format!("plateglass={}", self.token.expose());
        self.api.ask(method, path, ("cookie", &cookie), body).await
    }

    /// The answer as text.
    pub(crate) async fn text(
        &self,
        method: Method,
        path: &str,
        body: &str,
    ) -> (StatusCode, String) {
        self.ask(method, path, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        json(self.ask(Method::GET, path, "").await)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        json(self.ask(Method::POST, path, &body).await)
    }

    /// That it is refused, with reasons, and says which action was.
    pub(crate) async fn is_refused(&self, method: Method, path: &str, body: &Value, action: &str) {
        let (status, said) = json(self.ask(method, path, &body.to_string()).await);
        let told = (said["error"].as_str(), said["where"].as_str());
        assert_eq!(
            (status, told),
            (StatusCode::FORBIDDEN, (Some("refused"), Some(action))),
            "{path}: {said}"
        );
    }
}

/// An answer as JSON; null where it is empty.
pub(crate) fn json((status, text): (StatusCode, String)) -> (StatusCode, Value) {
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// That something cannot be taken, and which part of it.
pub(crate) fn is_invalid((status, said): &(StatusCode, Value), place: &str) {
    let told = (said["error"].as_str(), said["where"].as_str());
    let invalid = (StatusCode::UNPROCESSABLE_ENTITY, (Some("invalid"), Some(place)));
    assert_eq!((*status, told), invalid, "{said}");
}
