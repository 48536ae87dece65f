//! The packed form of a plate: ten characters of six bits in one word.
//!
//! **This is a format on disk and may never change.** Character `i` (counted from 0, left to right)
//! is the six bits at `6 * (9 - i)`; unused lanes are 0 and follow the last character; the top four
//! bits are 0, so the word is the same positive number as `i64` and as `u64`. Numeric order is
//! therefore the order of the codes, character by character, shorter before longer. It is *not* the
//! alphabet's order.
//!
//! The codes are chosen so that characters that cameras confuse share an aligned block whose size is
//! a power of two. A literal is then the mask `0b111111`, a look-alike literal the same mask without
//! the block's low bits, and a free place the mask 0: all three cost the same.
//!
//! | code | character |
//! |---|---|
//! | 0 | no character |
//! | 1–21 | `3479ACEFHJKMNPRTUVWXY` |
//! | 22–47 | reserved |
//! | 48–51 | `0ODQ` |
//! | 52–54 | `1IL` (55 is reserved) |
//! | 56–57, 58–59, 60–61, 62–63 | `8B`, `5S`, `2Z`, `6G` |

use std::fmt;
use std::num::NonZeroU64;

/// The longest plate in characters: the longest that NCIC's LIC field and EU plates have.
pub(crate) const LENGTH_MAX: usize = 10;
/// Bits of one character.
pub(crate) const LANE_BITS: usize = 6;
/// All bits of the rightmost lane.
pub(crate) const LANE: u64 = 0b11_1111;
/// All bits that characters use.
pub(crate) const ALL_LANES: u64 = (1 << (LENGTH_MAX * LANE_BITS)) - 1;
/// The lowest bit of every lane.
const LOW_BITS: u64 = ALL_LANES / LANE;

/// The characters by code; 0 marks a code that no character has.
const CHARACTERS: [u8; 64] = {
    let mut characters = [0; 64];
    place(&mut characters, b"3479ACEFHJKMNPRTUVWXY", 1);
    place(&mut characters, b"0ODQ1IL", 48);
    place(&mut characters, b"8B5S2Z6G", 56);
    characters
};

/// The codes by ASCII character; 0 marks a character that plates do not have.
const CODES: [u8; 128] = {
    let mut codes = [0; 128];
    let mut code = 1;
    while code < 64 {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        if CHARACTERS[code] != 0 {
            codes[CHARACTERS[code] as usize] = code as u8;
        }
        code += 1;
    }
    codes
};

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn place(characters: &mut [u8; 64], run: &[u8], first_code: usize) {
    let mut i = 0;
    while i < run.len() {
        characters[first_code + i] = run[i];
        i += 1;
    }
}

/// The code of an upper-case ASCII letter or digit.
pub(crate) fn code_of(character: u8) -> Option<u8> {
    CODES.get(usize::from(character)).copied().filter(|&code| code != 0)
}

/// The character of a code, if one has it.
#[expect(clippy::indexing_slicing, reason = "the code is below the table's length")]
pub(crate) const fn character_of(code: u8) -> Option<u8> {
    if code >= 64 || CHARACTERS[code as usize] == 0 {
        return None;
    }
    Some(CHARACTERS[code as usize])
}

/// How far lane `place` (from the left) is from the right end of the word, in bits.
pub(crate) const fn lane_shift(place: usize) -> usize {
    LANE_BITS * (LENGTH_MAX - 1 - place)
}

/// The first code of the look-alike block that `code` is in; `code` itself if it is in none.
pub(crate) const fn fold_code(code: u8) -> u8 {
    fold_bits(code as u64) as u8
}

/// Folds every lane of `bits`: lanes of the form `11_0xxx` are in blocks of four, `11_1xxx` in
/// blocks of two, and all others stand alone.
pub(crate) const fn fold_bits(bits: u64) -> u64 {
    let in_block = (bits >> 5) & (bits >> 4) & LOW_BITS;
    let in_block_of_four = in_block & !(bits >> 3);
    bits & !(in_block | (in_block_of_four << 1))
}

/// A plate packed into one word: at least one character, and only codes that characters have.
///
/// It can be undone, so it is as private as the text: `Debug` shows nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Packed(NonZeroU64);

/// Why a number from storage is no packed plate. It does not repeat the number, which may be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// The word is 0 or begins with an unused lane.
    #[error("packed plate has no first character")]
    Empty,
    /// A bit above the ten lanes is set, or the number is negative.
    #[error("packed plate uses bits above its ten lanes")]
    TooWide,
    /// A lane holds a code that no character has.
    #[error("packed plate has no known character at place {place}")]
    UnknownCode {
        /// The lane, counted from 1 on the left.
        place: usize,
    },
    /// A character follows an unused lane.
    #[error("packed plate has a gap before place {place}")]
    Gap {
        /// The lane of the character, counted from 1 on the left.
        place: usize,
    },
}

impl Packed {
    /// The number to store. It is positive, and its order is that of `Packed`.
    pub const fn to_i64(self) -> i64 {
        self.0.get().cast_signed()
    }

    /// Reads a stored number back.
    pub fn from_i64(stored: i64) -> Result<Packed, PackedError> {
        Packed::from_bits(stored.cast_unsigned())
    }

    /// The same plate with every character replaced by the first of its look-alike block: `0` for
    /// `0ODQ`, `1` for `1IL`, `8` for `8B`, `5` for `5S`, `2` for `2Z`, `6` for `6G`. Two plates
    /// look alike exactly when they fold to the same.
    #[must_use]
    pub const fn fold(self) -> Packed {
        match NonZeroU64::new(fold_bits(self.0.get())) {
            Some(bits) => Packed(bits),
            // A block's bits are 11_xxxx, and folding keeps the two ones.
            None => self,
        }
    }

    /// The word itself.
    pub(crate) const fn bits(self) -> u64 {
        self.0.get()
    }

    /// The plate of a word that the caller made from valid codes.
    pub(crate) fn from_bits(bits: u64) -> Result<Packed, PackedError> {
        if bits > ALL_LANES {
            return Err(PackedError::TooWide);
        }
        let mut length = 0;
        for place in 0..LENGTH_MAX {
            let code = lane(bits, place);
            if code == 0 {
                continue;
            }
            if character_of(code).is_none() {
                return Err(PackedError::UnknownCode { place: place + 1 });
            }
            if length != place {
                let place = place + 1;
                return Err(if length == 0 {
                    PackedError::Empty
                } else {
                    PackedError::Gap { place }
                });
            }
            length = place + 1;
        }
        NonZeroU64::new(bits).map(Packed).ok_or(PackedError::Empty)
    }

    /// The plate of a word that came out of a `Packed`.
    pub(crate) const fn from_own_bits(bits: u64) -> Option<Packed> {
        match NonZeroU64::new(bits) {
            Some(bits) => Some(Packed(bits)),
            None => None,
        }
    }

    /// How many characters the plate has, 1–10.
    pub const fn length(self) -> usize {
        let unused_bits = self.0.get().trailing_zeros() as usize;
        LENGTH_MAX - unused_bits / LANE_BITS
    }

    /// The characters' codes from the left, then zeros.
    pub(crate) fn codes(self) -> [u8; LENGTH_MAX] {
        std::array::from_fn(|place| lane(self.0.get(), place))
    }
}

/// The code in lane `place`, counted from 0 on the left.
const fn lane(bits: u64, place: usize) -> u8 {
    ((bits >> lane_shift(place)) & LANE) as u8
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Packed(…)")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::PlateText;

    fn packed(text: &str) -> Packed {
        PlateText::parse(text).unwrap().packed()
    }

    #[test]
    fn the_format_on_disk_is_pinned() {
        let stored: Vec<String> =
            ["A", "7ABC123", "O0DQ1ILB8S", "3479ACEFHJ", "KMNPRTUVWX", "Y5Z26G"]
                .iter()
                .map(|text| format!("{text} {:#018x}", packed(text).to_i64()))
                .collect();
        expect![[r#"
            A 0x0140000000000000
            7ABC123 0x00c5e46d3c040000
            O0DQ1ILB8S 0x0c70cb3d35db9e3b
            3479ACEFHJ 0x00420c41461c824a
            KMNPRTUVWX 0x02cc34e3d04524d4
            Y5Z26G 0x057af7cfbf000000"#]]
        .assert_eq(&stored.join("\n"));
    }

    #[test]
    fn folding_shows_the_first_of_each_block() {
        let check = |text, expect: Expect| {
            expect.assert_eq(&PlateText::from(packed(text).fold()).expose());
        };
        check("0ODQ1IL8B5", expect!["0000111885"]);
        check("S2Z6G", expect!["52266"]);
        check("3479ACEFHJ", expect!["3479ACEFHJ"]);
        check("KMNPRTUVWX", expect!["KMNPRTUVWX"]);
        check("Y", expect!["Y"]);
    }

    #[test]
    fn numbers_that_are_no_plate_are_refused() {
        let check = |stored: i64, expect: Expect| {
            expect.assert_eq(&Packed::from_i64(stored).unwrap_err().to_string());
        };
        check(0, expect!["packed plate has no first character"]);
        check(-1, expect!["packed plate uses bits above its ten lanes"]);
        check(1 << 60, expect!["packed plate uses bits above its ten lanes"]);
        check(1, expect!["packed plate has no first character"]);
        check((5 << 54) | (5 << 42), expect!["packed plate has a gap before place 3"]);
        check((5 << 54) | (55 << 48), expect!["packed plate has no known character at place 2"]);
        check(22 << 54, expect!["packed plate has no known character at place 1"]);
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", packed("ABC123")), "Packed(…)");
    }

    proptest! {
        #[test]
        fn packing_is_undone(text in "[A-Z0-9]{1,10}") {
            let plate = packed(&text);
            prop_assert_eq!(Packed::from_i64(plate.to_i64()), Ok(plate));
            prop_assert_eq!(&*PlateText::from(plate).expose(), &*text);
            prop_assert_eq!(plate.length(), text.len());
            prop_assert!(plate.to_i64() > 0);
        }

        #[test]
        fn folding_twice_is_folding_once(text in "[A-Z0-9]{1,10}") {
            let folded = packed(&text).fold();
            prop_assert_eq!(folded.fold(), folded);
            prop_assert_eq!(folded.length(), text.len());
            prop_assert_eq!(Packed::from_i64(folded.to_i64()), Ok(folded));
        }

        #[test]
        fn reading_any_number_is_total(stored: i64) {
            if let Ok(plate) = Packed::from_i64(stored) {
                prop_assert_eq!(plate.to_i64(), stored);
            }
        }

        #[test]
        fn order_is_that_of_the_codes(a in "[A-Z0-9]{1,10}", b in "[A-Z0-9]{1,10}") {
            let codes = |text: &str| text.bytes().map(|c| code_of(c).unwrap()).collect::<Vec<_>>();
            prop_assert_eq!(packed(&a).cmp(&packed(&b)), codes(&a).cmp(&codes(&b)));
        }
    }
}
