//! Make a hotlist; its rows come by import.

use domain::access::ManageHotlists;
use domain::{Category, Hotlist};
use serde::{Deserialize, Serialize};

use super::add_camera::words;
use super::list_hotlists::hotlist;
use crate::bus::Topic;
use crate::record::About;
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
pub async fn create_hotlist(app: &App, ctx: &Ctx, about: NewHotlist) -> Result<Hotlist, AskError> {
    let act = app.begin::<ManageHotlists>(ctx, About::nothing_yet()).await?;
    words("name", &about.name)?;
    words("source", &about.source)?;
    let NewHotlist { name, source, category } = about;
    let id = app.inner().store.add_hotlist(act.permit(), &name, &source, category, ctx.now).await;
    let id = id.map_err(AskError::failed("make the hotlist"))?;
    app.bus().tell(ctx.agency, Topic::Hotlists, None);
    let row = hotlist(app, act.leave(), id).await?;
    act.done([format!("hotlist {id}, made")]);
    Ok(row.hotlist)
}
