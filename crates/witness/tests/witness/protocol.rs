//! C2SP tlog-witness: every status it names.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use ledger::Note;
use ledger::note::SignatureLine;
use ledger::witness::REQUEST_BYTES_MAX;
use proptest::prelude::*;

use crate::support::{HEX, House, Log, ORIGIN};

#[tokio::test]
async fn what_grew_is_cosigned_and_can_be_fetched() {
    let house = House::new();
    house.cosign(&house.log.ask(0, 5, 0)).await;
    house.cosign(&house.log.ask(5, 9, 0)).await;
    house.cosign(&house.log.ask(9, 9, 0)).await;
    let kept = house.get(&format!("/{HEX}/checkpoint")).await;
    assert_eq!((kept.status, kept.header("cache-control")), (StatusCode::OK, "no-cache"));
    assert_eq!(kept.header("content-type"), "text/plain; charset=utf-8");
    let note = Note::parse(kept.body.as_bytes()).unwrap();
    let keys = [House::key().verifier().clone(), house.log.key().clone()];
    assert_eq!(note.verify(&keys).unwrap().len(), 2);
    assert_eq!(note.text(), house.log.checkpoint(9, 0).text());
}

#[tokio::test]
async fn a_log_is_followed_through_a_change_of_its_key() {
    let house = House::new();
    house.cosign(&house.log.ask(0, 5, 0)).await;
    house.cosign(&Log::new(2).ask(5, 9, 0)).await;
    let stranger = house.post(&Log::new(3).ask(9, 12, 0)).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn each_refusal_has_its_status_and_its_reason() {
    let house = House::new();
    house.cosign(&house.log.ask(0, 5, 0)).await;
    let refused = async |body: String| {
        let answer = house.call(Method::POST, "/add-checkpoint", body).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(!answer.body.contains('\u{2014}'), "no signature: {}", answer.body);
        (answer.status.as_u16(), answer.body)
    };
    let of_another = {
        let mut ask = house.log.ask(0, 5, 0);
        ask.note = house.log.checkpoint_of("other.example", 5, 0);
        ask.to_string()
    };
    assert_eq!(refused(of_another).await.0, 404);
    assert_eq!(refused(Log::new(3).ask(5, 9, 0).to_string()).await.0, 403);
    let forged = house.log.ask(5, 9, 0).to_string().replace("\n9\n", "\n8\n");
    assert_eq!(refused(forged).await.0, 403);
    let (status, why) = refused("old x\n".to_owned()).await;
    assert_eq!(
        (status, why.as_str()),
        (400, "the request cannot be read: line 1 is not `old <size>`\n")
    );
    assert_eq!(refused(house.log.ask(9, 5, 0).to_string()).await.0, 400);
    let (status, why) = refused(house.log.ask(5, 9, 7).to_string()).await;
    assert_eq!(status, 422);
    assert!(why.ends_with("cosigned last: the proof leads to another root\n"), "{why}");
    assert_eq!(refused("x".repeat(REQUEST_BYTES_MAX + 1)).await.0, 413);
    house.cosign(&house.log.ask(5, 9, 0)).await;
}

#[tokio::test]
async fn a_log_that_is_behind_is_told_from_where_to_ask() {
    let house = House::new();
    house.cosign(&house.log.ask(0, 5, 0)).await;
    let behind = house.post(&house.log.ask(3, 9, 0)).await;
    assert_eq!((behind.status, behind.body.as_str()), (StatusCode::CONFLICT, "5\n"));
    assert_eq!(behind.header("content-type"), "text/x.tlog.size");
}

#[tokio::test]
async fn what_strangers_sign_is_neither_minded_nor_kept() {
    let house = House::new();
    let mut ask = house.log.ask(0, 5, 0);
    ask.note.add(SignatureLine { name: "x".to_owned(), id: 7, signature: vec![1; 64] });
    // A second line in the log's name, behind the good one that was verified.
    let good = ask.note.signatures()[0].clone();
    let bad = SignatureLine { signature: vec![0; 64], ..good };
    let body = format!("{ask}{bad}\n");
    let answer = house.call(Method::POST, "/add-checkpoint", body).await;
    house.assert_fits(&ask.note, &answer.body);
    let kept = house.get(&format!("/{HEX}/checkpoint")).await;
    let note = Note::parse(kept.body.as_bytes()).unwrap();
    assert_eq!(note.signatures().len(), 2);
    assert_eq!(note.verify(&[house.log.key().clone()]).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_requests_for_two_histories_at_once_one_is_cosigned() {
    let house = House::new();
    house.cosign(&house.log.ask(0, 5, 0)).await;
    for old in 5..25 {
        // Both grew out of the same state; the last leaf differs.
        let (honest, forked) = (house.log.ask(old, old + 1, 0), house.log.ask_forked(old));
        let (honest, forked) = tokio::join!(
            tokio::spawn(post(house.witness(), honest.to_string())),
            tokio::spawn(post(house.witness(), forked.to_string())),
        );
        let (honest, forked) = (honest.unwrap(), forked.unwrap());
        let cosigned = [honest, forked].into_iter().filter(|status| *status == StatusCode::OK);
        assert_eq!(cosigned.count(), 1, "{honest} {forked}");
        if forked == StatusCode::OK {
            return; // From here on the other history is the one that is followed.
        }
    }
}

async fn post(witness: witness::Witness, body: String) -> StatusCode {
    use tower::ServiceExt as _;
    let request = axum::http::Request::post("/add-checkpoint").body(Body::from(body)).unwrap();
    witness::router(witness).oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn every_answer_says_what_may_be_kept_and_that_nothing_may_run() {
    let house = House::new();
    house.cosign(&house.log.ask(0, 5, 0)).await;
    let kept = format!("/{HEX}/checkpoint");
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, kept.as_str()),
        (Method::HEAD, "/"),
        (Method::GET, "/nobody/checkpoint"),
        (Method::GET, "/add-checkpoint"),
        (Method::POST, "/add-checkpoint"),
        (Method::DELETE, "/"),
        (Method::GET, "/favicon.ico"),
    ] {
        let answer = house.call(method.clone(), path, Body::empty()).await;
        assert_ne!(answer.header("cache-control"), "", "{method} {path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method} {path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_body_is_answered(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        old in 0_u8..12,
        new in 0_u8..12,
        cut in any::<proptest::sample::Index>(),
        put in any::<u8>(),
    ) {
        let house = House::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            house.cosign(&house.log.ask(0, 5, 0)).await;
            let answer = house.call(Method::POST, "/add-checkpoint", bytes).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            let mut spoilt = house.log.ask(old, new, 0).to_string().into_bytes();
            let at = cut.index(spoilt.len());
            spoilt[at] = put;
            let answer = house.call(Method::POST, "/add-checkpoint", spoilt).await;
            assert!([200, 400, 403, 404, 409, 422].contains(&answer.status.as_u16()));
            let page = house.get("/").await;
            assert!(page.body.contains(ORIGIN));
        });
    }
}
