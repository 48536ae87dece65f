//! Which column of a file holds what, declared by whoever imports it.

use plate::CodeSystem;
use serde::{Deserialize, Serialize};

/// A column by its name in the first row, or by its number counted from 1.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// Its number, counted from 1.
    Number(u16),
    /// Its name in the first row; letter case and spaces around it do not matter.
    Name(String),
}

/// How the file's letters are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    /// Its word, as in a mapping.
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
        [Self::Detect, Self::Utf8, Self::Utf16, Self::Latin1]
            .into_iter()
            .find(|one| one.word() == word)
    }
}

impl Column {
    /// Reads a column as people write it: digits are its number, anything else its name; nothing is no column.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = || text.parse().map(Self::Number).ok();
        (!text.is_empty()).then(|| number().unwrap_or_else(|| Self::Name(text.to_owned())))
    }
}

/// Which column holds what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What stands between two fields: one ASCII character.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// Whether the first row holds the columns' names.
    #[serde(default = "yes")]
    pub header: bool,
    /// How the letters are written.
    #[serde(default)]
    pub encoding: Encoding,
    /// The plate or pattern.
    pub plate: Column,
    /// The issuing state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Column>,
    /// Which two-letter codes the state column holds.
    #[serde(default = "ncic")]
    pub state_codes: CodeSystem,
    /// The vehicle's make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<Column>,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Column>,
    /// Its colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Column>,
    /// Its model year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Column>,
    /// A case or NCIC number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Column>,
    /// Remarks and cautions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Column>,
}

const fn comma() -> char {
    ','
}

const fn yes() -> bool {
    true
}

const fn ncic() -> CodeSystem {
    CodeSystem::Ncic
}

impl Mapping {
    /// A mapping that knows only where the plate is: comma, header, NCIC codes.
    pub fn of_plate(plate: Column) -> Self {
        Self {
            delimiter: comma(),
            header: yes(),
            encoding: Encoding::Detect,
            plate,
            state: None,
            state_codes: ncic(),
            make: None,
            model: None,
            colour: None,
            year: None,
            reference: None,
            note: None,
        }
    }
}
