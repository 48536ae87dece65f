//! What leaves for outside: mail (SMTP), asking witnesses for cosignatures (C2SP tlog-witness), and case systems for cases.
//! Nothing is sent anywhere that the configuration does not name, and whoever answers is not believed: bodies, time and text are
//! bounded.

mod agent;
mod cases;
mod mail;
mod witness;

pub use cases::{
    AskCasesError, BadLine, CaseBook, CasesRead, CsvCases, HttpCases, InvalidCaseUrl, InvalidCases,
    NUMBER_CHARS_MAX, ReadCasesError, read_cases,
};
pub use mail::{
    InvalidMailServer, Mail, MailPassword, MailServer, Mailer, Protection, SendMailError,
};
pub use witness::{Answer, AskWitnessError, WitnessClient};
