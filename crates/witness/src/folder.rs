//! The witness's folder: one file for each log's last cosigned checkpoint, one for refusals, and a lock on the whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};

/// The file whose lock says that a witness runs on this folder.
const LOCK_FILE: &str = "lock";
/// Longest file that is read back, in bytes: a note has at most a quarter of it, the refusals are bounded by number and size.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The folder, held by this witness alone for as long as this lives.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: Utf8PathBuf,
    _lock: File,
}

/// What went wrong with the witness's folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another one runs on it: two would cosign two histories.
    #[error("another witness runs on `{0}`")]
    Busy(Utf8PathBuf),
    /// It cannot be locked.
    #[error("failed to lock `{path}`")]
    Lock {
        /// The lock's file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        err: io::Error,
    },
    /// A file cannot be read.
    #[error("failed to read `{path}`")]
    Read {
        /// Which.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        err: io::Error,
    },
    /// A file cannot be written.
    #[error("failed to write `{path}`")]
    Write {
        /// Which.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        err: io::Error,
    },
}

impl Folder {
    pub(crate) fn lock(dir: &Utf8Path) -> Result<Self, FolderError> {
        let path = dir.join(LOCK_FILE);
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = match opened {
            Ok(lock) => lock,
            Err(err) => return Err(FolderError::Lock { path, err }),
        };
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Busy(dir.to_owned())),
            Err(TryLockError::Error(err)) => Err(FolderError::Lock { path, err }),
        }
    }

    pub(crate) fn path(&self, name: &str) -> Utf8PathBuf {
        self.dir.join(name)
    }

    /// A file's bytes; none where there is no file.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FolderError> {
        let path = self.path(name);
        match read_bounded(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(err) if err.kind() == ErrorKind::NotFound => Ok(None),
            Err(err) => Err(FolderError::Read { path, err }),
        }
    }

    /// Replaces a file as a whole. When this returns, the new content outlives a crash; when it fails, either the old
    /// or the new one is there, whole.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let (path, new) = (self.path(name), self.path(&format!("{name}.new")));
        let write = || {
            let mut file = File::create(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.dir)?.sync_all()
        };
        write().map_err(|err| FolderError::Write { path: path.clone(), err })
    }
}

fn read_bounded(path: &Utf8Path) -> io::Result<Vec<u8>> {
    let bytes = fs::metadata(path)?.len();
    if bytes > FILE_BYTES_MAX {
        let why = format!("it has {bytes} bytes; none of ours has more than {FILE_BYTES_MAX}");
        return Err(io::Error::new(ErrorKind::InvalidData, why));
    }
    fs::read(path)
}

/// How a log is named where its origin cannot stand: in file names and addresses.
pub(crate) fn hex_of(origin: &str) -> String {
    Sha256::digest(origin).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The file with a log's last cosigned checkpoint.
pub(crate) fn checkpoint_file(hex: &str) -> String {
    format!("{hex}.checkpoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_and_free_again_after() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap();
        let held = Folder::lock(path).unwrap();
        let refused = Folder::lock(path).unwrap_err();
        assert!(matches!(refused, FolderError::Busy(_)), "{refused}");
        drop(held);
        Folder::lock(path).unwrap();
    }

    #[test]
    fn what_is_replaced_reads_back_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap();
        let folder = Folder::lock(path).unwrap();
        assert_eq!(folder.read("a").unwrap(), None);
        folder.replace("a", b"one").unwrap();
        folder.replace("a", b"two").unwrap();
        assert_eq!(folder.read("a").unwrap().as_deref(), Some(&b"two"[..]));
        assert_eq!(fs::read_dir(path).unwrap().count(), 2);
        dir.close().unwrap();
        assert!(matches!(folder.replace("a", b"three"), Err(FolderError::Write { .. })));
    }
}
