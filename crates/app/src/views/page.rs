//! One page of a list.

/// Some items and where to go on.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// What to give as `before` for the page after this one; none when this was the last.
    pub next: Option<String>,
    /// How many of this page were left out because they were taken at a protected event (`AUS-344.4a4`).
    pub n_left_out: u64,
}

impl<T> Page<T> {
    /// Cuts `items`, of which one more than `limit` was asked for, and says where to go on.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = more.then(|| items.last().map(cursor)).flatten();
        Self { items, next, n_left_out: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_next() {
        let page = |n: u32| Page::cut((0..n).collect(), 2, u32::to_string);
        let whole = |items: Vec<u32>| Page { items, next: None, n_left_out: 0 };
        assert_eq!(page(3), Page { next: Some("1".to_owned()), ..whole(vec![0, 1]) });
        assert_eq!(page(2), whole(vec![0, 1]));
        assert_eq!(page(0), whole(vec![]));
    }
}
