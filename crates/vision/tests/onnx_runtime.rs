//! ONNX Runtime in place of rten: the same answers. Needs the feature `onnx-runtime` and, in `PLATEGLASS_ONNX_RUNTIME`, the
//! library's file.

#![cfg(feature = "onnx-runtime")]
#![expect(
    clippy::print_stdout,
    reason = "what was left out, and how long each runtime took, is for whoever reads the test's output"
)]

mod common;

use common::scenes;
use std::path::{Path, PathBuf};
use std::time::Instant;
use vision::{Frame, PlateFound, Recogniser, Runtime};

#[expect(clippy::disallowed_methods, reason = "where the library is is said in the environment")]
fn library() -> Option<PathBuf> {
    let library = std::env::var_os("PLATEGLASS_ONNX_RUNTIME").map(PathBuf::from);
    if library.is_none() {
        println!("skipped: PLATEGLASS_ONNX_RUNTIME names no library");
    }
    library
}

#[test]
fn both_runtimes_read_the_same() {
    let Some(library) = library() else { return };
    let other = Recogniser::shipped_on(&Runtime::of(Some(&library)).unwrap()).unwrap();
    let own = Recogniser::shipped().unwrap();
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenes/truth.jsonl");
    let (mut own_s, mut other_s) = (0.0, 0.0);
    for scene in scenes(&truth).unwrap().iter().step_by(5) {
        let frame = Frame::decode(&std::fs::read(&scene.picture).unwrap()).unwrap();
        let timed = |recogniser: &Recogniser, spent: &mut f64| -> Vec<PlateFound> {
            let start = Instant::now();
            let found = recogniser.recognise(&frame).unwrap();
            *spent += start.elapsed().as_secs_f64();
            found
        };
        let (a, b) = (timed(&own, &mut own_s), timed(&other, &mut other_s));
        assert_eq!(a.len(), b.len(), "{}", scene.picture.display());
        for (a, b) in a.iter().zip(&b) {
            assert_eq!(a.text.expose().as_ref(), b.text.expose().as_ref());
            assert!((a.confidence - b.confidence).abs() < 0.01);
            let corners = a.corners.points().into_iter().zip(b.corners.points());
            for (a, b) in corners {
                assert!((a.x - b.x).abs() < 0.1 && (a.y - b.y).abs() < 0.1);
            }
        }
    }
    println!("rten {own_s:.2} s, ONNX Runtime {other_s:.2} s");
}
