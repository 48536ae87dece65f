//! The ring rule (docs/ARCHITECTURE.md): a crate depends only on its own ring or further in, adapters never on each
//! other, tests' helpers only in tests; and what ring 0 may not touch.

use std::collections::BTreeMap;

use serde::Deserialize;
use xtask::run::Program;
use xtask::surroundings::root;
use xtask::tree;

use crate::no_faults;
use crate::rust_text::code_without_tests;

/// Ring by crate. A new crate is entered here and in docs/ARCHITECTURE.md.
const RINGS: [(&str, Ring); 21] = [
    ("plate", Ring::Pure),
    ("domain", Ring::Pure),
    ("ledger", Ring::Pure),
    ("policy", Ring::Pure),
    ("hotfile", Ring::Compute),
    ("vision", Ring::Compute),
    ("store", Ring::Adapter),
    ("vault", Ring::Adapter),
    ("capture", Ring::Adapter),
    ("outbound", Ring::Adapter),
    ("identity", Ring::Adapter),
    ("app", Ring::App),
    ("api", Ring::Face),
    ("console", Ring::Face),
    ("witness", Ring::Face),
    ("plateglass", Ring::Binary),
    ("plateglass-verify", Ring::Verifier),
    ("testkit", Ring::Tests),
    ("bench", Ring::Tool),
    ("xtask", Ring::Tool),
    ("fuzz", Ring::Tool),
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Ring {
    Pure,
    Compute,
    Adapter,
    App,
    Face,
    Binary,
    /// What an outsider runs: of ours it is made of ring 0 alone, so that little has to be believed.
    Verifier,
    Tests,
    Tool,
}

/// Crates that bring time, chance, files or a runtime; ring 0 has none of them, not even through a feature.
const NOT_IN_RING_0: [&str; 12] = [
    "tokio",
    "futures",
    "async-trait",
    "rand",
    "getrandom",
    "uuid",
    "reqwest",
    "sqlx",
    "object_store",
    "tracing",
    "log",
    "camino",
];

/// What ring 0 must not call. A plain value such as `std::time::Duration` is fine.
const NOT_CALLED_IN_RING_0: [&str; 13] = [
    "SystemTime",
    "Instant",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::io",
    "tokio::",
    "rand::",
    "Timestamp::now",
    "Zoned::now",
    "async fn",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<String>,
}

impl Dependency {
    fn is_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

fn packages() -> Vec<Package> {
    let text = Program::new("cargo", &["metadata", "--no-deps", "--format-version", "1"]).read();
    let text = text.expect("cargo describes its own workspace");
    serde_json::from_str::<Metadata>(&text).expect("cargo's format version 1").packages
}

fn rings() -> BTreeMap<&'static str, Ring> {
    RINGS.into_iter().collect()
}

#[test]
fn every_crate_has_a_ring_and_a_line_in_the_architecture() {
    let map = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let rings = rings();
    let mut faults = Vec::new();
    for package in packages() {
        if !rings.contains_key(package.name.as_str()) {
            faults.push(format!(
                "{} has no ring: enter it in xtask/tests/tidy/rings.rs",
                package.name
            ));
        }
        if !map.contains(&format!("`{}`", package.name)) {
            faults.push(format!("{} has no line in docs/ARCHITECTURE.md", package.name));
        }
    }
    no_faults(&faults);
}

#[test]
fn dependencies_point_inwards() {
    let rings = rings();
    let mut faults = Vec::new();
    for package in packages() {
        let Some(&own) = rings.get(package.name.as_str()) else { continue };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some())
        {
            let Some(&other) = rings.get(dependency.name.as_str()) else { continue };
            if let Err(why) = may_depend(own, other, dependency.is_for_tests()) {
                faults.push(format!(
                    "{} ({own:?}) depends on {} ({other:?}): {why}",
                    package.name, dependency.name
                ));
            }
        }
    }
    no_faults(&faults);
}

fn may_depend(own: Ring, other: Ring, for_tests: bool) -> Result<(), &'static str> {
    match (own, other) {
        (Ring::Tool, Ring::Tool) | (_, Ring::Binary | Ring::Verifier | Ring::Tool) => {
            Err("nothing depends on a program")
        }
        (Ring::Verifier, Ring::Pure) => Ok(()),
        (Ring::Verifier, _) => Err("what an outsider runs depends on ring 0 alone"),
        (Ring::Tool, _) => Ok(()),
        (_, Ring::Tests) if for_tests => Ok(()),
        (_, Ring::Tests) => Err("the test kit is for tests only"),
        (Ring::Adapter, Ring::Adapter) => Err("adapters do not know each other"),
        _ if other <= own => Ok(()),
        _ => Err("it lies further out"),
    }
}

#[test]
fn the_rule_itself() {
    assert!(may_depend(Ring::Pure, Ring::Pure, false).is_ok());
    assert!(may_depend(Ring::Compute, Ring::Adapter, false).is_err());
    assert!(may_depend(Ring::Adapter, Ring::Adapter, true).is_err());
    assert!(may_depend(Ring::Adapter, Ring::Tests, true).is_ok());
    assert!(may_depend(Ring::Face, Ring::Tests, false).is_err());
    assert!(may_depend(Ring::Face, Ring::Binary, true).is_err());
    assert!(may_depend(Ring::Verifier, Ring::Pure, false).is_ok());
    assert!(may_depend(Ring::Verifier, Ring::Adapter, false).is_err());
    assert!(may_depend(Ring::Tool, Ring::Verifier, true).is_err());
}

#[test]
fn ring_0_depends_on_nothing_that_acts() {
    let rings = rings();
    let mut faults = Vec::new();
    for package in
        packages().iter().filter(|package| rings.get(package.name.as_str()) == Some(&Ring::Pure))
    {
        for dependency in
            package.dependencies.iter().filter(|dependency| !dependency.is_for_tests())
        {
            if NOT_IN_RING_0.contains(&dependency.name.as_str()) {
                faults.push(format!("{} depends on {}", package.name, dependency.name));
            }
        }
    }
    no_faults(&faults);
}

#[test]
fn ring_0_cannot_tell_the_time() {
    let mut faults = Vec::new();
    let pure = RINGS.iter().filter(|(_, ring)| *ring == Ring::Pure);
    let folders: Vec<String> = pure.map(|(name, _)| format!("crates/{name}/src/")).collect();
    for (path, text) in tree::texts(&[".rs"]).unwrap() {
        if !folders.iter().any(|folder| path.as_str().starts_with(folder)) {
            continue;
        }
        for (number, line) in code_without_tests(&text) {
            for word in NOT_CALLED_IN_RING_0.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{path}:{number}: ring 0 names `{word}`"));
            }
        }
    }
    no_faults(&faults);
}
