//! Tokens: with them machines ask the API in a person's name, for what the token was made for and for no more than the person
//! may at that moment. Shown once, kept as a digest, ended with the account.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::access::{ManageTokens, OwnAccount};
use domain::{AgencyId, Timestamp, TokenId};
use identity::token::{ApiToken, InvalidToken};
use ledger::leaf::{ClearField, Kind, SealedField};
use policy::Action;
use store::TokenRow;
use zeroize::Zeroizing;

use super::add_camera::words;
use super::people::{KeptWith, still_working_on};
use crate::record::{About, Says};
use crate::use_cases::sign_in::session_ref;
use crate::{App, AskError, ByToken, Ctx, Part, SignedIn};

/// A token ends by itself after so many days at most.
pub const TOKEN_DAYS_MAX: u32 = 90;
/// So many tokens that work one person may have.
const TOKENS_MAX: usize = 20;
/// A token's use is noted so often.
const NOTED_EVERY: Duration = Duration::from_secs(60);
/// The actions that a token can be made for: what machines ask for. What asks for fresh proof of who one is cannot be among
/// them, for a machine has none to give; nor what somebody judges about somebody else: reviews, reports of misuse, policies.
const SCOPES: [Action; 17] = [
    Action::ListHits,
    Action::OpenHit,
    Action::ListReads,
    Action::OpenRead,
    Action::OpenPicture,
    Action::ListCameras,
    Action::ManageCameras,
    Action::ListHotlists,
    Action::ManageHotlists,
    Action::ListLedger,
    Action::OpenLeaf,
    Action::SearchAudit,
    Action::ExportAudit,
    Action::ReadSecurityDigest,
    Action::ListTraining,
    Action::RecordTraining,
    Action::ListPolicy,
];

/// A token to make.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewToken {
    /// What its owner calls it: the machine that has it.
    pub name: String,
    /// The words of the actions that it is for.
    pub scopes: Vec<String>,
    /// After how many days it ends by itself.
    pub days: u32,
}

/// A token that was made; its secret is shown here and never again.
#[derive(Debug)]
pub struct MadeToken {
    /// What the machine sends.
    pub secret: Zeroizing<String>,
    /// What is known of it.
    pub token: TokenCard,
}

/// A token as its owner sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenCard {
    /// Which.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// Its beginning, which opens nothing.
    pub shown: String,
    /// The actions that it is for.
    pub scopes: Vec<Action>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// What somebody may make a token for: what the API can be asked for and their roles allow; none where they may make none.
pub fn scopes_for(ctx: &Ctx) -> Vec<Action> {
    let Some(signed_in) = &ctx.person else { return Vec::new() };
    let Some(policy) = &signed_in.policy else { return Vec::new() };
    let roles = signed_in.standing.roles(ctx.now);
    let matrix = policy.bundle.matrix();
    let may = |action: Action| {
        matrix.is_for_everybody(action) || roles.iter().any(|role| matrix.permits(*role, action))
    };
    if !may(Action::ManageTokens) {
        return Vec::new();
    }
    SCOPES.into_iter().filter(|action| may(*action)).collect()
}

/// Makes a token in one's own name. Fresh proof is asked for, as for everything that opens a way in.
pub async fn make_token(app: &App, ctx: &Ctx, new: &NewToken) -> Result<MadeToken, AskError> {
    let act = app.begin::<ManageTokens>(ctx, About::nothing_yet()).await?;
    let person = ctx.person_id().ok_or_else(|| AskError::not_found("person", "nobody"))?;
    let scopes = checked(ctx, new)?;
    let store = &app.inner().store;
    let failed = || AskError::failed("keep a token");
    let others = store.tokens_of(person).await.map_err(failed())?;
    if others.iter().filter(|token| works(token, ctx.now)).count() >= TOKENS_MAX {
        let why = format!("is one too many: {TOKENS_MAX} are the most, revoke one first");
        return Err(AskError::Invalid { field: "token", why });
    }
    let token = ApiToken::from_random(app.inner().chance.bits_256());
    let row = TokenRow {
        id: TokenId::from_i64(0),
        hash: token.hash(),
        person,
        name: new.name.trim().to_owned(),
        shown: token.shown(),
        scopes: scopes.iter().map(|action| action.word().to_owned()).collect(),
        made_at: ctx.now,
        expires_at: ctx.now.plus(Duration::from_secs(u64::from(new.days) * 86_400)),
        revoked_at: None,
        last_used_at: None,
        work: None,
    };
    let id = store.add_token(act.permit(), &row).await.map_err(failed())?;
    let may = row.scopes.join(" ");
    act.done([format!("token {id}, “{}”, for {may}, until {}", row.name, row.expires_at)]);
    Ok(MadeToken { secret: token.expose(), token: card(TokenRow { id, ..row }) })
}

fn checked(ctx: &Ctx, new: &NewToken) -> Result<Vec<Action>, AskError> {
    let invalid = |field, why: String| AskError::Invalid { field, why };
    words("name", &new.name)?;
    if !(1..=TOKEN_DAYS_MAX).contains(&new.days) {
        return Err(invalid("days", format!("is not between 1 and {TOKEN_DAYS_MAX}")));
    }
    let may = scopes_for(ctx);
    let wanted: BTreeSet<&str> = new.scopes.iter().map(String::as_str).collect();
    if wanted.is_empty() {
        return Err(invalid("scopes", "names nothing: choose what the token is for".to_owned()));
    }
    let find = |word: &str| may.iter().copied().find(|action| action.word() == word);
    let found = wanted.into_iter().map(|word| {
        find(word).ok_or_else(|| invalid("scopes", format!("names “{word}”, which is not for you")))
    });
    found.collect()
}

fn works(token: &TokenRow, now: Timestamp) -> bool {
    token.revoked_at.is_none() && now < token.expires_at
}

fn card(row: TokenRow) -> TokenCard {
    TokenCard {
        id: row.id,
        name: row.name,
        shown: row.shown,
        scopes: row.scopes.iter().filter_map(|word| Action::parse(word)).collect(),
        made_at: row.made_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    }
}

/// Somebody's own tokens that work, newest first.
pub(crate) async fn tokens_of(app: &App, ctx: &Ctx) -> Result<Vec<TokenCard>, AskError> {
    let Some(person) = ctx.person_id() else { return Ok(Vec::new()) };
    let rows = app.inner().store.tokens_of(person).await;
    let rows = rows.map_err(AskError::failed("list somebody's tokens"))?;
    Ok(rows.into_iter().filter(|row| works(row, ctx.now)).map(card).collect())
}

/// The same, as a look of its own: for the person, and for no token of theirs.
pub async fn own_tokens(app: &App, ctx: &Ctx) -> Result<Vec<TokenCard>, AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::nothing_yet()).await?;
    let tokens = tokens_of(app, ctx).await?;
    act.done(tokens.iter().map(|token| format!("token {}", token.id)).collect::<Vec<_>>());
    Ok(tokens)
}

/// Ends one of one's own tokens at once.
pub async fn revoke_token(app: &App, ctx: &Ctx, id: TokenId) -> Result<(), AskError> {
    let act = app.begin_in_person::<OwnAccount>(ctx, About::one("token", id)).await?;
    let person = ctx.person_id().ok_or_else(|| AskError::not_found("person", "nobody"))?;
    let revoked = app.inner().store.revoke_token(person, id, ctx.now).await;
    if !revoked.map_err(AskError::failed("revoke a token"))? {
        return Err(AskError::not_found("token that works", id));
    }
    act.done([format!("token {id}, revoked")]);
    Ok(())
}

/// Why a token opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefused {
    /// It is none, or a damaged one.
    #[error(transparent)]
    Invalid(#[from] InvalidToken),
    /// Nobody made it here.
    #[error("this token is unknown")]
    Unknown,
    /// Its time is over.
    #[error("this token has expired: make a new one")]
    Expired,
    /// It was ended.
    #[error("this token was revoked")]
    Revoked,
    /// The account of who made it cannot be used.
    #[error("the account that this token belongs to cannot be used")]
    AccountEnded,
    /// Something failed here.
    #[error(transparent)]
    Ask(#[from] AskError),
}

impl TokenRefused {
    /// A word for it, for records.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "token-malformed",
            Self::Unknown => "token-unknown",
            Self::Expired => "token-expired",
            Self::Revoked => "token-revoked",
            Self::AccountEnded => "token-account-ended",
            Self::Ask(_) => "token-failed",
        }
    }
}

/// For whom a machine asks by this token. A refusal is written down: by name where the token is known, as a stranger's where it
/// is not. Being idle does not end a token.
pub async fn by_token(app: &App, text: &str, address: Option<IpAddr>) -> Result<Ctx, TokenRefused> {
    let now = app.now();
    let failed = || AskError::failed("look up a token");
    let row = match ApiToken::parse(text) {
        Ok(token) => app.inner().store.token(&token.hash()).await.map_err(failed())?,
        Err(err) => return refuse(app, address, None, err.into()).await,
    };
    let Some(row) = row else { return refuse(app, address, None, TokenRefused::Unknown).await };
    let standing = app.inner().store.standing(row.person).await.map_err(failed())?;
    let standing = standing.ok_or(TokenRefused::Unknown)?;
    let whose = Some((standing.person.agency, &row));
    let wrong = if row.revoked_at.is_some() {
        Some(TokenRefused::Revoked)
    } else if now >= row.expires_at {
        Some(TokenRefused::Expired)
    } else if !standing.person.is_usable(now) {
        Some(TokenRefused::AccountEnded)
    } else {
        None
    };
    if let Some(wrong) = wrong {
        return refuse(app, address, whose, wrong).await;
    }
    if row.last_used_at.is_none_or(|at| now.since(at) >= NOTED_EVERY) {
        app.inner().store.note_token_use(row.id, now).await.map_err(failed())?;
        app.inner().store.note_use(row.person, now).await.map_err(failed())?;
    }
    let agency = standing.person.agency;
    let with = KeptWith::Token(row.id);
    let work = still_working_on(app, agency, row.work.as_deref(), &with).await?;
    let signed_in = SignedIn {
        pseudonym: app.pseudonym_of(domain::Actor::Person(agency, row.person)),
        policy: app.policy(agency),
        standing,
        authenticated_at: row.made_at,
        session: row.hash,
        token: Some(ByToken {
            id: row.id,
            name: row.name,
            scopes: row.scopes.into_iter().collect(),
        }),
        work,
    };
    let ctx = Ctx::person(Arc::new(signed_in), now).through(Part::Api).from_address(address);
    Ok(ctx.in_session(session_ref(&row.hash)))
}

async fn refuse<T>(
    app: &App,
    address: Option<IpAddr>,
    whose: Option<(AgencyId, &TokenRow)>,
    why: TokenRefused,
) -> Result<T, TokenRefused> {
    metrics::counter!("plateglass_tokens_refused_total").increment(1);
    let nobody = Ctx::nobody(app.now()).through(Part::Api).from_address(address);
    let agency = whose.map_or(nobody.agency, |(agency, _)| agency);
    let ctx = Ctx { agency, ..nobody };
    let says = Says::of(app, &ctx);
    let mut draft = says
        .who(Kind::Event, "use-token")
        .text(ClearField::Decision, "refuse")
        .words(ClearField::Reasons, [why.word()]);
    if let Some((_, row)) = whose {
        let named = format!("token {} “{}” of person {}", row.id, row.name, row.person);
        draft = says.seal(draft, SealedField::Objects, named);
    }
    app.record_of_stranger(&ctx, draft).await?;
    Err(why)
}
