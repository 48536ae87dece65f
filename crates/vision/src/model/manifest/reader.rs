//! The TOML beside a reader.

use super::{PlateInput, Rule, check_digest, is_plain_name, is_rising, parse};
use crate::model::ModelError;
use serde::Deserialize;

/// How to use a reader.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderManifest {
    kind: String,
    /// The model's name and version.
    pub name: String,
    /// The ONNX file beside the manifest.
    pub file: String,
    pub(super) sha256: String,
    /// What the classes stand for, without the one that is nothing.
    pub alphabet: String,
    /// What the model takes.
    pub input: PlateInput,
    /// What the model gives.
    pub output: ReaderOutput,
    /// Pairs of a raw confidence and the share of reads that were right at it, both rising, between which a line is
    /// drawn; without them the raw confidence is told.
    #[serde(default)]
    pub calibration: Vec<[f32; 2]>,
}

/// What a reader gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderOutput {
    /// Name of N × columns × classes, for a reader that has such a head.
    #[serde(default)]
    pub ctc: Option<String>,
    /// Name of N × places × classes, probabilities.
    pub slots: String,
    /// What the numbers of `ctc` are.
    #[serde(default)]
    pub ctc_form: CtcForm,
    /// Which class is a blank column or an empty place.
    #[serde(default)]
    pub nothing: Nothing,
}

impl ReaderOutput {
    /// The outputs' names: the places', then the columns' where there are any.
    pub fn names(&self) -> Vec<&str> {
        std::iter::once(self.slots.as_str()).chain(self.ctc.as_deref()).collect()
    }
}

/// Where the class that stands for nothing comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nothing {
    /// Before the alphabet.
    #[default]
    First,
    /// After it.
    Last,
}

/// What the numbers of a CTC output are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CtcForm {
    /// Natural logarithms of probabilities.
    #[default]
    LogProb,
    /// Probabilities.
    Prob,
}

impl ReaderManifest {
    /// Reads a manifest; `file` is its name, for errors.
    pub fn parse(file: &str, text: &str) -> Result<ReaderManifest, ModelError> {
        parse(file, text, ReaderManifest::rules)
    }

    fn rules(&self) -> Vec<Rule> {
        let alphabet_ok = !self.alphabet.is_empty()
            && self.alphabet.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        let own = [
            (self.kind == "reader", "kind must be \"reader\""),
            (is_plain_name(&self.file), "file must name a file beside the manifest"),
            (alphabet_ok, "alphabet must be of 0–9 and A–Z"),
            (is_rising(&self.calibration), "calibration must be rising pairs of 0 to 1"),
        ];
        [own.as_slice(), &self.input.rules()].concat()
    }

    /// Refuses bytes other than those the manifest names.
    pub fn check_digest(&self, onnx: &[u8]) -> Result<(), ModelError> {
        check_digest(&self.file, &self.sha256, onnx)
    }

    /// Classes of both heads: the alphabet and nothing.
    pub(crate) fn classes(&self) -> usize {
        self.alphabet.len() + 1
    }
}
