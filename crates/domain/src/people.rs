//! People: who they are to an agency, and the roles that they hold.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A role in an agency. A person may hold several; what each allows stands in the agency's bundle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the program: equipment, lists, accounts (`AUS-344.3.1a`, `TWF-401.3`, `BEL-461.2`).
    Administrator,
    /// Watches over sign-ins and use, limits access, locks accounts (`AUS-344.2b`, `AUS-344.3.1a1`).
    ChiefSecurityOfficer,
    /// Monitors all systems in the crime centre and dispatches, broadcasts or notifies patrol (`AUS-344.3.2a`).
    RtccOperator,
    /// A patrol officer.
    Officer,
    /// Follows up in a case (`AUS-344.3.2b3a`).
    Investigator,
    /// Approves what officers and investigators ask for (`TWF-401.4f`).
    Supervisor,
    /// Audits for risk management, outside the chain of command (`AUS-344.6a`).
    Auditor,
    /// Decides whether sharing with another agency goes on (`AUS-344.4b`).
    ProgramLieutenant,
    /// Answers requests for data (`TWF-401.9a`, `BEL-461.5a`).
    RecordsCustodian,
    /// Records who completed which training (`AUS-344.7a`).
    Trainer,
    /// The chief or a designee (`AUS-344.5d`).
    Chief,
    /// The city's auditor or an appointed outside party: sees audit data for a time (`AUS-344.6c`).
    ExternalAuditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Administrator,
        Self::ChiefSecurityOfficer,
        Self::RtccOperator,
        Self::Officer,
        Self::Investigator,
        Self::Supervisor,
        Self::Auditor,
        Self::ProgramLieutenant,
        Self::RecordsCustodian,
        Self::Trainer,
        Self::Chief,
        Self::ExternalAuditor,
    ];

    /// The word that is stored and stands in bundles and in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::ChiefSecurityOfficer => "chief-security-officer",
            Self::RtccOperator => "rtcc-operator",
            Self::Officer => "officer",
            Self::Investigator => "investigator",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
            Self::ProgramLieutenant => "program-lieutenant",
            Self::RecordsCustodian => "records-custodian",
            Self::Trainer => "trainer",
            Self::Chief => "chief",
            Self::ExternalAuditor => "external-auditor",
        }
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::ChiefSecurityOfficer => "Chief security officer",
            Self::RtccOperator => "Crime-centre operator",
            Self::Officer => "Officer",
            Self::Investigator => "Investigator",
            Self::Supervisor => "Supervisor",
            Self::Auditor => "Auditor",
            Self::ProgramLieutenant => "Program lieutenant",
            Self::RecordsCustodian => "Records custodian",
            Self::Trainer => "Trainer",
            Self::Chief => "Chief or designee",
            Self::ExternalAuditor => "External auditor",
        }
    }

    /// The role of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether giving it takes two people: it reaches over others' accounts, over the policy, or over what is audited.
    pub const fn is_privileged(self) -> bool {
        matches!(
            self,
            Self::Administrator
                | Self::ChiefSecurityOfficer
                | Self::Auditor
                | Self::ProgramLieutenant
                | Self::Chief
        )
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_one_word() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.word()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        }
        assert_eq!(Role::parse("god"), None);
    }
}
