//! What happens by the clock in a shift: sign-ons end, pages that went silent are written down, the ledger learns who was signed
//! on when a hit was raised, and supervisors are told of units on duty that nobody is signed on as (`TWF-401.4g`).

use std::time::Duration;

use domain::access::SeeShift;
use domain::shift::{DutyState, OnWatch, Span};
use domain::{HitId, SignOnId, Timestamp};
use ledger::leaf::{Kind, SealedField};
use policy::Action;

use super::Round;
use crate::bus::Topic;
use crate::error::BoxError;
use crate::record::{Says, server_permit};
use crate::{App, Ctx};

/// Hits that one leaf tells of: what it says of each has to fit beside the others.
const HITS_A_LEAF: u32 = 20;
/// Leaves that are written in one round; what is left waits for the next.
const LEAVES: u32 = 25;
/// Sign-ons that are named for one hit: those beyond are counted. The hit's own row has them all.
const NAMED_MAX: usize = 40;

/// Supervisors are told so often at most that units are not signed on.
const TOLD_EVERY: Duration = Duration::from_secs(30 * 60);

/// Looks after every agency's shift.
pub async fn watch_shifts(app: &App, now: Timestamp) -> Result<(), BoxError> {
    for agency in app.inner().store.agencies().await? {
        let Some(policy) = app.policy(agency.id) else { continue };
        let ctx = Ctx::server(agency.id, now);
        let rules = &policy.bundle.settings().duty;
        let store = &app.inner().store;
        let over = store.end_over(agency.id, now).await?;
        put_on_record(app, &ctx, "shift-over", &over).await?;
        let before = now.minus(Duration::from_secs(u64::from(rules.blind_seconds)));
        let blind = store.note_blind(agency.id, now, before).await?;
        put_on_record(app, &ctx, "unit-blind", &blind).await?;
        record_watches(app, &ctx).await?;
        if !over.is_empty() || !blind.is_empty() {
            app.bus().tell(agency.id, Topic::Shifts, None);
        }
        if let Some(mail) = &app.inner().config.mail {
            Round { app, mail, agency: agency.id, policy, now }.of_unsigned_units().await?;
        }
    }
    Ok(())
}

async fn put_on_record(
    app: &App,
    ctx: &Ctx,
    what: &'static str,
    all: &[SignOnId],
) -> Result<(), BoxError> {
    for some in all.chunks(NAMED_MAX) {
        let says = Says::of(app, ctx);
        let named: Vec<String> = some.iter().map(|id| format!("sign-on {id}")).collect();
        let draft = says.who(Kind::Event, what);
        app.record(ctx, says.seal(draft, SealedField::Objects, named.join(", "))).await?;
    }
    Ok(())
}

/// Puts on record who was signed on when hits were raised. Where the server dies between, it is put there twice and never not
/// at all.
async fn record_watches(app: &App, ctx: &Ctx) -> Result<(), BoxError> {
    for _ in 0..LEAVES {
        let store = &app.inner().store;
        let watches = store.watches_to_record(ctx.agency, HITS_A_LEAF).await?;
        if watches.is_empty() {
            break;
        }
        let says = Says::of(app, ctx);
        let told: Vec<String> = watches.iter().map(|(hit, on)| in_words(*hit, on)).collect();
        let draft = says.who(Kind::Event, "signed-on-at-hits");
        app.record(ctx, says.seal(draft, SealedField::Objects, told.join("; "))).await?;
        let hits: Vec<HitId> = watches.iter().map(|(hit, _)| *hit).collect();
        store.watches_recorded(ctx.agency, &hits).await?;
    }
    Ok(())
}

/// `hit 12: sign-on 3, sign-on 4`.
fn in_words(hit: HitId, on: &[OnWatch]) -> String {
    if on.is_empty() {
        return format!("hit {hit}: nobody");
    }
    let mut named: Vec<String> =
        on.iter().take(NAMED_MAX).map(|one| format!("sign-on {}", one.sign_on)).collect();
    if let Some(more) = on.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    format!("hit {hit}: {}", named.join(", "))
}

impl Round<'_> {
    /// Units on duty that nobody is signed on as: their number, now and then while there are any, to each who sets the roster.
    async fn of_unsigned_units(&self) -> Result<(), BoxError> {
        let permit = server_permit::<SeeShift>(self.agency, self.now)?;
        let store = &self.app.inner().store;
        let moment = Span { from: self.now, until: self.now.plus(Duration::from_micros(1)) };
        let duties = store.duties(&permit, moment).await?;
        let Some(first) = duties.iter().map(|duty| duty.about.span.from).min() else {
            return Ok(());
        };
        let whole = Span { from: first, until: moment.until };
        let sign_ons = store.sign_ons(&permit, whole).await?;
        let rules = &self.policy.bundle.settings().duty;
        let blind_after = Duration::from_secs(u64::from(rules.blind_seconds));
        let limit = Duration::from_secs(u64::from(rules.unsigned_minutes) * 60);
        let is_missing = |state: DutyState| matches!(state, DutyState::NotSignedOn { since } if self.now.since(since) >= limit);
        let states = duties.iter().map(|duty| duty.state(&sign_ons, self.now, blind_after));
        let units = match states.filter(|state| is_missing(*state)).count() {
            0 => return Ok(()),
            1 => "1 unit on duty is".to_owned(),
            n => format!("{n} units on duty are"),
        };
        let body = format!(
            "{units} not signed on for longer than {} minutes: hits do not reach them in the car.\n\nSee which: {}/shift\n",
            rules.unsigned_minutes, self.mail.console_url
        );
        let every = i64::try_from(TOLD_EVERY.as_micros()).unwrap_or(i64::MAX);
        let nth = self.now.micros() / every;
        for person in self.who_may(Action::SetDutyRoster).await? {
            let once = format!("units not signed on, {nth}, person {}", person.id);
            self.queue(&person, once, format!("{units} not signed on"), body.clone()).await?;
        }
        Ok(())
    }
}
