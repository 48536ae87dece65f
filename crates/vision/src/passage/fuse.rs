//! Pictures of one plate, each blurred in its own way, as one picture.
//!
//! A frame that was smeared for a moment lacks some frequencies and shows others well. So frequency by frequency those frames
//! count most that show it best: the Fourier burst accumulation of Delbracio and Sapiro ("Burst Deblurring: Removing Camera
//! Shake Through Fourier Burst Accumulation", CVPR 2015). Nothing is sharpened or made up: each frequency is a mean of what
//! frames show.

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftDirection, FftPlanner};
use std::sync::Arc;

/// How far the frequencies beside one tell how well a frame shows it, as a deviation in steps of frequency: one alone would
/// tell of the plate's own pattern and of noise.
const BESIDE: f32 = 2.0;
/// Frequencies farther away than this have no say: the bell is nearly 0 there.
const REACH: usize = 6;

/// A picture of so many pixels, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub width: usize,
    pub height: usize,
}

/// What layers of one size show together, each with how much it counts beside how well it shows a frequency.
pub(super) fn fused<'a>(size: Size, layers: impl Iterator<Item = (&'a [f32], f32)>) -> Vec<f32> {
    let waves = Waves::new(size);
    let mut sum = vec![Complex32::ZERO; size.width * size.height];
    let mut all = vec![f32::MIN_POSITIVE; sum.len()];
    for (layer, counts) in layers {
        let wave = waves.of(layer);
        let shown = waves.shown(&wave);
        for (((sum, all), wave), shown) in sum.iter_mut().zip(&mut all).zip(&wave).zip(&shown) {
            *sum += wave * (counts * shown);
            *all += counts * shown;
        }
    }
    sum.iter_mut().zip(&all).for_each(|(sum, all)| *sum /= *all);
    waves.picture(sum)
}

/// The Fourier transform of pictures of one size.
struct Waves {
    size: Size,
    there: [Arc<dyn Fft<f32>>; 2],
    back: [Arc<dyn Fft<f32>>; 2],
    bell: [f32; REACH + 1],
}

impl Waves {
    fn new(size: Size) -> Waves {
        let mut planner = FftPlanner::new();
        let mut plan = |direction| {
            [size.width.max(1), size.height.max(1)].map(|len| planner.plan_fft(len, direction))
        };
        let (there, back) = (plan(FftDirection::Forward), plan(FftDirection::Inverse));
        let bell = |at: usize| (-0.5 * (at as f32 / BESIDE).powi(2)).exp();
        Waves { size, there, back, bell: std::array::from_fn(bell) }
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

    /// How well a picture shows each frequency: its amplitude, smoothed over those beside it.
    fn shown(&self, wave: &[Complex32]) -> Vec<f32> {
        let Size { width, height } = self.size;
        let amplitude: Vec<f32> = wave.iter().map(|value| value.norm()).collect();
        let by_row = transposed(&self.smooth_rows(&amplitude, width), width, height);
        transposed(&self.smooth_rows(&by_row, height), height, width)
    }

    /// The ends of a row meet, as frequencies do.
    fn smooth_rows(&self, values: &[f32], width: usize) -> Vec<f32> {
        let rows = values.chunks_exact(width.max(1));
        rows.flat_map(|row| (0..width).map(move |at| (row, at)))
            .map(|(row, at)| {
                let value = |at: usize| row.get(at % width).copied().unwrap_or(0.0);
                let both = |by: usize| value(at + by) + value(at + width * REACH - by);
                let beside = self.bell.iter().enumerate().skip(1);
                value(at) + beside.map(|(by, share)| share * both(by)).sum::<f32>()
            })
            .collect()
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
    use std::f32::consts::TAU;

    const SIZE: Size = Size { width: 32, height: 16 };

    /// Stripes across and stripes down.
    fn stripes() -> Vec<f32> {
        let at = |n: usize| ((n % SIZE.width) as f32 / 32.0, (n / SIZE.width) as f32 / 16.0);
        let value = |(x, y): (f32, f32)| (TAU * 6.0 * x).sin() + (TAU * 5.0 * y).cos();
        (0..SIZE.width * SIZE.height).map(at).map(value).collect()
    }

    /// Smeared by boxes of so many pixels, whose ends meet.
    fn smeared(picture: &[f32], across: usize, down: usize) -> Vec<f32> {
        let at = |n: usize, dx: usize, dy: usize| {
            let (x, y) = (n % SIZE.width + dx, n / SIZE.width + dy);
            picture[(y % SIZE.height) * SIZE.width + x % SIZE.width]
        };
        let mean = |n: usize| {
            let all = (0..across).flat_map(|dx| (0..down).map(move |dy| (dx, dy)));
            all.map(|(dx, dy)| at(n, dx, dy)).sum::<f32>() / (across * down) as f32
        };
        (0..picture.len()).map(mean).collect()
    }

    fn apart(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }

    #[test]
    fn what_one_frame_smears_another_shows() {
        let clean = stripes();
        let (across, down) = (smeared(&clean, 4, 1), smeared(&clean, 1, 3));
        let mean: Vec<f32> = across.iter().zip(&down).map(|(a, b)| (a + b) / 2.0).collect();
        let fused = fused(SIZE, [(across.as_slice(), 1.0), (down.as_slice(), 1.0)].into_iter());
        assert!(apart(&fused, &clean) < 0.7 * apart(&mean, &clean));
    }

    #[test]
    fn no_picture_gives_one_grey_and_broken_numbers_a_picture_of_its_size() {
        assert!(fused(SIZE, std::iter::empty()).iter().all(|value| *value == 0.0));
        let broken = vec![f32::NAN; SIZE.width * SIZE.height];
        let fused = fused(SIZE, [(broken.as_slice(), 1.0)].into_iter());
        assert_eq!(fused.len(), broken.len());
    }

    proptest! {
        #[test]
        fn one_picture_stays_itself_however_often_and_much_it_counts(
            picture in proptest::collection::vec(-3.0_f32..3.0, SIZE.width * SIZE.height),
            counts in proptest::collection::vec(0.01_f32..2.0, 1..4),
        ) {
            let fused = fused(SIZE, counts.iter().map(|counts| (picture.as_slice(), *counts)));
            prop_assert!(fused.iter().zip(&picture).all(|(a, b)| (a - b).abs() < 1e-3));
        }

        #[test]
        fn a_picture_of_any_size_goes_there_and_comes_back(
            width in 0_usize..40,
            height in 0_usize..20,
        ) {
            let picture: Vec<f32> = (0..width * height).map(|n| (n % 7) as f32).collect();
            let fused = fused(Size { width, height }, [(picture.as_slice(), 1.0)].into_iter());
            prop_assert_eq!(fused.len(), picture.len());
            prop_assert!(fused.iter().zip(&picture).all(|(a, b)| (a - b).abs() < 1e-3));
        }
    }
}
