//! Patterns over plates: what a partial plate, a doubtful letter or a slip of the pen is asked as.

use std::collections::BTreeSet;
use std::fmt;
use std::str::Chars;

use crate::glob::{CharSet, Glob, Mask, without_superfluous};
use crate::latin::{self, Reading, RefusedChar};
use crate::packed::{LENGTH_MAX, character_of, code_of};
use crate::{Packed, PlateText};

/// The most `*` a pattern may have. Each multiplies the places where the rest can stand: with three
/// there are at most 120, and a search reads all plates with that many tests.
const GAPS_MAX: u32 = 3;

/// A pattern: letters and digits, `?` for any one character, `*` for any number of characters, and
/// sets such as `[ABC]` or `[0-9]` for one of several.
///
/// Spelling follows [`PlateText::parse`]: case, spaces and symbols do not matter. Patterns are as
/// private as plates: `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern {
    written: Glob,
    /// What a plate has to fit one of: `written` with look-alikes and edits let in.
    globs: Vec<Glob>,
    look_alikes: bool,
    one_edit: bool,
}

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

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
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
        Ok(Pattern { globs: vec![written.clone()], written, look_alikes: false, one_edit: false })
    }

    /// The pattern that matches exactly this plate, to be loosened from there.
    pub fn of(plate: PlateText) -> Pattern {
        let mut written = Glob::EMPTY;
        for code in plate.packed().codes().into_iter().take(plate.length()) {
            written.push(CharSet::NONE.with(code));
        }
        Pattern { globs: vec![written.clone()], written, look_alikes: false, one_edit: false }
    }

    /// The pattern with every character standing for all that look like it (`0ODQ`, `1IL`, `8B`,
    /// `5S`, `2Z`, `6G`).
    #[must_use]
    pub fn with_look_alikes(self) -> Pattern {
        Pattern { look_alikes: true, ..self }.loosened()
    }

    /// The pattern that also matches after one character is replaced, left out or put in.
    #[must_use]
    pub fn with_one_edit(self) -> Pattern {
        Pattern { one_edit: true, ..self }.loosened()
    }

    fn loosened(self) -> Pattern {
        let base = if self.look_alikes {
            self.written.map(CharSet::with_look_alikes)
        } else {
            self.written.clone()
        };
        let globs = if self.one_edit { base.one_edit() } else { vec![base] };
        Pattern { globs, ..self }
    }

    /// Whether the plate fits.
    pub fn matches(&self, plate: PlateText) -> bool {
        self.matches_packed(plate.packed())
    }

    pub(crate) fn matches_packed(&self, plate: Packed) -> bool {
        self.globs.iter().any(|glob| glob.matches(plate))
    }

    /// How many places are narrowed to one character or a set: 0 matches nearly everything. Rules on
    /// how loose a search may be are written on this number.
    pub fn n_narrowed(&self) -> usize {
        self.written.places().iter().filter(|&&set| set != CharSet::ALL).count()
    }

    /// The pattern as one would write it, in upper case. A named act, as with [`PlateText::expose`].
    pub fn expose(&self) -> String {
        let mut text = String::new();
        for (i, &set) in self.written.places().iter().enumerate() {
            if self.written.has_gap(i) {
                text.push('*');
            }
            let members: BTreeSet<char> =
                set.codes().filter_map(character_of).map(char::from).collect();
            let members = String::from_iter(members);
            match (set == CharSet::ALL, members.len()) {
                (true, _) => text.push('?'),
                (false, 1) => text.push_str(&members),
                (false, _) => text.extend(["[", &members, "]"]),
            }
        }
        if self.written.has_gap(self.written.places().len()) {
            text.push('*');
        }
        text
    }

    /// The tests of which every plate that fits passes at least one.
    pub(crate) fn masks(&self) -> Vec<Mask> {
        without_superfluous(self.globs.iter().flat_map(Glob::masks).collect())
    }

    /// The same for folded plates, with lanes wanted whole or not at all.
    pub(crate) fn folded_masks(&self) -> Vec<Mask> {
        without_superfluous(self.globs.iter().flat_map(Glob::folded_masks).collect())
    }
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

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern(…)")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn plate(text: &str) -> PlateText {
        PlateText::parse(text).unwrap()
    }

    /// The definition: wildcards by recursion over the text of pattern and plate.
    fn naive(pattern: &str, text: &str, same: fn(char, char) -> bool) -> bool {
        let Some(first) = pattern.chars().next() else { return text.is_empty() };
        let rest = &pattern[1..];
        let accepts: Box<dyn Fn(char) -> bool> = match first {
            '*' => {
                return (0..=text.len()).any(|skipped| naive(rest, &text[skipped..], same));
            }
            '?' => Box::new(|_| true),
            '[' => Box::new(|c| rest.split(']').next().unwrap().chars().any(|m| same(m, c))),
            _ => Box::new(move |c| same(first, c)),
        };
        let rest = if first == '[' { rest.split_once(']').unwrap().1 } else { rest };
        text.chars().next().is_some_and(|c| accepts(c) && naive(rest, &text[1..], same))
    }

    fn looks_alike(a: char, b: char) -> bool {
        let classes = ["0ODQ", "1IL", "8B", "5S", "2Z", "6G"];
        a == b || classes.iter().any(|class| class.contains(a) && class.contains(b))
    }

    /// All texts one edit away from `text`, and itself.
    fn edits(text: &str) -> Vec<String> {
        let characters = || ('A'..='Z').chain('0'..='9');
        let mut edits = vec![text.to_owned()];
        for i in 0..=text.len() {
            edits.extend(characters().map(|c| format!("{}{c}{}", &text[..i], &text[i..])));
            if i < text.len() {
                edits.push(format!("{}{}", &text[..i], &text[i + 1..]));
                edits.extend(characters().map(|c| format!("{}{c}{}", &text[..i], &text[i + 1..])));
            }
        }
        edits
    }

    fn check(text: &str, expect: Expect) {
        match Pattern::parse(text) {
            Ok(pattern) => expect.assert_eq(&pattern.expose()),
            Err(error) => expect.assert_eq(&format!("refused: {error}")),
        }
    }

    #[test]
    fn patterns_are_spelled_as_plates_are() {
        check("7?bc*", expect!["7?BC*"]);
        check("* b-c 12 **", expect!["*BC12*"]);
        check("[ c a b ]12", expect!["[ABC]12"]);
        check("[0-9][A-C]", expect!["[0123456789][ABC]"]);
        check("[Ä]?", expect!["A?"]);
        check("*", expect!["*"]);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        check("", expect!["refused: pattern is empty"]);
        check(" - ", expect!["refused: pattern is empty"]);
        check(
            "ABCDEF12?45",
            expect!["refused: pattern is longer than 10 characters at position 11"],
        );
        check("*A**B*C*", expect!["refused: pattern has more than 3 '*' at position 8"]);
        check(
            "AB%",
            expect![
                "refused: '%' at position 3 cannot be in a pattern: a wildcard: a partial plate is entered as a pattern"
            ],
        );
        check(
            "AБ",
            expect![
                "refused: 'Б' at position 2 cannot be in a pattern: no Latin letter looks like it"
            ],
        );
        check("A[BC", expect!["refused: set at position 2 is not closed"]);
        check("AB]", expect!["refused: ']' at position 3 closes no set"]);
        check("A[]", expect!["refused: set at position 2 is empty"]);
        check("A[B?]", expect!["refused: '?' at position 4 cannot be in a set"]);
        check("A[B[C]]", expect!["refused: '[' at position 4 cannot be in a set"]);
        check(
            "[-A]",
            expect!["refused: range at position 2 does not go up within digits or within letters"],
        );
        check(
            "[A-9]",
            expect!["refused: range at position 3 does not go up within digits or within letters"],
        );
        check(
            "[C-A]",
            expect!["refused: range at position 3 does not go up within digits or within letters"],
        );
        check(
            "[A-]",
            expect!["refused: range at position 3 does not go up within digits or within letters"],
        );
    }

    #[test]
    fn masks_are_as_many_as_gaps_make_them() {
        let count = |text: &str| Pattern::parse(text).unwrap().masks().len();
        let edited = |text: &str| Pattern::parse(text).unwrap().with_one_edit().masks().len();
        let plain: Vec<usize> = ["7?BC*", "ABC12??", "*BC12*", "A*9*7", "*A*B*C"].map(count).into();
        expect!["[1, 1, 7, 36, 120]"].assert_eq(&format!("{plain:?}"));
        let edited: Vec<usize> =
            ["7ABC123", "7?BC*", "*BC12*", "A*9*7", "*A*B*C", "*A*B*CD", "A*B*C*D"]
                .map(edited)
                .into();
        expect!["[22, 7, 52, 63, 135, 424, 228]"].assert_eq(&format!("{edited:?}"));
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", Pattern::of(plate("ABC123"))), "Pattern(…)");
        assert_eq!(Pattern::of(plate("ABC123")), Pattern::parse("ABC123").unwrap());
    }

    /// Patterns over few characters, so that they match often.
    fn patterns() -> impl Strategy<Value = String> {
        r"([A8BO0?*]|\[[AB80]{1,3}\]){1,6}"
            .prop_filter("too many gaps", |text| Pattern::parse(text).is_ok())
    }

    proptest! {
        #[test]
        fn matching_is_the_definition(text in patterns(), on in "[AB8O0D]{1,7}") {
            let pattern = Pattern::parse(&text).unwrap();
            let plate = plate(&on);
            prop_assert_eq!(pattern.matches(plate), naive(&text, &on, |a, b| a == b));
            let tolerant = pattern.clone().with_look_alikes();
            prop_assert_eq!(tolerant.matches(plate), naive(&text, &on, looks_alike));
        }

        #[test]
        fn one_edit_is_the_definition(text in patterns(), on in "[AB8O]{1,5}") {
            let pattern = Pattern::parse(&text).unwrap().with_one_edit();
            let by_definition = |same| edits(&on).iter().any(|edit| naive(&text, edit, same));
            prop_assert_eq!(pattern.matches(plate(&on)), by_definition(|a, b| a == b));
            let tolerant = pattern.with_look_alikes();
            prop_assert_eq!(tolerant.matches(plate(&on)), by_definition(looks_alike));
        }

        #[test]
        fn masks_let_through_what_matches(
            text in patterns(), on in "[AB8O0D7Y]{1,10}", look_alikes: bool, one_edit: bool,
        ) {
            let mut pattern = Pattern::parse(&text).unwrap();
            if look_alikes { pattern = pattern.with_look_alikes(); }
            if one_edit { pattern = pattern.with_one_edit(); }
            let plate = plate(&on);
            let bits = plate.packed().bits();
            let passed: Vec<Mask> = pattern.masks().into_iter().filter(|m| m.passes(bits)).collect();
            if pattern.matches(plate) {
                prop_assert!(!passed.is_empty());
                let folded = plate.packed().fold().bits();
                prop_assert!(pattern.folded_masks().iter().any(|m| m.passes(folded)));
            } else {
                prop_assert!(!passed.iter().any(|mask| mask.proves));
            }
        }

        #[test]
        fn parsing_is_total_and_settles(text in any::<String>()) {
            if let Ok(pattern) = Pattern::parse(&text) {
                prop_assert_eq!(Pattern::parse(&pattern.expose()), Ok(pattern));
            }
        }

        #[test]
        fn what_is_exposed_reads_back(text in patterns()) {
            let pattern = Pattern::parse(&text).unwrap();
            prop_assert_eq!(Pattern::parse(&pattern.expose()), Ok(pattern));
        }
    }
}
