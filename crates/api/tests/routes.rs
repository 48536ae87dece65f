//! Every route is accounted for, and who may call it is printed.

use std::fmt::Write as _;

use app::route::Access;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::Role;
use testkit::House;
use testkit::house::say_what_for;
use tower::ServiceExt as _;

#[test]
fn every_route_of_the_document_is_declared_and_every_declared_one_is_in_the_document() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let mut documented: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            documented.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    let mut declared: Vec<String> =
        api::declared().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    documented.sort();
    declared.sort();
    assert_eq!(documented, declared);
}

#[test]
fn the_document_is_reviewed() {
    insta::assert_json_snapshot!("openapi", api::openapi());
}

/// Bodies that could be taken, so that what answers is the permission and not the body.
const BODIES: &[(&str, &str)] = &[
    (
        "/api/v1/alerts/webhooks",
        r#"{"name":"x","url":"https://dispatch.example.org/x","at_least":"normal"}"#,
    ),
    (
        "/api/v1/alerts/quiet-rules",
        r#"{"days":["sun"],"from":"22:00","until":"06:00","channels":["push"]}"#,
    ),
    (
        "/api/v1/protected-events",
        r#"{"name":"x","why":"x","cameras":[1],"from":"2026-11-22T12:00:00Z","until":"2026-11-22T13:00:00Z"}"#,
    ),
    ("/api/v1/protected-events/{event}/withdraw", r#"{"why":"x"}"#),
    ("/api/v1/protected-events/{event}/requests", r#"{"nexus":"x"}"#),
    ("/api/v1/protected-events/requests/{request}/decision", r#"{"why":"x"}"#),
    ("/api/v1/cameras", r#"{"name":"North","mounting":"fixed","site":"Lamar Blvd"}"#),
    ("/api/v1/cameras/{camera}/sign-offs", r#"{"unit":"planning","note":"fair"}"#),
    ("/api/v1/cameras/{camera}/sign-offs/{unit}/withdraw", r#"{"why":"a school"}"#),
    (
        "/api/v1/custom-entries",
        r#"{"plate":"7ABC123","category":"stolen-vehicle","reason":"x","expires_at":"2026-11-22T12:00:00Z"}"#,
    ),
    ("/api/v1/custom-entries/{entry}/decision", r#"{"approve":true,"why":"x"}"#),
    ("/api/v1/custom-entries/{entry}/end", r#"{"how":"recovered","note":"x"}"#),
    ("/api/v1/hits/{hit}/release", r#"{"why":"x"}"#),
    ("/api/v1/hits/{hit}/hand-over", r#"{"to":999}"#),
    ("/api/v1/hits/{hit}/send", r#"{"how":"dispatched","note":"x"}"#),
    ("/api/v1/hits/{hit}/reject", r#"{"why":"misread"}"#),
    ("/api/v1/hits/{hit}/compare", r#"{"part":"plate","agrees":true}"#),
    ("/api/v1/hits/{hit}/confirm", r#"{"system":"NCIC","answer":"in-force"}"#),
    ("/api/v1/hits/{hit}/not-practicable", r#"{"why":"x"}"#),
    ("/api/v1/hits/{hit}/second", "{}"),
    ("/api/v1/hits/{hit}/could-not-wait", r#"{"why":"x"}"#),
    ("/api/v1/hits/{hit}/weigh", r#"{"note":"x"}"#),
    ("/api/v1/hits/{hit}/end", r#"{"outcome":"recovered"}"#),
    ("/api/v1/hits/{hit}/correct", r#"{"plate":"7ABC123"}"#),
    ("/api/v1/hits/{hit}/reopen", r#"{"why":"x"}"#),
    ("/api/v1/hits/{hit}/ask", r#"{"system":"NCIC"}"#),
    (
        "/api/v1/hits/{hit}/facts",
        r#"{"driver_race":"White","driver_gender":"Man","offence":"240","investigation":"with"}"#,
    ),
    ("/api/v1/hotlists/{hotlist}/alerts/{alert}/plates", r#"{"plate":"7ABC123"}"#),
    ("/api/v1/hotlists/{hotlist}/alerts/{alert}/plates/{n}", r#"{"confirm":false,"reason":"x"}"#),
    ("/api/v1/hotlists/{hotlist}/fetching", "{}"),
    ("/api/v1/hotlists/{hotlist}/source", "{}"),
    ("/api/v1/incidents/{incident}/close", r#"{"finding":"x"}"#),
    ("/api/v1/hotlists/{hotlist}/topics/{topic}", r#"{"on":true}"#),
    ("/api/v1/hotlists/{hotlist}/waiting/{version}", r#"{"accept":true,"reason":"x"}"#),
    ("/api/v1/hotlists", r#"{"name":"Ours","source":"a test","category":"stolen-vehicle"}"#),
    ("/api/v1/account/looks/{look}/complete", r#"{"case_number":"26-001234"}"#),
    ("/api/v1/account/tokens", r#"{"name":"x","scopes":["list-cameras"],"days":1}"#),
    ("/api/v1/audit/export", "{}"),
    ("/api/v1/audit/receipts", "{}"),
    ("/api/v1/audit/search", "{}"),
    ("/api/v1/audit/weeks/{week}/sign-off", r#"{"note":"seen"}"#),
    ("/api/v1/misuse", r#"{"agency":"Elsewhere PD","told":"x"}"#),
    ("/api/v1/misuse/{report}/close", r#"{"finding":"in-policy","text":"x"}"#),
    ("/api/v1/misuse/{report}/sharing", r#"{"sharing":"suspended","why":"x"}"#),
    ("/api/v1/people/{person}/lock", r#"{"why":"x"}"#),
    ("/api/v1/policy/changes", r#"{"day":"2026-11-21","reason":"x"}"#),
    ("/api/v1/policy/changes/{change}/approve", r#"{"digest":"x","follows":"x"}"#),
    ("/api/v1/reviews/{review}/close", r#"{"finding":"in-policy","text":"x"}"#),
    ("/api/v1/reviews/{review}/notes", r#"{"note":"x"}"#),
    ("/api/v1/shift/sign-on", r#"{"unit":"12A","until":"x"}"#),
    ("/api/v1/shift/duties", r#"{"unit":"12A","from":"x"}"#),
    ("/api/v1/handover", r#"{"hits":[],"to":1}"#),
    ("/api/v1/handover/accept", r#"{"hits":[]}"#),
    (
        "/api/v1/training/completions",
        r#"{"person":999,"course":"reader","day":"2026-11-21","topics":[]}"#,
    ),
    ("/api/v1/troubles", r#"{"what":"no picture","urgency":"low"}"#),
    ("/api/v1/troubles/{trouble}/notes", r#"{"note":"seen"}"#),
    ("/api/v1/troubles/{trouble}/close", r#"{"done":"cleaned"}"#),
    // What was stated before stands.
    ("/api/v1/work", r#"{"purpose":"none-such"}"#),
];

/// The parameters of a route, filled in with what is not there; but for the log, which is.
fn filled(path: &str) -> String {
    let part = |part| match part {
        "{read}" => "1-20261121-1",
        "{kind}" => "plate",
        "{log}" => "agency-1",
        "{level}" | "{leaf}" => "0",
        "{*number}" => "000",
        "{hit}" => "1",
        "{week}" => "2026-11-16",
        "{name}" | "{session}" => "nothing",
        part if part.starts_with('{') => "999",
        part => part,
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Who calls: a heading of at most four letters, and the header by which they are known.
type Caller = (&'static str, Option<(&'static str, String)>);

/// Nobody, a camera, somebody with every role, and somebody trained with each role alone, who all have said what they work on.
async fn callers(house: &House) -> Vec<Caller> {
    let cookie = |session: String| Some(("cookie", format!("plateglass={session}")));
    let mut all = vec![
        ("body", None),
        ("came", Some(("plateglass-camera-key", house.key.expose()))),
        ("all", cookie(house.session().await)),
    ];
    let titles = [
        "adm", "cso", "rtcc", "offi", "inve", "supe", "audi", "lieu", "reco", "trai", "chie",
        "exte",
    ];
    for (role, title) in Role::ALL.into_iter().zip(titles) {
        let token = house.somebody_with(&[role], true).await;
        say_what_for(&house.app, &token).await;
        all.push((title, cookie(token.expose())));
    }
    all
}

/// Calls every route as everybody, and prints who gets past the permission: `x`, whatever comes of it.
#[tokio::test]
async fn who_may_call_what_is_reviewed() {
    let house = House::new().await;
    let router = api::router(house.app.clone());
    let callers = callers(&house).await;
    let titles: String = callers.iter().map(|(title, _)| format!(" {title:<4}")).collect();
    let mut printed = format!("{:<58}{titles} {:<10}cache\n", "", "audit");
    for route in api::declared() {
        let mut path = filled(&route.path);
        if route.path == "/api/v1/hotlists/{hotlist}/import" {
            path.push_str("?plate=plate");
        }
        let mut passes = Vec::new();
        for (_, header) in &callers {
            let request = Request::builder().method(route.method).uri(&path);
            let request = match header {
                Some((name, value)) => request.header(*name, value),
                None => request,
            };
            let body = BODIES.iter().find(|(of, _)| *of == route.path).map_or("", |(_, body)| body);
            let request = request.header("content-type", "application/json");
            let response =
                router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
            let refused =
                [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&response.status());
            let kept = if response.status().is_success() {
                route.guard.cache.header()
            } else {
                "no-store"
            };
            assert_eq!(response.headers()["cache-control"], kept, "{path}");
            passes.push(if refused { "-" } else { "x" });
        }
        let of_staff = passes[2..].contains(&"x");
        let expected = match route.guard.access {
            Access::Public => (["x", "x"], true),
            Access::Camera => (["-", "x"], false),
            // Some of it nobody may who holds every role: auditors stand outside the chain of command.
            Access::Staff => (["-", "-"], true),
        };
        assert_eq!(
            (&passes[..2], of_staff),
            (&expected.0[..], expected.1),
            "{} {path}",
            route.method
        );
        let name = format!("{:<5}{}", route.method, route.path);
        let each: String = passes.iter().map(|one| format!(" {one:<4}")).collect();
        let (audit, cache) = (format!("{:?}", route.guard.audit), route.guard.cache.header());
        writeln!(printed, "{name:<58}{each} {audit:<10}{cache}").unwrap();
    }
    insta::assert_snapshot!("who_may_call_what", printed);
}
