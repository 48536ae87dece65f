//! Who gives whom which role: nobody to themselves, and what reaches over others takes two.

use std::time::Duration;

use app::people::{GiveRole, approve_role, end_role, give_role, list_people, open_person};
use app::{AskError, add_camera, list_cameras};
use domain::{Mounting, NewCamera, PersonId, Role};

use crate::record::newest;
use crate::scene::{Scene, reason, refused, somebody};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn giving(person: PersonId, role: Role) -> GiveRole {
    GiveRole { person, role, reason: "takes over the desk".to_owned(), ends_at: None }
}

#[tokio::test]
async fn clause_aus_344_4c_a_role_permits_what_the_policy_says_from_when_it_is_given_to_its_end() {
    let scene = Scene::new().await;
    let app = scene.app();
    let admin = scene.trained("admin", &[Role::Administrator]).await;
    let person = scene.somebody("k.ellis", &[]).await;
    let (reasons, words) = refused(list_cameras(app, &scene.signed_in(person).await).await);
    assert_eq!(reasons, reason("no-role", "AUS-344.4c"));
    assert!(words.contains("You hold no role"), "{words}");

    let grant = give_role(app, &admin, giving(person, Role::Officer)).await.unwrap();
    let ctx = scene.signed_in(person).await;
    list_cameras(app, &ctx).await.unwrap();
    let about = NewCamera {
        name: "Riverside".to_owned(),
        mounting: Mounting::Trailer,
        site: "Riverside Dr".to_owned(),
        heading_deg: None,
        position: None,
    };
    assert_eq!(refused(add_camera(app, &ctx, about).await).0, reason("no-role", "AUS-344.4c"));
    let seen = newest(&scene.house, scene.austin, "manage-cameras").await;
    assert_eq!(seen.decision().1, "refuse");
    end_role(app, &admin, grant.id).await.unwrap();
    assert_eq!(
        refused(list_cameras(app, &scene.signed_in(person).await).await).0,
        reason("no-role", "AUS-344.4c")
    );
    let again = end_role(app, &admin, grant.id).await;
    assert!(matches!(again, Err(AskError::NotFound { .. })), "{again:?}");

    // One that ends by itself.
    let ends_at = Some(app.now().plus(DAY));
    give_role(app, &admin, GiveRole { ends_at, ..giving(person, Role::Officer) }).await.unwrap();
    list_cameras(app, &scene.signed_in(person).await).await.unwrap();
    scene.house.clock.pass(DAY);
    assert!(list_cameras(app, &scene.signed_in(person).await).await.is_err());
}

#[tokio::test]
async fn a_privileged_role_counts_once_a_second_person_has_approved_it() {
    let scene = Scene::new().await;
    let app = scene.app();
    let one = scene.trained("one", &[Role::Administrator]).await;
    let two = scene.trained("two", &[Role::ChiefSecurityOfficer]).await;
    let person = scene.somebody("k.ellis", &[Role::Administrator]).await;
    let grant = give_role(app, &one, giving(person, Role::Auditor)).await.unwrap();
    assert_eq!(grant.approved_at, None);
    let holds = async || {
        let page = open_person(app, &one, person).await.unwrap();
        (page.row.roles.contains(&Role::Auditor), page.row.n_waiting)
    };
    assert_eq!(holds().await, (false, 1));
    assert_eq!(list_people(app, &one).await.unwrap().waiting.len(), 1);
    // Neither who gave it nor who is to hold it approves it.
    for ctx in [&one, &scene.signed_in(person).await] {
        let refused = approve_role(app, ctx, grant.id).await;
        assert!(matches!(refused, Err(AskError::Invalid { field: "grant", .. })), "{refused:?}");
        assert_eq!(holds().await, (false, 1));
    }
    let officer = scene.trained("officer", &[Role::Officer]).await;
    assert_eq!(refused(approve_role(app, &officer, grant.id).await).0[0].0, "no-role");
    approve_role(app, &two, grant.id).await.unwrap();
    assert_eq!(holds().await, (true, 0));
    assert!(list_people(app, &one).await.unwrap().waiting.is_empty());
    // What waits in another agency waits for nobody here.
    let theirs = somebody(app, scene.house.agency, "theirs", &[]).await;
    let theirs = give_role(app, &scene.house.admin(), giving(theirs, Role::Chief)).await.unwrap();
    for asked in [approve_role(app, &two, theirs.id).await, end_role(app, &one, theirs.id).await] {
        assert!(matches!(asked, Err(AskError::Invalid { .. } | AskError::NotFound { .. })));
    }
}

#[tokio::test]
async fn nobody_gives_a_role_to_themselves_or_without_a_reason_or_elsewhere() {
    let scene = Scene::new().await;
    let app = scene.app();
    let admin = scene.trained("admin", &[Role::Administrator]).await;
    let own = admin.person_id().unwrap();
    for role in Role::ALL {
        let refused = give_role(app, &admin, giving(own, role)).await;
        assert!(matches!(refused, Err(AskError::Invalid { field: "person", .. })), "{role}");
    }
    let person = scene.somebody("k.ellis", &[]).await;
    let silent = GiveRole { reason: "  ".to_owned(), ..giving(person, Role::Officer) };
    let refused = give_role(app, &admin, silent).await;
    assert!(matches!(refused, Err(AskError::Invalid { field: "reason", .. })), "{refused:?}");
    let over = GiveRole { ends_at: Some(app.now()), ..giving(person, Role::Officer) };
    let refused = give_role(app, &admin, over).await;
    assert!(matches!(refused, Err(AskError::Invalid { field: "ends_at", .. })), "{refused:?}");
    let theirs = give_role(app, &admin, giving(scene.house.person, Role::Officer)).await;
    assert!(matches!(theirs, Err(AskError::NotFound { .. })), "{theirs:?}");
    assert_eq!(open_person(app, &admin, own).await.unwrap().grants.len(), 1);
}
