//! Watching the cameras: one that has gone quiet, or reads far less than it usually does at that hour of the week, opens a report
//! by itself; it closes by itself when the camera is back and nobody has taken it (`AUS-344.3.1b`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use domain::access::{HandleTrouble, ListCameras, ReportTrouble};
use domain::trouble::{
    NewTrouble, Trouble, TroubleCause, TroubleClosed, Urgency, is_quiet, reads_less, usual,
};
use domain::{AgencyId, Camera, CameraId, Mounting, Timestamp};
use policy::settings::Cameras;

use crate::error::BoxError;
use crate::housekeeping::save_last_seen;
use crate::record::{About, server_permit};
use crate::reminders::tell_of_troubles;
use crate::{App, Ctx};

/// An hour in microseconds.
const HOUR_MICROS: i64 = 3_600_000_000;
/// Hours of a week.
const WEEK_HOURS: i64 = 7 * 24;
/// Earlier weeks that are looked at: enough for a middle, few enough to follow the seasons.
const WEEKS: i64 = 5;

/// Looks at every camera of every agency once.
pub async fn watch_cameras(app: &App, now: Timestamp) -> Result<(), BoxError> {
    save_last_seen(app).await;
    let hour = hour_of(now);
    for agency in app.inner().store.agencies().await? {
        let Some(policy) = app.policy(agency.id) else { continue };
        let round = Round::of(app, agency.id, now, &policy.bundle.settings().cameras).await?;
        round.look().await?;
        tell_of_troubles(app, agency.id, now).await?;
    }
    app.inner().store.forget_hours_before(hour - (WEEKS + 1) * WEEK_HOURS).await?;
    Ok(())
}

/// The hour of a moment, counted from 1970 UTC.
pub(crate) const fn hour_of(at: Timestamp) -> i64 {
    at.micros().div_euclid(HOUR_MICROS)
}

/// What is known of one camera at one moment.
struct Seen {
    camera: Camera,
    last: Option<Timestamp>,
    /// Reads of the last whole hour, and of the same hour of earlier weeks.
    n_reads: u64,
    samples: Vec<u64>,
}

struct Round<'a> {
    app: &'a App,
    agency: AgencyId,
    now: Timestamp,
    limits: Cameras,
    seen: Vec<Seen>,
    open: Vec<Trouble>,
}

impl<'a> Round<'a> {
    async fn of(
        app: &'a App,
        agency: AgencyId,
        now: Timestamp,
        limits: &Cameras,
    ) -> Result<Self, BoxError> {
        let store = &app.inner().store;
        let cameras = store.cameras(&server_permit::<ListCameras>(agency, now)?).await?;
        let missing = store.missing_sign_offs().await?;
        let last_hour = hour_of(now) - 1;
        let mut weeks: Vec<HashMap<CameraId, u64>> = Vec::new();
        for week in 0..=WEEKS {
            let counted = store.camera_hour(agency, last_hour - week * WEEK_HOURS).await?;
            weeks.push(counted.into_iter().map(|one| (one.camera, one.n_reads)).collect());
        }
        let watched = cameras.into_iter().filter(|one| {
            // A vehicle's camera is quiet when its shift ends.
            one.about.mounting != Mounting::Vehicle
                && one.disabled_at.is_none()
                && !missing.contains_key(&one.id)
        });
        let seen = watched.map(|camera| Seen {
            last: camera.last_seen_at.max(app.inner().cameras.heard_of(camera.id, now.day()).0),
            n_reads: reads_of(&weeks, 0, &camera),
            samples: (1..=WEEKS)
                .filter(|week| hour_of(camera.added_at) < last_hour - week * WEEK_HOURS)
                .map(|week| reads_of(&weeks, week, &camera))
                .collect(),
            camera,
        });
        let open = store.open_troubles(&server_permit::<ReportTrouble>(agency, now)?).await?;
        Ok(Self { app, agency, now, limits: limits.clone(), seen: seen.collect(), open })
    }

    async fn look(&self) -> Result<(), BoxError> {
        let mut troubles: BTreeMap<(CameraId, &str), (TroubleCause, String)> = BTreeMap::new();
        for seen in &self.seen {
            if let Some((cause, what)) = self.trouble_of(seen) {
                troubles.insert((seen.camera.id, cause.word()), (cause, what));
            }
        }
        let quiet = self.seen.iter().filter(|seen| self.is_quiet(seen));
        let quiet: HashSet<CameraId> = quiet.map(|seen| seen.camera.id).collect();
        let of_server = |one: &&Trouble| one.about.cause != TroubleCause::Reported;
        for trouble in self.open.iter().filter(of_server) {
            let key = trouble.about.camera.map(|camera| (camera, trouble.about.cause.word()));
            let stands = key.is_some_and(|key| troubles.remove(&key).is_some());
            // Of a camera that is quiet it cannot be said that it reads as it used to.
            let is_quiet = trouble.about.camera.is_some_and(|camera| quiet.contains(&camera));
            if !stands && !is_quiet && trouble.taken.is_none() {
                self.close(trouble).await?;
            }
        }
        for ((camera, _), (cause, what)) in troubles {
            self.open(camera, cause, what).await?;
        }
        Ok(())
    }

    /// Whether nothing was heard of a camera for the policy's limit, counted from this server's start at the earliest: before
    /// that it was the server that did not listen.
    fn is_quiet(&self, seen: &Seen) -> bool {
        let limit = Duration::from_secs(u64::from(self.limits.quiet_minutes) * 60);
        let started = self.app.inner().started_at;
        seen.last.is_some_and(|last| is_quiet(last.max(started), self.now, limit))
    }

    /// What is wrong with a camera. One that is quiet reads less too: that is said once.
    fn trouble_of(&self, seen: &Seen) -> Option<(TroubleCause, String)> {
        let Cameras { quiet_minutes, less_percent, .. } = &self.limits;
        let last = seen.last?;
        let name = &seen.camera.about.name;
        if self.is_quiet(seen) {
            let what = format!(
                "Nothing was heard of {name} for {quiet_minutes} minutes or more; the last time was {last}."
            );
            return Some((TroubleCause::Quiet, what));
        }
        let listened = hour_of(self.app.inner().started_at) < hour_of(self.now) - 1;
        let usual = usual(&seen.samples).filter(|_| listened)?;
        reads_less(seen.n_reads, usual, *less_percent).then(|| {
            let what = format!(
                "{name} read {} vehicles in an hour in which it usually reads {usual}: less than {less_percent} in a hundred.",
                seen.n_reads
            );
            (TroubleCause::ReadsLess, what)
        })
    }

    async fn open(
        &self,
        camera: CameraId,
        cause: TroubleCause,
        what: String,
    ) -> Result<(), BoxError> {
        let ctx = Ctx::server(self.agency, self.now);
        let act = self.app.begin::<ReportTrouble>(&ctx, About::one("camera", camera)).await?;
        let urgency = Urgency::Normal;
        let camera = Some(camera);
        let new = NewTrouble { cause, camera, what, urgency, by: None, at: self.now };
        let id = self.app.inner().store.add_trouble(act.permit(), &new).await?;
        act.done(id.map(|id| format!("trouble {id}, opened, {}", cause.word())));
        Ok(())
    }

    async fn close(&self, trouble: &Trouble) -> Result<(), BoxError> {
        let ctx = Ctx::server(self.agency, self.now);
        let about = About::one("trouble", trouble.id);
        let act = self.app.begin::<HandleTrouble>(&ctx, about).await?;
        let watched = self.seen.iter().any(|seen| Some(seen.camera.id) == trouble.about.camera);
        let done = if watched {
            "The camera is back: closed by the server; nobody had taken it."
        } else {
            "The camera is not in use any more: closed by the server; nobody had taken it."
        };
        let closed = TroubleClosed { by: None, at: self.now, done: done.to_owned() };
        let is_closed = self.app.inner().store.close_trouble(act.permit(), trouble.id, &closed);
        let is_closed = is_closed.await?;
        act.done(is_closed.then(|| format!("trouble {}, closed", trouble.id)));
        Ok(())
    }
}

fn reads_of(weeks: &[HashMap<CameraId, u64>], week: i64, camera: &Camera) -> u64 {
    let counted = usize::try_from(week).ok().and_then(|week| weeks.get(week));
    counted.and_then(|counted| counted.get(&camera.id)).copied().unwrap_or(0)
}
