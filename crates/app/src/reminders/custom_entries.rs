//! What people are told about the agency's own entries: that one waits for approval.

use std::time::Duration;

use domain::AgencyId;
use domain::Timestamp;
use domain::access::ListCustomEntries;
use domain::custom::CustomState;
use policy::Action;

use super::Round;
use crate::App;
use crate::error::BoxError;
use crate::record::server_permit;

/// Entries that are looked through.
const ENTRIES: u32 = 500;
/// Whoever may approve is told again so often that an entry still waits.
const TOLD_EVERY: Duration = Duration::from_secs(4 * 3600);

/// Writes mail, to each who may approve it, of every entry that waits and that they were not told of in the last hours.
pub(crate) async fn tell_of_custom_entries(
    app: &App,
    agency: AgencyId,
    now: Timestamp,
) -> Result<(), BoxError> {
    let Some(mail) = &app.inner().config.mail else { return Ok(()) };
    let Some(policy) = app.policy(agency) else { return Ok(()) };
    Round { app, mail, agency, policy, now }.of_custom_entries().await
}

impl Round<'_> {
    /// Entries that wait (`TWF-401.4f`): only that they do, for a mail may be read by others.
    pub(super) async fn of_custom_entries(&self) -> Result<(), BoxError> {
        let permit = server_permit::<ListCustomEntries>(self.agency, self.now)?;
        let mut waiting = self.app.inner().store.custom_entries(&permit, ENTRIES).await?;
        waiting.retain(|entry| entry.state(self.now) == CustomState::Waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        for person in self.who_may(Action::ApproveCustomEntry).await? {
            for entry in waiting.iter().filter(|entry| entry.author != person.id) {
                let (id, url) = (entry.id, &self.mail.console_url);
                let waited = self.now.since(entry.asked_at).as_secs();
                let n_told = waited / TOLD_EVERY.as_secs();
                let body = format!(
                    "An entry of the agency's own waits for somebody who approves or refuses it. Until then it raises no hits.\n\n\
                     Open it: {url}/entries/{id}\n"
                );
                let still = if n_told == 0 { "waits" } else { "still waits" };
                let subject = format!("Entry {id} {still} for approval");
                let once = format!("custom entry {id} waits, {n_told}, person {}", person.id);
                self.queue(&person, once, subject, body).await?;
            }
        }
        Ok(())
    }
}
