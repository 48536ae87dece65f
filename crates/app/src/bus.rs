//! Tells that something changed, and never what: `{topic, seq, priority}`. Consoles then fetch through the audited path.
//!
//! There is no queue to overflow: a subscriber is told the newest number of each topic that it has not been told yet,
//! however many changes there were. Numbers rise over all topics and across restarts, so a console that comes back with
//! the last number it saw is told exactly the topics that changed since, or [`Notice::Stale`] when that was before this
//! server started.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::{AgencyId, Priority, Timestamp};
use serde::Serialize;
use tokio::sync::watch;

/// What changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// There are new hits.
    Hits,
    /// There are new reads.
    Reads,
    /// A camera was added, changed or heard of again.
    Cameras,
    /// A hotlist was made or its import went on.
    Hotlists,
    /// The ledger has a new checkpoint.
    Ledger,
    /// Something was done with a hit.
    Lives,
    /// Somebody signed on or off, a page went blind, the roster changed.
    Shifts,
}

impl Topic {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::Hits,
        Self::Lives,
        Self::Shifts,
        Self::Cameras,
        Self::Hotlists,
        Self::Ledger,
        Self::Reads,
    ];

    /// Its word in the stream.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hits => "hits",
            Self::Reads => "reads",
            Self::Cameras => "cameras",
            Self::Hotlists => "hotlists",
            Self::Ledger => "ledger",
            Self::Lives => "lives",
            Self::Shifts => "shifts",
        }
    }
}

/// Something changed. Holds nothing about anyone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Event {
    /// What changed.
    pub topic: Topic,
    /// Rises over all topics of all agencies: the stream's event id.
    pub seq: i64,
    /// For hits: the loudest among those that are new to this subscriber.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
}

/// What a subscriber is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    /// Something changed.
    Event(Event),
    /// What changed since the subscriber's last number cannot be told: fetch everything anew.
    Stale {
        /// The newest number, to go on from.
        seq: i64,
    },
}

/// Reads come by the thousand; a subscriber is told of them this often at most. Hits are never held back.
const READS_TOLD_EVERY: Duration = Duration::from_millis(500);

/// The newest number of every topic of one agency.
#[derive(Clone, Copy, Default, Debug)]
struct Board {
    hits: [i64; 3],
    reads: i64,
    cameras: i64,
    hotlists: i64,
    ledger: i64,
    lives: i64,
    shifts: i64,
}

/// Where changes are told.
#[derive(Debug)]
pub struct Bus {
    first_seq: i64,
    last_seq: AtomicI64,
    boards: Mutex<HashMap<AgencyId, watch::Sender<Board>>>,
}

impl Bus {
    /// A bus of a server that started now: its numbers are greater than those of every earlier start.
    pub fn new(started_at: Timestamp) -> Self {
        let first_seq = started_at.micros();
        Self { first_seq, last_seq: AtomicI64::new(first_seq), boards: Mutex::default() }
    }

    /// Tells an agency's subscribers that `topic` changed.
    pub fn tell(&self, agency: AgencyId, topic: Topic, priority: Option<Priority>) {
        self.with_board(agency, |board| {
            board.send_modify(|board| {
                // Numbered under the board's lock: a subscriber never sees a greater number before a smaller one.
                let seq = self.last_seq.fetch_add(1, Ordering::Relaxed) + 1;
                match topic {
                    Topic::Hits => *board.loudness(priority.unwrap_or(Priority::Normal)) = seq,
                    Topic::Reads => board.reads = seq,
                    Topic::Cameras => board.cameras = seq,
                    Topic::Hotlists => board.hotlists = seq,
                    Topic::Ledger => board.ledger = seq,
                    Topic::Lives => board.lives = seq,
                    Topic::Shifts => board.shifts = seq,
                }
            });
        });
    }

    /// Follows an agency's changes, from now on or from the last number that the subscriber was told.
    pub fn subscribe(&self, agency: AgencyId, last_seen: Option<i64>) -> Subscription {
        let newest = self.last_seq.load(Ordering::Relaxed);
        let stale = last_seen.is_some_and(|seen| seen < self.first_seq || seen > newest);
        let from = last_seen.filter(|_| !stale).unwrap_or(newest);
        let board = self.with_board(agency, |board| board.subscribe());
        Subscription {
            board,
            told: [from; Topic::ALL.len()],
            stale: stale.then_some(newest),
            reads_told_at: None,
        }
    }

    /// The greatest number told to an agency's subscribers of anything but reads: what is asked for after a change was told has a greater
    /// one than what was asked for before.
    pub(crate) fn newest(&self, agency: AgencyId) -> i64 {
        self.with_board(agency, |board| board.borrow().newest())
    }

    fn with_board<T>(&self, agency: AgencyId, act: impl FnOnce(&watch::Sender<Board>) -> T) -> T {
        let mut boards = self.boards.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        act(boards.entry(agency).or_insert_with(|| watch::channel(Board::default()).0))
    }
}

impl Board {
    fn loudness(&mut self, priority: Priority) -> &mut i64 {
        let [low, normal, high] = &mut self.hits;
        match priority {
            Priority::Low => low,
            Priority::Normal => normal,
            Priority::High => high,
        }
    }

    fn seq(&self, topic: Topic) -> i64 {
        let [low, normal, high] = self.hits;
        match topic {
            Topic::Hits => low.max(normal).max(high),
            Topic::Reads => self.reads,
            Topic::Cameras => self.cameras,
            Topic::Hotlists => self.hotlists,
            Topic::Ledger => self.ledger,
            Topic::Lives => self.lives,
            Topic::Shifts => self.shifts,
        }
    }

    fn newest(&self) -> i64 {
        let but_reads = Topic::ALL.into_iter().filter(|topic| *topic != Topic::Reads);
        but_reads.map(|topic| self.seq(topic)).max().unwrap_or_default()
    }

    fn event(&self, topic: Topic, told: i64) -> Option<Event> {
        let [_, normal, high] = self.hits;
        let seq = self.seq(topic);
        let priority = (topic == Topic::Hits).then_some(match told {
            _ if high > told => Priority::High,
            _ if normal > told => Priority::Normal,
            _ => Priority::Low,
        });
        (seq > told).then_some(Event { topic, seq, priority })
    }
}

/// One follower of an agency's changes.
#[derive(Debug)]
pub struct Subscription {
    board: watch::Receiver<Board>,
    told: [i64; Topic::ALL.len()],
    stale: Option<i64>,
    reads_told_at: Option<tokio::time::Instant>,
}

impl Subscription {
    /// The next change; none when the server shuts down.
    pub async fn next(&mut self) -> Option<Notice> {
        if let Some(seq) = self.stale.take() {
            return Some(Notice::Stale { seq });
        }
        loop {
            let board = *self.board.borrow_and_update();
            let reads_due = self.reads_told_at.map(|told| told + READS_TOLD_EVERY);
            let mut reads_wait = None;
            for (topic, told) in Topic::ALL.into_iter().zip(self.told.iter_mut()) {
                let Some(event) = board.event(topic, *told) else { continue };
                if topic == Topic::Reads {
                    let now = tokio::time::Instant::now();
                    if let Some(due) = reads_due.filter(|due| *due > now) {
                        reads_wait = Some(due);
                        continue;
                    }
                    self.reads_told_at = Some(now);
                }
                *told = event.seq;
                return Some(Notice::Event(event));
            }
            match reads_wait {
                Some(due) => drop(tokio::time::timeout_at(due, self.board.changed()).await),
                None => self.board.changed().await.ok()?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: AgencyId = AgencyId::from_i64(1);
    const THEIRS: AgencyId = AgencyId::from_i64(2);

    fn bus() -> Bus {
        Bus::new(Timestamp::from_micros(1_000))
    }

    #[tokio::test]
    async fn many_changes_are_told_once_with_the_loudest_priority() {
        let bus = bus();
        let mut follower = bus.subscribe(OURS, None);
        bus.tell(OURS, Topic::Hits, Some(Priority::High));
        bus.tell(OURS, Topic::Hits, Some(Priority::Low));
        bus.tell(THEIRS, Topic::Hits, Some(Priority::High));
        let told = follower.next().await.unwrap();
        let event = Event { topic: Topic::Hits, seq: 1_002, priority: Some(Priority::High) };
        assert_eq!(told, Notice::Event(event));
        bus.tell(OURS, Topic::Hits, Some(Priority::Low));
        let Some(Notice::Event(next)) = follower.next().await else { panic!("an event") };
        assert_eq!((next.seq, next.priority), (1_004, Some(Priority::Low)));
    }

    #[tokio::test]
    async fn who_comes_back_is_told_what_was_missed_or_that_it_cannot_be_told() {
        let bus = bus();
        bus.tell(OURS, Topic::Hits, Some(Priority::Normal));
        bus.tell(OURS, Topic::Hotlists, None);
        let mut back = bus.subscribe(OURS, Some(1_001));
        let Some(Notice::Event(event)) = back.next().await else { panic!("an event") };
        assert_eq!((event.topic, event.seq), (Topic::Hotlists, 1_002));
        let mut from_before = bus.subscribe(OURS, Some(999));
        assert_eq!(from_before.next().await, Some(Notice::Stale { seq: 1_002 }));
    }

    #[tokio::test(start_paused = true)]
    async fn reads_are_told_at_most_twice_a_second_and_hits_at_once() {
        let bus = bus();
        let mut follower = bus.subscribe(OURS, None);
        bus.tell(OURS, Topic::Reads, None);
        follower.next().await.unwrap();
        let since = tokio::time::Instant::now();
        bus.tell(OURS, Topic::Reads, None);
        bus.tell(OURS, Topic::Hits, None);
        let Some(Notice::Event(hit)) = follower.next().await else { panic!("an event") };
        assert_eq!((hit.topic, since.elapsed()), (Topic::Hits, Duration::ZERO));
        let Some(Notice::Event(reads)) = follower.next().await else { panic!("an event") };
        assert_eq!((reads.topic, since.elapsed()), (Topic::Reads, READS_TOLD_EVERY));
    }
}
