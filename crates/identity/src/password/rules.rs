//! What a new password may be.

use std::collections::HashSet;
use std::sync::Arc;

use super::guess::{EffortWords, Estimate};
use super::normalised;

/// Characters that a password must have. CJIS `IA-5(1)(a)` asks for 8; a bundle may ask for more than 12, not for fewer.
pub const LENGTH_MIN: usize = 12;
/// Characters that a password may have: whoever pastes a book is told so, and nothing is cut off (CJIS `IA-5(1)(a)`).
pub const LENGTH_MAX: usize = 256;
/// The most that a bundle may ask for: longer ones are written on paper.
const LENGTH_MIN_MAX: usize = 64;
/// Bytes beyond which a text is not even normalised: [`LENGTH_MAX`] characters of four bytes, each with some marks.
const BYTES_MAX: usize = LENGTH_MAX * 16;
/// What must be left to guess, counted as if a word that is guessed first were two characters: the least that CJIS
/// `IA-5(1)(a)` allows a password of its own choosing.
const EFFORT_MIN: usize = 8;

/// Why a password is not taken, in words for who chose it (CJIS `IA-5(1)(a)`: the reason is given).
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error(
        "it has {length} characters; at least {min} are needed. A few words that do not belong together are easy to keep"
    )]
    TooShort {
        /// How many it has.
        length: usize,
        /// How many it needs.
        min: usize,
    },
    /// Too long.
    #[error("it has more than {LENGTH_MAX} characters")]
    TooLong,
    /// There is a character in it that cannot be typed everywhere, such as a line break or a tab.
    #[error("it contains a character that is not printable, such as a tab or a line break")]
    NotPrintable,
    /// It stands on the list of passwords that are guessed.
    #[error("it is on the list of passwords that attackers try first")]
    OnTheList,
    /// It is made of a name, the agency, an address, or something else that is known about the person.
    #[error("too much of it is `{word}`, which is known about you")]
    AboutYou {
        /// Which word.
        word: String,
    },
    /// It is made of what is guessed first.
    #[error("too much of it is {what}: attackers try that first")]
    Guessable {
        /// What it is made of, in words.
        what: String,
    },
}

/// What an agency asks of passwords.
#[derive(Clone, Debug)]
pub struct Rules {
    length_min: usize,
    list: Arc<HashSet<String>>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { length_min: LENGTH_MIN, list: Arc::default() }
    }
}

impl Rules {
    /// Asks for so many characters; fewer than [`LENGTH_MIN`] are taken as that.
    #[must_use]
    pub fn at_least(self, length_min: usize) -> Self {
        Self { length_min: length_min.clamp(LENGTH_MIN, LENGTH_MIN_MAX), ..self }
    }

    /// With a list of passwords that are refused, one a line: what an agency refreshes each quarter (CJIS `IA-5(1)(a)`), beside
    /// the words that come with this crate. Case does not matter.
    #[must_use]
    pub fn without(self, list: &str) -> Self {
        let lines = list.lines().map(str::trim_end).filter(|line| !line.is_empty());
        Self { list: Arc::new(lines.map(|line| normalised(line).to_lowercase()).collect()), ..self }
    }

    /// How many characters are asked for.
    pub const fn length_min(&self) -> usize {
        self.length_min
    }

    /// Whether a new password is taken. `about` is what anybody knows: the person's name and address, the agency's name.
    pub fn check(&self, new: &str, about: &[&str]) -> Result<(), WeakPassword> {
        if new.len() > BYTES_MAX {
            return Err(WeakPassword::TooLong);
        }
        let password = normalised(new);
        let length = password.chars().count();
        if length > LENGTH_MAX {
            return Err(WeakPassword::TooLong);
        }
        if password
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
        {
            return Err(WeakPassword::NotPrintable);
        }
        if length < self.length_min {
            return Err(WeakPassword::TooShort { length, min: self.length_min });
        }
        if self.list.contains(&password.to_lowercase()) {
            return Err(WeakPassword::OnTheList);
        }
        let words = EffortWords::about(about);
        let estimate = Estimate::of(&password, &words);
        if estimate.effort >= EFFORT_MIN {
            return Ok(());
        }
        Err(match estimate.about {
            Some(word) => WeakPassword::AboutYou { word },
            None => WeakPassword::Guessable { what: estimate.what.to_owned() },
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ABOUT: [&str; 3] =
        ["Ana Martínez", "a.martinez@piedmont.example", "Piedmont Police Department"];

    fn check(new: &str) -> Result<(), WeakPassword> {
        Rules::default().check(new, &ABOUT)
    }

    /// CJIS IA-5(1)(a).
    #[test]
    fn what_people_choose_first_is_refused_with_the_reason() {
        for weak in [
            "passwordpassword",
            "Password1234!",
            "P@ssw0rd2026!!",
            "qwertyuiop[]",
            "qwerty123456",
            "1qaz2wsx3edc",
            "!QAZ@WSX#EDC",
            "aaaaaaaaaaaaaaaa",
            "abababababab",
            "abcdefghijkl",
            "123456789012",
            "210987654321",
            "Summer2026!!",
            "Summer2026Summer2026",
            "LetMeIn123456",
            "iloveyou2026",
            "changeme1234",
            "Welcome2024!!",
            "Sheriff12345",
            "licenseplate",
            "OfficerDispatch1",
            "correcthorsebatterystaple",
            "administrator1",
            "zaq12wsxcde3",
            "            ",
            "............",
            "111111222222",
        ] {
            let refused = check(weak);
            assert!(matches!(refused, Err(WeakPassword::Guessable { .. })), "{weak}: {refused:?}");
        }
        let told = check("Summer2026!!").unwrap_err().to_string();
        assert_eq!(told, "too much of it is common words and dates: attackers try that first");
    }

    #[test]
    fn what_is_known_about_somebody_is_refused() {
        for (weak, word) in [
            ("Martinez2026", "martinez"),
            ("martínez2026", "martínez"),
            ("anamartinez1234", "martinez"),
            ("PiedmontPD!!!", "piedmont"),
            ("p13dm0nt-2026", "piedmont"),
        ] {
            let refused = check(weak);
            let Err(WeakPassword::AboutYou { word: told }) = refused else {
                panic!("{weak}: {refused:?}")
            };
            assert_eq!(told, word, "{weak}");
        }
    }

    #[test]
    fn long_words_of_any_language_with_spaces_are_taken() {
        for good in [
            "vigorous teapot ledger",
            "the otter hums at noon",
            "x7Kp!q2Zr9Lm",
            "Straße über Gräben",
            "пароль моей бабушки",
            "我的密码是一个很长的句子吧",
            "🐙🦀🐚🐬🦑🐡🐠🐟🐳🦈🪸🐋",
            "4Martinez walks on gravel",
            "  two spaces lead here ",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_and_nothing_is_cut() {
        assert_eq!(check("x7Kp!q2Zr9L"), Err(WeakPassword::TooShort { length: 11, min: 12 }));
        // An e with a combining accent is one character, however it was typed.
        assert_eq!(
            check("x7Kp!q2Zr9e\u{301}"),
            Err(WeakPassword::TooShort { length: 11, min: 12 })
        );
        let long: String =
            (0..256_u32).map(|n| char::from_u32(0x4e00 + n * 7 % 1000).unwrap()).collect();
        assert_eq!(check(&long), Ok(()));
        assert_eq!(check(&format!("{long}x")), Err(WeakPassword::TooLong));
        assert_eq!(check(&"x".repeat(1 << 20)), Err(WeakPassword::TooLong));
        assert_eq!(check("x7Kp!q2Z\tr9Lm"), Err(WeakPassword::NotPrintable));
    }

    #[test]
    fn an_agency_asks_for_more_and_not_for_less() {
        let rules = Rules::default().at_least(4);
        assert_eq!(rules.length_min(), LENGTH_MIN);
        let rules = rules.at_least(20).without("The Otter hums at noon\r\n\nanother");
        assert!(matches!(
            rules.check("x7Kp!q2Zr9Lm", &[]),
            Err(WeakPassword::TooShort { min: 20, .. })
        ));
        assert_eq!(rules.check("the otter HUMS at noon", &[]), Err(WeakPassword::OnTheList));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text: String, about: String) {
            let _ = Rules::default().check(&text, &[&about]);
        }

        /// Twelve characters of a password keeper's are taken.
        #[test]
        fn random_characters_are_taken(text in "[a-zA-Z0-9!#%&*+=?@^_~-]{16}") {
            prop_assert_eq!(check(&text), Ok(()));
        }
    }
}
