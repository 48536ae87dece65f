//! What a decision is made from, and what it rests on: written down with what is done by it.

use std::collections::BTreeMap;

use domain::access::{self, Judgement, OwnAccount};
use domain::{Action, Actor, Day, Permit, Reason, Refusal};
use policy::{CaseCheck, CaseFact, Facts, Grade, Person, Session, TrainingFact};

use super::Ctx;
use super::context::{ByToken, SignedIn};
use crate::use_cases::training::{self, Standing};

/// The policy that decides for cameras and for the server itself: one rule each, in this program.
const BUILT_IN: &str = "built-in";
/// What the ledger says where no bundle decided.
const NO_BUNDLE: &str = "none";
/// What the ledger says where no purpose was stated.
const NOT_STATED: &str = "not stated";

/// What a decision rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Grounds {
    /// The ids of the rules that decided.
    pub(crate) policies: Vec<String>,
    /// The digest of the bundle that they stand in.
    pub(crate) bundle: String,
    /// What they decided from, canonical JSON; none where no bundle decided.
    pub(crate) facts: Option<String>,
    /// The purpose.
    pub(crate) purpose: String,
    /// Whether the case number is still to follow.
    pub(crate) is_exigent: bool,
    /// What the agency's case system said of the number.
    pub(crate) case_check: Option<CaseCheck>,
}

impl Grounds {
    /// What this program decides by itself.
    pub(in crate::record) fn built_in() -> Self {
        Self {
            policies: vec![BUILT_IN.to_owned()],
            bundle: NO_BUNDLE.to_owned(),
            facts: None,
            purpose: NOT_STATED.to_owned(),
            is_exigent: false,
            case_check: None,
        }
    }
}

impl Ctx {
    /// Asks for leave to do `A` here, and what the answer rests on. A refusal is counted.
    pub(in crate::record) fn judge<A: Action>(&self) -> (Result<Permit<A>, Refusal>, Grounds) {
        let (decided, grounds) = self.decide::<A>();
        if let Err(refusal) = &decided {
            metrics::counter!("plateglass_refusals_total", "action" => refusal.action).increment(1);
        }
        (decided, grounds)
    }

    /// Whether `A` would be permitted here: for what is left out of a page, which nobody was refused.
    pub(crate) fn may<A: Action>(&self) -> bool {
        self.decide::<A>().0.is_ok()
    }

    fn decide<A: Action>(&self) -> (Result<Permit<A>, Refusal>, Grounds) {
        match (&self.actor, &self.person) {
            (Actor::Person(own, person), Some(signed_in)) => {
                let (mut judgement, grounds) = self.ask_policy(signed_in, A::WORD);
                if !signed_in.token_is_for(A::WORD) {
                    judgement.permits = false;
                    judgement.reasons.push(Reason::OUTSIDE_TOKEN);
                }
                let asked =
                    access::decide_for_person((*own, *person), self.agency, self.now, &judgement);
                (asked, grounds)
            }
            _ => (access::decide::<A>(self.actor, self.agency, self.now), Grounds::built_in()),
        }
    }

    /// The same, where it is known what it rests on.
    pub(in crate::record) fn permit<A: Action>(&self) -> Result<Permit<A>, Refusal> {
        self.judge::<A>().0
    }

    fn ask_policy(&self, signed_in: &SignedIn, action: &'static str) -> (Judgement, Grounds) {
        let Some(policy) = &signed_in.policy else {
            let judgement = Judgement { reasons: vec![Reason::NO_POLICY], ..Judgement::default() };
            return (judgement, Grounds::built_in());
        };
        let facts = self.facts(signed_in, action);
        let decision = policy.bundle.decide(&facts);
        let grounds = Grounds {
            policies: decision.policies,
            bundle: policy.bundle.digest(),
            purpose: facts.purpose.clone().unwrap_or_else(|| NOT_STATED.to_owned()),
            facts: Some(facts.write()),
            is_exigent: facts.exigent,
            case_check: facts.case.and_then(|case| case.verified),
        };
        let reasons = decision.reasons.into_iter();
        let reasons = reasons.map(|one| Reason::of_policy(one.word, one.clause, one.says));
        (Judgement { permits: decision.permit, reasons: reasons.collect() }, grounds)
    }

    /// Whether acts that ask for fresh proof of who one is (CJIS IA-11) would be refused until it is given.
    pub fn needs_fresh_proof(&self) -> bool {
        let Some(signed_in) = &self.person else { return true };
        let Some(policy) = &signed_in.policy else { return true };
        let fresh = u64::from(policy.bundle.settings().sign_in.fresh_minutes) * 60;
        signed_in.token.is_some() || self.now.since(signed_in.authenticated_at).as_secs() >= fresh
    }

    fn facts(&self, signed_in: &SignedIn, action: &'static str) -> Facts {
        let purpose = signed_in.purpose_for(action);
        let standing = &signed_in.standing;
        // Case and reason stand beside the purpose that they were given for, and beside no other.
        let work = signed_in.work.as_ref().filter(|work| purpose.as_ref() == Some(&work.purpose));
        let settings = signed_in.policy.as_ref().map(|policy| policy.bundle.settings());
        let day = signed_in.policy.as_ref().map_or_else(|| self.now.day(), |p| p.day(self.now));
        let case = work.and_then(|work| work.case_number.as_deref()).map(|number| CaseFact {
            formatted: settings.is_some_and(|all| all.case_number.fits(number)),
            verified: work.and_then(|work| work.case_check).map(|(check, _)| check),
        });
        let minutes = match (&signed_in.token, settings) {
            (Some(_), Some(all)) => u64::from(all.sign_in.reauthentication_hours) * 60,
            _ => self.now.since(signed_in.authenticated_at).as_secs() / 60,
        };
        Facts {
            action: action.to_owned(),
            at: self.now.micros(),
            case,
            day: day.to_string(),
            exigent: work.is_some_and(|work| work.exigent && work.case_number.is_none()),
            lookback_hours: None,
            offence: work.and_then(|work| work.offence.clone()),
            overdue: standing.is_overdue(self.now),
            person: Person {
                agency: standing.person.agency.to_string(),
                outside: standing.person.is_outside,
                pseudonym: signed_in.pseudonym.clone(),
                roles: standing.roles(self.now),
                temporary: standing.person.ends_at.is_some(),
            },
            protected: self.touches.clone(),
            purpose,
            reason: work.and_then(|work| work.reason_fact.clone()),
            requester: None,
            resource: self.agency.to_string(),
            session: Session {
                device: None,
                locked: false,
                minutes_since_authentication: u32::try_from(minutes).unwrap_or(u32::MAX),
                // Every way in asks for one: only the demo's link does not, which no agency's server offers.
                second_factor: true,
            },
            training: signed_in.training(day),
        }
    }
}

impl SignedIn {
    /// Whether the token that asks was made for an action; where a person asks themselves there is none to ask. What is worked
    /// on is stated by every token.
    fn token_is_for(&self, action: &str) -> bool {
        let made_for = |token: &ByToken| token.scopes.contains(action);
        action == OwnAccount::WORD || self.token.as_ref().is_none_or(made_for)
    }

    /// The purpose that stands for an action: what the person said that they work on, where it may be given for the action; else
    /// the bundle's purpose for it that asks for neither case nor reason, such as watching the live hits. A prohibited use that
    /// was stated stands for every look, so that each is refused; and for what asks for no purpose none stands, so that who
    /// stated a wrong one can still state another.
    fn purpose_for(&self, action: &str) -> Option<String> {
        let settings = self.policy.as_ref()?.bundle.settings();
        let fits =
            |one: &&policy::settings::Purpose| one.actions.iter().any(|may| may.word() == action);
        let by_itself =
            settings.purposes.iter().filter(fits).find(|one| !one.needs_case && !one.needs_reason);
        settings.purposes.iter().find(fits)?;
        let stated = self.work.as_ref().map(|work| work.purpose.clone());
        let stands = |word: &String| {
            settings.prohibits(word).is_some()
                || settings.purpose(word).is_some_and(|one| fits(&one))
        };
        stated.clone().filter(stands).or_else(|| by_itself.map(|one| one.word.clone())).or(stated)
    }

    /// Each course of the bundle, as this person stands to it on a day at their agency.
    fn training(&self, today: Day) -> BTreeMap<String, TrainingFact> {
        let Some(policy) = &self.policy else { return BTreeMap::new() };
        let courses = policy.bundle.settings().training.iter();
        let standing = |word: &str, course| {
            fact(training::standing(course, word, &self.standing.completions, today))
        };
        courses.map(|(word, course)| (word.clone(), standing(word, course))).collect()
    }
}

/// How somebody stands to a course, as the policy is told. What lapsed keeps its day: the policy compares days itself, so that its
/// record shows why it refused.
fn fact(standing: Standing) -> TrainingFact {
    let until = match standing {
        Standing::Never => return TrainingFact { valid: false, until: None },
        Standing::Valid(until) => until,
        Standing::Lapsed(until) => Some(until),
    };
    TrainingFact { valid: true, until: until.map(|day| day.to_string()) }
}

/// The grade of an offence by its word.
pub(crate) fn grade(word: &str) -> Option<Grade> {
    serde_json::from_value(serde_json::Value::from(word)).ok()
}
