//! `/account/tokens/…`: tokens with which machines ask in one's own name.

use app::tokens::{MadeToken, NewToken, TOKEN_DAYS_MAX, make_token, revoke_token, scopes_for};
use app::{App, AskError, may_send};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::TokenId;
use domain::access::ManageTokens;
use policy::Action;
use serde::Deserialize;

use super::camera_key::{Nothing, server};
use crate::components::Moment;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// Days that are proposed.
const DAYS: u32 = 30;

/// What a token may be made for.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// The form.
#[derive(Template, Debug)]
#[template(path = "pages/token_new.html")]
pub struct NewTokenPage {
    frame: Frame,
    name: Field,
    days: Field,
    days_max: u32,
    scopes: Vec<Scope>,
    scopes_wrong: String,
}

impl NewTokenPage {
    /// The form for what may be chosen, as it was filled in, with what is wrong: the field and why.
    pub fn of(frame: Frame, may: &[Action], typed: &NewToken, wrong: Option<(&str, &str)>) -> Self {
        let of = |field: &str| match wrong {
            Some((at, why)) if at == field => format!("This {why}."),
            _ => String::new(),
        };
        let scope = |action: &Action| Scope {
            word: action.word(),
            label: action.label(),
            is_chosen: typed.scopes.iter().any(|word| word == action.word()),
        };
        Self {
            name: Field { value: typed.name.clone(), wrong: of("name") },
            days: Field { value: typed.days.to_string(), wrong: of("days") },
            days_max: TOKEN_DAYS_MAX,
            scopes: may.iter().map(scope).collect(),
            scopes_wrong: of("scopes"),
            frame,
        }
    }
}

/// A token, shown once.
#[derive(Template)]
#[template(path = "pages/token_made.html")]
pub struct TokenPage {
    frame: Frame,
    name: String,
    secret: String,
    expires: Moment,
    server: String,
}

impl TokenPage {
    /// The page that shows it; `server` is the address it is used at.
    pub fn of(frame: Frame, made: &MadeToken, server: String) -> Self {
        Self {
            frame,
            name: made.token.name.clone(),
            secret: made.secret.to_string(),
            expires: Moment::in_full(made.token.expires_at),
            server,
        }
    }
}

/// `GET /account/tokens/new`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    if frame.may(Action::ManageTokens) && staff.ctx.needs_fresh_proof() {
        return Ok(Redirect::to("/confirm?back=/account/tokens/new").into_response());
    }
    may_send::<ManageTokens>(&app, &staff.ctx).await?;
    let typed = NewToken { days: DAYS, ..NewToken::default() };
    Ok(page(StatusCode::OK, &NewTokenPage::of(frame, &scopes_for(&staff.ctx), &typed, None)))
}

/// What was typed. A box that was ticked comes with its action's word as its name.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    days: String,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, String>,
}

impl Typed {
    fn read(self) -> NewToken {
        let scopes = self.rest.into_keys().filter_map(|key| {
            let word = key.strip_prefix("may-")?;
            Some(word.to_owned())
        });
        NewToken {
            name: self.name,
            scopes: scopes.collect(),
            days: self.days.trim().parse().unwrap_or(0),
        }
    }
}

/// `POST /account/tokens/new`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    let new = typed.read();
    match make_token(&app, &staff.ctx, &new).await {
        Ok(made) => Ok(page(StatusCode::OK, &TokenPage::of(frame, &made, server(&headers)))),
        Err(AskError::Invalid { field, why }) => {
            let may = scopes_for(&staff.ctx);
            let shown = NewTokenPage::of(frame, &may, &new, Some((field, &why)));
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(err) => Err(err.into()),
    }
}

/// `POST /account/tokens/{id}/revoke`
pub(crate) async fn revoke(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<i64>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, PageError> {
    revoke_token(&app, &staff.ctx, TokenId::from_i64(id)).await?;
    Ok(Redirect::to("/account#tokens"))
}
