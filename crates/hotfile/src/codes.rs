//! Tables of codes: what a list writes, and what people read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::VehicleClass;
use serde::Deserialize;

/// Tables that come with the program, by their names.
static BUILT_IN: LazyLock<BTreeMap<String, BTreeMap<String, Code>>> =
    LazyLock::new(|| toml::from_str(include_str!("data/codes.toml")).unwrap_or_default());

/// What a code means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    /// In words.
    pub says: String,
    /// What the vehicle is by it.
    pub class: VehicleClass,
}

/// A table of codes.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Codes(BTreeMap<String, Code>);

/// A table that is not there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no table `{name}`; there are {}", there.join(", "))]
pub struct CodesError {
    name: String,
    there: Vec<&'static str>,
}

impl Codes {
    /// A table that comes with the program: `lit`, `vst`, `vma`, `vco`.
    pub fn built_in(name: &str) -> Result<Self, CodesError> {
        let there = || BUILT_IN.keys().map(String::as_str).collect();
        let table = BUILT_IN.get(name).cloned().map(Self);
        table.ok_or_else(|| CodesError { name: name.to_owned(), there: there() })
    }

    /// Adds a code, in place of one that is written alike.
    pub fn add(&mut self, code: &str, means: Code) {
        self.0.insert(code.to_ascii_uppercase(), means);
    }

    /// What a code means. Two codes with a slash between them (`BLU/WHI`) mean both; small letters are as good.
    pub fn means(&self, written: &str) -> Option<Code> {
        let one = |code: &str| self.0.get(&code.trim().to_ascii_uppercase());
        if let Some(code) = one(written) {
            return Some(code.clone());
        }
        let (first, second) = written.split_once('/')?;
        let (first, second) = (one(first)?, one(second)?);
        let says = format!("{} over {}", first.says, second.says);
        Some(Code { says, class: first.class })
    }

    /// What its codes mean, in words.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|code| code.says.as_str())
    }

    /// How many codes it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A code's meaning as tables write it: its words alone, or with the class of vehicle.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected words, or { says = \"…\", class = \"…\" }")]
enum Written {
    Words(String),
    Full {
        says: String,
        #[serde(default)]
        class: VehicleClass,
    },
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(from)? {
            Written::Words(says) => Self { says, class: VehicleClass::Unknown },
            Written::Full { says, class } => Self { says, class },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_that_come_with_the_program_are_whole() {
        let sizes = ["lit", "vst", "vma", "vco"].map(|name| Codes::built_in(name).unwrap().len());
        assert_eq!(sizes, [12, 23, 40, 32]);
        let err = Codes::built_in("vmo").unwrap_err().to_string();
        assert_eq!(err, "there is no table `vmo`; there are lit, vco, vma, vst");
    }

    #[test]
    fn codes_are_read_in_either_case_alone_or_in_pairs() {
        let colours = Codes::built_in("vco").unwrap();
        let says = |code: &str| colours.means(code).map(|code| code.says);
        assert_eq!(says("blu").as_deref(), Some("blue"));
        assert_eq!(says("BLU/WHI").as_deref(), Some("blue over white"));
        assert_eq!(says("BLU/XXX"), None);
        assert_eq!(says(""), None);
    }

    #[test]
    fn a_motorcycle_is_one_by_its_plate_and_by_its_style() {
        for table in ["lit", "vst"] {
            let class = Codes::built_in(table).unwrap().means("MC").unwrap().class;
            assert_eq!(class, VehicleClass::Motorcycle, "{table}");
        }
    }
}
