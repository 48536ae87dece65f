//! Taking reads: kept once, matched, relayed, told; late, early and wrong ones.

use std::time::Duration;

use app::{
    HitsAsk, IncomingRead, Notice, ReadsAsk, TakeError, Topic, list_hits, list_reads, open_hit,
    open_picture, open_read, take_frame, take_reads,
};
use bytes::Bytes;
use domain::life::Step;
use domain::{
    Category, ClassFit, Confidence, Marks, PictureKind, Priority, SeenVehicle, VehicleClass,
};
use plate::Grade;
use testkit::House;
use testkit::house::read;

#[tokio::test]
async fn a_read_is_kept_and_an_event_sent_again_changes_nothing() {
    for house in [House::new().await, House::on_postgres().await] {
        let one = || read(house.camera, "e1", "7ABC123", Some("2026-11-21T11:59:58Z"));
        let two = read(house.camera, "e2", "K4W3L", None);
        let first = take_reads(&house.app, &house.camera(), vec![one(), two, one()]).await.unwrap();
        assert_eq!(
            [first[0].duplicate, first[1].duplicate, first[2].duplicate],
            [false, false, true]
        );
        assert_eq!(first[0].read, first[2].read);
        let again = take_reads(&house.app, &house.camera(), vec![one()]).await.unwrap();
        assert_eq!((again[0].duplicate, again[0].read), (true, first[0].read));
        let reborn = house.after_a_crash().await;
        let after = take_reads(&reborn, &house.camera(), vec![one()]).await.unwrap();
        assert_eq!((after[0].duplicate, after[0].read), (true, first[0].read));
        let feed = list_reads(&reborn, &house.admin(), ReadsAsk::default()).await.unwrap();
        assert_eq!(feed.items.len(), 2);
        assert_eq!(feed.next, None);
    }
}

#[tokio::test]
async fn a_wanted_plate_is_a_hit_and_the_console_is_told_without_a_plate() {
    let house = House::new().await;
    house.want(Category::AmberAlert, &["7ABC123"]).await;
    let mut told = house.app.bus().subscribe(house.agency, None);
    let sent =
        vec![read(house.camera, "e1", "7A8C123", None), read(house.camera, "e2", "XYZ99", None)];
    let taken = take_reads(&house.app, &house.camera(), sent).await.unwrap();
    assert_eq!((taken[0].n_hits, taken[1].n_hits), (1, 0));
    loop {
        let Some(Notice::Event(event)) = told.next().await else { panic!("an event") };
        if event.topic == Topic::Hits {
            assert_eq!(event.priority, Some(Priority::High));
            break;
        }
    }
    let hits = list_hits(&house.app, &house.admin(), HitsAsk::default()).await.unwrap().items;
    let [hit] = hits.as_slice() else { panic!("one hit") };
    assert_eq!((hit.grade, hit.look_alike_note.as_deref()), (Grade::LookAlike, Some("8 or B?")));
    assert_eq!(hit.entry.as_ref().unwrap().plate, "7ABC123");
    let page = open_hit(&house.app, &house.admin(), hit.id).await.unwrap();
    assert_eq!(page.camera.unwrap().about.name, "Lamar / 5th");
    let read = open_read(&house.app, &house.admin(), taken[0].read).await.unwrap();
    assert_eq!((read.card.n_hits, read.hits.len()), (1, 1));
}

#[tokio::test]
async fn a_motorcycles_plate_on_a_car_is_information_only() {
    for house in [House::new().await, House::on_postgres().await] {
        let list = house.want(Category::StolenVehicle, &["AAA111"]).await;
        house.import(list, "plate,class\n4HRD22,motorcycle\n7ABC123,car\n").await;
        let seen = |event, plate, class, sure| {
            let confidence = Some(Confidence::from_thousandths(sure));
            let vehicle = Some(SeenVehicle { class, confidence });
            IncomingRead { vehicle, ..read(house.camera, event, plate, None) }
        };
        let sent = vec![
            seen("e1", "4HRD22", VehicleClass::Car, 930),
            seen("e2", "4HRD22", VehicleClass::Motorcycle, 930),
            seen("e3", "4HRD22", VehicleClass::Car, 600),
            seen("e4", "7A8C123", VehicleClass::Bus, 930),
            read(house.camera, "e5", "4HRD22", None),
        ];
        let taken = take_reads(&house.app, &house.camera(), sent).await.unwrap();
        assert!(taken.iter().all(|one| one.n_hits == 1), "another vehicle's hit is not hidden");
        let admin = house.admin();
        let ask = || list_hits(&house.app, &admin, HitsAsk::default());
        while ask().await.unwrap().items.len() < 5 {
            tokio::task::yield_now().await;
        }
        let mut hits = ask().await.unwrap().items;
        hits.reverse();
        let told: Vec<_> =
            hits.iter().map(|hit| (hit.class_fit, hit.is_information_only, hit.priority)).collect();
        let (other, loud) = ((ClassFit::Different, true, Priority::Low), Priority::Normal);
        let unknown = (ClassFit::Unknown, false, loud);
        assert_eq!(told, [other, (ClassFit::Same, false, loud), unknown, other, unknown]);
        let page = open_hit(&house.app, &house.admin(), hits[0].id).await.unwrap();
        assert!(page.life.missing.contains(&Step::Vehicle));
        assert_eq!(page.card.vehicle.unwrap().class, VehicleClass::Car);
        let read = open_read(&house.app, &house.admin(), taken[0].read).await.unwrap();
        assert_eq!(read.card.vehicle, page.card.vehicle);
    }
}

#[tokio::test]
async fn times_that_cannot_be_are_kept_and_marked() {
    let house = House::new().await;
    let sent = vec![
        read(house.camera, "future", "A1", Some("2026-11-21T13:00:00Z")),
        read(house.camera, "past", "A2", Some("2020-01-01T00:00:00Z")),
    ];
    let taken = take_reads(&house.app, &house.camera(), sent).await.unwrap();
    assert_eq!(taken[0].marks, Marks::TIME_IN_FUTURE);
    assert_eq!(taken[1].marks, Marks::TIME_IN_FAR_PAST);
    let page = open_read(&house.app, &house.admin(), taken[1].read).await.unwrap();
    assert_eq!(page.claimed_at.unwrap().to_string(), "2020-01-01T00:00:00Z");
    assert_eq!(page.card.captured_at, house.app.now());
}

#[tokio::test]
async fn a_day_that_is_over_is_sealed_and_what_comes_late_is_kept_beside_it() {
    let house = House::new().await;
    let morning = Some("2026-11-21T08:00:00Z");
    take_reads(&house.app, &house.camera(), vec![read(house.camera, "e1", "A1", morning)])
        .await
        .unwrap();
    house.clock.set("2026-11-22T00:11:00Z");
    app::housekeeping::seal_due_days(&house.app, house.app.now()).await.unwrap();
    let sent = vec![
        read(house.camera, "e1", "A1", morning),
        read(house.camera, "e2", "A2", morning),
        read(house.camera, "e3", "A3", None),
    ];
    let taken = take_reads(&house.app, &house.camera(), sent).await.unwrap();
    assert!(taken[0].duplicate && !taken[1].duplicate);
    assert_eq!((taken[1].marks, taken[2].marks), (Marks::LATE, Marks::default()));
    assert_eq!(taken[1].read.day.to_string(), "2026-11-21");
    let feed = list_reads(&house.app, &house.admin(), ReadsAsk::default()).await.unwrap();
    assert_eq!(feed.items.len(), 3);
}

#[tokio::test]
async fn an_event_without_a_time_is_known_again_after_midnight() {
    let house = House::new().await;
    house.clock.set("2026-11-21T23:59:59Z");
    let sent = || vec![read(house.camera, "e1", "A1", None)];
    let first = take_reads(&house.app, &house.camera(), sent()).await.unwrap();
    house.clock.pass(Duration::from_secs(2));
    let again = take_reads(&house.app, &house.camera(), sent()).await.unwrap();
    assert_eq!((again[0].duplicate, again[0].read), (true, first[0].read));
    let reborn = house.after_a_crash().await;
    let after = take_reads(&reborn, &house.camera(), sent()).await.unwrap();
    assert_eq!((after[0].duplicate, after[0].read), (true, first[0].read));
}

#[tokio::test]
async fn a_frame_becomes_reads_with_pictures_and_is_not_kept_itself() {
    let house = House::new().await;
    let frame = || Bytes::from_static(b"PLATES 7ABC123 K4W3L");
    let taken = take_frame(&house.app, &house.camera(), frame(), None, None).await.unwrap();
    assert_eq!((taken.n_plates, taken.reads.len()), (2, 2));
    let picture =
        open_picture(&house.app, &house.admin(), taken.reads[1].read, PictureKind::Vehicle).await;
    assert_eq!(picture.unwrap(), "masked vehicle of K4W3L");
    let again = take_frame(&house.app, &house.camera(), frame(), None, None).await.unwrap();
    assert!(again.reads.iter().all(|read| read.duplicate));
    let empty =
        take_frame(&house.app, &house.camera(), Bytes::from_static(b"PLATES"), None, None).await;
    assert_eq!(empty.unwrap().reads.len(), 0);
}

#[tokio::test]
async fn a_broken_frame_and_a_strange_sender_leave_nothing_behind() {
    let house = House::new().await;
    let broken = Bytes::from_static(&[0xFF, 0xD8, 0xFF, 0xE0, 0, 16]);
    let refused = take_frame(&house.app, &house.camera(), broken, None, None).await;
    assert!(matches!(refused, Err(TakeError::Picture(_))));
    let as_admin =
        take_reads(&house.app, &house.admin(), vec![read(house.camera, "e", "A1", None)]).await;
    assert!(matches!(as_admin, Err(TakeError::NoCamera)));
    let mut bad = read(house.camera, "e2", "A2", None);
    bad.plate_picture = Some(Bytes::from_static(b"not a picture"));
    let sent = vec![read(house.camera, "e1", "A1", None), bad];
    let refused = take_reads(&house.app, &house.camera(), sent).await;
    assert!(matches!(refused, Err(TakeError::Invalid { index: 1, field: "plate_picture", .. })));
    let feed = list_reads(&house.app, &house.admin(), ReadsAsk::default()).await.unwrap();
    assert_eq!(feed.items.len(), 0);
}

#[tokio::test]
async fn shutting_down_finishes_what_waits() {
    let house = House::new().await;
    let posts = (0..50).map(|n| {
        let (app, ctx, camera) = (house.app.clone(), house.camera(), house.camera);
        tokio::spawn(async move {
            take_reads(&app, &ctx, vec![read(camera, &n.to_string(), "A1", None)]).await
        })
    });
    let posts: Vec<_> = posts.collect();
    tokio::task::yield_now().await;
    house.app.clone().shutdown().await;
    let mut n_kept = 0;
    for post in posts {
        match post.await.unwrap() {
            Ok(_) => n_kept += 1,
            Err(TakeError::ShuttingDown { .. }) => {}
            Err(err) => panic!("{err}"),
        }
    }
    let reborn = house.after_a_crash().await;
    let limit = 200;
    let feed = list_reads(&reborn, &house.admin(), ReadsAsk { limit, ..ReadsAsk::default() })
        .await
        .unwrap();
    assert_eq!(feed.items.len(), n_kept);
}
