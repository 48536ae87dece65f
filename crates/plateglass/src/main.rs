//! The Plateglass server and its commands.

mod commands;
mod config;
mod demo;
mod folders;
mod key_file;
mod log;
mod recognize;
mod serve;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Automatic licence plate recognition that answers for itself.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::ServeArgs),
    /// Run a server with an example agency, cameras and pictures.
    Demo(demo::DemoArgs),
    /// Make the data folder and the server's key.
    Init(commands::init::InitArgs),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(commands::config::ConfigCommand),
    /// Agencies.
    #[command(subcommand)]
    Agency(commands::agency::AgencyCommand),
    /// Cameras.
    #[command(subcommand)]
    Camera(commands::camera::CameraCommand),
    /// Hotlists.
    #[command(subcommand)]
    Hotlist(commands::hotlist::HotlistCommand),
    /// Import a CSV file into a hotlist.
    ImportHotlist(commands::import_hotlist::ImportArgs),
    /// The ledger: its logs, their keys, a checkpoint now, a copy for an outsider.
    #[command(subcommand)]
    Ledger(commands::ledger::LedgerCommand),
    /// People and their accounts: the first one, and the ways back when all are lost.
    #[command(subcommand)]
    Person(commands::person::PersonCommand),
    /// Policies: what comes with the program, and whether one's own is sound.
    #[command(subcommand)]
    Policy(commands::policy::PolicyCommand),
    /// Witness the logs of others: cosign only what grew.
    Witness(commands::witness::WitnessArgs),
    /// A message switch to try the connection to the state's system with: it speaks an example of its own.
    SwitchSimulator(commands::switch_simulator::SimulatorArgs),
    /// Find and read the plates in pictures.
    Recognize(recognize::RecognizeArgs),
}

fn main() -> Result<ExitCode> {
    match Cli::parse().command {
        Command::Recognize(args) => return recognize::run(args),
        Command::Serve(args) => serve::run(&args)?,
        Command::Demo(args) => demo::run(&args)?,
        Command::Init(args) => commands::init::run(&args)?,
        Command::Config(command) => commands::config::run(&command)?,
        Command::Agency(command) => commands::agency::run(&command)?,
        Command::Camera(command) => commands::camera::run(command)?,
        Command::Hotlist(command) => commands::hotlist::run(command)?,
        Command::ImportHotlist(args) => commands::import_hotlist::run(&args)?,
        Command::Ledger(command) => commands::ledger::run(command)?,
        Command::Person(command) => commands::person::run(command)?,
        Command::Policy(command) => commands::policy::run(&command)?,
        Command::Witness(args) => commands::witness::run(&args)?,
        Command::SwitchSimulator(args) => commands::switch_simulator::run(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
