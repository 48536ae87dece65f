//! A small log, always the same: somebody signs in, opens a read, looks at the live list, is refused; three reads are kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::batch::{BatchProof, Salter, hash_of, root};
use ledger::disclosure::{Disclosure, Salt};
use ledger::key::KeyKind;
use ledger::leaf::{ClearField as C, Draft, Kind, SealedField as S, Written};
use ledger::proof::TlogProof;
use ledger::tile::{TILE_WIDTH, TileKind};
use ledger::tree::{in_memory, prove_inclusion, root_of};
use ledger::{Checkpoint, Hash, Note, Receipt, SigningKey, TileRef, bundle};
use sha2::{Digest as _, Sha256};

const ORIGIN: &str = "alpr.example.gov/agency-1";
const DAY: &str = "2026-11-21";
/// 2026-11-21T14:03:00Z.
const COSIGNED_AT: u64 = 1_795_269_780;
/// As the moment of [`COSIGNED_AT`], 2,000 s earlier, in microseconds: when the first read was captured.
const CAPTURED_AT: u64 = 1_795_267_780_250_000;
/// Enough for a whole tile and a part of one.
const N_LEAVES: usize = 300;
const BEGUN: usize = 1;
const DONE: usize = 2;
const READS: usize = 3;
/// The things that are shown are of this look.
const OPENED: &str = "read 1-20261121-7514093847361";
const PURPOSE: &str = "stolen-vehicle";
const READ_IDS: [u64; 3] = [7_514_093_847_361, 7_514_093_847_362, 7_514_093_847_363];

/// The log.
pub(crate) struct Example {
    leaves: Vec<Written>,
    log: SigningKey,
    witness: SigningKey,
    things: Vec<Disclosure>,
    reads: Vec<Disclosure>,
    pub(crate) note: Note,
}

/// The seeds: a key's is its number 32 times. A real log takes them from the system's chance.
fn seed(number: u8) -> [u8; 32] {
    [number; 32]
}

fn salt(leaf: usize, field: S) -> Salt {
    Salter::new(&seed(3)).salt(format!("{leaf} {field}").as_bytes())
}

fn at(leaf: usize) -> String {
    format!("{DAY}T14:02:{:02}.{:06}Z", leaf % 60, leaf * 1_357 % 1_000_000)
}

/// Who, in which role and session, through what.
fn who(leaf: usize, kind: Kind, action: &str) -> Draft {
    Draft::new(kind)
        .text(C::Action, action)
        .text(C::ActorKind, "person")
        .text(C::Actor, "8f2d61c07a3be945")
        .text(C::Role, "officer")
        .text(C::Session, "51c9e0d3b7726a18")
        .text(C::Where, "console")
        .text(C::Day, DAY)
        .seal(S::Name, &salt(leaf, S::Name), "R. Ortiz (r.ortiz)")
        .seal(S::Address, &salt(leaf, S::Address), "192.0.2.7")
        .seal(S::At, &salt(leaf, S::At), at(leaf))
}

/// What a decision was made from, as `policy::Facts` writes it: somebody opens a read for a stolen vehicle.
fn facts(leaf: usize, action: &str, purpose: &str) -> String {
    let leaf = leaf as u64;
    let second = CAPTURED_AT / 1_000_000 + 1_940 + leaf % 60;
    let at = second * 1_000_000 + leaf * 1_357 % 1_000_000;
    let (case, reason) = match purpose {
        PURPOSE => (
            r#""case":{"formatted":true},"#,
            r#""reason":{"refused":false,"suspicious":false,"vague":false},"#,
        ),
        _ => ("", ""),
    };
    format!(
        "{{\"action\":\"{action}\",\"at\":{at},{case}\"day\":\"{DAY}\",\"exigent\":false,\"person\":{{\"agency\":\"1\",\
         \"outside\":false,\"pseudonym\":\"8f2d61c07a3be945\",\"roles\":[\"officer\"],\"temporary\":false}},\
         \"purpose\":\"{purpose}\",{reason}\"resource\":\"1\",\"session\":{{\"locked\":false,\
         \"minutes_since_authentication\":12,\"second_factor\":true}},\
         \"training\":{{\"reader\":{{\"until\":\"2026-12-31\",\"valid\":true}}}}}}"
    )
}

/// Adds what a decision rests on: the rule, the bundle, the purpose, the facts.
fn rests_on(draft: Draft, leaf: usize, action: &str, rule: &str, purpose: &str) -> Draft {
    draft
        .words(C::Policies, [rule])
        .text(C::Bundle, hex(&Sha256::digest("the bundle of the example")))
        .text(C::Purpose, purpose)
        .seal(S::Facts, &salt(leaf, S::Facts), facts(leaf, action, purpose))
}

fn permitted(leaf: usize, action: &str, purpose: &str) -> Draft {
    rests_on(who(leaf, Kind::Begin, action), leaf, action, "officer", purpose)
        .text(C::Decision, "permit")
}

/// Somebody opens a read, for a case.
fn opened(leaf: usize) -> Draft {
    permitted(leaf, "open-read", PURPOSE)
        .seal(S::Case, &salt(leaf, S::Case), "26-001234")
        .seal(S::Reason, &salt(leaf, S::Reason), "owner reported it stolen from the garage")
        .seal(S::Objects, &salt(leaf, S::Objects), OPENED)
}

/// The end of what began in `of`, or a minute of it.
fn after(leaf: usize, kind: Kind, action: &str, of: usize, things: &[Disclosure]) -> Draft {
    let hashes: Vec<Hash> = things.iter().map(hash_of).collect();
    let draft = Draft::new(kind)
        .text(C::Action, action)
        .number(C::Of, of as u64)
        .text(C::Day, DAY)
        .number(C::Number, things.len() as u64)
        .seal(S::At, &salt(leaf, S::At), at(leaf));
    let draft = if kind == Kind::Complete { draft.text(C::Outcome, "done") } else { draft };
    if things.is_empty() { draft } else { draft.text(C::Root, root(&hashes).to_string()) }
}

/// The records of some things: their ids, each salted with the look's own key.
fn records(of: usize, ids: &[&str]) -> Vec<Disclosure> {
    let salter = Salter::new(&seed(100 + u8::try_from(of % 100).unwrap()));
    ids.iter().map(|id| salter.record(id.as_bytes(), &serde_json::json!(id).to_string())).collect()
}

/// The records of a batch of reads, as `app::record::batch` writes them.
fn read_records() -> Vec<Disclosure> {
    let salter = Salter::new(&seed(4));
    let record = |place: usize, plate: &str| {
        let (id, captured_at) = (READ_IDS[place], CAPTURED_AT + 40_000 * place as u64);
        let said = format!(
            "{{\"camera\":4,\"captured_at\":{captured_at},\"confidence\":981,\"id\":{id},\"jurisdiction\":\"US-CA\",\
             \"plate\":\"{plate}\",\"plate_picture\":\"{}\",\"received_at\":{},\"vehicle_picture\":\"{}\"}}",
            hex(&Sha256::digest(format!("plate picture {place}"))),
            captured_at + 210_000,
            hex(&Sha256::digest(format!("vehicle picture {place}"))),
        );
        salter.record(&id.to_be_bytes(), &said)
    };
    vec![record(0, "7ABC123"), record(1, "8XYZ456"), record(2, "K4W3L")]
}

fn drafts(reads: &[Disclosure]) -> Vec<Draft> {
    let batch: Vec<Hash> = reads.iter().map(hash_of).collect();
    let sent = records(5, &[OPENED, "read 1-20261121-7514093847362"]);
    let mut drafts = vec![
        who(0, Kind::Event, "sign-in").text(C::Decision, "permit"),
        opened(BEGUN),
        after(DONE, Kind::Complete, "open-read", BEGUN, &records(DONE, &[OPENED])),
        Draft::new(Kind::Reads)
            .text(C::Day, DAY)
            .text(C::File, "main")
            .number(C::Number, reads.len() as u64)
            .text(C::Root, root(&batch).to_string()),
        permitted(4, "list-reads", "monitoring"),
        after(5, Kind::Minute, "list-reads", 4, &sent),
        after(6, Kind::Complete, "list-reads", 4, &[]),
        rests_on(
            who(7, Kind::Event, "open-read"),
            7,
            "open-read",
            "purpose-elsewhere",
            "monitoring",
        )
        .text(C::Decision, "refuse")
        .words(C::Reasons, ["purpose-elsewhere"])
        .seal(S::Objects, &salt(7, S::Objects), "read 1-20261121-7514093847999"),
    ];
    while drafts.len() < N_LEAVES {
        let n = drafts.len();
        drafts.push(opened(n));
        let things = records(n + 1, &[OPENED]);
        drafts.push(after(n + 1, Kind::Complete, "open-read", n, &things));
    }
    drafts
}

impl Example {
    /// Makes it.
    pub(crate) fn make() -> Self {
        let reads = read_records();
        let leaves: Vec<_> =
            drafts(&reads).into_iter().map(|draft| draft.write().unwrap()).collect();
        let log = SigningKey::from_seed(ORIGIN, KeyKind::Log, seed(1)).unwrap();
        let name = "auditor.example.gov/witness";
        let witness = SigningKey::from_seed(name, KeyKind::Cosigner, seed(2)).unwrap();
        let hashes: Vec<_> = leaves.iter().map(|leaf| Hash::of_leaf(&leaf.entry)).collect();
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size: leaves.len() as u64,
            root: root_of(&hashes),
            extension: String::new(),
        };
        let mut note = checkpoint.to_note().unwrap();
        note.add(log.sign(note.text(), 0));
        note.add(witness.sign(note.text(), COSIGNED_AT));
        Self { leaves, log, witness, things: records(DONE, &[OPENED]), reads, note }
    }

    fn hashes(&self) -> Vec<Hash> {
        self.leaves.iter().map(|leaf| Hash::of_leaf(&leaf.entry)).collect()
    }

    /// Every file of it, as it is served.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::from([("checkpoint".to_owned(), self.note.to_string().into())]);
        let width = usize::from(TILE_WIDTH);
        for tile in TileRef::between(0, N_LEAVES as u64) {
            let TileKind::Hashes(level) = tile.kind else { unreachable!("tiles of hashes") };
            let hashes: Vec<Hash> = match level {
                0 => self.hashes(),
                _ => self.hashes().as_chunks::<256>().0.iter().map(|one| root_of(one)).collect(),
            };
            let first = usize::try_from(tile.index).unwrap() * width;
            let places = first..first + usize::from(tile.width);
            let bytes = hashes[places.clone()].iter().flat_map(|hash| *hash.as_bytes()).collect();
            files.insert(tile.to_string(), bytes);
            if level == 0 {
                let mut bytes = Vec::new();
                for leaf in &self.leaves[places] {
                    bundle::push(&mut bytes, &leaf.entry).unwrap();
                }
                files.insert(TileRef::entries(tile.index, tile.width).to_string(), bytes);
            }
        }
        files
    }

    /// Of the second read of the batch.
    fn receipt(&self) -> Receipt {
        let hashes: Vec<_> = self.reads.iter().map(hash_of).collect();
        let index = READS as u64;
        let Ok(path) = prove_inclusion(index, N_LEAVES as u64, &mut in_memory(&self.hashes()));
        Receipt {
            entry: self.leaves[READS].entry.clone(),
            disclosures: Vec::new(),
            of_batch: BatchProof::of(self.reads[1].clone(), 1, &hashes),
            index,
            path,
            note: self.note.clone(),
        }
    }

    /// The fenced blocks of the document, by name.
    pub(crate) fn blocks(&self) -> BTreeMap<&'static str, String> {
        let entry = |place: usize| String::from_utf8(self.leaves[place].entry.clone()).unwrap();
        let receipt = self.receipt().to_string();
        let extra = TlogProof::parse(receipt.as_bytes()).unwrap().extra.unwrap();
        let (log, witness) = (self.log.verifier(), self.witness.verifier());
        // As `plateglass-verify` words it.
        let sound = format!(
            "{ORIGIN} is sound: its {N_LEAVES} leaves lead to the signed root; cosigned by {} on {DAY}",
            witness.name()
        );
        BTreeMap::from([
            ("policy", format!("log {log}\nwitness auditor {witness}\nquorum auditor")),
            ("begin", entry(BEGUN)),
            ("disclosures", disclosures(&self.leaves[BEGUN])),
            ("complete", entry(DONE)),
            ("things", said(&self.things)),
            ("reads", entry(READS)),
            ("records", said(&self.reads)),
            ("tiles", self.tiles()),
            ("checkpoint", self.note.to_string()),
            ("receipt", receipt),
            ("extra", String::from_utf8(extra).unwrap()),
            ("sound", sound),
        ])
    }

    fn tiles(&self) -> String {
        let mut text =
            format!("{:<24} {:>6}  {:<64}  it begins (base64)\n", "file", "bytes", "SHA-256");
        for (path, bytes) in self.files().iter().filter(|(path, _)| path.starts_with("tile/")) {
            let (digest, begins) = (hex(&Sha256::digest(bytes)), STANDARD.encode(&bytes[..32]));
            writeln!(text, "{path:<24} {:>6}  {digest}  {begins}", bytes.len()).unwrap();
        }
        text
    }
}

/// Each clear text with the digest that stands in the leaf, in the order in which they were sealed.
fn disclosures(leaf: &Written) -> String {
    let mut text = String::new();
    for (field, one) in &leaf.disclosures {
        writeln!(text, "{field}\n  written  {}", one.encoded()).unwrap();
        writeln!(text, "  says     {}", decoded(one)).unwrap();
        writeln!(text, "  digest   {}", one.digest()).unwrap();
    }
    text
}

/// Records with their hashes, and their root.
fn said(records: &[Disclosure]) -> String {
    let mut text = String::new();
    for (place, one) in records.iter().enumerate() {
        writeln!(text, "{place}\n  written  {}", one.encoded()).unwrap();
        writeln!(text, "  says     {}", decoded(one)).unwrap();
        writeln!(text, "  hash     {}", hash_of(one)).unwrap();
    }
    let hashes: Vec<_> = records.iter().map(hash_of).collect();
    writeln!(text, "root       {}", root(&hashes)).unwrap();
    text
}

fn decoded(one: &Disclosure) -> String {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    String::from_utf8(URL_SAFE_NO_PAD.decode(one.encoded()).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
