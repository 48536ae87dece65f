//! Ten frames of a passage together are read better than the surest of them alone.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as tests do")]

mod common;

use common::{Score, drive, scenes};
use std::path::Path;
use vision::{Frame, Passages, PlateFound, Recogniser};

/// Every so many of the drawn scenes: the bench takes all.
const EVERY: usize = 6;

#[test]
fn ten_frames_say_more_than_the_surest_one() {
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenes/truth.jsonl");
    let wide_enough = |scene: &common::Scene| {
        scene.plates.len() == 1 && scene.plates[0].width_px >= common::WIDTHS_PX.1
    };
    let scenes = scenes(&truth).unwrap();
    let recogniser = Recogniser::shipped().unwrap();
    let (mut together, mut alone) = (Score::default(), Score::default());
    for scene in scenes.iter().filter(|scene| wide_enough(scene)).step_by(EVERY) {
        let frames = drive(scene, 7).unwrap();
        alone.add(scene.is_read(&surest(&recogniser, &frames)));
        let mut passages = Passages::new(&recogniser);
        let mut over = Vec::new();
        for frame in frames {
            over.extend(passages.next(frame).unwrap());
        }
        over.extend(passages.finish());
        let found: Vec<PlateFound> = over.into_iter().map(|passage| passage.plate).collect();
        together.add(scene.is_read(&found));
    }
    println!(
        "passages: together {:.1} %, the surest frame alone {:.1} % of n = {}",
        together.percent(),
        alone.percent(),
        together.n
    );
    assert!(together.n >= 10, "{} passages", together.n);
    assert!(together.right >= alone.right);
}

/// What a system without voting would keep: the surest read of any frame.
fn surest(recogniser: &Recogniser, frames: &[Frame]) -> Vec<PlateFound> {
    let all = frames.iter().flat_map(|frame| recogniser.recognise(frame).unwrap());
    all.max_by(|a, b| a.confidence.total_cmp(&b.confidence)).into_iter().collect()
}
