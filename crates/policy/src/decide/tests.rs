use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{PolicyId, PolicySet};

use super::*;
use crate::cedar::schema;
use crate::facts::{CaseFact, Offence, Person, ReasonFact, Requester, Session, TrainingFact};

fn bare(action: Action) -> Facts {
    Facts {
        action: action.word().to_owned(),
        at: 0,
        case: None,
        day: String::new(),
        exigent: false,
        overdue: false,
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

fn full(action: Action) -> Facts {
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
            let asked = bundle.engine().question(bundle.settings(), &facts, *action);
            let (request, entities) = asked.unwrap();
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
        offence: Some(Offence { category: "robbery".to_owned(), grade: Grade::Felony }),
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

/// The sets by action answer as the rules do as they are written.
#[test]
fn rules_by_action_answer_as_all_rules_do() {
    for (name, files) in crate::shipped() {
        let bundle = Bundle::read(files).unwrap();
        let texts = bundle.settings().jurisdiction.iter().map(|pack| &files.statutes[pack]);
        let texts: Vec<_> = texts.map(AsRef::as_ref).chain([files.rules.as_ref()]).collect();
        let whole: PolicySet = texts.join("\n").parse().unwrap();
        let named = PolicySet::from_policies(
            whole
                .policies()
                .map(|policy| policy.new_id(PolicyId::new(policy.annotation("id").unwrap()))),
        )
        .unwrap();
        let mut n_permitted = 0;
        for action in Action::ALL {
            let usual = Facts { purpose: Some("monitoring".to_owned()), ..full(*action) };
            for facts in [bare(*action), full(*action), usual, in_order(*action)] {
                let engine = bundle.engine();
                let (request, entities) =
                    engine.question(bundle.settings(), &facts, *action).unwrap();
                let all = engine.authorizer.is_authorized(&request, &named, &entities);
                let fewer = engine.ask(bundle.settings(), &facts, *action).unwrap();
                let ids = |response: &Response| -> BTreeSet<String> {
                    response.diagnostics().reason().map(ToString::to_string).collect()
                };
                assert_eq!(all.decision(), fewer.decision(), "{name} {action}");
                assert_eq!(ids(&all), ids(&fewer), "{name} {action}");
                n_permitted += usize::from(all.decision() == cedar_policy::Decision::Allow);
            }
        }
        assert!(n_permitted > 10, "{name}: {n_permitted}");
    }
}
