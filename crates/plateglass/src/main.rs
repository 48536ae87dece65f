//! The Plateglass server and its commands.
fn main() {}
