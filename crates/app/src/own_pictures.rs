//! Pictures from cameras that read themselves: what may be kept of them. People are never kept.

use bytes::Bytes;
use plate::PlateText;

use crate::App;
use crate::recognise::PlateSeen;
use crate::use_cases::{Note, TakeError};

/// A picture that shows a plate alone is not larger: one that is may show a street, and is refused.
pub const PLATE_PICTURE_BYTES_MAX: usize = 256 * 1024;
/// The widest a plate alone is, in pixels: a plate that fills a quarter of a 4K frame.
pub const PLATE_PICTURE_WIDTH_MAX_PX: u32 = 1_000;
/// The highest, for plates with two rows.
pub const PLATE_PICTURE_HEIGHT_MAX_PX: u32 = 600;

/// Checks a picture that is said to show a plate alone, and takes everything out of it but the pixels: a JPEG's side
/// data may hold a thumbnail of the whole street.
pub(crate) fn plate_picture(jpeg: &Bytes) -> Result<Bytes, String> {
    if jpeg.len() > PLATE_PICTURE_BYTES_MAX {
        return Err(format!(
            "has {} bytes; at most {PLATE_PICTURE_BYTES_MAX} are accepted for a picture of the plate alone",
            jpeg.len()
        ));
    }
    let frame = vision::Frame::decode(jpeg).map_err(|err| err.to_string())?;
    if frame.width_px > PLATE_PICTURE_WIDTH_MAX_PX || frame.height_px > PLATE_PICTURE_HEIGHT_MAX_PX
    {
        return Err(format!(
            "is {}×{} pixels; a picture of the plate alone has at most \
             {PLATE_PICTURE_WIDTH_MAX_PX}×{PLATE_PICTURE_HEIGHT_MAX_PX}: send the scene as the vehicle picture, which is masked",
            frame.width_px, frame.height_px
        ));
    }
    without_side_data(jpeg)
        .ok_or_else(|| "is not a JPEG; plate pictures are kept as JPEG".to_owned())
}

/// Masks a vehicle picture: the crop that our own recogniser makes around the read's plate. None when the plate is not
/// found in it.
pub(crate) async fn vehicle_picture(
    app: &App,
    picture: Bytes,
    plate: PlateText,
) -> Result<Result<Bytes, Note>, TakeError> {
    let Some(pool) = &app.inner().recogniser else { return Ok(Err(Note::NoRecogniserToMask)) };
    let seen = pool.look(picture).await?;
    Ok(crop_of(seen, plate).ok_or(Note::VehiclePictureNotMaskable))
}

/// The crop of the plate that was read: the same characters, look-alikes counted as the same, else the only plate there is.
fn crop_of(seen: Vec<PlateSeen>, plate: PlateText) -> Option<Bytes> {
    let same = |one: &PlateSeen| one.plate.packed().fold() == plate.packed().fold();
    let only = seen.len() == 1;
    seen.into_iter().find(|one| only || same(one)).map(|one| one.vehicle_jpeg)
}

/// A JPEG without its side data (EXIF, comments, thumbnails): the segments APP1–APP13, APP15 and COM are left out, the
/// coded pixels stay as they are. None when it is not a JPEG.
fn without_side_data(jpeg: &[u8]) -> Option<Bytes> {
    let mut rest = jpeg.strip_prefix(&[0xFF, 0xD8])?;
    let mut out = Vec::with_capacity(jpeg.len());
    out.extend_from_slice(&[0xFF, 0xD8]);
    loop {
        let [0xFF, marker, high, low, ..] = *rest else { return None };
        if marker == 0xFF {
            // A fill byte before a marker.
            rest = rest.get(1..)?;
            continue;
        }
        let length = usize::from(u16::from_be_bytes([high, low])) + 2;
        let (segment, after) = rest.split_at_checked(length)?;
        let side_data = matches!(marker, 0xE1..=0xED | 0xEF | 0xFE);
        if !side_data {
            out.extend_from_slice(segment);
        }
        if marker == 0xDA {
            out.extend_from_slice(after);
            return Some(out.into());
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(plate: &str, vehicle: &'static [u8]) -> PlateSeen {
        PlateSeen {
            plate: PlateText::parse(plate).unwrap(),
            jurisdiction: None,
            confidence: domain::Confidence::default(),
            characters: Vec::new(),
            alternatives: Vec::new(),
            plate_jpeg: Bytes::new(),
            vehicle_jpeg: Bytes::from_static(vehicle),
        }
    }

    #[test]
    fn the_crop_is_that_of_the_plate_that_was_read() {
        let plate = PlateText::parse("7ABC123").unwrap();
        let two = || vec![seen("XYZ9", b"other"), seen("7A8C123", b"ours")];
        assert_eq!(crop_of(two(), plate), Some(Bytes::from_static(b"ours")));
        assert_eq!(crop_of(vec![seen("XYZ9", b"only")], plate), Some(Bytes::from_static(b"only")));
        assert_eq!(crop_of(vec![seen("XYZ9", b"a"), seen("XYZ8", b"b")], plate), None);
        assert_eq!(crop_of(vec![], plate), None);
    }

    #[test]
    fn side_data_is_left_out_and_pixels_stay() {
        let jpeg = [
            &[0xFF, 0xD8][..],
            &[0xFF, 0xE0, 0, 4, 1, 2],
            &[0xFF, 0xE1, 0, 6, b'E', b'x', b'i', b'f'],
            &[0xFF, 0xFE, 0, 3, b'!'],
            &[0xFF, 0xDA, 0, 3, 9],
            &[7, 7, 0xFF, 0xD9],
        ]
        .concat();
        let kept = [
            &[0xFF, 0xD8][..],
            &[0xFF, 0xE0, 0, 4, 1, 2],
            &[0xFF, 0xDA, 0, 3, 9],
            &[7, 7, 0xFF, 0xD9],
        ]
        .concat();
        assert_eq!(without_side_data(&jpeg).as_deref(), Some(kept.as_slice()));
        assert_eq!(without_side_data(b"\x89PNG"), None);
        assert_eq!(without_side_data(&[0xFF, 0xD8, 0xFF, 0xE1, 0xFF]), None);
    }
}
