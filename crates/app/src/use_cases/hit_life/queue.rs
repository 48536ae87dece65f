//! The crime centre's queue: every hit with which something is still to be done (`AUS-344.3.2a`, `AUS-344.3.2a1`).

use std::collections::HashMap;
use std::time::Duration;

use domain::access::ListHits;
use domain::life::Stage;
use domain::{HitId, PersonId, Timestamp};

use super::view::{may, name_of};
use super::{Colleague, colleagues};
use crate::cards::{Joins, page_limit};
use crate::own_entries::hidden_from;
use crate::views::{HitCard, Page};
use crate::{App, AskError, Ctx};

/// So far back the queue counts.
const COUNTED: Duration = Duration::from_secs(24 * 3600);

/// Which part of the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QueueAsk {
    /// Only hits before this one: the page after.
    pub before: Option<HitId>,
    /// At most so many, 1–200; 0 means 50.
    pub limit: u32,
}

/// The queue.
#[derive(Clone, PartialEq, Debug)]
pub struct Queue {
    /// Open hits, newest first.
    pub page: Page<QueueRow>,
    /// How many hits of the last 24 hours stand at each stage: unreviewed ones too.
    pub counts: Vec<(Stage, u64)>,
    /// After how long a hit that nobody took is told of.
    pub wait: Duration,
    /// What who looks may do.
    pub may: Vec<policy::Action>,
}

/// One hit of the queue.
#[derive(Clone, PartialEq, Debug)]
pub struct QueueRow {
    /// The hit.
    pub card: HitCard,
    /// How far it has come.
    pub stage: Stage,
    /// Who looks after it.
    pub holder: Option<String>,
    /// Whether that is who looks.
    pub is_mine: bool,
    /// Whether it has waited past the limit.
    pub is_overdue: bool,
    /// Since when it stands as it does.
    pub since: Timestamp,
}

/// The queue, as it is now.
pub async fn hit_queue(app: &App, ctx: &Ctx, ask: QueueAsk) -> Result<Queue, AskError> {
    let look = app.look::<ListHits>(ctx).await?;
    let failed = || AskError::failed("list the queue");
    let (store, leave) = (&app.inner().store, look.leave());
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let limit = page_limit(ask.limit);
    let hits = store.open_hits(look.permit(), ask.before, limit + 1).await.map_err(failed())?;
    let Page { items, next, .. } = Page::cut(hits, limit, |hit| hit.id.to_string());
    let ids: Vec<HitId> = items.iter().map(|hit| hit.id).collect();
    let lives = store.lives(look.permit(), &ids).await.map_err(failed())?;
    let since = ctx.now.minus(COUNTED);
    let hidden = hidden_from(app, ctx).await?;
    let counts = store.hits_by_stage(look.permit(), since, &hidden).await.map_err(failed())?;
    let names = colleagues(app, leave, &policy).await?;
    let joins = Joins::load(app, leave).await?;
    let mut cards = joins.hit_cards(app, leave, &items).await?;
    joins.say_seen(app, leave, &mut cards, &HashMap::new()).await?;
    let sent =
        cards.iter().flat_map(|hit| [format!("hit {}", hit.id), format!("read {}", hit.read)]);
    look.shows(cards.iter().map(|hit| hit.plate)).await;
    look.sends(sent.collect::<Vec<_>>()).await;
    let minutes = u64::from(policy.bundle.settings().verification.wait_minutes);
    let wait = Duration::from_secs(minutes * 60);
    let row = |card: HitCard| row(card, &lives, &names, ctx, wait);
    let page = Page { items: cards.into_iter().map(row).collect(), next, n_left_out: 0 };
    let counted = |stage: &Stage| (*stage, counts.get(stage).copied().unwrap_or(0));
    Ok(Queue { page, counts: Stage::ALL.iter().map(counted).collect(), wait, may: may(ctx) })
}

fn row(
    card: HitCard,
    lives: &HashMap<HitId, store::LifeRow>,
    names: &HashMap<PersonId, Colleague>,
    ctx: &Ctx,
    wait: Duration,
) -> QueueRow {
    let life = lives.get(&card.id);
    let stage = life.map_or(Stage::Raised, |life| life.stage);
    let holder = life.and_then(|life| life.holder);
    QueueRow {
        stage,
        holder: holder.map(|id| name_of(Some(id), names)),
        is_mine: holder.is_some() && holder == ctx.person_id(),
        is_overdue: stage == Stage::Raised && ctx.now.since(card.raised_at) >= wait,
        since: life.map_or(card.raised_at, |life| life.changed_at),
        card,
    }
}
