//! The TOML beside each model: the whole contract between training and this crate.

use super::ModelError;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Longest side that a detector may ask for: 1,920 costs nine times what 640 does, and no frame rate survives more.
const LONG_SIDE_MAX_PX: u32 = 1920;
/// Reader pictures larger than this would cost more than detection.
const READER_SIDE_MAX_PX: u32 = 512;

/// How to use a detector.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorManifest {
    kind: String,
    /// The model's name and version.
    pub name: String,
    /// The ONNX file beside the manifest.
    pub file: String,
    sha256: String,
    /// What the model takes.
    pub input: DetectorInput,
    /// What the model gives.
    pub output: DetectorOutput,
}

/// What a detector takes: N × 3 × height × width, RGB.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorInput {
    /// The input's name in the ONNX file.
    pub name: String,
    /// The frame is scaled so that its longer side has so many pixels.
    pub long_side_px: u32,
    /// Then both sides are padded with zeros, right and below, to a multiple of this.
    pub multiple_of: u32,
    /// Taken from red, green and blue in 0–1.
    pub mean: [f32; 3],
    /// What remains is divided by this.
    pub std: [f32; 3],
}

/// What a detector gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorOutput {
    /// Name of N × 1 × h × w, the probability that a plate's centre lies in a cell.
    pub heat: String,
    /// Name of N × 8 × h × w, the corners' x and y relative to the cell's centre, in input pixels.
    pub corners: String,
    /// Input pixels per cell.
    pub stride: u32,
    /// Peaks of the heat below this are no plates.
    pub score_min: f32,
}

/// How to use an issuer model. It is given the very pictures that the reader gets.
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
    /// What the model takes: the reader's input.
    pub input: ReaderInput,
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

/// How to use a reader.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderManifest {
    kind: String,
    /// The model's name and version.
    pub name: String,
    /// The ONNX file beside the manifest.
    pub file: String,
    sha256: String,
    /// What classes 1, 2, … stand for; class 0 is nothing.
    pub alphabet: String,
    /// What the model takes.
    pub input: ReaderInput,
    /// What the model gives.
    pub output: ReaderOutput,
    /// Pairs of a raw confidence and the share of reads that were right at it, both rising, between which a line is
    /// drawn; without them the raw confidence is told.
    #[serde(default)]
    pub calibration: Vec<[f32; 2]>,
}

/// What a reader takes: N × 1 × height × width, grey.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderInput {
    /// The input's name in the ONNX file.
    pub name: String,
    /// Height of the rectified plate.
    pub height_px: u32,
    /// Width of the rectified plate.
    pub width_px: u32,
    normalise: Normalise,
    /// Border, as a share of the plate's own width and height, added on each side before rectifying.
    pub padding: f32,
}

/// How a reader's pictures are normalised. One way exists: naming it lets another come without breaking models.
#[derive(Debug, Clone, Copy, Deserialize)]
enum Normalise {
    /// (value − mean) ÷ deviation, both of this picture.
    #[serde(rename = "per-image")]
    PerImage,
}

/// What a reader gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderOutput {
    /// Name of N × columns × classes, class 0 the blank.
    pub ctc: String,
    /// Name of N × places × classes, probabilities, class 0 for an empty place.
    pub slots: String,
    /// What the numbers of `ctc` are.
    pub ctc_form: CtcForm,
}

/// What the numbers of a CTC output are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum CtcForm {
    /// Natural logarithms of probabilities.
    #[serde(rename = "log-prob")]
    LogProb,
    /// Probabilities.
    #[serde(rename = "prob")]
    Prob,
}

impl DetectorManifest {
    /// Reads a manifest; `file` is its name, for errors.
    pub fn parse(file: &str, text: &str) -> Result<DetectorManifest, ModelError> {
        let wrong = |reason: String| ModelError::Manifest { file: file.to_owned(), reason };
        let manifest: DetectorManifest =
            toml::from_str(text).map_err(|err| wrong(err.to_string()))?;
        let DetectorManifest { input, output, .. } = &manifest;
        let rules = [
            (manifest.kind == "detector", "kind must be \"detector\""),
            (is_plain_name(&manifest.file), "file must name a file beside the manifest"),
            (
                (1..=LONG_SIDE_MAX_PX).contains(&input.long_side_px),
                "long_side_px must be 1 to 1920",
            ),
            ((1..=256).contains(&input.multiple_of), "multiple_of must be 1 to 256"),
            (input.std.iter().all(|std| *std > 0.0), "std must be above 0"),
            ((1..=64).contains(&output.stride), "stride must be 1 to 64"),
            (
                input.multiple_of % output.stride.max(1) == 0,
                "multiple_of must be a multiple of stride",
            ),
            ((0.0..=1.0).contains(&output.score_min), "score_min must be 0 to 1"),
        ];
        first_broken(&rules).map_or(Ok(manifest), |rule| Err(wrong(rule)))
    }

    /// Refuses bytes other than those the manifest names.
    pub fn check_digest(&self, onnx: &[u8]) -> Result<(), ModelError> {
        check_digest(&self.file, &self.sha256, onnx)
    }
}

impl ReaderManifest {
    /// Reads a manifest; `file` is its name, for errors.
    pub fn parse(file: &str, text: &str) -> Result<ReaderManifest, ModelError> {
        let wrong = |reason: String| ModelError::Manifest { file: file.to_owned(), reason };
        let manifest: ReaderManifest =
            toml::from_str(text).map_err(|err| wrong(err.to_string()))?;
        let ReaderManifest { input, .. } = &manifest;
        let Normalise::PerImage = input.normalise;
        let sides = 1..=READER_SIDE_MAX_PX;
        let alphabet_ok = !manifest.alphabet.is_empty()
            && manifest.alphabet.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        let rules = [
            (manifest.kind == "reader", "kind must be \"reader\""),
            (is_plain_name(&manifest.file), "file must name a file beside the manifest"),
            (sides.contains(&input.height_px), "height_px must be 1 to 512"),
            (sides.contains(&input.width_px), "width_px must be 1 to 512"),
            ((0.0..=0.5).contains(&input.padding), "padding must be 0 to 0.5"),
            (alphabet_ok, "alphabet must be of 0–9 and A–Z"),
            (is_rising(&manifest.calibration), "calibration must be rising pairs of 0 to 1"),
        ];
        first_broken(&rules).map_or(Ok(manifest), |rule| Err(wrong(rule)))
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

impl IssuerManifest {
    /// Reads a manifest; `file` is its name, for errors. `reader` is the one whose pictures it shares.
    pub fn parse(
        file: &str,
        text: &str,
        reader: &ReaderManifest,
    ) -> Result<IssuerManifest, ModelError> {
        let wrong = |reason: String| ModelError::Manifest { file: file.to_owned(), reason };
        let manifest: IssuerManifest =
            toml::from_str(text).map_err(|err| wrong(err.to_string()))?;
        let (own, theirs) = (&manifest.input, &reader.input);
        let Normalise::PerImage = own.normalise;
        let same_picture = (own.height_px, own.width_px) == (theirs.height_px, theirs.width_px)
            && own.padding == theirs.padding;
        let rules = [
            (manifest.kind == "issuer", "kind must be \"issuer\""),
            (is_plain_name(&manifest.file), "file must name a file beside the manifest"),
            (!manifest.issuers.is_empty(), "issuers must name at least one"),
            (same_picture, "input must be the reader's: the same height, width and padding"),
            ((0.0..=1.0).contains(&manifest.output.sure_min), "sure_min must be 0 to 1"),
        ];
        first_broken(&rules).map_or(Ok(manifest), |rule| Err(wrong(rule)))
    }

    /// Refuses bytes other than those the manifest names.
    pub fn check_digest(&self, onnx: &[u8]) -> Result<(), ModelError> {
        check_digest(&self.file, &self.sha256, onnx)
    }
}

/// Whether both numbers of every pair are probabilities and neither falls.
fn is_rising(pairs: &[[f32; 2]]) -> bool {
    let within = pairs.iter().flatten().all(|it| (0.0..=1.0).contains(it));
    let next = pairs.iter().skip(1);
    within && pairs.iter().zip(next).all(|([a, b], [c, d])| a < c && b <= d)
}

fn first_broken(rules: &[(bool, &str)]) -> Option<String> {
    rules.iter().find(|(holds, _)| !holds).map(|(_, rule)| (*rule).to_owned())
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

    const DETECTOR: &str = include_str!("../../models/detector.toml");
    const READER: &str = include_str!("../../models/reader.toml");

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
        assert_eq!((detector.output.stride, detector.input.multiple_of), (8, 32));
        let reader = ReaderManifest::parse("reader.toml", READER).unwrap();
        assert_eq!((reader.classes(), reader.output.ctc_form), (37, CtcForm::LogProb));
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
