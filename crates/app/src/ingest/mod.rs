//! Reads on their way to the disk: one lane an agency and day, each with a bounded queue and one batch at a time.
//!
//! A lane takes the first post that waits, drains what else waits, and commits all of it together; the next batch goes
//! as soon as the last fsync returns. There is no timer: an idle lane sleeps on its queue.

mod commit;
mod lane;
mod seen;
mod submission;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{AgencyId, Day, Timestamp};
use store::FileRef;
use tokio::sync::{mpsc, oneshot};

use crate::App;
use crate::use_cases::{TakeError, Taken};
use lane::{Lane, Message};
use seen::SeenEvents;
pub(crate) use submission::{ReadyRead, Submission};

/// Posts that may wait in one lane. At 500 reads a post and 20,000 reads a second that is 25 s of work: who is further
/// behind is told to come back.
const POSTS_WAITING_MAX: usize = 1_024;

/// How long after midnight an event without a believable time is still looked for under the day before.
const MIDNIGHT_LOOK_BACK: Duration = Duration::from_secs(3600);

/// The lanes that exist.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<Open>);

#[derive(Default)]
struct Open {
    lanes: HashMap<(AgencyId, Day), Handle>,
    closed: bool,
}

#[derive(Clone)]
struct Handle {
    inbox: mpsc::Sender<Message>,
    seen: SharedSeen,
}

/// A day's events: none until the lane has loaded them.
pub(crate) type SharedSeen = Arc<Mutex<Option<SeenEvents>>>;

/// Hands reads to their lanes and waits until they are kept. The answers stand in the order of the reads.
pub(crate) async fn submit(
    app: &App,
    agency: AgencyId,
    reads: Vec<ReadyRead>,
) -> Result<Vec<Taken>, TakeError> {
    let lanes = &app.inner().lanes;
    let day_of = |read: &ReadyRead| lanes.day_of(agency, read);
    let Some(first_day) = reads.first().map(day_of) else { return Ok(Vec::new()) };
    if reads.iter().all(|read| day_of(read) == first_day) {
        return lanes.send(app, agency, first_day, reads)?.await.map_err(lane_ended)?;
    }
    let mut by_day: HashMap<Day, (Vec<usize>, Vec<ReadyRead>)> = HashMap::new();
    let n_reads = reads.len();
    for (place, read) in reads.into_iter().enumerate() {
        let (places, of_day) = by_day.entry(day_of(&read)).or_default();
        places.push(place);
        of_day.push(read);
    }
    let mut waiting = Vec::with_capacity(by_day.len());
    for (day, (places, of_day)) in by_day {
        waiting.push((places, lanes.send(app, agency, day, of_day)?));
    }
    let mut taken: Vec<Option<Taken>> = vec![None; n_reads];
    for (places, answer) in waiting {
        let of_day = answer.await.map_err(lane_ended)??;
        for (place, one) in places.into_iter().zip(of_day) {
            if let Some(slot) = taken.get_mut(place) {
                *slot = Some(one);
            }
        }
    }
    Ok(taken.into_iter().flatten().collect())
}

fn lane_ended(err: oneshot::error::RecvError) -> TakeError {
    TakeError::Failed { doing: "keep the reads", err: err.into() }
}

impl Lanes {
    /// The day under which a read is kept: the day it was captured; for an event sent again around midnight by a camera
    /// that does not say when, the day under which it is known.
    fn day_of(&self, agency: AgencyId, read: &ReadyRead) -> Day {
        let day = read.captured_at.day();
        let by_arrival = read.captured_at == read.received_at;
        let after_midnight = read.captured_at.since(day.start()) < MIDNIGHT_LOOK_BACK;
        let Some(event) = read.event.filter(|_| by_arrival && after_midnight) else { return day };
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open.lanes.get(&(agency, day.previous())).is_some_and(|lane| {
            let seen = lane.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.as_ref().is_some_and(|seen| seen.get(&event).is_some())
        });
        if known { day.previous() } else { day }
    }

    fn send(
        &self,
        app: &App,
        agency: AgencyId,
        day: Day,
        reads: Vec<ReadyRead>,
    ) -> Result<oneshot::Receiver<Result<Vec<Taken>, TakeError>>, TakeError> {
        let (answer, answered) = oneshot::channel();
        let inbox = self.lane(app, agency, day)?.inbox;
        match inbox.try_send(Message::Take(Submission { reads, answer })) {
            Ok(()) => Ok(answered),
            Err(mpsc::error::TrySendError::Full(_)) => {
                metrics::counter!("plateglass_overload_total", "where" => "lane").increment(1);
                Err(TakeError::Overloaded { retry_after_s: 1 })
            }
            Err(mpsc::error::TrySendError::Closed(_)) => {
                Err(TakeError::ShuttingDown { retry_after_s: 5 })
            }
        }
    }

    fn lane(&self, app: &App, agency: AgencyId, day: Day) -> Result<Handle, TakeError> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.closed {
            return Err(TakeError::ShuttingDown { retry_after_s: 5 });
        }
        if let Some(handle) = open.lanes.get(&(agency, day)) {
            return Ok(handle.clone());
        }
        let Some(state) = app.inner().agencies.get(agency) else {
            let err = format!("agency {agency} is not known").into();
            return Err(TakeError::Failed { doing: "find the agency", err });
        };
        let (inbox, messages) = mpsc::channel(POSTS_WAITING_MAX);
        let seen = SharedSeen::default();
        let lane = Lane::new(app.clone(), FileRef::main(agency, day), state, Arc::clone(&seen));
        app.inner().tasks.spawn("lane", lane.run(messages));
        let handle = Handle { inbox, seen };
        open.lanes.insert((agency, day), handle.clone());
        Ok(handle)
    }

    /// Loads a day's events before anybody asks: for yesterday's, when the server starts soon after midnight.
    pub(crate) async fn warm_up(&self, app: &App, agency: AgencyId, now: Timestamp) {
        let yesterday = now.day().previous();
        if now.since(now.day().start()) < MIDNIGHT_LOOK_BACK
            && let Ok(handle) = self.lane(app, agency, yesterday)
        {
            let (done, is_done) = oneshot::channel();
            drop(handle.inbox.send(Message::Load(done)).await);
            drop(is_done.await);
        }
    }

    /// Closes a day: what comes from now on goes to its late file. Returns when the lane writes the main file no more.
    pub(crate) async fn close_day(
        &self,
        app: &App,
        agency: AgencyId,
        day: Day,
    ) -> Result<(), TakeError> {
        let handle = self.lane(app, agency, day)?;
        let (done, is_done) = oneshot::channel();
        let closed = || TakeError::ShuttingDown { retry_after_s: 5 };
        handle.inbox.send(Message::CloseDay(done)).await.map_err(|_| closed())?;
        is_done.await.map_err(|_| closed())
    }

    /// Lets go of the events of days that are not being written any more.
    pub(crate) fn forget_before(&self, day: Day) {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ((_, of), handle) in &open.lanes {
            if *of < day {
                // A full inbox means that the day is being written after all.
                drop(handle.inbox.try_send(Message::Forget));
            }
        }
    }

    /// Posts that wait in all lanes.
    pub(crate) fn n_waiting(&self) -> usize {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.lanes.values().map(|lane| POSTS_WAITING_MAX - lane.inbox.capacity()).sum()
    }

    /// Takes nothing more; what waits is finished.
    pub(crate) fn close(&self) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.closed = true;
        open.lanes.clear();
    }
}
