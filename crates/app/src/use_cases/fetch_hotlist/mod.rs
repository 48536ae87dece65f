//! Fetch a hotlist from where the configuration says: take what is new in, count the list's age anew where nothing is, and note
//! what came of it. Whatever fails, the list in force stays.

mod cap;
mod file;

use std::sync::Arc;

use domain::access::{ListHotlists, ManageHotlists};
use domain::feed::{FAILURES_TOLD, next_fetch_in};
use domain::{FeedState, Fetch, FetchOutcome, Hotlist, HotlistId, Timestamp};
use outbound::{FetchError, Fetched, Picked, Validators};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use super::said::wrong;
use crate::bus::Topic;
use crate::error::chain;
use crate::feeds::{FeedFormat, FeedPlan, Turn};
use crate::matching;
use crate::record::{About, server_permit};
use crate::reminders::tell_of_feed;
use crate::{App, AskError, Ctx};
use file::Digesting;

/// Fetches that are shown.
const SHOWN: u32 = 10;

/// What becomes of a fetch that was begun.
pub type Fetching = oneshot::Receiver<Result<Fetch, AskError>>;

/// How a list is fetched, as its page shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedView {
    /// Where from.
    pub source: String,
    /// How its files are written.
    pub format: FeedFormat,
    /// How often.
    pub every: std::time::Duration,
    /// How it stands; the beginning where it was never fetched.
    pub state: FeedState,
    /// Whether it is fetched at the moment.
    pub runs: bool,
    /// What came of the last fetches, newest first.
    pub fetches: Vec<Fetch>,
}

/// How a list is fetched; none where nothing is configured to fetch it.
pub(super) async fn feed_view(app: &App, list: &Hotlist) -> Result<Option<FeedView>, AskError> {
    let inner = app.inner();
    let Some(plan) = inner.feeds.plan(list.agency, &list.name) else { return Ok(None) };
    let permit = server_permit::<ListHotlists>(list.agency, app.now())?;
    let failed = AskError::failed::<store::StoreError>;
    let states = inner.store.feed_states(&permit).await;
    let states = states.map_err(failed("look up how the hotlist is fetched"))?;
    let fetches = inner.store.fetches(&permit, list.id, SHOWN).await;
    let fetches = fetches.map_err(failed("list what was fetched"))?;
    let source = plan.feed.says();
    let state = states.get(&list.id).filter(|state| state.source == source).cloned();
    Ok(Some(FeedView {
        source,
        format: plan.format,
        every: plan.every,
        state: state.unwrap_or_default(),
        runs: inner.feeds.runs(list.id),
        fetches,
    }))
}

/// What came of a fetch that worked.
pub(super) struct Done {
    outcome: FetchOutcome,
    says: String,
    sha256: Option<[u8; 32]>,
    validators: Validators,
}

/// Why nothing came of a fetch.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// Nothing was fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What was fetched cannot be taken; it would not be better the next time.
    #[error("{0}")]
    File(String),
    /// Something of ours did not work.
    #[error("failed to {doing}")]
    Ours {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        err: crate::error::BoxError,
    },
}

pub(super) fn ours<E: Into<crate::error::BoxError>>(
    doing: &'static str,
) -> impl FnOnce(E) -> Failed {
    move |err| Failed::Ours { doing, err: err.into() }
}

/// Begins to fetch a list; `dry_run` only says what would happen. The fetch goes on when nobody waits for it.
pub async fn begin_fetch(
    app: &App,
    ctx: &Ctx,
    hotlist: HotlistId,
    dry_run: bool,
) -> Result<Fetching, AskError> {
    let act = app.begin::<ManageHotlists>(ctx, About::one("hotlist", hotlist)).await?;
    let lists = app.inner().store.hotlists(&act.leave().permit::<ListHotlists>()?).await;
    let lists = lists.map_err(AskError::failed("look up the hotlist"))?;
    let list = lists.into_iter().find(|list| list.id == hotlist);
    let list = list.ok_or_else(|| AskError::not_found("hotlist", hotlist))?;
    let Some(plan) = app.inner().feeds.plan(ctx.agency, &list.name) else {
        act.failed();
        return Err(wrong("hotlist", "plateglass.toml does not say from where it is fetched"));
    };
    let Some(turn) = app.fetching_turn(hotlist) else {
        act.failed();
        return Err(wrong("hotlist", "it is being fetched already: wait for its end"));
    };
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    let one = OneFetch { app: app.clone(), ctx: ctx.clone(), list, plan, dry_run, _turn: turn };
    let (answer, fetching) = oneshot::channel();
    app.inner().tasks.spawn_until_closing("fetch", async move {
        let mut act = act;
        let done = one.run(act.permit()).await;
        match &done {
            Ok(fetch) => {
                if let Some(sha256) = &fetch.sha256 {
                    act.took_in(&file::hex(sha256));
                }
                act.done([format!("hotlist {hotlist}, fetched: {}", fetch.outcome.word())]);
            }
            Err(_) => act.failed(),
        }
        let (app, agency) = (one.app.clone(), one.ctx.agency);
        drop(one);
        app.bus().tell(agency, Topic::Hotlists, None);
        drop(answer.send(done));
    });
    Ok(fetching)
}

/// One fetch of one list.
struct OneFetch {
    app: App,
    ctx: Ctx,
    list: Hotlist,
    plan: Arc<FeedPlan>,
    dry_run: bool,
    _turn: Turn,
}

impl OneFetch {
    async fn run(&self, permit: &domain::Permit<ManageHotlists>) -> Result<Fetch, AskError> {
        let began_at = self.app.now();
        let before = self.before().await?;
        let read_by = self.read_by().await?;
        let done = self.go(&before, &read_by).await;
        let ended_at = self.app.now().max(began_at);
        let (fetch, mut after) = self.outcome((began_at, ended_at), &before, read_by, done);
        let took = !matches!(fetch.outcome, FetchOutcome::Failed | FetchOutcome::Nothing);
        if took && !self.dry_run && self.plan.feed.has_more().await {
            after.next_at = Some(ended_at);
        }
        let noted = self.app.inner().store.note_fetch(permit, &fetch, &after).await;
        noted.map_err(AskError::failed("note what came of the fetch"))?;
        metrics::counter!("plateglass_fetches_total", "outcome" => fetch.outcome.word())
            .increment(1);
        if after.n_failed >= FAILURES_TOLD {
            let told = tell_of_feed(&self.app, &self.list, &after, &fetch.says, ended_at).await;
            if let Err(err) = told {
                tracing::error!(
                    error = chain(err.as_ref()),
                    "failed to tell of a fetch that failed"
                );
            }
        }
        Ok(fetch)
    }

    /// What is remembered of this source.
    async fn before(&self) -> Result<FeedState, AskError> {
        let permit = server_permit::<ListHotlists>(self.list.agency, self.app.now())?;
        let states = self.app.inner().store.feed_states(&permit).await;
        let mut states = states.map_err(AskError::failed("look up how the list is fetched"))?;
        let source = self.plan.feed.says();
        let known = states.remove(&self.list.id).filter(|state| state.source == source);
        Ok(known.unwrap_or_else(|| FeedState { source, ..FeedState::default() }))
    }

    /// What files of the list are read by now: its layout, and which of its topics are on.
    async fn read_by(&self) -> Result<String, AskError> {
        let permit = server_permit::<ListHotlists>(self.list.agency, self.app.now())?;
        let topics = self.app.inner().store.topics(&permit).await;
        let topics = topics.map_err(AskError::failed("look up the list's topics"))?;
        let on = topics.iter().filter(|topic| topic.hotlist == self.list.id && topic.on);
        let on: Vec<String> = on.map(|topic| topic.number.to_string()).collect();
        let layout = self.list.layout.as_deref().unwrap_or_default();
        let text = format!("{:?}\n{}\n{layout}", self.plan.format, on.join(","));
        Ok(file::hex(&Sha256::digest(text).into()))
    }

    async fn go(&self, before: &FeedState, read_by: &str) -> Result<Done, Failed> {
        let knows = before.read_by == read_by && !self.dry_run;
        let known = Validators {
            etag: before.etag.clone().filter(|_| knows),
            last_modified: before.last_modified.clone().filter(|_| knows),
        };
        let spool = file::spool(&self.app, self.plan.n_bytes_max)?;
        let (fetched, spool) = self.plan.feed.fetch(&known, Digesting::new(spool)).await?;
        let (name, validators, picked) = match fetched {
            Fetched::Nothing => return Ok(nothing()),
            Fetched::Unchanged => return self.same(before.sha256, known).await,
            Fetched::File { name, validators, picked } => (name, validators, picked),
        };
        let (spooled, sha256) = spool.finish()?;
        let is_same = knows && before.sha256 == Some(sha256);
        let taken = if is_same {
            self.same(Some(sha256), validators).await
        } else {
            let file = file::File { name, spooled };
            let taken = match self.plan.format {
                FeedFormat::Rows => self.take_rows(file).await,
                FeedFormat::Cap => self.take_cap(file).await,
            };
            taken.map(|(outcome, says)| Done { outcome, says, sha256: Some(sha256), validators })
        };
        self.put_away(picked, &taken).await?;
        taken
    }

    /// Puts a folder's file away. What failed of ours is tried again with the same file.
    async fn put_away(
        &self,
        picked: Option<Picked>,
        taken: &Result<Done, Failed>,
    ) -> Result<(), Failed> {
        let Some(picked) = picked.filter(|_| !self.dry_run) else { return Ok(()) };
        let refused = match taken {
            Ok(_) => None,
            Err(Failed::File(why)) => Some(why.clone()),
            Err(_) => return Ok(()),
        };
        Ok(self.plan.feed.put_away(picked, refused).await?)
    }

    /// The source gave what it gave before: the list's age is counted anew, if that is what is in force.
    async fn same(&self, sha256: Option<[u8; 32]>, validators: Validators) -> Result<Done, Failed> {
        let (outcome, says) = match self.plan.format {
            FeedFormat::Cap => self.renew_alerts().await?,
            FeedFormat::Rows => self.renew_rows(sha256).await?,
        };
        Ok(Done { outcome, says, sha256, validators })
    }

    async fn renew_rows(&self, sha256: Option<[u8; 32]>) -> Result<(FetchOutcome, String), Failed> {
        let store = &self.app.inner().store;
        let permit = server_permit::<ListHotlists>(self.list.agency, self.app.now());
        let permit = permit.map_err(ours("look up the list"))?;
        let in_force = store.sha256_in_force(&permit, self.list.id).await;
        let in_force = in_force.map_err(ours("look up what is in force"))?;
        let version = self.list.version.filter(|_| in_force.is_some() && in_force == sha256);
        if let Some(version) = version {
            let renewed = store.renew_version(self.list.id, version, self.app.now()).await;
            if renewed.map_err(ours("note that the list still holds"))? {
                let counted = matching::count_ages_anew(&self.app, self.list.agency).await;
                counted.map_err(ours("count the list's age anew"))?;
                return Ok((
                    FetchOutcome::Renewed,
                    "The source gave the same file as before.".to_owned(),
                ));
            }
        }
        let says = "The source gave the same file as before, and that is not what is in force: it waits for a person, was refused by \
                    one, or somebody imported another file meanwhile.";
        Ok((FetchOutcome::Unchanged, says.to_owned()))
    }

    /// What is noted, and how fetching stands after it.
    fn outcome(
        &self,
        (began_at, ended_at): (Timestamp, Timestamp),
        before: &FeedState,
        read_by: String,
        done: Result<Done, Failed>,
    ) -> (Fetch, FeedState) {
        let fetch = |outcome, says, sha256| Fetch {
            hotlist: self.list.id,
            began_at,
            ended_at,
            by: self.ctx.person_id(),
            outcome,
            says,
            sha256,
        };
        let next = |n_failed| Some(ended_at.plus(next_fetch_in(self.plan.every, n_failed)));
        match done {
            Ok(done) if self.dry_run => {
                (fetch(FetchOutcome::Tried, done.says, done.sha256), before.clone())
            }
            Err(err) if self.dry_run => {
                (fetch(FetchOutcome::Failed, chain(&err), None), before.clone())
            }
            Ok(Done { outcome, says, sha256, validators }) => {
                // Where nothing was read, what was read before was still read by what was in force then.
                let is_read = outcome != FetchOutcome::Nothing;
                let state = FeedState {
                    source: before.source.clone(),
                    etag: validators.etag,
                    last_modified: validators.last_modified,
                    sha256: sha256.or(before.sha256),
                    read_by: if is_read { read_by } else { before.read_by.clone() },
                    n_failed: 0,
                    failing_since: None,
                    worked_at: Some(ended_at),
                    next_at: next(0),
                };
                (fetch(outcome, says, sha256), state)
            }
            Err(err) => {
                let says = chain(&err);
                tracing::warn!(
                    hotlist.id = self.list.id.to_i64(),
                    error = says,
                    "failed to fetch a hotlist"
                );
                let n_failed = before.n_failed.saturating_add(1);
                let state = FeedState {
                    n_failed,
                    failing_since: before.failing_since.or(Some(began_at)),
                    next_at: next(n_failed),
                    ..before.clone()
                };
                (fetch(FetchOutcome::Failed, says, None), state)
            }
        }
    }
}

fn nothing() -> Done {
    Done {
        outcome: FetchOutcome::Nothing,
        says: "There was nothing to take.".to_owned(),
        sha256: None,
        validators: Validators::default(),
    }
}
