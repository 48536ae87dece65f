//! A whole app in a temporary folder, with an agency, a camera and an administrator.

use std::io::Cursor;
use std::sync::Arc;

use app::{
    App, AppConfig, Column, Ctx, ImportAsk, IncomingRead, Mapping, NewHotlist, Origin, Part, Role,
    add_camera, create_hotlist, import_hotlist, sign_in,
};
use camino::Utf8PathBuf;
use domain::{
    AgencyId, CameraId, CameraKey, Category, Confidence, EventDigest, HotlistId, Mounting,
    NewCamera, Timestamp,
};
use plate::PlateText;
use store::StoreConfig;
use tempfile::TempDir;

use crate::{FakeEyes, ManualClock, Postgres, SeededChance, server_key};

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
    /// How the app was started.
    pub config: AppConfig,
    dir: TempDir,
}

impl House {
    /// On SQLite, at noon of 21 November 2026.
    pub async fn new() -> Self {
        Self::open(StoreConfig::sqlite).await
    }

    /// On PostgreSQL.
    pub async fn on_postgres() -> Self {
        Self::open(|_| StoreConfig::postgres(Postgres::start().database())).await
    }

    async fn open(store: impl FnOnce(Utf8PathBuf) -> StoreConfig) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        let path = Utf8PathBuf::from_path_buf(dir.path().to_owned()).expect("its name is UTF-8");
        let config = AppConfig {
            store: store(path.join("store")),
            role: Role::ServerByHand,
            ..AppConfig::in_dir(path)
        };
        let clock = Arc::new(ManualClock::at("2026-11-21T12:00:00Z"));
        let app = start(&config, &clock, 1).await;
        let agency = app.add_agency("Testing PD", None).await.expect("an agency can be added");
        let about = NewCamera {
            name: "Lamar / 5th".to_owned(),
            mounting: Mounting::Fixed,
            site: "Lamar Blvd at W 5th St".to_owned(),
            heading_deg: Some(0),
            position: None,
        };
        let admin = Ctx::administrator(agency, app.now());
        let (camera, key) = add_camera(&app, &admin, about).await.expect("a camera can be added");
        Self { app, clock, agency, camera: camera.id, key, config, dir }
    }

    /// The administrator, now.
    pub fn admin(&self) -> Ctx {
        Ctx::administrator(self.agency, self.app.now())
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

    /// A session of the administrator: what the cookie holds.
    pub async fn session(&self) -> String {
        let origin = Origin { part: Part::Console, session: None, address: None };
        let link = sign_in::make_link(&self.app, self.agency, self.app.now())
            .await
            .expect("a link can be made");
        let session = sign_in::use_link(&self.app, &link, self.app.now(), origin)
            .await
            .expect("the store answers");
        session.expect("the link was not used").expose()
    }

    /// A hotlist of these plates, in force.
    pub async fn want(&self, category: Category, plates: &[&str]) -> HotlistId {
        let about = NewHotlist { name: "Wanted".to_owned(), source: "a test".to_owned(), category };
        let list =
            create_hotlist(&self.app, &self.admin(), about).await.expect("a list can be made");
        let csv = format!("plate\n{}\n", plates.join("\n"));
        let ask = ImportAsk {
            mapping: Mapping::of_plate(Column::Number(1)),
            dry_run: false,
            file_name: "wanted.csv".to_owned(),
            size_bytes: None,
        };
        let source = Box::new(Cursor::new(csv));
        import_hotlist(&self.app, &self.admin(), list.id, source, ask)
            .await
            .expect("the list is good");
        list.id
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
        plate_picture: None,
        vehicle_picture: None,
    }
}
