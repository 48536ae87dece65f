use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Authorizer, Entities, PolicyId, PolicySet, Request};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use super::engine::{KEPT_MAX, KEY_BYTES_MAX};
use super::inputs::{ALL, Inputs};
use super::*;
use crate::bundle::BundleFiles;
use crate::cedar::schema;
use crate::facts::{
    CaseCheck, CaseFact, Offence, Person, ProtectedFact, ReasonFact, Requester, Session,
    TrainingFact,
};

pub(super) fn bare(action: Action) -> Facts {
    Facts {
        action: action.word().to_owned(),
        at: 0,
        case: None,
        day: String::new(),
        exigent: false,
        overdue: false,
        protected: None,
        lookback_hours: None,
        offence: None,
        person: Person {
            agency: String::new(),
            outside: false,
            pseudonym: String::new(),
            roles: BTreeSet::new(),
            temporary: false,
        },
        purpose: None,
        reason: None,
        requester: None,
        resource: String::new(),
        session: Session {
            device: None,
            locked: false,
            minutes_since_authentication: u32::MAX,
            second_factor: false,
        },
        training: BTreeMap::new(),
    }
}

pub(super) fn full(action: Action) -> Facts {
    let odd = "p\"}\\ é\u{0}";
    let training = TrainingFact { until: Some("2026-12-31".to_owned()), valid: true };
    Facts {
        case: Some(CaseFact { formatted: true, verified: None }),
        day: "2026-11-22".to_owned(),
        lookback_hours: Some(u32::MAX),
        offence: Some(Offence { category: odd.to_owned(), grade: Grade::ClassC }),
        person: Person {
            agency: odd.to_owned(),
            pseudonym: odd.to_owned(),
            roles: Role::ALL.into(),
            ..bare(action).person
        },
        protected: Some(ProtectedFact { approved: true, nexus: true, wanted: true }),
        purpose: Some(odd.to_owned()),
        reason: Some(ReasonFact { refused: true, suspicious: true, vague: true }),
        requester: Some(Requester { agency: odd.to_owned(), kind: odd.to_owned() }),
        session: Session { device: Some(odd.to_owned()), ..bare(action).session },
        training: BTreeMap::from([(odd.to_owned(), training)]),
        ..bare(action)
    }
}

/// Decisions skip the check of each question against the schema; here it is made for the emptiest and the fullest.
#[test]
fn every_question_fits_the_schema() {
    let (_, files) = crate::shipped().first().unwrap();
    let bundle = Bundle::read(files).unwrap();
    let schema = schema().unwrap();
    for action in Action::ALL {
        for facts in [bare(*action), full(*action)] {
            let inputs = Inputs::of(bundle.settings(), &facts, *action);
            let (request, entities) =
                bundle.engine().question(&inputs, &facts, *action, &ALL).unwrap();
            let checked = Request::new(
                request.principal().cloned().unwrap(),
                request.action().cloned().unwrap(),
                request.resource().cloned().unwrap(),
                request.context().cloned().unwrap(),
                Some(schema),
            );
            assert!(checked.is_ok(), "{action}: {:?}", checked.err());
            let checked = Entities::from_entities(entities.iter().cloned(), Some(schema));
            assert!(checked.is_ok(), "{action}: {:?}", checked.err());
            assert!(!bundle.decide(&facts).permit);
        }
    }
}

#[test]
fn words_from_outside_cannot_fill_in_more_than_themselves() {
    let (_, files) = crate::shipped().first().unwrap();
    let bundle = Bundle::read(files).unwrap();
    let facts = Facts { purpose: Some("x".repeat(500)), ..bare(Action::SearchReads) };
    let refused = bundle.decide(&facts);
    assert!(refused.reasons.iter().all(|reason| reason.says.len() < 300), "{refused:?}");
}

/// With nothing missing for a search, and for much else.
fn in_order(action: Action) -> Facts {
    let full = full(action);
    let training = TrainingFact { until: None, valid: true };
    Facts {
        lookback_hours: Some(1),
        offence: Some(Offence { category: "120".to_owned(), grade: Grade::Felony }),
        person: Person {
            roles: [Role::Investigator, Role::Administrator].into(),
            ..full.person.clone()
        },
        purpose: Some("investigation".to_owned()),
        reason: Some(ReasonFact { refused: false, suspicious: false, vague: false }),
        requester: None,
        resource: full.person.agency.clone(),
        session: Session {
            minutes_since_authentication: 1,
            second_factor: true,
            ..full.session.clone()
        },
        training: BTreeMap::from([("reader".to_owned(), training)]),
        ..full
    }
}

#[test]
fn what_a_rule_may_name_is_filled_in() {
    let (_, files) = crate::shipped().first().unwrap();
    let bundle = Bundle::read(files).unwrap();
    let requester = Requester { agency: "Reno PD".to_owned(), kind: "out-of-state".to_owned() };
    let facts = Facts { requester: Some(requester), ..in_order(Action::SearchReads) };
    for name in PLACEHOLDERS {
        let filled = bundle.fill(&format!("a {{{name}}} b"), &facts, Action::SearchReads);
        assert!(filled.len() > "a  b".len() && !filled.contains(['{', '}']), "{filled}");
    }
    let facts = Facts { purpose: Some("{day}".to_owned()), ..facts };
    assert_eq!(bundle.fill("`{purpose}`", &facts, Action::SearchReads), "`{day}`");
}

/// The rules of a bundle as they are written, asked by Cedar alone.
struct Written {
    rules: PolicySet,
    authorizer: Authorizer,
}

impl Written {
    fn of(files: &BundleFiles, bundle: &Bundle) -> Self {
        let texts = bundle.settings().jurisdiction.iter().map(|pack| &files.statutes[pack]);
        let texts: Vec<_> = texts.map(AsRef::as_ref).chain([files.rules.as_ref()]).collect();
        let whole: PolicySet = texts.join("\n").parse().unwrap();
        let named = whole
            .policies()
            .map(|policy| policy.new_id(PolicyId::new(policy.annotation("id").unwrap())));
        let rules = PolicySet::from_policies(named).unwrap();
        Self { rules, authorizer: Authorizer::new() }
    }

    fn ask(&self, bundle: &Bundle, facts: &Facts, action: Action) -> Answer {
        let inputs = Inputs::of(bundle.settings(), facts, action);
        let (request, entities) = bundle.engine().question(&inputs, facts, action, &ALL).unwrap();
        let response = self.authorizer.is_authorized(&request, &self.rules, &entities);
        let said = response.diagnostics();
        let mut decided: Vec<String> = said.reason().map(ToString::to_string).collect();
        decided.sort_unstable();
        assert_eq!(said.errors().count(), 0, "{facts:?}");
        let permit = response.decision() == cedar_policy::Decision::Allow;
        Answer { permit, decided, failed: Vec::new() }
    }
}

/// With nothing missing for a search, and with much missing.
#[test]
fn rules_in_groups_answer_as_all_rules_do() {
    for (name, files) in crate::shipped() {
        let bundle = Bundle::read(files).unwrap();
        let written = Written::of(files, &bundle);
        let mut n_permitted = 0;
        for action in Action::ALL {
            let usual = Facts { purpose: Some("monitoring".to_owned()), ..full(*action) };
            for facts in [bare(*action), full(*action), usual, in_order(*action)] {
                let expected = written.ask(&bundle, &facts, *action);
                for _ in 0..2 {
                    let answer = bundle.engine().ask(bundle.settings(), &facts, *action).unwrap();
                    assert_eq!(answer, expected, "{name} {action}");
                }
                n_permitted += usize::from(expected.permit);
            }
        }
        assert!(n_permitted > 10, "{name}: {n_permitted}");
    }
}

fn person(roles: BTreeSet<Role>) -> impl Strategy<Value = Person> {
    (select(vec!["1", "1", "1", "1", "2"]), prop::bool::weighted(0.1), prop::bool::weighted(0.1))
        .prop_map(move |(agency, outside, temporary)| Person {
            agency: agency.to_owned(),
            outside,
            pseudonym: "p-1".to_owned(),
            roles: roles.clone(),
            temporary,
        })
}

fn session() -> impl Strategy<Value = Session> {
    let device = option::weighted(0.3, select(vec!["workstation", "patrol", "phone"]));
    let minutes = prop_oneof![9 => 0_u32..15, 1 => any::<u32>()];
    (device, prop::bool::weighted(0.05), minutes, prop::bool::weighted(0.95)).prop_map(
        |(device, locked, minutes_since_authentication, second_factor)| Session {
            device: device.map(str::to_owned),
            locked,
            minutes_since_authentication,
            second_factor,
        },
    )
}

fn case() -> impl Strategy<Value = CaseFact> {
    let checks = vec![None, Some(CaseCheck::Verified), Some(CaseCheck::Unknown)];
    (prop::bool::weighted(0.9), select(checks))
        .prop_map(|(formatted, verified)| CaseFact { formatted, verified })
}

fn offence() -> impl Strategy<Value = Offence> {
    let grades = vec![Grade::ClassC, Grade::ClassB, Grade::ClassA, Grade::Felony, Grade::Felony];
    (select(vec!["no such", "240", "240", "120", "120", "90D"]), select(grades))
        .prop_map(|(category, grade)| Offence { category: category.to_owned(), grade })
}

fn reason() -> impl Strategy<Value = ReasonFact> {
    (prop::bool::weighted(0.1), any::<bool>(), prop::bool::weighted(0.1))
        .prop_map(|(refused, suspicious, vague)| ReasonFact { refused, suspicious, vague })
}

fn requester() -> impl Strategy<Value = Requester> {
    let kinds = vec!["criminal-justice", "same-state", "out-of-state", "federal", "private"];
    select(kinds).prop_map(|kind| Requester { agency: "Reno PD".to_owned(), kind: kind.to_owned() })
}

/// Mostly within the days that even the shortest of the retentions keeps.
fn lookback_hours() -> impl Strategy<Value = u32> {
    prop_oneof![7 => 1_u32..160, 2 => 160_u32..800, 1 => any::<u32>()]
}

/// Facts as they come, near to what is permitted: what is refused in nearly every way shows little.
fn any_facts(purposes: Vec<String>) -> impl Strategy<Value = (Action, Facts)> {
    let action = prop_oneof![3 => Just(Action::SearchReads), 1 => select(Action::ALL)];
    let roles = prop_oneof![
        3 => Just(BTreeSet::from([Role::Investigator])),
        1 => prop::collection::btree_set(select(Role::ALL.to_vec()), 0..3)
    ];
    let who = (roles.prop_flat_map(person), session(), prop::bool::weighted(0.9));
    let what = (
        option::weighted(0.9, select(purposes)),
        option::weighted(0.8, case()),
        option::weighted(0.8, offence()),
        option::weighted(0.9, reason()),
        option::weighted(0.1, requester()),
        option::weighted(0.9, lookback_hours()),
    );
    let flags = (prop::bool::weighted(0.1), prop::bool::weighted(0.05), protected());
    (action, who, what, flags).prop_map(|(action, who, what, (exigent, overdue, protected))| {
        let (person, session, valid) = who;
        let (purpose, case, offence, reason, requester, lookback_hours) = what;
        let training = TrainingFact { until: Some("2026-12-31".to_owned()), valid };
        let facts = Facts {
            case,
            day: "2026-11-22".to_owned(),
            exigent,
            overdue,
            protected,
            lookback_hours,
            offence,
            person,
            purpose,
            reason,
            requester,
            resource: "1".to_owned(),
            session,
            training: BTreeMap::from([("reader".to_owned(), training)]),
            ..bare(action)
        };
        (action, facts)
    })
}

fn protected() -> impl Strategy<Value = Option<ProtectedFact>> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let fact =
        flags.prop_map(|(approved, nexus, wanted)| ProtectedFact { approved, nexus, wanted });
    option::weighted(0.3, fact)
}

const ALL_PACKS: &str = "austin-tx under all packs";

/// Austin's bundle under every statute pack that there is.
fn under_all_packs() -> BundleFiles {
    let all = crate::shipped();
    let (_, files) = all.iter().find(|(name, _)| *name == "austin-tx").unwrap();
    let packs: Vec<_> = crate::statutes().iter().map(|(pack, _)| format!("\"{pack}\"")).collect();
    let jurisdiction = format!("jurisdiction = [{}]", packs.join(", "));
    let settings = files.settings.replace("jurisdiction = [\"US\", \"TX\"]", &jurisdiction);
    assert_ne!(settings, files.settings);
    BundleFiles { settings: settings.into(), ..files.clone() }
}

/// Answers that are kept are those that Cedar gives, for whatever comes and in whatever order.
#[test]
fn what_is_kept_is_what_all_rules_answer() {
    let mut all = crate::shipped().to_vec();
    all.push((ALL_PACKS, under_all_packs()));
    for (name, files) in &all {
        let bundle = Bundle::read(files).unwrap();
        let written = Written::of(files, &bundle);
        let settings = bundle.settings();
        let mut purposes: Vec<String> =
            settings.purposes.iter().map(|purpose| purpose.word.clone()).collect();
        purposes.extend(settings.prohibited.uses.iter().map(|one| one.word.clone()));
        purposes.push("stranger".to_owned());
        let n_permitted = std::cell::Cell::new(0_u32);
        let config = ProptestConfig { cases: 800, failure_persistence: None, ..<_>::default() };
        let checked = TestRunner::new(config).run(&any_facts(purposes), |(action, facts)| {
            let expected = written.ask(&bundle, &facts, action);
            for _ in 0..2 {
                let answer = bundle.engine().ask(settings, &facts, action).unwrap();
                prop_assert_eq!(&answer, &expected);
            }
            n_permitted.set(n_permitted.get() + u32::from(expected.permit));
            Ok(())
        });
        assert!(checked.is_ok(), "{name}: {checked:?}");
        // The strictest of them permits thirty or so of 800; under the law of all states together nearly nothing is.
        let is_lawful = *name != ALL_PACKS;
        assert!(!is_lawful || n_permitted.get() > 5, "{name}: {} permitted", n_permitted.get());
    }
}

/// Words from outside cannot fill the memory: what is kept is bounded, and what was thrown away is asked again.
#[test]
fn what_is_kept_is_bounded() {
    let (_, files) = crate::shipped().first().unwrap();
    let bundle = Bundle::read(files).unwrap();
    let action = Action::SearchReads;
    let ask = |purpose: String| {
        let facts = Facts { purpose: Some(purpose), ..in_order(action) };
        bundle.engine().ask(bundle.settings(), &facts, action).unwrap()
    };
    let before = ask("investigation".to_owned());
    assert!(before.permit, "{before:?}");
    for number in 0..KEPT_MAX + 100 {
        assert!(!ask(format!("stranger-{number}")).permit);
    }
    assert!(!ask("x".repeat(5000)).permit);
    let kept = bundle.engine().kept();
    assert!(kept.iter().any(|(n, _)| *n > 100), "{kept:?}");
    assert!(kept.iter().all(|(n, bytes)| *n <= KEPT_MAX && *bytes <= KEY_BYTES_MAX), "{kept:?}");
    assert_eq!(ask("investigation".to_owned()), before);
}
