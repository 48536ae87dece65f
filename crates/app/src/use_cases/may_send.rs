//! Before a form is shown: who may not do what it asks for is told so, and not after they have filled it in.

use domain::Action;

use crate::{App, AskError, Ctx};

/// Lets somebody see the form that asks for `A`. Refused with the reasons with which sending it would be, and written down as
/// that; where it is allowed nothing is, and what is sent is asked about anew.
pub async fn may_send<A: Action>(app: &App, ctx: &Ctx) -> Result<(), AskError> {
    app.permit_to_ask::<A>(ctx).await
}
