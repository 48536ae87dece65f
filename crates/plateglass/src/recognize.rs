//! `plateglass recognize`: the plates in pictures, without a server.

mod annotate;
mod explain;
mod film;
mod font;
mod inputs;
mod report;

use anyhow::Context;
use film::Film;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use inputs::{Input, Kind};
use report::{Line, Report};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vision::{Frame, PICTURE_BYTES_MAX, Passage, Passages, Recogniser, Runtime};

/// Find and read the plates in pictures and videos.
///
/// Nothing is kept and nobody is asked: this is for trying Plateglass on your own pictures. Videos are read through the
/// program ffmpeg, ten frames a second; what several frames show of one plate becomes one read. The exit code is 0 when
/// everything was read, 1 when some could not be, 2 when there was nothing to do.
#[derive(Debug, clap::Args)]
pub(crate) struct RecognizeArgs {
    /// Pictures (JPEG, PNG, WebP), videos, and folders that are searched with all they hold.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print one line of JSON a picture, or a passage of a plate through a video, instead of a table.
    #[arg(long)]
    json: bool,
    /// Write each picture with its plates outlined and their texts into this folder; of a video, the best frame of each
    /// passage. The copies are not masked.
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
    /// Draw every stage of reading each picture (what the detector looked at, the plates set upright, how sure each character
    /// is) as NAME.explained.png, in the folder of --annotate or here. The drawings are not masked.
    #[arg(long)]
    explain: bool,
    /// Leave out what is read with less confidence, 0 to 1: lamps, lettering, plates too far away.
    #[arg(long, value_name = "SHARE", default_value_t = CONFIDENCE_MIN)]
    confidence_min: f32,
    /// Use the models in this folder (detector.toml, reader.toml and their files) instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Compute with this ONNX Runtime library (libonnxruntime.so, 1.24 or later) instead of the built-in runtime; for
    /// programs built with the feature `onnx-runtime`.
    #[arg(long, value_name = "FILE")]
    onnx_runtime: Option<PathBuf>,
}

/// One read in ten is right at this confidence. Lower than the server's bound: whoever tries pictures wants to see what was
/// nearly read.
const CONFIDENCE_MIN: f32 = 0.1;

/// What `plateglass recognize` exits with when there was nothing to do, as clap does for wrong arguments.
const EXIT_USAGE: u8 = 2;

/// Reads every picture, one after the other: memory holds one at a time, however many there are.
#[expect(clippy::needless_pass_by_value, reason = "arguments are handed over once, at the start")]
pub(crate) fn run(args: RecognizeArgs) -> anyhow::Result<ExitCode> {
    let runtime = Runtime::of(args.onnx_runtime.as_deref())?;
    let recogniser = match &args.models {
        Some(folder) => Recogniser::from_dir_on(folder, &runtime)
            .with_context(|| format!("failed to load the models in {}", folder.display()))?,
        None => Recogniser::shipped_on(&runtime).context("failed to load the built-in models")?,
    };
    let found = inputs::find(&args.paths);
    let mut failed = found.failures.len();
    for failure in &found.failures {
        complain(&failure.path, &failure.reason);
    }
    if found.inputs.is_empty() {
        if failed == 0 {
            complain(
                Path::new("plateglass recognize"),
                "no JPEG, PNG or WebP picture and no video is there",
            );
        }
        return Ok(ExitCode::from(if failed == 0 { EXIT_USAGE } else { 1 }));
    }
    let bar = progress(found.inputs.len());
    let mut report = Report::new(args.json);
    for input in &found.inputs {
        let mut show = |line: &Line<'_>| {
            let written = bar.suspend(|| report.write(&mut io::stdout().lock(), &input.path, line));
            match written {
                // Whoever reads has seen enough: `plateglass recognize … | head`.
                Err(err) if err.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
                other => other.map(ControlFlow::Continue).context("failed to write the results"),
            }
        };
        match recognise(&recogniser, input, &args, &bar, &mut show) {
            Ok(ControlFlow::Continue(())) => bar.inc(1),
            Ok(ControlFlow::Break(())) => break,
            Err(err) => {
                failed += 1;
                bar.suspend(|| complain(&input.path, &format!("{err:#}")));
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shows one line's results; breaks off where nobody reads on.
type Show<'a> = &'a mut dyn FnMut(&Line<'_>) -> anyhow::Result<ControlFlow<()>>;

/// Reads one file and shows what it holds.
fn recognise(
    recogniser: &Recogniser,
    input: &Input,
    args: &RecognizeArgs,
    bar: &ProgressBar,
    show: Show<'_>,
) -> anyhow::Result<ControlFlow<()>> {
    match input.kind {
        Kind::Picture => {
            let picture = picture(recogniser, input, args)?;
            show(&Line::Picture(&picture))
        }
        Kind::Film => film(recogniser, input, args, bar, show),
    }
}

fn picture(
    recogniser: &Recogniser,
    input: &Input,
    args: &RecognizeArgs,
) -> anyhow::Result<report::Picture> {
    let frame = Frame::decode(&read(&input.path)?)?;
    let mut plates = recogniser.recognise(&frame)?;
    plates.retain(|plate| plate.confidence >= args.confidence_min);
    if let Some(folder) = &args.annotate {
        annotate::write(folder, &input.name, &frame, &plates)?;
    }
    if args.explain {
        let folder = args.annotate.as_deref().unwrap_or(Path::new("."));
        explain::write(folder, &input.name, recogniser, &frame, &plates)?;
    }
    Ok(report::Picture { width_px: frame.width_px, height_px: frame.height_px, plates })
}

/// Reads a video: passages are shown as they end, so a long one shows something early. What was read before a video breaks
/// is shown; then the error is.
fn film(
    recogniser: &Recogniser,
    input: &Input,
    args: &RecognizeArgs,
    bar: &ProgressBar,
    show: Show<'_>,
) -> anyhow::Result<ControlFlow<()>> {
    let mut film = Film::open(&input.path)?;
    let mut passages = Passages::new(recogniser);
    let mut tell = |over: Vec<Passage>| -> anyhow::Result<ControlFlow<()>> {
        for passage in over.iter().filter(|it| it.plate.confidence >= args.confidence_min) {
            if let Some(folder) = &args.annotate {
                let name = numbered(&input.name, passage.picture_number);
                let plates = std::slice::from_ref(&passage.plate);
                annotate::write(folder, &name, &passage.picture, plates)?;
            }
            if show(&Line::Passage(passage))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    };
    let mut n_frames = 0_u32;
    let broken = loop {
        let frame = match film.next() {
            Ok(Some(frame)) => frame,
            Ok(None) => break None,
            Err(err) => break Some(err),
        };
        if tell(passages.next(frame)?)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        n_frames += 1;
        bar.set_message(format!(
            "{} s of {}",
            n_frames / film::FRAMES_A_SECOND,
            input.name.display()
        ));
    };
    bar.set_message("");
    let enough = tell(passages.finish())?;
    let ended = film.finish();
    // Frames that could not be taken are why ffmpeg was cut off, so its words then say less.
    match broken {
        Some(err) => Err(err),
        None => ended.map(|()| enough),
    }
}

/// A video's name with the number of one of its frames.
fn numbered(name: &Path, frame: u64) -> PathBuf {
    let mut longer = name.as_os_str().to_owned();
    longer.push(format!(".{frame:06}.jpg"));
    PathBuf::from(longer)
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
fn progress(files: usize) -> ProgressBar {
    let watched = io::stderr().is_terminal();
    let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(files as u64), target);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} files, {eta} left {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests;
