//! What models take of a plate.

use super::Rule;
use crate::rectify::{Colours, Upright};
use serde::Deserialize;

/// Pictures of plates larger than this would cost more than detection.
const PLATE_SIDE_MAX_PX: u32 = 512;

/// What a model takes of a plate: a rectangle. Models that declare bytes are given bytes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlateInput {
    /// The input's name in the ONNX file.
    pub name: String,
    /// Height of the rectified plate.
    pub height_px: u32,
    /// Width of the rectified plate.
    pub width_px: u32,
    /// What is kept of each pixel.
    #[serde(default)]
    pub colours: Colours,
    /// In which order the axes come.
    #[serde(default)]
    pub axes: Axes,
    /// How the values are normalised.
    pub normalise: Normalise,
    /// Border, as a share of the plate's own width and height, added on each side before rectifying.
    pub padding: f32,
}

impl PlateInput {
    /// The rectangle to be made of a plate.
    pub fn upright(&self) -> Upright {
        Upright {
            width_px: self.width_px as usize,
            height_px: self.height_px as usize,
            padding: self.padding,
            colours: self.colours,
        }
    }

    /// What must hold, for every kind of model that takes plates.
    pub(super) fn rules(&self) -> [Rule; 3] {
        let sides = 1..=PLATE_SIDE_MAX_PX;
        [
            (sides.contains(&self.height_px), "height_px must be 1 to 512"),
            (sides.contains(&self.width_px), "width_px must be 1 to 512"),
            ((0.0..=0.5).contains(&self.padding), "padding must be 0 to 0.5"),
        ]
    }
}

/// The order of an input's axes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Axes {
    /// Plates × channels × height × width.
    #[default]
    Nchw,
    /// Plates × height × width × channels.
    Nhwc,
}

/// How a plate's values are normalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalise {
    /// (value − mean) ÷ deviation, both of this picture, over all of its channels.
    PerImage,
    /// Not at all: 0–255, as the model's own first layers want it.
    Bytes,
}
