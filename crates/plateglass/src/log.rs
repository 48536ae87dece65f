//! The log, on standard error: readable lines or JSON.

use std::io::IsTerminal as _;

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSection};

/// Starts the log.
pub(crate) fn start(section: &LogSection) -> Result<()> {
    let filter = EnvFilter::try_new(&section.level)
        .with_context(|| format!("log.level: \"{}\" is no filter", section.level))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A line that cannot be written, on a full disk, is lost: by default it would end whoever wrote it.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match section.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
