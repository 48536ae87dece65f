//! Purposes, cases and reasons: what has to stand beside a look, what is refused with its clause, and what is recorded of it.

use app::people::{StateWork, state_work, work_state};
use app::sign_in::own_sessions;
use app::{AskError, HitsAsk, list_hits};
use domain::Role;
use ledger::leaf::ClearField;
use policy::{Facts, Grade, Offence};

use crate::record::{Seen, leaves, newest};
use crate::scene::{Scene, reason, refused, stated};

const CASE: &str = "26-1234567";
const REASON: &str = "owner reported it stolen from the garage downtown";

async fn officer(scene: &Scene) -> app::Ctx {
    scene.trained("k.ellis", &[Role::Officer]).await
}

/// What the ledger holds of the newest look at a read: that it was refused, by these rules.
async fn is_recorded_as_refused(scene: &Scene, rule: &str) -> Seen {
    let seen = newest(&scene.house, scene.austin, "open-read").await;
    assert_eq!(seen.decision(), ("open-read", "refuse"));
    assert_eq!(seen.leaf.words(ClearField::Policies), [rule]);
    assert_eq!(seen.leaf.words(ClearField::Reasons), [rule]);
    seen
}

#[tokio::test]
async fn clause_ausp_access_without_a_purpose_no_read_is_opened() {
    let scene = Scene::new().await;
    let ctx = officer(&scene).await;
    let (reasons, words) = refused(scene.opens(&ctx).await);
    assert_eq!(reasons, reason("purpose-missing", "AUSP-access"));
    assert!(words.contains("you have to say for what purpose"), "{words}");
    let seen = is_recorded_as_refused(&scene, "purpose-missing").await;
    assert_eq!(seen.text(ClearField::Purpose), "not stated");
    assert_eq!(seen.beside("name"), "Called k.ellis (k.ellis)");
    // Hits are watched without one: that is what readers are for.
    list_hits(scene.app(), &ctx, HitsAsk::default()).await.unwrap();
    let seen = newest(&scene.house, scene.austin, "list-hits").await;
    assert_eq!((seen.decision().1, seen.text(ClearField::Purpose)), ("permit", "monitoring"));
    assert_eq!((seen.beside("case"), seen.beside("reason")), ("", ""));
}

#[tokio::test]
async fn clause_ausp_access_what_is_missing_beside_a_purpose_is_said_and_recorded() {
    let scene = Scene::new().await;
    let ctx = officer(&scene).await;
    for (said, rule, clause) in [
        (stated("stolen-vehicle", "", REASON), "case-missing", "AUSP-access"),
        (stated("stolen-vehicle", "1234", REASON), "case-format", "AUSP-access"),
        (stated("stolen-vehicle", CASE, ""), "reason-missing", "AUSP-access"),
        (stated("stolen-vehicle", CASE, "investigation"), "reason-vague", "AUSP-access"),
        (stated("investigation", CASE, REASON), "offence-floor", "AUS-344.4a5"),
        (stated("feed-upkeep", CASE, REASON), "purpose-elsewhere", "AUSP-access"),
    ] {
        let ctx = scene.says(&ctx, &said).await;
        let asked = scene.opens(&ctx).await;
        assert_eq!(refused(asked).0, reason(rule, clause), "{said:?}");
        let seen = is_recorded_as_refused(&scene, rule).await;
        assert_eq!(seen.text(ClearField::Purpose), said.purpose);
        assert_eq!(seen.beside("case"), said.case_number);
        assert_eq!(seen.beside("reason"), said.reason);
    }
    let said = stated("stolen-vehicle", CASE, REASON);
    let ctx = scene.says(&ctx, &said).await;
    scene.opens(&ctx).await.unwrap();
    let seen = newest(&scene.house, scene.austin, "open-read").await;
    assert_eq!(seen.decision(), ("open-read", "permit"));
    assert_eq!(seen.leaf.words(ClearField::Policies), ["officer"]);
    assert_eq!((seen.beside("case"), seen.beside("reason")), (CASE, REASON));
}

/// `AUS-344.4a5`: what is investigated is said by kind and grade; the record keeps both, and below the floor nothing opens.
#[tokio::test]
async fn clause_aus_344_4a5_an_offence_is_stated_by_kind_and_grade_and_is_on_record() {
    let scene = Scene::new().await;
    let ctx = officer(&scene).await;
    let graded = StateWork {
        offence: "felony".to_owned(),
        offence_category: "240".to_owned(),
        ..stated("investigation", CASE, REASON)
    };
    scene.opens(&scene.says(&ctx, &graded).await).await.unwrap();
    let seen = newest(&scene.house, scene.austin, "open-read").await;
    let offence = Facts::read(seen.beside("facts")).unwrap().offence;
    assert_eq!(offence, Some(Offence { category: "240".to_owned(), grade: Grade::Felony }));
    let minor = StateWork { offence: "class-c".to_owned(), ..graded };
    let asked = scene.opens(&scene.says(&ctx, &minor).await).await;
    assert_eq!(refused(asked).0, reason("offence-floor", "AUS-344.4a5"));
}

/// `AUSP-prohibited` and `AUS-344.4a6`: as a purpose or in a reason, whatever stands beside it.
#[tokio::test]
async fn clause_ausp_prohibited_a_prohibited_use_is_refused_and_attempts_are_on_record() {
    let scene = Scene::new().await;
    let ctx = officer(&scene).await;
    for (said, rule) in [
        (stated("immigration", CASE, REASON), "purpose-prohibited"),
        (stated("stolen-vehicle", CASE, "ICE request to find and deport him"), "reason-prohibited"),
    ] {
        let ctx = scene.says(&ctx, &said).await;
        assert_eq!(refused(scene.opens(&ctx).await).0, reason(rule, "AUSP-prohibited"));
        let seen = is_recorded_as_refused(&scene, rule).await;
        assert_eq!(seen.text(ClearField::Purpose), said.purpose);
        assert_eq!(seen.beside("reason"), said.reason);
    }
}

/// Whoever stated a prohibited use is refused every look, also that which needs no purpose of their own; what asks for no
/// purpose still works, and so they can state another.
#[tokio::test]
async fn who_stated_a_prohibited_use_looks_at_nothing_and_can_state_another_purpose() {
    let scene = Scene::new().await;
    let app = scene.app();
    let ctx = officer(&scene).await;
    let token = testkit::house::a_session(app, ctx.person_id().unwrap()).await;
    for said in [
        stated("immigration", CASE, REASON),
        stated("stolen-vehicle", CASE, "investigation"),
        stated("stolen-vehicle", "1234", "find and deport him"),
    ] {
        let ctx = crate::scene::at(app, &token).await.unwrap();
        state_work(app, &ctx, &said).await.unwrap();
        let ctx = crate::scene::at(app, &token).await.unwrap();
        refused(scene.opens(&ctx).await);
        if said.purpose == "immigration" {
            let hits = list_hits(app, &ctx, HitsAsk::default()).await;
            assert_eq!(refused(hits).0, reason("purpose-prohibited", "AUSP-prohibited"));
        }
        own_sessions(app, &ctx).await.unwrap();
    }
    let ctx = crate::scene::at(app, &token).await.unwrap();
    state_work(app, &ctx, &stated("stolen-vehicle", CASE, REASON)).await.unwrap();
    scene.opens(&crate::scene::at(app, &token).await.unwrap()).await.unwrap();
    // Nothing any more.
    let ctx = crate::scene::at(app, &token).await.unwrap();
    state_work(app, &ctx, &StateWork::default()).await.unwrap();
    let ctx = crate::scene::at(app, &token).await.unwrap();
    assert_eq!(refused(scene.opens(&ctx).await).0, reason("purpose-missing", "AUSP-access"));
}

#[tokio::test]
async fn what_is_no_purpose_no_grade_or_too_long_is_not_taken() {
    let scene = Scene::new().await;
    let ctx = officer(&scene).await;
    let good = || stated("stolen-vehicle", CASE, REASON);
    for (field, said) in [
        ("purpose", stated("curiosity", CASE, REASON)),
        ("case_number", stated("stolen-vehicle", &"1".repeat(65), REASON)),
        ("reason", stated("stolen-vehicle", CASE, &"so ".repeat(200))),
        ("offence", StateWork { offence: "murder most foul".to_owned(), ..good() }),
        ("offence", StateWork { offence_category: "09A".to_owned(), ..good() }),
        ("offence_category", StateWork { offence: "felony".to_owned(), ..good() }),
        (
            "offence_category",
            StateWork {
                offence: "felony".to_owned(),
                offence_category: "murder".to_owned(),
                ..good()
            },
        ),
    ] {
        let wrong = state_work(scene.app(), &ctx, &said).await;
        assert!(
            matches!(&wrong, Err(AskError::Invalid { field: f, .. }) if *f == field),
            "{wrong:?}"
        );
    }
    let state = work_state(&ctx).unwrap();
    assert_eq!(state.work, None);
    let stolen = state.choices.iter().find(|one| one.word == "stolen-vehicle").unwrap();
    assert!(stolen.needs_case && stolen.needs_reason && !stolen.needs_offence);
}

/// Social Security numbers and birth dates have no place in a reason, and do not reach the disk.
#[tokio::test]
async fn a_social_security_number_in_a_reason_is_masked_before_it_is_kept() {
    let scene = Scene::new().await;
    let ctx = officer(&scene).await;
    let said =
        stated("stolen-vehicle", CASE, "owner, SSN 123-45-6789, reported it stolen downtown");
    let state = state_work(scene.app(), &ctx, &said).await.unwrap();
    let kept = state.work.unwrap().reason.unwrap();
    assert!(!kept.contains("6789") && kept.starts_with("owner, SSN "), "{kept}");
    let ctx = scene.says(&ctx, &said).await;
    let work = work_state(&ctx).unwrap().work.unwrap();
    assert_eq!(work.reason.as_ref(), Some(&kept));
    scene.opens(&ctx).await.unwrap();
    let seen = newest(&scene.house, scene.austin, "open-read").await;
    assert_eq!(seen.beside("reason"), kept);
    for seen in leaves(&scene.house, scene.austin).await {
        assert!(seen.clear.values().all(|text| !text.contains("6789")));
    }
}

/// From the record alone: the bundle's digest says which rules, the sealed facts say what they were asked.
#[tokio::test]
async fn every_decision_can_be_made_again_from_its_record_with_the_same_result() {
    let scene = Scene::new().await;
    let ctx = officer(&scene).await;
    let untrained = scene.somebody("untrained", &[Role::Officer]).await;
    for ctx in [
        ctx.clone(),
        scene.signed_in(untrained).await,
        scene.says(&ctx, &stated("stolen-vehicle", CASE, REASON)).await,
        scene.says(&ctx, &stated("stolen-vehicle", "", "deport him")).await,
        scene.says(&ctx, &stated("immigration", CASE, REASON)).await,
    ] {
        let _ = scene.opens(&ctx).await;
        let _ = list_hits(scene.app(), &ctx, HitsAsk::default()).await;
    }
    let policy = scene.app().policy(scene.austin).unwrap();
    let mut told = [0, 0];
    for seen in leaves(&scene.house, scene.austin).await {
        if seen.beside("facts").is_empty() {
            continue;
        }
        let facts = Facts::read(seen.beside("facts")).unwrap();
        assert_eq!(seen.text(ClearField::Bundle), policy.bundle.digest());
        assert_eq!(facts.action, seen.text(ClearField::Action));
        let again = policy.bundle.decide(&facts);
        let word = if again.permit { "permit" } else { "refuse" };
        assert_eq!(seen.decision().1, word, "{facts:?}");
        assert_eq!(seen.leaf.words(ClearField::Policies), again.policies);
        let reasons: Vec<_> = again.reasons.iter().map(|one| one.word.as_str()).collect();
        assert_eq!(seen.leaf.words(ClearField::Reasons), reasons);
        told[usize::from(again.permit)] += 1;
        // Neither the case nor the reason is a fact, and nobody is named in it.
        let text = seen.beside("facts");
        assert!(!text.contains(CASE) && !text.contains("garage") && !text.contains("ellis"));
    }
    assert!(told[0] >= 6 && told[1] >= 6, "{told:?}");
}

/// Austin publishes that reasons have no expiry; another agency says for how long.
#[tokio::test]
async fn clause_ausp_access_reasons_are_kept_for_ever_or_as_long_as_the_policy_says() {
    let scene = Scene::new().await;
    let app = scene.app();
    let day = std::time::Duration::from_secs(86_400);
    let mut agencies = vec![(scene.austin, [true, true, true])];
    for (name, cleartext, kept) in [
        ("Days PD", "{ days = 90 }", [true, true, false]),
        ("Reads PD", "\"with-reads\"", [true, false, false]),
    ] {
        let agency = app.add_agency(name, None).await.unwrap();
        let (_, files) = policy::shipped().iter().find(|(word, _)| *word == "austin-tx").unwrap();
        let line = format!("cleartext = {cleartext}");
        let settings = files.settings.replacen("cleartext = \"forever\"", &line, 1);
        let published = files.published.replace("{reasons.cleartext}", "for a time");
        let files = policy::BundleFiles {
            settings: settings.into(),
            published: published.into(),
            ..files.clone()
        };
        app.begin_policy(agency, &files, "America/Chicago").await.unwrap();
        agencies.push((agency, kept));
    }
    for (number, (agency, _)) in agencies.iter().enumerate() {
        let login = format!("officer-{number}");
        let person = crate::scene::somebody(app, *agency, &login, &[Role::Officer]).await;
        testkit::house::train(app, *agency, person).await;
        let ctx = scene.signed_in(person).await;
        scene
            .opens(&scene.says(&ctx, &stated("stolen-vehicle", CASE, REASON)).await)
            .await
            .unwrap();
    }
    // A read's clear text is kept for thirty days in the house, and never longer than the policy keeps reads: for seven.
    for (at, days) in [6, 83, 30].into_iter().enumerate() {
        scene.house.clock.pass(day * days);
        app::sweep_ledger(app, app.now()).await.unwrap();
        for (agency, kept) in &agencies {
            let seen = newest(&scene.house, *agency, "open-read").await;
            assert_eq!(seen.beside("reason") == REASON, kept[at], "{agency} at {at}");
            assert_eq!((seen.beside("case"), seen.beside("name").is_empty()), (CASE, false));
        }
    }
}
