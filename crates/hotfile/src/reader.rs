//! A file to changes of a list: pieces go in, entries come out, and what was wrong is counted and named.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher as _;

use domain::{HotlistEntry, ImportTally, RefusedRow, Timestamp};
use jiff::tz::TimeZone;
use plate::Jurisdiction;

use crate::columns::{Field, Places, Refused, Said, fixed_places};
use crate::fixed::FixedRows;
use crate::layout::{Encoding, Form, Layout, Update};
use crate::rows::{Next, Row, Rows};
use crate::text::{ToUtf8, WrongEncoding};

/// Refused rows that are listed; the others are counted.
pub(crate) const REFUSED_LISTED_MAX: usize = 1_000;
/// Rows of a list: what the matcher counts and what fits in memory.
const ENTRIES_MAX: u64 = 50_000_000;
/// Topics that a layout does not know and that are named all the same. More of them are no topics but another column.
const STRANGERS_MAX: usize = 20;
/// Characters of such a topic.
const STRANGER_CHARS_MAX: usize = 24;

/// A topic of the list, as it stands when the file is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownTopic {
    /// What the file writes.
    pub value: String,
    /// Its number in the list.
    pub number: u32,
    /// Whether it is on.
    pub on: bool,
}

/// What a file is read against.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Where the file's days begin.
    pub zone: TimeZone,
    /// What is over by then is not kept.
    pub now: Timestamp,
    /// The list's topics.
    pub topics: Vec<KnownTopic>,
}

/// What a row does to its list.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every row adds: a box for each would cost more than the room that others waste"
)]
pub enum Change {
    /// It stands on the list.
    Add(HotlistEntry),
    /// It is taken off.
    Remove(Removal),
}

/// Which entries a row takes off.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Removal {
    /// The plate or pattern, as entries spell it.
    pub plate: String,
    /// The issuing state.
    pub jurisdiction: Option<Jurisdiction>,
    /// The topic, where the list has any.
    pub topic: Option<u32>,
    /// The record's number; none takes off every record of the plate.
    pub reference: Option<String>,
}

/// Nothing of it belongs in a log.
impl std::fmt::Debug for Removal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Removal(…)")
    }
}

/// Codes that their tables do not know, by field.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct UnknownCodes(BTreeMap<&'static str, u64>);

impl UnknownCodes {
    pub(crate) fn count(&mut self, field: &'static str) {
        *self.0.entry(field).or_default() += 1;
    }

    /// How many of each field.
    pub fn by_field(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(field, n)| (*field, *n))
    }
}

/// Rows of a topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicRows {
    /// What the file writes.
    pub value: String,
    /// Its number in the list; none where the list did not know it.
    pub number: Option<u32>,
    /// How many rows.
    pub n_rows: u64,
    /// Whether they were taken.
    pub on: bool,
}

/// What was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Rows by what became of them.
    pub tally: ImportTally,
    /// Rows that say the same plate and state as an earlier one; taken all the same.
    pub n_duplicates: u64,
    /// The encoding it was read in.
    pub encoding: Encoding,
    /// Codes that their tables do not know; the rows were taken.
    pub unknown_codes: UnknownCodes,
    /// Topics of the list and of the file.
    pub topics: Vec<TopicRows>,
    /// Rows of topics that are not named, because there were too many of them to be topics.
    pub n_of_other_topics: u64,
}

/// Why nothing of a file can be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FileFault {
    /// The layout does not fit the file.
    #[error("{field}: {why}")]
    Layout {
        /// Which column of the layout.
        field: &'static str,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// It cannot be read as text, or is too much.
    #[error("line {line}: {why}")]
    Line {
        /// Where, counted from 1.
        line: u64,
        /// What is wrong, and what would be right.
        why: String,
    },
}

#[derive(Debug)]
enum Splitter {
    Delimited(Box<Rows>),
    Fixed(FixedRows),
}

impl Splitter {
    fn of(layout: &Layout) -> Result<Self, FileFault> {
        match &layout.form {
            Form::Delimited { delimiter, quote, .. } => {
                let byte = |one: char| u8::try_from(one).ok().filter(u8::is_ascii);
                let usable = byte(*delimiter)
                    .filter(|one| !one.is_ascii_alphanumeric())
                    .filter(|one| !matches!(one, b'"' | b'\n' | b'\r' | 0));
                let why = "expected one ASCII character that is no letter, digit, quote or line break, such as , or ;";
                let wrong = || FileFault::Layout { field: "delimiter", why: why.to_owned() };
                let delimiter = usable.ok_or_else(wrong)?;
                Ok(Self::Delimited(Box::new(Rows::with_quote(delimiter, quote.and_then(byte)))))
            }
            Form::Fixed { width } => {
                let ignore = layout.ignore.clone();
                Ok(Self::Fixed(FixedRows::new(fixed_places(layout), *width, ignore)))
            }
        }
    }

    fn next(&mut self, piece: &mut &[u8], last: bool) -> Next<'_> {
        match self {
            Self::Delimited(rows) => rows.next(piece, last),
            Self::Fixed(rows) => rows.next(piece, last),
        }
    }
}

/// Reads one file.
#[derive(Debug)]
pub struct Reader {
    splitter: Splitter,
    to_utf8: Option<ToUtf8>,
    state: State,
}

/// What is known of a file so far.
#[derive(Debug)]
struct State {
    layout: Layout,
    zone: TimeZone,
    now: Timestamp,
    places: Option<Places>,
    tally: ImportTally,
    /// A hash of every entry's plate and state: 8 bytes a row, so that ten million take 80 MB while they are read.
    seen: Vec<u64>,
    hasher: RandomState,
    unknown_codes: UnknownCodes,
    topics: Vec<TopicRows>,
    /// Topics by what the file writes, in capitals.
    by_value: HashMap<String, usize>,
    n_of_other_topics: u64,
}

impl Reader {
    /// Of a file that is written so.
    pub fn new(layout: Layout, reading: Reading) -> Result<Self, FileFault> {
        let splitter = Splitter::of(&layout)?;
        let topics: Vec<_> = reading.topics.into_iter().map(rows_of).collect();
        let values = topics.iter().enumerate();
        let by_value = values.map(|(place, topic)| (topic.value.to_ascii_uppercase(), place));
        let state = State {
            by_value: by_value.collect(),
            topics,
            layout,
            zone: reading.zone,
            now: reading.now,
            places: None,
            tally: ImportTally::default(),
            seen: Vec::new(),
            hasher: RandomState::new(),
            unknown_codes: UnknownCodes::default(),
            n_of_other_topics: 0,
        };
        Ok(Self { splitter, to_utf8: None, state })
    }

    /// Reads the next piece of the file, adding to `out` what its rows do; `last` says that nothing comes after it.
    pub fn take(
        &mut self,
        piece: &[u8],
        last: bool,
        out: &mut Vec<Change>,
    ) -> Result<(), FileFault> {
        let (to_utf8, skip) = match &mut self.to_utf8 {
            Some(to_utf8) => (to_utf8, 0),
            none => {
                let head = piece.get(..piece.len().min(4_096)).unwrap_or_default();
                let chosen = ToUtf8::choose(self.state.layout.encoding, head);
                let (to_utf8, skip) = chosen.map_err(|WrongEncoding(why)| FileFault::Line {
                    line: 1,
                    why: why.to_owned(),
                })?;
                (none.insert(to_utf8), skip)
            }
        };
        let mut text = to_utf8.convert(piece.get(skip..).unwrap_or_default(), last);
        loop {
            match self.splitter.next(&mut text, last) {
                Next::Row(row) => self.state.take_row(&row, out)?,
                Next::TooLong { line, why } => self.state.refuse(line, why),
                Next::More | Next::End => return Ok(()),
            }
        }
    }

    /// How far it is.
    pub fn tally(&self) -> &ImportTally {
        &self.state.tally
    }

    /// What was read, once all of it was.
    pub fn finish(self) -> Summary {
        let mut state = self.state;
        let n_seen = state.seen.len();
        state.seen.sort_unstable();
        state.seen.dedup();
        Summary {
            tally: state.tally,
            n_duplicates: (n_seen - state.seen.len()) as u64,
            encoding: self.to_utf8.map_or(state.layout.encoding, |to_utf8| to_utf8.found()),
            unknown_codes: state.unknown_codes,
            topics: state.topics,
            n_of_other_topics: state.n_of_other_topics,
        }
    }
}

fn rows_of(known: KnownTopic) -> TopicRows {
    TopicRows { value: known.value, number: Some(known.number), n_rows: 0, on: known.on }
}

/// What an incremental file does with a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Add,
    Remove,
}

impl State {
    fn take_row(&mut self, row: &Row<'_>, out: &mut Vec<Change>) -> Result<(), FileFault> {
        if self.is_ignored(row) {
            return Ok(());
        }
        if self.places.is_none() {
            let has_header = matches!(self.layout.form, Form::Delimited { header: true, .. });
            self.places = Some(Places::find(&self.layout, has_header.then_some(row))?);
            if has_header {
                return Ok(());
            }
        }
        match self.change(row) {
            Ok(Some(change)) => out.push(change),
            Ok(None) => {}
            Err(Refused::Row(why)) => self.refuse(row.line, why),
            Err(Refused::File(why)) => return Err(FileFault::Line { line: row.line, why }),
        }
        if self.tally.n_taken + self.tally.n_removals > ENTRIES_MAX {
            let why =
                format!("the file has more than {ENTRIES_MAX} rows; split it into several lists");
            return Err(FileFault::Line { line: row.line, why });
        }
        Ok(())
    }

    /// Heads and tails of extracts; lines of fixed width are told by what they begin with before they are cut.
    fn is_ignored(&self, row: &Row<'_>) -> bool {
        if matches!(self.layout.form, Form::Fixed { .. }) {
            return false;
        }
        let first = row.field(0).unwrap_or_default().trim_ascii_start();
        self.layout.ignore.iter().any(|begin| first.starts_with(begin.as_bytes()))
    }

    /// What a row does; nothing where it is of a topic that is off, or over already.
    fn change(&mut self, row: &Row<'_>) -> Result<Option<Change>, Refused> {
        let Some(places) = &self.places else { return Ok(None) };
        places.check_shape(row)?;
        let said = places.said(&self.layout, row)?;
        let does = self.does(places, row)?;
        let topic = match self.layout.columns.topic {
            None => None,
            Some(_) => {
                let value = places.text(row, Field::Topic)?.unwrap_or_default().to_owned();
                let Some(number) = self.topic(&value) else {
                    self.tally.n_off += 1;
                    return Ok(None);
                };
                Some(number)
            }
        };
        if does == Does::Remove {
            self.tally.n_removals += 1;
            let Said { plate, jurisdiction, reference } = said;
            return Ok(Some(Change::Remove(Removal { plate, jurisdiction, topic, reference })));
        }
        let Some(places) = &self.places else { return Ok(None) };
        let unknown = &mut self.unknown_codes;
        let entry = places.entry(&self.layout, row, said, &self.zone, unknown)?;
        if entry.expires_at.is_some_and(|until| until <= self.now) {
            self.tally.n_expired += 1;
            return Ok(None);
        }
        self.seen.push(self.hasher.hash_one((&entry.plate, entry.jurisdiction)));
        self.tally.n_taken += 1;
        Ok(Some(Change::Add(HotlistEntry { topic, ..entry })))
    }

    fn does(&self, places: &Places, row: &Row<'_>) -> Result<Does, Refused> {
        let actions = &self.layout.actions;
        if self.layout.columns.action.is_none() {
            return Ok(Does::Add);
        }
        let word = places.text(row, Field::Action)?.unwrap_or_default();
        let names = |words: &[String]| words.iter().any(|one| one.eq_ignore_ascii_case(word));
        match self.layout.update {
            _ if names(&actions.add) => Ok(Does::Add),
            Update::Incremental if names(&actions.remove) => Ok(Does::Remove),
            Update::Full if names(&actions.remove) => Err(Refused::Row(
                "action: a whole list takes nothing off; say update = \"incremental\"".to_owned(),
            )),
            _ => Err(Refused::Row("action: is none that the layout knows".to_owned())),
        }
    }

    /// The number of a row's topic, where it is on. Counts the row either way.
    fn topic(&mut self, value: &str) -> Option<u32> {
        let place = match self.by_value.get(&value.to_ascii_uppercase()) {
            Some(place) => *place,
            None => match self.stranger(value) {
                Some(place) => place,
                None => {
                    self.n_of_other_topics += 1;
                    return None;
                }
            },
        };
        let topic = self.topics.get_mut(place)?;
        topic.n_rows += 1;
        topic.number.filter(|_| topic.on)
    }

    /// A topic that the list does not know, as long as there are few of them.
    fn stranger(&mut self, value: &str) -> Option<usize> {
        let n_strangers = self.topics.iter().filter(|topic| topic.number.is_none()).count();
        let nameable =
            value.chars().count() <= STRANGER_CHARS_MAX && !value.chars().any(char::is_control);
        if n_strangers >= STRANGERS_MAX || !nameable {
            return None;
        }
        let place = self.topics.len();
        let value = value.to_owned();
        self.by_value.insert(value.to_ascii_uppercase(), place);
        self.topics.push(TopicRows { value, number: None, n_rows: 0, on: false });
        Some(place)
    }

    fn refuse(&mut self, line: u64, reason: String) {
        self.tally.n_refused += 1;
        if self.tally.refused.len() < REFUSED_LISTED_MAX {
            self.tally.refused.push(RefusedRow { line, reason });
        }
    }
}

#[cfg(test)]
mod tests;
