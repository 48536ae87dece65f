//! The TOML beside a detector.

use super::{Rule, check_digest, is_plain_name, parse};
use crate::model::ModelError;
use serde::Deserialize;

/// Longest side that a detector may ask for: 1,920 costs nine times what 640 does, and no frame rate survives more.
const LONG_SIDE_MAX_PX: u32 = 1920;
/// A padded side is a multiple of this at most: what YOLO's squares need.
const MULTIPLE_MAX_PX: u32 = LONG_SIDE_MAX_PX;

/// How to use a detector.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorManifest {
    kind: String,
    /// The model's name and version.
    pub name: String,
    /// The ONNX file beside the manifest.
    pub file: String,
    sha256: String,
    /// What the model takes.
    pub input: DetectorInput,
    /// What the model gives.
    pub output: DetectorOutput,
    /// How a frame is first glanced at, for a model that is at home with plates seen small; without it every frame is
    /// looked at in full.
    #[serde(default)]
    pub glance: Option<Glance>,
}

/// A cheap first look: what it suspects is looked at closer.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glance {
    /// The frame is scaled so that its longer side has so many pixels.
    pub long_side_px: u32,
    /// What is suspected from this score on.
    pub score_min: f32,
}

/// What a detector takes: N × 3 × height × width, RGB.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorInput {
    /// The input's name in the ONNX file.
    pub name: String,
    /// The frame is scaled so that its longer side has so many pixels.
    pub long_side_px: u32,
    /// Then both sides are padded, right and below, to a multiple of this: a model that takes squares alone names its
    /// side.
    pub multiple_of: u32,
    /// Taken from red, green and blue in 0–1.
    pub mean: [f32; 3],
    /// What remains is divided by this.
    pub std: [f32; 3],
    /// What the padding is of, 0–1 before `mean` and `std`; without it, zero after them.
    #[serde(default)]
    pub pad: Option<f32>,
}

/// What a detector gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "OutputKeys")]
pub struct DetectorOutput {
    /// The form of its answer.
    pub form: DetectorForm,
    /// Plates less sure than this are none.
    pub score_min: f32,
    /// Plates less sure than this are faint: what they say is believed only where a closer look is surer. Without it, none
    /// is faint.
    pub believed_min: f32,
}

/// The keys as they stand in the file: `heat`, `corners` and `stride`, or `boxes` and `box_row`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutputKeys {
    heat: Option<String>,
    corners: Option<String>,
    stride: Option<u32>,
    boxes: Option<String>,
    box_row: Option<BoxRow>,
    score_min: f32,
    believed_min: Option<f32>,
}

impl TryFrom<OutputKeys> for DetectorOutput {
    type Error = &'static str;

    fn try_from(keys: OutputKeys) -> Result<DetectorOutput, &'static str> {
        let OutputKeys { heat, corners, stride, boxes, box_row, score_min, believed_min } = keys;
        let form = match (heat, corners, stride, boxes, box_row) {
            (Some(heat), Some(corners), Some(stride), None, None) => {
                DetectorForm::Maps { heat, corners, stride }
            }
            (None, None, None, Some(boxes), Some(row)) => DetectorForm::Boxes { boxes, row },
            _ => return Err("output must name heat, corners and stride, or boxes and box_row"),
        };
        Ok(DetectorOutput { form, score_min, believed_min: believed_min.unwrap_or(score_min) })
    }
}

/// The forms of a detector's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DetectorForm {
    /// Maps over the picture.
    Maps {
        /// Name of N × 1 × h × w, the probability that a plate's centre lies in a cell.
        heat: String,
        /// Name of N × 8 × h × w, the corners' x and y relative to the cell's centre, in input pixels.
        corners: String,
        /// Input pixels per cell.
        stride: u32,
    },
    /// A list of upright boxes, overlaps already taken out by the model.
    Boxes {
        /// Name of plates × numbers, or 1 × plates × numbers.
        boxes: String,
        /// What the numbers of a plate are.
        row: BoxRow,
    },
}

/// What the numbers of a box are. Places are in input pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxRow {
    /// Picture's number, left, top, right, bottom, class, score: YOLO exported with its own suppression.
    BatchBoxClassScore,
    /// Left, top, right, bottom, score, class: YOLO from version 10 on, which needs none.
    BoxScoreClass,
}

impl DetectorForm {
    /// The outputs' names, in the order in which they are asked for.
    pub fn names(&self) -> Vec<&str> {
        match self {
            DetectorForm::Maps { heat, corners, .. } => vec![heat, corners],
            DetectorForm::Boxes { boxes, .. } => vec![boxes],
        }
    }

    /// Input pixels per cell of a map; 1 where there is none.
    fn stride(&self) -> u32 {
        match self {
            DetectorForm::Maps { stride, .. } => *stride,
            DetectorForm::Boxes { .. } => 1,
        }
    }
}

impl DetectorManifest {
    /// Reads a manifest; `file` is its name, for errors.
    pub fn parse(file: &str, text: &str) -> Result<DetectorManifest, ModelError> {
        parse(file, text, DetectorManifest::rules)
    }

    fn rules(&self) -> Vec<Rule> {
        let DetectorManifest { input, output, .. } = self;
        let stride = output.form.stride();
        vec![
            (self.kind == "detector", "kind must be \"detector\""),
            (is_plain_name(&self.file), "file must name a file beside the manifest"),
            (
                (1..=LONG_SIDE_MAX_PX).contains(&input.long_side_px),
                "long_side_px must be 1 to 1920",
            ),
            ((1..=MULTIPLE_MAX_PX).contains(&input.multiple_of), "multiple_of must be 1 to 1920"),
            (input.std.iter().all(|std| *std > 0.0), "std must be above 0"),
            (input.pad.is_none_or(|pad| (0.0..=1.0).contains(&pad)), "pad must be 0 to 1"),
            ((1..=64).contains(&stride), "stride must be 1 to 64"),
            (input.multiple_of % stride.max(1) == 0, "multiple_of must be a multiple of stride"),
            ((0.0..=1.0).contains(&output.score_min), "score_min must be 0 to 1"),
            (
                (output.score_min..=1.0).contains(&output.believed_min),
                "believed_min must be score_min to 1",
            ),
            (
                self.glance.is_none_or(|it| (1..=LONG_SIDE_MAX_PX).contains(&it.long_side_px)),
                "glance.long_side_px must be 1 to 1920",
            ),
            (
                self.glance.is_none_or(|it| (0.0..=1.0).contains(&it.score_min)),
                "glance.score_min must be 0 to 1",
            ),
        ]
    }

    /// Refuses bytes other than those the manifest names.
    pub fn check_digest(&self, onnx: &[u8]) -> Result<(), ModelError> {
        check_digest(&self.file, &self.sha256, onnx)
    }
}
