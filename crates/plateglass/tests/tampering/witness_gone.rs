//! A witness that does not answer takes back nothing of what it said.

use ledger::Note;

use crate::scene::{Original, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_witness_cosigned_stays_cosigned_when_it_does_not_answer() {
    let mut scene = Scene::copy_of(&Original::make().await).await;
    app::publish_checkpoints(&scene.app).await.unwrap();
    let before = app::log_state(&scene.app, scene.log()).await.unwrap();
    let earlier = before.checkpoint.as_ref().unwrap();
    assert_eq!(before.cosigned(), Some(earlier.size));

    // Nothing was added since; the state is signed anew, because it is old.
    scene.without_its_witness("2026-11-21T13:00:00Z").await;
    app::publish_checkpoints(&scene.app).await.unwrap();
    let after = app::log_state(&scene.app, scene.log()).await.unwrap();
    let later = after.checkpoint.as_ref().unwrap();
    assert_eq!((later.size, later.signed_at), (earlier.size, scene.app.now()));
    let signatures = |note: &str| Note::parse(note.as_bytes()).unwrap().signatures().to_vec();
    assert_eq!(signatures(&later.note), signatures(&earlier.note));
    let row = after.witnesses[0].row.as_ref().unwrap();
    assert!(row.trouble.is_some() && after.cosigned() == Some(earlier.size));
    assert!(app::open_window(&after, scene.app.now()).is_none());

    // What is added now is in the open window.
    app::sign_checkpoint(&scene.app, &scene.admin()).await.unwrap();
    let open = app::log_state(&scene.app, scene.log()).await.unwrap();
    let newest = open.checkpoint.as_ref().unwrap();
    assert_eq!((signatures(&newest.note).len(), open.cosigned()), (1, Some(earlier.size)));
    assert!(app::open_window(&open, scene.app.now()).is_some());
}
