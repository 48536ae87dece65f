//! Raw confidence to the share of reads that are right at it.

/// A line through the manifest's pairs.
#[derive(Debug, Clone, Default)]
pub(super) struct Calibration(Vec<[f32; 2]>);

impl Calibration {
    /// `pairs` rise in both numbers. None means that raw confidence is told as it is.
    pub(super) fn new(pairs: &[[f32; 2]]) -> Calibration {
        let ends = |pairs: &[[f32; 2]]| {
            let mut all = vec![[0.0, 0.0]];
            all.extend(pairs.iter().filter(|[raw, _]| *raw > 0.0));
            if all.last().is_some_and(|[raw, _]| *raw < 1.0) {
                let last = pairs.last().map_or(1.0, |[_, right]| *right);
                all.push([1.0, last]);
            }
            all
        };
        Calibration(if pairs.is_empty() { Vec::new() } else { ends(pairs) })
    }

    /// The share of reads that are right at a raw confidence.
    pub(super) fn share(&self, raw: f32) -> f32 {
        let next = self.0.iter().skip(1);
        let segments = self.0.iter().zip(next);
        for ([from, low], [to, high]) in segments {
            if raw <= *to {
                return low + (high - low) * (raw - from) / (to - from);
            }
        }
        raw
    }

    /// By which power a raw probability of a part (a character) is raised where the whole's is `raw`.
    pub(super) fn power(&self, raw: f32) -> f32 {
        let share = self.share(raw);
        let is_inside = |it: f32| it > 0.0 && it < 1.0;
        if is_inside(raw) && is_inside(share) { share.ln() / raw.ln() } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_goes_through_the_pairs_and_ends_level() {
        let line = Calibration::new(&[[0.2, 0.5], [0.6, 0.9]]);
        for (raw, share) in
            [(0.0, 0.0), (0.1, 0.25), (0.2, 0.5), (0.4, 0.7), (0.6, 0.9), (1.0, 0.9)]
        {
            assert!((line.share(raw) - share).abs() < 1e-6, "{raw}: {}", line.share(raw));
        }
        assert_eq!(Calibration::new(&[]).share(0.3), 0.3);
    }

    proptest! {
        #[test]
        fn it_never_falls_and_stays_a_probability(a in 0.0_f32..=1.0, b in 0.0_f32..=1.0) {
            let line = Calibration::new(&[[0.1, 0.3], [0.5, 0.8], [0.95, 0.995]]);
            prop_assert!((0.0..=1.0).contains(&line.share(a)));
            prop_assert!((a <= b) == (line.share(a) <= line.share(b)) || line.share(a) == line.share(b));
            prop_assert!(line.power(a) > 0.0);
        }
    }
}
