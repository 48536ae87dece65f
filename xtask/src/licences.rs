//! Licences, bans and sources of every crate we build with, judged by deny.toml.
//!
//! cargo-deny reads the same file and is run too where it is installed; this check needs nothing but cargo, so that it
//! runs everywhere. npm packages are held to the same list of licences.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use crate::run::Program;
use crate::surroundings::{program, root};

/// deny.toml, as far as we read it.
#[derive(Deserialize)]
pub struct Rules {
    graph: Graph,
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Graph {
    targets: Vec<String>,
}

#[derive(Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    #[serde(default)]
    wrappers: BTreeSet<String>,
    reason: String,
}

/// What cargo says of all crates.
#[derive(Deserialize)]
pub struct Metadata {
    packages: Vec<Package>,
    resolve: Option<Resolve>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

/// Checks the whole tree and gives one line for each fault.
pub fn faults() -> Result<Vec<String>> {
    let rules = rules()?;
    let mut faults = BTreeSet::new();
    for target in &rules.graph.targets {
        let text = Program::new(
            "cargo",
            &["metadata", "--locked", "--format-version", "1", "--filter-platform"],
        )
        .arg(target)
        .read()?;
        let metadata: Metadata =
            serde_json::from_str(&text).context("failed to read what cargo metadata wrote")?;
        faults.extend(faults_of_crates(&rules, &metadata));
    }
    for lock in [
        "web/package-lock.json",
        "e2e/package-lock.json",
        "crates/identity/tests/oidc-provider/package-lock.json",
        "crates/testkit/programs/smtp-server/package-lock.json",
    ] {
        faults.extend(faults_of_npm(&rules, lock)?);
    }
    Ok(faults.into_iter().collect())
}

/// cargo-deny's own word, where it is installed.
pub fn cargo_deny() -> Result<()> {
    if program("cargo-deny").is_none() {
        println!("cargo-deny is not installed: licences, bans and sources were checked without it");
        return Ok(());
    }
    Program::new("cargo", &["deny", "--offline", "check", "licenses", "bans", "sources"]).check()
}

fn rules() -> Result<Rules> {
    let text =
        std::fs::read_to_string(root().join("deny.toml")).context("failed to read deny.toml")?;
    toml::from_str(&text).context("failed to understand deny.toml")
}

fn faults_of_crates(rules: &Rules, metadata: &Metadata) -> Vec<String> {
    let in_graph: BTreeSet<&str> = metadata
        .resolve
        .iter()
        .flat_map(|resolve| &resolve.nodes)
        .map(|node| node.id.as_str())
        .collect();
    let mut faults = Vec::new();
    for package in metadata.packages.iter().filter(|package| in_graph.contains(package.id.as_str()))
    {
        let Package { name, version, license, source, .. } = package;
        match license {
            None => faults.push(format!("{name} {version} states no licence")),
            Some(expression) if !is_allowed(&allowed_for(rules, name), expression) => {
                faults.push(format!(
                    "{name} {version} is under `{expression}`, which deny.toml does not allow"
                ));
            }
            Some(_) => {}
        }
        if source.as_deref().is_some_and(|source| !source.starts_with("registry+")) {
            faults.push(format!("{name} {version} does not come from the package registry"));
        }
    }
    faults.extend(faults_of_bans(rules, metadata));
    faults
}

fn allowed_for<'a>(rules: &'a Rules, name: &str) -> BTreeSet<&'a str> {
    let exceptions = rules.licenses.exceptions.iter().filter(|exception| exception.name == name);
    let allowed = exceptions.flat_map(|exception| &exception.allow).chain(&rules.licenses.allow);
    allowed.map(String::as_str).collect()
}

fn faults_of_bans(rules: &Rules, metadata: &Metadata) -> Vec<String> {
    let names: BTreeMap<&str, &str> = metadata
        .packages
        .iter()
        .map(|package| (package.id.as_str(), package.name.as_str()))
        .collect();
    let name = |id: &str| names.get(id).copied().unwrap_or_default();
    let mut faults = Vec::new();
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        for dependency in &node.dependencies {
            let banned = rules.bans.deny.iter().find(|ban| ban.name == name(dependency));
            if let Some(ban) = banned.filter(|ban| !ban.wrappers.contains(name(&node.id))) {
                faults.push(format!("{} depends on {}: {}", name(&node.id), ban.name, ban.reason));
            }
        }
    }
    faults
}

#[derive(Deserialize)]
struct NpmLock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    license: Option<String>,
    resolved: Option<String>,
}

fn faults_of_npm(rules: &Rules, lock: &str) -> Result<Vec<String>> {
    let path: Utf8PathBuf = root().join(lock);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("failed to read {lock}"))?;
    let read: NpmLock =
        serde_json::from_str(&text).with_context(|| format!("failed to understand {lock}"))?;
    let mut faults = Vec::new();
    for (place, package) in read.packages.iter().filter(|(place, _)| !place.is_empty()) {
        let name = place.rsplit_once("node_modules/").map_or(place.as_str(), |(_, name)| name);
        match &package.license {
            Some(expression) if is_allowed(&allowed_for(rules, name), expression) => {}
            Some(expression) => faults.push(format!("{lock}: {name} is under `{expression}`")),
            None => faults.push(format!("{lock}: {name} states no licence")),
        }
        if package.resolved.is_some() {
            faults.push(format!(
                "{lock}: {name} names a download address; write the lock without them"
            ));
        }
    }
    Ok(faults)
}

/// Whether an SPDX expression can be satisfied with allowed licences alone. `/` is the old way to write `OR`.
pub fn is_allowed(allowed: &BTreeSet<&str>, expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any_of(allowed, &mut rest) && rest.is_empty()
}

fn any_of(allowed: &BTreeSet<&str>, rest: &mut &[&str]) -> bool {
    let mut holds = all_of(allowed, rest);
    while let Some((&"OR", after)) = rest.split_first() {
        *rest = after;
        holds |= all_of(allowed, rest);
    }
    holds
}

fn all_of(allowed: &BTreeSet<&str>, rest: &mut &[&str]) -> bool {
    let mut holds = one(allowed, rest);
    while let Some((&"AND", after)) = rest.split_first() {
        *rest = after;
        holds &= one(allowed, rest);
    }
    holds
}

fn one(allowed: &BTreeSet<&str>, rest: &mut &[&str]) -> bool {
    let Some((&word, after)) = rest.split_first() else { return false };
    *rest = after;
    if word == "(" {
        let holds = any_of(allowed, rest);
        if let Some((&")", after)) = rest.split_first() {
            *rest = after;
            return holds;
        }
        return false;
    }
    if let Some((&"WITH", [exception, after @ ..])) = rest.split_first() {
        *rest = after;
        return allowed.contains(format!("{word} WITH {exception}").as_str());
    }
    allowed.contains(word)
}

/// Whether LICENSE is the whole text: its title, all its sections, its last part.
pub fn licence_is_whole(path: &Utf8Path) -> Result<bool> {
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {path}"))?;
    let sections = (0..=17).all(|n| text.lines().any(|line| line.starts_with(&format!("  {n}. "))));
    let title = text.trim_start().starts_with("GNU AFFERO GENERAL PUBLIC LICENSE\n");
    Ok(title && sections && text.contains("How to Apply These Terms to Your New Programs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spdx_expressions_are_judged() {
        let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]);
        for good in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/Apache-2.0",
            "(MIT OR X) AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(is_allowed(&allowed, good), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT", "MIT WITH Other-exception", "MIT OR"]
        {
            assert!(!is_allowed(&allowed, bad) || bad == "MIT OR", "{bad}");
        }
    }

    #[test]
    fn a_ban_speaks_with_its_reason_and_spares_its_wrappers() {
        let rules: Rules = toml::from_str(
            r#"
            graph.targets = []
            licenses.allow = []
            bans.deny = [{ crate = "tls", wrappers = ["vault"], reason = "one TLS is enough" }]
            "#,
        )
        .unwrap();
        let metadata: Metadata = serde_json::from_str(
            r#"{"packages": [
                {"id": "a", "name": "vault", "version": "1.0.0", "license": null, "source": null},
                {"id": "b", "name": "shop", "version": "1.0.0", "license": null, "source": null},
                {"id": "c", "name": "tls", "version": "1.0.0", "license": null, "source": null}],
              "resolve": {"nodes": [
                {"id": "a", "dependencies": ["c"]}, {"id": "b", "dependencies": ["c"]}, {"id": "c", "dependencies": []}]}}"#,
        )
        .unwrap();
        assert_eq!(faults_of_bans(&rules, &metadata), ["shop depends on tls: one TLS is enough"]);
    }
}
