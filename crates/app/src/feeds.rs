//! Which hotlists are fetched from where, and whose turn it is.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use domain::access::ListHotlists;
use domain::{AgencyId, HotlistId, Timestamp};
use outbound::Feed;

use crate::error::BoxError;
use crate::record::server_permit;
use crate::use_cases::fetch_hotlist::{Fetching, begin_fetch};
use crate::{App, AskError, Ctx, chain};

/// How the files of a feed are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeedFormat {
    /// Rows, by the list's own layout.
    Rows,
    /// Messages of AMBER alerts (CAP 1.2): people confirm their plates.
    Cap,
}

/// How a list is fetched.
#[derive(Debug)]
pub struct FeedPlan {
    /// The list's name.
    pub hotlist: String,
    /// How its files are written.
    pub format: FeedFormat,
    /// How often it is fetched.
    pub every: Duration,
    /// The largest file, in bytes.
    pub n_bytes_max: u64,
    /// Where from.
    pub feed: Feed,
}

/// Everything that is fetched.
#[derive(Default)]
pub(crate) struct Feeds {
    plans: RwLock<HashMap<AgencyId, Vec<Arc<FeedPlan>>>>,
    running: Mutex<HashSet<HotlistId>>,
    /// Folders that were looked into and were empty are not written about: when they are looked into again.
    looked: Mutex<HashMap<HotlistId, Timestamp>>,
    /// One list of confirmed plates at a time is put in force.
    pub(crate) publishing: tokio::sync::Mutex<()>,
}

/// That a list is being fetched; over when it is dropped.
pub(crate) struct Turn {
    app: App,
    list: HotlistId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let feeds = &self.app.inner().feeds;
        feeds.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.list);
    }
}

impl Feeds {
    /// How a list of this name is fetched; none where it is not.
    pub(crate) fn plan(&self, agency: AgencyId, name: &str) -> Option<Arc<FeedPlan>> {
        let plans = self.plans.read().unwrap_or_else(PoisonError::into_inner);
        plans.get(&agency)?.iter().find(|plan| plan.hotlist == name).map(Arc::clone)
    }

    fn fetches_for(&self, agency: AgencyId) -> bool {
        self.plans.read().unwrap_or_else(PoisonError::into_inner).contains_key(&agency)
    }

    pub(crate) fn runs(&self, list: HotlistId) -> bool {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).contains(&list)
    }

    fn looked(&self, list: HotlistId, next_at: Timestamp) {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        looked.insert(list, next_at);
    }

    fn looks_again_at(&self, list: HotlistId) -> Option<Timestamp> {
        self.looked.lock().unwrap_or_else(PoisonError::into_inner).get(&list).copied()
    }
}

impl App {
    /// Fetches an agency's lists so from now on. Names of lists that are not there yet wait for them; they come back.
    pub async fn fetch_lists_of(
        &self,
        agency: AgencyId,
        plans: Vec<FeedPlan>,
    ) -> Result<Vec<String>, AskError> {
        let permit = server_permit::<ListHotlists>(agency, self.now())?;
        let lists = self.inner().store.hotlists(&permit).await;
        let lists = lists.map_err(AskError::failed("list the hotlists"))?;
        let is_missing = |plan: &&FeedPlan| !lists.iter().any(|list| list.name == plan.hotlist);
        let missing = plans.iter().filter(is_missing).map(|plan| plan.hotlist.clone()).collect();
        let plans = plans.into_iter().map(Arc::new).collect();
        let mut all = self.inner().feeds.plans.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(agency, plans);
        Ok(missing)
    }

    /// Takes a list's turn; none while it is fetched already.
    pub(crate) fn fetching_turn(&self, list: HotlistId) -> Option<Turn> {
        let mut running = self.inner().feeds.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(list).then(|| Turn { app: self.clone(), list })
    }
}

/// Begins to fetch every list whose time has come; what comes of each.
pub async fn fetch_due(app: &App, now: Timestamp) -> Result<Vec<Fetching>, BoxError> {
    let mut begun = Vec::new();
    for agency in app.inner().store.agencies().await? {
        if app.inner().feeds.fetches_for(agency.id) {
            begun.extend(fetch_due_of(app, agency.id, now).await?);
        }
    }
    Ok(begun)
}

async fn fetch_due_of(
    app: &App,
    agency: AgencyId,
    now: Timestamp,
) -> Result<Vec<Fetching>, BoxError> {
    let (store, feeds) = (&app.inner().store, &app.inner().feeds);
    let permit = server_permit::<ListHotlists>(agency, now)?;
    let states = store.feed_states(&permit).await?;
    let mut begun = Vec::new();
    for list in store.hotlists(&permit).await? {
        let Some(plan) = feeds.plan(agency, &list.name) else { continue };
        let state = states.get(&list.id).filter(|state| state.source == plan.feed.says());
        let next_at = state.and_then(|state| state.next_at).max(feeds.looks_again_at(list.id));
        if feeds.runs(list.id) || next_at.is_some_and(|at| now < at) {
            continue;
        }
        if !plan.feed.may_have().await {
            feeds.looked(list.id, now.plus(plan.every));
            continue;
        }
        match begin_fetch(app, &Ctx::server(agency, now), list.id, false).await {
            Ok(fetching) => begun.push(fetching),
            // Somebody began one meanwhile.
            Err(AskError::Invalid { .. }) => {}
            Err(err) => tracing::error!(error = chain(&err), "failed to begin fetching a hotlist"),
        }
    }
    Ok(begun)
}
