//! `[[agency.hotlist]]`: where a hotlist's files are fetched from, and how often.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use app::{
    Feed, FeedFormat, FeedPlan, FolderFeed, HttpsFeed, HttpsLogin, HttpsPlace, KeepFiles, SftpFeed,
    SftpLogin, SftpPlace,
};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

/// How long a file of a folder has to stay as it is before it is taken.
const SETTLES_IN: Duration = Duration::from_secs(2);
/// The longest time between two fetches, in minutes: a week.
const EVERY_MIN_MAX: u64 = 7 * 24 * 60;
/// The longest that a fetch may take, in seconds.
const TIMEOUT_S_MAX: u64 = 3_600;
const MEGABYTE: u64 = 1024 * 1024;

/// A hotlist that is fetched. One of `folder`, `https` and `sftp` says from where.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedSection {
    /// The list's name, as its page shows it.
    pub(crate) name: String,
    /// How its files are written: `rows`, by the list's own layout, or `cap`, messages of AMBER alerts.
    #[serde(default = "default_format")]
    pub(crate) format: FormatWord,
    /// How often it is fetched, in minutes.
    #[serde(default = "default_every_min")]
    pub(crate) every_min: u64,
    /// The largest file, in megabytes.
    #[serde(default = "default_size_max_mb")]
    pub(crate) size_max_mb: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) folder: Option<FeedFolder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) https: Option<FeedHttps>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sftp: Option<FeedSftp>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormatWord {
    Rows,
    Cap,
}

/// A folder of this machine.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedFolder {
    /// Where it is.
    pub(crate) path: Utf8PathBuf,
    /// `move` (to `done/` and `refused/`) or `keep`.
    #[serde(default = "default_when_done")]
    pub(crate) when_done: KeepFiles,
}

/// An address.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedHttps {
    /// It.
    pub(crate) url: String,
    /// A file that holds a bearer's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token_file: Option<Utf8PathBuf>,
    /// Who we are there, with `password_file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    /// A file that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_file: Option<Utf8PathBuf>,
    /// A file of certificates (PEM) of the authority that the server is believed by; the public ones when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authority_file: Option<Utf8PathBuf>,
    /// Whether its address may be of this machine or a private network.
    #[serde(default)]
    pub(crate) private_addresses: bool,
    /// How long a fetch may take, in seconds.
    #[serde(default = "default_timeout_s")]
    pub(crate) timeout_s: u64,
}

/// A file on another machine.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedSftp {
    /// The machine.
    pub(crate) host: String,
    /// Its port.
    #[serde(default = "default_port")]
    pub(crate) port: u16,
    /// Who we are there.
    pub(crate) user: String,
    /// The file.
    pub(crate) path: String,
    /// A file that holds the machine's keys, as `ssh-keyscan` writes them.
    pub(crate) host_key_file: Utf8PathBuf,
    /// A file that holds our private key (OpenSSH's format, Ed25519 or ECDSA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_file: Option<Utf8PathBuf>,
    /// A file that holds our password, in the stead of a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_file: Option<Utf8PathBuf>,
    /// Whether its address may be of this machine or a private network.
    #[serde(default)]
    pub(crate) private_addresses: bool,
    /// How long a fetch may take, in seconds.
    #[serde(default = "default_timeout_s")]
    pub(crate) timeout_s: u64,
}

const fn default_format() -> FormatWord {
    FormatWord::Rows
}

const fn default_every_min() -> u64 {
    60
}

const fn default_size_max_mb() -> u64 {
    2_048
}

const fn default_when_done() -> KeepFiles {
    KeepFiles::Move
}

const fn default_port() -> u16 {
    22
}

const fn default_timeout_s() -> u64 {
    300
}

impl FeedSection {
    /// What cannot be meant; reads none of the files that it names.
    pub(crate) fn check(&self, agency: &str) -> Result<()> {
        let of = |key: &str| format!("agency.hotlist.{key} of \"{}\" of \"{agency}\"", self.name);
        if self.name.trim().is_empty() {
            bail!("agency.hotlist.name of \"{agency}\": is empty");
        }
        if !(1..=EVERY_MIN_MAX).contains(&self.every_min) {
            bail!("{}: expected 1 to {EVERY_MIN_MAX}", of("every_min"));
        }
        if self.size_max_mb == 0 {
            bail!("{}: expected 1 or more", of("size_max_mb"));
        }
        let timeouts = [
            self.https.as_ref().map(|one| one.timeout_s),
            self.sftp.as_ref().map(|one| one.timeout_s),
        ];
        if timeouts.into_iter().flatten().any(|seconds| !(1..=TIMEOUT_S_MAX).contains(&seconds)) {
            bail!("{}: expected 1 to {TIMEOUT_S_MAX}", of("timeout_s"));
        }
        match (&self.folder, &self.https, &self.sftp) {
            (Some(_), None, None) => Ok(()),
            (None, Some(https), None) => {
                let both = https.token_file.is_some() && https.user.is_some();
                if both || https.user.is_some() != https.password_file.is_some() {
                    bail!("{}: expected `token_file`, or `user` and `password_file`", of("https"));
                }
                https.feed(HttpsLogin::Nobody, None).map(drop).with_context(|| of("https.url"))
            }
            (None, None, Some(sftp)) if sftp.key_file.is_some() == sftp.password_file.is_some() => {
                bail!("{}: expected one of `key_file` and `password_file`", of("sftp"))
            }
            (None, None, Some(_)) => Ok(()),
            _ => bail!("{}: expected one of `folder`, `https` and `sftp`", of("name")),
        }
    }

    /// What the app is told. Reads the secrets.
    pub(crate) fn plan(&self) -> Result<FeedPlan> {
        let feed = match (&self.folder, &self.https, &self.sftp) {
            (Some(folder), ..) => Feed::Folder(FolderFeed {
                path: folder.path.clone(),
                when_done: folder.when_done,
                settles_in: SETTLES_IN,
            }),
            (_, Some(https), _) => Feed::Https(https.with_secrets()?),
            (.., Some(sftp)) => Feed::Sftp(sftp.with_secrets()?),
            _ => bail!("expected one of `folder`, `https` and `sftp`"),
        };
        Ok(FeedPlan {
            hotlist: self.name.clone(),
            format: match self.format {
                FormatWord::Rows => FeedFormat::Rows,
                FormatWord::Cap => FeedFormat::Cap,
            },
            every: Duration::from_secs(self.every_min * 60),
            n_bytes_max: self.size_max_mb.saturating_mul(MEGABYTE),
            feed,
        })
    }

    /// In words.
    pub(crate) fn says(&self) -> String {
        let from = match (&self.folder, &self.https, &self.sftp) {
            (Some(folder), ..) => folder.path.to_string(),
            (_, Some(https), _) => https.url.split('?').next().unwrap_or_default().to_owned(),
            (.., Some(sftp)) => format!("sftp://{}:{}", sftp.host, sftp.port),
            _ => "nowhere".to_owned(),
        };
        format!("{} from {from}, every {} min", self.name, self.every_min)
    }
}

impl FeedHttps {
    fn feed(&self, login: HttpsLogin, authority_pem: Option<String>) -> Result<HttpsFeed> {
        let place = HttpsPlace {
            url: self.url.clone(),
            login,
            authority_pem,
            private_addresses: self.private_addresses,
            timeout: Duration::from_secs(self.timeout_s),
        };
        Ok(HttpsFeed::new(place)?)
    }

    fn with_secrets(&self) -> Result<HttpsFeed> {
        let login = match (&self.token_file, &self.user, &self.password_file) {
            (Some(path), ..) => HttpsLogin::Token(one_line(path)?),
            (None, Some(user), Some(path)) => {
                HttpsLogin::Password { user: user.clone(), password: one_line(path)? }
            }
            _ => HttpsLogin::Nobody,
        };
        self.feed(login, self.authority_file.as_ref().map(|path| read(path)).transpose()?)
    }
}

impl FeedSftp {
    fn with_secrets(&self) -> Result<SftpFeed> {
        let login = match (&self.key_file, &self.password_file) {
            (Some(path), _) => SftpLogin::key(&read(path)?).with_context(|| format!("`{path}`"))?,
            (None, Some(path)) => SftpLogin::Password(one_line(path)?),
            (None, None) => bail!("expected one of `key_file` and `password_file`"),
        };
        let place = SftpPlace {
            host: self.host.clone(),
            port: self.port,
            user: self.user.clone(),
            login,
            host_keys: read(&self.host_key_file)?,
            path: self.path.clone(),
            private_addresses: self.private_addresses,
            timeout: Duration::from_secs(self.timeout_s),
        };
        SftpFeed::new(place).with_context(|| format!("`{}`", self.host_key_file))
    }
}

fn read(path: &Utf8Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("failed to read `{path}`"))
}

/// A secret of one line; the file's end of line is none of it.
fn one_line(path: &Utf8Path) -> Result<String> {
    let text = read(path)?;
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() || line.contains(char::is_control) {
        bail!("`{path}` holds no secret: expected one line");
    }
    Ok(line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn parse(feed: &str) -> Result<Config> {
        let head =
            "data_dir = \"/d\"\n[[agency]]\nname = \"A\"\n[[agency.hotlist]]\nname = \"Stolen\"\n";
        Config::parse(&format!("{head}{feed}"))
    }

    fn wrong(feed: &str) -> String {
        parse(feed).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn a_list_comes_from_one_place() {
        parse("folder = { path = \"/srv/lists\" }").unwrap();
        parse(
            "format = \"cap\"\nhttps = { url = \"https://x.example/feed\", token_file = \"/t\" }",
        )
        .unwrap();
        let sftp = "sftp = { host = \"h\", user = \"u\", path = \"p\", host_key_file = \"/k\"";
        parse(&format!("{sftp}, key_file = \"/key\" }}")).unwrap();
        assert!(wrong(&format!("{sftp} }}")).contains("one of `key_file` and `password_file`"));
        assert!(wrong("").contains("expected one of `folder`, `https` and `sftp`"));
        let two = "folder = { path = \"/f\" }\nhttps = { url = \"https://x.example/\" }";
        assert!(wrong(two).contains("expected one of"));
        assert!(wrong("every_min = 0\nfolder = { path = \"/f\" }").contains("every_min"));
        assert!(wrong("https = { url = \"http://x.example/\" }").contains("https.url"));
        assert!(
            wrong("https = { url = \"https://x.example/\", user = \"u\" }")
                .contains("password_file")
        );
        assert!(
            wrong("https = { url = \"https://x.example/\", timeout_s = 0 }").contains("timeout_s")
        );
    }

    #[test]
    fn secrets_come_from_files_and_are_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        let feed =
            format!("https = {{ url = \"https://x.example/feed?key=k\", token_file = {path:?} }}");
        let config = parse(&feed).unwrap();
        let section = &config.agencies[0].hotlists[0];
        assert!(section.plan().unwrap_err().to_string().contains("failed to read"));
        std::fs::write(&path, "s3cret\n").unwrap();
        let plan = section.plan().unwrap();
        let shown = format!("{plan:?} {} {}", section.says(), plan.feed.says());
        assert!(!shown.contains("s3cret") && !section.says().contains("key=k"), "{shown}");
        std::fs::write(&path, "two\nlines\n").unwrap();
        assert!(section.plan().unwrap_err().to_string().contains("one line"));
    }
}
