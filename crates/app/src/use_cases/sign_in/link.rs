//! The one-time link.

use domain::{AgencyId, Timestamp};

use super::{LinkToken, SessionToken};
use crate::error::NotYet;
use crate::{App, AskError};

/// Makes a link for the agency's administrator: works once, for [`super::LINK_LASTS`].
pub async fn make_link(
    _app: &App,
    _agency: AgencyId,
    _now: Timestamp,
) -> Result<LinkToken, AskError> {
    Err(AskError::failed("make a sign-in link")(NotYet))
}

/// Uses a link up and begins a session; none when the link is unknown, used or too old (told apart for nobody).
pub async fn use_link(
    _app: &App,
    _link: &LinkToken,
    _now: Timestamp,
) -> Result<Option<SessionToken>, AskError> {
    Err(AskError::failed("use a sign-in link")(NotYet))
}
