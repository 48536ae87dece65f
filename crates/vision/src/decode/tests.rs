use super::*;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use proptest::prelude::*;

const WIDTH: u32 = 48;
const HEIGHT: u32 = 32;

/// Left half red, right half blue: enough to see a turn, plain enough to survive JPEG.
fn pixels() -> Vec<u8> {
    let pixel = |x: u32| if x < WIDTH / 2 { [250u8, 10, 10] } else { [10, 10, 250] };
    (0..HEIGHT).flat_map(|_| (0..WIDTH).flat_map(pixel)).collect()
}

fn jpeg() -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90)
        .encode(&pixels(), WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new(&mut bytes);
    encoder.write_image(&pixels(), WIDTH, HEIGHT, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn webp() -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = WebPEncoder::new_lossless(&mut bytes);
    encoder.encode(&pixels(), WIDTH, HEIGHT, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn said(bytes: &[u8]) -> String {
    Frame::decode(bytes).unwrap_err().to_string()
}

/// The picture with an EXIF block that says how it was held.
fn jpeg_held(orientation: u8) -> Vec<u8> {
    let exif = [b"Exif\0\0".to_vec(), exif_held(orientation)].concat();
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, exif.len() as u8 + 2];
    bytes.extend(exif);
    bytes.extend(&jpeg()[2..]);
    bytes
}

#[test]
fn three_kinds_are_read() {
    for bytes in [jpeg(), png(), webp()] {
        let frame = Frame::decode(&bytes).unwrap();
        assert_eq!((frame.width_px, frame.height_px), (WIDTH, HEIGHT));
        let (left, right) = (&frame.row(16)[..3], &frame.row(16)[141..]);
        assert!(left[0] > 200 && left[2] < 60 && right[0] < 60 && right[2] > 200);
    }
}

#[test]
fn a_picture_is_turned_as_the_camera_was_held() {
    let turned = Frame::decode(&jpeg_held(6)).unwrap();
    assert_eq!((turned.width_px, turned.height_px), (HEIGHT, WIDTH));
    // Turned right by a quarter, the left half is on top.
    assert!(turned.row(2)[0] > 200 && turned.row(46)[2] > 200);
    let upright = Frame::decode(&jpeg_held(1)).unwrap();
    assert_eq!(upright.width_px, WIDTH);
}

/// A TIFF block that says nothing but how the camera was held.
fn exif_held(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2A\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    exif
}

fn written(mut encoder: impl ImageEncoder, orientation: u8) {
    encoder.set_exif_metadata(exif_held(orientation)).unwrap();
    encoder.write_image(&pixels(), WIDTH, HEIGHT, ExtendedColorType::Rgb8).unwrap();
}

#[test]
fn png_and_webp_are_turned_too() {
    let (mut png, mut webp) = (Vec::new(), Vec::new());
    written(PngEncoder::new(&mut png), 6);
    written(WebPEncoder::new_lossless(&mut webp), 6);
    for bytes in [png, webp] {
        let turned = Frame::decode(&bytes).unwrap();
        assert_eq!((turned.width_px, turned.height_px), (HEIGHT, WIDTH));
        assert!(turned.row(2)[0] > 200 && turned.row(46)[2] > 200);
    }
}

#[test]
fn what_is_no_picture_is_named() {
    assert_eq!(said(b""), "the picture is empty (0 bytes)");
    assert_eq!(said(b"<html>"), "not a JPEG, PNG or WebP picture (it begins with 3c 68 74 6d)");
    let too_many = vec![0xFF; PICTURE_BYTES_MAX + 1];
    assert_eq!(said(&too_many), "the picture has 20971521 bytes; at most 20971520 are accepted");
}

#[test]
fn sizes_over_the_limit_are_refused_from_the_header() {
    let mut wide = png();
    wide[16..20].copy_from_slice(&16_385u32.to_be_bytes());
    let limits = "at most 50000000 pixels and 16384 on a side are accepted";
    assert_eq!(said(&wide), format!("the PNG is 16385×32 pixels; {limits}"));
    let mut large = jpeg();
    let at = large.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    large[at + 5..at + 9].copy_from_slice(&[0x3A, 0x98, 0x3A, 0x98]);
    assert_eq!(said(&large), format!("the JPEG is 15000×15000 pixels; {limits}"));
    let mut canvas = webp();
    canvas[21..25].copy_from_slice(&[0xFF; 4]);
    assert_eq!(said(&canvas), format!("the WebP is 16384×16384 pixels; {limits}"));
    let mut none = png();
    none[16..20].copy_from_slice(&[0; 4]);
    assert_eq!(said(&none), "the PNG is broken: it has no pixels");
}

#[test]
fn every_cut_is_an_error_that_names_the_kind() {
    for (bytes, kind) in [(jpeg(), "JPEG"), (png(), "PNG"), (webp(), "WebP")] {
        // The last bytes of a file may be an end mark that decoders do without.
        for length in 12..bytes.len() - 16 {
            let refused = said(&bytes[..length]);
            assert!(refused.contains(kind), "{length} of {}: {refused}", bytes.len());
        }
    }
}

#[test]
fn a_jpeg_cut_in_its_pixels_is_called_cut_short() {
    let bytes = jpeg();
    let half = &bytes[..bytes.len() - 40];
    let expected =
        format!("the JPEG is cut short: its {} bytes end before the last pixel", half.len());
    assert_eq!(said(half), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..2000), head in 0usize..4) {
        let heads: [&[u8]; 4] = [b"", b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBPVP8 "];
        let whole = [heads[head], &bytes].concat();
        prop_assert!(Frame::decode(&whole).is_err());
    }

    #[test]
    fn flipped_bytes_never_panic(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), kind in 0usize..3) {
        let mut bytes = [jpeg(), png(), webp()][kind].clone();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(frame) = Frame::decode(&bytes) {
            prop_assert_eq!(frame.rgb().len(), rgb_len(&frame));
        }
    }
}

fn rgb_len(frame: &Frame) -> usize {
    (frame.width_px * frame.height_px * 3) as usize
}
