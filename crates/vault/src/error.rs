//! What can go wrong with pictures and keys.

use camino::Utf8PathBuf;
use domain::{PictureKind, ReadRef};

/// A picture or key that could not be kept or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file could not be used.
    #[error("failed to {doing} `{path}`")]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: Utf8PathBuf,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The key store's files do not belong together or not to this server key, or somebody changed them.
    #[error(
        "the key store in `{dir}` cannot be opened: it was sealed under another server key, or it was changed"
    )]
    KeyStore {
        /// Where it is.
        dir: Utf8PathBuf,
    },
    /// A log's key was changed, or sealed under another server key.
    #[error(
        "the log's key in `{path}` cannot be opened: it was sealed under another server key, or it was changed"
    )]
    LogKey {
        /// Where it is.
        path: Utf8PathBuf,
    },
    /// A seed was changed, or sealed under another server key.
    #[error(
        "the key in `{path}` cannot be opened: it was sealed under another server key, or it was changed"
    )]
    Seed {
        /// Where it is.
        path: Utf8PathBuf,
    },
    /// A log's name cannot stand in a signature.
    #[error("`{name}` cannot name a log: 1–255 bytes without spaces and `+`")]
    LogName {
        /// The name.
        name: String,
    },
    /// The objects' store failed.
    #[error("failed to {doing}")]
    Object {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: object_store::Error,
    },
    /// What lies there is not this picture: changed, swapped for another, or sealed under another day's key.
    #[error("the {} picture of {read} is not what was kept: changed, swapped, or of another day", kind.word())]
    NotThePicture {
        /// Of which read.
        read: ReadRef,
        /// Which of its pictures.
        kind: PictureKind,
    },
    /// The permit is for another agency.
    #[error("the picture belongs to another agency")]
    OtherAgency,
    /// More than one object can hold.
    #[error("the pictures of one batch are too many: {n_bytes} bytes")]
    TooLarge {
        /// How much they are.
        n_bytes: usize,
    },
    /// A task of ours ended early.
    #[error("a background task of the vault ended early")]
    Task(#[source] tokio::task::JoinError),
}
