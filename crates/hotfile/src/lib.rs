//! Hotlists' files: bytes to rows, rows to entries and refused rows, by a layout that is data; and messages of AMBER alerts
//! (docs/hotlists.md).
//!
//! Nothing here reads a disk or a network, tells the time, or knows of a store: pieces of a file go in, changes to a list come
//! out. What one file may take in memory is bounded whatever it holds.

mod cap;
mod changes;
mod codes;
mod columns;
mod dates;
mod fixed;
mod layout;
mod plates;
mod reader;
mod rows;
mod text;

pub use cap::{
    CAP_BYTES_MAX, CapFault, CapFile, CapRefused, MESSAGES_MAX, PROPOSALS_MAX, proposals, read_cap,
};
pub use changes::Changes;
pub use codes::{Code, Codes, CodesError};
pub use dates::{DateFormat, Dates};
pub use fixed::{FixedRows, Place};
pub use layout::{
    Actions, Column, Columns, Encoding, Fault, Form, Layout, NamedTopic, Preset, Priorities,
    Update, presets,
};
pub use plates::{NARROWED_MIN, spelled};
pub use reader::{
    Change, FileFault, KnownTopic, Reader, Reading, Removal, Summary, TopicRows, UnknownCodes,
};
pub use rows::{COLUMNS_MAX, Next, ROW_BYTES_MAX, Row, Rows};
pub use text::{ToUtf8, WrongEncoding};
