//! The chief security officer's digest: each day's sign-in attempts, locks, refusals and starts of the server
//! (`AUS-344.3.1a1`).

mod odd;
mod text;

pub use odd::Odd;
pub use text::digest_text;

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::access::{ListPeople, ReadSecurityDigest};
use domain::{AgencyId, Day, Person, PersonId, Timestamp};
use jiff::tz::TimeZone;
use store::{AuditQuery, AuditRow, LedgerLook, LogId};

use odd::what_is_odd;

use super::{AuditLine, begins, by_pseudonym, index, lines, today, zone};
use crate::policies::local_day;
use crate::record::{About, server_permit};
use crate::{App, AskError, Ctx};

/// Things of one kind that are shown one by one; those beyond are counted.
const SHOWN: u32 = 200;
/// Sign-ins of a day that are looked at for what is odd about them.
const SIGN_INS: u32 = 5_000;
/// Earlier sign-ins that are looked at.
const EARLIER: u32 = 200;

/// A sign-in that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Its leaf; none where it stands in the server's log, which is no agency's to open.
    pub leaf: Option<u64>,
    /// When.
    pub at: Timestamp,
    /// Why it failed: `wrong-password`, `wrong-code`, `password-locked`, `unknown-name`, …
    pub why: String,
    /// At whose account, where it is known.
    pub person: Option<PersonId>,
    /// The account as it was called then; empty where it is unknown or no longer kept.
    pub account: String,
    /// From where.
    pub address: String,
}

/// A sign-in that succeeded and was odd.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OddSignIn {
    /// Its leaf.
    pub leaf: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub person: Option<PersonId>,
    /// From where.
    pub address: String,
    /// What is odd about it.
    pub odd: Vec<Odd>,
}

/// How somebody's account stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockState {
    /// By name.
    pub name: String,
    /// Whether the account is disabled.
    pub is_disabled: bool,
}

/// A day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayDigest {
    /// Which, where the agency is.
    pub day: Day,
    /// What day it is there now.
    pub today: Day,
    /// Sign-ins that failed, oldest first.
    pub failed: Vec<Attempt>,
    /// How many failed: more than are shown, when there were very many.
    pub n_failed: u64,
    /// How many succeeded.
    pub n_signed_in: u64,
    /// Sign-ins that succeeded and were odd.
    pub odd: Vec<OddSignIn>,
    /// Passwords that failures locked.
    pub passwords_locked: Vec<Attempt>,
    /// Accounts that somebody locked: when, by whom, which.
    pub accounts_locked: Vec<AuditLine>,
    /// How often each person was refused something, most first.
    pub refused: Vec<(PersonId, u64)>,
    /// What the server did: `server-started`, `server-stopped`, `clock-stepped-back`, `attempts-counted`.
    pub server: Vec<(String, Timestamp)>,
    /// Everybody who is named in it.
    pub people: BTreeMap<PersonId, LockState>,
}

/// What a server's log tells of the server.
const OF_THE_SERVER: [&str; 4] =
    ["server-started", "server-stopped", "clock-stepped-back", "attempts-counted"];

/// The digest of a day, where the agency is; of today where none is given. For the console by who reads it, for mail by
/// the server itself.
pub async fn security_digest(
    app: &App,
    ctx: &Ctx,
    day: Option<Day>,
) -> Result<DayDigest, AskError> {
    let today = today(app, ctx);
    let day = day.unwrap_or(today);
    let act = app.begin::<ReadSecurityDigest>(ctx, About::one("day", day)).await?;
    let log = LogId::of_agency(ctx.agency);
    index::be_current(app, log).await?;
    index::be_current(app, LogId::SERVER).await?;
    let zone = zone(app, ctx.agency);
    let span = (begins(day, &zone), begins(day.next(), &zone));
    let people = by_pseudonym(app, ctx.agency, ctx.now).await?;
    let gather = Gather { app, ctx, log, day, span, zone, people };
    let digest = gather.digest(today).await?;
    act.done([format!("digest of {day}")]);
    Ok(digest)
}

/// Gathers a day.
struct Gather<'a> {
    app: &'a App,
    ctx: &'a Ctx,
    log: LogId,
    day: Day,
    span: (Timestamp, Timestamp),
    zone: TimeZone,
    people: HashMap<String, Person>,
}

impl Gather<'_> {
    async fn digest(&self, today: Day) -> Result<DayDigest, AskError> {
        let (failed, n_failed) = self.lines(self.log, ("sign-in", "refuse")).await?;
        let (strangers, n_strangers) = self.lines(LogId::SERVER, ("sign-in", "refuse")).await?;
        let mut failed: Vec<Attempt> = failed.iter().map(|line| self.attempt(line)).collect();
        // What stands in the server's log has a number there that opens nothing here.
        failed.extend(strangers.iter().map(|line| Attempt { leaf: None, ..self.attempt(line) }));
        failed.sort_by_key(|one| one.at);
        let (signed_in, n_signed_in) = self.rows(self.log, ("sign-in", "permit"), SIGN_INS).await?;
        let (locked, _) = self.lines(self.log, ("password-locked", "")).await?;
        let (accounts_locked, _) = self.lines(self.log, ("lock-account", "permit")).await?;
        let mut digest = DayDigest {
            day: self.day,
            today,
            failed,
            n_failed: n_failed + n_strangers,
            n_signed_in,
            odd: self.odd(signed_in).await?,
            passwords_locked: locked.iter().map(|line| self.attempt(line)).collect(),
            accounts_locked,
            refused: self.refused().await?,
            server: self.server().await?,
            people: BTreeMap::new(),
        };
        digest.people = self.named_in(&digest);
        Ok(digest)
    }

    async fn rows(
        &self,
        log: LogId,
        what: (&str, &str),
        limit: u32,
    ) -> Result<(Vec<AuditRow>, u64), AskError> {
        let store = &self.app.inner().store;
        let found = store.audit_between(LedgerLook { log }, self.span, what, limit).await;
        found.map_err(AskError::failed("look up a day of the record"))
    }

    async fn lines(
        &self,
        log: LogId,
        what: (&str, &str),
    ) -> Result<(Vec<AuditLine>, u64), AskError> {
        let (rows, n) = self.rows(log, what, SHOWN).await?;
        Ok((lines(self.app, log, rows).await?, n))
    }

    fn attempt(&self, line: &AuditLine) -> Attempt {
        let at_account = |person: &&Person| person.named() == line.objects;
        let person = self.people.values().find(at_account).map(|person| person.id);
        Attempt {
            leaf: Some(line.row.leaf),
            at: line.row.at,
            why: line.row.reasons.join(" "),
            person,
            account: line.objects.clone(),
            address: line.address.clone(),
        }
    }

    async fn odd(&self, signed_in: Vec<AuditRow>) -> Result<Vec<OddSignIn>, AskError> {
        let (look, store) = (LedgerLook { log: self.log }, &self.app.inner().store);
        let new_devices = self.on_new_devices().await?;
        let (mut rows, mut what) = (Vec::new(), Vec::new());
        for row in signed_in {
            let earlier = store.sign_ins_before(look, row.leaf, EARLIER).await;
            let earlier = earlier.map_err(AskError::failed("look up earlier sign-ins"))?;
            let person = self.people.get(&row.actor).map(|person| person.id);
            let is_new = person.is_some_and(|person| new_devices.contains(&(person, row.at)));
            let odd = what_is_odd(row.at, is_new, &earlier, &self.zone);
            if !odd.is_empty() {
                rows.push(row);
                what.push(odd);
            }
        }
        let lines = lines(self.app, self.log, rows).await?;
        let one = |(line, odd): (AuditLine, Vec<Odd>)| OddSignIn {
            leaf: line.row.leaf,
            at: line.row.at,
            person: self.people.get(&line.row.actor).map(|person| person.id),
            address: line.address,
            odd,
        };
        Ok(lines.into_iter().zip(what).map(one).collect())
    }

    /// Who signed in, and when, from a device that they had not used before. The log does not say which device it was: that
    /// stands in the list of sign-ins, which is kept for a year.
    async fn on_new_devices(&self) -> Result<HashSet<(PersonId, Timestamp)>, AskError> {
        let permit = server_permit::<ListPeople>(self.ctx.agency, self.ctx.now)?;
        let rows = self.app.inner().store.sign_ins(&permit, self.span.0, self.span.1).await;
        let rows = rows.map_err(AskError::failed("list a day's sign-ins"))?;
        let is_new = rows.into_iter().filter(|row| row.is_new_device);
        Ok(is_new.map(|row| (row.person, row.at)).collect())
    }

    async fn refused(&self) -> Result<Vec<(PersonId, u64)>, AskError> {
        let query = AuditQuery {
            decision: Some("refuse".to_owned()),
            from: Some(self.day),
            to: Some(self.day),
            ..AuditQuery::default()
        };
        let permit = server_permit(self.ctx.agency, self.ctx.now)?;
        let rows = self.app.inner().store.search_audit(&permit, &query, 10 * SHOWN).await;
        let mut counted = BTreeMap::<PersonId, u64>::new();
        for row in rows.map_err(AskError::failed("look up a day's refusals"))? {
            if let Some(person) = self.people.get(&row.actor) {
                *counted.entry(person.id).or_default() += 1;
            }
        }
        let mut sorted: Vec<_> = counted.into_iter().collect();
        sorted.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        Ok(sorted)
    }

    async fn server(&self) -> Result<Vec<(String, Timestamp)>, AskError> {
        let mut all = Vec::new();
        for action in OF_THE_SERVER {
            let (rows, _) = self.rows(LogId::SERVER, (action, ""), SHOWN).await?;
            all.extend(rows.into_iter().map(|row| (row.action, row.at)));
        }
        all.sort_by_key(|(_, at)| *at);
        Ok(all)
    }

    fn named_in(&self, digest: &DayDigest) -> BTreeMap<PersonId, LockState> {
        let attempts = digest.failed.iter().chain(&digest.passwords_locked);
        let named = attempts
            .filter_map(|one| one.person)
            .chain(digest.odd.iter().filter_map(|one| one.person))
            .chain(digest.refused.iter().map(|(person, _)| *person));
        let by_id: HashMap<PersonId, &Person> =
            self.people.values().map(|person| (person.id, person)).collect();
        let state = |person: &Person| LockState {
            name: person.name.clone(),
            is_disabled: person.disabled.is_some(),
        };
        named.filter_map(|id| by_id.get(&id).map(|person| (id, state(person)))).collect()
    }
}

/// The day, where an agency is, whose digest is due at a moment: the one before.
pub fn digest_day(app: &App, agency: AgencyId, now: Timestamp) -> Day {
    local_day(now, &zone(app, agency)).previous()
}
