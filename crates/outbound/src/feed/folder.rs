//! Files of hotlists that are dropped into a folder of this machine.

use std::fs;
use std::io::{Read as _, Write};
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::{FetchError, Fetched, Validators};

/// Where files go that were taken.
const DONE: &str = "done";
/// Where files go that were not, each with a `.reason.txt`.
const REFUSED: &str = "refused";
/// Files that are looked at.
const FILES_MAX: usize = 1_000;
const PIECE_BYTES: usize = 64 * 1024;

/// What becomes of a file that was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeepFiles {
    /// It stays, and the newest file counts: a source that writes over its own file.
    Keep,
    /// It is moved to `done/` or `refused/`, the oldest first.
    Move,
}

/// A folder that is looked into.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FolderFeed {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// What becomes of a file that was taken.
    pub when_done: KeepFiles,
    /// How long a file has to stay as it is before it is taken.
    pub settles_in: Duration,
}

/// A file of the folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picked(Utf8PathBuf);

/// How a file was found.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Seen {
    changed: SystemTime,
    path: Utf8PathBuf,
    n_bytes: u64,
}

impl FolderFeed {
    pub(super) fn says(&self) -> String {
        format!("the folder {}", self.path)
    }

    pub(super) async fn may_have(&self) -> bool {
        let own = self.clone();
        // A folder that cannot be read has something to say.
        let pick = tokio::task::spawn_blocking(move || own.pick());
        !matches!(pick.await, Ok(Ok(None)))
    }

    pub(super) async fn fetch<W: Write + Send + 'static>(
        &self,
        sink: W,
    ) -> Result<(Fetched, W), FetchError> {
        let own = self.clone();
        let Some(first) = off_thread(move || own.pick()).await? else {
            return Ok((Fetched::Nothing, sink));
        };
        tokio::time::sleep(self.settles_in).await;
        off_thread(move || take(&first, sink)).await
    }

    /// The file whose turn it is: of those that are kept the newest, of those that are moved the oldest.
    fn pick(&self) -> Result<Option<Seen>, FetchError> {
        let all = list(&self.path)?;
        Ok(match self.when_done {
            KeepFiles::Keep => all.into_iter().max(),
            KeepFiles::Move => all.into_iter().min(),
        })
    }

    pub(super) async fn put_away(
        &self,
        Picked(path): Picked,
        refused: Option<String>,
    ) -> Result<(), FetchError> {
        if self.when_done == KeepFiles::Keep {
            return Ok(());
        }
        let root = self.path.clone();
        off_thread(move || {
            let folder = root.join(if refused.is_some() { REFUSED } else { DONE });
            let moved = move_to(&folder, &path)?;
            let Some(reason) = refused else { return Ok(()) };
            let beside = Utf8PathBuf::from(format!("{moved}.reason.txt"));
            fs::write(&beside, format!("{reason}\n")).map_err(disk("write", &beside))
        })
        .await
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FetchError> + Send + 'static,
) -> Result<T, FetchError> {
    tokio::task::spawn_blocking(work).await.map_err(FetchError::Stopped)?
}

fn disk<'a>(
    doing: &'static str,
    path: &'a Utf8Path,
) -> impl FnOnce(std::io::Error) -> FetchError + 'a {
    move |err| FetchError::Disk { doing, path: path.to_owned(), err }
}

/// The finished files of a folder: one is written under another name (`.part`, `.tmp`, `.filepart`, a dot in front) and renamed,
/// or has stopped growing.
fn list(folder: &Utf8Path) -> Result<Vec<Seen>, FetchError> {
    let mut found = Vec::new();
    for entry in folder.read_dir_utf8().map_err(disk("read the folder", folder))?.take(FILES_MAX) {
        let entry = entry.map_err(disk("read the folder", folder))?;
        let unfinished = matches!(entry.path().extension(), Some("part" | "tmp" | "filepart"));
        if unfinished || entry.file_name().starts_with('.') {
            continue;
        }
        // One that went away meanwhile was moved by somebody else.
        found.extend(seen(entry.path()));
    }
    Ok(found)
}

/// How a file is; none where there is none, or where it is no file (a link may point anywhere).
fn seen(path: &Utf8Path) -> Option<Seen> {
    let about = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    let changed = about.modified().ok()?;
    Some(Seen { changed, path: path.to_owned(), n_bytes: about.len() })
}

fn take<W: Write>(first: &Seen, mut sink: W) -> Result<(Fetched, W), FetchError> {
    let path = &first.path;
    let name = path.file_name().unwrap_or_default().to_owned();
    if seen(path).as_ref() != Some(first) {
        return Err(FetchError::Changing(name));
    }
    let mut file = fs::File::open(path).map_err(disk("open", path))?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let n = file.read(&mut piece).map_err(disk("read", path))?;
        if n == 0 {
            break;
        }
        sink.write_all(piece.get(..n).unwrap_or_default()).map_err(FetchError::Keep)?;
    }
    if seen(path).as_ref() != Some(first) {
        return Err(FetchError::Changing(name));
    }
    let picked = Some(Picked(path.clone()));
    Ok((Fetched::File { name, validators: Validators::default(), picked }, sink))
}

/// Moves a file into a folder that is made where it is missing, beside one of the same name; where it is now.
fn move_to(folder: &Utf8Path, path: &Utf8Path) -> Result<Utf8PathBuf, FetchError> {
    fs::create_dir_all(folder).map_err(disk("make the folder", folder))?;
    let name = path.file_name().unwrap_or_default();
    let free = (0_u32..).map(|n| match n {
        0 => folder.join(name),
        n => folder.join(format!("{n}-{name}")),
    });
    let mut free = free.filter(|to| !to.exists());
    let to = free.next().unwrap_or_else(|| folder.join(name));
    fs::rename(path, &to).map_err(disk("move", path))?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(dir: &tempfile::TempDir, when_done: KeepFiles) -> FolderFeed {
        let path = Utf8Path::from_path(dir.path()).unwrap().to_owned();
        FolderFeed { path, when_done, settles_in: Duration::from_millis(200) }
    }

    fn write(feed: &FolderFeed, name: &str, text: &str, second: u64) {
        let file = fs::File::create(feed.path.join(name)).unwrap();
        (&file).write_all(text.as_bytes()).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(second)).unwrap();
    }

    async fn fetch(feed: &FolderFeed) -> Result<Option<(Picked, String)>, FetchError> {
        let (fetched, text) = feed.fetch(Vec::new()).await?;
        let text = String::from_utf8(text).unwrap();
        Ok(match fetched {
            Fetched::File { picked, .. } => Some((picked.unwrap(), text)),
            _ => None,
        })
    }

    #[tokio::test]
    async fn files_are_taken_the_oldest_first_and_moved_with_their_reasons() {
        let dir = tempfile::tempdir().unwrap();
        let feed = feed(&dir, KeepFiles::Move);
        assert!(!feed.may_have().await && fetch(&feed).await.unwrap().is_none());
        write(&feed, "b.csv", "second", 2);
        write(&feed, "a.csv", "third", 3);
        write(&feed, "c.csv", "first", 1);
        write(&feed, "d.csv.part", "not finished", 0);
        write(&feed, ".e.csv", "hidden", 0);
        let mut taken = Vec::new();
        while let Some((picked, text)) = fetch(&feed).await.unwrap() {
            let refused = (text == "second").then(|| "no plate in it".to_owned());
            feed.put_away(picked, refused).await.unwrap();
            taken.push(text);
        }
        assert_eq!(taken, ["first", "second", "third"]);
        assert!(feed.path.join("done/c.csv").exists() && feed.path.join("done/a.csv").exists());
        let reason = fs::read_to_string(feed.path.join("refused/b.csv.reason.txt")).unwrap();
        assert_eq!(reason, "no plate in it\n");
        write(&feed, "a.csv", "again", 4);
        let (picked, _) = fetch(&feed).await.unwrap().unwrap();
        feed.put_away(picked, None).await.unwrap();
        assert!(feed.path.join("done/1-a.csv").exists(), "what was there stays");
    }

    #[tokio::test]
    async fn a_file_that_is_kept_stays_and_the_newest_counts() {
        let dir = tempfile::tempdir().unwrap();
        let feed = feed(&dir, KeepFiles::Keep);
        write(&feed, "a.csv", "old", 1);
        write(&feed, "b.csv", "new", 2);
        let (picked, text) = fetch(&feed).await.unwrap().unwrap();
        feed.put_away(picked, None).await.unwrap();
        assert_eq!(text, "new");
        assert!(feed.path.join("b.csv").exists());
    }

    #[tokio::test]
    async fn a_file_that_grows_is_not_taken() {
        let dir = tempfile::tempdir().unwrap();
        let feed = feed(&dir, KeepFiles::Move);
        write(&feed, "a.csv", "half", 1);
        let other = feed.clone();
        let growing = tokio::spawn(async move { fetch(&other).await.map(drop) });
        tokio::time::sleep(Duration::from_millis(50)).await;
        write(&feed, "a.csv", "half and more", 2);
        let err = growing.await.unwrap().unwrap_err();
        assert!(matches!(err, FetchError::Changing(name) if name == "a.csv"));
        assert_eq!(fetch(&feed).await.unwrap().unwrap().1, "half and more");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_link_is_not_followed_and_a_folder_that_is_missing_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let feed = feed(&dir, KeepFiles::Move);
        std::os::unix::fs::symlink("/etc/hostname", feed.path.join("a.csv")).unwrap();
        assert!(fetch(&feed).await.unwrap().is_none());
        let missing = FolderFeed { path: feed.path.join("nowhere"), ..feed };
        assert!(missing.may_have().await, "it has something to say");
        assert!(fetch(&missing).await.unwrap_err().to_string().contains("nowhere"));
    }
}
