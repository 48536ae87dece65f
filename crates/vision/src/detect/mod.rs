//! Where the plates of a frame are: four corners each.

mod closer;
mod peaks;
mod prepare;

pub use prepare::{DetectBuffers, Layout};

use crate::error::VisionError;
use crate::frame::Frame;
use crate::geometry::Quad;
use crate::model::{
    DetectorManifest, InferError, Model, ModelError, OneThread, Tensor, check_input, check_shape,
};

/// Longer side of the look at the frame made small: a plate that fills the picture is then of a size that the detector was
/// trained on.
const CLOSE_UP_LONG_SIDE_PX: u32 = 192;
/// Only plates at least this share of the frame's longer side are taken from it: the first look sees all smaller
/// ones better.
const CLOSE_UP_SHARE_MIN: f32 = 0.3;

/// A plate's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// The four corners in frame pixels.
    pub corners: Quad,
    /// How sure the detector is, 0–1.
    pub score: f32,
}

/// Finds plates.
pub struct Detector {
    manifest: DetectorManifest,
    model: Box<dyn Model>,
}

/// Axes of a detector's output: cells down and across, each a stride wide.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells {
    pub rows: usize,
    pub columns: usize,
    pub stride: f32,
}

/// A detector's heat over a frame.
#[derive(Debug, Clone)]
pub struct Heat {
    values: Vec<f32>,
    cells: Cells,
    /// How many of the cells, and what share of the last, the frame fills; the rest is padding.
    columns: f32,
    rows: f32,
}

impl Heat {
    /// How likely a plate's centre lies at a place, 0–1; places are shares of the frame's width and height.
    pub fn at(&self, across: f32, down: f32) -> f32 {
        let cell = |share: f32, filled: f32, n: usize| {
            ((share * filled) as usize).min(n.saturating_sub(1))
        };
        let column = cell(across, self.columns, self.cells.columns);
        let row = cell(down, self.rows, self.cells.rows);
        self.values.get(row * self.cells.columns + column).copied().unwrap_or(0.0).clamp(0.0, 1.0)
    }
}

impl Detector {
    /// Joins a model and its manifest, refusing a pair that does not fit.
    pub fn new(
        manifest: DetectorManifest,
        model: Box<dyn Model>,
        on: &OneThread,
    ) -> Result<Detector, ModelError> {
        let expected = [None, Some(3), None, None];
        check_input(&manifest.file, &manifest.input.name, model.as_ref(), expected)?;
        let detector = Detector { manifest, model };
        detector.trial(on).map_err(ModelError::Trial)?;
        Ok(detector)
    }

    /// Runs the model once on the smallest picture it takes, so that a wrong shape is told at load.
    fn trial(&self, on: &OneThread) -> Result<(), InferError> {
        let side = self.manifest.input.multiple_of as usize;
        self.run(&vec![0.0; 3 * side * side], side, side, on).map(|_| ())
    }

    /// How it wants its input.
    pub fn manifest(&self) -> &DetectorManifest {
        &self.manifest
    }

    /// Plates of a frame, surest first, none of them covering another.
    pub fn detect(
        &self,
        frame: &Frame,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Vec<Detection>, VisionError> {
        self.detect_at(frame, self.manifest.input.long_side_px, buffers, on)
    }

    /// The same with the frame's longer side scaled to another size than the manifest's: smaller to find what fills
    /// the picture, larger to find what is far.
    pub fn detect_at(
        &self,
        frame: &Frame,
        long_side_px: u32,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Vec<Detection>, VisionError> {
        self.detect_in(frame, Layout::of(frame, &self.manifest, long_side_px), buffers, on)
    }

    /// A second look at one plate, enlarged: its corners found anew, or `None` where the detector no longer sees it.
    /// The score stays that of the first look.
    pub fn look_closer(
        &self,
        frame: &Frame,
        seen: &Detection,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Option<Detection>, VisionError> {
        let Some((part, scale)) = closer::window(frame, &seen.corners) else { return Ok(None) };
        let layout = Layout::of_part(part, scale, &self.manifest);
        let again = self.detect_in(frame, layout, buffers, on)?;
        Ok(closer::same_plate(seen, &again))
    }

    /// A look at the frame made small, for plates that fill it: the first look is at home with plates of up to a third of
    /// the frame and takes the characters of larger ones for plates. It costs a tenth of the first look.
    pub fn detect_close_up(
        &self,
        frame: &Frame,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Vec<Detection>, VisionError> {
        let mut seen = self.detect_at(frame, CLOSE_UP_LONG_SIDE_PX, buffers, on)?;
        let long = frame.width_px.max(frame.height_px).max(1) as f32;
        seen.retain(|plate| plate.corners.bounds().width() >= CLOSE_UP_SHARE_MIN * long);
        Ok(seen)
    }

    fn detect_in(
        &self,
        frame: &Frame,
        layout: Layout,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Vec<Detection>, VisionError> {
        let input = buffers.fill(frame, &self.manifest, layout)?;
        Ok(self.locate(input, layout, on)?)
    }

    /// How a frame is laid out for this detector.
    pub fn layout(&self, frame: &Frame) -> Layout {
        Layout::of(frame, &self.manifest, self.manifest.input.long_side_px)
    }

    /// The second half of detecting: plates in a frame that is already scaled and normalised as `layout` says.
    pub fn locate(
        &self,
        input: &[f32],
        layout: Layout,
        on: &OneThread,
    ) -> Result<Vec<Detection>, InferError> {
        let (heat, corners, cells) =
            self.run(input, layout.padded_height, layout.padded_width, on)?;
        let found = peaks::find(&heat.data, &corners.data, cells, self.manifest.output.score_min);
        let in_frame = found.into_iter().map(|seen| Detection {
            corners: seen.corners.map(|corner| layout.to_frame(corner)),
            score: seen.score,
        });
        Ok(in_frame.collect())
    }

    /// How likely a plate's centre lies anywhere in a frame: what the detector's finds are the peaks of.
    pub fn heat(
        &self,
        frame: &Frame,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Heat, VisionError> {
        let layout = self.layout(frame);
        let input = buffers.fill(frame, &self.manifest, layout)?;
        let (heat, _, cells) = self.run(input, layout.padded_height, layout.padded_width, on)?;
        let filled = |px: usize| px as f32 / cells.stride;
        let (columns, rows) = (filled(layout.width), filled(layout.height));
        Ok(Heat { values: heat.data, cells, columns, rows })
    }

    fn run(
        &self,
        input: &[f32],
        height: usize,
        width: usize,
        on: &OneThread,
    ) -> Result<(Tensor, Tensor, Cells), InferError> {
        let DetectorManifest { name, output, .. } = &self.manifest;
        let [heat, corners] = self.model.run(input, [1, 3, height, width], on)?;
        let stride = output.stride as usize;
        let (rows, columns) = (height / stride, width / stride);
        check_shape(name, &output.heat, &heat, &[1, 1, rows, columns])?;
        check_shape(name, &output.corners, &corners, &[1, 8, rows, columns])?;
        Ok((heat, corners, Cells { rows, columns, stride: output.stride as f32 }))
    }
}
