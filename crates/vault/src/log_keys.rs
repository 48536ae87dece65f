//! The keys that sign the logs' checkpoints: a small file each, sealed under the server's key.

use camino::{Utf8Path, Utf8PathBuf};
use domain::{ServerKey, SubKey};
use ledger::SigningKey;
use ledger::key::{KEY_BYTES, KeyKind};
use zeroize::Zeroizing;

use crate::{Chance, VaultError, disk, sealed};

const ABOUT: &[u8] = b"plateglass log key";

/// The logs' keys. While a key is being changed for another, a log has two and signs with both.
pub struct LogKeys {
    dir: Utf8PathBuf,
    server_key: SubKey,
    chance: Chance,
}

impl std::fmt::Debug for LogKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogKeys({})", self.dir)
    }
}

impl LogKeys {
    /// The keys in `dir`, which is made where it is missing.
    pub fn open(
        dir: &Utf8Path,
        server_key: &ServerKey,
        chance: Chance,
    ) -> Result<Self, VaultError> {
        disk::make_dir(dir)?;
        Ok(Self { dir: dir.to_owned(), server_key: server_key.for_use("log-keys"), chance })
    }

    /// The keys with which a log signs: the one in force, then the one that is to follow it. None where there is no log of
    /// this word yet.
    pub fn of(&self, log: &str) -> Result<Vec<SigningKey>, VaultError> {
        let mut keys = Vec::new();
        for path in [self.path(log), self.next(log)] {
            keys.extend(self.read(&path)?);
        }
        Ok(keys)
    }

    /// Makes a log's first key; one that is there stays.
    pub fn make(&self, log: &str, name: &str) -> Result<SigningKey, VaultError> {
        match self.read(&self.path(log))? {
            Some(key) => Ok(key),
            None => self.write(&self.path(log), name),
        }
    }

    /// Makes the key that is to follow the one in force; one that was made for that already stays.
    pub fn make_next(&self, log: &str, name: &str) -> Result<SigningKey, VaultError> {
        match self.read(&self.next(log))? {
            Some(key) => Ok(key),
            None => self.write(&self.next(log), name),
        }
    }

    /// Puts the next key in force and destroys the one before. Whether there was a next one.
    pub fn change_over(&self, log: &str) -> Result<bool, VaultError> {
        if self.read(&self.next(log))?.is_none() {
            return Ok(false);
        }
        let path = self.path(log);
        if path.is_file() {
            disk::overwrite(&path)?;
        }
        disk::rename(&self.next(log), &path, &self.dir)?;
        Ok(true)
    }

    fn path(&self, log: &str) -> Utf8PathBuf {
        self.dir.join(format!("{log}.key"))
    }

    fn next(&self, log: &str) -> Utf8PathBuf {
        self.dir.join(format!("{log}.next.key"))
    }

    fn read(&self, path: &Utf8Path) -> Result<Option<SigningKey>, VaultError> {
        let Some(bytes) = disk::read(path)? else { return Ok(None) };
        let opened = sealed::open(self.server_key.expose(), ABOUT, &bytes);
        let key = opened.and_then(|text| SigningKey::parse(std::str::from_utf8(&text).ok()?).ok());
        key.map(Some).ok_or_else(|| VaultError::LogKey { path: path.to_owned() })
    }

    fn write(&self, path: &Utf8Path, name: &str) -> Result<SigningKey, VaultError> {
        let mut seed = Zeroizing::new([0_u8; KEY_BYTES]);
        (self.chance)(seed.as_mut_slice());
        let key = SigningKey::from_seed(name, KeyKind::Log, *seed);
        let key = key.map_err(|_| VaultError::LogName { name: name.to_owned() })?;
        let sealed =
            sealed::seal(self.server_key.expose(), ABOUT, key.expose().as_bytes(), &self.chance);
        // Beside its place first: half a key would be worse than none.
        let beside = path.with_extension("new");
        disk::write(&beside, &sealed)?;
        disk::rename(&beside, path, &self.dir)?;
        Ok(key)
    }
}
