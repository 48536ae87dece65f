//! Say how a hotlist's files are read, by how much a new one may shrink, and how old it may become.

use domain::access::{ListHotlists, ManageHotlists};
use domain::{HotlistId, Topic};
use hotfile::Layout;
use store::TopicFound;

use crate::bus::Topic as BusTopic;
use crate::error::no_such;
use crate::record::About;
use crate::{App, AskError, Ctx, matching};

/// Hours in a year: a list may not be called fresh for longer.
const STALE_HOURS_MAX: u32 = 8_760;

/// What is set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HotlistSource {
    /// The layout, as text (docs/hotlists.md); none: every import says it anew.
    pub layout: Option<String>,
    /// A new version with fewer entries by more than so many per cent waits for a person.
    pub drop_percent: u32,
    /// Hours after which the list is called stale; none: as its category says.
    pub stale_hours: Option<u32>,
}

/// Sets it. Topics that the layout names are known from then on, and are off until somebody switches them on; those that it does
/// not name any more are switched off.
pub async fn set_hotlist_source(
    app: &App,
    ctx: &Ctx,
    hotlist: HotlistId,
    source: HotlistSource,
) -> Result<(), AskError> {
    let act = app.begin::<ManageHotlists>(ctx, About::one("hotlist", hotlist)).await?;
    let layout = check(&source)?;
    let store = &app.inner().store;
    let HotlistSource { layout: text, drop_percent, stale_hours } = source;
    let text = text.filter(|text| !text.trim().is_empty());
    let set = store
        .set_hotlist_source(act.permit(), hotlist, text.as_deref(), drop_percent, stale_hours)
        .await;
    set.map_err(no_such("hotlist", hotlist, "set how the hotlist is read"))?;
    let all = store.topics(&act.leave().permit::<ListHotlists>()?).await;
    let all = all.map_err(AskError::failed("look up the list's topics"))?;
    let there: Vec<_> = all.into_iter().filter(|topic| topic.hotlist == hotlist).collect();
    let found = topics_now(layout.as_ref(), &there);
    let known = store.know_topics(act.permit(), hotlist, &found).await;
    known.map_err(AskError::failed("set the list's topics"))?;
    let rebuilt = matching::rebuild(app, ctx.agency).await;
    rebuilt.map_err(AskError::failed("load the lists into the matcher"))?;
    app.bus().tell(ctx.agency, BusTopic::Hotlists, None);
    let name = layout.map_or_else(|| "none".to_owned(), |layout| layout.name);
    act.done([format!(
        "hotlist {hotlist}, layout “{name}”, waits when {drop_percent} % smaller, stale after {} hours",
        stale_hours.map_or_else(|| "its category’s".to_owned(), |hours| hours.to_string())
    )]);
    Ok(())
}

fn check(source: &HotlistSource) -> Result<Option<Layout>, AskError> {
    let invalid = |field, why: String| AskError::Invalid { field, why };
    if source.drop_percent > 100 {
        return Err(invalid("drop_percent", "expected 0 to 100".to_owned()));
    }
    if source.stale_hours.is_some_and(|hours| !(1..=STALE_HOURS_MAX).contains(&hours)) {
        return Err(invalid("stale_hours", format!("expected 1 to {STALE_HOURS_MAX}")));
    }
    let text = source.layout.as_deref().filter(|text| !text.trim().is_empty());
    let layout = text.map(Layout::parse).transpose();
    layout.map_err(|faults| {
        let says: Vec<_> = faults.iter().map(ToString::to_string).collect();
        invalid("layout", says.join("\n"))
    })
}

/// What is known of topics from now on: those of the layout, and of the others only that they come.
fn topics_now(layout: Option<&Layout>, there: &[Topic]) -> Vec<TopicFound> {
    let named = layout.map(|layout| layout.topics.as_slice()).unwrap_or_default();
    let named = named.iter().map(|topic| TopicFound {
        value: topic.value.clone(),
        name: topic.name.clone(),
        kind: Some(topic.kind),
    });
    let mut found: Vec<_> = named.collect();
    for topic in there {
        let is_named = found.iter().any(|one| one.value.eq_ignore_ascii_case(&topic.value));
        if !is_named {
            let value = topic.value.clone();
            found.push(TopicFound { name: value.clone(), value, kind: None });
        }
    }
    found
}
