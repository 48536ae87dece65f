//! Who asks, for which agency, when and from where: the first argument of every use case after the app.

use std::net::IpAddr;

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
    /// Through what and from where.
    pub origin: Origin,
}

/// Through which part of the server somebody acts, in which session, from which address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The part of the server.
    pub part: Part,
    /// The session, by a word that opens nothing.
    pub session: Option<SessionRef>,
    /// The network address.
    pub address: Option<IpAddr>,
}

/// A part of the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The staff pages.
    Console,
    /// The JSON API.
    Api,
    /// A camera's way in.
    Camera,
    /// A command on the server.
    Command,
    /// The server by itself.
    Server,
}

impl Part {
    /// Its word in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Api => "api",
            Self::Camera => "camera",
            Self::Command => "command",
            Self::Server => "server",
        }
    }
}

/// A session by the beginning of its digest: enough to tell sessions apart, useless to sign in with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SessionRef(pub [u8; 8]);

impl Ctx {
    const fn of(actor: Actor, agency: AgencyId, now: Timestamp, part: Part) -> Self {
        Self { actor, agency, now, origin: Origin { part, session: None, address: None } }
    }

    /// A signed-in administrator in their own agency.
    pub const fn administrator(agency: AgencyId, now: Timestamp) -> Self {
        Self::of(Actor::Administrator(agency), agency, now, Part::Console)
    }

    /// A camera that handed in its key.
    pub const fn camera(agency: AgencyId, camera: CameraId, now: Timestamp) -> Self {
        Self::of(Actor::Camera(agency, camera), agency, now, Part::Camera)
    }

    /// The server itself, acting for an agency.
    pub const fn server(agency: AgencyId, now: Timestamp) -> Self {
        Self::of(Actor::Server, agency, now, Part::Server)
    }

    /// A command on the server, acting for an agency.
    pub const fn command(agency: AgencyId, now: Timestamp) -> Self {
        Self::of(Actor::Server, agency, now, Part::Command)
    }

    /// Nobody who could be named: every use case refuses them.
    pub const fn nobody(now: Timestamp) -> Self {
        Self::of(Actor::Nobody, AgencyId::from_i64(0), now, Part::Server)
    }

    /// The same through another part of the server.
    #[must_use]
    pub const fn through(mut self, part: Part) -> Self {
        self.origin.part = part;
        self
    }

    /// The same from a network address.
    #[must_use]
    pub const fn from_address(mut self, address: Option<IpAddr>) -> Self {
        self.origin.address = address;
        self
    }

    /// The same in a session.
    #[must_use]
    pub const fn in_session(mut self, session: SessionRef) -> Self {
        self.origin.session = Some(session);
        self
    }

    /// Asks for leave to do `A` here. A refusal is counted. Only for who records what is done with it.
    pub(in crate::record) fn permit<A: Action>(&self) -> Result<Permit<A>, Refusal> {
        access::decide::<A>(self.actor, self.agency, self.now).inspect_err(|refusal| {
            metrics::counter!("plateglass_refusals_total", "action" => refusal.action).increment(1);
        })
    }
}
