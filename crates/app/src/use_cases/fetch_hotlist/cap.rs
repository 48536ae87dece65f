//! A file of messages of AMBER alerts that was fetched.

use std::io::Read as _;

use domain::FetchOutcome;
use domain::access::ManageHotlists;
use hotfile::CAP_BYTES_MAX;

use super::file::File;
use super::{Failed, OneFetch, ours};
use crate::record::server_permit;
use crate::use_cases::amber::{CapError, CapTaken, keep_new, publish, read_file};

/// Refused messages that are named.
const NAMED_MAX: usize = 10;

impl From<CapError> for Failed {
    fn from(err: CapError) -> Self {
        match err {
            CapError::Unfit(why) => Self::File(why),
            CapError::Ours { doing, err } => Self::Ours { doing, err },
        }
    }
}

impl OneFetch {
    /// Keeps what is new, and puts in force what people have confirmed of what counts.
    pub(super) async fn take_cap(&self, file: File) -> Result<(FetchOutcome, String), Failed> {
        let mut bytes = Vec::new();
        let most = u64::try_from(CAP_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        let read = file.spooled.take(most).read_to_end(&mut bytes);
        read.map_err(ours("read the file"))?;
        let read = read_file(&self.app, &self.list, bytes).await?;
        let says = says(&read.holds());
        if self.dry_run {
            return Ok((FetchOutcome::Tried, format!("{says} Nothing was changed.")));
        }
        let n_new = keep_new(&self.app, &self.list, &read).await?;
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
}

fn says(holds: &CapTaken) -> String {
    let CapTaken { n_messages, n_new, n_other, n_refused, refused } = holds;
    let mut says = format!(
        "Messages of abducted children: {n_messages}, new: {n_new}; about something else: {n_other}; refused: {n_refused}."
    );
    for one in refused.iter().take(NAMED_MAX) {
        says.push_str(&format!("\nLine {}: {}", one.line, one.why));
    }
    let named = u64::try_from(NAMED_MAX).unwrap_or(u64::MAX);
    if *n_refused > named {
        says.push_str(&format!("\nand {} more", n_refused - named));
    }
    says
}
