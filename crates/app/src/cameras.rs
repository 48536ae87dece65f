//! The cameras' keys in memory, and what was last heard of each camera.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use domain::{AgencyId, AskedSignOff, CameraId, CameraKey, Day, Timestamp};
use store::{CameraHour, CameraLogin};

use crate::watch::hour_of;

/// Keys and what was heard.
#[derive(Default)]
pub(crate) struct CameraTable {
    /// By the SHA-256 of the key. Finding a hash tells an attacker nothing about a key: they would have to know its
    /// SHA-256 already; the found one is compared again in constant time all the same.
    by_hash: ArcSwap<HashMap<[u8; 32], CameraLogin>>,
    places: ArcSwap<Places>,
    heard: Mutex<HashMap<CameraId, Arc<Heard>>>,
    /// Reads of hours that are not stored yet.
    hours: Mutex<HashMap<(CameraId, i64), u64>>,
}

/// Which cameras there are, and what those wait for that may not be used yet.
#[derive(Default)]
struct Places {
    known: HashSet<CameraId>,
    waiting: HashMap<CameraId, Vec<AskedSignOff>>,
}

/// What was heard of a camera since the server started.
#[derive(Default)]
pub(crate) struct Heard {
    last_micros: AtomicI64,
    saved_micros: AtomicI64,
    day: AtomicI64,
    n_reads: AtomicU64,
}

impl CameraTable {
    /// Takes the keys, and what cameras wait for, as they are now.
    pub(crate) fn set_keys(
        &self,
        logins: Vec<CameraLogin>,
        waiting: HashMap<CameraId, Vec<AskedSignOff>>,
    ) {
        let known = logins.iter().map(|login| login.camera).collect();
        self.places.store(Arc::new(Places { known, waiting }));
        let by_hash = logins.into_iter().map(|login| (*login.key.as_bytes(), login)).collect();
        self.by_hash.store(Arc::new(by_hash));
    }

    /// Whose key this is; none for an unknown one and for a disabled camera's, alike.
    pub(crate) fn find(&self, key: &CameraKey) -> Option<(AgencyId, CameraId)> {
        let hash = key.hash();
        let table = self.by_hash.load();
        let login = table.get(hash.as_bytes())?;
        (login.key.matches(&hash) && !login.disabled).then_some((login.agency, login.camera))
    }

    /// Whether a camera is known here: one that was added beside this server may not be yet.
    pub(crate) fn knows(&self, camera: CameraId) -> bool {
        self.places.load().known.contains(&camera)
    }

    /// The sign-offs that a camera waits for: while there are any it may not be used (`AUS-344.3.2c`).
    pub(crate) fn waits_for(&self, camera: CameraId) -> Vec<AskedSignOff> {
        self.places.load().waiting.get(&camera).cloned().unwrap_or_default()
    }

    /// Notes that a camera handed in `n_reads` reads.
    pub(crate) fn note(&self, camera: CameraId, now: Timestamp, n_reads: u64) {
        let heard = self.heard(camera);
        heard.last_micros.fetch_max(now.micros(), Ordering::Relaxed);
        if heard.day.swap(now.day().number(), Ordering::Relaxed) != now.day().number() {
            heard.n_reads.store(0, Ordering::Relaxed);
        }
        heard.n_reads.fetch_add(n_reads, Ordering::Relaxed);
        if n_reads > 0 {
            let mut hours = self.hours.lock().unwrap_or_else(PoisonError::into_inner);
            *hours.entry((camera, hour_of(now))).or_default() += n_reads;
        }
    }

    /// The reads of hours that are not stored yet; they count as stored from here on.
    pub(crate) fn take_hours(&self) -> Vec<CameraHour> {
        let mut hours = self.hours.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = hours.drain();
        taken.map(|((camera, hour), n_reads)| CameraHour { camera, hour, n_reads }).collect()
    }

    /// Keeps the reads of hours that could not be stored, for the next time.
    pub(crate) fn keep_hours(&self, counted: &[CameraHour]) {
        let mut hours = self.hours.lock().unwrap_or_else(PoisonError::into_inner);
        for CameraHour { camera, hour, n_reads } in counted {
            *hours.entry((*camera, *hour)).or_default() += n_reads;
        }
    }

    /// Takes over how many reads are stored of a day, before the server takes any itself.
    pub(crate) fn set_counts(&self, day: Day, stored: &HashMap<CameraId, u64>) {
        for (camera, n_reads) in stored {
            let heard = self.heard(*camera);
            heard.day.store(day.number(), Ordering::Relaxed);
            heard.n_reads.store(*n_reads, Ordering::Relaxed);
        }
    }

    /// When a camera was last heard of since the server started, and how many reads it handed in on `today`.
    pub(crate) fn heard_of(&self, camera: CameraId, today: Day) -> (Option<Timestamp>, u64) {
        let heard = self.heard(camera);
        let last = heard.last_micros.load(Ordering::Relaxed);
        let of_today = heard.day.load(Ordering::Relaxed) == today.number();
        let n_reads = if of_today { heard.n_reads.load(Ordering::Relaxed) } else { 0 };
        ((last > 0).then_some(Timestamp::from_micros(last)), n_reads)
    }

    /// What was heard and is not stored yet.
    pub(crate) fn unsaved(&self) -> Vec<(CameraId, Timestamp)> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let unsaved = heard.iter().filter_map(|(camera, heard)| {
            let last = heard.last_micros.load(Ordering::Relaxed);
            let saved = heard.saved_micros.swap(last, Ordering::Relaxed);
            (last > saved).then_some((*camera, Timestamp::from_micros(last)))
        });
        unsaved.collect()
    }

    fn heard(&self, camera: CameraId) -> Arc<Heard> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(heard.entry(camera).or_default())
    }
}
