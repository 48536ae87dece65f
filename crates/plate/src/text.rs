//! Plate text: the characters of a plate, in the one spelling that everything here compares.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::latin::{self, Reading, RefusedChar};
use crate::packed::{LENGTH_MAX, Packed, character_of, code_of, lane_shift};

/// The characters of a plate: 1–10 of `A`–`Z` and `0`–`9`.
///
/// Plates are private. `Debug` shows nothing, there is no `Display`, and [`PlateText::expose`] is the
/// act that a reviewer looks for. Serialising writes the text: a payload is an act of its own.
///
/// `Ord` is the order of the stored number ([`Packed`]), not the alphabet's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlateText(Packed);

/// Why a text is no plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlateTextError {
    /// Nothing is left once spaces and symbols are omitted.
    #[error("plate has no letter or digit")]
    Empty,
    /// More than ten letters and digits.
    #[error("plate has {length} letters and digits, more than {LENGTH_MAX}")]
    TooLong {
        /// How many letters and digits there are.
        length: usize,
    },
    /// A character that is neither part of a plate nor omitted from one.
    #[error("{character:?} at position {position} cannot be in a plate: {why}")]
    Refused {
        /// The character as given.
        character: char,
        /// Where it is, in characters of the input, counted from 1.
        position: usize,
        /// Why it is refused.
        why: RefusedChar,
    },
}

impl PlateText {
    /// Reads a plate as people and machines write it: letters are made upper-case; spaces, hyphens,
    /// dots and symbols are omitted (NCIC's entry rule); marks fall off letters; digits of other
    /// scripts and the Cyrillic and Greek letters used on plates become the Latin ones they look like.
    /// Anything else is refused with its position.
    pub fn parse(text: &str) -> Result<PlateText, PlateTextError> {
        if let Some(plate) = PlateText::parse_plain(text) {
            return Ok(plate);
        }
        let mut bits = 0;
        let mut length = 0;
        for (i, character) in text.chars().enumerate() {
            let kept = match latin::read(character) {
                Reading::Keep(kept) => kept,
                Reading::Omit => continue,
                Reading::Refuse(why) => {
                    return Err(PlateTextError::Refused { character, position: i + 1, why });
                }
            };
            if length < LENGTH_MAX {
                bits |= u64::from(code_of(kept).unwrap_or(0)) << lane_shift(length);
            }
            length += 1;
        }
        if length > LENGTH_MAX {
            return Err(PlateTextError::TooLong { length });
        }
        Packed::from_own_bits(bits).map(PlateText).ok_or(PlateTextError::Empty)
    }

    /// Reads what nearly all lists hold, letters and digits alone, in a third of the time.
    fn parse_plain(text: &str) -> Option<PlateText> {
        if text.len() > LENGTH_MAX {
            return None;
        }
        let mut bits = 0;
        for (place, byte) in text.bytes().enumerate() {
            bits |= u64::from(code_of(byte.to_ascii_uppercase())?) << lane_shift(place);
        }
        Packed::from_own_bits(bits).map(PlateText)
    }

    /// The text itself. A named act: what calls it shows, stores or sends a plate.
    pub fn expose(&self) -> PlateTextStr {
        let characters = self.0.codes().map(|code| character_of(code).unwrap_or(b' '));
        PlateTextStr { characters, length: self.0.length() }
    }

    /// The stored form.
    pub const fn packed(self) -> Packed {
        self.0
    }

    /// How many characters the plate has, 1–10.
    pub const fn length(self) -> usize {
        self.0.length()
    }
}

impl From<Packed> for PlateText {
    fn from(packed: Packed) -> PlateText {
        PlateText(packed)
    }
}

impl From<PlateText> for Packed {
    fn from(plate: PlateText) -> Packed {
        plate.0
    }
}

impl fmt::Debug for PlateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlateText(…)")
    }
}

impl Serialize for PlateText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.expose())
    }
}

impl<'de> Deserialize<'de> for PlateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PlateText, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        PlateText::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The exposed text of a plate: dereferences to `str`, lives on the stack, and still does not print
/// itself through `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PlateTextStr {
    characters: [u8; LENGTH_MAX],
    length: usize,
}

impl Deref for PlateTextStr {
    type Target = str;

    fn deref(&self) -> &str {
        let used = self.characters.get(..self.length).unwrap_or_default();
        std::str::from_utf8(used).unwrap_or_default()
    }
}

impl AsRef<str> for PlateTextStr {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Debug for PlateTextStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlateTextStr(…)")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &Expect) {
        match PlateText::parse(text) {
            Ok(plate) => expect.assert_eq(&plate.expose()),
            Err(error) => expect.assert_eq(&format!("refused: {error}")),
        }
    }

    #[test]
    fn separators_and_symbols_are_omitted() {
        check("ab-12 c", &expect!["AB12C"]);
        check(" LÖ·AB 123 ", &expect!["LOAB123"]);
        check("I♥NY 1", &expect!["INY1"]);
        check("A&B'S #1!", &expect!["ABS1"]);
        check("AB\u{a0}12\t\u{2011}CD", &expect!["AB12CD"]);
        check("♿ 123", &expect!["123"]);
    }

    #[test]
    fn other_scripts_are_read_as_what_they_look_like() {
        check("А123ВЕ777", &expect!["A123BE777"]);
        check("авекмнорст", &expect!["ABEKMHOPCT"]);
        check("ху І", &expect!["XYI"]);
        check("ΑΒΕΖΗΙΚΜΝΟ", &expect!["ABEZHIKMNO"]);
        check("ρτυχ", &expect!["PTYX"]);
        check("ÄÖÜŠŽČĐÑÅØ", &expect!["AOUSZCDNAO"]);
        check("A\u{308}B 1", &expect!["AB1"]);
        check("١٢٣۴۵", &expect!["12345"]);
        check(
            "品川 500",
            &expect![
                "refused: '品' at position 1 cannot be in a plate: not a letter or digit that plates are kept in"
            ],
        );
        check("ＡＢｃ１２", &expect!["ABC12"]);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        check("", &expect!["refused: plate has no letter or digit"]);
        check(" -- ", &expect!["refused: plate has no letter or digit"]);
        check("ABCDEF12345", &expect!["refused: plate has 11 letters and digits, more than 10"]);
        check(
            "AB?123",
            &expect![
                "refused: '?' at position 3 cannot be in a plate: a wildcard: a partial plate is entered as a pattern"
            ],
        );
        check(
            "ABC*",
            &expect![
                "refused: '*' at position 4 cannot be in a plate: a wildcard: a partial plate is entered as a pattern"
            ],
        );
        check(
            "AB_123",
            &expect![
                "refused: '_' at position 3 cannot be in a plate: a wildcard: a partial plate is entered as a pattern"
            ],
        );
        check(
            "Б123",
            &expect![
                "refused: 'Б' at position 1 cannot be in a plate: no Latin letter looks like it"
            ],
        );
        check(
            "AΩ1",
            &expect![
                "refused: 'Ω' at position 2 cannot be in a plate: no Latin letter looks like it"
            ],
        );
        check(
            "ß1",
            &expect![
                "refused: 'ß' at position 1 cannot be in a plate: not a letter or digit that plates are kept in"
            ],
        );
        check(
            "Æ1",
            &expect![
                "refused: 'Æ' at position 1 cannot be in a plate: not a letter or digit that plates are kept in"
            ],
        );
        check(
            "AB\0C",
            &expect![[r#"refused: '\0' at position 3 cannot be in a plate: a control character"#]],
        );
        check(
            "أ 1234",
            &expect![
                "refused: 'أ' at position 1 cannot be in a plate: not a letter or digit that plates are kept in"
            ],
        );
    }

    #[test]
    fn printing_does_not_tell() {
        let plate = PlateText::parse("ABC123").unwrap();
        assert_eq!(format!("{plate:?} {:?}", plate.expose()), "PlateText(…) PlateTextStr(…)");
        assert_eq!(std::mem::size_of::<Option<PlateText>>(), 8);
    }

    #[test]
    fn serialising_is_the_text() {
        let plate: PlateText = serde_json::from_str(r#""ab 123""#).unwrap();
        assert_eq!(serde_json::to_string(&plate).unwrap(), r#""AB123""#);
        let error = serde_json::from_str::<PlateText>(r#""AB?""#).unwrap_err();
        assert!(error.to_string().contains("position 3"), "{error}");
    }

    proptest! {
        #[test]
        fn parsing_is_total_and_settles(text in any::<String>()) {
            if let Ok(plate) = PlateText::parse(&text) {
                prop_assert_eq!(PlateText::parse(&plate.expose()), Ok(plate));
                prop_assert!(Packed::from_i64(plate.packed().to_i64()).is_ok());
            }
        }

        #[test]
        fn case_and_separators_do_not_matter(text in "[A-Z0-9]{1,10}", gaps in proptest::collection::vec(0_usize..4, 10)) {
            let spelled: String = text
                .chars()
                .zip(gaps)
                .map(|(c, gap)| format!("{}{}", c.to_ascii_lowercase(), &" -.·".chars().take(gap).collect::<String>()))
                .collect();
            prop_assert_eq!(PlateText::parse(&spelled), PlateText::parse(&text));
        }
    }
}
