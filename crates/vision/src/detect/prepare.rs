//! A frame to the detector's input: scaled, normalised, planes instead of pixels, padded.

use crate::error::VisionError;
use crate::frame::{CHANNELS, Frame};
use crate::geometry::Point;
use crate::model::DetectorManifest;
use crate::resize::{Filter, Rect, resize};
use fast_image_resize::Resizer;

/// Buffers that a detection needs, kept from frame to frame: three megabytes that need not be asked for again.
#[derive(Default)]
pub struct DetectBuffers {
    resizer: Resizer,
    scaled: Vec<u8>,
    planes: Vec<f32>,
}

/// What the detector sees of a frame, or of a part of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// The part of the frame that is seen.
    pub(crate) part: Rect,
    /// Width after scaling, in input pixels.
    pub width: usize,
    /// Height after scaling, in input pixels.
    pub height: usize,
    /// Width after padding, in input pixels.
    pub padded_width: usize,
    /// Height after padding, in input pixels.
    pub padded_height: usize,
}

impl Layout {
    /// How a frame of this size is laid out for a detector that sees `long_side_px`.
    pub(crate) fn of(frame: &Frame, manifest: &DetectorManifest, long_side_px: u32) -> Layout {
        let long = frame.width_px.max(frame.height_px).max(1) as f32;
        Layout::of_part(frame.whole(), long_side_px as f32 / long, manifest)
    }

    /// How a part of a frame is laid out with `scale` input pixels for each of its own.
    pub(crate) fn of_part(part: Rect, scale: f32, manifest: &DetectorManifest) -> Layout {
        let side = |px: u32| ((px as f32 * scale).round() as usize).max(1);
        let (width, height) = (side(part.width), side(part.height));
        let multiple = manifest.input.multiple_of as usize;
        Layout {
            part,
            width,
            height,
            padded_width: width.next_multiple_of(multiple),
            padded_height: height.next_multiple_of(multiple),
        }
    }

    /// A place of the input back in the frame.
    pub(crate) fn to_frame(self, place: Point) -> Point {
        let along = |place: f32, start: u32, from: u32, to: usize| {
            start as f32 + place * from as f32 / to as f32
        };
        Point {
            x: along(place.x, self.part.left, self.part.width, self.width),
            y: along(place.y, self.part.top, self.part.height, self.height),
        }
    }
}

impl DetectBuffers {
    /// Scales and normalises a frame; gives 3 × padded height × padded width numbers, plane by plane.
    pub fn fill(
        &mut self,
        frame: &Frame,
        manifest: &DetectorManifest,
        layout: Layout,
    ) -> Result<&[f32], VisionError> {
        let size = (layout.width as u32, layout.height as u32);
        let same = layout.part == frame.whole() && size == (frame.width_px, frame.height_px);
        if !same {
            let (from, to) = (frame.picture(), &mut self.scaled);
            resize(&mut self.resizer, from, layout.part, Filter::Triangle, size, to)?;
        }
        let pixels = if same { frame.rgb() } else { &self.scaled };
        let plane_len = layout.padded_width * layout.padded_height;
        let tables = [0, 1, 2].map(|channel| table(manifest, channel));
        self.planes.clear();
        for channel in 0..CHANNELS {
            let pad = manifest.input.pad.map_or(0.0, |pad| normal(manifest, channel, pad));
            self.planes.resize((channel + 1) * plane_len, pad);
        }
        fill_planes(pixels, layout, &tables, &mut self.planes);
        Ok(&self.planes)
    }
}

/// What each of the 256 values of a channel becomes: one look-up instead of three operations a value.
fn table(manifest: &DetectorManifest, channel: usize) -> [f32; 256] {
    std::array::from_fn(|value| normal(manifest, channel, value as f32 / 255.0))
}

/// A channel's value of 0–1 as the model wants it.
fn normal(manifest: &DetectorManifest, channel: usize, value: f32) -> f32 {
    let of = |numbers: &[f32; 3]| numbers.get(channel).copied().unwrap_or(1.0);
    (value - of(&manifest.input.mean)) / of(&manifest.input.std)
}

/// Takes pixels apart into normalised planes; the padding stays as it is.
fn fill_planes(pixels: &[u8], layout: Layout, tables: &[[f32; 256]; 3], planes: &mut [f32]) {
    let row_len = layout.padded_width;
    let (red, rest) = planes.split_at_mut(row_len * layout.padded_height);
    let (green, blue) = rest.split_at_mut(row_len * layout.padded_height);
    let rows = red
        .chunks_exact_mut(row_len)
        .zip(green.chunks_exact_mut(row_len))
        .zip(blue.chunks_exact_mut(row_len));
    let [red_of, green_of, blue_of] = tables;
    let value = |table: &[f32; 256], byte: u8| table.get(usize::from(byte)).copied().unwrap_or(0.0);
    for (row, ((red, green), blue)) in pixels.chunks_exact(layout.width * CHANNELS).zip(rows) {
        let cells = red.iter_mut().zip(green).zip(blue);
        for (pixel, ((red, green), blue)) in row.chunks_exact(CHANNELS).zip(cells) {
            if let [r, g, b] = pixel {
                *red = value(red_of, *r);
                *green = value(green_of, *g);
                *blue = value(blue_of, *b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> DetectorManifest {
        DetectorManifest::parse("detector.toml", include_str!("../../models/detector.toml"))
            .unwrap()
    }

    fn flat(width_px: u32, height_px: u32, pixel: [u8; 3]) -> Frame {
        Frame::from_rgb(width_px, height_px, pixel.repeat((width_px * height_px) as usize)).unwrap()
    }

    #[test]
    fn the_long_side_is_scaled_and_both_are_padded() {
        let wide = Layout::of(&flat(1280, 720, [0; 3]), &manifest(), 640);
        assert_eq!((wide.width, wide.height), (640, 360));
        assert_eq!((wide.padded_width, wide.padded_height), (640, 384));
        assert_eq!(wide.to_frame(Point { x: 320.0, y: 180.0 }), Point { x: 640.0, y: 360.0 });
        let tall = Layout::of(&flat(30, 40, [0; 3]), &manifest(), 640);
        assert_eq!((tall.width, tall.height, tall.padded_width), (480, 640, 480));
    }

    #[test]
    fn a_part_is_placed_in_the_frame() {
        let part = Rect { left: 100, top: 50, width: 96, height: 64 };
        let layout = Layout::of_part(part, 2.0, &manifest());
        assert_eq!((layout.width, layout.height), (192, 128));
        assert_eq!(layout.to_frame(Point { x: 96.0, y: 0.0 }), Point { x: 148.0, y: 50.0 });
        // Columns that say where they are: the part's first is the frame's hundredth.
        let row: Vec<u8> = (0..200).flat_map(|x| [x as u8; 3]).collect();
        let frame = Frame::from_rgb(200, 120, row.repeat(120)).unwrap();
        let mut buffers = DetectBuffers::default();
        let planes = buffers.fill(&frame, &manifest(), layout).unwrap();
        let normal = |v: f32| (v / 255.0 - 0.45) / 0.25;
        assert!((planes[1] - normal(100.0)).abs() < 0.05, "{}", planes[1]);
    }

    #[test]
    fn a_sliver_keeps_one_pixel() {
        let sliver = Layout::of(&flat(3000, 1, [0; 3]), &manifest(), 640);
        assert_eq!((sliver.width, sliver.height, sliver.padded_height), (640, 1, 32));
    }

    #[test]
    fn values_are_normalised_by_plane_and_padding_is_zero() {
        let manifest = manifest();
        let frame = flat(64, 36, [255, 0, 51]);
        let layout = Layout::of(&frame, &manifest, 64);
        let mut buffers = DetectBuffers::default();
        let planes = buffers.fill(&frame, &manifest, layout).unwrap();
        assert_eq!(planes.len(), 3 * 64 * 64);
        let normal = |v: f32| (v - manifest.input.mean[0]) / manifest.input.std[0];
        for (plane, value) in planes.chunks(64 * 64).zip([1.0, 0.0, 0.2]) {
            assert!((plane[0] - normal(value)).abs() < 1e-5);
            assert!((plane[35 * 64 + 63] - normal(value)).abs() < 1e-5);
            assert_eq!(plane[36 * 64], 0.0);
        }
    }

    #[test]
    fn buffers_do_not_remember_the_last_frame() {
        let manifest = manifest();
        let mut buffers = DetectBuffers::default();
        let bright = flat(200, 200, [255; 3]);
        buffers.fill(&bright, &manifest, Layout::of(&bright, &manifest, 64)).unwrap();
        let dark = flat(200, 90, [0; 3]);
        let layout = Layout::of(&dark, &manifest, 64);
        let planes = buffers.fill(&dark, &manifest, layout).unwrap();
        assert!(planes.iter().all(|v| *v <= 0.0));
    }
}
