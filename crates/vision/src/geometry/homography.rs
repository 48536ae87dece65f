//! The projective map from a plate's own square to its corners in a frame.

use super::{Point, Quad};

/// Maps the unit square, (0, 0) at the plate's top left and (1, 1) at its bottom right, into a frame.
///
/// A flat plate seen by a camera at any angle is exactly such a map, so equal steps on the plate stay equal
/// after rectifying even where the photograph shrinks the far end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography {
    x: [f32; 3],
    y: [f32; 3],
    w: [f32; 3],
}

impl Homography {
    /// The map that takes the unit square's corners to the plate's. `None` for corners that are no convex plate.
    ///
    /// The closed form for a square, after Heckbert (1989).
    pub fn to_quad(quad: &Quad) -> Option<Homography> {
        if !quad.is_convex() {
            return None;
        }
        let [p0, p1, p2, p3] = quad.points();
        let sum = Point { x: p0.x - p1.x + p2.x - p3.x, y: p0.y - p1.y + p2.y - p3.y };
        let (a, b) =
            (Point { x: p1.x - p2.x, y: p1.y - p2.y }, Point { x: p3.x - p2.x, y: p3.y - p2.y });
        let scale = a.x * b.y - b.x * a.y;
        let g = (sum.x * b.y - b.x * sum.y) / scale;
        let h = (a.x * sum.y - sum.x * a.y) / scale;
        let map = Homography {
            x: [p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x],
            y: [p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y],
            w: [g, h, 1.0],
        };
        (g.is_finite() && h.is_finite()).then_some(map)
    }

    /// Where (u, v) of the plate lies in the frame. Outside 0 to 1 it is what surrounds the plate.
    pub fn at(&self, u: f32, v: f32) -> Point {
        let dot = |[a, b, c]: [f32; 3]| a * u + b * v + c;
        let w = dot(self.w);
        Point { x: dot(self.x) / w, y: dot(self.y) / w }
    }

    /// Where a line across the plate lies: a place for each `u`, all at one `v`.
    pub fn line(&self, us: &[f32], v: f32, places: &mut [Point]) {
        for (place, u) in places.iter_mut().zip(us) {
            *place = self.at(*u, v);
        }
    }

    /// The plate with a border, a share of its own width and height on each side.
    pub fn padded(&self, share: f32) -> Quad {
        let (near, far) = (-share, 1.0 + share);
        Quad {
            top_left: self.at(near, near),
            top_right: self.at(far, near),
            bottom_right: self.at(far, far),
            bottom_left: self.at(near, far),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quad(points: [(f32, f32); 4]) -> Quad {
        Quad::from_points(points.map(|(x, y)| Point { x, y }))
    }

    #[test]
    fn corners_go_to_corners() {
        let seen = quad([(10.0, 22.0), (52.0, 18.0), (55.0, 37.0), (9.0, 44.0)]);
        let map = Homography::to_quad(&seen).unwrap();
        let square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        for ((u, v), corner) in square.into_iter().zip(seen.points()) {
            assert!(map.at(u, v).distance(corner) < 1e-3, "{:?} {corner:?}", map.at(u, v));
        }
        // The diagonals of a plate cross in its middle, at any angle of view.
        let middle = map.at(0.5, 0.5);
        let on_line = |a: Point, b: Point| {
            ((b.x - a.x) * (middle.y - a.y) - (b.y - a.y) * (middle.x - a.x)).abs() < 1e-2
        };
        assert!(on_line(seen.top_left, seen.bottom_right));
        assert!(on_line(seen.top_right, seen.bottom_left));
    }

    #[test]
    fn padding_is_a_share_of_each_side() {
        let seen = quad([(0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0)]);
        let padded = Homography::to_quad(&seen).unwrap().padded(0.1);
        let expected = quad([(-10.0, -5.0), (110.0, -5.0), (110.0, 55.0), (-10.0, 55.0)]);
        for (got, want) in padded.points().into_iter().zip(expected.points()) {
            assert!(got.distance(want) < 1e-3);
        }
    }

    #[test]
    fn no_plate_no_map() {
        let crossed = quad([(10.0, 20.0), (50.0, 20.0), (10.0, 40.0), (50.0, 40.0)]);
        assert!(Homography::to_quad(&crossed).is_none());
    }
}
