//! Signing in by a link that the server prints: one administrator an agency, until people and passwords come.

mod link;
mod session;
mod token;

pub use link::{make_link, use_link};
pub use session::{session, sign_out};
pub use token::{LinkToken, SessionToken};

use std::time::Duration;

/// A link may be used for so long: the time to walk from the server to the desk.
pub const LINK_LASTS: Duration = Duration::from_secs(15 * 60);
/// A session ends after a shift, however busy.
pub const SESSION_LASTS: Duration = Duration::from_secs(12 * 3600);
/// A session ends when nobody used it for so long.
pub const SESSION_IDLE: Duration = Duration::from_secs(30 * 60);
