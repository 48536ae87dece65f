//! What the statute packs refuse that the agency's own rules permit. None of them is legal advice.

use domain::people::Role;
use policy::{Action, Bundle, BundleFiles, Facts, Requester};

use crate::support::{files, for_purpose, read, says, words};

/// The neutral example under the law of a state, reads kept for so many days and audited every so many months.
#[track_caller]
fn under(pack: &str, days: u32, months: u32) -> Bundle {
    let mut files = files("example");
    let changed = files
        .settings
        .replace("jurisdiction = [\"US\"]", &format!("jurisdiction = [\"US\", \"{pack}\"]"))
        .replace("days = 30", &format!("days = {days}"))
        .replace("lookback_hours_max = 720", &format!("lookback_hours_max = {}", days * 24))
        .replace("months = 3\n", &format!("months = {months}\n"));
    assert!(
        changed.contains(&format!("\"{pack}\"]")) && changed.contains(&format!("days = {days}"))
    );
    files.settings = changed.into();
    read(&files)
}

fn search() -> Facts {
    let facts = for_purpose(Role::Investigator, Action::SearchReads, "investigation");
    Facts { lookback_hours: Some(24), ..facts }
}

fn from(kind: &str, facts: Facts) -> Facts {
    let requester = Requester { agency: "Elsewhere PD".to_owned(), kind: kind.to_owned() };
    Facts { requester: Some(requester), ..facts }
}

fn untrained() -> Facts {
    Facts { training: std::collections::BTreeMap::new(), ..search() }
}

#[test]
fn under_no_states_law_the_same_is_permitted() {
    let bundle = under("TX", 60, 3);
    for facts in [search(), from("federal", search()), from("out-of-state", search())] {
        assert!(bundle.decide(&facts).permit);
    }
    let far = Facts { lookback_hours: Some(60 * 24), ..search() };
    assert!(bundle.decide(&far).permit);
}

#[test]
fn where_a_statute_says_how_long_nothing_that_is_kept_longer_is_looked_at() {
    for (pack, rule, days) in
        [("VA", "va-retention", 21), ("WA", "wa-retention", 21), ("NJ", "nj-retention", 1095)]
    {
        assert!(under(pack, days, 1).decide(&search()).permit, "{pack}");
        let refused = under(pack, days + 1, 1).decide(&search());
        assert_eq!(words(&refused), [rule]);
        let kept = format!("the policy keeps them for {}", days + 1);
        assert!(says(&refused).iter().all(|reason| reason.contains(&kept)), "{refused:?}");
    }
}

#[test]
fn where_a_statute_says_how_long_no_search_looks_back_further() {
    for (pack, rule, days) in [("VA", "va-lookback", 21), ("WA", "wa-lookback", 21)] {
        let bundle = under(pack, days, 1);
        let at = |hours| bundle.decide(&Facts { lookback_hours: Some(hours), ..search() });
        assert!(at(days * 24).permit);
        assert_eq!(words(&at(days * 24 + 1)), ["lookback", rule]);
        let unsaid = bundle.decide(&Facts { lookback_hours: None, ..search() });
        assert_eq!(words(&unsaid), ["lookback", rule]);
    }
}

#[test]
fn virginia_has_all_of_it_entered_before_a_query_and_audits_each_month() {
    let bundle = under("VA", 21, 1);
    let exigent = Facts { case: None, exigent: true, ..search() };
    let refused = bundle.decide(&exigent);
    assert_eq!(words(&refused), ["va-audit-trail"]);
    assert_eq!(refused.reasons.first().unwrap().clause.as_deref(), Some("Va. Code 2.2-5517"));
    assert!(under("TX", 21, 1).decide(&exigent).permit);
    assert_eq!(words(&under("VA", 21, 2).decide(&search())), ["va-audit-each-month"]);
}

#[test]
fn some_states_have_no_stop_on_an_alert_alone() {
    for (pack, rule) in
        [("NH", "nh-confirmation"), ("VA", "va-confirmation"), ("WA", "wa-confirmation")]
    {
        let bundle = under(pack, 21, 1);
        let stop = for_purpose(Role::Officer, Action::VerifyHits, "monitoring");
        assert!(bundle.decide(&stop).permit, "{pack} {:?}", bundle.decide(&stop));
        for step in [
            "    { step = \"plate\", need = \"always\", clause = \"OURS-stop\" },\n",
            "    { step = \"in-force\", need = \"always\", clause = \"OURS-stop\" },\n",
        ] {
            let files = bundle.files();
            assert!(files.settings.contains(step));
            let settings = files.settings.replace(step, "").into();
            let careless = read(&BundleFiles { settings, ..files.clone() });
            assert_eq!(words(&careless.decide(&stop)), [rule]);
        }
    }
}

#[test]
fn idaho_has_audits_twice_a_year() {
    assert!(under("ID", 30, 6).decide(&search()).permit);
    let refused = under("ID", 30, 12).decide(&search());
    assert_eq!(words(&refused), ["id-audit-twice-a-year"]);
    assert!(says(&refused).iter().all(|reason| reason.contains("for one in 12 months")));
}

#[test]
fn some_states_have_whoever_looks_trained_whatever_an_agency_says() {
    for (pack, rule) in [("WA", "wa-training"), ("NJ", "nj-training"), ("CA", "ca-training")] {
        let refused = under(pack, 21, 1).decide(&untrained());
        let mut expected = [rule, "reader-training"];
        expected.sort_unstable();
        assert_eq!(words(&refused), expected);
    }
}

#[test]
fn new_hampshire_has_no_looking_through_reads() {
    let bundle = under("NH", 1, 3);
    assert_eq!(words(&bundle.decide(&search())), ["nh-no-looking-back"]);
    let feed = for_purpose(Role::Officer, Action::ListReads, "monitoring");
    assert_eq!(words(&bundle.decide(&feed)), ["nh-no-looking-back"]);
    let hits = for_purpose(Role::Officer, Action::OpenHit, "monitoring");
    assert!(bundle.decide(&hits).permit);
}

#[test]
fn some_states_have_others_declare_what_they_will_not_use_it_for() {
    for pack in ["NJ", "IL"] {
        let bundle = under(pack, 30, 3);
        let prefix = pack.to_lowercase();
        for kind in ["out-of-state", "federal", "private"] {
            let refused = bundle.decide(&from(kind, search()));
            assert_eq!(words(&refused), [format!("{prefix}-declaration-from-other-states")]);
            assert!(says(&refused).iter().all(|reason| reason.contains("asks Elsewhere PD")));
        }
        assert!(bundle.decide(&from("same-state", search())).permit);
        let purpose = Some("immigration".to_owned());
        let refused = bundle.decide(&from("same-state", Facts { purpose, ..search() }));
        let rule = format!("{prefix}-uses-that-are-declared");
        assert!(words(&refused).contains(&rule.as_str()), "{refused:?}");
    }
}

#[test]
fn minnesota_has_a_documented_purpose_and_little_data() {
    let mut files = files("example");
    files.settings = files
        .settings
        .replace("jurisdiction = [\"US\"]", "jurisdiction = [\"US\", \"MN\"]")
        .replace(
            "    \"make\",\n    \"model\",\n    \"colour\",\n    \"body\",\n    \"class\",\n",
            "",
        )
        .into();
    let little = read(&files);
    assert!(little.decide(&search()).permit);
    assert_eq!(words(&under("MN", 30, 3).decide(&search())), ["mn-data-limited"]);
    let picture = for_purpose(Role::Officer, Action::OpenPicture, "monitoring");
    let bare = Facts { case: None, reason: None, ..picture };
    assert_eq!(words(&little.decide(&bare)), ["mn-documented-purpose"]);
    files.settings = files
        .settings
        .replace("days = 30", "days = 61")
        .replace("lookback_hours_max = 720", "lookback_hours_max = 1464")
        .into();
    let longer = read(&files);
    let far = Facts { lookback_hours: Some(60 * 24 + 1), ..search() };
    assert_eq!(words(&longer.decide(&far)), ["mn-lookback", "mn-retention"]);
}

/// On the portal each rule of the law stands with its source, and with how it is known.
#[test]
fn what_the_law_asks_for_is_published() {
    for (pack, _) in policy::statutes() {
        let published = under(if *pack == "US" { "TX" } else { pack }, 21, 1).published();
        let (_, law) = published.split_once("\n## The law\n").unwrap();
        assert!(law.contains("not legal advice"), "{law}");
    }
    insta::assert_snapshot!("law-of-virginia", law("VA"));
    insta::assert_snapshot!("law-of-california", law("CA"));
}

fn law(pack: &str) -> String {
    let published = under(pack, 21, 1).published();
    published.split_once("\n## The law\n").map(|(_, law)| law.to_owned()).expect("it is published")
}

/// Every rule of a pack says where it stands, how that is known, and what the portal says of it.
#[test]
fn every_rule_of_the_law_says_how_it_is_known() {
    for (pack, text) in policy::statutes() {
        let n = |name: &str| text.matches(&format!("\n{name}(\"")).count();
        let n_rules = n("@id");
        assert!(n_rules > 0, "{pack}");
        for name in ["@source", "@read", "@says", "@published"] {
            assert_eq!(n(name), n_rules, "{pack} {name}");
        }
        let is_listed = *pack == "US" || text.contains("Left out, and why");
        assert!(is_listed, "{pack} does not say what it leaves out");
    }
}
