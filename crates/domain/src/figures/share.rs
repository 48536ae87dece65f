//! A share of a count, with the interval in which it lies (Wilson, 95 %).

/// With fewer than this a share says nothing: one more or less would move it by more than ten percentage points.
pub const TOO_FEW: u64 = 10;

/// The 97.5th percentile of the normal distribution: an interval that is left one time in twenty.
const Z: f64 = 1.959_963_984_540_054;

/// So many of so many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Share {
    /// So many.
    pub n: u64,
    /// Of so many.
    pub of: u64,
}

impl Share {
    /// The share, 0–1; none of nothing.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| number(self.n) / number(self.of))
    }

    /// Whether there are too few to say anything.
    pub const fn is_too_few(self) -> bool {
        self.of < TOO_FEW
    }

    /// The 95 % interval of Wilson's score, 0–1: it is right for shares near nothing and near all as well, where the usual one
    /// leaves the scale. None of nothing.
    pub fn interval(self) -> Option<(f64, f64)> {
        let share = self.value()?;
        let (of, square) = (number(self.of), Z * Z);
        let middle = share + square / (2.0 * of);
        let half = Z * (share * (1.0 - share) / of + square / (4.0 * of * of)).sqrt();
        let scale = 1.0 + square / of;
        let bound = |value: f64| (value / scale).clamp(0.0, 1.0);
        Some((bound(middle - half), bound(middle + half)))
    }
}

/// Counts of hits are far below 2⁵², up to which every integer has its own number.
#[expect(clippy::cast_precision_loss, reason = "counts of hits are below 2^52")]
fn number(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interval(n: u64, of: u64) -> (f64, f64) {
        let (low, high) = Share { n, of }.interval().unwrap();
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        (rounded(low), rounded(high))
    }

    #[test]
    fn intervals_are_those_of_the_tables() {
        // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
        assert_eq!(interval(81, 263), (0.255, 0.366));
        assert_eq!(interval(15, 148), (0.062, 0.160));
        assert_eq!(interval(0, 20), (0.0, 0.161));
        assert_eq!(interval(1, 29), (0.006, 0.172));
        assert_eq!(interval(20, 20), (0.839, 1.0));
        assert_eq!(Share::default().interval(), None);
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share_and_stays_on_the_scale(of in 1_u64..10_000, part in 0.0_f64..=1.0) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to 10,000")]
            let n = (number(of) * part) as u64;
            let share = Share { n, of };
            let (low, high) = share.interval().unwrap();
            let value = share.value().unwrap();
            prop_assert!(0.0 <= low && high <= 1.0);
            prop_assert!(low <= value + 1e-12 && value <= high + 1e-12);
            let more = Share { n: n * 4, of: of * 4 }.interval().unwrap();
            prop_assert!(more.1 - more.0 <= high - low + 1e-12, "more hits say more");
        }
    }
}
