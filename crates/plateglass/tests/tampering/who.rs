//! Who could notice, and how each looks.

use std::collections::BTreeMap;
use std::time::Duration;

use app::{AskError, CheckpointError, leaf_receipt, sign_checkpoint};
use ledger::audit::{Depth, Fault, Source, audit};
use ledger::policy::{Party, Policy};
use ledger::receipt::InvalidReceipt;
use ledger::witness::AddCheckpoint;
use ledger::{Checkpoint, Note, VerifierKey};
use outbound::{Answer, AskWitnessError, WitnessClient};
use store::Store;
use testkit::{MemoryKeys, server_key};

use crate::scene::{OLD, Scene, witness_key};

/// Who, and when.
pub(crate) const COLUMNS: [(&str, &str); 7] = [
    ("the server itself", "when it signs next"),
    ("anybody who has the log's key and remembers nothing", "at the next check"),
    ("anybody who also asks for the witness's cosignature", "at the next check"),
    ("somebody who remembers the last checkpoint", "at the next check"),
    ("somebody who holds an earlier receipt of the leaf", "at the next check"),
    ("the witness", "when it is asked next"),
    ("somebody who is given a receipt of the leaf now, and has the log's key", "at once"),
];

/// Who noticed, and as what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Noticed([String; 7]);

impl Noticed {
    pub(crate) fn words(&self) -> [&str; 7] {
        self.0.each_ref().map(String::as_str)
    }
}

/// A log's files.
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

impl Source for Files {
    type Error = String;

    fn file(&mut self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().ok_or_else(|| format!("there is no {path}"))
    }
}

impl Scene {
    /// Asks all of them. `shown` is what is shown to auditors instead of what the server publishes.
    pub(crate) async fn noticed(&self, shown: Option<BTreeMap<String, Vec<u8>>>) -> Noticed {
        let server = self.server().await;
        let witness = self.witness().await;
        let mut files = Files(match shown {
            Some(shown) => shown,
            None => self.published().await,
        });
        let (log, all) = (self.policy(false), self.policy(true));
        let mut check = |policy: &Policy, earlier: Option<&Checkpoint>| {
            let checked = audit(&mut files, policy, Depth::Leaves, earlier, |_, _| {});
            checked.map_or_else(|fault| word(&fault), |_| "-".to_owned())
        };
        // A receipt goes on proving what it proved, whatever became of the log.
        self.receipt.check(&all).unwrap();
        let held = Checkpoint::parse(self.receipt.note.text()).unwrap();
        let outside = [
            check(&log, None),
            check(&all, None),
            check(&log, Some(&self.remembered)),
            check(&log, Some(&held)),
        ];
        let [alone, asking, remembering, holding] = outside;
        let given = self.given(&log).await;
        Noticed([server, alone, asking, remembering, holding, witness, given])
    }

    /// Whom an outsider believes.
    pub(crate) fn policy(&self, with_witness: bool) -> Policy {
        let party =
            |key: &VerifierKey| Party { name: key.name().to_owned(), key: key.clone(), url: None };
        let witnesses = if with_witness { vec![party(witness_key().verifier())] } else { vec![] };
        Policy::of_all(vec![party(self.stolen.verifier())], witnesses)
    }

    async fn server(&self) -> String {
        let refused = match sign_checkpoint(&self.app, &self.admin()).await {
            Ok(_) => return "-".to_owned(),
            Err(AskError::Failed { err, .. }) => err.downcast::<CheckpointError>().unwrap(),
            Err(err) => panic!("{err}"),
        };
        assert!(matches!(*refused, CheckpointError::Changed { .. }), "{refused}");
        "changed".to_owned()
    }

    /// Asked with the stolen key: the server would not ask at all for what it does not sign.
    async fn witness(&self) -> String {
        let dir = camino::Utf8PathBuf::from_path_buf(self.dir().join("store")).unwrap();
        let keys = std::sync::Arc::new(MemoryKeys::default());
        let config = store::StoreConfig::sqlite(dir);
        let store = Store::open(config, &server_key(), keys).await.unwrap();
        let (log, client) = (self.log(), WitnessClient::new(Duration::from_secs(30)));
        let size = store.log(log).await.unwrap().unwrap().size;
        let note = self.note(size, store.ledger_root(log, size).await.unwrap());
        let mut old = 0;
        loop {
            let proof = store.ledger_consistency(log, old, size).await.unwrap();
            let ask = AddCheckpoint { old, proof, note: note.clone() };
            match client.ask(&self.url, &ask, witness_key().verifier()).await {
                Ok(Answer::Cosigned(_)) => return "-".to_owned(),
                Ok(Answer::Behind { size }) => old = size,
                Err(AskWitnessError::Refused { status: 422, .. }) => return "refuses".to_owned(),
                Err(AskWitnessError::AheadOfUs { .. }) => return "is ahead".to_owned(),
                Err(err) => panic!("{err}"),
            }
        }
    }

    async fn given(&self, policy: &Policy) -> String {
        let receipt = match leaf_receipt(&self.app, &self.admin(), OLD).await {
            Ok(receipt) => receipt,
            Err(AskError::NotFound { .. }) => return "gone".to_owned(),
            Err(err) => panic!("{err}"),
        };
        match receipt.check(policy) {
            Ok(_) => "-".to_owned(),
            Err(InvalidReceipt::Inclusion { index, .. }) => format!("leaf {index}"),
            Err(InvalidReceipt::Disclosure { .. }) => "clear text".to_owned(),
            Err(InvalidReceipt::Forged(_)) => "forged".to_owned(),
            Err(err) => panic!("{err}"),
        }
    }
}

/// A fault in a word or two.
pub(crate) fn word<E>(fault: &Fault<E>) -> String {
    match fault {
        Fault::Missing { .. } => "file missing".to_owned(),
        Fault::Note(_) => "no note".to_owned(),
        Fault::Checkpoint(_) => "no checkpoint".to_owned(),
        Fault::Forged(_) => "forged".to_owned(),
        Fault::NotSigned { .. } => "not signed".to_owned(),
        Fault::NoQuorum { .. } => "no quorum".to_owned(),
        Fault::TileLength { .. } => "tile length".to_owned(),
        Fault::Bundle { .. } => "bundle".to_owned(),
        Fault::Leaf { index } => format!("leaf {index}"),
        Fault::NoLeaf { index, .. } => format!("no leaf {index}"),
        Fault::Above { first, last, .. } => format!("leaves {first}-{last}"),
        Fault::OtherRoot { .. } => "other root".to_owned(),
        Fault::NotGrown { .. } => "not grown".to_owned(),
        Fault::Shrunk { .. } => "shrunk".to_owned(),
        Fault::OtherLog { .. } => "other log".to_owned(),
        Fault::Tile { .. } => "tile".to_owned(),
    }
}

/// A note's text, for comparing what two were told.
pub(crate) fn state_in(files: &BTreeMap<String, Vec<u8>>) -> Checkpoint {
    let note = Note::parse(files.get("checkpoint").unwrap()).unwrap();
    Checkpoint::parse(note.text()).unwrap()
}
