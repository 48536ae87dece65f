//! One lane: the only writer of an agency's day.

use std::sync::{Arc, PoisonError};

use store::{FileKind, FileRef, FileState, StoreError};
use tokio::sync::{mpsc, oneshot};

use super::seen::SeenEvents;
use super::{SharedSeen, Submission, commit};
use crate::App;
use crate::agencies::AgencyState;
use crate::use_cases::TakeError;

/// Reads of one batch: enough that the fsync is shared by everybody who waits, few enough that nobody waits long.
const BATCH_READS_MAX: usize = 4_000;

/// What a lane is told.
pub(crate) enum Message {
    /// Take these reads.
    Take(Submission),
    /// Load the day's events now.
    Load(oneshot::Sender<()>),
    /// From now on, the late file.
    CloseDay(oneshot::Sender<()>),
    /// The day is over: let go of its events, unless something came since this was said last.
    Forget,
}

/// One lane.
pub(crate) struct Lane {
    pub(super) app: App,
    pub(super) agency: Arc<AgencyState>,
    pub(super) file: FileRef,
    pub(super) seen: SharedSeen,
    kind_known: bool,
    /// Whether anything came since the lane was last told to forget.
    used: bool,
}

impl Lane {
    pub(super) fn new(app: App, main: FileRef, agency: Arc<AgencyState>, seen: SharedSeen) -> Self {
        Self { app, agency, file: main, seen, kind_known: false, used: false }
    }

    /// Works until the lane is closed and nothing waits any more.
    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Message>) {
        while let Some(message) = inbox.recv().await {
            let mut next = Some(message);
            while let Some(message) = next.take() {
                match message {
                    Message::Take(first) => next = self.take_with_others(first, &mut inbox).await,
                    other => self.obey(other).await,
                }
            }
        }
    }

    /// Commits `first` with everything that waits behind it; gives back the message that ended the batch.
    async fn take_with_others(
        &mut self,
        first: Submission,
        inbox: &mut mpsc::Receiver<Message>,
    ) -> Option<Message> {
        let mut n_reads = first.reads.len();
        let mut posts = vec![first];
        let mut next = None;
        while n_reads < BATCH_READS_MAX {
            match inbox.try_recv() {
                Ok(Message::Take(post)) => {
                    n_reads += post.reads.len();
                    posts.push(post);
                }
                Ok(other) => {
                    next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        self.used = true;
        match self.ready().await {
            Ok(()) => commit::commit(self, posts).await,
            Err(err) => {
                tracing::error!(
                    error = crate::error::chain(&err),
                    "failed to open the day {} of agency {}",
                    self.file.day,
                    self.file.agency
                );
                for post in posts {
                    let err = "the day's file could not be opened".into();
                    let failed = TakeError::Failed { doing: "keep the reads", err };
                    drop(post.answer.send(Err(failed)));
                }
            }
        }
        next
    }

    async fn obey(&mut self, message: Message) {
        match message {
            Message::Take(_) => {}
            Message::Load(done) => {
                if let Err(err) = self.ready().await {
                    tracing::warn!(
                        error = crate::error::chain(&err),
                        "failed to load a day's events"
                    );
                }
                let _ = done.send(());
            }
            Message::CloseDay(done) => {
                self.turn_late();
                let _ = done.send(());
            }
            Message::Forget if self.used => self.used = false,
            Message::Forget => *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = None,
        }
    }

    /// From now on, the late file.
    pub(super) fn turn_late(&mut self) {
        self.file = FileRef::late(self.file.agency, self.file.day);
        self.kind_known = true;
    }

    /// Knows which file takes reads and which events the day holds.
    async fn ready(&mut self) -> Result<(), StoreError> {
        let store = &self.app.inner().store;
        let main = FileRef::main(self.file.agency, self.file.day);
        if !self.kind_known {
            let sealed = |of: &store::FileInfo| of.file == main && of.state == FileState::Sealed;
            if store.files(main.agency).await?.iter().any(sealed) {
                self.turn_late();
            }
            self.kind_known = true;
        }
        if self.seen.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        let store = &self.app.inner().store;
        let mut known = store.known_events(main).await?;
        known.extend(store.known_events(FileRef { kind: FileKind::Late, ..main }).await?);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(SeenEvents::with(known));
        Ok(())
    }
}
