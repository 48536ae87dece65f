//! Several frames of one passage become one read.
//!
//! A plate is followed from frame to frame by where it should be by now. Its frames are laid over one another and read once
//! more, so a character that is doubtful in each of ten becomes sure in all of them. The frame that shows the plate best is kept
//! as the picture.

mod follow;
mod fuse;
mod overlay;

use crate::error::VisionError;
use crate::frame::Frame;
use crate::read::Reading;
use crate::recognise::{PlateFound, PlateSeen, Recogniser};
use crate::rectify::{Rectified, rectify_for_joining};
use follow::{Track, same_plate};
use overlay::overlaid;
use std::sync::Arc;

/// Frames that a plate may go unseen (behind a post, in a lamp's glare) before its passage is over.
const UNSEEN_MAX: u32 = 4;
/// Plates followed at once. More than stand in any street's view; it bounds what a film of lettering may take.
const OPEN_MAX: usize = 32;
/// Frames of a passage that are weighed, the surest ones: more change nothing and would cost without bound.
const FRAMES_MAX: usize = 16;
/// What a frame counts among those laid over one another, beyond its confidence: the mean of smeared ones still helps.
const LAYER_MIN: f32 = 0.05;

/// One plate's way through the camera's view.
#[derive(Debug, Clone)]
pub struct Passage {
    /// What all frames say together; its corners are those in `picture`.
    pub plate: PlateFound,
    /// The frame that shows the plate best.
    pub picture: Arc<Frame>,
    /// The number of that frame.
    pub picture_number: u64,
    /// The number of the first frame in which it was seen, counted from 0.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
    /// How many frames it was seen in.
    pub n_frames: u32,
}

/// Follows the plates of one camera's frames, handed over in order.
///
/// Memory is bounded: at most 32 plates are followed, each with one frame, and the upright plates (32 kB each with the
/// shipped reader) and answers of sixteen.
pub struct Passages<'a> {
    recogniser: &'a Recogniser,
    open: Vec<Open>,
    n_frames: u64,
}

/// A passage that goes on.
struct Open {
    track: Track,
    n_frames: u32,
    first: u64,
    last: u64,
    /// What the frames say, the surest ones.
    seen: Vec<Sight>,
    best: Best,
}

/// A plate in one frame.
struct Sight {
    seen: PlateSeen,
    /// To be laid over others.
    upright: Option<Rectified>,
}

/// The best picture so far.
struct Best {
    found: PlateFound,
    picture: Arc<Frame>,
    number: u64,
}

impl<'a> Passages<'a> {
    /// Begins with no plate in view.
    pub fn new(recogniser: &'a Recogniser) -> Passages<'a> {
        Passages { recogniser, open: Vec::new(), n_frames: 0 }
    }

    /// Takes the next frame; gives the passages that are over by now.
    pub fn next(&mut self, frame: Frame) -> Result<Vec<Passage>, VisionError> {
        let mut seen = self.recogniser.see(&frame)?;
        // What is only faintly a plate in one frame would spoil what the others say of it.
        let believed_min = self.recogniser.detector().manifest().output.believed_min;
        seen.retain(|plate| plate.found.detection >= believed_min);
        let number = self.n_frames;
        self.n_frames += 1;
        self.join(seen, &Arc::new(frame), number);
        Ok(self.over(number))
    }

    /// Closes what was not seen for long when this frame came.
    fn over(&mut self, number: u64) -> Vec<Passage> {
        let is_over = |open: &mut Open| number.saturating_sub(open.last) > u64::from(UNSEEN_MAX);
        let over: Vec<Open> = self.open.extract_if(.., is_over).collect();
        over.into_iter().map(|open| self.close(open)).collect()
    }

    /// Ends with the last frame; gives the passages that were still going on.
    pub fn finish(mut self) -> Vec<Passage> {
        let open = std::mem::take(&mut self.open);
        open.into_iter().map(|open| self.close(open)).collect()
    }

    /// Hands each plate of a frame to the passage it belongs to, nearest first; the rest begin new ones.
    fn join(&mut self, seen: Vec<PlateSeen>, picture: &Arc<Frame>, number: u64) {
        let mut pairs = Vec::new();
        for (at, plate) in seen.iter().enumerate() {
            for (to, open) in self.open.iter().enumerate() {
                let near = open.track.nearness(&plate.found.corners, number);
                if let Some(near) = near.filter(|_| same_plate(&open.best.found, &plate.found)) {
                    pairs.push((near, at, to));
                }
            }
        }
        pairs.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
        let mut seen: Vec<Option<PlateSeen>> = seen.into_iter().map(Some).collect();
        let mut taken = vec![false; self.open.len()];
        for (_, at, to) in pairs {
            let (Some(taken), Some(open)) = (taken.get_mut(to), self.open.get_mut(to)) else {
                continue;
            };
            if !*taken && let Some(plate) = seen.get_mut(at).and_then(Option::take) {
                *taken = true;
                open.add(sight(self.recogniser, plate, picture), picture, number);
            }
        }
        let room = OPEN_MAX.saturating_sub(self.open.len());
        let fresh = seen.into_iter().flatten().take(room);
        let fresh = fresh.map(|plate| sight(self.recogniser, plate, picture));
        self.open.extend(fresh.map(|sight| Open::begin(sight, picture, number)));
    }

    fn close(&self, open: Open) -> Passage {
        let Open { n_frames, first, last, seen, best, .. } = open;
        let plate = self.decide(&seen, &best.found);
        let (picture, picture_number) = (best.picture, best.number);
        Passage { plate, picture, picture_number, first, last, n_frames }
    }

    /// What all frames say, at the place where the best one saw it.
    fn decide(&self, sights: &[Sight], best: &PlateFound) -> PlateFound {
        let joined = self.recogniser.look(&laid(sights)).unwrap_or_default();
        let Some(reading) = self.recogniser.reader().decide(&joined).or_else(|| self.vote(sights))
        else {
            return best.clone();
        };
        let issuers = sights.iter().filter_map(|sight| sight.seen.issuer.as_ref());
        let issuer = self.recogniser.issuer().and_then(|stage| stage.decide(issuers));
        let Reading { text, confidence, characters, alternatives, .. } = reading;
        PlateFound { text, confidence, characters, alternatives, issuer, ..best.clone() }
    }

    /// What the frames say one by one, where they cannot be laid over one another. Beside a joined picture their vote only
    /// does harm: what smear has hidden in each of them, none knows (docs/adr/0020).
    fn vote(&self, sights: &[Sight]) -> Option<Reading> {
        let each = sights.iter().flat_map(|sight| sight.seen.sightings.iter().cloned());
        self.recogniser.reader().decide(&each.collect::<Vec<_>>())
    }
}

/// A plate of a frame with its upright picture.
fn sight(recogniser: &Recogniser, seen: PlateSeen, frame: &Frame) -> Sight {
    let form = recogniser.reader().manifest().input.upright();
    let upright = rectify_for_joining(frame, &seen.found.corners, form).ok();
    Sight { seen, upright }
}

/// The frames laid over one another.
fn laid(sights: &[Sight]) -> Vec<Rectified> {
    let layers: Vec<(&Rectified, f32)> = sights
        .iter()
        .filter_map(|sight| {
            Some((sight.upright.as_ref()?, LAYER_MIN + sight.seen.found.confidence))
        })
        .collect();
    overlaid(&layers)
}

impl Open {
    fn begin(sight: Sight, picture: &Arc<Frame>, number: u64) -> Open {
        let found = sight.seen.found.clone();
        let track = Track::begin(found.corners, number);
        let best = Best { found, picture: Arc::clone(picture), number };
        Open { track, n_frames: 1, first: number, last: number, seen: vec![sight], best }
    }

    fn add(&mut self, sight: Sight, picture: &Arc<Frame>, number: u64) {
        let found = &sight.seen.found;
        self.track.move_to(found.corners, number);
        self.last = number;
        self.n_frames += 1;
        if worth(found) > worth(&self.best.found) {
            self.best = Best { found: found.clone(), picture: Arc::clone(picture), number };
        }
        self.seen.push(sight);
        if self.seen.len() > FRAMES_MAX {
            let sure = |sight: &Sight| sight.seen.found.confidence;
            let least =
                self.seen.iter().enumerate().min_by(|(_, a), (_, b)| sure(a).total_cmp(&sure(b)));
            if let Some(least) = least.map(|(at, _)| at) {
                self.seen.swap_remove(least);
            }
        }
    }
}

/// How well a frame shows a plate to a person: sharp enough to be read, and large.
fn worth(found: &PlateFound) -> f32 {
    found.confidence * found.corners.width()
}

#[cfg(test)]
mod tests;
