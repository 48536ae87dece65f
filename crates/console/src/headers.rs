//! Headers of every answer, and the frame around answers that went wrong.

use app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::error::Trouble;
use crate::frame::{Frame, page};
use crate::pages::error::ErrorPage;
use crate::staff::Staff;

/// Nothing from anywhere else, nothing inline, nobody may frame us.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const ALWAYS: [(header::HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Same-origin rather than none: with none, browsers send forms with `Origin: null`.
    (header::REFERRER_POLICY, "same-origin"),
    (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds the headers; lays a page around an answer that has none.
pub(crate) async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (frame, sent) = (Frame::plain(&parts, app.now()), parts.headers.clone());
    let wants_page = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_none_or(|accept| accept.contains("text/html") || accept == "*/*");
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    let trouble = response.extensions_mut().remove::<Trouble>();
    let bare = status.as_u16() >= 400 && !response.headers().contains_key("plateglass-page");
    if let Some(trouble) = trouble.or_else(|| bare.then(|| Trouble::of_status(status))) {
        let kept = response.headers().get(header::SET_COOKIE).cloned();
        response = if wants_page {
            // Who is signed in keeps the menu; whether they are is asked without making it worse.
            let staff = Staff::of(&app, &sent, None).await.ok().flatten();
            trouble_page(frame.of_staff(&app, staff.as_ref()).await, trouble)
        } else {
            trouble_line(&trouble)
        };
        if let Some(cookie) = kept {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    let headers = response.headers_mut();
    headers.remove("plateglass-page");
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn trouble_page(frame: Frame, trouble: Trouble) -> Response {
    let status = StatusCode::from_u16(trouble.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page(status, &ErrorPage { frame, trouble })
}

/// For pictures and script: one line.
fn trouble_line(trouble: &Trouble) -> Response {
    let status = StatusCode::from_u16(trouble.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(format!("{}. {}\n", trouble.what, trouble.why).into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
