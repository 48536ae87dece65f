//! One's own account: tokens, sessions, looks whose case number is still to come.

use app::sign_in::SessionCard;
use app::tokens::{MadeToken, NewToken, TokenCard};
use domain::ExigentLook;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenIn {
    /// The machine that is to have it.
    name: String,
    /// The words of the actions that it is for.
    #[schema(example = json!(["list-reads"]))]
    scopes: Vec<String>,
    /// After how many days it ends by itself, 1–90.
    days: u32,
}

impl From<TokenIn> for NewToken {
    fn from(said: TokenIn) -> Self {
        Self { name: said.name, scopes: said.scopes, days: said.days }
    }
}

/// A token of one's own that works.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenOut {
    token: i64,
    name: String,
    /// Its beginning, which opens nothing.
    shown: String,
    scopes: Vec<&'static str>,
    #[schema(format = DateTime)]
    made_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl From<TokenCard> for TokenOut {
    fn from(card: TokenCard) -> Self {
        Self {
            token: card.id.to_i64(),
            name: card.name,
            shown: card.shown,
            scopes: card.scopes.iter().map(|action| action.word()).collect(),
            made_at: card.made_at.to_string(),
            expires_at: card.expires_at.to_string(),
            last_used_at: card.last_used_at.map(|at| at.to_string()),
        }
    }
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenMadeOut {
    /// What the machine sends, as `Authorization: Bearer …`. It cannot be shown again.
    secret: String,
    #[serde(flatten)]
    token: TokenOut,
}

impl From<MadeToken> for TokenMadeOut {
    fn from(made: MadeToken) -> Self {
        Self { secret: made.secret.to_string(), token: made.token.into() }
    }
}

/// A session of one's own.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionOut {
    /// A word for it that opens nothing.
    session: String,
    #[schema(format = DateTime)]
    begun_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// To the minute.
    #[schema(format = DateTime)]
    used_at: String,
    address: String,
    /// As it says of itself.
    browser: String,
    /// Whether it is the one that asks.
    is_this: bool,
}

impl From<SessionCard> for SessionOut {
    fn from(card: SessionCard) -> Self {
        Self {
            session: card.session,
            begun_at: card.begun_at.to_string(),
            expires_at: card.expires_at.to_string(),
            used_at: card.used_at.to_string(),
            address: card.address,
            browser: card.browser,
            is_this: card.is_this,
        }
    }
}

/// A look that could not wait for a case number.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExigentLookOut {
    look: i64,
    purpose: String,
    #[schema(format = DateTime)]
    looked_at: String,
    /// When the number has to be there: later, the account is locked.
    #[schema(format = DateTime)]
    due_at: String,
    /// The first look's leaf in the agency's log.
    leaf: u64,
}

impl From<ExigentLook> for ExigentLookOut {
    fn from(look: ExigentLook) -> Self {
        Self {
            look: look.id.to_i64(),
            purpose: look.purpose,
            looked_at: look.looked_at.to_string(),
            due_at: look.due_at.to_string(),
            leaf: look.leaf,
        }
    }
}

/// The case number that completes a look.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseIn {
    /// As the agency writes them.
    #[schema(example = "26-001234")]
    pub(crate) case_number: String,
}
