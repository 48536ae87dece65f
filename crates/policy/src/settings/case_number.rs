//! How a case number is written: a small pattern that people can read.

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
