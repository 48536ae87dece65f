//! Forms that our own pages sent. What a person typed wrong is not an error here: pages show it beside the field.

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use domain::Day;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::PageError;
use crate::staff::Staff;

/// The fields of a form whose token was that of the sender's session.
pub(crate) struct Checked<T>(pub(crate) T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    form_token: String,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Checked<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let staff = Staff::from_request_parts(&mut parts, state).await?;
        let whole = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(whole, state).await.map_err(PageError::bad_form)?;
        let again = |bytes: Bytes| Request::from_parts(parts.clone(), Body::from(bytes));
        let Form(token) = Form::<Token>::from_request(again(bytes.clone()), state)
            .await
            .map_err(PageError::bad_form)?;
        if !staff.wrote(&token.form_token) {
            return Err(PageError::ForeignForm);
        }
        let Form(fields) =
            Form::<T>::from_request(again(bytes), state).await.map_err(PageError::bad_form)?;
        Ok(Self(fields))
    }
}

/// A day that one of our own pages named; none where it named none.
pub(crate) fn day(text: &str) -> Result<Option<Day>, PageError> {
    match text {
        "" => Ok(None),
        text => Day::parse(text).map(Some).map_err(PageError::bad_form),
    }
}

/// What a person typed into a field, and what is wrong with it.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Field {
    /// As typed.
    pub(crate) value: String,
    /// What is wrong, and what would be right; empty where nothing is.
    pub(crate) wrong: String,
}

impl Field {
    /// A field with what was typed.
    pub(crate) fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), wrong: String::new() }
    }
}
