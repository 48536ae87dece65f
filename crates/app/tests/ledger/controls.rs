//! Rules from outside, each shown from a leaf and the clear text beside it: FBI CJIS controls, California's law, clauses of
//! the agencies' policies.

use std::net::IpAddr;

use app::sign_in::{Door, SignInRefused, demo_link, session, sign_out, with_demo_link};
use app::{Ctx, HitsAsk, list_hits, open_read, take_reads};
use domain::{ReadRef, Role, Timestamp};
use ledger::leaf::ClearField;
use testkit::House;
use testkit::house::{CASE, PURPOSE, REASON, read, say_what_for};

use crate::book::{Book, Seen, gists};

const DESK: [u8; 4] = [192, 0, 2, 7];
const NAME: &str = "R. Ortiz (r.ortiz)";

/// The roles that the house's person holds, as leaves say them.
fn roles() -> String {
    let held = Role::ALL.into_iter().filter(|role| *role != Role::ExternalAuditor);
    held.map(Role::word).collect::<Vec<_>>().join(" ")
}

fn at_the_desk(house: &House) -> Ctx {
    house.admin().from_address(Some(IpAddr::from(DESK)))
}

async fn a_read(book: &Book) -> ReadRef {
    let house = &book.house;
    let sent = vec![read(house.camera, "e1", "7ABC123", None)];
    let taken = take_reads(&house.app, &house.camera(), sent).await.unwrap();
    book.relay().await;
    book.news().await;
    taken[0].read
}

/// CJIS AU-3: what, when, where, source, outcome, identity.
#[tokio::test]
async fn control_au_3_each_record_says_what_when_where_from_whence_with_which_outcome_and_who() {
    let book = Book::new().await;
    let at = a_read(&book).await;
    open_read(&book.house.app, &at_the_desk(&book.house), at).await.unwrap();
    let news = book.news().await;
    let [begun, done] = news.as_slice() else { panic!("{:?}", gists(&news)) };
    let what = (begun.action(), begun.beside("objects"));
    let when = Timestamp::parse(begun.beside("at")).unwrap();
    let whence = (begun.text(ClearField::Where), begun.beside("address"));
    let outcome = (begun.text(ClearField::Decision), done.text(ClearField::Outcome));
    let who =
        (begun.text(ClearField::ActorKind), begun.text(ClearField::Role), begun.beside("name"));
    assert_eq!(what, ("open-read", &*format!("read {at}")));
    assert_eq!(when, book.house.app.now());
    assert_eq!(whence, ("console", "192.0.2.7"));
    assert_eq!(outcome, ("permit", "done"));
    assert_eq!(who, ("person", &*roles(), NAME));
    // The same one again has the same pseudonym; a camera has another.
    open_read(&book.house.app, &book.house.admin(), at).await.unwrap();
    open_read(&book.house.app, &book.house.camera(), at).await.unwrap_err();
    let more = book.news().await;
    let actor = |seen: &Seen| seen.text(ClearField::Actor).to_owned();
    assert_eq!(actor(&more[0]), actor(begun));
    assert_ne!(actor(&more[2]), actor(begun));
    assert!(actor(begun).len() == 16 && !begun.entry.contains("Ortiz"), "{}", begun.entry);
}

/// CJIS AU-8: UTC, hundredths of a second or finer.
#[tokio::test]
async fn control_au_8_moments_are_utc_and_finer_than_hundredths() {
    let book = Book::new().await;
    book.house.clock.set("2026-11-21T12:00:00.123456Z");
    let at = ReadRef::parse("1-20261121-77").unwrap();
    open_read(&book.house.app, &book.house.admin(), at).await.unwrap_err();
    let news = book.news().await;
    for seen in &news {
        assert_eq!(seen.beside("at"), "2026-11-21T12:00:00.123456Z");
        assert_eq!(seen.text(ClearField::Day), "2026-11-21");
    }
    assert_eq!(news.len(), 2);
}

/// California Civil Code 1798.90.52: date and time; the data elements that were queried; user and organisation; purpose.
#[tokio::test]
async fn law_cal_1798_90_52_the_four_fields_of_an_access_are_on_record() {
    let book = Book::new().await;
    let at = a_read(&book).await;
    open_read(&book.house.app, &book.house.admin(), at).await.unwrap();
    let news = book.news().await;
    let begun = &news[0];
    assert_eq!(Timestamp::parse(begun.beside("at")).unwrap(), book.house.app.now());
    assert_eq!(begun.beside("objects"), format!("read {at}"));
    assert_eq!((begun.beside("name"), begun.text(ClearField::Actor).len()), (NAME, 16));
    // One log an agency: its name says which.
    let origin = app::log_state(&book.house.app, book.log()).await.unwrap().origin;
    assert!(origin.ends_with(&format!("/agency-{}", book.house.agency)), "{origin}");
    assert_eq!(begun.text(ClearField::Purpose), PURPOSE);
    assert_eq!((begun.beside("case"), begun.beside("reason")), (CASE, REASON));
}

/// Clauses TWF-401.9b and BEL-461.5b: by login only, and every access documented by name, date and time.
#[tokio::test]
async fn clause_twf_401_9b_every_access_is_documented_by_name_date_and_time() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let at = a_read(&book).await;
    open_read(app, &house.admin(), at).await.unwrap();
    list_hits(app, &house.admin(), HitsAsk::default()).await.unwrap();
    assert!(open_read(app, &Ctx::nobody(app.now()), at).await.is_err());
    let news = book.news().await;
    assert_eq!(gists(&news), ["begin open-read", "complete open-read", "begin list-hits"]);
    for begun in [&news[0], &news[2]] {
        assert_eq!(begun.beside("name"), NAME);
        assert_eq!(Timestamp::parse(begun.beside("at")).unwrap(), app.now());
    }
}

/// Clause AUS-344.4d: logins and transactions are logged, failed ones too.
#[tokio::test]
async fn clause_aus_344_4d_logins_and_transactions_are_logged() {
    let book = Book::new().await;
    let (house, app) = (&book.house, &book.house.app);
    let door =
        Door { address: Some(IpAddr::from(DESK)), browser: "a test".to_owned(), device: None };
    let link = demo_link(app, house.person).await.unwrap();
    let token = with_demo_link(app, &link, &door).await.unwrap();
    let again = with_demo_link(app, &link, &door).await;
    assert!(matches!(again, Err(SignInRefused::Lost)));
    say_what_for(app, &token).await;
    let ctx = session(app, &token, app.now()).await.unwrap().unwrap();
    let at = a_read_without_reading_the_news(house).await;
    open_read(app, &ctx, at).await.unwrap();
    sign_out(app, &ctx, &token).await.unwrap();
    book.relay().await;

    let news = book.news().await;
    assert_eq!(
        gists(&news),
        [
            "event sign-in",
            "begin own-account",
            "event state-work",
            "complete own-account",
            "begin open-read",
            "complete open-read",
            "event sign-out",
            "reads"
        ]
    );
    assert_eq!(
        (news[0].text(ClearField::Decision), news[0].beside("address")),
        ("permit", "192.0.2.7")
    );
    let of = |seen: &Seen| seen.text(ClearField::Session).to_owned();
    assert!([1, 2, 4, 6].into_iter().all(|n| of(&news[n]) == of(&news[0])));
    assert_eq!(of(&news[0]).len(), 16);
    let failed = book.server_news().await;
    assert_eq!(gists(&failed), ["event sign-in"]);
    assert_eq!(failed[0].text(ClearField::Decision), "refuse");
    assert_eq!(failed[0].leaf.words(ClearField::Reasons), ["unknown-or-used-link"]);
    assert_eq!(failed[0].beside("address"), "192.0.2.7");
}

async fn a_read_without_reading_the_news(house: &House) -> ReadRef {
    let sent = vec![read(house.camera, "e1", "7ABC123", None)];
    take_reads(&house.app, &house.camera(), sent).await.unwrap()[0].read
}
