//! What a new bundle changes, and what contradicts one.

use domain::TopicKind;
use domain::hotlist::Category;
use policy::settings::Channel;
use policy::{BundleFiles, Configured, File, contradictions, difference};

use crate::support::{bundle, files, read};

/// Clause AUS-344.6b8: changes that touch privacy are marked.
#[test]
fn clause_aus_344_6b8_changes_that_touch_privacy_are_marked() {
    let old = files("austin-tx");
    let settings = old
        .settings
        .replace("{ clause = \"AUSP-usage\", days = 7 }", "{ clause = \"AUSP-usage\", days = 14 }")
        .replace("days = 7\nstart", "days = 14\nstart")
        .replace("title = \"Austin Police Department, Texas\"", "title = \"Austin\"")
        .replace("word = \"hate-crime\"", "word = \"hate\"");
    let rules = old.rules.replace("@id(\"lookback\")", "@id(\"look-back\")");
    let rules = rules.replace("context.session", "context . session").replace(
        "unless { context.training.contains(\"reader\") }",
        "unless { context.training.contains(\"reader\") || context.exigent }",
    );
    let clauses = old
        .clauses
        .replace("\"lookback\"", "\"look-back\"")
        .replace("purposes.hate-crime", "purposes.hate");
    let new = BundleFiles {
        settings: settings.into(),
        rules: rules.into(),
        clauses: clauses.into(),
        published: old.published.replace("grave offences", "offences").into(),
        ..old.clone()
    };
    let (old, new) = (read(&old), read(&new));
    assert_eq!(difference(&old, &old), []);
    let changes = difference(&old, &new);
    let shown: Vec<_> = changes
        .iter()
        .map(|one| {
            format!("{}{}: {}", if one.touches_privacy { "* " } else { "  " }, one.file, one.says)
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    let is_a_name = |what: &str| what == "title" || what.ends_with(".label");
    assert!(changes.iter().all(|one| one.touches_privacy != is_a_name(&one.what)));
    assert!(changes.iter().any(|one| one.file == File::Published && one.what == "Retention"));
}

#[test]
fn what_is_configured_against_the_policy_blocks_it() {
    let austin = bundle("austin-tx");
    assert_eq!(contradictions(&austin, &Configured::default()), []);
    let in_line = Configured {
        hotlist_categories: Category::ALL.to_vec(),
        purposes: ["investigation".to_owned()].into(),
        retention_days: Some(7),
        fields: ["plate".to_owned(), "make".to_owned()].into(),
        channels: [Channel::Push].into(),
        ..Configured::default()
    };
    assert_eq!(contradictions(&austin, &in_line), []);
    let broken = Configured {
        purposes: ["immigration".to_owned(), "interdiction".to_owned()].into(),
        retention_days: Some(30),
        fields: ["colour".to_owned()].into(),
        channels: [Channel::Webhook].into(),
        standing_shares: ["Elsewhere PD".to_owned()].into(),
        movement_search: true,
        ..Configured::default()
    };
    let says: Vec<_> = contradictions(&austin, &broken).into_iter().map(|one| one.says).collect();
    assert_eq!(
        says,
        [
            "alerts leave by webhook, and the policy does not list it",
            "`colour` is stored, and the policy does not list it",
            "the purpose `immigration` is in use, and AUS-344.4a6 prohibits immigration enforcement",
            "the purpose `interdiction` is in use, and the policy has it not",
            "reads are kept for 30 days, and the policy says 7",
            "searches for movements are switched on, and the policy has none",
            "Elsewhere PD has standing access, and the policy does not list it",
        ]
    );
}

/// Clause AUSP-hotlist-policy: the list of categories is closed.
#[test]
fn clause_ausp_hotlist_policy_a_category_that_is_not_listed_contradicts() {
    let files = files("austin-tx");
    let start = files.settings.find("    { category = \"investigation\"").unwrap();
    let end = start + files.settings[start..].find('\n').unwrap();
    let settings = format!("{}{}", &files.settings[..start], &files.settings[end..]);
    let closed = read(&BundleFiles { settings: settings.into(), ..files });
    let held =
        Configured { hotlist_categories: vec![Category::Investigation], ..Configured::default() };
    let found = contradictions(&closed, &held);
    assert_eq!(found.first().unwrap().setting, "hotlists.categories");
}

#[test]
fn a_statute_pack_that_was_changed_contradicts() {
    let mut files = files("example");
    let shorter =
        files.statutes["US"].replace("unless { context.session.second_factor }", "unless { true }");
    files.statutes.insert("US".to_owned(), shorter.into());
    let found = contradictions(&read(&files), &Configured::default());
    assert_eq!(
        found.first().unwrap().says,
        "the statute pack US is not the one that this program comes with"
    );
}

/// Clause AUS-344.3.2c: which units sign off a fixed camera is told when it changes, and each has to be somebody's to give.
#[test]
fn clause_aus_344_3_2c_sign_offs_that_come_or_go_are_told_and_are_somebodys_to_give() {
    let old = files("austin-tx");
    let planning =
        "    { word = \"planning\", label = \"Planning unit\", role = \"program-lieutenant\" },\n";
    let shorter =
        BundleFiles { settings: old.settings.replace(planning, "").into(), ..old.clone() };
    let (austin, shorter) = (read(&old), read(&shorter));
    let says = |one: &policy::Bundle, other: &policy::Bundle| -> Vec<String> {
        let changes = difference(one, other).into_iter().filter(|one| one.file == File::Settings);
        changes.map(|one| one.says).collect()
    };
    assert_eq!(
        says(&austin, &shorter),
        ["a fixed camera no longer waits for the sign-off of: Planning unit"]
    );
    assert_eq!(
        says(&shorter, &austin),
        [
            "a fixed camera that is added waits for the sign-off of: Planning unit; role: Program lieutenant"
        ]
    );
    let none = files("belton-mo");
    let one = none.settings.replace(
        "\nsign_offs = []",
        "\nclause = \"BEL-461.2\"\nsign_offs = [{ word = \"planning\", label = \"Planning unit\", role = \"chief\" }]",
    );
    let promised = read(&BundleFiles { settings: one.into(), ..none.clone() });
    let said = says(&read(&none), &promised);
    assert!(said[1].starts_with("a fixed camera that is added waits"), "{said:?}");
    let found = contradictions(&promised, &Configured::default());
    assert_eq!(found.first().unwrap().setting, "cameras.sign_offs");
}

/// Clause AUS-344.4a6: a source's list of immigration violators cannot be switched on, and the refusal names the clause.
#[test]
fn clause_aus_344_4a6_lists_of_immigration_violators_are_forbidden() {
    let no = bundle("austin-tx").settings().topic(TopicKind::ImmigrationViolator).unwrap_err();
    assert_eq!(no.clause.as_deref(), Some("AUS-344.4a6"));
    let says = "the policy forbids lists of immigration violators (AUS-344.4a6)";
    assert_eq!(no.to_string(), says);
    // A bundle that only prohibits the use forbids the list too.
    let mut files = files("austin-tx");
    let kept =
        "forbidden_topics = [{ topics = [\"immigration-violator\"], clause = \"AUS-344.4a6\" }]\n";
    let settings = files.settings.replace(kept, "");
    assert_ne!(settings, files.settings);
    files.settings = settings.into();
    files.clauses = files.clauses.replace("\"hotlists.forbidden_topics\", ", "").into();
    let no = read(&files).settings().topic(TopicKind::ImmigrationViolator).unwrap_err();
    assert_eq!(no.clause.as_deref(), Some("AUS-344.4a6"));
    assert!(no.says.contains("prohibits immigration enforcement"), "{no}");
}

/// Clause AUSP-hotlist-policy: topics beyond the four grounds cannot be switched on, and one that is on blocks a policy without it.
#[test]
fn clause_ausp_hotlist_policy_topics_beyond_the_four_grounds_are_forbidden() {
    let austin = bundle("austin-tx");
    let held = TopicKind::ALL.into_iter().filter(|kind| austin.settings().topic(*kind).is_ok());
    let held: Vec<_> = held.map(TopicKind::word).collect();
    let grounds = [
        "amber-alert",
        "vehicle",
        "license-plate",
        "wanted-person",
        "missing-person",
        "investigation",
    ];
    assert_eq!(held, grounds);
    let gang = austin.settings().topic(TopicKind::Gang).unwrap_err();
    assert_eq!(gang.clause.as_deref(), Some("AUSP-hotlist-policy"));
    let on = |kind| Configured { hotlist_topics: [kind].into(), ..Configured::default() };
    assert_eq!(contradictions(&austin, &on(TopicKind::Vehicle)), []);
    let found = contradictions(&austin, &on(TopicKind::Gang));
    assert_eq!(found[0].setting, "hotlists.forbidden_topics");
    assert!(found[0].says.contains("`gang` is switched on"), "{found:?}");
}

#[test]
fn a_bundle_may_hold_a_topic_without_a_category_by_naming_one() {
    let mut files = files("belton-mo");
    let other = "[hotlists]\nother_topics = [{ topic = \"violent-person\", category = \"wanted-person\" }]\n";
    files.settings = files.settings.replace("[hotlists]\n", other).into();
    let with = read(&files);
    assert_eq!(with.settings().topic(TopicKind::ViolentPerson), Ok(Category::WantedPerson));
    let none = bundle("belton-mo").settings().topic(TopicKind::ViolentPerson);
    assert_eq!(none.unwrap_err().clause, None);
    let twice = files.settings.replace(
        "[hotlists]\n",
        "[hotlists]\nforbidden_topics = [{ topics = [\"violent-person\"], clause = \"BEL-461.1\" }]\n",
    );
    files.settings = twice.into();
    assert!(policy::Bundle::read(&files).is_err(), "what is forbidden cannot be held");
}
