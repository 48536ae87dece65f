//! Files that are on disk when we say so, and directories too.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};

use camino::Utf8Path;

use crate::VaultError;

fn failed<'a>(
    doing: &'static str,
    path: &'a Utf8Path,
) -> impl FnOnce(io::Error) -> VaultError + 'a {
    move |source| VaultError::File { doing, path: path.to_owned(), source }
}

/// Makes a directory and all above it that are missing, each on disk on return.
pub(crate) fn make_dir(dir: &Utf8Path) -> Result<(), VaultError> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent().filter(|parent| !parent.as_str().is_empty());
    if let Some(parent) = parent {
        make_dir(parent)?;
    }
    match std::fs::create_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        done => done.map_err(failed("make directory", dir))?,
    }
    sync_dir(parent.unwrap_or("./".into()))
}

/// Waits until a directory's entries are on disk.
pub(crate) fn sync_dir(dir: &Utf8Path) -> Result<(), VaultError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed("sync directory", dir))
}

/// Writes a file, readable by its owner only, and waits until its bytes are on disk (its name is not yet).
pub(crate) fn write(path: &Utf8Path, bytes: &[u8]) -> Result<(), VaultError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map_err(failed("write", path))
}

/// Writes zeros over a file where it lies. On a plain disk that is the end of its bytes; on an SSD or a snapshot it proves
/// nothing (D2), and costs nothing either.
pub(crate) fn overwrite(path: &Utf8Path) -> Result<(), VaultError> {
    let zeros = |mut file: File| {
        let n_bytes = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        file.write_all(&vec![0; n_bytes])?;
        file.sync_all()
    };
    OpenOptions::new().write(true).open(path).and_then(zeros).map_err(failed("overwrite", path))
}

/// Renames a file and waits until that is on disk.
pub(crate) fn rename(from: &Utf8Path, to: &Utf8Path, dir: &Utf8Path) -> Result<(), VaultError> {
    std::fs::rename(from, to).map_err(failed("rename to", to))?;
    sync_dir(dir)
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Utf8Path) -> Result<(), VaultError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done.map_err(failed("remove", path)),
    }
}

/// A file's bytes; none if there is no such file.
pub(crate) fn read(path: &Utf8Path) -> Result<Option<Vec<u8>>, VaultError> {
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        done => done.map(Some).map_err(failed("read", path)),
    }
}
