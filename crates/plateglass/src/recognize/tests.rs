use super::*;
use std::fs;
use vision::PlateFound;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir()
            .join(format!("plateglass-recognize-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn png() -> Vec<u8> {
    let mut bytes = io::Cursor::new(Vec::new());
    image::RgbImage::new(40, 30).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn found() -> PlateFound {
    let text = plate::PlateText::parse("7ABC123").unwrap();
    PlateFound {
        text,
        confidence: 0.987_64,
        characters: vec![0.5; 7],
        alternatives: vec![vision::Alternative { text, probability: 0.9 }],
        corners: vision::Quad::from_points(
            [(5.0, 12.0), (30.0, 12.0), (30.0, 25.0), (5.04, 25.0)]
                .map(|(x, y)| vision::Point { x, y }),
        ),
        detection: 0.75,
        issuer: Some(vision::IssuerGuess {
            jurisdiction: plate::Jurisdiction::from_code("US-CA").unwrap(),
            probability: 0.931,
        }),
    }
}

fn args(paths: Vec<PathBuf>) -> RecognizeArgs {
    RecognizeArgs {
        paths,
        json: true,
        annotate: None,
        explain: false,
        confidence_min: 0.5,
        models: None,
        onnx_runtime: None,
    }
}

#[test]
fn folders_are_searched_in_order_and_other_files_left() {
    let folder = Folder::new("search");
    for name in ["b.JPG", "d.mp4", "a/2.png", "a/1.webp", "notes.txt", "c.jpeg"] {
        folder.write(name, b"x");
    }
    let named = folder.write("picture.bin", b"x");
    let found = inputs::find(&[folder.0.clone(), named, folder.0.join("gone.jpg")]);
    let names: Vec<String> = found.inputs.iter().map(|i| i.name.display().to_string()).collect();
    assert_eq!(names, ["a/1.webp", "a/2.png", "b.JPG", "c.jpeg", "d.mp4", "picture.bin"]);
    let films = found.inputs.iter().filter(|input| input.kind == Kind::Film);
    assert_eq!(films.count(), 1);
    assert_eq!(found.failures.len(), 1);
    assert!(found.failures[0].reason.contains("No such file"));
}

#[test]
fn the_exit_code_tells_what_happened() {
    let folder = Folder::new("exit");
    let good = folder.write("good.png", &png());
    let broken = folder.write("broken.jpg", b"not a picture");
    let empty = folder.write("empty.jpg", b"");
    let code = |paths: Vec<PathBuf>| format!("{:?}", run(args(paths)).unwrap());
    assert_eq!(code(vec![good.clone()]), format!("{:?}", ExitCode::SUCCESS));
    assert_eq!(code(vec![good, broken]), format!("{:?}", ExitCode::FAILURE));
    assert_eq!(code(vec![empty]), format!("{:?}", ExitCode::FAILURE));
    let nothing = Folder::new("nothing");
    assert_eq!(code(vec![nothing.0.clone()]), format!("{:?}", ExitCode::from(EXIT_USAGE)));
}

#[cfg(unix)]
#[test]
fn names_that_are_no_unicode_are_read_and_written() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new("names");
    let path = folder.write(std::ffi::OsStr::from_bytes(b"pl\xFFte.png"), &png());
    let annotated = folder.0.join("out");
    let asked = RecognizeArgs { annotate: Some(annotated.clone()), ..args(vec![path]) };
    assert_eq!(format!("{:?}", run(asked).unwrap()), format!("{:?}", ExitCode::SUCCESS));
    assert_eq!(fs::read_dir(annotated).unwrap().count(), 1);
}

#[test]
fn json_is_one_line_with_everything() {
    let mut out = Vec::new();
    let picture = report::Picture { width_px: 40, height_px: 30, plates: vec![found()] };
    Report::new(true).write(&mut out, Path::new("x/a.jpg"), &Line::Picture(&picture)).unwrap();
    let line = String::from_utf8(out).unwrap();
    assert_eq!(
        line,
        concat!(
            r#"{"path":"x/a.jpg","width_px":40,"height_px":30,"plates":[{"text":"7ABC123","#,
            r#""confidence":0.9876,"characters":[0.5,0.5,0.5,0.5,0.5,0.5,0.5],"#,
            r#""alternatives":[{"text":"7ABC123","probability":0.9}],"#,
            r#""corners":[[5.0,12.0],[30.0,12.0],[30.0,25.0],[5.0,25.0]],"detection":0.75,"#,
            r#""issuer":{"jurisdiction":"US-CA","probability":0.931}}]}"#,
            "\n"
        )
    );
}

#[test]
fn the_table_has_a_head_and_a_line_for_nothing_found() {
    let mut out = Vec::new();
    let mut report = Report::new(false);
    let full = report::Picture { width_px: 40, height_px: 30, plates: vec![found()] };
    report.write(&mut out, Path::new("a.jpg"), &Line::Picture(&full)).unwrap();
    let none = report::Picture { width_px: 40, height_px: 30, plates: vec![] };
    report.write(&mut out, Path::new("b.jpg"), &Line::Picture(&none)).unwrap();
    let lines = String::from_utf8(out).unwrap();
    assert_eq!(
        lines,
        "plate        issuer confidence  detected  picture\n\
         7ABC123      US-CA        99 %      75 %  a.jpg\n\
         -                                         b.jpg\n"
    );
}

#[test]
fn annotated_copies_keep_folders_and_carry_the_outline() {
    let folder = Folder::new("annotate");
    let frame = Frame::from_rgb(40, 30, vec![0; 40 * 30 * 3]).unwrap();
    annotate::write(&folder.0, Path::new("a/b.png"), &frame, &[found()]).unwrap();
    let copy = Frame::decode(&fs::read(folder.0.join("a/b.png.jpg")).unwrap()).unwrap();
    let green = copy.rgb().chunks(3).filter(|pixel| pixel[1] > 150).count();
    assert!(green > 50, "{green}");
}

#[test]
fn every_letter_of_a_label_has_a_shape_of_its_own() {
    let letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ%-";
    let shapes: std::collections::BTreeSet<[u8; 7]> = letters.chars().map(font::glyph).collect();
    assert_eq!(shapes.len(), letters.len());
    assert!(!shapes.contains(&[0; 7]));
}

#[test]
fn every_stage_of_a_picture_is_drawn() {
    let folder = Folder::new("explain");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/demo");
    let out = folder.0.join("out");
    let picture = fixtures.join("oak-street-north-2.jpg");
    let empty = folder.write("grey.png", &png());
    let asked =
        RecognizeArgs { explain: true, annotate: Some(out.clone()), ..args(vec![picture, empty]) };
    assert_eq!(format!("{:?}", run(asked).unwrap()), format!("{:?}", ExitCode::SUCCESS));
    let drawn = image::open(out.join("oak-street-north-2.jpg.explained.png")).unwrap().into_rgb8();
    // The frame, the heat and one row for its one plate.
    assert_eq!(drawn.dimensions(), (1280, 360 + 12 + 216));
    let hot = drawn
        .enumerate_pixels()
        .filter(|(x, y, pixel)| *x >= 640 && *y < 360 && pixel.0[0] > 200 && pixel.0[2] < 60);
    assert!(hot.count() > 20, "the detector's heat is shown");
    let bars =
        drawn.enumerate_pixels().filter(|(_, y, pixel)| *y > 372 && pixel.0 == annotate::GREEN.0);
    assert!(bars.count() > 1000, "the characters' bars are shown");
    assert!(out.join("grey.png.explained.png").exists());
}

#[test]
fn a_passage_is_one_line_with_its_times() {
    let passage = Passage {
        plate: found(),
        picture: std::sync::Arc::new(Frame::from_rgb(40, 30, vec![0; 40 * 30 * 3]).unwrap()),
        picture_number: 14,
        first: 12,
        last: 25,
        n_frames: 11,
    };
    let (mut table, mut json) = (Vec::new(), Vec::new());
    let line = Line::Passage(&passage);
    Report::new(false).write(&mut table, Path::new("v.mp4"), &line).unwrap();
    Report::new(true).write(&mut json, Path::new("v.mp4"), &line).unwrap();
    let (table, json) = (String::from_utf8(table).unwrap(), String::from_utf8(json).unwrap());
    assert!(table.ends_with("v.mp4 1.2–2.5 s, 11 frames\n"), "{table}");
    let begins = r#"{"path":"v.mp4","first_s":1.2,"last_s":2.5,"n_frames":11,"picture_s":1.4,"width_px":40,"#;
    assert!(json.starts_with(begins), "{json}");
    assert_eq!(numbered(Path::new("a/v.mp4"), 14), Path::new("a/v.mp4.000014.jpg"));
}

/// ffmpeg is there wherever the tests are run by `cargo xtask test`.
fn film(folder: &Folder) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/demo");
    let film = folder.0.join("drive.mp4");
    // A still picture pushed to the left by four pixels a frame: a plate that drives by for a second.
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-loop", "1", "-framerate", "10", "-i"])
        .arg(fixtures.join("oak-street-north-2.jpg"))
        .args(["-vf", "crop=1200:720:4*n:0", "-t", "1", "-pix_fmt", "yuv420p"])
        .arg(&film)
        .status();
    assert!(made.is_ok_and(|made| made.success()), "ffmpeg can make a film");
    film
}

#[test]
fn a_film_of_a_plate_is_one_read_and_a_broken_one_an_error() {
    let folder = Folder::new("film");
    let whole = film(&folder);
    let bytes = fs::read(&whole).unwrap();
    let cut = folder.write("cut.mp4", &bytes[..bytes.len() / 2]);
    let asked = RecognizeArgs { annotate: Some(folder.0.join("out")), ..args(vec![whole.clone()]) };
    assert_eq!(format!("{:?}", run(asked).unwrap()), format!("{:?}", ExitCode::SUCCESS));
    let kept = fs::read_dir(folder.0.join("out")).unwrap().count();
    assert_eq!(kept, 1, "one passage, one picture");
    assert_eq!(format!("{:?}", run(args(vec![cut])).unwrap()), format!("{:?}", ExitCode::FAILURE));
}

#[test]
fn a_film_that_is_not_read_to_its_end_does_not_hang() {
    let folder = Folder::new("abandoned");
    let mut film = Film::open(&film(&folder)).unwrap();
    assert!(film.next().unwrap().is_some());
    // Nine frames of megabytes are left unread; ffmpeg is told so by the closed pipe.
    assert!(film.finish().is_err());
}

#[test]
fn a_runtime_that_is_not_there_is_told_before_any_picture_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libonnxruntime.so");
    let args = RecognizeArgs {
        onnx_runtime: Some(library.clone()),
        ..args(vec![folder.path().to_path_buf()])
    };
    let said = format!("{:#}", run(args).unwrap_err());
    assert!(said.contains(&library.display().to_string()), "{said}");
}
