//! What looked like a rewritten log: kept across restarts, so that the auditor sees it. One JSON value a line.

use ledger::{Checkpoint, Note};
use serde::{Deserialize, Serialize};

use crate::folder::{Folder, FolderError};

/// The file they are in.
const FILE: &str = "refusals";
/// Most that are kept: enough to see a pattern, few enough to read.
const REFUSALS_MAX: usize = 100;
/// Longest note that is kept as evidence, in bytes. An honest checkpoint with its signature has a third of a kilobyte.
const NOTE_BYTES_MAX: usize = 4 * 1024;

/// A checkpoint that the log's key signed and that was not shown to have grown out of the state cosigned last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Refusal {
    /// When it came first, in seconds of Unix time.
    pub(crate) first: u64,
    /// When it came last.
    pub(crate) last: u64,
    /// How often it came.
    pub(crate) times: u64,
    /// Which log's.
    pub(crate) origin: String,
    /// How many leaves the state cosigned last had.
    pub(crate) seen: u64,
    /// How many the refused checkpoint has.
    pub(crate) size: u64,
    /// The root that it claims.
    pub(crate) root: String,
    /// Whether it has another root for the very size that was cosigned. Then the two notes prove by themselves that the
    /// log has two histories; otherwise a stranger may have sent the log's checkpoint with a broken proof.
    pub(crate) two_roots: bool,
    /// The checkpoint with the log's signature, unless it is too long to be kept.
    pub(crate) note: Option<String>,
}

impl Refusal {
    pub(crate) fn new(
        now: u64,
        seen: u64,
        two_roots: bool,
        checkpoint: &Checkpoint,
        note: &Note,
    ) -> Self {
        Self {
            first: now,
            last: now,
            times: 1,
            origin: checkpoint.origin.clone(),
            seen,
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
            two_roots,
            note: Some(note.to_string()).filter(|note| note.len() <= NOTE_BYTES_MAX),
        }
    }

    fn is_of(&self, checkpoint: &Checkpoint) -> bool {
        self.origin == checkpoint.origin
            && self.size == checkpoint.size
            && self.root == checkpoint.root.to_string()
    }
}

/// All that are kept, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Vec<Refusal>);

impl Refusals {
    /// Reads them; what cannot be read is an error, because it would be overwritten.
    pub(crate) fn read(folder: &Folder) -> Result<Self, FolderError> {
        let bytes = folder.read(FILE)?.unwrap_or_default();
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let read = lines.map(serde_json::from_slice).collect::<Result<_, _>>();
        let err = |err: serde_json::Error| FolderError::Read {
            path: folder.path(FILE),
            err: std::io::Error::new(std::io::ErrorKind::InvalidData, err),
        };
        read.map(Self).map_err(err)
    }

    pub(crate) fn all(&self) -> &[Refusal] {
        &self.0
    }

    /// Takes one up. Whether it is new: not the same checkpoint once more.
    pub(crate) fn add(&mut self, refusal: Refusal) -> bool {
        let same = |old: &&mut Refusal| {
            (&old.origin, old.size, &old.root) == (&refusal.origin, refusal.size, &refusal.root)
        };
        if let Some(old) = self.0.iter_mut().find(same) {
            old.last = refusal.last;
            old.times = old.times.saturating_add(1);
            // What was proof once stays proof.
            if refusal.two_roots && !old.two_roots {
                (old.two_roots, old.seen) = (true, refusal.seen);
            }
            return false;
        }
        if self.0.len() == REFUSALS_MAX {
            // The oldest that proves nothing by itself makes room; proofs stay.
            match self.0.iter().position(|old| !old.two_roots) {
                Some(at) => drop(self.0.remove(at)),
                None => return true,
            }
        }
        self.0.push(refusal);
        true
    }

    /// Forgets what was refused for a bad proof and has come with a good one since. Whether there was such a thing.
    pub(crate) fn settle(&mut self, cosigned: &Checkpoint) -> bool {
        let before = self.0.len();
        self.0.retain(|refusal| refusal.two_roots || !refusal.is_of(cosigned));
        self.0.len() != before
    }

    pub(crate) fn keep(&self, folder: &Folder) -> Result<(), FolderError> {
        let mut text = String::new();
        for refusal in &self.0 {
            // Numbers and texts: nothing in them fails to be written as JSON.
            text.push_str(&serde_json::to_string(refusal).unwrap_or_default());
            text.push('\n');
        }
        folder.replace(FILE, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use ledger::Hash;

    use super::*;

    fn checkpoint(size: u64) -> Checkpoint {
        let root = Hash::of_leaf(&size.to_be_bytes());
        Checkpoint { origin: "log.example".to_owned(), size, root, extension: String::new() }
    }

    fn refusal(now: u64, size: u64, two_roots: bool) -> Refusal {
        let checkpoint = checkpoint(size);
        Refusal::new(now, 1, two_roots, &checkpoint, &checkpoint.to_note().unwrap())
    }

    #[test]
    fn the_same_checkpoint_is_counted_and_kept_over_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::lock(Utf8Path::from_path(dir.path()).unwrap()).unwrap();
        let mut refusals = Refusals::read(&folder).unwrap();
        assert!(refusals.add(refusal(5, 9, false)));
        assert!(!refusals.add(refusal(8, 9, true)));
        refusals.keep(&folder).unwrap();
        let read = Refusals::read(&folder).unwrap();
        let [one] = read.all() else { panic!("one is kept") };
        assert_eq!((one.first, one.last, one.times, one.two_roots), (5, 8, 2, true));
        folder.replace(FILE, b"{\n").unwrap();
        assert!(matches!(Refusals::read(&folder), Err(FolderError::Read { .. })));
    }

    #[test]
    fn a_flood_does_not_wash_proofs_away_and_all_of_it_can_be_read_back() {
        let mut refusals = Refusals::default();
        refusals.add(refusal(0, 0, true));
        for size in 1..500 {
            let mut long = refusal(size, size, false);
            long.note = Some("\u{e9}".repeat(NOTE_BYTES_MAX / 2));
            refusals.add(long);
        }
        assert_eq!(refusals.all().len(), REFUSALS_MAX);
        assert_eq!(refusals.all()[0].size, 0);
        assert_eq!(refusals.all()[1].size, 401);
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::lock(Utf8Path::from_path(dir.path()).unwrap()).unwrap();
        refusals.keep(&folder).unwrap();
        assert_eq!(Refusals::read(&folder).unwrap().all(), refusals.all());
    }

    #[test]
    fn a_good_proof_settles_what_a_bad_one_raised() {
        let mut refusals = Refusals::default();
        refusals.add(refusal(5, 9, false));
        refusals.add(refusal(6, 7, true));
        assert!(!refusals.settle(&checkpoint(8)));
        assert!(refusals.settle(&checkpoint(9)));
        assert!(!refusals.settle(&checkpoint(7)));
        assert_eq!(refusals.all().len(), 1);
    }
}
