//! One watched folder.

use std::collections::HashMap;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use domain::Timestamp;

use crate::disk::{self, Seen};

/// Where files go that were taken, beside the cameras' folders.
pub(crate) const DONE: &str = "done";
/// Where files go that could not be, each with a `.reason.txt`.
pub(crate) const FAILED: &str = "failed";

/// What becomes of a file that was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenDone {
    /// It is moved to `done/`. Frames then stay on that disk: whoever chooses this looks after them.
    Move,
    /// It is deleted: the frame is kept nowhere.
    Delete,
}

/// Whose pictures a folder holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// One camera's.
    OneCamera(String),
    /// Each camera's in a folder of its name.
    FolderByCamera,
}

/// A folder to watch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Folder {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// Whose pictures it holds.
    pub delivery: Delivery,
    /// What becomes of a file that was taken.
    pub when_done: WhenDone,
    /// How often it is looked at.
    pub every: Duration,
}

/// A picture that was delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The camera's name.
    pub camera: String,
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// When the file was last written.
    pub written_at: Timestamp,
}

/// What became of a picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It was taken, or had been before.
    Done,
    /// It never can be: why.
    Broken(String),
    /// Not now: look again.
    Later,
}

/// Why a folder cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder, or a file of it, could not be read or moved.
    #[error("failed to {doing} `{path}`")]
    Disk {
        /// What we were doing.
        doing: &'static str,
        /// Where.
        path: Utf8PathBuf,
        /// Why it failed.
        #[source]
        err: std::io::Error,
    },
    /// A task of ours ended early.
    #[error("a task that looks at `{path}` ended early")]
    Task {
        /// Where.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        err: tokio::task::JoinError,
    },
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} bytes from {})", self.bytes.len(), self.camera)
    }
}

impl Folder {
    /// Watches the folder for as long as it is awaited, handing each picture to `take`.
    pub async fn watch<F, Fut>(&self, take: F)
    where
        F: Fn(Picture) -> Fut,
        Fut: Future<Output = Verdict>,
    {
        let mut before = HashMap::new();
        let mut looks = tokio::time::interval(self.every);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            if let Err(err) = self.look(&mut before, &take).await {
                let why = std::error::Error::source(&err).map(ToString::to_string);
                tracing::warn!(error = %err, why, "failed to look at a watched folder");
            }
        }
    }

    /// Looks once: takes every file that is as it was at the look before. How many were taken.
    pub async fn look<F, Fut>(
        &self,
        before: &mut HashMap<Utf8PathBuf, Seen>,
        take: &F,
    ) -> Result<u64, FolderError>
    where
        F: Fn(Picture) -> Fut,
        Fut: Future<Output = Verdict>,
    {
        let root = self.path.clone();
        let by_camera = self.delivery == Delivery::FolderByCamera;
        let now = self.off_thread(move || disk::list(&root, by_camera)).await?;
        let mut n_taken = 0;
        for (path, seen) in &now {
            if before.get(path) != Some(seen) {
                continue;
            }
            let Some(camera) = self.camera_of(path) else { continue };
            let file = path.clone();
            let bytes = self.off_thread(move || disk::read(&file)).await?;
            let picture = Picture { camera, bytes, written_at: seen.written_at };
            match take(picture).await {
                Verdict::Done => {
                    self.put_away(path).await?;
                    n_taken += 1;
                }
                Verdict::Broken(reason) => self.set_aside(path, reason).await?,
                Verdict::Later => {}
            }
        }
        *before = now;
        Ok(n_taken)
    }

    fn camera_of(&self, path: &Utf8Path) -> Option<String> {
        match &self.delivery {
            Delivery::OneCamera(name) => Some(name.clone()),
            Delivery::FolderByCamera => path.parent()?.file_name().map(str::to_owned),
        }
    }

    async fn put_away(&self, path: &Utf8Path) -> Result<(), FolderError> {
        let (root, file, when_done) = (self.path.clone(), path.to_owned(), self.when_done);
        self.off_thread(move || match when_done {
            WhenDone::Delete => disk::delete(&file),
            WhenDone::Move => disk::move_to(&root.join(DONE), &file).map(drop),
        })
        .await
    }

    async fn set_aside(&self, path: &Utf8Path, reason: String) -> Result<(), FolderError> {
        let (root, file) = (self.path.clone(), path.to_owned());
        self.off_thread(move || {
            let moved = disk::move_to(&root.join(FAILED), &file)?;
            disk::write(&Utf8PathBuf::from(format!("{moved}.reason.txt")), &format!("{reason}\n"))
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, FolderError> + Send + 'static,
    ) -> Result<T, FolderError> {
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|err| FolderError::Task { path: self.path.clone(), err })?
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::ready;

    use super::*;

    fn folder(dir: &tempfile::TempDir, when_done: WhenDone) -> Folder {
        Folder {
            path: Utf8Path::from_path(dir.path()).unwrap().to_owned(),
            delivery: Delivery::FolderByCamera,
            when_done,
            every: Duration::from_secs(1),
        }
    }

    #[tokio::test]
    async fn a_file_is_taken_when_it_grows_no_more_and_put_away() {
        let dir = tempfile::tempdir().unwrap();
        let folder = folder(&dir, WhenDone::Move);
        let file = folder.path.join("lamar/one.jpg");
        std::fs::create_dir(folder.path.join("lamar")).unwrap();
        std::fs::write(&file, b"half").unwrap();
        std::fs::write(folder.path.join("lamar/two.jpg.part"), b"not yet named").unwrap();
        let taken = RefCell::new(Vec::new());
        let take = |picture: Picture| {
            taken.borrow_mut().push((picture.camera, picture.bytes));
            ready(Verdict::Done)
        };
        let mut before = HashMap::new();
        assert_eq!(folder.look(&mut before, &take).await.unwrap(), 0);
        std::fs::write(&file, b"half and the rest").unwrap();
        assert_eq!(folder.look(&mut before, &take).await.unwrap(), 0);
        assert_eq!(folder.look(&mut before, &take).await.unwrap(), 1);
        assert_eq!(*taken.borrow(), [("lamar".to_owned(), b"half and the rest".to_vec())]);
        assert!(!file.exists() && folder.path.join("done/one.jpg").exists());
    }

    #[tokio::test]
    async fn a_broken_file_is_set_aside_with_its_reason_and_a_later_one_stays() {
        let dir = tempfile::tempdir().unwrap();
        let folder = folder(&dir, WhenDone::Delete);
        std::fs::create_dir(folder.path.join("lamar")).unwrap();
        for name in ["bad.jpg", "later.jpg", "good.jpg"] {
            std::fs::write(folder.path.join("lamar").join(name), name).unwrap();
        }
        let take = |picture: Picture| {
            ready(match picture.bytes.as_slice() {
                b"bad.jpg" => Verdict::Broken("it is cut short".to_owned()),
                b"later.jpg" => Verdict::Later,
                _ => Verdict::Done,
            })
        };
        let mut before = HashMap::new();
        folder.look(&mut before, &take).await.unwrap();
        assert_eq!(folder.look(&mut before, &take).await.unwrap(), 1);
        let reason =
            std::fs::read_to_string(folder.path.join("failed/bad.jpg.reason.txt")).unwrap();
        assert_eq!(reason, "it is cut short\n");
        assert!(folder.path.join("lamar/later.jpg").exists());
        assert!(!folder.path.join("lamar/good.jpg").exists() && !folder.path.join("done").exists());
    }
}
