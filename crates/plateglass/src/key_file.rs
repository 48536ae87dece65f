//! The server's key as a file: 64 hexadecimal digits that nobody but the server may read.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};

use anyhow::{Context as _, Result, bail};
use app::Chance;
use camino::Utf8Path;
use domain::ServerKey;

/// Permission bits of everybody but the owner.
const OTHERS: u32 = 0o077;

/// Reads the key.
pub(crate) fn read(path: &Utf8Path) -> Result<ServerKey> {
    let about =
        fs::metadata(path).with_context(|| format!("failed to find the server's key `{path}`"))?;
    // systemd hands credentials over as 0440 in a folder that only the service can enter.
    let mode = about.mode() & OTHERS;
    let by_systemd = about.mode() & 0o777 == 0o440 && path.starts_with("/run/credentials");
    if mode != 0 && !by_systemd {
        bail!(
            "`{path}` can be read by others (mode {:03o}): run `chmod 600 {path}`, and think about whether somebody did",
            about.mode() & 0o777
        );
    }
    let text = fs::read_to_string(path)
        .with_context(|| format!("failed to read the server's key `{path}`"))?;
    parse(text.trim()).with_context(|| format!("`{path}` does not hold 64 hexadecimal digits"))
}

/// Reads the key, made first where there is none.
pub(crate) fn read_or_make(path: &Utf8Path, chance: &dyn Chance) -> Result<ServerKey> {
    if !path.exists() {
        make(path, chance)?;
        tracing::warn!(%path, "made the server's key; keep a copy where no backup of the data goes");
    }
    read(path)
}

/// Makes a key; one that is there is never overwritten.
pub(crate) fn make(path: &Utf8Path, chance: &dyn Chance) -> Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("failed to make `{dir}`"))?;
    }
    let hex: String = chance.bits_256().iter().map(|byte| format!("{byte:02x}")).collect();
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = match opened {
        Ok(file) => file,
        Err(err) if err.kind() == ErrorKind::AlreadyExists => {
            bail!("`{path}` is there already: a new key would make everything unreadable");
        }
        Err(err) => return Err(err).with_context(|| format!("failed to make `{path}`")),
    };
    file.write_all(hex.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("failed to write `{path}`"))
}

fn parse(hex: &str) -> Option<ServerKey> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(ServerKey::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use app::SystemChance;

    use super::*;

    #[test]
    fn a_key_is_made_once_read_again_and_refused_when_others_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("keys/server-key");
        let made = read_or_make(&path, &SystemChance).unwrap();
        assert_eq!(read(&path).unwrap().expose(), made.expose());
        assert!(make(&path, &SystemChance).unwrap_err().to_string().contains("there already"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_key() {
        assert!(parse(&"0f".repeat(32)).is_some());
        assert!(parse(&"0f".repeat(31)).is_none());
        assert!(parse(&"0g".repeat(32)).is_none());
        assert!(parse(&"é".repeat(32)).is_none());
    }
}
