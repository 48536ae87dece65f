//! Masking what should not be typed into a reason.

use serde::{Deserialize, Serialize};

/// What was masked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mask {
    /// Nine digits as Social Security numbers are written.
    SocialSecurityNumber,
    /// A date that is said to be a birth date, or is too old for anything else.
    BirthDate,
}

impl Mask {
    /// What stands in its place. It has no digit, so that masking makes nothing new.
    pub const fn stands_for(self) -> &'static str {
        match self {
            Self::SocialSecurityNumber => "[Social Security number]",
            Self::BirthDate => "[birth date]",
        }
    }
}

/// A masked text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Masked {
    /// The text that may be kept.
    pub text: String,
    /// What was masked, in reading order.
    pub masks: Vec<Mask>,
}

/// How far before a date a word may stand that calls it a birth date, in characters.
const SAID_BEFORE: usize = 24;

/// How birth dates are announced, in small letters without punctuation.
const BIRTH: [&str; 4] = ["dob", "born", "birth", "bday"];

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Masks Social Security numbers and birth dates. Dates with a year before `born_before` are birth dates.
pub fn mask(text: &str, born_before: i16) -> Masked {
    let chars: Vec<char> = text.chars().collect();
    let mut masked = Masked { text: String::with_capacity(text.len()), masks: Vec::new() };
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let begins = !at.checked_sub(1).is_some_and(|before| is_in_word(&chars, before, c));
        let found = if begins { found_at(&chars, at, born_before, &masked.text) } else { None };
        if let Some((kind, end)) = found {
            masked.text.push_str(kind.stands_for());
            masked.masks.push(kind);
            at = end.max(at + 1);
        } else {
            masked.text.push(c);
            at += 1;
        }
    }
    masked
}

/// The text without what stands for what was masked.
pub(super) fn without_masks(text: &str) -> String {
    let ssn = Mask::SocialSecurityNumber.stands_for();
    text.replace(ssn, " ").replace(Mask::BirthDate.stands_for(), " ")
}

/// Whether the character before belongs to what begins here: a digit to a number, a letter to a month's name.
fn is_in_word(chars: &[char], before: usize, c: char) -> bool {
    chars.get(before).is_some_and(|before| {
        (before.is_ascii_digit() && c.is_ascii_digit())
            || (before.is_alphabetic() && c.is_alphabetic())
    })
}

fn found_at(chars: &[char], at: usize, born_before: i16, kept: &str) -> Option<(Mask, usize)> {
    if let Some(end) = social_security_number(chars, at) {
        return Some((Mask::SocialSecurityNumber, end));
    }
    let date = date(chars, at)?;
    let is_old = date.year.is_some_and(|year| (1800..born_before).contains(&year));
    (is_old || is_said(chars, at, kept)).then_some((Mask::BirthDate, date.end))
}

/// Three, two and four digits with nothing or a little between them.
fn social_security_number(chars: &[char], at: usize) -> Option<usize> {
    let end = digits(chars, at, 3)?;
    let end = digits(chars, after_separator(chars, end), 2)?;
    let end = digits(chars, after_separator(chars, end), 4)?;
    ends_number(chars, end).then_some(end)
}

/// So many digits: where they end.
fn digits(chars: &[char], at: usize, n: usize) -> Option<usize> {
    let end = at.checked_add(n)?;
    chars.get(at..end)?.iter().all(char::is_ascii_digit).then_some(end)
}

fn ends_number(chars: &[char], end: usize) -> bool {
    !chars.get(end).is_some_and(char::is_ascii_digit)
}

/// Up to three characters that people put between groups of digits.
fn after_separator(chars: &[char], at: usize) -> usize {
    let is_between = |c: &&char| {
        c.is_whitespace()
            || matches!(c, '-' | '.' | '/' | '_' | ',' | '\u{2010}'..='\u{2015}' | '\u{2212}')
    };
    at + chars.iter().skip(at).take(3).take_while(is_between).count()
}

struct Date {
    end: usize,
    /// A year of four digits; of two nobody knows the century.
    year: Option<i16>,
}

fn date(chars: &[char], at: usize) -> Option<Date> {
    year_first(chars, at)
        .or_else(|| year_last(chars, at))
        .or_else(|| compact(chars, at))
        .or_else(|| month_first(chars, at))
        .or_else(|| day_and_month(chars, at))
}

/// A number of `min` to `max` digits: where it ends, and its value.
fn number(chars: &[char], at: usize, min: usize, max: usize) -> Option<(usize, i16)> {
    let n = chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).count();
    if n < min || n > max {
        return None;
    }
    let end = at.checked_add(n)?;
    let value: String = chars.get(at..end)?.iter().collect();
    Some((end, value.parse().ok()?))
}

fn separated(chars: &[char], at: usize) -> Option<usize> {
    let after = after_separator(chars, at);
    (after > at).then_some(after)
}

/// `1980-02-01`.
fn year_first(chars: &[char], at: usize) -> Option<Date> {
    let (end, year) = number(chars, at, 4, 4)?;
    let (end, month) = number(chars, separated(chars, end)?, 1, 2)?;
    let (end, day) = number(chars, separated(chars, end)?, 1, 2)?;
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Date { end, year: Some(year) })
}

/// `02/01/1980`, `1.2.80`.
fn year_last(chars: &[char], at: usize) -> Option<Date> {
    let (end, one) = number(chars, at, 1, 2)?;
    let (end, other) = number(chars, separated(chars, end)?, 1, 2)?;
    let (end, year) = year(chars, separated(chars, end)?)?;
    let both = 1..=31;
    (both.contains(&one) && both.contains(&other) && one.min(other) <= 12)
        .then_some(Date { end, year })
}

fn year(chars: &[char], at: usize) -> Option<(usize, Option<i16>)> {
    let four = number(chars, at, 4, 4).map(|(end, year)| (end, Some(year)));
    four.or_else(|| number(chars, at, 2, 2).map(|(end, _)| (end, None)))
}

/// `02011980`, where it is said to be one.
fn compact(chars: &[char], at: usize) -> Option<Date> {
    let end = digits(chars, at, 8)?;
    ends_number(chars, end).then_some(Date { end, year: None })
}

/// `February 1, 1980`.
fn month_first(chars: &[char], at: usize) -> Option<Date> {
    let end = month(chars, at)?;
    let (end, _) = number(chars, separated(chars, end)?, 1, 2)?;
    let end = after_ordinal(chars, end);
    let (end, year) = year(chars, separated(chars, end)?)?;
    Some(Date { end, year })
}

/// `1 Feb 1980`.
fn day_and_month(chars: &[char], at: usize) -> Option<Date> {
    let (end, _) = number(chars, at, 1, 2)?;
    let end = month(chars, after_separator(chars, after_ordinal(chars, end)))?;
    let (end, year) = year(chars, separated(chars, end)?)?;
    Some(Date { end, year })
}

/// `1st`, `2nd`.
fn after_ordinal(chars: &[char], at: usize) -> usize {
    let two: String = chars.iter().skip(at).take(2).collect::<String>().to_ascii_lowercase();
    if ["st", "nd", "rd", "th"].contains(&two.as_str()) { at + 2 } else { at }
}

/// A month's name, whole or short: where it ends.
fn month(chars: &[char], at: usize) -> Option<usize> {
    let word: String = chars.iter().skip(at).take_while(|c| c.is_ascii_alphabetic()).collect();
    let begins = word.get(..3)?.to_ascii_lowercase();
    (MONTHS.contains(&begins.as_str()) && word.len() <= 9).then(|| at + word.len())
}

/// Whether somebody says shortly before that a birth date comes, in the text or in what is kept of it: what stands for
/// a birth date says so too, and a text that was masked once is not masked further.
fn is_said(chars: &[char], at: usize, kept: &str) -> bool {
    let before = chars.get(at.saturating_sub(SAID_BEFORE)..at).unwrap_or_default();
    calls_it_birth(before.iter().copied())
        || calls_it_birth(kept.chars().skip(kept.chars().count().saturating_sub(SAID_BEFORE)))
}

fn calls_it_birth(text: impl Iterator<Item = char>) -> bool {
    let letters: String = text.filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    BIRTH.iter().any(|word| letters.contains(word))
}
