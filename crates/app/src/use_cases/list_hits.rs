//! The live list of hits.

use domain::HitId;
use domain::access::ListHits;
use store::HitsQuery;

use crate::alerts::firsts;
use crate::cards::{Joins, page_limit};
use crate::views::{HitCard, Page};
use crate::{App, AskError, Ctx};

/// Which hits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HitsAsk {
    /// Only hits after this one: what is new. The newest come first all the same.
    pub after: Option<HitId>,
    /// Only hits before this one: the page after.
    pub before: Option<HitId>,
    /// At most so many, 1–200; 0 means 50.
    pub limit: u32,
    /// Whether repeats of a vehicle are shown with its first hit, that says how often it was seen; otherwise every hit stands for
    /// itself.
    pub grouped: bool,
}

/// Hits, newest first.
pub async fn list_hits(app: &App, ctx: &Ctx, ask: HitsAsk) -> Result<Page<HitCard>, AskError> {
    let look = app.look::<ListHits>(ctx).await?;
    let limit = page_limit(ask.limit);
    let query = HitsQuery { after: ask.after, before: ask.before, limit: limit + 1 };
    let hits = app.inner().store.hits(look.permit(), query).await;
    let Page { items, next, .. } =
        Page::cut(hits.map_err(AskError::failed("list the hits"))?, limit, |hit| {
            hit.id.to_string()
        });
    let (leave, store) = (look.leave(), &app.inner().store);
    let ids: Vec<HitId> = items.iter().map(|hit| hit.id).collect();
    let groups = store.groups_of(look.permit(), &ids).await;
    let groups = groups.map_err(AskError::failed("look up the groups of hits"))?;
    let items = if ask.grouped && groups.values().any(|group| group.repeat.is_some()) {
        let firsts = store.hits_by_ids(look.permit(), &firsts(&items, &groups)).await;
        firsts.map_err(AskError::failed("look up the first hits of vehicles"))?
    } else {
        items
    };
    let joins = Joins::load(app, leave).await?;
    let mut items = joins.hit_cards(app, leave, &items).await?;
    joins.say_seen(app, leave, &mut items, &groups).await?;
    let sent =
        items.iter().flat_map(|hit| [format!("hit {}", hit.id), format!("read {}", hit.read)]);
    look.shows(items.iter().map(|hit| hit.plate)).await;
    look.sends(sent.collect::<Vec<_>>()).await;
    Ok(Page { items, next, n_left_out: 0 })
}
