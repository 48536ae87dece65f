//! Looks that cannot wait for a case number: kept, with the time by which the number has to follow, before anything is shown.

use std::time::Duration;

use domain::{ExigentId, ExigentLook, PersonId};

use super::Ctx;
use super::judge::Grounds;
use crate::{App, AskError};

impl App {
    /// Keeps that somebody looks without a case number, where that is what was permitted. `leaf` is the look's.
    pub(in crate::record) async fn note_exigent(
        &self,
        ctx: &Ctx,
        grounds: &Grounds,
        leaf: u64,
    ) -> Result<(), AskError> {
        let Some((person, look)) = look_of(ctx, grounds, leaf) else { return Ok(()) };
        let noted = self.inner().store.note_exigent_look(ctx.agency, person, &look).await;
        noted.map_err(AskError::failed("note a look without a case number"))
    }
}

/// The look of a statement by which nobody has looked yet.
fn look_of(ctx: &Ctx, grounds: &Grounds, leaf: u64) -> Option<(PersonId, ExigentLook)> {
    if !grounds.is_exigent {
        return None;
    }
    let signed_in = ctx.person.as_ref()?;
    let work = signed_in.work.as_ref()?;
    if signed_in.standing.exigent.iter().any(|look| look.stated_at == work.stated_at) {
        return None;
    }
    let purpose = signed_in.policy.as_ref()?.bundle.settings().purpose(&work.purpose)?;
    let within = Duration::from_secs(u64::from(purpose.exigent_hours?) * 3600);
    let looked_at = ctx.now.max(work.stated_at);
    let look = ExigentLook {
        id: ExigentId::from_i64(0),
        purpose: work.purpose.clone(),
        stated_at: work.stated_at,
        looked_at,
        due_at: looked_at.plus(within),
        leaf,
        completed_at: None,
        released_at: None,
    };
    Some((signed_in.standing.person.id, look))
}
