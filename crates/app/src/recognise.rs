//! Pictures to plates on threads beside the runtime's, so many at a time and no more waiting than can be served.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use domain::{Alternative, Confidence};
use plate::{Jurisdiction, PlateText};
use tokio::sync::Semaphore;

use crate::clock::Stopwatch;
use crate::use_cases::TakeError;

/// A plate found in a picture, with the two pictures that may be kept of it.
#[derive(Clone, Debug)]
pub struct PlateSeen {
    /// The plate.
    pub plate: PlateText,
    /// Who issued it, where the recogniser can tell.
    pub jurisdiction: Option<Jurisdiction>,
    /// How sure it is of the whole.
    pub confidence: Confidence,
    /// How sure it is of each character.
    pub characters: Vec<Confidence>,
    /// Other ways to read it, likeliest first, without the plate itself.
    pub alternatives: Vec<Alternative>,
    /// The plate alone, JPEG.
    pub plate_jpeg: Bytes,
    /// The vehicle with everything masked that could show a person, JPEG.
    pub vehicle_jpeg: Bytes,
}

/// Why a picture could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum RecogniseError {
    /// It is not a picture that can be read.
    #[error("the picture cannot be read")]
    Picture(#[from] vision::DecodeError),
    /// The recogniser failed.
    #[error("the recogniser failed")]
    Failed(#[from] vision::VisionError),
}

/// Finds plates in a picture. Blocks; the app calls it on threads of its own.
pub trait Recognise: Send + Sync {
    /// The plates of a picture, surest first. Nothing of the picture outlives the call but what is in the answer.
    fn look(&self, picture: &[u8]) -> Result<Vec<PlateSeen>, RecogniseError>;
}

/// A text read with less than this is rather wrong than right: a shadow, a sign, a grille, a plate too far away. The
/// configuration may say otherwise.
pub const CONFIDENCE_MIN: f32 = 0.5;

/// A recogniser with vision's models. What it reads with less than `confidence_min` (0–1) becomes no read: a guess kept
/// is a guess that somebody acts on.
pub fn with_models(models: vision::Recogniser, confidence_min: f32) -> Arc<dyn Recognise> {
    Arc::new(WithModels { models, confidence_min })
}

struct WithModels {
    models: vision::Recogniser,
    confidence_min: f32,
}

impl Recognise for WithModels {
    fn look(&self, picture: &[u8]) -> Result<Vec<PlateSeen>, RecogniseError> {
        let frame = vision::Frame::decode(picture)?;
        let mut seen = Vec::new();
        for found in self.models.recognise(&frame)? {
            if found.confidence < self.confidence_min {
                metrics::counter!("plateglass_guesses_dropped_total").increment(1);
                continue;
            }
            let kept = vision::keep_pictures(&frame, &found)?;
            let others = found.alternatives.iter().filter(|other| other.text != found.text);
            seen.push(PlateSeen {
                plate: found.text,
                jurisdiction: found.issuer.map(|guess| guess.jurisdiction),
                confidence: Confidence::from_probability(found.confidence),
                characters: found
                    .characters
                    .iter()
                    .map(|p| Confidence::from_probability(*p))
                    .collect(),
                alternatives: others
                    .map(|other| Alternative {
                        text: other.text,
                        confidence: Confidence::from_probability(other.probability),
                    })
                    .collect(),
                plate_jpeg: kept.plate_jpeg.into(),
                vehicle_jpeg: kept.vehicle_jpeg.into(),
            });
        }
        Ok(seen)
    }
}

/// The recogniser and how much of it may be used at once.
pub(crate) struct RecogniserPool {
    recogniser: Arc<dyn Recognise>,
    turns: Arc<Semaphore>,
    n_waiting: AtomicUsize,
    waiting_max: usize,
}

impl RecogniserPool {
    /// A pool of `threads` that lets `waiting_max` pictures wait.
    pub(crate) fn new(recogniser: Arc<dyn Recognise>, threads: usize, waiting_max: usize) -> Self {
        let turns = Arc::new(Semaphore::new(threads.max(1)));
        Self { recogniser, turns, n_waiting: AtomicUsize::new(0), waiting_max }
    }

    /// Looks at a picture when its turn comes.
    pub(crate) async fn look(&self, picture: Bytes) -> Result<Vec<PlateSeen>, TakeError> {
        let place = WaitingPlace::take(&self.n_waiting, self.waiting_max)?;
        let watch = Stopwatch::start();
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        drop(place);
        let turn = turn.map_err(|err| failed("wait for the recogniser", err))?;
        metrics::histogram!("plateglass_frame_waited_seconds")
            .record(watch.elapsed().as_secs_f64());
        let recogniser = Arc::clone(&self.recogniser);
        let looked = tokio::task::spawn_blocking(move || {
            let watch = Stopwatch::start();
            let seen = recogniser.look(&picture);
            drop(turn);
            metrics::histogram!("plateglass_frame_seconds").record(watch.elapsed().as_secs_f64());
            seen
        });
        match looked.await.map_err(|err| failed("look at the frame", err))? {
            Ok(seen) => Ok(seen),
            Err(RecogniseError::Picture(err)) => Err(TakeError::Picture(err)),
            Err(err @ RecogniseError::Failed(_)) => Err(failed("look at the frame", err)),
        }
    }
}

fn failed(doing: &'static str, err: impl Into<crate::error::BoxError>) -> TakeError {
    TakeError::Failed { doing, err: err.into() }
}

/// A place in the queue, given back when the turn comes or the sender goes away.
struct WaitingPlace<'a>(&'a AtomicUsize);

impl<'a> WaitingPlace<'a> {
    fn take(n_waiting: &'a AtomicUsize, max: usize) -> Result<Self, TakeError> {
        let place = Self(n_waiting);
        if n_waiting.fetch_add(1, Ordering::Relaxed) >= max {
            metrics::counter!("plateglass_overload_total", "where" => "recogniser").increment(1);
            return Err(TakeError::Overloaded { retry_after_s: 2 });
        }
        Ok(place)
    }
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
