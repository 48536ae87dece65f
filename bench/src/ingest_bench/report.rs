//! Figures as lines.

use super::load::Measured;

/// The value below which this share of them lies.
fn at(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    let place = ((sorted.len() as f64 - 1.0).max(0.0) * share).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// A load's figures.
#[expect(clippy::cast_precision_loss, reason = "counts of some millions")]
pub(super) fn print_load(what: &str, measured: &Measured) {
    let mut took = measured.took.clone();
    took.sort_by(f64::total_cmp);
    println!(
        "{what}: {:.0} reads/s, {:.0} posts/s over {:.0} s; answered p50 {:.1} ms, p99 {:.1} ms, max {:.0} ms; CPU: server {:.0} %, load generator {:.0} % of one core",
        measured.n_reads as f64 / measured.seconds,
        measured.n_posts as f64 / measured.seconds,
        measured.seconds,
        at(&took, 0.5) * 1e3,
        at(&took, 0.99) * 1e3,
        at(&took, 1.0) * 1e3,
        measured.server_cpu_seconds / measured.seconds * 100.0,
        measured.own_cpu_seconds / measured.seconds * 100.0,
    );
}

/// How long something took.
pub(super) fn print_seconds(what: &str, seconds: f64) {
    println!("{what}: {seconds:.1} s");
}

/// Latencies.
pub(super) fn print_latency(what: &str, took: &mut [f64]) {
    took.sort_by(f64::total_cmp);
    println!(
        "{what}: n {}, p50 {:.0} ms, p99 {:.0} ms, max {:.0} ms",
        took.len(),
        at(took, 0.5) * 1e3,
        at(took, 0.99) * 1e3,
        at(took, 1.0) * 1e3
    );
}
