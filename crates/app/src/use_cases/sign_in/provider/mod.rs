//! Signing in with the agency's own OpenID Connect provider. What is kept while somebody is there is sealed on the server, bound
//! to their browser by a cookie, and used once. People are told apart by what the provider calls its subject, and by nothing
//! else; how a subject comes to be somebody here is the work of [`link`].

mod back;
mod link;
mod roles;

pub use back::{Back, back_from_provider};

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::{AgencyId, Timestamp};
use identity::oidc::{
    Client, ClientSecret, GroupRoles, OidcRefused, PENDING_LASTS, Pending, Provider, RANDOM_BYTES,
    SecondFactor, Settings,
};
use serde::{Deserialize, Serialize};
use store::StepRow;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::enrol::hash_of_invitation;
use super::password::in_background;
use super::{SignInRefused, StepToken, invited, limits};
use crate::{App, AskError, Ctx};

/// The step of somebody who was sent to the provider.
const AWAY: &str = "provider";
/// The provider answers within so long.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// What a provider publishes about itself is read anew after so long.
const KNOWN_FOR: Duration = Duration::from_secs(24 * 3600);
/// Where browsers come back to.
const BACK: &str = "/sign-in/oidc/back";

/// An agency's provider, as the configuration has it.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// What the button says: `City sign-in`.
    pub label: String,
    /// Its issuer: https, or this machine.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// The secret that both share; none for a client that is told by PKCE alone.
    pub client_secret: Option<ClientSecret>,
    /// What is asked for beside `openid profile email`.
    pub scopes: Vec<String>,
    /// The claim that names a person's groups.
    pub groups_claim: String,
    /// What shows that a second factor was used.
    pub second_factor: SecondFactor,
    /// Which roles a group stands for.
    pub roles: GroupRoles,
    /// Whether somebody with an account is known, the first time, by a mail address that the provider verified.
    pub links_by_email: bool,
}

/// A provider that people can sign in with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProviderHere {
    /// Whose.
    pub agency: AgencyId,
    /// What the button says.
    pub label: String,
}

/// Agencies' providers.
#[derive(Default)]
pub(crate) struct Providers(RwLock<HashMap<AgencyId, Arc<Known>>>);

struct Known {
    config: ProviderConfig,
    read: Mutex<Option<(Timestamp, Arc<Provider>)>>,
}

/// Where to send a browser, and what it keeps until it comes back.
#[derive(Debug)]
pub struct ToProvider {
    /// The provider's address.
    pub url: String,
    /// What the browser keeps.
    pub token: StepToken,
}

/// What somebody was sent to the provider for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Errand {
    SignIn,
    /// To come to an account, by an invitation with this digest.
    Enrol([u8; 32]),
    /// To show again who they are, in the session of this digest; and where they go on.
    Confirm([u8; 32], String),
}

/// What is kept while somebody is away.
#[derive(Serialize, Deserialize)]
struct Away {
    agency: AgencyId,
    errand: Errand,
    pending: Pending,
}

impl App {
    /// Sets an agency's provider.
    pub fn set_provider(&self, agency: AgencyId, config: ProviderConfig) {
        let known = Arc::new(Known { config, read: Mutex::default() });
        let providers = &self.inner().providers.0;
        providers.write().unwrap_or_else(PoisonError::into_inner).insert(agency, known);
    }
}

/// The providers that people can sign in with, in the order of their agencies.
pub fn providers(app: &App) -> Vec<ProviderHere> {
    if app.inner().config.origin.is_none() {
        return Vec::new();
    }
    let all = app.inner().providers.0.read().unwrap_or_else(PoisonError::into_inner);
    let here = |(agency, known): (&AgencyId, &Arc<Known>)| ProviderHere {
        agency: *agency,
        label: known.config.label.clone(),
    };
    let mut here: Vec<ProviderHere> = all.iter().map(here).collect();
    here.sort_unstable_by_key(|one| one.agency);
    here
}

fn known(app: &App, agency: AgencyId) -> Result<Arc<Known>, SignInRefused> {
    let all = app.inner().providers.0.read().unwrap_or_else(PoisonError::into_inner);
    let known = all.get(&agency).cloned();
    known.ok_or_else(|| AskError::not_found("provider of agency", agency).into())
}

impl Known {
    /// The provider with what it publishes: as it was read, for a day.
    async fn provider(&self, app: &App) -> Result<Arc<Provider>, SignInRefused> {
        let now = app.now();
        let mut read = self.read.lock().await;
        if let Some((at, provider)) = &*read
            && now.since(*at) < KNOWN_FOR
        {
            return Ok(Arc::clone(provider));
        }
        let settings = self.settings(app)?;
        let found = in_background(move || Provider::discover(settings, &client())).await??;
        let provider = Arc::new(found);
        *read = Some((now, Arc::clone(&provider)));
        Ok(provider)
    }

    fn settings(&self, app: &App) -> Result<Settings, OidcRefused> {
        let ProviderConfig { issuer, client_id, client_secret, scopes, .. } = self.config.clone();
        let ProviderConfig { groups_claim, second_factor, .. } = self.config.clone();
        let origin = app.inner().config.origin.as_deref().ok_or_else(|| OidcRefused::Settings {
            reason: "the server does not know at which address people find it".to_owned(),
        })?;
        let redirect = format!("{}{BACK}", origin.trim_end_matches('/'));
        Ok(Settings {
            issuer,
            client_id,
            client_secret,
            redirect,
            scopes,
            groups_claim,
            second_factor,
        })
    }
}

fn client() -> Client {
    Client::new(ANSWERS_WITHIN)
}

/// Sends somebody to their agency's provider to sign in.
pub async fn begin_provider(app: &App, agency: AgencyId) -> Result<ToProvider, SignInRefused> {
    // No older than a session may become: who signed in at the provider before that does it again.
    let fresh = Duration::from_secs(u64::from(limits(app, agency).reauthentication_hours) * 3600);
    send(app, agency, Errand::SignIn, fresh).await
}

/// Sends somebody who was invited: they sign in with the provider from then on.
pub async fn begin_invited_provider(
    app: &App,
    invitation: &str,
) -> Result<ToProvider, SignInRefused> {
    let found = invited(app, invitation).await?.ok_or(SignInRefused::Lost)?;
    let hash = hash_of_invitation(invitation).ok_or(SignInRefused::Lost)?;
    let agency = found.person.agency;
    let fresh = Duration::from_secs(u64::from(limits(app, agency).reauthentication_hours) * 3600);
    send(app, agency, Errand::Enrol(hash), fresh).await
}

/// Sends somebody who is signed in, to show again who they are (CJIS IA-11); `back` is where they go on.
pub async fn begin_confirming_provider(
    app: &App,
    ctx: &Ctx,
    back: &str,
) -> Result<ToProvider, SignInRefused> {
    let signed_in = ctx.person.as_ref().ok_or(SignInRefused::Lost)?;
    let fresh = Duration::from_secs(u64::from(limits(app, ctx.agency).fresh_minutes) * 60);
    send(app, ctx.agency, Errand::Confirm(signed_in.session, back.to_owned()), fresh).await
}

async fn send(
    app: &App,
    agency: AgencyId,
    errand: Errand,
    fresh: Duration,
) -> Result<ToProvider, SignInRefused> {
    let inner = app.inner();
    let provider = known(app, agency)?.provider(app).await?;
    let mut random = Zeroizing::new([0; RANDOM_BYTES]);
    inner.chance.fill(random.as_mut_slice());
    let now = app.now();
    let (url, pending) = provider.begin(&random, now, Some(fresh));
    let away =
        Zeroizing::new(serde_json::to_vec(&Away { agency, errand, pending }).unwrap_or_default());
    let token = StepToken::from_random(inner.chance.bits_256());
    let state = inner.sealer.seal(AWAY, &away);
    let step = StepRow { person: None, step: AWAY.to_owned(), state };
    let kept = inner.store.add_step(&token.hash(), &step, now.plus(PENDING_LASTS)).await;
    kept.map_err(SignInRefused::failed("keep a step of a sign-in"))?;
    Ok(ToProvider { url, token })
}
