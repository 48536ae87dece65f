//! People, training, policy and one's own account, through their pages.

use axum::http::{StatusCode, header};
use domain::{PersonId, Role};
use testkit::house::train;

use crate::{Answer, House};

/// Where an answer sends the browser.
pub(crate) fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.headers.get(header::LOCATION).unwrap().to_str().unwrap()
}

/// The number that stands after a text, up to a quote or slash.
pub(crate) fn number_after(text: &str, before: &str) -> i64 {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split(['"', '/']).next().unwrap().parse().unwrap()
}

/// Somebody else with these roles, who came by a command on the server.
pub(crate) async fn second(house: &House, login: &str, roles: &[Role]) -> PersonId {
    let who = app::people::Inviting {
        login: login.to_owned(),
        name: "M. Varga".to_owned(),
        email: String::new(),
        is_outside: false,
        is_temporary: false,
    };
    let (app, agency) = (&house.inner.app, house.inner.agency);
    let invited = app::people::first_person(app, agency, who, roles, "a test").await;
    invited.unwrap().person
}

#[tokio::test]
async fn every_page_about_people_opens_for_who_may_see_it() {
    let mut house = House::built().await;
    house.sign_in().await;
    let person = house.inner.person;
    for (path, holds) in [
        ("/people".to_owned(), "R. Ortiz"),
        ("/people/new".to_owned(), "Invite somebody"),
        (format!("/people/{person}"), "This is your own account."),
        ("/training".to_owned(), "valid until 2026-12-31"),
        ("/policy".to_owned(), "Who can do what"),
        ("/account".to_owned(), "this one"),
    ] {
        let answer = house.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        assert!(answer.text.contains(holds), "{path}: {}", answer.text);
        assert_eq!(answer.headers.get(header::CACHE_CONTROL).unwrap(), "no-store", "{path}");
        assert!(!answer.text.contains("<style") && !answer.text.contains(" style="), "{path}");
        assert!(answer.text.contains("<span class=\"who\">R. Ortiz</span>"), "{path}");
    }
    assert_eq!(house.get("/people/999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn somebody_without_a_role_sees_their_account_and_the_policy_and_no_people() {
    let mut house = House::built().await;
    let nobody = second(&house, "m.varga", &[]).await;
    house.sign_in_as(nobody).await;
    assert_eq!(house.get("/account").await.status, StatusCode::OK);
    assert_eq!(house.get("/policy").await.status, StatusCode::OK);
    for path in ["/people", "/people/1", "/training", "/training.csv"] {
        let answer = house.get(path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!answer.text.contains("Ortiz"), "{path}");
    }
    let invited = house.send("/people/new", "login=x.y&name=X&email=").await;
    assert_eq!(invited.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_invitation_is_shown_once_and_a_wrong_name_is_told_beside_its_field() {
    let mut house = House::built().await;
    house.sign_in().await;
    let wrong = house.send("/people/new", "login=d+chen&name=D.+Chen&email=").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("id=\"login-wrong\">A sign-in name is"), "{}", wrong.text);
    assert!(wrong.text.contains("value=\"D. Chen\""), "what was typed stays");
    let fields = "login=d.chen&name=D.+Chen&email=&outside=yes&temporary=yes";
    let invited = house.send("/people/new", fields).await;
    assert_eq!(invited.status, StatusCode::CREATED, "{}", invited.text);
    assert!(invited.text.contains("This link is shown once."));
    let (_, link) = invited.text.split_once("id=\"invitation-link\">").unwrap();
    let link = link.split('<').next().unwrap();
    let path = link.strip_prefix("http://localhost").unwrap();
    let person = number_after(&invited.text, "href=\"/people/");
    let page = house.get(&format!("/people/{person}")).await.text;
    assert!(!page.contains(path), "a link is shown once");
    assert!(page.contains("invited") && page.contains("another organisation"), "{page}");
    assert_eq!(house.get(path).await.status, StatusCode::OK, "the link works");
    let again = house.send(&format!("/people/{person}/invite"), "").await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.text);
    assert!(again.text.contains("is invited again") && !again.text.contains(path));
}

#[tokio::test]
async fn a_privileged_role_counts_once_somebody_else_approves_it() {
    let mut house = House::built().await;
    let chen = second(&house, "d.chen", &[]).await;
    let chief = second(&house, "m.varga", &[Role::ChiefSecurityOfficer]).await;
    house.sign_in().await;
    let page = format!("/people/{chen}");
    let give = format!("{page}/role");
    let none = house.send(&give, "role=&reason=order&last_day=").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("id=\"role-wrong\">Choose one"), "{}", none.text);
    let empty = house.send(&give, "role=auditor&reason=+&last_day=").await;
    assert!(empty.text.contains("id=\"reason-wrong\">It is empty."), "{}", empty.text);
    let past = house.send(&give, "role=auditor&reason=audit&last_day=2026-01-01").await;
    assert!(past.text.contains("id=\"last_day-wrong\">It is in the past."), "{}", past.text);
    let given = house.send(&give, "role=auditor&reason=audit&last_day=2026-12-31").await;
    assert_eq!(location(&given), page);
    let shown = house.get(&page).await.text;
    assert!(shown.contains("You gave it: somebody else has to approve it."), "{shown}");
    let grant = number_after(&shown, &format!("/people/{chen}/role/"));
    let approve = format!("/people/grants/{grant}/approve");
    assert_eq!(house.send(&approve, "").await.status, StatusCode::BAD_REQUEST);
    house.sign_in_as(chief).await;
    let people = house.get("/people").await.text;
    assert!(people.contains("A role waits for approval"), "{people}");
    assert_eq!(location(&house.send(&approve, "").await), "/people");
    let shown = house.get(&page).await.text;
    assert!(shown.contains("2026") && !shown.contains("waits for approval"), "{shown}");
    house.sign_in().await;
    let ended = house.send(&format!("/people/{chen}/role/{grant}/end"), "").await;
    assert_eq!(location(&ended), page);
    assert!(house.get(&page).await.text.contains("Roles before"));
}

#[tokio::test]
async fn an_account_is_locked_with_a_reason_enabled_and_confirmed() {
    let mut house = House::built().await;
    let chen = second(&house, "d.chen", &[Role::Officer]).await;
    house.sign_in().await;
    let page = format!("/people/{chen}");
    let why = house.send(&format!("{page}/lock"), "why=").await;
    assert_eq!(why.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(why.text.contains("id=\"why-wrong\">It is empty."), "{}", why.text);
    let own = format!("/people/{}/lock", house.inner.person);
    let own = house.send(&own, "why=test").await;
    assert!(own.text.contains("This is your own account."), "{}", own.text);
    assert_eq!(location(&house.send(&format!("{page}/lock"), "why=lost+badge").await), page);
    assert!(house.get("/people").await.text.contains("lost badge"));
    assert_eq!(location(&house.send(&format!("{page}/enable"), "").await), page);
    assert!(!house.get("/people").await.text.contains("lost badge"));
    assert_eq!(location(&house.send(&format!("{page}/release"), "").await), page);
    assert!(house.get(&page).await.text.contains("<span class=\"quiet\">not yet</span>"));
    assert_eq!(location(&house.send(&format!("{page}/confirm"), "").await), page);
    assert!(!house.get(&page).await.text.contains("<span class=\"quiet\">not yet</span>"));
}

#[tokio::test]
async fn training_is_recorded_with_every_topic_exported_and_withdrawn() {
    let mut house = House::built().await;
    let chen = second(&house, "d.chen", &[Role::Officer]).await;
    house.sign_in().await;
    let csv = |text: &str| text.lines().find(|line| line.contains("d.chen")).unwrap().to_owned();
    let before = house.get("/training.csv").await;
    assert_eq!(before.headers.get(header::CONTENT_TYPE).unwrap(), "text/csv; charset=utf-8");
    let kept = before.headers.get(header::CONTENT_DISPOSITION).unwrap();
    assert_eq!(kept, "attachment; filename=\"training-2026-11-21.csv\"");
    assert!(csv(&before.text).contains(",never,"), "{}", before.text);
    let typed = format!("course=reader&person={chen}&day=2026-11-20&topic-1=safeguards");
    let part = house.send("/training/record", &typed).await;
    assert_eq!(part.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        part.text.contains("id=\"topics-reader-wrong\">These leave out proper use"),
        "{}",
        part.text
    );
    assert!(part.text.contains("value=\"safeguards\" checked"), "what was ticked stays");
    let nobody = house.send("/training/record", "course=reader&person=&day=2026-11-20").await;
    assert!(nobody.text.contains("id=\"person-reader-wrong\">Choose who."), "{}", nobody.text);
    let in_force = house.inner.app.policy(house.inner.agency).unwrap();
    let topics = in_force.bundle.settings().training["reader"].topics.iter().enumerate();
    let topics = topics.map(|(n, topic)| format!("&topic-{n}={}", topic.replace(' ', "+")));
    let typed = format!("course=reader&person={chen}&day=2026-11-20");
    let whole = typed + &topics.collect::<String>();
    assert_eq!(location(&house.send("/training/record", &whole).await), "/training");
    let after = house.get("/training.csv").await.text;
    assert!(csv(&after).contains(",valid,2026-12-31,2026-11-20,"), "{after}");
    let page = house.get("/training").await.text;
    let (_, recorded) = page.split_once("id=\"recorded\"").unwrap();
    let id = recorded.split("/training/").nth(2).unwrap().split('/').next().unwrap();
    assert_eq!(location(&house.send(&format!("/training/{id}/withdraw"), "").await), "/training");
    assert!(csv(&house.get("/training.csv").await.text).contains(",never,"));
}

#[tokio::test]
async fn a_session_of_ones_own_is_ended_from_the_account() {
    let mut house = House::built().await;
    let chen = second(&house, "d.chen", &[Role::Officer]).await;
    train(&house.inner.app, house.inner.agency, chen).await;
    house.sign_in_as(chen).await;
    let first = house.cookie.clone();
    house.sign_in_as(chen).await;
    let account = house.get("/account").await.text;
    assert!(account.contains("valid until 2026-12-31") && account.contains("Officer"), "{account}");
    let (_, rest) = account.split_once("action=\"/account/sessions/").unwrap();
    let end = format!("/account/sessions/{}", rest.split('"').next().unwrap());
    assert_eq!(location(&house.send(&end, "").await), "/account");
    assert_eq!(house.get("/account").await.status, StatusCode::OK);
    house.cookie = first;
    assert_eq!(house.get("/account").await.status, StatusCode::UNAUTHORIZED);
}
