//! The witness itself: what it remembers of each log, and that it remembers before it signs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use ledger::key::KeyKind;
use ledger::witness::{AddCheckpoint, Seen, Unwilling, consider, origin_of};
use ledger::{Checkpoint, Note, SigningKey, VerifierKey};

use crate::folder::{Folder, FolderError, checkpoint_file, hex_of};
use crate::logs::Logs;
use crate::refusals::{Refusal, Refusals};

/// Tells the time, in seconds of Unix time.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// A witness that is open on its folder. Clones are the same one.
#[derive(Clone)]
pub struct Witness(Arc<Inner>);

struct Inner {
    key: SigningKey,
    clock: Clock,
    folder: Folder,
    followed: BTreeMap<String, Followed>,
    refusals: Mutex<Refusals>,
}

/// A log that is followed.
struct Followed {
    hex: String,
    keys: Vec<VerifierKey>,
    /// Held from looking at the state until the next one is on disk: of two requests that grew out of the same state, the
    /// second sees what the first left.
    last: Mutex<Option<Cosigned>>,
}

/// A checkpoint with its cosignature, as it is on disk.
#[derive(Clone, Debug)]
pub(crate) struct Cosigned {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) note: Note,
    /// When, in seconds of Unix time.
    pub(crate) at: u64,
}

/// A log as the page shows it.
pub(crate) struct Shown {
    pub(crate) origin: String,
    pub(crate) hex: String,
    pub(crate) keys: Vec<String>,
    pub(crate) last: Option<Cosigned>,
}

/// Why a witness cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenWitnessError {
    /// Its key makes no cosignatures.
    #[error("the key is one of a log (0x01); a witness has a cosigner's (0x04)")]
    KeyKind,
    /// Its folder.
    #[error("failed to open the witness's folder")]
    Folder(#[from] FolderError),
    /// What it remembered of a log is no longer that.
    #[error(
        "`{path}` is not what this witness wrote: {why}. Cosign nothing until you know who changed it"
    )]
    State {
        /// Which file.
        path: Utf8PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum NotCosigned {
    /// The witness will not.
    #[error(transparent)]
    Unwilling(Unwilling),
    /// It would, and could not remember: what it does not remember it does not sign.
    #[error("the witness failed to remember the checkpoint; it did not cosign it")]
    NotKept(#[source] FolderError),
}

impl Witness {
    /// Opens a witness on its folder, alone, with what it remembers from earlier.
    pub fn open(
        dir: &Utf8Path,
        key: SigningKey,
        logs: Logs,
        clock: Clock,
    ) -> Result<Self, OpenWitnessError> {
        if key.verifier().kind() != KeyKind::Cosigner {
            return Err(OpenWitnessError::KeyKind);
        }
        let folder = Folder::lock(dir)?;
        let refusals = Mutex::new(Refusals::read(&folder)?);
        let mut followed = BTreeMap::new();
        for (origin, keys) in logs.into_iter() {
            let hex = hex_of(&origin);
            let last = Mutex::new(read_last(&folder, &origin, &hex, key.verifier())?);
            followed.insert(origin, Followed { hex, keys, last });
        }
        Ok(Self(Arc::new(Inner { key, clock, folder, followed, refusals })))
    }

    /// Whose it is.
    pub fn verifier(&self) -> &VerifierKey {
        self.0.key.verifier()
    }

    /// Answers a request of a log: the line with the cosignature, once its checkpoint is on disk. Blocks on the disk.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<String, NotCosigned> {
        let unwilling = NotCosigned::Unwilling;
        let request =
            AddCheckpoint::parse(body).map_err(|err| unwilling(Unwilling::Request(err)))?;
        let checkpoint = origin_of(&request).map_err(unwilling)?;
        let Some(log) = self.0.followed.get(&checkpoint.origin) else {
            return Err(unwilling(Unwilling::UnknownLog(checkpoint.origin)));
        };
        let mut last = locked(&log.last);
        let seen = last.as_ref().map_or_else(Seen::nothing, |last| Seen {
            size: last.checkpoint.size,
            root: last.checkpoint.root,
        });
        let mut note = signed_by(&request.note, &log.keys);
        if let Err(why) = consider(&request, seen, &log.keys) {
            if matches!(why, Unwilling::Inconsistent(_)) {
                self.refuse(seen, &checkpoint, &note);
            }
            return Err(unwilling(why));
        }
        let at = (self.0.clock)();
        let line = self.0.key.sign(note.text(), at);
        note.add(line.clone());
        let kept = self.0.folder.replace(&checkpoint_file(&log.hex), note.to_string().as_bytes());
        kept.map_err(NotCosigned::NotKept)?;
        tracing::info!(origin = %checkpoint.origin, size = checkpoint.size, "cosigned");
        self.settle(&checkpoint);
        *last = Some(Cosigned { checkpoint, note, at });
        Ok(format!("{line}\n"))
    }

    /// The last cosigned checkpoint of the log that is named so.
    pub(crate) fn last_of(&self, hex: &str) -> Option<Cosigned> {
        let log = self.0.followed.values().find(|log| log.hex == hex)?;
        locked(&log.last).clone()
    }

    /// Every log, by origin.
    pub(crate) fn logs(&self) -> Vec<Shown> {
        let shown = |(origin, log): (&String, &Followed)| Shown {
            origin: origin.clone(),
            hex: log.hex.clone(),
            keys: log.keys.iter().map(VerifierKey::to_string).collect(),
            last: locked(&log.last).clone(),
        };
        self.0.followed.iter().map(shown).collect()
    }

    /// What looked like a rewrite, oldest first.
    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        locked(&self.0.refusals).all().to_vec()
    }

    /// Puts on record what looks like a rewritten log.
    fn refuse(&self, seen: Seen, checkpoint: &Checkpoint, note: &Note) {
        let same_size = checkpoint.size == seen.size;
        if same_size && checkpoint.root == seen.root {
            return; // What was cosigned, with hashes that nobody asked for: no sign of anything.
        }
        let now = (self.0.clock)();
        let mut refusals = locked(&self.0.refusals);
        let new = refusals.add(Refusal::new(now, seen.size, same_size, checkpoint, note));
        if new {
            tracing::error!(
                origin = %checkpoint.origin, size = checkpoint.size, root = %checkpoint.root, seen = seen.size,
                two_roots = same_size,
                "the log's key signed a checkpoint that is not shown to have grown out of the one cosigned last: \
                 this is what a rewritten log looks like"
            );
        }
        if let Err(err) = refusals.keep(&self.0.folder) {
            tracing::error!(error = &err as &dyn std::error::Error, "failed to keep a refusal");
        }
    }

    fn settle(&self, cosigned: &Checkpoint) {
        let mut refusals = locked(&self.0.refusals);
        if !refusals.settle(cosigned) {
            return;
        }
        tracing::info!(origin = %cosigned.origin, size = cosigned.size, "a refused checkpoint came with a good proof");
        if let Err(err) = refusals.keep(&self.0.folder) {
            tracing::error!(error = &err as &dyn std::error::Error, "failed to keep the refusals");
        }
    }
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Witness({})", self.verifier())
    }
}

/// State is replaced as a whole once it is on disk, so one who panicked left none half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The note with the first signature line of each of these keys, the one that was verified: what strangers added is not
/// carried on.
fn signed_by(note: &Note, keys: &[VerifierKey]) -> Note {
    let mut bare = Note::new(note.text()).expect("a checkpoint's text can be a note's");
    for key in keys {
        if let Some(line) = note.signatures().iter().find(|line| line.is_of(key)) {
            bare.add(line.clone());
        }
    }
    bare
}

fn read_last(
    folder: &Folder,
    origin: &str,
    hex: &str,
    key: &VerifierKey,
) -> Result<Option<Cosigned>, OpenWitnessError> {
    let name = checkpoint_file(hex);
    let Some(bytes) = folder.read(&name)? else { return Ok(None) };
    let wrong = |why| OpenWitnessError::State { path: folder.path(&name), why };
    let note = Note::parse(&bytes).map_err(|_| wrong("it is no signed note"))?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|_| wrong("it is no checkpoint"))?;
    if checkpoint.origin != origin {
        return Err(wrong("it is of another log"));
    }
    let own = std::slice::from_ref(key);
    let verified = note.verify(own).map_err(|_| wrong("its cosignature is bad"))?;
    let at = verified.first().and_then(|one| one.at);
    let at = at.ok_or_else(|| wrong("it has no cosignature of this witness's key"))?;
    Ok(Some(Cosigned { checkpoint, note, at }))
}
