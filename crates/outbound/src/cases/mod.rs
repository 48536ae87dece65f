//! Asking an agency's case system whether it has a case: by a file that the system drops into a folder, or over HTTP.

mod csv;
mod http;

pub use csv::{
    BadLine, CasesRead, CsvCases, InvalidCases, NUMBER_CHARS_MAX, ReadCasesError, read_cases,
};
pub use http::{AskCasesError, HttpCases, InvalidCaseUrl};

/// A case system.
#[derive(Debug)]
pub enum CaseBook {
    /// A folder into which it drops its cases.
    Csv(CsvCases),
    /// An address that answers for each number.
    Http(HttpCases),
}
