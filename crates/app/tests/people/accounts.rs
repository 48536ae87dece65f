//! Accounts that are locked, end by themselves, or belong to another agency.

use std::time::Duration;

use app::people::{
    Inviting, confirm_account, enable_person, invite, invite_again, list_people, lock_person,
    open_person, release_password,
};
use app::sign_in::{SignInRefused, with_password};
use app::{AskError, Ctx, HitsAsk, list_hits};
use domain::Role;
use testkit::House;
use testkit::house::a_session;

use crate::scene::{Account, PASSWORD, Scene, at, door, reason, refused, somebody, who};

#[tokio::test]
async fn clause_aus_344_3_1a1_the_chief_security_officer_locks_an_account_and_its_sessions_end() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let begun = a_session(app, account.person).await;
    let officer = somebody(app, house.agency, "cso", &[Role::ChiefSecurityOfficer]).await;
    let officer = at(app, &a_session(app, officer).await).await.unwrap();
    lock_person(app, &officer, account.person, "signed in from abroad").await.unwrap();
    assert!(at(app, &begun).await.is_none());
    assert!(at(app, &account.first).await.is_none());
    let wrong = with_password(app, "k.ellis", PASSWORD, &door(2)).await;
    assert!(matches!(wrong, Err(SignInRefused::Wrong)), "it says no more than that: {wrong:?}");
    // A session that is begun all the same, from a step that was open, is none.
    let late = a_session(app, account.person).await;
    assert!(at(app, &late).await.is_none());

    enable_person(app, &house.admin(), account.person).await.unwrap();
    assert!(at(app, &begun).await.is_none());
    with_password(app, "k.ellis", PASSWORD, &door(3)).await.unwrap();
}

#[tokio::test]
async fn nobody_locks_or_confirms_their_own_account_and_a_lock_has_a_reason() {
    let house = House::new().await;
    let (app, admin) = (&house.app, house.admin());
    let own = lock_person(app, &admin, house.person, "holiday").await;
    assert!(matches!(own, Err(AskError::Invalid { field: "person", .. })), "{own:?}");
    let own = confirm_account(app, &admin, house.person).await;
    assert!(matches!(own, Err(AskError::Invalid { field: "person", .. })), "{own:?}");
    let other = somebody(app, house.agency, "k.ellis", &[]).await;
    let why = lock_person(app, &admin, other, " ").await;
    assert!(matches!(why, Err(AskError::Invalid { field: "reason", .. })), "{why:?}");
    confirm_account(app, &admin, other).await.unwrap();
    let page = open_person(app, &admin, other).await.unwrap();
    assert_eq!(page.row.person.reviewed_at, Some(app.now()));
    assert_eq!(page.row.person.disabled, None);
}

#[tokio::test]
async fn control_ac_2_2_a_temporary_account_ends_by_itself_after_seventy_two_hours() {
    let house = House::new().await;
    let app = &house.app;
    let visitor = Inviting { is_temporary: true, ..who("visitor") };
    let account = Account::of(&house, visitor, &[Role::Officer]).await;
    house.clock.pass(Duration::from_secs(72 * 3600 - 1));
    let token = a_session(app, account.person).await;
    assert!(at(app, &token).await.is_some());
    with_password(app, "visitor", PASSWORD, &door(2)).await.unwrap();
    house.clock.pass(Duration::from_secs(1));
    assert!(at(app, &token).await.is_none());
    let wrong = with_password(app, "visitor", PASSWORD, &door(3)).await;
    assert!(matches!(wrong, Err(SignInRefused::Wrong)), "{wrong:?}");
}

#[tokio::test]
async fn control_ia_4_a_login_is_never_given_again() {
    let house = House::new().await;
    let (app, admin) = (&house.app, house.admin());
    let first = invite(app, &admin, who("k.ellis")).await.unwrap();
    lock_person(app, &admin, first.person, "left").await.unwrap();
    let again = invite(app, &admin, who(" K.ELLIS ")).await;
    assert!(matches!(again, Err(AskError::Invalid { field: "login", .. })), "{again:?}");
    for (login, email, field) in [("k ellis", "", "login"), ("new", "not a mail", "email")] {
        let wrong = Inviting { email: email.to_owned(), ..who(login) };
        let refused = invite(app, &admin, wrong).await;
        assert!(matches!(refused, Err(AskError::Invalid { field: f, .. }) if f == field));
    }
}

#[tokio::test]
async fn somebody_of_another_agency_is_refused_and_finds_nobody_of_ours() {
    let scene = Scene::new().await;
    let (app, ours) = (scene.app(), scene.house.person);
    let stranger = scene.trained("stranger", &[Role::Administrator, Role::Officer]).await;
    // As somebody of theirs who asks for what is ours.
    let asking = Ctx { agency: scene.house.agency, ..stranger.clone() };
    assert_eq!(refused(list_people(app, &asking).await).0[0], reason("other-agency", "")[0]);
    let hits = list_hits(app, &asking, HitsAsk::default()).await;
    assert_eq!(refused(hits).0[0], reason("other-agency", "")[0]);
    // Nor does naming ours within theirs reach anybody.
    let missing = |asked: Result<(), AskError>| matches!(asked, Err(AskError::NotFound { .. }));
    assert!(missing(lock_person(app, &stranger, ours, "out of spite").await));
    assert!(missing(open_person(app, &stranger, ours).await.map(drop)));
    assert!(missing(invite_again(app, &stranger, ours).await.map(drop)));
    assert!(missing(release_password(app, &stranger, ours).await));
    assert!(missing(enable_person(app, &stranger, ours).await));
    assert!(missing(confirm_account(app, &stranger, ours).await));
    let listed = list_people(app, &stranger).await.unwrap().people;
    assert_eq!(
        listed.iter().map(|row| row.person.login.as_str()).collect::<Vec<_>>(),
        ["stranger"]
    );
    let page = list_people(app, &scene.house.admin()).await.unwrap();
    assert!(page.people.iter().all(|row| row.person.disabled.is_none()));
}

#[tokio::test]
async fn where_no_policy_is_in_force_nothing_is_permitted() {
    let house = House::new().await;
    let app = &house.app;
    let agency = app.add_agency("No policy PD", None).await.unwrap();
    let person = somebody(app, agency, "k.ellis", &[Role::Administrator]).await;
    let ctx = at(app, &a_session(app, person).await).await.unwrap();
    assert_eq!(refused(list_people(app, &ctx).await).0, reason("no-policy", ""));
}
