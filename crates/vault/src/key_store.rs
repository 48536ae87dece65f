//! The key store: every day's key in one file outside all databases, rewritten whole at each change.

use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use domain::keys::KEY_BYTES;
use domain::{AgencyId, Day, DayKey, DayKeys, KeyError, ServerKey, SubKey};
use zeroize::Zeroizing;

use crate::key_file::{self, Keys};
use crate::{Chance, VaultError, disk, sealed};

const KEYS: &str = "keys.sealed";
const KEYS_NEXT: &str = "keys.sealed.next";
const WRAP: &str = "keys.wrap";
const WRAP_NEXT: &str = "keys.wrap.next";

const ABOUT_KEYS: &[u8] = b"plateglass day keys";
const ABOUT_WRAP: &[u8] = b"plateglass wrapping key";

/// Every agency's and day's key. `keys.sealed` holds them under a wrapping key, `keys.wrap` holds that under the server's
/// key. Each change writes both anew under a fresh wrapping key and overwrites the former one: an old copy of
/// `keys.sealed`, in the file system's free blocks or a backup without its `keys.wrap`, opens no more.
pub struct KeyStore {
    dir: Utf8PathBuf,
    server_key: SubKey,
    chance: Chance,
    keys: Mutex<Keys>,
}

impl std::fmt::Debug for KeyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyStore({})", self.dir)
    }
}

impl KeyStore {
    /// Opens the key store in `dir`, making both where there are none, and ends a change that was interrupted.
    pub fn open(
        dir: &Utf8Path,
        server_key: &ServerKey,
        chance: Chance,
    ) -> Result<Self, VaultError> {
        disk::make_dir(dir)?;
        let server_key = server_key.for_use("key-store");
        let Some(keys) = recover(dir, &server_key)? else {
            return Err(VaultError::KeyStore { dir: dir.to_owned() });
        };
        Ok(Self { dir: dir.to_owned(), server_key, chance, keys: Mutex::new(keys) })
    }

    /// Destroys a day's key: from now on nothing opens that day. Done when it returns; destroying what is not there is done
    /// already.
    pub fn destroy(&self, agency: AgencyId, day: Day) -> Result<(), VaultError> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if !keys.contains_key(&(agency, day)) {
            return Ok(());
        }
        let mut left = keys.clone();
        left.remove(&(agency, day));
        self.rewrite(&left)?;
        *keys = left;
        Ok(())
    }

    /// The days of which there is a key.
    pub fn days(&self) -> Vec<(AgencyId, Day)> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Writes both files beside the ones in force, then puts them in their places. Whatever moment a crash comes at,
    /// [`recover`] finds either the former two or the latter.
    fn rewrite(&self, keys: &Keys) -> Result<(), VaultError> {
        let at = |name: &str| self.dir.join(name);
        let mut wrap = Zeroizing::new([0_u8; KEY_BYTES]);
        (self.chance)(wrap.as_mut_slice());
        let body = sealed::seal(&wrap, ABOUT_KEYS, &key_file::write(keys), &self.chance);
        let wrapped =
            sealed::seal(self.server_key.expose(), ABOUT_WRAP, wrap.as_slice(), &self.chance);
        disk::write(&at(KEYS_NEXT), &body)?;
        disk::write(&at(WRAP_NEXT), &wrapped)?;
        disk::sync_dir(&self.dir)?;
        // From this rename on the change is made.
        disk::rename(&at(KEYS_NEXT), &at(KEYS), &self.dir)?;
        finish(&self.dir)
    }
}

/// Puts the new wrapping key in the place of the old one, which is overwritten first.
fn finish(dir: &Utf8Path) -> Result<(), VaultError> {
    if dir.join(WRAP).is_file() {
        disk::overwrite(&dir.join(WRAP))?;
    }
    disk::rename(&dir.join(WRAP_NEXT), &dir.join(WRAP), dir)
}

/// Reads the keys, ending or undoing a change that was interrupted; none if they cannot be opened.
fn recover(dir: &Utf8Path, server_key: &SubKey) -> Result<Option<Keys>, VaultError> {
    let read = |name: &str| disk::read(&dir.join(name));
    let Some(body) = read(KEYS)? else {
        // Either new, or interrupted before the first change was made.
        if read(WRAP)?.is_some() {
            return Ok(None);
        }
        return undo(dir).map(|()| Some(Keys::new()));
    };
    if let Some(keys) = read(WRAP)?.and_then(|wrap| open_with(server_key, &wrap, &body)) {
        return undo(dir).map(|()| Some(keys));
    }
    let Some(keys) = read(WRAP_NEXT)?.and_then(|wrap| open_with(server_key, &wrap, &body)) else {
        return Ok(None);
    };
    finish(dir).map(|()| Some(keys))
}

/// Removes what a change wrote that did not come to be.
fn undo(dir: &Utf8Path) -> Result<(), VaultError> {
    disk::remove(&dir.join(KEYS_NEXT))?;
    disk::remove(&dir.join(WRAP_NEXT))?;
    disk::sync_dir(dir)
}

fn open_with(server_key: &SubKey, wrap: &[u8], body: &[u8]) -> Option<Keys> {
    let wrap = sealed::open(server_key.expose(), ABOUT_WRAP, wrap)?;
    let wrap: Zeroizing<[u8; KEY_BYTES]> = Zeroizing::new(wrap.as_slice().try_into().ok()?);
    key_file::parse(&sealed::open(&wrap, ABOUT_KEYS, body)?)
}

impl DayKeys for KeyStore {
    fn existing(&self, agency: AgencyId, day: Day) -> Result<DayKey, KeyError> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(&(agency, day)).cloned().ok_or(KeyError::Missing { agency, day })
    }

    fn existing_or_new(&self, agency: AgencyId, day: Day) -> Result<DayKey, KeyError> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(&(agency, day)) {
            return Ok(key.clone());
        }
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        (self.chance)(bytes.as_mut_slice());
        let key = DayKey::from_bytes(*bytes);
        let mut more = keys.clone();
        more.insert((agency, day), key.clone());
        self.rewrite(&more).map_err(|error| KeyError::Store(Box::new(error)))?;
        *keys = more;
        Ok(key)
    }
}
