use super::*;
use crate::model::{InferError, Model, Tensor};

/// Finds one plate of 120×60 around (320, 160) in a 640-pixel input, whatever it sees.
struct SeesOne;

impl Model for SeesOne {
    fn input_shape(&self) -> Vec<Option<usize>> {
        vec![None, Some(3), None, None]
    }

    fn run(
        &self,
        _: &[f32],
        [_, _, height, width]: [usize; 4],
        _: &OneThread,
    ) -> Result<Vec<Tensor>, InferError> {
        let (rows, columns) = (height / 8, width / 8);
        let mut heat = vec![0.0; rows * columns];
        if let Some(cell) = heat.get_mut(20 * columns + 40) {
            *cell = 0.9;
        }
        let offsets = [-60.0, -30.0, 60.0, -30.0, 60.0, 30.0, -60.0, 30.0];
        let corners = offsets.iter().flat_map(|offset| vec![*offset; rows * columns]).collect();
        Ok(vec![
            Tensor { shape: vec![1, 1, rows, columns], data: heat },
            Tensor { shape: vec![1, 8, rows, columns], data: corners },
        ])
    }
}

/// Reads "A", "B" or "C" by how much the picture brightens to the right.
struct ReadsSlope;

impl Model for ReadsSlope {
    fn input_shape(&self) -> Vec<Option<usize>> {
        vec![None, Some(1), Some(64), Some(128)]
    }

    fn run(
        &self,
        input: &[f32],
        [plates, ..]: [usize; 4],
        _: &OneThread,
    ) -> Result<Vec<Tensor>, InferError> {
        let label = if input[0] < input[127] { 11 } else { 12 };
        let row = |best: usize| (0..37).map(move |at| if at == best { 0.964 } else { 0.001 });
        let columns = (0..32).flat_map(|column| row(if column == 8 { label } else { 0 }));
        let places = (0..10).flat_map(|place| row(if place == 0 { label } else { 0 }));
        Ok(vec![
            Tensor { shape: vec![plates, 10, 37], data: places.collect() },
            Tensor { shape: vec![plates, 32, 37], data: columns.map(f32::ln).collect() },
        ])
    }
}

/// Finds the same plate with one score in the look at full size, and in the middle of a closer look with another.
struct SeesFaintly {
    in_full: f32,
    closer: f32,
}

impl Model for SeesFaintly {
    fn input_shape(&self) -> Vec<Option<usize>> {
        SeesOne.input_shape()
    }

    fn run(
        &self,
        input: &[f32],
        shape: [usize; 4],
        on: &OneThread,
    ) -> Result<Vec<Tensor>, InferError> {
        let mut seen = SeesOne.run(input, shape, on)?;
        let [_, _, height, width] = shape;
        let columns = width / 8;
        let (at, score) = match (width, height) {
            (640, 640) => (20 * columns + 40, self.in_full),
            (192, 128) => (8 * columns + 12, self.closer),
            _ => (0, 0.0),
        };
        seen[0].data.fill(0.0);
        seen[0].data[at] = score;
        if width == 192 {
            seen[1].data.iter_mut().for_each(|offset| *offset *= 44.0 / 60.0);
        }
        Ok(seen)
    }
}

fn recogniser() -> Recogniser {
    recogniser_with(Box::new(SeesOne))
}

fn recogniser_with(model: Box<dyn Model>) -> Recogniser {
    let thread = OneThread::start();
    let detector = include_str!("../../models/detector.toml");
    let reader = include_str!("../../models/reader.toml");
    let detector = DetectorManifest::parse(DETECTOR_MANIFEST, detector).unwrap();
    let reader = ReaderManifest::parse(READER_MANIFEST, reader).unwrap();
    Recogniser::new(
        Detector::new(detector, model, &thread).unwrap(),
        Reader::new(reader, Box::new(ReadsSlope), &thread).unwrap(),
        [7; 32],
    )
}

fn frame(brighter_to_the_right: bool) -> Frame {
    let value = |x: u32| if brighter_to_the_right { x / 6 } else { 220 - x / 6 };
    let row: Vec<u8> = (0..1280).flat_map(|x| [value(x) as u8; 3]).collect();
    Frame::from_rgb(1280, 720, row.repeat(720)).unwrap()
}

#[test]
fn the_stages_join_in_frame_pixels() {
    let found = recogniser().recognise(&frame(true)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].text.expose().as_ref(), "A");
    assert_eq!(found[0].detection, 0.9);
    // Twice the input's numbers: the frame has twice its width.
    let centre = found[0].corners.centre();
    assert_eq!((centre.x, centre.y), (2.0 * 324.0, 2.0 * 164.0));
    assert_eq!(found[0].corners.width(), 240.0);
}

#[test]
fn the_reader_sees_the_frames_pixels() {
    let found = recogniser().recognise(&frame(false)).unwrap();
    assert_eq!(found[0].text.expose().as_ref(), "B");
}

#[test]
fn a_faint_find_is_believed_where_a_closer_look_is_surer() {
    let row: Vec<u8> = (0..1280u32).flat_map(|x| [(x / 6) as u8; 3]).collect();
    let frame = Frame::from_rgb(1280, 1280, row.repeat(1280)).unwrap();
    let found = |in_full: f32, closer: f32| {
        let recogniser = recogniser_with(Box::new(SeesFaintly { in_full, closer }));
        recogniser.recognise(&frame).unwrap().pop().map(|it| (it.detection, it.confidence))
    };
    let (sure, believed) = found(0.9, 0.0).unwrap();
    assert_eq!(sure, 0.9);
    let (confirmed, as_much) = found(0.3, 0.8).unwrap();
    assert_eq!(confirmed, 0.8);
    assert!(believed > 0.5 && as_much > 0.5, "{believed} and {as_much}");
    let (weak, doubted) = found(0.3, 0.3).unwrap();
    assert_eq!(weak, 0.3);
    assert!(doubted > 0.0 && doubted < 0.2 * believed, "{doubted} of {believed}");
    assert_eq!(found(0.1, 0.9), None);
}

#[test]
fn one_recogniser_serves_many_threads() {
    let (recogniser, frame) = (recogniser(), frame(true));
    std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..4).map(|_| scope.spawn(|| recogniser.recognise(&frame).unwrap().len())).collect();
        assert!(calls.into_iter().all(|call| call.join().unwrap() == 1));
    });
}

fn models() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

#[test]
fn shipped_models_load_and_are_those_in_the_folder() {
    let shipped = Recogniser::shipped().unwrap();
    let folder = Recogniser::from_dir(&models()).unwrap();
    assert_eq!(shipped.digest(), folder.digest());
    // A frame of one grey shows no plate and is no error.
    let grey = Frame::from_rgb(64, 48, vec![128; 64 * 48 * 3]).unwrap();
    shipped.recognise(&grey).unwrap();
}

#[test]
fn a_missing_or_changed_model_is_named() {
    let folder = std::env::temp_dir().join(format!("plateglass-models-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let missing = Recogniser::from_dir(&folder).err().unwrap().to_string();
    assert!(
        missing.starts_with("failed to read ") && missing.ends_with("detector.toml"),
        "{missing}"
    );
    for file in ["detector.toml", "detector.onnx", "reader.toml"] {
        std::fs::copy(models().join(file), folder.join(file)).unwrap();
    }
    std::fs::write(folder.join("reader.onnx"), b"other").unwrap();
    let changed = Recogniser::from_dir(&folder).err().unwrap().to_string();
    assert!(changed.starts_with("reader.onnx has SHA-256 "), "{changed}");
    std::fs::remove_dir_all(&folder).unwrap();
}
