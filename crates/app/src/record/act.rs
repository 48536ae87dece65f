//! One act: begun before anything happens, completed when it has.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use domain::{Action, Permit, Reason, Refusal, Timestamp};
use ledger::Hash;
use ledger::batch::{Salter, hash_of, root};
use ledger::leaf::{ClearField, Draft, Kind, Schedule, SealedField};
use plate::PlateText;
use store::{Code, LogId, NewLeaf, Things};

use super::judge::Grounds;
use super::{Ctx, Says, server_permit};
use crate::{App, AskError};

/// Strangers' attempts that are written down one by one in a minute; those beyond are counted and written down together.
const ATTEMPTS_A_MINUTE: u64 = 30;

/// The time in which they are counted.
const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

/// Strangers' attempts in a minute.
#[derive(Default)]
pub(in crate::record) struct Attempts {
    /// When it began.
    minute: Timestamp,
    /// Those that were written down.
    n_written: u64,
    /// Those that were only counted, since this was last told.
    n_counted: u64,
}

/// What an act is about, beyond what its context says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct About {
    /// The things it is about, as far as they are known before.
    pub(crate) objects: Vec<String>,
    /// The SHA-256 of a file that comes in, hexadecimal.
    pub(crate) digest: Option<String>,
    /// What is searched for, in words: it may hold a plate, and is sealed.
    pub(crate) query: Option<String>,
}

impl About {
    /// One thing, by kind and id.
    pub(crate) fn one(what: &str, id: impl std::fmt::Display) -> Self {
        Self { objects: vec![format!("{what} {id}")], ..Self::default() }
    }

    /// What is searched for.
    pub(crate) fn search(query: impl Into<String>) -> Self {
        Self { query: Some(query.into()), ..Self::default() }
    }

    /// Nothing that has an id yet.
    pub(crate) fn nothing_yet() -> Self {
        Self::default()
    }
}

/// The right to ask for permits within something that was written down.
#[derive(Clone, Debug)]
pub(crate) struct Leave {
    ctx: Ctx,
}

impl Leave {
    pub(in crate::record) fn of(ctx: Ctx) -> Self {
        Self { ctx }
    }

    /// For what the server does by itself with an agency's hits, and shows to nobody but those whom the policy lets see them.
    pub(crate) fn of_server(agency: domain::AgencyId, now: Timestamp) -> Self {
        Self { ctx: Ctx::server(agency, now) }
    }

    /// A permit for a part of what was written down. The policy decided on the whole: what it is joined with (the read of a hit,
    /// the name of a camera) is not asked for again, and is the same agency's.
    pub(crate) fn permit<A: Action>(&self) -> Result<Permit<A>, Refusal> {
        server_permit(self.ctx.agency, self.ctx.now)
    }

    /// The circumstances.
    pub(crate) const fn ctx(&self) -> &Ctx {
        &self.ctx
    }
}

/// An act that has been written down and not yet completed. Dropped without [`Act::done`], it is written down as not done.
pub(crate) struct Act<A: Action> {
    app: App,
    leave: Leave,
    permit: Permit<A>,
    log: LogId,
    leaf: u64,
    n_bytes: Option<u64>,
    digest: Option<String>,
    plates: BTreeSet<Code>,
    is_open: bool,
}

impl App {
    /// Writes down that somebody is about to do `A`, and gives them leave. A refusal is written down too.
    pub(crate) async fn begin<A: Action>(
        &self,
        ctx: &Ctx,
        about: About,
    ) -> Result<Act<A>, AskError> {
        let (permit, grounds) = self.permit_or_record::<A>(ctx, &about).await?;
        let says = Says::of(self, ctx);
        let draft = says.permitted(Kind::Begin, A::WORD, &grounds);
        let mut leaf =
            says.leaf(of(&says, draft, &about)).map_err(AskError::failed("write down an act"))?;
        leaf.begun_at = Some(ctx.now);
        let recorder = &self.inner().recorder;
        let log = says.log();
        self.note_clock(ctx.now);
        let leaf = recorder.writer.append(log, leaf).await;
        let leaf = leaf.map_err(|err| AskError::NotRecorded { err })?;
        recorder.begun(log, leaf);
        let act = Act {
            app: self.clone(),
            leave: Leave::of(ctx.clone()),
            permit,
            log,
            leaf,
            n_bytes: None,
            digest: None,
            plates: BTreeSet::new(),
            is_open: true,
        };
        self.note_exigent(ctx, &grounds, leaf).await?;
        Ok(act)
    }

    /// The same, for what people ask for themselves: a token is refused, whatever it was made for. Who found a token shall neither
    /// learn from where its owner signs in nor end their sessions.
    pub(crate) async fn begin_in_person<A: Action>(
        &self,
        ctx: &Ctx,
        about: About,
    ) -> Result<Act<A>, AskError> {
        if ctx.person.as_ref().is_some_and(|signed_in| signed_in.token.is_some()) {
            let refusal = Refusal { action: A::WORD, reasons: vec![Reason::OUTSIDE_TOKEN] };
            let (decided, grounds) = ctx.judge::<A>();
            if decided.is_ok() {
                // What the policy refused was counted where it was.
                metrics::counter!("plateglass_refusals_total", "action" => A::WORD).increment(1);
            }
            self.refused(ctx, &refusal, &grounds, &about).await?;
            return Err(AskError::Refused(refusal));
        }
        self.begin(ctx, about).await
    }

    /// A permit for `A`; a refusal is written down before it is given.
    pub(in crate::record) async fn permit_or_record<A: Action>(
        &self,
        ctx: &Ctx,
        about: &About,
    ) -> Result<(Permit<A>, Grounds), AskError> {
        match ctx.judge::<A>() {
            (Ok(permit), grounds) => Ok((permit, grounds)),
            (Err(refusal), grounds) => {
                self.refused(ctx, &refusal, &grounds, about).await?;
                Err(AskError::Refused(refusal))
            }
        }
    }

    /// Leave to be shown the form with which one asks for `A`. Leave is not written down, for nothing happens until the form is
    /// sent, which is asked about anew; a refusal is, as one of `A`.
    pub(crate) async fn permit_to_ask<A: Action>(&self, ctx: &Ctx) -> Result<(), AskError> {
        self.permit_or_record::<A>(ctx, &About::nothing_yet()).await.map(drop)
    }

    pub(in crate::record) async fn refused(
        &self,
        ctx: &Ctx,
        refusal: &Refusal,
        grounds: &Grounds,
        about: &About,
    ) -> Result<(), AskError> {
        let says = Says::of(self, ctx);
        let draft = says
            .rests_on(says.who(Kind::Event, refusal.action), grounds)
            .text(ClearField::Decision, "refuse")
            .words(ClearField::Reasons, refusal.reasons.iter().map(|one| one.word.as_ref()));
        let draft = of(&says, draft, about);
        match ctx.person {
            // Somebody with a name: every refusal of theirs is written down.
            Some(_) => self.record(ctx, draft).await.map(drop),
            None => self.record_of_stranger(ctx, draft).await,
        }
    }

    /// Writes down something that happened, and waits until it is on disk.
    pub(crate) async fn record(&self, ctx: &Ctx, draft: Draft) -> Result<u64, AskError> {
        self.record_in(ctx, Says::of(self, ctx).log(), draft).await
    }

    /// Writes it down in a certain log.
    pub(crate) async fn record_in(
        &self,
        ctx: &Ctx,
        log: LogId,
        draft: Draft,
    ) -> Result<u64, AskError> {
        let leaf =
            Says::of(self, ctx).leaf(draft).map_err(AskError::failed("write down an event"))?;
        let written = self.inner().recorder.writer.append(log, leaf).await;
        written.map_err(|err| AskError::NotRecorded { err })
    }

    /// Writes down what somebody did who may be a stranger: beyond a bound a minute they are only counted, so that nobody
    /// fills the log by knocking.
    pub(crate) async fn record_of_stranger(&self, ctx: &Ctx, draft: Draft) -> Result<(), AskError> {
        if self.inner().recorder.is_one_too_many(ctx.now) {
            metrics::counter!("plateglass_ledger_attempts_counted_total").increment(1);
            return Ok(());
        }
        self.record(ctx, draft).await.map(drop)
    }

    /// Tells, in the server's log, of a clock that was set back.
    fn note_clock(&self, now: Timestamp) {
        if let Some(by) = self.inner().recorder.stepped_back(now) {
            let ctx = Ctx::nobody(now);
            let says = Says::of(self, &ctx);
            let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
            let draft = says.who(Kind::Event, "clock-stepped-back").number(ClearField::Stepped, ms);
            if let Ok(leaf) = says.leaf(draft) {
                self.inner().recorder.writer.hand_in(LogId::SERVER, leaf);
            }
        }
    }
}

impl super::Recorder {
    /// Whether a minute's share of attempts has been written down: then this one is only counted.
    fn is_one_too_many(&self, now: Timestamp) -> bool {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if now.since(attempts.minute) >= MINUTE {
            attempts.minute = now;
            attempts.n_written = 0;
        }
        let is_over = attempts.n_written >= ATTEMPTS_A_MINUTE;
        let n = if is_over { &mut attempts.n_counted } else { &mut attempts.n_written };
        *n += 1;
        is_over
    }

    /// Attempts that were counted and not written down; begins another minute.
    pub(in crate::record) fn counted_attempts(&self, now: Timestamp) -> u64 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *attempts, Attempts { minute: now, ..Attempts::default() }).n_counted
    }

    /// How far the clock was set back since the last time, if it was.
    fn stepped_back(&self, now: Timestamp) -> Option<std::time::Duration> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let back = latest.since(now);
        // Requests overtake each other by less than this.
        let stepped = back > std::time::Duration::from_secs(1);
        *latest = if stepped { now } else { now.max(*latest) };
        stepped.then_some(back)
    }
}

/// Adds what an act is about.
fn of(says: &Says<'_>, draft: Draft, about: &About) -> Draft {
    let draft = match &about.digest {
        Some(digest) => draft.text(ClearField::Digest, digest.clone()),
        None => draft,
    };
    let draft = match &about.query {
        Some(query) => says.seal(draft, SealedField::Query, query.clone()),
        None => draft,
    };
    if about.objects.is_empty() {
        return draft;
    }
    says.seal(draft, SealedField::Objects, about.objects.join(", "))
}

impl<A: Action> Act<A> {
    /// Leave to do it.
    pub(crate) const fn permit(&self) -> &Permit<A> {
        &self.permit
    }

    /// Leave for parts of it.
    pub(crate) const fn leave(&self) -> &Leave {
        &self.leave
    }

    /// Notes how many bytes are handed out.
    pub(crate) fn hands_out(&mut self, n_bytes: usize) {
        self.n_bytes = Some(n_bytes as u64);
    }

    /// Notes the plates that it shows or looks for, so that it can be asked who did.
    pub(crate) fn shows(&mut self, plates: impl IntoIterator<Item = PlateText>) {
        let codes = &self.app.inner().codes;
        self.plates.extend(plates.into_iter().map(|plate| codes.of_plate(plate)));
    }

    /// Notes the digest of the file that came in.
    pub(crate) fn took_in(&mut self, sha256: &str) {
        self.digest = Some(sha256.to_owned());
    }

    /// It is done, and touched these things. Written down with the next leaves that are.
    pub(crate) fn done(mut self, things: impl IntoIterator<Item = String>) {
        self.end("done", things.into_iter().collect());
    }

    /// It came to nothing.
    pub(crate) fn failed(mut self) {
        self.end("failed", Vec::new());
    }

    fn end(&mut self, outcome: &str, things: Vec<String>) {
        self.is_open = false;
        let inner = self.app.inner();
        let ctx = Ctx { now: self.app.now(), ..self.leave.ctx().clone() };
        let says = Says::of(&self.app, &ctx);
        let mut draft = Draft::new(Kind::Complete)
            .text(ClearField::Action, A::WORD)
            .number(ClearField::Of, self.leaf)
            .text(ClearField::Outcome, outcome)
            .text(ClearField::Day, ctx.now.day().to_string());
        if let Some(n_bytes) = self.n_bytes {
            draft = draft.number(ClearField::Bytes, n_bytes);
        }
        if let Some(digest) = self.digest.take() {
            draft = draft.text(ClearField::Digest, digest);
        }
        let draft = says.seal(draft, SealedField::At, ctx.now.to_string());
        if let Some(leaf) = with_things(&self.app, &says, draft, things) {
            let plates = says.plates(&self.plates, self.leaf);
            let leaf = NewLeaf { completes: Some(self.leaf), plates, ..leaf };
            inner.recorder.writer.hand_in(self.log, leaf);
        }
        inner.recorder.ended(self.log, self.leaf);
    }
}

impl<A: Action> Drop for Act<A> {
    fn drop(&mut self) {
        if self.is_open {
            self.end("broken-off", Vec::new());
        }
    }
}

/// A leaf that holds the number and root of things, and the things that go beside it.
pub(in crate::record) fn with_things(
    app: &App,
    says: &Says<'_>,
    draft: Draft,
    ids: Vec<String>,
) -> Option<NewLeaf> {
    let mut draft = draft.number(ClearField::Number, ids.len() as u64);
    let mut things = None;
    if !ids.is_empty() {
        let key = app.inner().chance.bits_256();
        let salter = Salter::new(&key);
        let hashes: Vec<Hash> =
            ids.iter().map(|id| hash_of(&salter.record(id.as_bytes(), &json_of(id)))).collect();
        draft = draft.text(ClearField::Root, root(&hashes).to_string());
        let goes_at = says.goes_at(Schedule::WithReads);
        things = Some(Things { salter: key, ids, goes_at });
    }
    let leaf = says.leaf(draft).inspect_err(|err| {
        tracing::error!(error = crate::chain(err), "failed to write a record");
    });
    Some(NewLeaf { things, ..leaf.ok()? })
}

/// An id as JSON.
pub(crate) fn json_of(id: &str) -> String {
    serde_json::Value::from(id).to_string()
}
