//! What went wrong, as a page.

use askama::Template;

pub use crate::error::{Trouble, Way, WhyNot};
use crate::frame::Frame;

/// What went wrong, what it means, what to do.
#[derive(Template, Debug)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    pub(crate) frame: Frame,
    pub(crate) trouble: Trouble,
}

impl ErrorPage {
    /// The page around `trouble`.
    pub const fn of(frame: Frame, trouble: Trouble) -> Self {
        Self { frame, trouble }
    }
}
