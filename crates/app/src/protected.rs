//! What a look touches of protected events: what people say, believe or gather for is nobody's business without a crime that
//! connects (`AUS-344.4a4`, `AUSP-prohibited`). Whatever shows reads asks here first, and tells the policy.
//!
//! A read that raised a hit has its ground in the entry that wants its vehicle; the policy is told so (`wanted`) and decides.

use std::collections::HashMap;

use domain::access::{Action, ListCameras, ListProtected, OpenRead};
use domain::protected::{NexusRequest, NexusState, NexusWork, ProtectedEvent};
use domain::{CameraId, PersonId, Position, ReadId, ReadRef, StoredRead, Timestamp};
use policy::ProtectedFact;

use crate::record::{About, server_permit};
use crate::{App, AskError, Ctx};

/// An agency's protected events, and where its cameras stand.
pub(crate) struct Shield {
    events: Vec<ProtectedEvent>,
    positions: HashMap<CameraId, Option<Position>>,
    requests: Vec<NexusRequest>,
}

/// What is left of some reads, and how many were left out.
pub(crate) struct Sifted {
    pub(crate) reads: Vec<StoredRead>,
    pub(crate) n_left_out: u64,
}

impl Shield {
    /// The agency's; none where it has no event that protects anything. Looked up to decide and shown to nobody, so it is no
    /// look.
    pub(crate) async fn of(app: &App, ctx: &Ctx) -> Result<Option<Self>, AskError> {
        let failed = || AskError::failed("look up protected events");
        let store = &app.inner().store;
        let permit = server_permit::<ListProtected>(ctx.agency, ctx.now)?;
        if !store.has_protected_events(&permit).await.map_err(failed())? {
            return Ok(None);
        }
        let mut events = store.protected_events(&permit).await.map_err(failed())?;
        events.retain(|event| event.withdrawn.is_none());
        let requests = store.nexus_requests(&permit).await.map_err(failed())?;
        let permit = server_permit::<ListCameras>(ctx.agency, ctx.now)?;
        let cameras = store.cameras(&permit).await.map_err(failed())?;
        let positions = cameras.into_iter().map(|camera| (camera.id, camera.about.position));
        Ok(Some(Self { events, positions: positions.collect(), requests }))
    }

    /// The events at which a camera read something at a moment.
    fn events_at(
        &self,
        camera: CameraId,
        at: Timestamp,
    ) -> impl Iterator<Item = &ProtectedEvent> + Clone {
        let position = self.positions.get(&camera).copied().flatten();
        self.events.iter().filter(move |event| event.about.covers(camera, position, at))
    }

    /// What the policy is told of a look at a read; none where it touches no event.
    fn fact(&self, ctx: &Ctx, read: &StoredRead, wanted: bool) -> Option<ProtectedFact> {
        let touched = self.events_at(read.read.camera, read.read.captured_at);
        touched.clone().next()?;
        let asked = work_of(ctx);
        let documented = |event: &ProtectedEvent, approved: bool| {
            asked.as_ref().is_some_and(|(person, work)| {
                let fits = |one: &&NexusRequest| one.documents(event.id, *person, work, ctx.now);
                let mut own = self.requests.iter().filter(fits);
                own.any(|one| !approved || one.state(ctx.now) == NexusState::Approved)
            })
        };
        Some(ProtectedFact {
            approved: touched.clone().all(|event| documented(event, true)),
            nexus: touched.clone().all(|event| documented(event, false)),
            wanted,
        })
    }

    /// Leaves out of some reads those that the policy does not let somebody see, and writes down a look at those that it does by an
    /// approval.
    pub(crate) async fn sift<A: Action>(
        &self,
        app: &App,
        ctx: &Ctx,
        reads: Vec<StoredRead>,
        hits: &HashMap<ReadId, u32>,
    ) -> Result<Sifted, AskError> {
        let mut known: HashMap<ProtectedFact, bool> = HashMap::new();
        let mut approved: HashMap<ProtectedFact, Vec<String>> = HashMap::new();
        let n_before = reads.len() as u64;
        let mut kept = Vec::with_capacity(reads.len());
        for read in reads {
            let wanted = hits.get(&read.at.id).is_some_and(|n_hits| *n_hits > 0);
            if let Some(fact) = self.fact(ctx, &read, wanted) {
                let may =
                    known.entry(fact.clone()).or_insert_with(|| ctx.touching(&fact).may::<A>());
                if !*may {
                    continue;
                }
                if fact.approved {
                    approved.entry(fact).or_default().push(format!("read {}", read.at));
                }
            }
            kept.push(read);
        }
        for (fact, things) in approved {
            let act = app.begin::<A>(&ctx.touching(&fact), About::nothing_yet()).await?;
            act.done(things);
        }
        let n_left_out = n_before - kept.len() as u64;
        Ok(Sifted { reads: kept, n_left_out })
    }
}

/// What somebody works on, as far as an approval is bound to it.
pub(crate) fn work_of(ctx: &Ctx) -> Option<(PersonId, NexusWork)> {
    let work = ctx.person.as_ref()?.work.as_ref()?;
    let case_number = work.case_number.clone()?;
    Some((ctx.person_id()?, NexusWork { purpose: work.purpose.clone(), case_number }))
}

/// The circumstances of a look at one read, with what the policy has to know of protected events. The read is looked up to
/// decide and shown to nobody.
pub(crate) async fn touching(app: &App, ctx: &Ctx, at: ReadRef) -> Result<Ctx, AskError> {
    let Some(shield) = Shield::of(app, ctx).await? else { return Ok(ctx.clone()) };
    let failed = || AskError::failed("look up whether a read is protected");
    let permit = server_permit::<OpenRead>(ctx.agency, ctx.now)?;
    let store = &app.inner().store;
    let Some(read) = store.read(&permit, at).await.map_err(failed())? else {
        return Ok(ctx.clone());
    };
    let hits = store.hits_of_read(&permit, at).await.map_err(failed())?;
    let fact = shield.fact(ctx, &read, !hits.is_empty());
    Ok(fact.map_or_else(|| ctx.clone(), |fact| ctx.touching(&fact)))
}
