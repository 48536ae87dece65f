//! How guessing is slowed (CJIS `AC-7`): five consecutive failures within 15 minutes lock an account's password until an
//! administrator releases it.
//!
//! Whoever knows names must not be able to lock a department out. So addresses are slowed first: an attempt from an address
//! that has to wait is refused before any password is looked at, and counts against nobody. By the time an address has locked
//! one account it has to wait so long between attempts that it cannot lock a second. Registered passkeys go on working when the
//! password is locked, and a browser with which a person signed in before (a *known device*, told by a cookie of the caller's)
//! does not wait for what others do behind the same address.
//!
//! The order: [`Addresses::admit`], then [`Account::admit`], then the password and the second factor, then `failed` or
//! `succeeded` on both. A failure is counted **before** the password is looked at, or under a lock, so that attempts at the
//! same time do not slip past the count.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// CJIS `AC-7`: consecutive failures that lock an account.
pub const FAILURES_MAX: u8 = 5;
/// CJIS `AC-7`: within so long.
pub const WITHIN: Duration = Duration::from_secs(15 * 60);

/// When an account is locked. An agency may tighten this, not loosen it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    failures: u8,
    within: Duration,
}

impl Limits {
    /// The parameters of CJIS `AC-7`.
    pub const CJIS: Self = Self { failures: FAILURES_MAX, within: WITHIN };

    /// Tighter ones: what is looser than CJIS `AC-7` is taken as `AC-7`, and one failure must be allowed to be a slip.
    pub fn tightened(failures: u8, within: Duration) -> Self {
        Self { failures: failures.clamp(2, FAILURES_MAX), within: within.max(WITHIN) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::CJIS
    }
}

/// What is kept with an account about failures of its password and of the second factor beside it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Account {
    /// Moments of the consecutive failures that still count, oldest first.
    failures: Vec<Timestamp>,
    locked_at: Option<Timestamp>,
}

/// The account's password is locked until an administrator releases it (CJIS `AC-7`). Its passkeys are not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "the password of this account is locked after too many failures; an administrator can release it"
)]
pub struct Locked {
    /// Since when.
    pub since: Timestamp,
}

/// What a failure led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AfterFailure {
    /// It was counted, and so many more are allowed.
    Counted {
        /// How many more until the lock.
        left: u8,
    },
    /// It was the last one: the password is locked from now on.
    NowLocked,
    /// The password was locked before.
    WasLocked,
}

impl Account {
    /// Whether a password may be looked at.
    pub fn admit(&self) -> Result<(), Locked> {
        self.locked_at.map_or(Ok(()), |since| Err(Locked { since }))
    }

    /// Since when the password is locked.
    pub const fn locked_at(&self) -> Option<Timestamp> {
        self.locked_at
    }

    /// Counts a failure. A clock that was set back makes no failure forgotten.
    pub fn failed(&mut self, limits: Limits, now: Timestamp) -> AfterFailure {
        if self.locked_at.is_some() {
            return AfterFailure::WasLocked;
        }
        self.failures.retain(|then| now.since(*then) < limits.within);
        self.failures.push(now);
        let counted = u8::try_from(self.failures.len()).unwrap_or(u8::MAX);
        if counted < limits.failures {
            return AfterFailure::Counted { left: limits.failures - counted };
        }
        self.locked_at = Some(now);
        AfterFailure::NowLocked
    }

    /// Password and second factor were right: failures are no longer consecutive. A lock stays.
    pub fn succeeded(&mut self) {
        if self.locked_at.is_none() {
            self.failures.clear();
        }
    }

    /// An administrator releases the password.
    pub fn release(&mut self) {
        *self = Self::default();
    }
}

/// Where an attempt to sign in comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// The address.
    pub address: IpAddr,
    /// Whether this browser proves by a cookie that **the same person** signed in with it before: it does not wait for what
    /// others do behind its address, and counts for its account alone.
    pub known_device: bool,
}

/// An address has to wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there were too many failures from this address: wait until {until}")]
pub struct MustWait {
    /// Until when.
    pub until: Timestamp,
}

/// Waiting after failures: so many are free, the next costs [`WAIT_FIRST`], each further one four times as much.
#[derive(Clone, Copy, Debug)]
struct Ladder {
    free: u32,
}

/// One address: two slips are free.
const OF_ADDRESS: Ladder = Ladder { free: 2 };
/// Everybody in a block of addresses: enough for a shift that comes on duty, too little for a net of machines.
const OF_BLOCK: Ladder = Ladder { free: 30 };
/// The first wait.
const WAIT_FIRST: Duration = Duration::from_secs(15);
/// The longest one: longer than [`WITHIN`], so that an address at the top of the ladder never has two failures that count
/// together.
const WAIT_MAX: Duration = Duration::from_secs(16 * 60);
/// An address that was quiet for so long begins anew.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 3600);

impl Ladder {
    fn wait(self, n_failures: u32) -> Duration {
        let Some(rung) = n_failures.checked_sub(self.free + 1) else { return Duration::ZERO };
        let factor = 4_u32.checked_pow(rung).unwrap_or(u32::MAX);
        WAIT_FIRST.saturating_mul(factor).min(WAIT_MAX)
    }
}

/// Failures from one place.
#[derive(Clone, Copy, Debug)]
struct Seen {
    n_failures: u32,
    last: Timestamp,
}

/// Failures by address and by block of addresses. Lives in memory: after a restart all begin anew, and accounts do not.
#[derive(Debug)]
pub struct Addresses {
    addresses: Bounded<IpAddr>,
    blocks: Bounded<IpAddr>,
}

impl Addresses {
    /// So many addresses are remembered, and as many blocks; beyond that the ones longest quiet are forgotten.
    pub fn new(remembered_max: usize) -> Self {
        Self { addresses: Bounded::new(remembered_max), blocks: Bounded::new(remembered_max) }
    }

    /// Whether an attempt from there is taken at all. One that is not must not be counted against an account.
    pub fn admit(&self, attempt: Attempt, now: Timestamp) -> Result<(), MustWait> {
        if attempt.known_device {
            return Ok(());
        }
        let address = self.addresses.until(&one(attempt.address), OF_ADDRESS);
        let until = address.max(self.blocks.until(&block(attempt.address), OF_BLOCK));
        match until {
            // A clock that was set back makes nobody wait longer than the longest wait.
            Some(until) if now < until && until.since(now) <= WAIT_MAX => Err(MustWait { until }),
            _ => Ok(()),
        }
    }

    /// Counts a failure.
    pub fn failed(&mut self, attempt: Attempt, now: Timestamp) {
        if !attempt.known_device {
            self.addresses.failed(one(attempt.address), now);
            self.blocks.failed(block(attempt.address), now);
        }
    }

    /// Somebody signed in from there with both factors: the address begins anew. Who guesses in between with an account of
    /// their own leaves their name in the ledger each time, and a one-time code is good for one sign-in in 30 seconds.
    pub fn succeeded(&mut self, attempt: Attempt) {
        self.addresses.seen.remove(&one(attempt.address));
        self.blocks.forgive(&block(attempt.address), OF_ADDRESS.free + 1);
    }

    /// How many addresses are remembered.
    pub fn n_remembered(&self) -> usize {
        self.addresses.seen.len()
    }
}

/// What one subscriber has: an IPv4 address, or 64 bits of an IPv6 address.
fn one(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What one customer of a provider has at most: 24 bits of IPv4, 48 of IPv6.
fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 80))),
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8))),
    }
}

#[derive(Debug)]
struct Bounded<K> {
    seen: HashMap<K, Seen>,
    max: usize,
}

impl<K: Copy + Eq + Hash + Ord> Bounded<K> {
    fn new(max: usize) -> Self {
        Self { seen: HashMap::new(), max: max.max(8) }
    }

    fn until(&self, key: &K, ladder: Ladder) -> Option<Timestamp> {
        self.seen.get(key).map(|seen| seen.last.plus(ladder.wait(seen.n_failures)))
    }

    fn failed(&mut self, key: K, now: Timestamp) {
        if self.seen.len() >= self.max && !self.seen.contains_key(&key) {
            self.make_room(now);
        }
        let seen = self.seen.entry(key).or_insert(Seen { n_failures: 0, last: now });
        if now.since(seen.last) >= FORGOTTEN_AFTER {
            seen.n_failures = 0;
        }
        seen.n_failures = seen.n_failures.saturating_add(1);
        seen.last = now;
    }

    fn forgive(&mut self, key: &K, n_failures: u32) {
        if let Some(seen) = self.seen.get_mut(key) {
            seen.n_failures = seen.n_failures.saturating_sub(n_failures);
        }
    }

    /// Forgets who was quiet long enough; where nobody was, the eighth that was quiet longest, so that a flood of addresses
    /// costs one sorting for every eighth of the room.
    fn make_room(&mut self, now: Timestamp) {
        self.seen.retain(|_, seen| now.since(seen.last) < FORGOTTEN_AFTER);
        if self.seen.len() < self.max {
            return;
        }
        let mut by_quiet: Vec<(Timestamp, K)> =
            self.seen.iter().map(|(key, seen)| (seen.last, *key)).collect();
        by_quiet.sort_unstable();
        for (_, key) in by_quiet.into_iter().take((self.max / 8).max(1)) {
            self.seen.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000).plus(Duration::from_secs(seconds))
    }

    fn from(address: &str) -> Attempt {
        Attempt { address: address.parse().unwrap(), known_device: false }
    }

    /// CJIS AC-7.
    #[test]
    fn five_failures_in_a_quarter_of_an_hour_lock_until_released() {
        let mut account = Account::default();
        for left in (1..5).rev() {
            let after = account.failed(Limits::CJIS, at(60 * u64::from(5 - left)));
            assert_eq!(after, AfterFailure::Counted { left });
            assert_eq!(account.admit(), Ok(()));
        }
        assert_eq!(account.failed(Limits::CJIS, at(800)), AfterFailure::NowLocked);
        assert_eq!(account.admit(), Err(Locked { since: at(800) }));
        assert_eq!(account.failed(Limits::CJIS, at(900)), AfterFailure::WasLocked);
        account.succeeded();
        assert!(account.admit().is_err(), "a passkey does not release the password");
        let kept = serde_json::to_string(&account).unwrap();
        assert_eq!(serde_json::from_str::<Account>(&kept).unwrap(), account);
        account.release();
        assert_eq!(account, Account::default());
    }

    #[test]
    fn failures_far_apart_or_with_a_success_between_do_not_lock() {
        let mut account = Account::default();
        for n in 0..100 {
            let after = account.failed(Limits::CJIS, at(n * 226));
            assert!(matches!(after, AfterFailure::Counted { .. }), "{after:?}");
        }
        let mut account = Account::default();
        for n in 0..100 {
            assert_ne!(account.failed(Limits::CJIS, at(n)), AfterFailure::NowLocked);
            if n % 4 == 3 {
                account.succeeded();
            }
        }
    }

    #[test]
    fn an_agency_may_tighten_and_not_loosen() {
        assert_eq!(Limits::tightened(9, Duration::from_secs(1)), Limits::CJIS);
        let tight = Limits::tightened(3, Duration::from_secs(3600));
        let mut account = Account::default();
        assert_eq!(account.failed(tight, at(0)), AfterFailure::Counted { left: 2 });
        assert_eq!(account.failed(tight, at(1700)), AfterFailure::Counted { left: 1 });
        assert_eq!(account.failed(tight, at(3500)), AfterFailure::NowLocked);
    }

    /// Three hundred names, one address, a day: an attacker who never stops and asks as early as it may.
    #[test]
    fn one_address_cannot_lock_a_department_out() {
        let mut addresses = Addresses::new(1000);
        let mut accounts = vec![Account::default(); 300];
        for second in 0..24 * 3600 {
            if addresses.admit(from("203.0.113.9"), at(second)).is_ok() {
                addresses.failed(from("203.0.113.9"), at(second));
                // The worst it can do is to stay with one account until that is locked.
                let target = accounts.iter_mut().find(|account| account.admit().is_ok()).unwrap();
                target.failed(Limits::CJIS, at(second));
            }
        }
        let n_locked = accounts.iter().filter(|account| account.admit().is_err()).count();
        assert_eq!(n_locked, 1);
        // The one whose name was used still gets in with a passkey, and others with the browser that they always use.
        assert_eq!(
            addresses.admit(Attempt { known_device: true, ..from("203.0.113.9") }, at(24 * 3600)),
            Ok(())
        );
    }

    #[test]
    fn a_block_waits_when_its_addresses_take_turns() {
        let mut addresses = Addresses::new(1000);
        for n in 1..=31 {
            assert_eq!(addresses.admit(from(&format!("198.51.100.{n}")), at(0)), Ok(()));
            addresses.failed(from(&format!("198.51.100.{n}")), at(0));
        }
        let fresh = from("198.51.100.200");
        assert_eq!(addresses.admit(fresh, at(14)), Err(MustWait { until: at(15) }));
        assert_eq!(addresses.admit(fresh, at(15)), Ok(()));
        assert_eq!(addresses.admit(from("198.51.101.1"), at(0)), Ok(()));
        assert_eq!(
            addresses.admit(from("::ffff:198.51.100.7"), at(1)),
            Err(MustWait { until: at(15) })
        );
    }

    #[test]
    fn an_ipv6_subscriber_is_one_address() {
        let mut addresses = Addresses::new(1000);
        for n in 1..=3 {
            addresses.failed(from(&format!("2001:db8:1:2::{n}")), at(0));
        }
        assert!(addresses.admit(from("2001:db8:1:2:ffff::"), at(1)).is_err());
        assert!(addresses.admit(from("2001:db8:1:3::1"), at(1)).is_ok());
    }

    #[test]
    fn a_success_and_a_quiet_day_forgive() {
        let mut addresses = Addresses::new(1000);
        for _ in 0..6 {
            addresses.failed(from("192.0.2.1"), at(0));
        }
        assert_eq!(addresses.admit(from("192.0.2.1"), at(1)), Err(MustWait { until: at(960) }));
        addresses.failed(from("192.0.2.1"), at(24 * 3600));
        assert_eq!(addresses.admit(from("192.0.2.1"), at(24 * 3600)), Ok(()));
        for _ in 0..3 {
            addresses.failed(from("192.0.2.1"), at(24 * 3600));
        }
        assert!(addresses.admit(from("192.0.2.1"), at(24 * 3600)).is_err());
        addresses.succeeded(from("192.0.2.1"));
        assert_eq!(addresses.admit(from("192.0.2.1"), at(24 * 3600)), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut addresses = Addresses::new(64);
        for n in 0..10_000_u32 {
            let address = IpAddr::V4(Ipv4Addr::from_bits(n << 8));
            addresses.failed(Attempt { address, known_device: false }, at(u64::from(n)));
            assert!(addresses.n_remembered() <= 64);
        }
        // The latest are remembered.
        let last = IpAddr::V4(Ipv4Addr::from_bits(9_999 << 8));
        assert_eq!(addresses.addresses.seen.get(&last).map(|seen| seen.n_failures), Some(1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever the order and the pauses: no five failures counted within 15 minutes without a lock, and no lock without them.
        #[test]
        fn an_account_locks_exactly_at_five_in_fifteen_minutes(pauses in prop::collection::vec(0..600_u64, 1..40)) {
            let (mut account, mut times, mut now) = (Account::default(), Vec::new(), 0);
            for pause in pauses {
                now += pause;
                times.push(now);
                let recent = times.iter().filter(|then| now - **then < WITHIN.as_secs()).count();
                let after = account.failed(Limits::CJIS, at(now));
                prop_assert_eq!(after == AfterFailure::NowLocked, recent >= 5);
                if recent >= 5 {
                    break;
                }
            }
        }

        /// An attacker at one address, with any choice of accounts and of pauses, locks at most one account a day.
        #[test]
        fn one_address_locks_at_most_one_account_a_day(asks in prop::collection::vec((0..120_u64, 0..4_usize), 1..600)) {
            let (mut addresses, mut accounts, mut now) = (Addresses::new(8), vec![Account::default(); 4], 0);
            for (pause, target) in asks {
                now += pause;
                let admitted = addresses.admit(from("203.0.113.9"), at(now)).is_ok();
                if admitted && now < 24 * 3600 && let Some(account) = accounts.get_mut(target) {
                    addresses.failed(from("203.0.113.9"), at(now));
                    account.failed(Limits::CJIS, at(now));
                }
            }
            prop_assert!(accounts.iter().filter(|account| account.admit().is_err()).count() <= 1);
        }

        /// Clocks that jump: nothing panics, nobody waits for ever, and a count is not lost by stepping back.
        #[test]
        fn any_clock_is_answered(moments in prop::collection::vec(any::<i64>(), 1..40)) {
            let (mut addresses, mut account) = (Addresses::new(8), Account::default());
            for micros in moments {
                let now = Timestamp::from_micros(micros);
                if let Err(wait) = addresses.admit(from("192.0.2.1"), now) {
                    prop_assert!(wait.until.since(now) <= WAIT_MAX);
                }
                addresses.failed(from("192.0.2.1"), now);
                account.failed(Limits::CJIS, now);
            }
        }
    }
}
