//! Bytes of a picture to a frame.
//!
//! The bytes come from outside and are not to be trusted: sizes are read from the header and held against the
//! limits below before anything is allocated for pixels.

mod jpeg;
mod other;

use crate::frame::Frame;
use image::metadata::Orientation;

/// Bytes of one picture. A 50-megapixel JPEG at high quality stays under this; more is no camera's frame.
pub const PICTURE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Pixels of one picture: 150 MB as RGB, the most that one decode may take of the server's memory.
pub const PICTURE_PIXELS_MAX: u64 = 50_000_000;
/// Longest side in pixels: bounds what a row may take, and no camera sold is wider.
pub const PICTURE_SIDE_MAX_PX: u32 = 16_384;

/// The kinds of picture that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

impl std::fmt::Display for PictureKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PictureKind::Jpeg => "JPEG",
            PictureKind::Png => "PNG",
            PictureKind::WebP => "WebP",
        })
    }
}

/// Why bytes could not become a frame.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Nothing was sent.
    #[error("the picture is empty (0 bytes)")]
    Empty,
    /// More bytes than are accepted.
    #[error("the picture has {bytes} bytes; at most {PICTURE_BYTES_MAX} are accepted")]
    TooManyBytes {
        /// How many came.
        bytes: usize,
    },
    /// The first bytes are of no kind that is read.
    #[error("not a JPEG, PNG or WebP picture (it begins with {begins})")]
    UnknownKind {
        /// The first bytes, in hexadecimal.
        begins: String,
    },
    /// More pixels, or a longer side, than is accepted.
    #[error(
        "the {kind} is {width_px}×{height_px} pixels; at most {PICTURE_PIXELS_MAX} pixels and \
         {PICTURE_SIDE_MAX_PX} on a side are accepted"
    )]
    TooLarge {
        /// What kind of picture.
        kind: PictureKind,
        /// Its width as its header says.
        width_px: u32,
        /// Its height as its header says.
        height_px: u32,
    },
    /// The picture ends before all its pixels have come.
    #[error("the {kind} is cut short: its {bytes} bytes end before the last pixel")]
    CutShort {
        /// What kind of picture.
        kind: PictureKind,
        /// How many bytes came.
        bytes: usize,
    },
    /// The picture breaks its format's rules.
    #[error("the {kind} is broken: {reason}")]
    Broken {
        /// What kind of picture.
        kind: PictureKind,
        /// What the decoder said.
        reason: String,
    },
}

impl Frame {
    /// Decodes a JPEG, PNG or WebP picture, turned upright as its EXIF orientation says.
    ///
    /// A picture that is cut short is an error, never a half-grey frame: a plate could hide in what is missing.
    pub fn decode(bytes: &[u8]) -> Result<Frame, DecodeError> {
        if bytes.is_empty() {
            return Err(DecodeError::Empty);
        }
        if bytes.len() > PICTURE_BYTES_MAX {
            return Err(DecodeError::TooManyBytes { bytes: bytes.len() });
        }
        match kind_of(bytes) {
            Some(PictureKind::Jpeg) => jpeg::decode(bytes),
            Some(kind @ (PictureKind::Png | PictureKind::WebP)) => other::decode(bytes, kind),
            None => Err(DecodeError::UnknownKind { begins: first_bytes(bytes) }),
        }
    }
}

/// The kind that the first bytes announce. File names are not asked: they lie.
fn kind_of(bytes: &[u8]) -> Option<PictureKind> {
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Some(PictureKind::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(PictureKind::Png)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice()) {
        Some(PictureKind::WebP)
    } else {
        None
    }
}

/// Up to four first bytes for an error: enough to tell an HTML page from a cut-off file, too few to show content.
fn first_bytes(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    shown.join(" ")
}

/// Refuses a size over the limits.
fn check_size(kind: PictureKind, width_px: u32, height_px: u32) -> Result<(), DecodeError> {
    let pixels = u64::from(width_px) * u64::from(height_px);
    if width_px == 0 || height_px == 0 {
        return Err(DecodeError::Broken { kind, reason: "it has no pixels".to_owned() });
    }
    if pixels > PICTURE_PIXELS_MAX || width_px.max(height_px) > PICTURE_SIDE_MAX_PX {
        return Err(DecodeError::TooLarge { kind, width_px, height_px });
    }
    Ok(())
}

/// Turns decoded pixels as the camera was held.
fn upright(
    kind: PictureKind,
    width_px: u32,
    height_px: u32,
    rgb: Vec<u8>,
    orientation: Orientation,
) -> Result<Frame, DecodeError> {
    let broken = |bytes: usize| DecodeError::Broken {
        kind,
        reason: format!("{bytes} bytes of pixels came for {width_px}×{height_px}"),
    };
    if orientation == Orientation::NoTransforms {
        return Frame::from_rgb(width_px, height_px, rgb).map_err(|err| broken(err.bytes));
    }
    let bytes = rgb.len();
    let flat = image::RgbImage::from_raw(width_px, height_px, rgb).ok_or_else(|| broken(bytes))?;
    let mut turned = image::DynamicImage::ImageRgb8(flat);
    turned.apply_orientation(orientation);
    let (width_px, height_px) = (turned.width(), turned.height());
    Frame::from_rgb(width_px, height_px, turned.into_rgb8().into_raw())
        .map_err(|err| broken(err.bytes))
}

#[cfg(test)]
mod tests;
