//! AMBER alerts: a person confirms each plate, and an alert that is over is matched no more.

use std::path::Path;
use std::time::Duration;

use app::housekeeping::close_hits_of_ended;
use app::{
    AlertRow, AskError, ConfirmingPlate, FeedFormat, HitAsk, HitsAsk, add_amber_plate, amber_alert,
    amber_alerts, confirm_amber_plate, do_with_hit, list_hits, list_leaves, open_hit, open_hotlist,
    refuse_amber_plate, take_amber_file,
};
use domain::amber::AlertEnd;
use domain::life::{Deed, Stage};
use domain::{AmberId, AmberStanding, Category, FetchOutcome, HitId, HotlistId};
use ledger::leaf::{ClearField, Kind};
use sha2::{Digest as _, Sha256};
use testkit::House;

use super::{fetch, fetched_as, fetched_from, folder, list, n_hits, stored};

const CAP: &str = "urn:oasis:names:tc:emergency:cap:1.2";

/// A message of the state, sent so many minutes before noon and ending two hours after.
fn message(identifier: &str, status: &str, kind: &str, about: &str, words: &str) -> String {
    let minute = 30 + identifier.len();
    let references = if about.is_empty() {
        String::new()
    } else {
        let minute = 30 + about.len();
        format!(
            "<references>state@example.gov,{about},2026-11-21T11:{minute}:00+00:00</references>"
        )
    };
    format!(
        "<alert xmlns=\"{CAP}\"><identifier>{identifier}</identifier><sender>state@example.gov</sender>\
         <sent>2026-11-21T11:{minute}:00+00:00</sent><status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{references}\
         <info><event>Child Abduction Emergency</event><eventCode><valueName>SAME</valueName><value>CAE</value></eventCode>\
         <expires>2026-11-21T14:00:00+00:00</expires><headline>{words}</headline><area><areaDesc>Travis</areaDesc></area></info></alert>"
    )
}

async fn take(house: &House, dir: &Path, list: HotlistId, text: &str) -> domain::Fetch {
    std::fs::write(dir.join("alert.xml"), text).unwrap();
    fetch(house, list).await
}

async fn a_list(house: &House) -> (HotlistId, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let list = list(house, Category::AmberAlert).await;
    fetched_as(house, "Alerts", FeedFormat::Cap, folder(dir.path())).await;
    (list, dir)
}

/// A list of a house with an alert of which one plate waits.
pub(crate) async fn an_alert_for(house: &House) {
    let (list, dir) = a_list(house).await;
    let alert = message("A", "Actual", "Alert", "", "Texas plate LKW4873");
    take(house, dir.path(), list, &alert).await;
}

async fn newest(house: &House, list: HotlistId) -> AlertRow {
    let board = amber_alerts(&house.app, &house.admin(), list).await.unwrap();
    board.alerts.into_iter().next().unwrap()
}

fn as_typed(plate: &str, jurisdiction: &str) -> ConfirmingPlate {
    ConfirmingPlate { plate: plate.to_owned(), jurisdiction: jurisdiction.to_owned() }
}

async fn confirm(house: &House, list: HotlistId, alert: AmberId, n: u32, plate: &str) {
    let confirming = as_typed(plate, "US-TX");
    confirm_amber_plate(&house.app, &house.admin(), (list, alert, n), &confirming).await.unwrap();
}

#[tokio::test]
async fn clause_ausp_hotlist_an_amber_alert_is_matched_once_a_person_confirmed_its_plate() {
    for house in [House::new().await, House::on_postgres().await] {
        let (list, dir) = a_list(&house).await;
        let alert = message("A", "Actual", "Alert", "", "Silver Honda Civic, Texas plate LKW4873");
        let done = take(&house, dir.path(), list, &alert).await;
        assert_eq!(done.outcome, FetchOutcome::Imported, "{}", done.says);
        assert_eq!(n_hits(&house, "1", "LKW4873").await, 0, "nobody has confirmed it");
        let row = newest(&house, list).await;
        assert_eq!((row.n_waiting(), row.n_matched()), (1, 0));
        let shown = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
        assert_eq!(shown.plates_waiting, Some(1));
        confirm(&house, list, row.message.id, 1, "lkw-4873").await;
        assert_eq!(n_hits(&house, "2", "LKW4873").await, 1);
        assert_eq!(stored(&house, list).await.n_entries, 1);
        house.clock.pass(Duration::from_secs(2 * 3600));
        assert_eq!(n_hits(&house, "3", "LKW4873").await, 0, "the alert is over");
    }
}

#[tokio::test]
async fn a_plate_is_corrected_refused_added_or_taken_back_by_a_person_alone() {
    let house = House::new().await;
    let (list, dir) = a_list(&house).await;
    let words = "Texas plate ABC1234 or Texas plate QQQ1111, call tag 5550100";
    take(&house, dir.path(), list, &message("A", "Actual", "Alert", "", words)).await;
    let row = newest(&house, list).await;
    let alert = row.message.id;
    assert_eq!(row.n_waiting(), 3);
    confirm(&house, list, alert, 1, "ABC1Z34").await;
    let (app, admin) = (&house.app, house.admin());
    refuse_amber_plate(app, &admin, (list, alert, 3), "is a telephone").await.unwrap();
    add_amber_plate(app, &admin, (list, alert), &as_typed("NEW777", "")).await.unwrap();
    let hits = [
        n_hits(&house, "1", "ABC1Z34").await,
        n_hits(&house, "2", "QQQ1111").await,
        n_hits(&house, "3", "5550100").await,
        n_hits(&house, "4", "NEW777").await,
    ];
    assert_eq!(hits, [1, 0, 0, 1]);
    let typed = as_typed("ABC1234", "US-TX");
    let again = confirm_amber_plate(app, &admin, (list, alert, 1), &typed).await;
    assert!(matches!(again, Err(AskError::Invalid { field: "plate", .. })));
    for bad in ["ABC*", "", "12345678901"] {
        let typed = as_typed(bad, "");
        let refused = add_amber_plate(app, &admin, (list, alert), &typed).await;
        assert!(matches!(refused, Err(AskError::Invalid { field: "plate", .. })), "{bad}");
    }
    let reasonless = refuse_amber_plate(app, &admin, (list, alert, 2), " ").await;
    assert!(matches!(reasonless, Err(AskError::Invalid { field: "reason", .. })));
    refuse_amber_plate(app, &admin, (list, alert, 1), "another car").await.unwrap();
    assert_eq!(n_hits(&house, "5", "ABC1Z34").await, 0);
    let by_server = app::Ctx::server(house.agency, house.app.now());
    let typed = as_typed("QQQ1111", "");
    let refused = confirm_amber_plate(app, &by_server, (list, alert, 2), &typed).await;
    assert!(refused.is_err(), "the server confirms nothing");
}

#[tokio::test]
async fn a_test_is_never_matched_and_a_cancel_ends_its_alert_at_once() {
    let house = House::new().await;
    let (list, dir) = a_list(&house).await;
    let test = message("T", "Test", "Alert", "", "Texas plate TST1234");
    take(&house, dir.path(), list, &test).await;
    let row = newest(&house, list).await;
    assert_eq!(row.standing, AmberStanding::NotMeant);
    assert!(row.message.plates.is_empty());
    let (at, typed) = ((list, row.message.id), as_typed("TST1234", "US-TX"));
    let added = add_amber_plate(&house.app, &house.admin(), at, &typed).await;
    assert!(matches!(added, Err(AskError::Invalid { field: "alert", .. })));

    let alert = message("AA", "Actual", "Alert", "", "Texas plate LKW4873");
    take(&house, dir.path(), list, &alert).await;
    let row = newest(&house, list).await;
    confirm(&house, list, row.message.id, 1, "LKW4873").await;
    assert_eq!(n_hits(&house, "1", "LKW4873").await, 1);
    let foreign = message("BBB", "Actual", "Cancel", "AA", "over")
        .replace("<sender>state@example.gov</sender>", "<sender>prank@example.net</sender>");
    take(&house, dir.path(), list, &foreign).await;
    assert_eq!(n_hits(&house, "2", "LKW4873").await, 1, "it is not its sender’s");
    let cancel = message("CCCC", "Actual", "Cancel", "AA", "The child is safe");
    take(&house, dir.path(), list, &cancel).await;
    assert_eq!(n_hits(&house, "3", "LKW4873").await, 0);
    let at = (list, row.message.id);
    let board = amber_alert(&house.app, &house.admin(), at).await.unwrap();
    assert!(matches!(board.alerts[0].standing, AmberStanding::Cancelled(_)));
}

#[tokio::test]
async fn an_update_keeps_what_it_names_and_asks_again_about_what_it_does_not() {
    let house = House::new().await;
    let (list, dir) = a_list(&house).await;
    let words = "Texas plate LKW4873 or Texas plate QQQ1111";
    take(&house, dir.path(), list, &message("A", "Actual", "Alert", "", words)).await;
    let first = newest(&house, list).await.message.id;
    confirm(&house, list, first, 1, "LKW4873").await;
    confirm(&house, list, first, 2, "QQQ1111").await;
    let words = "Texas plate LKW4873 seen in Waco";
    take(&house, dir.path(), list, &message("AA", "Actual", "Update", "A", words)).await;
    let row = newest(&house, list).await;
    assert_eq!((row.n_matched(), row.n_waiting()), (1, 1));
    let hits = [n_hits(&house, "1", "LKW4873").await, n_hits(&house, "2", "QQQ1111").await];
    assert_eq!(hits, [1, 0]);
}

/// The hit that a passing plate raises.
async fn hit_of(house: &House, event: &str, plate: &str) -> HitId {
    let newest = async || {
        let hits = list_hits(&house.app, &house.admin(), HitsAsk::default()).await.unwrap();
        hits.items.first().map(|hit| hit.id)
    };
    let before = newest().await;
    assert_eq!(n_hits(house, event, plate).await, 1);
    loop {
        // The relay brings it.
        match newest().await {
            Some(hit) if Some(hit) != before => return hit,
            _ => tokio::task::yield_now().await,
        }
    }
}

/// How far a hit has come, and with what its alert's end closed it, by whom.
async fn end_of(house: &House, hit: HitId) -> (Stage, Option<(AlertEnd, String, String)>) {
    let life = open_hit(&house.app, &house.admin(), hit).await.unwrap().life;
    let ended = life.history.iter().find_map(|one| match &one.deed {
        Deed::AlertEnded { how, note } => Some((*how, note.clone(), one.by.clone())),
        _ => None,
    });
    (life.stage, ended)
}

/// The end that a message or the time brings.
fn by_server(how: AlertEnd, message: &str) -> Option<(AlertEnd, String, String)> {
    Some((how, format!("message {message}"), "the server".to_owned()))
}

#[tokio::test]
async fn an_alert_that_is_cancelled_closes_its_open_hits() {
    for house in [House::new().await, House::on_postgres().await] {
        let (list, dir) = a_list(&house).await;
        let words = "Texas plate LKW4873 or Texas plate QQQ1111";
        take(&house, dir.path(), list, &message("A", "Actual", "Alert", "", words)).await;
        let alert = newest(&house, list).await.message.id;
        confirm(&house, list, alert, 1, "LKW4873").await;
        confirm(&house, list, alert, 2, "QQQ1111").await;
        let waits = hit_of(&house, "1", "LKW4873").await;
        let stopped = hit_of(&house, "2", "QQQ1111").await;
        let (app, admin) = (&house.app, house.admin());
        do_with_hit(app, &admin, stopped, HitAsk::Stop).await.unwrap();
        close_hits_of_ended(app, app.now()).await.unwrap();
        assert_eq!(end_of(&house, waits).await, (Stage::Raised, None), "the alert counts");

        let cancel = message("BB", "Actual", "Cancel", "A", "The child is safe");
        take(&house, dir.path(), list, &cancel).await;
        let ended = by_server(AlertEnd::Cancelled, "BB");
        assert_eq!(end_of(&house, waits).await, (Stage::Closed, ended.clone()));
        assert_eq!(end_of(&house, stopped).await, (Stage::Stopped, ended), "it is not at its end");
        let (_, leaves) = list_leaves(app, &admin, None, 50).await.unwrap();
        let on_record = leaves.iter().filter(|row| {
            row.leaf.kind() == Kind::Begin && row.leaf.text(ClearField::Action) == Some("work-hits")
        });
        assert_eq!(on_record.count(), 1, "the server did it once, on record");

        // Who opens it again finds it open.
        let again = HitAsk::Reopen { why: "another child is looked for".to_owned() };
        do_with_hit(app, &admin, waits, again).await.unwrap();
        close_hits_of_ended(app, app.now()).await.unwrap();
        assert_eq!(end_of(&house, waits).await.0, Stage::Taken);
    }
}

#[tokio::test]
async fn an_alert_whose_time_is_over_closes_its_open_hits_with_nobody_acting() {
    let house = House::new().await;
    let (list, dir) = a_list(&house).await;
    let alert = message("A", "Actual", "Alert", "", "Texas plate LKW4873");
    take(&house, dir.path(), list, &alert).await;
    let alert = newest(&house, list).await.message.id;
    confirm(&house, list, alert, 1, "LKW4873").await;
    let hit = hit_of(&house, "1", "LKW4873").await;
    house.clock.pass(Duration::from_secs(2 * 3600));
    close_hits_of_ended(&house.app, house.app.now()).await.unwrap();
    assert_eq!(end_of(&house, hit).await, (Stage::Closed, by_server(AlertEnd::Over, "A")));
}

#[tokio::test]
async fn a_plate_that_an_update_drops_or_a_person_takes_back_closes_its_own_hits_alone() {
    let house = House::new().await;
    let (list, dir) = a_list(&house).await;
    let words = "Texas plate LKW4873 or Texas plate QQQ1111 or Texas plate ABC1234";
    take(&house, dir.path(), list, &message("A", "Actual", "Alert", "", words)).await;
    let alert = newest(&house, list).await.message.id;
    for (n, plate) in [(1, "LKW4873"), (2, "QQQ1111"), (3, "ABC1Z34")] {
        confirm(&house, list, alert, n, plate).await;
    }
    let named = hit_of(&house, "1", "LKW4873").await;
    let dropped = hit_of(&house, "2", "QQQ1111").await;
    let corrected = hit_of(&house, "3", "ABC1Z34").await;

    let at = (list, alert, 3);
    refuse_amber_plate(&house.app, &house.admin(), at, "another car").await.unwrap();
    let (stage, ended) = end_of(&house, corrected).await;
    let (how, note, by) = ended.unwrap();
    assert_eq!((stage, how, note.as_str()), (Stage::Closed, AlertEnd::TakenBack, "another car"));
    assert_ne!(by, "the server", "a person did");
    assert_eq!(end_of(&house, dropped).await.0, Stage::Raised);

    let words = "Texas plate LKW4873 seen in Waco";
    take(&house, dir.path(), list, &message("AA", "Actual", "Update", "A", words)).await;
    let ended = by_server(AlertEnd::Updated, "AA");
    assert_eq!(end_of(&house, dropped).await, (Stage::Closed, ended));
    assert_eq!(end_of(&house, named).await, (Stage::Raised, None));
}

#[tokio::test]
async fn what_is_no_alert_is_set_aside_and_the_same_alert_twice_is_one() {
    let house = House::new().await;
    let (list, dir) = a_list(&house).await;
    let alert = message("A", "Actual", "Alert", "", "Texas plate LKW4873");
    take(&house, dir.path(), list, &alert).await;
    let row = newest(&house, list).await;
    confirm(&house, list, row.message.id, 1, "LKW4873").await;
    let again = take(&house, dir.path(), list, &format!("{alert}\n")).await;
    assert_eq!(again.outcome, FetchOutcome::Renewed, "{}", again.says);
    for (bad, says) in [("<html/>", "holds no alert"), (&alert[..200], "not XML that is whole")] {
        let failed = take(&house, dir.path(), list, bad).await;
        assert_eq!(failed.outcome, FetchOutcome::Failed);
        assert!(failed.says.contains(says), "{}", failed.says);
    }
    assert!(dir.path().join("refused/alert.xml.reason.txt").exists());
    assert_eq!(n_hits(&house, "1", "LKW4873").await, 1, "what is in force stays");
}

#[tokio::test]
async fn messages_do_not_go_into_a_list_of_something_else() {
    let house = House::new().await;
    let dir = tempfile::tempdir().unwrap();
    let list = list(&house, Category::StolenVehicle).await;
    fetched_from(&house, FeedFormat::Cap, folder(dir.path())).await;
    let alert = message("A", "Actual", "Alert", "", "Texas plate LKW4873");
    let failed = take(&house, dir.path(), list, &alert).await;
    assert!(failed.says.contains("category “AMBER alert”"), "{}", failed.says);
}

/// Why a file from somebody's hand is not taken.
async fn unfit(house: &House, list: HotlistId, file: &str) -> String {
    let taken = take_amber_file(&house.app, &house.admin(), list, file.as_bytes().to_vec()).await;
    let refused = match taken {
        Err(AskError::Invalid { field: "file", why }) => Some(why),
        _ => None,
    };
    refused.unwrap()
}

#[tokio::test]
async fn an_alert_from_somebodys_hand_is_treated_as_one_that_was_fetched() {
    let house = House::new().await;
    let list = list(&house, Category::AmberAlert).await;
    let alert = message("A", "Actual", "Alert", "", "Texas plate LKW4873");
    let (app, admin) = (&house.app, house.admin());
    let hand_in = async |file: &str| {
        take_amber_file(app, &admin, list, file.as_bytes().to_vec()).await.unwrap()
    };
    let taken = hand_in(&alert).await;
    assert_eq!((taken.n_messages, taken.n_new), (1, 1));
    let row = newest(&house, list).await;
    assert_eq!((row.n_waiting(), row.n_matched()), (1, 0));
    assert_eq!(n_hits(&house, "1", "LKW4873").await, 0, "nobody has confirmed it");
    confirm(&house, list, row.message.id, 1, "LKW4873").await;
    let hit = hit_of(&house, "2", "LKW4873").await;
    let again = hand_in(&alert).await;
    assert_eq!((again.n_messages, again.n_new), (1, 0), "the same alert twice is one");
    let cancel = message("BB", "Actual", "Cancel", "A", "The child is safe");
    assert_eq!(hand_in(&cancel).await.n_new, 1);
    let ended = by_server(AlertEnd::Cancelled, "BB");
    assert_eq!(end_of(&house, hit).await, (Stage::Closed, ended));

    let (_, leaves) = list_leaves(app, &admin, None, 100).await.unwrap();
    let digest =
        Sha256::digest(&alert).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let has = leaves.iter().any(|row| row.leaf.text(ClearField::Digest) == Some(&digest));
    assert!(has, "which file it was stands in the ledger");
}

#[tokio::test]
async fn a_file_of_which_nothing_could_come_says_why() {
    let house = House::new().await;
    let list = list(&house, Category::AmberAlert).await;
    let alert = message("A", "Actual", "Alert", "", "Texas plate LKW4873");
    let cases = [
        ("plate,state\nLKW4873,TX\n".to_owned(), "not XML that is whole"),
        (alert[..200].to_owned(), "not XML that is whole"),
        (alert.replace(CAP, "urn:oasis:names:tc:emergency:cap:1.1"), "another version of CAP"),
        ("<html/>".to_owned(), "holds no alert of CAP 1.2"),
        (alert.replace(">CAE<", ">TOR<"), "something else than an abducted child"),
        (alert.replace("11:31:00", "soon"), "<sent> is no moment"),
        (format!("{alert}{}", " ".repeat(app::CAP_BYTES_MAX)), "more than 4194304"),
    ];
    for (file, why) in cases {
        let said = unfit(&house, list, &file).await;
        assert!(said.contains(why), "{said}");
    }
    house.clock.pass(Duration::from_secs(2 * 3600));
    let over = unfit(&house, list, &alert).await;
    assert!(over.contains("over since 2026-11-21T14:00:00Z"), "{over}");
    assert!(amber_alerts(&house.app, &house.admin(), list).await.unwrap().alerts.is_empty());
}

#[tokio::test]
async fn an_alert_takes_the_place_of_no_rows() {
    let house = House::new().await;
    let alert = message("A", "Actual", "Alert", "", "Texas plate LKW4873");
    let rows = house.want(Category::AmberAlert, &["7ABC123"]).await;
    assert!(unfit(&house, rows, &alert).await.contains("rows of another file"));
    let stolen = list(&house, Category::StolenVehicle).await;
    assert!(unfit(&house, stolen, &alert).await.contains("category “AMBER alert”"));
    let dir = tempfile::tempdir().unwrap();
    let fetched = list(&house, Category::AmberAlert).await;
    fetched_as(&house, "Alerts", FeedFormat::Rows, folder(dir.path())).await;
    assert!(unfit(&house, fetched, &alert).await.contains("rows of another file"));
    assert_eq!(n_hits(&house, "1", "7ABC123").await, 1, "what is in force stays");
}
