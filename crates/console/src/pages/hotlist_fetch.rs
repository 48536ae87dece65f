//! `POST /hotlists/{id}/fetch`: fetch a hotlist now, or only try.

use app::{App, AskError, begin_fetch};
use axum::extract::{Path, State};
use axum::response::Redirect;
use domain::HotlistId;
use serde::Deserialize;

use crate::error::PageError;
use crate::form::Checked;
use crate::staff::Staff;

#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default, rename = "do")]
    act: String,
}

/// `POST /hotlists/{id}/fetch`. The page follows the fetch by itself.
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(typed): Checked<Typed>,
) -> Result<Redirect, PageError> {
    let dry_run = typed.act != "fetch";
    match begin_fetch(&app, &staff.ctx, HotlistId::from_i64(id), dry_run).await {
        // It goes on by itself.
        Ok(fetching) => drop(fetching),
        // It is being fetched already, or no longer fetched at all: the page says which.
        Err(AskError::Invalid { .. }) => {}
        Err(err) => return Err(err.into()),
    }
    Ok(Redirect::to(&format!("/hotlists/{id}#fetching")))
}
