//! The TOML beside an issuer model.

use super::{PlateInput, Rule, check_digest, is_plain_name, parse};
use crate::model::ModelError;
use serde::Deserialize;

/// How to use an issuer model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerManifest {
    kind: String,
    /// The model's name and version.
    pub name: String,
    /// The ONNX file beside the manifest.
    pub file: String,
    sha256: String,
    /// What each class stands for: a code such as `US-TX`, or `other` for whoever has no class.
    pub issuers: Vec<String>,
    /// What the model takes.
    pub input: PlateInput,
    /// What the model gives.
    pub output: IssuerOutput,
}

/// What an issuer model gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerOutput {
    /// Name of N × classes, probabilities.
    pub issuer: String,
    /// A guess is told from this probability on.
    pub sure_min: f32,
}

impl IssuerManifest {
    /// Reads a manifest; `file` is its name, for errors.
    pub fn parse(file: &str, text: &str) -> Result<IssuerManifest, ModelError> {
        parse(file, text, IssuerManifest::rules)
    }

    fn rules(&self) -> Vec<Rule> {
        let own = [
            (self.kind == "issuer", "kind must be \"issuer\""),
            (is_plain_name(&self.file), "file must name a file beside the manifest"),
            (!self.issuers.is_empty(), "issuers must name at least one"),
            ((0.0..=1.0).contains(&self.output.sure_min), "sure_min must be 0 to 1"),
        ];
        [own.as_slice(), &self.input.rules()].concat()
    }

    /// Refuses bytes other than those the manifest names.
    pub fn check_digest(&self, onnx: &[u8]) -> Result<(), ModelError> {
        check_digest(&self.file, &self.sha256, onnx)
    }
}
