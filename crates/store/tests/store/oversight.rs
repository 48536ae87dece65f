//! The index that auditors search, and the reviews that it opens, on both engines.

use domain::access::{ReviewUse, SearchAudit};
use domain::oversight::{Cause, Closed, Finding};
use domain::{AgencyId, PersonId};
use ledger::leaf::{ClearField, Draft, Kind};
use store::{
    AuditQuery, IndexEnd, IndexRow, Indexing, LogId, NewLeaf, PlateMark, Raised, Refusals, Store,
};
use testkit::both_engines;

use crate::fixtures::{a_person, an_agency, at, noon, permit, today};

const CODE: [u8; 16] = [7; 16];

fn row(leaf: u64) -> IndexRow {
    IndexRow {
        leaf,
        at: noon(),
        day: today(),
        begins: true,
        action: "open-read".to_owned(),
        actor_kind: "person".to_owned(),
        actor: "a1b2".to_owned(),
        role: "officer investigator".to_owned(),
        session: "c3d4".to_owned(),
        purpose: "stolen-vehicle".to_owned(),
        decision: "permit".to_owned(),
        reasons: String::new(),
        case: Some(CODE),
        address: None,
    }
}

async fn a_log(store: &Store) -> (AgencyId, LogId) {
    let agency = an_agency(store).await;
    let log = LogId::of_agency(agency);
    store.add_log(log, &format!("test/{}", log.word()), noon()).await.unwrap();
    (agency, log)
}

fn leaf() -> NewLeaf {
    let written = Draft::new(Kind::Begin).text(ClearField::Action, "open-read").write().unwrap();
    NewLeaf { entry: written.entry, ..NewLeaf::default() }
}

async fn found(store: &Store, agency: AgencyId, query: AuditQuery) -> Vec<u64> {
    let permit = permit::<SearchAudit>(agency);
    let rows = store.search_audit(&permit, &query, 10).await.unwrap();
    let sum = store.sum_audit(&permit, &query).await.unwrap();
    assert_eq!(sum.n, rows.len() as u64);
    rows.into_iter().map(|row| row.leaf).collect()
}

#[tokio::test]
async fn a_leaf_is_taken_into_the_index_once() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (agency, log) = a_log(store).await;
        store.append_leaves(log, &[leaf(), leaf()]).await.unwrap();
        assert_eq!(store.unindexed(log, 10).await.unwrap().len(), 2);
        let made = Indexing { rows: vec![row(0), row(1)], ..Indexing::default() };
        assert!(store.index_leaves(log, (0, 2), &made).await.unwrap());
        assert!(!store.index_leaves(log, (0, 2), &made).await.unwrap(), "somebody was quicker");
        assert_eq!(store.unindexed(log, 10).await.unwrap(), []);
        assert_eq!(found(store, agency, AuditQuery::default()).await, [1, 0]);
        let other = an_agency(store).await;
        assert_eq!(found(store, other, AuditQuery::default()).await, Vec::<u64>::new());
    })
    .await;
}

#[tokio::test]
async fn rows_are_found_by_everything_that_they_hold() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (agency, log) = a_log(store).await;
        let mark = PlateMark { code: CODE, begun: None, goes_at: Some(at("2026-12-21T12:00:00Z")) };
        let shown = NewLeaf { plates: vec![mark], ..leaf() };
        store.append_leaves(log, &[shown, leaf()]).await.unwrap();
        let refused = IndexRow {
            decision: "refuse".to_owned(),
            reasons: "case-missing reason-missing".to_owned(),
            case: None,
            ..row(1)
        };
        let ends = vec![
            IndexEnd { begun: 0, ended: None, n: 2 },
            IndexEnd { begun: 0, ended: Some((1, "done".to_owned())), n: 3 },
        ];
        let made = Indexing { rows: vec![row(0), refused], ends, ..Indexing::default() };
        store.index_leaves(log, (0, 2), &made).await.unwrap();
        let word = |text: &str| Some(text.to_owned());
        let any = AuditQuery::default;
        for (query, leaves) in [
            (AuditQuery { actor: word("a1b2"), ..any() }, vec![1, 0]),
            (AuditQuery { actor: word("a1b"), ..any() }, vec![]),
            (AuditQuery { role: word("investigator"), ..any() }, vec![1, 0]),
            (AuditQuery { role: word("investigat"), ..any() }, vec![]),
            (AuditQuery { decision: word("refuse"), ..any() }, vec![1]),
            (AuditQuery { session: word("c3d4"), ..any() }, vec![1, 0]),
            (AuditQuery { case: Some(CODE), ..any() }, vec![0]),
            (AuditQuery { plate: Some(CODE), ..any() }, vec![0]),
            (AuditQuery { plate: Some([8; 16]), ..any() }, vec![]),
            (AuditQuery { from: Some(today()), to: Some(today()), ..any() }, vec![1, 0]),
            (AuditQuery { to: Some(today().previous()), ..any() }, vec![]),
        ] {
            assert_eq!(found(store, agency, query.clone()).await, leaves, "{query:?}");
        }
        let rows = store.search_audit(&permit(agency), &any(), 10).await.unwrap();
        assert_eq!(rows[0].reasons, ["case-missing", "reason-missing"]);
        assert_eq!((rows[1].outcome.as_str(), rows[1].ended, rows[1].n), ("done", Some(1), 5));
        store.forget_clear_text(at("2026-12-21T12:00:00Z")).await.unwrap();
        let by_plate = AuditQuery { plate: Some(CODE), ..any() };
        assert_eq!(found(store, agency, by_plate).await, Vec::<u64>::new());
    })
    .await;
}

async fn open(store: &Store, agency: AgencyId, viewer: PersonId) -> Vec<(Cause, u64)> {
    let permit = permit::<ReviewUse>(agency);
    let reviews = store.reviews(&permit, Some(viewer), true, 10).await.unwrap();
    reviews.into_iter().map(|one| (one.cause, one.n_leaves)).collect()
}

#[tokio::test]
async fn a_review_takes_in_its_day_and_is_closed_once_by_somebody_else() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (agency, log) = a_log(store).await;
        let subject = a_person(store, agency, "k.ellis").await;
        let auditor = a_person(store, agency, "a.mora").await;
        let raised =
            |leaf| Raised { subject, cause: Cause::ProhibitedUse, day: today(), at: noon(), leaf };
        let refused = |leaf| IndexRow { decision: "refuse".to_owned(), ..row(leaf) };
        let refusals = |n_min| {
            let (actor, day, at) = ("a1b2".to_owned(), today(), noon());
            vec![Refusals { actor, subject, day, at, n_min }]
        };
        let made = Indexing {
            rows: vec![refused(0), refused(1)],
            raised: vec![raised(0), raised(1), raised(1)],
            refusals: refusals(3),
            ..Indexing::default()
        };
        store.index_leaves(log, (0, 2), &made).await.unwrap();
        assert_eq!(open(store, agency, auditor).await, [(Cause::ProhibitedUse, 2)]);
        let made =
            Indexing { rows: vec![refused(2)], refusals: refusals(3), ..Indexing::default() };
        store.index_leaves(log, (2, 3), &made).await.unwrap();
        let both = [(Cause::RepeatedRefusals, 3), (Cause::ProhibitedUse, 2)];
        assert_eq!(open(store, agency, auditor).await, both);
        assert_eq!(open(store, agency, subject).await, [], "it is about them");

        let permit = permit::<ReviewUse>(agency);
        let id = store.reviews(&permit, Some(auditor), true, 10).await.unwrap()[0].id;
        let finding = Finding::InPolicy;
        let closed = |by| Closed { by, at: noon(), finding, text: "seen".to_owned() };
        assert!(!store.close_review(&permit, id, &closed(subject)).await.unwrap());
        assert!(store.close_review(&permit, id, &closed(auditor)).await.unwrap());
        assert!(!store.close_review(&permit, id, &closed(auditor)).await.unwrap());
        assert_eq!(store.review_findings(&permit).await.unwrap(), [(Finding::InPolicy, 1)]);
        assert_eq!(store.review_notes(id).await.unwrap().len(), 2);
        assert_eq!(store.review_leaves(id, 10).await.unwrap(), [2, 1, 0]);
    })
    .await;
}
