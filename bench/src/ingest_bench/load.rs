//! Many lines at once, each posting as soon as it has its answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::line::Line;

use super::{machine, plates};

/// What to send.
pub(super) struct Load {
    pub(super) host: String,
    pub(super) key: String,
    pub(super) n_lines: u32,
    pub(super) reads_a_post: u32,
    pub(super) n_entries: u32,
    pub(super) series: u32,
    pub(super) lasts: Duration,
    pub(super) n_posts_max: u64,
}

/// What came of it.
pub(super) struct Measured {
    pub(super) n_posts: u64,
    pub(super) n_reads: u64,
    pub(super) seconds: f64,
    /// Seconds from sending to the whole answer, of every post.
    pub(super) took: Vec<f64>,
    pub(super) server_cpu_seconds: f64,
    pub(super) own_cpu_seconds: f64,
}

/// Sends the load and measures.
pub(super) fn drive(load: &Load, server_pid: u32) -> Result<Measured> {
    let posts = AtomicU64::new(0);
    let header = format!("plateglass-camera-key: {}\r\n", load.key);
    measure(load.n_lines, u64::from(load.reads_a_post), server_pid, |line_number| {
        let mut line = Line::to(&load.host)?;
        let mut took = Vec::new();
        let begun = machine::now();
        while begun.elapsed() < load.lasts {
            let post = posts.fetch_add(1, Ordering::Relaxed);
            if post >= load.n_posts_max {
                break;
            }
            let body =
                plates::body(load.reads_a_post, line_number, post, load.n_entries, load.series);
            let sent = machine::now();
            let answer = line.ask("POST", "/api/v1/reads", &header, &body)?;
            took.push(sent.elapsed().as_secs_f64());
            ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
        }
        Ok(took)
    })
}

/// Asks for nothing: what the lines and the server's HTTP cost without any work.
pub(super) fn drive_nothing(
    host: &str,
    n_lines: u32,
    lasts: Duration,
    server_pid: u32,
) -> Result<Measured> {
    measure(n_lines, 0, server_pid, |_| {
        let mut line = Line::to(host)?;
        let mut took = Vec::new();
        let begun = machine::now();
        while begun.elapsed() < lasts {
            let sent = machine::now();
            line.ask("GET", "/healthz", "", b"")?;
            took.push(sent.elapsed().as_secs_f64());
        }
        Ok(took)
    })
}

fn measure(
    n_lines: u32,
    reads_a_post: u64,
    server_pid: u32,
    work: impl Fn(u32) -> Result<Vec<f64>> + Sync,
) -> Result<Measured> {
    let own_pid = std::process::id();
    let cpu = (machine::cpu_seconds(server_pid)?, machine::cpu_seconds(own_pid)?);
    let begun = machine::now();
    let lines: Vec<Result<Vec<f64>>> = std::thread::scope(|threads| {
        let started: Vec<_> = (0..n_lines)
            .map(|n| {
                threads.spawn({
                    let work = &work;
                    move || work(n)
                })
            })
            .collect();
        let ended = started.into_iter().map(|line| line.join());
        ended
            .map(|line| line.unwrap_or_else(|_| Err(anyhow::anyhow!("a line broke off"))))
            .collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let mut took = Vec::new();
    for line in lines {
        took.extend(line?);
    }
    let n_posts = took.len() as u64;
    Ok(Measured {
        n_posts,
        n_reads: n_posts * reads_a_post,
        seconds,
        took,
        server_cpu_seconds: machine::cpu_seconds(server_pid)? - cpu.0,
        own_cpu_seconds: machine::cpu_seconds(own_pid)? - cpu.1,
    })
}
