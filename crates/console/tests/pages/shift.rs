//! The car's page, the shift's and the hand-over's.

use app::people::{Inviting, first_person};
use app::sign_in::SessionToken;
use axum::http::{StatusCode, header};
use domain::Role;
use testkit::house::{a_session, say_what_for, train};

use crate::House;

/// The shift that runs at the house's noon.
const SIGN_ON: &str = "unit=12a&shift=2026-11-21T14%3A00%3A00Z&camera=";

/// Says what whoever is signed in works on.
async fn say(house: &House) {
    let token = house.cookie.split_once('=').unwrap().1;
    say_what_for(&house.inner.app, &SessionToken::parse(token).unwrap()).await;
}

#[tokio::test]
async fn without_a_purpose_the_car_shows_no_hit_and_says_what_is_missing() {
    let mut house = House::built().await;
    let app = house.inner.app.clone();
    let agency = app.add_agency("Careful PD", None).await.unwrap();
    // Its policy lets nobody watch without saying why.
    let (_, files) = policy::shipped().iter().find(|(word, _)| *word == "example").unwrap();
    let watching = "label = \"Watching for listed vehicles\"";
    let settings = files.settings.replace(watching, &format!("{watching}\nneeds_reason = true"));
    let files = policy::BundleFiles { settings: settings.into(), ..files.clone() };
    app.begin_policy(agency, &files, "Etc/UTC").await.unwrap();
    let who = Inviting {
        login: "c.officer".to_owned(),
        name: "C. Officer".to_owned(),
        email: String::new(),
        is_outside: false,
        is_temporary: false,
    };
    let officer = first_person(&app, agency, who, &[Role::Officer], "a test").await.unwrap().person;
    train(&app, agency, officer).await;
    house.cookie = format!("plateglass={}", a_session(&app, officer).await.expose());
    assert_eq!(house.send("/car/sign-on", SIGN_ON).await.status, StatusCode::SEE_OTHER);
    let page = house.get("/car").await.text;
    for part in [
        "Unit 12A",
        "Hits are not shown yet",
        "you have to say for what purpose",
        "href=\"/work?back=/car\"",
        "An alert is not confirmation.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("data-car-live"), "{page}");
}

#[tokio::test]
async fn clause_twf_401_4g_an_officer_signs_on_in_the_car_and_a_supervisor_sees_who_did() {
    let mut house = House::built().await;
    house.become_one_with(Role::Officer).await;
    say(&house).await;
    let page = house.get("/car").await.text;
    assert!(page.contains("Sign on for your shift") && page.contains("2026-11-21 06:00 to 14:00"));
    assert!(page.contains("An alert is not confirmation."), "always");
    assert!(!page.contains("7ABC123"), "no hit before that");
    assert_eq!(house.get("/shift").await.status, StatusCode::FORBIDDEN);
    let wrong = house.send("/car/sign-on", &SIGN_ON.replace("12a", "%3F")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("It is no call sign"), "{}", wrong.text);
    assert_eq!(house.send("/car/alive", "").await.status, StatusCode::GONE);
    let on = house.send("/car/sign-on", SIGN_ON).await;
    assert_eq!(on.headers.get(header::LOCATION).unwrap(), "/car", "{}", on.text);
    assert_eq!(house.send("/car/alive", "").await.status, StatusCode::NO_CONTENT);
    let page = house.get("/car").await.text;
    for part in [
        "Unit 12A",
        "http-equiv=\"refresh\"",
        "no picture",
        "Plate seen and matches",
        "State matches",
        "Vehicle matches",
        "Could not locate",
        "NOT CLEARED",
        "An alert is not confirmation.",
        "value=\"night\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }

    // Deeds of the car come back to the car.
    let done = house.send("/hits/1/compare", "part=plate&agrees=yes&back=car").await;
    assert_eq!(done.headers.get(header::LOCATION).unwrap(), "/car?hit=1");
    let page = house.get("/car?hit=1").await.text;
    assert!(!page.contains("Plate seen and matches"), "that is done: {page}");
    let refused = house.send("/hits/1/second", "back=car").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Unit 12A") && refused.text.contains("role=\"alert\""));

    house.become_one_with(Role::Supervisor).await;
    let page = house.get("/shift").await.text;
    assert!(page.contains("data-unit=\"12A\" data-duty=\"watching\""), "{page}");
    assert!(page.contains("not on the roster"), "{page}");
    let put = "unit=14&person=&shift=2026-11-21T06%3A00%3A00Z";
    let put_on = house.send("/shift/duty", put).await;
    assert_eq!(put_on.status, StatusCode::SEE_OTHER, "{}", put_on.text);
    let again = house.send("/shift/duty", put).await;
    assert!(again.text.contains("It is on duty in that shift already."), "{}", again.text);
    let page = house.get("/shift?from=2026-11-21T06:00:00Z").await.text;
    assert!(page.contains("data-unit=\"14\" data-duty=\"not-signed-on\""), "{page}");
    let off = house.send("/shift/duty/1/remove", "").await;
    assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.text);
    assert!(!house.get("/shift").await.text.contains("data-unit=\"14\""));
    assert_eq!(house.get("/shift?from=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn hits_are_handed_over_on_a_page() {
    let mut house = House::built().await;
    house.become_one_with(Role::RtccOperator).await;
    say(&house).await;
    assert_eq!(house.send("/hits/1/take", "").await.status, StatusCode::SEE_OTHER);
    let page = house.get("/queue/handover").await.text;
    assert!(page.contains("name=\"hit-1\" value=\"yes\" checked"), "{page}");
    let nobody = house.send("/queue/handover", "hit-1=yes&to=&note=").await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.text.contains("Nothing was handed over: who gets the hits is nobody"));
    let ortiz = house.inner.person;
    let over = house.send("/queue/handover", &format!("hit-1=yes&to={ortiz}&note=look")).await;
    assert_eq!(over.status, StatusCode::SEE_OTHER, "{}", over.text);
    let page = house.get("/queue/handover").await.text;
    assert!(page.contains("offered to R. Ortiz, not accepted yet"), "{page}");
    let theirs = house.send("/queue/handover/accept", "hit-1=yes").await;
    assert!(theirs.text.contains("Nobody offers you this hit any more"), "{}", theirs.text);

    house.cookie = format!("plateglass={}", house.inner.session().await);
    let page = house.get("/queue/handover").await.text;
    assert!(page.contains("Offered to you") && page.contains("look"), "{page}");
    let taken = house.send("/queue/handover/accept", "hit-1=yes").await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    assert!(house.get("/hits/1").await.text.contains("<strong>You</strong> look after it."));
}

#[tokio::test]
async fn the_hits_page_has_a_map_and_says_who_was_signed_on() {
    let mut house = House::built().await;
    house.sign_in().await;
    let page = house.get("/hits/1").await.text;
    assert!(page.contains("Signed on then") && page.contains(">nobody<"), "{page}");
    assert!(!page.contains("class=\"map\""), "its camera has no place");
    let manifest = house.get("/manifest.webmanifest").await;
    assert_eq!(manifest.headers.get(header::CONTENT_TYPE).unwrap(), "application/manifest+json");
    let policy = manifest.headers.get(header::CONTENT_SECURITY_POLICY).unwrap();
    assert!(policy.to_str().unwrap().contains("manifest-src 'self'"));
}
