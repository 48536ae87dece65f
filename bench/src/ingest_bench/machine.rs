//! The clock, the CPU and the disk of this machine.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Ticks of `/proc/PID/stat` a second; 100 on every Linux that we know.
const TICKS_A_SECOND: f64 = 100.0;

/// Now, for measuring.
pub(super) fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
    Instant::now()
}

/// Waits; nothing else runs on its thread.
pub(super) fn wait(lasts: Duration) {
    #[expect(clippy::disallowed_methods, reason = "the bench's threads are its own")]
    std::thread::sleep(lasts);
}

/// How many seconds something takes.
pub(super) fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begun = now();
    work()?;
    Ok(begun.elapsed().as_secs_f64())
}

/// CPU seconds that a process has used, in user and kernel.
pub(super) fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field is the program's name in brackets and may hold spaces.
    let after = stat.rsplit(')').next().context("a stat line")?;
    let field =
        |n: usize| after.split_whitespace().nth(n).and_then(|text| text.parse::<f64>().ok());
    let (user, system) = field(11).zip(field(12)).context("utime and stime")?;
    Ok((user + system) / TICKS_A_SECOND)
}

/// Memory that a process holds.
pub(super) fn resident_mib(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib / 1024)
}

/// Appends of `bytes` a second, each waiting for the disk.
pub(super) fn appends(path: &Path, bytes: &[u8], lasts: Duration) -> Result<f64> {
    let mut file = File::create(path)?;
    let begun = now();
    let mut n = 0_u32;
    while begun.elapsed() < lasts {
        file.write_all(bytes)?;
        file.sync_data()?;
        n += 1;
    }
    std::fs::remove_file(path)?;
    Ok(f64::from(n) / begun.elapsed().as_secs_f64())
}

/// An address of this machine that nobody listens on.
pub(super) fn free_port() -> Result<std::net::SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
