//! PNG and WebP by the `image` crate.

use super::{DecodeError, PictureKind, check_size, upright};
use crate::frame::Frame;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::{Cursor, ErrorKind};

/// What a decoder may allocate: the largest accepted picture as 16-bit RGB (300 MB) does not fit, as 8-bit RGBA
/// (200 MB) it does.
const DECODER_BYTES_MAX: u64 = 256 * 1024 * 1024;

pub(super) fn decode(bytes: &[u8], kind: PictureKind) -> Result<Frame, DecodeError> {
    let format = match kind {
        PictureKind::Jpeg => ImageFormat::Jpeg,
        PictureKind::Png => ImageFormat::Png,
        PictureKind::WebP => ImageFormat::WebP,
    };
    let explain = |err: ImageError| explain(err, kind, bytes.len());
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(explain)?;
    let (width_px, height_px) = decoder.dimensions();
    check_size(kind, width_px, height_px)?;
    if decoder.total_bytes() > DECODER_BYTES_MAX {
        return Err(DecodeError::TooLarge { kind, width_px, height_px });
    }
    let orientation = decoder.orientation().map_err(explain)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    upright(kind, width_px, height_px, picture.into_rgb8().into_raw(), orientation)
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
