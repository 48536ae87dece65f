//! Pieces of pages: a plate, a moment, an age, a picture. Each is a value with a template of its own, written where it is
//! used by its name.

mod audit_row;
mod exigent;
mod feed;
mod hit_row;
mod information;
mod life;
mod map;
mod plate_text;
mod precision;
mod read_row;
mod telling;

pub use audit_row::AuditRow;
pub use exigent::{ExigentBar, LookRow};
pub(crate) use feed::FeedCard;
pub use hit_row::{Entry, HitRow, ListLine};
pub(crate) use hit_row::{Seen, priority_word};
pub(crate) use information::classes;
pub use information::{Information, VehicleLine};
pub use life::{HistoryRow, LifeBar, StepRow};
pub use map::CameraMap;
pub use plate_text::{CharacterBar, PlateLine};
pub use precision::PrecisionLine;
pub use read_row::{ReadRow, Sure};
pub(crate) use telling::{
    QuietForm, RuleLine, Tick, ToldLine, TypedRule, categories, priorities, ticked,
};

use askama::Template;
use askama::filters::HtmlSafe;
use domain::{PictureKind, ReadRef, Timestamp};

use crate::words;

/// A moment. UTC as the server writes it; the script tells it in the reader's zone.
#[derive(Template, Clone, Debug)]
#[template(
    source = r#"<time datetime="{{ exact }}" data-at="{{ kind }}" class="nowrap">{{ says }}</time>"#,
    ext = "html"
)]
pub struct Moment {
    exact: String,
    kind: &'static str,
    says: String,
}

impl HtmlSafe for Moment {}

impl Moment {
    /// The clock alone where it is today.
    pub fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { exact: at.to_string(), kind: "short", says: words::moment(at, now) }
    }

    /// Always with its date.
    pub fn in_full(at: Timestamp) -> Self {
        Self { exact: at.to_string(), kind: "full", says: words::moment_in_full(at) }
    }
}

/// How long ago something was; counts on by itself.
#[derive(Template, Clone, Debug)]
#[template(
    source = r#"<time datetime="{{ exact }}" data-age class="nowrap">{{ says }}</time>"#,
    ext = "html"
)]
pub struct Age {
    exact: String,
    says: String,
}

impl HtmlSafe for Age {}

impl Age {
    /// The age of what was at `at`.
    pub fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { exact: at.to_string(), says: words::age(at, now) }
    }
}

/// A picture of a read, or the words that there is none.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/picture.html")]
pub struct Picture {
    address: Option<String>,
    alt: String,
    lazy: bool,
}

impl HtmlSafe for Picture {}

impl Picture {
    /// The plate's picture.
    pub fn of_plate(read: ReadRef, there_is: bool) -> Self {
        let alt = "The plate, as the camera saw it".to_owned();
        Self { address: there_is.then(|| address(read, PictureKind::Plate)), alt, lazy: false }
    }

    /// The vehicle's picture.
    pub fn of_vehicle(read: ReadRef, there_is: bool) -> Self {
        let alt = "The vehicle; glass and surroundings are masked".to_owned();
        Self { address: there_is.then(|| address(read, PictureKind::Vehicle)), alt, lazy: false }
    }

    /// The same, loaded only when it comes into view: for lists.
    #[must_use]
    pub fn lazy(mut self) -> Self {
        self.lazy = true;
        self
    }
}

fn address(read: ReadRef, kind: PictureKind) -> String {
    format!("/reads/{read}/{}.jpg", kind.word())
}

/// Where a camera looks, as an arrow and in words.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/heading.html")]
pub struct Heading {
    degrees: u16,
    short: &'static str,
    long: &'static str,
}

impl HtmlSafe for Heading {}

impl Heading {
    /// From degrees clockwise from north.
    pub const fn of(degrees: u16) -> Self {
        Self { degrees, short: words::direction_short(degrees), long: words::direction(degrees) }
    }
}
