//! Case numbers: how they are written, in small patterns that people can read, and whether they are looked up.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest pattern.
const CHARS_MAX: usize = 40;

/// A pattern: `#` is a digit, `@` a letter, `?` either of them; every other character is itself, letters in either
/// case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseFormat(String);

/// A pattern that cannot be one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a case format has 1 to {CHARS_MAX} printable characters and at least one of # @ ?")]
pub struct InvalidCaseFormat;

impl CaseFormat {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, InvalidCaseFormat> {
        let is_printable = text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        let has_wildcard = text.contains(['#', '@', '?']);
        if text.len() <= CHARS_MAX && is_printable && has_wildcard {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCaseFormat)
        }
    }

    /// Whether a number is written so.
    pub fn fits(&self, number: &str) -> bool {
        self.0.chars().count() == number.chars().count()
            && self.0.chars().zip(number.chars()).all(|(asked, given)| match asked {
                '#' => given.is_ascii_digit(),
                '@' => given.is_ascii_alphabetic(),
                '?' => given.is_ascii_alphanumeric(),
                _ => asked.eq_ignore_ascii_case(&given),
            })
    }
}

impl fmt::Display for CaseFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CaseFormat {
    type Error = InvalidCaseFormat;

    fn try_from(text: String) -> Result<Self, InvalidCaseFormat> {
        Self::parse(&text)
    }
}

impl From<CaseFormat> for String {
    fn from(format: CaseFormat) -> Self {
        format.0
    }
}

/// How case or incident numbers are written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseNumber {
    /// Any of these.
    pub formats: Vec<CaseFormat>,
    /// One number in the format, for people to see.
    pub example: String,
    /// Whether the agency's case system has to know a number.
    #[serde(default, skip_serializing_if = "Verify::is_no")]
    pub verify: Verify,
}

/// Whether the agency's case system has to know a case number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    /// It is not asked.
    #[default]
    No,
    /// It is asked; a number that it does not know is taken, and marked.
    Should,
    /// A number that it does not know, or cannot be asked for, is refused.
    Must,
}

impl Verify {
    /// Whether it is not asked at all.
    pub const fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }
}

impl CaseNumber {
    /// Whether a number is written as the agency writes its numbers.
    pub fn fits(&self, number: &str) -> bool {
        self.formats.iter().any(|format| format.fits(number.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_fits_its_format() {
        let format = CaseFormat::parse("AP-##-@???").unwrap();
        for fitting in ["AP-24-X1Y", "ap-00-zzzz"].map(|number| format.fits(number)) {
            assert!(!fitting || format.to_string() == "AP-##-@???");
        }
        assert!(format.fits("ap-00-zzzz") && format.fits("AP-24-X123"));
        for other in ["", "AP-24-X12", "AP-24-1123", "AP-2x-X123", "AP-24-X1234", "AP-24-X12é"] {
            assert!(!format.fits(other), "{other}");
        }
    }

    #[test]
    fn what_fits_everything_is_no_format() {
        for text in ["", "abc", "##\n", "é#", &"#".repeat(41)] {
            assert_eq!(CaseFormat::parse(text), Err(InvalidCaseFormat), "{text}");
        }
    }
}
