//! What a vehicle is: as its list says and as a camera saw it. A known class that differs tells a motorcycle's plate from a
//! family car's.

use serde::{Deserialize, Serialize};

use crate::read::Confidence;
use crate::words::words;

/// What a vehicle is, as far as a list says or a camera saw.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VehicleClass {
    /// A passenger car.
    Car,
    /// A truck or pickup.
    Truck,
    /// A motorcycle, scooter or moped.
    Motorcycle,
    /// A trailer or semi-trailer.
    Trailer,
    /// A bus.
    Bus,
    /// Nobody says, or in a word or code that is not known.
    #[default]
    Unknown,
}

words! {
    /// How the class of the vehicle that a camera saw fits that of an entry, best first.
    ClassFit {
        /// Both are known, and one vehicle can be both.
        Same = "same", "same vehicle class";
        /// One of them is not known, or cameras and lists mix them up.
        Unknown = "unknown", "vehicle class unverified";
        /// Both are known, and no vehicle is both.
        Different = "different", "other vehicle class";
    }
}

/// Words for vehicles, in small letters without spaces or signs, that are of a class for certain. Those of Plate Recognizer
/// (`Big Truck`, `Pickup Truck`, `SUV` …: guides.platerecognizer.com, results/vehicle/type), Rekor (`sedan-standard`, `van-mini` …:
/// docs.rekor.ai, `body_type`), Axis (`CAR`, `TRUCK` …: VAPIX License plate verifier API, `vehicle_info.type`) and Hikvision
/// (`SUVMPV`, `twoWheelVehicle` …: ISAPI, `vehicleType`), and everyday words for the same. Words that makers use for different
/// vehicles, such as `vehicle` and `minibus`, are not among them.
const WORDS: &[(&[&str], VehicleClass)] = &[
    (
        &[
            "automobile",
            "coupe",
            "convertible",
            "crossover",
            "hatchback",
            "minivan",
            "mpv",
            "saloon",
            "sedan",
            "sedancompact",
            "sedanconvertible",
            "sedansport",
            "sedansports",
            "sedanstandard",
            "sedanwagon",
            "stationwagon",
            "suv",
            "suvcrossover",
            "suvmpv",
            "suvstandard",
            "vanmini",
            "wagon",
        ],
        VehicleClass::Car,
    ),
    (
        &[
            "bigtruck",
            "heavytruck",
            "lighttruck",
            "lorry",
            "pickup",
            "pickuptruck",
            "tractortrailer",
            "truckstandard",
            "van",
            "vanfull",
        ],
        VehicleClass::Truck,
    ),
    (&["moped", "motorbike", "scooter", "twowheelvehicle"], VehicleClass::Motorcycle),
    (&["semitrailer"], VehicleClass::Trailer),
    (&["largebus", "mediumbus"], VehicleClass::Bus),
];

/// Characters of a camera's word that are looked at; the longest word we know has 16.
const WORD_MAX: usize = 40;

impl VehicleClass {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Car, Self::Truck, Self::Motorcycle, Self::Trailer, Self::Bus, Self::Unknown];

    /// The word that is stored and stands in tables of codes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Car => "car",
            Self::Truck => "truck",
            Self::Motorcycle => "motorcycle",
            Self::Trailer => "trailer",
            Self::Bus => "bus",
            Self::Unknown => "unknown",
        }
    }

    /// Reads [`VehicleClass::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// The class that a camera's word stands for: one of ours or a maker's, however it is spelled. A word that is not known is an
    /// unknown class.
    pub fn of_camera(word: &str) -> Self {
        let letters = word.chars().take(WORD_MAX).filter(char::is_ascii_alphanumeric);
        let folded: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        let of_maker =
            || WORDS.iter().find(|(words, _)| words.contains(&folded.as_str())).map(|(_, of)| *of);
        Self::parse(&folded).or_else(of_maker).unwrap_or_default()
    }

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    /// How this class and another fit, whichever of them was seen. A real hit must not become information only because a camera
    /// or a list mixes two classes up:
    ///
    /// - Pickups, vans and sport utility vehicles are registered as cars and as trucks: the two are the same.
    /// - Camper vans and shuttle buses stand on the chassis of trucks: a bus and a truck are not told apart for certain.
    /// - A trailer is seen together with what pulls it, and few cameras have a word for it. Its plate is read on what looks like a
    ///   car, a truck or a bus.
    pub const fn fit(self, other: Self) -> ClassFit {
        use VehicleClass::{Bus, Car, Motorcycle, Trailer, Truck, Unknown};
        match (self, other) {
            (Unknown, _)
            | (_, Unknown)
            | (Bus, Truck | Trailer)
            | (Truck | Trailer, Bus)
            | (Trailer, Car | Truck)
            | (Car | Truck, Trailer) => ClassFit::Unknown,
            (Car | Truck, Car | Truck)
            | (Motorcycle, Motorcycle)
            | (Trailer, Trailer)
            | (Bus, Bus) => ClassFit::Same,
            (Motorcycle, Car | Truck | Trailer | Bus)
            | (Car | Truck | Trailer | Bus, Motorcycle)
            | (Car, Bus)
            | (Bus, Car) => ClassFit::Different,
        }
    }
}

/// Below this a camera's class is a guess, and nothing is matched by it: what is information only is told quietly, and one in five
/// is too often to be quiet about a real hit. Makers do not say how well their figures are calibrated.
const SURE_MIN: Confidence = Confidence::from_thousandths(800);

/// A vehicle as its camera saw it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeenVehicle {
    /// What it is.
    pub class: VehicleClass,
    /// How sure the camera is of that, where it says.
    pub confidence: Option<Confidence>,
}

impl SeenVehicle {
    /// What it is for certain: what it is matched by. A camera that gives no figure has decided.
    pub fn sure_class(&self) -> VehicleClass {
        if self.confidence.is_none_or(|sure| sure >= SURE_MIN) {
            self.class
        } else {
            VehicleClass::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn classes() -> impl Strategy<Value = VehicleClass> {
        proptest::sample::select(VehicleClass::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn it_does_not_matter_which_of_two_was_seen(one in classes(), other in classes()) {
            prop_assert_eq!(one.fit(other), other.fit(one));
            let is_known = !one.is_unknown() && !other.is_unknown();
            prop_assert!(is_known || one.fit(other) == ClassFit::Unknown);
            prop_assert!(!is_known || one != other || one.fit(other) == ClassFit::Same);
        }

        #[test]
        fn any_word_is_a_class_or_none_and_never_a_fault(word in ".{0,60}") {
            let class = VehicleClass::of_camera(&word);
            prop_assert_eq!(VehicleClass::of_camera(&word.to_ascii_uppercase()), class);
        }

        #[test]
        fn a_class_that_is_not_sure_fits_and_differs_from_nothing(
            seen in classes(), listed in classes(), below in 0_u16..800,
        ) {
            let confidence = Some(Confidence::from_thousandths(below));
            let sure = SeenVehicle { class: seen, confidence }.sure_class();
            prop_assert_eq!(sure.fit(listed), ClassFit::Unknown);
        }
    }

    #[test]
    fn what_is_easily_mixed_up_never_differs() {
        use VehicleClass::{Bus, Car, Motorcycle, Trailer, Truck};
        let fits = |fit| {
            let known = [Car, Truck, Motorcycle, Trailer, Bus];
            let pairs = known.into_iter().flat_map(|one| known.map(|other| (one, other)));
            pairs.filter(|(one, other)| one != other && one.fit(*other) == fit).count()
        };
        assert_eq!(Car.fit(Truck), ClassFit::Same);
        assert_eq!(fits(ClassFit::Same), 2);
        for (one, other) in [(Bus, Truck), (Trailer, Truck), (Trailer, Car), (Trailer, Bus)] {
            assert_eq!(one.fit(other), ClassFit::Unknown, "{one:?} {other:?}");
        }
        for (one, other) in [(Motorcycle, Car), (Motorcycle, Truck), (Motorcycle, Bus), (Bus, Car)]
        {
            assert_eq!(one.fit(other), ClassFit::Different, "{one:?} {other:?}");
        }
        assert_eq!(Motorcycle.fit(Trailer), ClassFit::Different);
        assert_eq!(fits(ClassFit::Different), 10);
    }

    #[test]
    fn classes_read_as_they_are_written() {
        for class in VehicleClass::ALL {
            assert_eq!(VehicleClass::parse(class.word()), Some(class));
        }
        assert_eq!(VehicleClass::parse("tank"), None);
    }

    #[test]
    fn makers_words_are_classes_however_they_are_spelled() {
        use VehicleClass::{Bus, Car, Motorcycle, Truck, Unknown};
        for (word, class) in [
            ("motorcycle", Motorcycle),
            ("MOTORBIKE", Motorcycle),
            ("twoWheelVehicle", Motorcycle),
            ("CAR", Car),
            ("sedan-standard", Car),
            ("SUVMPV", Car),
            ("van-mini", Car),
            ("Pickup Truck", Truck),
            ("pickup_truck", Truck),
            ("Big Truck", Truck),
            ("tractor-trailer", Truck),
            ("Van", Truck),
            ("largeBus", Bus),
            ("vehicle", Unknown),
            ("minibus", Unknown),
            ("Unknown", Unknown),
            ("spaceship", Unknown),
            ("", Unknown),
        ] {
            assert_eq!(VehicleClass::of_camera(word), class, "{word}");
        }
    }

    #[test]
    fn the_table_holds_folded_words_once() {
        let all: Vec<&str> = WORDS.iter().flat_map(|(words, _)| words.iter().copied()).collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        for word in all {
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{word}");
            assert!(word.len() < WORD_MAX && VehicleClass::parse(word).is_none(), "{word}");
        }
    }

    #[test]
    fn a_camera_that_gives_no_figure_has_decided() {
        let seen = |confidence| SeenVehicle { class: VehicleClass::Car, confidence }.sure_class();
        assert_eq!(seen(None), VehicleClass::Car);
        assert_eq!(seen(Some(SURE_MIN)), VehicleClass::Car);
        assert_eq!(seen(Some(Confidence::from_thousandths(799))), VehicleClass::Unknown);
    }
}
