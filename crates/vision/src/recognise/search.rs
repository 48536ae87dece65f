//! The search of one frame, with second looks where the first left doubt.
//!
//! Every frame gets one look at full size. What was read surely stays: that is the ordinary frame and its cost. A
//! doubtful plate is looked at again, enlarged; a frame in which nothing settles the matter is looked at again, made
//! small, for a plate that fills it (training/README.md, "Decoding").

use super::{PlateFound, PlateSeen, Worker};
use crate::detect::{Detection, Detector};
use crate::error::VisionError;
use crate::frame::Frame;
use crate::issue::{Issuer, IssuerGuess, IssuerSighting};
use crate::read::{Reader, Reading, Sighting};
use crate::rectify::{Rectified, rectify};

/// Read with less, before calibration, a plate is looked at again: below this one reading in five is wrong, above one in
/// fifty.
const DOUBT: f32 = 0.8;
/// Read with even less, it is no plate but a lamp or a grille, and a second look would only cost.
const HOPE: f32 = 0.002;
/// Plates of one frame that are looked at again: bounds what a frame full of signs may cost.
const CLOSER_MAX: usize = 3;
/// Detections weaker than this are not looked at again: nearly all of them are lamps and lettering.
const CLOSER_DETECTION_MIN: f32 = 0.45;

/// A plate settles the matter when it is read with this confidence, before calibration,
const SETTLED: f32 = 0.5;
/// has at least so many characters (months and names in a close-up are shorter),
const SETTLED_CHARACTERS_MIN: usize = 5;
/// and is no wider than this share of the frame's longer side, which is what the detector was trained on.
const SETTLED_SHARE_MAX: f32 = 0.25;

/// Who issued a plate is asked where its text is believed at least so much.
const ISSUER_CONFIDENCE_MIN: f32 = 0.3;

/// One frame and what looks at it.
pub(super) struct Search<'a> {
    pub detector: &'a Detector,
    pub reader: &'a Reader,
    pub issuer: Option<&'a Issuer>,
    pub frame: &'a Frame,
}

/// A plate on its way: where it is, what each look at it gave, and what they say together.
struct Candidate {
    seen: Detection,
    sightings: Vec<Sighting>,
    reading: Reading,
    issuer: Option<IssuerSighting>,
}

impl Search<'_> {
    pub(super) fn run(&self, worker: &mut Worker) -> Result<Vec<PlateSeen>, VisionError> {
        let seen = self.detector.detect(self.frame, &mut worker.buffers, &worker.thread)?;
        let mut found = self.read(seen, worker)?;
        self.look_closer(&mut found, worker)?;
        if !found.iter().any(|candidate| self.settles(candidate)) {
            self.look_for_close_up(&mut found, worker)?;
        }
        self.tell_issuers(&mut found, worker)?;
        Ok(found.into_iter().map(|candidate| self.seen(candidate)).collect())
    }

    /// Rectifies and reads what was detected. Corners that cannot be rectified, and texts that cannot be made out,
    /// are no plates.
    fn read(&self, seen: Vec<Detection>, worker: &Worker) -> Result<Vec<Candidate>, VisionError> {
        let cut = |seen: Detection| Some((seen, self.rectified(&seen)?));
        let (seen, plates): (Vec<Detection>, Vec<Rectified>) =
            seen.into_iter().filter_map(cut).unzip();
        let sightings = self.reader.look(&plates, &worker.thread)?;
        let candidates = seen.into_iter().zip(sightings).filter_map(|(seen, sighting)| {
            let sightings = vec![sighting];
            let reading = self.reader.decide(&sightings)?;
            Some(Candidate { seen, sightings, reading, issuer: None })
        });
        Ok(candidates.collect())
    }

    fn rectified(&self, seen: &Detection) -> Option<Rectified> {
        rectify(self.frame, &seen.corners, self.reader.manifest().input.upright()).ok()
    }

    /// Looks again at the doubtful plates: new corners, and a text decided by both looks.
    fn look_closer(&self, found: &mut [Candidate], worker: &mut Worker) -> Result<(), VisionError> {
        let doubtful = found.iter_mut().filter(|candidate| {
            (HOPE..DOUBT).contains(&candidate.reading.raw_confidence)
                && candidate.seen.score >= CLOSER_DETECTION_MIN
        });
        for candidate in doubtful.take(CLOSER_MAX) {
            let (buffers, thread) = (&mut worker.buffers, &worker.thread);
            let closer = self.detector.look_closer(self.frame, &candidate.seen, buffers, thread)?;
            let Some(closer) = closer else { continue };
            let Some(plate) = self.rectified(&closer) else { continue };
            candidate.sightings.extend(self.reader.look(std::slice::from_ref(&plate), thread)?);
            if let Some(reading) = self.reader.decide(&candidate.sightings) {
                candidate.reading = reading;
                candidate.seen = closer;
            }
        }
        Ok(())
    }

    fn settles(&self, candidate: &Candidate) -> bool {
        candidate.reading.raw_confidence >= SETTLED
            && candidate.reading.characters.len() >= SETTLED_CHARACTERS_MIN
            && self.share(&candidate.seen) <= SETTLED_SHARE_MAX
    }

    /// A plate's width as a share of the frame's longer side.
    fn share(&self, seen: &Detection) -> f32 {
        let long = self.frame.width_px.max(self.frame.height_px).max(1);
        seen.corners.bounds().width() / long as f32
    }

    /// Looks at the frame made small for plates that fill it. What the first look found inside one is its letters.
    fn look_for_close_up(
        &self,
        found: &mut Vec<Candidate>,
        worker: &mut Worker,
    ) -> Result<(), VisionError> {
        let (buffers, thread) = (&mut worker.buffers, &worker.thread);
        let seen = self.detector.detect_close_up(self.frame, buffers, thread)?;
        let mut close = self.read(seen, worker)?;
        self.look_closer(&mut close, worker)?;
        found.retain(|small| {
            let centre = small.seen.corners.centre();
            !close.iter().any(|large| large.seen.corners.bounds().contains(centre))
        });
        found.append(&mut close);
        Ok(())
    }

    /// Asks who issued the plates whose text was made out; the rest are mostly no plates.
    fn tell_issuers(&self, found: &mut [Candidate], worker: &Worker) -> Result<(), VisionError> {
        let Some(issuer) = self.issuer else { return Ok(()) };
        let form = issuer.manifest().input.upright();
        let believed = found
            .iter_mut()
            .filter(|candidate| candidate.reading.confidence >= ISSUER_CONFIDENCE_MIN);
        let (asked, plates): (Vec<&mut Candidate>, Vec<Rectified>) = believed
            .filter_map(|it| {
                let plate = rectify(self.frame, &it.seen.corners, form).ok()?;
                Some((it, plate))
            })
            .unzip();
        let sightings = issuer.look(&plates, &worker.thread)?;
        for (candidate, sighting) in asked.into_iter().zip(sightings) {
            candidate.issuer = Some(sighting);
        }
        Ok(())
    }

    fn seen(&self, candidate: Candidate) -> PlateSeen {
        let Candidate { seen, sightings, reading, issuer } = candidate;
        let guess = self.issuer.and_then(|stage| stage.decide(&issuer));
        PlateSeen { found: PlateFound::new(reading, &seen, guess), sightings, issuer }
    }
}

impl PlateFound {
    /// A reading at its place.
    fn new(reading: Reading, seen: &Detection, issuer: Option<IssuerGuess>) -> PlateFound {
        PlateFound {
            text: reading.text,
            confidence: reading.confidence,
            characters: reading.characters,
            alternatives: reading.alternatives,
            corners: seen.corners,
            detection: seen.score,
            issuer,
        }
    }
}
