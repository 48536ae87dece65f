//! The hotlists with their ages and imports.

use domain::access::ListHotlists;
use domain::{Category, FreshFor, Hotlist, HotlistId, Permit, Staleness, Topic};

use super::amber::n_waiting;
use super::fetch_hotlist::feed_view;
use crate::matching::fresh_for;
use crate::policies::InForce;
use crate::record::Leave;
use crate::views::{HotlistRow, TopicRow};
use crate::{App, AskError, Ctx};

/// Every hotlist of the agency, most urgent category first.
pub async fn list_hotlists(app: &App, ctx: &Ctx) -> Result<Vec<HotlistRow>, AskError> {
    let look = app.look::<ListHotlists>(ctx).await?;
    let rows = rows(app, look.leave()).await?;
    look.sends(rows.iter().map(|row| format!("hotlist {}", row.hotlist.id)).collect::<Vec<_>>())
        .await;
    Ok(rows)
}

/// The rows, for who has written down why.
async fn rows(app: &App, leave: &Leave) -> Result<Vec<HotlistRow>, AskError> {
    let permit = leave.permit::<ListHotlists>()?;
    let (agency, now) = (leave.ctx().agency, leave.ctx().now);
    let store = &app.inner().store;
    let lists = store.hotlists(&permit).await;
    let mut lists = lists.map_err(AskError::failed("list the hotlists"))?;
    let topics = store.topics(&permit).await;
    let topics = topics.map_err(AskError::failed("list the topics of hotlists"))?;
    let waiting = store.waiting_versions(&permit).await;
    let waiting = waiting.map_err(AskError::failed("list what waits"))?;
    let urgency = |of| domain::Category::ALL.iter().position(|category| *category == of);
    lists.sort_by(|a, b| {
        urgency(a.category).cmp(&urgency(b.category)).then_with(|| a.name.cmp(&b.name))
    });
    let policy = app.policy(agency);
    let mut rows = Vec::with_capacity(lists.len());
    for hotlist in lists {
        let limits = policy.as_ref().map(|policy| limits(policy, &hotlist));
        let own = topics.iter().filter(|topic| topic.hotlist == hotlist.id);
        rows.push(HotlistRow {
            age: hotlist.renewed_at.map(|at| now.since(at)),
            import: app.inner().imports.status(hotlist.id),
            topics: own.map(|topic| topic_row(policy.as_deref(), topic)).collect(),
            waiting: waiting.iter().find(|one| one.hotlist == hotlist.id).cloned(),
            staleness: limits
                .as_ref()
                .map_or(Staleness::Fresh, |(limits, _)| limits.staleness(hotlist.renewed_at, now)),
            limits,
            feed: feed_view(app, &hotlist).await?,
            plates_waiting: plates_waiting(app, &permit, &hotlist).await?,
            hotlist,
        });
    }
    Ok(rows)
}

/// How many plates of AMBER alerts of a list wait for a person.
async fn plates_waiting(
    app: &App,
    permit: &Permit<ListHotlists>,
    list: &Hotlist,
) -> Result<Option<usize>, AskError> {
    if list.category != Category::AmberAlert {
        return Ok(None);
    }
    let messages = app.inner().store.amber_messages(permit, list.id).await;
    let messages = messages.map_err(AskError::failed("look up the alerts"))?;
    Ok((!messages.is_empty()).then(|| n_waiting(messages, permit.at())))
}

/// How old a list may be, and the law's clause.
fn limits(policy: &InForce, list: &Hotlist) -> (FreshFor, Option<String>) {
    let law = policy.bundle.settings().hotlists.law.as_ref();
    (fresh_for(policy, list), law.map(|law| law.clause.clone()))
}

fn topic_row(policy: Option<&InForce>, topic: &Topic) -> TopicRow {
    let may = match (topic.kind, policy) {
        (None, _) => Err("the list’s layout does not say what it is about".to_owned()),
        (_, None) => Err("there is no policy in force".to_owned()),
        (Some(kind), Some(policy)) => {
            policy.bundle.settings().topic(kind).map_err(|no| no.to_string())
        }
    };
    TopicRow { topic: topic.clone(), may }
}

/// One hotlist.
pub async fn open_hotlist(app: &App, ctx: &Ctx, id: HotlistId) -> Result<HotlistRow, AskError> {
    let look = app.look::<ListHotlists>(ctx).await?;
    let row = hotlist(app, look.leave(), id).await?;
    look.sends([format!("hotlist {id}")]).await;
    Ok(row)
}

/// One hotlist, for who has written down why.
pub(super) async fn hotlist(
    app: &App,
    leave: &Leave,
    id: HotlistId,
) -> Result<HotlistRow, AskError> {
    let all = rows(app, leave).await?;
    all.into_iter()
        .find(|row| row.hotlist.id == id)
        .ok_or_else(|| AskError::not_found("hotlist", id))
}
