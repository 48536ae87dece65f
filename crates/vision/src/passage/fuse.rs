//! Pictures of one plate, each smeared in its own way, as one picture.
//!
//! A car that moves while the shutter is open smears its plate along a line, in each frame by another length. How much each
//! frame was smeared is found by trying: of a few smears that one is taken with which the frames agree best, if what plates
//! show is mostly long waves and noise is all waves alike. Then each wave is the least squares of what all frames show of it:
//! one that some frame's smear took out is taken from others, and one that it turned over is turned back. Nothing is made up:
//! a wave that no frame shows stays away.

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftDirection, FftPlanner};
use std::f32::consts::{FRAC_PI_4, PI};
use std::sync::Arc;

/// Smears that are tried, in widths of the picture. What was smeared further nobody can read.
const LENGTHS: [f32; 5] = [0.024, 0.04, 0.055, 0.07, 0.085];
/// Ways that they are tried along: level, upright, and the two between.
const WAYS: usize = 4;
/// The power of a frame's noise in every wave, where all of a picture's waves have 1 on average.
const NOISE: f32 = 0.1;
/// Waves along the picture's width that tell how a frame was smeared; shorter ones are noise where plates are small.
const WAVES_MAX: f32 = 19.0;
/// Of waves longer than this (so many along the width) no more is expected than of those as long.
const WAVES_MIN: f32 = 2.5;
/// Times that every frame's smear is looked for, beside what was found of the others.
const ROUNDS: usize = 3;
/// A wave that so many frames show in full is kept by half: less of it would be mostly noise.
const HALF_KEPT: f32 = 1.0;

/// A picture of so many pixels, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub width: usize,
    pub height: usize,
}

/// What layers of one size, mean 0 and deviation 1, show together; each with how much it counts.
pub(super) fn fused(size: Size, layers: &[(&[f32], f32)]) -> Vec<f32> {
    let waves = Waves::new(size);
    let mean = layers.iter().map(|(_, counts)| counts).sum::<f32>() / layers.len().max(1) as f32;
    let frames = layers.iter().map(|(layer, counts)| Shot {
        counts: counts / mean.max(f32::MIN_POSITIVE),
        waves: waves.of(layer),
    });
    let frames: Vec<Shot> = frames.collect();
    let mut sum = vec![Complex32::ZERO; size.width * size.height];
    let mut shown = vec![HALF_KEPT; sum.len()];
    for (frame, smear) in frames.iter().zip(smears(size, &frames)) {
        let sums = sum.iter_mut().zip(&mut shown);
        for (((sum, shown), wave), along) in sums.zip(&frame.waves).zip(size.waves()) {
            let kept = smear.keeps(along);
            *sum += wave * (frame.counts * kept);
            *shown += frame.counts * kept * kept;
        }
    }
    sum.iter_mut().zip(&shown).for_each(|(sum, shown)| *sum /= *shown);
    waves.picture(sum)
}

impl Size {
    /// Every place of a transform as waves along the picture's width: how many to the right, how many down.
    fn waves(self) -> impl Iterator<Item = (f32, f32)> {
        // The second half of a transform are the waves that run back.
        let signed =
            |at: usize, of: usize| if at * 2 < of { at as f32 } else { at as f32 - of as f32 };
        let down = move |y| signed(y, self.height) * self.width as f32 / self.height as f32;
        let row = move |y| (0..self.width).map(move |x| (signed(x, self.width), down(y)));
        (0..self.height).flat_map(row)
    }
}

/// A layer as waves.
struct Shot {
    /// 1 on average.
    counts: f32,
    waves: Vec<Complex32>,
}

/// How far a plate moved while it was taken, in widths of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Smear {
    right: f32,
    down: f32,
}

const NONE: Smear = Smear { right: 0.0, down: 0.0 };

impl Smear {
    /// All that are tried.
    fn all() -> Vec<Smear> {
        let ways = (0..WAYS).map(|way| way as f32 * FRAC_PI_4);
        let lines = ways.flat_map(|way| {
            LENGTHS.map(|length| Smear { right: length * way.cos(), down: length * way.sin() })
        });
        [NONE].into_iter().chain(lines).collect()
    }

    /// The share of a wave that it leaves; of one that it turns over, less than 0.
    fn keeps(self, (right, down): (f32, f32)) -> f32 {
        let turn = PI * (self.right * right + self.down * down);
        if turn.abs() < 1e-4 { 1.0 } else { turn.sin() / turn }
    }
}

/// Each frame's smear: the likeliest, beside the others'. One frame alone does not tell.
fn smears(size: Size, frames: &[Shot]) -> Vec<Smear> {
    if frames.len() < 2 {
        return vec![NONE; frames.len()];
    }
    let band = Band::of(size);
    let seen: Vec<Vec<Complex32>> = frames.iter().map(|frame| band.of_shot(frame)).collect();
    let tried: Vec<(Smear, Vec<f32>)> =
        Smear::all().into_iter().map(|smear| (smear, band.kept(smear))).collect();
    let Some(none) = tried.first() else { return Vec::new() };
    let mut together = Together::nothing(&band);
    let mut chosen = vec![none; frames.len()];
    for (frame, seen) in frames.iter().zip(&seen) {
        together.add(frame.counts, seen, &none.1);
    }
    for _ in 0..ROUNDS {
        let mut same = true;
        for ((frame, seen), chosen) in frames.iter().zip(&seen).zip(&mut chosen) {
            together.add(-frame.counts, seen, &chosen.1);
            let likely = |kept: &[f32]| together.likely_with(frame.counts, seen, kept, &band);
            let all = tried.iter().map(|tried| (likely(&tried.1), tried));
            let best = all.max_by(|(a, _), (b, _)| a.total_cmp(b)).map_or(none, |(_, tried)| tried);
            same &= best.0 == chosen.0;
            *chosen = best;
            together.add(frame.counts, seen, &chosen.1);
        }
        if same {
            break;
        }
    }
    chosen.into_iter().map(|(smear, _)| *smear).collect()
}

/// The waves that tell how a frame was smeared; of two that run opposite ways, which say the same, one.
struct Band {
    /// Where each lies in a transform.
    places: Vec<usize>,
    along: Vec<(f32, f32)>,
    /// The power that is usual for each, where all have 1 on average.
    usual: Vec<f32>,
    /// Values of a transform over this are its waves' amplitudes.
    scale: f32,
}

impl Band {
    fn of(size: Size) -> Band {
        let power =
            |(right, down): (f32, f32)| 1.0 / (right * right + down * down + WAVES_MIN * WAVES_MIN);
        let count = (size.width * size.height).max(1) as f32;
        let mean = size.waves().map(power).sum::<f32>() / count;
        let tells = |(right, down): (f32, f32)| {
            (0.0..WAVES_MAX).contains(&right) && (1e-3..WAVES_MAX).contains(&right.hypot(down))
        };
        let places: Vec<usize> =
            size.waves().enumerate().filter(|(_, along)| tells(*along)).map(|(at, _)| at).collect();
        let along: Vec<(f32, f32)> = size.waves().filter(|along| tells(*along)).collect();
        let usual = along.iter().map(|along| power(*along) / mean.max(f32::MIN_POSITIVE)).collect();
        Band { places, along, usual, scale: count.sqrt() }
    }

    fn of_shot(&self, frame: &Shot) -> Vec<Complex32> {
        let wave =
            |at: &usize| frame.waves.get(*at).map_or(Complex32::ZERO, |wave| wave / self.scale);
        self.places.iter().map(wave).collect()
    }

    fn kept(&self, smear: Smear) -> Vec<f32> {
        self.along.iter().map(|along| smear.keeps(*along)).collect()
    }
}

/// What frames say together of every wave, over their noise: the sum of what they show, and how strongly they would show it.
struct Together {
    shown: Vec<Complex32>,
    strength: Vec<f32>,
}

impl Together {
    fn nothing(band: &Band) -> Together {
        Together {
            shown: vec![Complex32::ZERO; band.usual.len()],
            strength: vec![0.0; band.usual.len()],
        }
    }

    fn add(&mut self, counts: f32, seen: &[Complex32], kept: &[f32]) {
        let sums = self.shown.iter_mut().zip(&mut self.strength);
        for (((shown, strength), seen), kept) in sums.zip(seen).zip(kept) {
            *shown += seen * (counts / NOISE * kept);
            *strength += counts / NOISE * kept * kept;
        }
    }

    /// How likely all is with one more frame that kept so much of its waves: a logarithm, up to what all smears share.
    ///
    /// The plate's own waves are unknown, so they are integrated out: normal, of the usual power.
    fn likely_with(&self, counts: f32, seen: &[Complex32], kept: &[f32], band: &Band) -> f32 {
        let sums = self.shown.iter().zip(&self.strength).zip(&band.usual);
        sums.zip(seen.iter().zip(kept))
            .map(|(((shown, strength), usual), (seen, kept))| {
                let shown = shown + seen * (counts / NOISE * kept);
                let strength = strength + counts / NOISE * kept * kept + 1.0 / usual;
                shown.norm_sqr() / strength - (strength * usual).ln()
            })
            .sum()
    }
}

/// The Fourier transform of pictures of one size.
struct Waves {
    size: Size,
    there: [Arc<dyn Fft<f32>>; 2],
    back: [Arc<dyn Fft<f32>>; 2],
}

impl Waves {
    fn new(size: Size) -> Waves {
        let mut planner = FftPlanner::new();
        let mut plan = |direction| {
            [size.width.max(1), size.height.max(1)].map(|len| planner.plan_fft(len, direction))
        };
        let (there, back) = (plan(FftDirection::Forward), plan(FftDirection::Inverse));
        Waves { size, there, back }
    }

    fn of(&self, picture: &[f32]) -> Vec<Complex32> {
        let values = picture.iter().map(|value| Complex32::new(*value, 0.0)).collect();
        self.transformed(values, &self.there)
    }

    fn picture(&self, wave: Vec<Complex32>) -> Vec<f32> {
        let count = wave.len().max(1) as f32;
        self.transformed(wave, &self.back).into_iter().map(|value| value.re / count).collect()
    }

    /// By rows, then by columns.
    fn transformed(
        &self,
        mut values: Vec<Complex32>,
        [by_row, by_column]: &[Arc<dyn Fft<f32>>; 2],
    ) -> Vec<Complex32> {
        let Size { width, height } = self.size;
        by_row.process(&mut values);
        let mut turned = transposed(&values, width, height);
        by_column.process(&mut turned);
        transposed(&turned, height, width)
    }
}

/// Columns for rows.
fn transposed<T: Copy>(values: &[T], width: usize, height: usize) -> Vec<T> {
    let column = |x: usize| values.iter().copied().skip(x).step_by(width.max(1)).take(height);
    (0..width).flat_map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIZE: Size = Size { width: 128, height: 64 };

    /// Numbers from -0.5 to 0.5 that `seed` decides.
    fn chances(seed: u32) -> impl Iterator<Item = f32> {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        std::iter::successors(Some(seed), next)
            .skip(1)
            .map(|it| (it >> 8) as f32 / (1 << 24) as f32 - 0.5)
    }

    /// Strokes four pixels wide, some dark and some light.
    fn strokes() -> Vec<f32> {
        let inks: Vec<f32> = chances(5).take(32 * 16).map(f32::signum).collect();
        let ink = |n: usize| inks[n / 128 / 4 * 32 + n % 128 / 4];
        (0..SIZE.width * SIZE.height).map(ink).collect()
    }

    /// Smeared over so many pixels each way, odd numbers, whose ends meet; with noise.
    fn frame(across: usize, down: usize, noise: f32, seed: u32) -> Vec<f32> {
        let clean = strokes();
        let at = |n: usize, dx: usize, dy: usize| {
            let (x, y) = (n % 128 + 128 + dx - across / 2, n / 128 + 64 + dy - down / 2);
            clean[y % 64 * 128 + x % 128]
        };
        let mean = |n: usize| {
            let all = (0..across).flat_map(|dx| (0..down).map(move |dy| (dx, dy)));
            all.map(|(dx, dy)| at(n, dx, dy)).sum::<f32>() / (across * down) as f32
        };
        (0..clean.len())
            .map(mean)
            .zip(chances(seed))
            .map(|(it, chance)| it + noise * chance)
            .collect()
    }

    fn together(frames: &[Vec<f32>]) -> Vec<f32> {
        let layers: Vec<(&[f32], f32)> = frames.iter().map(|it| (it.as_slice(), 1.0)).collect();
        fused(SIZE, &layers)
    }

    fn mean(frames: &[Vec<f32>]) -> Vec<f32> {
        (0..frames[0].len()).map(|n| frames.iter().map(|it| it[n]).sum::<f32>()).collect()
    }

    fn alike(a: &[f32], b: &[f32]) -> f32 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    #[test]
    fn what_one_frame_smears_another_shows_and_each_smear_is_found() {
        let frames =
            [(1, 1), (5, 1), (11, 1), (1, 7)].map(|(x, y)| frame(x, y, 1.5, (x + y) as u32));
        let waves = Waves::new(SIZE);
        let shots = frames.each_ref().map(|it| Shot { counts: 1.0, waves: waves.of(it) });
        let found: Vec<(f32, f32)> = smears(SIZE, &shots)
            .into_iter()
            .map(|it| ((it.right * 128.0).round(), (it.down * 128.0).round()))
            .collect();
        assert_eq!(found, [(0.0, 0.0), (5.0, 0.0), (11.0, 0.0), (0.0, 7.0)]);
        let (joined, mean) =
            (alike(&together(&frames), &strokes()), alike(&mean(&frames), &strokes()));
        assert!(1.0 - joined < 0.6 * (1.0 - mean), "{joined} {mean}");
    }

    #[test]
    fn a_smear_that_all_frames_share_is_left_no_worse() {
        // Strokes of four pixels, all smeared over nine: no frame shows what the others lack.
        let frames: Vec<Vec<f32>> = (0..4).map(|n| frame(9, 1, 1.5, n)).collect();
        let (joined, mean) =
            (alike(&together(&frames), &strokes()), alike(&mean(&frames), &strokes()));
        assert!(joined >= mean - 0.02, "{joined} {mean}");
    }

    #[test]
    fn noise_alone_goes_as_by_the_mean() {
        let frames: Vec<Vec<f32>> = (0..8).map(|n| frame(1, 1, 6.0, n + 1)).collect();
        let (joined, mean) =
            (alike(&together(&frames), &strokes()), alike(&mean(&frames), &strokes()));
        assert!(joined > mean - 0.02, "{joined} {mean}");
    }

    #[test]
    fn no_picture_gives_one_grey_and_broken_numbers_a_picture_of_its_size() {
        assert!(fused(SIZE, &[]).iter().all(|value| *value == 0.0));
        let broken = vec![f32::NAN; SIZE.width * SIZE.height];
        assert_eq!(fused(SIZE, &[(&broken, 1.0), (&broken, f32::NAN)]).len(), broken.len());
    }

    proptest! {
        #[test]
        fn one_picture_stays_itself_however_much_it_counts(
            width in 0_usize..40,
            height in 0_usize..20,
            counts in 0.01_f32..2.0,
        ) {
            let picture: Vec<f32> = (0..width * height).map(|n| (n % 7) as f32 - 3.0).collect();
            let fused = fused(Size { width, height }, &[(picture.as_slice(), counts)]);
            prop_assert_eq!(fused.len(), picture.len());
            // All its waves alike are kept by half (`HALF_KEPT`): it is only paler.
            prop_assert!(fused.iter().zip(&picture).all(|(a, b)| (a - b * 0.5).abs() < 1e-3));
        }
    }
}
