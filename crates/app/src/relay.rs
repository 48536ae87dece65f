//! Brings hits from the day files' journals into the control database, then tells the consoles.
//!
//! A batch is acknowledged before this happens; what is not relayed when the server dies is relayed when it starts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Priority;
use store::FileRef;
use tokio::sync::{Notify, watch};

use crate::App;
use crate::alerts::tell_new_hits;
use crate::bus::Topic;
use crate::error::chain;

/// How long to wait after a relay failed: the control database is locked or gone, and trying harder helps nobody.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How long leaves wait for others to be brought into the log with.
const LEAVES_WAIT: Duration = Duration::from_secs(1);

/// So long somebody who needs a leaf in the log waits for a round.
const ROUND_WITHIN: Duration = Duration::from_secs(2);

/// So long the consoles are not told of new hits while it is found out which are repeats.
const TOLD_WITHIN: Duration = Duration::from_millis(150);

/// Files whose journals have something new.
#[derive(Default)]
pub(crate) struct Relay {
    waiting: Mutex<HashMap<FileRef, Option<Priority>>>,
    poked: Notify,
    leaves: Notify,
    /// How many rounds have ended.
    rounds: watch::Sender<u64>,
}

impl Relay {
    /// Says that a file's journal has something new, the loudest of it being this loud. What is not urgent is a batch's
    /// leaf alone: it is on disk with its reads, and several of them share one commit.
    pub(crate) fn poke(&self, file: FileRef, loudest: Option<Priority>, urgent: bool) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let so_far = waiting.entry(file).or_default();
        *so_far = (*so_far).max(loudest);
        if urgent {
            self.poked.notify_one();
        } else {
            self.leaves.notify_one();
        }
    }

    /// Brings what waits in without waiting for more, and waits until a round has ended. One that runs already may not have all
    /// that was said before this: after the next it is in.
    pub(crate) async fn hurry(&self) {
        let mut rounds = self.rounds.subscribe();
        self.poked.notify_one();
        drop(tokio::time::timeout(ROUND_WITHIN, rounds.changed()).await);
    }

    fn take(&self) -> HashMap<FileRef, Option<Priority>> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Relays until the server shuts down, and then what is left.
pub(crate) async fn run(app: App) {
    loop {
        let relay = &app.inner().relay;
        tokio::select! {
            () = relay.poked.notified() => {}
            () = relay.leaves.notified() => {
                // More leaves come meanwhile; a hit does not wait.
                let urgent = async {
                    tokio::select! {
                        () = relay.poked.notified() => {}
                        () = app.inner().relay_closing.cancelled() => {}
                    }
                };
                drop(tokio::time::timeout(LEAVES_WAIT, urgent).await);
            }
            () = app.inner().relay_closing.cancelled() => {
                relay_waiting(&app).await;
                return;
            }
        }
        let all = relay_waiting(&app).await;
        app.inner().relay.rounds.send_modify(|rounds| *rounds += 1);
        if !all {
            tokio::time::sleep(AGAIN_AFTER).await;
            relay.poked.notify_one();
        }
    }
}

/// Relays every file that waits; whether all of them could be.
async fn relay_waiting(app: &App) -> bool {
    let mut all = true;
    for (file, loudest) in app.inner().relay.take() {
        match app.inner().store.relay(file).await {
            Ok(relayed) if relayed.n_hits > 0 => {
                // Before the consoles ask: they show which of the new hits are repeats. No alert waits long for that.
                let told = tell_new_hits(app, file.agency);
                if tokio::time::timeout(TOLD_WITHIN, told).await.is_err()
                    && let Some(telling) = &app.inner().telling
                {
                    telling.poke();
                }
                app.bus().tell(file.agency, Topic::Hits, loudest);
            }
            Ok(_) => {}
            Err(err) => {
                tracing::error!(error = chain(&err), "failed to relay the hits of {file}");
                app.inner().recorder.found(false);
                app.inner().relay.poke(file, loudest, false);
                all = false;
            }
        }
    }
    all
}
