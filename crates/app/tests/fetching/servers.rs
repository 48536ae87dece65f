//! HTTPS and SFTP, with real servers.

use std::time::Duration;

use app::{Feed, FeedFormat, open_hotlist};
use domain::{Category, FetchOutcome};
use outbound::{SftpFeed, SftpLogin, SftpPlace};
use testkit::House;
use testkit::sources::{HttpsServer, SFTP_PATH, SftpServer, ssh_key};

use super::{fetch, fetch_due, fetched_from, https, https_believing, list, n_hits, plates, stored};

/// A house whose list is fetched from a server with a token; nothing where `openssl` is missing.
async fn over_https(token: &str) -> Option<(House, domain::HotlistId, HttpsServer)> {
    let house = House::new().await;
    let server = HttpsServer::open(house.dir())?;
    server.change(|site| {
        site.token = Some("t0ken".to_owned());
        site.etag = Some("\"one\"".to_owned());
        site.body = plates(&["7ABC123", "8XYZ999"]);
    });
    let list = list(&house, Category::StolenVehicle).await;
    fetched_from(&house, FeedFormat::Rows, https(&server, "/stolen.csv", token)).await;
    Some((house, list, server))
}

#[tokio::test]
async fn clause_ausp_hotlist_a_list_comes_over_https_in_its_time_and_a_state_that_is_known_renews_it()
 {
    let Some((house, list, server)) = over_https("t0ken").await else { return };
    let all = fetch_due(&house).await;
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].outcome, all[0].by), (FetchOutcome::Imported, None), "{}", all[0].says);
    assert_eq!(n_hits(&house, "1", "7ABC123").await, 1);
    assert!(fetch_due(&house).await.is_empty(), "it is not its time");

    house.clock.pass(Duration::from_secs(3600));
    let renewed = fetch_due(&house).await;
    assert_eq!(renewed[0].outcome, FetchOutcome::Renewed);
    let asked = server.site().asked;
    assert!(asked[1].contains("if-none-match: \"one\""), "{}", asked[1]);
    let after = stored(&house, list).await;
    assert_eq!(after.renewed_at, Some(house.app.now()), "its age is counted anew");
    assert!(after.imported_at < after.renewed_at);

    server.change(|site| {
        site.etag = Some("\"two\"".to_owned());
        site.body = plates(&["7ABC123", "8XYZ999", "9QRS777"]);
    });
    house.clock.pass(Duration::from_secs(3600));
    assert_eq!(fetch_due(&house).await[0].outcome, FetchOutcome::Imported);
    assert_eq!(n_hits(&house, "2", "9QRS777").await, 1);
}

#[tokio::test]
async fn the_same_bytes_without_a_validator_renew_it_too_and_another_layout_reads_them_again() {
    let Some((house, list, server)) = over_https("t0ken").await else { return };
    server.change(|site| site.etag = None);
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Imported);
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Renewed);
    let source = app::HotlistSource {
        layout: Some(super::LAYOUT.replace("Plates", "Plates, again")),
        drop_percent: 20,
        stale_hours: None,
    };
    app::set_hotlist_source(&house.app, &house.admin(), list, source).await.unwrap();
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Imported);
}

#[tokio::test]
async fn a_fetch_that_fails_is_tried_again_soon_and_changes_nothing() {
    let Some((house, list, server)) = over_https("t0ken").await else { return };
    fetch(&house, list).await;
    server.change(|site| site.status = Some(503));
    house.clock.pass(Duration::from_secs(3600));
    for (n, minutes) in [(1, 1), (2, 2), (3, 4)] {
        let failed = fetch_due(&house).await;
        assert_eq!(failed[0].outcome, FetchOutcome::Failed);
        assert!(failed[0].says.contains("status 503"), "{}", failed[0].says);
        let feed = open_hotlist(&house.app, &house.admin(), list).await.unwrap().feed.unwrap();
        assert_eq!(feed.state.n_failed, n);
        house.clock.pass(Duration::from_secs(minutes * 60 - 1));
        assert!(fetch_due(&house).await.is_empty());
        house.clock.pass(Duration::from_secs(1));
    }
    assert_eq!(n_hits(&house, "1", "7ABC123").await, 1, "the list in force stays");
    server.change(|site| site.status = None);
    assert_eq!(fetch_due(&house).await[0].outcome, FetchOutcome::Renewed);
    let feed = open_hotlist(&house.app, &house.admin(), list).await.unwrap().feed.unwrap();
    assert_eq!((feed.state.n_failed, feed.state.failing_since), (0, None));
    assert_eq!(feed.fetches.len(), 5);
}

#[tokio::test]
async fn who_is_not_believed_or_sends_us_elsewhere_gives_nothing() {
    let Some((house, list, server)) = over_https("wrong").await else { return };
    assert!(fetch(&house, list).await.says.contains("status 401"));
    let believed = https_believing(&server, "/stolen.csv", "t0ken", None);
    fetched_from(&house, FeedFormat::Rows, believed).await;
    let says = fetch(&house, list).await.says;
    assert!(says.contains("failed to reach localhost"), "{says}");

    server.change(|site| site.moved_to = Some("https://elsewhere.example/stolen.csv".to_owned()));
    fetched_from(&house, FeedFormat::Rows, https(&server, "/", "t0ken")).await;
    let says = fetch(&house, list).await.says;
    assert!(says.contains("not followed"), "{says}");
    server.change(|site| site.moved_to = Some("/stolen.csv".to_owned()));
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Imported, "within the same host");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused() {
    let Some((house, list, server)) = over_https("t0ken").await else { return };
    server.change(|site| site.body = vec![b'7'; 1_000_001]);
    let failed = fetch(&house, list).await;
    assert!(failed.says.contains("more than 1000000 bytes"), "{}", failed.says);
    assert_eq!(stored(&house, list).await.version, None);
}

fn sftp(server: &SftpServer, login: SftpLogin, host_keys: &str) -> Feed {
    let place = SftpPlace {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        user: "alpr".to_owned(),
        login,
        host_keys: host_keys.to_owned(),
        path: SFTP_PATH.to_owned(),
        private_addresses: true,
        timeout: Duration::from_secs(20),
    };
    Feed::Sftp(SftpFeed::new(place).unwrap())
}

#[tokio::test]
async fn a_list_comes_by_sftp_with_a_key_or_a_password() {
    let house = House::new().await;
    let list = list(&house, Category::StolenVehicle).await;
    let (private, public) = ssh_key(7);
    let Some(server) = SftpServer::open("alpr", "heron quarry", Some(&public)).await else {
        return;
    };
    // More than one answer of SFTP holds.
    let many: Vec<String> = (0..60_000).map(|n| format!("L{n:05}X")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    server.put(&plates(&many));
    let login = SftpLogin::key(&private).unwrap();
    fetched_from(&house, FeedFormat::Rows, sftp(&server, login, &server.host_key)).await;
    let done = fetch(&house, list).await;
    assert_eq!(done.outcome, FetchOutcome::Imported, "{}", done.says);
    assert_eq!(stored(&house, list).await.n_entries, 60_000);
    assert_eq!(n_hits(&house, "1", "L59999X").await, 1);
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Renewed);
    let login = SftpLogin::Password("heron quarry".to_owned());
    fetched_from(&house, FeedFormat::Rows, sftp(&server, login, &server.host_key)).await;
    assert_eq!(fetch(&house, list).await.outcome, FetchOutcome::Renewed);
}

#[tokio::test]
async fn a_machine_with_another_key_is_sent_nothing_and_a_wrong_password_is_said() {
    let house = House::new().await;
    let list = list(&house, Category::StolenVehicle).await;
    let Some(server) = SftpServer::open("alpr", "heron quarry", None).await else { return };
    server.put(&plates(&["7ABC123"]));
    let (_, other) = ssh_key(9);
    let login = SftpLogin::Password("heron quarry".to_owned());
    fetched_from(&house, FeedFormat::Rows, sftp(&server, login, &other)).await;
    let says = fetch(&house, list).await.says;
    assert!(says.contains("another host key"), "{says}");
    let login = SftpLogin::Password("guessed".to_owned());
    fetched_from(&house, FeedFormat::Rows, sftp(&server, login, &server.host_key)).await;
    let says = fetch(&house, list).await.says;
    assert!(
        says.contains("did not take our key or password") && !says.contains("guessed"),
        "{says}"
    );
    assert_eq!(stored(&house, list).await.version, None);
}
