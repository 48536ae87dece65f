//! The whole console over a whole app, without a browser: who is let in, what is refused, what a page holds.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; clippy exempts only the tests themselves"
)]

#[path = "pages/alerts.rs"]
mod alerts;
#[path = "pages/amber.rs"]
mod amber;
#[path = "pages/cameras.rs"]
mod cameras;
#[path = "pages/entries.rs"]
mod entries;
#[path = "pages/oversight.rs"]
mod oversight;
#[path = "pages/people.rs"]
mod people;
#[path = "pages/policy.rs"]
mod policy;
#[path = "pages/protected.rs"]
mod protected;
#[path = "pages/shift.rs"]
mod shift;
#[path = "pages/trouble.rs"]
mod trouble;
#[path = "pages/ways_in.rs"]
mod ways_in;
#[path = "pages/who.rs"]
mod who;

use app::sign_in::{SessionToken, demo_link};
use app::{IncomingRead, take_reads};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::{Category, Confidence, PersonId, SeenVehicle, VehicleClass};
use testkit::house::{read, say_what_for};
use tower::ServiceExt as _;

/// A console with an agency, a camera, a list, and a read that raised a hit.
struct House {
    console: Router,
    inner: testkit::House,
    cookie: String,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");

impl House {
    async fn built() -> Self {
        let inner = testkit::House::new().await;
        let console = console::router(inner.app.clone());
        let house = Self { console, inner, cookie: String::new() };
        house.furnish().await;
        house
    }

    async fn furnish(&self) {
        let (app, camera) = (&self.inner.app, self.inner.camera);
        self.inner.want(Category::StolenVehicle, &["7ABC123"]).await;
        let mut read = read(camera, "1", "7A8C123", None);
        read.confidence = Confidence::from_thousandths(610);
        read.characters =
            [990, 980, 610, 990, 990, 990, 990].map(Confidence::from_thousandths).to_vec();
        let taken = take_reads(app, &self.inner.camera(), vec![read]).await.unwrap();
        assert_eq!(taken.first().map(|taken| taken.n_hits), Some(1));
        // The relay tells of a hit; who asks before that sees it a moment later.
        let admin = self.inner.admin();
        while app::list_hits(app, &admin, Default::default()).await.unwrap().items.is_empty() {
            tokio::task::yield_now().await;
        }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let answer = self.console.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, from: (&str, &str), form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(from.0, from.1);
        self.ask(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Signs in somebody who may do everything, and who has said what they work on.
    async fn sign_in(&mut self) {
        self.sign_in_as(self.inner.person).await;
        let token = self.cookie.split_once('=').unwrap().1;
        say_what_for(&self.inner.app, &SessionToken::parse(token).unwrap()).await;
    }

    async fn sign_in_as(&mut self, person: PersonId) {
        let link = demo_link(&self.inner.app, person).await.unwrap();
        let path = format!("/sign-in/link/{}", link.expose());
        assert_eq!(self.get(&path).await.status, StatusCode::OK, "looking uses nothing up");
        let answer = self.post(&path, SAME, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        self.cookie = cookie.split(';').next().unwrap().to_owned();
        let again = self.post(&path, SAME, "").await;
        assert_eq!(again.status, StatusCode::FORBIDDEN, "a link works once");
    }

    /// Sends a form of this session's.
    async fn send(&self, path: &str, fields: &str) -> Answer {
        let token = self.form_token().await;
        self.post(path, SAME, &format!("form_token={token}&{fields}")).await
    }

    /// Sends a form that stands on another page: that of a camera is not for everybody.
    async fn send_from(&self, page: &str, path: &str, fields: &str) -> Answer {
        let page = self.get(page).await.text;
        let (_, rest) = page.split_once("name=\"form_token\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap();
        self.post(path, SAME, &format!("form_token={token}&{fields}")).await
    }

    async fn form_token(&self) -> String {
        let page = self.get("/account").await.text;
        let (_, rest) = page.split_once("name=\"form_token\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn nobody_sees_anything_without_signing_in() {
    let house = House::built().await;
    for route in console::declared() {
        let path = route.path.replace("{token}", "x").replace("{name}", "x").replace("{id}", "1");
        let path = path.replace("{read}", "1-20261121-1").replace("{leaf}", "0");
        let path = path.replace("{grant}", "1").replace("{word}", "x").replace("{request}", "1");
        let request = Request::builder().method(route.method.clone()).uri(&path);
        let answer = house.ask(request.body(Body::empty()).unwrap()).await;
        if route.guard.access == app::route::Access::Staff {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} {path}", route.method);
        }
        assert!(!answer.text.contains("7A8C123") && !answer.text.contains("Lamar"), "{path}");
        let policy = answer.headers.get(header::CONTENT_SECURITY_POLICY).unwrap();
        assert!(policy.to_str().unwrap().starts_with("default-src 'none'"));
    }
}

#[tokio::test]
async fn a_motorcycles_plate_on_a_car_is_said_to_be_information_only_wherever_it_is_shown() {
    let mut house = House::built().await;
    house.sign_in().await;
    let (app, camera) = (&house.inner.app, house.inner.camera);
    let list = house.inner.want(Category::StolenVehicle, &["4HRD22"]).await;
    house.inner.import(list, "plate,class\n4HRD22,motorcycle\n").await;
    let confidence = Some(Confidence::from_thousandths(930));
    let vehicle = Some(SeenVehicle { class: VehicleClass::Car, confidence });
    let sent = IncomingRead { vehicle, ..read(camera, "2", "4HRD22", None) };
    let taken = take_reads(app, &house.inner.camera(), vec![sent]).await.unwrap();
    let hit = loop {
        let hits = app::list_hits(app, &house.inner.admin(), Default::default()).await.unwrap();
        match hits.items.first() {
            Some(hit) if hit.is_information_only => break hit.id,
            _ => tokio::task::yield_now().await,
        }
    };
    let page = house.get(&format!("/hits/{hit}")).await.text;
    let says = "The list says motorcycle; the camera saw a car.";
    let notice = format!("<strong>Information only: the vehicle differs.</strong> {says}");
    assert!(page.contains(&notice), "{page}");
    let (_, step) = page.split_once("data-step=\"vehicle\"").unwrap();
    assert!(step.split("</li>").next().unwrap().contains(says));
    for path in ["/hits", "/queue", "/hits/feed?after=0"] {
        let page = house.get(path).await.text;
        let (_, row) = page.split_once(&format!("data-hit=\"{hit}\"")).unwrap();
        let row = row.split("</li>").next().unwrap();
        assert!(row.contains("data-silent") && row.contains("data-priority=\"low\""), "{row}");
        assert!(row.contains("information only") && row.contains("other vehicle class"), "{row}");
    }
    let read = house.get(&format!("/reads/{}", taken[0].read)).await.text;
    assert!(read.contains("car, as the camera saw it"), "{read}");
    house.send("/car/sign-on", "unit=12a&shift=2026-11-21T14%3A00%3A00Z&camera=").await;
    assert!(house.get("/car").await.text.contains(&notice));
    // A hit of which nothing is known to differ says nothing of it.
    let other = house.get("/hits/1").await.text;
    assert!(!other.contains("Information only"));
}

#[tokio::test]
async fn pages_show_hits_and_reads_and_are_kept_by_nobody() {
    let mut house = House::built().await;
    house.sign_in().await;
    let hits = house.get("/hits").await;
    assert_eq!(hits.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    assert!(hits.text.contains("look-alike: 8 or B?"), "{}", hits.text);
    assert!(hits.text.contains("An alert is not confirmation."));
    assert!(hits.text.contains("Testing PD"));
    let feed = house.get("/hits/feed?after=0").await.text;
    assert!(feed.contains("data-hit") && !feed.contains("<html"));
    let (_, id) = feed.split_once("data-last=\"").unwrap();
    let id = id.split('"').next().unwrap();
    assert!(!house.get(&format!("/hits/feed?after={id}")).await.text.contains("data-hit"));
    assert_eq!(house.get(&format!("/hits/{id}")).await.status, StatusCode::OK);
    let reads = house.get("/reads").await.text;
    let (_, address) = reads.split_once("href=\"/reads/").unwrap();
    let read = house.get(&format!("/reads/{}", address.split('"').next().unwrap())).await;
    assert!(read.text.contains("0.61"), "{}", read.text);
    for path in ["/reads/nonsense", "/hits/999999", "/no-such-page", "/cameras/77"] {
        let answer = house.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text.contains("There is no such"), "{path}");
        assert!(answer.text.contains("aria-label=\"Pages\""), "{path} keeps its menu");
    }
}

#[tokio::test]
async fn forms_are_taken_from_this_sessions_pages_only() {
    let mut house = House::built().await;
    house.sign_in().await;
    let token = house.form_token().await;
    let form =
        format!("form_token={token}&name=Cam+15&mounting=fixed&site=Lamar&heading=&position=");
    let elsewhere = house.post("/cameras/new", ("sec-fetch-site", "cross-site"), &form).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let tokenless = house.post("/cameras/new", SAME, "name=Cam+15&mounting=fixed").await;
    assert_eq!(tokenless.status, StatusCode::FORBIDDEN);
    assert!(!house.get("/cameras").await.text.contains("Cam 15"));
    let ours = house.post("/cameras/new", SAME, &form).await;
    assert_eq!(ours.status, StatusCode::CREATED, "{}", ours.text);
    assert!(ours.text.contains("This key is shown once."));
    let wrong = house.post("/cameras/new", SAME, &form.replace("heading=", "heading=400")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Whole degrees from 0 to 359"));
    let out = house.post("/sign-out", SAME, &format!("form_token={token}")).await;
    assert_eq!(out.status, StatusCode::OK);
    assert_eq!(house.get("/hits").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_file_is_tried_and_imported_by_form() {
    let mut house = House::built().await;
    house.sign_in().await;
    let token = house.form_token().await;
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = |token: &str| {
        let file =
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
        let rows = "LIC,ST\n8XYZ987,TX\nTOOLONGPLATE99,TX\n";
        let unused: String =
            ["make", "model", "colour", "year", "reference", "note"].map(|n| part(n, "")).concat();
        let columns = part("plate", "LIC") + &part("state", "ST") + &unused;
        part("form_token", token) + &columns + file + rows + "\r\n--x--\r\n"
    };
    let send = |path: &'static str, body: String| {
        let request = Request::post(path)
            .header(header::COOKIE, &house.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header(SAME.0, SAME.1);
        house.ask(request.body(Body::from(body)).unwrap())
    };
    let foreign = send("/hotlists/1/import", body("nonsense")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let dry = send("/hotlists/1/import?dry_run=yes", body(&token)).await;
    assert!(dry.text.contains("Dry run: nothing was changed."), "{}", dry.text);
    assert!(dry.text.contains("<td class=\"num\">3</td>"), "the refused row's line");
    assert!(!dry.text.contains("TOOLONGPLATE99"), "a reason never holds the row");
    let real = send("/hotlists/1/import", body(&token)).await;
    assert!(real.text.contains("The new list is in force."), "{}", real.text);
    assert!(house.get("/hotlists/1").await.text.contains("1 row taken, 1 refused"));
}
