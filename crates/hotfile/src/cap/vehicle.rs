//! The vehicle that a plate is told of with: colour, make, model, year and what it is, in the words around the plate.

use std::sync::LazyLock;

use domain::{VehicleClass, VehicleSaid};

use super::plates::Word;
use crate::Codes;

/// Words before the plate, and after it, among which the vehicle is looked for: a sentence or two.
const WORDS_BEFORE: usize = 25;
const WORDS_AFTER: usize = 12;
/// Years that are years of vehicles.
const YEARS: std::ops::RangeInclusive<u16> = 1940..=2099;

static MAKES: LazyLock<Vec<String>> = LazyLock::new(|| names("vma"));
static COLOURS: LazyLock<Vec<String>> = LazyLock::new(|| names("vco"));

/// What vehicles are called that are of a class for certain. A van is plated as a car in one state and as a truck in the next.
const CLASSES: &[(&[&str], VehicleClass)] = &[
    (&["motorcycle", "moped", "scooter"], VehicleClass::Motorcycle),
    (&["pickup", "truck"], VehicleClass::Truck),
    (&["sedan", "coupe", "hatchback", "suv"], VehicleClass::Car),
    (&["trailer"], VehicleClass::Trailer),
    (&["bus"], VehicleClass::Bus),
];
/// Words after a make that are no model.
const NO_MODELS: &[&str] = &[
    "and", "bearing", "in", "license", "licence", "lp", "of", "plate", "pickup", "sedan", "suv",
    "tag", "truck", "unknown", "van", "vehicle", "with",
];

fn names(table: &str) -> Vec<String> {
    let codes = Codes::built_in(table).unwrap_or_default();
    codes.names().map(str::to_lowercase).collect()
}

/// The vehicle told of before the plate, else after it. `before` are the words that belong to no other plate, up to the one that
/// announces this one; `after` is the word after the plate.
pub(super) fn vehicle(words: &[Word<'_>], before: (usize, usize), after: usize) -> VehicleSaid {
    let (from, until) = before;
    let from = from.max(until.saturating_sub(WORDS_BEFORE));
    let told = told(words.get(from..until).unwrap_or_default());
    if told != VehicleSaid::default() {
        return told;
    }
    let rest = words.get(after..).unwrap_or_default();
    self::told(rest.get(..WORDS_AFTER.min(rest.len())).unwrap_or_default())
}

fn told(words: &[Word<'_>]) -> VehicleSaid {
    let mut vehicle = VehicleSaid::default();
    // The last that is told before a plate is nearest to it.
    for (at, word) in words.iter().enumerate() {
        let lower = word.text.to_lowercase();
        if MAKES.contains(&lower) {
            vehicle.make = Some(word.text.to_owned());
            let next = words.get(at + 1).filter(|next| !next.is_one_of(NO_MODELS));
            let next = next.filter(|next| year(next).is_none());
            vehicle.model = next.map(|next| next.text.to_owned());
        } else if COLOURS.contains(&lower) {
            vehicle.colour = Some(lower);
        } else if let Some(year) = year(word) {
            vehicle.year = Some(year);
        } else if let Some((_, class)) = CLASSES.iter().find(|(all, _)| word.is_one_of(all)) {
            vehicle.class = *class;
        }
    }
    vehicle
}

fn year(word: &Word<'_>) -> Option<u16> {
    let year: u16 = Some(word.text).filter(|text| text.len() == 4)?.parse().ok()?;
    YEARS.contains(&year).then_some(year)
}
