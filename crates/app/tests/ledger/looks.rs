//! Live pages: one standing look each, written down when it begins, every minute with what was really sent, at its end.

use std::time::Duration;

use app::{
    AskError, Ctx, HitsAsk, ReadsAsk, SessionRef, list_hits, list_reads, open_hit, open_picture,
    open_read, sweep_ledger, take_frame, take_reads,
};
use bytes::Bytes;
use domain::{Category, PictureKind};
use ledger::leaf::{ClearField, Kind};
use testkit::house::read;

use crate::book::{Book, gists};

const MINUTE: Duration = Duration::from_secs(60);

fn desk(book: &Book) -> Ctx {
    book.house.admin().in_session(SessionRef([7; 8]))
}

async fn take(book: &Book, event: &str, plate: &str) -> String {
    let house = &book.house;
    let sent = vec![read(house.camera, event, plate, None)];
    let taken = take_reads(&house.app, &house.camera(), sent).await.unwrap();
    book.relay().await;
    format!("read {}", taken[0].read)
}

async fn sweep(book: &Book) {
    sweep_ledger(&book.house.app, book.house.app.now()).await.unwrap();
}

#[tokio::test]
async fn hits_are_watched_and_opened_without_a_case_and_a_read_is_not() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    house.want(Category::StolenVehicle, &["7ABC123"]).await;
    take(&book, "e1", "7ABC123").await;
    let watching = house.without_purpose();
    let seen = list_hits(app, &watching, HitsAsk::default()).await.unwrap().items;
    assert_eq!(seen.len(), 1);
    open_hit(app, &watching, seen[0].id).await.unwrap();
    let opened = open_read(app, &watching, seen[0].read).await;
    assert!(matches!(opened, Err(AskError::Refused(_))));
}

#[tokio::test]
async fn a_live_page_is_one_look_with_a_leaf_a_minute_of_what_was_really_sent() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    house.want(Category::StolenVehicle, &["7ABC123"]).await;
    let first = take(&book, "e1", "7ABC123").await;
    book.news().await;

    for _ in 0..3 {
        list_hits(app, &desk(&book), HitsAsk::default()).await.unwrap();
    }
    let news = book.news().await;
    assert_eq!(gists(&news), ["begin list-hits"]);
    assert_eq!(news[0].text(ClearField::Purpose), "monitoring");
    let begun = news[0].number;

    house.clock.pass(MINUTE);
    sweep(&book).await;
    let news = book.news().await;
    assert_eq!((news.len(), news[0].kind()), (1, Kind::Minute));
    assert_eq!(news[0].number_of(ClearField::Of), Some(begun));
    let hit = list_hits(app, &desk(&book), HitsAsk::default()).await.unwrap().items[0].id;
    assert_eq!(news[0].ids(), [&*format!("hit {hit}"), &*first]);

    // Only what is new after that: here, the same again, and one more.
    let second = take(&book, "e2", "7ABC123").await;
    let ask = HitsAsk { after: Some(hit), ..HitsAsk::default() };
    let more = list_hits(app, &desk(&book), ask).await.unwrap().items[0].id;
    house.clock.pass(MINUTE);
    sweep(&book).await;
    let news = book.news().await;
    let minute = news.iter().find(|seen| seen.kind() == Kind::Minute).unwrap();
    let mut ids = vec![format!("hit {hit}"), format!("hit {more}"), first, second];
    ids.sort();
    assert_eq!(minute.ids(), ids);

    // Nothing is sent for a while: no leaf. Then the page is closed.
    house.clock.pass(Duration::from_secs(25));
    sweep(&book).await;
    assert_eq!(gists(&book.news().await), [""; 0]);
    house.clock.pass(Duration::from_secs(10));
    sweep(&book).await;
    let news = book.news().await;
    assert_eq!((news.len(), news[0].kind()), (1, Kind::Complete));
    assert_eq!((news[0].number_of(ClearField::Of), news[0].ids().len()), (Some(begun), 0));
    assert!(!book.leaf(book.log(), begun).await.is_open);
    sweep(&book).await;
    assert_eq!(book.news().await.len(), 0);
}

#[tokio::test]
async fn a_page_that_is_kept_open_stays_one_look_and_a_left_one_ends() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    list_hits(app, &desk(&book), HitsAsk::default()).await.unwrap();
    let elsewhere = house.admin().in_session(SessionRef([8; 8]));
    list_reads(app, &elsewhere, ReadsAsk::default()).await.unwrap();
    for _ in 0..5 {
        house.clock.pass(MINUTE);
        app.keep_looking(&desk(&book)).await;
        sweep(&book).await;
    }
    let news = book.news().await;
    assert_eq!(gists(&news), ["begin list-hits", "begin list-reads", "complete list-reads"]);
    assert_eq!(news[2].number_of(ClearField::Of), Some(news[1].number));
    list_hits(app, &desk(&book), HitsAsk::default()).await.unwrap();
    list_reads(app, &elsewhere, ReadsAsk::default()).await.unwrap();
    assert_eq!(gists(&book.news().await), ["begin list-reads"]);
}

#[tokio::test]
async fn two_sessions_are_two_looks() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    for session in [1, 2] {
        let ctx = house.admin().in_session(SessionRef([session; 8]));
        list_hits(app, &ctx, HitsAsk::default()).await.unwrap();
    }
    let news = book.news().await;
    assert_eq!(gists(&news), ["begin list-hits", "begin list-hits"]);
    assert_ne!(news[0].text(ClearField::Session), news[1].text(ClearField::Session));
}

#[tokio::test]
async fn pictures_in_a_live_list_belong_to_its_look() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let frame = Bytes::from_static(b"PLATES 7ABC123");
    let taken = take_frame(app, &house.camera(), frame, None, None).await.unwrap();
    let at = taken.reads[0].read;
    book.relay().await;
    book.news().await;
    list_reads(app, &desk(&book), ReadsAsk::default()).await.unwrap();
    open_picture(app, &desk(&book), at, PictureKind::Plate).await.unwrap();
    // Somebody else's look does not cover it.
    open_picture(app, &house.admin(), at, PictureKind::Plate).await.unwrap();
    house.clock.pass(MINUTE);
    sweep(&book).await;
    let news = book.news().await;
    assert_eq!(
        gists(&news),
        ["begin list-reads", "begin open-picture", "complete open-picture", "minute list-reads"]
    );
    assert_eq!(news[3].ids(), [&*format!("plate picture of read {at}"), &*format!("read {at}")]);
}

#[tokio::test]
async fn a_server_that_stops_completes_what_was_looked_at() {
    let book = Book::new().await;
    let app = &book.house.app;
    let sent = take(&book, "e1", "K4W3L").await;
    book.news().await;
    list_reads(app, &desk(&book), ReadsAsk::default()).await.unwrap();
    let begun = book.news().await[0].number;
    app.clone().shutdown().await;
    let size = book.store.log(book.log()).await.unwrap().unwrap().size;
    let last = book.leaf(book.log(), size - 1).await;
    assert_eq!((last.kind(), last.number_of(ClearField::Of)), (Kind::Complete, Some(begun)));
    assert_eq!(last.ids(), [&*sent]);
}

/// Otherwise nobody would be at the page any more, and it would stand until the old hour comes again.
#[tokio::test]
async fn a_page_ends_also_when_the_clock_was_set_back() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    list_hits(app, &desk(&book), HitsAsk::default()).await.unwrap();
    house.clock.set("2026-11-21T11:00:00Z");
    sweep(&book).await;
    house.clock.pass(2 * MINUTE);
    sweep(&book).await;
    assert_eq!(gists(&book.news().await), ["begin list-hits", "complete list-hits"]);
}
