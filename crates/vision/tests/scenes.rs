//! The shipped weights on pictures with known plates: 200 drawn scenes in the repository, and photographs of US cars
//! where the folder of test pictures is.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test's helpers fail as tests do, and the figures are for whoever reads the test's output"
)]

use std::fs;
use std::path::{Path, PathBuf};
use vision::{Frame, Recogniser};

/// The weights that the floors below were measured with. New weights: run this file, look at what it prints, and
/// set digest and floors together.
const DIGEST: &str = "e6405c83c26ed8d4aa4e8a4e7bd6c8136814de47e6079fbf608882f0621e91fd";
/// Share of the drawn scenes read exactly, in percent: 85.8 measured, less two standard errors.
const DRAWN_FLOOR: f64 = 80.0;
/// The same of the photographs: 94.8 measured, 90.4 the lower end of its interval. 80 is what Plateglass promises.
const PHOTOGRAPHS_FLOOR: f64 = 90.0;

struct Scene {
    picture: PathBuf,
    /// The plates' texts that are known.
    texts: Vec<String>,
}

struct Score {
    right: usize,
    n: usize,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every picture of a truth file that has at least one known text.
fn scenes(truth: &Path) -> Vec<Scene> {
    let folder = truth.parent().unwrap();
    let lines =
        fs::read_to_string(truth).unwrap_or_else(|err| panic!("{}: {err}", truth.display()));
    let scene = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let plates = row["plates"].as_array().unwrap().iter();
        let texts: Vec<String> =
            plates.filter_map(|plate| Some(folded(plate["text"].as_str()?))).collect();
        let picture = folder.join(row["image"].as_str().unwrap());
        (!texts.is_empty()).then_some(Scene { picture, texts })
    };
    lines.lines().filter_map(scene).collect()
}

/// Letters and digits only. O and 0, I and 1 are one die in many states, and no truth file tells them apart.
fn folded(text: &str) -> String {
    let plain = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
    plain
        .map(|c| match c {
            'O' => '0',
            'I' => '1',
            other => other,
        })
        .collect()
}

/// A picture counts as right if any plate found bears a text of the truth.
fn score(recogniser: &Recogniser, scenes: &[Scene]) -> Score {
    let right = scenes.iter().filter(|scene| {
        let frame = Frame::decode(&fs::read(&scene.picture).unwrap()).unwrap();
        let found = recogniser.recognise(&frame).unwrap();
        found.iter().any(|plate| scene.texts.contains(&folded(&plate.text.expose())))
    });
    Score { right: right.count(), n: scenes.len() }
}

impl Score {
    fn percent(&self) -> f64 {
        100.0 * self.right as f64 / self.n as f64
    }

    /// Wilson's interval at 95 %, in percent.
    fn interval(&self) -> (f64, f64) {
        let (z, n, share) = (1.96_f64, self.n as f64, self.percent() / 100.0);
        let middle = share + z * z / (2.0 * n);
        let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 100.0 / (1.0 + z * z / n);
        ((middle - reach) * scale, (middle + reach) * scale)
    }

    fn check(&self, what: &str, floor: f64) {
        let (low, high) = self.interval();
        println!("{what}: {:.1} % of n = {} (95 %: {low:.1}–{high:.1})", self.percent(), self.n);
        assert!(self.percent() >= floor, "{what}: {:.1} %, the floor is {floor} %", self.percent());
    }
}

#[test]
fn shipped_weights_are_those_the_floors_were_measured_with() {
    let digest = Recogniser::shipped().unwrap().digest();
    let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, DIGEST, "new weights: measure the floors in this file again");
}

#[test]
fn drawn_scenes_are_read() {
    let scenes = scenes(&repository().join("fixtures/scenes/truth.jsonl"));
    assert_eq!(scenes.len(), 190, "of the 200 drawn scenes ten show no plate");
    score(&Recogniser::shipped().unwrap(), &scenes).check("drawn scenes", DRAWN_FLOOR);
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "where the test pictures are is said in the environment"
)]
fn photographs_are_read() {
    let data = std::env::var_os("PLATEGLASS_DATA").map(PathBuf::from);
    let truth = data
        .unwrap_or_else(|| repository().join("../shared/data"))
        .join("us_scenes/annotations.jsonl");
    if !truth.exists() {
        println!("skipped: {} is not there", truth.display());
        return;
    }
    let scenes = scenes(&truth);
    score(&Recogniser::shipped().unwrap(), &scenes)
        .check("photographs of US cars", PHOTOGRAPHS_FLOOR);
}
