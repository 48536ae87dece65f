//! Checkpoints: signed as the log grows, under one key or two, and never over a history that was changed.

use std::collections::BTreeMap;

use app::{App, AskError, CheckpointError, KeyChange, change_log_key, export_log, sign_checkpoint};
use ledger::audit::{Depth, Fault, Source, audit};
use ledger::leaf::ClearField;
use ledger::policy::{Party, Policy};
use ledger::{Checkpoint, Note, VerifierKey};
use store::LogId;
use testkit::Meddler;

use crate::book::{Book, gists};

/// Whom an outsider believes who was given the log's key, and no witness's.
pub(crate) async fn policy(app: &App, log: LogId) -> Policy {
    let keys = app::log_state(app, log).await.unwrap().keys;
    of_keys(&keys)
}

fn of_keys(keys: &[VerifierKey]) -> Policy {
    let party = |key: &VerifierKey| Party { name: key.to_string(), key: key.clone(), url: None };
    Policy::of_all(keys.iter().map(party).collect(), Vec::new())
}

/// A log's files as they were written out.
#[derive(Default)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Source for Files {
    type Error = String;

    fn file(&mut self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().ok_or_else(|| format!("there is no {path}"))
    }
}

async fn exported(book: &Book) -> Files {
    let mut files = Files::default();
    let put = |path: &str, bytes: &[u8]| {
        files.0.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    };
    export_log(&book.house.app, &book.house.admin(), book.log(), put).await.unwrap();
    files
}

#[tokio::test]
async fn an_exported_log_is_sound_to_somebody_with_nothing_but_its_key() {
    let book = Book::new().await;
    for _ in 0..270 {
        book.settle().await;
    }
    let earlier = sign_checkpoint(&book.house.app, &book.house.admin()).await.unwrap();
    let earlier = Note::parse(earlier.note.as_bytes()).unwrap();
    let earlier = Checkpoint::parse(earlier.text()).unwrap();
    let mut files = exported(&book).await;
    let policy = policy(&book.house.app, book.log()).await;
    let mut checked = Vec::new();
    let sound =
        audit(&mut files, &policy, Depth::Leaves, Some(&earlier), |n, of| checked.push((n, of)));
    let size = sound.unwrap().checkpoint.size;
    assert!(size > earlier.size && size > 256);
    assert_eq!(checked, [(256, size), (size, size)]);
}

#[tokio::test]
async fn checkpoints_follow_each_other_only_as_the_log_grows_or_grows_old() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    app::publish_checkpoints(app).await.unwrap();
    let state = async || app::log_state(app, book.log()).await.unwrap().checkpoint.unwrap();
    let first = state().await;
    house.clock.pass(std::time::Duration::from_secs(60));
    app::publish_checkpoints(app).await.unwrap();
    assert_eq!(state().await, first);
    house.clock.pass(std::time::Duration::from_secs(600));
    app::publish_checkpoints(app).await.unwrap();
    let again = state().await;
    assert_eq!((again.size, again.signed_at), (first.size, app.now()));
    book.settle().await;
    app::publish_checkpoints(app).await.unwrap();
    assert_eq!(state().await.size, first.size + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_at_the_same_time_is_no_tampering() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let beside = house.after_a_crash().await;
    let mut signing = tokio::task::JoinSet::new();
    for n in 0..40 {
        let (app, ctx) = (if n % 2 == 0 { app.clone() } else { beside.clone() }, house.admin());
        signing.spawn(async move { sign_checkpoint(&app, &ctx).await.map(|signed| signed.size) });
    }
    while let Some(signed) = signing.join_next().await {
        signed.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_key_is_changed_for_another_while_whoever_knows_either_can_check() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let log = book.log();
    let old = app::log_state(app, log).await.unwrap().keys;
    assert_eq!(old.len(), 1);
    let unready = change_log_key(app, &house.admin(), log, KeyChange::Finish).await;
    assert!(matches!(unready, Err(AskError::Invalid { field: "log", .. })));
    book.news().await;

    let both = change_log_key(app, &house.admin(), log, KeyChange::Begin).await.unwrap();
    assert_eq!((both.len(), &both[0]), (2, &old[0]));
    let new = &both[1..];
    for known in [&old[..], new, &both[..]] {
        let sound =
            audit(&mut exported(&book).await, &of_keys(known), Depth::Leaves, None, |_, _| {});
        sound.unwrap();
    }
    let again = change_log_key(app, &house.admin(), log, KeyChange::Begin).await.unwrap();
    assert_eq!(again, both);
    let news = book.news().await;
    let begins: Vec<_> = news.iter().filter(|seen| seen.action() == "log-key-begins").collect();
    assert_eq!(begins.len(), 2);
    assert_eq!(begins[0].text(ClearField::Key), new[0].to_string());

    let last = change_log_key(app, &house.admin(), log, KeyChange::Finish).await.unwrap();
    assert_eq!(last, new);
    audit(&mut exported(&book).await, &of_keys(new), Depth::Leaves, None, |_, _| {}).unwrap();
    let behind = audit(&mut exported(&book).await, &of_keys(&old), Depth::Leaves, None, |_, _| {});
    assert!(matches!(behind, Err(Fault::NotSigned { .. })));
    let news = book.news().await;
    let ended = news.iter().find(|seen| seen.action() == "log-key-ended").unwrap();
    assert_eq!(ended.text(ClearField::Key), new[0].to_string());
    // A server that starts again signs with the new one.
    let reborn = house.after_a_crash().await;
    assert_eq!(app::log_state(&reborn, log).await.unwrap().keys, new);
}

/// Why a checkpoint was not signed.
fn why(refused: AskError) -> CheckpointError {
    let AskError::Failed { err, .. } = refused else { panic!("{refused}") };
    *err.downcast::<CheckpointError>().unwrap()
}

#[tokio::test]
async fn a_history_that_was_changed_is_not_signed() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let signed = sign_checkpoint(app, &house.admin()).await.unwrap();
    book.settle().await;
    let meddler = Meddler::of(house).await;
    let mut entries = meddler.entries(book.log()).await;
    entries[1] = entries[0].clone();
    meddler.rewrite(book.log(), &entries).await;
    let refused = why(sign_checkpoint(app, &house.admin()).await.unwrap_err());
    assert!(
        matches!(&refused, CheckpointError::Changed { size, .. } if *size == signed.size),
        "{refused}"
    );
    assert!(refused.to_string().ends_with("it was changed, and is not signed"));
    // By the clock neither; the last honest one stays published.
    app::publish_checkpoints(app).await.unwrap();
    let newest = app::log_state(app, book.log()).await.unwrap().checkpoint.unwrap();
    assert_eq!(newest, signed);
    let news = book.news().await;
    assert_eq!(gists(&news), ["begin manage-ledger", "complete manage-ledger"].repeat(2));
    assert_eq!(news[3].text(ClearField::Outcome), "broken-off");
}

#[tokio::test]
async fn a_history_that_was_cut_is_not_signed() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    for _ in 0..10 {
        book.settle().await;
    }
    sign_checkpoint(app, &house.admin()).await.unwrap();
    book.settle().await;
    let meddler = Meddler::of(house).await;
    let entries = meddler.entries(book.log()).await;
    meddler.rewrite(book.log(), &entries[..entries.len() - 8]).await;
    let refused = why(sign_checkpoint(app, &house.admin()).await.unwrap_err());
    assert!(matches!(refused, CheckpointError::Changed { .. }), "{refused}");
}
