//! Signing in with a real provider: the certified `oidc-provider` of npm, as a process of its own on this machine.
#![expect(clippy::unwrap_used, reason = "helpers of a test: what fails ends it")]

use std::path::Path;
use std::time::{Duration, SystemTime};

use domain::Timestamp;
use identity::oidc::{
    Claims, Client, ClientSecret, OidcRefused, Pending, Provider, RANDOM_BYTES, SecondFactor,
    Settings,
};
use testkit::OidcProvider;
use testkit::provider::{CLIENT_ID, SECRET, TIMEOUT};

const REDIRECT: &str = "https://plates.piedmont.example/sign-in/back";

fn settings(running: &OidcProvider) -> Settings {
    Settings {
        issuer: running.issuer.clone(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(ClientSecret::new(SECRET.to_owned())),
        redirect: REDIRECT.to_owned(),
        scopes: vec!["groups".to_owned()],
        groups_claim: "groups".to_owned(),
        second_factor: SecondFactor::default(),
    }
}

/// The provider has a clock of its own, which is the machine's.
#[expect(clippy::disallowed_methods, reason = "the provider's clock is the machine's")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(0).plus(since)
}

fn random(seed: u8) -> [u8; RANDOM_BYTES] {
    std::array::from_fn(|n| u8::try_from(n).unwrap().wrapping_mul(seed))
}

fn goes(running: &OidcProvider, provider: &Provider, person: &str, seed: u8) -> (Pending, String) {
    let fresh = Some(Duration::from_secs(600));
    let (url, pending) = provider.begin(&random(seed), now(), fresh);
    let query = running.visit(&url, person);
    (pending, query)
}

fn signs_in(
    running: &OidcProvider,
    provider: &Provider,
    person: &str,
) -> Result<Claims, OidcRefused> {
    let (pending, query) = goes(running, provider, person, 3);
    provider.finish(&pending, &query, now(), &Client::new(TIMEOUT))
}

#[test]
fn people_sign_in_with_a_certified_provider() {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let Some(running) = OidcProvider::start(REDIRECT, tmp) else { return };
    let http = Client::new(TIMEOUT);
    let provider = Provider::discover(settings(&running), &http).unwrap();
    assert_eq!(provider.issuer(), running.issuer);

    let claims = signs_in(&running, &provider, "login=ana").unwrap();
    assert_eq!(claims.subject, "ana");
    assert_eq!(claims.issuer, running.issuer);
    assert_eq!(claims.name.as_deref(), Some("Ana Martínez"));
    assert!(
        claims.email.is_some_and(|mail| mail.verified && mail.address == "ana@piedmont.example")
    );
    assert_eq!(claims.groups, ["PD-Patrol", "Everyone"]);
    assert_eq!(claims.amr, ["pwd", "mfa"]);
    assert!(now().since(claims.signed_in_at.unwrap()) < Duration::from_secs(60));

    // A password alone is not enough, whatever the provider thinks.
    let refused = signs_in(&running, &provider, "login=bo").unwrap_err();
    assert!(matches!(refused, OidcRefused::NoSecondFactor), "{refused:?}");
    let refused = signs_in(&running, &provider, "deny=1").unwrap_err();
    assert_eq!(refused.to_string(), "the provider refused: access_denied not today");

    a_code_is_good_once_for_its_own_sign_in(&running, &provider, &http);

    let wrong = ClientSecret::new("another".to_owned());
    let other = Settings { client_secret: Some(wrong), ..settings(&running) };
    let other = Provider::discover(other, &http).unwrap();
    let refused = signs_in(&running, &other, "login=ana").unwrap_err();
    assert!(matches!(refused, OidcRefused::Denied { .. }), "{refused:?}");

    // The token is as good as its time, by our clock.
    let (pending, query) = goes(&running, &provider, "login=ana", 11);
    let late = now().plus(Duration::from_secs(24 * 3600));
    let refused = provider.finish(&pending, &query, late, &http).unwrap_err();
    assert!(matches!(refused, OidcRefused::TooLate), "{refused:?}");
}

fn a_code_is_good_once_for_its_own_sign_in(
    running: &OidcProvider,
    provider: &Provider,
    http: &Client,
) {
    let (pending, query) = goes(running, provider, "login=ana", 5);
    let (other, _) = goes(running, provider, "login=ana", 7);
    let refused = provider.finish(&other, &query, now(), http).unwrap_err();
    assert!(matches!(refused, OidcRefused::State), "{refused:?}");
    // Somebody who stole the code, and writes another sign-in's state beside it, lacks the verifier.
    let stolen = query.replace(pending.state(), other.state());
    let refused = provider.finish(&other, &stolen, now(), http).unwrap_err();
    assert!(matches!(refused, OidcRefused::Denied { .. }), "{refused:?}");
    let (pending, query) = goes(running, provider, "login=ana", 9);
    assert!(provider.finish(&pending, &query, now(), http).is_ok());
    let refused = provider.finish(&pending, &query, now(), http).unwrap_err();
    assert!(matches!(refused, OidcRefused::Denied { .. }), "{refused:?}");
}
