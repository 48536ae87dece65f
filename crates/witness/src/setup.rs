//! What an auditor sets up once: the witness's key and the list of logs, as files in its folder.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};

use camino::{Utf8Path, Utf8PathBuf};
use ledger::SigningKey;
use ledger::key::{InvalidKey, KEY_BYTES, KeyKind};

use crate::logs::{InvalidLogs, Logs};

/// The file with the witness's secret key.
const KEY_FILE: &str = "witness.key";
/// The file that says which logs are followed.
const LOGS_FILE: &str = "logs";
/// Permission bits of everybody but the owner.
const OTHERS: u32 = 0o077;

/// What is wrong with what was set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A witness cannot be called that.
    #[error("a witness cannot be called `{0}`")]
    Name(String, #[source] InvalidKey),
    /// There is a key already.
    #[error(
        "`{0}` is there already: with a new key, what this witness cosigned could not be told from a stranger's"
    )]
    KeyIsThere(Utf8PathBuf),
    /// Somebody else may have the key.
    #[error(
        "`{path}` can be read by others (mode {mode:03o}): run `chmod 600 {path}`, and think about whether somebody did"
    )]
    ReadByOthers {
        /// Which file.
        path: Utf8PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A file or folder cannot be read or made.
    #[error("failed to {doing} `{path}`")]
    File {
        /// What we were about.
        doing: &'static str,
        /// Which.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        err: io::Error,
    },
    /// The key's file holds none.
    #[error("`{0}` does not hold a witness's key")]
    Key(Utf8PathBuf, #[source] InvalidKey),
    /// The list of logs cannot be understood.
    #[error("failed to understand `{0}`")]
    Logs(Utf8PathBuf, #[source] InvalidLogs),
}

/// Makes a witness's folder and key; a key that is there is never overwritten. The file is the owner's alone.
pub fn make_key(
    dir: &Utf8Path,
    name: &str,
    seed: [u8; KEY_BYTES],
) -> Result<SigningKey, SetupError> {
    let key = SigningKey::from_seed(name, KeyKind::Cosigner, seed)
        .map_err(|err| SetupError::Name(name.to_owned(), err))?;
    fs::create_dir_all(dir).map_err(failed("make", dir))?;
    let path = dir.join(KEY_FILE);
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let mut file = match opened {
        Ok(file) => file,
        Err(err) if err.kind() == ErrorKind::AlreadyExists => {
            return Err(SetupError::KeyIsThere(path));
        }
        Err(err) => return Err(failed("make", &path)(err)),
    };
    // Exposed to the one file that it is read from again.
    let text = key.expose();
    file.write_all(text.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .map_err(failed("write", &path))?;
    Ok(key)
}

/// Reads the witness's key; one that others can read is refused.
pub fn read_key(dir: &Utf8Path) -> Result<SigningKey, SetupError> {
    let path = dir.join(KEY_FILE);
    let mode = fs::metadata(&path).map_err(failed("find the witness's key", &path))?.mode() & 0o777;
    if mode & OTHERS != 0 {
        return Err(SetupError::ReadByOthers { path, mode });
    }
    let text = fs::read_to_string(&path).map_err(failed("read the witness's key", &path))?;
    SigningKey::parse(&text).map_err(|err| SetupError::Key(path, err))
}

/// Reads which logs are followed.
pub fn read_logs(dir: &Utf8Path) -> Result<Logs, SetupError> {
    let path = dir.join(LOGS_FILE);
    let text = fs::read_to_string(&path).map_err(failed("read the list of logs", &path))?;
    Logs::parse(&text).map_err(|err| SetupError::Logs(path, err))
}

fn failed(doing: &'static str, path: &Utf8Path) -> impl Fn(io::Error) -> SetupError {
    move |err| SetupError::File { doing, path: path.to_owned(), err }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_read_again_and_refused_when_others_may_read_it() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(temporary.path()).unwrap().join("auditor");
        let made = make_key(&dir, "auditor.example", [7; 32]).unwrap();
        let path = dir.join(KEY_FILE);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(read_key(&dir).unwrap().verifier(), made.verifier());
        let again = make_key(&dir, "auditor.example", [8; 32]).unwrap_err();
        assert!(matches!(again, SetupError::KeyIsThere(_)), "{again}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read_key(&dir).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn a_name_that_cannot_stand_in_a_signature_makes_no_key() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(temporary.path()).unwrap().join("auditor");
        let refused = make_key(&dir, "city auditor", [7; 32]).unwrap_err();
        assert_eq!(refused.to_string(), "a witness cannot be called `city auditor`");
        assert!(!dir.exists());
    }

    #[test]
    fn the_list_of_logs_is_named_when_it_is_wrong() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(temporary.path()).unwrap();
        assert!(matches!(read_logs(dir), Err(SetupError::File { .. })));
        fs::write(dir.join(LOGS_FILE), "# none yet\n").unwrap();
        assert!(read_logs(dir).unwrap().is_empty());
        fs::write(dir.join(LOGS_FILE), "\nlgo\n").unwrap();
        let SetupError::Logs(_, why) = read_logs(dir).unwrap_err() else { panic!("it is wrong") };
        assert_eq!(why.to_string(), "line 2: `lgo` is not `log`");
    }
}
