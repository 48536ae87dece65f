//! One read with its alternatives and hits.

use domain::ReadRef;
use domain::access::OpenRead;

use crate::cards::{Joins, read_at};
use crate::protected::touching;
use crate::record::About;
use crate::views::ReadPage;
use crate::{App, AskError, Ctx};

/// Opens a read.
pub async fn open_read(app: &App, ctx: &Ctx, at: ReadRef) -> Result<ReadPage, AskError> {
    let ctx = touching(app, ctx, at).await?;
    let mut act = app.begin::<OpenRead>(&ctx, About::one("read", at)).await?;
    let leave = act.leave();
    let stored = read_at(app, leave, at).await?.ok_or_else(|| AskError::not_found("read", at))?;
    let hits = app.inner().store.hits_of_read(act.permit(), at).await;
    let hits = hits.map_err(AskError::failed("list the read's hits"))?;
    let joins = Joins::load(app, leave).await?;
    let cards = joins.hit_cards(app, leave, &hits).await?;
    let n_hits = u32::try_from(cards.len()).unwrap_or(u32::MAX);
    act.shows([stored.read.plate]);
    let seen = cards.iter().map(|hit| format!("hit {}", hit.id));
    act.done(std::iter::once(format!("read {at}")).chain(seen).collect::<Vec<_>>());
    Ok(ReadPage {
        card: joins.read_card(&stored, n_hits),
        hits: cards,
        alternatives: stored.read.alternatives,
        claimed_at: stored.read.claimed_at,
        camera: joins.camera(stored.read.camera).cloned(),
    })
}
