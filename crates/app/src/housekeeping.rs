//! What happens by the clock: days are closed and sealed, last-seen times are saved, expired sign-ins are forgotten.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::access::ListHotlists;
use domain::{AgencyId, Timestamp};
use store::{FileKind, FileState};
use tokio::sync::Mutex;

use crate::bus::Topic;
use crate::error::{BoxError, chain};
use crate::feeds::fetch_due;
use crate::record::{server_permit, sweep};
use crate::use_cases::add_camera::reload_keys;
use crate::use_cases::amber::{close_hits_of_ended_alerts, forget_words};
use crate::use_cases::custom_entries::close_left_over;
use crate::use_cases::people::disable_unused;
use crate::use_cases::telling::forget_tellings;
use crate::watch::watch_cameras;
use crate::{App, alerts, mail, matching, own_entries, reminders};

/// How often last-seen times are saved: what a crash may lose of them.
const SAVE_LAST_SEEN_EVERY: Duration = Duration::from_secs(15);
/// How often days are looked at. A day is closed at most this late.
const LOOK_AT_DAYS_EVERY: Duration = Duration::from_secs(60);

/// How often people and their training are looked at.
const LOOK_AT_PEOPLE_EVERY: Duration = Duration::from_secs(3600);
/// How often hits that wait and incidents are looked for.
const WATCH_HITS_EVERY: Duration = Duration::from_secs(15);
/// How often sign-ons are looked after: a page that went blind is told of this much late.
const WATCH_SHIFTS_EVERY: Duration = Duration::from_secs(10);
/// How often cameras are watched. A limit is counted in minutes, and is noticed this much late.
const WATCH_CAMERAS_EVERY: Duration = Duration::from_secs(120);
/// How often it is looked which hotlists are to be fetched.
const LOOK_AT_FEEDS_EVERY: Duration = Duration::from_secs(5);
/// How often mail that waits is sent.
const SEND_MAIL_EVERY: Duration = Duration::from_secs(20);

/// How long it is kept of which plate a group of hits is: longer than any policy lets a hit join one.
const GROUPS_KEPT: Duration = Duration::from_secs(24 * 3600);

/// How often consoles are told that a log has grown.
const TELL_GROWTH_EVERY: Duration = Duration::from_secs(2);

/// Starts the tasks.
pub(crate) fn start(app: &App) {
    repeat(app, "last-seen", SAVE_LAST_SEEN_EVERY, |app| async move {
        save_last_seen(&app).await;
        say(notice_changes(&app).await, "look for changed settings");
        tell_gauges(&app);
    });
    repeat(app, "ledger-probe", sweep::PROBE_EVERY, |app| async move {
        sweep::probe(&app).await;
    });
    let told = Arc::new(Mutex::new(HashMap::new()));
    repeat(app, "ledger-growth", TELL_GROWTH_EVERY, move |app| {
        let told = Arc::clone(&told);
        async move { tell_growth(&app, &mut *told.lock().await).await }
    });
    repeat(app, "ledger", sweep::SWEEP_EVERY, |app| async move {
        say(sweep::sweep(&app, app.now()).await, "sweep the ledger");
        say(app.publish_due().await, "publish checkpoints");
    });
    repeat(app, "people", LOOK_AT_PEOPLE_EVERY, |app| async move {
        say(disable_unused(&app, app.now()).await, "disable unused accounts");
        say(reminders::remind(&app, app.now()).await, "write reminders");
    });
    repeat(app, "hits", WATCH_HITS_EVERY, |app| async move {
        say(reminders::watch_hits(&app, app.now()).await, "look for hits that wait");
        say(close_hits_of_ended(&app, app.now()).await, "close hits of ended entries");
    });
    repeat(app, "shifts", WATCH_SHIFTS_EVERY, |app| async move {
        say(reminders::watch_shifts(&app, app.now()).await, "look after the shift");
    });
    repeat(app, "watch", WATCH_CAMERAS_EVERY, |app| async move {
        say(watch_cameras(&app, app.now()).await, "watch the cameras");
    });
    app.inner().tasks.spawn_until_closing("telling", alerts::run(app.clone()));
    repeat(app, "feeds", LOOK_AT_FEEDS_EVERY, |app| async move {
        say(fetch_due(&app, app.now()).await.map(drop), "fetch hotlists");
    });
    repeat(app, "mail", SEND_MAIL_EVERY, |app| async move {
        say(mail::send_due_mail(&app, app.now()).await, "send mail");
    });
    repeat(app, "days", LOOK_AT_DAYS_EVERY, |app| async move {
        let now = app.now();
        say(seal_due_days(&app, now).await, "seal a day");
        say(forget_words(&app).await, "forget the words of AMBER alerts");
        let forgotten = app.inner().store.forget_expired_sign_ins(now).await;
        say(forgotten.map_err(Into::into), "forget expired sign-ins");
        let forgotten = app.inner().store.forget_group_codes(now.minus(GROUPS_KEPT)).await;
        say(forgotten.map_err(Into::into), "forget the plates of groups");
        say(forget_tellings(&app, now).await, "forget what was told long ago");
    });
}

/// Does something at once, and then every so often, until the server shuts down.
fn repeat<F, W>(app: &App, name: &'static str, every: Duration, mut work: W)
where
    W: FnMut(App) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let own = app.clone();
    app.inner().tasks.spawn_until_closing(name, async move {
        loop {
            ticks.tick().await;
            work(own.clone()).await;
        }
    });
}

/// Tells of what failed; it is tried again the next time.
fn say(outcome: Result<(), BoxError>, doing: &'static str) {
    if let Err(err) = outcome {
        tracing::error!(error = chain(err.as_ref()), "failed to {doing}; trying again");
    }
}

/// Notices what a command beside the server changed: cameras' keys, lists in force.
pub async fn notice_changes(app: &App) -> Result<(), BoxError> {
    let inner = app.inner();
    reload_keys(app).await?;
    for agency in inner.store.agencies().await? {
        let Some(state) = inner.agencies.get(agency.id) else {
            app.know_agency(agency.id).await?;
            continue;
        };
        app.load_policy(agency.id).await?;
        let permit = server_permit::<ListHotlists>(agency.id, app.now())?;
        let lists = inner.store.hotlists(&permit).await?;
        let in_force = state.lists();
        in_force.silent_from.set(matching::silent_lists(app, agency.id, &lists));
        if in_force.loaded != matching::loaded(&lists) {
            matching::rebuild(app, agency.id).await?;
            app.bus().tell(agency.id, Topic::Hotlists, None);
        }
        // Few, and their areas follow where cameras stand.
        own_entries::reload(app, agency.id).await?;
    }
    Ok(())
}

/// Closes hits whose entry ended by the clock, or while their reads were on their way.
pub async fn close_hits_of_ended(app: &App, now: Timestamp) -> Result<(), BoxError> {
    close_left_over(app, now).await?;
    close_hits_of_ended_alerts(app, now).await
}

/// Saves when cameras were last heard of, and how much they read in which hour.
pub(crate) async fn save_last_seen(app: &App) {
    let inner = app.inner();
    let hours = inner.cameras.take_hours();
    if let Err(err) = inner.store.count_hours(&hours).await {
        inner.cameras.keep_hours(&hours);
        tracing::warn!(error = chain(&err), "failed to save how much cameras read");
    }
    let seen = inner.cameras.unsaved();
    if seen.is_empty() {
        return;
    }
    if let Err(err) = inner.store.touch_cameras(&seen).await {
        tracing::warn!(error = chain(&err), "failed to save when cameras were last heard of");
    }
}

/// Tells the consoles of the logs that have grown since they were told.
async fn tell_growth(app: &App, told: &mut HashMap<AgencyId, u64>) {
    for row in app.inner().store.logs().await.unwrap_or_default() {
        let Some(agency) = row.log.agency() else { continue };
        if told.insert(agency, row.size).is_some_and(|before| before != row.size) {
            app.bus().tell(agency, Topic::Ledger, None);
        }
    }
}

fn tell_gauges(app: &App) {
    metrics::gauge!("plateglass_posts_waiting").set(app.inner().lanes.n_waiting() as f64);
    metrics::gauge!("plateglass_journal_backlog").set(app.inner().store.journal_backlog() as f64);
}

/// Closes and seals every day that is over. Whatever breaks off is taken up again the next time.
pub async fn seal_due_days(app: &App, now: Timestamp) -> Result<(), BoxError> {
    let inner = app.inner();
    inner.lanes.forget_before(now.minus(inner.config.seal_after).day());
    for agency in inner.store.agencies().await? {
        for info in inner.store.files(agency.id).await? {
            let file = info.file;
            let due = now >= file.day.next().start().plus(inner.config.seal_after);
            if info.state != FileState::Open || !due {
                continue;
            }
            if file.kind == FileKind::Main {
                inner.lanes.close_day(app, agency.id, file.day).await?;
            }
            let sealed = inner.store.seal(file).await?;
            tracing::info!(
                agency.id = agency.id.to_i64(),
                day = %file.day,
                n_reads = sealed.n_reads,
                "sealed the {file}"
            );
        }
    }
    Ok(())
}
