//! Standing looks: a live page is one look, written down when it begins, each minute with what it was really sent, and
//! when it ends.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{Action, Actor, Permit, Timestamp};
use ledger::leaf::{ClearField, Draft, Kind, SealedField};
use plate::PlateText;
use store::{Code, LogId, NewLeaf};

use super::act::{About, with_things};
use super::{Ctx, Leave, Says, SessionRef};
use crate::{App, AskError};

/// A page that nobody asked for anything for so long is closed; an open one is heard of every few seconds.
const CLOSED_AFTER: Duration = Duration::from_secs(90);
/// Things of one minute; more than that and the minute is written down early.
const THINGS_MAX: usize = 2_000;
/// Things whose pictures belong to the look that sent them, remembered at most.
const COVERED_MAX: usize = 2_000;

/// Whose look at what.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    log: LogId,
    actor: Actor,
    session: Option<SessionRef>,
    action: &'static str,
}

/// A look that stands.
struct Standing {
    ctx: Ctx,
    leaf: u64,
    /// What was sent since the last minute was written down.
    sent: BTreeSet<String>,
    /// The plates among it, by their codes.
    plates: BTreeSet<Code>,
    /// What was sent since it began, as far as it is remembered.
    covered: HashSet<String>,
    used_at: Timestamp,
}

type Slot = Arc<tokio::sync::Mutex<Option<Standing>>>;

/// The looks that stand.
#[derive(Default)]
pub(crate) struct Looks(Mutex<HashMap<Key, Slot>>);

impl Looks {
    fn slot(&self, key: Key) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key).or_default())
    }

    fn all(&self) -> Vec<(Key, Slot)> {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.iter().map(|(key, slot)| (*key, Arc::clone(slot))).collect()
    }

    fn of_session(&self, ctx: &Ctx) -> Vec<Slot> {
        let same = |key: &Key| key.actor == ctx.actor && key.session == ctx.origin.session;
        self.all().into_iter().filter(|(key, _)| same(key)).map(|(_, slot)| slot).collect()
    }

    /// Lets go of looks that ended.
    fn tidy(&self) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| {
            Arc::strong_count(slot) > 1 || slot.try_lock().is_ok_and(|s| s.is_some())
        });
    }
}

/// Leave to look within a standing look.
pub(crate) struct Look<A: Action> {
    app: App,
    leave: Leave,
    permit: Permit<A>,
    key: Key,
}

impl App {
    /// Looks at something live: begins a standing look, or goes on with the one that this session has.
    pub(crate) async fn look<A: Action>(&self, ctx: &Ctx) -> Result<Look<A>, AskError> {
        let (permit, grounds) = self.permit_or_record::<A>(ctx, &About::nothing_yet()).await?;
        let says = Says::of(self, ctx);
        let key =
            Key { log: says.log(), actor: ctx.actor, session: ctx.origin.session, action: A::WORD };
        let recorder = &self.inner().recorder;
        let slot = recorder.looks.slot(key);
        let mut standing = slot.lock().await;
        match standing.as_mut() {
            Some(_) if recorder.is_failing() => {
                // What is sent now could not be written down within the minute.
                let err = store::StoreError::Conflict { what: "a ledger that cannot be written" };
                return Err(AskError::NotRecorded { err: Arc::new(err) });
            }
            Some(standing) => {
                self.note_exigent(ctx, &grounds, standing.leaf).await?;
                standing.used_at = ctx.now.max(standing.used_at);
            }
            None => {
                let draft = says.permitted(Kind::Begin, A::WORD, &grounds);
                let mut leaf = says.leaf(draft).map_err(AskError::failed("write down a look"))?;
                leaf.begun_at = Some(ctx.now);
                let leaf = recorder.writer.append(key.log, leaf).await;
                let leaf = leaf.map_err(|err| AskError::NotRecorded { err })?;
                recorder.begun(key.log, leaf);
                let noted = self.note_exigent(ctx, &grounds, leaf).await;
                *standing = Some(Standing {
                    ctx: ctx.clone(),
                    leaf,
                    sent: BTreeSet::new(),
                    plates: BTreeSet::new(),
                    covered: HashSet::new(),
                    used_at: ctx.now,
                });
                noted?;
            }
        }
        Ok(Look { app: self.clone(), leave: Leave::of(ctx.clone()), permit, key })
    }

    /// Says that a session's pages are still open.
    pub async fn keep_looking(&self, ctx: &Ctx) {
        for slot in self.inner().recorder.looks.of_session(ctx) {
            if let Some(standing) = slot.lock().await.as_mut() {
                standing.used_at = ctx.now.max(standing.used_at);
            }
        }
    }

    /// Counts `more` as sent within the standing look that sent `thing`, and gives leave for it; none when no look of this
    /// session did.
    pub(crate) async fn within_a_look(&self, ctx: &Ctx, thing: &str, more: &str) -> Option<Leave> {
        if self.inner().recorder.is_failing() {
            return None;
        }
        for slot in self.inner().recorder.looks.of_session(ctx) {
            if let Some(standing) = slot.lock().await.as_mut()
                && standing.covered.contains(thing)
            {
                standing.sent.insert(more.to_owned());
                return Some(Leave::of(ctx.clone()));
            }
        }
        None
    }

    /// Writes down what every standing look was sent since the last time, and closes those that nobody looks at any more.
    pub(crate) async fn write_minutes(&self, now: Timestamp) {
        for (key, slot) in self.inner().recorder.looks.all() {
            let mut held = slot.lock().await;
            let Some(standing) = held.as_mut() else { continue };
            // Later than now only when the clock was set back: then the page is not waited for until that hour comes again.
            standing.used_at = standing.used_at.min(now);
            let ended = now.since(standing.used_at) > CLOSED_AFTER;
            standing.write_down(self, key.action, now, ended);
            if ended {
                *held = None;
            }
        }
        self.inner().recorder.looks.tidy();
    }

    /// Closes every standing look: the server ends.
    pub(crate) async fn close_looks(&self, now: Timestamp) {
        for (key, slot) in self.inner().recorder.looks.all() {
            if let Some(mut standing) = slot.lock().await.take() {
                standing.write_down(self, key.action, now, true);
            }
        }
    }
}

impl Standing {
    fn write_down(&mut self, app: &App, action: &str, now: Timestamp, ends: bool) {
        if self.sent.is_empty() && !ends {
            return;
        }
        let ctx = Ctx { now, ..self.ctx.clone() };
        let says = Says::of(app, &ctx);
        let kind = if ends { Kind::Complete } else { Kind::Minute };
        let mut draft = Draft::new(kind)
            .text(ClearField::Action, action)
            .number(ClearField::Of, self.leaf)
            .text(ClearField::Day, now.day().to_string());
        if ends {
            draft = draft.text(ClearField::Outcome, "done");
        }
        let draft = says.seal(draft, SealedField::At, now.to_string());
        let sent = std::mem::take(&mut self.sent).into_iter().collect();
        let recorder = &app.inner().recorder;
        if let Some(leaf) = with_things(app, &says, draft, sent) {
            let completes = ends.then_some(self.leaf);
            let plates = says.plates(&std::mem::take(&mut self.plates), self.leaf);
            recorder.writer.hand_in(says.log(), NewLeaf { completes, plates, ..leaf });
        }
        if ends {
            recorder.ended(says.log(), self.leaf);
        }
    }
}

impl<A: Action> Look<A> {
    /// Leave to look.
    pub(crate) const fn permit(&self) -> &Permit<A> {
        &self.permit
    }

    /// Leave for parts of it.
    pub(crate) const fn leave(&self) -> &Leave {
        &self.leave
    }

    /// Says which plates are sent. Asked before [`Look::sends`], which may write them down.
    pub(crate) async fn shows(&self, plates: impl IntoIterator<Item = PlateText>) {
        let slot = self.app.inner().recorder.looks.slot(self.key);
        let mut held = slot.lock().await;
        let Some(standing) = held.as_mut() else { return };
        let codes = &self.app.inner().codes;
        standing.plates.extend(plates.into_iter().map(|plate| codes.of_plate(plate)));
    }

    /// Says what is sent.
    pub(crate) async fn sends(&self, things: impl IntoIterator<Item = String>) {
        let slot = self.app.inner().recorder.looks.slot(self.key);
        let mut held = slot.lock().await;
        let Some(standing) = held.as_mut() else { return };
        for thing in things {
            if standing.covered.len() >= COVERED_MAX {
                standing.covered.clear();
            }
            standing.covered.insert(thing.clone());
            standing.sent.insert(thing);
        }
        if standing.sent.len() >= THINGS_MAX {
            standing.write_down(&self.app, A::WORD, self.leave.ctx().now, false);
        }
    }
}
