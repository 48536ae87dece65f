//! The whole way of a frame: detect, rectify, read.

use crate::detect::{DetectBuffers, Detection, Detector};
use crate::error::VisionError;
use crate::frame::Frame;
use crate::geometry::Quad;
use crate::model::{DetectorManifest, ModelError, OneThread, ReaderManifest, RtenModel};
use crate::read::{Alternative, Reader, Reading};
use crate::rectify::{Rectified, rectify};
use plate::PlateText;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A plate in a frame: what it says, where it is, and how sure both are.
#[derive(Debug, Clone)]
pub struct PlateFound {
    /// The likeliest text.
    pub text: PlateText,
    /// How likely the text is right, 0–1.
    pub confidence: f32,
    /// How likely each character of the text is right, 0–1, in order.
    pub characters: Vec<f32>,
    /// The likeliest texts, likeliest first, `text` among them; at most ten.
    pub alternatives: Vec<Alternative>,
    /// The plate's four corners in frame pixels.
    pub corners: Quad,
    /// How sure the detector is that this is a plate, 0–1.
    pub detection: f32,
}

/// Both models, ready; share one between threads.
pub struct Recogniser {
    detector: Detector,
    reader: Reader,
    digest: [u8; 32],
    /// Idle threads with their buffers: as many as calls ever ran at once.
    idle: Mutex<Vec<Worker>>,
}

/// What one call needs to itself.
struct Worker {
    thread: OneThread,
    buffers: DetectBuffers,
}

/// A manifest and its model, as bytes.
struct Files {
    manifest: String,
    onnx: Vec<u8>,
}

/// A plate read with this confidence ends the search: the second look is for frames in which nothing was readable.
const SURE: f32 = 0.5;
/// Longer side of the second look's input. It costs a tenth of the first look and shows a plate that fills the
/// picture at the sizes the detector was trained on (training/README.md, "Decoding").
const CLOSE_UP_LONG_SIDE_PX: u32 = 192;
/// Only plates at least this share of the frame's longer side are taken from the second look: the first look sees
/// all smaller ones better.
const CLOSE_UP_SHARE_MIN: f32 = 0.3;

const DETECTOR_MANIFEST: &str = "detector.toml";
const READER_MANIFEST: &str = "reader.toml";

impl Recogniser {
    /// The models that come with Plateglass, built into the program.
    pub fn shipped() -> Result<Recogniser, ModelError> {
        let detector = Files {
            manifest: include_str!("../models/detector.toml").to_owned(),
            onnx: include_bytes!("../models/detector.onnx").to_vec(),
        };
        let reader = Files {
            manifest: include_str!("../models/reader.toml").to_owned(),
            onnx: include_bytes!("../models/reader.onnx").to_vec(),
        };
        Recogniser::load(detector, reader)
    }

    /// Other models: `detector.toml` and `reader.toml` in a folder, with the files that they name beside them.
    pub fn from_dir(folder: &Path) -> Result<Recogniser, ModelError> {
        let detector = text(&folder.join(DETECTOR_MANIFEST))?;
        let reader = text(&folder.join(READER_MANIFEST))?;
        let detector_file = DetectorManifest::parse(DETECTOR_MANIFEST, &detector)?.file;
        let reader_file = ReaderManifest::parse(READER_MANIFEST, &reader)?.file;
        Recogniser::load(
            Files { manifest: detector, onnx: bytes(&folder.join(detector_file))? },
            Files { manifest: reader, onnx: bytes(&folder.join(reader_file))? },
        )
    }

    fn load(detector: Files, reader: Files) -> Result<Recogniser, ModelError> {
        let digest = Sha256::new()
            .chain_update(Sha256::digest(&detector.manifest))
            .chain_update(Sha256::digest(&reader.manifest))
            .finalize();
        let thread = OneThread::start();
        let detector = load_detector(detector, &thread)?;
        let reader = load_reader(reader, &thread)?;
        Ok(Recogniser::new(detector, reader, digest.into()))
    }

    /// From stages already made: tests hand in models that need no weights.
    pub fn new(detector: Detector, reader: Reader, digest: [u8; 32]) -> Recogniser {
        Recogniser { detector, reader, digest, idle: Mutex::default() }
    }

    /// Names what reads: SHA-256 over both manifests' digests, and through them both models'. Kept with every read,
    /// it tells years later which weights said so.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The first stage.
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// The last stage.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The plates of a frame, surest detection first. Plates that were found but bear no readable text are left out.
    ///
    /// Computes on one thread of its own; calls from several threads run beside each other.
    pub fn recognise(&self, frame: &Frame) -> Result<Vec<PlateFound>, VisionError> {
        let mut worker = self.take_worker();
        let found = self.recognise_on(frame, &mut worker);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        found
    }

    fn take_worker(&self) -> Worker {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Worker {
            thread: OneThread::start(),
            buffers: DetectBuffers::default(),
        })
    }

    fn recognise_on(
        &self,
        frame: &Frame,
        worker: &mut Worker,
    ) -> Result<Vec<PlateFound>, VisionError> {
        let seen = self.detector.detect(frame, &mut worker.buffers, &worker.thread)?;
        let found = self.read(frame, seen, worker)?;
        if found.iter().any(|plate| plate.confidence >= SURE) {
            return Ok(found);
        }
        self.look_close(frame, found, worker)
    }

    /// A second, cheap look for a plate that fills the picture: the detector knows plates up to a third of its
    /// input, so the frame is made small. What the first look found inside one is its letters.
    fn look_close(
        &self,
        frame: &Frame,
        mut found: Vec<PlateFound>,
        worker: &mut Worker,
    ) -> Result<Vec<PlateFound>, VisionError> {
        let (buffers, thread) = (&mut worker.buffers, &worker.thread);
        let mut seen = self.detector.detect_at(frame, CLOSE_UP_LONG_SIDE_PX, buffers, thread)?;
        let wide = CLOSE_UP_SHARE_MIN * frame.width_px.max(frame.height_px) as f32;
        seen.retain(|plate| plate.corners.bounds().width() >= wide);
        found.retain(|plate| {
            let centre = plate.corners.centre();
            !seen.iter().any(|close| close.corners.bounds().contains(centre))
        });
        found.extend(self.read(frame, seen, worker)?);
        Ok(found)
    }

    /// Rectifies and reads what was detected.
    fn read(
        &self,
        frame: &Frame,
        seen: Vec<Detection>,
        worker: &Worker,
    ) -> Result<Vec<PlateFound>, VisionError> {
        let (seen, plates) = self.rectified(frame, seen);
        let readings = self.reader.read(&plates, &worker.thread)?;
        let found = seen.into_iter().zip(readings);
        Ok(found.filter_map(|(seen, reading)| Some(joined(seen, reading?))).collect())
    }

    /// Each detection with its rectangle; one whose corners cannot be rectified is no plate.
    fn rectified(
        &self,
        frame: &Frame,
        detections: Vec<Detection>,
    ) -> (Vec<Detection>, Vec<Rectified>) {
        let input = &self.reader.manifest().input;
        let (width, height) = (input.width_px as usize, input.height_px as usize);
        let pairs = detections.into_iter().filter_map(|seen| {
            Some((seen, rectify(frame, &seen.corners, input.padding, width, height).ok()?))
        });
        pairs.unzip()
    }
}

fn joined(seen: Detection, reading: Reading) -> PlateFound {
    PlateFound {
        text: reading.text,
        confidence: reading.confidence,
        characters: reading.characters,
        alternatives: reading.alternatives,
        corners: seen.corners,
        detection: seen.score,
    }
}

fn load_detector(files: Files, on: &OneThread) -> Result<Detector, ModelError> {
    let manifest = DetectorManifest::parse(DETECTOR_MANIFEST, &files.manifest)?;
    manifest.check_digest(&files.onnx)?;
    let outputs = [manifest.output.heat.as_str(), &manifest.output.corners];
    let model =
        RtenModel::load(&manifest.file, &manifest.name, files.onnx, &manifest.input.name, outputs)?;
    Detector::new(manifest, Box::new(model), on)
}

fn load_reader(files: Files, on: &OneThread) -> Result<Reader, ModelError> {
    let manifest = ReaderManifest::parse(READER_MANIFEST, &files.manifest)?;
    manifest.check_digest(&files.onnx)?;
    let outputs = [manifest.output.ctc.as_str(), &manifest.output.slots];
    let model =
        RtenModel::load(&manifest.file, &manifest.name, files.onnx, &manifest.input.name, outputs)?;
    Reader::new(manifest, Box::new(model), on)
}

fn text(path: &Path) -> Result<String, ModelError> {
    std::fs::read_to_string(path)
        .map_err(|err| ModelError::Read { path: path.display().to_string(), err })
}

fn bytes(path: &Path) -> Result<Vec<u8>, ModelError> {
    std::fs::read(path).map_err(|err| ModelError::Read { path: path.display().to_string(), err })
}

#[cfg(test)]
mod tests;
