//! Counting failures: of an account, and of the addresses they come from.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::PoisonError;
use std::time::Duration;

use domain::{AgencyId, Person, Timestamp};
use identity::throttle::{Account, AfterFailure, Attempt, Limits};
use ledger::leaf::{ClearField, Kind, SealedField};
use store::PasswordRow;
use tokio::sync::{Mutex, MutexGuard};

use super::{Door, SignInRefused, limits};
use crate::record::Says;
use crate::{App, Ctx, Origin, Part};

/// So often a count is tried again when others count at the same time.
const TRIES: usize = 20;

/// Attempts at the same time that could slip past the count wait for each other: those from one address, and those at one
/// account. Some that have nothing to do with each other wait too.
pub(crate) struct Turns {
    hasher: RandomState,
    addresses: Vec<Mutex<()>>,
    accounts: Vec<Mutex<()>>,
}

/// Turns that are told apart.
const N_TURNS: usize = 256;

impl Default for Turns {
    fn default() -> Self {
        let turns = || (0..N_TURNS).map(|_| Mutex::default()).collect();
        Self { hasher: RandomState::new(), addresses: turns(), accounts: turns() }
    }
}

impl Turns {
    /// Waits for the turn of an address. Taken before that of an account.
    pub(super) async fn of_address(&self, door: &Door) -> Option<MutexGuard<'_, ()>> {
        self.take(&self.addresses, address(door)).await
    }

    /// Waits for the turn of an account, by the name with which its person signs in.
    pub(super) async fn of_account(&self, login: &str) -> Option<MutexGuard<'_, ()>> {
        self.take(&self.accounts, login).await
    }

    async fn take<'a>(&self, turns: &'a [Mutex<()>], of: impl Hash) -> Option<MutexGuard<'a, ()>> {
        let place = self.hasher.hash_one(of) % N_TURNS as u64;
        let turn = turns.get(usize::try_from(place).unwrap_or_default())?;
        Some(turn.lock().await)
    }
}

fn address(door: &Door) -> IpAddr {
    door.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// From where an attempt at somebody's account comes, and whether they signed in with this browser before.
async fn attempt(
    app: &App,
    door: &Door,
    person: Option<&Person>,
) -> Result<Attempt, SignInRefused> {
    let known_device = match (&door.device, person) {
        (Some(device), Some(person)) => {
            let known = app.inner().store.is_known_device(&device.hash(), person.id).await;
            known.map_err(SignInRefused::failed("look up a browser"))?
        }
        _ => false,
    };
    Ok(Attempt { address: address(door), known_device })
}

/// Turns away an address that has to wait. A browser with which the person signed in before does not wait for what others do
/// behind the same address.
pub(super) async fn admit(
    app: &App,
    door: &Door,
    person: Option<&Person>,
    now: Timestamp,
) -> Result<(), SignInRefused> {
    let attempt = attempt(app, door, person).await?;
    let addresses = app.inner().addresses.lock().unwrap_or_else(PoisonError::into_inner);
    let admitted = addresses.admit(attempt, now);
    admitted.map_err(|wait| SignInRefused::MustWait { until: wait.until })
}

/// The account's count as it is kept.
pub(super) fn account(row: &PasswordRow) -> Account {
    serde_json::from_str(&row.guard).unwrap_or_default()
}

fn written(account: &Account) -> String {
    serde_json::to_string(account).unwrap_or_default()
}

/// Writes down that somebody did not get in, and counts it against their address alone: a passkey cannot be guessed, and one
/// that is refused locks no password.
pub(super) async fn failed_without_password(
    app: &App,
    door: &Door,
    person: Option<&Person>,
    why: &'static str,
    now: Timestamp,
) -> Result<(), SignInRefused> {
    let attempt = attempt(app, door, person).await?;
    app.inner().addresses.lock().unwrap_or_else(PoisonError::into_inner).failed(attempt, now);
    metrics::counter!("plateglass_sign_ins_refused_total").increment(1);
    let agency = person.map(|person| person.agency);
    refused(app, door, agency, person, why, now).await
}

/// Writes down that somebody did not get in, and counts it against their account and their address. What locks the
/// password is an alarm.
pub(super) async fn failed(
    app: &App,
    door: &Door,
    person: Option<&Person>,
    why: &'static str,
    now: Timestamp,
) -> Result<(), SignInRefused> {
    failed_without_password(app, door, person, why, now).await?;
    let Some(person) = person else { return Ok(()) };
    if count(app, person, now).await? {
        metrics::counter!("plateglass_passwords_locked_total").increment(1);
        tracing::warn!(person = person.id.to_i64(), "a password is locked after too many failures");
        event(app, door, person, "password-locked", now).await?;
    }
    Ok(())
}

/// Counts a failure of the account; whether that locked it.
async fn count(app: &App, person: &Person, now: Timestamp) -> Result<bool, SignInRefused> {
    let failing = || SignInRefused::failed("count a failed sign-in");
    let rules = limits(app, person.agency);
    let within = Duration::from_secs(u64::from(rules.failures_window_minutes) * 60);
    let allowed = u8::try_from(rules.failures_max).unwrap_or(u8::MAX);
    let store = &app.inner().store;
    for _ in 0..TRIES {
        let Some(row) = store.password(person.id).await.map_err(failing())? else {
            return Ok(false);
        };
        let mut account = account(&row);
        let after = account.failed(Limits::tightened(allowed, within), now);
        let locked_at = account.locked_at();
        let swapped = store.swap_guard(person.id, &row.guard, &written(&account), locked_at).await;
        if swapped.map_err(failing())? {
            return Ok(after == AfterFailure::NowLocked);
        }
    }
    Ok(false)
}

/// Forgets the account's failures: somebody got in.
pub(super) async fn succeeded(
    app: &App,
    door: &Door,
    person: &Person,
) -> Result<(), SignInRefused> {
    let failing = || SignInRefused::failed("forget failed sign-ins");
    let attempt = attempt(app, door, Some(person)).await?;
    app.inner().addresses.lock().unwrap_or_else(PoisonError::into_inner).succeeded(attempt);
    let store = &app.inner().store;
    let Some(row) = store.password(person.id).await.map_err(failing())? else { return Ok(()) };
    let mut account = account(&row);
    account.succeeded();
    let locked_at = account.locked_at();
    // When somebody counted a failure meanwhile it stays counted.
    store
        .swap_guard(person.id, &row.guard, &written(&account), locked_at)
        .await
        .map_err(failing())?;
    Ok(())
}

/// Writes down that somebody did not get in, in the log of the agency whose account they tried or whose provider they come
/// from; else in the server's.
pub(super) async fn refused(
    app: &App,
    door: &Door,
    agency: Option<AgencyId>,
    person: Option<&Person>,
    why: &'static str,
    now: Timestamp,
) -> Result<(), SignInRefused> {
    let ctx = outside(door, agency, now);
    let says = Says::of(app, &ctx);
    let mut draft = says
        .who(Kind::Event, "sign-in")
        .text(ClearField::Decision, "refuse")
        .words(ClearField::Reasons, [why]);
    if let Some(person) = person {
        draft = says.seal(draft, SealedField::Objects, person.named());
    }
    Ok(app.record_of_stranger(&ctx, draft).await?)
}

/// Writes down what happened to somebody's account at the door.
pub(super) async fn event(
    app: &App,
    door: &Door,
    person: &Person,
    action: &'static str,
    now: Timestamp,
) -> Result<(), SignInRefused> {
    let ctx = outside(door, Some(person.agency), now);
    let says = Says::of(app, &ctx);
    let draft = says.who(Kind::Event, action);
    let draft = says.seal(draft, SealedField::Objects, person.named());
    app.record(&ctx, draft).await?;
    Ok(())
}

/// Somebody who is not signed in, as an agency sees them; else as the server does.
fn outside(door: &Door, agency: Option<AgencyId>, now: Timestamp) -> Ctx {
    let origin = Origin { part: Part::Console, session: None, address: door.address };
    let nobody = Ctx::nobody(now);
    Ctx { origin, agency: agency.unwrap_or(nobody.agency), ..nobody }
}
