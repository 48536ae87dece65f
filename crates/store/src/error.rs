//! What can go wrong, without a plate in it.

use camino::Utf8PathBuf;
use domain::{KeyError, ReadId};

use crate::FileRef;

/// A store function that failed: what it was doing; the source says why.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("failed to {doing}")]
    Sql {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: SqlError,
    },
    /// A file or directory could not be made or synced.
    #[error("failed to prepare `{path}`")]
    Files {
        /// Which one.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The key of the day could not be had.
    #[error("failed to open {file}")]
    Key {
        /// Which file.
        file: FileRef,
        /// Why.
        #[source]
        source: KeyError,
    },
    /// The day has been sealed; what comes now belongs in its late file.
    #[error("{file} is sealed: late reads go to the late file of their day")]
    Sealed {
        /// Which file.
        file: FileRef,
    },
    /// A read or hit of a batch belongs to another file.
    #[error("read {read} does not belong in {file}")]
    Misfiled {
        /// The file that was to take it.
        file: FileRef,
        /// The read.
        read: ReadId,
    },
    /// What is asked for does not exist, or belongs to another agency (one answer for both).
    #[error("there is no such {what}")]
    Missing {
        /// What was asked for.
        what: &'static str,
    },
    /// The thing is in a state in which this cannot be done.
    #[error("{what} cannot be changed in this way now")]
    Conflict {
        /// What was to be changed.
        what: &'static str,
    },
    /// A stored row is not what this version can read.
    #[error("stored {what} cannot be read")]
    Corrupt {
        /// What was being read.
        what: &'static str,
    },
    /// The engine's own check of a file found damage.
    #[error("{file} is damaged: its integrity check found {n_faults} faults")]
    Damaged {
        /// Which file.
        file: FileRef,
        /// How many faults.
        n_faults: usize,
    },
    /// An applied migration is not the one this version knows.
    #[error(
        "migration `{name}` differs from the one that was applied: this is another version's database"
    )]
    ForeignMigration {
        /// Its name.
        name: String,
    },
    /// Another server has this store.
    #[error(
        "another server is running on this store: stop it first, or give this one a folder of its own"
    )]
    Claimed,
    /// A task of ours ended early.
    #[error("a background task of the store ended early")]
    Task(#[source] tokio::task::JoinError),
}

impl StoreError {
    /// Whether a day cannot be opened because its key was destroyed: it is as if its reads were not there.
    pub const fn is_key_missing(&self) -> bool {
        matches!(self, Self::Key { source: KeyError::Missing { .. }, .. })
    }

    pub(crate) fn sql(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Sql { doing, source: SqlError::from(source) }
    }
}

/// Why a statement failed, with everything left out that could hold a row's values: PostgreSQL puts whole rows into its
/// errors' details, and `sqlx::Error` shows them in `Debug`.
#[derive(Debug, thiserror::Error)]
#[error("{says}")]
pub struct SqlError {
    says: String,
    violation: bool,
}

impl SqlError {
    /// Whether a constraint refused the row.
    pub fn is_violation(&self) -> bool {
        self.violation
    }
}

impl From<sqlx::Error> for SqlError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        let Some(database) = error.as_database_error() else {
            return Self { says: error.to_string(), violation: false };
        };
        let code = database.code().unwrap_or_default();
        let violation = !matches!(database.kind(), ErrorKind::Other);
        let mut says = match database.kind() {
            ErrorKind::UniqueViolation => format!("already there (code {code}"),
            ErrorKind::Other if !code.starts_with("22") => {
                format!("{} (code {code}", database.message())
            }
            _ => format!("a value was refused (code {code}"),
        };
        if let Some(constraint) = database.constraint() {
            says.push_str(", ");
            says.push_str(constraint);
        }
        says.push(')');
        Self { says, violation }
    }
}
