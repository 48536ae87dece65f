//! A read in the feed.

use app::views::ReadCard;
use askama::Template;
use askama::filters::HtmlSafe;
use domain::{Confidence, Timestamp};

use super::{Age, Moment, Picture, PlateLine};
use crate::words;

/// How sure the recogniser is: a word and a number.
#[derive(Template, Clone, Debug)]
#[template(
    source = r#"<span{% if doubtful %} class="doubt-word"{% endif %}>{{ word }}</span> {{ number }}"#,
    ext = "html"
)]
pub struct Sure {
    word: &'static str,
    number: String,
    doubtful: bool,
}

impl HtmlSafe for Sure {}

impl Sure {
    /// From a confidence.
    pub fn of(sure: Confidence) -> Self {
        Self {
            word: words::confidence_word(sure),
            number: words::confidence_number(sure),
            doubtful: words::is_doubtful(sure),
        }
    }
}

/// A read in the feed.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/read_row.html")]
pub struct ReadRow {
    address: String,
    plate: PlateLine,
    picture: Picture,
    sure: Sure,
    camera: String,
    captured: Moment,
    age: Age,
    n_hits: u32,
    marked: bool,
}

impl HtmlSafe for ReadRow {}

impl ReadRow {
    /// A read as it looks now.
    pub fn of(read: &ReadCard, now: Timestamp) -> Self {
        Self {
            address: format!("/reads/{}", read.read),
            plate: PlateLine::read(read.plate, &read.doubtful, read.jurisdiction),
            picture: Picture::of_plate(read.read, read.has_plate_picture).lazy(),
            sure: Sure::of(read.confidence),
            camera: read.camera_name.clone(),
            captured: Moment::of(read.captured_at, now),
            age: Age::of(read.captured_at, now),
            n_hits: read.n_hits,
            marked: read.marks.bits() != 0,
        }
    }
}
