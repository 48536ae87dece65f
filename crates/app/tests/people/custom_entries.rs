//! Entries of the agency's own: who asks, who decides, when they raise hits, who sees them.

use std::time::Duration;

use app::custom_entries::{
    AskingCustomEntry, approve_custom_entry, ask_custom_entry, count_custom_entry, custom_entries,
    end_custom_entry, open_custom_entry, refuse_custom_entry,
};
use app::housekeeping::notice_changes;
use app::{
    AskError, Ctx, HitAsk, HitsAsk, Notice, QueueAsk, ReadsAsk, Topic, add_camera, do_with_hit,
    hit_queue, list_hits, list_reads, open_hit, take_reads,
};
use domain::custom::{CustomDeed, CustomState};
use domain::life::{Deed, Stage};
use domain::{
    CameraId, Category, CustomEntryId, HitId, Mounting, NewCamera, Position, Priority, Role,
};
use testkit::House;
use testkit::house::{a_session, read, say_what_for, train};

use crate::oversight::invalid;
use crate::scene::{at, refused, somebody};

const PLATE: &str = "7ABC123";
const HOUR: Duration = Duration::from_secs(3600);
const NEAR: Position = Position { latitude: 30.2747, longitude: -97.7404 };
const FAR: Position = Position { latitude: 30.3747, longitude: -97.7404 };

async fn staff(house: &House, login: &str, roles: &[Role]) -> Ctx {
    let person = somebody(&house.app, house.agency, login, roles).await;
    train(&house.app, house.agency, person).await;
    let token = a_session(&house.app, person).await;
    say_what_for(&house.app, &token).await;
    at(&house.app, &token).await.unwrap()
}

fn asking(house: &House) -> AskingCustomEntry {
    AskingCustomEntry {
        plate: PLATE.to_owned(),
        make: "Honda".to_owned(),
        category: "stolen-vehicle".to_owned(),
        case_number: "26-001234".to_owned(),
        reason: "owner saw it leave the garage downtown last night".to_owned(),
        caution: "driver is said to be armed".to_owned(),
        expires_at: Some(house.app.now().plus(24 * HOUR)),
        roles: vec!["officer".to_owned(), "rtcc-operator".to_owned()],
        ..AskingCustomEntry::default()
    }
}

async fn ask(house: &House, ctx: &Ctx) -> CustomEntryId {
    ask_custom_entry(&house.app, ctx, &asking(house)).await.unwrap()
}

async fn approve(house: &House, ctx: &Ctx, id: CustomEntryId) -> Result<(), AskError> {
    approve_custom_entry(&house.app, ctx, id, "the report is on my desk").await
}

/// The plate passes a camera; the newest hit, where it raised one.
async fn passes_at(house: &House, camera: CameraId, event: &str, plate: &str) -> Option<HitId> {
    let mut told = house.app.bus().subscribe(house.agency, None);
    let ctx = Ctx::camera(house.agency, camera, house.app.now());
    let taken = take_reads(&house.app, &ctx, vec![read(camera, event, plate, None)]).await.unwrap();
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
    // Who holds every role is told of every hit here.
    Some(hits.items[0].id)
}

async fn passes(house: &House, event: &str) -> Option<HitId> {
    passes_at(house, house.camera, event, PLATE).await
}

async fn camera_at(house: &House, name: &str, position: Position) -> CameraId {
    let about = NewCamera {
        name: name.to_owned(),
        mounting: Mounting::Trailer,
        site: name.to_owned(),
        heading_deg: None,
        position: Some(position),
    };
    add_camera(&house.app, &house.admin(), about).await.unwrap().camera.id
}

async fn state(house: &House, ctx: &Ctx, id: CustomEntryId) -> CustomState {
    open_custom_entry(&house.app, ctx, id).await.unwrap().card.state
}

#[tokio::test]
async fn clause_twf_401_4f_an_entry_is_inactive_until_another_person_a_supervisor_approves() {
    let house = House::new().await;
    let app = &house.app;
    let officer = staff(&house, "d.chen", &[Role::Officer]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    let other = staff(&house, "l.boss", &[Role::Supervisor]).await;

    let id = ask(&house, &boss).await;
    assert_eq!(passes(&house, "1").await, None, "nobody has approved it");
    assert!(
        !refused(approve(&house, &officer, id).await).0.is_empty(),
        "an officer does not decide"
    );
    let (field, why) = invalid(approve(&house, &boss, id).await);
    assert!(field == "entry" && why.contains("TWF-401.4f"), "{why}");
    let refuse = refuse_custom_entry(app, &boss, id, "I changed my mind").await;
    assert_eq!(invalid(refuse).0, "entry", "nor refuses it");
    assert_eq!(passes(&house, "2").await, None);

    approve(&house, &other, id).await.unwrap();
    let hit = passes(&house, "3").await.expect("it matches at once");
    assert_eq!(invalid(approve(&house, &other, id).await).0, "entry", "it was decided");
    let card = open_hit(app, &officer, hit).await.unwrap().card;
    let own = card.own.expect("it is one of the agency's own");
    assert_eq!((own.author.as_str(), own.approver.as_str()), ("Called k.boss", "Called l.boss"));
    assert_eq!((card.category, card.priority), (Category::StolenVehicle, Priority::Normal));
    assert_eq!(card.entry.unwrap().caution.as_deref(), Some("driver is said to be armed"));
    assert_eq!((own.id, own.state), (id, CustomState::Active));

    let history = open_custom_entry(app, &officer, id).await.unwrap().history;
    let words: Vec<&str> = history.iter().map(|done| done.deed.word()).collect();
    assert_eq!(words, ["asked", "approved", "matched"]);
}

#[tokio::test]
async fn clause_twf_401_4f_under_twin_falls_a_supervisor_who_is_another_person_decides() {
    let house = House::new().await;
    let app = &house.app;
    let (_, files) = policy::shipped().iter().find(|(word, _)| *word == "twin-falls-id").unwrap();
    let twin_falls = app.add_agency("Twin Falls PD", None).await.unwrap();
    app.begin_policy(twin_falls, files, "America/Boise").await.unwrap();
    let mut people = Vec::new();
    for (login, role) in
        [("d.chen", Role::Officer), ("k.boss", Role::Supervisor), ("l.boss", Role::Supervisor)]
    {
        let person = somebody(app, twin_falls, login, &[role]).await;
        train(app, twin_falls, person).await;
        people.push(at(app, &a_session(app, person).await).await.unwrap());
    }
    let policy = app.policy(twin_falls).unwrap();
    let case_number = policy.bundle.settings().case_number.example.clone();
    let asked = AskingCustomEntry { case_number, ..asking(&house) };
    let [officer, boss, other] = [&people[0], &people[1], &people[2]];
    let by_officer = ask_custom_entry(app, officer, &asked).await.unwrap();
    let by_boss = ask_custom_entry(app, boss, &asked).await.unwrap();
    assert!(!refused(approve(&house, officer, by_boss).await).0.is_empty());
    assert_eq!(invalid(approve(&house, boss, by_boss).await).0, "entry");
    approve(&house, boss, by_officer).await.unwrap();
    approve(&house, other, by_boss).await.unwrap();
    for id in [by_officer, by_boss] {
        assert_eq!(state(&house, boss, id).await, CustomState::Active);
    }
    let theirs = open_custom_entry(app, &house.admin(), by_boss).await;
    assert!(matches!(theirs, Err(AskError::NotFound { .. })), "another agency's");
}

#[tokio::test]
async fn clause_ausp_hotlist_ending_an_entry_stops_it_at_once_and_closes_its_open_hits() {
    let house = House::new().await;
    let app = &house.app;
    let officer = staff(&house, "d.chen", &[Role::Officer]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    let id = ask(&house, &officer).await;
    approve(&house, &boss, id).await.unwrap();
    let waits = passes(&house, "1").await.unwrap();
    let stopped = passes(&house, "2").await.unwrap();
    do_with_hit(app, &officer, stopped, HitAsk::Stop).await.unwrap();

    assert_eq!(invalid(end_custom_entry(app, &officer, id, "lost", "x").await).0, "how");
    assert_eq!(invalid(end_custom_entry(app, &officer, id, "recovered", " ").await).0, "note");
    let note = "found in the owner's other garage";
    end_custom_entry(app, &officer, id, "recovered", note).await.unwrap();
    assert_eq!(passes(&house, "3").await, None, "it stopped at once");
    let life = open_hit(app, &boss, waits).await.unwrap().life;
    assert_eq!((life.stage, life.history[0].by.as_str()), (Stage::Closed, "Called d.chen"));
    assert!(matches!(&life.history[0].deed, Deed::EntryEnded { note: said, .. } if said == note));
    let life = open_hit(app, &boss, stopped).await.unwrap();
    assert_eq!(life.life.stage, Stage::Stopped, "what became of the stop is still to be said");
    assert_eq!(life.life.history[0].deed.word(), "entry-ended");
    assert_eq!(life.card.own.unwrap().state, CustomState::Ended);
    let again = end_custom_entry(app, &officer, id, "cancelled", "twice").await;
    assert_eq!(invalid(again).0, "entry");
    let open = hit_queue(app, &boss, QueueAsk::default()).await.unwrap().page.items;
    assert_eq!(open.iter().map(|row| row.card.id).collect::<Vec<_>>(), [stopped]);
}

#[tokio::test]
async fn an_entry_ends_by_itself_and_is_listed_as_over() {
    let house = House::new().await;
    let app = &house.app;
    let officer = staff(&house, "d.chen", &[Role::Officer]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    let (id, waiting) = (ask(&house, &officer).await, ask(&house, &officer).await);
    approve(&house, &boss, id).await.unwrap();
    assert!(passes(&house, "1").await.is_some());
    house.clock.set("2026-11-22T12:00:00Z");
    assert_eq!(passes(&house, "2").await, None, "nobody had to do anything");
    notice_changes(app).await.unwrap();
    assert_eq!(passes(&house, "3").await, None);
    // The day before's session is over.
    let token = a_session(app, boss.person_id().unwrap()).await;
    let boss = at(app, &token).await.unwrap();
    assert_eq!(state(&house, &boss, id).await, CustomState::Expired);
    assert!(invalid(approve(&house, &boss, waiting).await).1.contains("over"));
    let board = custom_entries(app, &boss, Some(CustomState::Expired)).await.unwrap();
    assert_eq!(board.entries.len(), 2);
    let n_active = board.counts.iter().find(|(one, _)| *one == CustomState::Active);
    assert_eq!(n_active.map(|(_, n)| *n), Some(0));
}

#[tokio::test]
async fn a_covert_entry_and_its_hits_are_shown_to_its_audience_alone() {
    let house = House::new().await;
    let app = &house.app;
    let investigator = staff(&house, "i.inv", &[Role::Investigator]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    let other = staff(&house, "l.boss", &[Role::Supervisor]).await;
    let officer = staff(&house, "d.chen", &[Role::Officer]).await;
    let covert = AskingCustomEntry {
        covert: true,
        roles: vec!["investigator".to_owned()],
        people: vec![house.person],
        ..asking(&house)
    };
    let id = ask_custom_entry(app, &investigator, &covert).await.unwrap();
    let is_hidden = |done: Result<_, AskError>| matches!(done, Err(AskError::NotFound { .. }));
    assert!(is_hidden(open_custom_entry(app, &officer, id).await.map(drop)));
    assert_eq!(
        state(&house, &other, id).await,
        CustomState::Waiting,
        "whoever may approve sees it"
    );
    approve(&house, &boss, id).await.unwrap();
    assert!(is_hidden(open_custom_entry(app, &other, id).await.map(drop)), "no longer");
    let hit = passes(&house, "1").await.unwrap();

    for (ctx, sees) in [(&investigator, true), (&boss, true), (&officer, false), (&other, false)] {
        let hits = list_hits(app, ctx, HitsAsk::default()).await.unwrap();
        assert_eq!(hits.items.len(), usize::from(sees));
        assert_eq!(open_hit(app, ctx, hit).await.is_ok(), sees);
        let queue = hit_queue(app, ctx, QueueAsk::default()).await.unwrap();
        assert_eq!(queue.page.items.len(), usize::from(sees));
        let n_raised = queue.counts.iter().find(|(stage, _)| *stage == Stage::Raised).unwrap().1;
        assert_eq!(n_raised, u64::from(sees), "not even the number tells");
        let reads = list_reads(app, ctx, ReadsAsk::default()).await.unwrap();
        assert_eq!(reads.items[0].n_hits, u32::from(sees));
        let board = custom_entries(app, ctx, None).await.unwrap();
        assert_eq!(board.entries.len(), usize::from(sees));
    }
    // As consoles ask when they are told: what is made once for all of them is still not for all.
    let new = HitsAsk { after: Some(HitId::from_i64(0)), ..HitsAsk::default() };
    let (theirs, others) =
        tokio::join!(list_hits(app, &investigator, new), list_hits(app, &officer, new));
    assert_eq!((theirs.unwrap().items.len(), others.unwrap().items.len()), (1, 0));
    assert!(is_hidden(do_with_hit(app, &officer, hit, HitAsk::Take).await));
    do_with_hit(app, &investigator, hit, HitAsk::Take).await.unwrap();
}

#[tokio::test]
async fn who_asks_after_being_told_sees_the_hit_though_somebody_asked_a_moment_before() {
    let house = House::new().await;
    let app = &house.app;
    house.want(Category::StolenVehicle, &[PLATE]).await;
    let new = HitsAsk { after: Some(HitId::from_i64(0)), ..HitsAsk::default() };
    assert!(list_hits(app, &house.admin(), new).await.unwrap().items.is_empty());
    let hit = passes(&house, "1").await.unwrap();
    assert_eq!(list_hits(app, &house.admin(), new).await.unwrap().items[0].id, hit);
}

#[tokio::test]
async fn clause_bel_461_3c_a_partial_plate_is_counted_approved_and_alerts_in_its_area_alone() {
    let house = House::new().await;
    let app = &house.app;
    let officer = staff(&house, "d.chen", &[Role::Officer]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    let (near, far) = (camera_at(&house, "near", NEAR).await, camera_at(&house, "far", FAR).await);
    for (event, camera, plate) in [
        ("1", near, "7ABC123"),
        ("2", near, "7AXC999"),
        ("3", far, "7ABC123"),
        ("4", near, "LMN4402"),
    ] {
        assert_eq!(passes_at(&house, camera, event, plate).await, None);
    }
    let asked = AskingCustomEntry {
        plate: "7A?C*".to_owned(),
        colour: "red".to_owned(),
        area: Some((NEAR, 2_000)),
        ..asking(&house)
    };
    let id = ask_custom_entry(app, &officer, &asked).await.unwrap();
    assert!(invalid(approve(&house, &boss, id).await).1.contains("count first"));
    assert!(!refused(count_custom_entry(app, &officer, id).await).0.is_empty(), "approvers count");
    assert_eq!(count_custom_entry(app, &boss, id).await.unwrap(), (2, 7));
    let page = open_custom_entry(app, &boss, id).await.unwrap();
    assert_eq!(page.cameras, Some((1, 1)), "one inside, one of unknown position");
    assert!(page.past.is_none(), "only the number is shown before");
    approve(&house, &boss, id).await.unwrap();
    assert_eq!(passes_at(&house, far, "5", "7ABC123").await, None, "outside");
    assert_eq!(passes_at(&house, house.camera, "6", "7ABC123").await, None, "position unknown");
    let hit = passes_at(&house, near, "7", "7AZC001").await.expect("inside");
    assert_eq!(open_hit(app, &officer, hit).await.unwrap().card.own.unwrap().id, id);
}

#[tokio::test]
async fn what_is_approved_is_matched_against_the_past_as_a_search_and_no_hit_is_made_of_it() {
    let house = House::new().await;
    let app = &house.app;
    let officer = staff(&house, "d.chen", &[Role::Officer]).await;
    let boss = staff(&house, "k.boss", &[Role::Supervisor]).await;
    assert_eq!(passes(&house, "1").await, None);
    assert_eq!(passes_at(&house, house.camera, "2", "LMN4402").await, None);
    let id = ask(&house, &officer).await;
    approve(&house, &boss, id).await.unwrap();
    let page = open_custom_entry(app, &officer, id).await.unwrap();
    let past = page.past.expect("the example policy lets it");
    assert_eq!((past.n_reads, past.hours), (1, 168));
    let reads = past.reads.expect("an officer with a purpose sees reads");
    assert_eq!(reads.len(), 1);
    assert_eq!(&*reads[0].plate.expose(), PLATE);
    let hits = list_hits(app, &officer, HitsAsk::default()).await.unwrap();
    assert!(hits.items.is_empty(), "no alert is made out of the past");
    let deeds: Vec<CustomDeed> = page.history.into_iter().map(|done| done.deed).collect();
    assert!(deeds.contains(&CustomDeed::Matched { n_reads: 1, hours: 168 }));
}
