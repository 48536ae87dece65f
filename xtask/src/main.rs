//! Chores with logic: `cargo xtask demo`, `test`, `bench`, `web`.
fn main() {}
