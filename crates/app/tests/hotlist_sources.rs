//! Sources with a layout of their own: topics, changes, lists that shrink, entries that count only for a time, lists too old.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expected by panicking"
)]

use std::io::Cursor;
use std::time::Duration;

use app::housekeeping::notice_changes;
use app::{
    AskError, HotlistSource, ImportAsk, ImportError, ImportOutcome, ImportReport, NewHotlist,
    Preset, create_hotlist, decide_import, import_hotlist, open_hotlist, set_hotlist_source,
    switch_topic, take_reads,
};
use domain::{Category, HotlistId, Staleness};
use testkit::House;
use testkit::house::read;

const HEADER: &str =
    "ACTION|FILE|LIC|LIS|LIT|VYR|VMA|VMO|VST|VCO|NIC|OCA|ENTERED|WEED|CAUTION|MIS\n";

async fn list(house: &House, layout: &str) -> HotlistId {
    let about = NewHotlist {
        name: "Extract".to_owned(),
        source: "the state".to_owned(),
        category: Category::StolenVehicle,
    };
    let list = create_hotlist(&house.app, &house.admin(), about).await.unwrap().id;
    set(house, list, Some(layout)).await.unwrap();
    list
}

async fn set(house: &House, list: HotlistId, layout: Option<&str>) -> Result<(), AskError> {
    let layout = layout.map(str::to_owned);
    let source = HotlistSource { layout, drop_percent: 20, stale_hours: None };
    set_hotlist_source(&house.app, &house.admin(), list, source).await
}

async fn import(house: &House, list: HotlistId, file: &str) -> Result<ImportReport, ImportError> {
    go(house, list, file, false).await
}

async fn go(
    house: &House,
    list: HotlistId,
    file: &str,
    dry_run: bool,
) -> Result<ImportReport, ImportError> {
    let ask = ImportAsk { layout: None, dry_run, file_name: "x.txt".to_owned(), size_bytes: None };
    let source = Box::new(Cursor::new(file.to_owned()));
    import_hotlist(&house.app, &house.admin(), list, source, ask).await
}

async fn n_hits(house: &House, event: &str, plate: &str) -> u32 {
    let sent = vec![read(house.camera, event, plate, None)];
    take_reads(&house.app, &house.camera(), sent).await.unwrap()[0].n_hits
}

fn preset(word: &str) -> &'static str {
    Preset::of(word).unwrap().text
}

async fn topic(house: &House, list: HotlistId, value: &str) -> u32 {
    let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
    let found = row.topics.into_iter().find(|row| row.topic.value == value);
    found.unwrap().topic.number
}

#[tokio::test]
async fn a_topic_is_off_until_somebody_switches_it_on_and_unknown_ones_stay_off() {
    for house in [House::new().await, House::on_postgres().await] {
        let list = list(&house, preset("ncic-example-delimited")).await;
        let file = format!(
            "{HEADER}E|VEH|7ABC123|TX||||||||||||\nE|GNG|8XYZ999|TX||||||||||||\nE|QQQ|9QQQ999|TX||||||||||||\n"
        );
        let err = import(&house, list, &file).await;
        // Nothing is on: an incremental file of nothing changes nothing, and says what it held.
        let report = err.unwrap();
        assert_eq!((report.tally.n_taken, report.tally.n_off), (0, 3));
        let vehicles = topic(&house, list, "VEH").await;
        switch_topic(&house.app, &house.admin(), list, vehicles, true).await.unwrap();
        let report = import(&house, list, &file).await.unwrap();
        assert_eq!((report.tally.n_taken, report.tally.n_off, report.n_after), (1, 2, 1));
        assert_eq!(n_hits(&house, "1", "7ABC123").await, 1);
        assert_eq!(n_hits(&house, "2", "8XYZ999").await, 0);

        let unknown = topic(&house, list, "QQQ").await;
        let refused = switch_topic(&house.app, &house.admin(), list, unknown, true).await;
        assert!(matches!(refused, Err(AskError::Invalid { field: "topic", .. })), "{refused:?}");

        switch_topic(&house.app, &house.admin(), list, vehicles, false).await.unwrap();
        assert_eq!(n_hits(&house, "3", "7ABC123").await, 0);
        let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
        let known = row.topics.iter().find(|row| row.topic.number == vehicles).unwrap();
        assert!(!known.topic.on && known.topic.switched.is_some());
        assert_eq!(known.topic.n_rows, 1);
    }
}

#[tokio::test]
async fn a_topic_that_the_policy_forbids_cannot_be_switched_on_and_the_clause_is_named() {
    let house = House::new().await;
    let list = list(&house, preset("ncic-example")).await;
    let reasons = async |value: &str| {
        let number = topic(&house, list, value).await;
        match switch_topic(&house.app, &house.admin(), list, number, true).await {
            Err(AskError::Refused(refusal)) => refusal.reasons,
            other => panic!("{value}: {other:?}"),
        }
    };
    let immigration = reasons("IMM").await;
    assert_eq!(immigration[0].clause.as_deref(), Some("OURS-prohibited"));
    assert!(immigration[0].says().contains("immigration violators"));
    for value in ["GNG", "PIN", "TSC", "SUP", "SEX", "VIO", "PRO", "ERP"] {
        assert!(reasons(value).await[0].says().contains("list of grounds"), "{value}");
    }
    let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
    let held: Vec<_> = row.topics.iter().filter(|row| row.may.is_ok()).collect();
    assert_eq!(held.len(), 4);
    assert!(row.topics.iter().all(|row| !row.topic.on));
    // A layout that calls it by another kind than before has it switched off.
    let vehicles = topic(&house, list, "VEH").await;
    switch_topic(&house.app, &house.admin(), list, vehicles, true).await.unwrap();
    let other = preset("ncic-example").replace("kind = \"vehicle\"", "kind = \"license-plate\"");
    set(&house, list, Some(&other)).await.unwrap();
    let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
    assert!(row.topics.iter().all(|row| !row.topic.on));
}

#[tokio::test]
async fn changes_are_worked_into_the_list_in_force() {
    for house in [House::new().await, House::on_postgres().await] {
        let layout = "version = 1\nname = \"Changes\"\nkind = \"delimited\"\nupdate = \"incremental\"\n\
            [columns]\nplate = \"plate\"\nreference = \"nic\"\naction = \"do\"\n\
            [actions]\nadd = [\"add\"]\nremove = [\"remove\"]\n";
        let list = list(&house, layout).await;
        let first =
            "do,plate,nic\nadd,AAA111,1\nadd,AAA111,2\nadd,BBB222,3\nadd,CCC333,4\nadd,DDD444,5\n";
        assert_eq!(import(&house, list, first).await.unwrap().n_after, 5);
        assert_eq!(n_hits(&house, "1", "AAA111").await, 2);
        let second = "do,plate,nic\nremove,AAA111,1\nadd,EEE555,6\nremove,CCC333,\nadd,BBB222,3\n";
        let dry = go(&house, list, second, true).await.unwrap();
        assert_eq!((dry.n_before, dry.n_after), (5, 4));
        assert_eq!(dry.outcome, ImportOutcome::DryRun { would_wait: false });
        let report = import(&house, list, second).await.unwrap();
        assert_eq!((report.n_after, report.tally.n_removals), (4, 2));
        assert_eq!(n_hits(&house, "2", "AAA111").await, 1);
        assert_eq!(n_hits(&house, "3", "BBB222").await, 1);
        assert_eq!(n_hits(&house, "4", "CCC333").await, 0);
        assert_eq!(n_hits(&house, "5", "EEE555").await, 1);
        let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
        assert_eq!(row.hotlist.n_entries, 4);
        // A file without changes leaves all as it is, and renews it.
        house.clock.pass(Duration::from_secs(3600));
        assert_eq!(import(&house, list, "do,plate,nic\n").await.unwrap().n_after, 4);
        let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
        assert_eq!(row.hotlist.renewed_at, Some(house.app.now()));
    }
}

#[tokio::test]
async fn a_list_that_shrinks_too_much_waits_for_a_person() {
    let house = House::new().await;
    let list = list(&house, preset("csv")).await;
    let header = "plate,state,make,model,colour,year,reference,note\n";
    let file = |plates: &[&str]| {
        let rows: String = plates.iter().map(|plate| format!("{plate},,,,,,,\n")).collect();
        format!("{header}{rows}")
    };
    let five = file(&["AAA1", "BBB2", "CCC3", "DDD4", "EEE5"]);
    import(&house, list, &five).await.unwrap();
    let four = file(&["AAA1", "BBB2", "CCC3", "DDD4"]);
    assert!(import(&house, list, &four).await.unwrap().version().is_some());
    let three = file(&["FFF6", "BBB2", "CCC3"]);
    let dry = go(&house, list, &three, true).await.unwrap();
    assert_eq!(dry.outcome, ImportOutcome::DryRun { would_wait: true });
    let ImportOutcome::Waits(version) = import(&house, list, &three).await.unwrap().outcome else {
        panic!("it waits")
    };
    assert_eq!(n_hits(&house, "1", "DDD4").await, 1);
    assert_eq!(n_hits(&house, "2", "FFF6").await, 0);
    let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
    let waiting = row.waiting.unwrap();
    assert_eq!((waiting.version, waiting.n_before, waiting.n_after), (version, 4, 3));
    let decide = async |accept, reason: &str| {
        decide_import(&house.app, &house.admin(), (list, version), accept, reason).await
    };
    assert!(matches!(decide(true, " ").await, Err(AskError::Invalid { field: "reason", .. })));
    decide(true, "the state has confirmed it").await.unwrap();
    assert_eq!(n_hits(&house, "3", "DDD4").await, 0);
    assert_eq!(n_hits(&house, "4", "FFF6").await, 1);
    assert!(matches!(decide(true, "again").await, Err(AskError::NotFound { .. })));

    let ImportOutcome::Waits(version) =
        import(&house, list, &file(&["AAA1"])).await.unwrap().outcome
    else {
        panic!("it waits")
    };
    let why = "the file was cut";
    decide_import(&house.app, &house.admin(), (list, version), false, why).await.unwrap();
    let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
    assert_eq!((row.waiting, row.hotlist.n_entries), (None, 3));
}

#[tokio::test]
async fn entries_count_by_time_with_nobody_acting() {
    let house = House::new().await;
    let list = list(&house, preset("own")).await;
    let file = "plate,state,make,model,colour,year,vehicle,case,caution,note,priority,from,until\n\
        SOON1,,,,,,,,,,,2026-11-22,\nDONE1,,,,,,,,,,,,2026-11-21\nOVER1,,,,,,,,,,,,2026-11-20\n";
    let report = import(&house, list, file).await.unwrap();
    assert_eq!((report.tally.n_taken, report.tally.n_expired), (2, 1));
    assert_eq!(n_hits(&house, "1", "SOON1").await, 0);
    assert_eq!(n_hits(&house, "2", "DONE1").await, 1);
    house.clock.pass(Duration::from_secs(12 * 3600));
    assert_eq!(n_hits(&house, "3", "SOON1").await, 1);
    assert_eq!(n_hits(&house, "4", "DONE1").await, 0);
}

#[tokio::test]
async fn a_stale_list_is_called_so() {
    let house = House::new().await;
    let list = house.want(Category::StolenVehicle, &["AAA111"]).await;
    let standing = async || {
        notice_changes(&house.app).await.unwrap();
        open_hotlist(&house.app, &house.admin(), list).await.unwrap().staleness
    };
    assert_eq!(standing().await, Staleness::Fresh);
    house.clock.pass(Duration::from_secs(25 * 3600));
    assert_eq!(standing().await, Staleness::Stale { since: Duration::from_secs(3600) });
    // No statute is named in this policy: the list goes on raising hits, which say that it is stale.
    assert_eq!(n_hits(&house, "1", "AAA111").await, 1);
}

#[tokio::test]
async fn a_layout_with_faults_is_refused_with_all_of_them() {
    let house = House::new().await;
    let list = list(&house, preset("csv")).await;
    let bad = "version = 1\nname = \"\"\nkind = \"delimited\"\n[columns]\nstate = 2\n";
    let Err(AskError::Invalid { field: "layout", why }) = set(&house, list, Some(bad)).await else {
        panic!("it is refused")
    };
    assert_eq!(why, "name: is empty\ncolumns.plate: is missing");
    let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
    assert_eq!(row.hotlist.layout.as_deref(), Some(preset("csv")));
    set(&house, list, None).await.unwrap();
    let err = import(&house, list, "plate\nA1\n").await.unwrap_err();
    assert!(err.to_string().starts_with("layout: the hotlist has none of its own"), "{err}");
}
