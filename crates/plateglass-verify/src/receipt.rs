//! `plateglass-verify receipt`: receipts, offline.

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use ledger::Receipt;
use ledger::policy::Policy;
use ledger::receipt::{InvalidReceipt, Shown, split};

use crate::files::read_bounded;
use crate::trust::Trust;
use crate::verdict::{Ill, Verdict, unchecked};
use crate::words::{cosigners, plain, title};

/// What can be said to it.
#[derive(clap::Args)]
pub(crate) struct ReceiptArgs {
    /// Receipts; a file may hold several, one after the other, as an auditor's export does.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<Utf8PathBuf>,
    #[command(flatten)]
    trust: Trust,
    /// Only say that a receipt is right, not what it shows.
    #[arg(long)]
    quiet: bool,
}

/// Longest file that is looked at, in bytes: an export of some thousand receipts, of a few kilobytes each.
const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Checks each.
pub(crate) fn check(args: &ReceiptArgs) -> Vec<Verdict> {
    match args.trust.policy() {
        Ok(policy) => args.files.iter().flat_map(|path| file(path, &policy, args.quiet)).collect(),
        Err(err) => vec![Err(unchecked(err))],
    }
}

fn file(path: &Utf8Path, policy: &Policy, quiet: bool) -> Vec<Verdict> {
    let bytes = read_bounded(path, FILE_BYTES_MAX);
    let bytes = match bytes.with_context(|| format!("failed to read `{path}`")) {
        Ok(bytes) => bytes,
        Err(err) => return vec![Err(unchecked(err))],
    };
    if bytes.len() > FILE_BYTES_MAX {
        let err = anyhow::anyhow!("`{path}` has more than {FILE_BYTES_MAX} bytes");
        return vec![Err(Ill::Wrong(err))];
    }
    let parts = split(&bytes);
    let n = parts.len();
    let name = |place: usize| match n {
        1 => format!("`{path}`"),
        _ => format!("`{path}`, receipt {} of {n},", place + 1),
    };
    parts.iter().enumerate().map(|(place, part)| one(&name(place), part, policy, quiet)).collect()
}

fn one(name: &str, bytes: &[u8], policy: &Policy, quiet: bool) -> Verdict {
    let of = |err: InvalidReceipt| Ill::Wrong(anyhow::Error::new(err).context(name.to_owned()));
    let receipt = Receipt::parse(bytes).map_err(of)?;
    let shown = receipt.check(policy).map_err(of)?;
    let mut lines = vec![format!(
        "{name} is right: leaf {} of the {} of {} is this {}; {}",
        receipt.index,
        shown.checkpoint.size,
        plain(&shown.checkpoint.origin),
        title(&shown),
        cosigners(&shown.cosigned),
    )];
    if !quiet {
        lines.extend(content(&receipt, &shown).iter().map(|line| format!("  {}", plain(line))));
    }
    Ok(lines)
}

/// The clear fields, then what was sealed and is shown. Values are JSON, so that each stands on one line.
fn content(receipt: &Receipt, shown: &Shown) -> Vec<String> {
    let mut lines: Vec<String> =
        shown.leaf.clear().map(|(name, value)| format!("{name}: {value}")).collect();
    for disclosure in &receipt.disclosures {
        if let Some((name, value)) = disclosure.said() {
            lines.push(format!("{} (sealed): {value}", name.as_deref().unwrap_or("item")));
        }
    }
    if let Some(batch) = &receipt.of_batch
        && let Some((_, value)) = batch.record.said()
    {
        lines.push(format!("number {} of the batch of {}: {value}", batch.place + 1, batch.n));
    }
    let sealed = shown.leaf.digests().len().saturating_sub(receipt.disclosures.len());
    if sealed > 0 {
        lines.push(format!("{sealed} more sealed and not shown"));
    }
    lines
}
