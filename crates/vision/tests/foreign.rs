//! Models of other makers by their manifests: a reader of bytes with pixels last and one head, a detector that gives boxes.
//! `fixtures/models/make.py` made them by arithmetic: they answer what a test can foretell.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as tests do")]

use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use vision::{
    DetectBuffers, Detector, DetectorManifest, Frame, ModelError, OneThread, Point, Quad, Reader,
    ReaderManifest, Recogniser, Rectified, RtenModel, rectify,
};

const READER: &str = r#"
    kind = "reader"
    name = "bars"
    file = "bars.onnx"
    sha256 = "SHA"
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    [input]
    name = "plate_bytes"
    height_px = 32
    width_px = 96
    colours = "rgb"
    axes = "nhwc"
    normalise = "bytes"
    padding = 0.0
    [output]
    slots = "plate"
    nothing = "last"
"#;

const DETECTOR: &str = r#"
    kind = "detector"
    name = "boxes"
    file = "boxes.onnx"
    sha256 = "SHA"
    [input]
    name = "images"
    long_side_px = 416
    multiple_of = 416
    mean = [0.0, 0.0, 0.0]
    std = [1.0, 1.0, 1.0]
    pad = 0.447
    [output]
    boxes = "output"
    box_row = "batch-box-class-score"
    score_min = 0.55
"#;

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/models");
    fs::read(folder.join(name)).unwrap()
}

fn with_digest(manifest: &str, onnx: &[u8]) -> String {
    let digest: String = Sha256::digest(onnx).iter().map(|byte| format!("{byte:02x}")).collect();
    manifest.replace("SHA", &digest)
}

fn reader(manifest: &str, onnx: &str) -> Result<Reader, ModelError> {
    let manifest = ReaderManifest::parse("reader.toml", manifest)?;
    let outputs = manifest.output.names();
    let model = RtenModel::load(onnx, "bars", file(onnx), &manifest.input.name, &outputs)?;
    Reader::new(manifest, Box::new(model), &OneThread::start())
}

fn detector() -> Detector {
    let manifest = DetectorManifest::parse("detector.toml", DETECTOR).unwrap();
    let model = RtenModel::load("boxes.onnx", "boxes", file("boxes.onnx"), "images", &["output"]);
    Detector::new(manifest, Box::new(model.unwrap()), &OneThread::start()).unwrap()
}

/// The levels that spell a text in eight places.
fn bars(text: &str) -> impl Iterator<Item = u8> {
    let class = |c: char| 7 * c.to_digit(36).unwrap() as u8;
    text.chars().map(class).chain([7 * 36; 8]).take(8)
}

/// A bright frame with bars from (320, 160) to (960, 320): where the detector's first box lies in 1280×720.
fn frame(text: &str) -> Frame {
    let bars: Vec<u8> = bars(text).collect();
    let value = |x: usize, y: usize| match (x, y) {
        (320..960, 160..320) => *bars.get((x - 320) / 80).unwrap(),
        _ => 255,
    };
    let rgb = (0..720).flat_map(|y| (0..1280).flat_map(move |x| [(x, y); 3]));
    Frame::from_rgb(1280, 720, rgb.map(|(x, y)| value(x, y)).collect()).unwrap()
}

fn upright(reader: &Reader, text: &str) -> Rectified {
    let corners = [(320.0, 160.0), (960.0, 160.0), (960.0, 320.0), (320.0, 320.0)];
    let corners = Quad::from_points(corners.map(|(x, y)| Point { x, y }));
    rectify(&frame(text), &corners, reader.manifest().input.upright()).unwrap()
}

#[test]
fn a_reader_of_another_make_reads_by_its_manifest() {
    for onnx in ["bars.onnx", "bars-singly.onnx"] {
        let reader = reader(READER, onnx).unwrap();
        let plates = [upright(&reader, "8PLR042"), upright(&reader, "AZ9")];
        let readings = reader.read(&plates, &OneThread::start()).unwrap();
        let texts: Vec<String> =
            readings.iter().flatten().map(|it| it.text.expose().as_ref().to_owned()).collect();
        assert_eq!(texts, ["8PLR042", "AZ9"], "{onnx}");
        let first = readings[0].as_ref().unwrap();
        assert!(first.confidence > 0.9, "{}", first.confidence);
        assert_eq!(first.characters.len(), 7);
    }
}

#[test]
fn a_detector_that_gives_boxes_is_placed_in_the_frame() {
    let detector = detector();
    let white = Frame::from_rgb(1280, 720, vec![255; 1280 * 720 * 3]).unwrap();
    let thread = OneThread::start();
    let seen = detector.detect(&white, &mut DetectBuffers::default(), &thread).unwrap();
    assert_eq!(seen.len(), 1, "the second box is below the least score");
    // 234 of 416 rows are the frame, white; the rest is padding: the model saw both.
    let expected = (234.0 + 182.0 * 0.447) / 416.0;
    assert!((seen[0].score - expected).abs() < 1e-3, "{} {expected}", seen[0].score);
    let [top_left, _, bottom_right, _] = seen[0].corners.points();
    assert!((top_left.x - 320.0).abs() < 0.1 && (top_left.y - 160.0).abs() < 0.1);
    assert!((bottom_right.x - 960.0).abs() < 0.1 && (bottom_right.y - 320.0).abs() < 0.1);
}

#[test]
fn a_folder_of_other_models_is_a_whole_recogniser() {
    let folder = std::env::temp_dir().join(format!("plateglass-foreign-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    for (model, manifest, toml) in
        [("bars.onnx", READER, "reader.toml"), ("boxes.onnx", DETECTOR, "detector.toml")]
    {
        let onnx = file(model);
        write(model, &onnx);
        write(toml, with_digest(manifest, &onnx).as_bytes());
    }
    let found = Recogniser::from_dir(&folder).unwrap().recognise(&frame("8PLR042"));
    fs::remove_dir_all(&folder).unwrap();
    let texts: Vec<String> =
        found.unwrap().iter().map(|it| it.text.expose().as_ref().to_owned()).collect();
    assert_eq!(texts, ["8PLR042"]);
}

fn refused(from: &str, to: &str) -> String {
    assert!(READER.contains(from), "the manifest holds no {from}");
    let err = reader(&READER.replace(from, to), "bars.onnx").err().unwrap();
    let cause = std::error::Error::source(&err).map(ToString::to_string);
    format!("{err}: {}", cause.unwrap_or_default())
}

#[test]
fn a_manifest_that_lies_is_refused_with_what_the_model_says() {
    let said = refused("width_px = 96", "width_px = 128");
    assert!(
        said.contains("should have shape any×32×128×3, the model declares any×32×96×3"),
        "{said}"
    );
    let said = refused("\"nhwc\"", "\"nchw\"");
    assert!(said.contains("should have shape any×3×32×96"), "{said}");
    let said = refused("XYZ\"", "XY\"");
    assert!(said.contains("`plate` should have shape [1, 8, 36], not [1, 8, 37]"), "{said}");
    let said = refused("slots = \"plate\"", "slots = \"plates\"");
    assert!(said.contains("bars.onnx") && said.contains("no output `plates`"), "{said}");
    let said = refused("name = \"plate_bytes\"", "name = \"pixels\"");
    assert!(said.contains("no input `pixels`"), "{said}");
    let said = refused("nothing = \"last\"", "nothing = \"middle\"");
    assert!(said.contains("reader.toml") && said.contains("`first` or `last`"), "{said}");
}

#[test]
fn an_unknown_operator_is_named() {
    let said = RtenModel::load(
        "unknown-operator.onnx",
        "unknown",
        file("unknown-operator.onnx"),
        "plate_bytes",
        &["plate"],
    );
    let said = said.err().unwrap().to_string();
    assert!(said.contains("unknown-operator.onnx") && said.contains("Divine"), "{said}");
}

#[test]
fn a_model_file_cut_anywhere_is_an_error_or_reads_the_same() {
    let whole = file("bars.onnx");
    let thread = OneThread::start();
    let mut refused = 0;
    for len in 0..whole.len() {
        let cut = whole[..len].to_vec();
        let model = RtenModel::load("cut.onnx", "cut", cut, "plate_bytes", &["plate"]);
        let manifest = ReaderManifest::parse("reader.toml", READER).unwrap();
        let reader = model.and_then(|model| Reader::new(manifest, Box::new(model), &thread));
        // Behind the graph there are only remarks, such as who made it.
        let Ok(reader) = reader else {
            refused += 1;
            continue;
        };
        let reading = reader.read(&[upright(&reader, "8PLR042")], &thread).unwrap().remove(0);
        assert_eq!(reading.unwrap().text.expose().as_ref(), "8PLR042", "cut after {len} bytes");
    }
    assert!(refused > whole.len() - 40, "{refused} of {} cuts were refused", whole.len());
}
