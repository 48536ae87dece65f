//! The facts of stops: entered by who made the stop, counted, shown in sum alone.

use app::oversight::{AuditAsk, search_audit};
use app::stop_facts::{
    StopFactsAsk, enter_stop_facts, own_stops_without_facts, stop_facts_form, stop_figures,
};
use app::{FactsState, HitAsk, do_with_hit, open_hit};
use domain::Role;
use domain::figures::Shown;
use domain::stop_facts::Subject;
use testkit::House;

use crate::hit_life::{a_hit, passes, staff};
use crate::oversight::invalid;
use crate::scene::refused;

fn facts(race: &str, investigation: &str) -> StopFactsAsk {
    let [driver_race, driver_gender, offence, investigation] =
        [race, "Woman", "240", investigation].map(str::to_owned);
    StopFactsAsk { driver_race, driver_gender, offence, investigation, ..StopFactsAsk::default() }
}

#[tokio::test]
async fn clause_aus_344_6b11_who_made_the_stop_enters_its_facts_once_and_nobody_reads_them_back() {
    let house = House::new().await;
    let app = &house.app;
    let hit = a_hit(&house).await;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    let ortiz = staff(&house, "a.ortiz", &[Role::Officer]).await;
    let white = facts("White", "with");
    let (_, why) = invalid(enter_stop_facts(app, &chen, hit, &white).await);
    assert_eq!(why, "nobody reported a stop on this hit");
    do_with_hit(app, &chen, hit, HitAsk::Stop).await.unwrap();
    assert_eq!(own_stops_without_facts(app, &chen).await.unwrap(), [hit]);
    let state = async |ctx| open_hit(app, ctx, hit).await.unwrap().life.facts;
    assert_eq!(state(&chen).await, Some(FactsState::MissingOwn));
    assert_eq!(state(&ortiz).await, Some(FactsState::Missing));
    assert!(invalid(stop_facts_form(app, &ortiz, hit).await).1.contains("somebody else made"));
    assert!(invalid(enter_stop_facts(app, &ortiz, hit, &white).await).1.contains("somebody else"));
    for (wrong, field) in [
        (facts("Blue", "with"), "driver_race"),
        (facts("White", ""), "investigation"),
        (StopFactsAsk { offence: "999".to_owned(), ..facts("White", "with") }, "offence"),
        (
            StopFactsAsk { victim_race: "White".to_owned(), ..facts("White", "with") },
            "victim_gender",
        ),
    ] {
        assert_eq!(invalid(enter_stop_facts(app, &chen, hit, &wrong).await).0, field);
    }
    stop_facts_form(app, &chen, hit).await.unwrap();
    enter_stop_facts(app, &chen, hit, &white).await.unwrap();
    let (_, why) = invalid(enter_stop_facts(app, &chen, hit, &white).await);
    assert!(why.contains("entered already"), "{why}");
    assert!(own_stops_without_facts(app, &chen).await.unwrap().is_empty());
    assert_eq!(state(&ortiz).await, Some(FactsState::Entered));

    // The ledger says that they were entered, and nothing of what they are.
    let auditor = staff(&house, "m.stone", &[Role::Auditor]).await;
    let ask = AuditAsk { action: "enter-stop-facts".to_owned(), ..AuditAsk::default() };
    let found = format!("{:?}", search_audit(app, &auditor, &ask).await.unwrap());
    assert!(found.contains("d.chen") && !found.contains("White"), "{found}");
}

#[tokio::test]
async fn clause_aus_344_6b10_figures_come_when_the_quarter_is_over_with_small_counts_withheld() {
    let house = House::new().await;
    let app = &house.app;
    let chen = staff(&house, "d.chen", &[Role::Officer]).await;
    let mut hit = a_hit(&house).await;
    for nth in 0..7 {
        if nth > 0 {
            hit = passes(&house, &format!("again {nth}")).await.unwrap();
        }
        do_with_hit(app, &chen, hit, HitAsk::Stop).await.unwrap();
        let (race, investigation) = if nth == 0 { ("Black", "without") } else { ("White", "with") };
        enter_stop_facts(app, &chen, hit, &facts(race, investigation)).await.unwrap();
    }
    let auditor = staff(&house, "m.stone", &[Role::Auditor]).await;
    refused(stop_figures(app, &chen, "").await);
    assert_eq!(invalid(stop_figures(app, &auditor, "2026-Q4").await).0, "quarter");
    let now = stop_figures(app, &auditor, "").await.unwrap();
    assert_eq!((now.running.1.n_stops, now.running.1.n_entered), (7, 7));
    assert!(now.tables.iter().all(|table| table.all == Shown::Count(0)));

    house.clock.set("2027-01-02T12:00:00Z");
    let auditor = staff(&house, "p.reed", &[Role::Auditor]).await;
    let over = stop_figures(app, &auditor, "").await.unwrap();
    assert_eq!(over.quarter.to_string(), "2026-Q4");
    assert_eq!(over.stops.n_entered, 7);
    let drivers = over.tables.iter().find(|table| table.subject == Subject::Driver).unwrap();
    assert_eq!(drivers.all, Shown::Count(7));
    let row = |label: &str| drivers.rows.iter().find(|(one, ..)| one == label).unwrap();
    assert_eq!(row("Black").2, Shown::Withheld, "one is fewer than five");
    assert_eq!(row("White").2, Shown::Withheld, "it would be seven less the others");
    assert_eq!(row("Other").2, Shown::Count(0));
    let offences = over.tables.iter().find(|table| table.subject == Subject::Offence).unwrap();
    assert_eq!(offences.totals, [Shown::Withheld, Shown::Withheld]);
}
