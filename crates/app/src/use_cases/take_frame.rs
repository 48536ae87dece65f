//! Take a frame: find its plates, keep crops, take the reads.

use bytes::Bytes;
use domain::{Actor, EventDigest, Timestamp};
use sha2::{Digest as _, Sha256};

use super::IncomingRead;
use super::take_reads::{TakeError, Taken, keep, ready};
use crate::recognise::PlateSeen;
use crate::{App, Ctx};

/// What became of a frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameTaken {
    /// The reads, one for each plate that could be read; none when there is no plate.
    pub reads: Vec<Taken>,
    /// Plates that were read in it.
    pub n_plates: u32,
}

/// Takes a frame from the camera of `ctx`. The frame itself is never kept.
///
/// Without an event id, the frame's content and claimed time are its id: the same bytes for the same moment are the same event.
pub async fn take_frame(
    app: &App,
    ctx: &Ctx,
    picture: Bytes,
    claimed_at: Option<Timestamp>,
    event_id: Option<String>,
) -> Result<FrameTaken, TakeError> {
    app.permit_to_submit(ctx).await?;
    let Actor::Camera(_, camera) = ctx.actor else { return Err(TakeError::NoCamera) };
    let pool = app.inner().recogniser.as_ref().ok_or(TakeError::NoRecogniser)?;
    metrics::counter!("plateglass_frames_total").increment(1);
    let event_id = event_id.unwrap_or_else(|| content_id(&picture, claimed_at));
    let seen = pool.look(picture).await?;
    let n_plates = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    let reads = seen.into_iter().enumerate().map(|(place, seen)| {
        let event = EventDigest::of(camera, &format!("{event_id}#{place}"));
        ready(camera, ctx.now, read_of(seen, event, claimed_at))
    });
    let reads = keep(app, ctx, camera, reads.collect()).await?;
    Ok(FrameTaken { reads, n_plates })
}

/// What names a frame whose camera gives it no name. Begins with a word that no camera's own ids begin with.
fn content_id(picture: &[u8], claimed_at: Option<Timestamp>) -> String {
    let digest = Sha256::digest(picture);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    match claimed_at {
        Some(at) => format!("plateglass-content:{hex}@{}", at.micros()),
        None => format!("plateglass-content:{hex}"),
    }
}

fn read_of(seen: PlateSeen, event: EventDigest, claimed_at: Option<Timestamp>) -> IncomingRead {
    IncomingRead {
        event: Some(event),
        claimed_at,
        plate: seen.plate,
        jurisdiction: seen.jurisdiction,
        confidence: seen.confidence,
        characters: seen.characters,
        alternatives: seen.alternatives,
        vehicle: None,
        plate_picture: Some(seen.plate_jpeg),
        vehicle_picture: Some(seen.vehicle_jpeg),
    }
}
