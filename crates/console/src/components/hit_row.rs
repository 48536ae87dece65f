//! A hit in a list.

use app::views::{HitCard, SeenAgain};
use askama::Template;
use askama::filters::HtmlSafe;
use domain::{ClassFit, HotlistEntry, Priority, Timestamp};
use plate::{Grade, JurisdictionFit, PlateText};

use super::{Age, Heading, LifeBar, Moment, Picture, PlateLine};
use crate::words;

/// A hit in a list: what was read beside what was looked for.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/hit_row.html")]
pub struct HitRow {
    pub(crate) id: i64,
    /// The newest hit that it stands for: its own id, or that of the last repeat.
    pub(crate) newest: i64,
    seen: Option<Seen>,
    priority: &'static str,
    plate: PlateLine,
    picture: Picture,
    category: &'static str,
    list: ListLine,
    entry: Option<Entry>,
    /// `B or 8?`
    doubt: Option<String>,
    grade: &'static str,
    state_fit: &'static str,
    state_doubt: bool,
    /// That the vehicle is of another class; empty where that is not known.
    class_differs: &'static str,
    is_information_only: bool,
    /// Whether the console makes no sound for it: information only, and nobody's life depends on it.
    is_silent: bool,
    camera: String,
    heading: Option<Heading>,
    captured: Moment,
    age: Age,
    spoken: String,
    /// Where it is opened: the address before its number.
    opens: &'static str,
    /// How far it has come: in the queue.
    life: Option<LifeBar>,
}

impl HtmlSafe for HitRow {}

/// The list that a hit is from, with its age: what is old may be over.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/list_line.html")]
pub struct ListLine {
    pub(crate) name: String,
    /// None where a newer list has taken its place.
    age: Option<Age>,
    /// Whether it was not renewed in time.
    pub(crate) is_stale: bool,
    /// Whether it is the agency's own, whose entries end by themselves.
    is_own: bool,
}

impl HtmlSafe for ListLine {}

impl ListLine {
    /// A hit's list as it stands now.
    pub fn of(hit: &HitCard, now: Timestamp) -> Self {
        Self {
            name: hit.hotlist_name.clone(),
            age: hit.list_imported_at.map(|at| Age::of(at, now)),
            is_stale: hit.list_is_stale,
            is_own: hit.own.is_some(),
        }
    }
}

/// How often a vehicle was seen.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) n: u32,
    pub(crate) camera: String,
    pub(crate) age: Age,
    pub(crate) first: i64,
    moved: bool,
}

impl Seen {
    pub(crate) fn of(seen: &SeenAgain, now: Timestamp) -> Self {
        Self {
            n: seen.n_hits,
            camera: seen.last_camera.clone(),
            age: Age::of(seen.last_at, now),
            first: seen.first.to_i64(),
            moved: seen.moved,
        }
    }
}

/// The entry that a hit matched.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) plate: PlateLine,
    pub(crate) vehicle: String,
    pub(crate) reference: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) caution: Option<String>,
}

impl Entry {
    /// An entry; where `against` is given, what differs from that read is marked.
    pub fn of(entry: &HotlistEntry, against: Option<PlateText>) -> Self {
        let year = entry.year.map(|year| year.to_string());
        let class = (!entry.class.is_unknown()).then(|| entry.class.word().to_owned());
        let vehicle = [&entry.colour, &entry.make, &entry.model, &year, &class];
        let vehicle: Vec<&str> = vehicle.into_iter().flatten().map(String::as_str).collect();
        Self {
            plate: PlateLine::entry(&entry.plate, entry.jurisdiction, against),
            vehicle: vehicle.join(" "),
            reference: entry.reference.clone(),
            note: entry.note.clone(),
            caution: entry.caution.clone(),
        }
    }
}

impl HitRow {
    /// A hit as it looks now.
    pub fn of(hit: &HitCard, now: Timestamp) -> Self {
        let against = (hit.grade == Grade::LookAlike).then_some(hit.plate);
        Self {
            id: hit.id.to_i64(),
            newest: hit.seen.as_ref().map_or(hit.id, |seen| seen.last.max(hit.id)).to_i64(),
            seen: hit.seen.as_ref().map(|seen| Seen::of(seen, now)),
            priority: priority_word(hit.priority),
            plate: PlateLine::read(hit.plate, &hit.doubtful, hit.jurisdiction),
            picture: Picture::of_plate(hit.read, hit.has_plate_picture).lazy(),
            category: hit.category.label(),
            list: ListLine::of(hit, now),
            entry: hit.entry.as_ref().map(|entry| Entry::of(entry, against)),
            doubt: hit.look_alike_note.clone(),
            grade: words::grade(hit.grade),
            state_fit: words::state_fit(hit.jurisdiction_fit),
            state_doubt: hit.jurisdiction_fit != JurisdictionFit::Same,
            class_differs: match hit.class_fit {
                ClassFit::Different => hit.class_fit.label(),
                ClassFit::Same | ClassFit::Unknown => "",
            },
            is_information_only: hit.is_information_only,
            is_silent: hit.is_information_only && hit.priority == Priority::Low,
            camera: hit.camera_name.clone(),
            heading: hit.heading_deg.map(Heading::of),
            captured: Moment::of(hit.captured_at, now),
            age: Age::of(hit.captured_at, now),
            spoken: spoken(hit),
            opens: "/hits/",
            life: None,
        }
    }

    /// The same, opened at another address: what stands before its number.
    #[must_use]
    pub fn at(mut self, opens: &'static str) -> Self {
        self.opens = opens;
        self
    }

    /// The same, as it stands in the queue.
    #[must_use]
    pub fn in_queue(mut self, life: LifeBar) -> Self {
        self.life = Some(life);
        self
    }
}

/// What a reader of screens is told of a new hit: no plate.
fn spoken(hit: &HitCard) -> String {
    let only = if hit.is_information_only { "Information only: " } else { "" };
    format!("{only}{}, {}", hit.category.label(), hit.camera_name)
}

/// How loudly a hit is told: the word in the page that style and sound go by.
pub(crate) const fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
    }
}
