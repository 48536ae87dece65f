//! Laws that hold for any batch and any order of relaying.

use domain::{
    Alternative, Confidence, EventDigest, NewRead, PictureRef, Pictures, ReadId, SeenVehicle,
    Timestamp, VehicleClass,
};
use plate::{Jurisdiction, PlateText};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use store::{Batch, FileRef, ReadsQuery};
use testkit::Bench;

use crate::fixtures::{a_hit, a_list, a_read, an_agency, batch, camera_of, permit, today};

fn plates() -> impl Strategy<Value = PlateText> {
    "[A-Z0-9]{1,10}".prop_map(|text| PlateText::parse(&text).unwrap())
}

fn confidences() -> impl Strategy<Value = Confidence> {
    (0_u16..=1000).prop_map(Confidence::from_thousandths)
}

fn pictures() -> impl Strategy<Value = Option<PictureRef>> {
    let place = (1_i64.., any::<u32>(), 1_u32..);
    proptest::option::of(place.prop_map(|(object, offset, length)| PictureRef {
        object: ReadId::from_i64(object),
        offset,
        length,
    }))
}

fn vehicles() -> impl Strategy<Value = Option<SeenVehicle>> {
    let classes = proptest::sample::select(VehicleClass::ALL.to_vec());
    let seen = (classes, proptest::option::of(confidences()));
    proptest::option::of(seen.prop_map(|(class, confidence)| SeenVehicle { class, confidence }))
}

fn reads() -> impl Strategy<Value = NewRead> {
    let jurisdictions: Vec<_> = Jurisdiction::all().collect();
    let alternatives = proptest::collection::vec(
        (plates(), confidences()).prop_map(|(text, confidence)| Alternative { text, confidence }),
        0..4,
    );
    (
        (1_i64..86_400_000_000, any::<i64>(), plates()),
        proptest::option::of(proptest::sample::select(jurisdictions)),
        (confidences(), proptest::collection::vec(confidences(), 0..10), alternatives),
        (proptest::option::of(any::<[u8; 16]>()), pictures(), pictures(), vehicles()),
    )
        .prop_map(
            |(
                (within_day, received, plate),
                jurisdiction,
                (confidence, characters, alternatives),
                rest,
            )| {
                NewRead {
                    id: ReadId::ZERO,
                    camera: domain::CameraId::from_i64(1),
                    captured_at: Timestamp::from_micros(today().start().micros() + within_day),
                    claimed_at: None,
                    received_at: Timestamp::from_micros(received),
                    plate,
                    jurisdiction,
                    confidence,
                    characters,
                    alternatives,
                    vehicle: rest.3,
                    marks: domain::Marks::default(),
                    event: rest.0.map(EventDigest::from_bytes),
                    pictures: Pictures { plate: rest.1, vehicle: rest.2 },
                }
            },
        )
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn engines(test: impl AsyncFn(Bench)) {
    runtime().block_on(async {
        test(Bench::sqlite().await).await;
        test(Bench::postgres().await).await;
    });
}

#[test]
fn any_batch_comes_back_as_it_was_given() {
    engines(async |bench| {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let batches = proptest::collection::vec(reads(), 0..70);
        let mut next_id = 1;
        let mut events = Vec::new();
        for _ in 0..25 {
            let mut reads = batches.new_tree(&mut runner).unwrap().current();
            for read in &mut reads {
                read.id = ReadId::from_i64(next_id);
                next_id += 1;
            }
            store
                .append(&Batch {
                    file: FileRef::main(agency, today()),
                    reads: reads.clone(),
                    hits: vec![],
                    leaf: None,
                })
                .await
                .unwrap();
            let limit = u32::try_from(reads.len()).unwrap();
            let query = ReadsQuery { before: None, camera: None, limit };
            let found = store.list_reads(&permit(agency), query).await.unwrap();
            let found: Vec<_> = found.into_iter().rev().map(|found| found.read).collect();
            assert!(found == reads, "a batch came back changed");
            events.extend(reads.iter().filter_map(|read| Some((read.event?, read.id))));
            let known = store.known_events(FileRef::main(agency, today())).await.unwrap();
            assert!(known == events, "an event was not known again");
        }
        assert_eq!(
            store.count_reads(&permit(agency)).await.unwrap(),
            [(today(), u64::try_from(next_id).unwrap() - 1)]
        );
    });
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Append a read with this many hits (rows 0…).
    Append(u8),
    Relay,
    RelayEverything,
    /// Open another store over the same rows, as after a crash.
    Crash,
}

#[test]
fn hits_are_there_once_however_relays_and_crashes_fall() {
    let step = prop_oneof![
        4 => (0_u8..4).prop_map(Step::Append),
        2 => Just(Step::Relay),
        1 => Just(Step::RelayEverything),
        1 => Just(Step::Crash),
    ];
    let steps = proptest::collection::vec(step, 1..40);
    engines(async |bench| {
        let agency = an_agency(&bench.store).await;
        let camera = camera_of(&bench.store, agency, 1).await;
        let list = a_list(&bench.store, agency, &["A1", "A2", "A3", "A4"]).await;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut store = bench.store.clone();
        let (mut n_read, mut hits, mut n_relayed) = (0, Vec::new(), 0);
        for _ in 0..6 {
            for step in steps.new_tree(&mut runner).unwrap().current() {
                match step {
                    Step::Append(n_hits) => {
                        n_read += 1;
                        let mut one = batch(agency, vec![a_read(n_read, camera)]);
                        let read = one.file.read(one.reads[0].id);
                        one.hits =
                            (0..u32::from(n_hits)).map(|row| a_hit(read, list, row)).collect();
                        hits.extend(one.hits.clone());
                        store.append(&one).await.unwrap();
                    }
                    Step::Relay => {
                        n_relayed +=
                            store.relay(FileRef::main(agency, today())).await.unwrap().n_hits
                    }
                    Step::RelayEverything => {
                        n_relayed += store.relay_everything().await.unwrap().n_hits
                    }
                    Step::Crash => {
                        store = bench.after_a_crash().await;
                        // What a start does.
                        n_relayed += store.relay_everything().await.unwrap().n_hits;
                    }
                }
            }
        }
        n_relayed += store.relay_everything().await.unwrap().n_hits;
        assert_eq!(n_relayed, hits.len() as u64);
        assert_eq!(store.journal_backlog(), 0);
        let query = store::HitsQuery { after: None, before: None, limit: 10_000 };
        let found = store.hits(&permit(agency), query).await.unwrap();
        let found: Vec<_> = found.into_iter().rev().map(|hit| hit.hit).collect();
        assert_eq!(found, hits);
    });
}
