//! A row's fields to an entry, by the layout.

use domain::{HotlistEntry, Priority, Timestamp, VehicleClass};
use jiff::tz::TimeZone;
use plate::Jurisdiction;

use crate::codes::{Code, Codes};
use crate::dates::Bound;
use crate::fixed::Place;
use crate::layout::{Column, Form, Layout, Priorities};
use crate::plates::spelled;
use crate::reader::{FileFault, UnknownCodes};
use crate::rows::Row;

/// Bytes of one field that are kept; the notes of the longest lists are shorter.
const FIELD_BYTES_MAX: usize = 1_000;
/// Model years that are believed: the first car plates were issued in 1901.
const YEARS: std::ops::RangeInclusive<u16> = 1885..=2100;
/// Columns that are named when one is missing.
const NAMES_TOLD: usize = 20;
/// Fields of a row, at most one of each.
const N_FIELDS: usize = 18;

/// A field, by its place among the columns of a layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(crate) enum Field {
    Plate,
    State,
    Make,
    Model,
    Colour,
    Year,
    Body,
    Class,
    PlateType,
    Reference,
    CaseNumber,
    Note,
    Caution,
    Topic,
    Priority,
    Effective,
    Expires,
    Action,
}

/// Where each field stands, counted from 0.
#[derive(Debug)]
pub(crate) struct Places {
    by_field: [Option<usize>; N_FIELDS],
    names: [&'static str; N_FIELDS],
    /// How many columns the first row has, where it names them.
    n_columns: Option<usize>,
}

/// Why a row is refused.
#[derive(Debug)]
pub(crate) enum Refused {
    /// This row.
    Row(String),
    /// The whole file: it is not written in what was said.
    File(String),
}

/// What a row says beside what it does with it.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) plate: String,
    pub(crate) jurisdiction: Option<Jurisdiction>,
    pub(crate) reference: Option<String>,
}

/// The places of a layout of fixed width, in the order in which rows have them.
pub(crate) fn fixed_places(layout: &Layout) -> Vec<Place> {
    let places = layout.columns.named().into_iter().filter_map(|(_, column)| match column {
        Some(Column::Place(place)) => Some(*place),
        _ => None,
    });
    places.collect()
}

impl Places {
    /// Finds the layout's columns, by name in the first row where the file has names.
    pub(crate) fn find(layout: &Layout, header: Option<&Row<'_>>) -> Result<Self, FileFault> {
        let mut by_field = [None; N_FIELDS];
        let named = layout.columns.named();
        let fixed = matches!(layout.form, Form::Fixed { .. });
        let mut n_fixed = 0;
        for ((name, column), place) in named.into_iter().zip(&mut by_field) {
            let Some(column) = column else { continue };
            *place = Some(match column {
                Column::Place(_) if fixed => n_fixed,
                _ if fixed => {
                    let why = "expected a place on the line".to_owned();
                    return Err(FileFault::Layout { field: name, why });
                }
                other => place_of(name, other, header)?,
            });
            n_fixed += 1;
        }
        let n_columns = header.map(Row::n_columns);
        Ok(Self { by_field, names: named.map(|(name, _)| name), n_columns })
    }

    fn name(&self, field: Field) -> &'static str {
        self.names.get(field as usize).copied().unwrap_or_default()
    }

    /// A field's text without spaces around it; none when it is empty, the row ends before it, or the file does not have it.
    pub(crate) fn text<'r>(&self, row: &Row<'r>, field: Field) -> Result<Option<&'r str>, Refused> {
        let Some(column) = self.by_field.get(field as usize).copied().flatten() else {
            return Ok(None);
        };
        let Some(bytes) = row.field(column) else { return Ok(None) };
        let name = self.name(field);
        let text = std::str::from_utf8(bytes).map_err(|err| {
            let byte = bytes.get(err.valid_up_to()).copied().unwrap_or_default();
            Refused::File(format!(
                "{name}: byte 0x{byte:02X} is not UTF-8; if the file is Latin-1 (Windows-1252), say encoding = \"latin1\""
            ))
        })?;
        let text = text.trim();
        if text.len() > FIELD_BYTES_MAX {
            return Err(Refused::Row(format!("{name}: is longer than {FIELD_BYTES_MAX} bytes")));
        }
        Ok((!text.is_empty()).then_some(text))
    }

    /// Whether a row has as many columns as the first one, as far as it can be told.
    pub(crate) fn check_shape(&self, row: &Row<'_>) -> Result<(), Refused> {
        let Some(n_columns) = self.n_columns else { return Ok(()) };
        if !row.ended && row.n_columns() < n_columns {
            let why = "the file ends in the middle of this row";
            return Err(Refused::Row(why.to_owned()));
        }
        let beyond = (n_columns..row.n_columns()).filter_map(|column| row.field(column));
        if beyond.into_iter().any(|field| !field.trim_ascii().is_empty()) {
            return Err(Refused::Row(format!(
                "the row has {} columns and the first one {n_columns}: they are shifted",
                row.n_columns()
            )));
        }
        Ok(())
    }

    /// The plate, its state and the record's number: what rows are told apart by.
    pub(crate) fn said(&self, layout: &Layout, row: &Row<'_>) -> Result<Said, Refused> {
        let plate = self.text(row, Field::Plate)?.unwrap_or_default();
        let plate = spelled(plate).map_err(|why| Refused::Row(format!("plate: {why}")))?;
        let state = self.text(row, Field::State)?;
        let jurisdiction = state.map(|code| Jurisdiction::parse(code, layout.state_codes));
        let jurisdiction =
            jurisdiction.transpose().map_err(|err| Refused::Row(format!("state: {err}")))?;
        let reference = self.owned(row, Field::Reference)?;
        Ok(Said { plate, jurisdiction, reference })
    }

    /// The entry that a row says, or why it is refused. Reasons name the column and never repeat a plate.
    pub(crate) fn entry(
        &self,
        layout: &Layout,
        row: &Row<'_>,
        said: Said,
        zone: &TimeZone,
        unknown: &mut UnknownCodes,
    ) -> Result<HotlistEntry, Refused> {
        let codes = &layout.codes;
        let mut coded = |field, table: &Option<Codes>| self.coded(row, field, table, unknown);
        let (make, _) = coded(Field::Make, &codes.make)?;
        let (model, _) = coded(Field::Model, &codes.model)?;
        let (colour, _) = coded(Field::Colour, &codes.colour)?;
        let (body, by_body) = coded(Field::Body, &codes.body)?;
        let (plate_type, by_plate) = coded(Field::PlateType, &codes.plate_type)?;
        let (word, by_class) = coded(Field::Class, &codes.class)?;
        let by_word = word.and_then(|word| VehicleClass::parse(&word.to_ascii_lowercase()));
        let effective_at = self.date(layout, row, Field::Effective, Bound::Begin, zone)?;
        let expires_at = self.date(layout, row, Field::Expires, Bound::End, zone)?;
        if let (Some(from), Some(until)) = (effective_at, expires_at)
            && until <= from
        {
            return Err(Refused::Row("expires: lies before effective".to_owned()));
        }
        let Said { plate, jurisdiction, reference } = said;
        Ok(HotlistEntry {
            plate,
            jurisdiction,
            make,
            model,
            colour,
            year: self.year(row)?,
            reference,
            case_number: self.owned(row, Field::CaseNumber)?,
            note: self.owned(row, Field::Note)?,
            caution: self.owned(row, Field::Caution)?,
            plate_type,
            class: class_of([by_class, by_word, by_body, by_plate]),
            body,
            topic: None,
            priority: self.priority(&layout.priorities, row)?,
            effective_at,
            expires_at,
        })
    }

    fn owned(&self, row: &Row<'_>, field: Field) -> Result<Option<String>, Refused> {
        Ok(self.text(row, field)?.map(str::to_owned))
    }

    /// What a coded field means, and the class of vehicle that its code says. A code that its table does not know is kept as it is.
    fn coded(
        &self,
        row: &Row<'_>,
        field: Field,
        table: &Option<Codes>,
        unknown: &mut UnknownCodes,
    ) -> Result<(Option<String>, Option<VehicleClass>), Refused> {
        let Some(written) = self.text(row, field)? else { return Ok((None, None)) };
        let Some(table) = table else { return Ok((Some(written.to_owned()), None)) };
        Ok(match table.means(written) {
            Some(Code { says, class }) => (Some(says), Some(class)),
            None => {
                unknown.count(self.name(field));
                (Some(written.to_owned()), None)
            }
        })
    }

    fn year(&self, row: &Row<'_>) -> Result<Option<u16>, Refused> {
        let Some(year) = self.text(row, Field::Year)? else { return Ok(None) };
        match year.parse() {
            Ok(year) if YEARS.contains(&year) => Ok(Some(year)),
            _ => Err(Refused::Row("year: expected four digits such as 2019".to_owned())),
        }
    }

    fn date(
        &self,
        layout: &Layout,
        row: &Row<'_>,
        field: Field,
        bound: Bound,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, Refused> {
        let Some(text) = self.text(row, field)? else { return Ok(None) };
        layout.dates.read(text, bound, zone).map_err(|()| {
            Refused::Row(format!("{}: is no date as the layout writes it", self.name(field)))
        })
    }

    fn priority(&self, words: &Priorities, row: &Row<'_>) -> Result<Option<Priority>, Refused> {
        let Some(text) = self.text(row, Field::Priority)? else { return Ok(None) };
        let ranked = [
            (Priority::High, &words.high),
            (Priority::Normal, &words.normal),
            (Priority::Low, &words.low),
        ];
        let names = |written: &&String| names_rank(written, text);
        Ok(ranked
            .into_iter()
            .find(|(_, all)| all.iter().any(|one| names(&one)))
            .map(|(rank, _)| rank))
    }
}

/// The first class that is known.
fn class_of(said: [Option<VehicleClass>; 4]) -> VehicleClass {
    said.into_iter().flatten().find(|class| !class.is_unknown()).unwrap_or_default()
}

/// Whether a priority's word, or range of numbers (`0-33`), is what the row says.
fn names_rank(written: &str, text: &str) -> bool {
    let range = || {
        let (first, last) = written.split_once('-')?;
        let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        Some((first..=last).contains(&text.parse().ok()?))
    };
    written.eq_ignore_ascii_case(text) || range().unwrap_or(false)
}

fn place_of(
    field: &'static str,
    column: &Column,
    header: Option<&Row<'_>>,
) -> Result<usize, FileFault> {
    let wrong = |why: String| FileFault::Layout { field, why };
    match (column, header) {
        (Column::Number(0), _) => Err(wrong("columns are counted from 1".to_owned())),
        (Column::Number(n), Some(row)) if usize::from(*n) > row.n_columns() => {
            Err(wrong(format!("there is no column {n}: the first row has {}", row.n_columns())))
        }
        (Column::Number(n), _) => Ok(usize::from(*n) - 1),
        (Column::Place(_), _) => {
            Err(wrong("a place on a line is for files of fixed width".to_owned()))
        }
        (Column::Name(name), None) => Err(wrong(format!(
            "the column \"{name}\" is named, but the file is said to have no header"
        ))),
        (Column::Name(name), Some(row)) => {
            let names: Vec<_> = (0..row.n_columns())
                .filter_map(|place| row.field(place))
                .map(|name| String::from_utf8_lossy(name).trim().to_owned())
                .collect();
            let wanted = name.trim();
            names.iter().position(|have| have.eq_ignore_ascii_case(wanted)).ok_or_else(|| {
                let names: Vec<_> = names
                    .iter()
                    .take(NAMES_TOLD)
                    .map(|name| name.chars().take(40).collect::<String>())
                    .collect();
                wrong(format!(
                    "no column is named \"{wanted}\"; the first row has: {}",
                    names.join(", ")
                ))
            })
        }
    }
}
