//! Reports of misuse: anybody reports; somebody else investigates with the trail attached; a finding closes it
//! (`AUS-344.4a7`). A report about another agency goes to the program lieutenant, who decides whether sharing with it goes on
//! (`AUS-344.4b`).

use std::collections::HashMap;

use domain::access::{DecideSharing, InvestigateMisuse, ReportMisuse};
use domain::oversight::{Report, ReportAbout, Sharing, SharingDecision};
use domain::{Permit, PersonId, ReportId};
use store::{AuditQuery, LogId, NewReport};

use super::{AuditLine, closing, index, lines_of, me, names, people, text, today};
use crate::record::{About, server_permit};
use crate::use_cases::people::own_person;
use crate::{App, AskError, Ctx};

/// Reports of one list.
const REPORTS: u32 = 200;
/// Records that are attached to an investigation: the newest by the person whom it is about.
const TRAIL: u32 = 500;
/// Longest name of an agency, in characters.
const AGENCY_MAX: usize = 120;

/// What was reported to an agency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MisuseBoard {
    /// Newest first.
    pub reports: Vec<Report>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// One report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportPage {
    /// It.
    pub report: Report,
    /// The trail that was attached when its investigation began, newest first.
    pub trail: Vec<AuditLine>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// What somebody reported themselves, and whom they can report.
pub async fn own_reports(app: &App, ctx: &Ctx) -> Result<MisuseBoard, AskError> {
    let act = app.begin::<ReportMisuse>(ctx, About::nothing_yet()).await?;
    let reports = app.inner().store.reports_by(act.permit(), me(ctx)?).await;
    let reports = reports.map_err(AskError::failed("list somebody's reports"))?;
    let names = names(&people(app, act.leave()).await?);
    act.done(reports.iter().map(|one| format!("report {}", one.id)).collect::<Vec<_>>());
    Ok(MisuseBoard { reports, names })
}

/// Takes a report.
pub async fn report_misuse(
    app: &App,
    ctx: &Ctx,
    about: ReportAbout,
    told: &str,
) -> Result<ReportId, AskError> {
    let act = app.begin::<ReportMisuse>(ctx, About::nothing_yet()).await?;
    let reporter = me(ctx)?;
    let about = match about {
        ReportAbout::Person(id) if id == reporter => {
            let why = "is you: speak with your supervisor or an auditor".to_owned();
            return Err(AskError::Invalid { field: "person", why });
        }
        ReportAbout::Person(id) => ReportAbout::Person(own_person(app, ctx, id).await?.id),
        ReportAbout::Agency(name) => {
            let name = text("agency", &name)?;
            if name.chars().count() > AGENCY_MAX {
                let why = "is longer than 120 characters".to_owned();
                return Err(AskError::Invalid { field: "agency", why });
            }
            ReportAbout::Agency(name)
        }
    };
    let told = text("told", told)?;
    let new = NewReport { reporter, about, told, day: today(app, ctx), at: ctx.now };
    let id = app.inner().store.add_report(act.permit(), &new).await;
    let id = id.map_err(AskError::failed("take a report of misuse"))?;
    act.done([format!("report {id}")]);
    Ok(id)
}

/// What was reported, for who investigates.
pub async fn reports(app: &App, ctx: &Ctx) -> Result<MisuseBoard, AskError> {
    let act = app.begin::<InvestigateMisuse>(ctx, About::nothing_yet()).await?;
    let reports = app.inner().store.reports(act.permit(), ctx.person_id(), REPORTS).await;
    let reports = reports.map_err(AskError::failed("list reports of misuse"))?;
    let names = names(&people(app, act.leave()).await?);
    act.done(reports.iter().map(|one| format!("report {}", one.id)).collect::<Vec<_>>());
    Ok(MisuseBoard { reports, names })
}

/// One report with its trail, for who investigates.
pub async fn open_report(app: &App, ctx: &Ctx, id: ReportId) -> Result<ReportPage, AskError> {
    let act = app.begin::<InvestigateMisuse>(ctx, About::one("report", id)).await?;
    let report = of_another(app, ctx, act.permit(), id).await?;
    let leaves = app.inner().store.trail(act.permit(), id).await;
    let leaves = leaves.map_err(AskError::failed("list a report's trail"))?;
    let trail = lines_of(app, act.permit(), &leaves).await?;
    let names = names(&people(app, act.leave()).await?);
    let seen = leaves.iter().map(|leaf| format!("leaf {leaf}"));
    act.done(std::iter::once(format!("report {id}")).chain(seen).collect::<Vec<_>>());
    Ok(ReportPage { report, trail, names })
}

/// Begins the investigation of a report. What the person whom it is about did is attached as it stands now.
pub async fn investigate(app: &App, ctx: &Ctx, id: ReportId) -> Result<(), AskError> {
    let act = app.begin::<InvestigateMisuse>(ctx, About::one("report", id)).await?;
    let report = of_another(app, ctx, act.permit(), id).await?;
    not_the_reporter(ctx, &report)?;
    let trail = match report.about {
        ReportAbout::Person(person) => trail_of(app, ctx, person).await?,
        ReportAbout::Agency(_) => Vec::new(),
    };
    let (store, by) = (&app.inner().store, me(ctx)?);
    let begun = store.investigate(act.permit(), id, by, &trail, ctx.now).await;
    if !begun.map_err(AskError::failed("begin an investigation"))? {
        return Err(wrong("is being investigated"));
    }
    act.done([format!("report {id}, investigation begins, {} records attached", trail.len())]);
    Ok(())
}

async fn trail_of(app: &App, ctx: &Ctx, person: PersonId) -> Result<Vec<u64>, AskError> {
    index::be_current(app, LogId::of_agency(ctx.agency)).await?;
    let actor = Some(app.pseudonym_of_person(ctx.agency, person));
    let query = AuditQuery { actor, ..AuditQuery::default() };
    // A part of the investigation, which was written down.
    let permit = server_permit(ctx.agency, ctx.now)?;
    let rows = app.inner().store.search_audit(&permit, &query, TRAIL).await;
    let rows = rows.map_err(AskError::failed("attach the trail"))?;
    Ok(rows.into_iter().map(|row| row.leaf).collect())
}

/// Closes a report about somebody of the agency with a finding, and with it the review that it opened.
pub async fn close_report(
    app: &App,
    ctx: &Ctx,
    id: ReportId,
    finding: &str,
    said: &str,
) -> Result<(), AskError> {
    let act = app.begin::<InvestigateMisuse>(ctx, About::one("report", id)).await?;
    let report = of_another(app, ctx, act.permit(), id).await?;
    not_the_reporter(ctx, &report)?;
    if matches!(report.about, ReportAbout::Agency(_)) {
        return Err(wrong("is about another agency: what is decided about sharing closes it"));
    }
    if report.investigation.is_none() {
        return Err(wrong("is not investigated yet: begin the investigation first"));
    }
    let closed = closing(ctx, finding, said)?;
    let done = app.inner().store.close_report(act.permit(), id, &closed).await;
    if !done.map_err(AskError::failed("close a report of misuse"))? {
        return Err(wrong("is closed"));
    }
    act.done([format!("report {id}, closed, {}", closed.finding.word())]);
    Ok(())
}

/// Decides whether sharing with the agency that a report is about goes on. Nothing is shared by this program yet: what is
/// decided is on record, and binds people.
pub async fn decide_sharing(
    app: &App,
    ctx: &Ctx,
    id: ReportId,
    sharing: &str,
    why: &str,
) -> Result<(), AskError> {
    let act = app.begin::<DecideSharing>(ctx, About::one("report", id)).await?;
    let report = of_another(app, ctx, &act.leave().permit()?, id).await?;
    if !matches!(report.about, ReportAbout::Agency(_)) {
        return Err(wrong("is about somebody of this agency"));
    }
    let none = || AskError::Invalid { field: "sharing", why: "is not decided: choose".to_owned() };
    let sharing = Sharing::parse(sharing).ok_or_else(none)?;
    let decision = SharingDecision { sharing, why: text("why", why)?, by: me(ctx)?, at: ctx.now };
    let done = app.inner().store.decide_sharing(act.permit(), id, &decision).await;
    if !done.map_err(AskError::failed("decide about sharing"))? {
        return Err(wrong("was decided"));
    }
    act.done([format!("report {id}, {}", sharing.word())]);
    Ok(())
}

async fn of_another(
    app: &App,
    ctx: &Ctx,
    permit: &Permit<InvestigateMisuse>,
    id: ReportId,
) -> Result<Report, AskError> {
    let found = app.inner().store.report(permit, ctx.person_id(), id).await;
    found
        .map_err(AskError::failed("open a report of misuse"))?
        .ok_or_else(|| AskError::not_found("report", id))
}

fn not_the_reporter(ctx: &Ctx, report: &Report) -> Result<(), AskError> {
    if ctx.person_id() == Some(report.reporter) {
        return Err(wrong("is your own: somebody else has to look into it"));
    }
    Ok(())
}

fn wrong(why: &str) -> AskError {
    AskError::Invalid { field: "report", why: why.to_owned() }
}
