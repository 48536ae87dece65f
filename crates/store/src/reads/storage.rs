//! The one thing with two implementations: where the rows of a file are.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::texts::Texts;
use crate::sql::Db;
use crate::{FileRef, StoreError};

/// What an implementation is doing.
pub(crate) type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Where reads are kept: one encrypted SQLite file each, or one partition each of a PostgreSQL database.
pub(crate) trait ReadsStorage: fmt::Debug + Send + Sync {
    /// Prepares what all files share.
    fn migrate(&self) -> Doing<'_, ()>;

    /// Opens a file; with `make`, after making its tables where there are none.
    fn open(&self, file: FileRef, make: bool) -> Doing<'_, Tables>;

    /// Finds damage and brings what is still in a log into the file; how many faults there are.
    fn check<'a>(&'a self, tables: &'a Tables) -> Doing<'a, usize>;

    /// Lets go of a file.
    fn close<'a>(&'a self, tables: &'a Tables) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}

/// A file's tables: the connections that reach them and the statements that fit them.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) write: Db,
    pub(crate) read: Db,
    pub(crate) texts: Arc<Texts>,
}
