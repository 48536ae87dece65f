//! The words on the portal: Markdown, in which the settings' own values stand between braces, so that what is
//! published and what decides cannot differ.

use std::collections::BTreeMap;

use toml::Value;

use crate::bundle::{Fault, File};
use crate::cedar::Rule;
use crate::clauses::paths;
use crate::settings::Settings;

/// The headings that the portal cannot be without (`AUSP-acceptable`, `AUSP-prohibited`, `AUSP-access`, `AUSP-hotlist`).
pub(crate) const HEADINGS: [&str; 8] = [
    "Overview",
    "What is detected",
    "What is not detected",
    "Acceptable use",
    "Prohibited uses",
    "Access",
    "Hotlists",
    "Retention",
];

/// What alerts carry outside, beyond a priority.
const TOLD: &str = "telling.says";

/// The published text, before values are filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Published {
    text: String,
}

impl Published {
    pub(crate) fn read(text: &str, faults: &mut Vec<Fault>) -> Self {
        let headings: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("## ")).map(str::trim).collect();
        for heading in HEADINGS.iter().filter(|heading| !headings.contains(heading)) {
            let place = format!("## {heading}");
            faults.push(Fault::new(File::Published, place, "this heading is missing"));
        }
        for (number, line) in (1..).zip(text.lines()) {
            if line.contains('<') {
                let says = "it is Markdown without HTML: `<` cannot stand there";
                faults.push(Fault::new(File::Published, format!("line {number}"), says));
            }
        }
        Self { text: text.to_owned() }
    }

    /// With the settings' values.
    pub(crate) fn filled(&self, settings: &Settings) -> String {
        let paths = paths(settings);
        let mut filled = String::with_capacity(self.text.len());
        for (literal, name) in pieces(&self.text) {
            filled.push_str(literal);
            if let Some(name) = name {
                filled.push_str(&shown(&paths, name).unwrap_or_default());
            }
        }
        filled
    }
}

/// What the statute packs ask for, each with its source and how it is known; empty where none of them says.
pub(crate) fn law<'a>(rules: impl Iterator<Item = &'a Rule>) -> String {
    let mut section = String::new();
    for rule in rules {
        let (Some(words), Some(source)) = (&rule.published, &rule.clause) else { continue };
        let known = rule.certainty.map_or_else(String::new, |one| format!("; {}", one.label()));
        if section.is_empty() {
            section.push_str("\n## The law\n\nWhat statutes and the CJIS Security Policy ask for, as far as rules can say it. This is not legal advice.\n");
        }
        section.extend(["\n", words, " (", source, &known, ").\n"]);
    }
    section
}

/// Every name between braces has to be a setting that can be shown.
pub(crate) fn check(published: &Published, settings: &Settings, faults: &mut Vec<Fault>) {
    let paths = paths(settings);
    for (_, name) in pieces(&published.text) {
        let Some(name) = name else { continue };
        if shown(&paths, name).is_none() {
            let place = format!("{{{}}}", name.chars().take(60).collect::<String>());
            faults.push(Fault::new(File::Published, place, "there is no such setting to show"));
        }
    }
    let says_what_is_told = pieces(&published.text).any(|(_, name)| name == Some(TOLD));
    if !settings.telling.says.is_empty() && !says_what_is_told {
        let says = "what alerts carry to others is published: it has to stand there";
        faults.push(Fault::new(File::Published, format!("{{{TOLD}}}"), says));
    }
}

/// The text cut at its braces: what stands there, and the name that follows.
fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let here = rest?;
        let Some((literal, after)) = here.split_once('{') else {
            rest = None;
            return Some((here, None));
        };
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        rest = Some(after);
        Some((literal, Some(name)))
    })
}

fn shown(paths: &BTreeMap<String, Value>, name: &str) -> Option<String> {
    match paths.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Array(all) => {
            let texts: Option<Vec<&str>> = all.iter().map(label).collect();
            let texts = texts?;
            Some(if texts.is_empty() { "none".to_owned() } else { texts.join(", ") })
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

/// What people read of an element: its label, its ground, or itself.
fn label(value: &Value) -> Option<&str> {
    let named = ["label", "ground"].iter().find_map(|key| value.get(key));
    named.unwrap_or(value).as_str()
}
