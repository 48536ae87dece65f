//! Reads: one leaf a batch, and a receipt for one of them.

use app::{AskError, IncomingRead, read_receipt, take_frame, take_reads};
use bytes::Bytes;
use domain::{Category, Confidence, PictureKind, ReadRef, SeenVehicle, VehicleClass};
use ledger::Receipt;
use ledger::leaf::{ClearField, Kind};
use ledger::receipt::InvalidReceipt;
use sha2::{Digest as _, Sha256};
use testkit::House;
use testkit::house::read;

use crate::book::{Book, day_keys, gists};
use crate::checkpoints::policy;

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_committed_batch_is_one_leaf_with_its_number_and_root() {
    for house in [House::new().await, House::on_postgres().await] {
        let book = Book::of(house).await;
        let (house, app) = (&book.house, &book.house.app);
        house.want(Category::StolenVehicle, &["A7"]).await;
        book.news().await;
        let sent = (0..20).map(|n| read(house.camera, &n.to_string(), &format!("A{n}"), None));
        take_reads(app, &house.camera(), sent.collect()).await.unwrap();
        book.relay().await;
        book.relay().await;
        let news = book.news().await;
        assert_eq!(gists(&news), ["reads"]);
        assert_eq!(news[0].number_of(ClearField::Number), Some(20));
        assert_eq!(
            (news[0].text(ClearField::Day), news[0].text(ClearField::File)),
            ("2026-11-21", "main")
        );
        assert_eq!((news[0].clear.len(), news[0].things.is_none()), (0, true));
        // An event sent again is no read, and a batch of none is no leaf.
        let again = vec![read(house.camera, "1", "A1", None)];
        assert!(take_reads(app, &house.camera(), again).await.unwrap()[0].duplicate);
        book.relay().await;
        assert_eq!(book.news().await.len(), 0);
    }
}

#[tokio::test]
async fn a_receipt_is_had_as_soon_as_a_read_is_taken() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    for n in 0..20 {
        let one = vec![read(house.camera, &n.to_string(), "A1", None)];
        let at = take_reads(app, &house.camera(), one).await.unwrap()[0].read;
        let receipt = read_receipt(app, &house.admin(), at).await.unwrap();
        receipt.check(&policy(app, book.log()).await).unwrap();
    }
}

#[tokio::test]
async fn what_comes_late_has_a_leaf_and_a_receipt_too() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let morning = Some("2026-11-21T08:00:00Z");
    let early = vec![read(house.camera, "e1", "A1", morning)];
    take_reads(app, &house.camera(), early).await.unwrap();
    book.relay().await;
    house.clock.set("2026-11-22T00:11:00Z");
    app::housekeeping::seal_due_days(app, app.now()).await.unwrap();
    book.news().await;
    let late = vec![read(house.camera, "e2", "A2", morning)];
    let at = take_reads(app, &house.camera(), late).await.unwrap()[0].read;
    book.relay().await;
    let news = book.news().await;
    assert_eq!((news[0].kind(), news[0].text(ClearField::File)), (Kind::Reads, "late"));
    let receipt = read_receipt(app, &house.admin(), at).await.unwrap();
    assert_eq!(receipt.index, news[0].number);
    receipt.check(&policy(app, book.log()).await).unwrap();
}

#[tokio::test]
async fn one_read_is_proved_offline_with_its_pictures_and_without_its_neighbours() {
    for house in [House::new().await, House::on_postgres().await] {
        let book = Book::of(house).await;
        let (house, app) = (&book.house, &book.house.app);
        let frame = Bytes::from_static(b"PLATES 7ABC123 K4W3L");
        let taken = take_frame(app, &house.camera(), frame, None, None).await.unwrap();
        let at = taken.reads[1].read;
        book.relay().await;
        let made = read_receipt(app, &house.admin(), at).await.unwrap();
        let text = made.to_string();
        let receipt = Receipt::parse(text.as_bytes()).unwrap();
        let policy = policy(app, book.log()).await;
        let shown = receipt.check(&policy).unwrap();
        assert_eq!(
            (shown.leaf.kind(), shown.leaf.number(ClearField::Number)),
            (Kind::Reads, Some(2))
        );
        let of_batch = receipt.of_batch.as_ref().unwrap();
        let (_, said) = of_batch.record.said().unwrap();
        assert_eq!(
            (said["plate"].as_str(), said["id"].as_i64()),
            (Some("K4W3L"), Some(at.id.to_i64()))
        );
        assert_eq!(said["camera"].as_i64(), Some(house.camera.to_i64()));
        assert_eq!(said["captured_at"].as_i64(), Some(app.now().micros()));
        // The pictures as they were first written.
        for (kind, name) in
            [(PictureKind::Plate, "plate_picture"), (PictureKind::Vehicle, "vehicle_picture")]
        {
            let jpeg = app::open_picture(app, &house.admin(), at, kind).await.unwrap();
            let digest: String = Sha256::digest(&jpeg).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(said[name].as_str(), Some(digest.as_str()));
        }
        assert_eq!(said["plate_picture"].as_str(), Some(&*sha256("plate picture of K4W3L")));
        // The other read of the batch is a hash in it, and salted.
        assert!(of_batch.path.len() == 1 && of_batch.n == 2);
        assert!(!format!("{text}{said}").contains("7ABC123"));

        let mut other = receipt.clone();
        let forged = said.to_string().replace("K4W3L", "K4W3I");
        other.of_batch.as_mut().unwrap().record =
            ledger::disclosure::Disclosure::of_item(&[0; 16], &forged);
        assert!(matches!(other.check(&policy), Err(InvalidReceipt::Batch(_))));
    }
}

#[tokio::test]
async fn a_reads_record_says_what_its_camera_saw_and_nothing_where_it_did_not_say() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let confidence = Some(Confidence::from_thousandths(930));
    let vehicle = Some(SeenVehicle { class: VehicleClass::Car, confidence });
    let sent = vec![
        IncomingRead { vehicle, ..read(house.camera, "e1", "A1", None) },
        read(house.camera, "e2", "A2", None),
    ];
    let taken = take_reads(app, &house.camera(), sent).await.unwrap();
    book.relay().await;
    let policy = policy(app, book.log()).await;
    let said = async |n: usize| {
        let receipt = read_receipt(app, &house.admin(), taken[n].read).await.unwrap();
        receipt.check(&policy).unwrap();
        receipt.of_batch.as_ref().unwrap().record.said().unwrap().1
    };
    let saw = said(0).await;
    assert_eq!(saw["vehicle"]["class"].as_str(), Some("car"));
    assert_eq!(saw["vehicle"]["confidence"].as_i64(), Some(930));
    // As it was before cameras could say it: records of reads that were kept then are made again word for word.
    assert!(said(1).await.get("vehicle").is_none());
}

#[tokio::test]
async fn without_the_days_key_nobody_can_prove_a_read_any_more() {
    let book = Book::new().await;
    let house = &book.house;
    let frame = Bytes::from_static(b"PLATES 7ABC123");
    let taken = take_frame(&house.app, &house.camera(), frame, None, None).await.unwrap();
    let at: ReadRef = taken.reads[0].read;
    house.app.clone().shutdown().await;
    book.store.close().await;
    let log = book.log();
    day_keys(house).destroy(at.agency, at.day).unwrap();
    let reborn = house.after_a_crash().await;
    let gone = read_receipt(&reborn, &house.admin(), at).await;
    assert!(matches!(gone, Err(AskError::NotFound { .. })), "{:?}", gone.map(|_| ()));
    // The batch's leaf stays, and the log is as sound as before.
    let state = app::log_state(&reborn, log).await.unwrap();
    app::sign_checkpoint(&reborn, &house.admin()).await.unwrap();
    assert!(state.size > 0);
}

#[tokio::test]
async fn a_read_of_elsewhere_has_no_receipt() {
    let book = Book::new().await;
    let house = &book.house;
    let nowhere = ReadRef::parse(&format!("{}-20261121-77", house.agency)).unwrap();
    let none = read_receipt(&house.app, &house.admin(), nowhere).await;
    assert!(matches!(none, Err(AskError::NotFound { .. })));
}
