//! Reading patterns.

use std::str::Chars;

use crate::glob::{CharSet, Glob};
use crate::latin::{self, Reading, RefusedChar};
use crate::packed::{LENGTH_MAX, character_of, code_of};

/// The most `*` a pattern may have. Each multiplies the places where the rest can stand: with three
/// there are at most 120, and a search reads all plates with that many tests.
const GAPS_MAX: u32 = 3;

/// Why a text is no pattern. Positions are in characters of the input, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// There is no character, wildcard or set.
    #[error("pattern is empty")]
    Empty,
    /// More than ten characters, `?` and sets: no plate is that long.
    #[error("pattern is longer than {LENGTH_MAX} characters at position {position}")]
    TooLong {
        /// Where the eleventh character, `?` or set ends.
        position: usize,
    },
    /// More than three `*`.
    #[error("pattern has more than {GAPS_MAX} '*' at position {position}")]
    TooManyGaps {
        /// Where the fourth `*` is.
        position: usize,
    },
    /// A character that is neither part of a plate nor of a pattern.
    #[error("{character:?} at position {position} cannot be in a pattern: {why}")]
    Refused {
        /// The character as given.
        character: char,
        /// Where it is.
        position: usize,
        /// Why it is refused.
        why: RefusedChar,
    },
    /// `[` without `]`.
    #[error("set at position {position} is not closed")]
    SetNotClosed {
        /// Where the `[` is.
        position: usize,
    },
    /// `]` without `[`.
    #[error("']' at position {position} closes no set")]
    SetNotOpened {
        /// Where the `]` is.
        position: usize,
    },
    /// A set with nothing in it.
    #[error("set at position {position} is empty")]
    SetEmpty {
        /// Where the `[` is.
        position: usize,
    },
    /// A `?`, `*` or `[` within a set.
    #[error("{character:?} at position {position} cannot be in a set")]
    WildcardInSet {
        /// The character as given.
        character: char,
        /// Where it is.
        position: usize,
    },
    /// A range that does not go up from digit to digit or from letter to letter.
    #[error("range at position {position} does not go up within digits or within letters")]
    Range {
        /// Where the `-` is.
        position: usize,
    },
}

/// Reads a pattern as it is written.
pub(super) fn read(text: &str) -> Result<Glob, PatternError> {
    let mut input = Input { chars: text.chars(), position: 0 };
    let mut written = Glob::EMPTY;
    while let Some(character) = input.next() {
        match character {
            '?' => written.push(CharSet::ALL),
            '*' => written.push_gap(),
            '[' => written.push(read_set(&mut input)?),
            ']' => return Err(PatternError::SetNotOpened { position: input.position }),
            _ => {
                if let Some(code) = input.code(character)? {
                    written.push(CharSet::NONE.with(code));
                }
            }
        }
        if written.places().len() > LENGTH_MAX {
            return Err(PatternError::TooLong { position: input.position });
        }
        if written.n_gaps() > GAPS_MAX {
            return Err(PatternError::TooManyGaps { position: input.position });
        }
    }
    if written.is_empty() {
        return Err(PatternError::Empty);
    }
    Ok(written)
}

/// The characters of a pattern and how many of them have been read.
struct Input<'a> {
    chars: Chars<'a>,
    position: usize,
}

impl Iterator for Input<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let character = self.chars.next()?;
        self.position += 1;
        Some(character)
    }
}

impl Input<'_> {
    /// The code of the character just read; none if plates omit it.
    fn code(&self, character: char) -> Result<Option<u8>, PatternError> {
        match latin::read(character) {
            Reading::Keep(kept) => Ok(code_of(kept)),
            Reading::Omit => Ok(None),
            Reading::Refuse(why) => {
                Err(PatternError::Refused { character, position: self.position, why })
            }
        }
    }
}

/// Reads a set, after its `[`.
fn read_set(input: &mut Input<'_>) -> Result<CharSet, PatternError> {
    let opened = input.position;
    let mut set = CharSet::NONE;
    let mut last = None;
    while let Some(character) = input.next() {
        match character {
            ']' if set == CharSet::NONE => return Err(PatternError::SetEmpty { position: opened }),
            ']' => return Ok(set),
            '?' | '*' | '[' => {
                let position = input.position;
                return Err(PatternError::WildcardInSet { character, position });
            }
            '-' => {
                let position = input.position;
                let first = last.take();
                let to = input.next().and_then(|character| input.code(character).ok().flatten());
                set = with_range(set, first, to).ok_or(PatternError::Range { position })?;
            }
            _ => {
                if let Some(code) = input.code(character)? {
                    set = set.with(code);
                    last = Some(code);
                }
            }
        }
    }
    Err(PatternError::SetNotClosed { position: opened })
}

fn with_range(set: CharSet, first: Option<u8>, last: Option<u8>) -> Option<CharSet> {
    let (first, last) = (character_of(first?)?, character_of(last?)?);
    let same_kind = first.is_ascii_digit() == last.is_ascii_digit();
    (same_kind && first <= last)
        .then(|| (first..=last).filter_map(code_of).fold(set, CharSet::with))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use crate::Pattern;

    fn check(text: &str, expect: &Expect) {
        match Pattern::parse(text) {
            Ok(pattern) => expect.assert_eq(&pattern.expose()),
            Err(error) => expect.assert_eq(&format!("refused: {error}")),
        }
    }

    #[test]
    fn patterns_are_spelled_as_plates_are() {
        check("7?bc*", &expect!["7?BC*"]);
        check("* b-c 12 **", &expect!["*BC12*"]);
        check("[ c a b ]12", &expect!["[ABC]12"]);
        check("[0-9][A-C]", &expect!["[0123456789][ABC]"]);
        check("[Ä]?", &expect!["A?"]);
        check("*", &expect!["*"]);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        check("", &expect!["refused: pattern is empty"]);
        check(" - ", &expect!["refused: pattern is empty"]);
        check(
            "ABCDEF12?45",
            &expect!["refused: pattern is longer than 10 characters at position 11"],
        );
        check("*A**B*C*", &expect!["refused: pattern has more than 3 '*' at position 8"]);
        check(
            "AB%",
            &expect![
                "refused: '%' at position 3 cannot be in a pattern: a wildcard: a partial plate is entered as a pattern"
            ],
        );
        check(
            "AБ",
            &expect![
                "refused: 'Б' at position 2 cannot be in a pattern: no Latin letter looks like it"
            ],
        );
        check("A[BC", &expect!["refused: set at position 2 is not closed"]);
        check("AB]", &expect!["refused: ']' at position 3 closes no set"]);
        check("A[]", &expect!["refused: set at position 2 is empty"]);
        check("A[B?]", &expect!["refused: '?' at position 4 cannot be in a set"]);
        check("A[B[C]]", &expect!["refused: '[' at position 4 cannot be in a set"]);
        check(
            "[-A]",
            &expect!["refused: range at position 2 does not go up within digits or within letters"],
        );
        check(
            "[A-9]",
            &expect!["refused: range at position 3 does not go up within digits or within letters"],
        );
        check(
            "[C-A]",
            &expect!["refused: range at position 3 does not go up within digits or within letters"],
        );
        check(
            "[A-]",
            &expect!["refused: range at position 3 does not go up within digits or within letters"],
        );
    }

    proptest! {
        #[test]
        fn parsing_is_total_and_settles(text in any::<String>()) {
            if let Ok(pattern) = Pattern::parse(&text) {
                prop_assert_eq!(Pattern::parse(&pattern.expose()), Ok(pattern));
            }
        }
    }
}
