//! The log's side of the talk, over real HTTP.

use std::time::Duration;

use axum::Router;
use ledger::VerifierKey;
use outbound::{Answer, AskWitnessError, WitnessClient};
use tokio::net::TcpListener;
use witness::router;

use crate::support::{House, Log};

/// Longer than any answer here takes; no test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{at}")
}

fn key() -> VerifierKey {
    House::key().verifier().clone()
}

#[tokio::test]
async fn a_log_is_cosigned_told_where_it_is_and_refused() {
    let house = House::new();
    let at = serve(router(house.witness())).await;
    let client = WitnessClient::new(PATIENCE);
    let log = &house.log;
    let Answer::Cosigned(line) = client.ask(&at, &log.ask(0, 5, 0), &key()).await.unwrap() else {
        panic!("nothing was cosigned before")
    };
    house.assert_fits(&log.checkpoint(5, 0), &format!("{line}\n"));
    let behind = client.ask(&format!("{at}/"), &log.ask(0, 9, 0), &key()).await.unwrap();
    assert_eq!(behind, Answer::Behind { size: 5 });
    client.ask(&at, &log.ask(5, 9, 0), &key()).await.unwrap();
    let refused = client.ask(&at, &log.ask(9, 12, 1), &key()).await.unwrap_err();
    assert!(
        matches!(&refused, AskWitnessError::Refused { status: 422, reason, .. }
        if reason.contains("did not grow out")),
        "{refused}"
    );
    let unknown = client.ask(&at, &Log::new(4).ask(9, 12, 0), &key()).await.unwrap_err();
    assert!(matches!(unknown, AskWitnessError::Refused { status: 403, .. }), "{unknown}");
}

#[tokio::test]
async fn a_log_that_lost_leaves_is_told_so() {
    let house = House::new();
    let at = serve(router(house.witness())).await;
    house.cosign(&house.log.ask(0, 9, 0)).await;
    let client = WitnessClient::new(PATIENCE);
    let lost = client.ask(&at, &house.log.ask(3, 5, 0), &key()).await.unwrap_err();
    assert!(matches!(lost, AskWitnessError::AheadOfUs { size: 9, ours: 5, .. }), "{lost}");
}

#[tokio::test]
async fn a_witness_may_live_below_a_path() {
    let house = House::new();
    let at = serve(Router::new().nest("/w", router(house.witness()))).await;
    let client = WitnessClient::new(PATIENCE);
    let answer = client.ask(&format!("{at}/w"), &house.log.ask(0, 5, 0), &key()).await;
    assert!(matches!(answer, Ok(Answer::Cosigned(_))));
    let elsewhere = client.ask(&at, &house.log.ask(0, 5, 0), &key()).await.unwrap_err();
    assert!(matches!(elsewhere, AskWitnessError::Refused { status: 404, .. }), "{elsewhere}");
}
