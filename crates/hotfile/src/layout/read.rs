//! Reading a layout: every fault is found, not only the first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::TopicKind;
use plate::CodeSystem;
use serde::Deserialize;

use super::{
    Actions, CodedFields, Column, Columns, Encoding, Form, Layout, NamedTopic, Priorities, Update,
};
use crate::codes::{Code, Codes};
use crate::dates::{DateFormat, Dates};
use crate::fixed::Place;
use crate::rows::{COLUMNS_MAX, ROW_BYTES_MAX};

/// A layout is a page of text.
const LAYOUT_BYTES_MAX: usize = 64 * 1024;
/// Topics of one source; NCIC's extract has thirteen.
const TOPICS_MAX: usize = 100;

/// What is wrong with a layout, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{place}: {says}")]
pub struct Fault {
    /// The setting, or the line.
    pub place: String,
    /// What is wrong, and what would be right.
    pub says: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    name: String,
    kind: Kind,
    delimiter: Option<String>,
    quote: Option<String>,
    header: Option<bool>,
    width: Option<u16>,
    encoding: Option<String>,
    update: Option<String>,
    #[serde(default)]
    ignore: Vec<String>,
    state_codes: Option<CodeSystem>,
    columns: WrittenColumns,
    #[serde(default)]
    dates: WrittenDates,
    #[serde(default)]
    codes: BTreeMap<String, WrittenCodes>,
    #[serde(default)]
    topics: Vec<WrittenTopic>,
    #[serde(default)]
    actions: WrittenActions,
    #[serde(default)]
    priorities: WrittenPriorities,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Delimited,
    FixedWidth,
}

/// Columns by name, so that one that does not exist is named with what is wrong about it.
type WrittenColumns = BTreeMap<String, WrittenColumn>;

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a column's name, its number from 1, or { start = 1, length = 8 }"
)]
enum WrittenColumn {
    Number(u16),
    Name(String),
    Place(WrittenPlace),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlace {
    start: u16,
    length: u16,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDates {
    #[serde(default)]
    formats: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a table's name such as \"vma\", or codes of its own")]
enum WrittenCodes {
    BuiltIn(String),
    Own(BTreeMap<String, Code>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTopic {
    value: String,
    name: String,
    kind: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenActions {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPriorities {
    #[serde(default)]
    high: Vec<String>,
    #[serde(default)]
    normal: Vec<String>,
    #[serde(default)]
    low: Vec<String>,
}

/// Faults as they are found.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, place: impl fmt::Display, says: impl fmt::Display) {
        self.0.push(Fault { place: place.to_string(), says: says.to_string() });
    }

    fn unless(&mut self, good: bool, place: impl fmt::Display, says: impl fmt::Display) {
        if !good {
            self.add(place, says);
        }
    }
}

pub(super) fn read(text: &str) -> Result<Layout, Vec<Fault>> {
    let mut faults = Faults::default();
    if text.len() > LAYOUT_BYTES_MAX {
        faults.add("whole file", format_args!("is longer than {} KiB", LAYOUT_BYTES_MAX / 1024));
        return Err(faults.0);
    }
    let written: Written = match toml::from_str(text) {
        Ok(written) => written,
        Err(err) => {
            let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
            let place = err.span().map(|span| format!("line {}", line(span.start)));
            faults.add(place.unwrap_or_else(|| "whole file".to_owned()), err.message());
            return Err(faults.0);
        }
    };
    let layout = whole(written, &mut faults);
    match layout {
        Some(layout) if faults.0.is_empty() => Ok(layout),
        _ => Err(faults.0),
    }
}

fn whole(written: Written, faults: &mut Faults) -> Option<Layout> {
    faults.unless(written.version == 1, "version", "expected 1");
    faults.unless(!written.name.trim().is_empty(), "name", "is empty");
    let form = form(&written, faults);
    let encoding = written.encoding.as_deref().map_or(Some(Encoding::Detect), Encoding::parse);
    faults.unless(encoding.is_some(), "encoding", "expected detect, utf8, utf16 or latin1");
    let update = written.update.as_deref().map_or(Some(Update::Full), Update::parse);
    faults.unless(update.is_some(), "update", "expected full or incremental");
    let blank = written.ignore.iter().any(String::is_empty);
    faults.unless(!blank, "ignore", "an empty text would ignore every row");
    let columns = columns(written.columns, written.kind, written.header.unwrap_or(true), faults);
    let layout = Layout {
        name: written.name.trim().to_owned(),
        form,
        encoding: encoding.unwrap_or_default(),
        update: update.unwrap_or_default(),
        ignore: written.ignore,
        state_codes: written.state_codes.unwrap_or(CodeSystem::Ncic),
        columns: columns?,
        dates: dates(written.dates, faults),
        codes: codes(written.codes, faults),
        topics: topics(written.topics, faults),
        actions: Actions { add: written.actions.add, remove: written.actions.remove },
        priorities: Priorities {
            high: written.priorities.high,
            normal: written.priorities.normal,
            low: written.priorities.low,
        },
    };
    together(&layout, faults);
    Some(layout)
}

/// What one setting asks of another.
fn together(layout: &Layout, faults: &mut Faults) {
    let Layout { columns, dates, topics, actions, priorities, .. } = layout;
    let dated = columns.effective.is_some() || columns.expires.is_some();
    faults.unless(
        !dated || !dates.formats.is_empty(),
        "dates.formats",
        "a column holds dates: say how they are written, such as [\"%Y-%m-%d\"]",
    );
    faults.unless(
        columns.topic.is_some() != topics.is_empty(),
        "topics",
        "a topic column and [[topics]] go together",
    );
    let acts = !actions.add.is_empty() && !actions.remove.is_empty();
    faults.unless(
        columns.action.is_some() == acts,
        "actions",
        "an action column and what it writes for `add` and for `remove` go together",
    );
    faults.unless(
        layout.update == Update::Full || columns.action.is_some(),
        "update",
        "an incremental file needs an action column",
    );
    let ranked = [&priorities.high, &priorities.normal, &priorities.low];
    faults.unless(
        columns.priority.is_some() == ranked.iter().any(|words| !words.is_empty()),
        "priorities",
        "a priority column and what it writes go together",
    );
    no_doubles("actions", actions.add.iter().chain(&actions.remove), faults);
    no_doubles("priorities", ranked.into_iter().flatten(), faults);
}

fn no_doubles<'a>(place: &str, texts: impl Iterator<Item = &'a String>, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for text in texts {
        let fresh = seen.insert(text.trim().to_ascii_uppercase());
        faults.unless(fresh, place, format_args!("\"{text}\" stands there twice"));
    }
}

fn form(written: &Written, faults: &mut Faults) -> Form {
    match written.kind {
        Kind::Delimited => {
            faults.unless(written.width.is_none(), "width", "is for kind = \"fixed-width\"");
            let delimiter = delimiter(written.delimiter.as_deref().unwrap_or(","));
            let quote = match written.quote.as_deref() {
                None => Some('"'),
                Some("none") => None,
                Some(text) => {
                    let one = one_ascii(text);
                    faults.unless(one.is_some(), "quote", "expected one character, or \"none\"");
                    one
                }
            };
            let wrong =
                "expected one character that is no letter, digit, quote or line break, or \"tab\"";
            faults.unless(delimiter.is_some(), "delimiter", wrong);
            faults.unless(delimiter.is_none() || delimiter != quote, "quote", "is the delimiter");
            Form::Delimited {
                delimiter: delimiter.unwrap_or(','),
                quote,
                header: written.header.unwrap_or(true),
            }
        }
        Kind::FixedWidth => {
            for (name, there) in [
                ("delimiter", written.delimiter.is_some()),
                ("quote", written.quote.is_some()),
                ("header", written.header.is_some()),
            ] {
                faults.unless(!there, name, "is for kind = \"delimited\"");
            }
            Form::Fixed { width: written.width }
        }
    }
}

fn delimiter(text: &str) -> Option<char> {
    if text == "tab" {
        return Some('\t');
    }
    one_ascii(text).filter(|one| one.is_ascii_punctuation() || matches!(one, ' ' | '\t'))
}

fn one_ascii(text: &str) -> Option<char> {
    let mut letters = text.chars();
    let one = letters.next().filter(|one| one.is_ascii() && !matches!(one, '\n' | '\r' | '\0'));
    one.filter(|_| letters.next().is_none())
}

fn columns(
    mut written: WrittenColumns,
    kind: Kind,
    header: bool,
    faults: &mut Faults,
) -> Option<Columns> {
    let mut take = |name: &str| {
        let place = format!("columns.{name}");
        written.remove(name).map(|one| column(one, kind, header, &place, faults))
    };
    let plate = take("plate");
    let mut columns = Columns::of_plate(plate.clone().unwrap_or(Column::Number(1)));
    columns.state = take("state");
    columns.make = take("make");
    columns.model = take("model");
    columns.colour = take("colour");
    columns.year = take("year");
    columns.body = take("body");
    columns.class = take("class");
    columns.plate_type = take("plate_type");
    columns.reference = take("reference");
    columns.case_number = take("case_number");
    columns.note = take("note");
    columns.caution = take("caution");
    columns.topic = take("topic");
    columns.priority = take("priority");
    columns.effective = take("effective");
    columns.expires = take("expires");
    columns.action = take("action");
    for name in written.keys() {
        let says = match name.as_str() {
            "name" | "person" | "owner" => "persons' names are not kept: leave the column out",
            "vin" => "vehicle numbers are not kept: leave the column out",
            _ => "there is no such field",
        };
        faults.add(format_args!("columns.{name}"), says);
    }
    faults.unless(plate.is_some(), "columns.plate", "is missing");
    plate.map(|_| columns)
}

fn column(
    written: WrittenColumn,
    kind: Kind,
    header: bool,
    place: &str,
    faults: &mut Faults,
) -> Column {
    match (written, kind) {
        (WrittenColumn::Place(WrittenPlace { start, length }), Kind::FixedWidth) => {
            let end = usize::from(start) + usize::from(length);
            let good = start > 0 && length > 0 && end <= ROW_BYTES_MAX;
            faults.unless(good, place, "places are counted from 1, and lengths are 1 or more");
            Column::Place(Place { start, length })
        }
        (_, Kind::FixedWidth) => {
            faults.add(place, "expected a place such as { start = 1, length = 8 }");
            Column::Number(1)
        }
        (WrittenColumn::Place(_), Kind::Delimited) => {
            faults.add(place, "a place is for kind = \"fixed-width\": expected a name or a number");
            Column::Number(1)
        }
        (WrittenColumn::Number(number), Kind::Delimited) => {
            let good = number > 0 && usize::from(number) <= COLUMNS_MAX;
            let says = format_args!("columns are counted from 1 to {COLUMNS_MAX}").to_string();
            faults.unless(good, place, says);
            Column::Number(number)
        }
        (WrittenColumn::Name(name), Kind::Delimited) => {
            faults.unless(header, place, "is named, but the file has no header: give its number");
            Column::Name(name)
        }
    }
}

fn dates(written: WrittenDates, faults: &mut Faults) -> Dates {
    let mut formats = Vec::new();
    for format in written.formats {
        match DateFormat::parse(&format) {
            Ok(format) => formats.push(format),
            Err(why) => faults.add("dates.formats", format_args!("\"{format}\" {why}")),
        }
    }
    Dates { formats, none: written.none }
}

fn codes(mut written: BTreeMap<String, WrittenCodes>, faults: &mut Faults) -> CodedFields {
    let mut take = |field: &str| {
        let mut table = Codes::default();
        match written.remove(field)? {
            WrittenCodes::BuiltIn(name) => match Codes::built_in(&name) {
                Ok(built_in) => table = built_in,
                Err(err) => faults.add(format_args!("codes.{field}"), err),
            },
            WrittenCodes::Own(own) => {
                // `like` names the table that the own codes are added to.
                if let Some(base) = own.get("like") {
                    match Codes::built_in(&base.says) {
                        Ok(built_in) => table = built_in,
                        Err(err) => faults.add(format_args!("codes.{field}.like"), err),
                    }
                }
                for (code, means) in own.into_iter().filter(|(code, _)| code != "like") {
                    table.add(&code, means);
                }
            }
        }
        Some(table)
    };
    let fields = CodedFields {
        make: take("make"),
        model: take("model"),
        colour: take("colour"),
        body: take("body"),
        plate_type: take("plate_type"),
        class: take("class"),
    };
    for field in written.keys() {
        faults.add(format_args!("codes.{field}"), "this field has no codes");
    }
    fields
}

fn topics(written: Vec<WrittenTopic>, faults: &mut Faults) -> Vec<NamedTopic> {
    let many = format!("at most {TOPICS_MAX}");
    faults.unless(written.len() <= TOPICS_MAX, "topics", many);
    no_doubles("topics", written.iter().map(|topic| &topic.value), faults);
    let mut topics = Vec::new();
    for topic in written {
        let named = !topic.value.trim().is_empty() && !topic.name.trim().is_empty();
        faults.unless(named, "topics", "a topic needs what the file writes and a name for people");
        let Some(kind) = TopicKind::parse(&topic.kind) else {
            let there = TopicKind::ALL.map(TopicKind::word).join(", ");
            let says = format_args!("\"{}\" is no kind of topic; there are {there}", topic.kind)
                .to_string();
            faults.add("topics.kind", says);
            continue;
        };
        let (value, name) = (topic.value.trim().to_owned(), topic.name.trim().to_owned());
        topics.push(NamedTopic { value, name, kind });
    }
    topics
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str =
        "version = 1\nname = \"Ours\"\nkind = \"delimited\"\n[columns]\nplate = \"LIC\"\n";

    fn faults(text: &str) -> Vec<String> {
        let faults = read(text).map(drop).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_layout_needs_little() {
        let layout = read(GOOD).unwrap();
        assert_eq!(layout.columns.plate, Column::Name("LIC".to_owned()));
        let plain = Layout::plain(Column::Name("LIC".to_owned()));
        assert_eq!(Layout { name: "CSV".to_owned(), ..layout }, plain);
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let text = "version = 2\nname = \"\"\nkind = \"delimited\"\ndelimiter = \"xx\"\nheader = false\n\
            encoding = \"ebcdic\"\nupdate = \"incremental\"\n\
            [columns]\nplate = { start = 1, length = 8 }\nstate = \"LIS\"\nname = 3\nexpires = 4\ntopic = 0\n\
            [dates]\nformats = [\"%H\"]\n[codes]\nmake = \"vmx\"\nnote = \"vma\"\n\
            [[topics]]\nvalue = \"IMM\"\nname = \"Immigration\"\nkind = \"immigration\"\n\
            [priorities]\nhigh = [\"1\", \"1\"]\n";
        let all = faults(text);
        let expected = [
            "version: expected 1",
            "name: is empty",
            "delimiter: expected one character",
            "encoding: expected detect",
            "columns.plate: a place is for kind",
            "columns.state: is named, but the file has no header",
            "columns.topic: columns are counted from 1",
            "columns.name: persons' names are not kept",
            "dates.formats: \"%H\" has to say year, month and day",
            "codes.make: there is no table `vmx`",
            "codes.note: this field has no codes",
            "topics.kind: \"immigration\" is no kind of topic",
            "dates.formats: a column holds dates",
            "update: an incremental file needs an action column",
            "priorities: a priority column",
            "priorities: \"1\" stands there twice",
        ];
        for begin in expected {
            assert!(all.iter().any(|fault| fault.starts_with(begin)), "{begin}: {all:#?}");
        }
    }

    #[test]
    fn text_that_is_no_layout_is_named_by_its_line() {
        assert!(faults("version = 1\nname = ")[0].starts_with("line 2: "));
        let unknown = format!("colour = 1\n{GOOD}");
        assert!(faults(&unknown)[0].starts_with("line 1: unknown field `colour`"));
        let odd = GOOD.replace("\"LIC\"", "[1]");
        assert_eq!(
            faults(&odd),
            ["line 5: expected a column's name, its number from 1, or { start = 1, length = 8 }"]
        );
    }

    #[test]
    fn own_codes_stand_beside_those_that_come_with_the_program() {
        let text = format!("{GOOD}make = 2\n[codes.make]\nlike = \"vma\"\nZAP = \"Zap\"\n");
        let makes = read(&text).unwrap().codes.make.unwrap();
        let says = |code: &str| makes.means(code).map(|code| code.says);
        assert_eq!(
            (says("zap").as_deref(), says("TOYT").as_deref()),
            (Some("Zap"), Some("Toyota"))
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_layout_or_refused_with_a_reason(text in "\\PC{0,200}") {
            if let Err(faults) = read(&text) {
                prop_assert!(!faults.is_empty());
            }
        }
    }
}
