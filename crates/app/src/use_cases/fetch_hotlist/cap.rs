//! A file of messages of AMBER alerts: what is new is kept, for people to confirm its plates.

use std::io::Read as _;

use domain::access::{ListHotlists, ManageHotlists};
use domain::{Category, FetchOutcome, NewAmberMessage};
use hotfile::{CAP_BYTES_MAX, CapFile, read_cap};

use super::file::File;
use super::{Failed, OneFetch, ours};
use crate::record::server_permit;
use crate::reminders::tell_of_plates;
use crate::use_cases::amber::{plates_of, publish};

/// Refused messages that are named.
const NAMED_MAX: usize = 10;

impl OneFetch {
    /// Keeps what is new, and puts in force what people have confirmed of what counts.
    pub(super) async fn take_cap(&self, file: File) -> Result<(FetchOutcome, String), Failed> {
        self.may_hold_alerts()?;
        let mut bytes = Vec::new();
        let most = u64::try_from(CAP_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        let read = file.spooled.take(most).read_to_end(&mut bytes);
        read.map_err(ours("read the file"))?;
        let now = self.app.now();
        let read = tokio::task::spawn_blocking(move || read_cap(&bytes, now)).await;
        let cap = read.map_err(ours("read the file"))?;
        let cap = cap.map_err(|fault| Failed::File(fault.to_string()))?;
        let agency = self.list.agency;
        let permit = server_permit::<ListHotlists>(agency, now).map_err(ours("look up alerts"))?;
        let store = &self.app.inner().store;
        let known = store.amber_messages(&permit, self.list.id).await;
        let known = known.map_err(ours("look up the alerts that are known"))?;
        let mut new: Vec<&NewAmberMessage> = cap.messages.iter().collect();
        new.retain(|one| !known.iter().any(|there| there.message.name == one.name));
        new.sort_by_key(|one| one.name.sent_at);
        let new: Vec<_> =
            new.into_iter().map(|one| (one.clone(), plates_of(one, &known, now))).collect();
        let says = says(&cap, new.len());
        if self.dry_run {
            return Ok((FetchOutcome::Tried, format!("{says} Nothing was changed.")));
        }
        let permit = server_permit::<ManageHotlists>(agency, now).map_err(ours("keep alerts"))?;
        let n_new = store.add_amber_messages(&permit, self.list.id, &new).await;
        let n_new = n_new.map_err(ours("keep the alerts"))?;
        let published = publish(&self.app, &permit, self.list.id).await;
        published.map_err(ours("put the confirmed plates in force"))?;
        tell_of_plates(&self.app, &self.list, now).await.map_err(ours("tell of new plates"))?;
        let outcome = if n_new > 0 { FetchOutcome::Imported } else { FetchOutcome::Renewed };
        Ok((outcome, says))
    }

    /// The source gave the same messages as before: their list's age is counted anew, and what ended goes.
    pub(super) async fn renew_alerts(&self) -> Result<(FetchOutcome, String), Failed> {
        let permit = server_permit::<ManageHotlists>(self.list.agency, self.app.now());
        let permit = permit.map_err(ours("renew the list"))?;
        let published = publish(&self.app, &permit, self.list.id).await;
        published.map_err(ours("put the confirmed plates in force"))?;
        Ok((FetchOutcome::Renewed, "The source gave the same messages as before.".to_owned()))
    }

    /// Whether the list and the policy are for AMBER alerts (`AUSP-hotlist-policy`).
    fn may_hold_alerts(&self) -> Result<(), Failed> {
        let no = |why: &str| Err(Failed::File(why.to_owned()));
        if self.list.category != Category::AmberAlert {
            return no("messages of AMBER alerts go into a list of the category “AMBER alert”");
        }
        let Some(policy) = self.app.policy(self.list.agency) else { return Ok(()) };
        let categories = &policy.bundle.settings().hotlists.categories;
        if categories.iter().any(|one| one.category == Category::AmberAlert) {
            return Ok(());
        }
        no("the policy holds no lists of the category “AMBER alert”")
    }
}

fn says(cap: &CapFile, n_new: usize) -> String {
    let mut says = format!(
        "Messages of abducted children: {}, new: {n_new}; about something else: {}; refused: {}.",
        cap.messages.len(),
        cap.n_other,
        cap.n_refused
    );
    for one in cap.refused.iter().take(NAMED_MAX) {
        says.push_str(&format!("\nLine {}: {}", one.line, one.why));
    }
    let named = u64::try_from(NAMED_MAX).unwrap_or(u64::MAX);
    if cap.n_refused > named {
        says.push_str(&format!("\nand {} more", cap.n_refused - named));
    }
    says
}
