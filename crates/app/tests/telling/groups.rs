//! Repeats of a vehicle: counted, told no more, and told once more from another camera.

use std::time::Duration;

use app::{HitAsk, HitsAsk, IncomingRead, QueueAsk, do_with_hit, hit_queue, list_hits, open_hit};
use domain::life::Stage;
use domain::{Category, SeenVehicle, VehicleClass};
use testkit::Receiver;
use testkit::house::read;

use crate::{another_camera, hooked, house, is_read, passes, passes_at, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_vehicle_that_comes_again_is_one_row_with_a_counter_and_every_hit_is_kept() {
    let receiver = Receiver::open();
    let house = house(&[&receiver], Category::StolenVehicle).await;
    let (app, admin) = (&house.app, house.admin());
    hooked(&house, &receiver).await;
    let first = passes(&house, "1").await;
    house.clock.pass(Duration::from_secs(60));
    let second = passes(&house, "2").await;
    send(app).await;
    receiver.next();
    assert!(receiver.is_quiet(), "a repeat is not told");

    house.clock.pass(Duration::from_secs(60));
    let (camera, ctx) = another_camera(&house).await;
    let third = passes_at(&house, camera, &ctx, "3").await;
    send(app).await;
    let moved = receiver.next();
    let said: serde_json::Value = serde_json::from_slice(&moved.body).unwrap();
    assert_eq!(said["type"], "hit.moved");
    assert!(receiver.is_quiet());

    let grouped = HitsAsk { grouped: true, ..HitsAsk::default() };
    let rows = list_hits(app, &admin, grouped).await.unwrap().items;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [first]);
    let seen = rows[0].seen.clone().unwrap();
    assert_eq!((seen.n_hits, seen.last, seen.last_camera.as_str()), (3, third, "Congress / 6th"));
    // Whoever asks for what came after the second is told that the vehicle moved.
    let after = HitsAsk { after: Some(second), ..grouped };
    let new = list_hits(app, &admin, after).await.unwrap().items;
    assert_eq!((new.len(), new[0].id), (1, first));
    assert!(new[0].seen.as_ref().unwrap().moved);
    let all = list_hits(app, &admin, HitsAsk::default()).await.unwrap().items;
    assert_eq!(all.iter().map(|row| row.id).collect::<Vec<_>>(), [third, second, first]);

    let queue = hit_queue(app, &admin, QueueAsk::default()).await.unwrap();
    assert_eq!(queue.page.items.len(), 1);
    assert_eq!(queue.page.items[0].card.seen.as_ref().unwrap().n_hits, 3);
    assert_eq!(queue.counts.iter().find(|(stage, _)| *stage == Stage::Raised).unwrap().1, 3);
    let page = open_hit(app, &admin, third).await.unwrap();
    assert_eq!(page.passages.len(), 3);
    assert_eq!(page.card.seen.unwrap().first, first);

    // Whoever takes the first has taken the vehicle; the counts say so of every hit.
    do_with_hit(app, &admin, first, HitAsk::Take).await.unwrap();
    let queue = hit_queue(app, &admin, QueueAsk::default()).await.unwrap();
    assert_eq!(queue.counts.iter().find(|(stage, _)| *stage == Stage::Taken).unwrap().1, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vehicle_that_comes_after_a_while_or_after_its_hit_was_ended_is_told_anew() {
    let receiver = Receiver::open();
    let house = house(&[&receiver], Category::StolenVehicle).await;
    let (app, admin) = (&house.app, house.admin());
    hooked(&house, &receiver).await;
    passes(&house, "1").await;
    // Sixteen minutes: the example's bundle says fifteen.
    house.clock.pass(Duration::from_secs(16 * 60));
    let second = passes(&house, "2").await;
    send(app).await;
    assert_ne!(receiver.next().header("webhook-id"), receiver.next().header("webhook-id"));

    do_with_hit(app, &admin, second, HitAsk::Take).await.unwrap();
    let reject = HitAsk::Reject { why: "misread".to_owned(), note: "an 8, not a B".to_owned() };
    do_with_hit(app, &admin, second, reject).await.unwrap();
    house.clock.pass(Duration::from_secs(60));
    let third = passes(&house, "3").await;
    send(app).await;
    receiver.next();
    let rows = list_hits(app, &admin, HitsAsk { grouped: true, ..HitsAsk::default() }).await;
    assert_eq!(rows.unwrap().items.len(), 3);
    let queue = hit_queue(app, &admin, QueueAsk::default()).await.unwrap();
    assert_eq!(queue.page.items[0].card.id, third, "what was rejected does not hide what comes");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_information_only_is_told_quietly_and_the_vehicle_itself_is_no_repeat_of_it() {
    let receiver = Receiver::open();
    let house = house(&[&receiver], Category::StolenVehicle).await;
    hooked(&house, &receiver).await;
    let list = house.want(Category::StolenVehicle, &["4HRD22"]).await;
    house.import(list, "plate,class\n4HRD22,motorcycle\n").await;
    let sees = async |event, class| {
        let vehicle = Some(SeenVehicle { class, confidence: None });
        let sent = IncomingRead { vehicle, ..read(house.camera, event, "4HRD22", None) };
        is_read(&house, &house.camera(), sent).await;
        send(&house.app).await;
    };
    let told = || {
        let said: serde_json::Value = serde_json::from_slice(&receiver.next().body).unwrap();
        said["data"]["priority"].as_str().unwrap().to_owned()
    };
    sees("1", VehicleClass::Car).await;
    assert_eq!(told(), "low");
    sees("2", VehicleClass::Truck).await;
    assert!(receiver.is_quiet(), "another car with that plate is a repeat");
    sees("3", VehicleClass::Motorcycle).await;
    assert_eq!(told(), "normal");
    assert!(receiver.is_quiet());
}
