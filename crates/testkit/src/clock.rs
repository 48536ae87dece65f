//! A clock to move.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use app::Clock;
use domain::Timestamp;

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at a moment, such as `2026-11-21T12:00:00Z`.
    pub fn at(moment: &str) -> Self {
        let moment = Timestamp::parse(moment).expect("a test writes a moment");
        Self(AtomicI64::new(moment.micros()))
    }

    /// Moves it to a moment.
    pub fn set(&self, moment: &str) {
        let moment = Timestamp::parse(moment).expect("a test writes a moment");
        self.0.store(moment.micros(), Ordering::SeqCst);
    }

    /// Moves it on.
    pub fn pass(&self, by: Duration) {
        self.0.store(self.now().plus(by).micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
