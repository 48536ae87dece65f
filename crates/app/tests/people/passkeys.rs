//! Passkeys: added, used alone, after a password and as fresh proof; and what is not accepted.

use std::time::Duration;

use app::people::{lock_person, release_password};
use app::sign_in::{
    Ceremony, Enrolled, SessionToken, SignInRefused, add_passkey, begin_adding_passkey,
    begin_confirming_passkey, begin_enrolling_passkey, begin_passkey, begin_second_passkey,
    choose_password, confirm_with_passkey, enrol_with_passkey, own_ways_in, remove_passkey,
    with_passkey, with_password, with_second_passkey,
};
use app::{AskError, Ctx};
use domain::Role;
use identity::passkey::{CEREMONY_LASTS, PasskeyRefused};
use ledger::leaf::ClearField;
use serde_json::{Value, json};
use testkit::House;
use testkit::house::{ORIGIN, a_session};
use webauthn_authenticator_rs::WebauthnAuthenticator as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;

use crate::record::{leaves, newest};
use crate::scene::{Account, PASSWORD, at, door, refused, who};

const LABEL: &str = "blue key";

/// A security key that verifies its holder, and remembers whose its passkey is.
struct Device {
    key: SoftPasskey,
    id: Value,
    person: Value,
}

impl Device {
    fn new() -> Self {
        Self { key: SoftPasskey::new(true), id: Value::Null, person: Value::Null }
    }

    fn create(&mut self, asked: &Ceremony) -> String {
        let options: Value = serde_json::from_str(&asked.options).unwrap();
        self.person = options["publicKey"]["user"]["id"].clone();
        let options = serde_json::from_value(options).unwrap();
        let answer = self.key.do_registration(ORIGIN.parse().unwrap(), options).unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        self.id = answer["rawId"].clone();
        answer.to_string()
    }

    fn get(&mut self, asked: &Ceremony) -> String {
        self.get_at(asked, ORIGIN)
    }

    fn get_at(&mut self, asked: &Ceremony, origin: &str) -> String {
        let mut options: Value = serde_json::from_str(&asked.options).unwrap();
        options["publicKey"]["allowCredentials"] = json!([{"type": "public-key", "id": self.id}]);
        let options = serde_json::from_value(options).unwrap();
        let answer = self.key.do_authentication(origin.parse().unwrap(), options).unwrap();
        let mut answer = serde_json::to_value(answer).unwrap();
        answer["response"]["userHandle"] = self.person.clone();
        answer.to_string()
    }
}

/// Adds a passkey in a session.
async fn added(house: &House, ctx: &Ctx) -> Device {
    let mut device = Device::new();
    let asked = begin_adding_passkey(&house.app, ctx).await.unwrap();
    let answer = device.create(&asked);
    add_passkey(&house.app, ctx, &asked.token, &answer, LABEL).await.unwrap();
    device
}

/// Signs in with the passkey alone.
async fn enters(
    house: &House,
    device: &mut Device,
    from: u8,
) -> Result<SessionToken, SignInRefused> {
    let asked = begin_passkey(&house.app).await.unwrap();
    let answer = device.get(&asked);
    with_passkey(&house.app, &asked.token, &answer, &door(from)).await
}

/// The reason of the newest sign-in that was refused in the agency.
async fn why_refused(house: &House) -> String {
    let all = leaves(house, house.agency).await;
    let last = all.iter().rev().find(|seen| seen.decision() == ("sign-in", "refuse")).unwrap();
    last.leaf.words(ClearField::Reasons).join(" ")
}

#[tokio::test]
async fn control_ia_2_1_a_passkey_signs_in_alone_and_stands_on_record() {
    for house in [House::new().await, House::on_postgres().await] {
        let app = &house.app;
        let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
        let ctx = at(app, &account.first).await.unwrap();
        let mut device = added(&house, &ctx).await;
        let session = enters(&house, &mut device, 7).await.unwrap();
        assert_eq!(at(app, &session).await.unwrap().person_id(), Some(account.person));
        let told = newest(&house, house.agency, "sign-in").await;
        assert_eq!(told.decision(), ("sign-in", "permit"));
        assert_eq!(told.beside("name"), "Called k.ellis (k.ellis)");
        assert_eq!(told.beside("objects"), "by passkey, new device, new address");
        let ways = own_ways_in(app, &ctx).await.unwrap();
        assert_eq!(ways.passkeys[0].label, LABEL);
        assert_eq!(ways.passkeys[0].last_used_at, Some(app.now()));
        assert!(ways.has_password && ways.has_app);
    }
}

#[tokio::test]
async fn control_ac_7_a_locked_password_does_not_lock_the_passkey() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let mut device = added(&house, &at(app, &account.first).await.unwrap()).await;
    for n in 1..=5 {
        let wrong = with_password(app, "k.ellis", "nine herons, or so", &door(n)).await;
        assert!(matches!(wrong, Err(SignInRefused::Wrong)));
    }
    let locked = with_password(app, "k.ellis", PASSWORD, &door(20)).await;
    assert!(matches!(locked, Err(SignInRefused::Locked)));
    enters(&house, &mut device, 21).await.unwrap();
    // And the passkey releases nothing.
    let locked = with_password(app, "k.ellis", PASSWORD, &door(22)).await;
    assert!(matches!(locked, Err(SignInRefused::Locked)));
    release_password(app, &house.admin(), account.person).await.unwrap();
    with_password(app, "k.ellis", PASSWORD, &door(23)).await.unwrap();
}

#[tokio::test]
async fn a_passkey_that_is_refused_counts_against_the_address_and_no_password() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let mut device = added(&house, &at(app, &account.first).await.unwrap()).await;
    for n in 0..3 {
        let asked = begin_passkey(app).await.unwrap();
        let answer = device.get_at(&asked, "https://evil.plates.example.gov");
        let refused = with_passkey(app, &asked.token, &answer, &door(66)).await;
        let is_other = matches!(refused, Err(SignInRefused::Passkey(PasskeyRefused::OtherSite)));
        assert!(is_other, "attempt {n}: {refused:?}");
        assert_eq!(why_refused(&house).await, "passkey-other-site");
    }
    let wait = enters(&house, &mut device, 66).await;
    assert!(matches!(wait, Err(SignInRefused::MustWait { .. })), "{wait:?}");
    for n in 1..=4 {
        let asked = begin_passkey(app).await.unwrap();
        let answer = device.get_at(&asked, "https://evil.plates.example.gov");
        with_passkey(app, &asked.token, &answer, &door(n)).await.unwrap_err();
    }
    with_password(app, "k.ellis", PASSWORD, &door(9)).await.unwrap();
}

#[tokio::test]
async fn control_ia_2_8_an_answer_is_taken_once_and_to_its_own_question() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let mut device = added(&house, &at(app, &account.first).await.unwrap()).await;
    let asked = begin_passkey(app).await.unwrap();
    let answer = device.get(&asked);
    with_passkey(app, &asked.token, &answer, &door(1)).await.unwrap();
    let again = with_passkey(app, &asked.token, &answer, &door(2)).await;
    assert!(matches!(again, Err(SignInRefused::Passkey(PasskeyRefused::NotBegun))), "{again:?}");
    assert_eq!(why_refused(&house).await, "passkey-not-begun");

    let other = begin_passkey(app).await.unwrap();
    let stale = with_passkey(app, &other.token, &answer, &door(3)).await;
    let is_other = matches!(stale, Err(SignInRefused::Passkey(PasskeyRefused::OtherChallenge)));
    assert!(is_other, "{stale:?}");
    // A wrong answer uses the question up too.
    let answer = device.get(&other);
    let used = with_passkey(app, &other.token, &answer, &door(4)).await;
    assert!(matches!(used, Err(SignInRefused::Passkey(PasskeyRefused::NotBegun))), "{used:?}");

    let late = begin_passkey(app).await.unwrap();
    let answer = device.get(&late);
    house.clock.pass(CEREMONY_LASTS);
    let late = with_passkey(app, &late.token, &answer, &door(5)).await;
    assert!(matches!(late, Err(SignInRefused::Passkey(PasskeyRefused::NotBegun))), "{late:?}");
}

#[tokio::test]
async fn a_removed_passkey_and_a_locked_accounts_open_nothing() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let ctx = at(app, &account.first).await.unwrap();
    let mut device = added(&house, &ctx).await;
    let asked = begin_passkey(app).await.unwrap();
    let answer = device.get(&asked);
    let id = own_ways_in(app, &ctx).await.unwrap().passkeys[0].id;
    remove_passkey(app, &ctx, id).await.unwrap();
    let gone = with_passkey(app, &asked.token, &answer, &door(2)).await;
    assert!(matches!(gone, Err(SignInRefused::Passkey(PasskeyRefused::Unknown))), "{gone:?}");
    let twice = remove_passkey(app, &ctx, id).await;
    assert!(matches!(twice, Err(SignInRefused::Ask(AskError::NotFound { .. }))), "{twice:?}");

    let mut other = added(&house, &ctx).await;
    lock_person(app, &house.admin(), account.person, "left").await.unwrap();
    let locked = enters(&house, &mut other, 3).await;
    assert!(matches!(locked, Err(SignInRefused::Passkey(PasskeyRefused::Unknown))), "{locked:?}");
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_an_alarm() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let mut device = added(&house, &at(app, &account.first).await.unwrap()).await;
    // The copy answers with the count that the original had, after the original went on.
    let copied = begin_passkey(app).await.unwrap();
    let answer = device.get(&copied);
    enters(&house, &mut device, 1).await.unwrap();
    let refused = with_passkey(app, &copied.token, &answer, &door(2)).await;
    let is_copied = matches!(refused, Err(SignInRefused::Passkey(PasskeyRefused::Copied)));
    assert!(is_copied, "{refused:?}");
    let all = leaves(&house, house.agency).await;
    let alarms = all.iter().filter(|seen| seen.text(ClearField::Action) == "passkey-copied");
    assert_eq!(alarms.count(), 1);
}

#[tokio::test]
async fn a_passkey_stands_beside_the_password_and_is_nobody_elses() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let other = Account::new(&house, "d.chen", &[Role::Officer]).await;
    let mut device = added(&house, &at(app, &account.first).await.unwrap()).await;
    let step = with_password(app, "k.ellis", PASSWORD, &door(1)).await.unwrap();
    let asked = begin_second_passkey(app, &step).await.unwrap().unwrap();
    let answer = device.get(&asked);
    let session = with_second_passkey(app, &step, &asked.token, &answer, &door(1)).await.unwrap();
    assert_eq!(at(app, &session).await.unwrap().person_id(), Some(account.person));
    let told = newest(&house, house.agency, "sign-in").await;
    assert_eq!(told.beside("objects"), "by password-and-passkey, new device, known address");

    // Somebody who has no passkey is asked for none; one who is asked cannot answer with another step's question.
    let step = with_password(app, &other.login, PASSWORD, &door(2)).await.unwrap();
    assert!(begin_second_passkey(app, &step).await.unwrap().is_none());
    let own = with_password(app, "k.ellis", PASSWORD, &door(3)).await.unwrap();
    let asked = begin_second_passkey(app, &own).await.unwrap().unwrap();
    let answer = device.get(&asked);
    let mixed = with_second_passkey(app, &step, &asked.token, &answer, &door(3)).await;
    assert!(matches!(mixed, Err(SignInRefused::Passkey(PasskeyRefused::NotBegun))), "{mixed:?}");
}

#[tokio::test]
async fn control_ia_11_a_passkey_is_fresh_proof_and_adding_one_asks_for_it() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let mut device = added(&house, &at(app, &account.first).await.unwrap()).await;
    house.clock.pass(Duration::from_secs(20 * 60));
    let ctx = at(app, &account.first).await.unwrap();
    let Err(SignInRefused::Ask(stale)) = begin_adding_passkey(app, &ctx).await else {
        panic!("a passkey was added without fresh proof")
    };
    let (reasons, _) = refused::<()>(Err(stale));
    assert_eq!(reasons[0].0, "us-fresh-authentication");
    let asked = begin_confirming_passkey(app, &ctx).await.unwrap().unwrap();
    let answer = device.get(&asked);
    // Within the session that asked, and in no other.
    let elsewhere = at(app, &a_session(app, account.person).await).await.unwrap();
    let other = confirm_with_passkey(app, &elsewhere, &asked.token, &answer, &door(1)).await;
    assert!(matches!(other, Err(SignInRefused::Passkey(PasskeyRefused::NotBegun))), "{other:?}");
    let asked = begin_confirming_passkey(app, &ctx).await.unwrap().unwrap();
    let answer = device.get(&asked);
    confirm_with_passkey(app, &ctx, &asked.token, &answer, &door(1)).await.unwrap();
    let ctx = at(app, &account.first).await.unwrap();
    begin_adding_passkey(app, &ctx).await.unwrap();
}

#[tokio::test]
async fn somebody_comes_to_an_account_with_a_passkey_and_keeps_a_second_factor() {
    let house = House::new().await;
    let app = &house.app;
    let invited = app::people::first_person(app, house.agency, who("k.ellis"), &[], "a test");
    let invited = invited.await.unwrap();
    let step = choose_password(app, &invited.token, PASSWORD).await.unwrap().token;
    let asked = begin_enrolling_passkey(app, &step).await.unwrap().unwrap();
    let mut device = Device::new();
    let answer = device.create(&asked);
    let done = enrol_with_passkey(app, &step, &asked.token, &answer, LABEL, &door(1)).await;
    let Enrolled { session, recovery_codes } = done.unwrap();
    assert_eq!(recovery_codes.len(), 10);
    let ctx = at(app, &session).await.unwrap();
    let ways = own_ways_in(app, &ctx).await.unwrap();
    assert!(ways.has_password && !ways.has_app && ways.passkeys.len() == 1);
    let only = remove_passkey(app, &ctx, ways.passkeys[0].id).await;
    let is_kept = matches!(&only, Err(SignInRefused::Ask(AskError::Invalid { .. })));
    assert!(is_kept, "{only:?}");
    enters(&house, &mut device, 2).await.unwrap();
    // Used up: the same step makes no second account.
    let again = begin_enrolling_passkey(app, &step).await;
    assert!(matches!(again, Err(SignInRefused::Lost)), "{again:?}");
}
