//! What may not stand in a file of the tree, and how long a file may be.

use xtask::licences::licence_is_whole;
use xtask::surroundings::root;
use xtask::tree;

use crate::no_faults;
use crate::rust_text::code_without_tests;

/// Lines a Rust file may have; longer ones are explained here or split.
const LINES_MAX: usize = 600;

/// Longer files, each with its reason.
const LONGER: [(&str, &str); 0] = [];

/// Files whose content is written by a tool.
const WRITTEN_BY_TOOLS: [&str; 2] = ["Cargo.lock", "package-lock.json"];

#[test]
fn rust_files_stay_short() {
    let mut faults = Vec::new();
    for (path, text) in tree::texts(&[".rs"]).unwrap() {
        let n_lines = text.lines().count();
        if n_lines > LINES_MAX && !LONGER.iter().any(|(longer, _)| path == *longer) {
            faults.push(format!(
                "{path} has {n_lines} lines, more than {LINES_MAX}: split it or give a reason"
            ));
        }
    }
    no_faults(&faults);
}

/// Written apart, so that this file does not hold what it forbids.
fn forbidden_in_rust() -> [String; 4] {
    ["#[ignore", "todo!(", "unimplemented!(", "#[allow("].map(str::to_owned)
}

#[test]
fn no_test_is_ignored_and_nothing_is_left_to_do() {
    let mut faults = Vec::new();
    for (path, text) in tree::texts(&[".rs"]).unwrap() {
        if path.starts_with("xtask/tests/tidy") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for word in forbidden_in_rust()
                .iter()
                .filter(|word| line.trim_start().starts_with(word.as_str()))
            {
                faults.push(format!("{path}:{}: `{word}`", number + 1));
            }
        }
        for (number, line) in code_without_tests(&text) {
            for word in ["todo!(", "unimplemented!("].iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{path}:{number}: `{word}`"));
            }
        }
    }
    for (path, text) in tree::texts(&[".ts"]).unwrap() {
        for (number, line) in text.lines().enumerate() {
            if ["test.only(", "it.only(", "describe.only(", "test.skip(", "it.skip("]
                .iter()
                .any(|word| line.contains(word))
            {
                faults.push(format!("{path}:{}: a test is skipped or alone", number + 1));
            }
        }
    }
    no_faults(&faults);
}

/// Hosts of package registries: packages are named, never the machines they come from, which differ from place to place.
fn registry_hosts() -> Vec<String> {
    let hosts: [&[&str]; 9] = [
        &["registry", "npmjs", "org"],
        &["registry", "yarnpkg", "com"],
        &["static", "crates", "io"],
        &["index", "crates", "io"],
        &["pypi", "org"],
        &["pythonhosted", "org"],
        &["deb", "debian", "org"],
        &["proxy", "golang", "org"],
        &["huggingface", "co"],
    ];
    hosts.iter().map(|parts| parts.join(".")).collect()
}

#[test]
fn no_file_names_a_registry_host_or_somebodys_machine() {
    let mut forbidden = registry_hosts();
    forbidden.extend(["work", "root", "home", "Users"].map(|folder| format!("/{folder}/")));
    let mut faults = Vec::new();
    for (path, text) in tree::texts(&[]).unwrap() {
        let by_tool = WRITTEN_BY_TOOLS.iter().any(|name| path.file_name() == Some(name));
        if path == "xtask/tests/tidy/files.rs" {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for word in forbidden.iter().filter(|word| line.contains(word.as_str())) {
                // Cargo.lock names the index that cargo is built with, in its own form; that is no host of ours to hide.
                if by_tool && path.file_name() == Some("Cargo.lock") {
                    continue;
                }
                faults.push(format!("{path}:{}: names `{word}`", number + 1));
            }
        }
    }
    no_faults(&faults);
}

#[test]
fn no_script_of_others_is_in_the_tree() {
    let mut faults = Vec::new();
    for path in tree::files().unwrap() {
        let name = path.as_str();
        if name.ends_with(".min.js")
            || name.ends_with(".min.css")
            || name.contains("/vendor/")
            || name.contains("node_modules/")
        {
            faults.push(format!("{path}: others' code is a pinned dependency, not a copy"));
        }
        if name.ends_with(".js") && name.starts_with("crates/") {
            faults.push(format!(
                "{path}: scripts are written in web/ and built by `cargo xtask web`"
            ));
        }
    }
    no_faults(&faults);
}

#[test]
fn the_licence_is_whole_and_every_crate_states_it() {
    assert!(licence_is_whole(&root().join("LICENSE")).unwrap());
    let mut faults = Vec::new();
    for (path, text) in tree::texts(&["Cargo.toml"]).unwrap() {
        if path == "Cargo.toml" {
            assert!(text.contains("license = \"AGPL-3.0-or-later\""));
        } else if !text.contains("license.workspace = true")
            && !text.contains("license = \"AGPL-3.0-or-later\"")
        {
            faults.push(format!("{path} does not state the licence"));
        }
    }
    no_faults(&faults);
}

#[test]
fn every_decision_has_its_record() {
    let index = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let mut faults = Vec::new();
    for path in tree::files().unwrap().iter().filter(|path| path.starts_with("docs/adr")) {
        let name = path.file_name().unwrap_or_default();
        if !index.contains(name) {
            faults.push(format!("{path} is not mentioned in docs/ARCHITECTURE.md"));
        }
    }
    no_faults(&faults);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for (path, text) in tree::texts(&[".md"]).unwrap() {
        let folder = path.parent().unwrap_or("".into());
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next())
        {
            let outside =
                target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !outside && !root().join(folder).join(target).exists() {
                faults.push(format!("{path}: links to `{target}`, which is not there"));
            }
        }
    }
    no_faults(&faults);
}

#[test]
fn every_fuzz_target_is_built_and_explained() {
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let readme = std::fs::read_to_string(root().join("fuzz/README.md")).unwrap();
    let mut faults = Vec::new();
    for path in tree::files().unwrap().iter().filter(|path| path.starts_with("fuzz/fuzz_targets")) {
        let name = path.file_stem().unwrap_or_default();
        if !manifest.contains(&format!("name = \"{name}\"")) {
            faults.push(format!("{path} is not in fuzz/Cargo.toml"));
        }
        if !readme.contains(&format!("`{name}`")) {
            faults.push(format!("{path} is not in fuzz/README.md"));
        }
    }
    no_faults(&faults);
}

/// A comment that leads to a document must not lead to nowhere, nor to one that only its writer has.
#[test]
fn every_document_that_is_named_exists() {
    let names: Vec<String> = tree::files()
        .unwrap()
        .iter()
        .filter_map(|path| path.file_name())
        .map(str::to_lowercase)
        .collect();
    let map = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let mut faults = Vec::new();
    for (path, text) in
        tree::texts(&[".rs", ".sql", ".toml", ".ts", ".py", ".css", ".md", ".html"]).unwrap()
    {
        if path.starts_with("xtask/tests/tidy") || path.starts_with("training/runs") {
            continue;
        }
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))) {
            let word = word.trim_end_matches('.');
            if word.len() > 3 && word.ends_with(".md") && !names.contains(&word.to_lowercase()) {
                faults.push(format!("{path}: names `{word}`, which is not in the tree"));
            }
        }
        for decision in decisions(&text) {
            if !map.contains(&format!("**{decision}**")) {
                faults.push(format!(
                    "{path}: names decision {decision}, which docs/ARCHITECTURE.md does not list"
                ));
            }
        }
    }
    no_faults(&faults);
}

fn decisions(text: &str) -> impl Iterator<Item = &str> {
    text.split(['(', ')', ',']).map(str::trim).filter(|word| {
        word.len() == 2 && word.starts_with('D') && word.ends_with(|c: char| c.is_ascii_digit())
    })
}
