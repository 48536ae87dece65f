//! A watched folder through a whole server with the shipped models: a delivered picture becomes a read, what is kept of it
//! shows nothing above the bodywork, the file goes, and a broken one is put aside with its reason.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what they expected by panicking"
)]

use std::path::Path;
use std::time::Duration;

use image::RgbImage;
use serde_json::Value;
use testkit::line::Line;
use testkit::server::Installation;

/// Two looks at the folder, a second apart, and a reading in a development build.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(100);
/// Steps of brightness between neighbouring pixels: what JPEG alone leaves in a smoothed part, and what edges have.
const SMOOTH_MAX: u8 = 35;
const EDGES_MIN: u8 = 45;

#[test]
fn a_delivered_picture_becomes_a_read_and_nothing_else_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let inbox = dir.path().join("inbox/Lamar");
    std::fs::create_dir_all(&inbox).unwrap();
    let watched = inbox.parent().unwrap().display();
    let folder = format!("[[folder]]\npath = \"{watched}\"\nagency = \"Testing PD\"\nevery_s = 1");
    let at = Installation::new(env!("CARGO_BIN_EXE_plateglass"), dir.path(), &folder);
    at.start(&[]).stop();
    at.add_camera("Lamar");
    let picture = std::fs::read(demo_picture()).unwrap();
    std::fs::write(inbox.join("cut.jpg"), &picture[..picture.len() / 2]).unwrap();
    std::fs::write(inbox.join("car.jpg"), picture).unwrap();

    let server = at.start(&[]);
    let mut line = Line::to(&server.host).unwrap();
    let cookie = at.sign_in(&server);
    let reads = until("a read", || {
        let answer = line.ask("GET", "/api/v1/reads", &cookie, b"").unwrap();
        let page: Value = serde_json::from_slice(&answer.body).unwrap();
        let items = page["items"].as_array().unwrap().clone();
        (!items.is_empty()).then_some(items)
    });
    assert_eq!(reads.len(), 1, "one car, one read");
    assert_eq!(reads[0]["camera_name"], "Lamar");
    assert_eq!(reads[0]["plate"], "UUG8393");

    let path = format!("/api/v1/reads/{}/pictures/vehicle", reads[0]["read"].as_str().unwrap());
    let kept = line.ask("GET", &path, &cookie, b"").unwrap();
    assert_eq!(kept.status, 200);
    let vehicle = image::load_from_memory(&kept.body).unwrap().into_rgb8();
    let height = vehicle.height();
    let (masked, plate) =
        (sharpest(&vehicle, 0, height / 3), sharpest(&vehicle, height / 2, height * 3 / 4));
    assert!(masked < SMOOTH_MAX, "glass and surroundings are masked: {masked}");
    assert!(plate > EDGES_MIN, "the plate is not: {plate}");

    until("the file to go", || (!inbox.join("car.jpg").exists()).then_some(()));
    let aside = inbox.parent().unwrap().join("failed/cut.jpg");
    until("the broken file put aside", || aside.exists().then_some(()));
    let reason = std::fs::read_to_string(aside.with_file_name("cut.jpg.reason.txt")).unwrap();
    assert!(reason.contains("cut short"), "{reason}");
    server.stop();
}

fn demo_picture() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/demo/oak-street-north-2.jpg")
}

/// The largest step between neighbours in rows of a picture.
fn sharpest(picture: &RgbImage, from: u32, to: u32) -> u8 {
    let step = |x: u32, y: u32| picture[(x, y)].0[1].abs_diff(picture[(x + 1, y)].0[1]);
    let rows = (from..to).flat_map(|y| (0..picture.width() - 1).map(move |x| (x, y)));
    rows.map(|(x, y)| step(x, y)).max().unwrap()
}

fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        if let Some(found) = found() {
            return found;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the server is a real process with the real clock"
        )]
        std::thread::sleep(STEP);
        waited += STEP;
    }
    panic!("waited {} s for {what}", PATIENCE.as_secs());
}
