//! A plate's place in a frame: four corners.

/// A place in a frame in pixels; pixel (0, 0) covers 0 to 1 on both axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// From the left edge.
    pub x: f32,
    /// From the top edge.
    pub y: f32,
}

impl Point {
    /// Distance to another place, in pixels.
    pub fn distance(self, other: Point) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The place half-way to another.
    pub fn middle(self, other: Point) -> Point {
        Point { x: (self.x + other.x) / 2.0, y: (self.y + other.y) / 2.0 }
    }
}

/// Four corners of a plate, named as its text is read: top left is where the first character begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quad {
    /// Above the first character.
    pub top_left: Point,
    /// Above the last character.
    pub top_right: Point,
    /// Below the last character.
    pub bottom_right: Point,
    /// Below the first character.
    pub bottom_left: Point,
}

/// The smallest upright rectangle around something, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Left edge.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Lower edge.
    pub bottom: f32,
}

impl Quad {
    /// From corners in the order top left, top right, bottom right, bottom left.
    pub fn from_points([top_left, top_right, bottom_right, bottom_left]: [Point; 4]) -> Quad {
        Quad { top_left, top_right, bottom_right, bottom_left }
    }

    /// The corners in the order top left, top right, bottom right, bottom left.
    pub fn points(&self) -> [Point; 4] {
        [self.top_left, self.top_right, self.bottom_right, self.bottom_left]
    }

    /// Every corner through the same function.
    pub fn map(&self, change: impl Fn(Point) -> Point) -> Quad {
        Quad::from_points(self.points().map(change))
    }

    /// Mean of the corners.
    pub fn centre(&self) -> Point {
        self.top_left.middle(self.bottom_right).middle(self.top_right.middle(self.bottom_left))
    }

    /// Mean length of the upper and lower edge, in pixels.
    pub fn width(&self) -> f32 {
        (self.top_left.distance(self.top_right) + self.bottom_left.distance(self.bottom_right))
            / 2.0
    }

    /// Mean length of the left and right edge, in pixels.
    pub fn height(&self) -> f32 {
        (self.top_left.distance(self.bottom_left) + self.top_right.distance(self.bottom_right))
            / 2.0
    }

    /// The upright rectangle around the corners.
    pub fn bounds(&self) -> Bounds {
        let corners = self.points();
        let fold = |pick: fn(Point) -> f32, join: fn(f32, f32) -> f32, start: f32| {
            corners.iter().fold(start, |so_far, corner| join(so_far, pick(*corner)))
        };
        Bounds {
            left: fold(|p| p.x, f32::min, f32::INFINITY),
            top: fold(|p| p.y, f32::min, f32::INFINITY),
            right: fold(|p| p.x, f32::max, f32::NEG_INFINITY),
            bottom: fold(|p| p.y, f32::max, f32::NEG_INFINITY),
        }
    }

    /// Area in square pixels; negative where the corners run against the clock.
    pub fn signed_area(&self) -> f32 {
        let across = Point {
            x: self.bottom_right.x - self.top_left.x,
            y: self.bottom_right.y - self.top_left.y,
        };
        let down = Point {
            x: self.bottom_left.x - self.top_right.x,
            y: self.bottom_left.y - self.top_right.y,
        };
        (across.x * down.y - across.y * down.x) / 2.0
    }

    /// Whether the corners make a plate: finite, clockwise on the screen, and bulging at every corner. Anything
    /// else cannot be rectified.
    pub fn is_convex(&self) -> bool {
        let corners = self.points();
        let next = corners.iter().cycle().skip(1);
        let after = corners.iter().cycle().skip(2);
        corners.iter().zip(next).zip(after).all(|((a, b), c)| {
            let turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
            turn.is_finite() && turn > 0.0
        })
    }
}

impl Bounds {
    /// Width in pixels, never negative.
    pub fn width(&self) -> f32 {
        (self.right - self.left).max(0.0)
    }

    /// Height in pixels, never negative.
    pub fn height(&self) -> f32 {
        (self.bottom - self.top).max(0.0)
    }

    /// What two rectangles share over what they cover together: 0 apart, 1 the same.
    pub fn overlap(&self, other: &Bounds) -> f32 {
        let shared = Bounds {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        let both = shared.width() * shared.height();
        let either = self.width() * self.height() + other.width() * other.height() - both;
        if either > 0.0 { both / either } else { 0.0 }
    }

    /// Whether a place lies inside.
    pub fn contains(&self, place: Point) -> bool {
        (self.left..=self.right).contains(&place.x) && (self.top..=self.bottom).contains(&place.y)
    }

    /// Moved outwards by so many pixels on each side.
    pub fn grown(&self, across: f32, down: f32) -> Bounds {
        Bounds {
            left: self.left - across,
            top: self.top - down,
            right: self.right + across,
            bottom: self.bottom + down,
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
    fn an_upright_plate_has_its_size() {
        let plate = quad([(10.0, 20.0), (50.0, 20.0), (50.0, 40.0), (10.0, 40.0)]);
        assert_eq!((plate.width(), plate.height(), plate.signed_area()), (40.0, 20.0, 800.0));
        assert_eq!(plate.centre(), Point { x: 30.0, y: 30.0 });
        assert!(plate.is_convex());
    }

    #[test]
    fn mirrored_crossed_and_endless_corners_are_no_plate() {
        let mirrored = quad([(50.0, 20.0), (10.0, 20.0), (10.0, 40.0), (50.0, 40.0)]);
        let crossed = quad([(10.0, 20.0), (50.0, 20.0), (10.0, 40.0), (50.0, 40.0)]);
        let flat = quad([(10.0, 20.0), (50.0, 20.0), (50.0, 20.0), (10.0, 20.0)]);
        let endless = quad([(f32::NAN, 20.0), (50.0, 20.0), (50.0, 40.0), (10.0, 40.0)]);
        for none in [mirrored, crossed, flat, endless] {
            assert!(!none.is_convex(), "{none:?}");
        }
    }

    #[test]
    fn overlap_runs_from_nothing_to_the_same() {
        let a = Bounds { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        let half = Bounds { left: 5.0, top: 0.0, right: 15.0, bottom: 10.0 };
        let away = Bounds { left: 20.0, top: 0.0, right: 30.0, bottom: 10.0 };
        assert_eq!(a.overlap(&a), 1.0);
        assert!((a.overlap(&half) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(a.overlap(&away), 0.0);
    }
}
