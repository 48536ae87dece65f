//! `/sign-in/oidc` and what follows: signing in with the agency's own provider. Links, not forms: a form may lead to pages of ours
//! alone (the policy of every page says so), and a provider is elsewhere.

use app::App;
use app::sign_in::{
    Back, SignInRefused, StepToken, ToProvider, back_from_provider, begin_confirming_provider,
    begin_invited_provider, begin_provider,
};
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::AgencyId;
use serde::Deserialize;

use super::confirm::{Back as BackTo, confirm_page};
use super::sign_in::{SignInPage, door, signed_in_at};
use super::theme::within;
use crate::cookies;
use crate::frame::Frame;
use crate::staff::Staff;

/// Whose provider.
#[derive(Deserialize)]
pub(crate) struct Whose {
    agency: i64,
}

/// Sends the browser to the provider.
fn send(headers: &HeaderMap, to: &ToProvider) -> Response {
    let Ok(url) = HeaderValue::from_str(&to.url) else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response();
    cookies::set(response.headers_mut(), &cookies::begin_away(headers, to.token.expose()));
    response
}

/// `GET /sign-in/oidc`
pub(crate) async fn get(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    Query(Whose { agency }): Query<Whose>,
) -> Response {
    match begin_provider(&app, AgencyId::from_i64(agency)).await {
        Ok(to) => send(&headers, &to),
        Err(refused) => SignInPage::again(&app, frame, "", &refused),
    }
}

/// `GET /invitation/{token}/oidc`
pub(crate) async fn get_invited(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    match begin_invited_provider(&app, &token).await {
        Ok(to) => send(&headers, &to),
        Err(refused) => SignInPage::again(&app, frame, "", &refused),
    }
}

/// `GET /confirm/oidc`
pub(crate) async fn get_confirm(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    Query(BackTo { back }): Query<BackTo>,
) -> Response {
    match begin_confirming_provider(&app, &staff.ctx, within(&back)).await {
        Ok(to) => send(&headers, &to),
        Err(refused) => confirm_page(&app, &staff, frame, &back, Some(&refused)).await,
    }
}

/// `GET /sign-in/oidc/back`
pub(crate) async fn get_back(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    extensions: Extensions,
    RawQuery(query): RawQuery,
) -> Response {
    let door = door(&app, &headers, &extensions);
    let token = cookies::away(&headers).as_deref().and_then(StepToken::parse);
    let staff = extensions.get::<Staff>();
    let query = query.unwrap_or_default();
    let ctx = staff.map(|staff| &staff.ctx);
    let mut response = match back_from_provider(&app, token.as_ref(), &query, ctx, &door).await {
        Ok(Back::SignedIn(session)) => signed_in_at("/", &headers, &door, session.expose()),
        Ok(Back::Confirmed(back)) => Redirect::to(within(&back)).into_response(),
        Err(refused) => refused_back(&app, staff, frame, &refused).await,
    };
    cookies::set(response.headers_mut(), &cookies::end_away(&headers));
    response
}

async fn refused_back(
    app: &App,
    staff: Option<&Staff>,
    frame: Frame,
    refused: &SignInRefused,
) -> Response {
    match staff {
        Some(staff) => confirm_page(app, staff, frame, "/", Some(refused)).await,
        None => SignInPage::again(app, frame, "", refused),
    }
}
