//! The pages of cameras that wait for sign-offs.

use app::sign_in::SessionToken;
use axum::http::StatusCode;
use domain::Role;

use crate::{House, SAME};

impl House {
    /// The session of somebody with one role.
    pub(crate) async fn become_one_with(&mut self, role: Role) {
        let token: SessionToken = self.inner.somebody_with(&[role], true).await;
        self.cookie = format!("plateglass={}", token.expose());
    }
}

#[tokio::test]
async fn clause_aus_344_3_2c_the_cameras_page_shows_what_is_missing_and_takes_sign_offs() {
    let mut house = House::built().await;
    house.sign_in().await;
    let form = "name=Cam+15&mounting=fixed&site=Lamar&heading=&position=";
    let added = house.send("/cameras/new", form).await;
    assert_eq!(added.status, StatusCode::CREATED);
    assert!(added.text.contains("has to be signed off first"), "{}", added.text);
    let list = house.get("/cameras").await.text;
    assert!(list.contains("waits for 1 sign-off"), "{list}");
    let page = house.get("/cameras/2").await.text;
    assert!(page.contains("It hands in nothing yet.") && page.contains("OURS-cameras"), "{page}");
    // Who added it holds the role, and cannot sign off all the same.
    assert!(page.contains("You added the camera: somebody else signs off."), "{page}");
    assert!(!page.contains("Why its place is fair"), "{page}");
    let address = "/cameras/2/sign-off/security-officer";
    let own = house.send(address, "note=it+is+fair").await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("by somebody else than who added the camera."), "{}", own.text);

    house.become_one_with(Role::ChiefSecurityOfficer).await;
    let page = house.get("/cameras/2").await.text;
    assert!(page.contains("Sign off for: Chief security officer"), "{page}");
    let empty = house.send(address, "note=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text.contains("It is empty: say why the place is fair."), "{}", empty.text);
    let tokenless = house.post(address, SAME, "note=fair").await;
    assert_eq!(tokenless.status, StatusCode::FORBIDDEN);
    let signed = house.send(address, "note=fair+%3Cb%3E").await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER);
    let page = house.get("/cameras/2").await.text;
    assert!(page.contains("Each unit has signed off."), "{page}");
    assert!(page.contains("“fair &#60;b&#62;”"), "{page}");
    let withdrawn = house.send(&format!("{address}/withdraw"), "why=a+school+opened").await;
    assert_eq!(withdrawn.status, StatusCode::SEE_OTHER);
    let page = house.get("/cameras/2").await.text;
    assert!(
        page.contains("a school opened") && page.contains("It hands in nothing yet."),
        "{page}"
    );
}
