//! What somebody can sign in with, and what machines can ask with in their name: as its owner sees it.

use domain::access::OwnAccount;
use domain::{PasskeyId, Timestamp};

use crate::record::About;
use crate::use_cases::tokens::{TokenCard, tokens_of};
use crate::{App, AskError, Ctx};

/// A passkey as its owner sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PasskeyCard {
    /// Which.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub label: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// Every way in that somebody has.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WaysIn {
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether there is an authenticator app.
    pub has_app: bool,
    /// Recovery codes that were not used.
    pub n_recovery_codes: u64,
    /// Passkeys, oldest first.
    pub passkeys: Vec<PasskeyCard>,
    /// Tokens that work, newest first.
    pub tokens: Vec<TokenCard>,
}

/// Somebody's own ways in.
pub async fn own_ways_in(app: &App, ctx: &Ctx) -> Result<WaysIn, AskError> {
    let act = app.begin::<OwnAccount>(ctx, About::nothing_yet()).await?;
    let Some(person) = ctx.person_id() else { return Ok(WaysIn::default()) };
    let failed = || AskError::failed("list somebody's ways in");
    let store = &app.inner().store;
    let passkeys = store.passkeys_of(person).await.map_err(failed())?.into_iter();
    let passkeys = passkeys.map(|row| PasskeyCard {
        id: row.id,
        label: row.label,
        added_at: row.added_at,
        last_used_at: row.last_used_at,
    });
    let ways = WaysIn {
        has_password: store.password(person).await.map_err(failed())?.is_some(),
        has_app: store.authenticator(person).await.map_err(failed())?.is_some(),
        n_recovery_codes: store.n_recovery_codes(person).await.map_err(failed())?,
        passkeys: passkeys.collect(),
        tokens: tokens_of(app, ctx).await?,
    };
    act.done([]);
    Ok(ways)
}
