use super::place::Place;
use super::*;
use crate::geometry::{Point, Quad};
use crate::resize::Rect;
use plate::PlateText;

fn upright(left: f32, top: f32, width: f32, height: f32) -> Quad {
    Quad {
        top_left: Point { x: left, y: top },
        top_right: Point { x: left + width, y: top },
        bottom_right: Point { x: left + width, y: top + height },
        bottom_left: Point { x: left, y: top + height },
    }
}

fn found(corners: Quad) -> PlateFound {
    PlateFound {
        text: PlateText::parse("ABC123").unwrap(),
        confidence: 0.9,
        characters: vec![0.9; 6],
        alternatives: Vec::new(),
        corners,
        detection: 0.9,
        issuer: None,
    }
}

/// Black and white columns: the finest detail a picture can hold.
fn stripes(width_px: u32, height_px: u32) -> Frame {
    let row: Vec<u8> = (0..width_px).flat_map(|x| [if x % 2 == 0 { 0 } else { 255 }; 3]).collect();
    Frame::from_rgb(width_px, height_px, row.repeat(height_px as usize)).unwrap()
}

/// Largest step between neighbours in the rows of a part, 0–255.
fn detail(picture: &Frame, part: Rect) -> u8 {
    let rows = part.top..part.top + part.height;
    let columns = part.left as usize * 3..(part.left + part.width) as usize * 3;
    rows.flat_map(|y| {
        let row = &picture.row(y as usize)[columns.clone()];
        row.iter().zip(&row[3..]).map(|(a, b)| a.abs_diff(*b)).collect::<Vec<u8>>()
    })
    .max()
    .unwrap()
}

#[test]
fn only_the_band_around_the_plate_keeps_detail() {
    let frame = stripes(640, 480);
    let kept = keep_pictures(&frame, &found(upright(270.0, 300.0, 80.0, 40.0))).unwrap();
    let vehicle = Frame::decode(&kept.vehicle_jpeg).unwrap();
    let (width, height) = (vehicle.width_px, vehicle.height_px);
    assert_eq!((width, height), (528, 416));
    // The plate lies 264 from the left and 256 from the top of the picture.
    assert!(detail(&vehicle, Rect { left: 230, top: 240, width: 60, height: 30 }) > 150);
    // Two plate-heights above it, and to both sides, nothing is left; a little ringing is JPEG's own.
    assert!(detail(&vehicle, Rect { left: 0, top: 0, width, height: 200 }) < 25);
    assert!(detail(&vehicle, Rect { left: 0, top: 0, width: 112, height }) < 25);
    assert!(detail(&vehicle, Rect { left: width - 112, top: 0, width: 112, height }) < 25);
    let plate = Frame::decode(&kept.plate_jpeg).unwrap();
    assert_eq!((plate.width_px, plate.height_px), (120, 60));
}

#[test]
fn around_what_may_be_no_plate_nothing_stays() {
    let frame = stripes(640, 480);
    let plate = found(upright(270.0, 300.0, 80.0, 40.0));
    let doubtful = PlateFound { confidence: 0.3, ..plate.clone() };
    let short = PlateFound { characters: vec![0.9; 3], ..plate };
    for unsure in [doubtful, short] {
        let kept = keep_pictures(&frame, &unsure).unwrap();
        let bare = Frame::decode(&kept.plate_jpeg).unwrap();
        assert_eq!((bare.width_px, bare.height_px), (80, 40));
        let vehicle = Frame::decode(&kept.vehicle_jpeg).unwrap();
        assert!(
            detail(&vehicle, Rect { left: 0, top: 0, width: 200, height: vehicle.height_px }) < 25
        );
    }
}

#[test]
fn what_is_masked_cannot_be_told_from_its_cells_means() {
    // Two frames that differ only in detail above the plate, with the same means, are the same once masked.
    let corners = upright(270.0, 300.0, 80.0, 40.0);
    let plain = Frame::from_rgb(640, 480, vec![128; 640 * 480 * 3]).unwrap();
    let mut rgb = plain.rgb().to_vec();
    let place = Place::of(&plain, &corners, true).unwrap();
    let cell = place.cell_px as usize;
    let (left, top) = (place.vehicle.left as usize, place.vehicle.top as usize);
    for y in top..top + cell {
        for x in left..left + cell {
            let value = if (x + y) % 2 == 0 { 28 } else { 228 };
            rgb[(y * 640 + x) * 3..][..3].fill(value);
        }
    }
    let detailed = Frame::from_rgb(640, 480, rgb).unwrap();
    let keep = |frame| keep_pictures(frame, &found(corners)).unwrap();
    let (a, b) = (keep(&plain), keep(&detailed));
    let (a, b) = (Frame::decode(&a.vehicle_jpeg).unwrap(), Frame::decode(&b.vehicle_jpeg).unwrap());
    let furthest = a.rgb().iter().zip(b.rgb()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(furthest <= Some(6), "{furthest:?}");
}

#[test]
fn cells_are_as_wide_as_a_face_at_the_car() {
    let frame = stripes(1920, 1080);
    let near = Place::of(&frame, &upright(800.0, 700.0, 240.0, 120.0), true).unwrap();
    assert_eq!(near.cell_px, 120.0);
    let far = Place::of(&frame, &upright(800.0, 700.0, 12.0, 6.0), true).unwrap();
    assert_eq!(far.cell_px, 8.0);
}

#[test]
fn plates_at_the_edge_and_pictures_wider_than_kept_are_cut() {
    let frame = stripes(3000, 600);
    let kept = keep_pictures(&frame, &found(upright(2600.0, 400.0, 380.0, 190.0))).unwrap();
    let vehicle = Frame::decode(&kept.vehicle_jpeg).unwrap();
    assert_eq!(vehicle.width_px, 640);
    assert!(vehicle.height_px < 640);
}

#[test]
fn a_plate_outside_the_frame_keeps_nothing() {
    let refused = keep_pictures(&stripes(100, 100), &found(upright(500.0, 500.0, 80.0, 40.0)));
    assert!(refused.unwrap_err().to_string().ends_with("are not a plate"));
}

#[test]
fn debug_shows_no_picture() {
    let kept = KeptPictures { plate_jpeg: vec![1; 3], vehicle_jpeg: vec![2; 5] };
    assert_eq!(format!("{kept:?}"), "KeptPictures(plate 3 bytes, vehicle 5 bytes)");
}
