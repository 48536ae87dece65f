//! What happens by the clock: days are closed and sealed, last-seen times are saved, expired sign-ins are forgotten.

use std::collections::HashMap;
use std::time::Duration;

use domain::access::ListHotlists;
use domain::{AgencyId, Timestamp};
use store::{FileKind, FileState};

use crate::bus::Topic;
use crate::error::{BoxError, chain};
use crate::record::{server_permit, sweep};
use crate::use_cases::people::disable_unused;
use crate::{App, mail, matching, reminders};

/// How often last-seen times are saved: what a crash may lose of them.
const SAVE_LAST_SEEN_EVERY: Duration = Duration::from_secs(15);
/// How often days are looked at. A day is closed at most this late.
const LOOK_AT_DAYS_EVERY: Duration = Duration::from_secs(60);

/// How often people and their training are looked at.
const LOOK_AT_PEOPLE_EVERY: Duration = Duration::from_secs(3600);
/// How often mail that waits is sent.
const SEND_MAIL_EVERY: Duration = Duration::from_secs(20);

/// How often consoles are told that a log has grown.
const TELL_GROWTH_EVERY: Duration = Duration::from_secs(2);

/// Starts the tasks.
pub(crate) fn start(app: &App) {
    let tasks = &app.inner().tasks;
    let each = |every: Duration| {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks
    };
    let (saver, mut save) = (app.clone(), each(SAVE_LAST_SEEN_EVERY));
    tasks.spawn_until_closing("last-seen", async move {
        loop {
            save.tick().await;
            save_last_seen(&saver).await;
            if let Err(err) = notice_changes(&saver).await {
                tracing::warn!(error = chain(err.as_ref()), "failed to look for changed settings");
            }
            tell_gauges(&saver);
        }
    });
    let (prober, mut probe) = (app.clone(), each(sweep::PROBE_EVERY));
    tasks.spawn_until_closing("ledger-probe", async move {
        loop {
            probe.tick().await;
            sweep::probe(&prober).await;
        }
    });
    let (teller, mut often) = (app.clone(), each(TELL_GROWTH_EVERY));
    tasks.spawn_until_closing("ledger-growth", async move {
        let mut told = HashMap::new();
        loop {
            often.tick().await;
            tell_growth(&teller, &mut told).await;
        }
    });
    let (sweeper, mut minute) = (app.clone(), each(sweep::SWEEP_EVERY));
    tasks.spawn_until_closing("ledger", async move {
        loop {
            minute.tick().await;
            if let Err(err) = sweep::sweep(&sweeper, sweeper.now()).await {
                tracing::error!(error = chain(err.as_ref()), "failed to sweep the ledger");
            }
            if let Err(err) = sweeper.publish_due().await {
                tracing::error!(error = chain(err.as_ref()), "failed to publish checkpoints");
            }
        }
    });
    let (keeper, mut hour) = (app.clone(), each(LOOK_AT_PEOPLE_EVERY));
    tasks.spawn_until_closing("people", async move {
        loop {
            hour.tick().await;
            if let Err(err) = disable_unused(&keeper, keeper.now()).await {
                tracing::error!(error = chain(err.as_ref()), "failed to disable unused accounts");
            }
            if let Err(err) = reminders::remind(&keeper, keeper.now()).await {
                tracing::error!(error = chain(err.as_ref()), "failed to write reminders");
            }
        }
    });
    let (sender, mut due) = (app.clone(), each(SEND_MAIL_EVERY));
    tasks.spawn_until_closing("mail", async move {
        loop {
            due.tick().await;
            if let Err(err) = mail::send_due_mail(&sender, sender.now()).await {
                tracing::error!(error = chain(err.as_ref()), "failed to send mail");
            }
        }
    });
    let (sealer, mut look) = (app.clone(), each(LOOK_AT_DAYS_EVERY));
    tasks.spawn_until_closing("days", async move {
        loop {
            look.tick().await;
            let now = sealer.now();
            if let Err(err) = seal_due_days(&sealer, now).await {
                tracing::error!(
                    error = chain(err.as_ref()),
                    "failed to seal a day; trying again in a minute"
                );
            }
            if let Err(err) = sealer.inner().store.forget_expired_sign_ins(now).await {
                tracing::warn!(error = chain(&err), "failed to forget expired sign-ins");
            }
        }
    });
}

/// Notices what a command beside the server changed: cameras' keys, lists in force.
pub async fn notice_changes(app: &App) -> Result<(), BoxError> {
    let inner = app.inner();
    inner.cameras.set_keys(inner.store.all_camera_keys().await?);
    for agency in inner.store.agencies().await? {
        let Some(state) = inner.agencies.get(agency.id) else {
            app.know_agency(agency.id).await?;
            continue;
        };
        app.load_policy(agency.id).await?;
        let permit = server_permit::<ListHotlists>(agency.id, app.now())?;
        let lists = inner.store.hotlists(&permit).await?;
        let mut stored: Vec<_> = lists
            .iter()
            .filter(|list| list.n_entries > 0)
            .filter_map(|list| list.version)
            .collect();
        let mut loaded: Vec<_> = state.lists().lists.iter().map(|list| list.version).collect();
        stored.sort_unstable();
        loaded.sort_unstable();
        if stored != loaded {
            matching::rebuild(app, agency.id).await?;
            app.bus().tell(agency.id, Topic::Hotlists, None);
        }
    }
    Ok(())
}

/// Saves when cameras were last heard of.
pub(crate) async fn save_last_seen(app: &App) {
    let seen = app.inner().cameras.unsaved();
    if seen.is_empty() {
        return;
    }
    if let Err(err) = app.inner().store.touch_cameras(&seen).await {
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
