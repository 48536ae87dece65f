//! What is configured, as far as a policy has a say in it: what a new one must not contradict.

use std::collections::BTreeSet;

use domain::AgencyId;
use domain::access::ListHotlists;
use hotfile::Layout;
use policy::Configured;
use policy::settings::Channel;

use crate::record::server_permit;
use crate::{App, AskError};

/// The fields of a read that are stored whatever a policy says: words of [`policy::settings::FIELDS`].
const STORED: [&str; 7] =
    ["plate", "jurisdiction", "time", "place", "camera", "plate-picture", "vehicle-picture"];

/// What is configured at an agency now.
pub(crate) async fn configured(app: &App, agency: AgencyId) -> Result<Configured, AskError> {
    let permit = server_permit::<ListHotlists>(agency, app.now())?;
    let lists = app.inner().store.hotlists(&permit).await;
    let lists = lists.map_err(AskError::failed("look up what is configured"))?;
    let topics = app.inner().store.topics(&permit).await;
    let topics = topics.map_err(AskError::failed("look up what is configured"))?;
    let on = topics.into_iter().filter(|topic| topic.on).filter_map(|topic| topic.kind);
    let of_topics = |list: &&domain::Hotlist| !list.layout.as_deref().is_some_and(has_topics);
    let in_force = lists.iter().filter(|list| list.version.is_some() && list.n_entries > 0);
    let in_force = in_force.filter(of_topics);
    let mut categories: Vec<_> = in_force.map(|list| list.category).collect();
    categories.sort_unstable_by_key(|category| category.word());
    categories.dedup();
    Ok(Configured {
        hotlist_categories: categories,
        hotlist_topics: on.collect(),
        fields: STORED.map(str::to_owned).into(),
        channels: channels(app, agency).await?,
        case_system: app.inner().cases.are_known(agency),
        ..Configured::default()
    })
}

/// The ways out that are in use.
async fn channels(app: &App, agency: AgencyId) -> Result<BTreeSet<Channel>, AskError> {
    let (store, failed) = (&app.inner().store, || AskError::failed("look up what is configured"));
    let mut used = BTreeSet::from([Channel::Console]);
    if !store.devices(agency).await.map_err(failed())?.is_empty() {
        used.insert(Channel::Push);
    }
    if store.wishes(agency).await.map_err(failed())?.values().any(|own| own.mail.is_some()) {
        used.insert(Channel::Mail);
    }
    if !store.webhooks(agency).await.map_err(failed())?.is_empty() {
        used.insert(Channel::Webhook);
    }
    Ok(used)
}

/// Whether a list is judged topic by topic, and not by its own category.
fn has_topics(layout: &str) -> bool {
    Layout::parse(layout).is_ok_and(|layout| !layout.topics.is_empty())
}
