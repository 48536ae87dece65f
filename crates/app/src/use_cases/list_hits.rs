//! The live list of hits.

use std::collections::HashMap;
use std::sync::Arc;

use domain::access::ListHits;
use domain::{AgencyId, EntryRef, HitId};
use store::{Hidden, HitsQuery};

use crate::alerts::firsts;
use crate::cards::{Joins, page_limit};
use crate::own_entries::hidden_from;
use crate::record::Look;
use crate::views::{HitCard, Page};
use crate::{App, AskError, Ctx};

/// Which hits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
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

/// What is made of the agency's hits once for all who ask in the same moment.
#[derive(Debug)]
pub(crate) struct Found {
    /// Each with the entry that it fits.
    hits: Vec<(EntryRef, HitCard)>,
    /// Whether one of the agency's own entries is among those: what is covert of them is not for everybody.
    has_own: bool,
    next: Option<String>,
}

/// What it depends on: whose hits, which, and the number of the last change that was told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Asked {
    agency: AgencyId,
    ask: HitsAsk,
    newest: i64,
}

/// Hits, newest first.
pub async fn list_hits(app: &App, ctx: &Ctx, ask: HitsAsk) -> Result<Page<HitCard>, AskError> {
    let look = app.look::<ListHits>(ctx).await?;
    let found = if ask.after.is_some() {
        // Whoever is told of new hits asks for them: all consoles at once.
        let asked = Asked { agency: ctx.agency, ask, newest: app.bus().newest(ctx.agency) };
        app.inner().new_hits.get(asked, Box::pin(find(app, &look, ask))).await?
    } else {
        find(app, &look, ask).await?
    };
    let hidden = if found.has_own { hidden_from(app, ctx).await? } else { Hidden::default() };
    let shown = found.hits.iter().filter(|(entry, _)| !hidden.holds(*entry));
    let items: Vec<HitCard> = shown.map(|(_, hit)| hit.clone()).collect();
    let sent =
        items.iter().flat_map(|hit| [format!("hit {}", hit.id), format!("read {}", hit.read)]);
    look.shows(items.iter().map(|hit| hit.plate)).await;
    look.sends(sent.collect::<Vec<_>>()).await;
    Ok(Page { items, next: found.next.clone(), n_left_out: 0 })
}

async fn find(app: &App, look: &Look<ListHits>, ask: HitsAsk) -> Result<Arc<Found>, AskError> {
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
    let joins = Joins::for_all(app, leave).await?;
    let mut cards = joins.hit_cards(app, leave, &items).await?;
    joins.say_seen(app, leave, &mut cards, &groups).await?;
    let entries: HashMap<HitId, EntryRef> =
        items.iter().map(|hit| (hit.id, hit.hit.entry)).collect();
    let hits: Vec<(EntryRef, HitCard)> =
        cards.into_iter().filter_map(|card| Some((*entries.get(&card.id)?, card))).collect();
    let has_own = hits.iter().any(|(entry, _)| joins.is_own(*entry));
    Ok(Arc::new(Found { hits, has_own, next }))
}
