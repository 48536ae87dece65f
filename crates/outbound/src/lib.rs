//! What leaves for outside: mail (SMTP), push messages (RFC 8030, 8291, 8292), signed webhooks, asking witnesses for cosignatures
//! (C2SP tlog-witness), case systems for cases, the state's message switch about plates, and sources for the files of hotlists
//! (HTTPS, SFTP, a folder). Nothing is sent anywhere inside the network that the configuration does not name, and whoever
//! answers is not believed: bodies, time and text are bounded.

mod agent;
mod cases;
mod feed;
mod mail;
mod push;
mod reach;
mod sent;
pub mod switch;
mod webhook;
mod witness;

pub use cases::{
    AskCasesError, BadLine, CaseBook, CasesRead, CsvCases, HttpCases, InvalidCaseUrl, InvalidCases,
    NUMBER_CHARS_MAX, ReadCasesError, read_cases,
};
pub use feed::{
    Feed, FetchError, Fetched, FolderFeed, HttpsFeed, HttpsLogin, HttpsPlace, KeepFiles, Picked,
    SftpFeed, SftpLogin, SftpPlace, Validators,
};
pub use mail::{
    InvalidMailServer, Mail, MailPassword, MailServer, Mailer, Protection, SendMailError,
};
pub use push::{InvalidSubscription, PushKey, PushMessage, Pusher, Subscription, Urgency, encrypt};
pub use reach::{InvalidDestination, Reach};
pub use sent::NotSent;
pub use webhook::{Delivery, WebhookSecret, Webhooks};
pub use witness::{Answer, AskWitnessError, WitnessClient};
