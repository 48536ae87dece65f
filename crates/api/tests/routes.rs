//! Every route is accounted for, and who may call it is printed.

use std::fmt::Write as _;

use app::route::Access;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use testkit::House;
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

/// Calls every route as nobody, as a camera and as the administrator, and prints who gets past the guard.
#[tokio::test]
async fn who_may_call_what_is_reviewed() {
    let house = House::new().await;
    let router = api::router(house.app.clone());
    let session = house.session().await;
    let mut printed = format!(
        "{:<48}{:<8}{:<8}{:<8}{:<10}{}\n",
        "", "nobody", "camera", "admin", "audit", "cache"
    );
    for route in api::declared() {
        let path = route.path.replace("{read}", "1-20261121-1").replace("{kind}", "plate");
        let path = path.replace("{log}", "agency-1").replace("{level}", "0");
        let path = path.replace("{*number}", "000").replace("{leaf}", "0");
        let path =
            path.replace("{hit}", "1").replace("{camera}", "999").replace("{hotlist}", "999");
        let mut passes = Vec::new();
        for actor in ["nobody", "camera", "admin"] {
            let mut request = Request::builder().method(route.method).uri(&path);
            request = match actor {
                "camera" => request.header("plateglass-camera-key", house.key.expose()),
                "admin" => request.header("cookie", format!("plateglass={session}")),
                _ => request,
            };
            let response =
                router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let refused =
                [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&response.status());
            let kept = if response.status().is_success() {
                route.guard.cache.header()
            } else {
                "no-store"
            };
            assert_eq!(response.headers()["cache-control"], kept, "{path}");
            passes.push(if refused { "-" } else { "yes" });
        }
        let expected = match route.guard.access {
            Access::Public => ["yes", "yes", "yes"],
            Access::Camera => ["-", "yes", "-"],
            Access::Staff => ["-", "-", "yes"],
        };
        assert_eq!(passes, expected, "{} {path}", route.method);
        let name = format!("{:<5}{}", route.method, route.path);
        let (audit, cache) = (format!("{:?}", route.guard.audit), route.guard.cache.header());
        writeln!(
            printed,
            "{name:<48}{:<8}{:<8}{:<8}{audit:<10}{cache}",
            passes[0], passes[1], passes[2]
        )
        .unwrap();
    }
    insta::assert_snapshot!("who_may_call_what", printed);
}
