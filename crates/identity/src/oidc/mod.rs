//! Signing in with the agency's own OpenID Connect provider: authorisation code with PKCE (S256), state and nonce. The provider
//! must say that a second factor was used (CJIS `IA-2(1)`, `IA-2(2)`; `IA-2(12)`: a PIV card counts where the provider asks for
//! it), and when.
//!
//! [`Provider::discover`] reads what the provider publishes, [`Provider::begin`] makes the address that the browser is sent to and
//! what is to be kept until it comes back, [`Provider::finish`] decides. Asking the provider blocks, within bounds of time and
//! size. Whoever keeps a [`Pending`] binds it to the browser that it was made for, by a cookie, and uses it once.

mod finish;
mod http;
mod refused;
mod roles;

pub use finish::{Claims, Email};
pub use http::{Client, Http, HttpError, HttpRequest, HttpResponse};
pub use refused::OidcRefused;
pub use roles::{GroupRoles, roles};

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
    CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthType, AuthenticationContextClass, ClientId,
    CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdTokenFields, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    ProviderMetadata, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

/// Whoever was sent to the provider has so long to come back.
pub const PENDING_LASTS: Duration = Duration::from_secs(10 * 60);
/// Random bytes of a sign-in: state, nonce and verifier have 256 bits each.
pub const RANDOM_BYTES: usize = 96;

/// The secret that this server and the provider share. Does not show itself.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// Takes it.
    pub fn new(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// What the provider must say for a sign-in to have had two factors: one of these methods (`amr`), or one of these contexts
/// (`acr`). At least one must be named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecondFactor {
    /// Values of `amr` of which one must be there (RFC 8176: `mfa`, `hwk`, `sc`…).
    pub amr: Vec<String>,
    /// Values of `acr` of which one must be the token's; the first is asked for.
    pub acr: Vec<String>,
}

impl Default for SecondFactor {
    fn default() -> Self {
        Self { amr: vec!["mfa".to_owned()], acr: Vec::new() }
    }
}

/// A provider as an agency configures it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its issuer: https, or this machine.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// The secret; none for a client that is told by PKCE alone.
    pub client_secret: Option<ClientSecret>,
    /// Where the browser comes back to; registered at the provider.
    pub redirect: String,
    /// What is asked for beside `openid profile email`, such as `groups`.
    pub scopes: Vec<String>,
    /// The claim that names a person's groups.
    pub groups_claim: String,
    /// What counts as a second factor.
    pub second_factor: SecondFactor,
}

/// Claims beyond the standard ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Extra {
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, Value>,
}

impl AdditionalClaims for Extra {}

/// What a provider publishes beyond the standard's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ExtraMetadata {
    /// RFC 9207: it says who it is when it sends the browser back.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for ExtraMetadata {}

type Metadata = ProviderMetadata<
    ExtraMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type TokenAnswer = StandardTokenResponse<
    IdTokenFields<
        Extra,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type OidcClient = openidconnect::Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What is kept on the server between sending the browser away and its coming back; for one use, by that browser.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    begun_at: Timestamp,
    /// How fresh the sign-in at the provider must be, in seconds.
    fresh_seconds: Option<u64>,
}

impl Pending {
    /// By which the answer says which sign-in it belongs to; what a caller may keep it under.
    pub fn state(&self) -> &str {
        &self.state
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending(…)")
    }
}

/// A provider with what it publishes about itself. Read it anew each day; keys that changed meanwhile are asked for when a token
/// names one.
#[derive(Clone, Debug)]
pub struct Provider {
    settings: Settings,
    metadata: Metadata,
    redirect: RedirectUrl,
    on_this_machine: bool,
}

impl Provider {
    /// Reads what the provider publishes. Blocks.
    pub fn discover(settings: Settings, http: &impl Http) -> Result<Self, OidcRefused> {
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|_| OidcRefused::settings("the issuer is no address"))?;
        let on_this_machine = http::is_this_machine(issuer.url());
        if !http::is_safe(issuer.url(), on_this_machine) {
            return Err(OidcRefused::settings("the issuer is not https"));
        }
        let second = &settings.second_factor;
        if second.amr.is_empty() && second.acr.is_empty() {
            return Err(OidcRefused::settings("nothing is named that tells a second factor"));
        }
        let redirect = RedirectUrl::new(settings.redirect.clone())
            .map_err(|_| OidcRefused::settings("the address to come back to is none"))?;
        let guarded = guarded(http, on_this_machine);
        let metadata = Metadata::discover(&issuer, &guarded).map_err(not_discovered)?;
        let provider = Self { settings, metadata, redirect, on_this_machine };
        provider.endpoints_are_safe()?;
        Ok(provider)
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        self.metadata.issuer().as_str()
    }

    /// Begins a sign-in: where to send the browser, and what to keep. With `fresh`, the sign-in at the provider may be no older
    /// than that (CJIS `IA-11`: fresh for privileged acts, 12 hours at most).
    pub fn begin(
        &self,
        random: &[u8; RANDOM_BYTES],
        now: Timestamp,
        fresh: Option<Duration>,
    ) -> (String, Pending) {
        let (parts, _) = random.as_chunks::<32>();
        let mut texts = parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part));
        let mut next = || texts.next().unwrap_or_default();
        let pending = Pending {
            state: next(),
            nonce: next(),
            verifier: next(),
            begun_at: now,
            fresh_seconds: fresh.map(|fresh| fresh.as_secs()),
        };
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let (state, nonce) =
            (CsrfToken::new(pending.state.clone()), Nonce::new(pending.nonce.clone()));
        let client = self.client();
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scopes(["profile", "email"].map(|scope| Scope::new(scope.to_owned())))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if let Some(acr) = self.settings.second_factor.acr.first() {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        if let Some(fresh) = fresh {
            request = request.set_max_age(fresh);
        }
        let (url, _, _) = request.url();
        (url.into(), pending)
    }

    fn client(&self) -> OidcClient {
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| openidconnect::ClientSecret::new(secret.0.to_string()));
        let id = ClientId::new(self.settings.client_id.clone());
        let client = OidcClient::from_provider_metadata(self.metadata.clone(), id, secret)
            .set_redirect_uri(self.redirect.clone());
        // The standard's default is Basic, also where a provider does not say.
        let methods = self.metadata.token_endpoint_auth_methods_supported();
        let takes =
            |method: CoreClientAuthMethod| methods.is_none_or(|methods| methods.contains(&method));
        if !takes(CoreClientAuthMethod::ClientSecretBasic)
            && takes(CoreClientAuthMethod::ClientSecretPost)
        {
            return client.set_auth_type(AuthType::RequestBody);
        }
        client
    }

    fn endpoints_are_safe(&self) -> Result<(), OidcRefused> {
        let metadata = &self.metadata;
        let Some(token) = metadata.token_endpoint() else {
            return Err(OidcRefused::malformed("it has no token endpoint"));
        };
        let userinfo = metadata.userinfo_endpoint().map(|endpoint| endpoint.url());
        let endpoints: [Option<&Url>; 4] = [
            Some(metadata.authorization_endpoint().url()),
            Some(token.url()),
            Some(metadata.jwks_uri().url()),
            userinfo,
        ];
        let safe = |url: &&Url| http::is_safe(url, self.on_this_machine);
        if endpoints.iter().flatten().all(safe) {
            Ok(())
        } else {
            Err(OidcRefused::malformed("it names an endpoint that is not https"))
        }
    }
}

/// Asks only where the provider may be.
fn guarded(
    http: &impl Http,
    on_this_machine: bool,
) -> impl Fn(HttpRequest) -> Result<HttpResponse, HttpError> {
    move |request| {
        let text = request.uri().to_string();
        let safe = Url::parse(&text).is_ok_and(|url| http::is_safe(&url, on_this_machine));
        if safe { http.send(request) } else { Err(HttpError::NotHttps { url: text }) }
    }
}

fn not_discovered(err: DiscoveryError<HttpError>) -> OidcRefused {
    match err {
        DiscoveryError::Request(err) => OidcRefused::Unreachable(err),
        DiscoveryError::Parse(err) => OidcRefused::malformed(&err.to_string()),
        DiscoveryError::Response(status, _, _) => {
            OidcRefused::malformed(&format!("it answered with status {status}"))
        }
        DiscoveryError::Validation(_) => OidcRefused::Issuer,
        other => OidcRefused::malformed(&other.to_string()),
    }
}

#[cfg(test)]
mod tests;
