//! What people are told about hits: that some have waited, and that a wrong vehicle was stopped.

use std::time::Duration;

use domain::access::{WorkHits, WorkIncidents};
use domain::life::{Deed, Done, Life};
use domain::{HitId, Incident, Timestamp};
use ledger::leaf::{Kind, SealedField};
use policy::Action;

use super::Round;
use crate::bus::Topic;
use crate::error::BoxError;
use crate::record::{Says, server_permit};
use crate::{App, Ctx};

/// Hits that were raised longer ago are told of no more: the queue still has them.
const WAITED_AT_MOST: Duration = Duration::from_secs(24 * 3600);
/// So many are written down in one round.
const AT_ONCE: u32 = 200;
/// Whoever answers for the crime centre is told so often at most that hits wait.
const TOLD_EVERY: Duration = Duration::from_secs(15 * 60);
/// Somebody is reminded of stops without facts for so long, once a week.
const REMINDED_FOR: Duration = Duration::from_secs(90 * 24 * 3600);
/// Incidents that are told of: the newest.
const INCIDENTS: u32 = 200;

/// Writes down which hits have waited past the policy's limit, and tells by mail of those and of incidents.
pub async fn watch_hits(app: &App, now: Timestamp) -> Result<(), BoxError> {
    for agency in app.inner().store.agencies().await? {
        let Some(policy) = app.policy(agency.id) else { continue };
        let waited = u64::from(policy.bundle.settings().verification.wait_minutes) * 60;
        let until = now.minus(Duration::from_secs(waited));
        let n_waiting = escalate(app, &Ctx::server(agency.id, now), until).await?;
        let Some(mail) = &app.inner().config.mail else { continue };
        let round = Round { app, mail, agency: agency.id, policy, now };
        round.of_waiting_hits(n_waiting).await?;
        round.of_incidents().await?;
        round.of_stops_without_facts().await?;
    }
    Ok(())
}

/// Writes down that hits have waited; how many it were. Whether anybody takes or rejects them is not the server's to say.
async fn escalate(app: &App, ctx: &Ctx, until: Timestamp) -> Result<usize, BoxError> {
    let store = &app.inner().store;
    let since = ctx.now.minus(WAITED_AT_MOST);
    let waiting = store.waiting_hits(ctx.agency, (since, until), AT_ONCE).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    put_on_record(app, ctx, &waiting).await?;
    let permit = server_permit::<WorkHits>(ctx.agency, ctx.now)?;
    for hit in &waiting {
        let life: Life = store.life(&server_permit(ctx.agency, ctx.now)?, *hit).await?;
        let done = Done { at: ctx.now, by: None, deed: Deed::Escalated };
        // Where somebody took it in this moment it waits no more.
        store.add_deed(&permit, *hit, &life, &done).await?;
    }
    app.bus().tell(ctx.agency, Topic::Lives, None);
    metrics::counter!("plateglass_hits_escalated_total").increment(waiting.len() as u64);
    Ok(waiting.len())
}

async fn put_on_record(app: &App, ctx: &Ctx, hits: &[HitId]) -> Result<(), BoxError> {
    let says = Says::of(app, ctx);
    let named: Vec<String> = hits.iter().map(|hit| format!("hit {hit}")).collect();
    let draft = says.who(Kind::Event, "escalate-hits");
    app.record(ctx, says.seal(draft, SealedField::Objects, named.join(", "))).await?;
    Ok(())
}

impl Round<'_> {
    /// To whoever answers for those who work on hits: a number, and nothing else.
    async fn of_waiting_hits(&self, n: usize) -> Result<(), BoxError> {
        if n == 0 {
            return Ok(());
        }
        let every = i64::try_from(TOLD_EVERY.as_micros()).unwrap_or(i64::MAX);
        let quarter = self.now.micros() / every;
        // Auditors and the chief answer for incidents, and not for what the crime centre does with its hits.
        let working = self.who_may(Action::WorkHits).await?;
        for person in self.who_may(Action::WorkIncidents).await? {
            if working.iter().all(|one| one.id != person.id) {
                continue;
            }
            let hits = if n == 1 { "1 hit waits".to_owned() } else { format!("{n} hits wait") };
            let subject = format!("{hits} for review");
            let body = format!(
                "{hits} for somebody to take it longer than the policy gives.\n\nOpen the queue: {}/queue\n",
                self.mail.console_url
            );
            let once = format!("hits wait, {quarter}, person {}", person.id);
            self.queue(&person, once, subject, body).await?;
        }
        Ok(())
    }

    /// To whoever made stops whose facts are missing (`AUS-344.6b10` to `AUS-344.6b13`): a number, and nothing else.
    async fn of_stops_without_facts(&self) -> Result<(), BoxError> {
        let Some(rule) = &self.policy.bundle.settings().stop_facts else { return Ok(()) };
        let day = Duration::from_secs(24 * 3600);
        let until = self.now.minus(day * rule.remind_days);
        let period = (self.now.minus(REMINDED_FOR), until);
        let missing = self.app.inner().store.stops_without_facts(self.agency, period).await?;
        if missing.is_empty() {
            return Ok(());
        }
        let week = self.policy.day(self.now).number() / 7;
        for person in self.who_may(Action::EnterStopFacts).await? {
            let Some((_, n)) = missing.iter().find(|(id, _)| *id == person.id) else { continue };
            let stops = if *n == 1 { "1 stop".to_owned() } else { format!("{n} stops") };
            let subject = format!("The facts of {stops} are missing");
            let body = format!(
                "You reported {stops} whose facts are not entered. Audits need them; they are counted and not kept beside the hit.\n\nEnter them: {}/facts\n",
                self.mail.console_url
            );
            let once = format!("stop facts, week {week}, person {}", person.id);
            self.queue(&person, once, subject, body).await?;
        }
        Ok(())
    }

    /// A wrong vehicle was stopped (`AUS-344.4g`): told at once, and again where the shift ended and nobody had seen it.
    async fn of_incidents(&self) -> Result<(), BoxError> {
        let permit = server_permit::<WorkIncidents>(self.agency, self.now)?;
        let incidents = self.app.inner().store.incidents(&permit, INCIDENTS).await?;
        let open: Vec<Incident> =
            incidents.into_iter().filter(|one| one.closed.is_none()).collect();
        if open.is_empty() {
            return Ok(());
        }
        for person in self.who_may(Action::WorkIncidents).await? {
            for incident in &open {
                let (id, url) = (incident.id, &self.mail.console_url);
                let body = |says: &str| format!("{says}\n\nOpen the incident: {url}/incidents\n");
                let once = format!("incident {id}, person {}", person.id);
                let said = body(
                    "A vehicle that was not wanted was stopped. Somebody who answers for it has to see the incident before the shift ends.",
                );
                self.queue(&person, once, "A wrong vehicle was stopped".to_owned(), said).await?;
                if incident.seen.is_none() && incident.is_overdue(self.now) {
                    let once = format!("incident {id} overdue, person {}", person.id);
                    let said = body(
                        "The shift has ended, and nobody who answers for it has seen the incident of a vehicle that was wrongly stopped.",
                    );
                    let subject = "An incident is overdue".to_owned();
                    self.queue(&person, once, subject, said).await?;
                }
            }
        }
        Ok(())
    }
}
