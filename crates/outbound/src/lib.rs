//! What leaves for outside: mail (SMTP), and asking witnesses for cosignatures (C2SP tlog-witness). Nothing is sent anywhere
//! that the configuration does not name, and whoever answers is not believed: bodies, time and text are bounded.

mod mail;
mod witness;

pub use mail::{
    InvalidMailServer, Mail, MailPassword, MailServer, Mailer, Protection, SendMailError,
};

pub use witness::{Answer, AskWitnessError, WitnessClient};
