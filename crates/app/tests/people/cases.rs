//! The agency's case system: a number that it does not know is noted, or refused, as the policy says.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::people::state_work;
use app::sign_in::SessionToken;
use app::tokens::{NewToken, by_token, make_token};
use app::{App, CaseBook, CsvCases, HttpCases};
use domain::{AgencyId, PersonId, Role};
use ledger::leaf::ClearField;
use policy::{BundleFiles, CaseCheck, Facts};
use testkit::House;
use testkit::house::a_session;

use crate::record::newest;
use crate::scene::{Scene, at, reason, refused, somebody, stated};

const KNOWN: &str = "26-0000001";
const OTHER: &str = "26-0000002";
const REASON: &str = "owner reported it stolen from the garage downtown";

/// A case system on this machine that knows one case; how often it was asked, and whether it answers at all.
fn system() -> (CaseBook, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let (n_asked, is_down) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, down) = (Arc::clone(&n_asked), Arc::clone(&is_down));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = first_line(&stream);
            counted.fetch_add(1, Ordering::SeqCst);
            let status = match down.load(Ordering::SeqCst) {
                0 if head.contains(KNOWN) => "200 OK",
                0 => "404 Not Found",
                _ => "503 Service Unavailable",
            };
            drop(write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n"));
        }
    });
    let at = format!("http://{at}/cases/{{number}}");
    let book = HttpCases::new(&at, None, Duration::from_secs(30)).unwrap();
    (CaseBook::Http(book), n_asked, is_down)
}

fn first_line(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let head: Vec<String> =
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    head.first().cloned().unwrap_or_default()
}

/// An agency under Austin's policy that asks its case system.
async fn agency(house: &House, verify: &str, book: CaseBook) -> AgencyId {
    let app = &house.app;
    let agency = app.add_agency("Verifying PD", None).await.unwrap();
    let (_, files) = policy::shipped().iter().find(|(word, _)| *word == "austin-tx").unwrap();
    let verify = format!("[case_number]\nverify = \"{verify}\"\n");
    let settings = files.settings.replacen("[case_number]\n", &verify, 1);
    let files = BundleFiles { settings: settings.into(), ..files.clone() };
    app.ask_cases_of(agency, book);
    app.begin_policy(agency, &files, "America/Chicago").await.unwrap();
    agency
}

async fn officer(app: &App, agency: AgencyId) -> (PersonId, SessionToken) {
    let officer = somebody(app, agency, "d.chen", &[Role::Officer]).await;
    testkit::house::train(app, agency, officer).await;
    (officer, a_session(app, officer).await)
}

/// States a case, and says what the case system made of it.
async fn states(app: &App, token: &SessionToken, number: &str) -> Option<CaseCheck> {
    let ctx = at(app, token).await.unwrap();
    let said = stated("stolen-vehicle", number, REASON);
    let state = state_work(app, &ctx, &said).await.unwrap();
    state.work.unwrap().case_check.map(|(check, _)| check)
}

#[tokio::test]
async fn clause_ausp_access_a_case_number_that_the_case_system_does_not_know_is_refused() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (book, _, is_down) = system();
    let agency = agency(&scene.house, "must", book).await;
    let (_, token) = officer(app, agency).await;
    assert_eq!(states(app, &token, KNOWN).await, Some(CaseCheck::Verified));
    scene.opens(&at(app, &token).await.unwrap()).await.unwrap();
    let seen = newest(&scene.house, agency, "open-read").await;
    assert_eq!(seen.text(ClearField::CaseCheck), "verified");

    assert_eq!(states(app, &token, OTHER).await, Some(CaseCheck::Unknown));
    let (reasons, words) = refused(scene.opens(&at(app, &token).await.unwrap()).await);
    assert_eq!(reasons, reason("case-unverified", "AUSP-access"));
    assert!(words.contains("does not know this case number"), "{words}");
    let seen = newest(&scene.house, agency, "open-read").await;
    let facts = Facts::read(seen.beside("facts")).unwrap();
    assert_eq!(facts.case.as_ref().unwrap().verified, Some(CaseCheck::Unknown));
    let again = app.policy(agency).unwrap().bundle.decide(&facts);
    assert_eq!(again.policies, ["case-unverified"]);

    // A system that is down lets nobody pass whom it did not know before.
    is_down.store(1, Ordering::SeqCst);
    assert_eq!(states(app, &token, OTHER).await, Some(CaseCheck::Unreachable));
    let (reasons, _) = refused(scene.opens(&at(app, &token).await.unwrap()).await);
    assert_eq!(reasons, reason("case-unverified", "AUSP-access"));
}

#[tokio::test]
async fn where_it_should_be_known_an_unknown_number_is_marked_and_let_through() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (book, _, _) = system();
    let agency = agency(&scene.house, "should", book).await;
    let (_, token) = officer(app, agency).await;
    assert_eq!(states(app, &token, OTHER).await, Some(CaseCheck::Unknown));
    scene.opens(&at(app, &token).await.unwrap()).await.unwrap();
    let seen = newest(&scene.house, agency, "open-read").await;
    assert_eq!((seen.decision().1, seen.text(ClearField::CaseCheck)), ("permit", "unknown"));
    // What is not written as a number of theirs is not asked for.
    assert_eq!(states(app, &token, "../../admin").await, None);
}

#[tokio::test]
async fn a_yes_is_good_for_minutes_and_is_asked_for_again() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (book, n_asked, is_down) = system();
    let agency = agency(&scene.house, "must", book).await;
    let (_, token) = officer(app, agency).await;
    let asked = || n_asked.load(Ordering::SeqCst);
    states(app, &token, KNOWN).await;
    for _ in 0..3 {
        scene.opens(&at(app, &token).await.unwrap()).await.unwrap();
        states(app, &token, KNOWN).await;
    }
    assert_eq!(asked(), 1);
    scene.house.clock.pass(Duration::from_secs(5 * 60));
    scene.opens(&at(app, &token).await.unwrap()).await.unwrap();
    assert_eq!(asked(), 2, "in the session that goes on");
    is_down.store(1, Ordering::SeqCst);
    scene.house.clock.pass(Duration::from_secs(5 * 60));
    let ctx = at(app, &token).await.unwrap();
    refused(scene.opens(&ctx).await);
    refused(scene.opens(&at(app, &token).await.unwrap()).await);
    assert_eq!(asked(), 3, "what is down is not asked with every click");
    is_down.store(0, Ordering::SeqCst);
    scene.house.clock.pass(Duration::from_secs(60));
    scene.opens(&at(app, &token).await.unwrap()).await.unwrap();
    assert_eq!(asked(), 4);
}

/// A machine's statement stands for weeks; the yes that it had does not.
#[tokio::test]
async fn a_tokens_case_is_asked_for_again_too() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (book, n_asked, is_down) = system();
    let agency = agency(&scene.house, "must", book).await;
    let roles = [Role::Administrator, Role::Officer];
    let maker = somebody(app, agency, "d.chen", &roles).await;
    testkit::house::train(app, agency, maker).await;
    let ctx = at(app, &a_session(app, maker).await).await.unwrap();
    let scopes = vec!["open-read".to_owned()];
    let new = NewToken { name: "records".to_owned(), scopes, days: 30 };
    let secret = make_token(app, &ctx, &new).await.unwrap().secret;
    let asking = by_token(app, &secret, None).await.unwrap();
    state_work(app, &asking, &stated("stolen-vehicle", KNOWN, REASON)).await.unwrap();
    scene.opens(&by_token(app, &secret, None).await.unwrap()).await.unwrap();
    assert_eq!(n_asked.load(Ordering::SeqCst), 1);
    is_down.store(1, Ordering::SeqCst);
    scene.house.clock.pass(Duration::from_secs(5 * 60));
    let asked = scene.opens(&by_token(app, &secret, None).await.unwrap()).await;
    assert_eq!(refused(asked).0, reason("case-unverified", "AUSP-access"));
}

#[tokio::test]
async fn a_case_that_the_system_drops_into_a_folder_is_known() {
    let scene = Scene::new().await;
    let app = scene.app();
    let dir = tempfile::tempdir().unwrap();
    let book = CaseBook::Csv(CsvCases::new(dir.path(), "number"));
    let agency = agency(&scene.house, "must", book).await;
    let (_, token) = officer(app, agency).await;
    assert_eq!(states(app, &token, KNOWN).await, Some(CaseCheck::Unreachable));
    std::fs::write(dir.path().join("cases-1.csv"), format!("number\n{KNOWN}\n")).unwrap();
    assert_eq!(states(app, &token, KNOWN).await, Some(CaseCheck::Verified));
    scene.opens(&at(app, &token).await.unwrap()).await.unwrap();
    assert_eq!(states(app, &token, OTHER).await, Some(CaseCheck::Unknown));
    // A file that cannot be read yet: a yes of the one before still counts, a no does not.
    std::fs::write(dir.path().join("cases-2.csv"), "num").unwrap();
    scene.house.clock.pass(Duration::from_secs(5 * 60));
    assert_eq!(states(app, &token, KNOWN).await, Some(CaseCheck::Verified));
    assert_eq!(states(app, &token, OTHER).await, Some(CaseCheck::Unreachable));
    std::fs::write(dir.path().join("cases-2.csv"), format!("number\n{OTHER}\n")).unwrap();
    assert_eq!(states(app, &token, OTHER).await, Some(CaseCheck::Verified));
}
