//! Broken bundles: every fault is named, with its file and its place, and nothing is half-done.

use policy::{Bundle, BundleFiles, Fault, File};
use proptest::prelude::*;

use crate::support::{files, read};

fn example() -> BundleFiles {
    files("example")
}

/// The faults of the example with one text changed, as `file: place: what`.
#[track_caller]
fn faults(change: impl FnOnce(&mut BundleFiles)) -> Vec<String> {
    let mut files = example();
    change(&mut files);
    let faults = Bundle::read(&files).expect_err("it was read");
    faults.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn settings(from: &str, to: &str) -> Vec<String> {
    faults(|files| {
        assert!(files.settings.contains(from), "{from}");
        files.settings = files.settings.replacen(from, to, 1).into();
    })
}

#[track_caller]
fn with_rule(rule: &str) -> Vec<String> {
    faults(|files| files.rules = format!("{}\n{rule}", files.rules).into())
}

#[track_caller]
fn clauses(from: &str, to: &str) -> Vec<String> {
    faults(|files| {
        assert!(files.clauses.contains(from), "{from}");
        files.clauses = files.clauses.replacen(from, to, 1).into();
    })
}

/// What is written, what is written instead, and the fault.
const WRONG_SETTINGS: [(&str, &str, &str); 30] = [
    ("version = 1", "version = 2", "version: 2 is not read here: 1 is"),
    (
        "id = \"example\"",
        "id = \"Our Town\"",
        "id: `Our Town` is no word: small letters, digits and hyphens",
    ),
    ("edition = \"2026-01-01\"", "edition = \"lately\"", "edition: it is not a day, YYYY-MM-DD"),
    (
        "jurisdiction = [\"US\"]",
        "jurisdiction = []",
        "jurisdiction: `US` has to be among them: it holds for everybody",
    ),
    (
        "jurisdiction = [\"US\"]",
        "jurisdiction = [\"US\", \"XX\"]",
        "statutes/XX.cedar: whole file: bundle.toml names it and it is not there",
    ),
    (
        "days = 30",
        "days = 60",
        "retention.days: 60 is not what the strictest source and the statutes say: 30",
    ),
    (
        "start = \"capture\"",
        "start = \"later\"",
        "retention: unknown variant `later`, expected `capture` or `arrival`",
    ),
    (
        "failures_max = 5",
        "failures_max = 9",
        "sign_in.failures_max: 9 is looser than AC-7 allows: between 1 and 5",
    ),
    (
        "[\"officer\", \"rtcc-operator\"]",
        "[\"chief\"]",
        "sign_in.idle_lock_exempt: chief is neither in a patrol vehicle nor in dispatch: AC-11 exempts no others",
    ),
    (
        "word = \"monitoring\"",
        "word = \"immigration\"",
        "purposes.immigration: OURS-prohibited prohibits it: immigration enforcement",
    ),
    ("word = \"monitoring\"", "word = \"audit\"", "purposes: `audit` stands there twice"),
    (
        "offence_floor = \"class-a\"",
        "offence_floor = \"class-x\"",
        "purposes.investigation: unknown variant `class-x`, expected one of `class-c`, `class-b`, `class-a`, `felony`",
    ),
    (
        "offence_floor = \"class-a\"",
        "offence_floor = \"class-a\"\noffence_categories = [\"240\", \"999\"]",
        "purposes.investigation.offence_categories: `999` is no NIBRS code of an offence",
    ),
    (
        "offence_floor = \"class-a\"",
        "offence_categories = [\"240\"]",
        "purposes.investigation.offence_categories: no offence is asked for: `offence_floor` says how grave it is at least",
    ),
    (
        "example = \"26-001234\"",
        "example = \"case 7\"",
        "case_number.example: it does not fit any of the formats",
    ),
    (
        "lookback_hours_max = 720",
        "lookback_hours_max = 721",
        "search.lookback_hours_max: between 1 and 720, which is all that is kept",
    ),
    ("    \"place\",\n", "", "fields.stored: a read cannot be without `place`"),
    (
        "    \"jurisdiction\",\n",
        "    \"driver\",\n",
        "fields.stored: `driver` is no field of a read",
    ),
    (
        "with_plate = []",
        "with_plate = [\"sms\"]",
        "channels: unknown variant `sms`, expected one of `console`, `push`, `mail`, `webhook`",
    ),
    ("group_minutes = 15", "group_minutes = 0", "telling.group_minutes: between 1 and 240"),
    (
        "group_minutes = 15",
        "says = [{ channel = \"push\", fields = [\"plate\"], label = \"the plate\", clause = \"OURS-roles\" }]",
        "telling.says.push: a plate may not leave: `push` is not among `channels.with_plate`",
    ),
    (
        "clause = \"OURS-cameras\"\nsign_offs",
        "sign_offs",
        "cameras.clause: no clause says that a camera waits for sign-offs",
    ),
    (
        "role = \"chief-security-officer\" }",
        "role = \"mayor\" }",
        "cameras: unknown variant `mayor`, expected one of `administrator`, `chief-security-officer`, `rtcc-operator`, `officer`, `investigator`, `supervisor`, `auditor`, `program-lieutenant`, `records-custodian`, `trainer`, `chief`, `external-auditor`",
    ),
    (
        "quiet_minutes = 120",
        "quiet_minutes = 1",
        "cameras.quiet_minutes: between 5 and 10080, which is a week",
    ),
    ("less_percent = 25", "less_percent = 100", "cameras.less_percent: between 1 and 90"),
    ("[search]", "[serach]", "search: it is missing"),
    ("[search]", "[serach]", "serach: there is no such setting"),
    ("failures_max = 5", "failures_max = 5\nmood = 1", "sign_in: unknown field `mood`"),
    ("title = \"", "title = ", "line 5: "),
    (
        "clause = \"OURS-training\"",
        "clause = \"OURS-nowhere\"",
        "clauses.toml: OURS-nowhere: training.reader.clause names it and it is not here",
    ),
];

#[test]
fn settings_that_are_wrong_are_named_by_their_key() {
    for (from, to, fault) in WRONG_SETTINGS {
        let found = settings(from, to);
        assert!(found.iter().any(|one| one.contains(fault)), "{fault}\n{}", found.join("\n"));
    }
}

const SAYS: &str = "@clause(\"OURS-roles\") @says(\"x\")";

#[test]
fn rules_that_are_wrong_are_named_by_their_id() {
    let scope = "(principal, action == Action::\"list-reads\", resource)";
    for (rule, fault) in [
        (format!("{SAYS} forbid {scope};"), "it has no @id"),
        (
            format!("@id(\"Un Named\") {SAYS} forbid {scope};"),
            "Un Named: its @id is not small letters, digits and hyphens, at most 60",
        ),
        (
            format!("@id(\"officer\") {SAYS} forbid {scope};"),
            "officer: another rule has the same @id",
        ),
        (
            format!("@id(\"mute\") @clause(\"OURS-roles\") forbid {scope};"),
            "mute: it has no @says: nobody would know what is missing",
        ),
        (
            format!("@id(\"why\") @says(\"x\") forbid {scope};"),
            "why: it has no @clause: who asks for it",
        ),
        (
            format!("@id(\"lost\") @says(\"x\") @clause(\"OURS-lost\") forbid {scope};"),
            "OURS-lost: rule `lost` names it and it is not here",
        ),
        (
            format!("@id(\"gap\") @clause(\"OURS-roles\") @says(\"{{plate}}\") forbid {scope};"),
            "gap: its @says names {plate}, which is not known",
        ),
        (
            format!("@id(\"if\") {SAYS} permit {scope} when {{ context.exigent }};"),
            "if: a permit says who and what, nothing else",
        ),
        (
            format!("@id(\"all\") {SAYS} permit (principal, action, resource);"),
            "all: a permit names its actions",
        ),
        (
            format!("@id(\"one\") {SAYS} forbid (principal == Person::\"p\", action, resource);"),
            "one: it names a person: rules speak of roles",
        ),
        (
            format!(
                "@id(\"god\") {SAYS} permit (principal in Role::\"god\", action == Action::\"list-reads\", resource);"
            ),
            "god: it names a role that is not known",
        ),
        (
            format!("@id(\"fly\") {SAYS} permit (principal, action == Action::\"fly\", resource);"),
            "fly: there is no action `fly`",
        ),
        (
            format!("@id(\"has\") {SAYS} forbid {scope} when {{ context.purpose.known }};"),
            "has: for policy `has`, unable to guarantee safety of access to optional attribute",
        ),
        (
            format!("@id(\"deep\") {SAYS} forbid {scope} when {{ principal.plate }};"),
            "deep: for policy `deep`, attribute `plate`",
        ),
        (
            format!("@id(\"slot\") {SAYS} forbid (principal in ?principal, action, resource);"),
            "it has a slot: a rule says whom it means",
        ),
        ("forbid (principal, action, resource) when {".to_owned(), "rules.cedar: line "),
    ] {
        let found = with_rule(&rule);
        assert!(found.iter().any(|one| one.contains(fault)), "{fault}\n{}", found.join("\n"));
    }
}

#[test]
fn a_statute_pack_only_forbids_and_says_what_it_is() {
    let pack = |text: &str| {
        faults(|files| {
            files.statutes.insert("US".to_owned(), text.to_owned().into());
        })
    };
    let rule = "(principal, action == Action::\"list-reads\", resource);";
    for (text, fault) in [
        (
            format!(
                "// Not legal advice.\n@id(\"us-a\") @source(\"x\") @says(\"x\") permit {rule}"
            ),
            "statutes/US.cedar: us-a: a statute pack forbids",
        ),
        (
            format!(
                "// Not legal advice.\n@id(\"us-a\") @source(\"x\") @says(\"x\") @read(\"rumour\") forbid {rule}"
            ),
            "us-a: its @read is none of",
        ),
        (
            format!(
                "// Not legal advice.\n@id(\"us-a\") @source(\"x\") @says(\"x\") @published(\"<b>\") forbid {rule}"
            ),
            "us-a: its @published is not one line",
        ),
        (
            format!("// Not legal advice.\n@id(\"us-a\") @says(\"x\") forbid {rule}"),
            "us-a: it has no @source",
        ),
        (
            format!(
                "// Not legal advice.\n@id(\"tx-a\") @source(\"x\") @says(\"x\") forbid {rule}"
            ),
            "tx-a: its @id does not begin with `us-`",
        ),
        (
            format!("@id(\"us-a\") @source(\"x\") @says(\"x\") forbid {rule}"),
            "it does not say `not legal advice`",
        ),
    ] {
        let found = pack(&text);
        assert!(found.iter().any(|one| one.contains(fault)), "{fault}\n{}", found.join("\n"));
    }
}

#[test]
fn clauses_name_what_is_there() {
    for (from, to, fault) in [
        (
            "\"training.reader\"",
            "\"training.driver\"",
            "clauses.toml: OURS-training: there is no setting `training.driver`",
        ),
        (
            "\"reader-training\"",
            "\"driver-training\"",
            "clauses.toml: OURS-training: there is no rule `driver-training`",
        ),
        (
            "settings = [\"training.reader\"]\nrules = [\"reader-training\"]\n",
            "",
            "OURS-training: nothing enforces it",
        ),
        ("id = \"OURS-case\"", "id = \"OURS-purpose\"", "OURS-purpose: it stands there twice"),
        ("id = \"OURS-case\"", "id = \"our case\"", "our case: it is no clause id"),
        ("version = 1", "version = 7", "version: 7 is not read here: 1 is"),
        ("says = \"Every", "says = Every", "clauses.toml: line "),
        ("version = 1", "version = 1\nmood = 1", "unknown field `mood`"),
    ] {
        let found = clauses(from, to);
        assert!(found.iter().any(|one| one.contains(fault)), "{fault}\n{}", found.join("\n"));
    }
}

#[test]
fn published_words_are_whole_and_show_settings_that_are_there() {
    let published = |from: &str, to: &str| {
        faults(|files| {
            files.published = files.published.replacen(from, to, 1).into();
        })
    };
    for (from, to, fault) in [
        ("## Retention", "## Keeping", "published.md: ## Retention: this heading is missing"),
        (
            "{retention.days}",
            "{retention.weeks}",
            "published.md: {retention.weeks}: there is no such setting to show",
        ),
        ("{retention.days}", "{retention}", "{retention}: there is no such setting to show"),
        ("{retention.days}", "<b>7</b>", "it is Markdown without HTML"),
    ] {
        let found = published(from, to);
        assert!(found.iter().any(|one| one.contains(fault)), "{fault}\n{}", found.join("\n"));
    }
}

#[test]
fn every_fault_is_told_and_not_only_the_first() {
    let found = faults(|files| {
        files.settings =
            files.settings.replace("days = 30", "days = 31").replace("title = ", "tilte = ").into();
        files.rules = "permit (principal, action, resource);".into();
        files.clauses = "version = ".into();
        files.published = "".into();
    });
    for file in ["bundle.toml", "rules.cedar", "clauses.toml", "published.md"] {
        assert!(found.iter().any(|one| one.starts_with(file)), "{file}\n{}", found.join("\n"));
    }
    let faults = Bundle::read(&BundleFiles::default()).unwrap_err();
    assert!(faults.iter().any(|one| one.file == File::Settings), "{faults:?}");
    let long = BundleFiles { rules: "/".repeat(1 << 20).into(), ..example() };
    let fault = Bundle::read(&long).unwrap_err();
    assert_eq!(
        fault,
        [Fault {
            file: File::Rules,
            place: "whole file".to_owned(),
            says: "1048576 bytes are more than 262144".to_owned(),
        }]
    );
}

#[test]
fn the_digest_covers_every_text() {
    let digest = |change: fn(&mut BundleFiles)| {
        let mut files = example();
        change(&mut files);
        read(&files).digest()
    };
    let mut all = vec![
        digest(|_| ()),
        digest(|files| files.settings = format!("{}\n", files.settings).into()),
        digest(|files| files.rules = format!("{}\n", files.rules).into()),
        digest(|files| files.clauses = format!("{}\n", files.clauses).into()),
        digest(|files| files.published = format!("{}\n", files.published).into()),
        digest(|files| {
            let longer = format!("{}\n", files.statutes["US"]);
            files.statutes.insert("US".to_owned(), longer.into());
        }),
    ];
    assert_eq!(digest(|_| ()), all[0]);
    // A pack that does not hold changes nothing.
    assert_eq!(
        digest(|files| {
            files.statutes.remove("TX");
        }),
        all[0]
    );
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_texts_are_read_or_refused_with_a_reason(
        which in 0..5_usize,
        at in any::<prop::sample::Index>(),
        n_cut in 0..40_usize,
        text in r#"(\PC|[\[\]{}()="@;.\n]|permit|forbid|version){0,12}"#,
    ) {
        let mut files = example();
        let us = files.statutes["US"].clone();
        let whole = match which {
            0 => &files.settings,
            1 => &files.rules,
            2 => &files.clauses,
            3 => &files.published,
            _ => &us,
        };
        let chars: Vec<char> = whole.chars().collect();
        let at = at.index(chars.len());
        let end = (at + n_cut).min(chars.len());
        let changed: String = chars[..at].iter().copied().chain(text.chars()).chain(chars[end..].iter().copied()).collect();
        match which {
            0 => files.settings = changed.into(),
            1 => files.rules = changed.into(),
            2 => files.clauses = changed.into(),
            3 => files.published = changed.into(),
            _ => drop(files.statutes.insert("US".to_owned(), changed.into())),
        }
        match Bundle::read(&files) {
            Ok(bundle) => prop_assert_eq!(bundle.digest(), read(&files).digest()),
            Err(faults) => prop_assert!(!faults.is_empty() && faults.iter().all(|one| !one.says.is_empty())),
        }
    }
}
