//! Why a frame could not be looked at.

use crate::model::InferError;

/// A frame was decoded but not recognised.
#[derive(Debug, thiserror::Error)]
pub enum VisionError {
    /// A picture could not be scaled.
    #[error("failed to scale a {width_px}×{height_px} picture: {reason}")]
    Scale {
        /// The picture's width.
        width_px: u32,
        /// The picture's height.
        height_px: u32,
        /// What the resizer said.
        reason: String,
    },
    /// A model failed.
    #[error("a model did not compute")]
    Infer(#[from] InferError),
    /// The corners are no plate that can be made a rectangle.
    #[error("the corners {corners} are not a plate")]
    NotAPlate {
        /// The corners, for whoever looks into it.
        corners: String,
    },
    /// A picture to be kept could not be written as JPEG.
    #[error("failed to write the {picture} picture as JPEG: {reason}")]
    Encode {
        /// Which picture.
        picture: &'static str,
        /// What the encoder said.
        reason: String,
    },
}
