//! Signing in: a name and a password, then a code or a passkey; or a passkey alone; or the agency's own provider. Coming to an
//! account: an invitation, a password of one's own, an authenticator app or a passkey, recovery codes; or the provider.

mod demo;
mod enrol;
mod guard;
mod own;
mod passkey;
mod password;
mod provider;
mod second;
mod session;
mod token;

pub use demo::{demo_link, with_demo_link};
pub use enrol::{Enrolled, Enrolling, Invited, choose_password, enrol, enrolling, invited};
pub use own::{PasskeyCard, WaysIn, own_ways_in};
pub use passkey::{
    Ceremony, add_passkey, begin_adding_passkey, begin_confirming_passkey, begin_enrolling_passkey,
    begin_passkey, begin_second_passkey, confirm_with_passkey, enrol_with_passkey,
    passkeys_work_at, remove_passkey, with_passkey, with_second_passkey,
};
pub use password::with_password;
pub use provider::{
    Back, ProviderConfig, ProviderHere, ToProvider, back_from_provider, begin_confirming_provider,
    begin_invited_provider, begin_provider, providers,
};
pub use second::{confirm, with_code};
pub use session::{SessionCard, end_other_session, own_sessions, session, sign_out};
pub use token::{DeviceToken, SessionToken, StepToken};

pub(crate) use passkey::RelyingParty;
pub(crate) use provider::Providers;

pub use identity::oidc::{ClientSecret, GroupRoles, OidcRefused, SecondFactor};

pub(crate) use guard::Turns;
pub(crate) use token::session_ref;

use std::net::IpAddr;
use std::time::Duration;

use domain::{AgencyId, Timestamp};
use identity::passkey::PasskeyRefused;
use policy::settings::SignIn;

use crate::{App, AskError};

/// A sign-in is finished within so long, an enrolment too.
pub const STEPS_LAST: Duration = Duration::from_secs(10 * 60);
/// An invitation works for so long.
pub const INVITATION_LASTS: Duration = Duration::from_secs(72 * 3600);

/// From where somebody signs in, and with what.
#[derive(Clone, Debug)]
pub struct Door {
    /// The network address.
    pub address: Option<IpAddr>,
    /// The browser, as that says.
    pub browser: String,
    /// What the browser keeps so that it is known again.
    pub device: Option<DeviceToken>,
}

/// How somebody showed who they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// A password and a code.
    Code,
    /// A password and a passkey.
    PasswordAndPasskey,
    /// A passkey alone: the device, and its own lock.
    Passkey,
    /// The agency's own provider.
    Provider,
    /// The demonstration's link.
    DemoLink,
}

impl Way {
    /// Its word in the list of sign-ins and in the ledger.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Code => "password-and-code",
            Self::PasswordAndPasskey => "password-and-passkey",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
            Self::DemoLink => "demo-link",
        }
    }
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// Name or password are wrong, or the account cannot be used: told apart for nobody.
    #[error("the name or the password is wrong, or the account cannot be used")]
    Wrong,
    /// There were too many failures from this address.
    #[error("there were too many failures from here: wait until {until}")]
    MustWait {
        /// Until when.
        until: Timestamp,
    },
    /// The password is right and locked (CJIS AC-7).
    #[error("the password is locked after too many failures; an administrator can release it")]
    Locked,
    /// The code was not accepted.
    #[error("{0}")]
    Code(String),
    /// The password is not taken.
    #[error("{0}")]
    Weak(String),
    /// It was begun too long ago, or was finished.
    #[error("this was begun too long ago, or was finished: begin again")]
    Lost,
    /// The passkey was not accepted.
    #[error(transparent)]
    Passkey(#[from] PasskeyRefused),
    /// What the agency's provider said was not accepted.
    #[error(transparent)]
    Provider(#[from] OidcRefused),
    /// The provider knows somebody who has no account here, or one that cannot be used.
    #[error("the provider knows you, and no account here is linked with you that can be used")]
    NotLinked,
    /// Something failed here.
    #[error(transparent)]
    Ask(#[from] AskError),
}

impl SignInRefused {
    fn failed(doing: &'static str) -> impl FnOnce(store::StoreError) -> Self {
        move |err| Self::Ask(AskError::failed(doing)(err))
    }
}

/// The numbers of an agency's bundle; those of CJIS where it has none.
pub(crate) fn limits(app: &App, agency: AgencyId) -> SignIn {
    app.policy(agency).map(|policy| policy.bundle.settings().sign_in.clone()).unwrap_or_default()
}
