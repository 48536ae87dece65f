//! Where files of hotlists are fetched from: a folder into which they are dropped, HTTPS, or SFTP. What the configuration does
//! not name is not asked, nobody sends us elsewhere, and size and time are bounded.

mod addresses;
mod folder;
mod https;
mod sftp;

use std::io::Write;

pub use folder::{FolderFeed, KeepFiles, Picked};
pub use https::{HttpsFeed, HttpsLogin, HttpsPlace};
pub use sftp::{SftpFeed, SftpLogin, SftpPlace};

/// Where a list's files come from.
#[derive(Debug)]
pub enum Feed {
    /// A folder on this machine.
    Folder(FolderFeed),
    /// An address that is asked.
    Https(HttpsFeed),
    /// A file on another machine.
    Sftp(SftpFeed),
}

/// What a source said of the state that it gave last.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Validators {
    /// HTTP `ETag`.
    pub etag: Option<String>,
    /// HTTP `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What a fetch found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fetched {
    /// The source says that nothing changed since those validators.
    Unchanged,
    /// There is nothing to take.
    Nothing,
    /// A file, written to where it was asked to be.
    File {
        /// Its name, for the record.
        name: String,
        /// What the source calls this state.
        validators: Validators,
        /// Which file of the folder it was.
        picked: Option<Picked>,
    },
}

/// Why nothing was fetched. Nothing secret stands in it.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The place cannot be meant.
    #[error("{0}")]
    Place(String),
    /// A folder or file of ours could not be read or moved.
    #[error("failed to {doing} `{path}`")]
    Disk {
        /// What we were doing.
        doing: &'static str,
        /// Where.
        path: camino::Utf8PathBuf,
        /// Why.
        #[source]
        err: std::io::Error,
    },
    /// A file changed while it was read.
    #[error("`{0}` changed while it was read: it is not finished; it is tried again")]
    Changing(String),
    /// The other side could not be reached, or not trusted.
    #[error("failed to reach {0}")]
    Unreachable(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered something else than the file.
    #[error("{0}")]
    Answer(String),
    /// What came could not be kept: it is larger than it may be, or the disk is full.
    #[error("failed to keep the file")]
    Keep(#[source] std::io::Error),
    /// It took longer than it may.
    #[error("it took longer than {0} s")]
    Slow(u64),
    /// The program ends.
    #[error("stopped fetching")]
    Stopped(#[source] tokio::task::JoinError),
}

impl Feed {
    /// Where from, in words: without secrets, and the same as long as the configuration names the same place.
    pub fn says(&self) -> String {
        match self {
            Self::Folder(folder) => folder.says(),
            Self::Https(https) => https.says(),
            Self::Sftp(sftp) => sftp.says(),
        }
    }

    /// Whether there may be something: a folder is looked into before it is written down that it is fetched from.
    pub async fn may_have(&self) -> bool {
        match self {
            Self::Folder(folder) => folder.may_have().await,
            Self::Https(_) | Self::Sftp(_) => true,
        }
    }

    /// Whether there is more to take at once: files that were not taken yet.
    pub async fn has_more(&self) -> bool {
        match self {
            Self::Folder(folder) => folder.when_done == KeepFiles::Move && folder.may_have().await,
            Self::Https(_) | Self::Sftp(_) => false,
        }
    }

    /// Fetches into `sink`, which comes back.
    pub async fn fetch<W: Write + Send + 'static>(
        &self,
        known: &Validators,
        sink: W,
    ) -> Result<(Fetched, W), FetchError> {
        match self {
            Self::Folder(folder) => folder.fetch(sink).await,
            Self::Https(https) => https.fetch(known, sink).await,
            Self::Sftp(sftp) => sftp.fetch(sink).await,
        }
    }

    /// Puts a file of the folder away: among those that were taken, or with the reason among those that were refused.
    pub async fn put_away(
        &self,
        picked: Picked,
        refused: Option<String>,
    ) -> Result<(), FetchError> {
        match self {
            Self::Folder(folder) => folder.put_away(picked, refused).await,
            Self::Https(_) | Self::Sftp(_) => Ok(()),
        }
    }
}
