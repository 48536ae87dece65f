//! How a source writes its files, as data.

mod presets;
mod read;

use domain::TopicKind;
use plate::CodeSystem;

use crate::codes::Codes;
use crate::dates::Dates;
use crate::fixed::Place;

pub use presets::{Preset, presets};
pub use read::Fault;

/// Where a field stands: by its name in the first row, by its number, or by its place on a line of fixed width.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Column {
    /// Its number, counted from 1.
    Number(u16),
    /// Its name in the first row; letter case and spaces around it do not matter.
    Name(String),
    /// Its place on the line.
    Place(Place),
}

impl Column {
    /// Reads a column as people write it: digits are its number, anything else its name; nothing is no column.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = || text.parse().map(Self::Number).ok();
        (!text.is_empty()).then(|| number().unwrap_or_else(|| Self::Name(text.to_owned())))
    }
}

/// How the file's letters are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    /// UTF-8 or UTF-16 by their mark, else UTF-8; anything that is not UTF-8 is refused with its line.
    #[default]
    Detect,
    /// UTF-8, with or without a mark.
    Utf8,
    /// UTF-16, little end first where there is no mark.
    Utf16,
    /// Windows-1252, of which Latin-1's letters are a part.
    Latin1,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Detect, Self::Utf8, Self::Utf16, Self::Latin1];

    /// Its word, as in a layout.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Utf8 => "utf8",
            Self::Utf16 => "utf16",
            Self::Latin1 => "latin1",
        }
    }

    /// Reads [`Encoding::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// How rows are told apart, and fields in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// Fields stand between delimiters.
    Delimited {
        /// One ASCII character.
        delimiter: char,
        /// In what a field stands that holds a delimiter; none where nothing is quoted.
        quote: Option<char>,
        /// Whether the first row holds the columns' names.
        header: bool,
    },
    /// Fields stand at fixed places of a line.
    Fixed {
        /// How many characters every line has, where that is known: a line of another length is refused.
        width: Option<u16>,
    },
}

/// Whether a file is the whole list, or what changed in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Update {
    /// The whole list: it takes the place of the one in force.
    #[default]
    Full,
    /// Rows to be added, changed and taken away.
    Incremental,
}

impl Update {
    /// Its word, as in a layout.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incremental => "incremental",
        }
    }

    /// Reads [`Update::word`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Full, Self::Incremental].into_iter().find(|one| one.word() == word)
    }
}

/// Which column holds what. There is none for anybody's name: those are not kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Columns {
    /// The plate or pattern.
    pub plate: Column,
    /// The issuing state.
    pub state: Option<Column>,
    /// The vehicle's make.
    pub make: Option<Column>,
    /// Its model.
    pub model: Option<Column>,
    /// Its colour.
    pub colour: Option<Column>,
    /// Its model year.
    pub year: Option<Column>,
    /// Its body style.
    pub body: Option<Column>,
    /// What it is: car, truck, motorcycle…
    pub class: Option<Column>,
    /// The plate's type.
    pub plate_type: Option<Column>,
    /// The number of the record at its source (NIC).
    pub reference: Option<Column>,
    /// The number of the case at the agency that entered it (OCA).
    pub case_number: Option<Column>,
    /// Remarks.
    pub note: Option<Column>,
    /// Cautions.
    pub caution: Option<Column>,
    /// The topic, or the source's own file, that the row belongs to.
    pub topic: Option<Column>,
    /// How loudly its hits are told.
    pub priority: Option<Column>,
    /// When it begins to count.
    pub effective: Option<Column>,
    /// The last day or moment on which it counts (“weed date”).
    pub expires: Option<Column>,
    /// Whether an incremental file adds the row or takes it away.
    pub action: Option<Column>,
}

/// Columns by their names in a layout.
type NamedColumns<'a> = [(&'static str, Option<&'a Column>); 18];

impl Columns {
    /// Only the plate.
    pub fn of_plate(plate: Column) -> Self {
        Self {
            plate,
            state: None,
            make: None,
            model: None,
            colour: None,
            year: None,
            body: None,
            class: None,
            plate_type: None,
            reference: None,
            case_number: None,
            note: None,
            caution: None,
            topic: None,
            priority: None,
            effective: None,
            expires: None,
            action: None,
        }
    }

    /// All of them by their names, in the order in which they are read.
    pub(crate) fn named(&self) -> NamedColumns<'_> {
        [
            ("plate", Some(&self.plate)),
            ("state", self.state.as_ref()),
            ("make", self.make.as_ref()),
            ("model", self.model.as_ref()),
            ("colour", self.colour.as_ref()),
            ("year", self.year.as_ref()),
            ("body", self.body.as_ref()),
            ("class", self.class.as_ref()),
            ("plate_type", self.plate_type.as_ref()),
            ("reference", self.reference.as_ref()),
            ("case_number", self.case_number.as_ref()),
            ("note", self.note.as_ref()),
            ("caution", self.caution.as_ref()),
            ("topic", self.topic.as_ref()),
            ("priority", self.priority.as_ref()),
            ("effective", self.effective.as_ref()),
            ("expires", self.expires.as_ref()),
            ("action", self.action.as_ref()),
        ]
    }
}

/// Tables of codes by the fields that hold them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CodedFields {
    /// Makes (VMA).
    pub make: Option<Codes>,
    /// Models (VMO).
    pub model: Option<Codes>,
    /// Colours (VCO).
    pub colour: Option<Codes>,
    /// Body styles (VST).
    pub body: Option<Codes>,
    /// Types of plates (LIT).
    pub plate_type: Option<Codes>,
    /// Classes of vehicles.
    pub class: Option<Codes>,
}

/// A topic that the layout knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedTopic {
    /// What the file writes; letter case does not matter.
    pub value: String,
    /// What people read.
    pub name: String,
    /// What it is about.
    pub kind: TopicKind,
}

/// What the action column writes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Actions {
    /// The row is added, or takes the place of the one that says the same plate, state, topic and reference.
    pub add: Vec<String>,
    /// The row is taken away.
    pub remove: Vec<String>,
}

/// What the priority column writes: words, or ranges of numbers such as `0-33`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Priorities {
    /// Told loudest.
    pub high: Vec<String>,
    /// Told with a sound.
    pub normal: Vec<String>,
    /// Told quietly.
    pub low: Vec<String>,
}

/// How a source writes its files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// What people call it.
    pub name: String,
    /// How rows and fields are told apart.
    pub form: Form,
    /// How letters are written.
    pub encoding: Encoding,
    /// Whether files are whole lists or changes.
    pub update: Update,
    /// Rows that begin so are no entries: heads and tails of extracts.
    pub ignore: Vec<String>,
    /// Which two-letter codes the state column holds.
    pub state_codes: CodeSystem,
    /// Which column holds what.
    pub columns: Columns,
    /// How dates are written.
    pub dates: Dates,
    /// Tables of codes.
    pub codes: CodedFields,
    /// Topics.
    pub topics: Vec<NamedTopic>,
    /// What the action column writes.
    pub actions: Actions,
    /// What the priority column writes.
    pub priorities: Priorities,
}

impl Layout {
    /// A CSV file with a header, in which the plate stands there and nothing else is read: comma, NCIC codes.
    pub fn plain(plate: Column) -> Self {
        Self {
            name: "CSV".to_owned(),
            form: Form::Delimited { delimiter: ',', quote: Some('"'), header: true },
            encoding: Encoding::Detect,
            update: Update::Full,
            ignore: Vec::new(),
            state_codes: CodeSystem::Ncic,
            columns: Columns::of_plate(plate),
            dates: Dates::default(),
            codes: CodedFields::default(),
            topics: Vec::new(),
            actions: Actions::default(),
            priorities: Priorities::default(),
        }
    }

    /// Reads a layout (docs/hotlists.md), or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        read::read(text)
    }
}
