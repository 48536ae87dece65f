//! Oversight: the index that auditors search, reviews, reports of misuse, weeks that were signed off.

mod index;
mod reports;
mod reviews;
mod search;
mod weeks;

pub use index::{Code, IndexEnd, IndexRow, Indexing, PlateMark, Raised, Refusals, Unindexed};
pub use reports::NewReport;
pub use search::{AuditQuery, AuditRow, AuditSum};
pub use weeks::{Tally, WeekTally};

pub(crate) use index::forget_plates;
