//! The pages of the agency's own entries.

use axum::http::StatusCode;
use domain::Role;

use crate::{House, SAME};

/// A form that is whole; the House's day is 21 November 2026.
const FORM: &str = "plate=8own001&state=TX&make=Honda&model=&colour=blue&year=2019&class=car&category=stolen-vehicle\
    &case=26-001234&reference=&offence=&person=&reason=owner+saw+it+leave+the+garage+last+night&caution=armed+%3Cman%3E\
    &expires=2026-11-22+18%3A00&centre=&radius=&role-officer=yes&role-supervisor=yes&priority=";

#[tokio::test]
async fn clause_twf_401_4f_who_asks_is_told_to_wait_and_another_supervisor_approves_on_the_page() {
    let mut house = House::built().await;
    house.become_one_with(Role::Supervisor).await;
    assert!(house.get("/entries").await.text.contains("No entries yet"));
    let form = house.get("/entries/new").await.text;
    assert!(form.contains("name=\"role-officer\" value=\"yes\" checked"), "{form}");
    let tokenless = house.post("/entries/new", SAME, FORM).await;
    assert_eq!(tokenless.status, StatusCode::FORBIDDEN);
    let wrong = house.send("/entries/new", &FORM.replace("26-001234", "x")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("It is not written as ours are"), "{}", wrong.text);
    assert!(wrong.text.contains("value=\"8own001\""), "what was typed stays");
    let unread = house.send("/entries/new", &FORM.replace("2026-11-22+18%3A00", "soon")).await;
    assert!(unread.text.contains("A day and a time"), "{}", unread.text);
    let looks =
        house.send("/entries/new", &FORM.replace("make=Honda", "make=").replace("blue", "")).await;
    assert!(looks.text.contains("“Stolen vehicle” asks for it"), "{}", looks.text);
    assert_eq!(house.send("/entries/new", FORM).await.status, StatusCode::SEE_OTHER);

    let page = house.get("/entries/1").await.text;
    assert!(page.contains("You asked for it.") && page.contains("armed &#60;man&#62;"), "{page}");
    assert!(!page.contains("Approve: it raises"), "{page}");
    let own = house.send("/entries/1/approve", "why=mine").await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("another person decides it (TWF-401.4f)"), "{}", own.text);

    house.become_one_with(Role::Officer).await;
    let page = house.get("/entries/1").await.text;
    assert!(!page.contains("Approve: it raises") && !page.contains("Count them"), "{page}");
    assert_eq!(house.send("/entries/1/approve", "why=x").await.status, StatusCode::FORBIDDEN);

    // The House's own person holds every role.
    house.sign_in().await;
    assert!(house.get("/entries?state=waiting").await.text.contains("Waits for approval (1)"));
    assert!(house.get("/entries/1").await.text.contains("Approve: it raises hits at once"));
    let empty = house.send("/entries/1/approve", "why=+").await;
    assert!(empty.text.contains("It is empty: say it in your own words."), "{}", empty.text);
    assert_eq!(house.send("/entries/1/count", "").await.status, StatusCode::SEE_OTHER);
    let approved = house.send("/entries/1/approve", "why=the+report+is+here").await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text);
    let page = house.get("/entries/1").await.text;
    assert!(page.contains("0 reads of the last 7 days would have matched"), "{page}");
    assert!(
        page.contains("approved it: the report is here") && page.contains("End the entry"),
        "{page}"
    );

    let without = house.send("/entries/1/end", "how=&note=found").await;
    assert!(without.text.contains("choose why"), "{}", without.text);
    let ended = house.send("/entries/1/end", "how=recovered&note=found+it").await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    let page = house.get("/entries/1").await.text;
    assert!(
        page.contains("ended it (recovered): found it") && !page.contains("End the entry"),
        "{page}"
    );
    assert!(house.get("/entries?state=active").await.text.contains("None in this state"));
    assert_eq!(house.get("/entries?state=x").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(house.get("/entries/77").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_part_of_a_plate_needs_an_area_and_who_is_told_is_said() {
    let mut house = House::built().await;
    house.become_one_with(Role::Officer).await;
    let partial = FORM.replace("8own001", "8ow%3F0*");
    let answer = house.send("/entries/new", &partial).await;
    assert!(
        answer.text.contains("a partial plate raises hits in an area alone"),
        "{}",
        answer.text
    );
    let partial = partial.replace("centre=&radius=", "centre=30.2747,+-97.7404&radius=2000+m");
    let radius = house.send("/entries/new", &partial.replace("2000+m", "far")).await;
    assert!(radius.text.contains("Whole metres"), "{}", radius.text);
    let nobody = partial.replace("role-officer=yes&role-supervisor=yes", "covert=yes");
    let answer = house.send("/entries/new", &nobody).await;
    assert!(answer.text.contains("choose who is told of hits"), "{}", answer.text);
    let covert = format!("{partial}&covert=yes");
    assert_eq!(house.send("/entries/new", &covert).await.status, StatusCode::SEE_OTHER);
    let page = house.get("/entries/1").await.text;
    assert!(page.contains("2,000 m around 30.27470, -97.74040: 0 cameras"), "{page}");
    assert!(page.contains("part of a plate") && page.contains("nobody else sees it"), "{page}");
    house.become_one_with(Role::Trainer).await;
    assert_eq!(house.get("/entries").await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get("/entries/new").await.status, StatusCode::FORBIDDEN);
    house.become_one_with(Role::RtccOperator).await;
    assert_eq!(house.get("/entries/1").await.status, StatusCode::NOT_FOUND);
    assert!(house.get("/entries").await.text.contains("No entries yet"));
}
