//! A hundred agencies with a file each share a few open ones.

use domain::ReadId;
use store::{FileRef, Store, StoreConfig};
use testkit::{Bench, server_key};

use crate::fixtures::{a_read, an_agency, batch, camera_of, permit, today};

#[tokio::test]
async fn open_files_stay_few_and_nothing_is_lost() {
    for bench in [Bench::sqlite().await, Bench::postgres().await] {
        bench.store.close().await;
        let config = StoreConfig { open_days_max: 8, ..bench.config.clone() };
        let store = Store::open(config, &server_key(), bench.keys.clone()).await.unwrap();
        let mut agencies = Vec::new();
        for _ in 0..100 {
            agencies.push(an_agency(&store).await);
        }
        let camera = camera_of(&store, agencies[0], 1).await;
        for round in 1..=3 {
            let appends = agencies.iter().map(|agency| {
                let (store, one) = (store.clone(), batch(*agency, vec![a_read(round, camera)]));
                async move { store.append(&one).await.unwrap() }
            });
            // Ten at once: what is in use is never closed under its user.
            let mut running = tokio::task::JoinSet::new();
            for append in appends {
                if running.len() == 10 {
                    running.join_next().await.unwrap().unwrap();
                }
                running.spawn(append);
            }
            running.join_all().await;
            // At rest again, the next one brings them below the bound.
            let first = FileRef::main(agencies[0], today()).read(ReadId::from_i64(1));
            store.read(&permit(agencies[0]), first).await.unwrap();
            assert!(store.n_open_files().await <= 8);
        }
        for agency in agencies {
            assert_eq!(store.files(agency).await.unwrap()[0].n_reads, 3);
        }
    }
}
