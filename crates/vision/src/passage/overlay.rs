//! The frames of a passage laid over one another.
//!
//! Sensor noise, JPEG blocks and the smear of a moving car differ from frame to frame; the plate does not. Each frame's
//! upright plate is moved until it fits the mean of those before it, the surest first, and what all show together is read:
//! what no frame shows by itself can often be made out there (docs/adr/0020).

use super::fuse::{Size, fused};
use crate::cubic;
use crate::geometry::Point;
use crate::rectify::{Rectified, Upright};
use std::cmp::Ordering;

/// Moves are tried by these steps, in pixels of the rectangle, and corners by them too.
const STEPS_PX: [f32; 4] = [4.0, 2.0, 1.0, 0.5];
/// Rounds of moves with one step at most, so that no picture takes long.
const ROUNDS: usize = 4;
/// Moves are tried on every so many pixels across and down: the strokes are wider, and it takes a quarter of the time.
const EVERY: usize = 2;
/// What fits less than this (correlation) shows something else, or nothing.
const FIT_MIN: f32 = 0.3;
/// What all show is read at these sizes: its corners are the surest frame's, which may cut something off.
const SIZES: [f32; 3] = [0.96, 1.0, 1.04];

/// An upright plate with mean 0 and deviation 1: no frame counts for more because its light was harsher.
struct Layer<'a> {
    from: &'a Rectified,
    values: Vec<f32>,
}

/// How a layer is moved: the middle by pixels, the size by factors, and what is upright by a slant.
#[derive(Clone, Copy)]
struct Move {
    right: f32,
    down: f32,
    width: f32,
    height: f32,
    slant: f32,
}

const STAY: Move = Move { right: 0.0, down: 0.0, width: 1.0, height: 1.0, slant: 0.0 };

/// Upright plates of one form, each with how much it counts, laid over one another, at a few sizes; nothing where there are
/// not two.
pub(super) fn overlaid(plates: &[(&Rectified, f32)]) -> Vec<Rectified> {
    let mut order: Vec<&(&Rectified, f32)> = plates.iter().collect();
    order.sort_by(|(_, a), (_, b)| b.partial_cmp(a).unwrap_or(Ordering::Equal));
    let [(surest, counts), others @ ..] = order.as_slice() else { return Vec::new() };
    if others.is_empty() {
        return Vec::new();
    }
    let first = Layer::new(surest);
    let others = others.iter().filter(|(plate, _)| plate.form == surest.form);
    let laid = aligned(&first, *counts, others.map(|(plate, counts)| (*plate, *counts)));
    let together = first.like(fused_planes(surest.form, &laid));
    let together = Layer::new(&together);
    let sizes = SIZES.map(|size| together.moved(Move { width: size, height: size, ..STAY }));
    sizes.into_iter().map(|values| first.like(values)).collect()
}

/// A layer where it lies on the first.
struct Laid {
    values: Vec<f32>,
    counts: f32,
}

/// The first layer and those that fit it once moved.
fn aligned<'a>(
    first: &Layer<'_>,
    counts: f32,
    others: impl Iterator<Item = (&'a Rectified, f32)>,
) -> Vec<Laid> {
    let mut sum: Vec<f32> = first.values.iter().map(|value| value * counts).collect();
    let mut laid = vec![Laid { values: first.values.clone(), counts }];
    for (plate, counts) in others {
        let layer = Layer::new(plate);
        let (way, fit) = layer.fitted(&sum);
        if fit >= FIT_MIN {
            let (values, counts) = (layer.moved(way), counts * fit * fit);
            sum.iter_mut().zip(&values).for_each(|(sum, value)| *sum += counts * value);
            laid.push(Laid { values, counts });
        }
    }
    laid
}

/// Layers as one picture, each of their planes by itself.
fn fused_planes(form: Upright, laid: &[Laid]) -> Vec<f32> {
    let size = Size { width: form.width_px, height: form.height_px };
    let pixels = (size.width * size.height).max(1);
    let plane = |at: usize| {
        let planes = laid.iter().map(|layer| {
            (layer.values.chunks_exact(pixels).nth(at).unwrap_or_default(), layer.counts)
        });
        fused(size, &planes.collect::<Vec<_>>())
    };
    (0..form.colours.channels()).flat_map(plane).collect()
}

impl<'a> Layer<'a> {
    fn new(from: &'a Rectified) -> Layer<'a> {
        let (mean, deviation) = spread(&from.planes);
        let values = from.planes.iter().map(|value| (value - mean) / deviation).collect();
        Layer { from, values }
    }

    /// Values as a plate as bright as this layer's.
    fn like(&self, values: Vec<f32>) -> Rectified {
        let (mean, deviation) = spread(&self.from.planes);
        let (other_mean, other_deviation) = spread(&values);
        let value = |value: f32| (value - other_mean) / other_deviation * deviation + mean;
        let planes = values.into_iter().map(|it| value(it).clamp(0.0, 255.0)).collect();
        Rectified { form: self.from.form, planes }
    }

    /// The move that makes it fit a picture of the same form best, and how well: the correlation.
    fn fitted(&self, to: &[f32]) -> (Move, f32) {
        let (mut best, mut fit) = (STAY, self.fit(STAY, to));
        for step in STEPS_PX {
            for _ in 0..ROUNDS {
                let before = fit;
                for way in self.moves(step).into_iter().flat_map(|by| [by, by.map(|it| -it)]) {
                    let tried = best.and(way);
                    let tried_fit = self.fit(tried, to);
                    if tried_fit > fit {
                        (best, fit) = (tried, tried_fit);
                    }
                }
                if fit <= before {
                    break;
                }
            }
        }
        (best, fit)
    }

    /// One way to move after the other, each by as much as shifts a corner by a step.
    fn moves(&self, step: f32) -> [[f32; 5]; 5] {
        let (across, down) = self.half();
        let mut moves = [[0.0; 5]; 5];
        for (at, by) in
            [step, step, step / across, step / down, step / down].into_iter().enumerate()
        {
            if let Some(cell) = moves.get_mut(at).and_then(|way| way.get_mut(at)) {
                *cell = by;
            }
        }
        moves
    }

    fn half(&self) -> (f32, f32) {
        let form = self.from.form;
        ((form.width_px as f32 / 2.0).max(1.0), (form.height_px as f32 / 2.0).max(1.0))
    }

    fn fit(&self, way: Move, to: &[f32]) -> f32 {
        let Size { width, height } = self.size();
        let planes = self.planes().enumerate();
        correlation(planes.flat_map(|(plane, values)| {
            let first = plane * width * height;
            self.places(way, EVERY).map(move |(at, place)| {
                (between(values, width, height, place), to.get(first + at).copied().unwrap_or(0.0))
            })
        }))
    }

    fn moved(&self, way: Move) -> Vec<f32> {
        let Size { width, height } = self.size();
        let mut moved = Vec::with_capacity(self.values.len());
        for values in self.planes() {
            let pixel = |x: usize, y: usize| values.get(y * width + x).copied().unwrap_or(0.0);
            let value = |place| cubic::value_at((width, height), place, pixel);
            self.places(way, 1).for_each(|(_, place)| moved.push(value(place)));
        }
        moved
    }

    fn size(&self) -> Size {
        Size { width: self.from.form.width_px, height: self.from.form.height_px }
    }

    fn planes(&self) -> impl Iterator<Item = &[f32]> {
        let Size { width, height } = self.size();
        self.values.chunks_exact((width * height).max(1))
    }

    /// Every so many of a moved plane's pixels, and where each was before.
    fn places(&self, way: Move, every: usize) -> impl Iterator<Item = (usize, Point)> + use<> {
        let Size { width, height } = self.size();
        let (half_width, half_height) = self.half();
        let rows = (0..height).step_by(every);
        rows.flat_map(move |y| (0..width).step_by(every).map(move |x| (x, y))).map(move |(x, y)| {
            let (across, down) = (x as f32 - half_width, y as f32 - half_height);
            let place = Point {
                x: across * way.width + down * way.slant + half_width + way.right,
                y: down * way.height + half_height + way.down,
            };
            (y * width + x, place)
        })
    }
}

impl Move {
    fn and(self, [right, down, width, height, slant]: [f32; 5]) -> Move {
        Move {
            right: self.right + right,
            down: self.down + down,
            width: self.width + width,
            height: self.height + height,
            slant: self.slant + slant,
        }
    }
}

/// The value between four pixels; outside, the nearest edge's.
fn between(values: &[f32], width: usize, height: usize, place: Point) -> f32 {
    let x = place.x.clamp(0.0, width as f32 - 1.0);
    let y = place.y.clamp(0.0, height as f32 - 1.0);
    let (left, top) = (x as usize, y as usize);
    let (across, down) = (x - left as f32, y - top as f32);
    let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let at = |x: usize, y: usize| values.get(y * width + x).copied().unwrap_or(0.0);
    let mix = |a: f32, b: f32, share: f32| a + (b - a) * share;
    mix(
        mix(at(left, top), at(right, top), across),
        mix(at(left, below), at(right, below), across),
        down,
    )
}

/// Mean and deviation; of one grey, a deviation that leaves it as it is.
fn spread(values: &[f32]) -> (f32, f32) {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count;
    (mean, if variance > 1e-6 { variance.sqrt() } else { 1.0 })
}

/// How alike two pictures are but for their light: 1 the same, 0 nothing to do with each other.
fn correlation(pairs: impl Iterator<Item = (f32, f32)>) -> f32 {
    let (mut n, mut a_sum, mut b_sum, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    // `for_each`, not `for`: through nested iterators it takes half the time.
    pairs.for_each(|(a, b)| {
        n += 1.0;
        (a_sum, b_sum) = (a_sum + a, b_sum + b);
        (aa, bb, ab) = (aa + a * a, bb + b * b, ab + a * b);
    });
    let together = ab - a_sum * b_sum / n;
    let apart: f32 = (aa - a_sum * a_sum / n) * (bb - b_sum * b_sum / n);
    if apart > 0.0 { together / apart.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rectify::Colours;

    const FORM: Upright =
        Upright { width_px: 64, height_px: 32, padding: 0.0, colours: Colours::Grey };

    /// Dark or light, as if by chance.
    fn ink(column: f32, row: f32) -> f32 {
        ((column * 12.99 + row * 78.23).sin() * 43758.5).fract().signum()
    }

    /// Strokes on a plate, moved and with noise that `seed` decides: of pixels half as fine, as a small plate's are that
    /// was made larger.
    fn plate(right: f32, down: f32, noise: f32, seed: u32) -> Rectified {
        let mut state = seed;
        let mut chance = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        let (width, height) = (FORM.width_px, FORM.height_px);
        let grain: Vec<f32> = (0..width * height / 4).map(|_| chance()).collect();
        let planes = (0..width * height).map(|at| {
            let (x, y) = (at % width, at / width);
            let stroke = ink(((x as f32 - right) / 4.0).floor(), ((y as f32 - down) / 6.0).floor());
            128.0 + 30.0 * stroke + noise * grain[y / 2 * (width / 2) + x / 2]
        });
        Rectified { form: FORM, planes: planes.collect() }
    }

    fn alike(a: &Rectified, b: &Rectified) -> f32 {
        correlation(a.planes.iter().copied().zip(b.planes.iter().copied()))
    }

    #[test]
    fn noisy_frames_together_show_what_none_of_them_does() {
        let clean = plate(0.0, 0.0, 0.0, 1);
        let noisy: Vec<Rectified> = (0..10u32)
            .map(|n| plate((n % 4) as f32 - 1.0, (n % 3) as f32 - 1.0, 100.0, n + 7))
            .collect();
        let plates: Vec<(&Rectified, f32)> = noisy.iter().map(|plate| (plate, 1.0)).collect();
        let laid = overlaid(&plates);
        let [_, together, _] = laid.as_slice() else { panic!("{} sizes", laid.len()) };
        // The surest frame, the first of equals, is moved by one pixel each way, and all with it.
        let there = plate(-1.0, -1.0, 0.0, 1);
        assert!(alike(&noisy[0], &there) < 0.75, "{}", alike(&noisy[0], &there));
        assert!(alike(together, &there) > 0.8, "{}", alike(together, &there));
        assert!(alike(together, &clean) < alike(together, &there));
    }

    #[test]
    fn a_move_is_found_again() {
        let (here, there) = (plate(0.0, 0.0, 20.0, 3), plate(5.0, -3.0, 20.0, 4));
        let (way, fit) = Layer::new(&there).fitted(&Layer::new(&here).values);
        assert!(fit > 0.9 && (way.right - 5.0).abs() < 1.0 && (way.down + 3.0).abs() < 1.0);
    }

    #[test]
    fn what_does_not_fit_has_no_say_and_one_alone_gives_nothing() {
        let (one, noise) = (plate(0.0, 0.0, 0.0, 1), {
            let mut noise = plate(0.0, 0.0, 0.0, 1);
            let mut state = 9u32;
            noise.planes.iter_mut().for_each(|value| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *value = (state >> 24) as f32;
            });
            noise
        });
        assert!(overlaid(&[]).is_empty() && overlaid(&[(&one, 1.0)]).is_empty());
        let laid = overlaid(&[(&one, 1.0), (&noise, 0.9)]);
        assert!(alike(&laid[1], &one) > 0.999);
    }

    #[test]
    fn one_grey_and_broken_numbers_stay_pictures() {
        let grey = Rectified { form: FORM, planes: vec![90.0; FORM.width_px * FORM.height_px] };
        let broken = Rectified { form: FORM, planes: vec![f32::NAN; grey.planes.len()] };
        for plates in [[(&grey, 1.0), (&grey, 1.0)], [(&grey, 1.0), (&broken, f32::NAN)]] {
            let laid = overlaid(&plates);
            assert_eq!(laid.len(), SIZES.len());
            assert!(laid.iter().all(|plate| plate.planes.iter().all(|value| *value == 90.0)));
        }
    }
}
