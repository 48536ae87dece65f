//! What the auditor sees.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::SigningKey;
use ledger::key::KeyKind;
use sha2::{Digest as _, Sha256};
use witness::{Logs, Witness};

use crate::support::{HEX, House, Log, ORIGIN};

#[tokio::test]
async fn the_page_says_whose_witness_it_is_and_what_it_saw() {
    let house = House::new();
    let page = house.get("/").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::OK, "text/html; charset=utf-8")
    );
    assert!(page.body.contains(&House::key().verifier().to_string()));
    assert!(page.body.contains(ORIGIN) && page.body.contains("Not cosigned yet"));
    house.cosign(&house.log.ask(0, 7, 0)).await;
    let page = house.get("/").await.body;
    assert!(
        page.contains(&format!("<a href=\"{HEX}/checkpoint\">7 leaves</a>, 2023-11-14T22:13:20Z"))
    );
    assert!(page.contains("Nothing was refused"));
}

#[tokio::test]
async fn a_rewritten_log_is_shown_after_a_restart_too() {
    let mut house = House::new();
    house.cosign(&house.log.ask(0, 9, 0)).await;
    house.post(&house.log.ask(9, 9, 1)).await;
    house.now.fetch_add(60, Ordering::Relaxed);
    house.post(&house.log.ask(9, 9, 1)).await;
    house.restart();
    let page = house.get("/").await.body;
    assert!(page.contains("Two roots for one size") && page.contains("<td>2</td>"), "{page}");
    assert!(page.contains("2023-11-14T22:13:20Z") && page.contains("2023-11-14T22:14:20Z"));
    let kept = std::fs::read_to_string(house.path().join("refusals")).unwrap();
    let evidence: serde_json::Value = serde_json::from_str(kept.trim()).unwrap();
    assert_eq!(evidence["note"], house.log.checkpoint(9, 1).to_string());
}

#[tokio::test]
async fn a_broken_proof_of_a_stranger_is_shown_until_a_good_one_comes() {
    let house = House::new();
    house.cosign(&house.log.ask(0, 5, 0)).await;
    let mut ask = house.log.ask(5, 9, 0);
    ask.proof.pop();
    assert_eq!(house.post(&ask).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(house.get("/").await.body.contains("No proof of growth from 5 leaves"));
    house.cosign(&house.log.ask(5, 9, 0)).await;
    assert!(house.get("/").await.body.contains("Nothing was refused"));
    // Hashes that nobody asked for, behind what was cosigned: a mistake, and no sign of a rewrite.
    let mut again = house.log.ask(9, 9, 0);
    again.proof = house.log.ask(5, 9, 0).proof;
    assert_eq!(house.post(&again).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(house.get("/").await.body.contains("Nothing was refused"));
}

#[tokio::test]
async fn the_style_is_the_one_that_the_policy_names() {
    let house = House::new();
    let page = house.get("/").await;
    let (_, rest) = page.body.split_once("<style>").unwrap();
    let (style, _) = rest.split_once("</style>").unwrap();
    let hash = STANDARD.encode(Sha256::digest(style));
    assert!(page.header("content-security-policy").contains(&hash));
    assert!(!page.body.contains("<script") && !page.body.contains(" style=\""));
}

#[tokio::test]
async fn a_name_stays_a_name_on_the_page() {
    let mut house = House::new();
    house.witness = None;
    let mut logs = Logs::default();
    logs.add("<b>log</b>", Log::new(1).key().clone()).unwrap();
    let key = SigningKey::from_seed("<i>w</i>", KeyKind::Cosigner, [9; 32]).unwrap();
    house.witness = Some(Witness::open(house.path(), key, logs, Arc::new(|| u64::MAX)).unwrap());
    let page = house.get("/").await.body;
    assert!(!page.contains("<b>") && !page.contains("<i>"), "{page}");
}
