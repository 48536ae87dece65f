//! The hotlists with their ages and imports.

use domain::HotlistId;
use domain::access::ListHotlists;

use crate::views::HotlistRow;
use crate::{App, AskError, Ctx};

/// Every hotlist of the agency, most urgent category first.
pub async fn list_hotlists(app: &App, ctx: &Ctx) -> Result<Vec<HotlistRow>, AskError> {
    let permit = ctx.permit::<ListHotlists>()?;
    let lists = app.inner().store.hotlists(&permit).await;
    let mut lists = lists.map_err(AskError::failed("list the hotlists"))?;
    let urgency = |of| domain::Category::ALL.iter().position(|category| *category == of);
    lists.sort_by(|a, b| {
        urgency(a.category).cmp(&urgency(b.category)).then_with(|| a.name.cmp(&b.name))
    });
    let rows = lists.into_iter().map(|hotlist| HotlistRow {
        age: hotlist.imported_at.map(|at| ctx.now.since(at)),
        import: app.inner().imports.status(hotlist.id),
        hotlist,
    });
    Ok(rows.collect())
}

/// One hotlist.
pub async fn open_hotlist(app: &App, ctx: &Ctx, id: HotlistId) -> Result<HotlistRow, AskError> {
    let all = list_hotlists(app, ctx).await?;
    all.into_iter()
        .find(|row| row.hotlist.id == id)
        .ok_or_else(|| AskError::not_found("hotlist", id))
}
