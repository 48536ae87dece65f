//! The bundles that come with the program: who can do what, and whether every clause has its place.

use domain::people::Role;
use policy::BundleFiles;
use policy::settings::{Second, Start};

use crate::support::{bundle, files, read};

#[test]
fn every_bundle_that_is_shipped_can_be_read() {
    for (name, _) in policy::shipped() {
        let bundle = bundle(name);
        assert_eq!(bundle.settings().id, *name);
        assert_eq!(bundle.digest().len(), 64);
        assert!(!bundle.published().contains(['{', '}']), "{name}");
    }
}

/// Who can do what, and why: reviewed whenever it changes.
#[test]
fn who_can_do_what_and_why() {
    for (name, _) in policy::shipped() {
        insta::assert_snapshot!(format!("matrix-{name}"), bundle(name).matrix().to_string());
    }
}

#[test]
fn what_is_published() {
    for (name, _) in policy::shipped() {
        insta::assert_snapshot!(format!("published-{name}"), bundle(name).published());
    }
}

/// What each channel may say beyond a priority and a link is published by everybody, also where it is nothing.
#[test]
fn what_leaves_by_which_channel_stands_in_every_published_text() {
    for (name, files) in policy::shipped() {
        assert!(files.published.contains("{telling.says}"), "{name}");
        assert!(files.published.contains("{channels.allowed}"), "{name}");
    }
}

/// The lines that stand commented in the example, as somebody takes them in.
#[test]
fn a_statute_that_limits_the_age_of_hotlists_is_taken_in_by_its_commented_lines() {
    let files = files("example");
    let taken_in = |text: &str, from: &str, until: &str| {
        let (before, rest) = text.split_once(from).expect("the lines stand there");
        let (lines, after) = rest.split_once(until).expect("they come to an end");
        let lines = format!("{from}{lines}").replace("\n# ", "\n").replacen("# ", "", 1);
        format!("{before}{lines}{until}{after}")
    };
    let settings = taken_in(&files.settings, "# [hotlists.law]", "\n\n").into();
    let clauses = taken_in(&format!("{}\n", files.clauses), "# [[clause]]", "\n\n").into();
    let taken = read(&BundleFiles { settings, clauses, ..files });
    let law = taken.settings().hotlists.law.as_ref().unwrap();
    assert_eq!((law.hours, law.clause.as_str()), (24, "OURS-freshness-law"));
    for (name, _) in policy::shipped() {
        assert_eq!(bundle(name).settings().hotlists.law, None, "{name}");
    }
}

/// Every clause on access, on forbidden uses and on keeping, by agency.
const CLAUSES: [(&str, &[&str]); 4] = [
    (
        "austin-tx",
        &[
            "AUS-344.2b",
            "AUS-344.3.1a",
            "AUS-344.3.1a1",
            "AUS-344.3.1b",
            "AUS-344.3.2a",
            "AUS-344.3.2a1",
            "AUS-344.3.2c",
            "AUS-344.4c",
            "AUS-344.7a",
            "AUS-344.7b",
            "AUSP-access",
            "AUSP-prohibited",
            "AUS-344.4a1",
            "AUS-344.4a2",
            "AUS-344.4a3",
            "AUS-344.4a4",
            "AUS-344.4a5",
            "AUS-344.4a6",
            "AUS-344.4a7",
            "AUS-344.4b",
            "AUSP-usage",
            "AUS-344.4d",
            "AUS-344.4e",
            "AUS-344.4f",
        ],
    ),
    (
        "twin-falls-id",
        &[
            "TWF-401.1",
            "TWF-401.3",
            "TWF-401.4",
            "TWF-401.4a",
            "TWF-401.4b",
            "TWF-401.4c",
            "TWF-401.4d",
            "TWF-401.5",
            "TWF-401.8",
            "TWF-401.9",
            "TWF-401.9b",
            "TWF-401.9c",
        ],
    ),
    (
        "belton-mo",
        &[
            "BEL-461.1",
            "BEL-461.2",
            "BEL-461.3",
            "BEL-461.3a",
            "BEL-461.3b",
            "BEL-461.3d",
            "BEL-461.3e",
            "BEL-461.4",
            "BEL-461.5",
            "BEL-461.5b",
            "BEL-461.5c",
        ],
    ),
    ("piedmont-ca", &["PIE", "PIE-comment"]),
];

#[test]
fn every_clause_has_its_place_in_its_bundle() {
    for (name, ids) in CLAUSES {
        let bundle = bundle(name);
        for id in ids {
            assert!(bundle.clauses().iter().any(|clause| clause.id == *id), "{name}: {id}");
        }
    }
}

#[test]
fn every_rule_enforces_a_clause() {
    for (name, files) in policy::shipped() {
        let bundle = bundle(name);
        for after in files.rules.split("@id(\"").skip(1) {
            let id = after.split('"').next().unwrap();
            let is_named =
                bundle.clauses().iter().any(|clause| clause.rules.iter().any(|rule| rule == id));
            assert!(is_named, "{name}: no clause names the rule {id}");
        }
    }
}

/// Clauses AUSP-usage, AUS-344.4d: seven days, the stricter of the two, and both are cited.
#[test]
fn clause_aus_344_4d_the_stricter_retention_holds_and_both_are_cited() {
    let austin = bundle("austin-tx");
    let retention = &austin.settings().retention;
    assert_eq!((retention.days, retention.start), (7, Start::Capture));
    let cited: Vec<_> =
        retention.sources.iter().map(|source| (source.clause.as_str(), source.days)).collect();
    assert_eq!(cited, [("AUSP-usage", 7), ("AUS-344.4d", 30)]);
    assert!(austin.published().contains("deleted after 7 days"));
}

/// Clauses TWF-401.5, BEL-461.4: thirty days; in Belton counted from arrival on the server.
#[test]
fn clause_bel_461_4_belton_counts_from_arrival() {
    let starts = |name| bundle(name).settings().retention.start;
    assert_eq!((starts("belton-mo"), starts("twin-falls-id")), (Start::Arrival, Start::Capture));
    assert_eq!(bundle("twin-falls-id").settings().retention.days, 30);
}

/// Clauses AUS-344.3.2b3, AUS-344.3.2b3a: a second officer, and for follow-ups no exception.
#[test]
fn clause_aus_344_3_2b3_a_second_officer_is_asked_for() {
    let second = bundle("austin-tx").settings().second_person.clone();
    assert_eq!((second.alert, second.follow_up), (Second::UnlessExigent, Second::Always));
}

/// Clause AUSP-detected: no colour and no body are stored in Austin.
#[test]
fn clause_ausp_detected_only_listed_fields_are_stored() {
    let stored = bundle("austin-tx").settings().fields.stored.clone();
    for field in ["colour", "body"] {
        assert!(!stored.iter().any(|one| one == field), "{field}");
    }
    assert!(stored.iter().any(|one| one == "model"));
    let may_store =
        |name| bundle(name).settings().fields.may_store(policy::settings::VEHICLE_CLASS);
    let of_class =
        ["austin-tx", "belton-mo", "example", "piedmont-ca", "twin-falls-id"].map(may_store);
    assert_eq!(of_class, [false, true, true, false, false]);
}

/// Clause AUS-344.3.2c: three units sign off a permanent camera in Austin; a policy that promises what nobody may do is not loaded.
#[test]
fn clause_aus_344_3_2c_the_bundle_says_which_units_sign_off_a_fixed_camera() {
    let units = |name| -> Vec<(String, Role)> {
        let asked = bundle(name).settings().cameras.sign_offs.clone();
        asked.into_iter().map(|one| (one.word, one.role)).collect()
    };
    let of = |word: &str, role| (word.to_owned(), role);
    assert_eq!(
        units("austin-tx"),
        [
            of("security-officer", Role::ChiefSecurityOfficer),
            of("technology", Role::Administrator),
            of("planning", Role::ProgramLieutenant),
        ]
    );
    assert_eq!(units("example"), [of("security-officer", Role::ChiefSecurityOfficer)]);
    for name in ["piedmont-ca", "twin-falls-id", "belton-mo"] {
        assert_eq!(units(name), []);
    }
    let published = bundle("austin-tx").published();
    assert!(published.contains("Chief security officer, Technology unit, Planning unit"));
}
