//! Repeats: the same vehicle that passes again and again is one group, that is counted and not told anew.

use std::time::Duration;

use crate::ids::{CameraId, HitId};
use crate::time::Timestamp;

/// Hits of one plate and one entry that followed each other closely.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// The first of them: the one that is worked on.
    pub first: HitId,
    /// How many there are, with the first.
    pub n_hits: u32,
    /// The last.
    pub last: HitId,
    /// When the last was raised.
    pub last_at: Timestamp,
    /// Where it was read.
    pub last_camera: CameraId,
}

/// How a hit stands to a group of its plate and entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Joining {
    /// It begins one of its own.
    Begins,
    /// It is a repeat at the camera of the last one.
    Again,
    /// It is a repeat at another camera: told once more, more quietly.
    Moved,
}

impl Group {
    /// A group of one.
    pub const fn of(first: HitId, camera: CameraId, at: Timestamp) -> Self {
        Self { first, n_hits: 1, last: first, last_at: at, last_camera: camera }
    }

    /// How a hit stands to this group. Where the first hit has come to its end (`is_open` is false), and where the last was
    /// longer ago than `within`, the hit stands for itself.
    pub fn joining(
        &self,
        is_open: bool,
        camera: CameraId,
        at: Timestamp,
        within: Duration,
    ) -> Joining {
        if !is_open || at.since(self.last_at) > within {
            Joining::Begins
        } else if camera == self.last_camera {
            Joining::Again
        } else {
            Joining::Moved
        }
    }

    /// The group with one hit more.
    #[must_use]
    pub fn with(self, hit: HitId, camera: CameraId, at: Timestamp) -> Self {
        Self {
            n_hits: self.n_hits.saturating_add(1),
            last: hit,
            // A hit that was overtaken on its way does not turn the time back.
            last_at: self.last_at.max(at),
            last_camera: camera,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Duration = Duration::from_secs(900);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    fn group() -> Group {
        Group::of(HitId::from_i64(7), CameraId::from_i64(1), at(0))
    }

    #[test]
    fn a_repeat_is_counted_and_is_told_again_only_from_another_camera() {
        let [here, there] = [1, 2].map(CameraId::from_i64);
        let joining = |camera, second| group().joining(true, camera, at(second), WITHIN);
        assert_eq!(joining(here, 10), Joining::Again);
        assert_eq!(joining(there, 10), Joining::Moved);
        assert_eq!(joining(here, 900), Joining::Again);
        assert_eq!(joining(here, 901), Joining::Begins);
        assert_eq!(group().joining(false, here, at(10), WITHIN), Joining::Begins);
        let two = group().with(HitId::from_i64(9), there, at(10));
        assert_eq!((two.first, two.last), (HitId::from_i64(7), HitId::from_i64(9)));
        assert_eq!((two.n_hits, two.last_camera, two.last_at), (2, there, at(10)));
        assert_eq!(two.joining(true, there, at(20), WITHIN), Joining::Again);
        assert_eq!(two.with(HitId::from_i64(10), here, at(5)).last_at, at(10));
    }
}
