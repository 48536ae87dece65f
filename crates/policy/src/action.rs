//! What people may ask for: the one list of actions that a bundle's rules speak of.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $label:literal;)*) => {
        /// Something that a person may or may not do. Its word stands in rules, in refusals and in the ledger.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// All of them, in the order in which the matrix shows them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// What people read: it completes "you may not …".
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label),* }
            }
        }
    };
}

actions! {
    /// Hand in reads or frames.
    SubmitReads = "submit-reads", "hand in reads";
    /// See the feed of reads.
    ListReads = "list-reads", "see the feed of reads";
    /// Open one read.
    OpenRead = "open-read", "open a read";
    /// See a picture.
    OpenPicture = "open-picture", "see a picture";
    /// See the live hits.
    ListHits = "list-hits", "see hits";
    /// Open one hit.
    OpenHit = "open-hit", "open a hit";
    /// Take a hit, hand it over, send it on, reject it, say what became of it.
    WorkHits = "work-hits", "work on a hit";
    /// Record what was checked before a stop, and the stop.
    VerifyHits = "verify-hits", "record what was checked before a stop";
    /// Record what the state's system said of an entry (`TWF-401.4b`, `BEL-461.3e`).
    ConfirmWithState = "confirm-with-state", "record what the state's system said";
    /// Have the state's system asked about a hit (`AUS-344.3.2b2`).
    AskState = "ask-state", "have the state's system asked";
    /// Say what a picture shows, where the plate was misread.
    CorrectReads = "correct-reads", "correct a misread";
    /// See incidents, answer for what was done about them.
    WorkIncidents = "work-incidents", "work on incidents";
    /// Sign on for a shift as a unit, keep the page open, sign off (`TWF-401.4g`).
    SignOnShift = "sign-on-shift", "sign on for a shift";
    /// See which units are on duty, and which of them are signed on (`TWF-401.4g`).
    SeeShift = "see-shift", "see who is on duty";
    /// Say which units are on duty in a shift.
    SetDutyRoster = "set-duty-roster", "say who is on duty";
    /// Enter the facts of a stop that one made (`AUS-344.6b10` to `AUS-344.6b13`).
    EnterStopFacts = "enter-stop-facts", "enter the facts of a stop";
    /// See the facts of stops, in sum (`AUS-344.6b10` to `AUS-344.6b13`).
    ReadStopFacts = "read-stop-facts", "see the facts of stops";
    /// See how often alerts were right, by list and camera (`AUS-344.6b2`).
    ReadPrecision = "read-precision", "see how often alerts were right";
    /// See cameras.
    ListCameras = "list-cameras", "see cameras";
    /// Add, change or disable a camera.
    ManageCameras = "manage-cameras", "change cameras";
    /// Sign off that a camera's place is fair, withdraw that.
    SignOffCamera = "sign-off-camera", "sign off a camera's place";
    /// Change how hits are told: webhooks, quiet rules; have something sent again.
    ManageTelling = "manage-telling", "change how hits are told";
    /// See how hits are told outside, to whom they were, and what became of it.
    ReadDeliveries = "read-deliveries", "see what was told to whom";
    /// See hotlists.
    ListHotlists = "list-hotlists", "see hotlists";
    /// Create a hotlist, import into it.
    ManageHotlists = "manage-hotlists", "change hotlists";
    /// See the entries of the agency's own.
    ListCustomEntries = "list-custom-entries", "see the agency's own entries";
    /// Ask for an entry of the agency's own.
    AskCustomEntry = "ask-custom-entry", "ask for an entry of the agency's own";
    /// Approve or refuse an entry that somebody else asked for (`TWF-401.4f`).
    ApproveCustomEntry = "approve-custom-entry", "approve an entry of the agency's own";
    /// End an entry of the agency's own.
    EndCustomEntry = "end-custom-entry", "end an entry of the agency's own";
    /// Match an entry of the agency's own against what was read before.
    MatchPast = "match-past", "match an entry against the past";
    /// Confirm, correct or refuse a plate that a text of an AMBER alert names.
    ConfirmAmberPlates = "confirm-amber-plates", "confirm plates of AMBER alerts";
    /// See the ledger's leaves.
    ListLedger = "list-ledger", "see the ledger";
    /// Open one leaf with its clear text.
    OpenLeaf = "open-leaf", "open a leaf of the ledger";
    /// Search the record of who looked at what.
    SearchAudit = "search-audit", "search the audit trail";
    /// Take found records out of the house, each with its proof.
    ExportAudit = "export-audit", "export the audit trail";
    /// Sign a checkpoint on demand, change a log's key.
    ManageLedger = "manage-ledger", "change how the ledger is signed";
    /// Look into the past.
    SearchReads = "search-reads", "search reads";
    /// See accounts and their roles.
    ListPeople = "list-people", "see accounts";
    /// Invite, change, disable accounts.
    ManagePeople = "manage-people", "change accounts";
    /// Give a role, or ask for a privileged one to be given.
    GrantRole = "grant-role", "give a role";
    /// Agree to a privileged role that somebody else asked for.
    ApproveGrant = "approve-grant", "approve a role";
    /// Sign off the yearly review of accounts and rights.
    ReviewAccounts = "review-accounts", "review accounts";
    /// Lock an account at once.
    LockAccount = "lock-account", "lock an account";
    /// Release a locked account.
    UnlockAccount = "unlock-account", "unlock an account";
    /// See everybody's training.
    ListTraining = "list-training", "see everybody's training";
    /// Change courses and their sessions.
    ManageTraining = "manage-training", "change courses";
    /// Record who completed a course.
    RecordTraining = "record-training", "record training";
    /// See the policy in force and its history.
    ListPolicy = "list-policy", "see the policy";
    /// Propose a bundle.
    ManagePolicy = "manage-policy", "propose a policy";
    /// Agree to a bundle that somebody else proposed.
    ApprovePolicy = "approve-policy", "approve a policy";
    /// Work through the review inbox.
    ReviewUse = "review-use", "review how the system is used";
    /// Sign off the weekly review of the audit trail.
    ReviewWeek = "review-week", "review a week";
    /// Report what looks like misuse, here or at another agency.
    ReportMisuse = "report-misuse", "report misuse";
    /// Investigate an allegation and record a finding.
    InvestigateMisuse = "investigate-misuse", "investigate misuse";
    /// Decide whether sharing with an agency that was reported goes on.
    DecideSharing = "decide-sharing", "decide whether sharing goes on";
    /// See each day's sign-in attempts, locks and refusals.
    ReadSecurityDigest = "read-security-digest", "see the security digest";
    /// See the protected events, and what was asked and decided about them.
    ListProtected = "list-protected", "see protected events";
    /// Add a protected event, withdraw one.
    ManageProtected = "manage-protected", "change protected events";
    /// Ask to look at what was read at a protected event.
    AskNexus = "ask-nexus", "ask to look at a protected event";
    /// Approve or refuse a look that somebody else asked for.
    ApproveNexus = "approve-nexus", "approve a look at a protected event";
    /// Report trouble with equipment or the program, and see what was reported.
    ReportTrouble = "report-trouble", "report trouble";
    /// Take a report of trouble, note something on it, close it.
    HandleTrouble = "handle-trouble", "see to trouble";
    /// Make and revoke tokens for machines.
    ManageTokens = "manage-tokens", "change tokens for machines";
    /// See and change one's own account: sessions, training state, what one works on.
    OwnAccount = "own-account", "see your own account";
    /// Change what one signs in with: add and remove passkeys.
    ChangeFactors = "change-factors", "change what you sign in with";
}

impl Action {
    /// The action of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.word() == word)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_one_word() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.word()), Some(*action));
            assert_eq!(serde_json::to_value(action).unwrap(), action.word());
        }
        assert_eq!(Action::parse("rule-the-world"), None);
    }

    #[test]
    fn every_action_that_needs_a_permit_has_its_word_here() {
        for (word, _) in domain::access::ACTIONS {
            assert!(Action::parse(word).is_some(), "no bundle could allow {word}");
        }
    }
}
