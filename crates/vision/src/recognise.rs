//! The whole way of a frame: detect, rectify, read.

mod search;

use crate::detect::{DetectBuffers, Detector};
use crate::error::VisionError;
use crate::frame::Frame;
use crate::geometry::Quad;
use crate::issue::{Issuer, IssuerGuess, IssuerSighting};
use crate::model::{
    DetectorManifest, IssuerManifest, ModelError, OneThread, ReaderManifest, Runtime,
};
use crate::read::{Alternative, Reader, Sighting};
use crate::rectify::Rectified;
use plate::PlateText;
use search::Search;
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
    /// Who probably issued it, where that can be told.
    pub issuer: Option<IssuerGuess>,
}

/// A plate in one frame of several, with what its reading came from, so that all frames can be decided together.
#[derive(Debug, Clone)]
pub struct PlateSeen {
    /// What this frame alone says.
    pub found: PlateFound,
    pub(crate) sightings: Vec<Sighting>,
    pub(crate) issuer: Option<IssuerSighting>,
}

/// All models, ready; share one between threads.
pub struct Recogniser {
    detector: Detector,
    reader: Reader,
    issuer: Option<Issuer>,
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

const DETECTOR_MANIFEST: &str = "detector.toml";
const READER_MANIFEST: &str = "reader.toml";
const ISSUER_MANIFEST: &str = "issuer.toml";

impl Recogniser {
    /// The models that come with Plateglass, built into the program.
    pub fn shipped() -> Result<Recogniser, ModelError> {
        Recogniser::shipped_on(&Runtime::default())
    }

    /// The same, computed by another runtime than the built-in one.
    pub fn shipped_on(runtime: &Runtime) -> Result<Recogniser, ModelError> {
        let detector = Files {
            manifest: include_str!("../models/detector.toml").to_owned(),
            onnx: include_bytes!("../models/detector.onnx").to_vec(),
        };
        let reader = Files {
            manifest: include_str!("../models/reader.toml").to_owned(),
            onnx: include_bytes!("../models/reader.onnx").to_vec(),
        };
        let issuer = Files {
            manifest: include_str!("../models/issuer.toml").to_owned(),
            onnx: include_bytes!("../models/issuer.onnx").to_vec(),
        };
        Recogniser::load(detector, reader, Some(issuer), runtime)
    }

    /// Other models: `detector.toml`, `reader.toml` and, where who issued a plate is to be told, `issuer.toml` in a
    /// folder, with the files that they name beside them.
    pub fn from_dir(folder: &Path) -> Result<Recogniser, ModelError> {
        Recogniser::from_dir_on(folder, &Runtime::default())
    }

    /// The same, computed by another runtime than the built-in one.
    pub fn from_dir_on(folder: &Path, runtime: &Runtime) -> Result<Recogniser, ModelError> {
        let detector = text(&folder.join(DETECTOR_MANIFEST))?;
        let reader = text(&folder.join(READER_MANIFEST))?;
        let detector_file = DetectorManifest::parse(DETECTOR_MANIFEST, &detector)?.file;
        let reads = ReaderManifest::parse(READER_MANIFEST, &reader)?;
        let issuer = folder.join(ISSUER_MANIFEST);
        let issuer = match issuer.exists().then(|| text(&issuer)).transpose()? {
            Some(manifest) => {
                let file = IssuerManifest::parse(ISSUER_MANIFEST, &manifest)?.file;
                Some(Files { manifest, onnx: bytes(&folder.join(file))? })
            }
            None => None,
        };
        Recogniser::load(
            Files { manifest: detector, onnx: bytes(&folder.join(detector_file))? },
            Files { manifest: reader, onnx: bytes(&folder.join(reads.file))? },
            issuer,
            runtime,
        )
    }

    fn load(
        detector: Files,
        reader: Files,
        issuer: Option<Files>,
        runtime: &Runtime,
    ) -> Result<Recogniser, ModelError> {
        let mut digest = Sha256::new();
        for files in [Some(&detector), Some(&reader), issuer.as_ref()].into_iter().flatten() {
            digest.update(Sha256::digest(&files.manifest));
        }
        let thread = OneThread::start();
        let detector = load_detector(detector, runtime, &thread)?;
        let reader = load_reader(reader, runtime, &thread)?;
        let issuer = issuer.map(|files| load_issuer(files, runtime, &thread)).transpose()?;
        let recogniser = Recogniser::new(detector, reader, digest.finalize().into());
        Ok(Recogniser { issuer, ..recogniser })
    }

    /// From stages already made: tests hand in models that need no weights.
    pub fn new(detector: Detector, reader: Reader, digest: [u8; 32]) -> Recogniser {
        Recogniser { detector, reader, issuer: None, digest, idle: Mutex::default() }
    }

    /// Names what reads: SHA-256 over the manifests' digests, and through them the models'. Kept with every read,
    /// it tells years later which weights said so.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The first stage.
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// The stage that reads.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The stage that tells who issued a plate, where there is a model for it.
    pub fn issuer(&self) -> Option<&Issuer> {
        self.issuer.as_ref()
    }

    /// The plates of a frame, surest detection first. Plates that were found but bear no readable text are left out.
    ///
    /// Computes on one thread of its own; calls from several threads run beside each other.
    pub fn recognise(&self, frame: &Frame) -> Result<Vec<PlateFound>, VisionError> {
        Ok(self.see(frame)?.into_iter().map(|seen| seen.found).collect())
    }

    /// The same for a frame of several, such as a video's: [`Passages`](crate::Passages) joins them.
    pub fn see(&self, frame: &Frame) -> Result<Vec<PlateSeen>, VisionError> {
        let mut worker = self.take_worker();
        let (detector, reader, issuer) = (&self.detector, &self.reader, self.issuer.as_ref());
        let search = Search { detector, reader, issuer, frame };
        let thread = worker.thread.clone();
        let found = thread.run(|| search.run(&mut worker));
        self.put_back(worker);
        found
    }

    /// What the reader answers to upright plates.
    pub(crate) fn look(&self, plates: &[Rectified]) -> Result<Vec<Sighting>, VisionError> {
        let worker = self.take_worker();
        let sightings = self.reader.look(plates, &worker.thread);
        self.put_back(worker);
        sightings
    }

    fn put_back(&self, worker: Worker) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    }

    fn take_worker(&self) -> Worker {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Worker {
            thread: OneThread::start(),
            buffers: DetectBuffers::default(),
        })
    }
}

fn load_detector(files: Files, runtime: &Runtime, on: &OneThread) -> Result<Detector, ModelError> {
    let manifest = DetectorManifest::parse(DETECTOR_MANIFEST, &files.manifest)?;
    manifest.check_digest(&files.onnx)?;
    let DetectorManifest { file, name, input, output, .. } = &manifest;
    let model = runtime.load(file, name, files.onnx, &input.name, &output.form.names())?;
    Detector::new(manifest, model, on)
}

fn load_reader(files: Files, runtime: &Runtime, on: &OneThread) -> Result<Reader, ModelError> {
    let manifest = ReaderManifest::parse(READER_MANIFEST, &files.manifest)?;
    manifest.check_digest(&files.onnx)?;
    let ReaderManifest { file, name, input, output, .. } = &manifest;
    let model = runtime.load(file, name, files.onnx, &input.name, &output.names())?;
    Reader::new(manifest, model, on)
}

fn load_issuer(files: Files, runtime: &Runtime, on: &OneThread) -> Result<Issuer, ModelError> {
    let manifest = IssuerManifest::parse(ISSUER_MANIFEST, &files.manifest)?;
    manifest.check_digest(&files.onnx)?;
    let IssuerManifest { file, name, input, output, .. } = &manifest;
    let model = runtime.load(file, name, files.onnx, &input.name, &[&output.issuer])?;
    Issuer::new(manifest, model, on)
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
