//! The one home of tasks that go on by themselves: each has a name, none outlives the server.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Everything that runs beside the requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    closing: CancellationToken,
    ended: Arc<Notify>,
}

impl Tasks {
    /// Starts a task that ends by itself once what it works on is done.
    pub(crate) fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let ended = Arc::clone(&self.ended);
        let tracked = self.tracker.track_future(task);
        drop(tokio::spawn(async move {
            tracked.await;
            tracing::debug!(task.name = name, "task ended");
            ended.notify_one();
        }));
    }

    /// Starts a task that is dropped where it waits when the server shuts down: only for what loses nothing by it.
    pub(crate) fn spawn_until_closing<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let closing = self.closing.clone();
        self.spawn(name, async move {
            tokio::select! {
                () = closing.cancelled() => {}
                () = task => {}
            }
        });
    }

    /// Whether the server shuts down.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.is_cancelled()
    }

    /// Waits until the server shuts down.
    pub(crate) async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// How many tasks have not ended.
    pub(crate) fn n_running(&self) -> usize {
        self.tracker.len()
    }

    /// Waits until a task ends.
    pub(crate) async fn one_ended(&self) {
        self.ended.notified().await;
    }

    /// Tells every task that the server shuts down.
    pub(crate) fn begin_closing(&self) {
        self.closing.cancel();
    }

    /// Tells every task that the server shuts down, and takes no new ones.
    pub(crate) fn close(&self) {
        self.closing.cancel();
        self.tracker.close();
    }

    /// Waits until every task has ended.
    pub(crate) async fn ended(&self) {
        self.tracker.wait().await;
    }
}
