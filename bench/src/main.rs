//! Figures beside baselines, measured in the same run.
fn main() {}
