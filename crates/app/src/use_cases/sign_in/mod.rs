//! Signing in: a name and a password, then a code; or a passkey. Coming to an account: an invitation, a password of one's own,
//! an authenticator app, recovery codes.

mod demo;
mod enrol;
mod guard;
mod password;
mod second;
mod session;
mod token;

pub use demo::{demo_link, with_demo_link};
pub use enrol::{Enrolled, Enrolling, Invited, choose_password, enrol, enrolling, invited};
pub use password::with_password;
pub use second::{confirm, with_code};
pub use session::{SessionCard, end_other_session, own_sessions, session, sign_out};
pub use token::{SessionToken, StepToken};

pub(crate) use guard::Turns;
pub(crate) use token::session_ref;

use std::net::IpAddr;
use std::time::Duration;

use domain::{AgencyId, Timestamp};
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
