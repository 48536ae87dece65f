//! Reports of trouble, and the reads of hours.

use domain::trouble::{NewTrouble, TroubleCause, TroubleClosed, TroubleNote, Urgency};
use store::CameraHour;
use testkit::both_engines;

use crate::fixtures::{a_person, an_agency, camera_of, noon, permit};

#[tokio::test]
async fn clause_aus_344_3_1b_a_report_comes_back_with_what_became_of_it() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let ann = a_person(store, ours, "ann").await;
        let camera = camera_of(store, ours, 1).await;
        let new = |cause, camera, by| NewTrouble {
            cause,
            camera,
            what: "no picture".to_owned(),
            urgency: Urgency::High,
            by,
            at: noon(),
        };
        let said = new(TroubleCause::Reported, None, Some(ann));
        let quiet = new(TroubleCause::Quiet, Some(camera), None);
        let one = store.add_trouble(&permit(ours), &said).await.unwrap().unwrap();
        let two = store.add_trouble(&permit(ours), &said).await.unwrap().unwrap();
        let three = store.add_trouble(&permit(ours), &quiet).await.unwrap().unwrap();
        assert_eq!(store.add_trouble(&permit(ours), &quiet).await.unwrap(), None, "it is open");
        let nowhere = new(TroubleCause::Quiet, None, None);
        assert!(store.add_trouble(&permit(ours), &nowhere).await.is_err());
        let all = store.troubles(&permit(ours), 9).await.unwrap();
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [three, two, one]);
        assert_eq!((&all[0].about, &all[2].about), (&quiet, &said));
        assert!(store.troubles(&permit(theirs), 9).await.unwrap().is_empty());
        assert_eq!(store.trouble(&permit(theirs), one).await.unwrap(), None);

        assert!(!store.take_trouble(&permit(theirs), one, ann, noon()).await.unwrap());
        assert!(store.take_trouble(&permit(ours), one, ann, noon()).await.unwrap());
        assert!(!store.take_trouble(&permit(ours), one, ann, noon()).await.unwrap());
        let closed = |by| TroubleClosed { by, at: noon(), done: "cleaned".to_owned() };
        let by_server = store.close_trouble(&permit(ours), one, &closed(None)).await;
        assert!(!by_server.unwrap(), "somebody took it");
        assert!(store.close_trouble(&permit(ours), three, &closed(None)).await.unwrap());
        assert!(store.close_trouble(&permit(ours), one, &closed(Some(ann))).await.unwrap());
        assert!(!store.close_trouble(&permit(ours), one, &closed(Some(ann))).await.unwrap());
        let found = store.trouble(&permit(ours), one).await.unwrap().unwrap();
        assert_eq!((found.taken, found.closed), (Some((ann, noon())), Some(closed(Some(ann)))));
        let open = store.open_troubles(&permit(ours)).await.unwrap();
        assert_eq!(open.iter().map(|one| one.id).collect::<Vec<_>>(), [two]);
        assert!(store.add_trouble(&permit(ours), &quiet).await.unwrap().is_some(), "again");

        let note = TroubleNote { by: ann, at: noon(), text: "seen".to_owned() };
        assert!(!store.note_trouble(&permit(theirs), two, &note).await.unwrap());
        assert!(store.note_trouble(&permit(ours), two, &note).await.unwrap());
        assert_eq!(store.trouble_notes(&permit(ours), two).await.unwrap(), [note]);
        assert!(store.trouble_notes(&permit(theirs), two).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_reads_of_an_hour_add_up_and_old_ones_are_forgotten() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let camera = camera_of(store, ours, 1).await;
        let counted = |hour, n_reads| CameraHour { camera, hour, n_reads };
        store.count_hours(&[counted(7, 3), counted(8, 1)]).await.unwrap();
        store.count_hours(&[counted(7, 4)]).await.unwrap();
        assert_eq!(store.camera_hour(ours, 7).await.unwrap(), [counted(7, 7)]);
        assert!(store.camera_hour(theirs, 7).await.unwrap().is_empty());
        store.forget_hours_before(8).await.unwrap();
        assert!(store.camera_hour(ours, 7).await.unwrap().is_empty());
        assert_eq!(store.camera_hour(ours, 8).await.unwrap(), [counted(8, 1)]);
    })
    .await;
}
