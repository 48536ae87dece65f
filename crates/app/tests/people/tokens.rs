//! Tokens: made by who may, for what they may, in their name; refused with a reason when they are over.

use std::time::Duration;

use app::people::{StateWork, lock_person, state_work};
use app::tokens::{
    MadeToken, NewToken, TokenRefused, by_token, make_token, revoke_token, scopes_for,
};
use app::{AskError, Ctx, HitsAsk, ReadsAsk, list_hits, list_hotlists, list_reads, open_read};
use domain::{ReadRef, Role};
use ledger::leaf::ClearField;
use testkit::House;
use testkit::house::{CASE, PURPOSE, REASON, a_session, train};

use crate::record::{leaves, newest};
use crate::scene::{at, reason, refused, somebody};

const DAY: Duration = Duration::from_secs(86_400);

/// Somebody who may make tokens and look at reads, signed in just now.
async fn maker(house: &House) -> Ctx {
    let roles = [Role::Administrator, Role::RtccOperator];
    let person = somebody(&house.app, house.agency, "k.ellis", &roles).await;
    train(&house.app, house.agency, person).await;
    at(&house.app, &a_session(&house.app, person).await).await.unwrap()
}

fn new(scopes: &[&str]) -> NewToken {
    let scopes = scopes.iter().map(|word| (*word).to_owned()).collect();
    NewToken { name: "dispatch screen 2".to_owned(), scopes, days: 30 }
}

async fn made(house: &House, ctx: &Ctx, scopes: &[&str]) -> MadeToken {
    make_token(&house.app, ctx, &new(scopes)).await.unwrap()
}

async fn asks(house: &House, made: &MadeToken) -> Result<Ctx, TokenRefused> {
    by_token(&house.app, &made.secret, None).await
}

#[tokio::test]
async fn a_machine_asks_in_its_persons_name_for_what_the_token_was_made_for() {
    for house in [House::new().await, House::on_postgres().await] {
        let (app, ctx) = (&house.app, maker(&house).await);
        let token = made(&house, &ctx, &["list-reads", "open-read"]).await;
        let asking = asks(&house, &token).await.unwrap();
        assert_eq!(asking.person_id(), ctx.person_id());
        // Opening a read asks for a purpose, and the token states one that stays with it.
        let nowhere = ReadRef::parse(&format!("{}-20261121-77", house.agency)).unwrap();
        let (words, _) = refused(open_read(app, &asking, nowhere).await);
        assert!(words.iter().any(|(word, _)| word == "purpose-missing"), "{words:?}");
        let said = StateWork {
            purpose: PURPOSE.to_owned(),
            case_number: CASE.to_owned(),
            offence: String::new(),
            offence_category: String::new(),
            reason: REASON.to_owned(),
            exigent: false,
        };
        state_work(app, &asking, &said).await.unwrap();
        let asking = asks(&house, &token).await.unwrap();
        let none = open_read(app, &asking, nowhere).await;
        assert!(matches!(none, Err(AskError::NotFound { .. })));
        list_reads(app, &asking, ReadsAsk::default()).await.unwrap();
        let told = newest(&house, house.agency, "list-reads").await;
        assert_eq!(
            told.beside("name"),
            "Called k.ellis (k.ellis), by the token “dispatch screen 2”"
        );
        assert_eq!(told.text(ClearField::ActorKind), "person");
        // What its person may and the token was not made for.
        let wrong = refused(list_hotlists(app, &asking).await).0;
        assert_eq!(wrong, reason("token-scope", "CJIS AC-6"));
        assert_eq!(newest(&house, house.agency, "list-hotlists").await.decision().1, "refuse");
        list_hotlists(app, &ctx).await.unwrap();
    }
}

#[tokio::test]
async fn being_idle_ends_no_token_and_its_day_does() {
    let house = House::new().await;
    let ctx = maker(&house).await;
    let token = made(&house, &ctx, &["list-cameras"]).await;
    house.clock.pass(DAY * 29);
    let asking = asks(&house, &token).await.unwrap();
    app::list_cameras(&house.app, &asking).await.unwrap();
    house.clock.pass(DAY);
    let late = asks(&house, &token).await;
    assert!(matches!(late, Err(TokenRefused::Expired)), "{late:?}");
    let told = newest(&house, house.agency, "use-token").await;
    assert_eq!(told.leaf.words(ClearField::Reasons), ["token-expired"]);
    assert!(told.beside("objects").contains("“dispatch screen 2”"));
}

#[tokio::test]
async fn a_token_ends_when_it_is_revoked_and_with_the_account() {
    let house = House::new().await;
    let (app, ctx) = (&house.app, maker(&house).await);
    let [one, other] =
        [made(&house, &ctx, &["list-cameras"]).await, made(&house, &ctx, &["list-hits"]).await];
    revoke_token(app, &ctx, one.token.id).await.unwrap();
    let gone = asks(&house, &one).await;
    assert!(matches!(gone, Err(TokenRefused::Revoked)), "{gone:?}");
    let twice = revoke_token(app, &ctx, one.token.id).await;
    assert!(matches!(twice, Err(AskError::NotFound { .. })));
    let another = House::admin(&house);
    let theirs = revoke_token(app, &another, other.token.id).await;
    assert!(matches!(theirs, Err(AskError::NotFound { .. })), "{theirs:?}");

    lock_person(app, &house.admin(), ctx.person_id().unwrap(), "left").await.unwrap();
    let locked = asks(&house, &other).await;
    assert!(matches!(locked, Err(TokenRefused::Revoked)), "{locked:?}");
    // Enabled again, the person makes new ones: the old stay ended.
    app::people::enable_person(app, &house.admin(), ctx.person_id().unwrap()).await.unwrap();
    assert!(matches!(asks(&house, &other).await, Err(TokenRefused::Revoked)));
}

#[tokio::test]
async fn roles_and_training_of_its_person_decide_at_each_moment() {
    let house = House::new().await;
    let (app, ctx) = (&house.app, maker(&house).await);
    let token = made(&house, &ctx, &["list-hits", "list-cameras"]).await;
    let asking = asks(&house, &token).await.unwrap();
    list_hits(app, &asking, HitsAsk::default()).await.unwrap();
    let grants = ctx.person.as_ref().unwrap().standing.grants.clone();
    for grant in grants {
        app::people::end_role(app, &house.admin(), grant.id).await.unwrap();
    }
    let asking = asks(&house, &token).await.unwrap();
    let refused = list_hits(app, &asking, HitsAsk::default()).await;
    assert!(matches!(refused, Err(AskError::Refused(_))));
}

#[tokio::test]
async fn control_ia_11_making_a_token_asks_for_fresh_proof_and_a_token_never_gives_it() {
    let house = House::new().await;
    let (app, ctx) = (&house.app, maker(&house).await);
    let token = made(&house, &ctx, &["list-cameras"]).await;
    let asking = asks(&house, &token).await.unwrap();
    assert!(asking.needs_fresh_proof());
    let (words, _) = refused(make_token(app, &asking, &new(&["list-cameras"])).await);
    let words: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, ["us-fresh-authentication", "token-scope"]);
    house.clock.pass(Duration::from_secs(11 * 60));
    let stale = Ctx { now: app.now(), ..ctx.clone() };
    let (words, _) = refused(make_token(app, &stale, &new(&["list-cameras"])).await);
    assert_eq!(words[0].0, "us-fresh-authentication");
}

#[tokio::test]
async fn a_token_is_for_what_its_maker_may_and_for_ninety_days_at_most() {
    let house = House::new().await;
    let (app, ctx) = (&house.app, maker(&house).await);
    let invalid = |asked: Result<MadeToken, AskError>| match asked {
        Err(AskError::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    for (scopes, days, name, wrong) in [
        (&["list-ledger"][..], 30, "x", "scopes"),
        (&["manage-people"], 30, "x", "scopes"),
        (&["rule-the-world"], 30, "x", "scopes"),
        (&[], 30, "x", "scopes"),
        (&["list-hits"], 91, "x", "days"),
        (&["list-hits"], 0, "x", "days"),
        (&["list-hits"], 30, " ", "name"),
    ] {
        let asked = NewToken { name: name.to_owned(), days, ..new(scopes) };
        assert_eq!(invalid(make_token(app, &ctx, &asked).await), wrong, "{asked:?}");
    }
    let officer = somebody(app, house.agency, "d.chen", &[Role::Officer]).await;
    let officer = at(app, &a_session(app, officer).await).await.unwrap();
    assert!(scopes_for(&officer).is_empty());
    let refused = make_token(app, &officer, &new(&["list-hits"])).await;
    assert!(matches!(refused, Err(AskError::Refused(_))));
}

#[tokio::test]
async fn unknown_and_damaged_tokens_are_refused_and_counted() {
    let house = House::new().await;
    let token = made(&house, &maker(&house).await, &["list-hits"]).await;
    let damaged = token.secret.replacen(char::is_alphabetic, "q", 6);
    let refused = by_token(&house.app, &damaged, None).await;
    assert!(matches!(refused, Err(TokenRefused::Invalid(_))), "{refused:?}");
    let other = identity::token::ApiToken::from_random([9; 32]).expose();
    let refused = by_token(&house.app, &other, None).await;
    assert!(matches!(refused, Err(TokenRefused::Unknown)), "{refused:?}");
    // Where nobody can be named, the server's own log has it.
    let ours = leaves(&house, house.agency).await;
    assert!(ours.iter().all(|seen| seen.text(ClearField::Action) != "use-token"));
}

/// What cannot wait for a case number is for people to say: a machine brings none afterwards.
#[tokio::test]
async fn a_token_does_not_look_before_its_case_number() {
    let house = House::new().await;
    let (app, ctx) = (&house.app, maker(&house).await);
    let token = made(&house, &ctx, &["open-read"]).await;
    let asking = asks(&house, &token).await.unwrap();
    let said = StateWork {
        purpose: PURPOSE.to_owned(),
        case_number: String::new(),
        offence: String::new(),
        offence_category: String::new(),
        reason: REASON.to_owned(),
        exigent: true,
    };
    let wrong = state_work(app, &asking, &said).await;
    assert!(matches!(wrong, Err(AskError::Invalid { field: "exigent", .. })), "{wrong:?}");
    state_work(app, &ctx, &said).await.unwrap();
}
