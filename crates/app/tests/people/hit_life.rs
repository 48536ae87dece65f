//! A hit's life: who may do what with it, what a stop asks for, what follows from a wrong one.

use app::oversight::inbox;
use app::reminders::watch_hits;
use app::{
    App, AskError, Ctx, HitAsk, HitsAsk, Notice, QueueAsk, Topic, close_incident, do_with_hit,
    hit_queue, list_hits, list_incidents, open_hit, see_incident, take_reads,
};
use domain::life::{Progress, Stage, Step};
use domain::oversight::Cause;
use domain::{Category, HitId, Role};
use policy::Action;
use testkit::House;
use testkit::house::{a_session, read, say_what_for, train};

use crate::oversight::invalid;
use crate::scene::{at, refused, somebody};

const PLATE: &str = "7ABC123";

/// Somebody of the house's agency, trained, about a stolen vehicle.
pub(crate) async fn staff(house: &House, login: &str, roles: &[Role]) -> Ctx {
    let person = somebody(&house.app, house.agency, login, roles).await;
    train(&house.app, house.agency, person).await;
    let token = a_session(&house.app, person).await;
    say_what_for(&house.app, &token).await;
    at(&house.app, &token).await.unwrap()
}

/// The plate passes; the hit that it raises, where it raises one.
pub(crate) async fn passes(house: &House, event: &str) -> Option<HitId> {
    let mut told = house.app.bus().subscribe(house.agency, None);
    let sent = vec![read(house.camera, event, PLATE, None)];
    let taken = take_reads(&house.app, &house.camera(), sent).await.unwrap();
    if taken[0].n_hits == 0 {
        return None;
    }
    loop {
        let Some(Notice::Event(event)) = told.next().await else { panic!("an event") };
        if event.topic == Topic::Hits {
            break;
        }
    }
    let hits = list_hits(&house.app, &house.admin(), HitsAsk::default()).await.unwrap();
    Some(hits.items[0].id)
}

pub(crate) async fn a_hit(house: &House) -> HitId {
    house.want(Category::StolenVehicle, &[PLATE]).await;
    passes(house, "1").await.unwrap()
}

fn compare(part: &str, agrees: &str) -> HitAsk {
    HitAsk::Compare { part: part.to_owned(), agrees: agrees.to_owned(), note: String::new() }
}

fn confirm(answer: &str) -> HitAsk {
    let [system, answer, reference] = ["NCIC", answer, "4711"].map(str::to_owned);
    HitAsk::Confirm { system, answer, reference }
}

pub(crate) fn end(outcome: &str) -> HitAsk {
    HitAsk::End {
        outcome: outcome.to_owned(),
        case: "26-001234".to_owned(),
        offence: String::new(),
        note: String::new(),
    }
}

fn second() -> HitAsk {
    HitAsk::Second { note: String::new() }
}

pub(crate) async fn does(app: &App, ctx: &Ctx, hit: HitId, ask: HitAsk) -> Result<(), AskError> {
    do_with_hit(app, ctx, hit, ask).await
}

async fn missing(house: &House, ctx: &Ctx, hit: HitId) -> Vec<Step> {
    open_hit(&house.app, ctx, hit).await.unwrap().life.missing
}

#[tokio::test]
async fn clause_aus_344_3_2b_two_people_clear_a_stop_and_each_sees_what_the_other_did() {
    let house = House::new().await;
    let app = &house.app;
    let hit = a_hit(&house).await;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    let ortiz = staff(&house, "a.ortiz", &[Role::RtccOperator]).await;
    assert_eq!(missing(&house, &chen, hit).await, Step::ALL);
    does(app, &ortiz, hit, HitAsk::Take).await.unwrap();
    let (field, why) = invalid(does(app, &chen, hit, HitAsk::Take).await);
    assert_eq!(field, "hit");
    assert!(why.contains("Called a.ortiz has taken this hit"), "{why}");
    assert_eq!(invalid(does(app, &ortiz, hit, second()).await).0, "hit", "nothing to agree to");
    for part in ["plate", "state", "vehicle"] {
        does(app, &chen, hit, compare(part, "yes")).await.unwrap();
    }
    assert!(invalid(does(app, &chen, hit, second()).await).1.contains("another person"));
    does(app, &ortiz, hit, second()).await.unwrap();
    does(app, &chen, hit, confirm("in-force")).await.unwrap();
    assert_eq!(missing(&house, &ortiz, hit).await, [Step::Risk]);
    does(app, &chen, hit, HitAsk::Weigh { note: "nothing known".to_owned() }).await.unwrap();
    let life = open_hit(app, &ortiz, hit).await.unwrap().life;
    assert!(life.missing.is_empty());
    let by = |step| {
        let one = life.steps.iter().find(|one| one.step == step).unwrap();
        (one.progress, one.last.as_ref().unwrap().by.as_str())
    };
    assert_eq!(by(Step::Plate), (Progress::Holds, "Called d.chen"));
    assert_eq!(by(Step::SecondOfficer), (Progress::Holds, "Called a.ortiz"));
    does(app, &chen, hit, HitAsk::Stop).await.unwrap();
    does(app, &ortiz, hit, end("recovered")).await.unwrap();
    let life = open_hit(app, &chen, hit).await.unwrap().life;
    assert_eq!(life.stage, Stage::Closed);
    assert_eq!(life.stop.unwrap().2, [], "nothing was missing");
    let auditor = staff(&house, "m.stone", &[Role::Auditor]).await;
    let open = inbox(app, &auditor).await.unwrap().open;
    assert!(open.iter().all(|review| review.cause != Cause::UnverifiedStop));
}

#[tokio::test]
async fn clause_twf_401_4e_a_stop_without_the_steps_is_a_violation_and_is_reviewed() {
    let house = House::new().await;
    let app = &house.app;
    let hit = a_hit(&house).await;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    does(app, &chen, hit, compare("plate", "yes")).await.unwrap();
    does(app, &chen, hit, HitAsk::Stop).await.unwrap();
    let (_, _, left) = open_hit(app, &chen, hit).await.unwrap().life.stop.unwrap();
    assert_eq!(left, Step::ALL[1..]);
    let auditor = staff(&house, "m.stone", &[Role::Auditor]).await;
    let open = inbox(app, &auditor).await.unwrap().open;
    let found = open.iter().find(|review| review.cause == Cause::UnverifiedStop).unwrap();
    assert_eq!(Some(found.subject), chen.person_id());
}

#[tokio::test]
async fn clause_twf_401_4b_what_the_states_system_said_is_recorded_with_authority_alone() {
    let house = House::new().await;
    let app = &house.app;
    let (_, files) = policy::shipped().iter().find(|(word, _)| *word == "twin-falls-id").unwrap();
    let twin_falls = app.add_agency("Twin Falls PD", None).await.unwrap();
    app.begin_policy(twin_falls, files, "America/Boise").await.unwrap();
    let mut asked = Vec::new();
    for (login, role) in [("d.chen", Role::Officer), ("a.ortiz", Role::RtccOperator)] {
        let person = somebody(app, twin_falls, login, &[role]).await;
        train(app, twin_falls, person).await;
        let ctx = at(app, &a_session(app, person).await).await.unwrap();
        asked.push(does(app, &ctx, HitId::from_i64(1), confirm("in-force")).await);
    }
    let dispatcher = asked.pop().unwrap();
    assert_eq!(refused(asked.pop().unwrap()).0[0].0, "no-role");
    // The dispatcher may: there is no such hit in this town.
    assert!(matches!(dispatcher, Err(AskError::NotFound { what: "hit", .. })), "{dispatcher:?}");
}

#[tokio::test]
async fn clause_aus_344_3_2a1_every_hit_of_the_queue_ends_by_a_person_and_waiting_is_told() {
    let house = House::new().await;
    let app = &house.app;
    let hit = a_hit(&house).await;
    let ortiz = staff(&house, "a.ortiz", &[Role::RtccOperator]).await;
    let chen = staff(&house, "d.chen", &[Role::RtccOperator]).await;
    let queue = async |ctx: &Ctx| hit_queue(app, ctx, QueueAsk::default()).await.unwrap();
    let now = queue(&ortiz).await;
    assert!(now.counts.contains(&(Stage::Raised, 1)) && now.may.contains(&Action::WorkHits));
    assert!(!now.page.items[0].is_overdue);
    house.clock.pass(now.wait);
    let later = Ctx { now: app.now(), ..ortiz.clone() };
    assert!(queue(&later).await.page.items[0].is_overdue);
    watch_hits(app, app.now()).await.unwrap();
    watch_hits(app, app.now()).await.unwrap();
    let life = open_hit(app, &later, hit).await.unwrap().life;
    assert_eq!(life.stage, Stage::Raised, "the server neither takes nor rejects");
    assert_eq!(life.history.len(), 1, "it is told once that a hit waits");
    let send = |how: &str| HitAsk::Send { how: how.to_owned(), note: "unit 12".to_owned() };
    assert!(invalid(does(app, &later, hit, send("dispatched")).await).1.contains("take the hit"));
    does(app, &later, hit, HitAsk::Take).await.unwrap();
    let over = HitAsk::HandOver { to: chen.person_id().unwrap() };
    does(app, &later, hit, over.clone()).await.unwrap();
    assert!(invalid(does(app, &later, hit, over).await).1.contains("Called d.chen has taken"));
    assert_eq!(invalid(does(app, &chen, hit, send("by-pigeon")).await).0, "how");
    does(app, &chen, hit, send("dispatched")).await.unwrap();
    let rejected = HitAsk::Reject { why: "stale-list".to_owned(), note: String::new() };
    does(app, &chen, hit, rejected).await.unwrap();
    assert!(queue(&chen).await.page.items.is_empty());
}

#[tokio::test]
async fn a_hit_is_handed_to_nobody_who_may_not_look_after_it() {
    let house = House::new().await;
    let hit = a_hit(&house).await;
    let ortiz = staff(&house, "a.ortiz", &[Role::RtccOperator]).await;
    let trainer = staff(&house, "t.lee", &[Role::Trainer]).await;
    does(&house.app, &ortiz, hit, HitAsk::Take).await.unwrap();
    let over = HitAsk::HandOver { to: trainer.person_id().unwrap() };
    assert_eq!(invalid(does(&house.app, &ortiz, hit, over).await).0, "to");
}

#[tokio::test]
async fn clause_aus_344_4g_a_wrong_vehicle_is_an_incident_and_its_entry_raises_no_more_hits() {
    for house in [House::new().await, House::on_postgres().await] {
        let app = &house.app;
        let hit = a_hit(&house).await;
        let chen = staff(&house, "d.chen", &[Role::Officer]).await;
        let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
        let wrong = invalid(does(app, &chen, hit, end("wrong-vehicle")).await);
        assert!(wrong.1.contains("report the stop first"), "{}", wrong.1);
        does(app, &chen, hit, HitAsk::Stop).await.unwrap();
        does(app, &chen, hit, end("wrong-vehicle")).await.unwrap();
        assert_eq!(passes(&house, "2").await, None, "the plate is suppressed from that entry");
        house.want(Category::StolenPlate, &[PLATE]).await;
        assert!(passes(&house, "3").await.is_some(), "from that entry, and no other");

        let found = list_incidents(app, &boss, "").await.unwrap().rows;
        let [incident] = found.as_slice() else { panic!("one incident") };
        let id = incident.incident.id;
        assert_eq!(incident.incident.due_at.to_string(), "2026-11-21T14:00:00Z");
        assert_eq!((incident.reporter.as_str(), incident.is_overdue), ("Called d.chen", false));
        assert_eq!(
            invalid(close_incident(app, &boss, id, "talked to the driver").await).0,
            "incident"
        );
        house.clock.set("2026-11-21T14:00:00Z");
        let boss = Ctx { now: app.now(), ..boss };
        assert!(list_incidents(app, &boss, "").await.unwrap().rows[0].is_overdue);
        see_incident(app, &boss, id).await.unwrap();
        assert_eq!(invalid(see_incident(app, &boss, id).await).0, "incident");
        assert_eq!(invalid(close_incident(app, &boss, id, " ").await).0, "finding");
        close_incident(app, &boss, id, "the entry was three days old").await.unwrap();
        let closed = list_incidents(app, &boss, "").await.unwrap().rows;
        assert!(closed[0].incident.closed.is_some() && closed[0].is_overdue, "late stays late");

        let audit = list_incidents(app, &boss, "2026-Q4").await.unwrap();
        assert_eq!((audit.rows.as_slice(), audit.n(|row| row.is_overdue)), (closed.as_slice(), 1));
        assert_eq!(audit.quarters[0].to_string(), "2026-Q4");
        assert_eq!(list_incidents(app, &boss, "2026-Q3").await.unwrap().rows, []);
        let wrong = list_incidents(app, &boss, "autumn").await.map(|_| ());
        assert_eq!(invalid(wrong).0, "quarter");
    }
}

#[tokio::test]
async fn a_correction_keeps_what_was_read_and_names_who_corrected() {
    let house = House::new().await;
    let app = &house.app;
    let hit = a_hit(&house).await;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    let correct = |plate: &str| HitAsk::Correct { plate: plate.to_owned(), state: "TX".to_owned() };
    assert_eq!(invalid(does(app, &chen, hit, correct("!")).await).0, "plate");
    does(app, &chen, hit, correct("7A8C123")).await.unwrap();
    let opened = open_hit(app, &chen, hit).await.unwrap();
    assert_eq!(&*opened.card.plate.expose(), PLATE);
    assert_eq!(opened.life.history[0].by, "Called d.chen");
}
