//! The folder on disk. Everything here blocks.

use std::collections::HashMap;
use std::fs;
use std::time::UNIX_EPOCH;

use camino::{Utf8Path, Utf8PathBuf};
use domain::Timestamp;

use crate::folder::{DONE, FAILED, FolderError};

/// Files looked at in one go; a folder with more is worked through look by look.
const FILES_MAX: usize = 1_000;

/// How a file was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    n_bytes: u64,
    pub(crate) written_at: Timestamp,
}

/// The pictures in a folder, or in its cameras' folders.
pub(crate) fn list(
    root: &Utf8Path,
    by_camera: bool,
) -> Result<HashMap<Utf8PathBuf, Seen>, FolderError> {
    let mut found = HashMap::new();
    for entry in entries(root)? {
        let name = entry.file_name().unwrap_or_default();
        match (entry.is_dir(), by_camera) {
            (true, true) if name != DONE && name != FAILED => {
                for file in entries(&entry)? {
                    note(&mut found, file);
                }
            }
            (false, false) => note(&mut found, entry),
            _ => {}
        }
    }
    Ok(found)
}

fn note(found: &mut HashMap<Utf8PathBuf, Seen>, file: Utf8PathBuf) {
    let named = file.file_name().is_some_and(|name| !name.starts_with('.'));
    let unfinished = matches!(file.extension(), Some("part" | "tmp" | "filepart"));
    if !named || unfinished || found.len() >= FILES_MAX {
        return;
    }
    // A file that vanished meanwhile was moved by somebody else: not ours any more.
    let Ok(about) = fs::metadata(&file) else { return };
    if !about.is_file() {
        return;
    }
    let since = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let micros = since.and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or(0);
    let written_at = Timestamp::from_micros(micros);
    found.insert(file, Seen { n_bytes: about.len(), written_at });
}

fn entries(dir: &Utf8Path) -> Result<Vec<Utf8PathBuf>, FolderError> {
    let failed = |err| FolderError::Disk { doing: "list", path: dir.to_owned(), err };
    let mut all = Vec::new();
    for entry in dir.read_dir_utf8().map_err(failed)? {
        match entry {
            Ok(entry) => all.push(entry.into_path()),
            // A name that is not UTF-8: no camera's.
            Err(err) if err.kind() == std::io::ErrorKind::InvalidData => {}
            Err(err) => return Err(failed(err)),
        }
    }
    all.sort();
    Ok(all)
}

pub(crate) fn read(file: &Utf8Path) -> Result<Vec<u8>, FolderError> {
    fs::read(file).map_err(|err| FolderError::Disk { doing: "read", path: file.to_owned(), err })
}

pub(crate) fn delete(file: &Utf8Path) -> Result<(), FolderError> {
    fs::remove_file(file).map_err(|err| FolderError::Disk {
        doing: "delete",
        path: file.to_owned(),
        err,
    })
}

pub(crate) fn write(file: &Utf8Path, text: &str) -> Result<(), FolderError> {
    fs::write(file, text).map_err(|err| FolderError::Disk {
        doing: "write",
        path: file.to_owned(),
        err,
    })
}

/// Moves a file into a folder, under a name that is free there.
pub(crate) fn move_to(dir: &Utf8Path, file: &Utf8Path) -> Result<Utf8PathBuf, FolderError> {
    let failed = |doing| move |err| FolderError::Disk { doing, path: file.to_owned(), err };
    fs::create_dir_all(dir).map_err(failed("make a folder for"))?;
    let name = file.file_name().unwrap_or("picture");
    let mut target = dir.join(name);
    let mut n = 1;
    while target.exists() {
        n += 1;
        target = dir.join(format!("{n}-{name}"));
    }
    fs::rename(file, &target).map_err(failed("move"))?;
    Ok(target)
}
