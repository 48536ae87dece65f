//! What the tests share: a bundle by name, and facts that are all in order.

use std::collections::{BTreeMap, BTreeSet};

use domain::people::Role;
use policy::{
    Action, Bundle, BundleFiles, CaseFact, Decision, Facts, Grade, Offence, Person, ReasonFact,
    Session, TrainingFact,
};

/// The texts of a bundle that comes with the program.
pub(crate) fn files(name: &str) -> BundleFiles {
    let all = policy::shipped();
    let found = all.iter().find(|(word, _)| *word == name);
    found.map(|(_, files)| files.clone()).expect("it is shipped")
}

/// A bundle that comes with the program.
#[track_caller]
pub(crate) fn bundle(name: &str) -> Bundle {
    read(&files(name))
}

/// Reads, and tells every fault.
#[track_caller]
pub(crate) fn read(files: &BundleFiles) -> Bundle {
    Bundle::read(files).expect("it can be read")
}

/// A trained person with everything in order.
pub(crate) fn facts(role: Role, action: Action) -> Facts {
    Facts {
        action: action.word().to_owned(),
        at: 1_795_000_000_000_000,
        case: Some(CaseFact { formatted: true, verified: None }),
        day: "2026-11-22".to_owned(),
        exigent: false,
        overdue: false,
        protected: None,
        lookback_hours: Some(24),
        offence: Some(Offence { category: "120".to_owned(), grade: Grade::Felony }),
        person: Person {
            agency: "1".to_owned(),
            outside: false,
            pseudonym: "p-17".to_owned(),
            roles: BTreeSet::from([role]),
            temporary: false,
        },
        purpose: None,
        reason: Some(ReasonFact { refused: false, suspicious: false, vague: false }),
        requester: None,
        resource: "1".to_owned(),
        session: Session {
            device: None,
            locked: false,
            minutes_since_authentication: 3,
            second_factor: true,
        },
        training: BTreeMap::from([(
            "reader".to_owned(),
            TrainingFact { until: Some("2026-12-31".to_owned()), valid: true },
        )]),
    }
}

/// With a purpose.
pub(crate) fn for_purpose(role: Role, action: Action, purpose: &str) -> Facts {
    Facts { purpose: Some(purpose.to_owned()), ..facts(role, action) }
}

/// The words of a refusal's reasons.
pub(crate) fn words(decision: &Decision) -> Vec<&str> {
    assert!(!decision.permit, "it was permitted by {:?}", decision.policies);
    decision.reasons.iter().map(|reason| reason.word.as_str()).collect()
}

/// The reasons as people read them.
pub(crate) fn says(decision: &Decision) -> Vec<String> {
    decision.reasons.iter().map(ToString::to_string).collect()
}
