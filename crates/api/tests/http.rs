//! The API as a camera and an administrator meet it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expected by panicking"
)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use domain::{Category, Role};
use serde_json::{Value, json};
use testkit::House;
use tower::ServiceExt as _;

struct Client {
    house: House,
    router: Router,
    session: String,
}

impl Client {
    async fn new() -> Self {
        let house = House::new().await;
        Self { router: api::router(house.app.clone()), session: house.session().await, house }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn post(&self, path: &str, key: &str, body: impl Into<Vec<u8>>) -> (StatusCode, Value) {
        let body: Vec<u8> = body.into();
        let request = Request::post(path)
            .header("plateglass-camera-key", key)
            .header("content-length", body.len());
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn hand_in(&self, reads: &Value) -> (StatusCode, Value) {
        self.post("/api/v1/reads", &self.house.key.expose(), reads.to_string()).await
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let request = Request::get(path).header("cookie", format!("plateglass={}", self.session));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn n_reads(&self) -> usize {
        self.get("/api/v1/reads?limit=200").await.1["items"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn a_vehicles_class_is_taken_shown_and_matched_and_a_strange_word_loses_no_read() {
    let client = Client::new().await;
    let list = client.house.want(Category::StolenVehicle, &["4HRD22"]).await;
    client.house.import(list, "plate,class\n4HRD22,motorcycle\n").await;
    let sent = json!([
        {"plate": "4HRD22", "confidence": 0.97, "vehicle": {"class": "sedan-standard", "confidence": 0.93}},
        {"plate": "K4W3L", "confidence": 0.97, "vehicle": {"class": "hovercraft"}},
        {"plate": "K4W3M", "confidence": 0.97},
    ]);
    let (status, taken) = client.hand_in(&sent).await;
    assert_eq!(status, StatusCode::OK, "{taken}");
    let shown = async |n: usize| {
        let read = taken["reads"][n]["read"].as_str().unwrap();
        client.get(&format!("/api/v1/reads/{read}")).await.1
    };
    let car = json!({"class": "car", "confidence": 0.93});
    assert_eq!(shown(0).await["vehicle"], car);
    assert_eq!(
        (&taken["reads"][0]["notes"], &shown(2).await["vehicle"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(taken["reads"][1]["notes"], json!(["vehicle-class-not-known"]));
    assert_eq!(shown(1).await["vehicle"], Value::Null);
    let hits = loop {
        let (_, page) = client.get("/api/v1/hits").await;
        if page["items"].as_array().is_some_and(|items| !items.is_empty()) {
            break page["items"].clone();
        }
        tokio::task::yield_now().await;
    };
    let hit = &hits[0];
    assert_eq!((&hit["class_fit"], &hit["information_only"]), (&json!("different"), &json!(true)));
    assert_eq!((&hit["entry"]["class"], &hit["vehicle"]), (&json!("motorcycle"), &car));
    assert_eq!(hit["priority"], "low");

    let n_before = client.n_reads().await;
    let malformed = json!([{"plate": "K4W3N", "confidence": 0.9, "vehicle": {"class": 7}}]);
    let (status, refused) = client.hand_in(&malformed).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.to_string().contains("reads[0].vehicle"), "{refused}");
    assert_eq!(client.n_reads().await, n_before);
}

#[tokio::test]
async fn reads_are_taken_answered_one_by_one_and_shown() {
    let client = Client::new().await;
    client.house.want(Category::StolenVehicle, &["7ABC123"]).await;
    let sent = json!([
        {"event_id": "1", "plate": "7ABC-123", "confidence": 0.97, "jurisdiction": "US-TX", "captured_at": "2026-11-21T11:59:00Z"},
        {"event_id": "1", "plate": "7ABC-123", "confidence": 0.97, "captured_at": "2026-11-21T11:59:00Z"},
        {"event_id": "2", "plate": "K4W3L", "confidence": 0.5, "captured_at": "2027-11-21T11:59:00Z"},
    ]);
    let (status, taken) = client.hand_in(&sent).await;
    assert_eq!(status, StatusCode::OK, "{taken}");
    let reads = taken["reads"].as_array().unwrap();
    assert_eq!((&reads[0]["n_hits"], &reads[1]["duplicate"]), (&json!(1), &json!(true)));
    assert_eq!(reads[2]["marks"], json!(["time-in-future"]));
    let read = reads[0]["read"].as_str().unwrap();
    let (status, page) = client.get(&format!("/api/v1/reads/{read}")).await;
    assert_eq!(
        (status, &page["plate"], &page["jurisdiction"]),
        (StatusCode::OK, &json!("7ABC123"), &json!("US-TX"))
    );
    assert_eq!(
        client.get(&format!("/api/v1/reads/{read}/pictures/plate")).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_post_with_a_malformed_read_keeps_nothing_and_names_it() {
    let client = Client::new().await;
    let sent = json!([{"plate": "A1", "confidence": 1}, {"plate": "A2", "confidence": "sure"}]);
    let (status, error) = client.hand_in(&sent).await;
    assert_eq!(
        (status, &error["where"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("reads[1].confidence"))
    );
    let too_many: Vec<_> = (0..501).map(|_| json!({"plate": "A1", "confidence": 1})).collect();
    let (status, error) = client.hand_in(&json!(too_many)).await;
    assert_eq!((status, &error["error"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid")));
    assert_eq!(client.n_reads().await, 0);
}

#[tokio::test]
async fn an_unknown_key_and_a_disabled_cameras_key_are_refused_alike() {
    let client = Client::new().await;
    let read = json!({"plate": "A1", "confidence": 1}).to_string();
    let unknown = client.post("/api/v1/reads", &"A".repeat(43), read.clone()).await;
    app::disable_camera(&client.house.app, &client.house.admin(), client.house.camera)
        .await
        .unwrap();
    let disabled = client.post("/api/v1/reads", &client.house.key.expose(), read.clone()).await;
    let none = client.post("/api/v1/reads", "", read).await;
    assert_eq!(unknown.0, StatusCode::UNAUTHORIZED);
    assert_eq!(unknown, disabled);
    assert_eq!(unknown, none);
    assert_eq!(client.n_reads().await, 0);
}

#[tokio::test]
async fn bad_frames_are_refused_by_name_and_a_frame_without_a_plate_is_fine() {
    let client = Client::new().await;
    let key = client.house.key.expose();
    let frame = async |body: &[u8]| client.post("/api/v1/frames", &key, body).await;
    let (status, taken) = frame(b"PLATES").await;
    assert_eq!((status, taken), (StatusCode::OK, json!({"n_plates": 0, "reads": []})));
    let (status, error) = frame(b"").await;
    assert_eq!(
        (status, &error["what"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("the picture is empty (0 bytes)"))
    );
    // A PNG whose header says 100,000 × 100,000 pixels: 30 GB if one believed it.
    let bomb = [
        &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
        &100_000_u32.to_be_bytes(),
        &100_000_u32.to_be_bytes(),
        &[8, 2, 0, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let (status, error) = frame(&bomb).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{error}");
    let (status, _) = frame(&[0xFF, 0xD8, 0xFF, 0xDB, 0, 4, 0, 0]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let request = Request::post("/api/v1/frames")
        .header("plateglass-camera-key", &key)
        .header("content-length", 21 * 1024 * 1024);
    let (status, error) = client.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((status, &error["error"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too-large")));
    let request = Request::post("/api/v1/frames").header("plateglass-camera-key", &key);
    assert_eq!(
        client.send(request.body(Body::empty()).unwrap()).await.0,
        StatusCode::LENGTH_REQUIRED
    );
    assert_eq!(client.n_reads().await, 0);
}

#[tokio::test]
async fn a_frame_is_read_and_its_pictures_are_shown_to_the_administrator_alone() {
    let client = Client::new().await;
    let (status, taken) =
        client.post("/api/v1/frames", &client.house.key.expose(), "PLATES 7ABC123").await;
    assert_eq!(status, StatusCode::OK, "{taken}");
    let read = taken["reads"][0]["read"].as_str().unwrap();
    let path = format!("/api/v1/reads/{read}/pictures/vehicle");
    let request = Request::get(&path).header("cookie", format!("plateglass={}", client.session));
    let response =
        client.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let nobody = Request::get(&path).body(Body::empty()).unwrap();
    assert_eq!(client.send(nobody).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_hotlist_is_made_and_imported_over_the_line() {
    let client = Client::new().await;
    let cookie = format!("plateglass={}", client.session);
    let about =
        json!({"name": "NCIC", "source": "TCIC hourly", "category": "stolen-vehicle"}).to_string();
    let request = Request::post("/api/v1/hotlists")
        .header("cookie", &cookie)
        .header("content-type", "application/json");
    let (status, list) = client.send(request.body(Body::from(about)).unwrap()).await;
    assert_eq!(status, StatusCode::CREATED, "{list}");
    let path = format!("/api/v1/hotlists/{}/import?plate=LIC&state=LIS", list["hotlist"]);
    let request =
        Request::post(path).header("cookie", &cookie).header("sec-fetch-site", "same-origin");
    let (status, report) =
        client.send(request.body(Body::from("LIC,LIS\n7ABC123,TX\n??,TX\n")).unwrap()).await;
    assert_eq!(
        (status, &report["n_taken"], &report["n_refused"]),
        (StatusCode::OK, &json!(1), &json!(1)),
        "{report}"
    );
    assert_eq!(report["refused"][0]["line"], json!(3));
    let from_elsewhere = Request::post("/api/v1/hotlists")
        .header("cookie", &cookie)
        .header("sec-fetch-site", "cross-site");
    assert_eq!(
        client.send(from_elsewhere.body(Body::empty()).unwrap()).await.0,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn health_says_whether_reads_can_be_taken() {
    let client = Client::new().await;
    let (status, health) = client.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!(
        (status, &health["ok"], &health["recogniser"]),
        (StatusCode::OK, &json!(true), &json!(true))
    );
}

/// Asks with a token.
async fn with_token(client: &Client, path: &str, token: &str) -> (StatusCode, Value) {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    client.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_machine_asks_with_a_token_for_what_it_was_made_for_and_states_its_purpose() {
    let client = Client::new().await;
    let app = &client.house.app;
    let new = app::tokens::NewToken {
        name: "dispatch".to_owned(),
        scopes: vec!["list-reads".to_owned(), "open-read".to_owned()],
        days: 30,
    };
    let made = app::tokens::make_token(app, &client.house.admin(), &new).await.unwrap();
    let secret = made.secret.as_str();
    let nowhere = format!("/api/v1/reads/{}-20261121-77", client.house.agency);
    let (status, refused) = with_token(&client, &nowhere, secret).await;
    assert_eq!((status, &refused["error"]), (StatusCode::FORBIDDEN, &json!("refused")));
    let said = json!({
        "purpose": "stolen-vehicle",
        "case_number": "26-001234",
        "reason": "owner reported it stolen from the garage downtown",
    });
    let request = Request::put("/api/v1/work")
        .header("authorization", format!("Bearer {secret}"))
        .header("content-type", "application/json");
    let (status, stated) = client.send(request.body(Body::from(said.to_string())).unwrap()).await;
    assert_eq!(
        (status, &stated["purpose"]),
        (StatusCode::OK, &json!("stolen-vehicle")),
        "{stated}"
    );
    assert_eq!(with_token(&client, &nowhere, secret).await.0, StatusCode::NOT_FOUND);
    assert_eq!(with_token(&client, "/api/v1/reads", secret).await.0, StatusCode::OK);
    let (status, refused) = with_token(&client, "/api/v1/hotlists", secret).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(refused["what"].as_str().unwrap().contains("this token was not made for that"));

    // A token that is refused is refused, whatever cookie stands beside it; a key is no token.
    let request = Request::get("/api/v1/reads")
        .header("authorization", "Bearer pgt_nonsense")
        .header("cookie", format!("plateglass={}", client.session));
    let (status, refused) = client.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((status, &refused["error"]), (StatusCode::UNAUTHORIZED, &json!("token-refused")));
    let (status, _) = with_token(&client, "/api/v1/reads", &client.session).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    app::tokens::revoke_token(app, &client.house.admin(), made.token.id).await.unwrap();
    let (status, refused) = with_token(&client, "/api/v1/reads", secret).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(refused["what"].as_str().unwrap().contains("revoked"), "{refused}");
}

#[tokio::test]
async fn clause_aus_344_3_2c_the_refusal_is_told_to_the_camera_and_programs_can_sign_off() {
    let client = Client::new().await;
    let ask = async |session: &str, path: &str, body: Value| {
        let request = Request::post(path)
            .header("cookie", format!("plateglass={session}"))
            .header("content-type", "application/json");
        client.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let about = json!({"name": "North", "mounting": "fixed", "site": "Lamar Blvd"});
    let (status, added) = ask(&client.session, "/api/v1/cameras", about).await;
    assert_eq!((status, &added["waits_for"]), (StatusCode::CREATED, &json!(["security-officer"])));
    let (camera, key) = (added["camera"].as_i64().unwrap(), added["key"].as_str().unwrap());
    let read = json!([{"plate": "7ABC123", "confidence": 1}]).to_string();
    let (status, told) = client.post("/api/v1/reads", key, read.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
    assert!(told.to_string().contains("Chief security officer"), "{told}");

    let officer = client.house.somebody_with(&[Role::ChiefSecurityOfficer], true).await.expose();
    let address = format!("/api/v1/cameras/{camera}/sign-offs");
    let signs = json!({"unit": "security-officer", "note": "fair"});
    let (status, refused) = ask(&client.session, &address, signs.clone()).await;
    assert_eq!((status, &refused["where"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("unit")));
    let (status, placing) = ask(&officer, &address, signs).await;
    assert_eq!((status, &placing["complete"]), (StatusCode::OK, &json!(true)), "{placing}");
    assert_eq!(client.post("/api/v1/reads", key, read.clone()).await.0, StatusCode::OK);

    let withdraw = format!("{address}/security-officer/withdraw");
    let (status, _) = ask(&officer, &withdraw, json!({"why": "a school opened"})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(client.post("/api/v1/reads", key, read).await.0, StatusCode::FORBIDDEN);
    let (_, placing) = client.get(&address).await;
    assert_eq!(placing["given"][0]["withdrawn"]["why"], "a school opened");
    let (_, rows) = client.get("/api/v1/cameras").await;
    assert_eq!(rows[1]["waits_for"], json!(["security-officer"]));
}
