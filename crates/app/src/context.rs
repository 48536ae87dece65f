//! Who asks, for which agency, and when: the first argument of every use case after the app.

use domain::{Action, Actor, AgencyId, CameraId, Permit, Refusal, Timestamp, access};

/// The circumstances of one act. Made by whoever knows the actor: the HTTP layer, a command, a reconciler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// Whose things it is about.
    pub agency: AgencyId,
    /// When it began.
    pub now: Timestamp,
}

impl Ctx {
    /// A signed-in administrator in their own agency.
    pub const fn administrator(agency: AgencyId, now: Timestamp) -> Self {
        Self { actor: Actor::Administrator(agency), agency, now }
    }

    /// A camera that handed in its key.
    pub const fn camera(agency: AgencyId, camera: CameraId, now: Timestamp) -> Self {
        Self { actor: Actor::Camera(agency, camera), agency, now }
    }

    /// The server itself, acting for an agency.
    pub const fn server(agency: AgencyId, now: Timestamp) -> Self {
        Self { actor: Actor::Server, agency, now }
    }

    /// Nobody who could be named: every use case refuses them.
    pub const fn nobody(now: Timestamp) -> Self {
        Self { actor: Actor::Nobody, agency: AgencyId::from_i64(0), now }
    }

    /// Asks for leave to do `A` here. A refusal is counted.
    pub fn permit<A: Action>(&self) -> Result<Permit<A>, Refusal> {
        access::decide::<A>(self.actor, self.agency, self.now).inspect_err(|refusal| {
            metrics::counter!("plateglass_refusals_total", "action" => refusal.action).increment(1);
        })
    }
}
