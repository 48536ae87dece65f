//! A second look at a plate, at the size the detector knows best.
//!
//! Reading falls off once a corner is wrong by more than two hundredths of the plate's width; on a plate of 60 pixels
//! that is one pixel, and the first look's cells are eight wide. Enlarging the plate's surroundings costs a tenth of
//! the first look (measured on us_scenes: 89.6 → 91.9 % with it).

use super::Detection;
use crate::frame::Frame;
use crate::geometry::Quad;
use crate::resize::Rect;

/// Width that the plate is given in the input: the middle of the sizes the detector was trained on.
const PLATE_WIDTH_PX: f32 = 88.0;
/// The input: twice the plate each way, so that its surroundings say where it ends.
const INPUT_WIDTH_PX: f32 = 192.0;
const INPUT_HEIGHT_PX: f32 = 128.0;
/// A plate higher than this share of the input is made smaller, so that a square one fits too.
const PLATE_SHARE_MAX: f32 = 0.55;
/// What the second look must share with the first to be the same plate.
const OVERLAP_MIN: f32 = 0.35;

/// The part of the frame to look at, and the input pixels for each of its own. `None` for corners without a size.
pub(super) fn window(frame: &Frame, corners: &Quad) -> Option<(Rect, f32)> {
    let (width, height) = (corners.width(), corners.height());
    let scale = (PLATE_WIDTH_PX / width).min(PLATE_SHARE_MAX * INPUT_HEIGHT_PX / height);
    if !scale.is_finite() || scale <= 0.0 {
        return None;
    }
    let centre = corners.centre();
    // Moved inwards where the plate is near the edge, cut where the frame is smaller than the window.
    let along = |centre: f32, input: f32, len: u32| {
        let len = len.max(1);
        let size = (input / scale).clamp(1.0, len as f32);
        let start = (centre - size / 2.0).clamp(0.0, len as f32 - size);
        let start = (start.round() as u32).min(len - 1);
        // One input pixel more than there are would be padded to the next multiple: a sixth more to compute.
        let fits = (size.round() * scale).round() <= input;
        let size = if fits { size.round() } else { size.floor() };
        (start, (size as u32).clamp(1, len - start))
    };
    let (left, width) = along(centre.x, INPUT_WIDTH_PX, frame.width_px);
    let (top, height) = along(centre.y, INPUT_HEIGHT_PX, frame.height_px);
    Some((Rect { left, top, width, height }, scale))
}

/// Of the second look's finds the one that is the first look's plate.
pub(super) fn same_plate(seen: &Detection, again: &[Detection]) -> Option<Detection> {
    let bounds = seen.corners.bounds();
    let shared = again.iter().map(|other| (other, other.corners.bounds().overlap(&bounds)));
    let (best, _) = shared
        .filter(|(_, overlap)| *overlap >= OVERLAP_MIN)
        .max_by(|(a, x), (b, y)| (a.score * x).total_cmp(&(b.score * y)))?;
    Some(*best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;
    use proptest::prelude::*;

    fn frame(width_px: u32, height_px: u32) -> Frame {
        Frame::from_rgb(width_px, height_px, vec![0; (width_px * height_px * 3) as usize]).unwrap()
    }

    fn upright(left: f32, top: f32, width: f32, height: f32) -> Quad {
        Quad {
            top_left: Point { x: left, y: top },
            top_right: Point { x: left + width, y: top },
            bottom_right: Point { x: left + width, y: top + height },
            bottom_left: Point { x: left, y: top + height },
        }
    }

    #[test]
    fn a_plate_stands_in_the_middle_of_its_window() {
        let (part, scale) = window(&frame(640, 480), &upright(300.0, 200.0, 44.0, 22.0)).unwrap();
        assert_eq!(scale, 2.0);
        assert_eq!(part, Rect { left: 274, top: 179, width: 96, height: 64 });
    }

    proptest! {
        #[test]
        fn no_window_needs_more_than_the_input(width in 4.0f32..400.0, left in 0.0f32..1000.0) {
            let (part, scale) = window(&frame(1280, 720), &upright(left, 300.0, width, width / 2.0)).unwrap();
            prop_assert!((part.width as f32 * scale).round() <= INPUT_WIDTH_PX);
            prop_assert!((part.height as f32 * scale).round() <= INPUT_HEIGHT_PX);
        }
    }

    #[test]
    fn at_the_edge_the_window_moves_inwards() {
        let (part, _) = window(&frame(640, 480), &upright(0.0, 460.0, 44.0, 22.0)).unwrap();
        assert_eq!(part, Rect { left: 0, top: 416, width: 96, height: 64 });
    }

    #[test]
    fn in_a_small_frame_the_window_is_the_frame() {
        let (part, _) = window(&frame(60, 40), &upright(10.0, 10.0, 40.0, 20.0)).unwrap();
        assert_eq!(part, Rect { left: 0, top: 0, width: 60, height: 40 });
    }

    #[test]
    fn wild_corners_have_a_window_in_the_frame_or_none() {
        assert_eq!(window(&frame(60, 40), &upright(f32::NAN, 0.0, 1.0, 1.0)), None);
        let (part, _) = window(&frame(60, 40), &upright(900.0, -900.0, 5.0, 2.0)).unwrap();
        assert!(part.left + part.width <= 60 && part.top + part.height <= 40);
    }

    #[test]
    fn only_the_same_plate_is_taken() {
        let seen = Detection { corners: upright(100.0, 100.0, 60.0, 30.0), score: 0.6 };
        let better = Detection { corners: upright(102.0, 101.0, 58.0, 29.0), score: 0.9 };
        let other = Detection { corners: upright(200.0, 100.0, 60.0, 30.0), score: 0.99 };
        let found = same_plate(&seen, &[other, better]).unwrap();
        assert_eq!(found, better);
        assert_eq!(same_plate(&seen, &[other]), None);
    }
}
