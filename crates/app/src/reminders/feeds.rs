//! Mail about lists that are fetched: that fetching fails again and again, and that plates of AMBER alerts wait for a person.

use std::sync::Arc;

use domain::access::ListHotlists;
use domain::{FeedState, Hotlist, Timestamp};
use policy::Action;

use super::Round;
use crate::App;
use crate::error::BoxError;
use crate::policies::InForce;
use crate::record::server_permit;
use crate::use_cases::amber::n_waiting;

/// The round of a list's agency; none where no mail is sent.
fn round<'a>(app: &'a App, list: &Hotlist, now: Timestamp) -> Option<Round<'a>> {
    let mail = app.inner().config.mail.as_ref()?;
    let policy: Arc<InForce> = app.policy(list.agency)?;
    Some(Round { app, mail, agency: list.agency, policy, now })
}

/// Tells whoever may change lists that fetching one fails again and again: once, until it works again.
pub(crate) async fn tell_of_feed(
    app: &App,
    list: &Hotlist,
    state: &FeedState,
    why: &str,
    now: Timestamp,
) -> Result<(), BoxError> {
    let (Some(round), Some(since)) = (round(app, list, now), state.failing_since) else {
        return Ok(());
    };
    let subject = format!("A hotlist cannot be fetched: {}", list.name);
    let body = format!(
        "Fetching the hotlist “{}” has failed {} times, since {since}. The list in force stays, and grows old.\n\n{why}\n\nSee to it: \
         {}/hotlists/{}\n",
        list.name, state.n_failed, round.mail.console_url, list.id
    );
    for person in round.who_may(Action::ManageHotlists).await? {
        let once =
            format!("hotlist {} failing since {}, person {}", list.id, since.micros(), person.id);
        round.queue(&person, once, subject.clone(), body.clone()).await?;
    }
    Ok(())
}

/// Tells whoever may confirm them that plates of AMBER alerts wait: once for each message that brought some. The mail names no
/// plate and nobody.
pub(crate) async fn tell_of_plates(
    app: &App,
    list: &Hotlist,
    now: Timestamp,
) -> Result<(), BoxError> {
    let Some(round) = round(app, list, now) else { return Ok(()) };
    let permit = server_permit::<ListHotlists>(list.agency, now)?;
    let messages = app.inner().store.amber_messages(&permit, list.id).await?;
    let Some(last) = messages.last().map(|message| message.id) else { return Ok(()) };
    let n = n_waiting(messages, now);
    if n == 0 {
        return Ok(());
    }
    let plates =
        if n == 1 { "plate of an AMBER alert waits" } else { "plates of AMBER alerts wait" };
    let subject = format!("{n} {plates} for a person");
    let body = format!(
        "{n} {plates} for a person to confirm. Nothing of them is matched until somebody has.\n\nRead the alert, and confirm, \
         correct or refuse each: {}/hotlists/{}/alerts\n",
        round.mail.console_url, list.id
    );
    for person in round.who_may(Action::ConfirmAmberPlates).await? {
        let once = format!("plates of alert {last} wait, list {}, person {}", list.id, person.id);
        round.queue(&person, once, subject.clone(), body.clone()).await?;
    }
    Ok(())
}
