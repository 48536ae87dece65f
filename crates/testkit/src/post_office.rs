//! A real mail server on this machine.

#![expect(clippy::print_stdout, reason = "that a test was skipped is said")]

use std::path::Path;
use std::process::Command;

use crate::node::NodeProgram;

/// A mail server (npm's `smtp-server`), and what it took.
#[derive(Debug)]
pub struct PostOffice {
    program: NodeProgram,
    /// Where it listens on 127.0.0.1.
    pub port: u16,
}

/// A mail that it took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenMail {
    /// From which address.
    pub from: String,
    /// To which.
    pub to: Vec<String>,
    /// Whether it came over TLS.
    pub secure: bool,
    /// Headers and body as they came.
    pub text: String,
}

impl PostOffice {
    /// One that takes mail in the clear. `target` is the folder of the test's own for what is installed
    /// (`CARGO_TARGET_TMPDIR`). Nothing where Node is missing.
    pub fn open(target: &Path) -> Option<Self> {
        Self::start(target, &[])
    }

    /// One that takes mail over TLS (STARTTLS) from the account `alpr`, as `localhost`; and the certificate of the authority
    /// that it is believed by, PEM. Nothing where Node or `openssl` is missing.
    pub fn open_protected(target: &Path, folder: &Path) -> Option<(Self, String)> {
        let authority = certificates(folder)?;
        let folder = folder.to_str().expect("its name is UTF-8");
        Some((Self::start(target, &[folder])?, authority))
    }

    fn start(target: &Path, arguments: &[&str]) -> Option<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/smtp-server");
        let mut program = NodeProgram::start(&source, &target.join("smtp-server"), arguments)?;
        let port = program.line().parse().expect("it says its port first");
        Some(Self { program, port })
    }

    /// The next mail that it took; waits for it.
    pub fn take(&mut self) -> TakenMail {
        let line = self.program.line();
        let said: serde_json::Value = serde_json::from_str(&line).expect("it writes JSON");
        let text =
            |name: &str| said.get(name).and_then(|one| one.as_str()).unwrap_or_default().to_owned();
        let to = said.get("to").and_then(|to| to.as_array()).into_iter().flatten();
        let to = to.filter_map(|one| one.as_str());
        TakenMail {
            from: text("from"),
            to: to.map(str::to_owned).collect(),
            secure: said.get("secure").is_some_and(|secure| secure == true),
            text: text("text"),
        }
    }
}

/// Makes an authority and a certificate of it for `localhost`, in `folder`; the authority's certificate.
pub(crate) fn certificates(folder: &Path) -> Option<String> {
    let openssl = |arguments: &[&str]| {
        let ran = Command::new("openssl").args(arguments).current_dir(folder).output();
        ran.is_ok_and(|output| output.status.success())
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    let authority = [
        &[
            "req",
            "-x509",
            "-keyout",
            "ca-key.pem",
            "-out",
            "ca.pem",
            "-subj",
            "/CN=A test's authority",
        ],
        &key[..],
    ];
    let leaf = [
        &[
            "req",
            "-x509",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca-key.pem",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ],
        &["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"][..],
        &["-addext", "basicConstraints=critical,CA:FALSE"],
        &key,
    ];
    if !openssl(&authority.concat()) || !openssl(&leaf.concat()) {
        println!("skipped: openssl is not here or too old, and makes the certificates");
        return None;
    }
    Some(std::fs::read_to_string(folder.join("ca.pem")).expect("it was made"))
}
