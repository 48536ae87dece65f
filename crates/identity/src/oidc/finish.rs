//! What a provider says about somebody, and whether it is believed.

use std::time::{Duration, SystemTime};

use domain::Timestamp;
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::url::form_urlencoded;
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClientId, IdToken, IdTokenClaims,
    IdTokenVerifier, JsonWebKeySet, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier,
    RequestTokenError, TokenResponse as _, UserInfoClaims,
};
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::refused::said;
use super::{Extra, Http, OidcRefused, PENDING_LASTS, Pending, Provider, guarded, not_discovered};

/// The provider's clock and ours may differ by so much.
const CLOCKS_DIFFER_SECONDS: i64 = 60;
/// A token was made at most so long ago: it comes at once, on our own asking.
const TOKEN_AGE_SECONDS: i64 = 10 * 60;
/// Longest query with which a browser comes back that is read, in bytes.
const QUERY_BYTES_MAX: usize = 8 * 1024;
/// Longest name, address or group that is taken, in characters; longer ones are refused, because what is cut off is another.
const CLAIM_CHARS_MAX: usize = 255;
/// Groups that one person may be in.
const GROUPS_MAX: usize = 1000;
/// Seconds beyond which a clock is cut: the year 9999.
const SECONDS_MAX: i64 = 253_402_300_799;

/// Ways of signing that are accepted: by the provider's private key alone. `none` and shared secrets are not among them, whatever
/// the provider publishes.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Token =
    IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type TokenClaims = IdTokenClaims<Extra, CoreGenderClaim>;
type Keys = JsonWebKeySet<CoreJsonWebKey>;

/// An address of mail, and whether the provider says that it was verified. People are told apart by subject, never by this.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Email {
    /// The address.
    pub address: String,
    /// Whether the provider verified it.
    pub verified: bool,
}

/// Who somebody is to the provider. `issuer` and `subject` together are the person; nothing else is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    /// Which provider.
    pub issuer: String,
    /// Whom.
    pub subject: String,
    /// What the person is called.
    pub name: Option<String>,
    /// Where mail goes.
    pub email: Option<Email>,
    /// The person's groups there.
    pub groups: Vec<String>,
    /// The context in which the person signed in.
    pub acr: Option<String>,
    /// The methods by which.
    pub amr: Vec<String>,
    /// When, where the provider says so.
    pub signed_in_at: Option<Timestamp>,
}

impl Provider {
    /// Takes the query with which the browser came back, asks the provider for the token, and decides. Blocks.
    pub fn finish(
        &self,
        pending: &Pending,
        query: &str,
        now: Timestamp,
        http: &impl Http,
    ) -> Result<Claims, OidcRefused> {
        if now.since(pending.begun_at) > PENDING_LASTS || now < pending.begun_at {
            return Err(OidcRefused::TooLate);
        }
        let code = self.code(pending, query)?;
        let guarded = guarded(http, self.on_this_machine);
        let client = self.client();
        let request = client
            .exchange_code(code)
            .map_err(|_| OidcRefused::malformed("it has no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()));
        let answer = request.request(&guarded).map_err(no_token)?;
        let token =
            answer.id_token().ok_or_else(|| OidcRefused::malformed("it sent no ID token"))?;
        let (claims, keys) = self.believed_with_new_keys(token, pending, now, &guarded)?;
        self.fits_access_token(token, &claims, answer.access_token(), &keys)?;
        let mut told = self.told(&claims)?;
        if (told.groups.is_empty() || told.email.is_none() || told.name.is_none())
            && is_sendable(answer.access_token())
            && let Ok(request) =
                client.user_info(answer.access_token().clone(), Some(claims.subject().clone()))
        {
            let more: UserInfoClaims<Extra, CoreGenderClaim> =
                request.request(&guarded).map_err(no_user_info)?;
            self.complete(&mut told, &more)?;
        }
        Ok(told)
    }

    /// Whether an ID token is believed, and what it says: the part of [`Provider::finish`] that needs no network.
    pub fn check_token(
        &self,
        token: &str,
        pending: &Pending,
        now: Timestamp,
    ) -> Result<Claims, OidcRefused> {
        let token: Token = token.parse().map_err(|err: serde_json::Error| {
            OidcRefused::malformed(&format!("the ID token cannot be read: {err}"))
        })?;
        let claims = self.believed(&token, self.metadata.jwks(), pending, now)?;
        self.told(&claims)
    }

    /// The code in the query; who sent it, and for which sign-in, is looked at first.
    fn code(&self, pending: &Pending, query: &str) -> Result<AuthorizationCode, OidcRefused> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(OidcRefused::malformed("the query is too long"));
        }
        let [state, code, issuer, error, description] =
            parameters(query, ["state", "code", "iss", "error", "error_description"])?;
        let state = state.ok_or(OidcRefused::State)?;
        if !bool::from(state.as_bytes().ct_eq(pending.state.as_bytes())) {
            return Err(OidcRefused::State);
        }
        // RFC 9207: the answer of another provider than was asked.
        let must_name =
            self.metadata.additional_metadata().authorization_response_iss_parameter_supported;
        match issuer {
            Some(issuer) if issuer != self.issuer() => return Err(OidcRefused::Issuer),
            None if must_name => return Err(OidcRefused::Issuer),
            _ => {}
        }
        if let Some(error) = error {
            let description = description.unwrap_or_default();
            return Err(OidcRefused::Denied {
                said: said(format!("{error} {description}").trim()),
            });
        }
        let code = code.ok_or_else(|| OidcRefused::malformed("it sent no code"))?;
        Ok(AuthorizationCode::new(code))
    }

    /// Believes a token; where its key is not among those known, with the keys that the provider publishes now.
    fn believed_with_new_keys(
        &self,
        token: &Token,
        pending: &Pending,
        now: Timestamp,
        http: &impl Fn(super::HttpRequest) -> Result<super::HttpResponse, super::HttpError>,
    ) -> Result<(TokenClaims, Keys), OidcRefused> {
        let keys = self.metadata.jwks().clone();
        match self.believed(token, &keys, pending, now) {
            Err(OidcRefused::UnknownKey) => {
                let keys = Keys::fetch(self.metadata.jwks_uri(), http).map_err(not_discovered)?;
                Ok((self.believed(token, &keys, pending, now)?, keys))
            }
            other => other.map(|claims| (claims, keys)),
        }
    }

    fn verifier(&self, keys: &Keys) -> IdTokenVerifier<'static, CoreJsonWebKey> {
        // As for a client without a secret: a token that was signed with a shared secret is never believed.
        IdTokenVerifier::new_public_client(
            ClientId::new(self.settings.client_id.clone()),
            self.metadata.issuer().clone(),
            keys.clone(),
        )
        .set_allowed_algs(ALGORITHMS)
    }

    fn believed(
        &self,
        token: &Token,
        keys: &Keys,
        pending: &Pending,
        now: Timestamp,
    ) -> Result<TokenClaims, OidcRefused> {
        let seconds = now.micros().div_euclid(1_000_000).clamp(0, SECONDS_MAX);
        let lenient = seconds.saturating_sub(CLOCKS_DIFFER_SECONDS).max(0);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(lenient.unsigned_abs());
        let fresh = pending.fresh_seconds;
        let verifier = self
            .verifier(keys)
            .set_time_fn(move || time.into())
            .set_issue_time_verifier_fn(move |made| {
                let age = seconds.saturating_sub(made.timestamp());
                let right = (-CLOCKS_DIFFER_SECONDS..=TOKEN_AGE_SECONDS).contains(&age);
                if right { Ok(()) } else { Err("made at another time".to_owned()) }
            })
            .set_auth_time_verifier_fn(move |at| match (fresh, at) {
                (None, _) => Ok(()),
                (Some(fresh), Some(at)) => {
                    let age = seconds.saturating_sub(at.timestamp());
                    let most = i64::try_from(fresh).unwrap_or(i64::MAX);
                    let most = most.saturating_add(CLOCKS_DIFFER_SECONDS);
                    if age <= most { Ok(()) } else { Err("too long ago".to_owned()) }
                }
                (Some(_), None) => Err("not said".to_owned()),
            });
        let nonce = Nonce::new(pending.nonce.clone());
        let claims = token.claims(&verifier, &nonce)?;
        let other =
            claims.authorized_party().is_some_and(|party| **party != *self.settings.client_id);
        if other {
            return Err(OidcRefused::Audience);
        }
        self.has_second_factor(claims)?;
        Ok(claims.clone())
    }

    /// CJIS `IA-2(1)`, `IA-2(2)`.
    fn has_second_factor(&self, claims: &TokenClaims) -> Result<(), OidcRefused> {
        let rule = &self.settings.second_factor;
        let methods = claims.auth_method_refs().into_iter().flatten();
        let by_method =
            methods.into_iter().any(|method| rule.amr.iter().any(|one| one == &**method));
        let by_context =
            claims.auth_context_ref().is_some_and(|acr| rule.acr.iter().any(|one| one == &**acr));
        if by_method || by_context { Ok(()) } else { Err(OidcRefused::NoSecondFactor) }
    }

    /// The access token is the one that the ID token was made with.
    fn fits_access_token(
        &self,
        token: &Token,
        claims: &TokenClaims,
        access: &AccessToken,
        keys: &Keys,
    ) -> Result<(), OidcRefused> {
        let Some(expected) = claims.access_token_hash() else { return Ok(()) };
        let verifier = self.verifier(keys);
        let made = AccessTokenHash::from_token(
            access,
            token.signing_alg()?,
            token.signing_key(&verifier)?,
        )
        .map_err(|_| OidcRefused::Algorithm)?;
        if made == *expected { Ok(()) } else { Err(OidcRefused::Signature) }
    }

    fn told(&self, claims: &TokenClaims) -> Result<Claims, OidcRefused> {
        let subject = bounded(claims.subject().as_str())?;
        if subject.is_empty() {
            return Err(OidcRefused::malformed("the subject is empty"));
        }
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str());
        let email = claims.email().map(|email| email.as_str());
        let methods = claims.auth_method_refs().into_iter().flatten();
        let amr: Result<_, _> = methods.into_iter().map(|method| bounded(method)).collect();
        Ok(Claims {
            issuer: self.issuer().to_owned(),
            subject,
            name: name.map(bounded).transpose()?,
            email: told_email(email, claims.email_verified())?,
            groups: self.groups(claims.additional_claims())?,
            acr: claims.auth_context_ref().map(|acr| bounded(acr)).transpose()?,
            amr: amr?,
            signed_in_at: claims
                .auth_time()
                .map(|at| Timestamp::from_micros(at.timestamp().saturating_mul(1_000_000))),
        })
    }

    /// What the ID token did not say, from where the access token leads.
    fn complete(
        &self,
        told: &mut Claims,
        more: &UserInfoClaims<Extra, CoreGenderClaim>,
    ) -> Result<(), OidcRefused> {
        if told.name.is_none() {
            let name = more.name().and_then(|name| name.get(None)).map(|name| name.as_str());
            told.name = name.map(bounded).transpose()?;
        }
        if told.email.is_none() {
            let email = more.email().map(|email| email.as_str());
            told.email = told_email(email, more.email_verified())?;
        }
        if told.groups.is_empty() {
            told.groups = self.groups(more.additional_claims())?;
        }
        Ok(())
    }

    fn groups(&self, claims: &Extra) -> Result<Vec<String>, OidcRefused> {
        let groups = match claims.rest.get(&self.settings.groups_claim) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::String(group)) => return Ok(vec![bounded(group)?]),
            Some(Value::Array(groups)) if groups.len() <= GROUPS_MAX => groups,
            Some(_) => return Err(OidcRefused::malformed("the groups are no list, or too many")),
        };
        let groups = groups.iter().map(|group| match group {
            Value::String(group) => bounded(group),
            _ => Err(OidcRefused::malformed("a group is no text")),
        });
        groups.collect()
    }
}

/// Parameters of a query, each at most once.
fn parameters<const N: usize>(
    query: &str,
    names: [&str; N],
) -> Result<[Option<String>; N], OidcRefused> {
    let mut found = [const { None }; N];
    for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        let Some(at) = names.iter().position(|known| *known == name) else { continue };
        if let Some(place) = found.get_mut(at)
            && place.replace(value.into_owned()).is_some()
        {
            return Err(OidcRefused::malformed(&format!("`{name}` is there twice")));
        }
    }
    Ok(found)
}

fn bounded(text: &str) -> Result<String, OidcRefused> {
    if text.chars().count() > CLAIM_CHARS_MAX || text.chars().any(char::is_control) {
        return Err(OidcRefused::malformed("a claim is too long, or not printable"));
    }
    Ok(text.to_owned())
}

fn told_email(address: Option<&str>, verified: Option<bool>) -> Result<Option<Email>, OidcRefused> {
    let address = address.map(bounded).transpose()?;
    Ok(address.map(|address| Email { address, verified: verified == Some(true) }))
}

/// Whether it can stand in a header: the library would panic at one that cannot.
fn is_sendable(token: &AccessToken) -> bool {
    token.secret().bytes().all(|byte| byte.is_ascii_graphic())
}

fn no_token<T>(err: RequestTokenError<super::HttpError, T>) -> OidcRefused
where
    T: openidconnect::ErrorResponse + std::fmt::Display + 'static,
{
    match err {
        RequestTokenError::ServerResponse(answer) => {
            OidcRefused::Denied { said: said(&answer.to_string()) }
        }
        RequestTokenError::Request(err) => OidcRefused::Unreachable(err),
        RequestTokenError::Parse(err, _) => OidcRefused::malformed(&err.to_string()),
        RequestTokenError::Other(reason) => OidcRefused::malformed(&reason),
    }
}

fn no_user_info(err: openidconnect::UserInfoError<super::HttpError>) -> OidcRefused {
    match err {
        openidconnect::UserInfoError::Request(err) => OidcRefused::Unreachable(err),
        openidconnect::UserInfoError::ClaimsVerification(err) => err.into(),
        other => OidcRefused::malformed(&other.to_string()),
    }
}
