//! Why a hit is information only, and what the camera saw beside what the list says.

use app::views::HitCard;
use askama::Template;
use askama::filters::HtmlSafe;
use domain::{ClassFit, SeenVehicle, VehicleClass};
use plate::{Jurisdiction, JurisdictionFit};

use super::Sure;

/// What is known to differ between the vehicle that was read and the one that is wanted.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/information.html")]
pub struct Information {
    /// `state`, `vehicle`, or both.
    what: &'static str,
    reasons: Vec<String>,
}

impl HtmlSafe for Information {}

impl Information {
    /// Of a hit; none where nothing is known to differ.
    pub fn of(hit: &HitCard) -> Option<Self> {
        let state = (hit.jurisdiction_fit == JurisdictionFit::Different).then(|| states(hit));
        let class = (hit.class_fit == ClassFit::Different).then(|| classes(hit));
        let what = match (&state, &class) {
            (None, None) => return None,
            (Some(_), None) => "the state differs",
            (None, Some(_)) => "the vehicle differs",
            (Some(_), Some(_)) => "the state and the vehicle differ",
        };
        Some(Self { what, reasons: [state, class].into_iter().flatten().collect() })
    }
}

fn states(hit: &HitCard) -> String {
    let name = |of: Option<Jurisdiction>| of.map_or("unknown", Jurisdiction::name);
    let listed = name(hit.entry.as_ref().and_then(|entry| entry.jurisdiction));
    format!("The entry names {listed}, the plate was read as {}.", name(hit.jurisdiction))
}

/// The class of the entry and the class that the camera saw, in a sentence; empty where neither is known.
pub(crate) fn classes(hit: &HitCard) -> String {
    let listed = hit.entry.as_ref().map(|entry| entry.class).unwrap_or_default();
    match (listed, hit.vehicle) {
        (VehicleClass::Unknown, None) => String::new(),
        (VehicleClass::Unknown, Some(seen)) => {
            format!(
                "The list does not say what the vehicle is; the camera saw {}.",
                a_vehicle(seen)
            )
        }
        (listed, None) => {
            format!("The list says {}; the camera did not say what it saw.", listed.word())
        }
        (listed, Some(seen)) => {
            format!("The list says {}; the camera saw {}.", listed.word(), a_vehicle(seen))
        }
    }
}

/// `a car`; `a car, but is not sure` where nothing is matched by it.
fn a_vehicle(seen: SeenVehicle) -> String {
    let doubt = if seen.sure_class().is_unknown() { ", but is not sure" } else { "" };
    format!("a {}{doubt}", seen.class.word())
}

/// A vehicle as its camera saw it, with how sure that is.
#[derive(Template, Clone, Debug)]
#[template(
    source = r#"{{ class }}, as the camera saw it{% if let Some(sure) = sure %} <span class="quiet">{{ sure }}</span>{% endif %}"#,
    ext = "html"
)]
pub struct VehicleLine {
    class: &'static str,
    sure: Option<Sure>,
}

impl HtmlSafe for VehicleLine {}

impl VehicleLine {
    /// Of a read.
    pub fn of(seen: SeenVehicle) -> Self {
        Self { class: seen.class.word(), sure: seen.confidence.map(Sure::of) }
    }
}

#[cfg(test)]
mod tests {
    use domain::Confidence;

    use super::*;

    #[test]
    fn a_class_below_the_floor_is_said_to_be_unsure() {
        let seen = |sure| SeenVehicle {
            class: VehicleClass::Car,
            confidence: Some(Confidence::from_thousandths(sure)),
        };
        assert_eq!(a_vehicle(seen(930)), "a car");
        assert_eq!(a_vehicle(seen(420)), "a car, but is not sure");
        let line = VehicleLine::of(seen(930)).to_string();
        assert!(line.starts_with("car, as the camera saw it"), "{line}");
    }
}
