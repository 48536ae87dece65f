//! Reasons in a person's own words: is something said, is it allowed, and does it name somebody it should not?
//!
//! A reason is kept for years and read by auditors. Social Security numbers and birth dates typed into it are masked
//! before anything is written; texts that say nothing are refused (`TWF-401.4d`); texts that name a prohibited use are
//! refused or reviewed as the bundle says.

mod mask;

use serde::{Deserialize, Serialize};

pub use mask::{Mask, Masked, mask};

use crate::facts::ReasonFact;
use crate::settings::{Effect, Settings};

/// The longest reason, in characters.
pub const CHARS_MAX: usize = 2000;

/// A document is in force for longer than a year, and nobody who is looked for is younger than this, unless the text
/// says that it is a birth date.
const YEARS_BEFORE_EDITION: i16 = 5;

/// What reasons are judged by: the parts of a bundle that speak of them, ready for comparing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rules {
    chars_min: usize,
    clause: String,
    vague: Vec<String>,
    suspicious: Vec<(String, String)>,
    prohibited: Vec<ProhibitedUse>,
    born_before: i16,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct ProhibitedUse {
    label: String,
    clause: String,
    effect: Effect,
    words: Vec<String>,
}

impl Rules {
    /// Those of a bundle.
    pub fn of(settings: &Settings) -> Self {
        let reasons = &settings.reasons;
        let plain = |words: &[String]| words.iter().map(|word| pattern(word)).collect();
        let mut prohibited: Vec<ProhibitedUse> = settings
            .prohibited
            .uses
            .iter()
            .map(|one| ProhibitedUse {
                label: one.label.clone(),
                clause: one.clause.clone(),
                effect: one.effect,
                words: plain(&one.words),
            })
            .collect();
        if let Some(clause) = &settings.prohibited.classes_clause {
            prohibited.push(ProhibitedUse {
                label: "a protected class".to_owned(),
                clause: clause.clone(),
                // A class may stand in the description of a wanted person: a person looks at it.
                effect: Effect::Review,
                words: plain(&settings.prohibited.classes),
            });
        }
        let year: i16 = settings.edition.get(..4).and_then(|year| year.parse().ok()).unwrap_or(0);
        Self {
            chars_min: usize::try_from(reasons.chars_min).unwrap_or(usize::MAX),
            clause: reasons.clause.clone(),
            vague: reasons.vague.iter().map(|word| plain_words(word)).collect(),
            suspicious: reasons
                .suspicious
                .iter()
                .map(|word| (word.clone(), pattern(word)))
                .collect(),
            prohibited,
            born_before: year.saturating_sub(YEARS_BEFORE_EDITION),
        }
    }
}

/// What becomes of a reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is taken.
    Taken,
    /// It is taken, and somebody reviews it.
    Review,
    /// It is not taken.
    Refused,
}

/// One thing that was found in a reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// Its stable word: `empty`, `long`, `short`, `number`, `repeated`, `vague`, `prohibited`, `suspicious`.
    pub word: String,
    /// What it leads to.
    pub outcome: Outcome,
    /// The clause behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// In plain words.
    pub says: String,
}

/// A judged reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// What becomes of it.
    pub outcome: Outcome,
    /// The text that may be written down.
    pub masked: String,
    /// What was masked.
    pub masks: Vec<Mask>,
    /// Everything that was found.
    pub findings: Vec<Finding>,
    /// How much it says, 0 to 100; 0 where it is refused. A figure for auditors' samples, never a gate.
    pub score: u8,
}

impl Verdict {
    /// What a decision has to know of it.
    pub fn fact(&self) -> ReasonFact {
        let has = |word: &str, outcome: Outcome| {
            self.findings.iter().any(|one| (one.word == word) && one.outcome == outcome)
        };
        ReasonFact {
            refused: has("prohibited", Outcome::Refused),
            suspicious: self.findings.iter().any(|one| one.outcome == Outcome::Review),
            vague: self
                .findings
                .iter()
                .any(|one| one.outcome == Outcome::Refused && one.word != "prohibited"),
        }
    }
}

/// Judges a reason. The same text and the same bundle give the same verdict.
pub fn judge(text: &str, rules: &Rules) -> Verdict {
    let is_long = text.chars().count() > CHARS_MAX;
    let cut: String = text.chars().take(CHARS_MAX).collect();
    let Masked { text: masked, masks } = mask(cut.trim(), rules.born_before);
    // What was masked says nothing either: a reason that is only a Social Security number is no reason.
    let plain = plain_words(&mask::without_masks(&masked));
    let mut findings = Vec::new();
    if is_long {
        findings.push(finding("long", rules, format!("it has more than {CHARS_MAX} characters")));
    }
    findings.extend(says_nothing(&plain, rules));
    findings.extend(names_the_prohibited(&plain, rules));
    let outcome = findings.iter().map(|one| one.outcome).max().unwrap_or(Outcome::Taken);
    let score = if outcome == Outcome::Refused { 0 } else { score(&plain) };
    Verdict { outcome, masked, masks, findings, score }
}

fn finding(word: &str, rules: &Rules, says: String) -> Finding {
    let clause = Some(rules.clause.clone());
    Finding { word: word.to_owned(), outcome: Outcome::Refused, clause, says }
}

/// Why a text says nothing, if so. One reason is enough.
fn says_nothing(plain: &str, rules: &Rules) -> Option<Finding> {
    let chars = plain.chars().filter(|c| !c.is_whitespace()).count();
    let wrong = |word: &str, says: &str| Some(finding(word, rules, says.to_owned()));
    if chars == 0 {
        return wrong("empty", "it is empty: say in your own words why you look");
    }
    if !plain.chars().any(char::is_alphabetic) {
        return wrong(
            "number",
            "it is only a number: the case number has its own field; say why you look",
        );
    }
    if is_repeated(plain) {
        return wrong("repeated", "it repeats itself and says nothing: say why you look");
    }
    if is_vague(plain, &rules.vague) {
        return Some(finding("vague", rules, format!("`{plain}` says nothing: say why you look")));
    }
    if chars < rules.chars_min {
        let says = format!("it is shorter than {} letters: say why you look", rules.chars_min);
        return Some(finding("short", rules, says));
    }
    None
}

/// At most two different characters, or one word again and again.
fn is_repeated(plain: &str) -> bool {
    let mut seen: Vec<char> = plain.chars().filter(|c| !c.is_whitespace()).collect();
    let n_chars = seen.len();
    seen.sort_unstable();
    seen.dedup();
    let mut words: Vec<&str> = plain.split(' ').collect();
    let n_words = words.len();
    words.sort_unstable();
    words.dedup();
    (n_chars > 2 && seen.len() <= 2) || (n_words > 1 && words.len() == 1)
}

/// Whether nothing is left when the vague texts are taken out.
fn is_vague(plain: &str, vague: &[String]) -> bool {
    let mut rest = format!(" {plain} ");
    for text in vague.iter().filter(|text| !text.is_empty()) {
        // Twice: two that stand side by side share the space between them.
        for _ in 0..2 {
            rest = rest.replace(&format!(" {text} "), " ");
        }
    }
    !rest.chars().any(char::is_alphabetic)
}

fn names_the_prohibited(plain: &str, rules: &Rules) -> Vec<Finding> {
    let padded = format!(" {plain} ");
    let mut found = Vec::new();
    for one in &rules.prohibited {
        if one.words.iter().any(|word| padded.contains(word.as_str())) {
            let (outcome, what) = match one.effect {
                Effect::Refuse => (Outcome::Refused, "which is prohibited"),
                Effect::Review => (Outcome::Review, "which somebody will review"),
            };
            let says = format!("it names {}, {what}", one.label);
            let clause = Some(one.clause.clone());
            found.push(Finding { word: "prohibited".to_owned(), outcome, clause, says });
        }
    }
    for (word, pattern) in &rules.suspicious {
        if padded.contains(pattern.as_str()) {
            let says = format!("it says `{word}`, which somebody will review");
            let (word, outcome) = ("suspicious".to_owned(), Outcome::Review);
            found.push(Finding { word, outcome, clause: None, says });
        }
    }
    found
}

/// Ten for each different word of three letters or more, up to seventy; fifteen for a number; fifteen for a sentence.
fn score(plain: &str) -> u8 {
    let mut words: Vec<&str> = plain.split(' ').filter(|word| word.chars().count() >= 3).collect();
    words.sort_unstable();
    words.dedup();
    let for_words = u8::try_from(words.len()).unwrap_or(u8::MAX).min(7).saturating_mul(10);
    let for_number = if plain.chars().any(|c| c.is_ascii_digit()) { 15 } else { 0 };
    let for_sentence = if plain.chars().count() >= 40 { 15 } else { 0 };
    for_words.saturating_add(for_number).saturating_add(for_sentence)
}

/// Small letters and digits, everything else one space: `N/A.` is `n a`.
fn plain_words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A word or phrase as it is looked for among padded plain words; with `*` at its end every word that begins so.
fn pattern(word: &str) -> String {
    match word.strip_suffix('*') {
        Some(beginning) => format!(" {}", plain_words(beginning)),
        None => format!(" {} ", plain_words(word)),
    }
}

#[cfg(test)]
mod tests;
