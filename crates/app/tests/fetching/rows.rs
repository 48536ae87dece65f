//! Files that are dropped into a folder: good ones, bad ones, and one that is too small.

use std::path::Path;

use app::{AskError, FeedFormat, begin_fetch, decide_import, open_hotlist};
use domain::{Category, FetchOutcome, HotlistId};
use testkit::House;

use super::{fetch, fetch_due, fetched_from, folder, list, n_hits, plates, stored};

async fn from_folder(house: &House) -> (HotlistId, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let list = list(house, Category::StolenVehicle).await;
    fetched_from(house, FeedFormat::Rows, folder(dir.path())).await;
    (list, dir)
}

fn drop_in(dir: &Path, name: &str, bytes: &[u8]) {
    let whole = dir.join(format!("{name}.part"));
    std::fs::write(&whole, bytes).unwrap();
    std::fs::rename(&whole, dir.join(name)).unwrap();
}

#[tokio::test]
async fn a_file_is_taken_put_away_and_stands_in_the_list() {
    for house in [House::new().await, House::on_postgres().await] {
        let (list, dir) = from_folder(&house).await;
        assert!(fetch_due(&house).await.is_empty(), "an empty folder is nothing to write about");
        drop_in(dir.path(), "stolen.csv", &plates(&["7ABC123", "8XYZ999"]));
        let done = fetch(&house, list).await;
        assert_eq!(done.outcome, FetchOutcome::Imported, "{}", done.says);
        assert!(dir.path().join("done/stolen.csv").exists());
        assert_eq!(n_hits(&house, "1", "7ABC123").await, 1);
        assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Nothing);
        let feed = open_hotlist(&house.app, &house.admin(), list).await.unwrap().feed.unwrap();
        assert_eq!(feed.fetches.len(), 2);
        assert_eq!(feed.fetches[1].sha256, done.sha256);
        assert_eq!(feed.fetches[1].by, Some(house.person));
    }
}

#[tokio::test]
async fn a_bad_file_is_set_aside_with_line_and_reason_and_the_list_stays() {
    let house = House::new().await;
    let (list, dir) = from_folder(&house).await;
    drop_in(dir.path(), "good.csv", &plates(&["7ABC123", "8XYZ999"]));
    fetch(&house, list).await;
    let before = stored(&house, list).await;
    let a_million = format!("plate\n{}", "this is no plate at all\n".repeat(40_000));
    let bad: [(&str, Vec<u8>, &str); 5] = [
        ("encoding.csv", b"plate\n7ABC123\n\xff\xfe\xfa\n".to_vec(), "line 3"),
        ("shifted.csv", b"state,make\nTX,FORD\n".to_vec(), "plate"),
        ("utf16.csv", b"\xff\xfep\0l\0a\0t\0e\0\n\0".to_vec(), "no row"),
        ("rows.csv", a_million.into_bytes(), "40000 are refused"),
        ("empty.csv", Vec::new(), "no"),
    ];
    for (name, bytes, says) in bad {
        drop_in(dir.path(), name, &bytes);
        let failed = fetch(&house, list).await;
        assert_eq!(failed.outcome, FetchOutcome::Failed, "{name}");
        assert!(failed.says.contains(says) && failed.says.len() < 2_000, "{name}: {}", failed.says);
        let reason = dir.path().join(format!("refused/{name}.reason.txt"));
        assert_eq!(std::fs::read_to_string(reason).unwrap().trim(), failed.says);
    }
    assert_eq!(stored(&house, list).await.version, before.version);
    assert_eq!(n_hits(&house, "1", "8XYZ999").await, 1);
}

#[tokio::test]
async fn some_bad_rows_are_named_and_the_others_are_taken() {
    let house = House::new().await;
    let (list, dir) = from_folder(&house).await;
    let rows = format!("plate\n7ABC123\n{}8XYZ999\n", "no plate, none\n".repeat(30));
    drop_in(dir.path(), "mixed.csv", rows.as_bytes());
    let done = fetch(&house, list).await;
    assert_eq!(done.outcome, FetchOutcome::Imported, "{}", done.says);
    assert!(done.says.contains("2 rows taken, 30 refused") && done.says.contains("Line 3: "));
    assert!(done.says.ends_with("and 20 more"), "{}", done.says);
}

#[tokio::test]
async fn a_list_that_shrinks_waits_for_a_person_and_the_same_file_does_not_come_back() {
    let house = House::new().await;
    let (list, dir) = from_folder(&house).await;
    drop_in(dir.path(), "1.csv", &plates(&["7ABC123", "8XYZ999", "9QRS777"]));
    fetch(&house, list).await;
    drop_in(dir.path(), "2.csv", &plates(&["7ABC123"]));
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Waits);
    let waits = open_hotlist(&house.app, &house.admin(), list).await.unwrap().waiting.unwrap();
    let age = stored(&house, list).await.renewed_at;
    house.clock.pass(std::time::Duration::from_secs(60));
    drop_in(dir.path(), "2.csv", &plates(&["7ABC123"]));
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Unchanged);
    let still = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
    assert_eq!(still.waiting.map(|one| one.version), Some(waits.version));
    assert_eq!(still.hotlist.renewed_at, age, "what is in force was not renewed");
    let at = (list, waits.version);
    decide_import(&house.app, &house.admin(), at, false, "the source is broken").await.unwrap();
    drop_in(dir.path(), "2.csv", &plates(&["7ABC123"]));
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Unchanged);
    assert_eq!(n_hits(&house, "1", "8XYZ999").await, 1);
}

#[tokio::test]
async fn trying_changes_nothing_and_leaves_the_file() {
    let house = House::new().await;
    let (list, dir) = from_folder(&house).await;
    drop_in(dir.path(), "stolen.csv", &plates(&["7ABC123"]));
    let tried = begin_fetch(&house.app, &house.admin(), list, true).await.unwrap();
    let tried = tried.await.unwrap().unwrap();
    assert_eq!(tried.outcome, FetchOutcome::Tried, "{}", tried.says);
    assert!(tried.says.contains("Nothing was changed") && dir.path().join("stolen.csv").exists());
    assert_eq!(stored(&house, list).await.version, None);
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Imported);
}

#[tokio::test]
async fn a_list_that_nothing_is_said_about_is_not_fetched() {
    let house = House::new().await;
    let list = list(&house, Category::StolenVehicle).await;
    let refused = begin_fetch(&house.app, &house.admin(), list, false).await;
    assert!(matches!(refused, Err(AskError::Invalid { field: "hotlist", .. })));
    let refused = begin_fetch(&house.app, &house.camera(), list, false).await;
    assert!(matches!(refused, Err(AskError::Refused(_))));
}
