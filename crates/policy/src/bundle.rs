//! A bundle: five texts, read whole or not at all.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use cedar_policy::Policy;
use sha2::{Digest as _, Sha256};

use crate::cedar::{self, Rule};
use crate::clauses::{self, Clause};
use crate::decide::Engine;
use crate::matrix::Matrix;
use crate::published::{self, Published};
use crate::settings::{self, Settings};

/// The longest text of a bundle, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 256 * 1024;

/// What stands before the texts when they are digested: the framing's name and version.
const FRAMING: &str = "plateglass-bundle-1";

/// The texts of a bundle.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BundleFiles {
    /// `bundle.toml`: the settings.
    pub settings: Cow<'static, str>,
    /// `rules.cedar`: who may do what, and under which conditions.
    pub rules: Cow<'static, str>,
    /// The statute packs that the settings name, by their word (`TX`); others do no harm.
    pub statutes: BTreeMap<String, Cow<'static, str>>,
    /// `clauses.toml`: which clause is enforced by what.
    pub clauses: Cow<'static, str>,
    /// `published.md`: the words on the portal.
    pub published: Cow<'static, str>,
}

/// A file of a bundle.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum File {
    /// `bundle.toml`.
    Settings,
    /// `rules.cedar`.
    Rules,
    /// A statute pack, by its word.
    Statute(String),
    /// `clauses.toml`.
    Clauses,
    /// `published.md`.
    Published,
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => f.write_str("bundle.toml"),
            Self::Rules => f.write_str("rules.cedar"),
            Self::Statute(pack) => write!(f, "statutes/{pack}.cedar"),
            Self::Clauses => f.write_str("clauses.toml"),
            Self::Published => f.write_str("published.md"),
        }
    }
}

/// One thing that is wrong with a bundle.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error)]
#[error("{file}: {place}: {says}")]
pub struct Fault {
    /// In which file.
    pub file: File,
    /// Where in it: a line, a key, a rule's id.
    pub place: String,
    /// What is wrong.
    pub says: String,
}

impl Fault {
    pub(crate) fn new(file: File, place: impl Into<String>, says: impl Into<String>) -> Self {
        Self { file, place: place.into(), says: says.into() }
    }
}

/// An agency's policy: read, checked, and able to decide.
pub struct Bundle {
    settings: Settings,
    rules: BTreeMap<String, Rule>,
    clauses: Vec<Clause>,
    published: Published,
    matrix: Matrix,
    engine: Engine,
    files: BundleFiles,
    digest: String,
}

/// Its name and digest: its texts are long.
impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bundle({} {})", self.settings.id, self.digest)
    }
}

impl Bundle {
    /// Reads a bundle. Either all of it is right, or every fault that could be found is told.
    pub fn read(files: &BundleFiles) -> Result<Self, Vec<Fault>> {
        let mut faults = too_long(files);
        if !faults.is_empty() {
            return Err(faults);
        }
        let settings = settings::read(&files.settings, &mut faults);
        if let Some(settings) = &settings {
            settings::check(settings, &mut faults);
        }
        let (rules, policies) = read_rules(files, settings.as_ref(), &mut faults);
        let of = |id: &str| rules.get(id).map_or(File::Rules, |(file, _)| file.clone());
        let set = cedar::compile(policies, of, &mut faults);
        let rules: BTreeMap<String, Rule> =
            rules.into_iter().map(|(id, (_, rule))| (id, rule)).collect();
        let clauses = clauses::read(&files.clauses, &mut faults);
        let published = Published::read(&files.published, &mut faults);
        if let Some(settings) = &settings {
            clauses::check(&clauses, settings, &rules, &mut faults);
            published::check(&published, settings, &mut faults);
        }
        let (Some(settings), Some(set), true) = (settings, set, faults.is_empty()) else {
            faults.sort();
            faults.dedup();
            return Err(faults);
        };
        let engine = Engine::new(&set, &rules)
            .map_err(|why| vec![Fault::new(File::Rules, "whole file", why.to_string())])?;
        let matrix = Matrix::of(rules.values());
        let digest = digest(files, &settings);
        let files = files.clone();
        Ok(Self { settings, rules, clauses, published, matrix, engine, files, digest })
    }

    /// SHA-256 over all its texts, the statute packs that hold included, in hexadecimal.
    pub fn digest(&self) -> String {
        self.digest.clone()
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its clauses in the order of their file.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The words on the portal, in Markdown, with the settings' values filled in, and what the statute packs ask for.
    pub fn published(&self) -> String {
        self.published.filled(&self.settings) + &published::law(self.rules.values())
    }

    /// The texts that it was read from.
    pub fn files(&self) -> &BundleFiles {
        &self.files
    }

    /// Who may do what, and by which rule.
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// A rule's text and what it says, by its id: for the page "who can do what, and why".
    pub fn rule_text(&self, id: &str) -> Option<(&str, &str)> {
        self.rules.get(id).map(|rule| (rule.text.as_str(), rule.says.as_str()))
    }

    /// The clause or the source of law that asks for a rule, by the rule's id.
    pub fn rule_clause(&self, id: &str) -> Option<&str> {
        self.rules.get(id)?.clause.as_deref()
    }

    pub(crate) fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id)
    }

    pub(crate) fn rules(&self) -> &BTreeMap<String, Rule> {
        &self.rules
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}

fn too_long(files: &BundleFiles) -> Vec<Fault> {
    let texts = [
        (File::Settings, &files.settings),
        (File::Rules, &files.rules),
        (File::Clauses, &files.clauses),
        (File::Published, &files.published),
    ];
    let packs = files.statutes.iter().map(|(pack, text)| (File::Statute(pack.clone()), text));
    let all = texts.into_iter().chain(packs);
    all.filter(|(_, text)| text.len() > TEXT_BYTES_MAX)
        .map(|(file, text)| {
            let says = format!("{} bytes are more than {TEXT_BYTES_MAX}", text.len());
            Fault::new(file, "whole file", says)
        })
        .collect()
}

type Found = (BTreeMap<String, (File, Rule)>, Vec<Policy>);

fn read_rules(files: &BundleFiles, settings: Option<&Settings>, faults: &mut Vec<Fault>) -> Found {
    let mut rules = BTreeMap::new();
    let mut policies = Vec::new();
    let mut take = |file: File, text: &str, faults: &mut Vec<Fault>| {
        for (rule, policy) in cedar::read(&file, text, faults) {
            rules.entry(rule.id.clone()).or_insert_with(|| (file.clone(), rule));
            policies.push(policy);
        }
    };
    take(File::Rules, &files.rules, faults);
    for pack in settings.map(|settings| settings.jurisdiction.as_slice()).unwrap_or_default() {
        let file = File::Statute(pack.clone());
        let Some(text) = files.statutes.get(pack) else {
            faults.push(Fault::new(file, "whole file", "bundle.toml names it and it is not there"));
            continue;
        };
        if !text.to_lowercase().contains("not legal advice") {
            faults.push(Fault::new(
                file.clone(),
                "whole file",
                "it does not say `not legal advice`",
            ));
        }
        take(file, text, faults);
    }
    (rules, policies)
}

/// Each text with its name and length before it, so that no text can pass for two others.
fn digest(files: &BundleFiles, settings: &Settings) -> String {
    let mut packs: Vec<&String> = settings.jurisdiction.iter().collect();
    packs.sort_unstable();
    let statutes = packs.into_iter().filter_map(|pack| {
        files.statutes.get(pack).map(|text| (File::Statute(pack.clone()), text))
    });
    let texts = [
        (File::Settings, &files.settings),
        (File::Rules, &files.rules),
        (File::Clauses, &files.clauses),
        (File::Published, &files.published),
    ];
    let mut hash = Sha256::new();
    hash.update(format!("{FRAMING}\n"));
    for (file, text) in texts.into_iter().chain(statutes) {
        hash.update(format!("{file}\n{}\n", text.len()));
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
