//! `GET /events`: says that something changed, never what. The page fetches the rest through the audited path.

use std::convert::Infallible;
use std::time::Duration;

use app::{App, Ctx, Notice, Subscription, sign_in};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::staff::Staff;

/// Something is said at least this often; the page takes three missed beats for a lost connection (`web/src/live.ts`).
pub(crate) const BEAT_EVERY: Duration = Duration::from_secs(3);
/// Beats between two looks whether the session still stands. Looking counts as use: a screen that is watched is in use.
const BEATS_PER_SESSION_LOOK: u32 = 20;

/// Where the page goes on, when it opens a new connection itself; a browser's own reconnect sends `Last-Event-ID`.
#[derive(Deserialize)]
pub(crate) struct From {
    last: Option<i64>,
}

struct Line {
    app: App,
    staff: Staff,
    changes: Subscription,
    beat: Interval,
    n_beats: u32,
}

/// `GET /events`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let last =
        headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).or(from.last);
    let changes = app.bus().subscribe(staff.ctx.agency, last);
    let mut beat = interval_at(Instant::now(), BEAT_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let line = Line { app, staff, changes, beat, n_beats: 0 };
    Sse::new(stream::unfold(line, |mut line| async move {
        let event = line.next().await?;
        Some((Ok(event), line))
    }))
}

impl Line {
    /// What to say next; none ends the stream.
    async fn next(&mut self) -> Option<Event> {
        tokio::select! {
            biased;
            notice = self.changes.next() => match notice? {
                Notice::Event(event) => {
                    let says = json!({ "topic": event.topic.word(), "seq": event.seq });
                    Some(Event::default().id(event.seq.to_string()).data(says.to_string()))
                }
                Notice::Stale { seq } => {
                    Some(Event::default().event("stale").id(seq.to_string()).data("{}"))
                }
            },
            // A stream that went on would hold up the server's end.
            () = self.app.closing() => None,
            _ = self.beat.tick() => self.beat().await,
        }
    }

    async fn beat(&mut self) -> Option<Event> {
        self.n_beats += 1;
        let now = self.app.now();
        // An open page is a look that stands, also while there is nothing new to fetch.
        self.app.keep_looking(&Ctx { now, ..self.staff.ctx.clone() }).await;
        if self.n_beats.is_multiple_of(BEATS_PER_SESSION_LOOK) {
            let session = sign_in::session(&self.app, &self.staff.token, now).await;
            if matches!(session, Ok(None)) {
                return None;
            }
        }
        let says = json!({ "now_ms": now.micros() / 1000 });
        Some(Event::default().event("beat").data(says.to_string()))
    }
}
