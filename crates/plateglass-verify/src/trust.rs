//! Whom to believe: keys on the command line, or a policy's file.

use anyhow::{Context, Result, bail};
use camino::Utf8PathBuf;
use ledger::VerifierKey;
use ledger::key::KeyKind;
use ledger::policy::{POLICY_BYTES_MAX, Party, Policy};

use crate::files::read_text;

/// Whom to believe.
#[derive(clap::Args)]
pub(crate) struct Trust {
    /// The key of a log, as `<name>+<id>+<base64>`; any one of several must have signed.
    #[arg(long, value_name = "VKEY", required_unless_present = "policy")]
    key: Vec<String>,
    /// The key of a witness; all of several must have cosigned.
    #[arg(long, value_name = "VKEY")]
    witness: Vec<String>,
    /// A file that names logs, witnesses and how many of these are needed (C2SP tlog-policy).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "witness"])]
    policy: Option<Utf8PathBuf>,
}

impl Trust {
    /// As a policy.
    pub(crate) fn policy(&self) -> Result<Policy> {
        let policy = match &self.policy {
            Some(path) => Policy::parse(&read_text(path, POLICY_BYTES_MAX)?)
                .with_context(|| format!("failed to understand the policy `{path}`"))?,
            None => Policy::of_all(
                parties(&self.key, KeyKind::Log)?,
                parties(&self.witness, KeyKind::Cosigner)?,
            ),
        };
        if policy.logs().is_empty() {
            bail!("the policy names no log, so none is believed");
        }
        Ok(policy)
    }
}

fn parties(keys: &[String], kind: KeyKind) -> Result<Vec<Party>> {
    let mut parties: Vec<Party> = Vec::new();
    for text in keys {
        let key = VerifierKey::parse(text).with_context(|| format!("`{text}` is no key"))?;
        if key.kind() != kind {
            bail!(
                "`{text}` is a key of the other kind: --key takes a log's, --witness a witness's"
            );
        }
        if !parties.iter().any(|party| party.key.is_same_point(&key)) {
            // The key's own text for a name: two witnesses may be called the same.
            parties.push(Party { name: key.to_string(), key, url: None });
        }
    }
    Ok(parties)
}
