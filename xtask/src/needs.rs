//! What a chore needs that a fresh Debian may lack: said with its reason, installed where we may, explained where not.

use anyhow::{Result, bail};

use crate::run::Program;
use crate::surroundings;

/// One thing that must be there.
#[derive(Clone, Copy)]
pub struct Need {
    what: &'static str,
    why: &'static str,
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

/// A C compiler, its headers and make.
pub const C_COMPILER: Need = Need {
    what: "a C compiler and make",
    why: "SQLCipher and the OpenSSL beneath it are built from source",
    packages: &["build-essential"],
    is_there: || surroundings::program("cc").is_some() && surroundings::program("make").is_some(),
};

/// The whole of Perl: Debian's perl-base lacks modules that OpenSSL's configuration loads.
pub const PERL: Need = Need {
    what: "Perl with its standard modules",
    why: "OpenSSL's build is configured by a Perl program",
    packages: &["perl"],
    is_there: || {
        Program::new("perl", &["-MFindBin", "-MIPC::Cmd", "-MFile::Compare", "-e", "1"]).works()
    },
};

/// Node and npm.
pub const NODE: Need = Need {
    what: "Node and npm",
    why: "the console's scripts and styles are built by esbuild; a test signs in with a provider that runs on Node",
    packages: &["nodejs", "npm"],
    is_there: || surroundings::program("node").is_some() && surroundings::program("npm").is_some(),
};

/// Debian's Chromium.
pub const CHROMIUM: Need = Need {
    what: "Chromium",
    why: "the browser tests drive it without a screen",
    packages: &["chromium"],
    is_there: || surroundings::program("chromium").is_some(),
};

/// Debian's PostgreSQL server; it is not started, the tests start private clusters of their own.
pub const POSTGRESQL: Need = Need {
    what: "PostgreSQL's server programs",
    why: "every store test runs on both engines; the tests start private clusters",
    packages: &["postgresql"],
    is_there: postgresql_is_there,
};

/// OpenSSH's server of files.
pub const SFTP_SERVER: Need = Need {
    what: "OpenSSH's sftp-server",
    why: "hotlists are fetched by SFTP from it",
    packages: &["openssh-sftp-server"],
    is_there: || std::path::Path::new("/usr/lib/openssh/sftp-server").is_file(),
};

/// strace.
pub const STRACE: Need = Need {
    what: "strace",
    why: "a test watches the system calls: nothing is acknowledged before it is on the disk",
    packages: &["strace"],
    is_there: || surroundings::program("strace").is_some(),
};

/// Go and its package of notes and trees.
pub const GO: Need = Need {
    what: "Go with golang.org/x/mod",
    why: "its notes and trees judge the ledger's, and the ledger's judge its",
    packages: &["golang-go", "golang-golang-x-mod-dev"],
    is_there: || {
        surroundings::program("go").is_some()
            && std::path::Path::new("/usr/share/gocode/src/golang.org/x/mod/sumdb/note").is_dir()
    },
};

/// ffmpeg.
pub const FFMPEG: Need = Need {
    what: "ffmpeg",
    why: "videos are read through it",
    packages: &["ffmpeg"],
    is_there: || surroundings::program("ffmpeg").is_some(),
};

/// Where Debian puts them: a version's programs are not on the path.
fn postgresql_is_there() -> bool {
    let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") else { return false };
    versions.flatten().any(|version| version.path().join("bin/initdb").is_file())
}

/// Makes sure that every need is met, installing what is missing unless that is not allowed or not possible.
pub fn meet(needs: &[Need], install: bool) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        println!("missing: {} ({})", need.what, need.why);
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if !install || !surroundings::may_install() {
        bail!("{}", instructions(&packages));
    }
    println!("installing Debian's {}", packages.join(", "));
    // An old package list may still do: apt-get install says so if not.
    if let Err(err) = apt_get(&["update", "--quiet"]).run() {
        println!("{err:#}; going on with the package lists that are there");
    }
    let mut command = apt_get(&["install", "--quiet", "--yes", "--no-install-recommends"]);
    for package in &packages {
        command = command.arg(package);
    }
    command.run()?;
    match missing.iter().find(|need| !(need.is_there)()) {
        Some(need) => {
            bail!("{} is still not there after installing {}", need.what, need.packages.join(", "))
        }
        None => Ok(()),
    }
}

fn apt_get(args: &[&str]) -> Program {
    Program::new("apt-get", args).with("DEBIAN_FRONTEND", "noninteractive")
}

fn instructions(packages: &[&str]) -> String {
    format!(
        "some of what is needed is missing and is not installed from here.\n\
         On Debian or Ubuntu:\n\n    sudo apt-get install --yes {}\n\n\
         then run the same command again. On another system install what is named above with its package manager.",
        packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_asked_for() {
        let here = Need { what: "this", why: "a test", packages: &["none"], is_there: || true };
        assert!(meet(&[here], false).is_ok());
    }

    #[test]
    fn where_nothing_may_be_installed_the_command_is_shown() {
        let absent =
            Need { what: "that", why: "a test", packages: &["one", "two"], is_there: || false };
        let said = meet(&[absent], false).unwrap_err().to_string();
        assert!(said.contains("apt-get install --yes one two"), "{said}");
    }
}
