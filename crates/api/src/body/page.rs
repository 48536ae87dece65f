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
}

impl<T> PageOut<T> {
    pub(crate) fn of<V>(page: Page<V>, out: impl FnMut(V) -> T) -> Self {
        Self { items: page.items.into_iter().map(out).collect(), next: page.next }
    }
}
