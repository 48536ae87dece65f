//! A day's sign-ins, locks and refusals.

use app::oversight::{Attempt, DayDigest, Odd};
use domain::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audit::AuditLineOut;

/// Why an account is locked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LockIn {
    /// Why: it stands on record and on the person's page.
    pub(crate) why: String,
}

/// Somebody who is named in a digest.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedOut {
    person: i64,
    name: String,
    /// Whether the account is disabled.
    is_disabled: bool,
}

/// A sign-in that failed.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttemptOut {
    /// Its leaf; null where it stands in the server's log.
    leaf: Option<u64>,
    #[schema(format = DateTime)]
    at: String,
    /// `wrong-password`, `wrong-code`, `password-locked`, `unknown-name`…
    why: String,
    person: Option<NamedOut>,
    /// The account as it was called then; empty where it is unknown or no longer kept.
    account: String,
    address: String,
}

/// A sign-in that succeeded and was odd.
#[derive(Serialize, ToSchema)]
pub(crate) struct OddSignInOut {
    leaf: u64,
    #[schema(format = DateTime)]
    at: String,
    person: Option<NamedOut>,
    address: String,
    /// `new-address`, `new-device`, `unusual-hour`.
    odd: Vec<&'static str>,
}

/// How often somebody was refused something.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusalsOut {
    person: Option<NamedOut>,
    n: u64,
}

/// What the server did.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServerOut {
    /// `server-started`, `server-stopped`, `clock-stepped-back`, `attempts-counted`.
    what: String,
    #[schema(format = DateTime)]
    at: String,
}

/// A day.
#[derive(Serialize, ToSchema)]
pub(crate) struct DigestOut {
    /// Which, where the agency is.
    #[schema(format = Date)]
    day: String,
    n_signed_in: u64,
    /// How many failed: more than are listed, when there were very many.
    n_failed: u64,
    /// Oldest first.
    failed: Vec<AttemptOut>,
    odd: Vec<OddSignInOut>,
    passwords_locked: Vec<AttemptOut>,
    /// Accounts that somebody locked.
    accounts_locked: Vec<AuditLineOut>,
    /// Most first.
    refused: Vec<RefusalsOut>,
    server: Vec<ServerOut>,
}

const fn odd_word(odd: Odd) -> &'static str {
    match odd {
        Odd::NewAddress => "new-address",
        Odd::NewDevice => "new-device",
        Odd::UnusualHour => "unusual-hour",
    }
}

impl From<DayDigest> for DigestOut {
    fn from(digest: DayDigest) -> Self {
        let people = &digest.people;
        let named = |id: PersonId| {
            let state = people.get(&id)?;
            let (name, is_disabled) = (state.name.clone(), state.is_disabled);
            Some(NamedOut { person: id.to_i64(), name, is_disabled })
        };
        let attempt = |one: &Attempt| AttemptOut {
            leaf: one.leaf,
            at: one.at.to_string(),
            why: one.why.clone(),
            person: one.person.and_then(named),
            account: one.account.clone(),
            address: one.address.clone(),
        };
        let odd = digest.odd.iter().map(|one| OddSignInOut {
            leaf: one.leaf,
            at: one.at.to_string(),
            person: one.person.and_then(named),
            address: one.address.clone(),
            odd: one.odd.iter().map(|odd| odd_word(*odd)).collect(),
        });
        let refused =
            digest.refused.iter().map(|(id, n)| RefusalsOut { person: named(*id), n: *n });
        let server = digest.server.iter();
        Self {
            day: digest.day.to_string(),
            n_signed_in: digest.n_signed_in,
            n_failed: digest.n_failed,
            failed: digest.failed.iter().map(attempt).collect(),
            odd: odd.collect(),
            passwords_locked: digest.passwords_locked.iter().map(attempt).collect(),
            refused: refused.collect(),
            server: server
                .map(|(what, at)| ServerOut { what: what.clone(), at: at.to_string() })
                .collect(),
            accounts_locked: digest.accounts_locked.into_iter().map(AuditLineOut::from).collect(),
        }
    }
}
