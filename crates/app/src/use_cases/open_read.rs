//! One read with its alternatives and hits.

use domain::ReadRef;
use domain::access::OpenRead;

use crate::cards::{Joins, read_at};
use crate::views::ReadPage;
use crate::{App, AskError, Ctx};

/// Opens a read.
pub async fn open_read(app: &App, ctx: &Ctx, at: ReadRef) -> Result<ReadPage, AskError> {
    let permit = ctx.permit::<OpenRead>()?;
    let stored = read_at(app, ctx, at).await?.ok_or_else(|| AskError::not_found("read", at))?;
    let hits = app.inner().store.hits_of_read(&permit, at).await;
    let hits = hits.map_err(AskError::failed("list the read's hits"))?;
    let joins = Joins::load(app, ctx).await?;
    let n_hits = u32::try_from(hits.len()).unwrap_or(u32::MAX);
    Ok(ReadPage {
        card: joins.read_card(&stored, n_hits),
        hits: joins.hit_cards(app, ctx, &hits).await?,
        alternatives: stored.read.alternatives,
        claimed_at: stored.read.claimed_at,
        camera: joins.camera(stored.read.camera).cloned(),
    })
}
