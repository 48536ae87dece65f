//! `GET /go/{token}`: where an alert leads. Through signing in to the hit; the address says nothing of it.

use app::App;
use app::telling::{hit_of_link, is_link};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::cookies;
use crate::error::PageError;
use crate::staff::Staff;

/// `GET /go/{token}`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Option<Extension<Staff>>,
    headers: HeaderMap,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    let Some(Extension(staff)) = staff else {
        let mut response = Redirect::to("/sign-in").into_response();
        if is_link(&code) {
            cookies::set(response.headers_mut(), &cookies::begin_way(&headers, code));
        }
        return Ok(response);
    };
    let hit = hit_of_link(&app, &staff.ctx, &code).await?;
    Ok(Redirect::to(&format!("/hits/{hit}")).into_response())
}
