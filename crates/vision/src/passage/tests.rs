use super::*;
use crate::geometry::{Point, Quad};
use crate::read::Sighting;
use plate::PlateText;

fn recogniser() -> Recogniser {
    Recogniser::shipped().unwrap()
}

fn corners(x: f32, width: f32) -> Quad {
    let (y, right, bottom) = (100.0, x + width, 100.0 + width / 2.0);
    Quad::from_points(
        [(x, y), (right, y), (right, bottom), (x, bottom)].map(|(x, y)| Point { x, y }),
    )
}

/// A plate at `x`, read as `text` with `sure` a character, the rest on `other`'s.
fn seen(x: f32, width: f32, text: &str, other: &str, sure: f32) -> PlateSeen {
    let found = PlateFound {
        text: PlateText::parse(text).unwrap(),
        confidence: sure.powi(text.len() as i32),
        characters: vec![sure; text.len()],
        alternatives: Vec::new(),
        corners: corners(x, width),
        detection: 0.9,
        issuer: None,
    };
    PlateSeen { found, sightings: vec![Sighting::of(text, other, sure)], issuer: None }
}

fn frame() -> Arc<Frame> {
    Arc::new(Frame::from_rgb(1, 1, vec![0; 3]).unwrap())
}

/// Hands frames of plates over, and closes.
fn passages(recogniser: &Recogniser, frames: Vec<Vec<PlateSeen>>) -> Vec<Passage> {
    let mut passages = Passages::new(recogniser);
    let mut over = Vec::new();
    for (number, plates) in frames.into_iter().enumerate() {
        passages.join(plates, &frame(), number as u64);
        over.extend(passages.over(number as u64));
    }
    over.extend(passages.finish());
    over
}

fn text(passage: &Passage) -> String {
    passage.plate.text.expose().as_ref().to_owned()
}

#[test]
fn a_plate_that_drives_by_is_one_read_with_its_best_picture() {
    let recogniser = recogniser();
    let frames = (0..10).map(|n| {
        let (n, sure) = (n as f32, if n == 6 { 0.99 } else { 0.9 });
        vec![seen(40.0 + 45.0 * n, 50.0 + n, "7ABC123", "7A8C123", sure)]
    });
    let found = passages(&recogniser, frames.collect());
    let [passage] = found.as_slice() else { panic!("{} passages", found.len()) };
    assert_eq!((passage.first, passage.last, passage.n_frames), (0, 9, 10));
    assert_eq!((text(passage).as_str(), passage.picture_number), ("7ABC123", 6));
    assert_eq!(passage.plate.corners, corners(310.0, 56.0));
}

#[test]
fn frames_that_cannot_be_laid_over_one_another_outvote_one_that_is_wrong() {
    let recogniser = recogniser();
    let right = |n: usize| seen(40.0 + n as f32, 60.0, "ABC123", "A8C123", 0.7);
    let wrong = seen(45.0, 60.0, "A8C123", "ABC123", 0.8);
    let frames = vec![vec![right(1)], vec![wrong], vec![right(3)], vec![right(4)]];
    let found = passages(&recogniser, frames);
    let [passage] = found.as_slice() else { panic!("{} passages", found.len()) };
    assert_eq!(text(passage), "ABC123");
}

#[test]
fn a_plate_unseen_for_long_begins_anew_and_a_short_gap_is_bridged() {
    let recogniser = recogniser();
    let there = || vec![seen(100.0, 60.0, "ABC123", "ABC123", 0.9)];
    let gap = |frames: usize| {
        let mut all = vec![there(), there()];
        all.extend(vec![Vec::new(); frames]);
        all.push(there());
        passages(&recogniser, all).len()
    };
    assert_eq!((gap(4), gap(6)), (1, 2));
}

#[test]
fn another_plate_in_the_same_place_is_another_read() {
    let recogniser = recogniser();
    let first = vec![seen(100.0, 60.0, "ABC123", "ABC123", 0.999)];
    let second = vec![seen(104.0, 60.0, "XYZ789", "XYZ789", 0.999)];
    let found = passages(&recogniser, vec![first.clone(), first, second.clone(), second]);
    let mut texts: Vec<String> = found.iter().map(text).collect();
    texts.sort();
    assert_eq!(texts, ["ABC123", "XYZ789"]);
}

#[test]
fn two_plates_side_by_side_stay_two() {
    let recogniser = recogniser();
    let frames = (0..6).map(|n| {
        let x = 20.0 * n as f32;
        vec![
            seen(300.0 - x, 60.0, "BBB222", "BBB222", 0.9),
            seen(100.0 + x, 60.0, "AAA111", "AAA111", 0.9),
        ]
    });
    let found = passages(&recogniser, frames.collect());
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|passage| passage.n_frames == 6));
}

#[test]
fn a_wall_of_lettering_takes_bounded_room() {
    let recogniser = recogniser();
    let wall = |n: usize| {
        (0..100)
            .map(|at| seen(at as f32 * 200.0, 60.0, "AAA111", "AAA111", 0.9 + n as f32 * 1e-3))
            .collect()
    };
    let mut passages = Passages::new(&recogniser);
    for n in 0..40 {
        passages.join(wall(n), &frame(), n as u64);
    }
    assert_eq!(passages.open.len(), OPEN_MAX);
    assert!(passages.open.iter().all(|open| open.seen.len() <= FRAMES_MAX));
}
