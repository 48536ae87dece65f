//! The two pictures that may be kept of a read. Nothing about people is kept.
//!
//! The plate's corners say how large things are where the car stands: a US plate is 12 inches wide. Of the
//! vehicle's surroundings only the band of bodywork around the plate stays as photographed; all else (glass, roof,
//! pavement, whoever stands there) is averaged into cells as wide as a face and smoothed. The averages are all that
//! is written, so no later cleverness brings back more. `docs/privacy-masking.md` says what was seen by eye.

mod mosaic;
mod place;

use crate::error::VisionError;
use crate::frame::Frame;
use crate::recognise::PlateFound;
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use mosaic::{Pixels, cut, cut_masked};

/// What is kept of a read, as JPEG, without any metadata.
#[derive(Clone)]
pub struct KeptPictures {
    /// The plate with a margin of a quarter of its size.
    pub plate_jpeg: Vec<u8>,
    /// The vehicle around the plate, masked; at most 640 pixels wide.
    pub vehicle_jpeg: Vec<u8>,
}

/// JPEG quality of what is kept: characters stay sharp, and a vehicle takes some 30 kB.
const QUALITY: u8 = 85;

/// A find read with less may be a shop sign or the print on a shirt, and what surrounds it a person.
const SURE: f32 = 0.88;
/// So may one with fewer characters.
const SURE_CHARACTERS_MIN: usize = 4;

/// Makes the pictures that may be kept of a plate found in a frame.
pub fn keep_pictures(frame: &Frame, found: &PlateFound) -> Result<KeptPictures, VisionError> {
    let sure = found.confidence >= SURE && found.characters.len() >= SURE_CHARACTERS_MIN;
    let place = place::Place::of(frame, &found.corners, sure).ok_or_else(|| {
        VisionError::NotAPlate { corners: format!("{:?}", found.corners.points()) }
    })?;
    let plate = cut(frame, place.plate)?;
    let vehicle = cut_masked(frame, &place)?;
    Ok(KeptPictures {
        plate_jpeg: encode(&plate, "plate")?,
        vehicle_jpeg: encode(&vehicle, "vehicle")?,
    })
}

fn encode(pixels: &Pixels, picture: &'static str) -> Result<Vec<u8>, VisionError> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode(&pixels.rgb, pixels.width_px, pixels.height_px, ExtendedColorType::Rgb8)
        .map_err(|err| VisionError::Encode { picture, reason: err.to_string() })?;
    Ok(jpeg)
}

/// Says the sizes only: pictures must not reach a log.
impl std::fmt::Debug for KeptPictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (plate, vehicle) = (self.plate_jpeg.len(), self.vehicle_jpeg.len());
        write!(f, "KeptPictures(plate {plate} bytes, vehicle {vehicle} bytes)")
    }
}

#[cfg(test)]
mod tests;
