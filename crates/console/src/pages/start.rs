//! `GET /`: the page that somebody begins with.

use axum::Extension;
use axum::response::Redirect;
use policy::Action;

use super::people::Viewer;
use crate::staff::Staff;

/// `GET /`: the live hits for whose roles may see them, if they are trained or not: what is missing is said there. Who holds
/// no such role begins with their own account, which says what they hold.
pub(crate) async fn get(staff: Option<Extension<Staff>>) -> Redirect {
    Redirect::to(match staff {
        None => "/sign-in",
        Some(Extension(staff)) if Viewer::of(&staff.ctx).may(Action::ListHits) => "/hits",
        Some(_) => "/account",
    })
}
