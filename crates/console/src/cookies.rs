//! The cookies: who you are, what holds the steps of a sign-in together, which browser this is, and how you like the pages to
//! look.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

/// The session's cookie over plain HTTP, which is for loopback only.
const SESSION_PLAIN: &str = "plateglass";
/// The session's cookie over TLS: the browser ties it to this host.
const SESSION_TLS: &str = "__Host-plateglass";
/// What holds the steps of a sign-in together.
const STEP_PLAIN: &str = "plateglass-step";
/// The same over TLS.
const STEP_TLS: &str = "__Host-plateglass-step";
/// What is kept while somebody is at their agency's provider: sent along when another site sends them back, so it is `Lax`.
const AWAY_PLAIN: &str = "plateglass-away";
/// The same over TLS.
const AWAY_TLS: &str = "__Host-plateglass-away";
/// By which a browser is known again.
const DEVICE_PLAIN: &str = "plateglass-device";
/// The same over TLS.
const DEVICE_TLS: &str = "__Host-plateglass-device";
/// The alert that somebody followed before they signed in.
const WAY_PLAIN: &str = "plateglass-way";
/// The same over TLS.
const WAY_TLS: &str = "__Host-plateglass-way";
const THEME: &str = "plateglass-theme";

/// Whether the browser speaks TLS, to us or to a proxy before us. A forged header only makes the cookie stricter.
pub(crate) fn over_tls(headers: &HeaderMap) -> bool {
    headers
        .get("x-forwarded-proto")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').next().is_some_and(|first| first.trim() == "https"))
}

fn sent(headers: &HeaderMap, plain: &str, tls: &str) -> Option<String> {
    let name = if over_tls(headers) { tls } else { plain };
    CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_owned())
}

/// The session cookie's value as it was sent.
pub(crate) fn session(headers: &HeaderMap) -> Option<String> {
    sent(headers, SESSION_PLAIN, SESSION_TLS)
}

/// What holds the steps of a sign-in together, as it was sent.
pub(crate) fn step(headers: &HeaderMap) -> Option<String> {
    sent(headers, STEP_PLAIN, STEP_TLS)
}

/// What was kept while somebody was at their provider, as it was sent.
pub(crate) fn away(headers: &HeaderMap) -> Option<String> {
    sent(headers, AWAY_PLAIN, AWAY_TLS)
}

/// By which the browser is known again, as it was sent.
pub(crate) fn device(headers: &HeaderMap) -> Option<String> {
    sent(headers, DEVICE_PLAIN, DEVICE_TLS)
}

/// The alert that somebody followed before they signed in, as it was sent.
pub(crate) fn way(headers: &HeaderMap) -> Option<String> {
    sent(headers, WAY_PLAIN, WAY_TLS)
}

/// The cookie that remembers the alert that somebody followed, until they have signed in. It says nothing of it.
pub(crate) fn begin_way(headers: &HeaderMap, code: String) -> Cookie<'static> {
    let tls = over_tls(headers);
    Cookie::build((if tls { WAY_TLS } else { WAY_PLAIN }, code))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(tls)
        .build()
}

/// The cookie that removes it.
pub(crate) fn end_way(headers: &HeaderMap) -> Cookie<'static> {
    let mut cookie = begin_way(headers, String::new());
    cookie.make_removal();
    cookie
}

/// The cookie of somebody who is sent to their provider.
pub(crate) fn begin_away(headers: &HeaderMap, token: String) -> Cookie<'static> {
    let tls = over_tls(headers);
    Cookie::build((if tls { AWAY_TLS } else { AWAY_PLAIN }, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(tls)
        .build()
}

/// The cookie that removes it.
pub(crate) fn end_away(headers: &HeaderMap) -> Cookie<'static> {
    let mut cookie = begin_away(headers, String::new());
    cookie.make_removal();
    cookie
}

/// The cookie by which the browser is known again: set anew at each sign-in, so that it lasts.
pub(crate) fn keep_device(headers: &HeaderMap, token: String) -> Cookie<'static> {
    let tls = over_tls(headers);
    let mut cookie = Cookie::build((if tls { DEVICE_TLS } else { DEVICE_PLAIN }, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(tls)
        .build();
    // As long as the browser keeps any: 400 days.
    cookie.make_permanent();
    cookie
}

/// The cookie that holds the steps of a sign-in together; sent to our own pages alone.
pub(crate) fn begin_step(headers: &HeaderMap, token: String) -> Cookie<'static> {
    let tls = over_tls(headers);
    Cookie::build((if tls { STEP_TLS } else { STEP_PLAIN }, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(tls)
        .build()
}

/// The cookie that removes it.
pub(crate) fn end_step(headers: &HeaderMap) -> Cookie<'static> {
    let mut cookie = begin_step(headers, String::new());
    cookie.make_removal();
    cookie
}

/// The cookie that begins a session. It ends with the browser; the server ends the session itself.
pub(crate) fn begin_session(headers: &HeaderMap, token: String) -> Cookie<'static> {
    let tls = over_tls(headers);
    Cookie::build((if tls { SESSION_TLS } else { SESSION_PLAIN }, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(tls)
        .build()
}

/// The cookie that removes the session's cookie.
pub(crate) fn end_session(headers: &HeaderMap) -> Cookie<'static> {
    let mut cookie = begin_session(headers, String::new());
    cookie.make_removal();
    cookie
}

/// How the pages look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system wishes.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// Dim and red, for a dark car.
    Night,
}

impl Theme {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::Night];

    /// The word in the cookie and in the style.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Night => "night",
        }
    }

    /// What people read on the switch.
    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "As system",
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::Night => "Night",
        }
    }

    pub(crate) fn of(parts: &Parts) -> Self {
        let jar = CookieJar::from_headers(&parts.headers);
        let word = jar.get(THEME).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
        Self::ALL.into_iter().find(|theme| theme.word() == word).unwrap_or_default()
    }

    pub(crate) fn cookie(self, headers: &HeaderMap) -> Cookie<'static> {
        // A year: a preference, nothing about anyone.
        let mut cookie = Cookie::build((THEME, self.word()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(over_tls(headers))
            .build();
        cookie.make_permanent();
        cookie
    }
}

/// Adds a cookie to an answer.
pub(crate) fn set(headers: &mut HeaderMap, cookie: &Cookie<'_>) {
    if let Ok(value) = cookie.to_string().parse() {
        headers.append(header::SET_COOKIE, value);
    }
}
