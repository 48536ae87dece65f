//! Whatever bytes come as a cookie, a token or a key: they are refused, and nothing breaks.
#![expect(clippy::unwrap_used, reason = "tests say what they expected by panicking")]

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use testkit::House;
use tower::ServiceExt as _;

/// Bytes that can stand in a header, among them beginnings of the real thing.
fn header_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(b'\t'), 0x20..=0x7e_u8, 0x80..=0xff_u8];
    let beginning = prop::sample::select(vec![
        "",
        "plateglass=",
        "__Host-plateglass=",
        "Bearer ",
        "bearer pgt_",
        "Bearer pgt_",
        "Basic ",
        "plateglass=;plateglass=",
        "a=b; plateglass=",
    ]);
    let like_a_token = "[A-Za-z0-9_-]{43,60}".prop_map(String::into_bytes);
    let rest = prop_oneof![prop::collection::vec(byte, 0..80), like_a_token];
    (beginning, rest).prop_map(|(beginning, rest)| [beginning.as_bytes(), &rest].concat())
}

async fn status(router: &Router, path: &str, header: &str, bytes: &[u8]) -> StatusCode {
    let value = HeaderValue::from_bytes(bytes).unwrap();
    let request = if path.ends_with("/work") {
        Request::put(path).header("content-type", "application/json")
    } else {
        Request::get(path)
    };
    let request = request.header(header, value).body(Body::from("{\"purpose\":\"x\"}")).unwrap();
    router.clone().oneshot(request).await.unwrap().status()
}

#[test]
fn any_bytes_in_a_cookie_or_a_token_are_refused_and_break_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let house = runtime.block_on(House::new());
    let router = api::router(house.app.clone());
    let mut runner = TestRunner::new(Config::with_cases(256));
    let asked = (
        prop::sample::select(vec!["cookie", "authorization"]),
        prop::sample::select(vec!["/api/v1/reads", "/api/v1/hits/1", "/api/v1/work"]),
        header_bytes(),
    );
    runner
        .run(&asked, |(header, path, bytes)| {
            let status = runtime.block_on(status(&router, path, header, &bytes));
            prop_assert_eq!(status, StatusCode::UNAUTHORIZED);
            Ok(())
        })
        .unwrap();
}
