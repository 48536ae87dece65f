//! Plates in free text. What is found is a proposal: a person sees the text beside it and decides.

use std::sync::LazyLock;

use domain::{ProposedPlate, Said};

use super::states::{state_at, state_before};
use super::vehicle::vehicle;
use crate::spelled;

/// Proposals of one message: no alert names more vehicles.
pub const PROPOSALS_MAX: usize = 20;

/// The fewest and most characters of a plate that is proposed.
const PLATE_CHARS: std::ops::RangeInclusive<usize> = 2..=8;
/// Words between the word that announces a plate and the plate.
const FILLERS_MAX: usize = 8;
/// Words before the announcing one among which its state is looked for.
const STATE_WITHIN: usize = 4;

/// Words after which a plate comes.
const ANNOUNCING: &[&str] = &[
    "plate",
    "plates",
    "tag",
    "tags",
    "lp",
    "lic",
    "placa",
    "placas",
    "matricula",
    "matrícula",
    "lpn",
];
/// Words that may stand between.
const FILLERS: &[&str] = &[
    "a",
    "bearing",
    "con",
    "de",
    "del",
    "es",
    "from",
    "is",
    "lic",
    "license",
    "licence",
    "n",
    "no",
    "num",
    "number",
    "numbers",
    "numero",
    "número",
    "of",
    "plate",
    "plates",
    "reads",
    "reading",
    "registration",
    "state",
    "tag",
    "tags",
    "the",
    "vehicle",
    "was",
    "with",
    "paper",
    "temporary",
    "temp",
    "possible",
    "possibly",
    "partial",
    "has",
    "and",
    "are",
];
/// What says that a plate is not known.
const UNKNOWN: &[&str] = &["unknown", "unk", "none", "unavailable", "desconocida", "not"];

/// All words that are no plate although they stand where one is expected.
static NO_PLATES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| [ANNOUNCING, FILLERS, UNKNOWN].concat());

/// A word of a text and where it stands in it, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) from: usize,
    pub(super) until: usize,
}

impl Word<'_> {
    pub(super) fn is_one_of(&self, words: &[&str]) -> bool {
        let lower = self.text.to_lowercase();
        words.contains(&lower.as_str())
    }

    pub(super) fn has_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }

    fn is_digits(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn is_capitals(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_uppercase())
    }
}

/// The words of a text: letters and digits, with hyphens within.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut from = None;
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '-';
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (from, is_part(letter)) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                let whole = text.get(start..at).unwrap_or_default();
                let inner = whole.trim_matches('-');
                let skipped = whole.len() - whole.trim_start_matches('-').len();
                if !inner.is_empty() {
                    let from = start + skipped;
                    words.push(Word { text: inner, from, until: from + inner.len() });
                }
                from = None;
            }
            _ => {}
        }
    }
    words
}

/// The plates that the parts of a message seem to name, each plate of a state once.
pub fn proposals(said: &[Said]) -> Vec<ProposedPlate> {
    let mut found: Vec<ProposedPlate> = Vec::new();
    for (part, one) in said.iter().enumerate() {
        for proposal in in_text(part, &one.text) {
            if !merge(&mut found, &proposal) {
                if found.len() >= PROPOSALS_MAX {
                    return found;
                }
                found.push(proposal);
            }
        }
    }
    found
}

/// Whether a plate was found before: of the same state, or one of the two does not name its state. The one that does stays.
fn merge(found: &mut [ProposedPlate], new: &ProposedPlate) -> bool {
    let fits = |there: &&mut ProposedPlate| {
        let (one, other) = (there.jurisdiction, new.jurisdiction);
        there.plate == new.plate && (one.is_none() || other.is_none() || one == other)
    };
    let Some(there) = found.iter_mut().find(fits) else { return false };
    if there.jurisdiction.is_none() && new.jurisdiction.is_some() {
        *there = new.clone();
    }
    true
}

fn in_text(part: usize, text: &str) -> Vec<ProposedPlate> {
    let words = words(text);
    let capitals_only = !text.chars().any(char::is_lowercase);
    let mut found = Vec::new();
    let mut at = 0;
    let mut free_from = 0;
    while let Some(word) = words.get(at) {
        if !word.is_one_of(ANNOUNCING) {
            at += 1;
            continue;
        }
        let announced = Announced { text, words: &words, at, free_from, capitals_only };
        match announced.plate(part) {
            Some((proposal, next)) => {
                found.push(proposal);
                at = next;
                free_from = next;
            }
            None => at += 1,
        }
    }
    found
}

/// A word that announces a plate, in its text.
struct Announced<'a> {
    text: &'a str,
    words: &'a [Word<'a>],
    at: usize,
    /// The first word that belongs to no plate before.
    free_from: usize,
    capitals_only: bool,
}

impl Announced<'_> {
    /// The plate, and the word after it.
    fn plate(&self, part: usize) -> Option<(ProposedPlate, usize)> {
        let mut place = self.at + 1;
        let mut state = None;
        for _ in 0..FILLERS_MAX {
            let rest = self.words.get(place..)?;
            let word = rest.first()?;
            if let Some((own, n)) = state_at(rest, self.capitals_only) {
                state = Some(own);
                place += n;
            } else if word.is_one_of(FILLERS) {
                place += 1;
            } else {
                break;
            }
        }
        let (plate, from, until, next) = self.plate_at(place)?;
        let state = state.or_else(|| self.state_before()).or_else(|| self.state_after(next));
        let vehicle = vehicle(self.words, (self.free_from, self.at), next);
        let place = Some((part, from, until));
        Some((ProposedPlate { plate, jurisdiction: state, place, vehicle }, next))
    }

    /// A plate that begins with a word: it alone, or with the word after it where a plate is written in two pieces.
    fn plate_at(&self, place: usize) -> Option<(String, usize, usize, usize)> {
        let word = self.words.get(place)?;
        if word.is_one_of(&NO_PLATES) {
            return None;
        }
        let joined = self.words.get(place + 1).filter(|next| self.belong(word, next));
        let (until, next) = joined.map_or((word.until, place + 1), |next| (next.until, place + 2));
        let whole = self.text.get(word.from..until)?;
        // Letters alone are a plate where they stand out as one.
        let stands_out = whole.bytes().any(|byte| byte.is_ascii_digit())
            || (word.is_capitals() && !self.capitals_only);
        let plate = spelled(whole).ok().filter(|_| stands_out && whole.is_ascii())?;
        PLATE_CHARS.contains(&plate.chars().count()).then_some((plate, word.from, until, next))
    }

    /// Whether two words are the two pieces of one plate: `ABC 1234`, `123 ABC`.
    fn belong(&self, one: &Word<'_>, next: &Word<'_>) -> bool {
        let close = self.text.get(one.until..next.from) == Some(" ");
        let fits = one.text.len() + next.text.len() < *PLATE_CHARS.end();
        let letters_first = one.is_capitals() && one.text.len() <= 4 && next.has_digit();
        let digits_first = one.is_digits() && next.is_capitals() && next.text.len() == 3;
        close && fits && (letters_first || digits_first) && !next.is_one_of(&NO_PLATES)
    }

    /// The state in the few words before: “Texas license plate”, “TX LP”.
    fn state_before(&self) -> Option<plate::Jurisdiction> {
        let first = self.free_from.max(self.at.saturating_sub(STATE_WITHIN));
        let before = self.words.get(first..self.at)?;
        (0..before.len()).rev().find_map(|n| {
            let head = before.get(..=n)?;
            let between = before.get(n + 1..)?;
            let near = between.iter().all(|word| word.is_one_of(FILLERS));
            state_before(head, self.capitals_only).filter(|_| near)
        })
    }

    /// The state right after: `ABC1234 (TX)`, `ABC1234 of Texas`.
    fn state_after(&self, next: usize) -> Option<plate::Jurisdiction> {
        let rest = self.words.get(next..)?;
        let skipped = usize::from(
            rest.first().is_some_and(|word| word.is_one_of(&["of", "from", "out", "de"])),
        );
        state_at(rest.get(skipped..)?, self.capitals_only).map(|(state, _)| state)
    }
}
