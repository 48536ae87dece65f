//! Where, around a plate, the vehicle is, and which part of it may stay as photographed.

use crate::frame::Frame;
use crate::geometry::{Bounds, Quad};
use crate::resize::Rect;

/// Share of the plate's own size shown around it in its picture: the holder and a little bodywork, so that a
/// character cut by a loose corner is still there.
const PLATE_MARGIN: f32 = 0.25;

/// A car is about six feet wide: three plates to either side of its middle, and a little for plates off-centre.
const VEHICLE_SIDE: f32 = 3.3;
/// From the plate up to the roof: a van's is five feet above a front plate, most cars' half that.
const VEHICLE_ABOVE: f32 = 3.2;
/// From the plate down to the road.
const VEHICLE_BELOW: f32 = 2.2;

/// Bodywork left as photographed, to either side of the plate's middle: inside the narrowest car's lamps, so that
/// nobody beside the car stands in it.
const CLEAR_SIDE: f32 = 1.7;
/// Above the plate's middle. Half of it is the plate's own upper half; the rest stays below the rear glass of
/// hatchbacks, whose plate is nearest to it.
const CLEAR_ABOVE: f32 = 0.5;
/// Below the plate's middle: the bumper.
const CLEAR_BELOW: f32 = 0.8;

/// A face is six inches wide, half a plate: with cells of that width there is one value for it.
const CELL: f32 = 0.5;
/// Cells are never finer than this, for plates so small that half their width would still show features.
const CELL_MIN_PX: f32 = 8.0;

/// A plate's surroundings in frame pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// What the plate's picture shows.
    pub plate: Rect,
    /// What the vehicle's picture shows.
    pub vehicle: Rect,
    /// What of it stays as photographed.
    pub clear: Rect,
    /// Width and height of the cells of all the rest.
    pub cell_px: f32,
}

impl Place {
    /// `None` where no pixel of the plate is in the frame. Where it is not `sure` that this is a plate, nothing around
    /// it is known to be bodywork, and only the plate itself stays.
    pub(super) fn of(frame: &Frame, corners: &Quad, sure: bool) -> Option<Place> {
        let (width, height) = (corners.width(), corners.height());
        // Seen at an angle a plate is narrower, seen small its height is uncertain, and a European one is 4.6
        // times as wide as high. Each measure takes the reading of "12 inches" that shows less.
        let small = width.min(2.4 * height);
        let large = width.max(2.0 * height);
        let centre = corners.centre();
        let around = |side: f32, above: f32, below: f32, unit: f32| Bounds {
            left: centre.x - side * unit,
            top: centre.y - above * unit,
            right: centre.x + side * unit,
            bottom: centre.y + below * unit,
        };
        let bare = corners.bounds();
        let framed = bare.grown(PLATE_MARGIN * bare.width(), PLATE_MARGIN * bare.height());
        let bodywork = around(CLEAR_SIDE, CLEAR_ABOVE, CLEAR_BELOW, small);
        Some(Place {
            plate: clipped(if sure { framed } else { bare }, frame)?,
            vehicle: clipped(around(VEHICLE_SIDE, VEHICLE_ABOVE, VEHICLE_BELOW, large), frame)?,
            clear: clipped(if sure { bodywork } else { bare }, frame)?,
            cell_px: (CELL * large).max(CELL_MIN_PX),
        })
    }
}

fn clipped(bounds: Bounds, frame: &Frame) -> Option<Rect> {
    // Floats saturate when cast: what is left of the frame becomes 0.
    let within = |near: f32, far: f32, len: u32| {
        let start = (near.floor() as u32).min(len);
        let end = (far.ceil() as u32).min(len);
        (end > start).then_some((start, end - start))
    };
    let (left, width) = within(bounds.left, bounds.right, frame.width_px)?;
    let (top, height) = within(bounds.top, bounds.bottom, frame.height_px)?;
    Some(Rect { left, top, width, height })
}
