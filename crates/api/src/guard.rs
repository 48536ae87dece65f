//! Holds a route to its guard: who may call it, and what may be kept of the answer.

use std::net::{IpAddr, SocketAddr};

use app::route::{Access, Cache, Guard};
use app::tokens::by_token;
use app::{App, Ctx, Part, sign_in};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::CameraKey;

use crate::cookies;
use crate::error::ApiError;

/// The header in which a camera's key comes; never in an address, which proxies log.
pub(crate) const CAMERA_KEY: &str = "plateglass-camera-key";

/// Lets a request through that its guard lets through, with its [`Ctx`].
pub(crate) async fn enforce(
    State((app, guard)): State<(App, Guard)>,
    mut request: Request,
    next: Next,
) -> Response {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|from| from.0.ip());
    let asks = who(&app, guard.access, request.method(), request.headers(), from).await;
    let mut response = match asks {
        Ok(ctx) => {
            let ctx = ctx.from_address(from);
            request.extensions_mut().insert(ctx);
            next.run(request).await
        }
        Err(err) => err.into_response(),
    };
    // What went wrong is not kept, whatever the route allows: a tile may be there in a minute.
    let cache = if response.status().is_success() { guard.cache } else { Cache::NoStore };
    let kept = HeaderValue::from_static(cache.header());
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    response
}

async fn who(
    app: &App,
    access: Access,
    method: &Method,
    headers: &HeaderMap,
    from: Option<IpAddr>,
) -> Result<Ctx, ApiError> {
    match access {
        Access::Public => Ok(Ctx::nobody(app.now())),
        Access::Camera => camera(app, headers).ok_or(ApiError::NoSuchKey),
        Access::Staff => {
            if let Some(value) = headers.get(header::AUTHORIZATION) {
                // A token that is refused is refused: the cookie beside it does not count.
                return Ok(by_token(app, bearer(value), from).await?);
            }
            if method != Method::GET && cookies::from_elsewhere(headers) {
                return Err(ApiError::FromElsewhere);
            }
            let token = cookies::session(headers).ok_or(ApiError::NotSignedIn)?;
            let ctx = sign_in::session(app, &token, app.now()).await?;
            ctx.map(|ctx| ctx.through(Part::Api)).ok_or(ApiError::NotSignedIn)
        }
    }
}

/// The token in a header of the form `Bearer pgt_…` (RFC 6750); any other header holds none.
fn bearer(value: &HeaderValue) -> &str {
    let text = value.to_str().unwrap_or_default();
    let (scheme, token) = text.split_once(' ').unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" }
}

fn camera(app: &App, headers: &HeaderMap) -> Option<Ctx> {
    let key = headers.get(CAMERA_KEY)?.to_str().ok()?;
    app.camera_ctx(&CameraKey::parse(key)?)
}
