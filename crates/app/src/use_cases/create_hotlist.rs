//! Make a hotlist; its rows come by import.

use domain::{Category, Hotlist};
use serde::{Deserialize, Serialize};

use crate::error::NotYet;
use crate::{App, AskError, Ctx};

/// What one says when making a hotlist.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHotlist {
    /// What people call it.
    pub name: String,
    /// Where its rows come from, in words.
    pub source: String,
    /// Why its plates are wanted.
    pub category: Category,
}

/// Makes a hotlist without rows.
pub async fn create_hotlist(
    _app: &App,
    _ctx: &Ctx,
    _about: NewHotlist,
) -> Result<Hotlist, AskError> {
    Err(AskError::failed("make the hotlist")(NotYet))
}
