//! Patterns over plates: what a partial plate, a doubtful letter or a slip of the pen is asked as.

mod parse;

use std::collections::BTreeSet;
use std::fmt;

use crate::glob::{CharSet, Glob, Mask, without_superfluous};
use crate::packed::character_of;
use crate::{Packed, PlateText};
pub use parse::PatternError;

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

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let written = parse::read(text)?;
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

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern(…)")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
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
        fn what_is_exposed_reads_back(text in patterns()) {
            let pattern = Pattern::parse(&text).unwrap();
            prop_assert_eq!(Pattern::parse(&pattern.expose()), Ok(pattern));
        }
    }
}
