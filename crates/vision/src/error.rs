//! Why a frame could not be looked at.

use crate::model::InferError;

/// A frame was decoded but not recognised.
#[derive(Debug, thiserror::Error)]
pub enum VisionError {
    /// The frame could not be scaled for the detector.
    #[error("failed to scale {frame}: {reason}")]
    Scale {
        /// Which frame, by its size.
        frame: String,
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
