use proptest::prelude::*;
use serde_json::{Value, json};
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use super::*;

const ORIGIN: &str = "https://plates.piedmont.example";
const ANA: Uuid = Uuid::from_u128(0xa0a);
const BO: Uuid = Uuid::from_u128(0xb0);

fn passkeys() -> Passkeys {
    Passkeys::new("plates.piedmont.example", ORIGIN, "Plateglass").unwrap()
}

/// A device that says it verified its holder.
fn device() -> SoftPasskey {
    SoftPasskey::new(true)
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn create(device: &mut SoftPasskey, begun: &Begun) -> String {
    let options = serde_json::from_str(&begun.for_browser).unwrap();
    serde_json::to_string(&device.do_registration(url(ORIGIN), options).unwrap()).unwrap()
}

fn get_at(device: &mut SoftPasskey, begun: &Begun, origin: &str) -> String {
    let options = serde_json::from_str(&begun.for_browser).unwrap();
    serde_json::to_string(&device.do_authentication(url(origin), options).unwrap()).unwrap()
}

fn get(device: &mut SoftPasskey, begun: &Begun) -> String {
    get_at(device, begun, ORIGIN)
}

fn registered(device: &mut SoftPasskey, person: Uuid) -> StoredPasskey {
    let begun = passkeys().begin_registration(person, "ana@piedmont.example", &[]).unwrap();
    let answer = create(device, &begun);
    passkeys().finish_registration(&begun.state, &answer).unwrap()
}

/// A device that remembers whose its passkeys are: the one of the library does not, so it is told.
fn get_nameless(
    device: &mut SoftPasskey,
    begun: &Begun,
    key: &StoredPasskey,
    person: Uuid,
) -> String {
    let mut options: Value = serde_json::from_str(&begun.for_browser).unwrap();
    let id = base64url(key.credential_id());
    options["publicKey"]["allowCredentials"] = json!([{"type": "public-key", "id": id}]);
    let asked = Begun { for_browser: options.to_string(), state: String::new() };
    let mut answer: Value = serde_json::from_str(&get(device, &asked)).unwrap();
    answer["response"]["userHandle"] = base64url(person.as_bytes()).into();
    answer.to_string()
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn a_passkey_is_registered_and_signs_in() {
    let mut device = device();
    let key = registered(&mut device, ANA);
    let key = StoredPasskey::parse(&key.text()).unwrap();
    let begun = passkeys().begin_sign_in(std::slice::from_ref(&key)).unwrap();
    let answer = get(&mut device, &begun);
    // Another process of the same server may take the answer.
    let signed_in =
        passkeys().finish_sign_in(&begun.state, &answer, std::slice::from_ref(&key)).unwrap();
    assert!(signed_in.changed);
    assert_ne!(signed_in.passkey.text(), key.text());
    assert_eq!(signed_in.passkey.credential_id(), key.credential_id());
}

/// CJIS IA-2(1), IA-2(2): two factors, so the device must verify its holder.
#[test]
fn the_browser_is_asked_for_verification_and_to_remember_whose_it_is() {
    let begun = passkeys().begin_registration(ANA, "ana@piedmont.example", &[]).unwrap();
    let options: Value = serde_json::from_str(&begun.for_browser).unwrap();
    let selection = &options["publicKey"]["authenticatorSelection"];
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(selection["residentKey"], "preferred");
    assert_eq!(options["publicKey"]["attestation"], "none");
    assert_eq!(options["publicKey"]["rp"]["id"], "plates.piedmont.example");
    let begun = passkeys().begin_nameless().unwrap();
    let options: Value = serde_json::from_str(&begun.for_browser).unwrap();
    assert_eq!(options["publicKey"]["userVerification"], "required");
    assert_eq!(options["publicKey"]["allowCredentials"], json!([]));
    assert_eq!(options.get("mediation"), None);
    assert_eq!(format!("{begun:?}"), "Begun(…)");
}

#[test]
fn a_device_that_verified_nobody_is_refused() {
    let mut device = device();
    let key = registered(&mut device, ANA);
    let begun = passkeys().begin_sign_in(std::slice::from_ref(&key)).unwrap();
    let mut asked: Value = serde_json::from_str(&begun.for_browser).unwrap();
    asked["publicKey"]["userVerification"] = "discouraged".into();
    let asked = Begun { for_browser: asked.to_string(), state: String::new() };
    let answer = get(&mut device, &asked);
    let refused = passkeys().finish_sign_in(&begun.state, &answer, &[key]);
    assert!(matches!(refused, Err(PasskeyRefused::NotVerified)), "{refused:?}");
}

#[test]
fn no_name_needs_to_be_typed() {
    let mut device = device();
    let key = registered(&mut device, ANA);
    let begun = passkeys().begin_nameless().unwrap();
    let answer = get_nameless(&mut device, &begun, &key, ANA);
    let claimed = passkeys().claimed(&answer).unwrap();
    assert_eq!(claimed, Claimed { person: ANA, credential_id: key.credential_id().to_vec() });
    assert!(passkeys().finish_nameless(&begun.state, &answer, &key, ANA).unwrap().changed);
    // Stored with somebody else, or said to be somebody else's.
    for (said, owner) in [(ANA, BO), (BO, ANA)] {
        let answer = get_nameless(&mut device, &begun, &key, said);
        let refused = passkeys().finish_nameless(&begun.state, &answer, &key, owner);
        assert!(matches!(refused, Err(PasskeyRefused::Unknown)), "{refused:?}");
    }
}

/// CJIS IA-2(8).
#[test]
fn an_answer_is_good_for_one_question() {
    let mut device = device();
    let key = registered(&mut device, ANA);
    let keys = [key];
    let (first, second) =
        (passkeys().begin_sign_in(&keys).unwrap(), passkeys().begin_sign_in(&keys).unwrap());
    let answer = get(&mut device, &first);
    let refused = passkeys().finish_sign_in(&second.state, &answer, &keys);
    assert!(matches!(refused, Err(PasskeyRefused::OtherChallenge)), "{refused:?}");
    let nameless = passkeys().begin_nameless().unwrap();
    let refused = passkeys().finish_sign_in(&nameless.state, &answer, &keys);
    assert!(matches!(refused, Err(PasskeyRefused::NotBegun)), "{refused:?}");
}

#[test]
fn an_answer_given_to_another_site_is_refused() {
    let mut device = device();
    let keys = [registered(&mut device, ANA)];
    let begun = passkeys().begin_sign_in(&keys).unwrap();
    let answer = get_at(&mut device, &begun, "https://evil.plates.piedmont.example");
    let refused = passkeys().finish_sign_in(&begun.state, &answer, &keys);
    assert!(matches!(refused, Err(PasskeyRefused::OtherSite)), "{refused:?}");
}

#[test]
fn a_passkey_that_was_removed_or_is_another_persons_is_refused() {
    let mut device = device();
    let keys = [registered(&mut device, ANA)];
    let begun = passkeys().begin_sign_in(&keys).unwrap();
    let answer = get(&mut device, &begun);
    let refused = passkeys().finish_sign_in(&begun.state, &answer, &[]);
    assert!(matches!(refused, Err(PasskeyRefused::Unknown)), "{refused:?}");
    let others = [registered(&mut self::device(), BO)];
    let begun = passkeys().begin_sign_in(&others).unwrap();
    let mut answer: Value = serde_json::from_str(&answer).unwrap();
    answer["rawId"] = base64url(keys[0].credential_id()).into();
    let refused = passkeys().finish_sign_in(&begun.state, &answer.to_string(), &others);
    assert!(matches!(refused, Err(PasskeyRefused::Unknown)), "{refused:?}");
}

#[test]
fn a_copied_passkey_is_noticed_by_its_counter() {
    let mut device = device();
    let key = registered(&mut device, ANA);
    let sign_in = |device: &mut SoftPasskey, key: &StoredPasskey| {
        let begun = passkeys().begin_sign_in(std::slice::from_ref(key)).unwrap();
        let answer = get(device, &begun);
        (begun, answer)
    };
    // The copy answers with the count that the original had, after the original went on.
    let (begun, late) = sign_in(&mut device, &key);
    let (other, answer) = sign_in(&mut device, &key);
    let key = passkeys().finish_sign_in(&other.state, &answer, &[key]).unwrap().passkey;
    // The state that was kept holds the key as it was then; what is stored now decides.
    let refused = passkeys().finish_sign_in(&begun.state, &late, &[key]);
    assert!(matches!(refused, Err(PasskeyRefused::Copied)), "{refused:?}");
}

#[test]
fn a_changed_signature_is_refused() {
    let mut device = device();
    let keys = [registered(&mut device, ANA)];
    let begun = passkeys().begin_sign_in(&keys).unwrap();
    let mut answer: Value = serde_json::from_str(&get(&mut device, &begun)).unwrap();
    answer["response"]["signature"] = base64url(&[0x30, 6, 2, 1, 1, 2, 1, 1]).into();
    assert!(passkeys().finish_sign_in(&begun.state, &answer.to_string(), &keys).is_err());
}

#[test]
fn a_device_is_not_registered_twice() {
    let key = registered(&mut device(), ANA);
    let begun = passkeys()
        .begin_registration(ANA, "ana@piedmont.example", std::slice::from_ref(&key))
        .unwrap();
    let options: Value = serde_json::from_str(&begun.for_browser).unwrap();
    let excluded = &options["publicKey"]["excludeCredentials"][0]["id"];
    assert_eq!(*excluded, Value::from(base64url(key.credential_id())));
}

#[test]
fn addresses_that_cannot_have_passkeys_are_told() {
    for (rp_id, origin) in [
        ("plates.piedmont.example", "http://plates.piedmont.example"),
        ("127.0.0.1", "https://127.0.0.1:8443"),
        ("other.example", ORIGIN),
        ("plates.piedmont.example", "nonsense"),
    ] {
        let refused = Passkeys::new(rp_id, origin, "Plateglass");
        assert!(matches!(refused, Err(PasskeyRefused::Settings { .. })), "{origin}: {refused:?}");
    }
    assert!(Passkeys::new("localhost", "http://localhost:8080", "Plateglass").is_ok());
}

proptest! {
    #[test]
    fn any_answer_is_refused(text: String, big in 0..3_usize) {
        let begun = passkeys().begin_nameless().unwrap();
        let answer = text.repeat(big * 1000 + 1);
        prop_assert!(passkeys().claimed(&answer).is_err());
        prop_assert!(passkeys().finish_sign_in(&begun.state, &answer, &[]).is_err());
        prop_assert!(passkeys().finish_registration(&text, &answer).is_err());
        prop_assert!(StoredPasskey::parse(&text).is_none());
    }
}
