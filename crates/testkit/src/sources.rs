//! Where hotlists are fetched from: a server of HTTPS with an authority of its own, and one of SFTP.

#![expect(clippy::print_stdout, reason = "that a test was skipped is said")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Msg, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;

use crate::post_office::certificates;

/// What a server gives.
#[derive(Clone, Default, Debug)]
pub struct Site {
    /// The file.
    pub body: Vec<u8>,
    /// Its `ETag`; whoever names it is told that nothing has changed.
    pub etag: Option<String>,
    /// The bearer's token without which nothing is given.
    pub token: Option<String>,
    /// Where everybody is sent from `/`.
    pub moved_to: Option<String>,
    /// The status of every answer, where it is another than 200.
    pub status: Option<u16>,
    /// Heads of the requests that came.
    pub asked: Vec<String>,
}

/// A server of HTTPS on this machine.
#[derive(Debug)]
pub struct HttpsServer {
    site: Arc<Mutex<Site>>,
    /// Where it listens.
    pub address: SocketAddr,
    /// The certificate of the authority that it is believed by, PEM.
    pub authority: String,
}

impl HttpsServer {
    /// Opens one as `localhost`. Nothing where `openssl` is missing, which makes the certificates in `folder`.
    pub fn open(folder: &Path) -> Option<Self> {
        let authority = certificates(folder)?;
        let chain = CertificateDer::pem_file_iter(folder.join("cert.pem")).expect("it was made");
        let chain = chain.collect::<Result<Vec<_>, _>>().expect("it is PEM");
        let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).expect("it was made");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows them")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("they belong together");
        let config = Arc::new(config);
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let site = Arc::new(Mutex::new(Site::default()));
        let own = Arc::clone(&site);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever does not believe us ends the line: that is what some tests are about.
                let _ = answer(stream, &config, &own);
            }
        });
        Some(Self { site, address, authority })
    }

    /// Its address under this path.
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    /// Changes what it gives.
    pub fn change(&self, change: impl FnOnce(&mut Site)) {
        change(&mut self.site.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What it gives, and who asked.
    pub fn site(&self) -> Site {
        self.site.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn answer(
    stream: TcpStream,
    config: &Arc<rustls::ServerConfig>,
    site: &Mutex<Site>,
) -> std::io::Result<()> {
    let line = rustls::ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut line = rustls::StreamOwned::new(line, stream);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        line.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let mut site = site.lock().unwrap_or_else(PoisonError::into_inner);
    site.asked.push(head.clone());
    let has =
        |name: &str, value: &str| head.contains(&format!("{name}: {}\r\n", value.to_lowercase()));
    let is_known =
        site.token.as_ref().is_none_or(|token| has("authorization", &format!("Bearer {token}")));
    let same = site.etag.as_ref().is_some_and(|etag| has("if-none-match", etag));
    let etag = site.etag.as_ref().map(|etag| format!("etag: {etag}\r\n")).unwrap_or_default();
    let (status, more, body) = match (&site.moved_to, site.status) {
        (_, Some(status)) => (status, String::new(), &b""[..]),
        (Some(to), None) if head.starts_with("get / ") => {
            (302, format!("location: {to}\r\n"), &b""[..])
        }
        _ if !is_known => (401, String::new(), &b""[..]),
        _ if same => (304, etag, &b""[..]),
        _ => (200, etag, site.body.as_slice()),
    };
    let length =
        if status == 304 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    write!(line, "HTTP/1.1 {status} so\r\nconnection: close\r\n{more}{length}\r\n")?;
    line.write_all(body)?;
    line.conn.send_close_notify();
    line.flush()
}

/// OpenSSH's own server of files, which speaks SFTP on standard input and output.
const SFTP_SERVER: &str = "/usr/lib/openssh/sftp-server";
/// What the server's own key is made of.
const HOST_SEED: u8 = 1;
/// The file that [`SftpServer`] gives.
pub const SFTP_PATH: &str = "out/extract.csv";

/// A server of SFTP on this machine: our ways in, and OpenSSH's own server of files behind them.
#[derive(Debug)]
pub struct SftpServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its key, as `ssh-keyscan` writes it.
    pub host_key: String,
    dir: TempDir,
}

impl SftpServer {
    /// Opens one that lets in `user` with this password, or with this public key (OpenSSH's format). Nothing where OpenSSH's
    /// server of files is missing.
    pub async fn open(user: &str, password: &str, public_key: Option<&str>) -> Option<Self> {
        if !Path::new(SFTP_SERVER).exists() {
            println!("skipped: {SFTP_SERVER} is not here (Debian: openssh-sftp-server)");
            return None;
        }
        let key = key_of(HOST_SEED);
        let public = key.public_key().to_openssh().expect("it is a key");
        let config = Arc::new(russh::server::Config {
            auth_rejection_time: std::time::Duration::ZERO,
            keys: vec![key],
            ..russh::server::Config::default()
        });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        std::fs::create_dir(dir.path().join("out")).expect("it can be written to");
        let known = Known {
            user: user.to_owned(),
            password: password.to_owned(),
            key: public_key.map(|key| PublicKey::from_openssh(key).expect("a test gives a key")),
            dir: dir.path().to_owned(),
        };
        let known = Arc::new(known);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let guest = Guest { known: Arc::clone(&known), channel: None };
                let config = Arc::clone(&config);
                tokio::spawn(async move {
                    if let Ok(session) = russh::server::run_stream(config, stream, guest).await {
                        // Whoever does not believe us ends the line: that is what some tests are about.
                        drop(session.await);
                    }
                });
            }
        });
        Some(Self { address, host_key: format!("localhost {public}\n"), dir })
    }

    /// Changes the file.
    pub fn put(&self, bytes: &[u8]) {
        let path = self.dir.path().join(SFTP_PATH);
        std::fs::write(path, bytes).expect("the folder can be written to");
    }
}

/// A key of SSH.
fn key_of(seed: u8) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[seed; 32]))
}

/// A private key and its public half, in OpenSSH's format.
pub fn ssh_key(seed: u8) -> (String, String) {
    let key = key_of(seed);
    let private = key.to_openssh(LineEnding::LF).expect("it can be written");
    (private.to_string(), key.public_key().to_openssh().expect("it is a key"))
}

/// Who is let in, and to what.
struct Known {
    user: String,
    password: String,
    key: Option<PublicKey>,
    dir: PathBuf,
}

/// Somebody who comes.
struct Guest {
    known: Arc<Known>,
    channel: Option<Channel<Msg>>,
}

fn let_in(may: bool) -> Auth {
    if may { Auth::Accept } else { Auth::reject() }
}

impl russh::server::Handler for Guest {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(let_in(user == self.known.user && password == self.known.password))
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        let own = self.known.key.as_ref();
        let is_own = own.is_some_and(|own| own.key_data() == key.public_key.key_data());
        Ok(let_in(user == self.known.user && is_own))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let Some(channel) = self.channel.take().filter(|_| name == "sftp") else {
            return session.channel_failure(id);
        };
        session.channel_success(id)?;
        tokio::spawn(serve_files(channel, self.known.dir.clone()));
        Ok(())
    }
}

/// Lets OpenSSH's server of files answer on a channel: reading only.
async fn serve_files(channel: Channel<Msg>, dir: PathBuf) {
    let spawned = tokio::process::Command::new(SFTP_SERVER)
        .arg("-R")
        .arg("-d")
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut server = spawned.expect("it is there");
    let (asked, said) = (server.stdin.take(), server.stdout.take());
    let (asked, said) = (asked.expect("it is a pipe"), said.expect("it is a pipe"));
    let mut files = tokio::io::join(said, asked);
    // It ends when whoever asked goes.
    drop(tokio::io::copy_bidirectional(&mut channel.into_stream(), &mut files).await);
}
