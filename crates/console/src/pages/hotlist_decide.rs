//! `POST /hotlists/{id}/topics/{number}` and `POST /hotlists/{id}/waiting/{version}`: what a person decides about a hotlist.

use app::{App, decide_import, switch_topic};
use axum::extract::{Path, State};
use axum::response::Redirect;
use domain::{HotlistId, HotlistVersionId};
use serde::Deserialize;

use crate::error::PageError;
use crate::form::Checked;
use crate::staff::Staff;

#[derive(Deserialize)]
pub(crate) struct Switch {
    #[serde(default)]
    on: String,
}

/// `POST /hotlists/{id}/topics/{number}`
pub(crate) async fn topic(
    State(app): State<App>,
    staff: Staff,
    Path((id, number)): Path<(i64, u32)>,
    Checked(switch): Checked<Switch>,
) -> Result<Redirect, PageError> {
    let on = switch.on == "yes";
    switch_topic(&app, &staff.ctx, HotlistId::from_i64(id), number, on).await?;
    Ok(Redirect::to(&format!("/hotlists/{id}#topics")))
}

#[derive(Deserialize)]
pub(crate) struct Decision {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    reason: String,
}

/// `POST /hotlists/{id}/waiting/{version}`
pub(crate) async fn waiting(
    State(app): State<App>,
    staff: Staff,
    Path((id, version)): Path<(i64, i64)>,
    Checked(Decision { decision, reason }): Checked<Decision>,
) -> Result<Redirect, PageError> {
    let at = (HotlistId::from_i64(id), HotlistVersionId::from_i64(version));
    // Whatever is not said to be accepted is not.
    let accept = decision == "accept";
    decide_import(&app, &staff.ctx, at, accept, &reason).await?;
    Ok(Redirect::to(&format!("/hotlists/{id}")))
}
