//! Where a plate will be in the next frame, and whether what is there is the same plate.

use crate::geometry::{Point, Quad};
use crate::recognise::PlateFound;

/// How much of the latest step goes into the speed: one bad corner must not throw the plate out of the picture.
const STEP_SHARE: f32 = 0.6;
/// A plate may be off its expected place by this many of its own widths, more while its speed is not known.
const REACH: f32 = 0.8;
/// The same for a plate seen once: a car at 30 m/s, photographed ten times a second, moves ten plates a frame along the
/// road, and two or three across the picture.
const REACH_FIRST: f32 = 3.0;
/// A plate's width changes at most by this factor from one sight to the next.
const GROWTH_MAX: f32 = 1.6;
/// Both texts are believed, and can contradict each other, from this confidence on.
const BELIEVED: f32 = 0.98;
/// Characters that two believed texts of one plate may differ in.
const DIFFERENCES_MAX: usize = 2;

/// A plate's place and speed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Track {
    centre: Point,
    width: f32,
    /// Pixels a frame; `None` until it was seen twice.
    speed: Option<Point>,
    at: u64,
}

impl Track {
    pub(super) fn begin(corners: Quad, at: u64) -> Track {
        Track { centre: corners.centre(), width: corners.width(), speed: None, at }
    }

    /// Moves on to where the plate was seen in a later frame.
    pub(super) fn move_to(&mut self, corners: Quad, at: u64) {
        let frames = frames_between(self.at, at);
        let (from, to) = (self.centre, corners.centre());
        let step = Point { x: (to.x - from.x) / frames, y: (to.y - from.y) / frames };
        let mix = |old: f32, new: f32| old + (new - old) * STEP_SHARE;
        self.speed = Some(match self.speed {
            Some(old) => Point { x: mix(old.x, step.x), y: mix(old.y, step.y) },
            None => step,
        });
        (self.centre, self.width, self.at) = (to, corners.width(), at);
    }

    /// How near a plate is to where this one should be: 1 there, down to 0; `None` where it cannot be the same.
    pub(super) fn nearness(&self, corners: &Quad, at: u64) -> Option<f32> {
        let frames = frames_between(self.at, at);
        let speed = self.speed.unwrap_or(Point { x: 0.0, y: 0.0 });
        let expected =
            Point { x: self.centre.x + speed.x * frames, y: self.centre.y + speed.y * frames };
        let width = corners.width();
        let growth = (width / self.width).max(self.width / width);
        let reach = if self.speed.is_some() { REACH } else { REACH_FIRST };
        let off =
            expected.distance(corners.centre()) / (reach * width.max(self.width) * frames.sqrt());
        // Comparisons that fail for what is no number too.
        (growth <= GROWTH_MAX && off < 1.0).then_some(1.0 - off)
    }
}

fn frames_between(from: u64, to: u64) -> f32 {
    to.saturating_sub(from).max(1) as f32
}

/// Whether two sights can be one plate by what they say: two texts that are both believed and differ in most of their
/// characters are two plates, the second in the first one's place.
pub(super) fn same_plate(known: &PlateFound, new: &PlateFound) -> bool {
    let believed = known.confidence >= BELIEVED && new.confidence >= BELIEVED;
    !believed
        || differences(known.text.expose().as_ref(), new.text.expose().as_ref()) <= DIFFERENCES_MAX
}

/// Edit distance of two short texts.
fn differences(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let here = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            (diagonal, left) = (*cell, here);
            *cell = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plate(x: f32, y: f32, width: f32) -> Quad {
        let (right, bottom) = (x + width, y + width / 2.0);
        Quad::from_points(
            [(x, y), (right, y), (right, bottom), (x, bottom)].map(|(x, y)| Point { x, y }),
        )
    }

    #[test]
    fn a_moving_plate_is_expected_where_it_will_be() {
        let mut track = Track::begin(plate(100.0, 100.0, 60.0), 0);
        track.move_to(plate(150.0, 110.0, 62.0), 1);
        let ahead = track.nearness(&plate(200.0, 120.0, 64.0), 2).unwrap();
        let stayed = track.nearness(&plate(150.0, 110.0, 62.0), 2);
        assert!(ahead > 0.9 && stayed.is_none_or(|near| near < ahead), "{ahead} {stayed:?}");
        // Unseen for two frames, it is expected three steps on.
        assert!(track.nearness(&plate(300.0, 140.0, 66.0), 4).unwrap() > 0.9);
    }

    #[test]
    fn another_size_or_a_far_place_is_another_plate() {
        let track = Track::begin(plate(100.0, 100.0, 60.0), 0);
        assert_eq!(track.nearness(&plate(100.0, 100.0, 120.0), 1), None);
        assert_eq!(track.nearness(&plate(500.0, 100.0, 60.0), 1), None);
        assert_eq!(track.nearness(&plate(f32::NAN, 100.0, 60.0), 1), None);
    }

    #[test]
    fn edits_are_counted() {
        for (a, b, n) in [
            ("", "", 0),
            ("ABC", "ABC", 0),
            ("ABC", "AXC", 1),
            ("ABC", "BC", 1),
            ("7ABC123", "K4W3L", 7),
        ] {
            assert_eq!(differences(a, b), n, "{a} {b}");
            assert_eq!(differences(b, a), n, "{b} {a}");
        }
    }
}
