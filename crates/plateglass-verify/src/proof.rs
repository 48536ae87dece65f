//! `plateglass-verify proof`: another log's proof that a file stands in it, offline.

use std::convert::Infallible;

use anyhow::{Context, anyhow};
use camino::Utf8PathBuf;
use ledger::Hash;
use ledger::audit::{self, Fault};
use ledger::proof::{PROOF_BYTES_MAX, TlogProof};
use ledger::tree::check_inclusion;

use crate::files::read_bounded;
use crate::trust::Trust;
use crate::verdict::{Ill, Verdict, unchecked};
use crate::words::{cosigners, plain};

/// Longest leaf that is read: other logs' leaves are records, not archives.
const LEAF_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What can be said to it.
#[derive(clap::Args)]
pub(crate) struct ProofArgs {
    /// The proof, as C2SP's tlog-proof writes it.
    #[arg(value_name = "FILE")]
    proof: Utf8PathBuf,
    /// The file that is to stand in the log, byte for byte.
    #[arg(long, value_name = "LEAFFILE")]
    leaf: Utf8PathBuf,
    #[command(flatten)]
    trust: Trust,
}

/// Checks it.
pub(crate) fn check(args: &ProofArgs) -> Verdict {
    let ProofArgs { proof: path, leaf, trust } = args;
    let policy = trust.policy().map_err(unchecked)?;
    let read = |path: &Utf8PathBuf, most| {
        let bytes = read_bounded(path, most);
        bytes.with_context(|| format!("failed to read `{path}`")).map_err(unchecked)
    };
    let (proof, entry) = (read(path, PROOF_BYTES_MAX)?, read(leaf, LEAF_BYTES_MAX)?);
    if entry.len() > LEAF_BYTES_MAX {
        return Err(unchecked(anyhow!("`{leaf}` has more than {LEAF_BYTES_MAX} bytes")));
    }
    let of = |err: anyhow::Error| Ill::Wrong(err.context(format!("`{path}`")));
    let proof = TlogProof::parse(&proof).map_err(|err| of(err.into()))?;
    let sound = audit::check_note(proof.note, &policy);
    let sound = sound.map_err(|fault: Fault<Infallible>| of(fault.into()))?;
    let (index, size, hash) = (proof.index, sound.checkpoint.size, Hash::of_leaf(&entry));
    check_inclusion(index, size, hash, &proof.path, sound.checkpoint.root)
        .with_context(|| format!("leaf {index} is not `{leaf}`"))
        .map_err(of)?;
    let origin = plain(&sound.checkpoint.origin);
    let cosigned = cosigners(&sound.cosigned);
    Ok(vec![format!(
        "`{path}` is right: leaf {index} of the {size} of {origin} is `{leaf}`; {cosigned}"
    )])
}
