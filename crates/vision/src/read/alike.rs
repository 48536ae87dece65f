//! Characters that are one die in many states: O and 0, I and 1.
//!
//! What the models believe is shared out between the two almost at random: of drawn plates 12 in 100 such characters are
//! spelt wrong, on photographs nobody knows. So a text is weighed with both counted as one, and spelt afterwards. Without
//! that a plate with two zeros was believed a quarter as much as its neighbour without any (us_crops, coverage at 99 %
//! precision: 73.8 → 91.5 %).

use super::ctc::{Labels, log_sum};

/// Each with the one that it is counted as.
const PAIRS: [(char, char); 2] = [('O', '0'), ('I', '1')];

/// The pairs of an alphabet that has them.
#[derive(Debug, Clone)]
pub(super) struct Alike(Vec<Pair>);

#[derive(Debug, Clone, Copy)]
struct Pair {
    letter: u8,
    digit: u8,
}

/// How likely each place is to hold a pair's letter: places × pairs.
pub(super) type Letters = Vec<f32>;

impl Alike {
    pub(super) fn of(alphabet: &str) -> Alike {
        let label = |wanted: char| {
            alphabet.chars().position(|c| c == wanted).and_then(|at| u8::try_from(at + 1).ok())
        };
        let pair = |(letter, digit)| Some(Pair { letter: label(letter)?, digit: label(digit)? });
        Alike(PAIRS.into_iter().filter_map(pair).collect())
    }

    /// Counts each letter of columns (log-probabilities) as its digit.
    pub(super) fn join_columns(&self, columns: &mut [f32], classes: usize) {
        for column in columns.chunks_exact_mut(classes.max(1)) {
            for pair in &self.0 {
                move_over(column, *pair, f32::NEG_INFINITY, log_sum);
            }
        }
    }

    /// Counts each letter of places (probabilities) as its digit; gives what the letters had.
    pub(super) fn join_places(&self, places: &mut [f32], classes: usize) -> Letters {
        let places = places.chunks_exact_mut(classes.max(1));
        let joined = places.flat_map(|place| {
            self.0.iter().map(|pair| move_over(place, *pair, 0.0, |a, b| a + b)).collect::<Vec<_>>()
        });
        joined.collect()
    }

    /// A text as it is most likely spelt, by the places of every look: each with its letters.
    pub(super) fn spell(
        &self,
        text: &Labels,
        looks: &[(&[f32], &Letters)],
        classes: usize,
    ) -> Labels {
        let spelt = text.iter().enumerate().map(|(place, &label)| {
            let Some(which) = self.0.iter().position(|pair| pair.digit == label) else {
                return label;
            };
            let (mut letter, mut either) = (0.0, 0.0);
            for (places, letters) in looks {
                letter += letters.get(place * self.0.len() + which).copied().unwrap_or(0.0);
                let here = place * classes + usize::from(label);
                either += places.get(here).copied().unwrap_or(0.0);
            }
            let is_letter = letter > either / 2.0;
            self.0.get(which).filter(|_| is_letter).map_or(label, |pair| pair.letter)
        });
        spelt.collect()
    }
}

/// Adds a row's letter to its digit and leaves `nothing` there; gives what was there.
fn move_over(row: &mut [f32], pair: Pair, nothing: f32, add: impl Fn(f32, f32) -> f32) -> f32 {
    let Some(letter) = row.get_mut(usize::from(pair.letter)) else { return nothing };
    let had = std::mem::replace(letter, nothing);
    if let Some(digit) = row.get_mut(usize::from(pair.digit)) {
        *digit = add(*digit, had);
    }
    had
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing, 0, 1, I, O, X.
    const ALPHABET: &str = "01IOX";
    const CLASSES: usize = 6;

    #[test]
    fn a_letter_counts_as_its_digit_and_is_spelt_where_it_was_likelier() {
        let alike = Alike::of(ALPHABET);
        let mut places = [
            [0.1, 0.2, 0.0, 0.1, 0.5, 0.1], // O
            [0.0, 0.5, 0.0, 0.0, 0.4, 0.1], // 0
            [0.0, 0.0, 0.3, 0.6, 0.0, 0.1], // I
        ]
        .concat();
        let letters = alike.join_places(&mut places, CLASSES);
        let row: Vec<f32> = places.iter().take(CLASSES).copied().collect();
        assert_eq!(row, [0.1, 0.7, 0.1, 0.0, 0.0, 0.1]);
        let look = [(places.as_slice(), &letters)];
        let spelt = alike.spell(&vec![1, 1, 2], &look, CLASSES);
        assert_eq!(spelt, [4, 1, 3]);
        // Two looks decide together, the surer one more; what lies beyond the places stays as it is.
        let mut surer = vec![0.0, 0.9, 0.0, 0.0, 0.1, 0.0];
        let other = alike.join_places(&mut surer, CLASSES);
        let looks = [look[0], (surer.as_slice(), &other)];
        assert_eq!(alike.spell(&vec![1, 1, 2, 1], &looks, CLASSES), [1, 1, 3, 1]);
    }

    #[test]
    fn columns_are_joined_as_logarithms() {
        let alike = Alike::of(ALPHABET);
        let mut column = [0.1f32, 0.2, 0.3, 0.1, 0.25, 0.05].map(f32::ln);
        alike.join_columns(&mut column, CLASSES);
        let joined = column.map(f32::exp);
        for (got, want) in joined.iter().zip([0.1, 0.45, 0.4, 0.0, 0.0, 0.05]) {
            assert!((got - want).abs() < 1e-6, "{joined:?}");
        }
    }

    #[test]
    fn an_alphabet_without_a_pair_is_left_alone() {
        let alike = Alike::of("0ABX");
        let mut places = [0.2, 0.2, 0.2, 0.2, 0.2];
        assert!(alike.join_places(&mut places, 5).is_empty());
        assert_eq!(places, [0.2; 5]);
        assert_eq!(alike.spell(&vec![1, 2], &[], 5), [1, 2]);
    }
}
