//! Importing: all or nothing, swapped at once, nothing changed by a dry run.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expected by panicking"
)]

use std::io::Cursor;

use app::{
    Column, ImportAsk, ImportError, ImportPhase, Layout, NewHotlist, create_hotlist,
    import_hotlist, import_status, open_hotlist, take_reads,
};
use domain::Category;
use testkit::House;
use testkit::house::read;

fn ask(dry_run: bool) -> ImportAsk {
    let layout = Some(Layout::plain(Column::Name("plate".to_owned())));
    ImportAsk { layout, dry_run, file_name: "list.csv".to_owned(), size_bytes: None }
}

async fn n_hits(house: &House, event: &str, plate: &str) -> u32 {
    let sent = vec![read(house.camera, event, plate, None)];
    take_reads(&house.app, &house.camera(), sent).await.unwrap()[0].n_hits
}

#[tokio::test]
async fn a_new_version_takes_the_old_ones_place_at_once() {
    for house in [House::new().await, House::on_postgres().await] {
        let list = house.want(Category::StolenVehicle, &["OLD111", "8?Z7*"]).await;
        assert_eq!(n_hits(&house, "1", "OLD111").await, 1);
        assert_eq!(n_hits(&house, "2", "8AZ799").await, 1);
        let dry = import_hotlist(
            &house.app,
            &house.admin(),
            list,
            Box::new(Cursor::new("plate\nNEW111\n")),
            ask(true),
        )
        .await;
        assert_eq!(dry.unwrap().version(), None);
        assert_eq!(n_hits(&house, "3", "NEW111").await, 0);
        let file = "plate\nNEW111\nNEW111\n!!!\n";
        let report = import_hotlist(
            &house.app,
            &house.admin(),
            list,
            Box::new(Cursor::new(file)),
            ask(false),
        )
        .await
        .unwrap();
        assert_eq!((report.tally.n_taken, report.tally.n_refused, report.n_duplicates), (2, 1, 1));
        assert_eq!(report.sha256.len(), 64);
        assert_eq!(n_hits(&house, "4", "OLD111").await, 0);
        assert_eq!(n_hits(&house, "5", "NEW111").await, 2);
        let row = open_hotlist(&house.app, &house.admin(), list).await.unwrap();
        assert_eq!(row.hotlist.n_entries, 2);
        assert!(matches!(row.import.unwrap().phase, ImportPhase::Done { .. }));
    }
}

#[tokio::test]
async fn what_cannot_be_imported_changes_nothing_and_says_why() {
    let house = House::new().await;
    let list = house.want(Category::StolenVehicle, &["OLD111"]).await;
    let import = async |file: &'static [u8]| {
        import_hotlist(&house.app, &house.admin(), list, Box::new(Cursor::new(file)), ask(false))
            .await
    };
    assert!(matches!(
        import(b"plate\n!!!\n").await,
        Err(ImportError::NothingTaken { line: 2, .. })
    ));
    assert!(matches!(
        import(b"plate\nABC1\nDEF\xFF\n").await,
        Err(ImportError::File { line: 3, .. })
    ));
    assert!(matches!(
        import(b"number\nABC1\n").await,
        Err(ImportError::Layout { field: "plate", .. })
    ));
    assert_eq!(n_hits(&house, "1", "ABC1").await, 0);
    assert_eq!(n_hits(&house, "2", "OLD111").await, 1);
    let status = import_status(&house.app, &house.admin(), list).await.unwrap().unwrap();
    assert!(matches!(status.phase, ImportPhase::Failed { .. }));
}

#[tokio::test]
async fn a_new_list_is_empty_and_matches_nothing() {
    let house = House::new().await;
    let about = NewHotlist {
        name: "BOLO".to_owned(),
        source: "shift".to_owned(),
        category: Category::Investigation,
    };
    let list = create_hotlist(&house.app, &house.admin(), about).await.unwrap();
    assert_eq!((list.n_entries, list.imported_at), (0, None));
    assert_eq!(n_hits(&house, "1", "ABC1").await, 0);
}
