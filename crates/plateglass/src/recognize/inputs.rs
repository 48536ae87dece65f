//! Which pictures and videos the arguments mean.

use super::film::is_film;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One picture.
    Picture,
    /// A video.
    Film,
}

/// A file to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub kind: Kind,
    /// Where it lies.
    pub path: PathBuf,
    /// Its name below the folder it was found in, for copies elsewhere.
    pub name: PathBuf,
}

/// A path that leads to nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub path: PathBuf,
    pub reason: String,
}

/// What the arguments lead to.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub inputs: Vec<Input>,
    pub failures: Vec<Failure>,
}

/// Endings that make a file in a folder a picture. A file named by itself is tried as one whatever its ending, unless it is
/// a video's.
const ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
/// Folders within folders that are followed: deeper than any archive, shallow enough for the stack.
const DEPTH_MAX: usize = 64;

/// Every file, in the arguments' order, those of a folder sorted by name.
pub(super) fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => search(path, path, 0, &mut found),
            Ok(_) => found.inputs.push(Input::new(file_name(path), path.clone())),
            Err(err) => found.fail(path, &err.to_string()),
        }
    }
    found
}

/// Adds a folder's pictures. Links to folders are not followed: they may lead round in a circle.
fn search(root: &Path, folder: &Path, depth: usize, found: &mut Found) {
    if depth > DEPTH_MAX {
        return found.fail(folder, &format!("more than {DEPTH_MAX} folders deep"));
    }
    let mut entries: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(err) => return found.fail(folder, &err.to_string()),
    };
    entries.sort();
    for path in entries {
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|about| about.is_dir());
        if is_folder {
            search(root, &path, depth + 1, found);
        } else if (is_picture(&path) || is_film(&path)) && path.is_file() {
            let name = path.strip_prefix(root).map_or_else(|_| file_name(&path), Path::to_path_buf);
            found.inputs.push(Input::new(name, path));
        }
    }
}

impl Input {
    fn new(name: PathBuf, path: PathBuf) -> Input {
        let kind = if is_film(&path) { Kind::Film } else { Kind::Picture };
        Input { kind, path, name }
    }
}

impl Found {
    fn fail(&mut self, path: &Path, reason: &str) {
        self.failures.push(Failure { path: path.to_owned(), reason: reason.to_owned() });
    }
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn file_name(path: &Path) -> PathBuf {
    path.file_name().map_or_else(|| PathBuf::from("picture"), PathBuf::from)
}
