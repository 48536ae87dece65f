//! Pages about people, training and policy.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::mail::MailTrouble;
use app::people::{Invitation, PeoplePage as Listed, PersonPage as Opened, PersonRow};
use app::sign_in::{PasskeyCard, SessionCard, WaysIn};
use app::tokens::{NewToken, TokenCard};
use app::training::{Standing as Trained, TrainingPage as Training, TrainingRow};
use app::{InForce, WorkingOn};
use askama::Template as _;
use console::frame::Frame;
use console::pages::account::{AccountPage, Ways};
use console::pages::confirm::ConfirmPage;
use console::pages::passkey::{Asks, NewPasskeyPage, PasskeyPage};
use console::pages::people::{PeoplePage, Viewer};
use console::pages::person::OnePerson;
use console::pages::person_new::{InvitedPage, PersonForm, Typed};
use console::pages::policy::PolicyPage;
use console::pages::sign_in::CodePage;
use console::pages::token::NewTokenPage;
use console::pages::training::TrainingPage;
use domain::{
    Completion, CompletionId, Day, Disabled, ExigentId, ExigentLook, Grant, GrantId, Login,
    PasskeyId, Person, PersonId, Role, Standing, Timestamp, TokenId,
};
use policy::Bundle;

use crate::{AGENCY, Fallible, ago, now};

const DAY: u64 = 86_400;

fn person(id: i64, login: &str, name: &str) -> Fallible<Person> {
    Ok(Person {
        id: PersonId::from_i64(id),
        agency: AGENCY,
        login: Login::parse(login)?,
        name: name.to_owned(),
        email: format!("{login}@austin.example"),
        is_outside: false,
        ends_at: None,
        added_at: ago(200 * DAY),
        added_by: Some(PersonId::from_i64(1)),
        enrolled_at: Some(ago(199 * DAY)),
        last_used_at: Some(ago(7_800)),
        disabled: None,
        reviewed_at: None,
        enabled_at: None,
    })
}

fn row(person: Person, roles: &[Role]) -> PersonRow {
    let roles: BTreeSet<Role> = roles.iter().copied().collect();
    PersonRow { person, roles, n_waiting: 0, is_locked: false }
}

fn people() -> Fallible<Vec<PersonRow>> {
    let mut invited = row(person(3, "a.okafor", "A. Okafor")?, &[]);
    invited.person.enrolled_at = None;
    invited.person.last_used_at = None;
    invited.person.added_at = ago(40_000);
    let mut locked = row(person(2, "d.chen", "D. Chen")?, &[Role::Officer]);
    locked.is_locked = true;
    locked.n_waiting = 1;
    let mut old = row(person(4, "m.varga", "M. Varga")?, &[Role::Investigator, Role::Trainer]);
    old.person.added_at = ago(420 * DAY);
    let mut off = row(person(5, "j.pike", "J. Pike")?, &[]);
    off.person.disabled =
        Some(Disabled { at: ago(3 * DAY), why: "left the department".to_owned() });
    let mut guest = row(person(6, "city.audit", "L. Haddad")?, &[Role::ExternalAuditor]);
    guest.person.is_outside = true;
    guest.person.ends_at = Some(Timestamp::from_micros(now().micros() + 50 * 3_600_000_000));
    let me = row(
        person(1, "r.ortiz", "R. Ortiz")?,
        &[Role::Administrator, Role::RtccOperator, Role::Trainer],
    );
    Ok(vec![invited, locked, off, guest, old, me])
}

fn names(people: &[PersonRow]) -> HashMap<PersonId, String> {
    people.iter().map(|row| (row.person.id, row.person.name.clone())).collect()
}

fn grant(id: i64, person: i64, role: Role, given_by: i64) -> Grant {
    Grant {
        id: GrantId::from_i64(id),
        person: PersonId::from_i64(person),
        role,
        reason: "Order 26-114, night shift".to_owned(),
        given_by: Some(PersonId::from_i64(given_by)),
        by_provider: false,
        given_at: ago(5_400),
        approved_by: None,
        approved_at: (!role.is_privileged()).then(|| ago(5_400)),
        ends_at: None,
        ended_by: None,
        ended_at: None,
    }
}

fn unsent() -> MailTrouble {
    MailTrouble {
        person: PersonId::from_i64(2),
        subject: "Your reader training lapses in 7 days, after 2026-12-31".to_owned(),
        made_at: ago(90),
        next_try_at: None,
        trouble: "the mail server refused: permanent error (550): no such mailbox".to_owned(),
    }
}

fn listed() -> Fallible<Listed> {
    let people = people()?;
    let second = |id| people.iter().find(|row| row.person.id == PersonId::from_i64(id));
    let chen = second(2).ok_or("nobody")?.person.clone();
    let varga = second(4).ok_or("nobody")?.person.clone();
    let waiting = vec![
        (grant(9, 2, Role::Auditor, 4), chen),
        (grant(10, 4, Role::ChiefSecurityOfficer, 1), varga),
    ];
    Ok(Listed { waiting, names: names(&people), people, unsent: vec![unsent()] })
}

/// Somebody with roles of every kind; locked, and with a role that waits.
fn opened() -> Fallible<Opened> {
    let people = people()?;
    let row = people.iter().find(|row| row.is_locked).ok_or("nobody")?.clone();
    let ended = Grant {
        ended_at: Some(ago(30 * DAY)),
        ended_by: Some(PersonId::from_i64(1)),
        ..grant(4, 2, Role::Supervisor, 4)
    };
    let ran_out = Grant { ends_at: Some(ago(90 * DAY)), ..grant(3, 2, Role::RtccOperator, 1) };
    let officer = Grant {
        given_by: None,
        by_provider: false,
        ends_at: Some(Timestamp::from_micros(now().micros() + 40 * 86_400_000_000)),
        ..grant(5, 2, Role::Officer, 1)
    };
    let grants = vec![grant(9, 2, Role::Auditor, 4), officer, ended, ran_out];
    Ok(Opened { row, grants, exigent: Vec::new(), names: names(&people), now: now() })
}

fn in_force() -> Fallible<InForce> {
    let shipped = policy::shipped().iter().find(|(word, _)| *word == "austin-tx");
    let (_, files) = shipped.ok_or("no such bundle")?;
    let bundle = Bundle::read(files).map_err(|faults| format!("{faults:?}"))?;
    Ok(InForce { bundle, zone: jiff::tz::TimeZone::UTC })
}

fn completion(id: i64, person: i64, day: Day, topics: &[String]) -> Completion {
    Completion {
        id: CompletionId::from_i64(id),
        person: PersonId::from_i64(person),
        course: "reader".to_owned(),
        day,
        topics: topics.to_vec(),
        recorded_by: Some(PersonId::from_i64(4)),
        recorded_at: ago(30 * DAY),
        withdrawn_at: None,
    }
}

fn training() -> Fallible<Training> {
    let courses = in_force()?.bundle.settings().training.clone();
    let topics = courses.get("reader").map(|course| course.topics.clone()).unwrap_or_default();
    let today = Day::parse("2026-12-15")?;
    let until = Day::parse("2026-12-31")?;
    let row = |(n, row): (i64, PersonRow)| {
        let standing = match n {
            0 => Trained::Never,
            1 => Trained::Valid(Some(until)),
            2 => Trained::Lapsed(Day::from_number(until.number() - 365)),
            _ => Trained::Valid(Some(Day::from_number(until.number() + 365))),
        };
        let id = row.person.id.to_i64();
        let own = vec![completion(n, id, Day::from_number(today.number() - n * 40), &topics)];
        TrainingRow {
            person: row.person,
            courses: vec![("reader".to_owned(), standing)],
            completions: if n == 0 { Vec::new() } else { own },
        }
    };
    Ok(Training { people: (0..).zip(people()?).map(row).collect(), courses, today })
}

fn sessions() -> Vec<SessionCard> {
    let card = |session: &str, address: &str, browser: &str, is_this| SessionCard {
        session: session.to_owned(),
        begun_at: ago(7_800),
        expires_at: Timestamp::from_micros(now().micros() + 35_000_000_000),
        used_at: ago(if is_this { 20 } else { 5_000 }),
        address: address.to_owned(),
        browser: browser.to_owned(),
        is_this,
    };
    vec![
        card("1f", "10.20.4.17", "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0", true),
        card("2e", "10.20.7.201", "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0", false),
    ]
}

fn ways_in() -> WaysIn {
    let passkey = |id, label: &str, used| PasskeyCard {
        id: PasskeyId::from_i64(id),
        label: label.to_owned(),
        added_at: ago(40 * DAY),
        last_used_at: used,
    };
    let token = TokenCard {
        id: TokenId::from_i64(1),
        name: "dispatch screen 2".to_owned(),
        shown: "pgt_BwcHBw…".to_owned(),
        scopes: vec![policy::Action::ListHits, policy::Action::OpenHit],
        made_at: ago(3 * DAY),
        expires_at: Timestamp::from_micros(now().micros() + 27 * 86_400_000_000),
        last_used_at: Some(ago(95)),
    };
    WaysIn {
        has_password: true,
        has_app: true,
        n_recovery_codes: 9,
        passkeys: vec![passkey(1, "work phone", Some(ago(7_800))), passkey(2, "blue key", None)],
        tokens: vec![token],
    }
}

fn account(frame: Frame, is_new: bool) -> Fallible<AccountPage> {
    let in_force = in_force()?;
    let topics = in_force.bundle.settings().training.get("reader").map(|one| one.topics.clone());
    let mut standing = Standing {
        person: person(1, "r.ortiz", "R. Ortiz")?,
        grants: vec![grant(1, 1, Role::RtccOperator, 4), grant(2, 1, Role::Administrator, 4)],
        completions: vec![completion(1, 1, now().day(), &topics.unwrap_or_default())],
        exigent: vec![ExigentLook {
            id: ExigentId::from_i64(1),
            purpose: "missing-person".to_owned(),
            stated_at: ago(5_400),
            looked_at: ago(5_380),
            due_at: Timestamp::from_micros(now().micros() + 81_000_000_000),
            leaf: 41,
            completed_at: None,
            released_at: None,
        }],
    };
    let work = WorkingOn {
        purpose: "stolen-vehicle".to_owned(),
        case_number: Some("24-11532".to_owned()),
        offence: None,
        reason: Some("Stolen F-150, last seen on Lamar".to_owned()),
        reason_fact: None,
        exigent: false,
        case_check: None,
        stated_at: ago(1_240),
    };
    if is_new {
        standing.grants.clear();
        standing.completions.clear();
        let ways = Ways::of(&WaysIn::default(), "", false, now());
        return Ok(AccountPage::of(frame, &standing, Some(&in_force), None, &[], ways));
    }
    let ways = Ways::of(&ways_in(), "", true, now());
    Ok(AccountPage::of(frame, &standing, Some(&in_force), Some(&work), &sessions(), ways))
}

/// All of them.
pub(crate) fn pages(frame: &impl Fn(&str) -> Frame) -> Fallible<Vec<(&'static str, String)>> {
    let viewer = Viewer::sample(1);
    let nobody = Listed {
        people: Vec::new(),
        waiting: Vec::new(),
        names: HashMap::new(),
        unsent: Vec::new(),
    };
    let (policy, training, one) = (in_force()?, training()?, opened()?);
    let mut mine = one.clone();
    mine.row.person.id = PersonId::from_i64(1);
    let wrong_training = BTreeMap::from(
        [("course", "reader"), ("person", "2"), ("day", "2026-12-16")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let why = "leave out examples of misuse: the course is not complete (AUS-344.7b)";
    let no_training = Training { people: Vec::new(), courses: BTreeMap::new(), ..training.clone() };
    let at = now();
    let mut all = vec![
        ("people", PeoplePage::of(frame("/people"), &listed()?, &viewer).render()?),
        ("people-empty", PeoplePage::of(frame("/people"), &nobody, &viewer).render()?),
        ("person", OnePerson::of(frame("/people/2"), &one, &viewer).render()?),
        (
            "person-wrong",
            OnePerson::of(frame("/people/2"), &one, &viewer)
                .refused("reason", "is empty")
                .refused("role", "choose one of the roles")
                .render()?,
        ),
        ("person-me", OnePerson::of(frame("/people/1"), &mine, &viewer).render()?),
        ("training", TrainingPage::of(frame("/training"), &training, &viewer).render()?),
        (
            "training-wrong",
            TrainingPage::filled(frame("/training"), &training, &viewer, &wrong_training)
                .refused("reader", "topics", why)
                .render()?,
        ),
        ("training-empty", TrainingPage::of(frame("/training"), &no_training, &viewer).render()?),
        (
            "policy",
            PolicyPage::of_bundle(
                frame("/policy"),
                &policy.bundle,
                "America/Chicago".to_owned(),
                Some(at),
            )
            .render()?,
        ),
        ("account", account(frame("/account"), false)?.render()?),
        ("account-new", account(frame("/account"), true)?.render()?),
    ];
    all.extend(invitations(frame, &viewer)?);
    all.extend(ways_in_pages(frame)?);
    Ok(all)
}

/// Ways in beside the password, and tokens.
fn ways_in_pages(frame: &impl Fn(&str) -> Frame) -> Fallible<Vec<(&'static str, String)>> {
    Ok(vec![
        (
            "sign-in-code",
            CodePage::of(
                frame("/hits"),
                Some(Asks::sample("/sign-in/code/passkey", false)),
                String::new(),
            )
            .render()?,
        ),
        (
            "passkey",
            PasskeyPage::of(frame("/hits"), Asks::sample("/sign-in/passkey", false), String::new())
                .render()?,
        ),
        (
            "passkey-new",
            NewPasskeyPage::of(
                frame("/account"),
                Asks::sample("/account/passkeys/new", true),
                "The passkey was used for another site.".to_owned(),
            )
            .render()?,
        ),
        (
            "confirm",
            ConfirmPage::of(
                frame("/account"),
                Some(Asks::sample("/confirm/passkey", false)),
                Some("Sign in with Austin PD".to_owned()),
                "/account",
                String::new(),
            )
            .render()?,
        ),
        (
            "token-new",
            NewTokenPage::of(
                frame("/account"),
                &[policy::Action::ListHits, policy::Action::OpenHit, policy::Action::ListReads],
                &NewToken { name: String::new(), scopes: Vec::new(), days: 30 },
                Some(("scopes", "names nothing: choose what the token is for")),
            )
            .render()?,
        ),
    ])
}

/// Inviting somebody.
fn invitations(
    frame: &impl Fn(&str) -> Frame,
    viewer: &Viewer,
) -> Fallible<Vec<(&'static str, String)>> {
    let typed: Typed =
        serde_json::from_str(r#"{"login":"d chen","name":"D. Chen","email":"","outside":"yes"}"#)?;
    let invitation = Invitation {
        person: PersonId::from_i64(7),
        token: "c2FtcGxlLXNhbXBsZS1zYW1wbGUtc2FtcGxlLXNhbXA".to_owned().into(),
        expires_at: Timestamp::from_micros(now().micros() + 72 * 3_600_000_000),
    };
    let form = frame("/people/new");
    let wrong = "a sign-in name is 2 to 64 letters, digits, dots, dashes and underscores";
    Ok(vec![
        ("person-new", PersonForm::empty(form.clone(), viewer).render()?),
        (
            "person-new-wrong",
            PersonForm::refused(form.clone(), viewer, &typed, "login", wrong).render()?,
        ),
        (
            "person-invited",
            InvitedPage::of(form, "D. Chen", &invitation, false, "https://plateglass.example")
                .render()?,
        ),
    ])
}
