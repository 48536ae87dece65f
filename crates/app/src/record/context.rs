//! Who asks, for which agency, when and from where: the first argument of every use case after the app.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use domain::{Actor, AgencyId, CameraId, PersonId, Standing, Timestamp, TokenId};
use policy::{CaseCheck, Offence, ProtectedFact, ReasonFact};

use crate::policies::InForce;

/// The circumstances of one act. Made by whoever knows the actor: the HTTP layer, a command, a reconciler.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// Whose things it is about.
    pub agency: AgencyId,
    /// When it began.
    pub now: Timestamp,
    /// Through what and from where.
    pub origin: Origin,
    /// What is known of the person who acts, where it is a person.
    pub person: Option<Arc<SignedIn>>,
    /// What the act touches of a protected event.
    pub touches: Option<ProtectedFact>,
}

/// Somebody who is signed in: everything that a decision about them is made from.
#[derive(Debug)]
pub struct SignedIn {
    /// Who they are, what they hold and what they completed.
    pub standing: Standing,
    /// Their pseudonym in the ledger.
    pub pseudonym: String,
    /// The policy of their agency; without one nothing is permitted.
    pub policy: Option<Arc<InForce>>,
    /// When they last showed who they are.
    pub authenticated_at: Timestamp,
    /// The digest of the session's secret, or of the token's.
    pub session: [u8; 32],
    /// The token by which a machine asks in their name; none where they ask themselves.
    pub token: Option<ByToken>,
    /// What they work on.
    pub work: Option<WorkingOn>,
}

/// A token that a machine asks by. Shown anew with each request, it is proof that lasts and never a fresh one: what asks for
/// fresh proof (CJIS IA-11) is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ByToken {
    /// Which.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// The words of the actions that it was made for.
    pub scopes: BTreeSet<String>,
}

/// What somebody said that they work on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorkingOn {
    /// The purpose's word in the bundle.
    pub purpose: String,
    /// The case or incident number.
    pub case_number: Option<String>,
    /// The offence, where the purpose asks for one.
    pub offence: Option<Offence>,
    /// Why, in their own words, with what has no place there masked.
    pub reason: Option<String>,
    /// What the bundle makes of the reason.
    pub reason_fact: Option<ReasonFact>,
    /// Whether it is said that it cannot wait for a case number.
    pub exigent: bool,
    /// What the agency's case system said of the number, and when; none where none was asked.
    pub case_check: Option<(CaseCheck, Timestamp)>,
    /// When they said so.
    pub stated_at: Timestamp,
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
        let origin = Origin { part, session: None, address: None };
        Self { actor, agency, now, origin, person: None, touches: None }
    }

    /// Somebody who is signed in, in their own agency.
    pub fn person(signed_in: Arc<SignedIn>, now: Timestamp) -> Self {
        let (agency, id) = (signed_in.standing.person.agency, signed_in.standing.person.id);
        let ctx = Self::of(Actor::Person(agency, id), agency, now, Part::Console);
        Self { person: Some(signed_in), ..ctx }
    }

    /// Who acts, where it is a person.
    pub const fn person_id(&self) -> Option<PersonId> {
        match self.actor {
            Actor::Person(_, id) => Some(id),
            _ => None,
        }
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

    /// The same for an act that touches a protected event.
    pub(crate) fn touching(&self, fact: &ProtectedFact) -> Self {
        Self { touches: Some(fact.clone()), ..self.clone() }
    }

    /// The same through another part of the server.
    #[must_use]
    pub fn through(mut self, part: Part) -> Self {
        self.origin.part = part;
        self
    }

    /// The same from a network address.
    #[must_use]
    pub fn from_address(mut self, address: Option<IpAddr>) -> Self {
        self.origin.address = address;
        self
    }

    /// The same in a session.
    #[must_use]
    pub fn in_session(mut self, session: SessionRef) -> Self {
        self.origin.session = Some(session);
        self
    }
}
