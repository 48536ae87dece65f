//! Frames to plates: decode, detect, rectify, read, mask.
//!
//! Ring 1: bytes in, values out; no clock, no chance, no network. Each stage is public and can be tried apart:
//!
//! 1. [`Frame::decode`]: a JPEG, PNG or WebP to pixels, within stated limits;
//! 2. [`Detector::detect`]: pixels to plates with four corners;
//! 3. [`rectify()`]: four corners to an upright rectangle, with the border that the model was trained on;
//! 4. [`Reader::read`]: rectangles to texts, with a probability for each character and the ten likeliest texts;
//! 5. [`Issuer::look`]: coloured rectangles to who issued the plates.
//!
//! [`Recogniser`] is all of them; [`Passages`] makes one read of the several frames that a plate passes through. [`keep_pictures`] makes the two pictures that may be kept of a read, in which
//! nobody can be recognised.

mod cubic;
mod decode;
mod detect;
mod error;
mod frame;
mod geometry;
mod issue;
mod model;
mod passage;
mod plate_input;
mod privacy;
mod read;
mod recognise;
mod rectify;
mod resize;

pub use decode::{
    DecodeError, PICTURE_BYTES_MAX, PICTURE_PIXELS_MAX, PICTURE_SIDE_MAX_PX, PictureKind,
};
pub use detect::{DetectBuffers, Detection, Detector, Heat, Layout};
pub use error::VisionError;
pub use frame::{Frame, FrameSizeError};
pub use geometry::{Bounds, Homography, Point, Quad};
pub use issue::{Issuer, IssuerGuess, IssuerSighting};
#[cfg(feature = "onnx-runtime")]
pub use model::OnnxRuntime;
pub use model::{
    Axes, BoxRow, CtcForm, DetectorForm, DetectorInput, DetectorManifest, DetectorOutput, Glance,
    InferError, IssuerManifest, IssuerOutput, Model, ModelError, Normalise, Nothing, OneThread,
    PlateInput, ReaderManifest, ReaderOutput, RtenModel, Runtime, Tensor,
};
pub use passage::{Passage, Passages};
pub use privacy::{KeptPictures, keep_pictures};
pub use read::{ALTERNATIVES_MAX, Alternative, Reader, Reading, Sighting};
pub use recognise::{PlateFound, PlateSeen, Recogniser};
pub use rectify::{Colours, Rectified, Upright, rectify};
