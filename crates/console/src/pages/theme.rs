//! `POST /theme`: light, dark, night, or as the system wishes.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::cookies::{self, Theme};
use crate::form::Checked;

/// The wish, and where to return to.
#[derive(Deserialize)]
pub(crate) struct Wish {
    theme: Theme,
    #[serde(default)]
    back: String,
}

/// `POST /theme`
pub(crate) async fn post(headers: HeaderMap, Checked(wish): Checked<Wish>) -> Response {
    let mut response = Redirect::to(within(&wish.back)).into_response();
    cookies::set(response.headers_mut(), &wish.theme.cookie(&headers));
    response
}

/// An address of ours, or the start: nobody is sent elsewhere by a form.
pub(super) fn within(back: &str) -> &str {
    let ours = back.starts_with('/')
        && !back.starts_with("//")
        && back.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ours { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(within("/reads?camera=1"), "/reads?camera=1");
        for elsewhere in
            ["https://evil.example", "//evil.example", "/\\evil.example", "", "/a\r\nb"]
        {
            assert_eq!(within(elsewhere), "/");
        }
    }
}
