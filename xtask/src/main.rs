//! Chores with logic: `cargo xtask demo`, `test`, `bench`, `verify-static`, `web`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of Plateglass", disable_version_flag = true)]
struct Chores {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build whatever is missing and start a server on loopback with an example agency and generated pictures.
    Demo(xtask::demo::Demo),
    /// Run the checks and the tests, all of them or those named.
    Test(xtask::test::Test),
    /// Print the figures, each beside its baseline.
    Bench(xtask::bench::Bench),
    /// Build plateglass-verify as one static file, to be handed to outsiders.
    VerifyStatic,
    /// Build the console's scripts and styles into crates/console/assets.
    Web,
}

fn main() -> anyhow::Result<ExitCode> {
    match Chores::parse().chore {
        Chore::Demo(demo) => xtask::demo::run(&demo),
        Chore::Test(test) => xtask::test::run(&test),
        Chore::Bench(bench) => xtask::bench::run(&bench),
        Chore::VerifyStatic => xtask::verify_static::run(),
        Chore::Web => xtask::web::run(),
    }
}
