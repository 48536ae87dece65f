//! How much of a password is left to guess for somebody who tries common things first.

use std::sync::LazyLock;

const COMMON: &str = include_str!("common.txt");
/// A word that is guessed first counts as so many characters, however long.
const WORD: usize = 2;
/// What is known about a person, or stood in the password before, counts as one.
const KNOWN: usize = 1;
/// Fewer characters make no pattern.
const PATTERN_MIN: usize = 3;
/// Rows of the keyboard, without and with shift. A key's neighbours are beside it and in the rows next to it.
const KEYBOARD: [(&str, &str); 4] = [
    ("1234567890-=", "!@#$%^&*()_+"),
    ("qwertyuiop[]", "QWERTYUIOP{}"),
    ("asdfghjkl;'", "ASDFGHJKL:\""),
    ("zxcvbnm,./", "ZXCVBNM<>?"),
];

static COMMON_WORDS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let words = COMMON.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    words.map(|word| word.chars().collect()).collect()
});

/// Words that are known about somebody.
pub(super) struct EffortWords(Vec<Vec<char>>);

impl EffortWords {
    /// The words in names and addresses, three characters and more, with and without accents.
    pub(super) fn about(texts: &[&str]) -> Self {
        use unicode_normalization::UnicodeNormalization as _;
        use unicode_normalization::char::is_combining_mark;
        let lower: Vec<String> =
            texts.iter().map(|text| text.nfc().collect::<String>().to_lowercase()).collect();
        let words = lower.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let mut all: Vec<Vec<char>> = Vec::new();
        for word in words.filter(|word| word.chars().count() >= PATTERN_MIN) {
            all.push(word.chars().collect());
            all.push(word.nfd().filter(|c| !is_combining_mark(*c)).collect());
        }
        all.sort_unstable();
        all.dedup();
        Self(all)
    }
}

/// What a guesser has to do.
pub(super) struct Estimate {
    /// Characters left to guess, where what is guessed first counts as few.
    pub(super) effort: usize,
    /// The longest word that is known about the person and stands in the password.
    pub(super) about: Option<String>,
    /// What else it is made of, in words.
    pub(super) what: &'static str,
}

/// The cheapest way to the end of a prefix.
#[derive(Clone, Copy, Default)]
struct Way {
    effort: usize,
    has_word: bool,
    has_pattern: bool,
    /// The word about the person that it goes through: which, and how long.
    about: Option<(usize, usize)>,
}

impl Estimate {
    pub(super) fn of(password: &str, words: &EffortWords) -> Self {
        let typed: Vec<char> = password.chars().collect();
        let lower: Vec<char> =
            typed.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
        let mut ways: Vec<Option<Way>> = vec![None; typed.len() + 1];
        if let Some(first) = ways.first_mut() {
            *first = Some(Way::default());
        }
        for at in 0..typed.len() {
            let Some(way) = ways.get(at).copied().flatten() else { continue };
            let mut reach = |length: usize, way: Way| {
                if let Some(place) = ways.get_mut(at + length)
                    && place.is_none_or(|other| way.effort < other.effort)
                {
                    *place = Some(way);
                }
            };
            for (n, word) in words.0.iter().enumerate().filter(|(_, word)| begins(&lower, at, word))
            {
                let longest = way.about.filter(|(_, length)| *length >= word.len());
                let about = longest.or(Some((n, word.len())));
                reach(word.len(), Way { effort: way.effort + KNOWN, about, ..way });
            }
            for word in COMMON_WORDS.iter().filter(|word| begins(&lower, at, word)) {
                reach(word.len(), Way { effort: way.effort + WORD, has_word: true, ..way });
            }
            for length in year(&lower, at) {
                reach(length, Way { effort: way.effort + WORD, has_word: true, ..way });
            }
            // A part of a walk, a run or a repetition is one too: any shorter end is as cheap.
            let run = walk(&typed, at).max(run(&lower, at));
            for length in PATTERN_MIN..=run {
                reach(length, Way { effort: way.effort + WORD, has_pattern: true, ..way });
            }
            for length in 2..=repeated(&lower, at) {
                reach(length, Way { effort: way.effort + KNOWN, has_pattern: true, ..way });
            }
            reach(1, Way { effort: way.effort + 1, ..way });
        }
        let end = ways.last().copied().flatten().unwrap_or_default();
        let about = end.about.and_then(|(n, _)| words.0.get(n));
        Self {
            effort: end.effort,
            about: about.map(|word| word.iter().collect()),
            what: match (end.has_word, end.has_pattern) {
                (true, true) => "common words and patterns",
                (true, false) => "common words and dates",
                _ => "a pattern, such as neighbouring keys, a sequence or a repetition",
            },
        }
    }
}

/// Whether a word stands there, with digits and signs for letters or without.
fn begins(lower: &[char], at: usize, word: &[char]) -> bool {
    let there = lower.get(at..at.saturating_add(word.len()));
    there.is_some_and(|there| {
        there.iter().zip(word).all(|(typed, meant)| stands_for(*typed, *meant))
    })
}

fn stands_for(typed: char, meant: char) -> bool {
    typed == meant
        || matches!(
            (typed, meant),
            ('0', 'o')
                | ('1' | '!' | '|', 'i' | 'l')
                | ('3' | '€', 'e')
                | ('4' | '@', 'a')
                | ('5' | '$', 's')
                | ('7' | '+', 't')
                | ('8', 'b')
                | ('9' | '6', 'g')
        )
}

/// A year of this century or the last, and a day before or after it written in digits.
fn year(lower: &[char], at: usize) -> impl Iterator<Item = usize> {
    let digits = |length: usize| {
        let there = lower.get(at..at + length)?;
        there.iter().all(char::is_ascii_digit).then_some(there)
    };
    let is_year = |there: &[char]| matches!(there, ['1', '9', ..] | ['2', '0', ..]);
    let four = digits(4).filter(|there| is_year(there)).map(|_| 4);
    let eight = digits(8).filter(|there| is_year(there) || there.get(4..).is_some_and(is_year));
    four.into_iter().chain(eight.map(|_| 8))
}

/// How many keys from here on are neighbours, each of the one before.
fn walk(typed: &[char], at: usize) -> usize {
    let rest = typed.get(at..).unwrap_or_default();
    let steps = rest.windows(2).take_while(|pair| match pair {
        [from, to] => are_neighbours(*from, *to),
        _ => false,
    });
    1 + steps.count()
}

fn are_neighbours(one: char, other: char) -> bool {
    let (Some((row, column)), Some((other_row, other_column))) = (key(one), key(other)) else {
        return false;
    };
    row.abs_diff(other_row) <= 1 && column.abs_diff(other_column) <= 1
}

fn key(c: char) -> Option<(usize, usize)> {
    KEYBOARD.iter().enumerate().find_map(|(row, (plain, shifted))| {
        let column =
            plain.chars().position(|k| k == c).or_else(|| shifted.chars().position(|k| k == c));
        column.map(|column| (row, column))
    })
}

/// How many characters from here on are the same, or each follows the one before, up or down.
fn run(lower: &[char], at: usize) -> usize {
    let rest = lower.get(at..).unwrap_or_default();
    let mut steps = rest.windows(2).map(|pair| match pair {
        [from, to] => i64::from(u32::from(*to)) - i64::from(u32::from(*from)),
        _ => i64::MAX,
    });
    let Some(step) = steps.next().filter(|step| step.abs() <= 1) else { return 1 };
    2 + steps.take_while(|other| *other == step).count()
}

/// How many characters from here on stood together in the password before.
fn repeated(lower: &[char], at: usize) -> usize {
    let rest = lower.get(at..).unwrap_or_default();
    let longest = (0..at).map(|earlier| {
        let before = lower.get(earlier..at).unwrap_or_default();
        before.iter().zip(rest).take_while(|(one, other)| one == other).count()
    });
    longest.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effort(password: &str) -> usize {
        Estimate::of(password, &EffortWords::about(&[])).effort
    }

    #[test]
    fn words_walks_runs_years_and_repetitions_are_cheap() {
        assert_eq!(effort("password"), 2);
        assert_eq!(effort("p4$$w0rd"), 2);
        assert_eq!(effort("zxcvbnm"), 2);
        assert_eq!(effort("!qaz"), 2);
        assert_eq!(effort("fedcba"), 2);
        assert_eq!(effort("7777777"), 2);
        assert_eq!(effort("1987"), 2);
        assert_eq!(effort("31121987"), 2);
        assert_eq!(effort("xkpqxkpq"), 5);
        assert_eq!(effort("xkpq"), 4);
    }

    #[test]
    fn the_list_is_in_order_and_nothing_stands_on_it_twice() {
        let words: Vec<&str> = COMMON.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(words.is_sorted_by(|one, other| one < other));
        assert!(words.iter().all(|word| word.len() >= PATTERN_MIN));
    }
}
