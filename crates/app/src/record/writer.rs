//! The one who appends for this process: leaves that come at the same time share one commit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::{LogId, NewLeaf, Store, StoreError};
use tokio::sync::{mpsc, oneshot};

use crate::error::chain;

/// Leaves of one commit.
const LEAVES_AT_ONCE: usize = 256;
/// Leaves that may wait. Who comes when it is full waits: nothing happens unrecorded, so it happens later.
const LEAVES_WAITING_MAX: usize = 4_096;
/// Ends of acts that may be kept for another try while the disk refuses. The sweeper closes those beyond.
const KEPT_MAX: usize = 10_000;
/// How long after a refusal it is tried again without anybody asking.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Why something was not written down.
pub(crate) type NotWritten = Arc<StoreError>;

enum Job {
    Append {
        log: LogId,
        leaf: Box<NewLeaf>,
        answer: Option<oneshot::Sender<Result<u64, NotWritten>>>,
    },
    Close(oneshot::Sender<()>),
}

/// Where leaves are handed in.
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
    failing: Arc<AtomicBool>,
}

impl Writer {
    pub(crate) fn start(store: Store) -> Self {
        let (jobs, inbox) = mpsc::channel(LEAVES_WAITING_MAX);
        let failing = Arc::new(AtomicBool::new(false));
        let desk = Desk { store, failing: Arc::clone(&failing), kept: Vec::new() };
        drop(tokio::spawn(desk.run(inbox)));
        Self { jobs, failing }
    }

    /// Appends a leaf; its number, once it is on disk.
    pub(crate) async fn append(&self, log: LogId, leaf: NewLeaf) -> Result<u64, NotWritten> {
        let (answer, answered) = oneshot::channel();
        let closed = || Arc::new(StoreError::Conflict { what: "a ledger that is closed" });
        let job = Job::Append { log, leaf: Box::new(leaf), answer: Some(answer) };
        self.jobs.send(job).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Hands in a leaf that nobody waits for. Lost only when thousands wait or the process dies: the sweeper closes the act.
    pub(crate) fn hand_in(&self, log: LogId, leaf: NewLeaf) {
        let job = Job::Append { log, leaf: Box::new(leaf), answer: None };
        if self.jobs.try_send(job).is_err() {
            metrics::counter!("plateglass_ledger_ends_dropped_total").increment(1);
        }
    }

    pub(crate) fn is_failing(&self) -> bool {
        // Who has nobody left to take leaves writes none either.
        self.failing.load(Ordering::Acquire) || self.jobs.is_closed()
    }

    pub(crate) fn found(&self, writable: bool) {
        note(&self.failing, !writable);
    }

    pub(crate) async fn close(&self) {
        let (done, is_done) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).await.is_ok() {
            drop(is_done.await);
        }
    }
}

fn note(failing: &AtomicBool, fails: bool) {
    if failing.swap(fails, Ordering::AcqRel) == fails {
        return;
    }
    metrics::gauge!("plateglass_ledger_failing").set(f64::from(u8::from(fails)));
    if fails {
        tracing::error!(
            "THE LEDGER CANNOT BE WRITTEN: nothing is shown and nothing changed until it can"
        );
    } else {
        tracing::info!("the ledger can be written again");
    }
}

type Waiting = (NewLeaf, Option<oneshot::Sender<Result<u64, NotWritten>>>);

struct Desk {
    store: Store,
    failing: Arc<AtomicBool>,
    /// Ends of acts that could not be written yet.
    kept: Vec<(LogId, NewLeaf)>,
}

impl Desk {
    async fn run(mut self, mut inbox: mpsc::Receiver<Job>) {
        loop {
            let first = if self.kept.is_empty() {
                inbox.recv().await
            } else {
                tokio::select! {
                    job = inbox.recv() => job,
                    () = tokio::time::sleep(AGAIN_AFTER) => {
                        self.append_all(BTreeMap::new()).await;
                        continue;
                    }
                }
            };
            let Some(first) = first else { return };
            let mut by_log: BTreeMap<LogId, Vec<Waiting>> = BTreeMap::new();
            let mut closing = None;
            let mut next = Some(first);
            let mut n_leaves = 0;
            while let Some(job) = next.take() {
                match job {
                    Job::Append { log, leaf, answer } => {
                        by_log.entry(log).or_default().push((*leaf, answer));
                        n_leaves += 1;
                    }
                    Job::Close(done) => {
                        closing = Some(done);
                        break;
                    }
                }
                if n_leaves < LEAVES_AT_ONCE {
                    next = inbox.try_recv().ok();
                }
            }
            self.append_all(by_log).await;
            if let Some(done) = closing {
                let _ = done.send(());
                return;
            }
        }
    }

    /// Appends what could not be written earlier, in its order, and then what is new.
    async fn append_all(&mut self, new: BTreeMap<LogId, Vec<Waiting>>) {
        let mut all: BTreeMap<LogId, Vec<Waiting>> = BTreeMap::new();
        for (log, leaf) in std::mem::take(&mut self.kept) {
            all.entry(log).or_default().push((leaf, None));
        }
        for (log, waiting) in new {
            all.entry(log).or_default().extend(waiting);
        }
        for (log, waiting) in all {
            self.append(log, waiting).await;
        }
    }

    async fn append(&mut self, log: LogId, waiting: Vec<Waiting>) {
        let (leaves, answers): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        match self.store.append_leaves(log, &leaves).await {
            Ok(first) => {
                note(&self.failing, false);
                metrics::counter!("plateglass_ledger_leaves_total").increment(leaves.len() as u64);
                for (number, answer) in (first..).zip(answers) {
                    answer.map(|answer| answer.send(Ok(number)));
                }
            }
            Err(err) => {
                tracing::error!(error = chain(&err), "failed to append to the ledger");
                note(&self.failing, true);
                let err = Arc::new(err);
                for (leaf, answer) in leaves.into_iter().zip(answers) {
                    match answer {
                        Some(answer) => drop(answer.send(Err(Arc::clone(&err)))),
                        None if self.kept.len() < KEPT_MAX => self.kept.push((log, leaf)),
                        None => {}
                    }
                }
            }
        }
    }
}
