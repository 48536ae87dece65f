//! What everything shares.

use std::sync::Arc;

use domain::Timestamp;

use crate::bus::Bus;
use crate::clock::Clock;

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct AppConfig {}

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {}

/// What everything shares. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    bus: Bus,
    clock: Arc<dyn Clock>,
}

impl App {
    /// Where changes are told.
    pub fn bus(&self) -> &Bus {
        &self.0.bus
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}
