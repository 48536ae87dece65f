//! `GET /policy`: the bundle in force in words, and who can do what by it, and why.

use std::collections::{BTreeMap, BTreeSet};

use app::App;
use app::policy::{PolicyPage as Opened, open_policy};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Role, Timestamp};
use policy::settings::{Cleartext, Purpose, Retention, Settings, SignIn, Start};
use policy::{Action, Bundle, Grade};

use super::training::validity;
use crate::components::Moment;
use crate::error::PageError;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// A purpose.
#[derive(Debug)]
pub(crate) struct PurposeRow {
    label: String,
    needs: Vec<String>,
    actions: String,
    clause: String,
}

/// A course.
#[derive(Debug)]
pub(crate) struct CourseRow {
    label: String,
    validity: String,
    topics: Vec<String>,
    clause: String,
}

/// A number or text of signing in, with the control that asks for it.
#[derive(Debug)]
pub(crate) struct Number {
    label: &'static str,
    value: String,
    control: &'static str,
}

/// One line of the matrix.
#[derive(Debug)]
pub(crate) struct Line {
    action: &'static str,
    is_for_everybody: bool,
    cells: Vec<CellSays>,
    /// How many rules ask for something beside the role.
    n_asked: usize,
}

/// One cell.
#[derive(Debug)]
pub(crate) struct CellSays {
    role: &'static str,
    may: bool,
    asks: bool,
}

/// A rule in words.
#[derive(Debug)]
pub(crate) struct RuleSays {
    id: String,
    says: String,
    clause: String,
    actions: String,
    text: String,
}

/// What one role may do, by its rules.
#[derive(Debug)]
pub(crate) struct RoleSays {
    word: &'static str,
    label: &'static str,
    is_privileged: bool,
    n_actions: usize,
    rules: Vec<RuleSays>,
}

/// A piece of the published text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Heading(String),
    Items(Vec<String>),
    Text(String),
}

/// The policy.
#[derive(Template, Debug)]
#[template(path = "pages/policy.html")]
pub struct PolicyPage {
    frame: Frame,
    title: String,
    edition: String,
    digest: String,
    since: Option<Moment>,
    /// When another one takes over.
    next: Option<Moment>,
    zone: String,
    jurisdiction: String,
    retention: String,
    retention_sources: String,
    retention_differs: bool,
    reasons: String,
    case_example: String,
    lookback: String,
    purposes: Vec<PurposeRow>,
    prohibited: Vec<(String, String)>,
    courses: Vec<CourseRow>,
    sign_in: Vec<Number>,
    roles: Vec<RoleSays>,
    everybody: Vec<RuleSays>,
    always: Vec<RuleSays>,
    asked: Vec<RuleSays>,
    lines: Vec<Line>,
    published: Vec<Piece>,
}

impl PolicyPage {
    /// The page of this policy.
    pub fn of(frame: Frame, opened: &Opened) -> Self {
        let zone = opened.in_force.zone.iana_name().unwrap_or("UTC").to_owned();
        let mut shown = Self::of_bundle(frame, &opened.in_force.bundle, zone, opened.since);
        shown.next = opened.next.as_ref().map(|(_, begins)| Moment::in_full(*begins));
        shown
    }

    /// The page of this bundle.
    pub fn of_bundle(
        frame: Frame,
        bundle: &Bundle,
        zone: String,
        since: Option<Timestamp>,
    ) -> Self {
        let settings = bundle.settings();
        let general = general(bundle);
        let days: BTreeSet<u32> = settings.retention.sources.iter().map(|one| one.days).collect();
        Self {
            title: settings.title.clone(),
            edition: settings.edition.clone(),
            digest: bundle.digest(),
            since: since.map(Moment::in_full),
            next: None,
            zone,
            jurisdiction: settings.jurisdiction.join(", "),
            retention: retention(&settings.retention),
            retention_sources: sources(&settings.retention),
            retention_differs: days.len() > 1,
            reasons: cleartext(settings.reasons.cleartext),
            case_example: settings.case_number.example.clone(),
            lookback: words::count(u64::from(settings.search.lookback_hours_max), "hour", "hours"),
            purposes: settings.purposes.iter().map(purpose).collect(),
            prohibited: prohibited(settings),
            courses: courses(settings),
            sign_in: sign_in(&settings.sign_in),
            roles: Role::ALL.into_iter().map(|role| role_says(bundle, role)).collect(),
            everybody: everybody(bundle),
            always: general.iter().map(|id| rule(bundle, id, &BTreeSet::new())).collect(),
            asked: asked(bundle, &general),
            lines: lines(bundle, &general),
            published: pieces(&bundle.published()),
            frame,
        }
    }
}

fn retention(retention: &Retention) -> String {
    let from = match retention.start {
        Start::Capture => "the day on which the picture was taken",
        Start::Arrival => "the day on which it reached the server",
    };
    let days = words::count(u64::from(retention.days), "day", "days");
    let least = retention.statutory_minimum_days.map(|days| {
        format!("; a statute asks for {} at least", words::count(u64::from(days), "day", "days"))
    });
    format!("{days}, counted from {from}{}", least.unwrap_or_default())
}

fn sources(retention: &Retention) -> String {
    let all = retention.sources.iter();
    let all = all
        .map(|one| format!("{}: {}", one.clause, words::count(u64::from(one.days), "day", "days")));
    all.collect::<Vec<_>>().join("; ")
}

fn cleartext(cleartext: Cleartext) -> String {
    match cleartext {
        Cleartext::Forever => "kept without end".to_owned(),
        Cleartext::WithReads => "kept as long as the reads they speak of".to_owned(),
        Cleartext::Days(days) => {
            format!("kept for {}", words::count(u64::from(days), "day", "days"))
        }
    }
}

/// An offence's grade, in words.
pub(crate) const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::ClassC => "class C misdemeanour",
        Grade::ClassB => "class B misdemeanour",
        Grade::ClassA => "class A misdemeanour",
        Grade::Felony => "felony",
    }
}

fn purpose(purpose: &Purpose) -> PurposeRow {
    let floor = purpose.offence_floor.map(|floor| match floor {
        Grade::Felony => "an offence that is a felony".to_owned(),
        floor => format!("an offence that is at least a {}", grade(floor)),
    });
    let exigent = purpose.exigent_hours.map(|hours| {
        let hours = words::count(u64::from(hours), "hour", "hours");
        format!("where delay is not possible, the case number follows within {hours}")
    });
    let needs = [
        purpose.needs_case.then(|| "a case number".to_owned()),
        purpose.needs_reason.then(|| "a reason in the person’s own words".to_owned()),
        floor,
        purpose.offences_in_words().map(|all| format!("an offence of these kinds: {all}")),
        exigent.filter(|_| purpose.needs_case),
    ];
    PurposeRow {
        label: purpose.label.clone(),
        needs: needs.into_iter().flatten().collect(),
        actions: labels(purpose.actions.iter().copied()),
        clause: purpose.clause.clone().unwrap_or_default(),
    }
}

fn labels(actions: impl Iterator<Item = Action>) -> String {
    actions.map(Action::label).collect::<Vec<_>>().join(", ")
}

/// Actions in words; where they are most of all, by what they leave out.
fn in_short(actions: &BTreeSet<Action>) -> String {
    let others: BTreeSet<Action> =
        Action::ALL.iter().copied().filter(|one| !actions.contains(one)).collect();
    if others.is_empty() {
        "do anything".to_owned()
    } else if others.len() * 2 < actions.len() {
        format!("do anything except {}", labels(others.into_iter()))
    } else {
        labels(actions.iter().copied())
    }
}

fn prohibited(settings: &Settings) -> Vec<(String, String)> {
    let uses = settings.prohibited.uses.iter();
    let mut all: Vec<(String, String)> =
        uses.map(|one| (one.label.clone(), one.clause.clone())).collect();
    if !settings.prohibited.classes.is_empty() {
        let says = format!("targeting anybody by {}", settings.prohibited.classes.join(", "));
        all.push((says, settings.prohibited.classes_clause.clone().unwrap_or_default()));
    }
    all
}

fn courses(settings: &Settings) -> Vec<CourseRow> {
    let all = settings.training.values();
    all.map(|course| CourseRow {
        label: course.label.clone(),
        validity: validity(course.validity),
        topics: course.topics.clone(),
        clause: course.clause.clone(),
    })
    .collect()
}

fn sign_in(rules: &SignIn) -> Vec<Number> {
    let count = |n: u32, one, many| words::count(u64::from(n), one, many);
    let minutes = |n| count(n, "minute", "minutes");
    let days = |n| count(n, "day", "days");
    let exempt: Vec<&str> = rules.idle_lock_exempt.iter().map(|role| role.label()).collect();
    let failures = format!(
        "{} within {}",
        count(rules.failures_max, "failure", "failures"),
        minutes(rules.failures_window_minutes)
    );
    let idle = if exempt.is_empty() {
        minutes(rules.idle_lock_minutes)
    } else {
        format!("{}; not {}", minutes(rules.idle_lock_minutes), exempt.join(", "))
    };
    let number = |label, value, control| Number { label, value, control };
    vec![
        number("A password is locked after", failures, "AC-7"),
        number("A session ends when idle for", idle, "AC-11"),
        number(
            "Everybody signs in again after",
            count(rules.reauthentication_hours, "hour", "hours"),
            "IA-11",
        ),
        number("A privileged act asks for a sign-in within", minutes(rules.fresh_minutes), "IA-11"),
        number(
            "A password has at least",
            count(rules.password_chars_min, "character", "characters"),
            "IA-5(1)(a)",
        ),
        number("An account is inactive after", days(rules.inactive_days), "AC-2(3)"),
        number("and disabled within", days(rules.disable_within_days), "AC-2(3)"),
        number(
            "A temporary account lives",
            count(rules.temporary_hours, "hour", "hours"),
            "AC-2(2)",
        ),
        number(
            "Accounts and rights are confirmed every",
            count(rules.review_months, "month", "months"),
            "AC-2j, AC-6(7)",
        ),
        number(
            "A sign-in name is given to nobody else for",
            days(rules.identifier_reuse_days),
            "IA-4",
        ),
    ]
}

/// A rule in words, for these actions.
fn rule(bundle: &Bundle, id: &str, actions: &BTreeSet<Action>) -> RuleSays {
    let (text, says) = bundle.rule_text(id).unwrap_or_default();
    RuleSays {
        id: id.to_owned(),
        says: filled(says, bundle.settings()),
        clause: bundle.rule_clause(id).unwrap_or_default().to_owned(),
        actions: in_short(actions),
        text: text.to_owned(),
    }
}

/// What a rule says, with the bundle's numbers in it; what depends on who asks for what is left open.
fn filled(says: &str, settings: &Settings) -> String {
    let mut text = says.replace('`', "");
    for (name, value) in [
        ("{case_example}", settings.case_number.example.clone()),
        ("{fresh_minutes}", settings.sign_in.fresh_minutes.to_string()),
        ("{reauthentication_hours}", settings.sign_in.reauthentication_hours.to_string()),
        ("{lookback_hours_max}", settings.search.lookback_hours_max.to_string()),
    ] {
        text = text.replace(name, &value);
    }
    while let Some((before, (_, after))) =
        text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        text = format!("{before}…{after}");
    }
    text
}

/// The rules of some cells, each with the actions for which it stands.
fn rules<'a>(
    bundle: &Bundle,
    cells: impl Iterator<Item = (Action, &'a [String])>,
) -> Vec<RuleSays> {
    let mut by_rule: BTreeMap<&str, BTreeSet<Action>> = BTreeMap::new();
    for (action, ids) in cells {
        for id in ids {
            by_rule.entry(id).or_default().insert(action);
        }
    }
    by_rule.iter().map(|(id, actions)| rule(bundle, id, actions)).collect()
}

fn role_says(bundle: &Bundle, role: Role) -> RoleSays {
    let matrix = bundle.matrix();
    let own = Action::ALL.iter().copied().filter(|action| !matrix.is_for_everybody(*action));
    let cells: Vec<_> = own.map(|action| (action, matrix.cell(role, action).by)).collect();
    RoleSays {
        word: role.word(),
        label: role.label(),
        is_privileged: role.is_privileged(),
        n_actions: cells.iter().filter(|(_, by)| !by.is_empty()).count(),
        rules: rules(bundle, cells.iter().map(|(action, by)| (*action, by.as_slice()))),
    }
}

/// The rules that permit something to everybody: those of an action that is everybody's and that every role has.
fn everybody(bundle: &Bundle) -> Vec<RuleSays> {
    let matrix = bundle.matrix();
    let open = Action::ALL.iter().copied().filter(|action| matrix.is_for_everybody(*action));
    let cells = open.map(|action| {
        let mut by = matrix.cell(Role::Officer, action).by;
        by.retain(|id| Role::ALL.iter().all(|role| matrix.cell(*role, action).by.contains(id)));
        (action, by)
    });
    let cells: Vec<_> = cells.collect();
    rules(bundle, cells.iter().map(|(action, by)| (*action, by.as_slice())))
}

/// The rules that ask for something whatever a role may do: they stand beside every cell, and are told once.
fn general(bundle: &Bundle) -> BTreeSet<String> {
    let matrix = bundle.matrix();
    let cells = Action::ALL
        .iter()
        .flat_map(|action| Role::ALL.map(|role| matrix.cell(role, *action)))
        .filter(policy::Cell::is_permitted);
    let unless = cells.map(|cell| cell.unless.into_iter().collect::<BTreeSet<String>>());
    unless.reduce(|all, one| &all & &one).unwrap_or_default()
}

/// The rules that ask for something beside a role, for some actions.
fn asked(bundle: &Bundle, general: &BTreeSet<String>) -> Vec<RuleSays> {
    let matrix = bundle.matrix();
    let all = Action::ALL.iter().flat_map(|action| {
        Role::ALL.map(|role| {
            let mut unless = matrix.cell(role, *action).unless;
            unless.retain(|id| !general.contains(id));
            (*action, unless)
        })
    });
    let cells: Vec<_> = all.collect();
    rules(bundle, cells.iter().map(|(action, unless)| (*action, unless.as_slice())))
}

fn lines(bundle: &Bundle, general: &BTreeSet<String>) -> Vec<Line> {
    let matrix = bundle.matrix();
    let line = |action: &Action| {
        let cells = Role::ALL.map(|role| (role, matrix.cell(role, *action)));
        let special = |id: &&String| !general.contains(*id);
        let asked: BTreeSet<&String> =
            cells.iter().flat_map(|(_, cell)| cell.unless.iter().filter(special)).collect();
        Line {
            action: action.label(),
            is_for_everybody: matrix.is_for_everybody(*action),
            n_asked: asked.len(),
            cells: cells
                .iter()
                .map(|(role, cell)| CellSays {
                    role: role.label(),
                    may: cell.is_permitted(),
                    asks: cell.is_permitted() && cell.unless.iter().any(|id| special(&id)),
                })
                .collect(),
        }
    };
    Action::ALL.iter().map(line).collect()
}

/// The published text as headings, lists and paragraphs: all that bundles are written with.
fn pieces(text: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        if line.starts_with('#') {
            // The page has a title of its own.
            if !line.starts_with("# ") {
                all.push(Piece::Heading(line.trim_start_matches('#').trim().to_owned()));
            }
        } else if let Some(item) = item {
            match all.last_mut() {
                Some(Piece::Items(items)) => items.push(item.to_owned()),
                _ => all.push(Piece::Items(vec![item.to_owned()])),
            }
        } else {
            all.push(Piece::Text(line.to_owned()));
        }
    }
    all
}

/// `GET /policy`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    let opened = open_policy(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &PolicyPage::of(frame, &opened)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_text_is_read_as_it_is_written() {
        let text = "# Title\n\n## Use\n\nOnly for work.\n\n- one\n- two\n\nEnd.\n";
        let text = pieces(text);
        assert_eq!(
            text,
            [
                Piece::Heading("Use".to_owned()),
                Piece::Text("Only for work.".to_owned()),
                Piece::Items(vec!["one".to_owned(), "two".to_owned()]),
                Piece::Text("End.".to_owned()),
            ]
        );
    }

    #[test]
    fn every_bundle_that_comes_along_has_a_page_without_holes() {
        for (word, files) in policy::shipped() {
            let bundle = Bundle::read(files).unwrap();
            let frame = Frame::sample(crate::frame::Theme::Dark, "/policy", Timestamp::default());
            let page = PolicyPage::of_bundle(frame, &bundle, "UTC".to_owned(), None);
            assert_eq!(page.lines.len(), Action::ALL.len(), "{word}");
            assert!(page.everybody.iter().any(|rule| !rule.says.is_empty()), "{word}");
            let asked = page.always.iter().chain(&page.asked);
            for rule in page.roles.iter().flat_map(|role| &role.rules).chain(asked) {
                assert!(!rule.says.contains('{'), "{word}: {}", rule.says);
                assert!(!rule.says.is_empty(), "{word}: {} says nothing", rule.id);
            }
            let html = page.render().unwrap();
            let (_, published) = html.split_once("id=\"published\"").unwrap();
            assert!(!published.contains('{'), "{word}: a setting was not filled in");
        }
    }
}
