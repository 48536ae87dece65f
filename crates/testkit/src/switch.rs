//! A state's message switch that answers nobody without a certificate that it knows.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;

use crate::post_office::certificates;

/// A certificate and its key, PEM.
pub type Pair = (Vec<u8>, Vec<u8>);

/// A switch on this machine.
#[derive(Debug)]
pub struct StrictSwitch {
    /// Where messages are posted.
    pub url: String,
    /// The authority that vouches for it, PEM.
    pub authority: Vec<u8>,
    /// The certificate that it takes.
    pub taken: Pair,
    /// One of an authority that it does not know.
    pub foreign: Pair,
    n_answered: Arc<AtomicUsize>,
}

impl StrictSwitch {
    /// Opens one that answers every message with `answer`. Nothing where `openssl` is missing, which makes the certificates in
    /// `folder`.
    pub fn open(folder: &Path, answer: &str) -> Option<Self> {
        let [own, clients] = ["switch", "clients"].map(|name| folder.join(name));
        for folder in [&own, &clients] {
            std::fs::create_dir(folder).expect("it can be made");
        }
        let authority = certificates(&own)?.into_bytes();
        let known = certificates(&clients)?;
        let config = Arc::new(config(&own, &known));
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let n_answered = Arc::new(AtomicUsize::new(0));
        let (counted, answer) = (Arc::clone(&n_answered), answer.to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if converse(stream, &config, &answer).is_ok() {
                    counted.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        let url = format!("https://localhost:{port}/messages");
        Some(Self { url, authority, taken: pair(&clients), foreign: pair(&own), n_answered })
    }

    /// How many messages it answered.
    pub fn n_answered(&self) -> usize {
        self.n_answered.load(Ordering::SeqCst)
    }
}

fn pair(folder: &Path) -> Pair {
    let read = |name: &str| std::fs::read(folder.join(name)).expect("it was made");
    (read("cert.pem"), read("key.pem"))
}

fn config(own: &Path, known: &str) -> rustls::ServerConfig {
    let chain = CertificateDer::pem_file_iter(own.join("cert.pem")).expect("it was made");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("it is PEM");
    let key = PrivateKeyDer::from_pem_file(own.join("key.pem")).expect("it was made");
    let mut authorities = RootCertStore::empty();
    let known = CertificateDer::from_pem_slice(known.as_bytes()).expect("it is PEM");
    authorities.add(known).expect("it is an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients =
        WebPkiClientVerifier::builder_with_provider(authorities.into(), Arc::clone(&provider));
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_client_cert_verifier(clients.build().expect("there is an authority"))
        .with_single_cert(chain, key)
        .expect("they belong together")
}

fn converse(
    mut stream: TcpStream,
    config: &Arc<rustls::ServerConfig>,
    answer: &str,
) -> std::io::Result<()> {
    let mut line =
        rustls::ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    while line.is_handshaking() {
        if let Err(err) = line.complete_io(&mut stream) {
            // What was sent meanwhile is read: a line that is cut over it would take the alert with it.
            stream.shutdown(Shutdown::Write)?;
            stream.read_to_end(&mut Vec::new())?;
            return Err(err);
        }
    }
    let mut line = rustls::StreamOwned::new(line, stream);
    let (mut read, mut byte) = (Vec::new(), [0]);
    while !read.ends_with(b"\r\n\r\n") {
        line.read_exact(&mut byte)?;
        read.extend(byte);
    }
    let head = String::from_utf8_lossy(&read).to_lowercase();
    let length = head.lines().find_map(|one| one.strip_prefix("content-length: "));
    let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or_default();
    line.read_exact(&mut vec![0; length])?;
    let length = answer.len();
    write!(
        line,
        "HTTP/1.1 200 so\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{answer}"
    )?;
    line.conn.send_close_notify();
    line.flush()
}
