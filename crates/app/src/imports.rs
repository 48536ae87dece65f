//! Imports that run, and the last one of each list.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{HotlistId, Timestamp};

use crate::use_cases::{ImportPhase, ImportStatus};

/// Imports by hotlist.
#[derive(Default)]
pub(crate) struct Imports(Mutex<HashMap<HotlistId, Arc<Import>>>);

/// One import as it goes on.
pub(crate) struct Import {
    hotlist: HotlistId,
    dry_run: bool,
    size_bytes: Option<u64>,
    started_at: Timestamp,
    phase: Mutex<ImportPhase>,
    pub(crate) n_taken: AtomicU64,
    pub(crate) n_refused: AtomicU64,
    pub(crate) n_bytes: AtomicU64,
}

impl Imports {
    /// Begins an import; none while another one of the same list runs.
    pub(crate) fn begin(
        &self,
        hotlist: HotlistId,
        dry_run: bool,
        size_bytes: Option<u64>,
        now: Timestamp,
    ) -> Option<Arc<Import>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(&hotlist).is_some_and(|import| import.runs()) {
            return None;
        }
        let import = Arc::new(Import {
            hotlist,
            dry_run,
            size_bytes,
            started_at: now,
            phase: Mutex::new(ImportPhase::Reading),
            n_taken: AtomicU64::new(0),
            n_refused: AtomicU64::new(0),
            n_bytes: AtomicU64::new(0),
        });
        all.insert(hotlist, Arc::clone(&import));
        Some(import)
    }

    /// Whether an import into a list runs.
    pub(crate) fn runs(&self, hotlist: HotlistId) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&hotlist).is_some_and(|import| import.runs())
    }

    /// How far a list's import is.
    pub(crate) fn status(&self, hotlist: HotlistId) -> Option<ImportStatus> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&hotlist).map(|import| import.status())
    }
}

impl Import {
    pub(crate) fn set_phase(&self, phase: ImportPhase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    fn runs(&self) -> bool {
        let phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*phase, ImportPhase::Reading | ImportPhase::Swapping)
    }

    fn status(&self) -> ImportStatus {
        ImportStatus {
            hotlist: self.hotlist,
            dry_run: self.dry_run,
            phase: self.phase.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            n_taken: self.n_taken.load(Ordering::Relaxed),
            n_refused: self.n_refused.load(Ordering::Relaxed),
            n_bytes: self.n_bytes.load(Ordering::Relaxed),
            size_bytes: self.size_bytes,
            started_at: self.started_at,
        }
    }
}
