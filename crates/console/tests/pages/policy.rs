//! Changing the policy, and looks that cannot wait for a case number, through their pages.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::{PersonId, Role};
use testkit::house::train;

use crate::people::{location, number_after, second};
use crate::{Answer, House, SAME};

const DAY: &str = "2026-11-23";

impl House {
    /// Sends a proposal: what is typed, and texts by the names of their files.
    async fn propose(&self, typed: &[(&str, &str)], texts: &[(&str, &str)]) -> Answer {
        let token = self.form_token().await;
        let mut body = String::new();
        for (name, value) in [("form_token", token.as_str())].iter().chain(typed) {
            body.push_str(&format!(
                "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        for (name, text) in texts {
            body.push_str(&format!(
                "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{text}\r\n"
            ));
        }
        body.push_str("--x--\r\n");
        let request = Request::post("/policy/propose")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header(SAME.0, SAME.1);
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    fn settings(&self) -> String {
        let in_force = self.inner.app.policy(self.inner.agency).unwrap();
        in_force.bundle.files().settings.to_string()
    }
}

fn typed(reason: &'static str) -> [(&'static str, &'static str); 4] {
    [("base", ""), ("day", DAY), ("reason", reason), ("do", "propose")]
}

#[tokio::test]
async fn a_policy_is_proposed_approved_by_another_and_stands_in_the_history() {
    let mut house = House::built().await;
    let chief = second(&house, "m.varga", &[Role::ChiefSecurityOfficer]).await;
    house.sign_in().await;
    let form = house.get("/policy/propose").await;
    assert_eq!(form.status, StatusCode::OK);
    let settings = house.settings().replacen("\nchars_min = 12", "\nchars_min = 20", 1);
    let texts = [("bundle.toml", settings.as_str())];
    let look = [("base", ""), ("day", DAY), ("reason", "order 7"), ("do", "look")];
    let looked = house.propose(&look, &texts).await;
    assert_eq!(looked.status, StatusCode::OK);
    assert!(looked.text.contains("What it would change"), "{}", looked.text);
    assert!(looked.text.contains("<code>reasons.chars_min</code> changes from"), "{}", looked.text);
    assert!(!house.get("/policy/changes").await.text.contains("order 7"), "it was only looked at");
    let proposed = house.propose(&typed("order 7"), &texts).await;
    let page = location(&proposed).to_owned();
    let own = house.get(&page).await.text;
    assert!(own.contains("You proposed it: somebody else has to approve it."), "{own}");
    let value = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };

    house.sign_in_as(chief).await;
    let shown = house.get(&page).await.text;
    assert!(shown.contains("touches privacy") && shown.contains("R. Ortiz"), "{shown}");
    let seen = format!("digest={}&follows={}", value(&shown, "digest"), value(&shown, "follows"));
    let approve = format!("{page}/approve");
    let unseen = house.send_from(&page, &approve, "digest=x&follows=x").await;
    assert_eq!(unseen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unseen.text.contains("It is not what you saw"), "{}", unseen.text);
    assert_eq!(location(&house.send_from(&page, &approve, &seen).await), page);
    let history = house.get("/policy/changes?privacy=yes").await.text;
    assert!(history.contains("order 7") && history.contains("M. Varga"), "{history}");
    assert!(history.contains("approved, not yet in force"));
    assert!(house.get("/policy").await.text.contains("2026-11-23 00:00:00 UTC"));
    let text = house.get(&format!("{page}/bundle.toml")).await;
    assert_eq!(text.text, settings);
    let kept = text.headers.get(header::CONTENT_DISPOSITION).unwrap();
    assert_eq!(kept, "attachment; filename=\"bundle.toml\"");
    assert_eq!(house.get(&format!("{page}/server-key")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_shows_its_faults_with_their_lines() {
    let mut house = House::built().await;
    house.sign_in().await;
    let rules =
        house.inner.app.policy(house.inner.agency).unwrap().bundle.files().rules.to_string();
    let broken = format!("// ours\n{}", rules.replacen("@clause(\"OURS-case\")\n", "", 1));
    let line = broken.lines().position(|line| line == "@id(\"case-missing\")").unwrap() + 1;
    let answer = house.propose(&typed("order 7"), &[("rules.cedar", &broken)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains(&format!("line {line}</span>")), "{}", answer.text);
    assert!(answer.text.contains("It has no @clause: who asks for it."), "{}", answer.text);
    assert!(answer.text.contains("value=\"order 7\""), "what was typed stays");
    let huge = "#".repeat(300 * 1024);
    let answer = house.propose(&typed("order 7"), &[("rules.cedar", &huge)]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
    let past = [("base", ""), ("day", "2026-11-20"), ("reason", "order 7"), ("do", "propose")];
    let answer = house.propose(&past, &[]).await;
    assert!(answer.text.contains("id=\"day-wrong\">It is in the past"), "{}", answer.text);
    let foreign = house.post("/policy/propose", ("sec-fetch-site", "cross-site"), "x=y").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

async fn officer(house: &House) -> PersonId {
    let officer = second(house, "k.ellis", &[Role::Officer]).await;
    train(&house.inner.app, house.inner.agency, officer).await;
    officer
}

#[tokio::test]
async fn an_offence_is_stated_by_its_kind_and_its_grade() {
    let mut house = House::built().await;
    let officer = officer(&house).await;
    house.sign_in_as(officer).await;
    let page = house.get("/work").await.text;
    assert!(page.contains("<optgroup label=\"Against property\">"), "{page}");
    assert!(page.contains("<option value=\"240\">Motor vehicle theft (240)</option>"), "{page}");
    let said = "purpose=investigation&case_number=26-1234567&back=/reads\
                &reason=owner+reported+it+stolen+from+the+garage";
    for (offence, wrong) in [
        ("&offence=felony&offence_category=", "id=\"category-wrong\">It is empty: say what kind"),
        ("&offence=&offence_category=240", "id=\"offence-wrong\">It is empty: say how grave"),
        ("&offence=felony&offence_category=999", "id=\"category-wrong\">It is no NIBRS code"),
    ] {
        let answer = house.send_from("/work", "/work", &format!("{said}{offence}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(wrong), "{}", answer.text);
    }
    let offence = "&offence=felony&offence_category=240";
    let stated = house.send_from("/work", "/work", &format!("{said}{offence}")).await;
    assert_eq!(location(&stated), "/reads");
    let page = house.get("/work").await.text;
    assert!(page.contains("<option value=\"240\" selected>"), "{page}");
    let account = house.get("/account").await.text;
    assert!(account.contains("Motor vehicle theft (240), felony"), "{account}");
}

#[tokio::test]
async fn a_look_that_cannot_wait_is_warned_of_completed_and_locks_when_it_is_not() {
    let mut house = House::built().await;
    let officer = officer(&house).await;
    house.sign_in_as(officer).await;
    assert!(house.get("/work").await.text.contains("name=\"exigent\""));
    let said = "purpose=stolen-vehicle&case_number=&offence=&exigent=yes&back=/reads";
    let none = house.send_from("/work", "/work", &format!("{said}&reason=")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("id=\"reason-wrong\">It is empty: say why"), "{}", none.text);
    let reason = "&reason=the+driver+has+a+child+in+the+car";
    let stated = house.send_from("/work", "/work", &format!("{said}{reason}")).await;
    assert_eq!(location(&stated), "/reads");
    let reads = house.get("/reads").await.text;
    assert!(reads.contains("case number to follow") && !reads.contains("due-bar"), "{reads}");
    let (_, address) = reads.split_once("href=\"/reads/").unwrap();
    let read = format!("/reads/{}", address.split('"').next().unwrap());
    assert_eq!(house.get(&read).await.status, StatusCode::OK);
    let reads = house.get("/reads").await.text;
    assert!(reads.contains("due-bar") && reads.contains("1 look without a case number"), "{reads}");
    assert!(house.get("/account").await.text.contains("Case numbers to come"));
    let page = house.get("/looks/complete").await.text;
    let look = number_after(&page, "name=\"look\" value=\"");
    let wrong = format!("look={look}&case_number=1");
    let wrong = house.send_from("/looks/complete", "/looks/complete", &wrong).await;
    assert!(wrong.text.contains("It is not written as ours are"), "{}", wrong.text);

    house.inner.clock.pass(Duration::from_secs(24 * 3600));
    house.sign_in_as(officer).await;
    let locked = house.get("/hits").await;
    assert_eq!(locked.status, StatusCode::FORBIDDEN);
    assert!(locked.text.contains("must be completed") && locked.text.contains("/looks/complete"));
    let done = format!("look={look}&case_number={}", testkit::house::CASE);
    let done = house.send_from("/looks/complete", "/looks/complete", &done).await;
    assert_eq!(location(&done), "/looks/complete");
    assert_eq!(house.get("/hits").await.status, StatusCode::FORBIDDEN);
    house.sign_in_as(house.inner.person).await;
    let person = format!("/people/{officer}");
    assert!(house.get(&person).await.text.contains("completed too late"));
    let release = format!("{person}/release-looks");
    assert_eq!(location(&house.send_from("/account", &release, "").await), person);
    house.sign_in_as(officer).await;
    assert_eq!(house.get("/hits").await.status, StatusCode::OK);
    assert!(!house.get("/hits").await.text.contains("due-bar"));
}
