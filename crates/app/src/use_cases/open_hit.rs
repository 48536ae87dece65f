//! One hit with its entry, its read and the read's other hits.

use std::collections::HashMap;

use domain::HitId;
use domain::access::{OpenHit, OpenRead};

use crate::cards::{Joins, read_at};
use crate::record::About;
use crate::use_cases::hit_life::life_of;
use crate::use_cases::shifts::watch_of;
use crate::views::HitPage;
use crate::{App, AskError, Ctx};

/// Passages of one vehicle that its page shows.
const PASSAGES: u32 = 50;

/// Opens a hit.
pub async fn open_hit(app: &App, ctx: &Ctx, id: HitId) -> Result<HitPage, AskError> {
    let mut act = app.begin::<OpenHit>(ctx, About::one("hit", id)).await?;
    let leave = act.leave();
    let none = || AskError::not_found("hit", id);
    let store = &app.inner().store;
    let hit = store.hit(act.permit(), id).await.map_err(AskError::failed("open the hit"))?;
    let hit = hit.ok_or_else(none)?;
    let at = hit.hit.read;
    let read = read_at(app, leave, at).await?.ok_or_else(none)?.read;
    let all = store.hits_of_read(&leave.permit::<OpenRead>()?, at).await;
    let all = all.map_err(AskError::failed("list the read's hits"))?;
    let joins = Joins::load(app, leave).await?;
    let cards = joins.hit_cards(app, leave, &all).await?;
    let (mut this, others): (Vec<_>, Vec<_>) = cards.into_iter().partition(|card| card.id == id);
    joins.say_seen(app, leave, &mut this, &HashMap::new()).await?;
    let card = this.into_iter().next().ok_or_else(none)?;
    let passages = match &card.seen {
        Some(seen) => {
            let all = store.hits_of_group(act.permit(), seen.first, PASSAGES).await;
            let all = all.map_err(AskError::failed("list the hits of a group"))?;
            joins.hit_cards(app, leave, &all).await?
        }
        None => Vec::new(),
    };
    let seen = std::iter::once(&card).chain(&others).chain(&passages);
    let seen = seen.map(|hit| format!("hit {}", hit.id));
    let seen: std::collections::BTreeSet<String> = seen.collect();
    let life = life_of(app, ctx, leave, &hit).await?;
    let watch = watch_of(app, leave, &hit).await?;
    act.shows([read.plate]);
    act.done(seen.into_iter().chain([format!("read {at}")]).collect::<Vec<_>>());
    Ok(HitPage {
        card,
        alternatives: read.alternatives,
        marks: read.marks,
        claimed_at: read.claimed_at,
        others,
        camera: joins.camera(read.camera).cloned(),
        around: joins.placed(),
        watch,
        passages,
        life,
    })
}
