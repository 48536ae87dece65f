//! Mail: written down first, then sent, and tried again when the server does not take it.

use std::time::Duration;

use domain::Timestamp;
use outbound::{Mail, MailServer, Mailer, SendMailError};
use store::DueMail;
pub use store::MailTrouble;

use crate::App;
use crate::error::BoxError;

/// How many are sent in one round.
const AT_ONCE: i64 = 50;
/// How long a mail is tried before it is given up: what it says has passed by then.
const TRIED_FOR: Duration = Duration::from_secs(3 * 86_400);
/// Between the first tries; later ones come an hour after each other.
const WAITS: [Duration; 4] = [
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(30 * 60),
];
const LATER: Duration = Duration::from_secs(3600);

/// How mail is sent, and what it leads back to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailConfig {
    /// The server that takes it.
    pub server: MailServer,
    /// What people type to get to the console, without a slash at the end.
    pub console_url: String,
}

/// Sends the mail whose time has come. Without a mail server none is ever written down.
pub async fn send_due_mail(app: &App, now: Timestamp) -> Result<(), BoxError> {
    let Some(config) = &app.inner().config.mail else { return Ok(()) };
    // Two rounds at once would send what is due twice.
    let _turn = app.inner().mailing.lock().await;
    let mailer = Mailer::new(&config.server)?;
    let store = &app.inner().store;
    for due in store.due_mails(now, AT_ONCE).await? {
        let id = due.id;
        let next = next_try(&due, now);
        match send(mailer.clone(), due).await? {
            Ok(()) => store.mail_sent(id, now).await?,
            Err(err) => {
                metrics::counter!("plateglass_mails_not_taken_total").increment(1);
                let next = next.filter(|_| matches!(err, SendMailError::NotNow { .. }));
                store.mail_not_sent(id, &err.to_string(), next).await?;
                tracing::warn!(mail = id, error = crate::chain(&err), "a mail was not sent");
            }
        }
    }
    Ok(())
}

/// Sends one, on a thread that nobody waits for.
async fn send(mailer: Mailer, due: DueMail) -> Result<Result<(), SendMailError>, BoxError> {
    let mail = Mail {
        to: due.email,
        subject: due.subject,
        body: due.body,
        // A mail that was taken while this server ended comes again, and is known by this.
        id: format!("plateglass-{}-{}", due.made_at.micros(), due.id),
    };
    Ok(tokio::task::spawn_blocking(move || mailer.send(&mail)).await?)
}

/// When a mail that is not taken now is tried again; never when it is too old.
fn next_try(due: &DueMail, now: Timestamp) -> Option<Timestamp> {
    let wait = WAITS.get(due.n_tries as usize).copied().unwrap_or(LATER);
    let next = now.plus(wait);
    (next < due.made_at.plus(TRIED_FOR)).then_some(next)
}

#[cfg(test)]
mod tests {
    use domain::{AgencyId, PersonId};

    use super::*;

    fn tried(n_tries: u32) -> DueMail {
        DueMail {
            id: 1,
            agency: AgencyId::from_i64(1),
            person: PersonId::from_i64(1),
            email: String::new(),
            subject: String::new(),
            body: String::new(),
            made_at: Timestamp::from_micros(0),
            n_tries,
        }
    }

    #[test]
    fn a_mail_is_tried_less_and_less_often_and_given_up_after_three_days() {
        let mut now = Timestamp::from_micros(0);
        let mut n_tries = 0;
        let mut waited = Duration::ZERO;
        while let Some(next) = next_try(&tried(n_tries), now) {
            assert!(next.since(now) >= waited, "waits grow");
            waited = next.since(now);
            now = next;
            n_tries += 1;
        }
        assert!((70..=80).contains(&n_tries), "{n_tries} tries in three days");
        assert!(now < Timestamp::from_micros(0).plus(TRIED_FOR));
    }
}
