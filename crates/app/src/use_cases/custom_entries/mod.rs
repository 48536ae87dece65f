//! Entries of the agency's own: who asks, who else decides, who ends them (`TWF-401.4f`).

mod ask;
mod decide;
mod end;
mod past;
mod view;

pub use ask::{AskingCustomEntry, ask_custom_entry};
pub use decide::{approve_custom_entry, refuse_custom_entry};
pub(crate) use end::close_left_over;
pub use end::end_custom_entry;
pub use past::count_custom_entry;
pub use view::{
    CustomBoard, CustomCard, CustomHappened, CustomPage, EntryForm, PastView, custom_entries,
    custom_entry_form, open_custom_entry,
};

use domain::CustomEntryId;
use domain::access::ApproveCustomEntry;
use domain::custom::{CustomDeed, CustomEntry};

use super::said::wrong;
use crate::record::{About, Leave};
use crate::{App, AskError, Ctx};

/// An entry that somebody is shown.
async fn shown(
    app: &App,
    ctx: &Ctx,
    leave: &Leave,
    id: CustomEntryId,
) -> Result<CustomEntry, AskError> {
    let found = app.inner().store.custom_entry(&leave.permit()?, id).await;
    let found = found.map_err(AskError::failed("look up an entry of the agency's own"))?;
    let found = found.filter(|entry| is_shown(ctx, entry));
    found.ok_or_else(|| AskError::not_found("custom entry", id))
}

/// Whether somebody sees an entry; the server sees all.
fn is_shown(ctx: &Ctx, entry: &CustomEntry) -> bool {
    let Some(signed_in) = &ctx.person else { return true };
    let (me, roles) = (signed_in.standing.person.id, signed_in.standing.roles(ctx.now));
    entry.is_shown_to(me, &roles, ctx.may::<ApproveCustomEntry>())
}

/// Whether somebody may do this now, whatever the rules of the bundle say.
fn check(ctx: &Ctx, entry: &CustomEntry, deed: &CustomDeed) -> Result<(), AskError> {
    let may = entry.may(deed, ctx.person_id(), ctx.now);
    may.map_err(|why| wrong("entry", why.to_string()))
}

/// Somebody else was quicker.
fn late() -> AskError {
    wrong("entry", "somebody else decided it in this moment: look at what they did")
}

fn about(id: CustomEntryId) -> About {
    About::one("custom entry", id)
}

fn thing(id: CustomEntryId) -> String {
    format!("custom entry {id}")
}
