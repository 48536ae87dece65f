//! The pages of trouble.

use axum::http::StatusCode;
use domain::Role;

use crate::{House, SAME};

#[tokio::test]
async fn clause_aus_344_3_1b_trouble_is_reported_listed_taken_noted_and_closed_on_its_pages() {
    let mut house = House::built().await;
    house.become_one_with(Role::Officer).await;
    assert!(house.get("/trouble").await.text.contains("Nothing was reported"));
    let empty = house.send("/trouble/new", "what=+&camera=&urgency=low").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text.contains("It is empty: say it in your own words."), "{}", empty.text);
    let form = "what=the+mast+%3Cleans%3E&camera=1&urgency=high";
    let tokenless = house.post("/trouble/new", SAME, form).await;
    assert_eq!(tokenless.status, StatusCode::FORBIDDEN);
    assert_eq!(house.send("/trouble/new", form).await.status, StatusCode::SEE_OTHER);
    let page = house.get("/trouble/1").await.text;
    assert!(page.contains("“the mast &#60;leans&#62;”") && page.contains("by nobody"), "{page}");
    assert!(!page.contains("Take it") && !page.contains("Close with this"), "{page}");
    assert!(house.get("/cameras/1").await.text.contains("href=\"/trouble/1\""));
    let refused = house.send("/trouble/1/close", "done=nothing").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    house.become_one_with(Role::ChiefSecurityOfficer).await;
    for (step, fields) in [("take", ""), ("note", "note=seen"), ("close", "done=straightened")] {
        let done = house.send(&format!("/trouble/1/{step}"), fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {}", done.text);
    }
    let page = house.get("/trouble/1").await.text;
    assert!(page.contains("straightened") && page.contains("seen"), "{page}");
    let again = house.send("/trouble/1/close", "done=again").await;
    assert!(again.text.contains("This report is closed."), "{}", again.text);
    assert!(house.get("/trouble").await.text.contains("Nothing fits"));
    let closed = house.get("/trouble?state=closed&camera=1").await.text;
    assert!(closed.contains("href=\"/trouble/1\""), "{closed}");
    assert!(
        !house.get("/trouble?state=closed&camera=2").await.text.contains("href=\"/trouble/1\"")
    );
}
