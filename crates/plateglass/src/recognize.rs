//! `plateglass recognize`: the plates in pictures, without a server.

mod annotate;
mod font;
mod inputs;
mod report;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use inputs::Input;
use report::Report;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vision::{Frame, PICTURE_BYTES_MAX, Recogniser};

/// Find and read the plates in pictures.
///
/// Nothing is kept and nobody is asked: this is for trying Plateglass on your own pictures. The exit code is 0 when
/// every picture was read, 1 when some could not be, 2 when there was nothing to do.
#[derive(Debug, clap::Args)]
pub(crate) struct RecognizeArgs {
    /// Pictures (JPEG, PNG, WebP), and folders that are searched with all they hold.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print one line of JSON a picture instead of a table.
    #[arg(long)]
    json: bool,
    /// Write each picture with its plates outlined and their texts into this folder. The copies are not masked.
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
    /// Use the models in this folder (detector.toml, reader.toml and their files) instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
}

/// What `plateglass recognize` exits with when there was nothing to do, as clap does for wrong arguments.
const EXIT_USAGE: u8 = 2;

/// Reads every picture, one after the other: memory holds one at a time, however many there are.
#[expect(clippy::needless_pass_by_value, reason = "arguments are handed over once, at the start")]
pub(crate) fn run(args: RecognizeArgs) -> anyhow::Result<ExitCode> {
    let recogniser = match &args.models {
        Some(folder) => Recogniser::from_dir(folder)
            .with_context(|| format!("failed to load the models in {}", folder.display()))?,
        None => Recogniser::shipped().context("failed to load the built-in models")?,
    };
    let found = inputs::find(&args.paths);
    let mut failed = found.failures.len();
    for failure in &found.failures {
        complain(&failure.path, &failure.reason);
    }
    if found.inputs.is_empty() {
        if failed == 0 {
            complain(Path::new("plateglass recognize"), "no JPEG, PNG or WebP picture is there");
        }
        return Ok(ExitCode::from(if failed == 0 { EXIT_USAGE } else { 1 }));
    }
    let bar = progress(found.inputs.len());
    let mut report = Report::new(args.json);
    for input in &found.inputs {
        let outcome = recognise(&recogniser, input, &args);
        let written = bar.suspend(|| match outcome {
            Ok(picture) => report.write(&mut io::stdout().lock(), &input.path, &picture),
            Err(err) => {
                failed += 1;
                complain(&input.path, &format!("{err:#}"));
                Ok(())
            }
        });
        match written {
            // Whoever reads has seen enough: `plateglass recognize … | head`.
            Err(err) if err.kind() == io::ErrorKind::BrokenPipe => break,
            other => other.context("failed to write the results")?,
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn recognise(
    recogniser: &Recogniser,
    input: &Input,
    args: &RecognizeArgs,
) -> anyhow::Result<report::Picture> {
    let frame = Frame::decode(&read(&input.path)?)?;
    let plates = recogniser.recognise(&frame)?;
    if let Some(folder) = &args.annotate {
        annotate::write(folder, &input.name, &frame, &plates)?;
    }
    Ok(report::Picture { width_px: frame.width_px, height_px: frame.height_px, plates })
}

/// The file's bytes, but never more than one over what decoding accepts, so that a disk image named `.jpg` is
/// refused before it fills memory.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).context("failed to open it")?;
    file.take(PICTURE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).context("failed to read it")?;
    Ok(bytes)
}

/// One line on standard error: which file, and what is wrong with it.
fn complain(path: &Path, reason: &str) {
    // Where even standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{}: {reason}", path.display());
}

/// A bar where a person watches and there is something to wait for; otherwise nothing.
fn progress(pictures: usize) -> ProgressBar {
    let watched = io::stderr().is_terminal() && pictures > 1;
    let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(pictures as u64), target);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} pictures, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests;
