//! The hotlists with their ages and imports.

use domain::HotlistId;
use domain::access::ListHotlists;

use crate::record::Leave;
use crate::views::HotlistRow;
use crate::{App, AskError, Ctx};

/// Every hotlist of the agency, most urgent category first.
pub async fn list_hotlists(app: &App, ctx: &Ctx) -> Result<Vec<HotlistRow>, AskError> {
    let look = app.look::<ListHotlists>(ctx).await?;
    let rows = rows(app, look.leave()).await?;
    look.sends(rows.iter().map(|row| format!("hotlist {}", row.hotlist.id)).collect::<Vec<_>>())
        .await;
    Ok(rows)
}

/// The rows, for who has written down why.
async fn rows(app: &App, leave: &Leave) -> Result<Vec<HotlistRow>, AskError> {
    let permit = leave.permit::<ListHotlists>()?;
    let now = leave.ctx().now;
    let lists = app.inner().store.hotlists(&permit).await;
    let mut lists = lists.map_err(AskError::failed("list the hotlists"))?;
    let urgency = |of| domain::Category::ALL.iter().position(|category| *category == of);
    lists.sort_by(|a, b| {
        urgency(a.category).cmp(&urgency(b.category)).then_with(|| a.name.cmp(&b.name))
    });
    let rows = lists.into_iter().map(|hotlist| HotlistRow {
        age: hotlist.imported_at.map(|at| now.since(at)),
        import: app.inner().imports.status(hotlist.id),
        hotlist,
    });
    Ok(rows.collect())
}

/// One hotlist.
pub async fn open_hotlist(app: &App, ctx: &Ctx, id: HotlistId) -> Result<HotlistRow, AskError> {
    let look = app.look::<ListHotlists>(ctx).await?;
    let row = hotlist(app, look.leave(), id).await?;
    look.sends([format!("hotlist {id}")]).await;
    Ok(row)
}

/// One hotlist, for who has written down why.
pub(super) async fn hotlist(
    app: &App,
    leave: &Leave,
    id: HotlistId,
) -> Result<HotlistRow, AskError> {
    let all = rows(app, leave).await?;
    all.into_iter()
        .find(|row| row.hotlist.id == id)
        .ok_or_else(|| AskError::not_found("hotlist", id))
}
