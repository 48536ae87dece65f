//! A plate's four corners to an upright rectangle, grey or coloured.

use crate::cubic;
use crate::error::VisionError;
use crate::frame::{CHANNELS, Frame};
use crate::geometry::{Homography, Point, Quad};
use serde::Deserialize;

/// What a rectangle keeps of a pixel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colours {
    /// One number, its brightness.
    #[default]
    Grey,
    /// Red, green and blue.
    Rgb,
}

impl Colours {
    /// Numbers of a pixel.
    pub fn channels(self) -> usize {
        match self {
            Colours::Grey => 1,
            Colours::Rgb => CHANNELS,
        }
    }
}

/// The rectangle that a plate is made into.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Upright {
    /// Width in pixels, the border with it.
    pub width_px: usize,
    /// Height in pixels, the border with it.
    pub height_px: usize,
    /// Border on each side, a share of the plate's own width and height.
    pub padding: f32,
    /// What is kept of each pixel.
    pub colours: Colours,
}

/// A plate as if seen from straight ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct Rectified {
    /// How it was made.
    pub form: Upright,
    /// Values 0–255: every channel a plane, row by row.
    pub planes: Vec<f32>,
}

/// Samples in each direction of a new pixel where a plate is made smaller. Blocks take out the whole factor, so
/// less than two is left.
const SAMPLES_ACROSS: usize = 2;

/// How a plate that is made larger is filled in between its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Between {
    /// By straight lines, which dampen noise, and fine strokes with it: for a plate that is read by itself.
    Lines,
    /// By curves, which keep both.
    Curves,
}

/// Cuts a plate out and sets it upright.
pub fn rectify(frame: &Frame, corners: &Quad, form: Upright) -> Result<Rectified, VisionError> {
    rectified(frame, corners, form, Between::Lines)
}

/// The same with all that the frame shows of fine strokes, and its noise: to be laid over other frames, which take the noise
/// out again.
pub(crate) fn rectify_for_joining(
    frame: &Frame,
    corners: &Quad,
    form: Upright,
) -> Result<Rectified, VisionError> {
    rectified(frame, corners, form, Between::Curves)
}

fn rectified(
    frame: &Frame,
    corners: &Quad,
    form: Upright,
    between: Between,
) -> Result<Rectified, VisionError> {
    let planes = match form.colours {
        Colours::Grey => upright(frame, corners, form, between, |pixel| [luma(pixel)]),
        Colours::Rgb => {
            upright(frame, corners, form, between, |[r, g, b]| [r, g, b].map(f32::from))
        }
    };
    let planes = planes
        .ok_or_else(|| VisionError::NotAPlate { corners: format!("{:?}", corners.points()) })?;
    Ok(Rectified { form, planes })
}

/// The planes of a rectangle, `None` where the corners are no plate's or outside the frame.
fn upright<const N: usize>(
    frame: &Frame,
    corners: &Quad,
    form: Upright,
    between: Between,
    value: impl Fn([u8; CHANNELS]) -> [f32; N],
) -> Option<Vec<f32>> {
    let Upright { width_px, height_px, padding, .. } = form;
    let map = Homography::to_quad(corners)?;
    let padded = map.padded(padding);
    // Whole pixels are averaged first, the rest by samples in each new pixel: between four pixels of a large plate
    // a single sample misses strokes.
    let shrink = padded.width() / width_px.max(1) as f32;
    let block = (shrink as usize).max(1);
    let samples = if shrink > 1.0 { SAMPLES_ACROSS } else { 1 };
    let between = if samples > 1 { Between::Lines } else { between };
    let patch = Patch::around(frame, &padded, block, value)?;
    let steps =
        |of: usize| (0..of * samples).map(move |at| (at as f32 + 0.5) / (of * samples) as f32);
    let share = |step: f32| step * (1.0 + 2.0 * padding) - padding;
    let across: Vec<f32> = steps(width_px).map(share).collect();
    let part = 1.0 / (samples * samples) as f32;
    let plane_len = (width_px * height_px).max(1);
    let mut planes = vec![0.0; N * plane_len];
    let mut places = vec![Point { x: 0.0, y: 0.0 }; across.len()];
    for (line, down) in steps(height_px).map(share).enumerate() {
        map.line(&across, down, &mut places);
        patch.to_cells(&mut places);
        let first = line / samples * width_px;
        for (x, samples) in places.chunks_exact(samples).enumerate() {
            for place in samples {
                let values = match between {
                    Between::Lines => patch.at(*place),
                    Between::Curves => patch.on_curves(*place),
                };
                let cells = planes.iter_mut().skip(first + x).step_by(plane_len);
                cells.zip(values).for_each(|(cell, value)| *cell += part * value);
            }
        }
    }
    Some(planes)
}

/// What lies around a plate, each cell the mean of block × block pixels.
struct Patch<const N: usize> {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    block: usize,
    cells: Vec<[f32; N]>,
}

impl<const N: usize> Patch<N> {
    /// Takes what lies around `quad`, clipped to the frame. `None` where nothing of it is in the frame.
    fn around(
        frame: &Frame,
        quad: &Quad,
        block: usize,
        value: impl Fn([u8; CHANNELS]) -> [f32; N],
    ) -> Option<Patch<N>> {
        let bounds = quad.bounds().grown(1.0 + block as f32, 1.0 + block as f32);
        let (frame_width, frame_height) = (frame.width_px as usize, frame.height_px as usize);
        // Floats saturate when cast: left of the frame becomes 0, far right its width.
        let left = (bounds.left as usize).min(frame_width);
        let top = (bounds.top as usize).min(frame_height);
        let right = (bounds.right.ceil() as usize).min(frame_width);
        let bottom = (bounds.bottom.ceil() as usize).min(frame_height);
        let width = right.checked_sub(left)? / block;
        let height = bottom.checked_sub(top)? / block;
        if width == 0 || height == 0 {
            return None;
        }
        let mut patch = Patch { left, top, width, height, block, cells: Vec::new() };
        patch.fill(frame, value);
        Some(patch)
    }

    fn fill(&mut self, frame: &Frame, value: impl Fn([u8; CHANNELS]) -> [f32; N]) {
        self.cells = vec![[0.0; N]; self.width * self.height];
        let part = 1.0 / (self.block * self.block) as f32;
        let span = self.left * CHANNELS..(self.left + self.width * self.block) * CHANNELS;
        for (row, cells) in self.cells.chunks_exact_mut(self.width).enumerate() {
            let first = self.top + row * self.block;
            for y in first..first + self.block {
                let (pixels, _) =
                    frame.row(y).get(span.clone()).unwrap_or_default().as_chunks::<CHANNELS>();
                for (cell, block) in cells.iter_mut().zip(pixels.chunks_exact(self.block)) {
                    for values in block.iter().map(|pixel| value(*pixel)) {
                        cell.iter_mut().zip(values).for_each(|(cell, value)| *cell += part * value);
                    }
                }
            }
        }
    }

    /// Places of the frame as places among the cells; outside, the nearest edge's.
    fn to_cells(&self, places: &mut [Point]) {
        let block = self.block as f32;
        let (left, top) = (self.left as f32, self.top as f32);
        let (last_x, last_y) = ((self.width - 1) as f32, (self.height - 1) as f32);
        for place in places {
            place.x = ((place.x - left) / block - 0.5).clamp(0.0, last_x);
            place.y = ((place.y - top) / block - 0.5).clamp(0.0, last_y);
        }
    }

    /// The values at a place among the cells, on curves through the sixteen nearest.
    fn on_curves(&self, place: Point) -> [f32; N] {
        let cell = |x, y| self.cells.get(y * self.width + x).unwrap_or(&[0.0; N]);
        let channel = |of: usize| {
            let value = |x, y| cell(x, y).get(of).copied().unwrap_or(0.0);
            cubic::value_at((self.width, self.height), place, value)
        };
        std::array::from_fn(channel)
    }

    /// The values at a place among the cells, between the four nearest.
    fn at(&self, place: Point) -> [f32; N] {
        let (x, y) = (place.x as usize, place.y as usize);
        let (across, down) = (place.x - x as f32, place.y - y as f32);
        let pair = |y: usize| {
            let row = self.cells.get(y * self.width..).unwrap_or_default();
            let at = |x: usize| row.get(x).unwrap_or(&[0.0; N]);
            (at(x), at((x + 1).min(self.width - 1)))
        };
        let ((a, b), (c, d)) = (pair(y), pair((y + 1).min(self.height - 1)));
        let mix = |a: f32, b: f32, share: f32| a + (b - a) * share;
        let mut values = [0.0; N];
        for ((((value, a), b), c), d) in values.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *value = mix(mix(*a, *b, across), mix(*c, *d, across), down);
        }
        values
    }
}

/// Brightness of a pixel by the weights of BT.601, which JPEG and the training use.
fn luma([r, g, b]: [u8; CHANNELS]) -> f32 {
    0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A frame whose grey value says the place: brighter to the right, or downwards.
    fn ramp(width_px: u32, height_px: u32, across: bool) -> Frame {
        let pixel = |x: u32, y: u32| [(if across { x } else { y }) as u8; 3];
        let rgb = (0..height_px).flat_map(|y| (0..width_px).flat_map(move |x| pixel(x, y)));
        Frame::from_rgb(width_px, height_px, rgb.collect()).unwrap()
    }

    fn quad(points: [(f32, f32); 4]) -> Quad {
        Quad::from_points(points.map(|(x, y)| Point { x, y }))
    }

    fn grey(width_px: usize, height_px: usize, padding: f32) -> Upright {
        Upright { width_px, height_px, padding, colours: Colours::Grey }
    }

    proptest! {
        /// A ramp's grey value is the place itself (plus half, its pixel's centre), so the rectangle tells where
        /// each of its pixels was taken from: within half a pixel of where the plate's map says.
        #[test]
        fn a_known_plate_maps_to_a_known_rectangle(
            jitter in proptest::array::uniform8(-6.0f32..6.0),
            padding in 0.0f32..0.2,
        ) {
            // Far enough from the picture's edge that no sample falls outside it, whatever the tilt.
            let [a, b, c, d, e, f, g, h] = jitter;
            let seen = quad([
                (90.0 + a, 80.0 + b), (190.0 + c, 80.0 + d),
                (190.0 + e, 130.0 + f), (90.0 + g, 130.0 + h),
            ]);
            let map = Homography::to_quad(&seen).unwrap();
            for across in [true, false] {
                let got = rectify(&ramp(250, 220, across), &seen, grey(64, 32, padding)).unwrap();
                for (at, grey) in got.planes.iter().enumerate() {
                    let share = |at: usize, of: f32| (at as f32 + 0.5) / of * (1.0 + 2.0 * padding) - padding;
                    let from = map.at(share(at % 64, 64.0), share(at / 64, 32.0));
                    let expected = if across { from.x } else { from.y } - 0.5;
                    prop_assert!((grey - expected).abs() < 0.5, "{grey} {expected}");
                }
            }
        }

        #[test]
        fn any_corners_are_a_rectangle_or_an_error(
            xs in proptest::array::uniform4(prop_oneof![-500.0f32..500.0, Just(f32::NAN), Just(f32::MAX)]),
            ys in proptest::array::uniform4(prop_oneof![-500.0f32..500.0, Just(f32::INFINITY)]),
        ) {
            let [a, b, c, d] = xs;
            let [e, f, g, h] = ys;
            let corners = quad([(a, e), (b, f), (c, g), (d, h)]);
            if let Ok(plate) = rectify(&ramp(50, 40, true), &corners, grey(16, 8, 0.06)) {
                prop_assert_eq!(plate.planes.len(), 128);
                prop_assert!(plate.planes.iter().all(|grey| (0.0..=255.0).contains(grey)));
            }
        }
    }

    #[test]
    fn a_small_plate_keeps_finer_strokes_where_it_is_to_be_joined() {
        // Strokes five pixels apart, brighter and darker than grey by 100.
        let grey_at =
            |x: u32| (128.0 + 100.0 * (x as f32 * std::f32::consts::TAU / 5.0).sin()) as u8;
        let rgb = (0..90u32 * 60).flat_map(|at| [grey_at(at % 90); 3]);
        let strokes = Frame::from_rgb(90, 60, rgb.collect()).unwrap();
        let seen = quad([(20.0, 20.0), (60.0, 20.0), (60.0, 40.0), (20.0, 40.0)]);
        let power = |plate: Rectified| {
            plate.planes.iter().map(|grey| (grey - 128.0).powi(2)).sum::<f32>().sqrt()
        };
        let form = grey(128, 64, 0.06);
        let lines = power(rectify(&strokes, &seen, form).unwrap());
        let curves = power(rectify_for_joining(&strokes, &seen, form).unwrap());
        assert!(curves > 1.05 * lines, "{curves} {lines}");
        // Made smaller there is nothing to fill in between.
        let small = grey(16, 8, 0.06);
        let cut = [rectify, rectify_for_joining].map(|cut| cut(&strokes, &seen, small).unwrap());
        assert_eq!(cut[0], cut[1]);
    }

    #[test]
    fn a_large_plate_is_averaged_not_sampled() {
        // Columns of black and white, one pixel each: any honest shrinking gives grey.
        let rgb = (0..400u32 * 200).flat_map(|at| [if at % 2 == 0 { 0u8 } else { 255 }; 3]);
        let stripes = Frame::from_rgb(400, 200, rgb.collect()).unwrap();
        let seen = quad([(20.0, 20.0), (380.0, 20.0), (380.0, 180.0), (20.0, 180.0)]);
        let plate = rectify(&stripes, &seen, grey(64, 32, 0.0)).unwrap();
        assert!(plate.planes.iter().all(|grey| (100.0..155.0).contains(grey)));
    }

    #[test]
    fn colours_are_planes_and_grey_is_their_brightness() {
        let rgb = (0..60u32 * 40).flat_map(|at| [(at % 60) as u8, 100, 200 - (at / 60) as u8]);
        let frame = Frame::from_rgb(60, 40, rgb.collect()).unwrap();
        let seen = quad([(10.0, 10.0), (50.0, 12.0), (49.0, 30.0), (11.0, 31.0)]);
        let form = grey(32, 16, 0.1);
        let coloured =
            rectify(&frame, &seen, Upright { colours: Colours::Rgb, ..form }).unwrap().planes;
        let (red, rest) = coloured.split_at(32 * 16);
        let (green, blue) = rest.split_at(32 * 16);
        assert!(green.iter().all(|v| (v - 100.0).abs() < 1e-3));
        assert!(red[31] > red[0] + 20.0 && blue[0] > blue[15 * 32] + 10.0);
        let bright = rectify(&frame, &seen, form).unwrap().planes;
        for (((bright, r), g), b) in bright.iter().zip(red).zip(green).zip(blue) {
            assert!((bright - (0.299 * r + 0.587 * g + 0.114 * b)).abs() < 1e-2);
        }
    }

    #[test]
    fn a_plate_across_the_edge_repeats_the_edge() {
        let seen = quad([(200.0, 60.0), (280.0, 60.0), (280.0, 100.0), (200.0, 100.0)]);
        let plate = rectify(&ramp(240, 180, true), &seen, grey(64, 32, 0.0)).unwrap();
        assert_eq!(plate.planes.last().copied(), Some(239.0));
    }

    #[test]
    fn a_plate_outside_the_frame_is_refused() {
        let away = quad([(300.0, 60.0), (380.0, 60.0), (380.0, 100.0), (300.0, 100.0)]);
        let refused = rectify(&ramp(240, 180, true), &away, grey(64, 32, 0.0)).unwrap_err();
        assert!(refused.to_string().ends_with("are not a plate"), "{refused}");
    }
}
