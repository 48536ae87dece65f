//! Who may call what: every route, as everybody.

use std::fmt::Write as _;

use app::people::{StateWork, state_work};
use app::route::Access;
use app::sign_in::{SessionToken, session};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::Role;
use policy::Action;
use testkit::house::say_what_for;
use tower::ServiceExt as _;

use crate::{House, SAME};

/// Forms that can be read, so that what answers is the permission and not the form. Where nothing stands here the token is
/// all of it.
const FORMS: &[(&str, &str)] = &[
    ("/audit/week", "week=2026-11-16&note=seen"),
    ("/cameras/new", "name=North&mounting=fixed&site=Lamar&heading=0&position="),
    ("/cameras/{id}/sign-off/{word}", "note=fair"),
    ("/cameras/{id}/sign-off/{word}/withdraw", "why=a+school"),
    ("/hotlists/{id}/alerts/{alert}/plates", "plate=7ABC123&state=US-TX"),
    ("/hotlists/{id}/alerts/{alert}/plates/{n}", "decision=refuse&reason=a+telephone"),
    ("/hotlists/{id}/fetch", "do=fetch"),
    ("/hotlists/new", "name=Ours&source=a+test&category=stolen-vehicle"),
    ("/people/new", "login=somebody.new&name=Somebody+New&email="),
    ("/people/{id}/role", "role=officer&reason=x&last_day="),
    ("/people/{id}/lock", "why=x"),
    (
        "/protected/new",
        "name=Vigil&why=people+pray&centre=30.2747%2C-97.7404&radius=400&cameras=&from=2026-11-22+18%3A00&until=2026-11-22+20%3A00",
    ),
    ("/protected/{id}/withdraw", "why=a+mistake"),
    ("/protected/{id}/ask", "nexus=a+robbery"),
    ("/protected/{id}/requests/{request}", "decision=refuse&why=no+crime&hours="),
    ("/report", "about=nobody&what="),
    ("/security/lock", "person=999&day=2026-11-21"),
    ("/theme", "theme=dark&back=/"),
    ("/training/record", "person=999&course=reader&day=2026-11-21"),
    ("/trouble/new", "what=no+picture&camera=&urgency=low"),
    ("/trouble/{id}/note", "note=seen"),
    ("/trouble/{id}/close", "done=cleaned"),
    // What was stated before stands.
    ("/work", "purpose=none-such&case_number=&offence=&reason="),
];

/// Forms with a file.
const WITH_FILE: &[&str] = &[
    "/hotlists/{id}/alerts/file",
    "/hotlists/{id}/import",
    "/policy/propose",
    "/shift/import",
    "/training/import",
];

/// What a browser sends of a form with a file.
fn with_file(form_token: &str) -> String {
    let part = |name: &str, more: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    };
    let file = part("file", "; filename=\"a.csv\"", "plate\n7ABC123\n");
    format!("{}{file}--b--\r\n", part("form_token", "", form_token))
}

/// The parameters of a route, filled in with what is not there.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{read}" => "1-20261121-999",
        "{name}" | "{token}" | "{word}" => "nothing",
        part if part.starts_with('{') => "999",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Somebody who calls.
struct Caller {
    /// At most four letters.
    title: &'static str,
    roles: Vec<Role>,
    is_trained: bool,
}

fn callers() -> Vec<Caller> {
    let of =
        |title, roles: &[Role], is_trained| Caller { title, roles: roles.to_vec(), is_trained };
    let mut all = vec![of("none", &[], true), of("raw", &[Role::Officer], false)];
    let titles = [
        "adm", "cso", "rtcc", "offi", "inve", "supe", "audi", "lieu", "reco", "trai", "chie",
        "exte",
    ];
    all.extend(Role::ALL.iter().zip(titles).map(|(role, title)| of(title, &[*role], true)));
    all
}

impl House {
    /// What somebody in this session is answered; nobody where the cookie is empty.
    async fn answers(&self, method: &Method, path: &str, form: &str) -> &'static str {
        let kind = if form.starts_with("--b") {
            "multipart/form-data; boundary=b"
        } else {
            "application/x-www-form-urlencoded"
        };
        let request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, kind)
            .header(SAME.0, SAME.1);
        let request = request.body(Body::from(form.to_owned())).unwrap();
        // The body is not read: that of the live line has no end.
        match self.console.clone().oneshot(request).await.unwrap().status() {
            StatusCode::UNAUTHORIZED => "·",
            StatusCode::FORBIDDEN => "-",
            status => {
                assert!(!status.is_server_error(), "{method} {path}: {status}");
                "x"
            }
        }
    }
}

/// Auditors audit; everybody else is about a stolen vehicle.
async fn says_what_for(house: &House, token: &SessionToken, roles: &[Role]) {
    let audits = roles.iter().any(|role| matches!(role, Role::Auditor | Role::ExternalAuditor));
    if !audits {
        return say_what_for(&house.inner.app, token).await;
    }
    let app = &house.inner.app;
    let ctx = session(app, token, app.now()).await.unwrap().unwrap();
    let said = StateWork { purpose: "audit".to_owned(), ..StateWork::default() };
    state_work(app, &ctx, &said).await.unwrap();
}

/// Pages with a form to send, each with what one asks for by it and the page that leads to it; the camera and the list are there.
const FORM_PAGES: [(&str, Action, &str); 6] = [
    ("/cameras/new", Action::ManageCameras, "/cameras"),
    ("/hotlists/new", Action::ManageHotlists, "/hotlists"),
    ("/hotlists/1/import", Action::ManageHotlists, "/hotlists/1"),
    ("/people/new", Action::ManagePeople, "/people"),
    ("/policy/propose", Action::ManagePolicy, "/policy/changes"),
    ("/account/tokens/new", Action::ManageTokens, "/account"),
];

#[tokio::test]
async fn a_form_is_shown_and_linked_to_who_may_send_it_and_refused_to_others() {
    let mut house = House::built().await;
    let policy = house.inner.app.policy(house.inner.agency).unwrap();
    let (mut n_shown, mut n_refused) = (0, 0);
    for role in Role::ALL {
        let token = house.inner.somebody_with(&[role], true).await;
        house.cookie = format!("plateglass={}", token.expose());
        for (form, action, from) in FORM_PAGES {
            let may = policy.bundle.matrix().permits(role, action);
            let shown = house.get(form).await;
            let leads = house.get(from).await;
            if leads.status == StatusCode::OK {
                let link = format!("href=\"{form}\"");
                assert_eq!(leads.text.contains(&link), may, "{role:?} on {from}");
            }
            if may {
                assert_eq!(shown.status, StatusCode::OK, "{role:?} at {form}");
                n_shown += 1;
            } else {
                assert_eq!(shown.status, StatusCode::FORBIDDEN, "{role:?} at {form}");
                let says = format!("You may not {}.", action.label());
                assert!(shown.text.contains(&says), "{form}: {}", shown.text);
                n_refused += 1;
            }
        }
    }
    assert!(n_shown >= FORM_PAGES.len() && n_refused > n_shown, "{n_shown} and {n_refused}");
}

/// `x`: gets past the permission, whatever comes of it; `-`: refused; `·`: has to sign in first. `raw` is an officer without
/// training. Everybody has stated a purpose that fits their work.
#[tokio::test]
async fn who_may_call_what_is_reviewed() {
    let mut house = House::built().await;
    let mut sessions = Vec::new();
    for caller in callers() {
        let token = house.inner.somebody_with(&caller.roles, caller.is_trained).await;
        says_what_for(&house, &token, &caller.roles).await;
        house.cookie = format!("plateglass={}", token.expose());
        let form_token = house.form_token().await;
        sessions.push((caller, house.cookie.clone(), form_token));
    }
    let mut printed = format!("{:<52}body", "");
    for (caller, ..) in &sessions {
        write!(printed, " {:<4}", caller.title).unwrap();
    }
    printed.push('\n');
    // Signing out would end what the others need.
    let is_end = |path: &str| path == "/sign-out";
    for route in console::declared() {
        let path = filled(route.path);
        let fields = FORMS.iter().find(|(of, _)| *of == route.path).map_or("", |(_, form)| form);
        house.cookie.clear();
        let nobody = house.answers(&route.method, &path, fields).await;
        write!(printed, "{:<5}{:<47}{nobody:<4}", route.method.as_str(), route.path).unwrap();
        assert_eq!(nobody == "·", route.guard.access == Access::Staff, "{path}");
        if route.guard.access != Access::Staff {
            printed.push_str(" open to anybody\n");
            continue;
        }
        for (_, cookie, form_token) in &sessions {
            house.cookie.clone_from(cookie);
            let answer = if is_end(route.path) {
                "x"
            } else {
                let form = if WITH_FILE.contains(&route.path) {
                    with_file(form_token)
                } else {
                    format!("form_token={form_token}&{fields}")
                };
                house.answers(&route.method, &path, &form).await
            };
            write!(printed, " {answer:<4}").unwrap();
        }
        printed.push('\n');
    }
    insta::assert_snapshot!("who_may_call_what", printed);
}
