//! The pictures of the demo: generated ones that come with the source, or anybody's own.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

/// A picture and what is known of it.
#[derive(Debug)]
pub(crate) struct DemoPicture {
    /// The file.
    pub(crate) path: Utf8PathBuf,
    /// The camera that took it, where that is said.
    pub(crate) camera: Option<String>,
    /// The plates in it, where they are known.
    pub(crate) plates: Vec<String>,
}

/// The generated pictures, beside the source that this program was built from or under the folder it runs in.
const GENERATED: [&str; 2] =
    [concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/demo"), "fixtures/demo"];

#[derive(Deserialize)]
struct Line {
    image: String,
    camera: String,
    plates: Vec<LinePlate>,
}

#[derive(Deserialize)]
struct LinePlate {
    text: Option<String>,
}

/// The generated pictures.
pub(crate) fn generated() -> Result<Vec<DemoPicture>> {
    let dirs = GENERATED.iter().map(Utf8Path::new);
    let dir = dirs.into_iter().find(|dir| dir.join("demo.jsonl").exists());
    let Some(dir) = dir else {
        bail!(
            "the generated pictures are not here (fixtures/demo); name your own with --pictures DIR"
        );
    };
    let list = dir.join("demo.jsonl");
    let text =
        std::fs::read_to_string(&list).with_context(|| format!("failed to read `{list}`"))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty()).enumerate().map(|(n, line)| {
        let line: Line =
            serde_json::from_str(line).with_context(|| format!("`{list}`, line {}", n + 1))?;
        Ok(DemoPicture {
            path: dir.join(line.image),
            camera: Some(line.camera),
            plates: line.plates.into_iter().filter_map(|plate| plate.text).collect(),
        })
    });
    let mut pictures: Vec<DemoPicture> = lines.collect::<Result<_>>()?;
    take_turns(&mut pictures);
    Ok(pictures)
}

/// Lets the cameras take turns: the first picture of each, then the second.
fn take_turns(pictures: &mut [DemoPicture]) {
    let mut n_of: HashMap<Option<String>, usize> = HashMap::new();
    pictures.sort_by_cached_key(|picture| {
        let nth = n_of.entry(picture.camera.clone()).or_default();
        *nth += 1;
        *nth
    });
}

/// The pictures in a folder.
pub(crate) fn in_dir(dir: &Utf8Path) -> Result<Vec<DemoPicture>> {
    let mut found = Vec::new();
    for entry in dir.read_dir_utf8().with_context(|| format!("failed to list `{dir}`"))? {
        let path = entry.with_context(|| format!("failed to list `{dir}`"))?.into_path();
        let extension = path.extension().map(str::to_ascii_lowercase);
        if matches!(extension.as_deref(), Some("jpg" | "jpeg" | "png" | "webp")) {
            found.push(DemoPicture { path, camera: None, plates: Vec::new() });
        }
    }
    if found.is_empty() {
        bail!("there is no JPEG, PNG or WebP picture in `{dir}`");
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}
