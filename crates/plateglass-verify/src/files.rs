//! Files of this machine, read with a bound and written whole or not at all.

use std::fs::File;
use std::io::{self, Read as _, Write as _};

use anyhow::{Context, Result};
use camino::Utf8Path;

/// The file's bytes, and at most one more than `most`: whoever reads them sees that they are too many.
pub(crate) fn read_bounded(path: &Utf8Path, most: usize) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The file's text of at most `most` bytes.
pub(crate) fn read_text(path: &Utf8Path, most: usize) -> Result<String> {
    let read = || {
        let bytes = read_bounded(path, most)?;
        if bytes.len() > most {
            return Err(io::Error::other(format!("it has more than {most} bytes")));
        }
        String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8 text"))
    };
    read().with_context(|| format!("failed to read `{path}`"))
}

/// Writes the file so that a crash leaves the old one or the new one.
pub(crate) fn write_whole(path: &Utf8Path, text: &str) -> Result<()> {
    let write = || {
        let name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
        let folder = match path.parent() {
            Some(folder) if folder != "" => folder,
            _ => Utf8Path::new("."),
        };
        let beside = folder.join(format!(".{name}.new"));
        let mut file = File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        File::open(folder)?.sync_all()
    };
    write().with_context(|| format!("failed to write `{path}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_read_within_its_bound() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("seen");
        write_whole(&path, "one").unwrap();
        write_whole(&path, "three").unwrap();
        assert_eq!(read_text(&path, 5).unwrap(), "three");
        assert_eq!(read_bounded(&path, 3).unwrap(), b"thre");
        assert!(read_text(&path, 4).is_err());
        assert!(read_bounded(path.parent().unwrap(), 4).is_err());
        assert_eq!(dir.path().read_dir().unwrap().count(), 1);
    }
}
