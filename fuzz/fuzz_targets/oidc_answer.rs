//! What a provider publishes, the ID token that it sends, and the query with which a browser comes back.
#![no_main]

use domain::Timestamp;
use identity::oidc::{
    Http, HttpError, HttpRequest, HttpResponse, Provider, RANDOM_BYTES, SecondFactor, Settings,
};
use libfuzzer_sys::fuzz_target;

/// Answers every request alike, but for the first ones where they are to be right.
struct Answers<'a> {
    text: &'a str,
    document_is_right: bool,
}

const DOCUMENT: &str = r#"{
    "issuer": "https://login.example", "authorization_endpoint": "https://login.example/auth",
    "token_endpoint": "https://login.example/token", "jwks_uri": "https://login.example/jwks",
    "response_types_supported": ["code"], "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"]
}"#;

impl Http for Answers<'_> {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let text = match request.uri().path() {
            "/.well-known/openid-configuration" if self.document_is_right => DOCUMENT,
            "/jwks" if self.document_is_right => r#"{"keys": []}"#,
            _ => self.text,
        };
        Ok(HttpResponse::new(text.as_bytes().to_vec()))
    }
}

fuzz_target!(|input: (&str, bool)| {
    let (text, document_is_right) = input;
    let settings = Settings {
        issuer: "https://login.example".to_owned(),
        client_id: "plateglass".to_owned(),
        client_secret: None,
        redirect: "https://plates.example/back".to_owned(),
        scopes: Vec::new(),
        groups_claim: "groups".to_owned(),
        second_factor: SecondFactor::default(),
    };
    let answers = Answers { text, document_is_right };
    let now = Timestamp::from_micros(0);
    let Ok(provider) = Provider::discover(settings, &answers) else { return };
    let (_, pending) = provider.begin(&[7; RANDOM_BYTES], now, None);
    // There is no key that could have signed it.
    assert!(!document_is_right || provider.check_token(text, &pending, now).is_err());
    let _ = provider.finish(&pending, text, now, &answers);
    let _ = provider.finish(&pending, &format!("code=c&state={}", pending.state()), now, &answers);
});
