//! Where an alert's link leads: through signing in to the hit.

use domain::HitId;
use domain::access::OpenHit;

use crate::{App, AskError, Ctx};

/// How many letters, digits, `-` and `_` a link's code has.
const CODE_CHARS: usize = 22;

/// Whether a text can be a link's code.
pub fn is_link(code: &str) -> bool {
    let is_part = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    code.len() == CODE_CHARS && code.bytes().all(is_part)
}

/// The hit to which a link leads. Whoever may not open hits is refused here as there; opening the hit is a look of its own.
pub async fn hit_of_link(app: &App, ctx: &Ctx, code: &str) -> Result<HitId, AskError> {
    app.permit_to_ask::<OpenHit>(ctx).await?;
    let none = || AskError::not_found("alert", "of this link");
    if !is_link(code) {
        return Err(none());
    }
    let found = app.inner().store.linked_hit(ctx.agency, code).await;
    found.map_err(AskError::failed("look up where a link leads"))?.ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn only_22_plain_letters_are_a_link(text in any::<String>(), code in "[A-Za-z0-9_-]{22}") {
            prop_assert!(is_link(&code));
            prop_assert!(!is_link(&text) || text.len() == CODE_CHARS);
        }
    }
}
