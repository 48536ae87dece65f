//! The ledger's rows: appended whole, served as tiles, proved, relayed once.

use ledger::disclosure::Disclosure;
use ledger::leaf::{ClearField, Draft, Kind, SealedField};
use ledger::tile::TileRef;
use ledger::tree::{check_consistency, check_inclusion, root_of};
use ledger::{Hash, bundle};
use store::{
    BatchLeaf, ClearText, LedgerLook, LogId, NewLeaf, PublishedCheckpoint, Store, Things,
    WitnessRow,
};
use testkit::both_engines;

use crate::fixtures::{a_read, an_agency, at, batch, camera_of, noon};

fn entry(n: u64) -> Vec<u8> {
    Draft::new(Kind::Event).number(ClearField::Number, n).write().unwrap().entry
}

fn leaf(n: u64) -> NewLeaf {
    NewLeaf { entry: entry(n), ..NewLeaf::default() }
}

async fn a_log(store: &Store) -> LogId {
    store.add_log(LogId::SERVER, "log.example/server", noon()).await.unwrap();
    LogId::SERVER
}

#[tokio::test]
async fn what_is_appended_is_proved_from_tiles() {
    both_engines(|bench| async move {
        let (store, log) = (&bench.store, a_log(&bench.store).await);
        let mut all = Vec::new();
        for n_more in [1_u64, 0, 300, 200, 12, 255, 1] {
            let from = all.len() as u64;
            let more: Vec<_> = (from..from + n_more).map(leaf).collect();
            let first = store.append_leaves(log, &more).await.unwrap();
            assert_eq!(first, if n_more == 0 { 0 } else { from });
            all.extend(more.iter().map(|leaf| Hash::of_leaf(&leaf.entry)));
        }
        let size = all.len() as u64;
        let root = root_of(&all);
        assert_eq!(store.log(log).await.unwrap().unwrap().size, size);
        assert_eq!(store.ledger_root(log, size).await.unwrap(), root);
        for number in [0, 255, 256, 511, 700, size - 1] {
            let path = store.ledger_inclusion(log, number, size).await.unwrap();
            let hash = all[usize::try_from(number).unwrap()];
            assert_eq!(check_inclusion(number, size, hash, &path, root), Ok(()));
        }
        for old in [1, 256, 300, size] {
            let before = root_of(&all[..usize::try_from(old).unwrap()]);
            let proof = store.ledger_consistency(log, old, size).await.unwrap();
            assert_eq!(check_consistency(old, before, size, root, &proof), Ok(()));
        }
        let look = LedgerLook { log };
        let bytes = store.ledger_bundle(look, TileRef::entries(1, 256)).await.unwrap().unwrap();
        assert_eq!(bundle::entries(&bytes, 256).unwrap()[3], entry(259));
        let past_the_end = TileRef::entries(size / 256, 255);
        assert_eq!(store.ledger_bundle(look, past_the_end).await.unwrap(), None);
        assert_eq!(store.ledger_tile(log, TileRef::hashes(1, 0, 200)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_leaf_that_cannot_be_kept_leaves_nothing_behind() {
    both_engines(|bench| async move {
        let (store, log) = (&bench.store, a_log(&bench.store).await);
        let too_long = NewLeaf { entry: vec![b'x'; 65_536], ..NewLeaf::default() };
        store.append_leaves(log, &[leaf(0), too_long]).await.unwrap_err();
        assert_eq!(store.log(log).await.unwrap().unwrap().size, 0);
        assert_eq!(store.append_leaves(log, &[leaf(0)]).await.unwrap(), 0);
        let nowhere = LogId::parse("agency-99").unwrap();
        store.append_leaves(nowhere, &[leaf(0)]).await.unwrap_err();
    })
    .await;
}

#[tokio::test]
async fn two_stores_append_to_one_log_without_a_gap() {
    both_engines(|bench| async move {
        let log = a_log(&bench.store).await;
        let other = bench.after_a_crash().await;
        let appends = |store: Store| async move {
            for n in 0..40 {
                store.append_leaves(log, &[leaf(n), leaf(n)]).await.unwrap();
            }
        };
        tokio::join!(appends(bench.store.clone()), appends(other));
        let look = LedgerLook { log };
        let entries = bench.store.ledger_entries(look, 0, 1_000).await.unwrap();
        let hashes: Vec<_> = entries.iter().map(|(_, entry)| Hash::of_leaf(entry)).collect();
        assert_eq!(hashes.len(), 160);
        assert_eq!(bench.store.ledger_root(log, 160).await.unwrap(), root_of(&hashes));
    })
    .await;
}

#[tokio::test]
async fn clear_text_goes_when_it_is_due_and_the_tree_stays() {
    both_engines(|bench| async move {
        let (store, log) = (&bench.store, a_log(&bench.store).await);
        let written = Draft::new(Kind::Begin)
            .seal(SealedField::Name, &[1; 16], "R. Alvarez")
            .seal(SealedField::Query, &[2; 16], "ABC123")
            .write()
            .unwrap();
        let goes_at = at("2026-12-21T12:00:00Z");
        let clear = written.disclosures.iter().map(|(field, disclosure)| ClearText {
            field: *field,
            disclosure: disclosure.clone(),
            goes_at: (*field == SealedField::Query).then_some(goes_at),
        });
        let things =
            Things { salter: [3; 32], ids: vec!["read 1".to_owned()], goes_at: Some(goes_at) };
        let new = NewLeaf {
            entry: written.entry.clone(),
            clear: clear.collect(),
            things: Some(things),
            begun_at: Some(noon()),
            ..NewLeaf::default()
        };
        store.append_leaves(log, &[new]).await.unwrap();
        let look = LedgerLook { log };
        let kept = store.ledger_leaf(look, 0).await.unwrap().unwrap();
        assert_eq!((kept.clear.len(), kept.is_open), (2, true));
        assert_eq!(kept.things.unwrap().ids, ["read 1"]);
        let root = store.ledger_root(log, 1).await.unwrap();
        assert_eq!(store.forget_clear_text(noon()).await.unwrap(), 0);
        assert_eq!(store.forget_clear_text(goes_at).await.unwrap(), 2);
        let kept = store.ledger_leaf(look, 0).await.unwrap().unwrap();
        let name = Disclosure::of_field(&[1; 16], "name", &"R. Alvarez".into());
        assert_eq!((kept.clear, kept.things), (vec![name], None));
        assert_eq!(store.ledger_root(log, 1).await.unwrap(), root);
    })
    .await;
}

#[tokio::test]
async fn a_beginning_is_a_stray_until_it_is_completed() {
    both_engines(|bench| async move {
        let (store, log) = (&bench.store, a_log(&bench.store).await);
        let begun = NewLeaf { begun_at: Some(noon()), ..leaf(0) };
        store.append_leaves(log, &[begun.clone(), begun]).await.unwrap();
        assert_eq!(store.stray_beginnings(log, noon(), None, 9).await.unwrap(), Vec::<u64>::new());
        let later = at("2026-11-21T12:00:01Z");
        assert_eq!(store.stray_beginnings(log, later, None, 9).await.unwrap(), [0, 1]);
        assert_eq!(store.stray_beginnings(log, later, Some(0), 9).await.unwrap(), [1]);
        let done = NewLeaf { completes: Some(0), ..leaf(1) };
        store.append_leaves(log, &[done]).await.unwrap();
        assert_eq!(store.stray_beginnings(log, later, None, 9).await.unwrap(), [1]);
    })
    .await;
}

#[tokio::test]
async fn a_batchs_leaf_is_relayed_once_and_found_by_its_reads() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = camera_of(store, agency, 1).await;
        let log = LogId::of_agency(agency);
        store.add_log(log, "log.example/agency-1", noon()).await.unwrap();
        let mut last = Vec::new();
        for n in [1, 10, 20] {
            let reads = vec![a_read(n, camera), a_read(n + 5, camera)];
            let (first_id, last_id) = (reads[0].id, reads[1].id);
            let text = String::from_utf8(entry(n.into())).unwrap();
            let sealed = BatchLeaf { entry: text, first: first_id, last: last_id };
            let all = store::Batch { leaf: Some(sealed), ..batch(agency, reads) };
            store.append(&all).await.unwrap();
            last = vec![first_id, last_id];
        }
        let file = batch(agency, vec![]).file;
        assert_eq!(store.leaf_of_read(file, last[0]).await.unwrap(), None);
        let other = bench.after_a_crash().await;
        let relayed = other.relay_everything().await.unwrap();
        assert_eq!(relayed.n_leaves, 3);
        assert_eq!(store.relay(file).await.unwrap().n_leaves, 0);
        assert_eq!(store.log(log).await.unwrap().unwrap().size, 3);
        for id in &last {
            assert_eq!(store.leaf_of_read(file, *id).await.unwrap(), Some((2, last[0], last[1])));
        }
        let between = a_read(8, camera).id;
        assert_eq!(store.leaf_of_read(file, between).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn checkpoints_and_witnesses_are_remembered() {
    both_engines(|bench| async move {
        let (store, log) = (&bench.store, a_log(&bench.store).await);
        let of = |size, note: &str| PublishedCheckpoint {
            size,
            signed_at: noon(),
            note: note.to_owned(),
        };
        for published in [of(5, "five"), of(9, "nine"), of(9, "nine, cosigned")] {
            store.publish_checkpoint(log, &published).await.unwrap();
        }
        assert_eq!(store.newest_checkpoint(log).await.unwrap().unwrap().note, "nine, cosigned");
        let covering = |leaf| async move { store.checkpoint_of_leaf(log, leaf).await.unwrap() };
        assert_eq!(covering(4).await.unwrap().size, 5);
        assert_eq!(covering(5).await.unwrap().size, 9);
        assert_eq!(covering(9).await, None);
        let mut witness = WitnessRow {
            witness: "City auditor".to_owned(),
            size: 5,
            cosigned_at: Some(noon()),
            asked_at: noon(),
            trouble: None,
        };
        store.note_witness(log, &witness).await.unwrap();
        witness.trouble = Some("cannot be reached".to_owned());
        store.note_witness(log, &witness).await.unwrap();
        assert_eq!(store.ledger_witnesses(log).await.unwrap(), [witness]);
    })
    .await;
}
