//! The state's system is asked for a person, and what it answers counts when a person has recorded it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::oversight::{AuditAsk, search_audit};
use app::tokens::{NewToken, by_token, make_token};
use app::{App, Ctx, HitAsk, StateAskView, Switch, ask_state, do_with_hit, open_hit};
use domain::life::{Answer, Progress, Step};
use domain::{AskEnd, AskFailure, HitId, Role};
use outbound::switch::{AskSwitchError, Question, ReadAnswer, Reply, StateSwitch};
use testkit::House;

use crate::hit_life::{a_hit, staff};
use crate::oversight::invalid;
use crate::scene::refused;

/// A switch that says what it is told to, one after the other, and remembers what it was asked.
#[derive(Debug, Default)]
struct Scripted {
    says: Mutex<Vec<Result<Reply, AskSwitchError>>>,
    asked: Mutex<Vec<Question>>,
    n_asked: AtomicUsize,
}

impl StateSwitch for Scripted {
    fn ask(&self, question: &Question) -> Result<Reply, AskSwitchError> {
        self.n_asked.fetch_add(1, Ordering::SeqCst);
        self.asked.lock().unwrap().push(question.clone());
        self.says.lock().unwrap().pop().unwrap_or(Ok(Reply::Waiting))
    }
}

fn answered(in_force: bool) -> Result<Reply, AskSwitchError> {
    let text = "STOLEN VEHICLE, ACTIVE".to_owned();
    let answer = ReadAnswer { in_force, reference: "V1".to_owned(), text };
    Ok(Reply::Answered(answer, b"as it came".to_vec()))
}

/// The house's agency asks a switch that says this, the last first. Chen is an operator of the state's.
fn connect(house: &House, says: Vec<Result<Reply, AskSwitchError>>) -> Arc<Scripted> {
    let connector = Arc::new(Scripted { says: Mutex::new(says), ..Scripted::default() });
    let operators_file = house.dir().join("operators");
    std::fs::write(&operators_file, "d.chen,TX-0042\n").unwrap();
    let switch = Switch {
        connector: Arc::clone(&connector) as _,
        systems: vec!["NCIC".to_owned()],
        ori: "TX2270000".to_owned(),
        operators_file,
        purpose_codes: BTreeMap::from([("stolen-vehicle".to_owned(), "C".to_owned())]),
        wait: Duration::from_secs(20),
    };
    house.app.ask_state_through(house.agency, switch);
    connector
}

/// How the newest question about a hit ended, once it has.
async fn ended(app: &App, ctx: &Ctx, hit: HitId) -> StateAskView {
    for _ in 0..400 {
        let asked = open_hit(app, ctx, hit).await.unwrap().life.asked;
        if let Some(one) = asked.into_iter().next().filter(|one| one.end.is_some()) {
            return one;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it did not end");
}

/// Somebody sees on the picture that Texas issued the plate.
async fn is_of_texas(app: &App, ctx: &Ctx, hit: HitId) {
    let [plate, state] = ["7ABC123", "TX"].map(str::to_owned);
    do_with_hit(app, ctx, hit, HitAsk::Correct { plate, state }).await.unwrap();
}

async fn progress(app: &App, ctx: &Ctx, hit: HitId) -> Progress {
    let steps = open_hit(app, ctx, hit).await.unwrap().life.steps;
    steps.iter().find(|one| one.step == Step::InForce).unwrap().progress
}

#[tokio::test]
async fn clause_aus_344_3_2b2_an_answer_fills_a_form_and_counts_when_a_person_has_recorded_it() {
    let house = House::new().await;
    let app = &house.app;
    let hit = a_hit(&house).await;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    assert!(open_hit(app, &chen, hit).await.unwrap().life.askable.is_empty(), "no switch");
    let unavailable = Err(AskSwitchError::Unavailable(503));
    let switch = connect(&house, vec![answered(true), Ok(Reply::Waiting), unavailable]);
    let (_, why) = invalid(ask_state(app, &chen, hit, "NCIC").await);
    assert!(why.contains("nobody knows which state"), "{why}");
    is_of_texas(app, &chen, hit).await;
    assert_eq!(open_hit(app, &chen, hit).await.unwrap().life.askable, ["NCIC"]);
    ask_state(app, &chen, hit, "NCIC").await.unwrap();
    let again = invalid(ask_state(app, &chen, hit, "NCIC").await);
    assert!(again.1.contains("is being asked already"), "{again:?}");

    let one = ended(app, &chen, hit).await;
    let Some((_, AskEnd::Answered(answer))) = &one.end else { panic!("{one:?}") };
    assert_eq!((answer.answer, answer.reference.as_str()), (Answer::InForce, "V1"));
    // SHA-256 of the bytes as they came.
    assert_eq!(answer.digest.len(), 64);
    assert_eq!(one.text.as_deref(), Some("STOLEN VEHICLE, ACTIVE"));
    assert!(!one.is_recorded);
    assert_eq!(progress(app, &chen, hit).await, Progress::Waiting, "no machine accepts it");

    // Three times the same question: the reference tells the switch so.
    let asked = switch.asked.lock().unwrap().clone();
    assert_eq!(switch.n_asked.load(Ordering::SeqCst), 3);
    assert!(asked.iter().all(|one| one.reference == asked[0].reference));
    let Question { ori, operator, purpose, plate, state, system, .. } = &asked[0];
    assert_eq!(
        [ori, operator, purpose, plate, state, system],
        ["TX2270000", "TX-0042", "C", "7ABC123", "TX", "NCIC"]
    );

    let [system, answer, reference] = ["NCIC", "in-force", "V1"].map(str::to_owned);
    let confirm = HitAsk::Confirm { system, answer, reference };
    do_with_hit(app, &chen, hit, confirm).await.unwrap();
    assert_eq!(progress(app, &chen, hit).await, Progress::Holds);
    assert!(ended(app, &chen, hit).await.is_recorded);

    // Its text is gone after a quarter of an hour; its digest is not.
    house.clock.pass(Duration::from_secs(16 * 60));
    let later = Ctx { now: app.now(), ..chen.clone() };
    let one = open_hit(app, &later, hit).await.unwrap().life.asked.remove(0);
    assert_eq!(one.text, None);
    assert!(matches!(one.end, Some((_, AskEnd::Answered(_)))));

    let auditor = staff(&house, "m.stone", &[Role::Auditor]).await;
    let ask = AuditAsk { action: "ask-state".to_owned(), ..AuditAsk::default() };
    let found = search_audit(app, &auditor, &ask).await.unwrap();
    assert!(found.lines.iter().any(|line| line.name.contains("d.chen")), "{found:?}");
}

#[tokio::test]
async fn what_failed_is_said_and_nothing_is_taken_from_it() {
    let house = House::new().await;
    let app = &house.app;
    let hit = a_hit(&house).await;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    is_of_texas(app, &chen, hit).await;
    let failures = [
        (AskSwitchError::Refused(403), AskFailure::Refused),
        (
            AskSwitchError::Unreadable(outbound::switch::InvalidAnswer::OtherQuestion),
            AskFailure::Unreadable,
        ),
    ];
    for (err, why) in failures {
        let switch = connect(&house, vec![Err(err)]);
        ask_state(app, &chen, hit, "NCIC").await.unwrap();
        let one = ended(app, &chen, hit).await;
        assert!(matches!(one.end, Some((_, AskEnd::Failed(said))) if said == why), "{one:?}");
        assert_eq!(one.text, None);
        assert_eq!(switch.n_asked.load(Ordering::SeqCst), 1, "it is not sent again");
        house.clock.pass(Duration::from_secs(1));
    }
    assert_eq!(progress(app, &chen, hit).await, Progress::Waiting);
}

#[tokio::test]
async fn nobody_is_asked_under_anothers_name_or_by_a_machine() {
    let house = House::new().await;
    let app = &house.app;
    let hit = a_hit(&house).await;
    let switch = connect(&house, Vec::new());
    is_of_texas(app, &house.admin(), hit).await;
    let stranger = staff(&house, "a.ortiz", &[Role::Officer]).await;
    let (_, why) = invalid(ask_state(app, &stranger, hit, "NCIC").await);
    assert!(why.contains("does not know you"), "{why}");
    let auditor = staff(&house, "m.stone", &[Role::Auditor]).await;
    refused(ask_state(app, &auditor, hit, "NCIC").await);

    let roles = [Role::Administrator, Role::Officer];
    let chen = staff(&house, "d.chen", &roles).await;
    assert_eq!(invalid(ask_state(app, &chen, hit, "TCIC").await).0, "system");
    let new = NewToken { name: "x".to_owned(), scopes: vec!["list-hits".to_owned()], days: 1 };
    let made = make_token(app, &chen, &new).await.unwrap();
    let machine = by_token(app, &made.secret, None).await.unwrap();
    refused(ask_state(app, &machine, hit, "NCIC").await);
    assert_eq!(switch.n_asked.load(Ordering::SeqCst), 0);
}
