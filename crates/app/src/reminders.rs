//! What people are told by mail: training that ends, accounts that have to be confirmed, each day's digest of sign-ins.

mod custom_entries;
mod feeds;
mod hits;
mod shifts;

pub(crate) use custom_entries::tell_of_custom_entries;
pub(crate) use feeds::{tell_of_feed, tell_of_plates};
pub use hits::watch_hits;
pub use shifts::watch_shifts;

use std::sync::Arc;

use domain::access::{ListHotlists, ListPeople, ListTraining, ReportTrouble};
use domain::{AgencyId, Day, Person, Staleness, Timestamp};
use policy::Action;
use policy::settings::Course;
use store::NewMail;

use crate::error::BoxError;
use crate::mail::MailConfig;
use crate::matching::fresh_for;
use crate::policies::InForce;
use crate::record::server_permit;
use crate::use_cases::oversight::{digest_day, digest_text, security_digest};
use crate::use_cases::people::review_at;
use crate::use_cases::training::{Standing, standing};
use crate::{App, Ctx, SignedIn};

/// A course that counts for so many more days, and no more than its bundle warns ahead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// The course's name.
    pub course: String,
    /// The last day on which it counts.
    pub until: Day,
    /// On how many days it still counts, today and that day with them.
    pub n_days: u32,
    /// So many days before it lapses the bundle warns: the warning that was reached last.
    pub warning: u32,
    /// The clause that asks for the course.
    pub clause: String,
}

/// What ends soon, if it does. `standing` is how somebody stands to `course` on the day `today`.
pub fn ending(course: &Course, standing: Standing, today: Day) -> Option<Ending> {
    let Standing::Valid(Some(until)) = standing else { return None };
    // It lapses at the midnight after its last day.
    let n_days = u32::try_from(until.next().number() - today.number()).ok();
    let n_days = n_days.filter(|days| *days > 0)?;
    let warning = course.warning(n_days)?;
    let (course, clause) = (course.label.clone(), course.clause.clone());
    Some(Ending { course, until, n_days, warning, clause })
}

impl SignedIn {
    /// What of their training lapses soon.
    pub fn endings(&self, now: Timestamp) -> Vec<Ending> {
        let Some(policy) = &self.policy else { return Vec::new() };
        let today = policy.day(now);
        let courses = policy.bundle.settings().training.iter();
        let stands = |word: &str, course| standing(course, word, &self.standing.completions, today);
        courses.filter_map(|(word, course)| ending(course, stands(word, course), today)).collect()
    }
}

impl Ending {
    /// When, after “lapses”.
    pub fn when(&self) -> String {
        match self.n_days {
            1 => "tonight at midnight".to_owned(),
            days => format!("in {days} days, after {}", self.until),
        }
    }

    /// In a sentence.
    pub fn says(&self) -> String {
        format!("Your {} lapses {}", lower_first(&self.course), self.when())
    }
}

/// A name within a sentence.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(char::to_lowercase).into_iter().flatten();
    first.chain(letters).collect()
}

/// Writes down every reminder that is due and was not given, in every agency.
pub async fn remind(app: &App, now: Timestamp) -> Result<(), BoxError> {
    let Some(mail) = &app.inner().config.mail else { return Ok(()) };
    for agency in app.inner().store.agencies().await? {
        let Some(policy) = app.policy(agency.id) else { continue };
        let round = Round { app, mail, agency: agency.id, policy, now };
        round.of_training().await?;
        round.of_accounts().await?;
        round.of_hotlists().await?;
        round.of_custom_entries().await?;
        round.of_security(&agency.name).await?;
    }
    Ok(())
}

/// Writes mail, to each who sees to trouble, of every open report that they were not told of (`AUS-344.3.1b`).
pub(crate) async fn tell_of_troubles(
    app: &App,
    agency: AgencyId,
    now: Timestamp,
) -> Result<(), BoxError> {
    let Some(mail) = &app.inner().config.mail else { return Ok(()) };
    let Some(policy) = app.policy(agency) else { return Ok(()) };
    Round { app, mail, agency, policy, now }.of_troubles().await
}

/// One agency's reminders at one moment.
struct Round<'a> {
    app: &'a App,
    mail: &'a MailConfig,
    agency: AgencyId,
    policy: Arc<InForce>,
    now: Timestamp,
}

impl Round<'_> {
    /// Training that ends (`AUS-344.7b`): so many days ahead as the bundle says.
    async fn of_training(&self) -> Result<(), BoxError> {
        let permit = server_permit::<ListTraining>(self.agency, self.now)?;
        let store = &self.app.inner().store;
        let today = self.policy.day(self.now);
        let completions = store.completions(&permit).await?;
        for person in store.people_in_training(&permit).await? {
            let own: Vec<_> =
                completions.iter().filter(|one| one.person == person.id).cloned().collect();
            for (word, course) in &self.policy.bundle.settings().training {
                let Some(ending) = ending(course, standing(course, word, &own, today), today)
                else {
                    continue;
                };
                let once = format!(
                    "training {word} of {} until {}, {}",
                    person.id, ending.until, ending.warning
                );
                let body = format!(
                    "{} ({}).\n\nFrom the day after you see no reads, hits or searches, until a trainer has recorded that you \
                     completed it again.\n\nYour training: {}/account\n",
                    ending.says(),
                    ending.clause,
                    self.mail.console_url
                );
                self.queue(&person, once, ending.says(), body).await?;
            }
        }
        Ok(())
    }

    /// Accounts and rights that have to be confirmed (CJIS AC-2j): once a month to each who may confirm them.
    async fn of_accounts(&self) -> Result<(), BoxError> {
        let permit = server_permit::<ListPeople>(self.agency, self.now)?;
        let store = &self.app.inner().store;
        let months = self.policy.bundle.settings().sign_in.review_months;
        let people = store.people(&permit).await?;
        let is_due =
            |person: &&Person| person.is_usable(self.now) && review_at(person, months) <= self.now;
        let n_due = people.iter().filter(is_due).count();
        if n_due == 0 {
            return Ok(());
        }
        let day = self.policy.day(self.now).to_string();
        let month = day.get(..7).unwrap_or_default();
        for person in self.who_may(Action::ReviewAccounts).await? {
            let accounts = if n_due == 1 { "account" } else { "accounts" };
            let subject = format!("{n_due} {accounts} to confirm");
            let body = format!(
                "{n_due} {accounts} and the rights that go with them were not confirmed for {months} months (CJIS AC-2j).\n\n\
                 Confirm those that are still needed, disable the others: {}/people\n",
                self.mail.console_url
            );
            let once = format!("accounts to confirm, {month}, person {}", person.id);
            self.queue(&person, once, subject, body).await?;
        }
        Ok(())
    }

    /// Trouble that nobody has closed: the report itself stays on the console, for a mail may be read by others.
    async fn of_troubles(&self) -> Result<(), BoxError> {
        let permit = server_permit::<ReportTrouble>(self.agency, self.now)?;
        let open = self.app.inner().store.open_troubles(&permit).await?;
        if open.is_empty() {
            return Ok(());
        }
        for person in self.who_may(Action::HandleTrouble).await? {
            for trouble in open.iter().filter(|one| one.about.by != Some(person.id)) {
                let (id, cause) = (trouble.id, trouble.about.cause.label());
                let subject = format!("Trouble {id}: {}", lower_first(cause));
                let body = format!(
                    "{cause}; how urgent: {}.\n\nRead it, take it, and close it with what was done: {}/trouble/{id}\n",
                    lower_first(trouble.about.urgency.label()),
                    self.mail.console_url
                );
                let once = format!("trouble {id}, person {}", person.id);
                self.queue(&person, once, subject, body).await?;
            }
        }
        Ok(())
    }

    /// Lists that are older than the law allows and raise no hits: once to each who may change them, until it is renewed and
    /// becomes too old again.
    async fn of_hotlists(&self) -> Result<(), BoxError> {
        let permit = server_permit::<ListHotlists>(self.agency, self.now)?;
        let law = self.policy.bundle.settings().hotlists.law.as_ref();
        let Some(clause) = law.map(|law| law.clause.as_str()) else { return Ok(()) };
        for list in self.app.inner().store.hotlists(&permit).await? {
            let limits = fresh_for(&self.policy, &list);
            let (Some(renewed_at), Staleness::PastLaw { .. }) =
                (list.renewed_at, limits.staleness(list.renewed_at, self.now))
            else {
                continue;
            };
            let subject = format!("A hotlist raises no hits: {}", list.name);
            let body = format!(
                "The hotlist “{}” was last renewed at {renewed_at}. That is longer ago than the law allows ({clause}), so it raises no \
                 hits.\n\nImport it anew: {}/hotlists/{}\n",
                list.name, self.mail.console_url, list.id
            );
            for person in self.who_may(Action::ManageHotlists).await? {
                let once = format!(
                    "hotlist {} silent, renewed {}, person {}",
                    list.id,
                    renewed_at.micros(),
                    person.id
                );
                self.queue(&person, once, subject.clone(), body.clone()).await?;
            }
        }
        Ok(())
    }

    /// The digest of yesterday's sign-ins, to each who may read it (`AUS-344.3.1a1`).
    async fn of_security(&self, agency: &str) -> Result<(), BoxError> {
        let store = &self.app.inner().store;
        let day = digest_day(self.app, self.agency, self.now);
        let once = |person: &Person| format!("security digest of {day}, person {}", person.id);
        let mut untold = Vec::new();
        for person in self.who_may(Action::ReadSecurityDigest).await? {
            if !store.has_mail(self.agency, &once(&person)).await? {
                untold.push(person);
            }
        }
        // Gathering it is on record: it is gathered once a day, not each time that reminders are looked for.
        if untold.is_empty() {
            return Ok(());
        }
        let ctx = Ctx::server(self.agency, self.now);
        let digest = security_digest(self.app, &ctx, Some(day)).await?;
        let body = digest_text(&digest, agency, &self.mail.console_url);
        for person in untold {
            let subject = format!("Sign-ins and access on {day}");
            self.queue(&person, once(&person), subject, body.clone()).await?;
        }
        Ok(())
    }

    /// Everybody who can have mail and holds a role that may do something.
    async fn who_may(&self, action: Action) -> Result<Vec<Person>, BoxError> {
        let permit = server_permit::<ListPeople>(self.agency, self.now)?;
        let store = &self.app.inner().store;
        let matrix = self.policy.bundle.matrix();
        let grants = store.grants(&permit).await?;
        let may = |person: &Person| {
            let mut own = grants.iter().filter(|grant| grant.person == person.id);
            own.any(|grant| grant.counts_at(self.now) && matrix.permits(grant.role, action))
        };
        let people = store.people(&permit).await?;
        Ok(people.into_iter().filter(|one| self.reaches(one) && may(one)).collect())
    }

    /// Whether somebody can have mail.
    fn reaches(&self, person: &Person) -> bool {
        !person.email.is_empty() && person.is_usable(self.now)
    }

    /// Writes a mail down, where its person can have one.
    async fn queue(
        &self,
        to: &Person,
        once: String,
        subject: String,
        body: String,
    ) -> Result<(), BoxError> {
        if !self.reaches(to) {
            return Ok(());
        }
        let new = NewMail { agency: self.agency, person: to.id, once, subject, body };
        self.app.inner().store.queue_mail(&new, self.now).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course() -> Course {
        let (_, files) =
            policy::shipped().iter().find(|(word, _)| *word == "example").expect("it is shipped");
        let bundle = policy::Bundle::read(files).expect("it is good");
        bundle.settings().training.get("reader").expect("it has one").clone()
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn clause_aus_344_7b_training_that_ends_is_told_thirty_fourteen_seven_and_one_day_ahead() {
        let (course, until) = (course(), day("2026-12-31"));
        let warned = |today: &str| {
            let ending = ending(&course, Standing::Valid(Some(until)), day(today));
            ending.map(|ending| (ending.n_days, ending.warning))
        };
        assert_eq!(warned("2026-12-01"), None);
        assert_eq!(warned("2026-12-02"), Some((30, 30)));
        assert_eq!(warned("2026-12-17"), Some((15, 30)));
        assert_eq!(warned("2026-12-18"), Some((14, 14)));
        assert_eq!(warned("2026-12-25"), Some((7, 7)));
        assert_eq!(warned("2026-12-30"), Some((2, 7)));
        assert_eq!(warned("2026-12-31"), Some((1, 1)));
        assert_eq!(warned("2027-01-01"), None);
        let never = ending(&course, Standing::Never, day("2026-12-31"));
        assert_eq!(
            (never, ending(&course, Standing::Valid(None), day("2026-12-31"))),
            (None, None)
        );
    }

    #[test]
    fn an_ending_is_said_in_a_sentence() {
        let (course, until) = (course(), day("2026-12-31"));
        let says =
            |today: &str| ending(&course, Standing::Valid(Some(until)), day(today)).unwrap().says();
        assert_eq!(says("2026-12-25"), "Your reader training lapses in 7 days, after 2026-12-31");
        assert_eq!(says("2026-12-31"), "Your reader training lapses tonight at midnight");
    }
}
