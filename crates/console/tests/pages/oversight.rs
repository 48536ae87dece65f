//! Oversight through its pages: nothing of it in an address, errors beside their fields, nothing for who may not see it.

use app::{ReadsAsk, list_reads, open_read};
use axum::http::{StatusCode, header};
use domain::Role;

use super::people::{location, number_after, second};
use crate::House;

#[tokio::test]
async fn pages_of_oversight_open_for_who_may_see_them_and_for_nobody_else() {
    let mut house = House::built().await;
    let auditor = second(&house, "a.mora", &[Role::Auditor]).await;
    let chief = second(&house, "c.stone", &[Role::ChiefSecurityOfficer]).await;
    let officer = second(&house, "k.ellis", &[Role::Officer]).await;
    for (person, path, holds) in [
        (auditor, "/audit", "<h1>Audit</h1>"),
        (auditor, "/audit/week", "Week of"),
        (auditor, "/reviews", "Nothing waits"),
        (auditor, "/misuse", "Nothing was reported"),
        (officer, "/report", "<h1>Report misuse</h1>"),
        (chief, "/security", "Sign-ins that failed"),
        (chief, "/security?day=2026-11-20", "2026-11-20"),
    ] {
        house.sign_in_as(person).await;
        let answer = house.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        assert!(answer.text.contains(holds), "{path}: {}", answer.text);
        assert_eq!(answer.headers.get(header::CACHE_CONTROL).unwrap(), "no-store", "{path}");
        assert!(!answer.text.contains("<style") && !answer.text.contains(" style="), "{path}");
    }
    house.sign_in_as(officer).await;
    for path in
        ["/audit", "/audit/week", "/reviews", "/reviews/1", "/misuse", "/misuse/1", "/security"]
    {
        assert_eq!(house.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let menu = house.get("/account").await.text;
    assert!(menu.contains("href=\"/report\"") && !menu.contains("href=\"/audit\""), "{menu}");
    assert_eq!(house.get("/security?day=yesterday").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_looked_at_a_plate_is_asked_by_a_form_and_taken_home_as_a_file() {
    let mut house = House::built().await;
    let (app, admin) = (&house.inner.app, house.inner.admin());
    let reads = list_reads(app, &admin, ReadsAsk::default()).await.unwrap().items;
    open_read(app, &admin, reads.first().unwrap().read).await.unwrap();
    let auditor = second(&house, "a.mora", &[Role::Auditor]).await;
    house.sign_in_as(auditor).await;
    let found = house.send("/audit", "plate=7a8c123&action=open-read").await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    assert!(found.text.contains("R. Ortiz (r.ortiz)"), "{}", found.text);
    assert!(found.text.contains("value=\"7a8c123\""), "what was typed stays");
    let none = house.send("/audit", "plate=1ZZZ999").await;
    assert!(none.text.contains("Nothing fits"), "{}", none.text);
    let wrong = house.send("/audit", "plate=%C2%A7").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("id=\"plate-wrong\">It is no plate"), "{}", wrong.text);
    let wrong = house.send("/audit", "from=tomorrow").await;
    assert!(wrong.text.contains("id=\"from-wrong\">Write a day as"), "{}", wrong.text);

    let table = house.send("/audit/export.csv", "plate=7a8c123&action=open-read").await;
    assert_eq!(table.status, StatusCode::OK, "{}", table.text);
    let name = table.headers.get(header::CONTENT_DISPOSITION).unwrap().to_str().unwrap();
    assert_eq!(name, "attachment; filename=\"audit-2026-11-21.csv\"");
    assert_eq!(table.text.lines().count(), 2, "{}", table.text);
    assert!(table.text.contains("/checkpoint,") && !table.text.contains("8C123"), "{}", table.text);
    let receipts = house.send("/audit/receipts", "plate=7a8c123&action=open-read").await;
    assert_eq!(receipts.text.matches("c2sp.org/tlog-proof@v1").count(), 2, "{}", receipts.text);
    // Not the plate that was searched for above: that search is a record itself.
    let nothing = house.send("/audit/receipts", "plate=2ZZZ999").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("These filters fit nothing."), "{}", nothing.text);
}

#[tokio::test]
async fn a_review_asks_for_its_finding_beside_the_field() {
    let mut house = House::built().await;
    let officer = second(&house, "k.ellis", &[Role::Officer]).await;
    house.sign_in_as(officer).await;
    let words = "purpose=stolen-vehicle&case_number=26-001234&reason=where+does+his+ex-wife+park+at+night&back=/";
    location(&house.send("/work", words).await);
    let auditor = second(&house, "a.mora", &[Role::Auditor]).await;
    house.sign_in_as(auditor).await;
    let inbox = house.get("/reviews").await.text;
    assert!(inbox.contains("A stated reason has suspicious words"), "{inbox}");
    let page = format!("/reviews/{}", number_after(&inbox, "href=\"/reviews/"));
    let shown = house.get(&page).await.text;
    assert!(shown.contains("ex-wife"), "{shown}");
    let none = house.send(&format!("{page}/close"), "finding=&text=fine").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        none.text
            .contains("id=\"finding-wrong\">It is missing: nothing is closed without a finding."),
        "{}",
        none.text
    );
    assert!(none.text.contains(">fine</textarea>"), "what was typed stays");
    let noted = house.send(&format!("{page}/note"), "note=asked+him").await;
    assert_eq!(location(&noted), page);
    let closed = house.send(&format!("{page}/close"), "finding=violation&text=no+case").await;
    assert_eq!(location(&closed), page);
    let shown = house.get(&page).await.text;
    assert!(shown.contains("Closed: Violation.") && shown.contains("asked him"), "{shown}");
}

#[tokio::test]
async fn one_click_locks_an_account_from_the_digest() {
    let mut house = House::built().await;
    let officer = second(&house, "k.ellis", &[Role::Officer]).await;
    house.sign_in_as(officer).await;
    assert_eq!(house.get("/reviews").await.status, StatusCode::FORBIDDEN);
    let chief = second(&house, "c.stone", &[Role::ChiefSecurityOfficer]).await;
    house.sign_in_as(chief).await;
    let digest = house.get("/security").await.text;
    assert!(digest.contains("Lock<span class=\"unseen\"> the account of M. Varga"), "{digest}");
    let form = format!("person={officer}&day=2026-11-21");
    let locked = house.send("/security/lock", &form).await;
    assert_eq!(location(&locked), "/security?day=2026-11-21");
    let digest = house.get("/security").await.text;
    assert!(digest.contains("account is locked"), "{digest}");
    let own = house.send("/security/lock", &format!("person={chief}&day=2026-11-21")).await;
    assert!(own.text.contains("This is your own account."), "{}", own.text);
}
