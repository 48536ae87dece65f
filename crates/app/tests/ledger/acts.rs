//! Acts: begun in the log before anything is shown or changed, completed with what was touched.

use std::io::Cursor;

use app::sign_in::demo_link;
use app::{
    AskError, Column, Ctx, HitsAsk, ImportAsk, Layout, add_camera, import_hotlist, list_hits,
    open_hit, open_picture, open_read, take_frame, take_reads,
};
use bytes::Bytes;
use domain::{Actor, AgencyId, Category, Mounting, NewCamera, PictureKind, ReadRef, Timestamp};
use ledger::leaf::{ClearField, Kind};
use sha2::{Digest as _, Sha256};
use testkit::House;
use testkit::house::read;

use crate::book::{Book, Seen, gists, moment};

/// A read of a listed plate, with pictures.
async fn seen_by_the_camera(house: &House) -> ReadRef {
    let frame = Bytes::from_static(b"PLATES 7ABC123");
    take_frame(&house.app, &house.camera(), frame, None, None).await.unwrap().reads[0].read
}

/// A beginning and its end, which follow each other.
fn pair(news: &[Seen]) -> (&Seen, &Seen) {
    let [begun, done] = news else { panic!("a beginning and an end: {:?}", gists(news)) };
    assert_eq!((begun.kind(), done.kind()), (Kind::Begin, Kind::Complete));
    assert_eq!(done.number_of(ClearField::Of), Some(begun.number));
    assert_eq!(done.action(), begun.action());
    assert!(!begun.is_open, "it has an end");
    (begun, done)
}

#[tokio::test]
async fn opening_a_read_a_picture_or_a_hit_is_begun_before_and_completed_with_what_was_shown() {
    for house in [House::new().await, House::on_postgres().await] {
        house.want(Category::StolenVehicle, &["7ABC123"]).await;
        let at = seen_by_the_camera(&house).await;
        let book = Book::of(house).await;
        book.relay().await;
        let (house, app) = (&book.house, &book.house.app);
        book.news().await;

        let page = open_read(app, &house.admin(), at).await.unwrap();
        let news = book.news().await;
        let (begun, done) = pair(&news);
        assert_eq!(
            (begun.action(), begun.beside("objects")),
            ("open-read", &*format!("read {at}"))
        );
        assert_eq!(done.text(ClearField::Outcome), "done");
        let hit = format!("hit {}", page.hits[0].id);
        assert_eq!(done.ids(), [&*format!("read {at}"), &*hit]);

        let jpeg = open_picture(app, &house.admin(), at, PictureKind::Plate).await.unwrap();
        let news = book.news().await;
        let (begun, done) = pair(&news);
        assert_eq!(begun.action(), "open-picture");
        assert_eq!(done.ids(), [&*format!("plate picture of read {at}")]);
        assert_eq!(done.number_of(ClearField::Bytes), Some(jpeg.len() as u64));

        open_hit(app, &house.admin(), page.hits[0].id).await.unwrap();
        let news = book.news().await;
        let (begun, done) = pair(&news);
        assert_eq!((begun.action(), begun.beside("objects")), ("open-hit", &*hit));
        assert!(done.ids().contains(&&*hit), "{:?}", done.ids());
    }
}

#[tokio::test]
async fn what_is_not_there_was_asked_for_all_the_same() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let nowhere = ReadRef::parse(&format!("{}-20261121-77", house.agency)).unwrap();
    let missing = open_read(app, &house.admin(), nowhere).await;
    assert!(matches!(missing, Err(AskError::NotFound { .. })));
    let news = book.news().await;
    let (begun, done) = pair(&news);
    assert_eq!(begun.beside("objects"), format!("read {nowhere}"));
    assert_eq!((done.text(ClearField::Outcome), done.ids().len()), ("broken-off", 0));
}

#[tokio::test]
async fn no_plate_stands_in_the_log_or_beside_it() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    house.want(Category::AmberAlert, &["7ABC123"]).await;
    let at = seen_by_the_camera(house).await;
    book.relay().await;
    let hits = list_hits(app, &house.admin(), HitsAsk::default()).await.unwrap().items;
    open_hit(app, &house.admin(), hits[0].id).await.unwrap();
    open_read(app, &house.admin(), at).await.unwrap();
    open_picture(app, &house.admin(), at, PictureKind::Vehicle).await.unwrap();
    app::sweep_ledger(app, app.now()).await.unwrap();
    let news = book.news().await;
    assert!(news.len() >= 10, "{:?}", gists(&news));
    for seen in &news {
        let all = format!("{} {:?} {:?}", seen.entry, seen.clear, seen.ids());
        assert!(!all.contains("7ABC123") && !all.contains("Lamar"), "{all}");
        // Who, what exactly and at which moment stand in the entry as digests only.
        assert!(!seen.entry.contains("12:00:00") && !seen.entry.contains(&at.to_string()));
    }
}

#[tokio::test]
async fn a_refusal_is_written_down_before_it_is_given() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let at = seen_by_the_camera(house).await;
    book.relay().await;
    book.news().await;

    let refused = open_read(app, &house.camera(), at).await;
    assert!(matches!(refused, Err(AskError::Refused(_))));
    let news = book.news().await;
    assert_eq!(gists(&news), ["event open-read"]);
    assert_eq!(news[0].text(ClearField::Decision), "refuse");
    assert_eq!(news[0].leaf.words(ClearField::Reasons), ["cameras-only-submit"]);
    assert_eq!(news[0].text(ClearField::ActorKind), "camera");
    assert_eq!(news[0].beside("name"), format!("camera {}", house.camera));
    assert_eq!(news[0].beside("objects"), format!("read {at}"));

    let elsewhere = AgencyId::from_i64(house.agency.to_i64() + 1);
    let stranger = Ctx { actor: Actor::Person(elsewhere, house.person), ..house.admin() };
    assert!(matches!(open_read(app, &stranger, at).await, Err(AskError::Refused(_))));
    assert!(list_hits(app, &stranger, HitsAsk::default()).await.is_err());
    let news = book.news().await;
    assert_eq!(gists(&news), ["event open-read", "event list-hits"]);
    assert!(news.iter().all(|one| one.leaf.words(ClearField::Reasons) == ["other-agency"]));

    // Nobody is nobody's: what they try stands in the server's log.
    let nobody = Ctx::nobody(app.now());
    assert!(matches!(open_read(app, &nobody, at).await, Err(AskError::Refused(_))));
    let news = book.server_news().await;
    assert_eq!(news[0].leaf.words(ClearField::Reasons), ["not-signed-in"]);

    let as_admin = vec![read(house.camera, "e", "A1", None)];
    assert!(take_reads(app, &stranger, as_admin).await.is_err());
    assert_eq!(gists(&book.news().await), ["event submit-reads"]);
}

#[tokio::test]
async fn adding_a_camera_and_making_a_link_are_in_the_log() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let about = NewCamera {
        name: "Riverside".to_owned(),
        mounting: Mounting::Trailer,
        site: "Riverside Dr".to_owned(),
        heading_deg: None,
        position: None,
    };
    let camera = add_camera(app, &house.admin(), about).await.unwrap().camera;
    let news = book.news().await;
    let (begun, done) = pair(&news);
    assert_eq!(begun.action(), "manage-cameras");
    assert_eq!(done.ids(), [&*format!("camera {}, added", camera.id)]);

    let size = app::log_state(app, book.log()).await.unwrap().size;
    demo_link(app, house.person).await.unwrap();
    let made = book.leaf(book.log(), size).await;
    assert_eq!(
        (made.gist().as_str(), made.text(ClearField::ActorKind)),
        ("event make-demo-link", "server")
    );
}

#[tokio::test]
async fn importing_a_hotlist_leaves_the_files_digest() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let list = house.want(Category::StolenVehicle, &["OLD111"]).await;
    book.news().await;
    let file = "plate\nNEW111\nNEW222\n!!!\n";
    let ask = |dry_run| ImportAsk {
        layout: Some(Layout::plain(Column::Number(1))),
        dry_run,
        file_name: "wanted.csv".to_owned(),
        size_bytes: None,
    };
    let source = || Box::new(Cursor::new(file));
    import_hotlist(app, &house.admin(), list, source(), ask(false)).await.unwrap();
    let news = book.news().await;
    let (begun, done) = pair(&news);
    assert_eq!(
        (begun.action(), begun.beside("objects")),
        ("manage-hotlists", &*format!("hotlist {list}"))
    );
    let digest: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(done.text(ClearField::Digest), digest);
    assert!(done.ids()[0].contains(": 2 rows taken, 1 refused"), "{:?}", done.ids());

    let bad = Box::new(Cursor::new("plate\n!!!\n"));
    assert!(import_hotlist(app, &house.admin(), list, bad, ask(false)).await.is_err());
    let news = book.news().await;
    assert_eq!(pair(&news).1.text(ClearField::Outcome), "failed");
}

#[tokio::test]
async fn what_names_reads_goes_on_schedule_and_the_leaf_verifies_without_it() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let at = seen_by_the_camera(house).await;
    book.relay().await;
    book.news().await;
    open_read(app, &house.admin(), at).await.unwrap();
    let news = book.news().await;
    let (begun, done) = pair(&news);
    let before = app::sign_checkpoint(app, &house.admin()).await.unwrap();

    house.clock.pass(house.config.ledger.reads_named_for);
    app::sweep_ledger(app, app.now()).await.unwrap();
    let (again, ended) =
        (book.leaf(book.log(), begun.number).await, book.leaf(book.log(), done.number).await);
    assert_eq!((again.beside("objects"), ended.things), ("", None));
    // Who and when never go by themselves; the entry and its place in the tree stay as they are.
    assert_eq!(again.beside("name"), "R. Ortiz (r.ortiz)");
    assert_eq!(moment(again.beside("at")), moment("2026-11-21T12:00:00Z"));
    assert_eq!((&again.entry, &ended.entry), (&begun.entry, &done.entry));
    let receipt = app::leaf_receipt(app, &house.admin(), begun.number).await.unwrap();
    let shown = receipt.check(&crate::checkpoints::policy(app, book.log()).await).unwrap();
    assert_eq!(shown.checkpoint.size, before.size);
    assert_eq!(receipt.disclosures.len(), again.clear.len());
}

#[tokio::test]
async fn clause_aus_344_4d_the_log_names_reads_no_longer_than_the_policy_keeps_them() {
    let day = std::time::Duration::from_secs(86_400);
    let house = House::with(|config| config.ledger.reads_named_for = day * 400).await;
    let book = Book::of(house).await;
    let (house, app) = (&book.house, &book.house.app);
    let kept = app.policy(house.agency).unwrap().bundle.settings().retention.days;
    let rule = app.reads_named_for(house.agency);
    assert_eq!((rule.holds, rule.configured), (day * kept, day * 400));
    assert!(rule.holds < rule.configured, "the policy keeps reads for a shorter time");
    let at = seen_by_the_camera(house).await;
    book.relay().await;
    book.news().await;
    open_read(app, &house.admin(), at).await.unwrap();
    let news = book.news().await;
    let (begun, done) = pair(&news);
    let beside = async || {
        app::sweep_ledger(app, app.now()).await.unwrap();
        let (begun, done) =
            (book.leaf(book.log(), begun.number).await, book.leaf(book.log(), done.number).await);
        (begun.beside("objects").to_owned(), done.things.is_some())
    };
    house.clock.pass(day * kept - std::time::Duration::from_secs(1));
    assert_eq!(beside().await, (format!("read {at}"), true));
    house.clock.pass(std::time::Duration::from_secs(1));
    assert_eq!(beside().await, (String::new(), false));
}

/// The moment at which somebody acted, to the microsecond, as it stands beside a leaf.
#[tokio::test]
async fn an_act_that_takes_time_has_two_moments() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let ctx = house.admin();
    house.clock.pass(std::time::Duration::from_micros(1_234_567));
    open_read(app, &ctx, ReadRef::parse("1-20261121-77").unwrap()).await.unwrap_err();
    let news = book.news().await;
    let (begun, done) = pair(&news);
    let at = |seen: &Seen| -> Timestamp { moment(seen.beside("at")) };
    assert_eq!(at(done).since(at(begun)), std::time::Duration::from_micros(1_234_567));
}
