//! Signing in with a password and a code, and what becomes of who gets it wrong.

use std::time::Duration;

use app::people::{list_people, release_password};
use app::sign_in::{
    STEPS_LAST, SignInRefused, StepToken, choose_password, confirm, enrol, invited, with_code,
    with_password,
};
use domain::Role;
use ledger::leaf::ClearField;
use testkit::House;
use tokio::task::JoinSet;

use crate::record::leaves;
use crate::scene::{Account, PASSWORD, at, door, who};

const STEP: Duration = Duration::from_secs(30);
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn control_ia_2_somebody_signs_in_with_password_and_code_and_with_neither_alone() {
    for house in [House::new().await, House::on_postgres().await] {
        let app = &house.app;
        let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
        assert_eq!(at(app, &account.first).await.unwrap().person_id(), Some(account.person));
        house.clock.pass(STEP);
        // Case and spaces of the name do not matter; the password is taken as it is typed.
        let step = with_password(app, " K.Ellis ", PASSWORD, &door(2)).await.unwrap();
        let wrong = with_code(app, &step, "000000", &door(2)).await;
        assert!(matches!(wrong, Err(SignInRefused::Code(_))), "{wrong:?}");
        let token = with_code(app, &step, &account.code(&house), &door(2)).await.unwrap();
        let ctx = at(app, &token).await.unwrap();
        assert_eq!((ctx.agency, ctx.person_id()), (house.agency, Some(account.person)));

        let told = leaves(&house, house.agency).await;
        let told: Vec<_> = told.iter().filter(|seen| seen.decision().0 == "sign-in").collect();
        let newest = told.last().unwrap();
        assert_eq!(newest.decision(), ("sign-in", "permit"));
        assert_eq!(newest.beside("name"), "Called k.ellis (k.ellis)");
        assert_eq!(newest.beside("address"), "192.0.2.2");
        let before = told[told.len() - 2];
        assert_eq!(before.text(ClearField::Decision), "refuse");
        assert_eq!(before.leaf.words(ClearField::Reasons), ["wrong-code"]);
        assert_eq!(before.beside("objects"), "Called k.ellis (k.ellis)");
    }
}

#[tokio::test]
async fn a_sign_in_is_finished_once_and_within_ten_minutes() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let late = with_password(app, "k.ellis", PASSWORD, &door(2)).await.unwrap();
    house.clock.pass(STEPS_LAST);
    let lost = with_code(app, &late, &account.code(&house), &door(2)).await;
    assert!(matches!(lost, Err(SignInRefused::Lost)));
    let step = with_password(app, "k.ellis", PASSWORD, &door(2)).await.unwrap();
    with_code(app, &step, &account.code(&house), &door(2)).await.unwrap();
    house.clock.pass(STEP);
    let lost = with_code(app, &step, &account.code(&house), &door(2)).await;
    assert!(matches!(lost, Err(SignInRefused::Lost)));
    let forged = StepToken::parse(&"A".repeat(43)).unwrap();
    let lost = with_code(app, &forged, &account.code(&house), &door(2)).await;
    assert!(matches!(lost, Err(SignInRefused::Lost)));
}

#[tokio::test]
async fn control_ac_7_five_wrong_passwords_lock_it_and_only_who_knows_it_is_told() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    house.clock.pass(STEP);
    for n in 1..=4 {
        let wrong = with_password(app, "k.ellis", "nine herons, or so", &door(n)).await;
        assert!(matches!(wrong, Err(SignInRefused::Wrong)), "attempt {n}: {wrong:?}");
    }
    // Four are forgiven, and forgotten once somebody gets in.
    account.signs_in(&house, &account.code(&house), &door(9)).await.unwrap();
    for n in 11..=15 {
        let wrong = with_password(app, "k.ellis", "nine herons, or so", &door(n)).await;
        assert!(matches!(wrong, Err(SignInRefused::Wrong)), "attempt {n}: {wrong:?}");
    }
    house.clock.pass(Duration::from_secs(24 * 3600));
    let locked = with_password(app, "k.ellis", PASSWORD, &door(20)).await;
    assert!(matches!(locked, Err(SignInRefused::Locked)), "{locked:?}");
    let wrong = with_password(app, "k.ellis", "nine herons, or so", &door(21)).await;
    assert!(matches!(wrong, Err(SignInRefused::Wrong)), "{wrong:?}");
    let alarms = leaves(&house, house.agency).await;
    let alarms = alarms.iter().filter(|seen| seen.decision().0 == "password-locked");
    assert_eq!(alarms.count(), 1);

    let people = list_people(app, &house.admin()).await.unwrap().people;
    let row = people.iter().find(|row| row.person.id == account.person).unwrap();
    assert!(row.is_locked);
    release_password(app, &house.admin(), account.person).await.unwrap();
    account.signs_in(&house, &account.code(&house), &door(22)).await.unwrap();
}

#[tokio::test]
async fn control_ac_7_five_failures_further_apart_than_the_window_lock_nothing() {
    let house = House::new().await;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    for n in 1..=8 {
        let wrong = with_password(&house.app, "k.ellis", "nine herons, or so", &door(n)).await;
        assert!(matches!(wrong, Err(SignInRefused::Wrong)));
        house.clock.pass(Duration::from_secs(4 * 60));
    }
    account.signs_in(&house, &account.code(&house), &door(9)).await.unwrap();
}

#[tokio::test]
async fn control_ac_7_wrong_codes_count_as_wrong_passwords_do() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    house.clock.pass(STEP);
    for n in 1..=5 {
        let step = with_password(app, "k.ellis", PASSWORD, &door(n)).await.unwrap();
        let wrong = with_code(app, &step, "12345", &door(n)).await;
        assert!(matches!(wrong, Err(SignInRefused::Code(_))), "attempt {n}: {wrong:?}");
    }
    let locked = with_password(app, "k.ellis", PASSWORD, &door(9)).await;
    assert!(matches!(locked, Err(SignInRefused::Locked)));
    // Who is inside stays inside.
    assert!(at(app, &account.first).await.is_some());
}

#[tokio::test]
async fn an_address_waits_before_anybody_is_locked_out_and_counts_against_nobody_meanwhile() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    house.clock.pass(STEP);
    for _ in 0..3 {
        let wrong = with_password(app, "k.ellis", "a guess that is wrong", &door(66)).await;
        assert!(matches!(wrong, Err(SignInRefused::Wrong)), "{wrong:?}");
    }
    for password in ["a guess that is wrong", PASSWORD].into_iter().cycle().take(10) {
        let wait = with_password(app, "k.ellis", password, &door(66)).await;
        let Err(SignInRefused::MustWait { until }) = wait else { panic!("{wait:?}") };
        assert_eq!(until, app.now().plus(Duration::from_secs(15)));
    }
    account.signs_in(&house, &account.code(&house), &door(2)).await.unwrap();
}

/// How many of these outcomes are as told.
fn n<T>(all: &[Result<T, SignInRefused>], is: impl Fn(&SignInRefused) -> bool) -> usize {
    all.iter().filter(|one| one.as_ref().is_err_and(&is)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn control_ac_7_guesses_that_come_all_at_once_are_counted_as_if_they_came_in_turn() {
    let house = House::new().await;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let mut guesses = JoinSet::new();
    for _ in 0..12 {
        let app = house.app.clone();
        guesses.spawn(async move {
            with_password(&app, "k.ellis", "a guess that is wrong", &door(66)).await
        });
    }
    let all = guesses.join_all().await;
    assert_eq!(n(&all, |why| matches!(why, SignInRefused::Wrong)), 3);
    assert_eq!(n(&all, |why| matches!(why, SignInRefused::MustWait { .. })), 9);

    // From everywhere at once, by somebody who has the password.
    house.clock.pass(Duration::from_secs(3600));
    let mut steps = Vec::new();
    for address in 1..=12 {
        let step = with_password(&house.app, "k.ellis", PASSWORD, &door(address)).await;
        steps.push((address, step.unwrap()));
    }
    let mut guesses = JoinSet::new();
    for (address, step) in steps {
        let app = house.app.clone();
        guesses.spawn(async move { with_code(&app, &step, "12345", &door(address)).await });
    }
    let all = guesses.join_all().await;
    assert_eq!(n(&all, |why| matches!(why, SignInRefused::Code(_))), 5);
    assert_eq!(n(&all, |why| matches!(why, SignInRefused::Locked)), 7);
    let locked = account.signs_in(&house, &account.code(&house), &door(99)).await;
    assert!(matches!(locked, Err(SignInRefused::Locked)));
}

#[tokio::test]
async fn names_that_nobody_has_are_answered_as_wrong_passwords_are() {
    let house = House::new().await;
    Account::new(&house, "k.ellis", &[Role::Officer]).await;
    for (n, name) in (1_u8..).zip(["nobody", "k.ellis", "", "k.ellis'; --", &"x".repeat(4000)]) {
        let wrong = with_password(&house.app, name, "nine herons, or so", &door(n)).await;
        assert!(matches!(wrong, Err(SignInRefused::Wrong)), "{name}: {wrong:?}");
    }
}

#[tokio::test]
async fn control_ia_5_a_code_is_used_once() {
    let house = House::new().await;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let first = account.code(&house);
    let used = account.signs_in(&house, &first, &door(2)).await;
    assert!(matches!(&used, Err(SignInRefused::Code(why)) if why.contains("used")), "{used:?}");
    house.clock.pass(STEP);
    let code = account.code(&house);
    account.signs_in(&house, &code, &door(3)).await.unwrap();
    let again = account.signs_in(&house, &code, &door(4)).await;
    assert!(matches!(&again, Err(SignInRefused::Code(why)) if why.contains("used")), "{again:?}");
}

#[tokio::test]
async fn control_ia_11_a_code_within_a_session_shows_afresh_who_somebody_is() {
    let house = House::new().await;
    let app = &house.app;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    let begun = app.now();
    let shown = async || at(app, &account.first).await.unwrap().person.unwrap().authenticated_at;
    house.clock.pass(Duration::from_secs(20 * 60));
    let ctx = at(app, &account.first).await.unwrap();
    let wrong = confirm(app, &ctx, "12345", &door(1)).await;
    assert!(matches!(wrong, Err(SignInRefused::Code(_))), "{wrong:?}");
    assert_eq!(shown().await, begun);
    let code = account.code(&house);
    confirm(app, &ctx, &code, &door(1)).await.unwrap();
    assert_eq!(shown().await, app.now());
    let again = confirm(app, &ctx, &code, &door(1)).await;
    assert!(matches!(again, Err(SignInRefused::Code(_))), "{again:?}");
    // It does not make the session longer: that ends with the shift.
    house.clock.pass(Duration::from_secs(12 * 3600 - 20 * 60));
    assert!(at(app, &account.first).await.is_none());
}

#[tokio::test]
async fn a_recovery_code_works_once_in_place_of_the_app() {
    let house = House::new().await;
    let account = Account::new(&house, "k.ellis", &[Role::Officer]).await;
    assert_eq!(account.recovery.len(), 10);
    let code = account.recovery[0].to_uppercase();
    account.signs_in(&house, &code, &door(2)).await.unwrap();
    let again = account.signs_in(&house, &code, &door(3)).await;
    assert!(matches!(again, Err(SignInRefused::Code(_))), "{again:?}");
    account.signs_in(&house, &account.recovery[1], &door(4)).await.unwrap();
}

#[tokio::test]
async fn control_ia_5_a_password_that_can_be_guessed_is_not_taken() {
    let house = House::new().await;
    let app = &house.app;
    let invitation = app::people::first_person(app, house.agency, who("k.ellis"), &[], "a test");
    let token = invitation.await.unwrap().token;
    for weak in ["short", "password1234", "k.ellis k.ellis", "Testing PD 2026"] {
        let refused = choose_password(app, &token, weak).await;
        assert!(matches!(refused, Err(SignInRefused::Weak(_))), "{weak}: {refused:?}");
    }
    // The invitation is used up by the first code, not before.
    let enrolling = choose_password(app, &token, PASSWORD).await.unwrap();
    let wrong = enrol(app, &enrolling.token, "12345", &door(2)).await;
    assert!(matches!(wrong, Err(SignInRefused::Code(_))));
    assert!(invited(app, &token).await.unwrap().is_some());
    let none = with_password(app, "k.ellis", PASSWORD, &door(3)).await;
    assert!(matches!(none, Err(SignInRefused::Wrong)), "nobody is enrolled half: {none:?}");
}

#[tokio::test]
async fn an_invitation_works_once_for_three_days_and_the_newer_alone() {
    let house = House::new().await;
    let app = &house.app;
    let first = app::people::first_person(app, house.agency, who("k.ellis"), &[], "a test");
    let first = first.await.unwrap();
    let again = app::people::invite_again(app, &house.admin(), first.person).await.unwrap();
    assert!(invited(app, &first.token).await.unwrap().is_none());
    assert_eq!(invited(app, &again.token).await.unwrap().unwrap().person.id, first.person);
    house.clock.pass(app::sign_in::INVITATION_LASTS - SECOND);
    assert!(invited(app, &again.token).await.unwrap().is_some());
    house.clock.pass(SECOND);
    assert!(invited(app, &again.token).await.unwrap().is_none());
    let lost = choose_password(app, &again.token, PASSWORD).await;
    assert!(matches!(lost, Err(SignInRefused::Lost)));
    // One that was used opens nothing a second time.
    let account = Account::new(&house, "j.reyes", &[]).await;
    let forged = choose_password(app, &"A".repeat(43), PASSWORD).await;
    assert!(matches!(forged, Err(SignInRefused::Lost)));
    assert!(at(app, &account.first).await.is_some());
}
