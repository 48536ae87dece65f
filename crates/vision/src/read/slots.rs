//! The reader's second head: ten places, each a distribution over the alphabet and "nothing here".
//!
//! A text of seven characters stands in places one to seven and leaves the rest empty, so nothing may follow an
//! empty place.

use super::ctc::Labels;

/// Probabilities: places × classes, class 0 for an empty place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slots<'a> {
    probabilities: &'a [f32],
    classes: usize,
}

/// Below this a probability says "never", without making one wild place veto what nine others say.
const PROBABILITY_MIN: f32 = 1e-7;

/// Classes tried in a place at most: ten alternatives never need a sixth choice for one character.
const CLASSES_MAX: usize = 5;

#[derive(Clone)]
struct Partial {
    labels: Labels,
    ended: bool,
    log_probability: f32,
}

impl<'a> Slots<'a> {
    pub(super) fn new(probabilities: &'a [f32], classes: usize) -> Slots<'a> {
        Slots { probabilities, classes: classes.max(1) }
    }

    fn places(&self) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        self.probabilities.chunks_exact(self.classes)
    }

    /// The likeliest texts with their log-probabilities, likeliest first, `width` beginnings being followed.
    pub(super) fn beam(&self, width: usize) -> Vec<(Labels, f32)> {
        let nothing = Partial { labels: Labels::new(), ended: false, log_probability: 0.0 };
        let mut beam = vec![nothing];
        for place in self.places() {
            let mut next: Vec<Partial> =
                beam.iter().flat_map(|partial| partial.followed_by(place)).collect();
            next.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
            next.truncate(width);
            beam = next;
        }
        beam.into_iter().map(|partial| (partial.labels, partial.log_probability)).collect()
    }

    /// Log-probability of exactly this text.
    pub(super) fn log_probability(&self, text: &[u8]) -> f32 {
        if text.len() > self.places().count() {
            return f32::NEG_INFINITY;
        }
        let wanted = text.iter().copied().chain(std::iter::repeat(0));
        self.places().zip(wanted).map(|(place, label)| at(place, label).ln()).sum()
    }

    /// How sure each character of a text is, 0–1.
    pub(super) fn characters(&self, text: &[u8]) -> Vec<f32> {
        self.places().zip(text).map(|(place, label)| at(place, *label)).collect()
    }
}

impl Partial {
    fn followed_by(&self, place: &[f32]) -> Vec<Partial> {
        let grown = |label: u8| {
            let mut next = self.clone();
            next.log_probability += at(place, label).ln();
            if label == 0 {
                next.ended = true;
            } else {
                next.labels.push(label);
            }
            next
        };
        if self.ended {
            return vec![grown(0)];
        }
        likely(place).into_iter().map(grown).collect()
    }
}

/// The classes worth trying in a place, likeliest first.
fn likely(place: &[f32]) -> Vec<u8> {
    let mut classes: Vec<(u8, f32)> = (0..=u8::MAX).zip(place.iter().copied()).collect();
    classes.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    classes.into_iter().take(CLASSES_MAX).map(|(label, _)| label).collect()
}

fn at(place: &[f32], label: u8) -> f32 {
    place.get(usize::from(label)).copied().unwrap_or(0.0).max(PROBABILITY_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three places over "nothing", A and B.
    const PLACES: [f32; 9] = [0.1, 0.8, 0.1, 0.2, 0.3, 0.5, 0.9, 0.05, 0.05];

    #[test]
    fn texts_come_likeliest_first() {
        let slots = Slots::new(&PLACES, 3);
        let beam = slots.beam(100);
        let texts: Vec<&[u8]> = beam.iter().take(3).map(|(text, _)| text.as_slice()).collect();
        assert_eq!(texts, [[1u8, 2].as_slice(), &[1, 1], &[1]]);
        assert!((beam[0].1.exp() - 0.8 * 0.5 * 0.9).abs() < 1e-6);
        for (text, log_probability) in &beam {
            assert!((slots.log_probability(text) - log_probability).abs() < 1e-5);
        }
    }

    #[test]
    fn nothing_follows_an_empty_place() {
        // 1 of length 0, 2 of length 1, 4 of length 2, 8 of length 3.
        assert_eq!(Slots::new(&PLACES, 3).beam(1000).len(), 15);
    }

    #[test]
    fn characters_are_their_places() {
        let slots = Slots::new(&PLACES, 3);
        assert_eq!(slots.characters(&[1, 2]), [0.8, 0.5]);
        assert_eq!(slots.log_probability(&[1, 2, 1, 1]), f32::NEG_INFINITY);
    }
}
