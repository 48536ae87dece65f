//! The review inbox: what an auditor has to look into. It belongs to the auditors, outside the chain of command; nobody sees
//! a review about themselves, and nothing is closed without a finding.

use std::collections::HashMap;

use domain::access::ReviewUse;
use domain::oversight::{Cause, Finding, Review, ReviewNote};
use domain::{PersonId, ReviewId};
use store::LogId;

use super::{AuditLine, closing, index, lines_of, names, people, text};
use crate::record::About;
use crate::{App, AskError, Ctx};

/// Reviews of one list; open ones beyond it come up as others are closed.
const REVIEWS: u32 = 200;
/// Records that a review shows.
const LEAVES: u32 = 100;

/// The inbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inbox {
    /// What waits, newest first.
    pub open: Vec<Review>,
    /// What was closed last, newest first.
    pub closed: Vec<Review>,
    /// How often each finding was made.
    pub findings: Vec<(Finding, u64)>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// One review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewPage {
    /// It.
    pub review: Review,
    /// The newest records on which it rests, newest first.
    pub lines: Vec<AuditLine>,
    /// Its history, oldest first.
    pub notes: Vec<ReviewNote>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// What waits for the agency's auditors, and what they closed.
pub async fn inbox(app: &App, ctx: &Ctx) -> Result<Inbox, AskError> {
    let act = app.begin::<ReviewUse>(ctx, About::nothing_yet()).await?;
    index::be_current(app, LogId::of_agency(ctx.agency)).await?;
    let failed = || AskError::failed("list reviews");
    let (store, permit, me) = (&app.inner().store, act.permit(), ctx.person_id());
    let open = store.reviews(permit, me, true, REVIEWS).await.map_err(failed())?;
    let closed = store.reviews(permit, me, false, REVIEWS).await.map_err(failed())?;
    let findings = store.review_findings(permit).await.map_err(failed())?;
    let names = names(&people(app, act.leave()).await?);
    act.done(
        open.iter().chain(&closed).map(|one| format!("review {}", one.id)).collect::<Vec<_>>(),
    );
    Ok(Inbox { open, closed, findings, names })
}

/// One review, with the records on which it rests.
pub async fn open_review(app: &App, ctx: &Ctx, id: ReviewId) -> Result<ReviewPage, AskError> {
    let act = app.begin::<ReviewUse>(ctx, About::one("review", id)).await?;
    let failed = || AskError::failed("open a review");
    let store = &app.inner().store;
    let review = of_another(app, ctx, act.permit(), id).await?;
    let leaves = store.review_leaves(id, LEAVES).await.map_err(failed())?;
    let notes = store.review_notes(id).await.map_err(failed())?;
    let lines = lines_of(app, act.permit(), &leaves).await?;
    let names = names(&people(app, act.leave()).await?);
    let seen = leaves.iter().map(|leaf| format!("leaf {leaf}"));
    act.done(std::iter::once(format!("review {id}")).chain(seen).collect::<Vec<_>>());
    Ok(ReviewPage { review, lines, notes, names })
}

/// Notes something on an open review.
pub async fn add_review_note(
    app: &App,
    ctx: &Ctx,
    id: ReviewId,
    said: &str,
) -> Result<(), AskError> {
    let act = app.begin::<ReviewUse>(ctx, About::one("review", id)).await?;
    let review = of_another(app, ctx, act.permit(), id).await?;
    still_open(&review)?;
    let said = text("note", said)?;
    let (store, by) = (&app.inner().store, ctx.person_id());
    let noted = store.add_review_note(act.permit(), id, by, &said, ctx.now).await;
    noted.map_err(AskError::failed("note something on a review"))?;
    act.done([format!("review {id}, noted")]);
    Ok(())
}

/// Closes a review with a finding. One that a report of misuse opened is closed by that report's finding.
pub async fn close_review(
    app: &App,
    ctx: &Ctx,
    id: ReviewId,
    finding: &str,
    said: &str,
) -> Result<(), AskError> {
    let act = app.begin::<ReviewUse>(ctx, About::one("review", id)).await?;
    let review = of_another(app, ctx, act.permit(), id).await?;
    still_open(&review)?;
    if review.cause == Cause::MisuseReport {
        let why = "rests on a report of misuse: the report's finding closes it".to_owned();
        return Err(AskError::Invalid { field: "review", why });
    }
    let closed = closing(ctx, finding, said)?;
    let done = app.inner().store.close_review(act.permit(), id, &closed).await;
    if !done.map_err(AskError::failed("close a review"))? {
        return Err(already_closed());
    }
    act.done([format!("review {id}, closed, {}", closed.finding.word())]);
    Ok(())
}

async fn of_another(
    app: &App,
    ctx: &Ctx,
    permit: &domain::Permit<ReviewUse>,
    id: ReviewId,
) -> Result<Review, AskError> {
    let found = app.inner().store.review(permit, ctx.person_id(), id).await;
    found
        .map_err(AskError::failed("open a review"))?
        .ok_or_else(|| AskError::not_found("review", id))
}

fn still_open(review: &Review) -> Result<(), AskError> {
    if review.closed.is_some() { Err(already_closed()) } else { Ok(()) }
}

fn already_closed() -> AskError {
    AskError::Invalid { field: "review", why: "is closed".to_owned() }
}
