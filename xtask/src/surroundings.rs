//! What lies outside the repository: environment, the repository's own place, programs on the path, elapsed time.
//! The one home in xtask of the calls that clippy.toml forbids elsewhere.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

/// Where the generated and collected test pictures lie when `PLATEGLASS_DATA` says nothing, beside the checkout.
const DATA_DEFAULT: &str = "../shared/data";

/// An environment variable that is set to something.
#[expect(clippy::disallowed_methods, reason = "the environment's one home in xtask")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// How long `work` took, beside what it gave.
#[expect(clippy::disallowed_methods, reason = "a stopwatch for the summary; no rule depends on it")]
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let given = work();
    (given, begun.elapsed())
}

/// The repository's root: the folder above this crate's.
pub fn root() -> Utf8PathBuf {
    let here =
        variable("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned());
    Utf8PathBuf::from(here).parent().map(Utf8Path::to_owned).unwrap_or_default()
}

/// Where this crate was started, for paths that people type.
pub fn typed_path(path: &Utf8Path) -> Result<Utf8PathBuf> {
    path.canonicalize_utf8().with_context(|| format!("there is no `{path}`"))
}

/// The folder of test pictures, when there is one.
pub fn data_dir() -> Option<Utf8PathBuf> {
    let named =
        variable("PLATEGLASS_DATA").map_or_else(|| root().join(DATA_DEFAULT), Utf8PathBuf::from);
    named.canonicalize_utf8().ok().filter(|dir| dir.is_dir())
}

/// A program on the path, by its full name.
pub fn program(name: &str) -> Option<Utf8PathBuf> {
    let path = variable("PATH")?;
    path.split(':').map(|dir| Utf8Path::new(dir).join(name)).find(|full| full.is_file())
}

/// Whether packages may be installed by us: Debian's apt-get, as root.
pub fn may_install() -> bool {
    program("apt-get").is_some() && effective_user() == Some(0)
}

fn effective_user() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    ids.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
        assert!(root().join("xtask/Cargo.toml").is_file());
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(program("cargo").is_some());
        assert_eq!(program("there-is-no-such-program"), None);
    }
}
