//! Searching the record and taking it out of the house.

use std::time::Duration;

use app::oversight::{AuditAsk, export_audit, export_receipts, search_audit};
use app::people::state_work;
use app::sign_in::session;
use app::{
    Ctx, ReadsAsk, list_reads, log_of_agency, log_state, open_read, sweep_ledger, take_reads,
};
use domain::{PersonId, ReadRef, Role};
use ledger::leaf::ClearField;
use ledger::policy::{Party, Policy};
use ledger::receipt::{join, split};
use ledger::{Hash, Receipt};
use testkit::House;
use testkit::house::{a_session, read, train};

use super::{CASE, REASON, auditor, found, invalid, officer};
use crate::record::newest;
use crate::scene::{Scene, reason, refused, somebody, stated};

const DAY: Duration = Duration::from_secs(86_400);

/// Somebody of the house's agency, signed in.
async fn of_house(house: &House, login: &str, roles: &[Role]) -> (Ctx, PersonId) {
    let person = somebody(&house.app, house.agency, login, roles).await;
    train(&house.app, house.agency, person).await;
    let token = a_session(&house.app, person).await;
    (session(&house.app, &token, house.app.now()).await.unwrap().unwrap(), person)
}

/// A read of a plate, as it is called.
async fn taken(house: &House, plate: &str) -> ReadRef {
    let sent = vec![read(house.camera, plate, plate, None)];
    take_reads(&house.app, &house.camera(), sent).await.unwrap()[0].read
}

fn of_plate(plate: &str) -> AuditAsk {
    AuditAsk { plate: plate.to_owned(), ..AuditAsk::default() }
}

#[tokio::test]
async fn clause_aus_344_4d_who_looked_at_a_plate_is_found_and_so_is_who_asked() {
    let house = House::new().await;
    let app = &house.app;
    let (one, other) = (taken(&house, "7ABC123").await, taken(&house, "8XYZ987").await);
    open_read(app, &house.admin(), one).await.unwrap();
    open_read(app, &house.admin(), other).await.unwrap();
    let (auditor, own) = of_house(&house, "a.mora", &[Role::Auditor]).await;
    let page = search_audit(app, &auditor, &of_plate("7abc-123")).await.unwrap();
    let looks: Vec<_> =
        page.lines.iter().map(|line| (line.row.action.as_str(), line.name.as_str())).collect();
    assert_eq!(looks, [("open-read", "R. Ortiz (r.ortiz)")]);
    assert_eq!((page.sum.n, page.sum.n_people, page.sum.n_refused), (1, 1, 0));
    assert_eq!(page.lines[0].case, testkit::house::CASE);
    assert_eq!(page.lines[0].row.outcome, "done");

    let sealed = newest(&house, house.agency, "search-audit").await;
    assert_eq!(sealed.beside("query"), "plate 7abc-123");
    let entry: Vec<_> = sealed.leaf.clear().map(|(_, value)| value.to_string()).collect();
    assert!(!entry.join(" ").to_lowercase().contains("abc"), "{entry:?}");
    let again = search_audit(app, &auditor, &of_plate("7ABC123")).await.unwrap();
    let actions: Vec<_> = again.lines.iter().map(|line| line.row.action.as_str()).collect();
    assert_eq!(actions, ["search-audit", "open-read"], "an auditor's look at a plate is one");
    let own = AuditAsk { person: Some(own), ..of_plate("7ABC123") };
    assert_eq!(search_audit(app, &auditor, &own).await.unwrap().sum.n_people, 1);
}

#[tokio::test]
async fn a_plate_in_a_live_list_was_looked_at_and_is_forgotten_with_the_reads() {
    let house = House::new().await;
    let app = &house.app;
    let one = taken(&house, "7ABC123").await;
    open_read(app, &house.admin(), one).await.unwrap();
    list_reads(app, &house.admin(), ReadsAsk::default()).await.unwrap();
    sweep_ledger(app, app.now()).await.unwrap();
    let (auditor, _) = of_house(&house, "a.mora", &[Role::Auditor]).await;
    let page = search_audit(app, &auditor, &of_plate("7ABC123")).await.unwrap();
    assert_eq!(page.lines[0].row.action, "list-reads");
    let case = AuditAsk { case_number: "26 001234".to_owned(), ..AuditAsk::default() };
    assert!(search_audit(app, &auditor, &case).await.unwrap().sum.n > 0);

    let later = app.now().plus(house.config.ledger.reads_named_for + DAY);
    sweep_ledger(app, later).await.unwrap();
    let page = search_audit(app, &auditor, &of_plate("7ABC123")).await.unwrap();
    assert_eq!(page.sum.n, 0, "who looked goes with the plate's clear text");
    assert!(search_audit(app, &auditor, &case).await.unwrap().sum.n > 0, "a case is kept");
}

#[tokio::test]
async fn clause_aus_344_6a_an_audit_says_for_what_and_finds_by_every_filter() {
    let scene = Scene::new().await;
    let (officer, person) = officer(&scene).await;
    let looking = scene.says(&officer, &stated("stolen-vehicle", CASE, REASON)).await;
    scene.opens(&looking).await.unwrap();
    let vague = scene.says(&officer, &stated("stolen-vehicle", "", REASON)).await;
    scene.opens(&vague).await.unwrap_err();
    let silent = scene.somebody("a.mute", &[Role::Auditor]).await;
    let silent = scene.signed_in(silent).await;
    let asked = search_audit(scene.app(), &silent, &AuditAsk::default()).await;
    assert_eq!(refused(asked).0, reason("purpose-missing", "AUSP-access"));
    assert!(search_audit(scene.app(), &looking, &AuditAsk::default()).await.is_err());

    let auditor = auditor(&scene).await;
    let today = found(&scene, &auditor, &AuditAsk::default()).await.today;
    let by = AuditAsk { person: Some(person), ..AuditAsk::default() };
    let opens = AuditAsk { action: "open-read".to_owned(), ..by.clone() };
    for (ask, n) in [
        (opens.clone(), 2),
        (AuditAsk { decision: "permit".to_owned(), ..opens.clone() }, 1),
        (AuditAsk { decision: "refuse".to_owned(), ..opens.clone() }, 1),
        (AuditAsk { role: "officer".to_owned(), ..opens.clone() }, 2),
        (AuditAsk { role: "office".to_owned(), ..opens.clone() }, 0),
        (AuditAsk { case_number: "261234567".to_owned(), ..opens.clone() }, 1),
        (AuditAsk { from: Some(today), to: Some(today), ..opens.clone() }, 2),
        (AuditAsk { from: Some(today.next()), ..opens.clone() }, 0),
        (AuditAsk { to: Some(today.previous()), ..opens.clone() }, 0),
    ] {
        let page = found(&scene, &auditor, &ask).await;
        assert_eq!((page.sum.n, page.lines.len()), (n, usize::try_from(n).unwrap()), "{ask:?}");
        let sessions = page.lines.iter().map(|line| &line.row.session);
        assert!(sessions.into_iter().all(|session| !session.is_empty()), "{ask:?}");
    }
    let one = &found(&scene, &auditor, &opens).await.lines[0];
    let same = AuditAsk { session: one.row.session.clone(), ..opens.clone() };
    assert_eq!(found(&scene, &auditor, &same).await.sum.n, 1);
    assert_eq!(
        (one.row.decision.as_str(), one.row.reasons.clone()),
        ("refuse", vec!["case-missing".to_owned()])
    );

    let ask = AuditAsk { plate: "§".to_owned(), ..AuditAsk::default() };
    assert_eq!(invalid(search_audit(scene.app(), &auditor, &ask).await).0, "plate");
    let ask = AuditAsk { from: Some(today), to: Some(today.previous()), ..AuditAsk::default() };
    assert_eq!(invalid(search_audit(scene.app(), &auditor, &ask).await).0, "to");
}

#[tokio::test]
async fn a_page_goes_on_where_the_one_before_ended() {
    let scene = Scene::new().await;
    let (officer, person) = officer(&scene).await;
    for _ in 0..60 {
        let said = stated("stolen-vehicle", CASE, REASON);
        state_work(scene.app(), &officer, &said).await.unwrap();
    }
    let auditor = auditor(&scene).await;
    let stated =
        AuditAsk { person: Some(person), action: "state-work".to_owned(), ..AuditAsk::default() };
    let first = found(&scene, &auditor, &stated).await;
    assert_eq!((first.sum.n, first.lines.len()), (60, 50));
    let second = found(&scene, &auditor, &AuditAsk { before: first.next, ..stated }).await;
    assert_eq!((second.sum.n, second.lines.len(), second.next), (60, 10, None));
    let leaves = first.lines.iter().chain(&second.lines).map(|line| line.row.leaf);
    let leaves: Vec<_> = leaves.collect();
    assert!(leaves.windows(2).all(|two| two[0] > two[1]), "each once, newest first");
}

#[tokio::test]
async fn clause_aus_344_6c_what_is_exported_is_proved_offline() {
    let scene = Scene::new().await;
    let (officer, person) = officer(&scene).await;
    let looking = scene.says(&officer, &stated("stolen-vehicle", CASE, REASON)).await;
    scene.opens(&looking).await.unwrap();
    let auditor = auditor(&scene).await;
    let ask = AuditAsk { person: Some(person), action: "open-read".into(), ..AuditAsk::default() };
    let table = export_audit(scene.app(), &auditor, &ask).await.unwrap();
    let receipts = export_receipts(scene.app(), &auditor, &ask).await.unwrap();
    // The look and its end.
    assert_eq!((table.lines.len(), receipts.len()), (1, 2));

    let state = log_state(scene.app(), log_of_agency(scene.austin)).await.unwrap();
    let key = state.keys[0].clone();
    let party = Party { name: key.name().to_owned(), key, url: None };
    let policy = Policy::of_all(vec![party], Vec::new());
    let text = join(&receipts);
    let parts = split(text.as_bytes());
    assert_eq!(parts.len(), 2);
    for part in &parts {
        Receipt::parse(part).unwrap().check(&policy).unwrap();
    }
    let looked = Receipt::parse(parts[0]).unwrap();
    let shown = looked.check(&policy).unwrap();
    assert_eq!(shown.leaf.text(ClearField::Action), Some("open-read"));
    assert_eq!(Hash::of_leaf(&looked.entry), table.lines[0].hash);
    assert!(table.checkpoint.size > table.lines[0].line.row.leaf);
    assert!(export_audit(scene.app(), &looking, &ask).await.is_err());
}
