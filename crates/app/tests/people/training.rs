//! Training: what readers recorded is closed to who did not complete it, or whose year is over.

use app::training::{
    RecordCompletion, import_completions, list_training, record_completion, withdraw_completion,
};
use app::{AskError, Ctx, HitsAsk, ReadsAsk, list_hits, list_reads};
use domain::{Day, PersonId, Role};

use crate::scene::{Scene, reason, refused};

const COURSE: &str = "reader";
const CLAUSE: &str = "AUS-344.7b";

/// The course as somebody completed it on a day.
fn completed(scene: &Scene, person: PersonId, day: &str) -> RecordCompletion {
    let policy = scene.app().policy(scene.austin).unwrap();
    let topics = policy.bundle.settings().training[COURSE].topics.clone();
    let day = Day::parse(day).unwrap();
    RecordCompletion { person, course: COURSE.to_owned(), day, topics }
}

async fn sees_hits(scene: &Scene, ctx: &Ctx) -> Result<(), AskError> {
    list_hits(scene.app(), ctx, HitsAsk::default()).await.map(drop)
}

#[tokio::test]
async fn clause_aus_344_7b_nobody_sees_reads_or_hits_before_the_training_is_complete() {
    let scene = Scene::new().await;
    let app = scene.app();
    let officer = scene.somebody("k.ellis", &[Role::Officer]).await;
    let trainer = scene.somebody("trainer", &[Role::Trainer]).await;
    let trainer = scene.signed_in(trainer).await;
    let ctx = scene.signed_in(officer).await;
    let (reasons, words) = refused(sees_hits(&scene, &ctx).await);
    assert_eq!(reasons, reason("reader-training", CLAUSE));
    assert!(words.contains("Your 2026 reader training is not complete"), "{words}");
    let reads = list_reads(app, &ctx, ReadsAsk::default()).await;
    assert_eq!(refused(reads).0, reason("reader-training", CLAUSE));
    // Reads are opened neither, and both reasons are said.
    let (reasons, _) = refused(scene.opens(&ctx).await);
    assert!(reasons.contains(&reason("reader-training", CLAUSE)[0]), "{reasons:?}");

    let id = record_completion(app, &trainer, completed(&scene, officer, "2026-11-21")).await;
    let id = id.unwrap();
    let ctx = scene.signed_in(officer).await;
    sees_hits(&scene, &ctx).await.unwrap();
    list_reads(app, &ctx, ReadsAsk::default()).await.unwrap();
    withdraw_completion(app, &trainer, id).await.unwrap();
    let ctx = scene.signed_in(officer).await;
    assert_eq!(refused(sees_hits(&scene, &ctx).await).0, reason("reader-training", CLAUSE));
}

/// Nobody acts and no job runs: the clock is moved, and that is all.
#[tokio::test]
async fn clause_aus_344_7b_training_ends_with_the_year_at_midnight_where_the_agency_is() {
    let scene = Scene::new().await;
    let app = scene.app();
    let ctx = scene.trained("k.ellis", &[Role::Officer]).await;
    let officer = ctx.person_id().unwrap();
    // Six hours behind UTC: in London the year is over, in Austin it is not.
    for (moment, valid) in [
        ("2027-01-01T00:00:00Z", true),
        ("2027-01-01T05:59:59.999999Z", true),
        ("2027-01-01T06:00:00Z", false),
        ("2027-06-01T12:00:00Z", false),
    ] {
        scene.house.clock.set(moment);
        let ctx = scene.signed_in(officer).await;
        let seen = sees_hits(&scene, &ctx).await;
        if valid {
            assert!(seen.is_ok(), "{moment}: {seen:?}");
        } else {
            let (reasons, words) = refused(seen);
            assert_eq!(reasons, reason("reader-training", CLAUSE), "{moment}");
            assert!(words.contains("Your 2027 reader training is not complete"), "{words}");
        }
    }
    record_completion(
        app,
        &Ctx::command(scene.austin, app.now()),
        completed(&scene, officer, "2027-06-01"),
    )
    .await
    .unwrap();
    sees_hits(&scene, &scene.signed_in(officer).await).await.unwrap();
}

/// A session that began before midnight is no way around it.
#[tokio::test]
async fn clause_aus_344_7b_a_page_that_is_open_at_midnight_shows_nothing_more() {
    let scene = Scene::new().await;
    let officer = scene.trained("k.ellis", &[Role::Officer]).await.person_id().unwrap();
    scene.house.clock.set("2027-01-01T05:59:50Z");
    let token = testkit::house::a_session(scene.app(), officer).await;
    let ctx = crate::scene::at(scene.app(), &token).await.unwrap();
    sees_hits(&scene, &ctx).await.unwrap();
    scene.house.clock.set("2027-01-01T06:00:00Z");
    let ctx = crate::scene::at(scene.app(), &token).await.unwrap();
    assert_eq!(refused(sees_hits(&scene, &ctx).await).0, reason("reader-training", CLAUSE));
}

#[tokio::test]
async fn clause_aus_344_7a_a_course_with_a_topic_left_out_is_not_complete() {
    let scene = Scene::new().await;
    let app = scene.app();
    let officer = scene.somebody("k.ellis", &[Role::Officer]).await;
    let trainer = scene.somebody("trainer", &[Role::Trainer]).await;
    let trainer = scene.signed_in(trainer).await;
    let whole = completed(&scene, officer, "2026-11-21");
    for n in 0..whole.topics.len() {
        let mut part = whole.clone();
        let left_out = part.topics.remove(n);
        let Err(AskError::Invalid { field: "topics", why }) =
            record_completion(app, &trainer, part).await
        else {
            panic!("it was taken without {left_out}")
        };
        assert!(why.contains(&left_out) && why.contains(CLAUSE), "{why}");
    }
    let tomorrow = RecordCompletion { day: Day::parse("2026-11-22").unwrap(), ..whole.clone() };
    let early = record_completion(app, &trainer, tomorrow).await;
    assert!(matches!(early, Err(AskError::Invalid { field: "day", .. })), "{early:?}");
    let unknown = RecordCompletion { course: "driving".to_owned(), ..whole };
    let unknown = record_completion(app, &trainer, unknown).await;
    assert!(matches!(unknown, Err(AskError::Invalid { field: "course", .. })), "{unknown:?}");
    let ctx = scene.signed_in(officer).await;
    assert_eq!(refused(sees_hits(&scene, &ctx).await).0, reason("reader-training", CLAUSE));
}

#[tokio::test]
async fn training_is_recorded_by_another_trainer_of_the_agency_and_by_nobody_else() {
    let scene = Scene::new().await;
    let app = scene.app();
    let trainer = scene.somebody("trainer", &[Role::Trainer, Role::Officer]).await;
    let ctx = scene.signed_in(trainer).await;
    let own = record_completion(app, &ctx, completed(&scene, trainer, "2026-11-21")).await;
    assert!(matches!(own, Err(AskError::Invalid { field: "person", .. })), "{own:?}");
    assert_eq!(refused(sees_hits(&scene, &ctx).await).0, reason("reader-training", CLAUSE));

    let officer = scene.somebody("k.ellis", &[Role::Officer]).await;
    let as_officer = scene.signed_in(officer).await;
    let done = completed(&scene, trainer, "2026-11-21");
    let (reasons, words) = refused(record_completion(app, &as_officer, done).await);
    assert_eq!(reasons, reason("no-role", "AUS-344.4c"));
    assert!(words.contains("these may: Trainer"), "{words}");

    // Of another agency's people there is nobody.
    let elsewhere = completed(&scene, scene.house.person, "2026-11-21");
    let missing = record_completion(app, &ctx, elsewhere).await;
    assert!(matches!(missing, Err(AskError::NotFound { .. })), "{missing:?}");
    record_completion(app, &ctx, completed(&scene, officer, "2026-11-21")).await.unwrap();
    let page = list_training(app, &ctx).await.unwrap();
    let row = page.people.iter().find(|row| row.person.id == officer).unwrap();
    let until = Some(Day::parse("2026-12-31").unwrap());
    assert_eq!(row.courses, [(COURSE.to_owned(), app::training::Standing::Valid(until))]);
    assert_eq!(page.people.len(), 2);
}

/// A file with these rows under the columns' names.
fn file(rows: &[&str]) -> Vec<u8> {
    format!("sign_in_name,course,completed,topics\n{}\n", rows.join("\n")).into_bytes()
}

#[tokio::test]
async fn completions_of_a_file_are_recorded_all_of_them_or_none() {
    let scene = Scene::new().await;
    let app = scene.app();
    let officer = scene.somebody("k.ellis", &[Role::Officer]).await;
    let other = scene.somebody("d.chen", &[Role::Officer]).await;
    let trainer = scene.somebody("trainer", &[Role::Trainer]).await;
    let trainer = scene.signed_in(trainer).await;
    let topics = completed(&scene, officer, "2026-11-21").topics.join("; ");
    let good = format!("K.Ellis,reader,2026-11-20,{topics}");
    let all = "d.chen,reader,2026-11-20,all";

    let wrong = [
        good.as_str(),
        "nobody.here,reader,2026-11-20,all",
        "d.chen,dancing,2026-11-20,all",
        "d.chen,reader,20.11.2026,all",
        "d.chen,reader,2026-11-22,all",
        "d.chen,reader,2026-11-20,safeguards",
        "d.chen,reader,2026-11-20,juggling",
        "trainer,reader,2026-11-20,all",
    ];
    let told = import_completions(app, &trainer, &file(&wrong)).await.unwrap();
    let lines: Vec<u64> = told.faults.iter().map(|fault| fault.line).collect();
    assert_eq!((lines, told.n_recorded), ((3..=9).collect(), 0));
    let why = |line: u64| &told.faults.iter().find(|fault| fault.line == line).unwrap().why;
    assert!(why(3).contains("nobody signs in as `nobody.here`"), "{}", why(3));
    assert!(why(4).contains("`dancing` is no course"), "{}", why(4));
    assert!(why(5).contains("2026-11-21"), "{}", why(5));
    assert!(why(6).contains("has not come yet"), "{}", why(6));
    assert!(why(7).contains("leaves out") && why(7).contains("AUS-344.7"), "{}", why(7));
    assert!(why(8).contains("`juggling` is no topic"), "{}", why(8));
    assert!(why(9).contains("your own"), "{}", why(9));
    let ctx = scene.signed_in(officer).await;
    assert!(
        sees_hits(&scene, &ctx).await.is_err(),
        "nothing was recorded, of the good row neither"
    );

    let took = import_completions(app, &trainer, &file(&[&good, all])).await.unwrap();
    assert_eq!((took.n_recorded, took.n_known), (2, 0));
    for person in [officer, other] {
        sees_hits(&scene, &scene.signed_in(person).await).await.unwrap();
    }
    let again = import_completions(app, &trainer, &file(&[&good, all])).await.unwrap();
    assert_eq!((again.n_recorded, again.n_known), (0, 2));
    let officers = import_completions(app, &scene.signed_in(officer).await, &file(&[all])).await;
    assert!(matches!(officers, Err(AskError::Refused(_))));
}
