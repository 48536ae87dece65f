use std::cell::RefCell;
use std::collections::BTreeMap;

use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const ISSUER: &str = "https://login.piedmont.example";
const NOW: i64 = 1_800_000_000;

/// A provider made of answers.
struct Canned {
    answers: RefCell<BTreeMap<String, Value>>,
    asked: RefCell<Vec<HttpRequest>>,
}

impl Canned {
    fn new() -> Self {
        let canned = Self { answers: RefCell::default(), asked: RefCell::default() };
        canned.set(
            "/.well-known/openid-configuration",
            json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/auth"),
                "token_endpoint": format!("{ISSUER}/token"),
                "userinfo_endpoint": format!("{ISSUER}/me"),
                "jwks_uri": format!("{ISSUER}/jwks"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                // What a provider offers does not widen what is accepted.
                "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
            }),
        );
        canned.set("/jwks", jwks("one", &key(1)));
        canned.set(
            "/me",
            json!({ "sub": "ana", "email": "ana@piedmont.example", "groups": "PD-Patrol" }),
        );
        canned
    }

    fn set(&self, path: &str, answer: Value) {
        self.answers.borrow_mut().insert(format!("{ISSUER}{path}"), answer);
    }

    fn change(&self, path: &str, name: &str, value: Value) {
        if let Some(answer) = self.answers.borrow_mut().get_mut(&format!("{ISSUER}{path}")) {
            answer[name] = value;
        }
    }
}

impl Http for Canned {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let url = request.uri().to_string();
        self.asked.borrow_mut().push(request);
        let answer = self.answers.borrow().get(&url).cloned();
        let answer = answer.ok_or(HttpError::NoAnswer { url })?;
        let mut response = HttpResponse::new(answer.to_string().into_bytes());
        let json = "application/json".parse().unwrap();
        response.headers_mut().insert("content-type", json);
        Ok(response)
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn jwks(id: &str, key: &SigningKey) -> Value {
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": id, "alg": "EdDSA", "use": "sig" }] })
}

fn settings() -> Settings {
    Settings {
        issuer: ISSUER.to_owned(),
        client_id: "plateglass".to_owned(),
        client_secret: Some(ClientSecret::new("a shared secret".to_owned())),
        redirect: "https://plates.piedmont.example/sign-in/back".to_owned(),
        scopes: vec!["groups".to_owned()],
        groups_claim: "groups".to_owned(),
        second_factor: SecondFactor { acr: vec!["urn:two".to_owned()], ..SecondFactor::default() },
    }
}

fn random() -> [u8; RANDOM_BYTES] {
    std::array::from_fn(|n| u8::try_from(n).unwrap())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn provider(canned: &Canned) -> Provider {
    Provider::discover(settings(), canned).unwrap()
}

fn begun(provider: &Provider) -> Pending {
    provider.begin(&random(), at(NOW), None).1
}

/// What a right token says.
fn right(pending: &Pending) -> Value {
    json!({
        "iss": ISSUER, "sub": "ana", "aud": "plateglass", "exp": NOW + 300, "iat": NOW, "nonce": pending.nonce,
        "amr": ["pwd", "mfa"], "name": "Ana Martínez", "email": "ana@piedmont.example", "email_verified": true,
        "groups": ["PD-Patrol", "Everyone"],
    })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

fn without(mut claims: Value, name: &str) -> Value {
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn signed_as(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes());
    format!("{text}.{signature}")
}

fn signed(claims: &Value) -> String {
    signed_as(&json!({ "alg": "EdDSA", "kid": "one" }), claims, &key(1))
}

fn token_answer(canned: &Canned, id_token: &str) {
    canned.set(
        "/token",
        json!({ "access_token": "abc", "token_type": "Bearer", "id_token": id_token }),
    );
}

fn back(pending: &Pending) -> String {
    format!("code=c0de&state={}", pending.state)
}

/// Checks a token that differs from the right one, as it comes.
fn refused(change: impl Fn(Value) -> Value) -> &'static str {
    let provider = provider(&Canned::new());
    let pending = begun(&provider);
    let token = signed(&change(right(&pending)));
    provider.check_token(&token, &pending, at(NOW)).unwrap_err().word()
}

#[test]
fn somebody_signs_in() {
    let canned = Canned::new();
    let provider = provider(&canned);
    let (url, pending) = provider.begin(&random(), at(NOW), Some(Duration::from_secs(43_200)));
    let url = Url::parse(&url).unwrap();
    let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["scope"], "openid profile email groups");
    assert_eq!(query["max_age"], "43200");
    assert_eq!(query["acr_values"], "urn:two");
    assert_eq!((&query["state"], &query["nonce"]), (&pending.state, &pending.nonce));
    assert!(!url.as_str().contains(&pending.verifier));
    token_answer(&canned, &signed(&with(right(&pending), "auth_time", json!(NOW - 60))));
    let kept = serde_json::to_string(&pending).unwrap();
    let pending: Pending = serde_json::from_str(&kept).unwrap();
    let claims = provider.finish(&pending, &back(&pending), at(NOW + 5), &canned).unwrap();
    assert_eq!(
        claims,
        Claims {
            issuer: ISSUER.to_owned(),
            subject: "ana".to_owned(),
            name: Some("Ana Martínez".to_owned()),
            email: Some(Email { address: "ana@piedmont.example".to_owned(), verified: true }),
            groups: vec!["PD-Patrol".to_owned(), "Everyone".to_owned()],
            acr: None,
            amr: vec!["pwd".to_owned(), "mfa".to_owned()],
            signed_in_at: Some(at(NOW - 60)),
        }
    );
    let asked = canned.asked.borrow();
    let exchange = asked.last().unwrap();
    let body = String::from_utf8(exchange.body().clone()).unwrap();
    assert!(body.contains("code=c0de") && body.contains(&pending.verifier), "{body}");
    assert!(exchange.headers().contains_key("authorization"));
    assert_eq!(
        format!("{pending:?} {:?}", settings().client_secret),
        "Pending(…) Some(ClientSecret(…))"
    );
}

#[test]
fn what_the_token_does_not_say_the_provider_is_asked() {
    let canned = Canned::new();
    let provider = provider(&canned);
    let pending = begun(&provider);
    let claims = without(without(right(&pending), "groups"), "email");
    token_answer(&canned, &signed(&claims));
    let told = provider.finish(&pending, &back(&pending), at(NOW), &canned).unwrap();
    assert_eq!(told.groups, ["PD-Patrol"]);
    assert_eq!(told.email.map(|email| email.verified), Some(false));
    canned.change("/me", "sub", json!("bo"));
    let refused = provider.finish(&pending, &back(&pending), at(NOW), &canned).unwrap_err();
    assert!(matches!(refused, OidcRefused::Subject), "{refused:?}");
}

#[test]
fn tokens_for_others_or_of_others_are_refused() {
    assert_eq!(refused(|t| with(t, "iss", json!("https://evil.example"))), "provider-issuer");
    assert_eq!(refused(|t| with(t, "aud", json!("another"))), "provider-audience");
    assert_eq!(refused(|t| with(t, "aud", json!(["plateglass", "another"]))), "provider-audience");
    assert_eq!(refused(|t| with(t, "azp", json!("another"))), "provider-audience");
    assert_eq!(refused(|t| with(t, "nonce", json!("another"))), "provider-nonce");
    assert_eq!(refused(|t| without(t, "nonce")), "provider-nonce");
    assert_eq!(refused(|t| with(t, "sub", json!(""))), "provider-malformed");
    assert_eq!(refused(|t| without(t, "sub")), "provider-malformed");
    assert_eq!(refused(|t| with(t, "sub", json!("x".repeat(256)))), "provider-malformed");
    assert_eq!(refused(|t| with(t, "name", json!("a\nb"))), "provider-malformed");
}

#[test]
fn tokens_of_another_time_are_refused() {
    assert_eq!(refused(|t| with(t, "exp", json!(NOW - 61))), "provider-expired");
    assert_eq!(refused(|t| with(t, "iat", json!(NOW + 61))), "provider-expired");
    assert_eq!(refused(|t| with(t, "iat", json!(NOW - 601))), "provider-expired");
    assert_eq!(refused(|t| without(t, "exp")), "provider-malformed");
    for far in [i64::MAX, i64::MIN] {
        assert_ne!(refused(|t| with(t, "iat", json!(far))), "");
    }
    let provider = provider(&Canned::new());
    let pending = begun(&provider);
    // A minute's difference between two clocks is forgiven.
    let token = signed(&with(right(&pending), "exp", json!(NOW - 59)));
    assert!(provider.check_token(&token, &pending, at(NOW)).is_ok());
    for micros in [i64::MIN, i64::MAX] {
        assert!(provider.check_token(&token, &pending, Timestamp::from_micros(micros)).is_err());
    }
}

/// CJIS IA-2(1), IA-2(2).
#[test]
fn a_provider_that_does_not_say_second_factor_is_refused() {
    assert_eq!(refused(|t| without(t, "amr")), "provider-no-second-factor");
    assert_eq!(refused(|t| with(t, "amr", json!(["pwd"]))), "provider-no-second-factor");
    assert_eq!(refused(|t| with(t, "amr", json!(["MFA"]))), "provider-no-second-factor");
    assert_eq!(
        refused(|t| with(without(t, "amr"), "acr", json!("urn:one"))),
        "provider-no-second-factor"
    );
    let provider = provider(&Canned::new());
    let pending = begun(&provider);
    let token = signed(&with(without(right(&pending), "amr"), "acr", json!("urn:two")));
    let claims = provider.check_token(&token, &pending, at(NOW)).unwrap();
    assert_eq!(claims.acr.as_deref(), Some("urn:two"));
}

/// CJIS IA-11.
#[test]
fn a_sign_in_that_is_not_fresh_enough_is_refused() {
    let provider = provider(&Canned::new());
    let (_, pending) = provider.begin(&random(), at(NOW), Some(Duration::from_secs(300)));
    let word = |claims: &Value| {
        let checked = provider.check_token(&signed(claims), &pending, at(NOW));
        checked.map_or_else(|refused| refused.word(), |_| "in")
    };
    assert_eq!(word(&right(&pending)), "provider-not-fresh");
    assert_eq!(word(&with(right(&pending), "auth_time", json!(NOW - 361))), "provider-not-fresh");
    assert_eq!(word(&with(right(&pending), "auth_time", json!(NOW - 360))), "in");
}

#[test]
fn only_the_providers_own_signature_counts() {
    let provider = provider(&Canned::new());
    let pending = begun(&provider);
    let claims = right(&pending);
    let word = |token: &str| provider.check_token(token, &pending, at(NOW)).unwrap_err().word();
    let unsigned = signed_as(&json!({ "alg": "none" }), &claims, &key(1));
    assert_eq!(word(&unsigned), "provider-unsigned");
    let stripped = unsigned.rsplit_once('.').unwrap().0;
    assert_eq!(word(&format!("{stripped}.")), "provider-unsigned");
    for alg in ["HS256", "HS512", "ES512"] {
        let shared = signed_as(&json!({ "alg": alg, "kid": "one" }), &claims, &key(1));
        assert_eq!(word(&shared), "provider-algorithm", "{alg}");
    }
    let other_kind = signed_as(&json!({ "alg": "RS256", "kid": "one" }), &claims, &key(1));
    assert_eq!(word(&other_kind), "provider-unknown-key");
    let unknown = signed_as(&json!({ "alg": "EdDSA", "kid": "two" }), &claims, &key(1));
    assert_eq!(word(&unknown), "provider-unknown-key");
    let false_key = signed_as(&json!({ "alg": "EdDSA", "kid": "one" }), &claims, &key(2));
    assert_eq!(word(&false_key), "provider-signature");
    let critical = json!({ "alg": "EdDSA", "kid": "one", "crit": ["b64"] });
    assert_eq!(word(&signed_as(&critical, &claims, &key(1))), "provider-malformed");
    let own_key = json!({ "alg": "EdDSA", "jwk": jwks("one", &key(2))["keys"][0], "kid": "one" });
    assert_eq!(word(&signed_as(&own_key, &claims, &key(2))), "provider-signature");
    for text in ["", ".", "..", "a.b.c", "null"] {
        assert_eq!(word(text), "provider-malformed", "{text}");
    }
}

#[test]
fn keys_that_the_provider_changed_are_asked_for() {
    let canned = Canned::new();
    let provider = provider(&canned);
    let pending = begun(&provider);
    canned.set("/jwks", jwks("two", &key(2)));
    let header = json!({ "alg": "EdDSA", "kid": "two" });
    token_answer(&canned, &signed_as(&header, &right(&pending), &key(2)));
    assert!(provider.finish(&pending, &back(&pending), at(NOW), &canned).is_ok());
    token_answer(&canned, &signed_as(&header, &right(&pending), &key(3)));
    let refused = provider.finish(&pending, &back(&pending), at(NOW), &canned).unwrap_err();
    assert!(matches!(refused, OidcRefused::Signature), "{refused:?}");
}

#[test]
fn an_access_token_that_was_swapped_is_refused() {
    let canned = Canned::new();
    let provider = provider(&canned);
    let pending = begun(&provider);
    let claims =
        with(right(&pending), "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    token_answer(&canned, &signed(&claims));
    let refused = provider.finish(&pending, &back(&pending), at(NOW), &canned).unwrap_err();
    assert!(matches!(refused, OidcRefused::Signature), "{refused:?}");
}

#[test]
fn a_browser_that_comes_back_wrongly_is_refused() {
    let canned = Canned::new();
    let provider = provider(&canned);
    let pending = begun(&provider);
    token_answer(&canned, &signed(&right(&pending)));
    let word = |query: &str, now: i64| {
        provider.finish(&pending, query, at(now), &canned).map_or_else(|no| no.word(), |_| "in")
    };
    let right = back(&pending);
    assert_eq!(word(&right, NOW), "in");
    assert_eq!(word(&right, NOW + 601), "provider-too-late");
    assert_eq!(word(&right, NOW - 1), "provider-too-late");
    assert_eq!(word("code=c0de", NOW), "provider-state");
    assert_eq!(word("code=c0de&state=another", NOW), "provider-state");
    assert_eq!(word(&format!("{right}&state=another"), NOW), "provider-malformed");
    assert_eq!(word(&format!("state={}", pending.state), NOW), "provider-malformed");
    assert_eq!(word(&format!("{right}&iss=https%3A%2F%2Fevil.example"), NOW), "provider-issuer");
    assert_eq!(word(&"x".repeat(9000), NOW), "provider-malformed");
    let denied =
        format!("error=access_denied&error_description=no%0Athanks&state={}", pending.state);
    let told = provider.finish(&pending, &denied, at(NOW), &canned).unwrap_err().to_string();
    assert_eq!(told, "the provider refused: access_denied no\u{fffd}thanks");
}

/// RFC 9207: a provider that says that it names itself must do so.
#[test]
fn a_provider_that_names_itself_must() {
    let canned = Canned::new();
    let name = "authorization_response_iss_parameter_supported";
    canned.change("/.well-known/openid-configuration", name, json!(true));
    let provider = provider(&canned);
    let pending = begun(&provider);
    token_answer(&canned, &signed(&right(&pending)));
    let refused = provider.finish(&pending, &back(&pending), at(NOW), &canned).unwrap_err();
    assert!(matches!(refused, OidcRefused::Issuer), "{refused:?}");
    let named = format!("{}&iss=https%3A%2F%2Flogin.piedmont.example", back(&pending));
    assert!(provider.finish(&pending, &named, at(NOW), &canned).is_ok());
}

#[test]
fn a_token_that_is_refused_or_broken_lets_nobody_in() {
    let canned = Canned::new();
    let provider = provider(&canned);
    let pending = begun(&provider);
    let word = |answer: Value| {
        canned.set("/token", answer);
        provider.finish(&pending, &back(&pending), at(NOW), &canned).unwrap_err().word()
    };
    let bearer = json!({ "access_token": "abc", "token_type": "Bearer" });
    assert_eq!(word(bearer.clone()), "provider-malformed");
    assert_eq!(word(with(bearer.clone(), "id_token", json!("nonsense"))), "provider-malformed");
    assert_eq!(word(json!([])), "provider-malformed");
    // An access token that cannot be sent is not sent.
    let claims = without(right(&pending), "groups");
    let answer =
        json!({ "access_token": "a\nb", "token_type": "Bearer", "id_token": signed(&claims) });
    canned.set("/token", answer);
    let told = provider.finish(&pending, &back(&pending), at(NOW), &canned).unwrap();
    assert!(told.groups.is_empty());
}

#[test]
fn a_provider_that_cannot_be_trusted_is_not_asked() {
    let word = |settings: Settings, canned: &Canned| {
        Provider::discover(settings, canned).map_or_else(|no| no.word(), |_| "in")
    };
    let document = "/.well-known/openid-configuration";
    let plain = Settings { issuer: "http://login.piedmont.example".to_owned(), ..settings() };
    assert_eq!(word(plain, &Canned::new()), "provider-settings");
    let nothing = SecondFactor { amr: Vec::new(), acr: Vec::new() };
    let none = Settings { second_factor: nothing, ..settings() };
    assert_eq!(word(none, &Canned::new()), "provider-settings");
    let canned = Canned::new();
    canned.change(document, "issuer", json!("https://evil.example"));
    assert_eq!(word(settings(), &canned), "provider-issuer");
    for (name, endpoint) in [
        ("token_endpoint", "http://login.piedmont.example/token"),
        ("authorization_endpoint", "http://localhost/auth"),
        ("userinfo_endpoint", "http://login.piedmont.example/me"),
    ] {
        let canned = Canned::new();
        canned.change(document, name, json!(endpoint));
        assert_eq!(word(settings(), &canned), "provider-malformed", "{name}");
    }
    let canned = Canned::new();
    canned.change(document, "jwks_uri", json!("http://127.0.0.1/jwks"));
    assert_eq!(word(settings(), &canned), "provider-unreachable");
    assert!(canned.asked.borrow().iter().all(|asked| asked.uri().scheme_str() == Some("https")));
    let canned = Canned::new();
    canned.set(document, json!("nonsense"));
    assert_eq!(word(settings(), &canned), "provider-malformed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_query_is_refused(query in "(state=|code=|iss=|error=|&|%|\\PC){0,40}") {
        let canned = Canned::new();
        let provider = provider(&canned);
        let pending = begun(&provider);
        prop_assert!(provider.finish(&pending, &query, at(NOW), &canned).is_err());
    }

    #[test]
    fn any_token_is_refused(header in "\\PC{0,40}", payload in "\\PC{0,80}", signature: Vec<u8>) {
        let provider = provider(&Canned::new());
        let pending = begun(&provider);
        let parts = [header.as_bytes(), payload.as_bytes(), &signature].map(|part| URL_SAFE_NO_PAD.encode(part));
        prop_assert!(provider.check_token(&parts.join("."), &pending, at(NOW)).is_err());
        prop_assert!(provider.check_token(&header, &pending, at(NOW)).is_err());
    }

    /// A signed token whose claims are of any kind: answered, and nobody gets in without a second factor.
    #[test]
    fn any_claims_are_answered(name in "(iss|sub|aud|exp|iat|nonce|amr|acr|auth_time|groups|email|email_verified|name|azp|at_hash)", kind in 0..8_usize, number: i64, text in "\\PC{0,20}") {
        let provider = provider(&Canned::new());
        let pending = begun(&provider);
        let value = [json!(number), json!(text), json!([text]), json!({ "a": number }), json!(null), json!(true), json!(1e300), json!([number])][kind].clone();
        let token = signed(&with(right(&pending), &name, value));
        if let Ok(claims) = provider.check_token(&token, &pending, at(NOW)) {
            prop_assert!(claims.amr.iter().any(|method| method == "mfa") || claims.acr.as_deref() == Some("urn:two"));
        }
    }

    #[test]
    fn any_answer_of_a_provider_is_answered(path in "(/.well-known/openid-configuration|/jwks|/token|/me)", name in "(issuer|jwks_uri|token_endpoint|keys|access_token|id_token|token_type|sub|groups|email)", text in "\\PC{0,20}", kind in 0..4_usize) {
        let canned = Canned::new();
        let pending = begun(&provider(&canned));
        token_answer(&canned, &signed(&without(right(&pending), "groups")));
        let value = [json!(text), json!([text]), json!(null), json!({ "a": text })][kind].clone();
        canned.change(&path, &name, value);
        if let Ok(provider) = Provider::discover(settings(), &canned) {
            let _ = provider.finish(&pending, &back(&pending), at(NOW), &canned);
        }
    }
}
