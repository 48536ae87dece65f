//! Where the plates of a frame are: four corners each.

mod boxes;
mod closer;
mod peaks;
mod prepare;

pub use prepare::{DetectBuffers, Layout};

use crate::error::VisionError;
use crate::frame::Frame;
use crate::geometry::{Point, Quad};
use crate::model::{
    DetectorForm, DetectorManifest, InferError, Model, ModelError, OneThread, check_input,
    check_shape, exactly,
};

/// Longer side of the look at the frame made small: a plate that fills the picture is then of a size that the detector was
/// trained on.
const CLOSE_UP_LONG_SIDE_PX: u32 = 192;
/// Only plates at least this share of the frame's longer side are taken from it: the first look sees all smaller
/// ones better.
const CLOSE_UP_SHARE_MIN: f32 = 0.3;

/// Places of a glance that are looked at closer: bounds what a frame full of signs may cost.
const SUSPECTS_MAX: usize = 12;

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

/// What a model answered to one input.
enum Answer {
    /// Heat: rows × columns; corners: 8 × rows × columns.
    Maps { heat: Vec<f32>, corners: Vec<f32>, cells: Cells },
    /// Plates in input pixels.
    Boxes(Vec<Detection>),
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
        // A model for one size of picture is asked for that size: the one that every look is padded to.
        let fixed = model.input_shape();
        let side = manifest.input.multiple_of as usize;
        let of_one_size = |axis: usize| fixed.get(axis).copied().flatten().map(|_| side);
        let batch = fixed.first().copied().flatten().map(|_| 1);
        let expected = [batch, Some(3), of_one_size(2), of_one_size(3)];
        check_input(&manifest.file, &manifest.input.name, model.as_ref(), expected)?;
        let is_fixed = of_one_size(2).is_some() || of_one_size(3).is_some();
        if is_fixed && manifest.input.long_side_px > manifest.input.multiple_of {
            let reason = "long_side_px must be at most multiple_of: the model takes one size alone";
            let file = manifest.file.clone();
            return Err(ModelError::Manifest { file, reason: reason.to_owned() });
        }
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
        let layout = Layout::of(frame, &self.manifest, long_side_px);
        self.detect_in(frame, layout, self.manifest.output.score_min, buffers, on)
    }

    /// Plates of a frame by a cheap look at it made small and a closer one at each place that looks like a plate, surest
    /// first. `None` where the manifest knows of no such look.
    ///
    /// Costs half of what [`detect`](Self::detect) does on a frame with one plate, and gives better corners; it misses
    /// the narrowest plates.
    pub fn glance(
        &self,
        frame: &Frame,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Option<Vec<Detection>>, VisionError> {
        let Some(glance) = self.manifest.glance else { return Ok(None) };
        let layout = Layout::of(frame, &self.manifest, glance.long_side_px);
        let suspected = self.detect_in(frame, layout, glance.score_min, buffers, on)?;
        let mut seen = Vec::new();
        for suspect in suspected.iter().take(SUSPECTS_MAX) {
            seen.extend(self.look_closer(frame, suspect, buffers, on)?);
        }
        seen.sort_by(|a: &Detection, b| b.score.total_cmp(&a.score));
        Ok(Some(peaks::apart(seen.into_iter())))
    }

    /// A second look at one plate, enlarged: its corners and score found anew, or `None` where the detector no longer sees it.
    pub fn look_closer(
        &self,
        frame: &Frame,
        seen: &Detection,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Option<Detection>, VisionError> {
        let Some((part, scale)) = closer::window(frame, &seen.corners) else { return Ok(None) };
        let layout = Layout::of_part(part, scale, &self.manifest);
        let again = self.detect_in(frame, layout, self.manifest.output.score_min, buffers, on)?;
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
        score_min: f32,
        buffers: &mut DetectBuffers,
        on: &OneThread,
    ) -> Result<Vec<Detection>, VisionError> {
        let input = buffers.fill(frame, &self.manifest, layout)?;
        Ok(self.locate_from(input, layout, score_min, on)?)
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
        self.locate_from(input, layout, self.manifest.output.score_min, on)
    }

    fn locate_from(
        &self,
        input: &[f32],
        layout: Layout,
        score_min: f32,
        on: &OneThread,
    ) -> Result<Vec<Detection>, InferError> {
        let found = match self.run(input, layout.padded_height, layout.padded_width, on)? {
            Answer::Maps { heat, corners, cells } => peaks::find(&heat, &corners, cells, score_min),
            Answer::Boxes(found) => found,
        };
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
        let (height, width) = (layout.padded_height, layout.padded_width);
        let (values, cells) = match self.run(input, height, width, on)? {
            Answer::Maps { heat, cells, .. } => (heat, cells),
            Answer::Boxes(found) => painted(&found, height, width),
        };
        let filled = |px: usize| px as f32 / cells.stride;
        let (columns, rows) = (filled(layout.width), filled(layout.height));
        Ok(Heat { values, cells, columns, rows })
    }

    fn run(
        &self,
        input: &[f32],
        height: usize,
        width: usize,
        on: &OneThread,
    ) -> Result<Answer, InferError> {
        let DetectorManifest { name, output, .. } = &self.manifest;
        let answer = self.model.run(input, [1, 3, height, width], on)?;
        match &output.form {
            DetectorForm::Maps { heat, corners, stride } => {
                let outputs = exactly(name, answer)?;
                let (rows, columns) = (height / *stride as usize, width / *stride as usize);
                for ((called, channels), tensor) in
                    [(heat, 1), (corners, 8)].into_iter().zip(&outputs)
                {
                    check_shape(name, called, tensor, &[1, channels, rows, columns])?;
                }
                let cells = Cells { rows, columns, stride: *stride as f32 };
                let [heat, corners] = outputs.map(|tensor| tensor.data);
                Ok(Answer::Maps { heat, corners, cells })
            }
            DetectorForm::Boxes { boxes, row } => {
                let [list] = exactly(name, answer)?;
                Ok(Answer::Boxes(boxes::find((name, boxes), &list, *row, output.score_min)?))
            }
        }
    }
}

/// Boxes as a heat map: each as hot as it is sure.
fn painted(found: &[Detection], height: usize, width: usize) -> (Vec<f32>, Cells) {
    const STRIDE: usize = 8;
    let cells = Cells { rows: height / STRIDE, columns: width / STRIDE, stride: STRIDE as f32 };
    let heat_at = |at: usize| {
        let (row, column) = (at / cells.columns, at % cells.columns);
        let along = |cell: usize| (cell as f32 + 0.5) * cells.stride;
        let place = Point { x: along(column), y: along(row) };
        let around = found.iter().filter(|plate| plate.corners.bounds().contains(place));
        around.map(|plate| plate.score).fold(0.0, f32::max)
    };
    ((0..cells.rows * cells.columns).map(heat_at).collect(), cells)
}
