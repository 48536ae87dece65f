//! `GET /`: the page that somebody begins with.

use app::telling::is_link;
use axum::Extension;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use policy::Action;

use super::people::Viewer;
use crate::cookies;
use crate::staff::Staff;

/// `GET /`: the live hits for whose roles may see them, if they are trained or not: what is missing is said there. Who holds
/// no such role begins with their own account, which says what they hold.
pub(crate) async fn get(staff: Option<Extension<Staff>>, headers: HeaderMap) -> Response {
    let Some(Extension(staff)) = staff else { return Redirect::to("/sign-in").into_response() };
    // Who followed an alert before they signed in goes on to it, once.
    if let Some(code) = cookies::way(&headers) {
        let there = if is_link(&code) { format!("/go/{code}") } else { "/".to_owned() };
        let mut response = Redirect::to(&there).into_response();
        cookies::set(response.headers_mut(), &cookies::end_way(&headers));
        return response;
    }
    let sees_hits = Viewer::of(&staff.ctx).may(Action::ListHits);
    Redirect::to(if sees_hits { "/hits" } else { "/account" }).into_response()
}
