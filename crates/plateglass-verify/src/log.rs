//! `plateglass-verify log`: a whole log.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use camino::{Utf8Path, Utf8PathBuf};
use ledger::audit::{self, Depth, Fault};
use ledger::note::NOTE_BYTES_MAX;
use ledger::policy::Policy;
use ledger::{Checkpoint, Note};

use crate::files::{read_bounded, write_whole};
use crate::place::Place;
use crate::trust::Trust;
use crate::verdict::{Ill, Verdict, unchecked, wrong};
use crate::words::{cosigners, plain};

/// From this many leaves on it takes long enough for a person to wonder.
const LEAVES_FOR_PROGRESS: u64 = 100_000;

/// What can be said to it.
#[derive(clap::Args)]
pub(crate) struct LogArgs {
    /// The log's address, to which `/checkpoint` and `/tile/…` are added, or a folder with those files.
    #[arg(value_name = "URL|FOLDER")]
    log: String,
    #[command(flatten)]
    trust: Trust,
    /// Check every leaf as well; leaves are for auditors.
    #[arg(long)]
    leaves: bool,
    /// The checkpoint of the last time: the log must have grown out of it. Written anew when all is right.
    #[arg(long, value_name = "FILE")]
    remember: Option<Utf8PathBuf>,
    /// Lines `Name: value` to send with every request, such as an auditor's session cookie.
    #[arg(long, value_name = "FILE")]
    header_file: Option<Utf8PathBuf>,
    /// Longest that one file may take to come from the web.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

/// Checks it.
pub(crate) fn check(args: &LogArgs) -> Verdict {
    let policy = args.trust.policy().map_err(unchecked)?;
    let each_file = Duration::from_secs(args.timeout);
    let place = Place::of(&args.log, args.header_file.as_deref(), each_file);
    let mut place = place.map_err(unchecked)?;
    let earlier = args.remember.as_deref().map_or(Ok(None), |path| remembered(path, &policy));
    let earlier = earlier.map_err(unchecked)?;
    let depth = if args.leaves { Depth::Leaves } else { Depth::Hashes };
    let mut progress = Progress { shown: io::stderr().is_terminal(), percent: 0 };
    let audited = audit::audit(&mut place, &policy, depth, earlier.as_ref(), |done, of| {
        progress.tell(done, of)
    });
    progress.end();
    let sound = audited.map_err(ill)?;
    let Checkpoint { origin, size, .. } = &sound.checkpoint;
    let what = if args.leaves { "leaves, each checked, lead" } else { "leaves lead" };
    let mut line = format!("{} is sound: its {size} {what} to the signed root; ", plain(origin));
    if let Some(earlier) = &earlier {
        line += &format!("it grew out of the {} leaves of the last time; ", earlier.size);
    }
    line += &cosigners(&sound.cosigned);
    if let Some(path) = &args.remember {
        write_whole(path, &sound.note.to_string()).context(line.clone()).map_err(unchecked)?;
    }
    Ok(vec![line])
}

/// A checkpoint that was checked earlier; its witnesses are not counted again.
fn remembered(path: &Utf8Path, policy: &Policy) -> Result<Option<Checkpoint>> {
    let of = || format!("the earlier checkpoint `{path}` cannot be used");
    let bytes = match read_bounded(path, NOTE_BYTES_MAX) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.with_context(of)?,
    };
    let note = Note::parse(&bytes).with_context(of)?;
    let checkpoint = Checkpoint::parse(note.text()).with_context(of)?;
    let keys = policy.keys();
    let verified = note.verify(&keys).with_context(of)?;
    if policy.is_signed(&verified, &checkpoint.origin) {
        Ok(Some(checkpoint))
    } else {
        Err(anyhow!("no log that is believed has signed it")).with_context(of)
    }
}

fn ill(fault: Fault<io::Error>) -> Ill {
    let too_long =
        matches!(&fault, Fault::Missing { err, .. } if err.kind() == io::ErrorKind::FileTooLarge);
    if fault.is_tampering() || too_long { wrong(fault) } else { unchecked(fault) }
}

/// How far it is, for who watches.
struct Progress {
    shown: bool,
    percent: u64,
}

impl Progress {
    fn tell(&mut self, done: u64, of: u64) {
        let percent = (u128::from(done) * 100 / u128::from(of.max(1))) as u64;
        if self.shown && of >= LEAVES_FOR_PROGRESS && percent > self.percent {
            self.percent = percent;
            let _ = write!(io::stderr(), "\r{done} of {of} leaves, {percent} %");
        }
    }

    fn end(&self) {
        if self.percent > 0 {
            let _ = writeln!(io::stderr());
        }
    }
}
