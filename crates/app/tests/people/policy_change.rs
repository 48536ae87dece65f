//! Changing the policy: one person proposes, another who saw the difference approves, and it decides from its day on.

use app::housekeeping::notice_changes;
use app::policy::{
    Base, ChangeState, Compared, Outcome, Proposing, approve_change, list_changes, open_change,
    open_policy, policy_text, propose_policy, withdraw_change,
};
use app::{AskError, Column, Ctx, ImportAsk, Layout, NewHotlist, create_hotlist, import_hotlist};
use domain::{BundleId, Category, Day, Role};
use ledger::leaf::ClearField;

use crate::record::{leaves, newest};
use crate::scene::{Scene, refused, stated};

const CASE: &str = "26-1234567";
const REASON: &str = "she left the hospital and does not know the way home";

fn austin() -> &'static policy::BundleFiles {
    let found = policy::shipped().iter().find(|(word, _)| *word == "austin-tx");
    &found.unwrap().1
}

/// Austin's settings without one of its purposes.
fn settings_without(word: &str) -> Vec<u8> {
    let files = austin();
    let at = files.settings.find(&format!("[[purposes]]\nword = \"{word}\"")).unwrap();
    let rest = &files.settings[at + 1..];
    let end = at + 1 + rest.find("\n[").unwrap();
    format!("{}{}", &files.settings[..at], &files.settings[end + 1..]).into_bytes()
}

/// Austin without one of its purposes, which a clause names too.
fn without_purpose(word: &str, day: &str) -> Proposing {
    let clauses = austin().clauses.replacen(&format!("    \"purposes.{word}\",\n"), "", 1);
    let ask = proposing("bundle.toml", settings_without(word), day);
    let clauses = ("clauses.toml".to_owned(), clauses.into_bytes());
    Proposing {
        base: Base::Shipped("austin-tx".to_owned()),
        texts: [ask.texts, vec![clauses]].concat(),
        ..ask
    }
}

fn proposing(name: &str, text: Vec<u8>, day: &str) -> Proposing {
    Proposing {
        base: Base::InForce,
        texts: vec![(name.to_owned(), text)],
        day: Day::parse(day).unwrap(),
        reason: "resolution 2026-117".to_owned(),
        only_look: false,
    }
}

fn fewer_purposes(day: &str) -> Proposing {
    without_purpose("missing-person", day)
}

async fn administrator(scene: &Scene) -> Ctx {
    let person = scene.somebody("administrator", &[Role::Administrator]).await;
    scene.signed_in(person).await
}

async fn cso(scene: &Scene) -> Ctx {
    let person = scene.somebody("cso", &[Role::ChiefSecurityOfficer]).await;
    scene.signed_in(person).await
}

async fn proposed(scene: &Scene, ctx: &Ctx, ask: &Proposing) -> BundleId {
    match propose_policy(scene.app(), ctx, ask).await.unwrap() {
        Outcome::Proposed(id) => id,
        other => panic!("it was not kept: {other:?}"),
    }
}

/// What the page shows of a change that waits.
async fn compared(scene: &Scene, ctx: &Ctx, id: BundleId) -> Compared {
    open_change(scene.app(), ctx, id).await.unwrap().now.unwrap()
}

async fn approved(scene: &Scene, ctx: &Ctx, id: BundleId) {
    let seen = compared(scene, ctx, id).await;
    approve_change(scene.app(), ctx, id, &seen.digest, &seen.follows).await.unwrap();
}

fn wrong<T: std::fmt::Debug>(asked: Result<T, AskError>) -> (&'static str, String) {
    match asked {
        Err(AskError::Invalid { field, why }) => (field, why),
        other => panic!("it was taken: {other:?}"),
    }
}

async fn states(scene: &Scene, ctx: &Ctx) -> Vec<ChangeState> {
    let (changes, _) = list_changes(scene.app(), ctx).await.unwrap();
    changes.iter().map(|change| change.state).collect()
}

#[tokio::test]
async fn clause_aus_344_6b8_a_policy_is_changed_by_two_people_and_marked_for_the_audit() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (one, two) = (administrator(&scene).await, cso(&scene).await);
    let before = open_policy(app, &one).await.unwrap().in_force.bundle.digest();
    let id = proposed(&scene, &one, &fewer_purposes("2026-11-23")).await;
    let page = open_change(app, &two, id).await.unwrap();
    let seen = page.now.unwrap();
    assert_eq!((page.row.state, page.row.touches_privacy), (ChangeState::Waits, true));
    assert_eq!(seen.follows, before);
    let says: Vec<_> = seen.changes.iter().map(|change| change.says.as_str()).collect();
    let goes = "the purpose `Missing or endangered person, AMBER or Silver alert` goes: \
                nobody can look for it any more";
    assert_eq!((says[0], says.len()), (goes, 3), "{says:?}");
    assert!(says[1].starts_with("AUSP-hotlist-policy is described or enforced otherwise"));
    assert_eq!(says[2], "the published words under `Acceptable use` change");
    let leaf = newest(&scene.house, scene.austin, "manage-policy").await;
    assert_eq!(leaf.decision(), ("manage-policy", "permit"));

    // Not by who proposed it, not unseen, not by who may not.
    let own = approve_change(app, &one, id, &seen.digest, &seen.follows).await;
    assert_eq!(wrong(own).1, "is your own proposal: somebody else has to approve it");
    let unseen = approve_change(app, &two, id, &seen.digest, &seen.digest).await;
    assert!(wrong(unseen).1.starts_with("is not what you saw"));
    let officer = scene.trained("k.ellis", &[Role::Officer]).await;
    let (reasons, _) = refused(approve_change(app, &officer, id, &seen.digest, &before).await);
    assert_eq!(reasons, [("no-role".to_owned(), "AUS-344.4c".to_owned())]);
    approve_change(app, &two, id, &seen.digest, &seen.follows).await.unwrap();
    let again = approve_change(app, &two, id, &seen.digest, &seen.follows).await;
    assert_eq!(wrong(again).1, "is approved already");

    // Everything of it is on record, with the digest of what was proposed and approved.
    let all = leaves(&scene.house, scene.austin).await;
    let by_digest = all.iter().filter(|leaf| leaf.text(ClearField::Digest) == seen.digest);
    let actions: Vec<_> = by_digest.map(|leaf| leaf.text(ClearField::Action)).collect();
    assert_eq!(actions, ["manage-policy", "approve-policy"]);
    let (changes, names) = list_changes(app, &officer).await.unwrap();
    let change = &changes[0];
    assert_eq!((change.id, change.state), (id, ChangeState::Comes));
    assert!(change.touches_privacy && change.reason == "resolution 2026-117");
    let who = |by: Option<domain::PersonId>| names[&by.unwrap()].as_str();
    assert_eq!(who(change.proposed.0), "Called administrator");
    assert_eq!(who(change.approved.unwrap().0), "Called cso");
    let text = policy_text(app, &officer, id, "bundle.toml").await.unwrap();
    assert_eq!(text.as_bytes(), settings_without("missing-person"));
    let none = policy_text(app, &officer, id, "secrets.txt").await;
    assert!(matches!(none, Err(AskError::NotFound { .. })), "{none:?}");
}

/// Nobody acts and no job runs: the clock is moved, and the other policy decides. Another process learns of it.
#[tokio::test]
async fn a_policy_decides_from_its_day_on_at_midnight_where_the_agency_is() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (one, two) = (administrator(&scene).await, cso(&scene).await);
    let ellis = scene.trained("k.ellis", &[Role::Officer]).await;
    let other = scene.house.after_a_crash().await;
    let id = proposed(&scene, &one, &fewer_purposes("2026-11-23")).await;
    approved(&scene, &two, id).await;
    notice_changes(&other).await.unwrap();
    let next = open_policy(app, &one).await.unwrap().next.unwrap();
    assert_eq!(next.1.to_string(), "2026-11-23T06:00:00Z");
    let searching = stated("missing-person", CASE, REASON);
    for (moment, allowed) in
        [("2026-11-23T05:59:59.999999Z", true), ("2026-11-23T06:00:00Z", false)]
    {
        scene.house.clock.set(moment);
        let own = |app: &app::App| {
            let policy = app.policy(scene.austin).unwrap();
            policy.bundle.settings().purpose("missing-person").is_some()
        };
        assert_eq!((own(app), own(&other)), (allowed, allowed), "{moment}");
        let ctx = scene.signed_in(ellis.person_id().unwrap()).await;
        let said = app::people::state_work(app, &ctx, &searching).await;
        assert_eq!(said.is_ok(), allowed, "{moment}");
    }
    let reader = scene.signed_in(one.person_id().unwrap()).await;
    assert_eq!(states(&scene, &reader).await, [ChangeState::Decides, ChangeState::Over]);
    // What was stated before is refused by the policy that decides now.
    other.shutdown().await;
}

#[tokio::test]
async fn what_is_approved_after_its_day_counts_from_its_approval() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (one, two) = (administrator(&scene).await, cso(&scene).await);
    let id = proposed(&scene, &one, &fewer_purposes("2026-11-21")).await;
    scene.house.clock.set("2026-12-24T12:00:00Z");
    let two = scene.signed_in(two.person_id().unwrap()).await;
    approved(&scene, &two, id).await;
    let page = open_policy(app, &two).await.unwrap();
    assert_eq!(page.since.unwrap().to_string(), "2026-12-24T12:00:00Z");
    let one = scene.signed_in(one.person_id().unwrap()).await;
    let late = propose_policy(app, &one, &fewer_purposes("2026-12-23")).await;
    assert_eq!(wrong(late).0, "day");
}

#[tokio::test]
async fn what_was_withdrawn_never_decides_and_what_decides_cannot_be_withdrawn() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (one, two) = (administrator(&scene).await, cso(&scene).await);
    let id = proposed(&scene, &one, &fewer_purposes("2026-11-23")).await;
    approved(&scene, &two, id).await;
    withdraw_change(app, &one, id).await.unwrap();
    assert!(open_policy(app, &one).await.unwrap().next.is_none());
    assert_eq!(states(&scene, &one).await, [ChangeState::Withdrawn, ChangeState::Decides]);
    let first = list_changes(app, &one).await.unwrap().0[1].id;
    assert!(wrong(withdraw_change(app, &one, first).await).1.starts_with("decides already"));
    let page = open_change(app, &two, id).await.unwrap();
    assert_eq!((page.row.state, page.changes.unwrap().len()), (ChangeState::Withdrawn, 3));
}

/// Between the look and the approval another policy took its place: what was seen is not what would be approved.
#[tokio::test]
async fn a_difference_that_is_no_longer_true_is_not_approved() {
    let scene = Scene::new().await;
    let app = scene.app();
    let (one, two) = (administrator(&scene).await, cso(&scene).await);
    let later = proposed(&scene, &one, &fewer_purposes("2026-11-23")).await;
    let seen = compared(&scene, &two, later).await;
    let hates = without_purpose("hate-crime", "2026-11-22");
    let sooner = proposed(&scene, &one, &hates).await;
    approved(&scene, &two, sooner).await;
    let stale = approve_change(app, &two, later, &seen.digest, &seen.follows).await;
    assert!(wrong(stale).1.starts_with("is not what you saw"));
    // Against the one that it follows now: a purpose that goes, one that comes back, and the clause and the words that name them.
    assert_eq!(compared(&scene, &two, later).await.changes.len(), 4);
    approved(&scene, &two, later).await;
}

#[tokio::test]
async fn a_broken_policy_shows_every_fault_with_its_line_and_is_not_kept() {
    let scene = Scene::new().await;
    let app = scene.app();
    let one = administrator(&scene).await;
    let first = list_changes(app, &one).await.unwrap().0[0].id;
    let rules = policy_text(app, &one, first, "rules.cedar").await.unwrap();
    let broken = rules.replacen("@clause(\"AUSP-access\")\n", "", 1)
        + "\npermit (principal, action, resource);\n";
    let line = broken.lines().count();
    let ask = proposing("rules.cedar", broken.into(), "2026-11-23");
    let asked = propose_policy(app, &one, &ask).await;
    let Outcome::Unsound(unsound) = asked.unwrap() else { panic!("it was read") };
    let nameless = unsound.faults.iter().find(|(fault, _)| fault.says == "it has no @id");
    assert_eq!(nameless.unwrap().1, Some(line), "{unsound:?}");
    assert!(unsound.faults.iter().filter(|(_, line)| line.is_some()).count() >= 2, "{unsound:?}");
    assert_eq!(states(&scene, &one).await, [ChangeState::Decides]);
    for (field, ask) in [
        ("files", proposing("notes.txt", Vec::new(), "2026-11-23")),
        ("files", proposing("rules.cedar", rules.into_bytes(), "2026-11-23")),
        (
            "base",
            Proposing { base: Base::Shipped("gotham".to_owned()), ..fewer_purposes("2026-11-23") },
        ),
        ("reason", Proposing { reason: " ".to_owned(), ..fewer_purposes("2026-11-23") }),
        ("day", fewer_purposes("2026-11-20")),
    ] {
        assert_eq!(wrong(propose_policy(app, &one, &ask).await).0, field);
    }
    let look = Proposing { only_look: true, ..fewer_purposes("2026-11-23") };
    let looked = propose_policy(app, &one, &look).await.unwrap();
    assert!(matches!(looked, Outcome::Compared(one) if one.changes.len() == 3));
    assert_eq!(states(&scene, &one).await, [ChangeState::Decides]);
}

/// A hotlist in force whose category the new policy does not have; and numbers to verify with nobody to ask.
#[tokio::test]
async fn clause_ausp_hotlist_policy_what_contradicts_what_is_configured_is_not_kept() {
    let scene = Scene::new().await;
    let app = scene.app();
    let one = administrator(&scene).await;
    let keeper = Ctx::command(scene.austin, app.now());
    let about = NewHotlist {
        name: "Ours".to_owned(),
        source: "a test".to_owned(),
        category: Category::Investigation,
    };
    let list = create_hotlist(app, &keeper, about).await.unwrap();
    let ask = ImportAsk {
        layout: Some(Layout::plain(Column::Number(1))),
        dry_run: false,
        file_name: "ours.csv".to_owned(),
        size_bytes: None,
    };
    let rows = Box::new(std::io::Cursor::new("plate\n7ABC123\n"));
    import_hotlist(app, &keeper, list.id, rows, ask).await.unwrap();
    let settings = austin().settings.to_string();
    let at = settings.find("    { category = \"investigation\"").unwrap();
    let end = at + settings[at..].find('\n').unwrap() + 1;
    let settings = format!("{}{}", &settings[..at], &settings[end..]);
    let settings = settings.replacen("[case_number]\n", "[case_number]\nverify = \"must\"\n", 1);
    let ask = proposing("bundle.toml", settings.into(), "2026-11-23");
    let asked = propose_policy(app, &one, &ask).await;
    let Outcome::Compared(found) = asked.unwrap() else { panic!("it was kept") };
    let broken: Vec<_> = found.contradictions.iter().map(|one| one.setting.as_str()).collect();
    assert_eq!(broken, ["case_number.verify", "hotlists.categories"]);
    assert_eq!(states(&scene, &one).await, [ChangeState::Decides]);
}
