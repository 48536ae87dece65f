//! Points, four-cornered plates and the projective map between a plate and a rectangle.

mod homography;
mod quad;

pub use homography::Homography;
pub use quad::{Bounds, Point, Quad};
