//! Shifts: signing on, being blind, who was signed on when a hit came, who is on duty and is not, and handing over.

use std::time::Duration;

use app::bus::Topic;
use app::reminders::watch_shifts;
use app::shifts::{
    PuttingOnDuty, SigningOn, hear_of_page, import_roster, open_car, put_on_duty, shift_board,
    sign_off, sign_on, take_off_duty,
};
use app::{
    AskError, Ctx, HitAsk, HitsAsk, Notice, accept_hits, hand_over_page, list_hits, offer_hits,
    open_hit,
};
use domain::life::Stage;
use domain::shift::{DutyState, Presence, SignOnEnding};
use domain::{Category, HitId, Role, Timestamp};
use ledger::leaf::ClearField;
use testkit::House;

use crate::hit_life::{a_hit, does, passes, staff};
use crate::oversight::invalid;
use crate::record::leaves;
use crate::scene::refused;

/// The same person, now.
fn now(house: &House, ctx: &Ctx) -> Ctx {
    Ctx { now: house.app.now(), ..ctx.clone() }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// Until 14:00, when the shift ends that runs at the house's noon.
const UNTIL: &str = "2026-11-21T14:00:00Z";

async fn signs_on(house: &House, ctx: &Ctx, unit: &str) {
    let said = SigningOn { unit: unit.to_owned(), camera: None, shift: UNTIL.to_owned() };
    sign_on(&house.app, &now(house, ctx), &said).await.unwrap();
}

async fn on_duty(house: &House, boss: &Ctx, unit: &str) {
    let said = PuttingOnDuty {
        unit: unit.to_owned(),
        person: None,
        shift: "2026-11-21T06:00:00Z".to_owned(),
    };
    put_on_duty(&house.app, &now(house, boss), &said).await.unwrap();
}

/// Every unit of the board with its state.
async fn board(house: &House, ctx: &Ctx) -> Vec<(String, DutyState)> {
    let board = shift_board(&house.app, &now(house, ctx), None).await.unwrap();
    board.rows.into_iter().map(|row| (row.unit, row.state)).collect()
}

/// What the ledger says of events of a kind: what each is about.
async fn told(house: &House, event: &str) -> Vec<String> {
    let all = leaves(house, house.agency).await;
    let of_kind = all.iter().filter(|seen| seen.text(ClearField::Action) == event);
    of_kind.map(|seen| seen.beside("objects").to_owned()).collect()
}

#[tokio::test]
async fn clause_twf_401_4g_a_unit_signs_on_is_heard_of_goes_blind_comes_back_and_signs_off() {
    for house in [House::new().await, House::on_postgres().await] {
        let app = &house.app;
        let chen = staff(&house, "d.chen", &[Role::Officer]).await;
        let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
        on_duty(&house, &boss, "12a").await;
        let on_since = at("2026-11-21T06:00:00Z");
        let unsigned = DutyState::NotSignedOn { since: on_since };
        assert_eq!(board(&house, &boss).await, [("12A".to_owned(), unsigned)]);
        assert!(!hear_of_page(app, &chen).await.unwrap(), "nobody is signed on");
        signs_on(&house, &chen, " 12A").await;
        assert_eq!(board(&house, &boss).await, [("12A".to_owned(), DutyState::Watching)]);

        let heard_at = app.now();
        house.clock.pass(Duration::from_secs(60));
        let blind = DutyState::Blind { since: heard_at };
        assert_eq!(board(&house, &boss).await, [("12A".to_owned(), blind)], "before any round");
        watch_shifts(app, app.now()).await.unwrap();
        watch_shifts(app, app.now()).await.unwrap();
        assert!(hear_of_page(app, &now(&house, &chen)).await.unwrap());
        let page = shift_board(app, &now(&house, &boss), None).await.unwrap();
        let crew = &page.rows[0].sign_ons[0];
        assert_eq!((crew.name.as_str(), crew.presence), ("Called d.chen", Presence::Watching));
        let spells: Vec<_> = crew.spells.iter().map(|one| (one.since, one.until)).collect();
        assert_eq!(spells, [(heard_at, Some(app.now()))], "written down once, and its end");
        assert_eq!(told(&house, "unit-blind").await.len(), 1);
        assert_eq!(told(&house, "unit-sees-again").await.len(), 1);

        let left_at = app.now();
        sign_off(app, &now(&house, &chen)).await.unwrap();
        assert_eq!(invalid(sign_off(app, &now(&house, &chen)).await).0, "unit");
        let unsigned = DutyState::NotSignedOn { since: left_at };
        assert_eq!(board(&house, &boss).await, [("12A".to_owned(), unsigned)]);
    }
}

#[tokio::test]
async fn clause_twf_401_4g_a_sign_on_ends_by_itself_after_the_shift_and_its_grace() {
    let house = House::new().await;
    let app = &house.app;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    signs_on(&house, &chen, "14").await;
    house.clock.set("2026-11-21T14:29:59Z");
    assert!(hear_of_page(app, &now(&house, &chen)).await.unwrap(), "within the grace");
    assert_eq!(board(&house, &boss).await, [("14".to_owned(), DutyState::Watching)]);
    house.clock.set("2026-11-21T14:30:00Z");
    assert!(!hear_of_page(app, &now(&house, &chen)).await.unwrap());
    assert!(board(&house, &boss).await.is_empty(), "over, and not on the roster");
    watch_shifts(app, app.now()).await.unwrap();
    assert_eq!(told(&house, "shift-over").await.len(), 1);
    let car = open_car(app, &now(&house, &chen), None).await.unwrap();
    assert!(car.own.is_none() && car.hits.is_none());
    assert_eq!(car.shifts[0].span.from, at("2026-11-21T14:00:00Z"));
}

#[tokio::test]
async fn clause_twf_401_4g_who_was_signed_on_when_a_hit_came_is_written_down_with_it() {
    for house in [House::new().await, House::on_postgres().await] {
        let app = &house.app;
        let chen = staff(&house, "d.chen", &[Role::Officer]).await;
        let ortiz = staff(&house, "a.ortiz", &[Role::Officer]).await;
        let nobody = a_hit(&house).await;
        signs_on(&house, &chen, "12A").await;
        house.clock.pass(Duration::from_secs(90));
        signs_on(&house, &ortiz, "14").await;
        let hit = passes(&house, "2").await.unwrap();
        sign_off(app, &now(&house, &chen)).await.unwrap();
        signs_on(&house, &ortiz, "15").await;

        let watch = open_hit(app, &now(&house, &ortiz), hit).await.unwrap().watch.unwrap();
        let units: Vec<_> = watch
            .iter()
            .map(|one| (one.unit.as_str(), one.name.as_str(), one.blind_since.is_some()))
            .collect();
        let expected = [("12A", "Called d.chen", true), ("14", "Called a.ortiz", false)];
        assert_eq!(units, expected, "as it was then, whatever came later");
        let before = open_hit(app, &now(&house, &ortiz), nobody).await.unwrap().watch;
        assert_eq!(before, Some(Vec::new()), "that nobody was is written down too");
        watch_shifts(app, app.now()).await.unwrap();
        watch_shifts(app, app.now()).await.unwrap();
        let told = told(&house, "signed-on-at-hits").await;
        let says = format!("hit {nobody}: nobody; hit {hit}: sign-on 1, sign-on 2");
        assert_eq!(told, [says], "once");
    }
}

#[tokio::test]
async fn clause_twf_401_4g_units_on_duty_are_put_on_a_roster_by_supervisors_alone() {
    let house = House::new().await;
    let app = &house.app;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    let dispatcher = staff(&house, "a.ortiz", &[Role::RtccOperator]).await;
    let said = |unit: &str, shift: &str| PuttingOnDuty {
        unit: unit.to_owned(),
        person: chen.person_id(),
        shift: shift.to_owned(),
    };
    let shift = "2026-11-21T14:00:00Z";
    assert_eq!(refused(put_on_duty(app, &chen, &said("12", shift)).await).0[0].0, "no-role");
    assert_eq!(refused(shift_board(app, &chen, None).await).0[0].0, "no-role");
    assert_eq!(invalid(put_on_duty(app, &boss, &said("??", shift)).await).0, "unit");
    assert_eq!(invalid(put_on_duty(app, &boss, &said("12", "noon")).await).0, "shift");
    let id = put_on_duty(app, &boss, &said("12", shift)).await.unwrap();
    assert!(invalid(put_on_duty(app, &boss, &said("12", shift)).await).1.contains("already"));
    let next = shift_board(app, &dispatcher, Some(at(shift))).await.unwrap();
    assert_eq!((next.is_now, next.rows[0].state), (false, DutyState::NotYet));
    assert_eq!(next.rows[0].person.as_deref(), Some("Called d.chen"));
    take_off_duty(app, &boss, id).await.unwrap();
    let gone = take_off_duty(app, &boss, id).await;
    assert!(matches!(gone, Err(AskError::NotFound { .. })), "{gone:?}");

    let file = "unit,day,shift,sign_in_name\n12,2026-11-21,06:00,d.chen\n14,2026-11-21,25:00,\n";
    let bad = import_roster(app, &boss, file.as_bytes()).await.unwrap();
    assert_eq!((bad.n_added, bad.faults[0].line), (0, 3));
    assert!(board(&house, &boss).await.is_empty(), "nothing of it was taken");
    let good = import_roster(app, &boss, file.replace("25:00", "06:00").as_bytes()).await.unwrap();
    assert_eq!((good.n_added, good.n_known), (2, 0));
    let again = import_roster(app, &boss, file.replace("25:00", "06:00").as_bytes()).await.unwrap();
    assert_eq!((again.n_added, again.n_known), (0, 2));
    assert_eq!(board(&house, &boss).await.len(), 2);
    let car = open_car(app, &now(&house, &chen), None).await.unwrap();
    assert_eq!(car.rostered.unwrap().as_str(), "12", "the form knows the unit");
}

#[tokio::test]
async fn a_car_shows_the_newest_open_hit_to_who_is_signed_on() {
    let house = House::new().await;
    let app = &house.app;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    let trainer = staff(&house, "t.lee", &[Role::Trainer]).await;
    assert_eq!(refused(open_car(app, &trainer, None).await).0[0].0, "no-role");
    let first = a_hit(&house).await;
    assert!(open_car(app, &chen, None).await.unwrap().hits.is_none(), "not signed on");
    let wrong = SigningOn { unit: "12".to_owned(), camera: None, shift: String::new() };
    assert_eq!(invalid(sign_on(app, &chen, &wrong).await).0, "shift");
    signs_on(&house, &chen, "12").await;
    // Long enough for the same vehicle to be another hit than a repeat.
    house.clock.pass(Duration::from_secs(16 * 60));
    let second = passes(&house, "2").await.unwrap();
    let shown = async |asked| {
        let car = open_car(app, &now(&house, &chen), asked).await.unwrap();
        let hits = car.hits.unwrap().unwrap();
        (hits.shown.unwrap().card.id, hits.newest.len())
    };
    assert_eq!(shown(None).await, (second, 2));
    assert_eq!(shown(Some(first)).await, (first, 2));
    let end = HitAsk::End {
        outcome: "not-located".to_owned(),
        case: String::new(),
        offence: String::new(),
        note: String::new(),
    };
    does(app, &now(&house, &chen), second, end).await.unwrap();
    assert_eq!(shown(None).await, (first, 1), "what is closed makes room");
    let gone = open_car(app, &now(&house, &chen), Some(HitId::from_i64(77))).await;
    assert!(matches!(gone, Err(AskError::NotFound { .. })), "{gone:?}");
}

#[tokio::test]
async fn hits_are_offered_to_the_next_shift_and_stay_until_they_are_accepted() {
    for house in [House::new().await, House::on_postgres().await] {
        let app = &house.app;
        let mine = a_hit(&house).await;
        house.want(Category::StolenPlate, &["7ABC123"]).await;
        let passed = passes(&house, "2").await.unwrap();
        let all = list_hits(app, &house.admin(), HitsAsk::default()).await.unwrap().items;
        assert_eq!(all.len(), 3);
        let ortiz = staff(&house, "a.ortiz", &[Role::RtccOperator]).await;
        let chen = staff(&house, "d.chen", &[Role::RtccOperator]).await;
        let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
        let to = chen.person_id().unwrap();
        let rostered =
            PuttingOnDuty { unit: "desk 2".to_owned(), person: Some(to), shift: UNTIL.to_owned() };
        put_on_duty(app, &boss, &rostered).await.unwrap();
        does(app, &ortiz, mine, HitAsk::Take).await.unwrap();
        let page = hand_over_page(app, &ortiz).await.unwrap();
        assert_eq!((page.mine.len(), page.waiting.len(), page.to_me.len()), (1, 2, 0));
        assert_eq!(page.takers[0].next_unit.as_deref(), Some("DESK 2"), "the next shift first");
        assert_eq!(page.shift_ends, "2026-11-21 14:00");

        let mut told = app.bus().subscribe(house.agency, None);
        let both = [mine, passed];
        let none: [HitId; 0] = [];
        assert_eq!(invalid(offer_hits(app, &ortiz, &none, to, "").await).0, "hits");
        let own = ortiz.person_id().unwrap();
        assert_eq!(invalid(offer_hits(app, &ortiz, &both, own, "").await).0, "hit");
        let trainer = staff(&house, "t.lee", &[Role::Trainer]).await.person_id().unwrap();
        assert_eq!(invalid(offer_hits(app, &ortiz, &both, trainer, "").await).0, "to");
        assert_eq!(offer_hits(app, &ortiz, &both, to, "seen on Lamar").await.unwrap(), 2);
        let notice = told.next().await;
        assert!(matches!(notice, Some(Notice::Event(event)) if event.topic == Topic::Lives));
        let theirs = invalid(offer_hits(app, &chen, &both, own, "").await);
        assert!(theirs.1.contains("Called a.ortiz has taken this hit"), "{}", theirs.1);
        let page = hand_over_page(app, &ortiz).await.unwrap();
        assert_eq!(page.mine[0].offer.as_ref().unwrap().to, "Called d.chen", "still the giver's");
        let page = hand_over_page(app, &chen).await.unwrap();
        assert_eq!((page.to_me.len(), page.to_me[0].offer.note.as_str()), (2, "seen on Lamar"));
        assert_eq!(invalid(accept_hits(app, &ortiz, &both).await).0, "hit", "not theirs to accept");

        assert_eq!(accept_hits(app, &chen, &both).await.unwrap(), 2);
        assert_eq!(invalid(accept_hits(app, &chen, &both).await).0, "hit");
        for hit in both {
            let life = open_hit(app, &chen, hit).await.unwrap().life;
            assert!(life.is_mine && life.stage == Stage::Taken);
            let words: Vec<_> = life.history.iter().map(|one| one.deed.word()).collect();
            assert_eq!(words[..2], ["accepted", "offered"]);
        }
        let page = hand_over_page(app, &chen).await.unwrap();
        assert_eq!((page.mine.len(), page.waiting.len(), page.to_me.len()), (2, 1, 0));
    }
}

#[tokio::test]
async fn somebody_is_signed_on_once_and_each_sign_on_stays_on_record() {
    let house = House::new().await;
    let app = &house.app;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    on_duty(&house, &boss, "12").await;
    signs_on(&house, &chen, "12").await;
    house.clock.pass(Duration::from_secs(5));
    signs_on(&house, &chen, "12").await;
    let page = shift_board(app, &now(&house, &boss), None).await.unwrap();
    let presences: Vec<_> = page.rows[0].sign_ons.iter().map(|one| one.presence).collect();
    let anew = Presence::Over { at: app.now(), how: SignOnEnding::SignedOnAnew };
    assert_eq!(presences, [anew, Presence::Watching]);
}
