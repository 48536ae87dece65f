//! CPU time and memory of this process, and the lines figures are printed in.

use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};

/// The CPU seconds that this thread has used: other work on the machine does not count.
pub(crate) fn cpu_s() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The CPU seconds that `work` takes, and what it makes.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = cpu_s();
    let made = black_box(work());
    (cpu_s() - start, made)
}

/// The median of the CPU seconds of `n_runs` runs.
pub(crate) fn median_s<T>(n_runs: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut runs: Vec<f64> = (0..n_runs).map(|_| timed(&mut work).0).collect();
    runs.sort_by(f64::total_cmp);
    runs.get(n_runs / 2).copied().unwrap_or(f64::NAN)
}

/// A line of `/proc/self/status` in MB: `VmRSS` is memory now, `VmHWM` its highest so far.
pub(crate) fn memory_mb(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|found| found.strip_prefix(line)?.strip_prefix(':'))
        .and_then(|value| value.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib * 1024.0 / 1e6)
}

/// Makes the highest memory so far the present one.
pub(crate) fn reset_peak() {
    // 5 resets VmHWM (proc_pid_clear_refs(5)); where it is not allowed, peaks are over the whole run.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Prints a figure beside its target and what it is to be compared with.
#[expect(clippy::print_stdout, reason = "figures are this program's output")]
pub(crate) fn figure(what: &str, measured: &str, target: &str, beside: &str) {
    println!("{what:<44} {measured:>14}   {target:<12} {beside}");
}

/// A small generator with a seed (splitmix64): the same data on every machine.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    /// The next number.
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next_u64()) * end as u128) >> 64) as usize
    }

    /// One of these.
    #[expect(clippy::indexing_slicing, reason = "the index is below the length")]
    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
