//! Rows that mean nothing cannot be stored, and the refusal names no plate.

use domain::{CameraId, Marks, NewRead, PictureRef, Pictures, ReadId};
use testkit::both_engines;

use crate::fixtures::{a_read, an_agency, batch, camera_of, noon};

fn illegal(camera: CameraId) -> Vec<NewRead> {
    let read = a_read(1, camera);
    let picture = |offset, length| Pictures {
        plate: Some(PictureRef { object: read.id, offset, length }),
        vehicle: None,
    };
    vec![
        NewRead { id: ReadId::ZERO, ..read.clone() },
        NewRead { id: ReadId::from_i64(-5), ..read.clone() },
        NewRead { claimed_at: Some(noon()), ..read.clone() },
        NewRead { marks: Marks::TIME_IN_FAR_PAST, ..read.clone() },
        NewRead { pictures: picture(0, 0), ..read.clone() },
    ]
}

#[tokio::test]
async fn they_are_refused_by_the_database_itself() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        for read in illegal(camera) {
            let plate = read.plate;
            let refused =
                store.append(&batch(agency, vec![read.clone()])).await.expect_err("is illegal");
            let mut said = format!("{refused:?} {refused}");
            let mut cause: &dyn std::error::Error = &refused;
            while let Some(deeper) = cause.source() {
                said.push_str(&format!(" {deeper:?} {deeper}"));
                cause = deeper;
            }
            assert!(said.contains("refused") || said.contains("constraint"), "{said}");
            assert!(!said.contains(&*plate.expose()), "{said}");
            assert!(!said.contains(&plate.packed().to_i64().to_string()), "{said}");
        }
        assert_eq!(store.files(agency).await.unwrap()[0].n_reads, 0);
    })
    .await;
}
