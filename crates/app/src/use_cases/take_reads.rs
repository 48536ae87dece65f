//! Take reads from a camera that reads itself.

use bytes::Bytes;
use domain::read::believe_time;
use domain::{
    Actor, Alternative, CameraId, Confidence, EventDigest, Marks, ReadRef, Refusal, SeenVehicle,
    Timestamp,
};
use plate::{Jurisdiction, PlateText};
use policy::settings::VEHICLE_CLASS;
use serde::Serialize;

use crate::ingest::{self, ReadyRead};
use crate::{App, Ctx, own_pictures};

/// A read as a camera hands it in, already parsed.
#[derive(Clone, PartialEq, Debug)]
pub struct IncomingRead {
    /// How the same event is known again; without one, the same read sent twice is two reads.
    pub event: Option<EventDigest>,
    /// When the camera says the vehicle passed.
    pub claimed_at: Option<Timestamp>,
    /// The plate.
    pub plate: PlateText,
    /// Who issued it, where the camera says.
    pub jurisdiction: Option<Jurisdiction>,
    /// How sure the camera is of the whole.
    pub confidence: Confidence,
    /// How sure it is of each character; empty where it does not say.
    pub characters: Vec<Confidence>,
    /// Other ways to read the plate, likeliest first.
    pub alternatives: Vec<Alternative>,
    /// The vehicle as the camera saw it, where it says.
    pub vehicle: Option<SeenVehicle>,
    /// The plate alone, JPEG.
    pub plate_picture: Option<Bytes>,
    /// The vehicle, JPEG: masked by us before it is kept, and dropped when that cannot be done.
    pub vehicle_picture: Option<Bytes>,
}

/// Something the sender should know about what became of a read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// The vehicle picture was not kept: no plate was found in it, so people in it could not be masked.
    VehiclePictureNotMaskable,
    /// The vehicle picture was not kept: there is no recogniser here that could mask it.
    NoRecogniserToMask,
    /// The vehicle's class was not kept: it is said in a word that is not known.
    VehicleClassNotKnown,
    /// The vehicle's class was not kept: the agency's policy does not list it among the fields of a read.
    VehicleClassNotStored,
}

/// What became of a read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// Where it is kept; for an event sent again, where the first one is.
    pub read: ReadRef,
    /// Whether the event had been taken before: nothing changed.
    pub duplicate: bool,
    /// How many hits it raised.
    pub n_hits: u32,
    /// What is remarkable about its time.
    pub marks: Marks,
    /// What the sender should know.
    pub notes: Vec<Note>,
}

/// Why reads or a frame were not taken. Nothing of them is stored then.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// It was refused, with reasons.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More comes than can be kept; try again.
    #[error("the server takes as much as it can keep; try again in {retry_after_s} s")]
    Overloaded {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The server is shutting down; try again when it is back.
    #[error("the server is shutting down; try again in {retry_after_s} s")]
    ShuttingDown {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// Something in a read cannot be taken.
    #[error("read {index}: {field}: {why}")]
    Invalid {
        /// Which read of the post, from 0.
        index: usize,
        /// Which field.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// The frame is not a picture that can be read.
    #[error("the frame cannot be read")]
    Picture(#[source] vision::DecodeError),
    /// Only cameras hand in reads.
    #[error("reads and frames are handed in with a camera's key")]
    NoCamera,
    /// There is no recogniser: frames cannot be taken, reads can.
    #[error("this server has no recogniser; hand in reads instead of frames")]
    NoRecogniser,
    /// Something that should work did not.
    #[error("failed to {doing}")]
    Failed {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        err: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Most reads in one post.
pub const READS_A_POST_MAX: usize = 500;

/// Takes reads from the camera of `ctx` and returns when they are kept: rows and pictures are fsynced.
///
/// A read that cannot be taken stops the whole post before anything is kept. Reads of several days go to several files;
/// should one of them fail, the post has failed and may be sent again: what was kept is known by its event.
pub async fn take_reads(
    app: &App,
    ctx: &Ctx,
    reads: Vec<IncomingRead>,
) -> Result<Vec<Taken>, TakeError> {
    app.permit_to_submit(ctx).await?;
    let Actor::Camera(_, camera) = ctx.actor else { return Err(TakeError::NoCamera) };
    if reads.len() > READS_A_POST_MAX {
        let why =
            format!("the post has {} reads; at most {READS_A_POST_MAX} are accepted", reads.len());
        return Err(TakeError::Invalid { index: READS_A_POST_MAX, field: "reads", why });
    }
    let may_store_class = app
        .policy(ctx.agency)
        .is_some_and(|policy| policy.bundle.settings().fields.may_store(VEHICLE_CLASS));
    let mut all = Vec::with_capacity(reads.len());
    for (index, mut read) in reads.into_iter().enumerate() {
        let pictures = (read.plate_picture.take(), read.vehicle_picture.take());
        let mut ready = ready(camera, ctx.now, read);
        weed_vehicle(&mut ready, may_store_class);
        if pictures != (None, None) {
            add_pictures(app, index, &mut ready, pictures).await?;
        }
        all.push(ready);
    }
    keep(app, ctx, camera, all).await
}

/// Hands reads that are ready to their lanes and waits until they are kept.
pub(super) async fn keep(
    app: &App,
    ctx: &Ctx,
    camera: CameraId,
    reads: Vec<ReadyRead>,
) -> Result<Vec<Taken>, TakeError> {
    let taken = ingest::submit(app, ctx.agency, reads).await?;
    let n_new = taken.iter().filter(|one| !one.duplicate).count();
    app.inner().cameras.note(camera, ctx.now, n_new as u64);
    Ok(taken)
}

/// Judges a read's time; its pictures are those that may be kept.
pub(super) fn ready(camera: CameraId, now: Timestamp, read: IncomingRead) -> ReadyRead {
    let (captured_at, claimed_at, marks) = believe_time(read.claimed_at, now);
    ReadyRead {
        camera,
        captured_at,
        claimed_at,
        received_at: now,
        plate: read.plate,
        jurisdiction: read.jurisdiction,
        confidence: read.confidence,
        characters: read.characters,
        alternatives: read.alternatives,
        vehicle: read.vehicle,
        marks,
        event: read.event,
        plate_jpeg: read.plate_picture,
        vehicle_jpeg: read.vehicle_picture,
        notes: Vec::new(),
    }
}

/// Lets go of a vehicle's class that says nothing, or that the policy does not let be stored (`AUSP-detected`): what is not stored is
/// matched by nothing either.
fn weed_vehicle(read: &mut ReadyRead, may_store: bool) {
    let note = match read.vehicle {
        Some(seen) if seen.class.is_unknown() => Note::VehicleClassNotKnown,
        Some(_) if !may_store => Note::VehicleClassNotStored,
        _ => return,
    };
    read.vehicle = None;
    read.notes.push(note);
}

async fn add_pictures(
    app: &App,
    index: usize,
    read: &mut ReadyRead,
    (plate, vehicle): (Option<Bytes>, Option<Bytes>),
) -> Result<(), TakeError> {
    if let Some(jpeg) = plate {
        let checked = tokio::task::spawn_blocking(move || own_pictures::plate_picture(&jpeg)).await;
        let checked = checked.map_err(|err| TakeError::Failed {
            doing: "look at a plate picture",
            err: err.into(),
        })?;
        let invalid = |why| TakeError::Invalid { index, field: "plate_picture", why };
        read.plate_jpeg = Some(checked.map_err(invalid)?);
    }
    if let Some(picture) = vehicle {
        match own_pictures::vehicle_picture(app, picture, read.plate).await {
            Ok(Ok(masked)) => read.vehicle_jpeg = Some(masked),
            Ok(Err(note)) => read.notes.push(note),
            Err(TakeError::Picture(err)) => {
                return Err(TakeError::Invalid {
                    index,
                    field: "vehicle_picture",
                    why: err.to_string(),
                });
            }
            Err(err) => return Err(err),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::VehicleClass;

    use super::*;

    #[test]
    fn clause_ausp_detected_a_class_that_the_policy_does_not_list_is_let_go_of_and_the_read_is_kept()
     {
        let weeded = |class, may_store| {
            let read = IncomingRead {
                event: None,
                claimed_at: None,
                plate: PlateText::parse("7ABC123").unwrap(),
                jurisdiction: None,
                confidence: Confidence::from_thousandths(970),
                characters: Vec::new(),
                alternatives: Vec::new(),
                vehicle: Some(SeenVehicle { class, confidence: None }),
                plate_picture: None,
                vehicle_picture: None,
            };
            let mut ready = ready(CameraId::from_i64(1), Timestamp::from_micros(0), read);
            weed_vehicle(&mut ready, may_store);
            (ready.vehicle.map(|seen| seen.class), ready.notes)
        };
        let car = VehicleClass::Car;
        assert_eq!(weeded(car, true), (Some(car), Vec::new()));
        assert_eq!(weeded(car, false), (None, vec![Note::VehicleClassNotStored]));
        let unknown = weeded(VehicleClass::Unknown, true);
        assert_eq!(unknown, (None, vec![Note::VehicleClassNotKnown]));
    }
}
