//! Protected events: what was read where people gather is shown only with a nexus to a crime and a supervisor's approval.

use std::time::Duration;

use app::oversight::inbox;
use app::protected_events::{
    DecideNexus, add_protected_event, ask_nexus, decide_nexus, protected_board,
    withdraw_protected_event,
};
use app::{
    AskError, Ctx, ReadsAsk, add_camera, list_reads, open_picture, open_read, read_receipt,
    take_reads,
};
use domain::oversight::Cause;
use domain::protected::{NewProtectedEvent, ProtectedPlace};
use domain::{
    Category, Mounting, NewCamera, NexusRequestId, PersonId, PictureKind, Position,
    ProtectedEventId, ReadRef, Role,
};
use policy::{Facts, ProtectedFact};
use testkit::house::read;

use crate::record::newest;
use crate::scene::{Scene, at, reason, refused, stated};

const CLAUSE: &str = "AUS-344.4a4";
const CASE: &str = "26-1234567";
const REASON: &str = "owner reported it stolen from the garage downtown";
const CAPITOL: Position = Position { latitude: 30.2747, longitude: -97.7404 };
const LAMAR: Position = Position { latitude: 30.2698, longitude: -97.7531 };

/// A vigil at the capitol, with one read there and one elsewhere.
struct Vigil {
    scene: Scene,
    lieutenant: Ctx,
    event: ProtectedEventId,
    there: ReadRef,
    elsewhere: ReadRef,
}

async fn read_at(scene: &Scene, lieutenant: &Ctx, name: &str, position: Position) -> ReadRef {
    let app = scene.app();
    let about = NewCamera {
        name: name.to_owned(),
        mounting: Mounting::Trailer,
        site: name.to_owned(),
        heading_deg: None,
        position: Some(position),
    };
    let by = Ctx::command(scene.austin, lieutenant.now);
    let added = add_camera(app, &by, about).await.unwrap();
    let ctx = app.camera_ctx(&added.key).unwrap();
    let sent = vec![read(added.camera.id, name, "7ABC123", None)];
    take_reads(app, &ctx, sent).await.unwrap()[0].read
}

impl Vigil {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let lieutenant = scene.trained("l.marsh", &[Role::ProgramLieutenant]).await;
        let there = read_at(&scene, &lieutenant, "Capitol", CAPITOL).await;
        let elsewhere = read_at(&scene, &lieutenant, "Lamar", LAMAR).await;
        let hour = Duration::from_secs(3600);
        let now = scene.app().now();
        let new = NewProtectedEvent {
            name: "Vigil at the capitol".to_owned(),
            why: "people pray for the dead".to_owned(),
            place: ProtectedPlace::Circle { centre: CAPITOL, radius_m: 400 },
            from: now.minus(hour),
            until: now.plus(hour),
        };
        let event = add_protected_event(scene.app(), &lieutenant, new).await.unwrap();
        Self { scene, lieutenant, event, there, elsewhere }
    }

    /// Somebody who works on a case.
    async fn works(&self, login: &str, roles: &[Role], case: &str) -> Ctx {
        let ctx = self.scene.trained(login, roles).await;
        self.scene.says(&ctx, &stated("stolen-vehicle", case, REASON)).await
    }

    /// The same person, later or on another case.
    async fn again(&self, ctx: &Ctx, case: &str) -> Ctx {
        self.scene.says(ctx, &stated("stolen-vehicle", case, REASON)).await
    }

    /// The word of why the read at the vigil is not opened; none: it is.
    async fn opens(&self, ctx: &Ctx) -> Option<String> {
        match open_read(self.scene.app(), ctx, self.there).await {
            Ok(_) => None,
            err => {
                let (mut reasons, says) = refused(err);
                assert_eq!(reasons.len(), 1, "{says}");
                let (word, clause) = reasons.remove(0);
                assert_eq!(clause, CLAUSE);
                Some(word)
            }
        }
    }

    /// Which reads the feed shows, and how many it leaves out.
    async fn lists(&self, ctx: &Ctx) -> (Vec<ReadRef>, u64) {
        let page = list_reads(self.scene.app(), ctx, ReadsAsk::default()).await.unwrap();
        (page.items.iter().map(|card| card.read).collect(), page.n_left_out)
    }

    async fn asks(&self, ctx: &Ctx) -> NexusRequestId {
        let nexus = "the car that was stolen at gunpoint stood there";
        ask_nexus(self.scene.app(), ctx, self.event, nexus).await.unwrap()
    }

    async fn decides(
        &self,
        by: &Ctx,
        request: NexusRequestId,
        hours: Option<u32>,
    ) -> Result<(), AskError> {
        let said = DecideNexus { request, hours, why: "a robbery".to_owned() };
        decide_nexus(self.scene.app(), by, &said).await
    }
}

const NEXUS: Option<&str> = Some("first-amendment-nexus");
const SUPERVISOR: Option<&str> = Some("first-amendment-supervisor");

#[tokio::test]
async fn clause_aus_344_4a4_what_was_read_at_a_protected_event_is_refused_and_left_out_of_lists() {
    let vigil = Vigil::new().await;
    let (app, scene) = (vigil.scene.app(), &vigil.scene);
    let officer = vigil.works("k.ellis", &[Role::Officer], CASE).await;
    assert_eq!(vigil.opens(&officer).await.as_deref(), NEXUS);
    let seen = newest(&scene.house, scene.austin, "open-read").await;
    let facts = Facts::read(seen.beside("facts")).unwrap();
    let fact = ProtectedFact { approved: false, nexus: false, wanted: false };
    assert_eq!((seen.decision().1, facts.protected), ("refuse", Some(fact)));
    let picture = open_picture(app, &officer, vigil.there, PictureKind::Plate).await;
    assert_eq!(refused(picture).0, reason("first-amendment-nexus", CLAUSE));
    let receipt = read_receipt(app, &officer, vigil.there).await;
    assert_eq!(refused(receipt).0, reason("first-amendment-nexus", CLAUSE));
    open_read(app, &officer, vigil.elsewhere).await.unwrap();
    assert_eq!(vigil.lists(&officer).await, (vec![vigil.elsewhere], 1));

    let auditor = scene.trained("a.mora", &[Role::Auditor]).await;
    let open = inbox(app, &auditor).await.unwrap().open;
    let causes: Vec<_> = open.iter().map(|one| (one.cause, one.subject)).collect();
    assert_eq!(causes, [(Cause::ProtectedEvent, officer.person_id().unwrap())]);
    assert_eq!(open[0].n_leaves, 3, "a list that leaves out is no attempt");
}

#[tokio::test]
async fn clause_aus_344_4a4_a_look_needs_a_nexus_and_a_supervisor_who_is_another_person() {
    let vigil = Vigil::new().await;
    let (app, scene) = (vigil.scene.app(), &vigil.scene);
    let officer = vigil.works("k.ellis", &[Role::Officer], CASE).await;
    let request = vigil.asks(&officer).await;
    assert_eq!(vigil.opens(&officer).await.as_deref(), SUPERVISOR);
    assert_eq!(
        refused(vigil.decides(&officer, request, Some(8)).await).0,
        reason("no-role", "AUS-344.4c")
    );

    let supervisor = vigil.works("s.ward", &[Role::Supervisor], CASE).await;
    let own = vigil.asks(&supervisor).await;
    let alone = vigil.decides(&supervisor, own, Some(8)).await;
    assert!(matches!(alone, Err(AskError::Invalid { field: "request", .. })), "{alone:?}");
    let too_long = vigil.decides(&supervisor, request, Some(73)).await;
    assert!(matches!(too_long, Err(AskError::Invalid { field: "hours", .. })), "{too_long:?}");
    vigil.decides(&supervisor, request, Some(8)).await.unwrap();
    let twice = vigil.decides(&supervisor, request, None).await;
    assert!(matches!(twice, Err(AskError::Invalid { field: "request", .. })), "{twice:?}");

    assert_eq!(vigil.opens(&officer).await, None);
    let seen = newest(&scene.house, scene.austin, "open-read").await;
    let facts = Facts::read(seen.beside("facts")).unwrap();
    assert!(facts.protected.unwrap().approved);
    let (shown, n_left_out) = vigil.lists(&officer).await;
    assert_eq!((shown.contains(&vigil.there), n_left_out), (true, 0));
    let listed = newest(&scene.house, scene.austin, "list-reads").await;
    let facts = Facts::read(listed.beside("facts")).unwrap();
    assert!(facts.protected.unwrap().approved, "the list stands on record as such a look");

    let colleague = vigil.works("m.varga", &[Role::Officer], CASE).await;
    assert_eq!(vigil.opens(&colleague).await.as_deref(), NEXUS, "it was not their request");
    let other_case = vigil.again(&officer, "26-7654321").await;
    assert_eq!(vigil.opens(&other_case).await.as_deref(), NEXUS, "nor for this case");
    let board = protected_board(app, &colleague).await.unwrap();
    assert_eq!(board.requests, [], "others' requests are for who decides");
}

#[tokio::test]
async fn clause_aus_344_4a4_an_approval_ends_by_itself_and_a_refusal_opens_nothing() {
    let vigil = Vigil::new().await;
    let officer = vigil.works("k.ellis", &[Role::Officer], CASE).await;
    let supervisor = vigil.works("s.ward", &[Role::Supervisor], CASE).await;
    let request = vigil.asks(&officer).await;
    vigil.decides(&supervisor, request, Some(2)).await.unwrap();
    assert_eq!(vigil.opens(&officer).await, None);
    vigil.scene.house.clock.set("2026-11-21T13:59:59Z");
    assert_eq!(vigil.opens(&vigil.again(&officer, CASE).await).await, None);
    vigil.scene.house.clock.set("2026-11-21T14:00:00Z");
    let later = vigil.again(&officer, CASE).await;
    assert_eq!(vigil.opens(&later).await.as_deref(), NEXUS);
    let request = vigil.asks(&later).await;
    let supervisor = vigil.scene.signed_in(supervisor.person_id().unwrap()).await;
    vigil.decides(&supervisor, request, None).await.unwrap();
    assert_eq!(vigil.opens(&later).await.as_deref(), NEXUS, "it was refused");
}

#[tokio::test]
async fn clause_aus_344_4a4_a_hit_has_its_ground_in_the_entry_that_wants_the_vehicle() {
    let vigil = Vigil::new().await;
    let (app, scene) = (vigil.scene.app(), &vigil.scene);
    // The house's own agency, whose policy has the same rules.
    let house = &scene.house;
    let list = house.want(Category::StolenVehicle, &["7ABC123"]).await;
    let now = app.now();
    let new = NewProtectedEvent {
        name: "Vigil".to_owned(),
        why: "people pray".to_owned(),
        place: ProtectedPlace::Cameras([house.camera].into()),
        from: now,
        until: now.plus(Duration::from_secs(3600)),
    };
    add_protected_event(app, &house.admin(), new).await.unwrap();
    let sent = ["7ABC123", "8XYZ987"].map(|plate| read(house.camera, plate, plate, None));
    let taken = take_reads(app, &house.camera(), sent.into()).await.unwrap();
    assert_eq!((taken[0].n_hits, taken[1].n_hits, list.to_i64()), (1, 0, 1));
    while app::list_hits(app, &house.admin(), Default::default()).await.unwrap().items.is_empty() {
        tokio::task::yield_now().await;
    }
    open_read(app, &house.admin(), taken[0].read).await.unwrap();
    let other = open_read(app, &house.admin(), taken[1].read).await;
    assert_eq!(refused(other).0, reason("first-amendment-nexus", "OURS-protected"));
}

#[tokio::test]
async fn clause_aus_344_4a4_the_list_is_kept_by_lieutenants_and_administrators_and_forgets_nothing()
{
    let vigil = Vigil::new().await;
    let (app, scene) = (vigil.scene.app(), &vigil.scene);
    let officer = vigil.works("k.ellis", &[Role::Officer], CASE).await;
    let event = protected_board(app, &officer).await.unwrap().events.remove(0);
    let theirs = add_protected_event(app, &officer, event.about.clone()).await;
    assert_eq!(refused(theirs).0, reason("no-role", "AUS-344.4c"));
    let wrong = |change: fn(&mut NewProtectedEvent)| {
        let mut new = event.about.clone();
        change(&mut new);
        add_protected_event(app, &vigil.lieutenant, new)
    };
    for (change, field) in [
        ((|new| new.until = new.from) as fn(&mut NewProtectedEvent), "until"),
        (|new| new.name.clear(), "name"),
        (|new| new.why = " ".to_owned(), "why"),
        (|new| new.place = ProtectedPlace::Cameras([].into()), "cameras"),
        (
            |new| {
                new.place = ProtectedPlace::Cameras([domain::CameraId::from_i64(999)].into());
            },
            "cameras",
        ),
        (|new| new.place = ProtectedPlace::Circle { centre: CAPITOL, radius_m: 0 }, "radius"),
    ] {
        let refused = wrong(change).await;
        assert!(
            matches!(&refused, Err(AskError::Invalid { field: named, .. }) if *named == field),
            "{refused:?}"
        );
    }
    let gone = withdraw_protected_event(app, &vigil.lieutenant, vigil.event, "the wrong day").await;
    gone.unwrap();
    assert_eq!(vigil.opens(&officer).await, None);
    assert_eq!(vigil.lists(&officer).await.1, 0);
    let board = protected_board(app, &officer).await.unwrap();
    let withdrawn = board.events[0].withdrawn.as_ref().unwrap();
    assert_eq!(withdrawn.why, "the wrong day");
    let by: PersonId = withdrawn.by;
    assert_eq!(board.names[&by], "Called l.marsh");
    let token = testkit::house::a_session(app, officer.person_id().unwrap()).await;
    let jobless = at(app, &token).await.unwrap();
    let asked = ask_nexus(app, &jobless, vigil.event, "a robbery").await;
    assert!(matches!(asked, Err(AskError::Invalid { field: "event", .. })), "{asked:?}");
    let written = newest(&scene.house, scene.austin, "manage-protected").await;
    assert_eq!(written.beside("name"), "Called l.marsh (l.marsh)");
}
