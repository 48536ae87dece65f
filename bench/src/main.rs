//! Figures beside baselines, measured in the same run.

mod ingest_bench;
mod ledger_bench;
mod ledger_cost;
mod plate_bench;
mod plate_measure;
mod vision_bench;

use std::path::PathBuf;

use clap::Parser;

/// Measures CPU time of one thread: other work on the machine does not count.
#[derive(Parser)]
enum Bench {
    /// The hotlist matcher.
    Hotlist {
        /// Entries, in thousands.
        #[arg(long, default_value_t = 10_000)]
        thousands: usize,
    },
    /// Pattern searches of all plates.
    Dictionary {
        /// Distinct plates, in millions.
        #[arg(long, default_value_t = 100)]
        millions: usize,
    },
    /// The recogniser: accuracy, time by stage, memory.
    Recognise {
        /// The folder of test pictures; without it, and without `PLATEGLASS_DATA`, only the drawn scenes are read.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Measure the models in this folder instead of the built-in ones.
        #[arg(long, value_name = "DIR")]
        models: Option<PathBuf>,
        /// Compute with this ONNX Runtime library instead of rten; needs the feature `onnx-runtime`.
        #[arg(long, value_name = "FILE")]
        onnx_runtime: Option<PathBuf>,
    },
    /// What other input sizes and ways of looking would cost and find (docs/adr/0010).
    Choices {
        /// The folder of test pictures; without it only times are measured.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Compute with this ONNX Runtime library instead of rten; needs the feature `onnx-runtime`.
        #[arg(long, value_name = "FILE")]
        onnx_runtime: Option<PathBuf>,
    },
    /// An outsider's check of a whole log in a folder.
    LedgerVerify {
        /// Leaves, in thousands.
        #[arg(long, default_value_t = 1_000)]
        thousands: usize,
    },
    /// Durable ingest through the API.
    Ingest(ingest_bench::IngestArgs),
    /// What the ledger costs beside ingest, a look, and fifty live consoles.
    Ledger(ledger_cost::LedgerArgs),
    /// From a posted frame to a hit on a connected console.
    Latency(ingest_bench::LatencyArgs),
    /// From a read to fifty consoles, against a long list with many patterns.
    Alerts(ingest_bench::AlertsArgs),
}

fn main() -> anyhow::Result<()> {
    match Bench::parse() {
        Bench::Hotlist { thousands } => plate_bench::hotlist(thousands)?,
        Bench::Dictionary { millions } => plate_bench::dictionary(millions),
        Bench::Recognise { data, models, onnx_runtime } => {
            let runtime = vision::Runtime::of(onnx_runtime.as_deref())?;
            vision_bench::recognise(data.or_else(data_dir), models.as_deref(), &runtime)?;
        }
        Bench::Choices { data, onnx_runtime } => {
            let runtime = vision::Runtime::of(onnx_runtime.as_deref())?;
            vision_bench::choices(data.or_else(data_dir).as_deref(), &runtime)?;
        }
        Bench::LedgerVerify { thousands } => ledger_bench::verify(thousands)?,
        Bench::Ingest(args) => ingest_bench::ingest(&args)?,
        Bench::Ledger(args) => ledger_cost::ledger(&args)?,
        Bench::Latency(args) => ingest_bench::hit_latency(&args)?,
        Bench::Alerts(args) => ingest_bench::alerts(&args)?,
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the bench has no configuration but its arguments and this"
)]
fn data_dir() -> Option<PathBuf> {
    std::env::var_os("PLATEGLASS_DATA").map(PathBuf::from)
}
