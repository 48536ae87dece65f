//! Passkeys, tokens and the agency's provider, through their pages; and bytes that are no cookie.

use std::path::Path;
use std::time::SystemTime;

use app::sign_in::{ClientSecret, ProviderConfig, SecondFactor};
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use domain::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use testkit::OidcProvider;
use testkit::house::ORIGIN;
use testkit::provider::{CLIENT_ID, SECRET};

use crate::{Answer, House, SAME};

#[tokio::test]
async fn the_pages_of_passkeys_ask_a_device_and_the_forms_take_only_its_answer() {
    let mut house = House::built().await;
    let page = house.get("/sign-in").await.text;
    assert!(page.contains("href=\"/sign-in/passkey\"") && !page.contains("/sign-in/oidc"));
    let page = house.get("/sign-in/passkey").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("data-origin=\"https://plates.example.gov\""), "{}", page.text);
    assert!(page.text.contains("&#34;challenge&#34;") || page.text.contains("&quot;challenge"));
    for answer in ["", "answer=%7B%7D", "ceremony=x&answer=%00", "ceremony=AAAA&answer=%7B%7D"] {
        let refused = house.post("/sign-in/passkey", SAME, answer).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{answer}");
        let second = house.post("/sign-in/code/passkey", SAME, answer).await;
        assert_eq!(second.status, StatusCode::FORBIDDEN, "{answer}");
        let enrolling = house.post("/enrol/passkey", SAME, answer).await;
        assert_eq!(enrolling.status, StatusCode::FORBIDDEN, "{answer}");
    }
    house.sign_in().await;
    let page = house.get("/account/passkeys/new").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("data-kind=\"create\""));
    let refused = house.send("/account/passkeys/new", "ceremony=x&answer=y&label=z").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("Begin again"), "{}", refused.text);
    let none = house.send("/account/passkeys/77/remove", "").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let foreign = house.post("/account/passkeys/77/remove", SAME, "").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn adding_a_passkey_or_a_token_asks_for_fresh_proof_first() {
    let mut house = House::built().await;
    house.sign_in().await;
    house.inner.clock.pass(std::time::Duration::from_secs(20 * 60));
    let refused = house.get("/account/passkeys/new").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("/confirm?back="), "{}", refused.text);
    let sent = house.get("/account/tokens/new").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let to = sent.headers.get(header::LOCATION).unwrap();
    assert_eq!(to, "/confirm?back=/account/tokens/new");
}

#[tokio::test]
async fn a_token_is_made_on_a_page_shown_once_and_revoked() {
    let mut house = House::built().await;
    house.sign_in().await;
    assert!(house.get("/account/tokens/new").await.text.contains("name=\"may-list-hits\""));
    let wrong = house.send("/account/tokens/new", "name=dispatch&days=400&may-list-hits=yes").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("is not between 1 and 90"), "{}", wrong.text);
    let made = house.send("/account/tokens/new", "name=dispatch&days=30&may-list-hits=yes").await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let (_, rest) = made.text.split_once("id=\"api-token\">").unwrap();
    let secret = rest.split('<').next().unwrap().to_owned();
    assert!(secret.starts_with("pgt_"));
    let account = house.get("/account").await.text;
    assert!(account.contains("dispatch") && !account.contains(&secret));
    let revoked = house.send("/account/tokens/1/revoke", "").await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    assert!(!house.get("/account").await.text.contains("dispatch"));
}

#[tokio::test]
async fn nobody_comes_back_from_a_provider_that_nobody_was_sent_to() {
    let house = House::built().await;
    for path in [
        "/sign-in/oidc/back",
        "/sign-in/oidc/back?code=x&state=y",
        "/sign-in/oidc/back?state=%ff%00&error=%0d%0aset-cookie%3a",
    ] {
        let refused = house.get(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.text.contains("belongs to another sign-in"), "{}", refused.text);
    }
    for path in ["/sign-in/oidc?agency=1", "/sign-in/oidc?agency=x", "/sign-in/oidc"] {
        assert!(house.get(path).await.status.is_client_error(), "{path}");
    }
}

/// A cookie that an answer sets, as a browser sends it back.
fn cookie(answer: &Answer, name: &str) -> String {
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut set = set.map(|value| value.to_str().unwrap());
    let found = set.find(|text| text.starts_with(&format!("{name}="))).unwrap();
    assert!(found.contains("HttpOnly") && found.contains("SameSite=Lax"), "{found}");
    found.split(';').next().unwrap().to_owned()
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.headers.get(header::LOCATION).unwrap().to_str().unwrap().to_owned()
}

/// The provider has a clock of its own, which is the machine's.
#[expect(clippy::disallowed_methods, reason = "the provider's clock is the machine's")]
fn set_to_the_machines(clock: &testkit::ManualClock) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    clock.set(&Timestamp::from_micros(0).plus(now).to_string());
}

fn provider(running: &OidcProvider) -> ProviderConfig {
    ProviderConfig {
        label: "Testing PD sign-in".to_owned(),
        issuer: running.issuer.clone(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(ClientSecret::new(SECRET.to_owned())),
        scopes: vec!["groups".to_owned()],
        groups_claim: "groups".to_owned(),
        second_factor: SecondFactor::default(),
        roles: [("PD-Patrol".to_owned(), [domain::Role::Officer].into())].into(),
        links_by_email: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_comes_by_an_invitation_and_signs_in_with_the_agencys_provider() {
    let redirect = format!("{ORIGIN}/sign-in/oidc/back");
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let Some(running) = OidcProvider::start(&redirect, tmp) else { return };
    let mut house = House::built().await;
    set_to_the_machines(&house.inner.clock);
    let (app, agency) = (house.inner.app.clone(), house.inner.agency);
    app.set_provider(agency, provider(&running));
    let who = app::people::Inviting {
        login: "a.martinez".to_owned(),
        name: "A. Martinez".to_owned(),
        email: String::new(),
        is_outside: false,
        is_temporary: false,
    };
    let invited = app::people::first_person(&app, agency, who, &[], "a test").await.unwrap();
    let path = format!("/invitation/{}", *invited.token);
    assert!(house.get(&path).await.text.contains("Testing PD sign-in"));

    for start in [format!("{path}/oidc"), format!("/sign-in/oidc?agency={agency}")] {
        let sent = house.get(&start).await;
        let to = location(&sent);
        assert!(to.starts_with(&running.issuer), "{to}");
        let query = running.visit(&to, "login=ana");
        let back = format!("/sign-in/oidc/back{query}");
        // Without what this browser kept, the provider's answer is nobody's.
        assert_eq!(house.get(&back).await.status, StatusCode::FORBIDDEN);
        house.cookie = cookie(&sent, "plateglass-away");
        let signed_in = house.get(&back).await;
        assert_eq!(location(&signed_in), "/");
        let again = house.get(&back).await;
        assert_eq!(again.status, StatusCode::FORBIDDEN, "it is used once");
        house.cookie = cookie(&signed_in, "plateglass");
        assert!(house.get("/account").await.text.contains("Officer"));
        house.cookie = String::new();
    }
}

/// Bytes that can stand in a header, among them beginnings of the real thing.
fn cookies() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(b'\t'), 0x20..=0x7e_u8, 0x80..=0xff_u8];
    let name = prop::sample::select(vec![
        "",
        "plateglass=",
        "plateglass-step=",
        "plateglass-away=",
        "plateglass-device=",
        "plateglass-theme=",
    ]);
    let like_a_token = "[A-Za-z0-9_-]{43}".prop_map(String::into_bytes);
    let value = prop_oneof![prop::collection::vec(byte, 0..60), like_a_token];
    (name, value).prop_map(|(name, value)| [name.as_bytes(), &value].concat())
}

#[test]
fn any_bytes_in_a_cookie_are_no_sign_in_and_break_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let house = runtime.block_on(House::built());
    let pages = prop::sample::select(vec![
        "/account",
        "/hits",
        "/sign-in/code",
        "/enrol",
        "/sign-in/oidc/back?code=x&state=y",
    ]);
    let mut runner = TestRunner::new(Config::with_cases(192));
    runner
        .run(&(pages, cookies(), cookies()), |(path, one, other)| {
            let cookie = [one.as_slice(), b"; ", &other].concat();
            let cookie = HeaderValue::from_bytes(&cookie).unwrap();
            let request = Request::get(path).header(header::COOKIE, cookie);
            let answer = runtime.block_on(house.ask(request.body(Body::empty()).unwrap()));
            prop_assert!(!answer.status.is_server_error(), "{}: {}", path, answer.status);
            prop_assert!(!answer.text.contains("class=\"who\""), "{path} lets somebody in");
            Ok(())
        })
        .unwrap();
}
