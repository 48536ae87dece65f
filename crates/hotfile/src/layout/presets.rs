//! Layouts that come with the program.

use super::Layout;

/// A layout that comes with the program, to be taken as it is or as a beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preset {
    /// Its word.
    pub word: &'static str,
    /// What people read.
    pub label: &'static str,
    /// The layout, as text.
    pub text: &'static str,
}

const PRESETS: [Preset; 7] = [
    Preset { word: "csv", label: "CSV with a header", text: include_str!("../presets/csv.toml") },
    Preset {
        word: "own",
        label: "The agency’s own list: CSV with dates, cautions and priorities",
        text: include_str!("../presets/own.toml"),
    },
    Preset {
        word: "genetec",
        label: "Genetec AutoVu, delimited",
        text: include_str!("../presets/genetec.toml"),
    },
    Preset {
        word: "genetec-fixed",
        label: "Genetec AutoVu, fixed width",
        text: include_str!("../presets/genetec-fixed.toml"),
    },
    Preset {
        word: "vigilant",
        label: "Vigilant LEARN",
        text: include_str!("../presets/vigilant.toml"),
    },
    Preset {
        word: "ncic-example",
        label: "Example in the manner of an NCIC or state extract, fixed width: replace its places by those that your state gives you",
        text: include_str!("../presets/ncic-example.toml"),
    },
    Preset {
        word: "ncic-example-delimited",
        label: "Example in the manner of an NCIC or state extract, delimited: replace its columns by those that your state gives you",
        text: include_str!("../presets/ncic-example-delimited.toml"),
    },
];

/// Layouts that come with the program.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

impl Preset {
    /// The preset of a word.
    pub fn of(word: &str) -> Option<Self> {
        PRESETS.into_iter().find(|preset| preset.word == word)
    }

    /// The layout.
    pub fn layout(&self) -> Result<Layout, Vec<super::Fault>> {
        Layout::parse(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_a_layout() {
        for preset in presets() {
            assert!(preset.layout().is_ok(), "{}: {:?}", preset.word, preset.layout());
            assert_eq!(Preset::of(preset.word), Some(*preset));
        }
    }

    #[test]
    fn examples_say_that_they_are_examples() {
        for preset in presets().iter().filter(|preset| preset.word.starts_with("ncic")) {
            assert!(preset.text.contains("This is an EXAMPLE"), "{}", preset.word);
            assert!(preset.label.starts_with("Example"), "{}", preset.word);
        }
    }
}
