//! The feed of reads.

use domain::access::ListReads;
use domain::{CameraId, ReadId, ReadRef};
use store::ReadsQuery;

use crate::cards::{Joins, page_limit};
use crate::own_entries::hidden_from;
use crate::protected::{Shield, Sifted};
use crate::views::{Page, ReadCard};
use crate::{App, AskError, Ctx};

/// Which reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadsAsk {
    /// Only reads before this one: the page after.
    pub before: Option<ReadRef>,
    /// Only this camera's.
    pub camera: Option<CameraId>,
    /// At most so many, 1–200; 0 means 50.
    pub limit: u32,
}

/// Reads, newest first. Those of protected events that the policy does not let somebody see are left out, and counted.
pub async fn list_reads(app: &App, ctx: &Ctx, ask: ReadsAsk) -> Result<Page<ReadCard>, AskError> {
    let look = app.look::<ListReads>(ctx).await?;
    let limit = page_limit(ask.limit);
    let store = &app.inner().store;
    let query = ReadsQuery { before: ask.before, camera: ask.camera, limit: limit + 1 };
    let reads = store.list_reads(look.permit(), query).await;
    let Page { items, next, .. } =
        Page::cut(reads.map_err(AskError::failed("list the reads"))?, limit, |read| {
            read.at.to_string()
        });
    let ids: Vec<ReadId> = items.iter().map(|read| read.at.id).collect();
    let hits = store
        .hit_counts(look.permit(), &ids, &hidden_from(app, ctx).await?)
        .await
        .map_err(AskError::failed("count the reads' hits"))?;
    let Sifted { reads: items, n_left_out } = match Shield::of(app, ctx).await? {
        Some(shield) => shield.sift::<ListReads>(app, ctx, items, &hits).await?,
        None => Sifted { reads: items, n_left_out: 0 },
    };
    let joins = Joins::load(app, look.leave()).await?;
    let n_hits = |read: ReadRef| hits.get(&read.id).copied().unwrap_or(0);
    look.shows(items.iter().map(|read| read.read.plate)).await;
    look.sends(items.iter().map(|read| format!("read {}", read.at)).collect::<Vec<_>>()).await;
    let cards = items.iter().map(|read| joins.read_card(read, n_hits(read.at)));
    Ok(Page { items: cards.collect(), next, n_left_out })
}
