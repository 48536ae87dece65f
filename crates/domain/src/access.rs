//! Who may do what. A store function that returns plates wants a [`Permit`]; only [`decide`] and [`decide_for_person`] make
//! one, the latter by the judgement of the agency's policy.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;

use crate::ids::{AgencyId, CameraId, PersonId};
use crate::time::Timestamp;

/// Who acts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Actor {
    /// Somebody of an agency who is signed in.
    Person(AgencyId, PersonId),
    /// A camera, by its key.
    Camera(AgencyId, CameraId),
    /// The server itself: reconcilers, imports by command.
    Server,
    /// Nobody who could be named.
    Nobody,
}

/// Something that can be permitted. The word is stable: it stands in refusals and, later, in the ledger.
pub trait Action {
    /// Its word.
    const WORD: &'static str;
    /// Whether a camera may do it; people and the server may do all of them until there is policy.
    const BY_CAMERA: bool = false;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal $(by_camera: $camera:literal)?;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;
            impl Action for $name {
                const WORD: &'static str = $word;
                $(const BY_CAMERA: bool = $camera;)?
            }
        )*
        /// Every action's word and whether a camera may do it: what the printed matrix is made of.
        pub const ACTIONS: &[(&str, bool)] = &[$(($name::WORD, $name::BY_CAMERA)),*];
    };
}

actions! {
    /// Hand in reads or frames.
    SubmitReads = "submit-reads" by_camera: true;
    /// See the feed of reads.
    ListReads = "list-reads";
    /// Open one read.
    OpenRead = "open-read";
    /// See a picture.
    OpenPicture = "open-picture";
    /// See the live hits.
    ListHits = "list-hits";
    /// Open one hit.
    OpenHit = "open-hit";
    /// Take a hit, hand it over, send it on, reject it, say what became of it.
    WorkHits = "work-hits";
    /// Record what was checked before a stop, and the stop.
    VerifyHits = "verify-hits";
    /// Record what the state's system said of an entry (`TWF-401.4b`, `BEL-461.3e`).
    ConfirmWithState = "confirm-with-state";
    /// Have the state's system asked about a hit (`AUS-344.3.2b2`).
    AskState = "ask-state";
    /// Say what a picture shows, where the plate was misread.
    CorrectReads = "correct-reads";
    /// See incidents, answer for what was done about them.
    WorkIncidents = "work-incidents";
    /// Sign on for a shift as a unit, keep the page open, sign off (`TWF-401.4g`).
    SignOnShift = "sign-on-shift";
    /// See which units are on duty, and which of them are signed on (`TWF-401.4g`).
    SeeShift = "see-shift";
    /// Say which units are on duty in a shift.
    SetDutyRoster = "set-duty-roster";
    /// Enter the facts of a stop that one made (`AUS-344.6b10` to `AUS-344.6b13`).
    EnterStopFacts = "enter-stop-facts";
    /// See the facts of stops, in sum (`AUS-344.6b10` to `AUS-344.6b13`).
    ReadStopFacts = "read-stop-facts";
    /// See how often alerts were right, by list and camera (`AUS-344.6b2`).
    ReadPrecision = "read-precision";
    /// See cameras.
    ListCameras = "list-cameras";
    /// Add, change or disable a camera.
    ManageCameras = "manage-cameras";
    /// Sign off that a camera's place is fair, withdraw that.
    SignOffCamera = "sign-off-camera";
    /// Change how hits are told: webhooks, quiet rules; have something sent again.
    ManageTelling = "manage-telling";
    /// See how hits are told outside, to whom they were, and what became of it.
    ReadDeliveries = "read-deliveries";
    /// See hotlists.
    ListHotlists = "list-hotlists";
    /// Create a hotlist, import into it.
    ManageHotlists = "manage-hotlists";
    /// See the entries of the agency's own.
    ListCustomEntries = "list-custom-entries";
    /// Ask for an entry of the agency's own.
    AskCustomEntry = "ask-custom-entry";
    /// Approve or refuse an entry that somebody else asked for (`TWF-401.4f`).
    ApproveCustomEntry = "approve-custom-entry";
    /// End an entry of the agency's own.
    EndCustomEntry = "end-custom-entry";
    /// Match an entry of the agency's own against what was read before.
    MatchPast = "match-past";
    /// Confirm, correct or refuse a plate that a text of an AMBER alert names.
    ConfirmAmberPlates = "confirm-amber-plates";
    /// See the ledger's leaves.
    ListLedger = "list-ledger";
    /// Open one leaf with its clear text.
    OpenLeaf = "open-leaf";
    /// Search the record of who looked at what.
    SearchAudit = "search-audit";
    /// Take found records out of the house, each with its proof.
    ExportAudit = "export-audit";
    /// Sign a checkpoint on demand, change a log's key.
    ManageLedger = "manage-ledger";
    /// See who has an account, and who holds which role.
    ListPeople = "list-people";
    /// Invite somebody, enable an account again, have somebody enrol anew.
    ManagePeople = "manage-people";
    /// Give a role, end one.
    GrantRole = "grant-role";
    /// Approve a role that somebody else gave.
    ApproveGrant = "approve-grant";
    /// Confirm that an account and its rights are still needed.
    ReviewAccounts = "review-accounts";
    /// Disable an account at once.
    LockAccount = "lock-account";
    /// Release a password that failures locked.
    UnlockAccount = "unlock-account";
    /// See who completed which training.
    ListTraining = "list-training";
    /// Record that somebody completed a course.
    RecordTraining = "record-training";
    /// See the policy in force and who may do what by it.
    ListPolicy = "list-policy";
    /// Propose another policy, withdraw a proposal.
    ManagePolicy = "manage-policy";
    /// Approve a policy that somebody else proposed.
    ApprovePolicy = "approve-policy";
    /// Make tokens for machines, in one's own name.
    ManageTokens = "manage-tokens";
    /// Work through the review inbox: open a review, note, close it with a finding.
    ReviewUse = "review-use";
    /// Sign off the weekly review of the audit trail.
    ReviewWeek = "review-week";
    /// Report what looks like misuse, here or at another agency.
    ReportMisuse = "report-misuse";
    /// Investigate an allegation and record a finding.
    InvestigateMisuse = "investigate-misuse";
    /// Decide whether sharing with an agency that was reported goes on.
    DecideSharing = "decide-sharing";
    /// See each day's sign-in attempts, locks and refusals.
    ReadSecurityDigest = "read-security-digest";
    /// See the protected events, and what was asked and decided about them.
    ListProtected = "list-protected";
    /// Add a protected event, withdraw one.
    ManageProtected = "manage-protected";
    /// Ask to look at what was read at a protected event.
    AskNexus = "ask-nexus";
    /// Approve or refuse a look that somebody else asked for.
    ApproveNexus = "approve-nexus";
    /// Report trouble with equipment or the program, and see what was reported.
    ReportTrouble = "report-trouble";
    /// Take a report of trouble, note something on it, close it.
    HandleTrouble = "handle-trouble";
    /// Look after one's own account: sessions, what one works on, which passkeys and tokens there are.
    OwnAccount = "own-account";
    /// Change what one signs in with.
    ChangeFactors = "change-factors";
}

/// Proof that an action was permitted to somebody for one agency. Cannot be made outside this module.
pub struct Permit<A> {
    actor: Actor,
    agency: AgencyId,
    at: Timestamp,
    action: PhantomData<A>,
}

impl<A: Action> Permit<A> {
    /// Who holds it.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The agency whose things it opens, and no other's.
    pub fn agency(&self) -> AgencyId {
        self.agency
    }

    /// When it was given.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

impl<A: Action> fmt::Debug for Permit<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit({} for {:?} at {})", A::WORD, self.actor, self.at)
    }
}

/// Why something was refused: shown to the person, counted, recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, thiserror::Error)]
#[error("{action} was refused: {}", reasons.iter().map(|r| r.says()).collect::<Vec<_>>().join("; "))]
pub struct Refusal {
    /// The action's word.
    pub action: &'static str,
    /// Every reason, not only the first.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reason {
    /// Its word in the ledger and in answers to programs.
    pub word: Cow<'static, str>,
    /// The clause or control that asks for it.
    pub clause: Option<Cow<'static, str>>,
    /// In words, saying what is missing.
    says: Cow<'static, str>,
}

impl Reason {
    /// Nobody is signed in.
    pub const NOT_SIGNED_IN: Self = Self::fixed(
        "not-signed-in",
        Some("TWF-401.9b"),
        "nobody is signed in: open the sign-in page first",
    );
    /// Cameras hand in reads and do nothing else.
    pub const CAMERAS_ONLY_SUBMIT: Self = Self::fixed(
        "cameras-only-submit",
        None,
        "a camera's key can only hand in reads and frames",
    );
    /// It belongs to another agency.
    pub const OTHER_AGENCY: Self =
        Self::fixed("other-agency", None, "it belongs to another agency");
    /// No policy is in force that could permit it.
    pub const NO_POLICY: Self = Self::fixed(
        "no-policy",
        None,
        "this agency has no policy in force, and without one nothing is permitted",
    );

    /// A token asks for what it was not made for.
    pub const OUTSIDE_TOKEN: Self =
        Self::fixed("token-scope", Some("CJIS AC-6"), "this token was not made for that");

    const fn fixed(word: &'static str, clause: Option<&'static str>, says: &'static str) -> Self {
        let clause = match clause {
            Some(clause) => Some(Cow::Borrowed(clause)),
            None => None,
        };
        Self { word: Cow::Borrowed(word), clause, says: Cow::Borrowed(says) }
    }

    /// A reason that a policy gives.
    pub fn of_policy(word: String, clause: Option<String>, says: String) -> Self {
        Self { word: word.into(), clause: clause.map(Cow::Owned), says: says.into() }
    }

    /// In words, saying what is missing.
    pub fn says(&self) -> &str {
        &self.says
    }
}

/// What an agency's policy says to one question.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Judgement {
    /// Whether it permits.
    pub permits: bool,
    /// Why not.
    pub reasons: Vec<Reason>,
}

/// Decides whether a camera, the server or nobody may do `A` to what `agency` owns. A person needs a judgement.
pub fn decide<A: Action>(
    actor: Actor,
    agency: AgencyId,
    at: Timestamp,
) -> Result<Permit<A>, Refusal> {
    let mut reasons = Vec::new();
    match actor {
        Actor::Server => {}
        Actor::Person(..) => reasons.push(Reason::NO_POLICY),
        Actor::Camera(own, _) => {
            if !A::BY_CAMERA {
                reasons.push(Reason::CAMERAS_ONLY_SUBMIT);
            }
            if own != agency {
                reasons.push(Reason::OTHER_AGENCY);
            }
        }
        Actor::Nobody => reasons.push(Reason::NOT_SIGNED_IN),
    }
    given(actor, agency, at, reasons)
}

/// Decides whether somebody of the agency `own` may do `A` to what `agency` owns, by what the policy of `agency` says.
pub fn decide_for_person<A: Action>(
    (own, person): (AgencyId, PersonId),
    agency: AgencyId,
    at: Timestamp,
    judgement: &Judgement,
) -> Result<Permit<A>, Refusal> {
    let mut reasons = Vec::new();
    if own != agency {
        reasons.push(Reason::OTHER_AGENCY);
    }
    if !judgement.permits {
        reasons.extend(judgement.reasons.iter().cloned());
        if reasons.is_empty() {
            reasons.push(Reason::NO_POLICY);
        }
    }
    given(Actor::Person(own, person), agency, at, reasons)
}

fn given<A: Action>(
    actor: Actor,
    agency: AgencyId,
    at: Timestamp,
    reasons: Vec<Reason>,
) -> Result<Permit<A>, Refusal> {
    if reasons.is_empty() {
        Ok(Permit { actor, agency, at, action: PhantomData })
    } else {
        Err(Refusal { action: A::WORD, reasons })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: AgencyId = AgencyId::from_i64(1);
    const THEIRS: AgencyId = AgencyId::from_i64(2);
    const SOMEBODY: PersonId = PersonId::from_i64(7);
    const NOW: Timestamp = Timestamp::from_micros(0);

    fn may<A: Action>(actor: Actor) -> Result<(), Vec<Reason>> {
        decide::<A>(actor, OURS, NOW).map(|_| ()).map_err(|refusal| refusal.reasons)
    }

    fn by<A: Action>(own: AgencyId, judgement: &Judgement) -> Result<(), Vec<Reason>> {
        let decided = decide_for_person::<A>((own, SOMEBODY), OURS, NOW, judgement);
        decided.map(|_| ()).map_err(|refusal| refusal.reasons)
    }

    #[test]
    fn nobody_sees_anything() {
        assert_eq!(may::<ListHits>(Actor::Nobody), Err(vec![Reason::NOT_SIGNED_IN]));
        assert_eq!(may::<SubmitReads>(Actor::Nobody), Err(vec![Reason::NOT_SIGNED_IN]));
    }

    #[test]
    fn a_camera_hands_in_and_looks_at_nothing() {
        let camera = Actor::Camera(OURS, CameraId::from_i64(3));
        assert_eq!(may::<SubmitReads>(camera), Ok(()));
        assert_eq!(may::<OpenRead>(camera), Err(vec![Reason::CAMERAS_ONLY_SUBMIT]));
    }

    #[test]
    fn another_agency_is_another_house() {
        let yes = Judgement { permits: true, ..Judgement::default() };
        assert_eq!(by::<OpenRead>(THEIRS, &yes), Err(vec![Reason::OTHER_AGENCY]));
        assert_eq!(by::<OpenRead>(OURS, &yes), Ok(()));
        let stray = Actor::Camera(THEIRS, CameraId::from_i64(3));
        assert_eq!(may::<SubmitReads>(stray), Err(vec![Reason::OTHER_AGENCY]));
    }

    #[test]
    fn a_person_may_what_the_policy_says_and_nothing_without_one() {
        let somebody = Actor::Person(OURS, SOMEBODY);
        assert_eq!(may::<OpenRead>(somebody), Err(vec![Reason::NO_POLICY]));
        assert_eq!(by::<OpenRead>(OURS, &Judgement::default()), Err(vec![Reason::NO_POLICY]));
        let untrained = Reason::of_policy("training".into(), None, "train first".into());
        let no = Judgement { reasons: vec![untrained.clone()], ..Judgement::default() };
        assert_eq!(by::<OpenRead>(OURS, &no), Err(vec![untrained]));
    }
}
