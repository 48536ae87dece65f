//! Whether a read given 0.97 is right 97 times of 100.

use super::common::{Scene, Score};
use super::say;
use vision::PlateFound;

/// Upper ends of the reliability table's rows.
const ROWS: [f32; 8] = [0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.0];
/// Equally filled rows for the calibration error: with fixed ones the crowded end would hide in one row.
const BINS: usize = 10;

/// Reads with their confidence, and whether each was right.
#[derive(Default)]
pub(super) struct Sureness(Vec<(f32, bool)>);

impl Sureness {
    pub(super) fn add(&mut self, confidence: f32, right: bool) {
        self.0.push((confidence, right));
    }

    /// A scene's surest read.
    pub(super) fn add_scene(&mut self, scene: &Scene, found: &[PlateFound]) {
        let surest = found.iter().max_by(|a, b| a.confidence.total_cmp(&b.confidence));
        if let Some(surest) = surest {
            self.add(surest.confidence, scene.knows(&surest.text.expose()));
        }
    }

    /// The reliability table and the expected calibration error.
    pub(super) fn print(&self, of: &str) {
        let mut from = 0.0;
        for to in ROWS {
            let inside = self
                .0
                .iter()
                .filter(|(sure, _)| (*sure >= from && *sure < to) || (to >= 1.0 && *sure >= to));
            let (mut score, mut sum) = (Score::default(), 0.0);
            for (sure, right) in inside {
                score.add(*right);
                sum += sure;
            }
            let mean = 100.0 * sum / score.n.max(1) as f32;
            let beside = format!("n {}, mean confidence {mean:.0} %", score.n);
            say(
                &format!("  confidence {from:.2}–{to:.2}, right"),
                &format!("{:.0} %", score.percent()),
                "",
                &beside,
            );
            from = to;
        }
        say(
            &format!("calibration error, {of}"),
            &format!("{:.3}", self.error()),
            "≤ 0.02",
            &format!("n {}, {BINS} equally filled rows", self.0.len()),
        );
    }

    /// Expected calibration error: the mean distance between confidence and share right.
    fn error(&self) -> f32 {
        let mut sorted = self.0.clone();
        sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let rows = sorted.chunks(sorted.len().div_ceil(BINS).max(1));
        let off = rows.map(|row| {
            let sure: f32 = row.iter().map(|(sure, _)| sure).sum();
            let right = row.iter().filter(|(_, right)| *right).count() as f32;
            (sure - right).abs()
        });
        off.sum::<f32>() / sorted.len().max(1) as f32
    }

    /// The share of reads that may be trusted if 99 of 100 of the trusted are to be right.
    pub(super) fn print_coverage(&self, of: &str) {
        let mut sorted = self.0.clone();
        sorted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let (mut right, mut covered, mut least) = (0, 0, 1.0);
        for (at, (sure, is_right)) in sorted.iter().enumerate() {
            right += usize::from(*is_right);
            if right * 100 >= (at + 1) * 99 {
                (covered, least) = (at + 1, *sure);
            }
        }
        let share = 100.0 * covered as f64 / sorted.len().max(1) as f64;
        let beside = format!("n {}, the reads of confidence ≥ {least:.2}", sorted.len());
        say(
            &format!("coverage at 99 % precision, {of}"),
            &format!("{share:.1} %"),
            "≥ 80 %",
            &beside,
        );
    }
}
