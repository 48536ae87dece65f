//! Writes the pictures that would be kept of every plate found in a folder's pictures, to be looked at by eye:
//! `cargo run --release -p vision --example crops -- PICTURES OUT`. Prints one line of JSON a plate.

#![expect(clippy::print_stdout, reason = "a command's output")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use vision::{Frame, PlateFound, Recogniser, keep_pictures};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(pictures), Some(out)) = (paths.next(), paths.next()) else {
        return Err("usage: crops PICTURES OUT".into());
    };
    fs::create_dir_all(&out)?;
    let recogniser = Recogniser::shipped()?;
    let mut names: Vec<PathBuf> =
        fs::read_dir(&pictures)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    names.sort();
    for name in names {
        match Frame::decode(&fs::read(&name)?) {
            Ok(frame) => write_crops(&recogniser, &frame, &name, &out)?,
            Err(err) => println!("{{\"picture\":{name:?},\"error\":{:?}}}", err.to_string()),
        }
    }
    Ok(())
}

fn write_crops(
    recogniser: &Recogniser,
    frame: &Frame,
    name: &Path,
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    for (at, found) in recogniser.recognise(frame)?.iter().enumerate() {
        let kept = keep_pictures(frame, found)?;
        fs::write(out.join(format!("{stem}-{at}-plate.jpg")), kept.plate_jpeg)?;
        fs::write(out.join(format!("{stem}-{at}-vehicle.jpg")), kept.vehicle_jpeg)?;
        println!("{}", line(name, found));
    }
    Ok(())
}

fn line(name: &Path, found: &PlateFound) -> String {
    let corners: Vec<[f32; 2]> = found.corners.points().iter().map(|p| [p.x, p.y]).collect();
    let texts: Vec<String> = found
        .alternatives
        .iter()
        .map(|other| format!("[{:?},{}]", other.text.expose().as_ref(), other.probability))
        .collect();
    format!(
        "{{\"picture\":{name:?},\"text\":{:?},\"confidence\":{},\"detection\":{},\"characters\":{:?},\"corners\":{corners:?},\"alternatives\":[{}]}}",
        found.text.expose().as_ref(),
        found.confidence,
        found.detection,
        found.characters,
        texts.join(",")
    )
}
