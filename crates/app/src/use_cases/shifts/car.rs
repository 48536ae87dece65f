//! The car's page: what somebody is signed on as, and the hit that it shows.

use domain::access::{ListCameras, ListHits, OpenHit, SeeShift, SignOnShift};
use domain::shift::{SignOn, Unit};
use domain::{Camera, CameraId, Hit, HitId, Mounting, Refusal};

use super::{Shift, policy};
use crate::cards::Joins;
use crate::record::{Leave, server_permit};
use crate::use_cases::hit_life::life_of;
use crate::use_cases::said::me;
use crate::views::HitCard;
use crate::{App, AskError, Ctx, LifeView};

/// So many hits are listed beside the one that is shown.
const LISTED: u32 = 8;

/// The car's page.
#[derive(Clone, PartialEq, Debug)]
pub struct CarPage {
    /// What whoever looks is signed on as.
    pub own: Option<SignOn>,
    /// The shift that runs and the one after it: those that one can sign on for.
    pub shifts: Vec<Shift>,
    /// When the sign-on's shift ends, on the agency's wall; empty where there is none.
    pub until: String,
    /// Cameras that are mounted on cars.
    pub cameras: Vec<(CameraId, String)>,
    /// As which unit the roster has whoever looks.
    pub rostered: Option<Unit>,
    /// The hits, where they are signed on and may see them; otherwise why not.
    pub hits: Option<Result<CarHits, Refusal>>,
}

/// The hits of the car's page.
#[derive(Clone, PartialEq, Debug)]
pub struct CarHits {
    /// The one that is shown: the newest that is open, or the one that was asked for.
    pub shown: Option<CarHit>,
    /// The newest open hits, the newest first.
    pub newest: Vec<HitCard>,
}

/// A hit as the car's page shows it.
#[derive(Clone, PartialEq, Debug)]
pub struct CarHit {
    /// What was read, and what was looked for.
    pub card: HitCard,
    /// What was done with it, and what is still to be done before a stop.
    pub life: LifeView,
    /// The camera.
    pub camera: Option<Camera>,
    /// Every camera of the agency that has a place.
    pub around: Vec<Camera>,
}

/// The car's page, with a certain hit or the newest.
pub async fn open_car(app: &App, ctx: &Ctx, asked: Option<HitId>) -> Result<CarPage, AskError> {
    app.permit_to_ask::<SignOnShift>(ctx).await?;
    let failed = || AskError::failed("look up what somebody is signed on as");
    let store = &app.inner().store;
    let policy = policy(app, ctx).await?;
    let person = me(ctx)?;
    // Their own, and the names of the agency's cars: no look at anything of anybody else's.
    let permit = server_permit::<SignOnShift>(ctx.agency, ctx.now)?;
    let own = store.own_sign_on(&permit, person, ctx.now).await.map_err(failed())?;
    let shifts = Shift::all_from(&policy, ctx.now, 1);
    let cameras = store.cameras(&server_permit::<ListCameras>(ctx.agency, ctx.now)?).await;
    let is_in_a_car =
        |one: &Camera| one.about.mounting == Mounting::Vehicle && one.disabled_at.is_none();
    let cameras = cameras.map_err(failed())?.into_iter().filter(is_in_a_car);
    let mut rostered = None;
    if let Some(now) = shifts.first() {
        let permit = server_permit::<SeeShift>(ctx.agency, ctx.now)?;
        let duties = store.duties(&permit, now.span).await.map_err(failed())?;
        let own = duties.into_iter().find(|duty| duty.about.person == Some(person));
        rostered = own.map(|duty| duty.about.unit);
    }
    let hits = match &own {
        None => None,
        Some(_) => match hits(app, ctx, asked).await {
            Ok(hits) => Some(Ok(hits)),
            Err(AskError::Refused(refusal)) => Some(Err(refusal)),
            Err(err) => return Err(err),
        },
    };
    let until = own.as_ref().map(|one| policy.on_the_wall(one.about.span.until));
    Ok(CarPage {
        own,
        shifts,
        until: until.unwrap_or_default(),
        cameras: cameras.map(|one| (one.id, one.about.name)).collect(),
        rostered,
        hits,
    })
}

async fn hits(app: &App, ctx: &Ctx, asked: Option<HitId>) -> Result<CarHits, AskError> {
    let look = app.look::<ListHits>(ctx).await?;
    let failed = || AskError::failed("list the hits");
    let (store, leave) = (&app.inner().store, look.leave());
    let open = store.open_hits(look.permit(), None, LISTED).await.map_err(failed())?;
    let shown = match asked {
        None => open.first().cloned(),
        Some(id) => {
            let hit = store.hit(&leave.permit::<OpenHit>()?, id).await.map_err(failed())?;
            Some(hit.ok_or_else(|| AskError::not_found("hit", id))?)
        }
    };
    let joins = Joins::load(app, leave).await?;
    let newest = joins.hit_cards(app, leave, &open).await?;
    let shown = match shown {
        None => None,
        Some(hit) => car_hit(app, ctx, leave, &joins, &hit).await?,
    };
    let cards = || newest.iter().chain(shown.iter().map(|one| &one.card));
    look.shows(cards().map(|hit| hit.plate)).await;
    let sent = cards().flat_map(|hit| [format!("hit {}", hit.id), format!("read {}", hit.read)]);
    look.sends(sent.collect::<Vec<_>>()).await;
    Ok(CarHits { shown, newest })
}

async fn car_hit(
    app: &App,
    ctx: &Ctx,
    leave: &Leave,
    joins: &Joins,
    hit: &Hit,
) -> Result<Option<CarHit>, AskError> {
    let cards = joins.hit_cards(app, leave, std::slice::from_ref(hit)).await?;
    let Some(card) = cards.into_iter().next() else { return Ok(None) };
    let life = life_of(app, ctx, leave, hit).await?;
    let camera = joins.camera(card.camera_id).cloned();
    Ok(Some(CarHit { card, life, camera, around: joins.placed() }))
}
