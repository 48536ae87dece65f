//! The reader's first head: 32 columns from left to right, each a distribution over the alphabet and a blank.
//!
//! A column path is a text once repeats are joined and blanks dropped; a text's probability is the sum over all
//! its paths (Graves and others, 2006).

use std::collections::BTreeMap;

/// A text as class numbers of the alphabet, 1 for its first character.
pub(super) type Labels = Vec<u8>;

/// Classes less likely than this (one in a thousand) are not tried in a column: most of 32 columns are surely blank,
/// and trying 36 characters in each took longer than the model itself.
const CLASS_LOG_PROBABILITY_MIN: f32 = -7.0;
/// Classes tried in a column at most, the likeliest: where a column allows more, the plate is unreadable anyway.
const CLASSES_MAX: usize = 5;
/// Of two logarithms that are further apart than this, the smaller adds less than a float's last digit to the larger.
const APART: f32 = 16.0;

/// Log-probabilities: columns × classes, class 0 the blank.
#[derive(Debug, Clone)]
pub(super) struct Columns<'a> {
    log_probabilities: &'a [f32],
    /// The probabilities themselves, for sums over paths: dozens of texts are weighed by one plate's columns.
    probabilities: Vec<f64>,
    classes: usize,
}

/// Log-probabilities of a prefix by how its paths end.
#[derive(Debug, Clone, Copy)]
struct Ends {
    blank: f32,
    label: f32,
}

impl Ends {
    const NEVER: Ends = Ends { blank: f32::NEG_INFINITY, label: f32::NEG_INFINITY };

    fn total(self) -> f32 {
        log_sum(self.blank, self.label)
    }
}

impl<'a> Columns<'a> {
    pub(super) fn new(log_probabilities: &'a [f32], classes: usize) -> Columns<'a> {
        let probabilities = log_probabilities.iter().map(|log| f64::from(*log).exp()).collect();
        Columns { log_probabilities, probabilities, classes: classes.max(1) }
    }

    fn columns(&self) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        self.log_probabilities.chunks_exact(self.classes)
    }

    /// The likeliest texts with their log-probabilities, likeliest first, `width` prefixes being followed.
    pub(super) fn beam(&self, width: usize) -> Vec<(Labels, f32)> {
        let mut beam = vec![(Labels::new(), Ends { blank: 0.0, label: f32::NEG_INFINITY })];
        for column in self.columns() {
            beam = cut(step(&beam, column), width);
        }
        beam.into_iter().map(|(labels, ends)| (labels, ends.total())).collect()
    }

    /// Log-probability of exactly this text, over all its paths.
    ///
    /// Summed as it is, not as logarithms: of 32 columns a text that is at all possible has more than the 1e-308 that a
    /// double can tell from nothing.
    pub(super) fn log_probability(&self, text: &[u8]) -> f32 {
        let mut states = vec![0.0_f64; 2 * text.len() + 1];
        // As if a blank came before the first column: from there a path starts with a blank or the first character.
        states.iter_mut().take(1).for_each(|first| *first = 1.0);
        let follows_past_blank: Vec<bool> =
            (0..states.len()).map(|state| past_blank(text, state).is_some()).collect();
        for column in self.probabilities.chunks_exact(self.classes) {
            let (mut before, mut before_that) = (0.0, 0.0);
            for ((state, value), past_blank) in
                states.iter_mut().enumerate().zip(&follows_past_blank)
            {
                let reached = *value + before + if *past_blank { before_that } else { 0.0 };
                (before_that, before) = (before, *value);
                let label = usize::from(label(text, state));
                *value = reached * column.get(label).copied().unwrap_or(0.0);
            }
        }
        let ends: f64 = states.iter().rev().take(2).sum();
        ends.ln() as f32
    }

    /// How sure each character of a text is: its best column on the text's likeliest path, 0–1.
    ///
    /// Empty where the text is longer than the columns allow.
    pub(super) fn characters(&self, text: &[u8]) -> Vec<f32> {
        let Some(path) = self.best_path(text) else { return Vec::new() };
        let mut best = vec![f32::NEG_INFINITY; text.len()];
        for (column, state) in self.columns().zip(path) {
            // Odd states are the characters, even ones the blanks between them.
            let character = best.get_mut(state / 2).filter(|_| state % 2 == 1);
            if let Some(best) = character {
                *best = best.max(at(column, label(text, state)));
            }
        }
        best.into_iter().map(f32::exp).collect()
    }

    /// The state of the likeliest path in each column; `None` where no path spells the text.
    fn best_path(&self, text: &[u8]) -> Option<Vec<usize>> {
        let mut now = vec![f32::NEG_INFINITY; 2 * text.len() + 1];
        let mut came_from: Vec<Vec<usize>> = Vec::new();
        for (index, column) in self.columns().enumerate() {
            if index == 0 {
                start(&mut now, text, column);
                continue;
            }
            let before = now.clone();
            let value = |state: usize| before.get(state).copied().unwrap_or(f32::NEG_INFINITY);
            let best = |state: usize| {
                ways(text, state).max_by(|a, b| value(*a).total_cmp(&value(*b))).unwrap_or(state)
            };
            let from: Vec<usize> = (0..now.len()).map(best).collect();
            for ((state, now), from) in now.iter_mut().enumerate().zip(&from) {
                *now = value(*from) + at(column, label(text, state));
            }
            came_from.push(from);
        }
        let ends = now.iter().enumerate().rev().take(2);
        let (last, end) = ends.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        end.is_finite().then(|| trace(&came_from, last))
    }
}

/// The states of a text are blank, 1st character, blank, 2nd, …, blank; this is what a state shows.
fn label(text: &[u8], state: usize) -> u8 {
    if state % 2 == 1 { text.get(state / 2).copied().unwrap_or(0) } else { 0 }
}

/// The states that a state can follow: itself, the one before, and past a blank the character before that, unless
/// it is the same one, which only a blank parts.
fn ways(text: &[u8], state: usize) -> impl Iterator<Item = usize> {
    std::iter::once(state).chain(state.checked_sub(1)).chain(past_blank(text, state))
}

/// The character's state before a character's, where a path may go from one to the other without a blank.
fn past_blank(text: &[u8], state: usize) -> Option<usize> {
    let before = state.checked_sub(2)?;
    (state % 2 == 1 && label(text, before) != label(text, state)).then_some(before)
}

/// The first column: a path starts with a blank or the first character.
fn start(now: &mut [f32], text: &[u8], column: &[f32]) {
    for (state, value) in now.iter_mut().enumerate().take(2) {
        *value = at(column, label(text, state));
    }
}

/// Follows a path back from its last state.
fn trace(came_from: &[Vec<usize>], last: usize) -> Vec<usize> {
    let mut path = vec![last];
    let mut state = last;
    for from in came_from.iter().rev() {
        state = from.get(state).copied().unwrap_or(0);
        path.push(state);
    }
    path.reverse();
    path
}

/// Every prefix with every class that the column allows.
fn step(beam: &[(Labels, Ends)], column: &[f32]) -> BTreeMap<Labels, Ends> {
    let mut next: BTreeMap<Labels, Ends> = BTreeMap::new();
    let blank = at(column, 0);
    let likely = likely(column);
    for (labels, ends) in beam {
        let stay = next.entry(labels.clone()).or_insert(Ends::NEVER);
        stay.blank = log_sum(stay.blank, ends.total() + blank);
        if let Some(last) = labels.last() {
            stay.label = log_sum(stay.label, ends.label + at(column, *last));
        }
        for (label, log_probability) in &likely {
            // The same character again is a new one only after a blank.
            let from = if labels.last() == Some(label) { ends.blank } else { ends.total() };
            let mut longer = labels.clone();
            longer.push(*label);
            let grown = next.entry(longer).or_insert(Ends::NEVER);
            grown.label = log_sum(grown.label, from + log_probability);
        }
    }
    next
}

/// The characters worth trying in a column, likeliest first.
fn likely(column: &[f32]) -> Vec<(u8, f32)> {
    let mut classes: Vec<(u8, f32)> = (1u8..)
        .zip(column.iter().skip(1).copied())
        .filter(|(_, log_probability)| *log_probability > CLASS_LOG_PROBABILITY_MIN)
        .collect();
    classes.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    classes.truncate(CLASSES_MAX);
    classes
}

fn cut(next: BTreeMap<Labels, Ends>, width: usize) -> Vec<(Labels, Ends)> {
    // A repeat that no blank parted yet is a prefix of nothing so far.
    let rated = next.into_iter().map(|(labels, ends)| (ends.total(), (labels, ends)));
    let mut all: Vec<(f32, (Labels, Ends))> =
        rated.filter(|(total, _)| total.is_finite()).collect();
    all.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    all.truncate(width);
    all.into_iter().map(|(_, prefix)| prefix).collect()
}

fn at(column: &[f32], label: u8) -> f32 {
    column.get(usize::from(label)).copied().unwrap_or(f32::NEG_INFINITY)
}

/// ln(e^a + e^b) without leaving the range of floats.
pub(super) fn log_sum(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    // Of nearly all pairs one is next to impossible: most of a plate's decoding would be exponentials of those.
    if high == f32::NEG_INFINITY || low < high - APART {
        high
    } else {
        high + (low - high).exp().ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Joins repeats and drops blanks.
    fn collapse(path: &[u8]) -> Labels {
        let mut joined = path.to_vec();
        joined.dedup();
        joined.retain(|label| *label != 0);
        joined
    }

    /// Every path of a tiny matrix: its text and probability.
    fn all_paths(probabilities: &[f32], classes: usize) -> Vec<(Vec<u8>, f32)> {
        let mut paths = vec![(Vec::new(), 1.0)];
        for column in probabilities.chunks_exact(classes) {
            paths = paths
                .iter()
                .flat_map(|(path, p)| {
                    column.iter().enumerate().map(move |(class, q)| {
                        let mut longer: Vec<u8> = path.clone();
                        longer.push(class as u8);
                        (longer, p * q)
                    })
                })
                .collect();
        }
        paths
    }

    fn by_text(probabilities: &[f32], classes: usize) -> BTreeMap<Labels, f32> {
        let mut texts = BTreeMap::new();
        for (path, p) in all_paths(probabilities, classes) {
            *texts.entry(collapse(&path)).or_insert(0.0) += p;
        }
        texts
    }

    /// Four columns of three classes, each column a distribution with nothing near zero.
    fn tiny() -> impl Strategy<Value = Vec<f32>> {
        proptest::collection::vec(0.05f32..1.0, 12).prop_map(|mut numbers| {
            for column in numbers.chunks_exact_mut(3) {
                let sum: f32 = column.iter().sum();
                column.iter_mut().for_each(|p| *p /= sum);
            }
            numbers
        })
    }

    proptest! {
        #[test]
        fn beam_and_probability_agree_with_counting_every_path(probabilities in tiny()) {
            let logs: Vec<f32> = probabilities.iter().map(|p| p.ln()).collect();
            let columns = Columns::new(&logs, 3);
            let truth = by_text(&probabilities, 3);
            let beam = columns.beam(1000);
            prop_assert_eq!(beam.len(), truth.len());
            for (text, log_probability) in &beam {
                prop_assert!((log_probability.exp() - truth[text]).abs() < 1e-4);
                prop_assert!((columns.log_probability(text).exp() - truth[text]).abs() < 1e-4);
            }
            let best = truth.values().copied().fold(0.0, f32::max);
            prop_assert!((beam[0].1.exp() - best).abs() < 1e-4);
        }

        #[test]
        fn a_characters_certainty_is_its_best_column_on_the_best_path(probabilities in tiny()) {
            let logs: Vec<f32> = probabilities.iter().map(|p| p.ln()).collect();
            let paths = all_paths(&probabilities, 3);
            let (path, _) = paths.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
            let text = collapse(path);
            let got = Columns::new(&logs, 3).characters(&text);
            let mut expected: Vec<f32> = Vec::new();
            let mut before = 0;
            for (column, label) in probabilities.chunks_exact(3).zip(path) {
                let p = column[usize::from(*label)];
                if *label != 0 && *label == before {
                    let last = expected.last_mut().unwrap();
                    *last = last.max(p);
                } else if *label != 0 {
                    expected.push(p);
                }
                before = *label;
            }
            prop_assert_eq!(got.len(), expected.len());
            for (a, b) in got.iter().zip(&expected) {
                prop_assert!((a - b).abs() < 1e-5, "{:?} {:?}", got, expected);
            }
        }
    }

    #[test]
    fn a_narrow_beam_keeps_the_likeliest() {
        let logs: Vec<f32> = [0.1f32, 0.8, 0.1, 0.8, 0.1, 0.1, 0.1, 0.1, 0.8].map(f32::ln).to_vec();
        assert_eq!(Columns::new(&logs, 3).beam(2)[0].0, [1, 2]);
    }

    #[test]
    fn more_characters_than_columns_are_impossible() {
        let logs = [0.5f32.ln(); 4];
        let columns = Columns::new(&logs, 2);
        assert_eq!(columns.log_probability(&[1, 1, 1]), f32::NEG_INFINITY);
        assert!(columns.characters(&[1, 1, 1]).is_empty());
        assert!((columns.log_probability(&[]).exp() - 0.25).abs() < 1e-6);
    }
}
