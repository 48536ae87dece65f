//! What a witness remembers: before it signs, over a restart, and alone.

use axum::http::StatusCode;
use ledger::{Note, SigningKey, key::KeyKind};
use std::sync::Arc;
use witness::{Logs, NotCosigned, OpenWitnessError, Witness};

use crate::support::{HEX, House, ORIGIN};

#[tokio::test]
async fn what_cannot_be_remembered_is_not_cosigned() {
    let house = House::new();
    house.cosign(&house.log.ask(0, 5, 0)).await;
    std::fs::remove_dir_all(house.path()).unwrap();
    let answer = house.post(&house.log.ask(5, 9, 0)).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.body.contains('\u{2014}'), "no signature: {}", answer.body);
    let kept = house.get(&format!("/{HEX}/checkpoint")).await;
    assert_eq!(
        Note::parse(kept.body.as_bytes()).unwrap().text(),
        house.log.checkpoint(5, 0).text()
    );
    // Once the folder is there again, the log asks again and nothing is lost.
    std::fs::create_dir(house.path()).unwrap();
    house.cosign(&house.log.ask(5, 9, 0)).await;
}

#[tokio::test]
async fn the_checkpoint_is_on_disk_when_the_cosignature_leaves() {
    let house = House::new();
    for size in 1..20 {
        let ask = house.log.ask(size - 1, size, 0);
        let line = house.witness().add_checkpoint(ask.to_string().as_bytes()).unwrap();
        let file = std::fs::read_to_string(house.path().join(format!("{HEX}.checkpoint"))).unwrap();
        assert!(file.starts_with(ask.note.text()) && file.ends_with(&line), "{file}");
    }
}

#[tokio::test]
async fn a_restarted_witness_refuses_what_the_log_rolls_back_or_rewrites() {
    let mut house = House::new();
    house.cosign(&house.log.ask(0, 9, 0)).await;
    house.restart();
    let again = house.post(&house.log.ask(0, 5, 0)).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::CONFLICT, "9\n"));
    let rolled_back = house.post(&house.log.ask(9, 5, 0)).await;
    assert_eq!(rolled_back.status, StatusCode::BAD_REQUEST);
    let rewritten = house.post(&house.log.ask(9, 12, 1)).await;
    assert_eq!(rewritten.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.restart();
    house.cosign(&house.log.ask(9, 12, 0)).await;
}

#[test]
fn two_witnesses_on_one_folder_are_refused() {
    let mut house = House::new();
    let refused = house.try_open().unwrap_err();
    assert!(matches!(refused, OpenWitnessError::Folder(_)));
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(why, format!("another witness runs on `{}`", house.path()));
    house.restart();
}

#[tokio::test]
async fn what_somebody_changed_in_the_folder_stops_the_witness() {
    let mut house = House::new();
    house.cosign(&house.log.ask(0, 9, 0)).await;
    house.witness = None;
    let path = house.path().join(format!("{HEX}.checkpoint"));
    let good = std::fs::read_to_string(&path).unwrap();
    let other_size = good.replace("\n9\n", "\n5\n");
    let other_log = good.replace(ORIGIN, "other.example");
    let not_cosigned = house.log.checkpoint(5, 0).to_string();
    for bad in ["", &good[..good.len() / 2], &other_size, &other_log, &not_cosigned] {
        std::fs::write(&path, bad).unwrap();
        let refused = house.try_open().unwrap_err();
        assert!(matches!(refused, OpenWitnessError::State { .. }), "{bad}");
    }
    std::fs::write(&path, &good).unwrap();
    house.open();
    // What a crash left of a write that was not finished is passed over.
    std::fs::write(house.path().join(format!("{HEX}.checkpoint.new")), "half").unwrap();
    house.restart();
    house.cosign(&house.log.ask(9, 12, 0)).await;
}

#[test]
fn a_logs_key_is_no_witnesss() {
    let house = House::new();
    let dir = tempfile::tempdir().unwrap();
    let key = SigningKey::from_seed("log.example", KeyKind::Log, [1; 32]).unwrap();
    let path = camino::Utf8Path::from_path(dir.path()).unwrap();
    let refused = Witness::open(path, key, Logs::default(), Arc::new(|| 0)).unwrap_err();
    assert!(matches!(refused, OpenWitnessError::KeyKind));
    let unknown = house.witness().add_checkpoint(b"old 0\n");
    assert!(matches!(unknown, Err(NotCosigned::Unwilling(_))));
}
