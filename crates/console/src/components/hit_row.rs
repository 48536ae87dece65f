//! A hit in a list.

use app::views::HitCard;
use askama::Template;
use askama::filters::HtmlSafe;
use domain::{HotlistEntry, Priority, Timestamp};
use plate::{Grade, JurisdictionFit, PlateText};

use super::{Age, Heading, LifeBar, Moment, Picture, PlateLine};
use crate::words;

/// A hit in a list: what was read beside what was looked for.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/hit_row.html")]
pub struct HitRow {
    pub(crate) id: i64,
    priority: &'static str,
    plate: PlateLine,
    picture: Picture,
    category: &'static str,
    list: String,
    list_age: Option<Age>,
    entry: Option<Entry>,
    /// `B or 8?`
    doubt: Option<String>,
    grade: &'static str,
    state_fit: &'static str,
    state_doubt: bool,
    camera: String,
    heading: Option<Heading>,
    captured: Moment,
    age: Age,
    spoken: String,
    /// How far it has come: in the queue.
    life: Option<LifeBar>,
}

impl HtmlSafe for HitRow {}

/// The entry that a hit matched.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) plate: PlateLine,
    pub(crate) vehicle: String,
    pub(crate) reference: Option<String>,
    pub(crate) note: Option<String>,
}

impl Entry {
    /// An entry; where `against` is given, what differs from that read is marked.
    pub fn of(entry: &HotlistEntry, against: Option<PlateText>) -> Self {
        let year = entry.year.map(|year| year.to_string());
        let vehicle = [&entry.colour, &entry.make, &entry.model, &year];
        let vehicle: Vec<&str> = vehicle.into_iter().flatten().map(String::as_str).collect();
        Self {
            plate: PlateLine::entry(&entry.plate, entry.jurisdiction, against),
            vehicle: vehicle.join(" "),
            reference: entry.reference.clone(),
            note: entry.note.clone(),
        }
    }
}

impl HitRow {
    /// A hit as it looks now.
    pub fn of(hit: &HitCard, now: Timestamp) -> Self {
        let against = (hit.grade == Grade::LookAlike).then_some(hit.plate);
        Self {
            id: hit.id.to_i64(),
            priority: priority_word(hit.priority),
            plate: PlateLine::read(hit.plate, &hit.doubtful, hit.jurisdiction),
            picture: Picture::of_plate(hit.read, hit.has_plate_picture).lazy(),
            category: hit.category.label(),
            list: hit.hotlist_name.clone(),
            list_age: hit.list_imported_at.map(|at| Age::of(at, now)),
            entry: hit.entry.as_ref().map(|entry| Entry::of(entry, against)),
            doubt: hit.look_alike_note.clone(),
            grade: words::grade(hit.grade),
            state_fit: words::state_fit(hit.jurisdiction_fit),
            state_doubt: hit.jurisdiction_fit != JurisdictionFit::Same,
            camera: hit.camera_name.clone(),
            heading: hit.heading_deg.map(Heading::of),
            captured: Moment::of(hit.captured_at, now),
            age: Age::of(hit.captured_at, now),
            spoken: format!("{}, {}", hit.category.label(), hit.camera_name),
            life: None,
        }
    }

    /// The same, as it stands in the queue.
    #[must_use]
    pub fn in_queue(mut self, life: LifeBar) -> Self {
        self.life = Some(life);
        self
    }
}

/// How loudly a hit is told: the word in the page that style and sound go by.
pub(crate) const fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
    }
}
