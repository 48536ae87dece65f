//! Who somebody is: passwords, one-time codes, recovery codes, passkeys, an agency's own OpenID Connect provider, tokens of
//! machines and invitations; and how guessing is slowed without locking a department out.
//!
//! Nothing here keeps anything: what is to be kept is handed out as text or bytes, and handed in again. Time and chance are
//! arguments (D8), with one exception that [`passkey`] tells. Parameters are those of the CJIS Security Policy, each named by
//! the id of its control where it stands; an agency may tighten them, and nothing here can loosen them.

mod base32;
pub mod invitation;
pub mod oidc;
pub mod passkey;
pub mod password;
pub mod recovery;
pub mod throttle;
#[macro_use]
pub mod token;
pub mod totp;
