//! `[mail]`: the server that takes our mail.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use app::MailConfig;
use camino::Utf8PathBuf;
use outbound::{MailPassword, MailServer, Mailer, Protection};
use serde::{Deserialize, Serialize};

/// How long one mail may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The server that takes our mail.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSection {
    /// Its name.
    pub(crate) host: String,
    /// Its port.
    #[serde(default = "default_port")]
    pub(crate) port: u16,
    /// `starttls`, `tls` (from the first byte), or `none`, which is for a server on this machine only.
    #[serde(default = "default_protection")]
    pub(crate) protection: ProtectionWord,
    /// From whom mail is, such as `Plateglass <alpr@city.gov>`.
    pub(crate) from: String,
    /// The name of our account there, where it asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    /// A file that holds that account's password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_file: Option<Utf8PathBuf>,
    /// A file of certificates (PEM) of the authority that the server is believed by; the public ones when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authority_file: Option<Utf8PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProtectionWord {
    StartTls,
    Tls,
    None,
}

const fn default_port() -> u16 {
    587
}

const fn default_protection() -> ProtectionWord {
    ProtectionWord::StartTls
}

impl MailSection {
    /// What can be told without the files that it names.
    pub(crate) fn check(&self) -> Result<()> {
        if self.user.is_some() != self.password_file.is_some() {
            bail!("mail: `user` and `password_file` go together");
        }
        let server = self.server(None, None);
        Mailer::new(&server).map(drop).context("mail")
    }

    /// What the app is told; `console_url` is what people type to get to the console.
    pub(crate) fn app(&self, console_url: &str) -> Result<MailConfig> {
        let read = |path: &Utf8PathBuf| {
            std::fs::read_to_string(path).with_context(|| format!("failed to read `{path}`"))
        };
        let password = self.password_file.as_ref().map(read).transpose()?;
        let password = password.map(|text| MailPassword::new(text.trim_end().to_owned()));
        let server = self.server(password, self.authority_file.as_ref().map(read).transpose()?);
        Mailer::new(&server).context("mail")?;
        Ok(MailConfig { server, console_url: console_url.to_owned() })
    }

    fn server(&self, password: Option<MailPassword>, authority_pem: Option<String>) -> MailServer {
        MailServer {
            host: self.host.clone(),
            port: self.port,
            protection: match self.protection {
                ProtectionWord::StartTls => Protection::StartTls,
                ProtectionWord::Tls => Protection::Tls,
                ProtectionWord::None => Protection::None,
            },
            account: self.user.clone().zip(password),
            from: self.from.clone(),
            authority_pem,
            timeout: TIMEOUT,
        }
    }
}
