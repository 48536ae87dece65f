//! The TOML beside each model: the whole contract between training and this crate.

mod detector;
mod issuer;
mod plate;
mod reader;

pub use detector::{BoxRow, DetectorForm, DetectorInput, DetectorManifest, DetectorOutput, Glance};
pub use issuer::{IssuerManifest, IssuerOutput};
pub use plate::{Axes, Normalise, PlateInput};
pub use reader::{CtcForm, Nothing, ReaderManifest, ReaderOutput};

use super::ModelError;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Whether both numbers of every pair are probabilities and neither falls.
fn is_rising(pairs: &[[f32; 2]]) -> bool {
    let within = pairs.iter().flatten().all(|it| (0.0..=1.0).contains(it));
    let next = pairs.iter().skip(1);
    within && pairs.iter().zip(next).all(|([a, b], [c, d])| a < c && b <= d)
}

/// Whether something holds, and what is said where it does not.
type Rule = (bool, &'static str);

/// Reads a manifest and holds it to its rules; `file` is its name, for errors.
fn parse<T: DeserializeOwned>(
    file: &str,
    text: &str,
    rules: impl Fn(&T) -> Vec<Rule>,
) -> Result<T, ModelError> {
    let wrong = |reason: String| ModelError::Manifest { file: file.to_owned(), reason };
    let manifest: T = toml::from_str(text).map_err(|err| wrong(err.to_string()))?;
    let broken = rules(&manifest).into_iter().find(|(holds, _)| !holds);
    broken.map_or(Ok(manifest), |(_, rule)| Err(wrong(rule.to_owned())))
}

/// A manifest may not reach outside its own folder.
fn is_plain_name(file: &str) -> bool {
    !file.is_empty() && !file.starts_with('.') && !file.contains(['/', '\\'])
}

fn check_digest(file: &str, expected: &str, onnx: &[u8]) -> Result<(), ModelError> {
    let found = hex(&Sha256::digest(onnx));
    if found == expected.to_ascii_lowercase() {
        return Ok(());
    }
    Err(ModelError::Digest { file: file.to_owned(), expected: expected.to_owned(), found })
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DETECTOR: &str = include_str!("../../../models/detector.toml");
    const READER: &str = include_str!("../../../models/reader.toml");

    fn detector_says(from: &str, to: &str) -> String {
        assert!(DETECTOR.contains(from), "the shipped manifest no longer holds {from}");
        match DetectorManifest::parse("detector.toml", &DETECTOR.replace(from, to)) {
            Ok(_) => "accepted".to_owned(),
            Err(err) => err.to_string(),
        }
    }

    #[test]
    fn shipped_manifests_are_read() {
        let detector = DetectorManifest::parse("detector.toml", DETECTOR).unwrap();
        assert_eq!(detector.output.form.names(), ["heat", "corners"]);
        assert_eq!(detector.input.multiple_of, 32);
        let reader = ReaderManifest::parse("reader.toml", READER).unwrap();
        assert_eq!((reader.classes(), reader.output.names()), (37, vec!["slots", "ctc"]));
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        let said = detector_says("multiple_of", "multiples_of");
        assert!(said.contains("detector.toml") && said.contains("multiples_of"), "{said}");
    }

    #[test]
    fn values_out_of_range_are_refused_with_the_rule() {
        for (from, to, rule) in [
            ("kind = \"detector\"", "kind = \"reader\"", "kind must be \"detector\""),
            (
                "\"detector.onnx\"",
                "\"../detector.onnx\"",
                "file must name a file beside the manifest",
            ),
            ("stride = 8", "stride = 0", "stride must be 1 to 64"),
            ("long_side_px = 384", "long_side_px = 0", "glance.long_side_px must be 1 to 1920"),
            ("believed_min = 0.40", "believed_min = 0.1", "believed_min must be score_min to 1"),
            ("mean =", "pad = 114.0\nmean =", "pad must be 0 to 1"),
            ("stride = 8", "stride = 9", "multiple_of must be a multiple of stride"),
        ] {
            let said = detector_says(from, to);
            assert!(said.ends_with(rule), "{said}");
        }
    }

    #[test]
    fn other_bytes_are_refused_with_both_digests() {
        let reader = ReaderManifest::parse("reader.toml", READER).unwrap();
        let said = reader.check_digest(b"other").unwrap_err().to_string();
        assert!(said.starts_with("reader.onnx has SHA-256 d9298a10"), "{said}");
        assert!(said.contains(&reader.sha256), "{said}");
    }
}
