//! Where a log lies: a folder or a web address. Nobody there is trusted: every answer has a bound, in bytes and in time.

use std::io::{self, Read as _};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use ledger::TileRef;
use ledger::audit::Source;
use ledger::bundle::ENTRY_BYTES_MAX;
use ledger::hash::HASH_BYTES;
use ledger::note::NOTE_BYTES_MAX;
use ledger::tile::TileKind;

use crate::files::{read_bounded, read_text};

/// Longest file of headers: a session's cookie is a few hundred bytes.
const HEADERS_BYTES_MAX: usize = 64 * 1024;

/// Where a log lies.
pub(crate) enum Place {
    /// In a folder.
    Folder(Utf8PathBuf),
    /// On the web.
    Web(Box<Web>),
}

/// A log on the web.
pub(crate) struct Web {
    /// Its address without the last `/`.
    prefix: String,
    agent: ureq::Agent,
    headers: Vec<(String, String)>,
}

impl Place {
    /// The place that a person names, with headers to send there; no file may take longer than `each_file` to come.
    pub(crate) fn of(
        named: &str,
        header_file: Option<&Utf8Path>,
        each_file: Duration,
    ) -> Result<Self> {
        let Some(authority) = authority(named) else {
            if header_file.is_some() {
                bail!("--header-file is for a log on the web, and `{named}` is a folder");
            }
            return Ok(Self::Folder(named.into()));
        };
        if authority.contains('@') || named.contains(['?', '#']) {
            bail!("`{named}` is not a plain address: credentials go into --header-file");
        }
        let headers = header_file.map_or_else(|| Ok(Vec::new()), read_headers)?;
        if !headers.is_empty() && named.starts_with("http://") && !is_this_machine(authority) {
            bail!("the headers would go to {authority} in clear: name it with https://");
        }
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(each_file))
            // A redirect could lead to another host, and the headers with it.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("plateglass-verify/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        let prefix = named.trim_end_matches('/').to_owned();
        Ok(Self::Web(Box::new(Web { prefix, agent, headers })))
    }
}

impl Source for Place {
    type Error = io::Error;

    fn file(&mut self, path: &str) -> io::Result<Vec<u8>> {
        let most = bytes_max(path)?;
        let bytes = match self {
            Self::Folder(folder) => read_bounded(&folder.join(path), most)?,
            Self::Web(web) => web.get(path, most)?,
        };
        if bytes.len() > most {
            let why = format!("it has more than {most} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        Ok(bytes)
    }
}

impl Web {
    fn get(&self, path: &str, most: usize) -> io::Result<Vec<u8>> {
        let mut request = self.agent.get(format!("{}/{path}", self.prefix));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response = request.call().map_err(ureq::Error::into_io)?;
        let status = response.status();
        if status.is_redirection() {
            let why = format!("the server answers {status}; redirects are not followed");
            return Err(io::Error::other(why));
        }
        if status != 200 {
            return Err(io::Error::other(format!("the server answers {status}")));
        }
        let mut bytes = Vec::new();
        response.body_mut().as_reader().take(most as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Most bytes that the file at this path can have.
fn bytes_max(path: &str) -> io::Result<usize> {
    if path == "checkpoint" {
        return Ok(NOTE_BYTES_MAX);
    }
    let tile = TileRef::parse(path).map_err(io::Error::other)?;
    let each = match tile.kind {
        TileKind::Hashes(_) => HASH_BYTES,
        TileKind::Entries => 2 + ENTRY_BYTES_MAX,
    };
    Ok(usize::from(tile.width) * each)
}

/// Host and port of a web address; none for a folder.
fn authority(named: &str) -> Option<&str> {
    let rest = named.strip_prefix("https://").or_else(|| named.strip_prefix("http://"))?;
    rest.split(['/', '?', '#']).next()
}

fn is_this_machine(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => authority.split(':').next(),
    };
    let host = host.unwrap_or_default();
    host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn read_headers(path: &Utf8Path) -> Result<Vec<(String, String)>> {
    let text = read_text(path, HEADERS_BYTES_MAX)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(place, line)| {
            // The line itself is not shown: it holds a secret.
            let (name, value) = line
                .split_once(':')
                .with_context(|| format!("line {} of `{path}` is not `Name: value`", place + 1))?;
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_go_nowhere_in_clear_but_to_this_machine() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("headers");
        std::fs::write(&path, "Cookie: session=secret\n\nAccept: */*\n").unwrap();
        let of = |named: &str| {
            Place::of(named, Some(&path), Duration::from_secs(1))
                .map(|_| ())
                .map_err(|err| err.to_string())
        };
        for fine in [
            "https://log.example",
            "http://localhost:8080/log",
            "http://127.0.0.1/",
            "http://[::1]:80",
        ] {
            assert_eq!(of(fine), Ok(()), "{fine}");
        }
        for refused in [
            "http://log.example",
            "http://localhost.example",
            "http://localhost@log.example",
            "https://a?b",
            "folder",
        ] {
            assert!(of(refused).is_err(), "{refused}");
        }
        std::fs::write(&path, "session=secret\n").unwrap();
        let said = of("https://log.example").unwrap_err();
        assert!(said.starts_with("line 1") && !said.contains("secret"), "{said}");
    }

    #[test]
    fn every_file_has_a_bound() {
        assert_eq!(bytes_max("tile/0/000").unwrap(), 8_192);
        assert_eq!(bytes_max("tile/1/000.p/3").unwrap(), 96);
        assert_eq!(bytes_max("tile/entries/000.p/2").unwrap(), 131_074);
        assert!(bytes_max("tile/0/../../passwords").is_err());
    }
}
