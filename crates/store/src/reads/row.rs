//! A read as a row and back.

use domain::{
    Alternative, CameraId, Confidence, EventDigest, Marks, NewRead, PictureRef, Pictures, ReadId,
    SeenVehicle, Timestamp, VehicleClass,
};
use plate::{Jurisdiction, Packed, PlateText};
use serde::{Deserialize, Serialize};

use crate::sql::{Row, Value, unreadable};

/// What of a read is only shown or is matched once: its characters' confidences, the other ways to read it, and the vehicle as the
/// camera saw it. What is added here asks for no other columns, and files of earlier versions are read as they are.
#[derive(Serialize, Deserialize, Default, PartialEq)]
struct Detail {
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    characters: Vec<Confidence>,
    /// Each packed, with its confidence.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<(i64, Confidence)>,
    /// The class of the vehicle, with its confidence where the camera said one.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    vehicle: Option<(VehicleClass, Option<Confidence>)>,
}

/// The values of a read's columns, in the order of [`super::texts::COLUMNS`].
pub(crate) fn values(read: &NewRead, into: &mut Vec<Value>) {
    let picture = |picture: Option<PictureRef>| {
        [
            Value::from(picture.map(|p| p.object)),
            Value::from(picture.map(|p| p.offset)),
            Value::from(picture.map(|p| p.length)),
        ]
    };
    into.extend([
        Value::from(read.id),
        Value::from(read.camera),
        Value::from(read.captured_at),
        Value::from(read.claimed_at),
        Value::from(read.received_at),
        Value::from(read.plate.packed().to_i64()),
        Value::from(read.jurisdiction.map(Jurisdiction::id)),
        Value::from(read.confidence.thousandths()),
        Value::from(detail_of(read)),
        Value::from(read.marks.bits()),
        Value::from(read.event.as_ref().map(|event| event.as_bytes().as_slice())),
    ]);
    into.extend(picture(read.pictures.plate));
    into.extend(picture(read.pictures.vehicle));
}

fn detail_of(read: &NewRead) -> Option<String> {
    let alternatives =
        read.alternatives.iter().map(|other| (other.text.packed().to_i64(), other.confidence));
    let detail = Detail {
        characters: read.characters.clone(),
        alternatives: alternatives.collect(),
        vehicle: read.vehicle.map(|seen| (seen.class, seen.confidence)),
    };
    (detail != Detail::default())
        .then(|| serde_json::to_string(&detail).expect("numbers and words are always JSON"))
}

/// The read that a row of [`super::texts::COLUMNS`] holds.
pub(crate) fn read(row: &Row) -> Result<NewRead, sqlx::Error> {
    let detail = row.get::<Option<String>>(8)?;
    let detail = detail
        .map(|text| serde_json::from_str::<Detail>(&text).map_err(|_| unreadable(8)))
        .transpose()?;
    let detail = detail.unwrap_or_default();
    Ok(NewRead {
        id: ReadId::from_i64(row.get(0)?),
        camera: CameraId::from_i64(row.get(1)?),
        captured_at: Timestamp::from_micros(row.get(2)?),
        claimed_at: row.get::<Option<i64>>(3)?.map(Timestamp::from_micros),
        received_at: Timestamp::from_micros(row.get(4)?),
        plate: plate(row.get(5)?).ok_or_else(|| unreadable(5))?,
        jurisdiction: jurisdiction(row)?,
        confidence: row
            .parsed(7, |n: i64| u16::try_from(n).ok())
            .map(Confidence::from_thousandths)?,
        characters: detail.characters,
        alternatives: alternatives(&detail.alternatives)?,
        vehicle: detail.vehicle.map(|(class, confidence)| SeenVehicle { class, confidence }),
        marks: Marks::from_bits(row.get(9)?),
        event: event(row, 10)?,
        pictures: pictures(row, 11)?,
    })
}

fn plate(packed: i64) -> Option<PlateText> {
    Packed::from_i64(packed).ok().map(PlateText::from)
}

fn alternatives(stored: &[(i64, Confidence)]) -> Result<Vec<Alternative>, sqlx::Error> {
    let other = |&(packed, confidence): &(i64, Confidence)| {
        plate(packed).map(|text| Alternative { text, confidence }).ok_or_else(|| unreadable(8))
    };
    stored.iter().map(other).collect()
}

fn jurisdiction(row: &Row) -> Result<Option<Jurisdiction>, sqlx::Error> {
    let known = |id: i64| u16::try_from(id).ok().and_then(|id| Jurisdiction::from_id(id).ok());
    row.get::<Option<i64>>(6)?.map(|id| known(id).ok_or_else(|| unreadable(6))).transpose()
}

/// The event's digest in the column at `index`.
pub(crate) fn event(row: &Row, index: usize) -> Result<Option<EventDigest>, sqlx::Error> {
    let digest = |bytes: Vec<u8>| {
        bytes.try_into().map(EventDigest::from_bytes).map_err(|_| unreadable(index))
    };
    row.get::<Option<Vec<u8>>>(index)?.map(digest).transpose()
}

/// The pictures in the six columns from `index` on.
pub(crate) fn pictures(row: &Row, index: usize) -> Result<Pictures, sqlx::Error> {
    let picture = |index: usize| {
        let place = (
            row.get::<Option<i64>>(index)?,
            row.get::<Option<i64>>(index + 1)?,
            row.get::<Option<i64>>(index + 2)?,
        );
        let (Some(object), Some(offset), Some(length)) = place else { return Ok(None) };
        let number = |n: i64| u32::try_from(n).map_err(|_| unreadable(index));
        let object = ReadId::from_i64(object);
        Ok::<_, sqlx::Error>(Some(PictureRef {
            object,
            offset: number(offset)?,
            length: number(length)?,
        }))
    };
    Ok(Pictures { plate: picture(index)?, vehicle: picture(index + 3)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_an_earlier_version_is_read_as_one_whose_camera_did_not_say_what_it_saw() {
        let earlier = r#"{"c":[990,612],"a":[[7,371]]}"#;
        let detail: Detail = serde_json::from_str(earlier).unwrap();
        assert_eq!((detail.characters.len(), detail.vehicle), (2, None));
        // And a row without a vehicle is written as it was then.
        assert_eq!(serde_json::to_string(&detail).unwrap(), earlier);
        let vehicle = Some((VehicleClass::Truck, None));
        let later = serde_json::to_string(&Detail { vehicle, ..Detail::default() }).unwrap();
        assert_eq!(later, r#"{"v":["truck",null]}"#);
    }
}
