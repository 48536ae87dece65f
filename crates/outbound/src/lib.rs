//! What leaves for outside: for now, asking witnesses for cosignatures (C2SP tlog-witness). Nothing is sent anywhere that
//! the configuration does not name, and whoever answers is not believed: bodies, time and text are bounded.

mod witness;

pub use witness::{Answer, AskWitnessError, WitnessClient};
