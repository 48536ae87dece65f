//! Signing in with the agency's own provider: the certified `oidc-provider` of npm, as a process of its own on this machine.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, SystemTime};

use app::people::{first_person, lock_person};
use app::sign_in::{
    Back, ClientSecret, OidcRefused, ProviderConfig, SecondFactor, SessionToken, SignInRefused,
    ToProvider, back_from_provider, begin_confirming_provider, begin_invited_provider,
    begin_provider, own_ways_in, providers,
};
use app::{App, Ctx};
use domain::{PersonId, Role, Timestamp};
use ledger::leaf::ClearField;
use testkit::house::ORIGIN;
use testkit::provider::{CLIENT_ID, SECRET};
use testkit::{House, OidcProvider};

use crate::record::leaves;
use crate::scene::{Account, at, door, who};

fn started() -> Option<OidcProvider> {
    let redirect = format!("{ORIGIN}/sign-in/oidc/back");
    OidcProvider::start(&redirect, Path::new(env!("CARGO_TARGET_TMPDIR")))
}

/// A house whose clock shows what the provider's does, which is the machine's.
#[expect(clippy::disallowed_methods, reason = "the provider's clock is the machine's")]
async fn house() -> House {
    let house = House::new().await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    house.clock.set(&Timestamp::from_micros(0).plus(now).to_string());
    house
}

fn config(running: &OidcProvider) -> ProviderConfig {
    ProviderConfig {
        label: "Testing PD sign-in".to_owned(),
        issuer: running.issuer.clone(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(ClientSecret::new(SECRET.to_owned())),
        scopes: vec!["groups".to_owned()],
        groups_claim: "groups".to_owned(),
        second_factor: SecondFactor::default(),
        roles: [
            ("PD-Patrol".to_owned(), BTreeSet::from([Role::Officer])),
            ("PD-Audit".to_owned(), BTreeSet::from([Role::Auditor])),
        ]
        .into(),
        links_by_email: false,
    }
}

async fn back(house: &House, to: &ToProvider, query: &str, n: u8) -> Result<Back, SignInRefused> {
    back_from_provider(&house.app, Some(&to.token), query, None, &door(n)).await
}

fn session(back: Result<Back, SignInRefused>) -> SessionToken {
    match back.unwrap() {
        Back::SignedIn(session) => session,
        Back::Confirmed(_) => panic!("nobody was to be confirmed"),
    }
}

/// Goes to the provider and comes back.
async fn goes(house: &House, running: &OidcProvider, says: &str) -> Result<Back, SignInRefused> {
    let to = begin_provider(&house.app, house.agency).await?;
    let query = running.visit(&to.url, says);
    back(house, &to, &query, 5).await
}

async fn invited(house: &House, login: &str) -> (PersonId, String) {
    let invitation = first_person(&house.app, house.agency, who(login), &[], "a test").await;
    let invitation = invitation.unwrap();
    (invitation.person, invitation.token.to_string())
}

async fn roles(app: &App, session: &SessionToken) -> BTreeSet<Role> {
    let ctx = at(app, session).await.unwrap();
    ctx.person.as_ref().unwrap().standing.roles(ctx.now).into_iter().collect()
}

/// The reasons of every sign-in that was refused in the agency.
async fn refusals(house: &House) -> Vec<String> {
    let all = leaves(house, house.agency).await;
    let refused = all.iter().filter(|seen| seen.decision() == ("sign-in", "refuse"));
    refused.map(|seen| seen.leaf.words(ClearField::Reasons).join(" ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn control_ia_2_an_invited_person_signs_in_with_the_provider_and_has_the_roles_of_their_groups()
 {
    let Some(running) = started() else { return };
    let house = house().await;
    let app = &house.app;
    app.set_provider(house.agency, config(&running));
    assert_eq!(providers(app)[0].label, "Testing PD sign-in");

    // The provider knows her, and nobody here does yet.
    let unknown = goes(&house, &running, "login=ana").await;
    assert!(matches!(unknown, Err(SignInRefused::NotLinked)), "{unknown:?}");

    let (ana, invitation) = invited(&house, "a.martinez").await;
    let to = begin_invited_provider(app, &invitation).await.unwrap();
    let query = running.visit(&to.url, "login=ana");
    let first = session(back(&house, &to, &query, 5).await);
    assert_eq!(at(app, &first).await.unwrap().person_id(), Some(ana));
    assert_eq!(roles(app, &first).await, BTreeSet::from([Role::Officer]));
    let ways = own_ways_in(app, &at(app, &first).await.unwrap()).await.unwrap();
    assert!(!ways.has_password && !ways.has_app);
    // The invitation is used up, and so is what the browser kept.
    assert!(begin_invited_provider(app, &invitation).await.is_err());
    let replayed = back(&house, &to, &query, 6).await;
    assert!(matches!(replayed, Err(SignInRefused::Provider(OidcRefused::State))), "{replayed:?}");

    // From then on she is known by her subject. A group that is gone ends its role; a privileged one waits for a person.
    let second = session(goes(&house, &running, "login=ana&groups=PD-Audit,Everyone").await);
    assert_eq!(roles(app, &second).await, BTreeSet::new());
    let ctx = at(app, &second).await.unwrap();
    let grants = &ctx.person.as_ref().unwrap().standing.grants;
    let waits = grants.iter().find(|grant| grant.role == Role::Auditor).unwrap();
    assert!(waits.by_provider && waits.waits(ctx.now) && waits.given_by.is_none());
    app::people::approve_role(app, &house.admin(), waits.id).await.unwrap();
    let third = session(goes(&house, &running, "login=ana&groups=PD-Audit").await);
    assert_eq!(roles(app, &third).await, BTreeSet::from([Role::Auditor]));
    let fourth = session(goes(&house, &running, "login=ana&groups=").await);
    assert_eq!(roles(app, &fourth).await, BTreeSet::new());

    lock_person(app, &house.admin(), ana, "left").await.unwrap();
    let locked = goes(&house, &running, "login=ana").await;
    assert!(matches!(locked, Err(SignInRefused::NotLinked)), "{locked:?}");
    assert_eq!(refusals(&house).await, ["provider-not-linked", "provider-not-linked"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_ia_2_1_what_the_provider_does_not_vouch_for_is_refused_with_a_reason_and_recorded()
{
    let Some(running) = started() else { return };
    let house = house().await;
    let app = &house.app;
    app.set_provider(house.agency, config(&running));
    let alone = goes(&house, &running, "login=bo").await;
    let is_one = matches!(alone, Err(SignInRefused::Provider(OidcRefused::NoSecondFactor)));
    assert!(is_one, "{alone:?}");
    let denied = goes(&house, &running, "deny=1").await;
    assert!(matches!(denied, Err(SignInRefused::Provider(OidcRefused::Denied { .. }))));

    // One browser's answer in another's hands, an issuer that was not asked, no cookie at all.
    let [one, other] = [
        begin_provider(app, house.agency).await.unwrap(),
        begin_provider(app, house.agency).await.unwrap(),
    ];
    let query = running.visit(&one.url, "login=ana");
    let mixed = back(&house, &other, &query, 5).await;
    assert!(matches!(mixed, Err(SignInRefused::Provider(OidcRefused::State))), "{mixed:?}");
    let issuer: String = running.issuer.replace(':', "%3A").replace('/', "%2F");
    let elsewhere = query.replace(&issuer, "https%3A%2F%2Fevil.example");
    assert_ne!(elsewhere, query);
    let wrong = back(&house, &one, &elsewhere, 5).await;
    assert!(matches!(wrong, Err(SignInRefused::Provider(OidcRefused::Issuer))), "{wrong:?}");
    let none = back_from_provider(app, None, &query, None, &door(5)).await;
    assert!(matches!(none, Err(SignInRefused::Provider(OidcRefused::State))), "{none:?}");
    assert_eq!(
        refusals(&house).await,
        ["provider-no-second-factor", "provider-denied", "provider-state", "provider-issuer"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_address_links_once_where_the_configuration_says_so() {
    let Some(running) = started() else { return };
    let house = house().await;
    let app = &house.app;
    app.set_provider(house.agency, ProviderConfig { links_by_email: true, ..config(&running) });
    let named =
        |login: &str, email: &str| app::people::Inviting { email: email.to_owned(), ..who(login) };
    let ana = named("a.martinez", "Ana@Piedmont.example");
    let ana = first_person(app, house.agency, ana, &[], "a test").await.unwrap().person;
    let session = session(goes(&house, &running, "login=ana").await);
    assert_eq!(at(app, &session).await.unwrap().person_id(), Some(ana));
    // Another with the same address is not taken for her: the subject is hers.
    let twin = named("a.twin", "ana@piedmont.example");
    first_person(app, house.agency, twin, &[], "a test").await.unwrap();
    let again = self::session(goes(&house, &running, "login=ana").await);
    assert_eq!(at(app, &again).await.unwrap().person_id(), Some(ana));
}

#[tokio::test(flavor = "multi_thread")]
async fn control_ia_11_the_provider_gives_fresh_proof_for_its_own_person_alone() {
    let Some(running) = started() else { return };
    let house = house().await;
    let app = &house.app;
    app.set_provider(house.agency, config(&running));
    let (_, invitation) = invited(&house, "a.martinez").await;
    let to = begin_invited_provider(app, &invitation).await.unwrap();
    let query = running.visit(&to.url, "login=ana");
    let own = session(back(&house, &to, &query, 5).await);
    let ctx = at(app, &own).await.unwrap();
    let to = begin_confirming_provider(app, &ctx, "/account").await.unwrap();
    let query = running.visit(&to.url, "login=ana");
    house.clock.pass(Duration::from_secs(5));
    let confirmed = back_from_provider(app, Some(&to.token), &query, Some(&ctx), &door(5)).await;
    assert!(matches!(confirmed, Ok(Back::Confirmed(to)) if to == "/account"));

    // In somebody else's session the same person proves nothing.
    let other = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let theirs: Ctx = at(app, &other.first).await.unwrap();
    let to = begin_confirming_provider(app, &theirs, "/account").await.unwrap();
    let query = running.visit(&to.url, "login=ana");
    let wrong = back_from_provider(app, Some(&to.token), &query, Some(&theirs), &door(5)).await;
    assert!(matches!(wrong, Err(SignInRefused::Provider(OidcRefused::Subject))), "{wrong:?}");
}

#[tokio::test]
async fn an_agency_without_a_provider_sends_nobody_away() {
    let house = House::new().await;
    assert!(providers(&house.app).is_empty());
    assert!(begin_provider(&house.app, house.agency).await.is_err());
}
