//! The search of one frame, with second looks where the first left doubt.
//!
//! Every frame gets a glance with closer looks at what it suspects (docs/adr/0010); where that reads a plate surely, that is
//! all. Otherwise the whole frame is looked at in full, and then made small, for a plate that fills it. What is read with
//! doubt is read again with other borders and corners (training/README.md, "Decoding"). What reads well and was not found surely
//! is looked at closer before it is believed: most of that is lettering.

use super::{PlateFound, PlateSeen, Worker};
use crate::detect::{Detection, Detector};
use crate::error::VisionError;
use crate::frame::Frame;
use crate::issue::{Issuer, IssuerGuess, IssuerSighting};
use crate::model::OneThread;
use crate::read::{Reader, Reading, Sighting};
use crate::rectify::{Rectified, Upright, rectify};

/// Read with less, before calibration, a plate is looked at again: above, 93 reads of 100 and more are right by the shipped
/// reader's calibration.
const DOUBT: f32 = 0.7;
/// Read with even less, it is no plate but a lamp or a grille, and a second look would only cost.
const HOPE: f32 = 0.002;
/// Plates of one frame that are looked at again: bounds what a frame full of signs may cost.
const CLOSER_MAX: usize = 3;
/// Detections weaker than this are not looked at again: nearly all of them are lamps and lettering.
const CLOSER_DETECTION_MIN: f32 = 0.45;

/// Faint finds (the manifest's `believed_min`) of one look that are read: bounds what a frame full of lettering may cost.
const FAINT_MAX: usize = 2;
/// Finds surer than this are believed as they are.
const SURE_FIND: f32 = 0.75;
/// Read with less, before calibration, a find is not worth a closer look to confirm it.
const WORTH_CONFIRMING: f32 = 0.2;
/// Finds of one look that are confirmed: bounds what a frame full of lettering may cost.
const CONFIRMED_MAX: usize = 8;
/// How much the text of a faint find counts: nearly all of those that read well are words and numbers, but no plates.
const FAINT_SHARE: f32 = 0.1;

/// What is added to the border of a plate that is looked at again, each a view of its own.
const VIEWS: [f32; 3] = [-0.03, 0.0, 0.04];
/// The same without the one that was read already.
const OTHER_VIEWS: [f32; 2] = [-0.03, 0.04];
/// A find that shares more than this with a plate found before is that plate.
const SAME_PLATE_MIN: f32 = 0.3;

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

impl Candidate {
    fn is_doubtful(&self) -> bool {
        (HOPE..DOUBT).contains(&self.reading.raw_confidence)
    }
}

impl Search<'_> {
    pub(super) fn run(&self, worker: &mut Worker) -> Result<Vec<PlateSeen>, VisionError> {
        let mut found = self.glance(worker)?;
        if !self.is_settled(&found) {
            self.look_in_full(&mut found, worker)?;
        }
        if !self.is_settled(&found) {
            self.look_for_close_up(&mut found, worker)?;
        }
        self.tell_issuers(&mut found, worker)?;
        Ok(found.into_iter().map(|candidate| self.seen(candidate)).collect())
    }

    /// What a glance at the frame gives: nothing where the detector does not glance.
    fn glance(&self, worker: &mut Worker) -> Result<Vec<Candidate>, VisionError> {
        let (buffers, thread) = (&mut worker.buffers, &worker.thread);
        let seen = self.detector.glance(self.frame, buffers, thread)?.unwrap_or_default();
        let mut found = self.read(seen, worker)?;
        self.confirm(&mut found, worker)?;
        for candidate in found.iter_mut().filter(|it| it.is_doubtful()).take(CLOSER_MAX) {
            // The corners come from a closer look already.
            let plates = self.views(&candidate.seen, &OTHER_VIEWS);
            self.read_again(candidate, &plates, &worker.thread)?;
        }
        self.look_closer(&mut found, worker)?;
        Ok(found)
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

    /// A plate upright several times, each with a little more or less around it: what one of them cuts off or squeezes, the
    /// others show.
    fn views(&self, seen: &Detection, more: &[f32]) -> Vec<Rectified> {
        let form = self.reader.manifest().input.upright();
        let paddings = more.iter().map(|more| (form.padding + more).max(0.0));
        let views = paddings.map(|padding| Upright { padding, ..form });
        views.filter_map(|form| rectify(self.frame, &seen.corners, form).ok()).collect()
    }

    /// Looks at the whole frame at full size, for plates other than those found.
    fn look_in_full(
        &self,
        found: &mut Vec<Candidate>,
        worker: &mut Worker,
    ) -> Result<(), VisionError> {
        let (buffers, thread) = (&mut worker.buffers, &worker.thread);
        let mut seen = self.detector.detect(self.frame, buffers, thread)?;
        let is_same = |a: &Detection, b: &Detection| {
            a.corners.bounds().overlap(&b.corners.bounds()) > SAME_PLATE_MIN
        };
        // A faint find gives way to a better one in its place.
        found.retain(|old| {
            let better = |new: &Detection| new.score > old.seen.score && is_same(new, &old.seen);
            !(self.is_faint(&old.seen) && seen.iter().any(better))
        });
        seen.retain(|new| !found.iter().any(|old| is_same(new, &old.seen)));
        let mut more = self.read_all(seen, worker)?;
        found.append(&mut more);
        Ok(())
    }

    /// Reads the finds of one look, the faint ones not beyond a number, and looks again where there is doubt.
    fn read_all(
        &self,
        mut seen: Vec<Detection>,
        worker: &mut Worker,
    ) -> Result<Vec<Candidate>, VisionError> {
        // Surest first, so the faint ones are the last.
        let clear = seen.iter().take_while(|it| !self.is_faint(it)).count();
        seen.truncate(clear + FAINT_MAX);
        let mut found = self.read(seen, worker)?;
        self.confirm(&mut found, worker)?;
        self.look_closer(&mut found, worker)?;
        Ok(found)
    }

    /// Looks closer at the finds that read well and are not sure, and goes by what is seen there: a plate is seen better
    /// enlarged, a word is not.
    fn confirm(&self, found: &mut [Candidate], worker: &mut Worker) -> Result<(), VisionError> {
        let unsure = found.iter_mut().filter(|it| {
            it.seen.score < SURE_FIND && it.reading.raw_confidence >= WORTH_CONFIRMING
        });
        for candidate in unsure.take(CONFIRMED_MAX) {
            let (buffers, thread) = (&mut worker.buffers, &worker.thread);
            let closer = self.detector.look_closer(self.frame, &candidate.seen, buffers, thread)?;
            candidate.seen.score = closer.map_or(0.0, |closer| closer.score);
        }
        Ok(())
    }

    /// Looks again at the doubtful plates: new corners, and a text decided by all looks.
    fn look_closer(&self, found: &mut [Candidate], worker: &mut Worker) -> Result<(), VisionError> {
        let doubtful =
            found.iter_mut().filter(|it| it.is_doubtful() && it.seen.score >= CLOSER_DETECTION_MIN);
        for candidate in doubtful.take(CLOSER_MAX) {
            let (buffers, thread) = (&mut worker.buffers, &worker.thread);
            let closer = self.detector.look_closer(self.frame, &candidate.seen, buffers, thread)?;
            let Some(Detection { corners, .. }) = closer else { continue };
            let closer = Detection { corners, score: candidate.seen.score };
            let plates = self.views(&closer, &VIEWS);
            if self.read_again(candidate, &plates, thread)? {
                candidate.seen = closer;
            }
        }
        Ok(())
    }

    /// Adds more sightings of a plate and decides anew; whether they say anything together.
    fn read_again(
        &self,
        candidate: &mut Candidate,
        plates: &[Rectified],
        thread: &OneThread,
    ) -> Result<bool, VisionError> {
        candidate.sightings.extend(self.reader.look(plates, thread)?);
        let Some(reading) = self.reader.decide(&candidate.sightings) else { return Ok(false) };
        candidate.reading = reading;
        Ok(true)
    }

    fn is_settled(&self, found: &[Candidate]) -> bool {
        found.iter().any(|candidate| self.settles(candidate))
    }

    fn settles(&self, candidate: &Candidate) -> bool {
        !self.is_faint(&candidate.seen)
            && candidate.reading.raw_confidence >= SETTLED
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
        let mut close = self.read_all(seen, worker)?;
        found.retain(|small| {
            let centre = small.seen.corners.centre();
            let covers = |large: &Candidate| {
                !self.is_faint(&large.seen) && large.seen.corners.bounds().contains(centre)
            };
            !close.iter().any(covers)
        });
        found.append(&mut close);
        Ok(())
    }

    /// Whether a find is too weak to be believed by itself.
    fn is_faint(&self, seen: &Detection) -> bool {
        seen.score < self.detector.manifest().output.believed_min
    }

    /// Asks who issued the plates whose text was made out; the rest are mostly no plates.
    fn tell_issuers(&self, found: &mut [Candidate], worker: &Worker) -> Result<(), VisionError> {
        let Some(issuer) = self.issuer else { return Ok(()) };
        let form = issuer.manifest().input.upright();
        let believed = found.iter_mut().filter(|it| {
            !self.is_faint(&it.seen) && it.reading.confidence >= ISSUER_CONFIDENCE_MIN
        });
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
        let is_faint = self.is_faint(&candidate.seen);
        let Candidate { seen, sightings, mut reading, issuer } = candidate;
        if is_faint {
            reading.confidence *= FAINT_SHARE;
            reading.alternatives.iter_mut().for_each(|it| it.probability *= FAINT_SHARE);
        }
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
