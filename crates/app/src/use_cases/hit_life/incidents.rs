//! Stops of vehicles that were not wanted: seen by somebody who answers for it before the shift ends, and closed with what
//! was found (`AUS-344.4g`).

use domain::access::WorkIncidents;
use domain::figures::Quarter;
use domain::{Incident, IncidentClosed, IncidentId};

use super::colleagues;
use super::view::name_of;
use crate::record::About;
use crate::use_cases::quarters::{back_from, named, period, running};
use crate::use_cases::said::{me, text_asking, wrong};
use crate::{App, AskError, Ctx};

/// Incidents of one list.
const INCIDENTS: u32 = 200;

/// One incident, with the names of its people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncidentRow {
    /// It.
    pub incident: Incident,
    /// Who reported it.
    pub reporter: String,
    /// Who has seen it.
    pub seen_by: Option<String>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// Whether it is one's own: somebody else answers for it.
    pub is_own: bool,
    /// Whether the shift ended and nobody who answers for it had seen it.
    pub is_overdue: bool,
}

/// The agency's incidents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incidents {
    /// Of which quarter, where one was asked for; else the newest.
    pub quarter: Option<Quarter>,
    /// Quarters that can be chosen, newest first: the one that runs, and those before it.
    pub quarters: Vec<Quarter>,
    /// The incidents, newest first.
    pub rows: Vec<IncidentRow>,
}

impl Incidents {
    /// How many are as this says.
    pub fn n(&self, is_so: impl Fn(&IncidentRow) -> bool) -> usize {
        self.rows.iter().filter(|row| is_so(row)).count()
    }
}

/// The agency's incidents, newest first: the newest, or those that were reported in a quarter, for its audit. Nothing for
/// `quarter` stands for the newest.
pub async fn list_incidents(app: &App, ctx: &Ctx, quarter: &str) -> Result<Incidents, AskError> {
    let act = app.begin::<WorkIncidents>(ctx, About::nothing_yet()).await?;
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let names = colleagues(app, act.leave(), &policy).await?;
    let quarters = back_from(Some(running(&policy, ctx.now)?));
    let quarter = if quarter.trim().is_empty() { None } else { Some(named(quarter)?) };
    let store = &app.inner().store;
    let found = match quarter {
        Some(one) => store.incidents_of(act.permit(), period(&policy, one)).await,
        None => store.incidents(act.permit(), INCIDENTS).await,
    };
    let found = found.map_err(AskError::failed("list incidents"))?;
    act.done(found.iter().map(|one| format!("incident {}", one.id)).collect::<Vec<_>>());
    let row = |incident: Incident| IncidentRow {
        reporter: name_of(Some(incident.reported_by), &names),
        seen_by: incident.seen.map(|(by, _)| name_of(Some(by), &names)),
        closed_by: incident.closed.as_ref().map(|closed| name_of(Some(closed.by), &names)),
        is_own: ctx.person_id() == Some(incident.reported_by),
        is_overdue: incident.is_overdue(ctx.now),
        incident,
    };
    Ok(Incidents { quarter, quarters, rows: found.into_iter().map(row).collect() })
}

/// Notes that one has seen an incident, and answers for it from now on.
pub async fn see_incident(app: &App, ctx: &Ctx, id: IncidentId) -> Result<(), AskError> {
    let act = app.begin::<WorkIncidents>(ctx, About::one("incident", id)).await?;
    let by = me(ctx)?;
    let seen = app.inner().store.see_incident(act.permit(), id, by, ctx.now).await;
    if !seen.map_err(AskError::failed("note that an incident was seen"))? {
        return Err(wrong("incident", "is your own, or somebody has seen it: nothing was changed"));
    }
    act.done([format!("incident {id}, seen")]);
    Ok(())
}

/// Closes an incident with what was found and done.
pub async fn close_incident(
    app: &App,
    ctx: &Ctx,
    id: IncidentId,
    finding: &str,
) -> Result<(), AskError> {
    let act = app.begin::<WorkIncidents>(ctx, About::one("incident", id)).await?;
    let by = me(ctx)?;
    let finding = text_asking("finding", finding, "say what was found and done")?;
    let closed = IncidentClosed { by, at: ctx.now, finding };
    let done = app.inner().store.close_incident(act.permit(), id, &closed).await;
    if !done.map_err(AskError::failed("close an incident"))? {
        return Err(wrong("incident", "is your own, is closed, or nobody has seen it yet"));
    }
    act.done([format!("incident {id}, closed")]);
    Ok(())
}
