//! `cargo xtask demo`: from a fresh clone to a running server with something to look at.

use std::net::TcpListener;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::Utf8PathBuf;
use serde::Deserialize;

use crate::run::Program;
use crate::surroundings::typed_path;
use crate::{needs, web};

/// Ports tried from the default one upwards when nobody named one.
const PORTS_TRIED: u16 = 20;
const PORT_DEFAULT: u16 = 8700;

/// The release profile without link-time optimisation: most of the speed for half of the wait on two cores.
const PROFILE: [&str; 10] = [
    "--profile",
    "demo",
    "--config",
    r#"profile.demo.inherits="release""#,
    "--config",
    r#"profile.demo.lto="off""#,
    "--config",
    "profile.demo.codegen-units=16",
    "--config",
    r#"profile.demo.debug="none""#,
];

/// What can be said to it.
#[derive(clap::Args)]
pub struct Demo {
    /// Use your own pictures of cars instead of generated ones.
    #[arg(long, value_name = "DIR")]
    pictures: Option<Utf8PathBuf>,
    /// Listen on this port of the loopback address.
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Install nothing; say what is missing and stop.
    #[arg(long)]
    no_install: bool,
}

/// Builds what is missing and becomes the server, so that signals and the exit code are the server's own.
pub fn run(demo: &Demo) -> Result<ExitCode> {
    let pictures = demo.pictures.as_deref().map(typed_path).transpose()?;
    if let Some(dir) = pictures.as_ref().filter(|dir| !dir.is_dir()) {
        bail!("`{dir}` is not a folder");
    }
    let port = free_port(demo.port)?;
    println!("Checking what is needed.");
    needs::meet(&[needs::C_COMPILER, needs::PERL], !demo.no_install)?;
    build_web(!demo.no_install)?;
    println!(
        "Building the server. The first time this takes several minutes: OpenSSL, SQLCipher and the recogniser."
    );
    Program::new("cargo", &["build", "--locked", "--package", "plateglass"])
        .args(&PROFILE)
        .run()?;

    let target = target_dir()?;
    let mut server = Program::new(target.join("demo/plateglass").as_str(), &["demo"])
        .arg("--data-dir")
        .arg(target.join("demo-data"))
        .arg("--listen")
        .arg(format!("127.0.0.1:{port}"));
    if let Some(dir) = pictures {
        server = server.arg("--pictures").arg(dir);
    }
    println!("Starting it; Ctrl-C stops it.");
    server.become_it()
}

/// The console works without its scripts (live updates apart), so a machine without Node still gets a demo.
fn build_web(install: bool) -> Result<()> {
    if let Err(err) = needs::meet(&[needs::NODE], install) {
        println!(
            "{err:#}\n\nGoing on without: the console works, but pages do not update by themselves."
        );
        return Ok(());
    }
    web::build()
}

fn free_port(asked: Option<u16>) -> Result<u16> {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    match asked {
        Some(port) if is_free(port) => Ok(port),
        Some(port) => bail!("port {port} is taken: name another with --port"),
        None => (PORT_DEFAULT..PORT_DEFAULT + PORTS_TRIED)
            .find(|&port| is_free(port))
            .with_context(|| {
                format!(
                    "ports {PORT_DEFAULT} to {} are all taken: name one with --port",
                    PORT_DEFAULT + PORTS_TRIED - 1
                )
            }),
    }
}

/// Where cargo puts what it builds.
pub fn target_dir() -> Result<Utf8PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: Utf8PathBuf,
    }
    let text = Program::new("cargo", &["metadata", "--no-deps", "--format-version", "1"]).read()?;
    let metadata: Metadata =
        serde_json::from_str(&text).context("failed to read what cargo metadata wrote")?;
    Ok(metadata.target_directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_refused_or_passed_over() {
        let holder = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let taken = holder.local_addr().unwrap().port();
        assert!(free_port(Some(taken)).is_err());
        assert!(free_port(None).is_ok());
    }
}
