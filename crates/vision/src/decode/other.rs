//! PNG and WebP by the `image` crate.

use super::{DecodeError, PictureKind, check_size, upright};
use crate::frame::Frame;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader};
use std::io::{Cursor, ErrorKind};

pub(super) fn decode(bytes: &[u8], kind: PictureKind) -> Result<Frame, DecodeError> {
    let (format, size) = match kind {
        PictureKind::Png => (ImageFormat::Png, png_size(bytes)),
        PictureKind::WebP => (ImageFormat::WebP, webp_size(bytes)),
        PictureKind::Jpeg => (ImageFormat::Jpeg, None),
    };
    let Some((width_px, height_px)) = size else {
        return Err(DecodeError::CutShort { kind, bytes: bytes.len() });
    };
    check_size(kind, width_px, height_px)?;
    let explain = |err| explain(err, kind, bytes.len());
    let reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut decoder = reader.into_decoder().map_err(explain)?;
    // A picture whose EXIF data is broken is still a picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    let (width_px, height_px) = (picture.width(), picture.height());
    check_size(kind, width_px, height_px)?;
    let rgb = picture.into_rgb8().into_raw();
    upright(kind, width_px, height_px, rgb, orientation)
}

/// The size in a PNG's header chunk, which is always first.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}

/// The size in a WebP's first chunk, which may be of three kinds.
fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize, len: usize| {
        let little = bytes.get(at..at + len)?.iter().rev();
        Some(little.fold(0u32, |so_far, byte| so_far << 8 | u32::from(*byte)))
    };
    const FOURTEEN_BITS: u32 = 0x3FFF;
    match bytes.get(12..16)? {
        // Lossy: a frame tag and a start code, then two numbers of 14 bits and a scale.
        b"VP8 " => Some((number(26, 2)? & FOURTEEN_BITS, number(28, 2)? & FOURTEEN_BITS)),
        // Lossless: a signature byte, then two numbers of 14 bits, each one less.
        b"VP8L" => {
            let both = number(21, 4)?;
            Some(((both & FOURTEEN_BITS) + 1, (both >> 14 & FOURTEEN_BITS) + 1))
        }
        // Extended: a canvas of two numbers of 24 bits, each one less.
        b"VP8X" => Some((number(24, 3)? + 1, number(27, 3)? + 1)),
        _ => None,
    }
}

/// Says in our words what the decoder met.
fn explain(err: ImageError, kind: PictureKind, bytes: usize) -> DecodeError {
    match err {
        ImageError::IoError(io) if io.kind() == ErrorKind::UnexpectedEof => {
            DecodeError::CutShort { kind, bytes }
        }
        other => DecodeError::Broken { kind, reason: other.to_string() },
    }
}
