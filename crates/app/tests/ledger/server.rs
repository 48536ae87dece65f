//! The server's own log: starts, stops, strangers, a clock that was set back; and what an earlier run left open.

use std::io::Read;
use std::sync::mpsc;
use std::time::Duration;

use app::sign_in::{Door, SignInRefused, StepToken, with_demo_link};
use app::{Column, ImportAsk, Layout, import_hotlist, open_read, sweep_ledger, take_reads};
use domain::{Category, ReadRef};
use ledger::leaf::{ClearField, Kind};
use testkit::house::read;

use crate::book::{Book, gists, moment};

#[tokio::test]
async fn starting_and_stopping_the_server_is_in_its_log() {
    let book = Book::new().await;
    let first = book.leaf(store::LogId::SERVER, 0).await;
    assert_eq!(first.gist(), "event server-started");
    assert_eq!(first.text(ClearField::Program), env!("CARGO_PKG_VERSION"));
    assert_eq!(moment(first.beside("at")), book.house.app.now());
    let reborn = book.house.after_a_crash().await;
    assert_eq!(gists(&book.server_news().await), ["event server-started"]);
    reborn.shutdown().await;
    assert_eq!(gists(&book.server_news().await), ["event server-stopped"]);
}

#[tokio::test]
async fn strangers_attempts_beyond_thirty_a_minute_are_counted_in_one_leaf() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let door = Door { address: None, browser: "a test".to_owned(), device: None };
    let knock = async |n: u32| {
        for _ in 0..n {
            let link = StepToken::parse(&"A".repeat(43)).unwrap();
            let refused = with_demo_link(app, &link, &door).await;
            assert!(matches!(refused, Err(SignInRefused::Lost)));
        }
    };
    knock(45).await;
    assert_eq!(book.server_news().await.len(), 30);
    house.clock.pass(Duration::from_secs(60));
    sweep_ledger(app, app.now()).await.unwrap();
    let news = book.server_news().await;
    assert_eq!(gists(&news), ["event attempts-counted"]);
    assert_eq!(news[0].number_of(ClearField::Number), Some(15));

    // Another minute; and one that begins though nobody has swept.
    knock(31).await;
    house.clock.pass(Duration::from_secs(61));
    knock(2).await;
    assert_eq!(book.server_news().await.len(), 32);
    sweep_ledger(app, app.now()).await.unwrap();
    let news = book.server_news().await;
    assert_eq!((news.len(), news[0].number_of(ClearField::Number)), (1, Some(1)));
    sweep_ledger(app, app.now()).await.unwrap();
    assert_eq!(book.server_news().await.len(), 0);
}

#[tokio::test]
async fn a_clock_that_is_set_back_is_told_of_and_the_order_stays() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let nowhere = ReadRef::parse("1-20261121-77").unwrap();
    let look = async || open_read(app, &house.admin(), nowhere).await.unwrap_err();
    let take = async |event: &str| {
        let sent = vec![read(house.camera, event, "A1", None)];
        take_reads(app, &house.camera(), sent).await.unwrap()[0].read
    };
    look().await;
    let before = take("e1").await;
    let signed = app::sign_checkpoint(app, &house.admin()).await.unwrap();
    book.news().await;
    house.clock.set("2026-11-21T11:00:00Z");
    look().await;
    let after = take("e2").await;
    look().await;

    let told = book.server_news().await;
    assert_eq!(gists(&told), ["event clock-stepped-back"]);
    assert_eq!(told[0].number_of(ClearField::Stepped), Some(3_600_000));
    let news = book.news().await;
    assert!(news.iter().filter(|seen| seen.action() == "open-read").count() == 4);
    assert!(
        news.iter()
            .all(|seen| seen.number >= signed.size
                && !seen.beside("at").starts_with("2026-11-21T12"))
    );
    assert!(after.id > before.id, "ids go on rising");

    app::publish_checkpoints(app).await.unwrap();
    let newest = app::log_state(app, book.log()).await.unwrap().checkpoint.unwrap();
    assert!(newest.size > signed.size && newest.signed_at < signed.signed_at);
    house.clock.set("2026-11-21T12:00:01Z");
    app::sign_checkpoint(app, &house.admin()).await.unwrap();
    assert_eq!(gists(&book.server_news().await), [""; 0]);
}

/// A file that goes on only when it is told to.
struct Slow {
    opened: Option<tokio::sync::oneshot::Sender<()>>,
    go_on: mpsc::Receiver<()>,
}

impl Read for Slow {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        if let Some(opened) = self.opened.take() {
            let _ = opened.send(());
        }
        let _ = self.go_on.recv();
        Ok(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_open_is_closed_as_unknown_and_what_is_under_way_is_not() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let list = house.want(Category::StolenVehicle, &["OLD111"]).await;
    book.news().await;
    let (opened, is_open) = tokio::sync::oneshot::channel();
    let (go_on, waits) = mpsc::channel();
    let slow = Box::new(Slow { opened: Some(opened), go_on: waits });
    let (running, ctx) = (app.clone(), house.admin());
    let import = tokio::spawn(async move {
        let ask = ImportAsk {
            layout: Some(Layout::plain(Column::Number(1))),
            dry_run: false,
            file_name: "slow.csv".to_owned(),
            size_bytes: None,
        };
        import_hotlist(&running, &ctx, list, slow, ask).await
    });
    is_open.await.unwrap();
    let begun = book.news().await;
    assert_eq!((begun.len(), begun[0].is_open), (1, true));

    // It takes an hour, and is no stray for the server that is at it.
    house.clock.pass(Duration::from_secs(3_600));
    sweep_ledger(app, app.now()).await.unwrap();
    assert!(book.leaf(book.log(), begun[0].number).await.is_open);

    // Another server, after a crash of the first, knows nothing of it.
    let reborn = house.after_a_crash().await;
    house.clock.set("2026-11-21T12:14:59Z");
    sweep_ledger(&reborn, reborn.now()).await.unwrap();
    assert!(book.leaf(book.log(), begun[0].number).await.is_open);
    house.clock.set("2026-11-21T12:15:01Z");
    sweep_ledger(&reborn, reborn.now()).await.unwrap();
    let news = book.news().await;
    assert_eq!(gists(&news), ["complete"]);
    assert_eq!(news[0].kind(), Kind::Complete);
    assert_eq!(news[0].number_of(ClearField::Of), Some(begun[0].number));
    assert_eq!(news[0].text(ClearField::Outcome), "unknown");
    assert!(!book.leaf(book.log(), begun[0].number).await.is_open);
    sweep_ledger(&reborn, reborn.now()).await.unwrap();
    assert_eq!(book.news().await.len(), 0);
    drop(go_on);
    import.await.unwrap().unwrap_err();
}
