//! Hotlists that are fetched: from a folder, over HTTPS and by SFTP, each from a real server; and AMBER alerts.

#![expect(clippy::unwrap_used, reason = "tests say what they expected by panicking")]

mod amber;
mod mail;
mod rows;
mod servers;

use std::path::Path;
use std::time::Duration;

use app::{
    Column, Feed, FeedFormat, FeedPlan, FolderFeed, KeepFiles, Layout, NewHotlist, create_hotlist,
    open_hotlist, take_reads,
};
use camino::Utf8PathBuf;
use domain::{Category, Fetch, Hotlist, HotlistId};
use outbound::{HttpsFeed, HttpsLogin, HttpsPlace};
use testkit::House;
use testkit::house::read;
use testkit::sources::HttpsServer;

/// The layout of the tests' files: a plate a row, with a header.
const LAYOUT: &str =
    "version = 1\nname = \"Plates\"\nkind = \"delimited\"\n[columns]\nplate = \"plate\"\n";

/// A list that is fetched.
async fn list(house: &House, category: Category) -> HotlistId {
    let name = name_of(category);
    let source = "a test".to_owned();
    let new = NewHotlist { name, source, category };
    let id = create_hotlist(&house.app, &house.admin(), new).await.unwrap().id;
    if category != Category::AmberAlert {
        let source = app::HotlistSource {
            layout: Some(LAYOUT.to_owned()),
            drop_percent: 20,
            stale_hours: None,
        };
        app::set_hotlist_source(&house.app, &house.admin(), id, source).await.unwrap();
    }
    id
}

/// A list of each kind has a name of its own.
fn name_of(category: Category) -> String {
    let name = if category == Category::AmberAlert { "Alerts" } else { "Fetched" };
    name.to_owned()
}

async fn fetched_from(house: &House, format: FeedFormat, feed: Feed) {
    fetched_as(house, "Fetched", format, feed).await;
}

async fn fetched_as(house: &House, name: &str, format: FeedFormat, feed: Feed) {
    let plan = FeedPlan {
        hotlist: name.to_owned(),
        format,
        every: Duration::from_secs(3600),
        n_bytes_max: 1_000_000,
        feed,
    };
    let missing = house.app.fetch_lists_of(house.agency, vec![plan]).await.unwrap();
    assert_eq!(missing, Vec::<String>::new());
}

fn folder(dir: &Path) -> Feed {
    Feed::Folder(FolderFeed {
        path: Utf8PathBuf::from_path_buf(dir.to_owned()).unwrap(),
        when_done: KeepFiles::Move,
        settles_in: Duration::ZERO,
    })
}

fn https(server: &HttpsServer, path: &str, token: &str) -> Feed {
    https_believing(server, path, token, Some(server.authority.clone()))
}

fn https_believing(
    server: &HttpsServer,
    path: &str,
    token: &str,
    authority: Option<String>,
) -> Feed {
    let place = HttpsPlace {
        url: server.url(path),
        login: HttpsLogin::Token(token.to_owned()),
        authority_pem: authority,
        private_addresses: true,
        timeout: Duration::from_secs(20),
    };
    Feed::Https(HttpsFeed::new(place).unwrap())
}

/// Fetches by hand.
async fn fetch(house: &House, list: HotlistId) -> Fetch {
    let begun = app::begin_fetch(&house.app, &house.admin(), list, false).await.unwrap();
    begun.await.unwrap().unwrap()
}

/// Fetches what is due; what came of it.
async fn fetch_due(house: &House) -> Vec<Fetch> {
    let begun = app::feeds::fetch_due(&house.app, house.app.now()).await.unwrap();
    let mut all = Vec::new();
    for one in begun {
        all.push(one.await.unwrap().unwrap());
    }
    all
}

async fn stored(house: &House, list: HotlistId) -> Hotlist {
    open_hotlist(&house.app, &house.admin(), list).await.unwrap().hotlist
}

async fn n_hits(house: &House, event: &str, plate: &str) -> u32 {
    let sent = vec![read(house.camera, event, plate, None)];
    let taken = take_reads(&house.app, &house.camera(), sent).await.unwrap();
    taken.iter().map(|one| one.n_hits).sum()
}

fn plates(plates: &[&str]) -> Vec<u8> {
    format!("plate\n{}\n", plates.join("\n")).into_bytes()
}

/// The layout is one: the tests would say so of themselves otherwise.
#[test]
fn the_layout_of_the_tests_is_one() {
    let layout = Layout::parse(LAYOUT).unwrap();
    assert_eq!(layout.columns.plate, Column::Name("plate".to_owned()));
}
