//! When each session was last used. In memory: a restart gives every session its idle time anew, never its length.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;

/// Sessions held at most; the one used longest ago is let go of first, which only makes its idle time begin anew.
const SESSIONS_MAX: usize = 10_000;

/// When each session was last used.
#[derive(Default)]
pub(crate) struct SessionUse(Mutex<HashMap<[u8; 32], Timestamp>>);

impl SessionUse {
    /// Notes that a session is used now; false when it was idle for too long.
    pub(crate) fn note(&self, hash: [u8; 32], now: Timestamp, idle: Duration) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= SESSIONS_MAX && !used.contains_key(&hash) {
            used.retain(|_, last| now.since(*last) <= idle);
        }
        let last = used.entry(hash).or_insert(now);
        let fresh = now.since(*last) <= idle;
        if fresh {
            *last = now.max(*last);
        }
        fresh
    }

    /// Lets go of a session that ended.
    pub(crate) fn forget(&self, hash: &[u8; 32]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(hash);
    }
}
