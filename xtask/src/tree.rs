//! The files of the working tree, as git sees them: tracked, or new and not ignored.

use anyhow::{Context, Result};
use camino::Utf8PathBuf;

use crate::run::Program;
use crate::surroundings::root;

/// Paths from the root, sorted; files that were deleted and not yet committed are left out.
pub fn files() -> Result<Vec<Utf8PathBuf>> {
    let listed =
        Program::new("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .read()?;
    let mut paths: Vec<Utf8PathBuf> =
        listed.split('\0').filter(|path| !path.is_empty()).map(Utf8PathBuf::from).collect();
    paths.sort();
    paths.dedup();
    paths.retain(|path| root().join(path).is_file());
    Ok(paths)
}

/// The text of those files whose name ends in one of `endings`; with no endings, of every file that is text.
pub fn texts(endings: &[&str]) -> Result<Vec<(Utf8PathBuf, String)>> {
    let mut texts = Vec::new();
    for path in files()? {
        if !endings.is_empty() && !endings.iter().any(|ending| path.as_str().ends_with(ending)) {
            continue;
        }
        let bytes = std::fs::read(root().join(&path))
            .with_context(|| format!("failed to read `{path}`"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            texts.push((path, text));
        }
    }
    Ok(texts)
}
