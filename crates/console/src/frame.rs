//! What is around every page: navigation, live line, menu; and how a page becomes an answer.

use app::people::work_state;
use app::reminders::Ending;
use app::{App, Ctx, SignedIn};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{AgencyId, Timestamp};
use policy::CaseCheck;

use policy::Action;

use crate::assets::Links;
use crate::components::ExigentBar;
pub use crate::cookies::Theme;
use crate::pages::people::Viewer;
use crate::staff::Staff;

/// A page that navigation leads to: its address and name.
type Link = (&'static str, &'static str);

/// The pages of the day's work, and what it takes to open them.
const PAGES: [(Action, Link); 7] = [
    (Action::ListHits, ("/hits", "Hits")),
    (Action::WorkHits, ("/queue", "Queue")),
    (Action::SignOnShift, ("/car", "Car")),
    (Action::ListReads, ("/reads", "Reads")),
    (Action::ListCameras, ("/cameras", "Cameras")),
    (Action::ListHotlists, ("/hotlists", "Hotlists")),
    (Action::ListLedger, ("/ledger", "Ledger")),
];

/// The other pages, under what their part of the menu is headed with.
const MENU: [(&str, &[(Action, Link)]); 4] = [
    (
        "Work",
        &[
            (Action::SeeShift, ("/shift", "Shift")),
            (Action::ListCustomEntries, ("/entries", "Our own entries")),
            (Action::WorkIncidents, ("/incidents", "Incidents")),
            (Action::EnterStopFacts, ("/facts", "Your stops")),
        ],
    ),
    (
        "Oversight",
        &[
            (Action::SearchAudit, ("/audit", "Audit")),
            (Action::ReviewUse, ("/reviews", "Reviews")),
            (Action::InvestigateMisuse, ("/misuse", "Misuse")),
            (Action::ReadSecurityDigest, ("/security", "Security")),
            (Action::ReadPrecision, ("/precision", "Precision")),
            (Action::ReadStopFacts, ("/stops", "Facts of stops")),
        ],
    ),
    (
        "Agency",
        &[
            (Action::ListPolicy, ("/policy", "Policy")),
            (Action::ListPeople, ("/people", "People")),
            (Action::ListTraining, ("/training", "Training")),
            (Action::ReadDeliveries, ("/alerts", "Alerts")),
            (Action::ListProtected, ("/protected", "Protected events")),
        ],
    ),
    (
        "You",
        &[
            (Action::OwnAccount, ("/account", "Account")),
            (Action::ReportTrouble, ("/trouble", "Trouble")),
            (Action::ReportMisuse, ("/report", "Report misuse")),
        ],
    ),
];

/// Pages of the menu under one heading.
#[derive(Clone, Debug)]
pub(crate) struct MenuPart {
    pub(crate) heading: &'static str,
    pub(crate) links: Vec<Link>,
}

/// The parts of the menu in which somebody may open anything.
fn menu_of(viewer: &Viewer) -> Vec<MenuPart> {
    let part = |&(heading, all): &(_, &[_])| MenuPart { heading, links: open_to(all, viewer) };
    MENU.iter().map(part).filter(|part| !part.links.is_empty()).collect()
}

/// Those that somebody may open.
fn open_to(all: &[(Action, Link)], viewer: &Viewer) -> Vec<Link> {
    all.iter().filter(|(action, _)| viewer.may(*action)).map(|(_, link)| *link).collect()
}

/// What is around a page.
#[derive(Clone, Debug)]
pub struct Frame {
    pub(crate) theme: Theme,
    /// The token of this session's forms; none when nobody is signed in.
    pub(crate) form_token: Option<String>,
    /// Where the theme switch returns to.
    pub(crate) here: String,
    /// The page's own path: which section it belongs to.
    pub(crate) path: String,
    /// The agency's name; empty when nobody is signed in.
    pub(crate) agency: String,
    /// The name of who is signed in; empty when nobody is.
    pub(crate) who: String,
    /// What the reader works on, in words; none where nothing is stated.
    pub(crate) work: Option<String>,
    /// What lapses soon and has to be looked after before, a sentence each.
    pub(crate) warnings: Vec<String>,
    /// What the reader's roles may do: what they may not is not offered.
    pub(crate) viewer: Viewer,
    /// The pages of the day's work that the reader's roles may open.
    pub(crate) pages: Vec<Link>,
    /// The other pages that they may open.
    pub(crate) menu: Vec<MenuPart>,
    /// What is to be said of the case number beside it; empty where nothing is.
    pub(crate) case_note: &'static str,
    /// Looks whose case number is still to come, or came too late.
    pub(crate) exigent: Option<ExigentBar>,
    /// When the page was made, by the server's clock.
    pub(crate) now: Timestamp,
    pub(crate) links: Links,
}

impl Frame {
    /// The frame of a page for nobody in particular.
    pub(crate) fn plain(parts: &Parts, now: Timestamp) -> Self {
        let here = if parts.method == axum::http::Method::GET
            && !parts.uri.path().starts_with("/sign-in")
        {
            parts.uri.path_and_query().map_or("/", |here| here.as_str()).to_owned()
        } else {
            "/".to_owned()
        };
        Self {
            theme: Theme::of(parts),
            form_token: None,
            agency: String::new(),
            who: String::new(),
            work: None,
            warnings: Vec::new(),
            viewer: Viewer::default(),
            pages: Vec::new(),
            menu: Vec::new(),
            case_note: "",
            exigent: None,
            here,
            path: parts.uri.path().to_owned(),
            now,
            links: Links::of_build(),
        }
    }

    /// The same frame for somebody who is signed in.
    pub(crate) async fn of_staff(mut self, app: &App, staff: Option<&Staff>) -> Self {
        if let Some(staff) = staff {
            self.form_token = Some(staff.form_token.clone());
            self.agency = agency_name(app, staff.ctx.agency).await;
            let person = staff.ctx.person.as_ref();
            self.who = person.map(|one| one.standing.person.name.clone()).unwrap_or_default();
            self.work = work_line(&staff.ctx);
            self.warnings = person.map(|one| warnings(one, self.now)).unwrap_or_default();
            self.viewer = Viewer::of(&staff.ctx);
            self.pages = open_to(&PAGES, &self.viewer);
            self.menu = menu_of(&self.viewer);
            self.case_note = case_note(&staff.ctx);
            self.exigent = ExigentBar::of(&staff.ctx, self.now);
        }
        self
    }

    /// A frame for examples and tests: signed in, at a fixed moment.
    pub fn sample(theme: Theme, here: &str, now: Timestamp) -> Self {
        Self {
            theme,
            form_token: Some("sample".to_owned()),
            agency: "Austin PD".to_owned(),
            who: "R. Ortiz".to_owned(),
            work: Some("Stolen vehicle · 26-001234".to_owned()),
            warnings: Vec::new(),
            viewer: Viewer::sample(1),
            pages: PAGES.map(|(_, link)| link).into(),
            menu: menu_of(&Viewer::sample(1)),
            case_note: "",
            exigent: None,
            here: here.to_owned(),
            path: here.to_owned(),
            now,
            links: Links::of_build(),
        }
    }

    /// The same frame for somebody who is not signed in.
    #[must_use]
    pub fn signed_out(mut self) -> Self {
        self.form_token = None;
        self.agency.clear();
        self.who.clear();
        self.viewer = Viewer::default();
        self.warnings.clear();
        self
    }

    /// Milliseconds since 1970: what the script sets its clock by.
    pub(crate) const fn now_ms(&self) -> i64 {
        self.now.micros() / 1000
    }

    pub(crate) fn made_at(&self) -> crate::components::Moment {
        crate::components::Moment::of(self.now, self.now)
    }

    /// Whether the reader's roles may do something: a button or a link that asks for it is shown.
    pub(crate) fn may(&self, action: Action) -> bool {
        self.viewer.may(action)
    }

    /// Whether the reader is told of hits as they come.
    pub(crate) fn sees_hits(&self) -> bool {
        self.pages.iter().any(|(address, _)| *address == "/hits")
    }

    /// Whether the page is one on which it matters what the reader works on.
    pub(crate) fn shows_work(&self) -> bool {
        ["/hits", "/queue", "/car", "/reads", "/entries", "/audit", "/ledger", "/protected"]
            .iter()
            .any(|section| self.is_in(section))
    }

    /// Whether the page is of a section: `/car` is none of `/cameras`, nor the other way round.
    pub(crate) fn is_in(&self, section: &str) -> bool {
        let rest = self.path.strip_prefix(section);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// How the browser itself is to look before the style has come: a dark page never flashes white.
    pub(crate) const fn scheme(&self) -> &'static str {
        match self.theme {
            Theme::System => "light dark",
            Theme::Light => "light",
            Theme::Dark | Theme::Night => "dark",
        }
    }

    pub(crate) const fn themes(&self) -> [Theme; 4] {
        Theme::ALL
    }
}

impl FromRequestParts<App> for Frame {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let frame = Self::plain(parts, app.now());
        Ok(frame.of_staff(app, parts.extensions.get::<Staff>()).await)
    }
}

/// What somebody works on, in a line.
fn work_line(ctx: &Ctx) -> Option<String> {
    let state = work_state(ctx)?;
    let work = state.work?;
    let label = state.choices.iter().find(|one| one.word == work.purpose).map(|one| &one.label);
    let label = label.unwrap_or(&work.purpose);
    let without =
        if work.exigent { format!("{label} · case number to follow") } else { label.clone() };
    Some(work.case_number.map_or(without, |case| format!("{label} · {case}")))
}

/// What is to be said of the case number that somebody works on.
fn case_note(ctx: &Ctx) -> &'static str {
    let work = ctx.person.as_ref().and_then(|person| person.work.as_ref());
    match work.and_then(|work| work.case_check).map(|(check, _)| check) {
        Some(CaseCheck::Unknown) => "the case system does not know this number",
        Some(CaseCheck::Unreachable) => "the case system could not be asked for this number",
        Some(CaseCheck::Verified) | None => "",
    }
}

/// What of somebody's training lapses soon (`AUS-344.7b`).
fn warnings(person: &SignedIn, now: Timestamp) -> Vec<String> {
    person.endings(now).iter().map(Ending::says).collect()
}

/// The agency's name. A page without it is better than no page.
async fn agency_name(app: &App, id: AgencyId) -> String {
    let all = app.agencies().await.unwrap_or_default();
    all.into_iter().find(|(other, _)| *other == id).map(|(_, name)| name).unwrap_or_default()
}

/// A page as an answer.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            let mut response = (status, [(header::CONTENT_TYPE, kind)], html).into_response();
            // For the outermost layer, which takes it off again: this answer needs no page around it.
            response.headers_mut().insert("plateglass-page", HeaderValue::from_static("yes"));
            response
        }
        Err(err) => {
            tracing::error!(%err, "failed to render a page");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
