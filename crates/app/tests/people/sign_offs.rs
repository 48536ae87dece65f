//! Permanent cameras: none is used before each unit that the policy names has signed off that its place is fair.

use app::views::CameraPage;
use app::{
    AddedCamera, AskError, Ctx, TakeError, add_camera, list_cameras, open_camera, sign_off_camera,
    take_reads, withdraw_sign_off,
};
use domain::{Mounting, NewCamera, Role};
use testkit::house::read;

use crate::record::newest;
use crate::scene::{Scene, reason, refused};

const NOTE: &str = "as many cameras for each thousand people as in the sectors beside it";

/// The people of Austin who have a say in it.
struct Austin {
    scene: Scene,
    /// Who added the camera, of the technology unit.
    adder: Ctx,
    technology: Ctx,
    security: Ctx,
    planning: Ctx,
}

impl Austin {
    async fn new() -> Self {
        let scene = Scene::new().await;
        Self {
            adder: scene.trained("a.dorn", &[Role::Administrator]).await,
            technology: scene.trained("t.hale", &[Role::Administrator]).await,
            security: scene.trained("c.stone", &[Role::ChiefSecurityOfficer]).await,
            planning: scene.trained("l.marsh", &[Role::ProgramLieutenant]).await,
            scene,
        }
    }

    async fn adds(&self, mounting: Mounting) -> AddedCamera {
        let about = NewCamera {
            name: "Lamar / 5th".to_owned(),
            mounting,
            site: "Lamar Blvd at W 5th St".to_owned(),
            heading_deg: None,
            position: None,
        };
        add_camera(self.scene.app(), &self.adder, about).await.unwrap()
    }

    /// What becomes of a read that the camera hands in.
    async fn hands_in(&self, added: &AddedCamera) -> Result<(), TakeError> {
        let app = self.scene.app();
        let ctx = app.camera_ctx(&added.key).expect("its key is known");
        let sent = vec![read(added.camera.id, "1", "7ABC123", None)];
        take_reads(app, &ctx, sent).await.map(drop)
    }

    async fn signs(&self, by: &Ctx, added: &AddedCamera, unit: &str) -> Result<(), AskError> {
        sign_off_camera(self.scene.app(), by, added.camera.id, unit, NOTE).await
    }

    async fn page(&self, added: &AddedCamera) -> CameraPage {
        open_camera(self.scene.app(), &self.security, added.camera.id).await.unwrap()
    }
}

/// What a camera was told that may not be used yet.
fn told(handed_in: Result<(), TakeError>) -> (String, String) {
    let Err(TakeError::Refused(refusal)) = handed_in else { panic!("{handed_in:?}") };
    let [reason] = refusal.reasons.as_slice() else { panic!("{refusal}") };
    assert_eq!(reason.clause.as_deref(), Some("AUS-344.3.2c"));
    (reason.word.to_string(), reason.says().to_owned())
}

fn invalid(done: Result<(), AskError>) -> String {
    let Err(AskError::Invalid { field, why }) = done else { panic!("{done:?}") };
    format!("{field} {why}")
}

#[tokio::test]
async fn clause_aus_344_3_2c_a_fixed_camera_hands_in_nothing_before_each_unit_has_signed_off() {
    let austin = Austin::new().await;
    let app = austin.scene.app();
    let added = austin.adds(Mounting::Fixed).await;
    assert_eq!(added.waits_for.len(), 3);
    let (word, says) = told(austin.hands_in(&added).await);
    assert_eq!(word, "not-signed-off");
    assert!(says.ends_with("Chief security officer, Technology unit, Planning unit"), "{says}");
    let written = newest(&austin.scene.house, austin.scene.austin, "submit-reads").await;
    assert_eq!((written.decision().1, written.beside("name")), ("refuse", "camera 2"));

    austin.signs(&austin.security, &added, "security-officer").await.unwrap();
    let signed = newest(&austin.scene.house, austin.scene.austin, "sign-off-camera").await;
    assert_eq!(signed.beside("name"), "Called c.stone (c.stone)");
    austin.signs(&austin.technology, &added, "technology").await.unwrap();
    assert!(told(austin.hands_in(&added).await).1.ends_with("by: Planning unit"));
    let rows = list_cameras(app, &austin.security).await.unwrap();
    assert_eq!(rows[0].waits_for[0].unit, "planning");
    austin.signs(&austin.planning, &added, "planning").await.unwrap();
    austin.hands_in(&added).await.unwrap();

    let page = austin.page(&added).await;
    let by = page.placing.standing("planning").unwrap().by;
    assert_eq!((page.names[&by].as_str(), page.placing.missing().count()), ("Called l.marsh", 0));
    assert_eq!(page.placing.added_by, austin.adder.person_id());
}

#[tokio::test]
async fn clause_aus_344_3_2c_who_added_the_camera_and_other_roles_do_not_sign_it_off() {
    let austin = Austin::new().await;
    let added = austin.adds(Mounting::Fixed).await;
    let own = austin.signs(&austin.adder, &added, "technology").await;
    let says = "unit is signed off by somebody else than who added the camera";
    assert_eq!(invalid(own), says);
    let other = austin.signs(&austin.planning, &added, "security-officer").await;
    assert!(invalid(other).contains("another role: Chief security officer"));
    let officer = austin.scene.trained("k.ellis", &[Role::Officer]).await;
    let officers = austin.signs(&officer, &added, "planning").await;
    assert_eq!(refused(officers).0, reason("no-role", "AUS-344.4c"));
    let app = austin.scene.app();
    let wordless = sign_off_camera(app, &austin.planning, added.camera.id, "planning", "  ").await;
    assert_eq!(invalid(wordless), "note is empty: say why the place is fair");
    assert_eq!(austin.page(&added).await.placing.given, []);

    let both = [Role::ChiefSecurityOfficer, Role::ProgramLieutenant];
    let both = austin.scene.trained("b.oth", &both).await;
    austin.signs(&both, &added, "planning").await.unwrap();
    assert!(
        invalid(austin.signs(&both, &added, "security-officer").await)
            .contains("a person of its own")
    );
}

#[tokio::test]
async fn clause_aus_344_3_2c_a_sign_off_that_is_withdrawn_closes_the_camera_again() {
    let austin = Austin::new().await;
    let app = austin.scene.app();
    let added = austin.adds(Mounting::Fixed).await;
    for (by, unit) in [
        (&austin.security, "security-officer"),
        (&austin.technology, "technology"),
        (&austin.planning, "planning"),
    ] {
        austin.signs(by, &added, unit).await.unwrap();
    }
    austin.hands_in(&added).await.unwrap();
    let id = added.camera.id;
    let not_theirs = withdraw_sign_off(app, &austin.security, id, "planning", "a clinic").await;
    assert!(invalid(not_theirs).contains("by who gave it"));
    withdraw_sign_off(app, &austin.planning, id, "planning", "a clinic opened").await.unwrap();
    assert!(told(austin.hands_in(&added).await).1.ends_with("by: Planning unit"));
    let twice = withdraw_sign_off(app, &austin.planning, id, "planning", "again").await;
    assert!(invalid(twice).contains("nothing to withdraw"));
    austin.signs(&austin.planning, &added, "planning").await.unwrap();
    austin.hands_in(&added).await.unwrap();
    let given = austin.page(&added).await.placing.given;
    let kept = given.iter().filter(|one| one.withdrawn.is_some()).count();
    assert_eq!((given.len(), kept), (4, 1), "what was withdrawn stays on record");
}

#[tokio::test]
async fn clause_aus_344_3_2c_a_camera_that_was_added_by_a_command_or_moves_is_held_as_the_policy_says()
 {
    let austin = Austin::new().await;
    let app = austin.scene.app();
    for mounting in [Mounting::Trailer, Mounting::Vehicle] {
        let added = austin.adds(mounting).await;
        assert!(added.waits_for.is_empty());
        austin.hands_in(&added).await.unwrap();
    }
    let about =
        NewCamera { name: "By hand".to_owned(), ..austin.adds(Mounting::Fixed).await.camera.about };
    let by = Ctx::command(austin.scene.austin, app.now());
    let added = add_camera(app, &by, about).await.unwrap();
    told(austin.hands_in(&added).await);
    assert_eq!(austin.page(&added).await.placing.added_by, None);
}
