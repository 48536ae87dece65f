//! Reads as cameras hand them in: parsed from the body's own bytes, explained only when something is wrong.

use std::borrow::Cow;

use app::IncomingRead;
use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{
    Alternative, CameraId, Confidence, EventDigest, SeenVehicle, Timestamp, VehicleClass,
};
use plate::{Jurisdiction, PlateText};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;

/// Characters of an event's id: room for a UUID with a vendor's prefix.
const EVENT_ID_MAX: usize = 200;
/// Other ways to read a plate that are kept.
const ALTERNATIVES_MAX: usize = 10;

/// A read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadIn<'a> {
    /// The camera's own id of the event, at most 200 characters: sent again, it changes nothing.
    #[serde(borrow, default)]
    #[schema(value_type = Option<String>)]
    event_id: Option<Cow<'a, str>>,
    /// When the vehicle passed, RFC 3339 with an offset; the time of arrival when nothing is said.
    #[serde(borrow, default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    captured_at: Option<Cow<'a, str>>,
    /// The plate: 1–10 letters and digits; spaces and hyphens do not matter.
    #[serde(borrow)]
    #[schema(value_type = String, example = "7ABC123")]
    plate: Cow<'a, str>,
    /// Who issued it, such as `US-TX` or `CA-NB`.
    #[serde(borrow, default)]
    #[schema(value_type = Option<String>, example = "US-TX")]
    jurisdiction: Option<Cow<'a, str>>,
    /// How sure the camera is of the whole, 0–1.
    confidence: f32,
    /// How sure it is of each character, 0–1, in the plate's order; absent where it does not say.
    #[serde(default)]
    characters: Vec<f32>,
    /// Other ways to read the plate, likeliest first, at most 10.
    #[serde(borrow, default)]
    alternatives: Vec<AlternativeIn<'a>>,
    /// The vehicle as the camera saw it, where it says.
    #[serde(borrow, default)]
    vehicle: Option<VehicleIn<'a>>,
    /// The plate alone, JPEG in base64.
    #[serde(borrow, default)]
    #[schema(value_type = Option<String>, format = Byte)]
    plate_picture: Option<Cow<'a, str>>,
    /// The vehicle, JPEG in base64: masked before it is kept, dropped with a note when that cannot be done.
    #[serde(borrow, default)]
    #[schema(value_type = Option<String>, format = Byte)]
    vehicle_picture: Option<Cow<'a, str>>,
}

/// Another way to read the plate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlternativeIn<'a> {
    #[serde(borrow)]
    #[schema(value_type = String)]
    plate: Cow<'a, str>,
    /// 0–1.
    confidence: f32,
}

/// A vehicle as the camera saw it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VehicleIn<'a> {
    /// `car`, `truck`, `motorcycle`, `trailer` or `bus`, or a camera maker's word such as `SUV`, `Pickup Truck` or
    /// `sedan-standard`. With a word that is not known the read is kept without a class, and a note says so.
    #[serde(borrow)]
    #[schema(value_type = String, example = "motorcycle")]
    class: Cow<'a, str>,
    /// How sure the camera is of that, 0–1; below 0.8 nothing is matched by it.
    #[serde(default)]
    confidence: Option<f32>,
}

/// Reads a body: one read or a list of them.
pub(crate) fn parse(body: &[u8], camera: CameraId) -> Result<Vec<IncomingRead>, ApiError> {
    let one = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let parsed = if one {
        serde_json::from_slice(body).map(|read| vec![read])
    } else {
        serde_json::from_slice::<Vec<ReadIn<'_>>>(body)
    };
    let reads = parsed.map_err(|err| explain(body, &err))?;
    let taken = reads.into_iter().enumerate().map(|(index, read)| {
        read.incoming(camera)
            .map_err(|(field, why)| ApiError::invalid(format!("reads[{index}].{field}"), why))
    });
    taken.collect()
}

type Wrong = (&'static str, String);

impl ReadIn<'_> {
    fn incoming(self, camera: CameraId) -> Result<IncomingRead, Wrong> {
        let plate = PlateText::parse(&self.plate).map_err(|err| ("plate", err.to_string()))?;
        if !self.characters.is_empty() && self.characters.len() != plate.length() {
            let (n, length) = (self.characters.len(), plate.length());
            return Err((
                "characters",
                format!("has {n} values for a plate of {length} characters"),
            ));
        }
        let characters = self.characters.iter().map(|p| probability("characters", *p));
        Ok(IncomingRead {
            event: self.event_id.map(|id| event(camera, &id)).transpose()?,
            claimed_at: self.captured_at.map(|at| moment(&at)).transpose()?,
            plate,
            jurisdiction: self.jurisdiction.map(|code| jurisdiction(&code)).transpose()?,
            confidence: probability("confidence", self.confidence)?,
            characters: characters.collect::<Result<_, _>>()?,
            alternatives: alternatives(&self.alternatives)?,
            vehicle: self.vehicle.as_ref().map(vehicle).transpose()?,
            plate_picture: picture("plate_picture", self.plate_picture)?,
            vehicle_picture: picture("vehicle_picture", self.vehicle_picture)?,
        })
    }
}

fn event(camera: CameraId, id: &str) -> Result<EventDigest, Wrong> {
    if id.is_empty() || id.len() > EVENT_ID_MAX {
        return Err(("event_id", format!("expected 1–{EVENT_ID_MAX} bytes, got {}", id.len())));
    }
    Ok(EventDigest::of(camera, id))
}

fn moment(text: &str) -> Result<Timestamp, Wrong> {
    Timestamp::parse(text).map_err(|err| ("captured_at", err.to_string()))
}

fn jurisdiction(code: &str) -> Result<Jurisdiction, Wrong> {
    Jurisdiction::from_code(code).map_err(|err| ("jurisdiction", err.to_string()))
}

fn probability(field: &'static str, p: f32) -> Result<Confidence, Wrong> {
    if (0.0..=1.0).contains(&p) {
        Ok(Confidence::from_probability(p))
    } else {
        Err((field, format!("expected 0–1, got {p}")))
    }
}

fn alternatives(given: &[AlternativeIn<'_>]) -> Result<Vec<Alternative>, Wrong> {
    if given.len() > ALTERNATIVES_MAX {
        return Err((
            "alternatives",
            format!("has {}; at most {ALTERNATIVES_MAX} are accepted", given.len()),
        ));
    }
    let taken = given.iter().map(|one| {
        let text = PlateText::parse(&one.plate).map_err(|err| ("alternatives", err.to_string()))?;
        Ok(Alternative { text, confidence: probability("alternatives", one.confidence)? })
    });
    taken.collect()
}

fn vehicle(seen: &VehicleIn<'_>) -> Result<SeenVehicle, Wrong> {
    let confidence = seen.confidence.map(|p| probability("vehicle", p)).transpose()?;
    Ok(SeenVehicle { class: VehicleClass::of_camera(&seen.class), confidence })
}

fn picture(field: &'static str, base64: Option<Cow<'_, str>>) -> Result<Option<Bytes>, Wrong> {
    let Some(text) = base64 else { return Ok(None) };
    let bytes =
        STANDARD.decode(text.as_bytes()).map_err(|err| (field, format!("is not base64: {err}")))?;
    Ok(Some(bytes.into()))
}

/// Says which read and which field serde could not take. Slow, and only for what is refused anyway. The message is ours:
/// serde's may repeat what was sent.
fn explain(body: &[u8], err: &serde_json::Error) -> ApiError {
    let not_json = || {
        let place = format!("body, line {} column {}", err.line(), err.column());
        ApiError::invalid(place, "is not the JSON of a read or of a list of reads")
    };
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else { return not_json() };
    let reads = match value {
        serde_json::Value::Array(reads) => reads,
        one => vec![one],
    };
    for (index, read) in reads.iter().enumerate() {
        if let Some((field, why)) = wrong_field(read) {
            return ApiError::invalid(format!("reads[{index}].{field}"), why);
        }
    }
    not_json()
}

fn wrong_field(read: &serde_json::Value) -> Option<(String, String)> {
    let fits = |value: &serde_json::Value| ReadIn::deserialize(value).is_ok();
    if fits(read) {
        return None;
    }
    let Some(fields) = read.as_object() else {
        return Some(("".to_owned(), "is not an object".to_owned()));
    };
    let whole = serde_json::json!({ "plate": "A", "confidence": 0 });
    for (name, value) in fields {
        let mut alone = whole.clone();
        if let Some(alone) = alone.as_object_mut() {
            alone.insert(name.clone(), value.clone());
        }
        if !fits(&alone) {
            let name: String = name.chars().take(40).collect();
            return Some((name.clone(), expected(&name)));
        }
    }
    let missing = ["plate", "confidence"].into_iter().find(|name| !fields.contains_key(*name))?;
    Some((missing.to_owned(), "is missing".to_owned()))
}

fn expected(field: &str) -> String {
    match field {
        "confidence" => "expected a number, 0–1".to_owned(),
        "characters" => "expected a list of numbers, 0–1".to_owned(),
        "alternatives" => "expected a list of {plate, confidence}".to_owned(),
        "vehicle" => "expected {class, confidence}: a text, and a number, 0–1".to_owned(),
        "event_id" | "captured_at" | "plate" | "jurisdiction" | "plate_picture"
        | "vehicle_picture" => "expected a text".to_owned(),
        _ => "is not a field of a read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Bodies out of the very pieces that a right one is made of, in any order, and any bytes at all.
        #[test]
        fn any_body_is_taken_or_refused_with_a_reason(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24),
            bytes in prop::collection::vec(any::<u8>(), 0..64),
        ) {
            for body in [pieces.concat().into_bytes(), bytes] {
                if let Err(refused) = parse(&body, CameraId::from_i64(1)) {
                    prop_assert!(!refused.to_string().is_empty());
                }
            }
        }
    }

    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"plate\"",
        "\"confidence\"",
        "\"captured_at\"",
        "\"characters\"",
        "\"alternatives\"",
        "\"vehicle\"",
        "\"class\"",
        "\"Pickup Truck\"",
        "{\"class\":\"car\",\"confidence\":0.9}",
        "\"text\"",
        "\"7ABC123\"",
        "\"2026-11-21T22:00:00Z\"",
        "0.9",
        "-1e999",
        "null",
        "\"\\ud800\"",
        "true",
        " ",
        "{\"plate\":\"A1\",\"confidence\":1}",
        "[0.5]",
    ];

    fn wrong(body: &str) -> String {
        match parse(body.as_bytes(), CameraId::from_i64(1)) {
            Ok(reads) => format!("{} reads", reads.len()),
            Err(err) => err.to_string(),
        }
    }

    #[test]
    fn one_read_and_a_list_of_reads_are_taken() {
        assert_eq!(wrong(r#" {"plate":"7ABC123","confidence":0.9}"#), "1 reads");
        assert_eq!(
            wrong(
                r#"[{"plate":"7\u0041","confidence":1},{"plate":"b","confidence":0,"characters":[0.5]}]"#
            ),
            "2 reads"
        );
        assert_eq!(wrong("[]"), "0 reads");
    }

    #[test]
    fn a_vehicle_is_taken_in_the_makers_words_and_a_strange_word_loses_no_read() {
        let vehicle = |vehicle: &str| {
            let body = format!(r#"{{"plate":"A1","confidence":1,"vehicle":{vehicle}}}"#);
            parse(body.as_bytes(), CameraId::from_i64(1)).unwrap()[0].vehicle
        };
        let seen = |class, confidence| {
            Some(SeenVehicle { class, confidence: Some(Confidence::from_thousandths(confidence)) })
        };
        let sedan = vehicle(r#"{"class":"sedan-standard","confidence":0.93}"#);
        assert_eq!(sedan, seen(VehicleClass::Car, 930));
        let bare = SeenVehicle { class: VehicleClass::Motorcycle, confidence: None };
        assert_eq!(vehicle(r#"{"class":"motorcycle"}"#), Some(bare));
        let strange = vehicle(r#"{"class":"h\u00f8verkraft","confidence":1}"#);
        assert_eq!(strange, seen(VehicleClass::Unknown, 1000));
        assert_eq!(vehicle("null"), None);
    }

    #[test]
    fn what_is_wrong_is_named_by_read_and_field() {
        let ok = r#"{"plate":"A1","confidence":1}"#;
        let second = |read: &str| wrong(&format!("[{ok},{read}]"));
        assert_eq!(second(r#"{"plate":7,"confidence":1}"#), "reads[1].plate: expected a text");
        assert_eq!(second(r#"{"confidence":1}"#), "reads[1].plate: is missing");
        assert_eq!(
            second(r#"{"plate":"A","confidence":"high"}"#),
            "reads[1].confidence: expected a number, 0–1"
        );
        assert_eq!(
            second(r#"{"plate":"A","confidence":2}"#),
            "reads[1].confidence: expected 0–1, got 2"
        );
        assert_eq!(
            second(r#"{"plate":"A","confidence":1,"face":"x"}"#),
            "reads[1].face: is not a field of a read"
        );
        assert_eq!(
            second(r#"{"plate":"A","confidence":1,"characters":[1,1]}"#),
            "reads[1].characters: has 2 values for a plate of 1 characters"
        );
        assert!(
            second(r#"{"plate":"A","confidence":1,"captured_at":"yesterday"}"#)
                .starts_with("reads[1].captured_at: `yesterday` is not a moment")
        );
        assert!(
            second(r#"{"plate":"A","confidence":1,"plate_picture":"!"}"#)
                .starts_with("reads[1].plate_picture: is not base64")
        );
        assert_eq!(
            second(r#"{"plate":"A","confidence":1,"vehicle":"car"}"#),
            "reads[1].vehicle: expected {class, confidence}: a text, and a number, 0–1"
        );
        for malformed in
            [r#"{"class":7}"#, r#"{"confidence":1}"#, r#"{"class":"car","colour":"red"}"#]
        {
            let read = format!(r#"{{"plate":"A","confidence":1,"vehicle":{malformed}}}"#);
            assert!(second(&read).starts_with("reads[1].vehicle: expected"), "{malformed}");
        }
        assert_eq!(
            second(r#"{"plate":"A","confidence":1,"vehicle":{"class":"car","confidence":93}}"#),
            "reads[1].vehicle: expected 0–1, got 93"
        );
        assert_eq!(second("7"), "reads[1].: is not an object");
        assert_eq!(
            wrong("[{"),
            "body, line 1 column 2: is not the JSON of a read or of a list of reads"
        );
    }
}
