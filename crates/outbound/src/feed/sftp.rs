//! Files of hotlists over SFTP. Whom we speak to is known by its key, which the configuration names: nobody is believed at
//! first sight.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Handle};
use russh::keys::{
    PrivateKey, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate, decode_secret_key,
};
use russh_sftp::client::SftpSession;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::addresses::look_up;
use super::{FetchError, Fetched, Validators};

const PIECE_BYTES: usize = 64 * 1024;

/// What is shown to a server so that it gives the file.
#[derive(Clone)]
pub enum SftpLogin {
    /// A private key, in OpenSSH's format.
    Key(Arc<PrivateKey>),
    /// A password.
    Password(String),
}

impl SftpLogin {
    /// Reads a private key (OpenSSH's format; Ed25519 or ECDSA, without a passphrase).
    pub fn key(text: &str) -> Result<Self, FetchError> {
        let key = decode_secret_key(text, None);
        let wrong =
            "it is no private key in OpenSSH’s format, Ed25519 or ECDSA, without a passphrase";
        key.map(|key| Self::Key(Arc::new(key))).map_err(|_| FetchError::Place(wrong.to_owned()))
    }
}

/// Without what is secret.
impl fmt::Debug for SftpLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key(…)",
            Self::Password(_) => "Password(…)",
        })
    }
}

/// A file on another machine, and how it is asked for.
#[derive(Clone, Debug)]
pub struct SftpPlace {
    /// The machine's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who we are there.
    pub user: String,
    /// What is shown.
    pub login: SftpLogin,
    /// The machine's keys, one a line, as `ssh-keyscan` and `known_hosts` write them.
    pub host_keys: String,
    /// The file's path there.
    pub path: String,
    /// Whether an address of this machine or a private network may be asked.
    pub private_addresses: bool,
    /// How long a whole fetch may take.
    pub timeout: Duration,
}

/// A file on another machine that is fetched.
#[derive(Debug)]
pub struct SftpFeed {
    place: SftpPlace,
    keys: Vec<PublicKey>,
}

impl SftpFeed {
    /// Checks a place; asks nobody.
    pub fn new(place: SftpPlace) -> Result<Self, FetchError> {
        let wrong = |why: &str| FetchError::Place(why.to_owned());
        if [&place.host, &place.user, &place.path].iter().any(|text| text.trim().is_empty()) {
            return Err(wrong("host, user and path have to be said"));
        }
        let keys: Vec<_> = place.host_keys.lines().filter_map(host_key).collect();
        if keys.is_empty() {
            return Err(wrong("its host key is none: expected lines as `ssh-keyscan` writes them"));
        }
        Ok(Self { place, keys })
    }

    pub(super) fn says(&self) -> String {
        let SftpPlace { host, port, path, .. } = &self.place;
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("sftp://{host}:{port}{slash}{path}")
    }

    pub(super) async fn fetch<W: Write + Send + 'static>(
        &self,
        sink: W,
    ) -> Result<(Fetched, W), FetchError> {
        let timeout = self.place.timeout;
        let fetched = tokio::time::timeout(timeout, self.fetch_within(sink)).await;
        fetched.map_err(|_| FetchError::Slow(timeout.as_secs()))?
    }

    async fn fetch_within<W: Write>(&self, mut sink: W) -> Result<(Fetched, W), FetchError> {
        let SftpPlace { path, host, .. } = &self.place;
        let session = self.signed_in().await?;
        let failed = |doing: &str| {
            let says = format!("{host} did not let us {doing}");
            move |err: Box<dyn std::error::Error + Send + Sync>| FetchError::Unreachable(says, err)
        };
        let channel = session.channel_open_session().await;
        let channel = channel.map_err(|err| failed("open a channel")(err.into()))?;
        let asked = channel.request_subsystem(true, "sftp").await;
        asked.map_err(|err| failed("begin SFTP")(err.into()))?;
        let sftp = SftpSession::new(channel.into_stream()).await;
        let sftp = sftp.map_err(|err| failed("begin SFTP")(err.into()))?;
        let about = async || {
            let about = sftp.metadata(path.as_str()).await;
            let about = about.map_err(|err| failed("look at the file")(err.into()))?;
            Ok((about.size, about.mtime))
        };
        let before = about().await?;
        let file = sftp.open(path.as_str()).await;
        let mut file = file.map_err(|err| failed("open the file")(err.into()))?;
        let mut piece = vec![0; PIECE_BYTES];
        let mut n_read = 0_u64;
        loop {
            let n = file.read(&mut piece).await;
            let n = n.map_err(|err| failed("read the file")(err.into()))?;
            if n == 0 {
                break;
            }
            n_read += u64::try_from(n).unwrap_or(u64::MAX);
            sink.write_all(piece.get(..n).unwrap_or_default()).map_err(FetchError::Keep)?;
        }
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        let whole = before.0.is_none_or(|size| size == n_read);
        if !whole || about().await? != before {
            return Err(FetchError::Changing(name));
        }
        // What was fetched is whole: how the other side takes our leave changes nothing.
        let bye = session.disconnect(russh::Disconnect::ByApplication, "", "en").await;
        drop(bye);
        Ok((Fetched::File { name, validators: Validators::default(), picked: None }, sink))
    }

    async fn signed_in(&self) -> Result<Handle<KnownHost>, FetchError> {
        let SftpPlace { host, port, user, login, private_addresses, .. } = &self.place;
        let unreachable = |err| FetchError::Unreachable(host.clone(), err);
        let addresses = look_up(host, *port, *private_addresses).await;
        let addresses = addresses.map_err(|err| unreachable(err.into()))?;
        let stream = TcpStream::connect(addresses.as_slice()).await;
        let stream = stream.map_err(|err| unreachable(err.into()))?;
        let config = client::Config {
            inactivity_timeout: Some(self.place.timeout),
            ..client::Config::default()
        };
        let known = KnownHost { keys: self.keys.clone() };
        let session = client::connect_stream(Arc::new(config), stream, known).await;
        let mut session = session.map_err(|err| match err {
            russh::Error::UnknownKey => FetchError::Answer(format!(
                "{host} showed another host key than the configuration names: nothing was sent to it"
            )),
            err => unreachable(err.into()),
        })?;
        let shown = match login {
            SftpLogin::Password(password) => {
                session.authenticate_password(user.as_str(), password.as_str()).await
            }
            SftpLogin::Key(key) => {
                let key = PrivateKeyWithHashAlg::new(Arc::clone(key), None);
                session.authenticate_publickey(user.as_str(), key).await
            }
        };
        if !shown.map_err(|err| unreachable(err.into()))?.success() {
            return Err(FetchError::Answer(format!("{host} did not take our key or password")));
        }
        Ok(session)
    }
}

/// Believes only the keys that were named.
struct KnownHost {
    keys: Vec<PublicKey>,
}

impl client::Handler for KnownHost {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else { return Ok(false) };
        Ok(self.keys.iter().any(|known| known.key_data() == key.key_data()))
    }
}

/// The key of a line of `known_hosts`, of `ssh-keyscan`, or of a `.pub` file.
fn host_key(line: &str) -> Option<PublicKey> {
    let mut words = line.split_whitespace().skip_while(|word| !is_algorithm(word));
    let (algorithm, key) = (words.next()?, words.next()?);
    if line.trim_start().starts_with(['#', '@']) {
        return None;
    }
    PublicKey::from_openssh(&format!("{algorithm} {key}")).ok()
}

fn is_algorithm(word: &str) -> bool {
    ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
        .contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

    fn feed(host_keys: &str) -> Result<SftpFeed, FetchError> {
        SftpFeed::new(SftpPlace {
            host: "files.example.gov".to_owned(),
            port: 22,
            user: "alpr".to_owned(),
            login: SftpLogin::Password("s3cret".to_owned()),
            host_keys: host_keys.to_owned(),
            path: "out/stolen.csv".to_owned(),
            private_addresses: false,
            timeout: Duration::from_secs(5),
        })
    }

    #[test]
    fn a_host_is_known_by_a_key_and_by_no_less() {
        for known in [KEY.to_owned(), format!("# now\nfiles.example.gov {KEY} comment\n")] {
            assert_eq!(feed(&known).unwrap().keys.len(), 1);
        }
        for unknown in ["", "files.example.gov", "ssh-ed25519 AAAA", &format!("@revoked * {KEY}")] {
            assert!(feed(unknown).unwrap_err().to_string().contains("host key"), "{unknown}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let feed = feed(KEY).unwrap();
        assert_eq!(feed.says(), "sftp://files.example.gov:22/out/stolen.csv");
        assert!(!format!("{feed:?}").contains("s3cret"));
        assert!(SftpLogin::key("-----BEGIN NOTHING-----").is_err());
    }
}
