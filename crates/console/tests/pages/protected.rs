//! The pages of protected events.

use app::sign_in::SessionToken;
use axum::http::StatusCode;
use domain::Role;
use testkit::house::say_what_for;

use crate::{House, SAME};

const FORM: &str = "name=Vigil&why=people+pray&centre=&radius=&cameras=1&from=2026-11-21+11%3A00&until=2026-11-21+13%3A00";

impl House {
    async fn works_as(&mut self, role: Role) -> SessionToken {
        let token = self.inner.somebody_with(&[role], true).await;
        say_what_for(&self.inner.app, &token).await;
        self.cookie = format!("plateglass={}", token.expose());
        token
    }
}

#[tokio::test]
async fn clause_aus_344_4a4_pages_keep_events_leave_reads_out_and_take_requests_and_decisions() {
    let mut house = House::built().await;
    let plain = testkit::house::read(house.inner.camera, "2", "8XYZ987", None);
    app::take_reads(&house.inner.app, &house.inner.camera(), vec![plain]).await.unwrap();
    house.works_as(Role::ProgramLieutenant).await;
    assert!(house.get("/protected").await.text.contains("No protected events"));
    let wrong =
        house.send("/protected/new", &FORM.replace("from=2026-11-21", "from=someday")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("A day and a time, such as"), "{}", wrong.text);
    let nowhere = house.send("/protected/new", &FORM.replace("cameras=1", "cameras=")).await;
    assert!(nowhere.text.contains("Give a point and a radius"), "{}", nowhere.text);
    let tokenless = house.post("/protected/new", SAME, FORM).await;
    assert_eq!(tokenless.status, StatusCode::FORBIDDEN);
    assert_eq!(house.send("/protected/new", FORM).await.status, StatusCode::SEE_OTHER);

    let officer = house.works_as(Role::Officer).await;
    let reads = house.get("/reads").await.text;
    assert!(
        reads.contains("1 read of this page is left out") && !reads.contains("8XYZ987"),
        "{reads}"
    );
    let page = house.get("/protected/1").await.text;
    assert!(page.contains("Lamar / 5th") && page.contains("Ask a supervisor"), "{page}");
    assert!(!page.contains("Withdraw the event"), "{page}");
    let asked = house.send("/protected/1/ask", "nexus=the+stolen+car+stood+there").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    assert!(house.get("/protected").await.text.contains("Waits for a supervisor"));

    house.works_as(Role::Supervisor).await;
    let page = house.get("/protected/1").await.text;
    assert!(
        page.contains("the stolen car stood there") && page.contains("Approve the look"),
        "{page}"
    );
    let undecided = house.send("/protected/1/requests/1", "why=a+robbery&hours=8").await;
    assert!(undecided.text.contains("approve it or refuse it"), "{}", undecided.text);
    let approved = "decision=approve&why=a+robbery&hours=8";
    let decided = house.send("/protected/1/requests/1", approved).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER);

    house.cookie = format!("plateglass={}", officer.expose());
    let reads = house.get("/reads").await.text;
    assert!(!reads.contains("left out"), "{reads}");
    let page = house.get("/protected/1").await.text;
    assert!(page.contains("Approved until"), "{page}");
}
