//! A plate as text: each character on its own, so that a doubtful one can be marked.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Confidence;
use plate::{Jurisdiction, PlateText};

use crate::words;

/// One character of a plate.
#[derive(Clone, Debug)]
pub(super) struct Character {
    text: char,
    doubtful: bool,
    differs: bool,
}

/// A plate and who issued it.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/plate.html")]
pub struct PlateLine {
    characters: Vec<Character>,
    state: Option<(&'static str, &'static str)>,
    doubt: String,
}

impl HtmlSafe for PlateLine {}

impl PlateLine {
    /// A plate as it was read, its doubtful characters marked.
    pub fn read(plate: PlateText, doubtful: &[usize], state: Option<Jurisdiction>) -> Self {
        let characters: Vec<Character> = plate
            .expose()
            .chars()
            .enumerate()
            .map(|(i, text)| Character { text, doubtful: doubtful.contains(&i), differs: false })
            .collect();
        let doubt = doubt_in_words(&characters);
        Self { characters, state: state.map(named), doubt }
    }

    /// A hotlist entry's plate or pattern; where `against` is given, characters that differ from it are marked.
    pub fn entry(entry: &str, state: Option<Jurisdiction>, against: Option<PlateText>) -> Self {
        let read: Vec<char> =
            against.map(|read| read.expose().chars().collect()).unwrap_or_default();
        let characters = entry
            .chars()
            .enumerate()
            .map(|(i, text)| Character {
                text,
                doubtful: false,
                differs: read.get(i).is_some_and(|other| *other != text),
            })
            .collect();
        Self { characters, state: state.map(named), doubt: String::new() }
    }
}

fn named(state: Jurisdiction) -> (&'static str, &'static str) {
    (words::state_short(state), state.name())
}

/// For those who hear the page: which characters are in doubt.
fn doubt_in_words(characters: &[Character]) -> String {
    let places: Vec<String> = characters
        .iter()
        .enumerate()
        .filter(|(_, character)| character.doubtful)
        .map(|(i, _)| (i + 1).to_string())
        .collect();
    match places.as_slice() {
        [] => String::new(),
        [one] => format!("character {one} is doubtful"),
        several => format!("characters {} are doubtful", several.join(", ")),
    }
}

/// One character with how sure the recogniser is of it.
#[derive(Clone, Debug)]
pub struct CharacterBar {
    /// The character.
    pub text: char,
    /// `0.91`
    pub number: String,
    /// Thousandths: the width of the bar.
    pub thousandths: u16,
    /// Whether it is doubtful.
    pub doubtful: bool,
}

impl CharacterBar {
    /// All characters of a plate; empty where the camera did not say how sure it was.
    pub fn all(plate: PlateText, sure: &[Confidence], doubtful: &[usize]) -> Vec<Self> {
        plate
            .expose()
            .chars()
            .zip(sure)
            .enumerate()
            .map(|(i, (text, sure))| Self {
                text,
                number: words::confidence_number(*sure),
                thousandths: sure.thousandths(),
                doubtful: doubtful.contains(&i),
            })
            .collect()
    }
}
