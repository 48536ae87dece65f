//! What must not change a read: a little turning, another size, another exposure, a second thread; and what must not break
//! one: pictures of odd sizes, models that answer with numbers that are none.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test's helpers fail as tests do, and the figures are for whoever reads the test's output"
)]

mod common;

use common::{Scene, scenes};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use vision::{
    DetectBuffers, Detector, DetectorManifest, Frame, InferError, Model, OneThread, PlateFound,
    Reader, ReaderManifest, Recogniser, Rectified, Tensor,
};

static RECOGNISER: LazyLock<Recogniser> = LazyLock::new(|| Recogniser::shipped().unwrap());

/// Every sixth drawn scene whose only plate is read, with its picture.
static SCENES: LazyLock<Vec<(Scene, RgbImage)>> = LazyLock::new(|| {
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenes/truth.jsonl");
    let picture = |scene: &Scene| image::open(&scene.picture).unwrap().to_rgb8();
    let all = scenes(&truth).unwrap().into_iter().step_by(6);
    let with_pictures = all.map(|scene| (picture(&scene), scene));
    let read = with_pictures.filter(|(picture, scene)| scene.is_read(&found(picture)));
    read.map(|(picture, scene)| (scene, picture)).collect()
});

fn frame(picture: &RgbImage) -> Frame {
    Frame::from_rgb(picture.width(), picture.height(), picture.as_raw().clone()).unwrap()
}

fn found(picture: &RgbImage) -> Vec<PlateFound> {
    RECOGNISER.recognise(&frame(picture)).unwrap()
}

/// Asserts that of the scenes' pictures, changed, at least `floor` percent still give their text.
fn still_read(what: &str, floor: usize, change: impl Fn(&RgbImage) -> RgbImage) {
    let read = SCENES.iter().filter(|(scene, picture)| scene.is_read(&found(&change(picture))));
    let (read, n) = (read.count(), SCENES.len());
    println!("{what}: {read} of {n} still read");
    assert!(n >= 20, "only {n} scenes are read unchanged");
    assert!(100 * read >= floor * n, "{what}: {read} of {n}, the floor is {floor} %");
}

/// Turned about its middle; what comes in from outside is the edge's.
fn turned(picture: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = picture.dimensions();
    let middle = (width as f32 / 2.0, height as f32 / 2.0);
    let along = |at: f32, len: u32| (at.clamp(0.0, len as f32 - 1.001), len);
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 - middle.0, y as f32 - middle.1);
        let (x, _) = along(cos * x + sin * y + middle.0, width);
        let (y, _) = along(cos * y - sin * x + middle.1, height);
        imageops::sample_bilinear(picture, (x + 0.5) / width as f32, (y + 0.5) / height as f32)
            .unwrap_or(Rgb([0; 3]))
    })
}

#[test]
fn a_tilted_camera_reads_the_same() {
    for degrees in [-6.0, -3.0, 3.0, 6.0] {
        still_read(&format!("turned by {degrees}°"), 85, |picture| turned(picture, degrees));
    }
}

#[test]
fn a_larger_or_smaller_picture_reads_the_same() {
    for (scale, floor) in [(2.0, 90), (1.3, 90), (0.85, 80)] {
        still_read(&format!("{scale} times the size"), floor, |picture| {
            let size = |px: u32| (px as f32 * scale) as u32;
            let (width, height) = (size(picture.width()), size(picture.height()));
            imageops::resize(picture, width, height, FilterType::Triangle)
        });
    }
}

#[test]
fn another_exposure_reads_the_same() {
    for (gain, floor) in [(0.4, 80), (0.7, 90), (1.25, 85)] {
        still_read(&format!("{gain} times as bright"), floor, |picture| {
            let mut other = picture.clone();
            let value = |v: u8| (f32::from(v) * gain) as u8;
            other.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(value));
            other
        });
    }
}

/// Everything that a read says, to the last bit.
fn words(found: &[PlateFound]) -> Vec<String> {
    let word = |it: &PlateFound| {
        let bits = |p: &f32| p.to_bits();
        let sure: Vec<u32> = it.characters.iter().map(bits).collect();
        let corners = it.corners.points().map(|p| (p.x.to_bits(), p.y.to_bits()));
        format!("{} {} {sure:?} {corners:?}", it.text.expose().as_ref(), it.confidence.to_bits())
    };
    found.iter().map(word).collect()
}

#[test]
fn one_thread_and_two_read_the_same_to_the_bit() {
    let frames: Arc<Vec<Frame>> =
        Arc::new(SCENES.iter().take(8).map(|(_, picture)| frame(picture)).collect());
    let read = |frames: &[Frame]| -> Vec<Vec<String>> {
        frames.iter().map(|frame| words(&RECOGNISER.recognise(frame).unwrap())).collect()
    };
    let alone = read(&frames);
    let beside: Vec<_> = (0..2)
        .map(|_| {
            let frames = Arc::clone(&frames);
            std::thread::spawn(move || read(&frames))
        })
        .collect();
    for other in beside {
        assert_eq!(other.join().unwrap(), alone);
    }
}

#[test]
fn pictures_of_odd_sizes_are_looked_at() {
    for (width, height) in [(1, 1), (1, 3000), (3000, 1), (7, 5), (641, 33)] {
        let grey = Frame::from_rgb(width, height, vec![90; (width * height * 3) as usize]).unwrap();
        assert_eq!(RECOGNISER.recognise(&grey).unwrap().len(), 0, "{width}×{height}");
    }
}

#[test]
fn a_picture_of_20_000_by_20_000_is_refused_from_its_header() {
    let mut png = Vec::new();
    // The header alone says the size; no pixel of it is ever made.
    png.extend(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    png.extend([20_000_u32.to_be_bytes(), 20_000_u32.to_be_bytes()].concat());
    png.extend(b"\x08\x02\0\0\0");
    png.extend(crc32(&png[12..]).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    let said = Frame::decode(&png).unwrap_err().to_string();
    assert!(said.contains("20000×20000"), "{said}");
    assert!(said.contains("50000000 pixels and 16384 on a side are accepted"), "{said}");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
}

/// Answers the same number everywhere, in the shapes that a manifest promises.
struct Everywhere {
    input: Vec<Option<usize>>,
    value: f32,
    shapes: fn([usize; 4]) -> Vec<Vec<usize>>,
}

impl Model for Everywhere {
    fn input_shape(&self) -> Vec<Option<usize>> {
        self.input.clone()
    }

    fn run(&self, _: &[f32], shape: [usize; 4], _: &OneThread) -> Result<Vec<Tensor>, InferError> {
        let full =
            |shape: Vec<usize>| Tensor { data: vec![self.value; shape.iter().product()], shape };
        Ok((self.shapes)(shape).into_iter().map(full).collect())
    }
}

#[test]
fn a_model_that_answers_nonsense_finds_and_reads_nothing_or_little() {
    let thread = OneThread::start();
    let wide = Frame::from_rgb(1280, 720, vec![90; 1280 * 720 * 3]).unwrap();
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 0.0] {
        let manifest = include_str!("../models/detector.toml");
        let maps = Everywhere {
            input: vec![None, Some(3), None, None],
            value,
            shapes: |[n, _, h, w]| vec![vec![n, 1, h / 8, w / 8], vec![n, 8, h / 8, w / 8]],
        };
        let manifest = DetectorManifest::parse("detector.toml", manifest).unwrap();
        let detector = Detector::new(manifest, Box::new(maps), &thread).unwrap();
        let seen = detector.detect(&wide, &mut DetectBuffers::default(), &thread).unwrap();
        assert!(seen.is_empty(), "{value} everywhere is no plate");

        let manifest = ReaderManifest::parse("reader.toml", include_str!("../models/reader.toml"));
        let heads = Everywhere {
            input: vec![None, Some(1), Some(64), Some(128)],
            value,
            shapes: |[n, ..]| vec![vec![n, 10, 37], vec![n, 32, 37]],
        };
        let reader = Reader::new(manifest.unwrap(), Box::new(heads), &thread).unwrap();
        let form = reader.manifest().input.upright();
        let plate = Rectified { form, planes: vec![f32::NAN; 64 * 128] };
        for reading in reader.read(&[plate], &thread).unwrap().into_iter().flatten() {
            assert!((0.0..=1.0).contains(&reading.confidence), "{value}: {}", reading.confidence);
            assert!(reading.characters.iter().all(|p| (0.0..=1.0).contains(p)), "{value}");
        }
    }
}
