//! Hand-over between shifts: somebody offers their hits, and those that nobody has, to somebody of the next shift. What is not
//! accepted stays where it was. Each of it is a deed of the hit.

use std::collections::HashMap;

use domain::access::{ListHits, OpenHit, SeeShift, WorkHits};
use domain::life::{Deed, Done, Life, Stage};
use domain::{Hit, HitId, PersonId, Timestamp};
use store::OpenHits;

use super::shift::shifts_from;
use super::view::name_of;
use super::{Colleague, TRIES, colleagues, is_somebody, not_now};
use crate::bus::Topic;
use crate::cards::Joins;
use crate::policies::InForce;
use crate::record::{About, Act, Leave};
use crate::use_cases::said::wrong;
use crate::views::HitCard;
use crate::{App, AskError, Ctx};

/// Hits of each kind on the page, and hits that are offered or accepted at once.
const HITS: u32 = 200;
/// Longest note, in characters.
const NOTE_MAX: usize = 1_000;

/// The hand-over's page.
#[derive(Clone, PartialEq, Debug)]
pub struct HandOverPage {
    /// Hits that are offered to whoever looks.
    pub to_me: Vec<OfferedRow>,
    /// Open hits that they look after.
    pub mine: Vec<OpenRow>,
    /// Open hits that nobody looks after.
    pub waiting: Vec<OpenRow>,
    /// To whom they can be handed: those of the next shift first.
    pub takers: Vec<Taker>,
    /// When the shift that runs ends, on the agency's wall.
    pub shift_ends: String,
}

/// A hit that is offered to somebody.
#[derive(Clone, PartialEq, Debug)]
pub struct OfferedRow {
    /// The hit.
    pub card: HitCard,
    /// How far it has come.
    pub stage: Stage,
    /// The offer.
    pub offer: Offer,
}

/// An offer that was not accepted yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// By whom, by name.
    pub by: String,
    /// To whom, by name.
    pub to: String,
    /// When.
    pub at: Timestamp,
    /// What they have to know.
    pub note: String,
}

/// An open hit.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenRow {
    /// The hit.
    pub card: HitCard,
    /// How far it has come.
    pub stage: Stage,
    /// To whom it is offered, where it is.
    pub offer: Option<Offer>,
}

/// Somebody to whom hits can be handed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taker {
    /// Who.
    pub id: PersonId,
    /// By name.
    pub name: String,
    /// As which unit the roster has them in the next shift.
    pub next_unit: Option<String>,
}

/// The hand-over's page, for who looks.
pub async fn hand_over_page(app: &App, ctx: &Ctx) -> Result<HandOverPage, AskError> {
    let look = app.look::<ListHits>(ctx).await?;
    let failed = || AskError::failed("list the hits to hand over");
    let (store, leave) = (&app.inner().store, look.leave());
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let names = colleagues(app, leave, &policy).await?;
    let me = ctx.person_id().unwrap_or(PersonId::from_i64(0));
    let kinds = [OpenHits::OfferedTo(me), OpenHits::HeldBy(me), OpenHits::Untaken];
    let mut rows = Vec::with_capacity(kinds.len());
    for kind in kinds {
        let hits = store.open_hits_that(look.permit(), kind, HITS).await.map_err(failed())?;
        rows.push(open_rows(app, leave, &names, &hits).await?);
    }
    let cards = || rows.iter().flatten().map(|row| &row.card);
    look.shows(cards().map(|hit| hit.plate)).await;
    let sent = cards().flat_map(|hit| [format!("hit {}", hit.id), format!("read {}", hit.read)]);
    look.sends(sent.collect::<Vec<_>>()).await;
    let (waiting, mine) = (rows.pop().unwrap_or_default(), rows.pop().unwrap_or_default());
    let offered = rows.pop().unwrap_or_default().into_iter();
    let to_me = offered
        .filter_map(|row| Some(OfferedRow { card: row.card, stage: row.stage, offer: row.offer? }));
    let begins = &policy.bundle.settings().verification.shifts;
    let shifts = shifts_from(ctx.now, &policy.zone, begins, 1);
    let ends = shifts.first().map(|shift| policy.on_the_wall(shift.until));
    Ok(HandOverPage {
        to_me: to_me.collect(),
        mine,
        waiting,
        takers: takers(app, ctx, leave, &policy, &names).await?,
        shift_ends: ends.unwrap_or_default(),
    })
}

async fn open_rows(
    app: &App,
    leave: &Leave,
    names: &HashMap<PersonId, Colleague>,
    hits: &[Hit],
) -> Result<Vec<OpenRow>, AskError> {
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    let cards = Joins::load(app, leave).await?.hit_cards(app, leave, hits).await?;
    let permit = leave.permit::<OpenHit>()?;
    let mut rows = Vec::with_capacity(cards.len());
    for card in cards {
        let life = app.inner().store.life(&permit, card.id).await;
        let life = life.map_err(AskError::failed("look up what was done with a hit"))?;
        rows.push(OpenRow { card, stage: life.stage(), offer: offer_of(&life, names) });
    }
    Ok(rows)
}

fn offer_of(life: &Life, names: &HashMap<PersonId, Colleague>) -> Option<Offer> {
    let (to, done) = life.offer()?;
    let Deed::Offered { note, .. } = &done.deed else { return None };
    Some(Offer {
        by: name_of(done.by, names),
        to: name_of(Some(to), names),
        at: done.at,
        note: note.clone(),
    })
}

/// Whoever may look after hits: those whom the roster has in the next shift first, then by name.
async fn takers(
    app: &App,
    ctx: &Ctx,
    leave: &Leave,
    policy: &InForce,
    names: &HashMap<PersonId, Colleague>,
) -> Result<Vec<Taker>, AskError> {
    let begins = &policy.bundle.settings().verification.shifts;
    let next = shifts_from(ctx.now, &policy.zone, begins, 1).pop();
    let mut units = HashMap::new();
    if let Some(next) = next {
        let duties = app.inner().store.duties(&leave.permit::<SeeShift>()?, next).await;
        let duties = duties.map_err(AskError::failed("look up the next shift"))?;
        let named = duties
            .into_iter()
            .filter_map(|duty| Some((duty.about.person?, duty.about.unit.to_string())));
        units.extend(named);
    }
    let others = names.iter().filter(|(id, one)| one.may_work && Some(**id) != ctx.person_id());
    let taker = |(id, one): (&PersonId, &Colleague)| Taker {
        id: *id,
        name: one.name.clone(),
        next_unit: units.get(id).cloned(),
    };
    let mut takers: Vec<Taker> = others.map(taker).collect();
    takers.sort_by(|one, other| {
        (one.next_unit.is_none(), &one.name).cmp(&(other.next_unit.is_none(), &other.name))
    });
    Ok(takers)
}

/// Offers hits to somebody of the next shift, all of these or none. Until they accept, whoever has a hit keeps it.
pub async fn offer_hits(
    app: &App,
    ctx: &Ctx,
    hits: &[HitId],
    to: PersonId,
    note: &str,
) -> Result<usize, AskError> {
    let act =
        app.begin::<WorkHits>(ctx, About { objects: named(hits), ..About::default() }).await?;
    let note = note.trim();
    if note.chars().count() > NOTE_MAX {
        return Err(wrong("note", "is longer than 1,000 characters"));
    }
    done_with_all(app, ctx, act, hits, Deed::Offered { to, note: note.to_owned() }).await
}

/// Accepts hits that were offered to whoever accepts, all of these or none.
pub async fn accept_hits(app: &App, ctx: &Ctx, hits: &[HitId]) -> Result<usize, AskError> {
    let act =
        app.begin::<WorkHits>(ctx, About { objects: named(hits), ..About::default() }).await?;
    done_with_all(app, ctx, act, hits, Deed::Accepted).await
}

async fn done_with_all(
    app: &App,
    ctx: &Ctx,
    act: Act<WorkHits>,
    hits: &[HitId],
    deed: Deed,
) -> Result<usize, AskError> {
    let failed = || AskError::failed("hand hits over");
    let (store, leave) = (&app.inner().store, act.leave());
    let mut hits = hits.to_vec();
    hits.sort_unstable();
    hits.dedup();
    if hits.is_empty() {
        return Err(wrong("hits", "are none: choose at least one"));
    }
    if hits.len() > HITS as usize {
        return Err(wrong("hits", "are more than 200: hand them over in parts"));
    }
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let names = colleagues(app, leave, &policy).await?;
    is_somebody(&deed, &names)?;
    let steps = domain::life::Steps::default();
    for _ in 0..TRIES {
        let mut lives = Vec::with_capacity(hits.len());
        for id in &hits {
            let hit = store.hit(&leave.permit::<OpenHit>()?, *id).await.map_err(failed())?;
            hit.ok_or_else(|| AskError::not_found("hit", id))?;
            let life = store.life(&leave.permit()?, *id).await.map_err(failed())?;
            life.may(&deed, ctx.person_id(), &steps).map_err(|why| not_now(&why, &names))?;
            lives.push((*id, life));
        }
        let done = Done { at: ctx.now, by: ctx.person_id(), deed: deed.clone() };
        if store.add_deeds(act.permit(), &lives, &done).await.map_err(failed())? {
            app.bus().tell(ctx.agency, Topic::Lives, None);
            let word = deed.word();
            act.done(hits.iter().map(|hit| format!("hit {hit}, {word}")).collect::<Vec<_>>());
            return Ok(hits.len());
        }
    }
    Err(wrong("hits", "have others at work on them: look at what they did, then do it again"))
}

fn named(hits: &[HitId]) -> Vec<String> {
    hits.iter().take(HITS as usize).map(|hit| format!("hit {hit}")).collect()
}
