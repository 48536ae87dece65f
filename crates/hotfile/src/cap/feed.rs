//! The file: XML, the messages in it, and what of it cannot be taken.

use domain::{NewAmberMessage, Timestamp};
use roxmltree::{Document, Node, ParsingOptions};

use super::message::{Unfit, message};

/// The largest file, in bytes: a message has some kilobytes, and a feed those of a few days.
pub const CAP_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Messages that are read of one file.
pub const MESSAGES_MAX: usize = 500;
/// Elements, attributes and texts of one file: what it may take in memory.
const NODES_MAX: u32 = 200_000;
/// Refusals that are named; those beyond are counted.
const REFUSED_MAX: usize = 100;

/// The namespace of CAP 1.2.
pub(super) const CAP: &str = "urn:oasis:names:tc:emergency:cap:1.2";
/// What namespaces of CAP begin with.
const ANY_CAP: &str = "urn:oasis:names:tc:emergency:cap:";

/// What a file held.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CapFile {
    /// Its messages about abducted children, in its order; tests and exercises too, which say that they are.
    pub messages: Vec<NewAmberMessage>,
    /// Messages about something else.
    pub n_other: u64,
    /// Messages that could not be taken.
    pub n_refused: u64,
    /// The first of those.
    pub refused: Vec<CapRefused>,
}

/// A message that could not be taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CapRefused {
    /// The line on which it begins, counted from 1.
    pub line: u32,
    /// Why, naming the element; nothing of what it says.
    pub why: String,
}

/// A file of which nothing can be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct CapFault {
    /// Where, counted from 1.
    pub line: u32,
    /// What is wrong, and what would be right.
    pub why: String,
}

impl CapFile {
    fn refuse(&mut self, line: u32, why: impl Into<String>) {
        self.n_refused += 1;
        if self.refused.len() < REFUSED_MAX {
            self.refused.push(CapRefused { line, why: why.into() });
        }
    }
}

/// Reads a message or a feed of them at a moment. Document types, and with them entities, are refused; nothing that the file
/// names is fetched.
pub fn read_cap(bytes: &[u8], now: Timestamp) -> Result<CapFile, CapFault> {
    let fault = |line, why: String| CapFault { line, why };
    if bytes.len() > CAP_BYTES_MAX {
        let why = format!("the file has {} bytes, more than {CAP_BYTES_MAX}", bytes.len());
        return Err(fault(1, why));
    }
    let text = utf8(bytes)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..Default::default() };
    let document = Document::parse_with_options(text, options).map_err(|err| {
        // A file that was cut ends without a place of its own: what is missing is missing behind its last line.
        let line = match &err {
            roxmltree::Error::UnclosedRootNode => n_lines(text),
            _ => err.pos().row.max(1),
        };
        fault(line, format!("it is not XML that is whole: {err}"))
    })?;
    let mut file = CapFile::default();
    let is_alert = |node: &Node<'_, '_>| node.tag_name().name() == "alert" && of_cap(node);
    let mut alerts = document.descendants().filter(is_alert);
    let mut n_seen = 0;
    for node in alerts.by_ref().take(MESSAGES_MAX) {
        n_seen += 1;
        take(&mut file, &node, line_of(&document, &node), now);
    }
    if let Some(node) = alerts.next() {
        let why = format!(
            "the file has more than {MESSAGES_MAX} messages: those from here on are left out"
        );
        file.refuse(line_of(&document, &node), why);
    }
    refuse_links(&mut file, &document);
    let root = document.root_element();
    if n_seen == 0 && file.n_refused == 0 && !may_be_empty(&root) {
        let name = root.tag_name().name();
        let why = format!("<{name}> holds no alert of CAP 1.2 ({CAP})");
        return Err(fault(line_of(&document, &root), why));
    }
    Ok(file)
}

fn take(file: &mut CapFile, node: &Node<'_, '_>, line: u32, now: Timestamp) {
    if node.tag_name().namespace() != Some(CAP) {
        return file.refuse(line, "<alert> is of another version of CAP than 1.2");
    }
    match message(node, now) {
        Ok(message) if file.messages.iter().any(|one| one.name == message.name) => {
            file.refuse(line, "<alert> stands in the file twice: the first one counts");
        }
        Ok(message) => file.messages.push(message),
        Err(Unfit::Other) => file.n_other += 1,
        Err(Unfit::Broken(why)) => file.refuse(line, why),
    }
}

/// An entry of a feed that only points at its message: that is not fetched, and is said.
fn refuse_links(file: &mut CapFile, document: &Document<'_>) {
    let is_entry = |node: &Node<'_, '_>| {
        matches!(
            (node.tag_name().namespace(), node.tag_name().name()),
            (Some("http://www.w3.org/2005/Atom"), "entry") | (None, "item")
        )
    };
    let has_alert = |node: &Node<'_, '_>| {
        node.descendants().any(|one| one.tag_name().name() == "alert" && of_cap(&one))
    };
    let entries = document.descendants().filter(is_entry).take(MESSAGES_MAX);
    for entry in entries.filter(|entry| !has_alert(entry)) {
        let line = line_of(document, &entry);
        let why = "the entry holds no alert of CAP 1.2 but at most a link to one: ask the source for a feed that holds the alerts";
        file.refuse(line, why);
    }
}

fn of_cap(node: &Node<'_, '_>) -> bool {
    node.tag_name().namespace().is_some_and(|of| of.starts_with(ANY_CAP))
}

/// Whether an element may hold no message: a feed on a good day.
fn may_be_empty(root: &Node<'_, '_>) -> bool {
    ["feed", "rss", "EDXLDistribution", "alerts"].contains(&root.tag_name().name())
}

fn line_of(document: &Document<'_>, node: &Node<'_, '_>) -> u32 {
    document.text_pos_at(node.range().start).row
}

fn utf8(bytes: &[u8]) -> Result<&str, CapFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let fault = |line, why: &str| CapFault { line, why: why.to_owned() };
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(fault(1, "the file is UTF-16: CAP over the web is UTF-8"));
    }
    let text = std::str::from_utf8(bytes).map_err(|err| {
        let before = bytes.get(..err.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        fault(u32::try_from(line).unwrap_or(u32::MAX), "a byte is not UTF-8")
    })?;
    match declared(text) {
        Some(said)
            if !said.eq_ignore_ascii_case("utf-8") && !said.eq_ignore_ascii_case("us-ascii") =>
        {
            Err(fault(1, "the file says that it is written in something else than UTF-8"))
        }
        _ => Ok(text),
    }
}

fn n_lines(text: &str) -> u32 {
    u32::try_from(text.lines().count()).unwrap_or(u32::MAX).max(1)
}

/// The encoding that an XML declaration names.
fn declared(text: &str) -> Option<&str> {
    let declaration = text.strip_prefix("<?xml")?.split_once("?>")?.0;
    let (_, after) = declaration.split_once("encoding")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
    after.get(1..)?.split_once(quote).map(|(said, _)| said)
}
