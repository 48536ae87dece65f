//! One page of a list.

use app::views::Page;
use serde::Serialize;
use utoipa::ToSchema;

/// Some items, newest first, and where to go on.
#[derive(Serialize, ToSchema)]
pub(crate) struct PageOut<T> {
    /// The items.
    items: Vec<T>,
    /// What to give as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many of this page were left out because they were taken at a protected event; absent where none was.
    #[serde(skip_serializing_if = "is_none")]
    n_left_out: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
const fn is_none(n: &u64) -> bool {
    *n == 0
}

impl<T> PageOut<T> {
    pub(crate) fn of<V>(page: Page<V>, out: impl FnMut(V) -> T) -> Self {
        let Page { items, next, n_left_out } = page;
        Self { items: items.into_iter().map(out).collect(), next, n_left_out }
    }
}
