//! One picture from a camera, as pixels.

use crate::resize::{Picture, Rect};

/// One picture: red, green and blue, eight bits each, row by row, without gaps.
///
/// Places in a frame are continuous: pixel (0, 0) covers x and y from 0 to 1, and its centre is (0.5, 0.5).
#[derive(Clone)]
pub struct Frame {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    rgb: Vec<u8>,
}

/// Bytes a pixel takes in a frame: red, green, blue.
pub(crate) const CHANNELS: usize = 3;

/// The pixels handed in do not fill the size named.
#[derive(Debug, thiserror::Error)]
#[error("a frame of {width_px}×{height_px} pixels takes {expected} bytes of RGB, not {bytes}")]
pub struct FrameSizeError {
    /// Width named, in pixels.
    pub width_px: u32,
    /// Height named, in pixels.
    pub height_px: u32,
    /// Bytes that size takes.
    pub expected: usize,
    /// Bytes handed in.
    pub bytes: usize,
}

impl Frame {
    /// A frame from pixels already decoded (a video's, say): `rgb` holds width × height × 3 bytes.
    pub fn from_rgb(width_px: u32, height_px: u32, rgb: Vec<u8>) -> Result<Frame, FrameSizeError> {
        let expected = rgb_bytes(width_px, height_px);
        if rgb.len() != expected || expected == 0 {
            return Err(FrameSizeError { width_px, height_px, expected, bytes: rgb.len() });
        }
        Ok(Frame { width_px, height_px, rgb })
    }

    /// The pixels: width × height × 3 bytes, row by row from the top.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The same, borrowed.
    pub(crate) fn picture(&self) -> Picture<'_> {
        Picture { width_px: self.width_px, height_px: self.height_px, rgb: &self.rgb }
    }

    /// All of it.
    pub(crate) fn whole(&self) -> Rect {
        Rect { left: 0, top: 0, width: self.width_px, height: self.height_px }
    }

    /// Row `y` as RGB bytes; empty below the last row.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        let stride = self.width_px as usize * CHANNELS;
        self.rgb.get(y * stride..(y + 1) * stride).unwrap_or_default()
    }
}

/// Bytes that a picture of this size takes as RGB.
pub(crate) fn rgb_bytes(width_px: u32, height_px: u32) -> usize {
    (width_px as usize).saturating_mul(height_px as usize).saturating_mul(CHANNELS)
}

/// Says the size only: a frame may show people, and its bytes must not reach a log.
impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({}×{})", self.width_px, self.height_px)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_must_fill_the_size() {
        assert!(Frame::from_rgb(2, 2, vec![0; 12]).is_ok());
        let refused = Frame::from_rgb(2, 2, vec![0; 11]).unwrap_err();
        assert_eq!(refused.to_string(), "a frame of 2×2 pixels takes 12 bytes of RGB, not 11");
        assert!(Frame::from_rgb(0, 2, vec![]).is_err());
    }

    #[test]
    fn rows_follow_one_another_and_end() {
        let frame = Frame::from_rgb(1, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(frame.row(1), [4, 5, 6]);
        assert!(frame.row(2).is_empty());
    }

    #[test]
    fn debug_shows_no_pixels() {
        let frame = Frame::from_rgb(1, 1, vec![77; 3]).unwrap();
        assert_eq!(format!("{frame:?}"), "Frame(1×1)");
    }
}
