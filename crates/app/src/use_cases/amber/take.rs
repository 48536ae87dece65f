//! Take a file of messages in: one that was fetched, or one that somebody hands in. What is new of it is kept, for people to
//! confirm its plates.

use domain::access::{ListHotlists, ManageHotlists};
use domain::{AmberKind, AmberMessage, AmberStatus, Category, Hotlist, HotlistId, NewAmberMessage};
use hotfile::{CapFile, CapRefused, read_cap};
use sha2::{Digest as _, Sha256};

use super::{plates_of, publish};
use crate::bus::Topic;
use crate::error::BoxError;
use crate::feeds::FeedFormat;
use crate::record::{About, server_permit};
use crate::reminders::tell_of_plates;
use crate::use_cases::said::wrong;
use crate::{App, AskError, Ctx};

/// What came of a file of messages.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CapTaken {
    /// Its messages about abducted children.
    pub n_messages: usize,
    /// Those of them that were not known.
    pub n_new: usize,
    /// Its messages about something else.
    pub n_other: u64,
    /// Its messages that could not be taken.
    pub n_refused: u64,
    /// The first of those.
    pub refused: Vec<CapRefused>,
}

/// Why nothing of a file of messages is taken.
#[derive(Debug, thiserror::Error)]
pub(in crate::use_cases) enum CapError {
    /// It cannot be taken, or not into this list.
    #[error("{0}")]
    Unfit(String),
    /// Something of ours did not work.
    #[error("failed to {doing}")]
    Ours {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        err: BoxError,
    },
}

fn ours<E: Into<BoxError>>(doing: &'static str) -> impl FnOnce(E) -> CapError {
    move |err| CapError::Ours { doing, err: err.into() }
}

/// A file of messages that was read, beside what is known.
pub(in crate::use_cases) struct CapRead {
    file: CapFile,
    known: Vec<AmberMessage>,
}

impl CapRead {
    /// What is new of it, the message that was sent first in front.
    fn unknown(&self) -> Vec<&NewAmberMessage> {
        let mut new: Vec<&NewAmberMessage> = self.file.messages.iter().collect();
        new.retain(|one| !self.known.iter().any(|there| there.message.name == one.name));
        new.sort_by_key(|one| one.name.sent_at);
        new
    }

    /// What it holds.
    pub(in crate::use_cases) fn holds(&self) -> CapTaken {
        CapTaken {
            n_messages: self.file.messages.len(),
            n_new: self.unknown().len(),
            n_other: self.file.n_other,
            n_refused: self.file.n_refused,
            refused: self.file.refused.clone(),
        }
    }
}

/// Reads a file of messages for a list. Nothing is changed.
pub(in crate::use_cases) async fn read_file(
    app: &App,
    list: &Hotlist,
    bytes: Vec<u8>,
) -> Result<CapRead, CapError> {
    may_hold_alerts(app, list)?;
    let now = app.now();
    let read = tokio::task::spawn_blocking(move || read_cap(&bytes, now)).await;
    let file = read.map_err(ours("read the file"))?;
    let file = file.map_err(|fault| CapError::Unfit(fault.to_string()))?;
    let permit = server_permit::<ListHotlists>(list.agency, now).map_err(ours("look up alerts"))?;
    let known = app.inner().store.amber_messages(&permit, list.id).await;
    let known = known.map_err(ours("look up the alerts that are known"))?;
    Ok(CapRead { file, known })
}

/// Keeps what is new of a file, and puts in force what people have confirmed of what counts. How many messages are new.
pub(in crate::use_cases) async fn keep_new(
    app: &App,
    list: &Hotlist,
    read: &CapRead,
) -> Result<u64, CapError> {
    let now = app.now();
    let new = read.unknown().into_iter();
    let new: Vec<_> = new.map(|one| (one.clone(), plates_of(one, &read.known, now))).collect();
    let permit = server_permit::<ManageHotlists>(list.agency, now).map_err(ours("keep alerts"))?;
    let n_new = app.inner().store.add_amber_messages(&permit, list.id, &new).await;
    let n_new = n_new.map_err(ours("keep the alerts"))?;
    let published = publish(app, &permit, list.id).await;
    published.map_err(ours("put the confirmed plates in force"))?;
    tell_of_plates(app, list, now).await.map_err(ours("tell of new plates"))?;
    Ok(n_new)
}

/// Whether the list and the policy are for AMBER alerts (`AUSP-hotlist-policy`).
fn may_hold_alerts(app: &App, list: &Hotlist) -> Result<(), CapError> {
    let no = |why: &str| Err(CapError::Unfit(why.to_owned()));
    if list.category != Category::AmberAlert {
        return no("messages of AMBER alerts go into a list of the category “AMBER alert”");
    }
    let Some(policy) = app.policy(list.agency) else { return Ok(()) };
    let categories = &policy.bundle.settings().hotlists.categories;
    if categories.iter().any(|one| one.category == Category::AmberAlert) {
        return Ok(());
    }
    no("the policy holds no lists of the category “AMBER alert”")
}

/// Takes a file of messages that somebody hands in, as a fetched one is taken. Whoever may import files into hotlists may: it
/// is one, and nothing of it is matched before somebody has confirmed its plates, which is a permission of its own.
pub async fn take_amber_file(
    app: &App,
    ctx: &Ctx,
    hotlist: HotlistId,
    bytes: Vec<u8>,
) -> Result<CapTaken, AskError> {
    let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let about = About { digest: Some(digest), ..About::one("hotlist", hotlist) };
    let act = app.begin::<ManageHotlists>(ctx, about).await?;
    let lists = app.inner().store.hotlists(&act.leave().permit::<ListHotlists>()?).await;
    let lists = lists.map_err(AskError::failed("look up the hotlist"))?;
    let list = lists.into_iter().find(|list| list.id == hotlist);
    let list = list.ok_or_else(|| AskError::not_found("hotlist", hotlist))?;
    let taken = match hand_in(app, &list, bytes).await {
        Ok(taken) => taken,
        Err(err) => {
            act.failed();
            return Err(asked(err));
        }
    };
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    let CapTaken { n_messages, n_new, n_other, n_refused, .. } = taken;
    act.done([format!(
        "hotlist {hotlist}, alerts handed in: {n_messages}, new {n_new}, about something else {n_other}, refused {n_refused}"
    )]);
    Ok(taken)
}

async fn hand_in(app: &App, list: &Hotlist, bytes: Vec<u8>) -> Result<CapTaken, CapError> {
    let read = read_file(app, list, bytes).await?;
    holds_no_rows(app, list, &read)?;
    holds_something(app, &read)?;
    keep_new(app, list, &read).await?;
    Ok(read.holds())
}

/// What is confirmed is the whole list: rows that came otherwise would be gone without anybody having decided that.
fn holds_no_rows(app: &App, list: &Hotlist, read: &CapRead) -> Result<(), CapError> {
    let plan = app.inner().feeds.plan(list.agency, &list.name);
    let is_rows = plan.is_some_and(|plan| plan.format == FeedFormat::Rows)
        || (read.known.is_empty() && list.n_entries > 0);
    if !is_rows {
        return Ok(());
    }
    let why = "this list holds rows of another file, and what is confirmed of alerts would take their place: make a list of its own \
               for alerts";
    Err(CapError::Unfit(why.to_owned()))
}

/// Whoever hands a file in is told at once where nothing could come of it; of a feed the same is only counted.
fn holds_something(app: &App, read: &CapRead) -> Result<(), CapError> {
    let CapFile { messages, n_other, refused, .. } = &read.file;
    let unfit = |why: String| Err(CapError::Unfit(why));
    if let (true, Some(first)) = (messages.is_empty(), refused.first()) {
        return unfit(format!("line {}: {}", first.line, first.why));
    }
    if messages.is_empty() && *n_other > 0 {
        return unfit(
            "it tells of something else than an abducted child: its event code is not CAE"
                .to_owned(),
        );
    }
    let is_over = |one: &NewAmberMessage| {
        one.status == AmberStatus::Actual
            && one.kind != AmberKind::Cancel
            && one.ends_at() <= app.now()
    };
    if messages.iter().all(is_over) {
        let ended = messages.iter().map(NewAmberMessage::ends_at).max();
        return unfit(match ended {
            Some(at) => {
                format!("the alert is over since {at}: nothing of it would be matched")
            }
            None => "it holds no alert".to_owned(),
        });
    }
    Ok(())
}

fn asked(err: CapError) -> AskError {
    match err {
        CapError::Unfit(why) => wrong("file", why),
        CapError::Ours { doing, err } => AskError::failed(doing)(err),
    }
}
