//! A whole app in a temporary folder, with an agency, a camera and an administrator.

use std::io::Cursor;
use std::sync::Arc;

use app::people::{Inviting, StateWork, first_person, state_work};
use app::sign_in::{Door, SessionToken, demo_link, session, with_demo_link};
use app::training::{RecordCompletion, record_completion};
use app::{
    App, AppConfig, Column, Ctx, ImportAsk, IncomingRead, Layout, NewHotlist, Process, SignedIn,
    WorkingOn, add_camera, create_hotlist, import_hotlist,
};
use camino::Utf8PathBuf;
use domain::{
    AgencyId, CameraId, CameraKey, Category, Confidence, EventDigest, HotlistId, Mounting,
    NewCamera, PersonId, Role, Timestamp,
};
use plate::PlateText;
use policy::Bundle;
use policy::reason::{self, Rules};
use store::StoreConfig;
use tempfile::TempDir;

use crate::{FakeEyes, ManualClock, Postgres, SeededChance, server_key};

/// Where people find the house.
pub const ORIGIN: &str = "https://plates.example.gov";
/// The purpose that the house's person works for.
pub const PURPOSE: &str = "stolen-vehicle";
/// The case that they work on.
pub const CASE: &str = "26-001234";
/// Why.
pub const REASON: &str = "owner reported it stolen from the garage downtown";

/// An app and whom it serves.
pub struct House {
    /// The app.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// An agency.
    pub agency: AgencyId,
    /// A camera of the agency.
    pub camera: CameraId,
    /// The camera's key.
    pub key: CameraKey,
    /// Somebody with every role of the agency, trained.
    pub person: PersonId,
    signed_in: Arc<SignedIn>,
    /// How the app was started.
    pub config: AppConfig,
    dir: TempDir,
}

impl House {
    /// On SQLite, at noon of 21 November 2026.
    pub async fn new() -> Self {
        Self::open(StoreConfig::sqlite, |_| ()).await
    }

    /// The same, with something else in its configuration.
    pub async fn with(change: impl FnOnce(&mut AppConfig)) -> Self {
        Self::open(StoreConfig::sqlite, change).await
    }

    /// On PostgreSQL.
    pub async fn on_postgres() -> Self {
        Self::open(|_| StoreConfig::postgres(Postgres::start().database()), |_| ()).await
    }

    async fn open(
        store: impl FnOnce(Utf8PathBuf) -> StoreConfig,
        change: impl FnOnce(&mut AppConfig),
    ) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        let path = Utf8PathBuf::from_path_buf(dir.path().to_owned()).expect("its name is UTF-8");
        let mut config = AppConfig {
            store: store(path.join("store")),
            process: Process::ServerByHand,
            origin: Some(ORIGIN.to_owned()),
            ..AppConfig::in_dir(path)
        };
        change(&mut config);
        let clock = Arc::new(ManualClock::at("2026-11-21T12:00:00Z"));
        let app = start(&config, &clock, 1).await;
        let agency = app.add_agency("Testing PD", None).await.expect("an agency can be added");
        let about = NewCamera {
            name: "Lamar / 5th".to_owned(),
            // Which waits for no sign-off.
            mounting: Mounting::Trailer,
            site: "Lamar Blvd at W 5th St".to_owned(),
            heading_deg: Some(0),
            position: None,
        };
        let person = staff(&app, agency).await;
        let token = a_session(&app, person).await;
        let ctx = session(&app, &token, app.now()).await.expect("the store answers");
        let admin = ctx.expect("a session that has just begun");
        let added = add_camera(&app, &admin, about).await.expect("a camera can be added");
        let signed_in = admin.person.expect("a session is somebody's");
        let (camera, key) = (added.camera.id, added.key);
        Self { app, clock, agency, camera, key, person, signed_in, config, dir }
    }

    /// Somebody who may do everything, who has just shown who they are, and has said what they work on.
    pub fn admin(&self) -> Ctx {
        let policy = self.signed_in.policy.as_ref().expect("a policy is in force");
        self.working_on(Some(work(&policy.bundle, self.app.now())))
    }

    /// The same before they have said what they work on.
    pub fn without_purpose(&self) -> Ctx {
        self.working_on(None)
    }

    fn working_on(&self, work: Option<WorkingOn>) -> Ctx {
        let now = self.app.now();
        let SignedIn { standing, pseudonym, policy, session, .. } = &*self.signed_in;
        let signed_in = SignedIn {
            standing: standing.clone(),
            pseudonym: pseudonym.clone(),
            policy: policy.clone(),
            authenticated_at: now,
            session: *session,
            token: None,
            work,
        };
        Ctx::person(Arc::new(signed_in), now)
    }

    /// The camera, now.
    pub fn camera(&self) -> Ctx {
        Ctx::camera(self.agency, self.camera, self.app.now())
    }

    /// Another app over the same data, as after a crash: the one before was not shut down.
    pub async fn after_a_crash(&self) -> App {
        start(&self.config, &self.clock, 2).await
    }

    /// The folder that holds everything.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// A session of theirs in which they have said what they work on: what the cookie holds.
    pub async fn session(&self) -> String {
        let token = a_session(&self.app, self.person).await;
        say_what_for(&self.app, &token).await;
        token.expose()
    }

    /// A session of somebody who holds these roles and nothing else.
    pub async fn somebody_with(&self, roles: &[Role], is_trained: bool) -> SessionToken {
        let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
        let login = format!("{}{}", if is_trained { "t." } else { "u." }, words.join("."));
        let who = Inviting {
            login: login.clone(),
            name: login,
            email: String::new(),
            is_outside: roles.contains(&Role::ExternalAuditor),
            is_temporary: false,
        };
        let invited = first_person(&self.app, self.agency, who, roles, "a test").await;
        let person = invited.expect("somebody can be invited").person;
        if is_trained {
            train(&self.app, self.agency, person).await;
        }
        a_session(&self.app, person).await
    }

    /// A hotlist of these plates, in force.
    pub async fn want(&self, category: Category, plates: &[&str]) -> HotlistId {
        let about = NewHotlist { name: "Wanted".to_owned(), source: "a test".to_owned(), category };
        let list =
            create_hotlist(&self.app, &self.admin(), about).await.expect("a list can be made");
        let csv = format!("plate\n{}\n", plates.join("\n"));
        self.take_in(list.id, Layout::plain(Column::Number(1)), &csv).await;
        list.id
    }

    /// Imports rows with their plates and classes of vehicles into a list: `plate,class` stands above them.
    pub async fn import(&self, list: HotlistId, csv: &str) {
        let mut layout = Layout::plain(Column::Number(1));
        layout.columns.class = Some(Column::Number(2));
        self.take_in(list, layout, csv).await;
    }

    async fn take_in(&self, list: HotlistId, layout: Layout, csv: &str) {
        let ask = ImportAsk {
            layout: Some(layout),
            dry_run: false,
            file_name: "wanted.csv".to_owned(),
            size_bytes: None,
        };
        let source = Box::new(Cursor::new(csv.to_owned()));
        import_hotlist(&self.app, &self.admin(), list, source, ask)
            .await
            .expect("the list is good");
    }
}

/// Somebody with every role that goes together, trained on the day.
async fn staff(app: &App, agency: AgencyId) -> PersonId {
    let (_, policy) = policy::shipped()
        .iter()
        .find(|(word, _)| *word == "example")
        .expect("there is a policy to begin with");
    app.begin_policy(agency, policy, "Etc/UTC").await.expect("it can be put in force");
    let who = Inviting {
        login: "r.ortiz".to_owned(),
        name: "R. Ortiz".to_owned(),
        email: String::new(),
        is_outside: false,
        is_temporary: false,
    };
    let roles = Role::ALL.into_iter().filter(|role| *role != Role::ExternalAuditor);
    let roles: Vec<Role> = roles.collect();
    let invited = first_person(app, agency, who, &roles, "a test").await;
    let person = invited.expect("somebody can be invited").person;
    train(app, agency, person).await;
    person
}

/// Records that somebody completed the reader training today.
pub async fn train(app: &App, agency: AgencyId, person: PersonId) {
    let in_force = app.policy(agency).expect("a policy is in force");
    for (course, about) in &in_force.bundle.settings().training {
        let done = RecordCompletion {
            person,
            course: course.clone(),
            day: in_force.day(app.now()),
            topics: about.topics.clone(),
        };
        let by = Ctx::command(agency, app.now());
        record_completion(app, &by, done).await.expect("it can be recorded");
    }
}

/// A session of somebody, without password and code.
pub async fn a_session(app: &App, person: PersonId) -> SessionToken {
    let door = Door { address: None, browser: "a test".to_owned(), device: None };
    let link = demo_link(app, person).await.expect("a link can be made");
    with_demo_link(app, &link, &door).await.expect("it was not used")
}

/// Says within a session what its person works on.
pub async fn say_what_for(app: &App, token: &SessionToken) {
    let ctx = session(app, token, app.now()).await.expect("the store answers");
    let said = StateWork {
        purpose: PURPOSE.to_owned(),
        case_number: CASE.to_owned(),
        offence: String::new(),
        offence_category: String::new(),
        reason: REASON.to_owned(),
        exigent: false,
    };
    let ctx = ctx.expect("the session lasts");
    state_work(app, &ctx, &said).await.expect("it can be said");
}

/// What the house's person works on, as the bundle sees it.
fn work(bundle: &Bundle, now: Timestamp) -> WorkingOn {
    let verdict = reason::judge(REASON, &Rules::of(bundle.settings()));
    WorkingOn {
        purpose: PURPOSE.to_owned(),
        case_number: Some(CASE.to_owned()),
        offence: None,
        reason: Some(verdict.masked.clone()),
        reason_fact: Some(verdict.fact()),
        exigent: false,
        case_check: None,
        stated_at: now,
    }
}

async fn start(config: &AppConfig, clock: &Arc<ManualClock>, seed: u64) -> App {
    let clock = Arc::clone(clock) as _;
    let chance = Arc::new(SeededChance::new(seed));
    let started =
        App::start(config.clone(), &server_key(), clock, chance, Some(Arc::new(FakeEyes))).await;
    started.expect("the app starts")
}

/// A read without pictures, as a camera hands it in.
pub fn read(camera: CameraId, event: &str, plate: &str, claimed_at: Option<&str>) -> IncomingRead {
    let moment = |text| Timestamp::parse(text).expect("a test writes a moment");
    IncomingRead {
        event: Some(EventDigest::of(camera, event)),
        claimed_at: claimed_at.map(moment),
        plate: PlateText::parse(plate).expect("a test writes a plate"),
        jurisdiction: None,
        confidence: Confidence::from_thousandths(970),
        characters: Vec::new(),
        alternatives: Vec::new(),
        vehicle: None,
        plate_picture: None,
        vehicle_picture: None,
    }
}
