//! What is permitted and refused, clause by clause.

use domain::people::Role;
use policy::{
    Action, Bundle, BundleFiles, Facts, Grade, Offence, ProtectedFact, ReasonFact, Requester,
    TrainingFact,
};
use proptest::prelude::*;

use crate::support::{bundle, facts, files, for_purpose, read, says, words};

const SEES_READS: [Action; 6] = [
    Action::ListReads,
    Action::OpenRead,
    Action::OpenPicture,
    Action::ListHits,
    Action::OpenHit,
    Action::SearchReads,
];

fn investigator() -> Facts {
    for_purpose(Role::Investigator, Action::SearchReads, "investigation")
}

/// Clause AUS-344.4c: roles and access by need, nothing else.
#[test]
fn clause_aus_344_4c_nothing_is_permitted_that_no_rule_permits() {
    let bundle = bundle("austin-tx");
    let permitted = bundle.decide(&investigator());
    assert!(permitted.permit, "{:?}", permitted.reasons);
    assert_eq!(permitted.policies, ["investigator"]);
    let refused = bundle.decide(&facts(Role::Trainer, Action::ManageCameras));
    assert_eq!(refused.policies, Vec::<String>::new());
    assert_eq!(
        says(&refused),
        ["None of your roles may change cameras; these may: Administrator: AUS-344.4c"]
    );
    let mut nobody = facts(Role::Trainer, Action::ListHotlists);
    nobody.person.roles.clear();
    assert_eq!(words(&bundle.decide(&nobody)), ["no-role"]);
    let own = Facts { action: "own-account".to_owned(), ..nobody };
    assert_eq!(bundle.decide(&own).policies, ["everybody"]);
}

/// Clauses AUS-344.7a, AUS-344.7b: no participation before training, and a lapse revokes by itself.
#[test]
fn clause_aus_344_7b_training_opens_and_its_lapse_closes_at_midnight() {
    let bundle = bundle("austin-tx");
    let on = |day: &str, training: Option<TrainingFact>| {
        let training = training.map(|one| ("reader".to_owned(), one)).into_iter().collect();
        bundle.decide(&Facts { day: day.to_owned(), training, ..investigator() })
    };
    let until = |valid, until: &str| Some(TrainingFact { until: Some(until.to_owned()), valid });
    assert!(on("2026-12-31", until(true, "2026-12-31")).permit);
    for training in
        [None, until(true, "2026-12-31"), until(false, "2027-12-31"), until(true, "soon")]
    {
        let refused = on("2027-01-01", training);
        assert_eq!(says(&refused), ["Your 2027 reader training is not complete: AUS-344.7b"]);
        assert_eq!(refused.policies, ["reader-training"]);
    }
}

#[test]
fn training_is_asked_for_everything_that_shows_reads() {
    for (name, _) in policy::shipped() {
        let bundle = bundle(name);
        for action in SEES_READS {
            for role in bundle.matrix().roles(action) {
                let untrained = Facts { training: Default::default(), ..facts(role, action) };
                let words: Vec<_> =
                    bundle.decide(&untrained).reasons.into_iter().map(|one| one.word).collect();
                assert!(words.contains(&"reader-training".to_owned()), "{name} {role} {action}");
            }
        }
    }
}

/// Clauses TWF-401.4a, BEL-461.3d: approved training before; no yearly lapse.
#[test]
fn clause_bel_461_3d_training_that_does_not_lapse_counts_for_ever() {
    for name in ["twin-falls-id", "belton-mo"] {
        let bundle = bundle(name);
        let mut asked = investigator();
        asked.training.insert("reader".to_owned(), TrainingFact { until: None, valid: true });
        asked.day = "2046-01-01".to_owned();
        assert!(bundle.decide(&asked).permit, "{name}");
        asked.training.clear();
        assert_eq!(words(&bundle.decide(&asked)), ["reader-training"], "{name}");
    }
}

/// Clause AUSP-access: all access needs a purpose, the reference that it demands, and a reason.
#[test]
fn clause_ausp_access_a_look_without_purpose_case_or_reason_is_refused() {
    let bundle = bundle("austin-tx");
    let ask = |change: fn(&mut Facts)| {
        let mut asked = investigator();
        change(&mut asked);
        words(&bundle.decide(&asked)).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ask(|asked| asked.purpose = None), ["purpose-missing"]);
    assert_eq!(ask(|asked| asked.purpose = Some("curiosity".to_owned())), ["purpose-unknown"]);
    assert_eq!(ask(|asked| asked.purpose = Some("feed-upkeep".to_owned())), ["purpose-elsewhere"]);
    assert_eq!(ask(|asked| asked.case = None), ["case-missing"]);
    assert_eq!(ask(|asked| asked.case.as_mut().unwrap().formatted = false), ["case-format"]);
    assert_eq!(ask(|asked| asked.reason = None), ["reason-missing"]);
    assert_eq!(ask(|asked| asked.reason.as_mut().unwrap().vague = true), ["reason-vague"]);
    let everything = ask(|asked| {
        asked.purpose = None;
        asked.training.clear();
        asked.session.second_factor = false;
    });
    assert_eq!(everything, ["purpose-missing", "reader-training", "us-second-factor"]);
    assert_eq!(bundle.settings().reasons.cleartext, policy::settings::Cleartext::Forever);
}

#[test]
fn an_exigent_look_may_give_its_case_number_later() {
    let bundle = bundle("austin-tx");
    let exigent = Facts { exigent: true, case: None, ..investigator() };
    assert!(bundle.decide(&exigent).permit);
    let request = Facts { purpose: Some("records-request".to_owned()), ..exigent };
    let refused = bundle.decide(&request);
    assert_eq!(words(&refused), ["case-missing", "exigent-not-here"]);
}

/// Clauses TWF-401.4c, BEL-461.3b: a patrol purpose that needs no case number; TWF-401.9c: an investigation needs one.
#[test]
fn clause_twf_401_4c_patrol_needs_no_case_number() {
    for name in ["twin-falls-id", "belton-mo"] {
        let bundle = bundle(name);
        let patrol = for_purpose(Role::Officer, Action::SearchReads, "patrol");
        let patrol = Facts { case: None, ..patrol };
        assert!(bundle.decide(&patrol).permit, "{name}");
        let investigation = Facts { purpose: Some("investigation".to_owned()), ..patrol.clone() };
        assert_eq!(words(&bundle.decide(&investigation)), ["case-missing"], "{name}");
    }
    let patrol = for_purpose(Role::Officer, Action::SearchReads, "patrol");
    assert_eq!(words(&bundle("austin-tx").decide(&patrol)), ["purpose-unknown"]);
}

/// Clauses TWF-401.1, BEL-461.1, BEL-461.5c: the purposes of the policy, and no others.
#[test]
fn clause_bel_461_1_purposes_are_the_policys_own() {
    let ask = |name: &str, purpose: &str| {
        bundle(name).decide(&for_purpose(Role::Investigator, Action::SearchReads, purpose)).permit
    };
    for purpose in ["homeland-security", "electronic-surveillance", "civil-action"] {
        assert!(ask("belton-mo", purpose), "{purpose}");
        assert!(!ask("twin-falls-id", purpose), "{purpose}");
    }
    for purpose in ["stolen-vehicle", "missing-person", "interdiction", "stolen-property"] {
        assert!(ask("belton-mo", purpose) && ask("twin-falls-id", purpose), "{purpose}");
    }
    assert!(bundle("belton-mo").settings().search.movement);
    assert!(!bundle("austin-tx").settings().search.movement);
}

/// Clauses AUSP-prohibited, AUS-344.4a5: an offence below the floor is refused.
#[test]
fn clause_aus_344_4a5_an_offence_below_the_floor_is_refused() {
    let bundle = bundle("austin-tx");
    let of = |grade| {
        let offence = Some(Offence { category: "240".to_owned(), grade });
        bundle.decide(&Facts { offence, ..investigator() })
    };
    for grade in [Grade::ClassA, Grade::Felony] {
        assert!(of(grade).permit);
    }
    for grade in [Grade::ClassB, Grade::ClassC] {
        let reason = "The purpose `Investigation of a felony or class A misdemeanour` needs an offence that is at \
                      least a class A misdemeanour: AUS-344.4a5";
        assert_eq!(says(&of(grade)), [reason]);
    }
    let unsaid = bundle.decide(&Facts { offence: None, ..investigator() });
    assert_eq!(words(&unsaid), ["offence-floor"]);
    // What is no offence of the list is none.
    let offence = Some(Offence { category: "something".to_owned(), grade: Grade::Felony });
    let reason = "The purpose `Investigation of a felony or class A misdemeanour` needs the kind of offence that is \
                  investigated: any on the list: AUS-344.4a5";
    assert_eq!(says(&bundle.decide(&Facts { offence, ..investigator() })), [reason]);
    for fines in ["traffic-fines", "warrant-round-up"] {
        let refused = bundle.decide(&Facts { purpose: Some(fines.to_owned()), ..investigator() });
        assert!(words(&refused).contains(&"purpose-prohibited"));
    }
}

/// Clause AUSP-hotlist-policy: an agency may say for which kinds of offences a purpose stands; others are refused in words.
#[test]
fn clause_ausp_hotlist_policy_an_offence_of_another_kind_than_the_purpose_takes_is_refused() {
    let files = files("austin-tx");
    let label = "label = \"Investigation of a felony or class A misdemeanour\"\n";
    let only = format!("{label}offence_categories = [\"09A\", \"100\"]\n");
    let settings = files.settings.replace(label, &only);
    assert_ne!(settings, files.settings);
    let narrow = read(&BundleFiles { settings: settings.into(), ..files });
    let of = |category: &str, grade| {
        let offence = Some(Offence { category: category.to_owned(), grade });
        narrow.decide(&Facts { offence, ..investigator() })
    };
    assert!(of("09A", Grade::Felony).permit && of("100", Grade::ClassA).permit);
    let reason = "The purpose `Investigation of a felony or class A misdemeanour` needs the kind of offence that is \
                  investigated: Murder and non-negligent manslaughter (09A), Kidnapping or abduction (100): AUS-344.4a5";
    assert_eq!(says(&of("240", Grade::Felony)), [reason]);
    assert_eq!(words(&of("240", Grade::ClassC)), ["offence-category", "offence-floor"]);
    assert!(bundle("austin-tx").decide(&investigator()).permit);
    let changes = policy::difference(&bundle("austin-tx"), &narrow);
    let what = "purposes.investigation.offence_categories";
    let change = changes.iter().find(|one| one.what == what).unwrap();
    assert!(change.touches_privacy, "{change:?}");
}

/// Clauses AUSP-prohibited, AUS-344.4a6: no immigration or reproductive-health investigation, of others neither.
#[test]
fn clause_aus_344_4a6_prohibited_purposes_are_refused_from_whoever_asks() {
    let bundle = bundle("austin-tx");
    for purpose in
        ["immigration", "reproductive-health", "surveillance", "harassment", "personal-use"]
    {
        let requester =
            Requester { agency: "Elsewhere PD".to_owned(), kind: "out-of-state".to_owned() };
        let asked = for_purpose(Role::RecordsCustodian, Action::SearchReads, purpose);
        let ours = bundle.decide(&asked);
        let theirs = bundle.decide(&Facts { requester: Some(requester), ..asked });
        for refused in [ours, theirs] {
            assert!(words(&refused).contains(&"purpose-prohibited"), "{purpose}");
            let reason =
                refused.reasons.iter().find(|one| one.word == "purpose-prohibited").unwrap();
            assert_eq!(reason.clause.as_deref(), Some("AUSP-prohibited"));
        }
    }
    let named = ReasonFact { refused: true, suspicious: false, vague: false };
    let refused = bundle.decide(&Facts { reason: Some(named), ..investigator() });
    assert_eq!(words(&refused), ["reason-prohibited"]);
}

/// Clauses AUSP-prohibited, AUS-344.4a1, TWF-401.8: nobody is targeted for what they are. There is nothing to search by; a
/// reason that names a protected class of the agency's own list is looked into.
#[test]
fn clause_aus_344_4a1_a_reason_that_names_a_protected_class_is_reviewed() {
    for (name, clause, class) in
        [("austin-tx", "AUS-344.4a1", "pregnancy"), ("twin-falls-id", "TWF-401.8", "religion")]
    {
        let bundle = bundle(name);
        let rules = policy::reason::Rules::of(bundle.settings());
        let said = format!("to find drivers on Main Street by their {class}");
        let verdict = policy::reason::judge(&said, &rules);
        assert_eq!(verdict.outcome, policy::reason::Outcome::Review, "{name}");
        assert_eq!(verdict.findings.first().unwrap().clause.as_deref(), Some(clause));
        let plain = policy::reason::judge("to find the driver of a stolen truck", &rules);
        assert_eq!(plain.outcome, policy::reason::Outcome::Taken);
    }
    // The lists differ: Twin Falls does not name pregnancy.
    let twin_falls = bundle("twin-falls-id");
    assert!(!twin_falls.settings().prohibited.classes.contains(&"pregnancy".to_owned()));
}

/// Clauses AUSP-prohibited, AUS-344.4a4: a look at who gathers or speaks is no purpose, and a reason that names it is looked into.
#[test]
fn clause_aus_344_4a4_first_amendment_activity_is_no_purpose_and_is_reviewed_in_a_reason() {
    let bundle = bundle("austin-tx");
    let asked = Facts { purpose: Some("first-amendment".to_owned()), ..investigator() };
    assert!(words(&bundle.decide(&asked)).contains(&"purpose-prohibited"));
    let rules = policy::reason::Rules::of(bundle.settings());
    let verdict = policy::reason::judge("who came by car to the protest at the capitol", &rules);
    assert_eq!(verdict.outcome, policy::reason::Outcome::Review);
    assert_eq!(verdict.findings.first().unwrap().clause.as_deref(), Some("AUS-344.4a4"));
}

/// Clauses AUSP-prohibited, AUS-344.4a4: what was read at a protected event needs a nexus and a supervisor; facts that were
/// recorded before there were such events are read, and decide, as they did.
#[test]
fn clause_aus_344_4a4_a_look_at_a_protected_event_needs_a_nexus_and_a_supervisor() {
    let bundle = bundle("austin-tx");
    let look = for_purpose(Role::Investigator, Action::OpenRead, "investigation");
    assert!(bundle.decide(&look).permit);
    let touching = |nexus, approved, wanted| Facts {
        protected: Some(ProtectedFact { approved, nexus, wanted }),
        ..look.clone()
    };
    let refused = bundle.decide(&touching(false, false, false));
    assert_eq!(words(&refused), ["first-amendment-nexus"]);
    assert_eq!(refused.reasons[0].clause.as_deref(), Some("AUS-344.4a4"));
    let waits = bundle.decide(&touching(true, false, false));
    assert_eq!(words(&waits), ["first-amendment-supervisor"]);
    assert!(bundle.decide(&touching(true, true, false)).permit);
    assert!(bundle.decide(&touching(false, false, true)).permit, "it raised a hit");

    let before = look.write();
    assert!(!before.contains("protected"), "{before}");
    assert_eq!(Facts::read(&before), Ok(look.clone()));
    let now = touching(true, false, false);
    assert_eq!(Facts::read(&now.write()), Ok(now));
}

/// Clauses TWF-401.8, BEL-461.3a: no personal use; TWF-401.4d: a vague reason is refused, naming the clause.
#[test]
fn clause_twf_401_8_personal_use_is_refused() {
    for (name, clause, vague) in
        [("twin-falls-id", "TWF-401.8", "TWF-401.4d"), ("belton-mo", "BEL-461.3a", "BEL-461.3a")]
    {
        let bundle = bundle(name);
        let rules = policy::reason::Rules::of(bundle.settings());
        let personal = policy::reason::judge("to see a car, for a friend of mine", &rules);
        assert_eq!(personal.findings.first().unwrap().clause.as_deref(), Some(clause));
        let asked = Facts { reason: Some(personal.fact()), ..investigator() };
        let refused = bundle.decide(&asked);
        assert_eq!(refused.reasons.first().unwrap().clause.as_deref(), Some(clause));
        let said = policy::reason::judge("inv", &rules);
        let refused = bundle.decide(&Facts { reason: Some(said.fact()), ..investigator() });
        assert_eq!(refused.reasons.first().unwrap().clause.as_deref(), Some(vague));
    }
}

/// Clause AUS-344.6c: an external auditor sees audit data, whatever other role is held.
#[test]
fn clause_aus_344_6c_an_external_auditor_sees_audit_data_alone() {
    let bundle = bundle("austin-tx");
    let ask = |action| for_purpose(Role::ExternalAuditor, action, "audit");
    assert!(bundle.decide(&ask(Action::OpenLeaf)).permit);
    assert!(bundle.decide(&facts(Role::ExternalAuditor, Action::ListLedger)).permit);
    let mut both = investigator();
    both.person.roles.insert(Role::ExternalAuditor);
    assert_eq!(words(&bundle.decide(&both)), ["external-auditor-audits-only"]);
    for action in SEES_READS {
        assert!(!bundle.matrix().permits(Role::ExternalAuditor, action));
    }
}

/// Clause AUS-344.6a: whoever audits does not run the program; in Twin Falls the administrator audits, and it is shown.
#[test]
fn clause_aus_344_6a_whoever_audits_does_not_run_the_program() {
    let mut both = facts(Role::Auditor, Action::ReviewUse);
    assert!(bundle("austin-tx").decide(&both).permit);
    both.person.roles.insert(Role::Administrator);
    assert_eq!(words(&bundle("austin-tx").decide(&both)), ["auditor-stands-apart"]);
    let twin_falls = bundle("twin-falls-id");
    assert!(twin_falls.decide(&both).permit && twin_falls.settings().audit.self_audit);
    assert!(twin_falls.published().contains("audit it themselves: yes"));
}

/// Clauses AUS-344.5a, PIE: who is not of the agency sees no reads and runs nothing, vendors included.
#[test]
fn clause_pie_outside_people_see_no_reads() {
    for (name, _) in policy::shipped() {
        let bundle = bundle(name);
        let mut asked = investigator();
        asked.person.outside = true;
        asked.person.roles.insert(Role::Administrator);
        assert!(words(&bundle.decide(&asked)).contains(&"outside-people"), "{name}");
        asked.action = "manage-people".to_owned();
        assert_eq!(words(&bundle.decide(&asked)), ["outside-people"], "{name}");
    }
}

/// Clauses AUSP-usage, TWF-401.5, BEL-461.4: nobody looks back further than reads are kept.
#[test]
fn clause_ausp_usage_a_search_looks_back_no_further_than_is_kept() {
    for (name, hours) in [("austin-tx", 168), ("twin-falls-id", 720), ("belton-mo", 720)] {
        let bundle = bundle(name);
        let back = |hours| bundle.decide(&Facts { lookback_hours: hours, ..investigator() });
        assert!(back(Some(hours)).permit, "{name}");
        assert_eq!(words(&back(Some(hours + 1))), ["lookback"], "{name}");
        assert_eq!(words(&back(None)), ["lookback"], "{name}");
    }
}

/// Clauses TWF-401.9b, BEL-461.5b: reachable only by sign-in, and the CJIS controls hold in every bundle.
#[test]
fn clause_twf_401_9b_a_session_that_is_not_in_order_sees_nothing() {
    for (name, _) in policy::shipped() {
        let bundle = bundle(name);
        let ask = |action: Action, change: fn(&mut Facts)| {
            let mut asked = facts(Role::Administrator, action);
            change(&mut asked);
            let decision = bundle.decide(&asked);
            decision.reasons.into_iter().map(|one| one.word).collect::<Vec<_>>()
        };
        let people = Action::ListPeople;
        assert_eq!(ask(people, |_| ()), Vec::<String>::new(), "{name}");
        assert_eq!(ask(people, |asked| asked.session.locked = true), ["us-session-locked"]);
        assert_eq!(ask(people, |asked| asked.session.second_factor = false), ["us-second-factor"]);
        assert_eq!(ask(people, |asked| asked.resource = "2".to_owned()), ["us-own-agency"]);
        let late = |asked: &mut Facts| asked.session.minutes_since_authentication = 721;
        assert_eq!(ask(people, late), ["us-reauthentication"]);
        let stale = |asked: &mut Facts| asked.session.minutes_since_authentication = 11;
        assert_eq!(ask(people, stale), Vec::<String>::new());
        assert_eq!(ask(Action::GrantRole, stale), ["us-fresh-authentication"]);
        let temporary = |asked: &mut Facts| asked.person.temporary = true;
        assert_eq!(ask(Action::GrantRole, temporary), ["us-temporary-account"]);
    }
}

#[test]
fn statutes_hold_whatever_an_agency_permits() {
    let files = files("piedmont-ca");
    let loosened = files.rules.replace("unless { context has purpose }", "unless { true }");
    let bundle = read(&BundleFiles { rules: loosened.into(), ..files });
    let refused = bundle.decide(&Facts { purpose: None, ..investigator() });
    assert_eq!(
        refused.reasons.first().unwrap().clause.as_deref(),
        Some("Cal. Civ. Code 1798.90.52")
    );
    let from = |kind: &str| {
        let requester = Requester { agency: "Elsewhere PD".to_owned(), kind: kind.to_owned() };
        bundle.decide(&Facts { requester: Some(requester), ..investigator() })
    };
    assert!(from("same-state").permit);
    let refused = from("out-of-state");
    assert_eq!(words(&refused), ["ca-public-agencies-of-the-state"]);
    assert!(refused.reasons.first().unwrap().says.starts_with("Elsewhere PD is no public agency"));
}

/// With a rule whose evaluation fails, though it is valid: numbers have an end.
fn with_failing_rule() -> Bundle {
    let files = files("example");
    let rule = r#"
@id("failing")
@clause("OURS-roles")
@says("It fails")
forbid (principal, action == Action::"list-people", resource)
when { context.day * 9223372036854775807 > 0 };"#;
    read(&BundleFiles { rules: format!("{}{rule}", files.rules).into(), ..files })
}

#[test]
fn a_rule_that_cannot_be_evaluated_counts_as_a_no() {
    let bundle = with_failing_rule();
    let refused = bundle.decide(&facts(Role::Administrator, Action::ListPeople));
    assert_eq!(words(&refused), ["rule-failed"]);
    assert_eq!(refused.policies, ["failing"]);
    assert!(refused.reasons.first().unwrap().says.contains("`failing`"));
    assert!(bundle.decide(&facts(Role::Administrator, Action::ManagePeople)).permit);
}

#[test]
fn an_action_that_is_not_known_is_refused() {
    let asked = Facts { action: "rule-the-world".to_owned(), ..investigator() };
    assert_eq!(words(&bundle("example").decide(&asked)), ["unknown-action"]);
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let role = prop::sample::subsequence(Role::ALL.to_vec(), 0..4);
    let action = prop::sample::select(Action::ALL.to_vec());
    let purpose = prop::option::of(prop::sample::select(vec![
        "monitoring",
        "investigation",
        "audit",
        "immigration",
        "x\"}",
    ]));
    let flags = any::<[bool; 8]>();
    (role, action, purpose, flags, any::<u32>(), ".{0,12}", prop::option::of(any::<u32>()))
        .prop_map(|(roles, action, purpose, flags, minutes, odd, hours)| {
            let [outside, temporary, locked, second, exigent, trained, formatted, other] = flags;
            let mut asked = facts(Role::Officer, action);
            asked.person.roles = roles.into_iter().collect();
            asked.person.outside = outside;
            asked.person.temporary = temporary;
            asked.session.locked = locked;
            asked.session.second_factor = second;
            asked.session.minutes_since_authentication = minutes % 1000;
            asked.session.device = other.then(|| odd.clone());
            asked.exigent = exigent;
            asked.purpose = purpose.map(str::to_owned);
            asked.case = Some(policy::CaseFact { formatted, verified: None });
            asked.lookback_hours = hours;
            if !trained {
                asked.training.clear();
            }
            if other {
                asked.person.pseudonym.clone_from(&odd);
                asked.resource = odd;
                asked.requester = Some(Requester { agency: "x".to_owned(), kind: "y".to_owned() });
                asked.offence = None;
                asked.reason = None;
            }
            asked
        })
}

#[test]
fn a_decision_is_made_again_from_its_record() {
    let bundles: Vec<_> = policy::shipped().iter().map(|(name, _)| bundle(name)).collect();
    // The same texts give the same digest: the record names it, and the bundle is read anew.
    let again: Vec<_> = policy::shipped().iter().map(|(name, _)| bundle(name)).collect();
    proptest!(ProptestConfig::with_cases(64), |(asked in any_facts())| {
        for (bundle, later) in bundles.iter().zip(&again) {
            let decision = bundle.decide(&asked);
            let (digest, record) = (bundle.digest(), asked.write());
            prop_assert_eq!(later.digest(), digest);
            let replayed = later.decide(&Facts::read(&record).unwrap());
            prop_assert_eq!(&replayed, &decision);
            prop_assert_eq!(decision.permit, decision.reasons.is_empty());
            if decision.permit {
                prop_assert!(!decision.policies.is_empty());
                prop_assert!(asked.person.agency == asked.resource && asked.session.second_factor);
            }
        }
    });
}

#[test]
fn facts_are_recorded_canonically() {
    let record = investigator().write();
    let value: serde_json::Value = serde_json::from_str(&record).unwrap();
    let sorted = sorted(&value);
    assert_eq!(sorted, record);
    assert_eq!(Facts::read(&record), Ok(investigator()));
    assert!(Facts::read(&record.replace(":", ": ")).is_err());
    assert!(Facts::read(&record.replacen('{', "{\"plate\":\"ABC123\",", 1)).is_err());
    assert!(Facts::read("").is_err());
}

/// JSON with its names in order, written apart from the code under test.
fn sorted(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(fields) => {
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by_key(|(name, _)| name.as_str());
            let fields: Vec<_> =
                names.iter().map(|(name, value)| format!("\"{name}\":{}", sorted(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        other => other.to_string(),
    }
}
