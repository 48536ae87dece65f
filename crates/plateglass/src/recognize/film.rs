//! Video files, through the `ffmpeg` program: it knows every format there is, and a film that breaks it breaks a process of
//! its own.

use anyhow::{Context as _, bail};
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use vision::{Frame, PICTURE_PIXELS_MAX};

/// Frames a second that are looked at: a car at 100 km/h is in a street camera's view for a second, and ten frames of it
/// are enough to vote.
pub(super) const FRAMES_A_SECOND: u32 = 10;
/// What is kept of ffmpeg's complaints: the last of many thousand lines says as much as all.
const COMPLAINT_BYTES_MAX: usize = 2_000;
/// A picture's header is three short lines.
const HEADER_BYTES_MAX: u64 = 64;

/// Endings that make a file in a folder a film.
pub(super) const ENDINGS: [&str; 9] =
    ["mp4", "mkv", "mov", "avi", "webm", "m4v", "mpg", "mpeg", "ts"];

/// Whether a file is a film by its name.
pub(super) fn is_film(path: &Path) -> bool {
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// A film that is being decoded. Whoever drops it ends ffmpeg.
pub(super) struct Film {
    ffmpeg: Child,
    /// Until the end is waited for: ffmpeg would wait forever for somebody to read the rest.
    frames: Option<BufReader<ChildStdout>>,
    complaints: Option<JoinHandle<String>>,
}

impl Film {
    /// Starts ffmpeg on a file. It may read files only: a playlist cannot make it call a network.
    pub(super) fn open(path: &Path) -> anyhow::Result<Film> {
        let mut input = OsString::from("file:");
        input.push(path);
        let rate = format!("fps={FRAMES_A_SECOND}");
        let mut ffmpeg = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-i"])
            .arg(input)
            .args(["-map", "0:v:0", "-vf", &rate, "-f", "image2pipe", "-c:v", "ppm", "-"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|err| match err.kind() {
                ErrorKind::NotFound => anyhow::anyhow!(
                    "videos are read through the program ffmpeg, which is not installed (Debian: apt install ffmpeg)"
                ),
                _ => anyhow::Error::new(err).context("failed to start ffmpeg"),
            })?;
        let frames = ffmpeg.stdout.take().context("ffmpeg has no output")?;
        let errors = ffmpeg.stderr.take().context("ffmpeg has no error output")?;
        let complaints = std::thread::spawn(move || last_line(errors));
        let frames = Some(BufReader::new(frames));
        Ok(Film { ffmpeg, frames, complaints: Some(complaints) })
    }

    /// The next frame; none after the last.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Frame>> {
        let Some(frames) = &mut self.frames else { return Ok(None) };
        read_ppm(frames).context("failed to take a frame from ffmpeg")
    }

    /// Waits for ffmpeg; an error where it complained, with its last words.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.frames = None;
        let ended = self.ffmpeg.wait().context("failed to wait for ffmpeg")?;
        let said = self.complaints.take().and_then(|said| said.join().ok()).unwrap_or_default();
        if said.is_empty() && ended.success() {
            return Ok(());
        }
        bail!("the video is broken: {}", if said.is_empty() { ended.to_string() } else { said })
    }
}

impl Drop for Film {
    fn drop(&mut self) {
        // Ended already where all was read.
        let _ = self.ffmpeg.kill();
        let _ = self.ffmpeg.wait();
    }
}

/// A binary portable pixmap: `P6`, width, height and 255 in text, then the pixels. `None` at the end.
fn read_ppm(from: &mut impl BufRead) -> anyhow::Result<Option<Frame>> {
    if from.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut word = || -> anyhow::Result<String> {
        let mut line = Vec::new();
        from.by_ref().take(HEADER_BYTES_MAX).read_until(b'\n', &mut line)?;
        Ok(String::from_utf8_lossy(&line).trim().to_owned())
    };
    let (kind, size, depth) = (word()?, word()?, word()?);
    let sides = size.split_once(' ').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let (Some((width_px, height_px)), "P6", "255") = (sides, kind.as_str(), depth.as_str()) else {
        bail!("no frame begins with `{kind}`, `{size}`, `{depth}`");
    };
    let pixels = u64::from(width_px) * u64::from(height_px);
    if pixels == 0 || pixels > PICTURE_PIXELS_MAX {
        bail!("frames of {width_px}×{height_px} pixels; at most {PICTURE_PIXELS_MAX} are accepted");
    }
    let mut rgb = vec![0; usize::try_from(pixels * 3)?];
    from.read_exact(&mut rgb)?;
    Ok(Some(Frame::from_rgb(width_px, height_px, rgb)?))
}

/// Reads to the end and keeps the last line that says anything.
fn last_line(from: impl Read) -> String {
    let mut last = Vec::new();
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        let n = from.by_ref().take(COMPLAINT_BYTES_MAX as u64).read_until(b'\n', &mut line);
        if n.unwrap_or(0) == 0 {
            return String::from_utf8_lossy(&last).trim().to_owned();
        }
        if !line.trim_ascii().is_empty() {
            last = line;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(width: usize, height: usize) -> Vec<u8> {
        [format!("P6\n{width} {height}\n255\n").into_bytes(), vec![7; width * height * 3]].concat()
    }

    fn read_all(mut bytes: &[u8]) -> Result<usize, String> {
        let mut n = 0;
        while let Some(frame) = read_ppm(&mut bytes).map_err(|err| format!("{err:#}"))? {
            assert!(frame.rgb().iter().all(|byte| *byte == 7));
            n += 1;
        }
        Ok(n)
    }

    #[test]
    fn frames_follow_one_another() {
        assert_eq!(read_all(&[frame(4, 2), frame(3, 5)].concat()), Ok(2));
        assert_eq!(read_all(b""), Ok(0));
    }

    #[test]
    fn a_cut_a_bomb_and_a_stranger_are_errors() {
        let cut = frame(4, 2);
        assert!(read_all(&cut[..cut.len() - 1]).is_err());
        let bomb = read_all(b"P6\n60000 60000\n255\n").unwrap_err();
        assert!(bomb.contains("60000×60000"), "{bomb}");
        assert!(read_all(b"<html>").unwrap_err().contains("<html>"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_frames_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_ppm(&mut bytes.as_slice());
        }
    }

    #[test]
    fn the_last_words_are_kept() {
        assert_eq!(last_line(&b"one\ntwo\n\n"[..]), "two");
        assert_eq!(last_line(&b""[..]), "");
    }
}
