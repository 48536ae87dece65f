//! A row's fields to an entry, by the mapping.

use domain::HotlistEntry;
use plate::{CodeSystem, Jurisdiction};

use super::{Column, ImportError, Mapping};
use crate::matching;
use crate::use_cases::rows::Row;

/// Bytes of one field that are kept; the notes of the longest lists are shorter.
const FIELD_BYTES_MAX: usize = 1_000;
/// Model years that are believed: the first car plates were issued in 1901.
const YEARS: std::ops::RangeInclusive<u16> = 1885..=2100;

/// Where each field stands, counted from 0.
pub(super) struct Columns {
    plate: usize,
    state: Option<usize>,
    codes: CodeSystem,
    make: Option<usize>,
    model: Option<usize>,
    colour: Option<usize>,
    year: Option<usize>,
    reference: Option<usize>,
    note: Option<usize>,
}

/// Why a row is refused.
pub(super) enum Refused {
    /// This row.
    Row(String),
    /// The whole file: it is not written in what was said.
    File(String),
}

impl Columns {
    /// Finds the mapping's columns, by name in the first row where the file has names.
    pub(super) fn find(mapping: &Mapping, header: Option<&Row<'_>>) -> Result<Self, ImportError> {
        let place = |field: &'static str, column: &Column| place_of(field, column, header);
        let optional = |field, column: &Option<Column>| {
            column.as_ref().map(|column| place(field, column)).transpose()
        };
        Ok(Self {
            plate: place("plate", &mapping.plate)?,
            state: optional("state", &mapping.state)?,
            codes: mapping.state_codes,
            make: optional("make", &mapping.make)?,
            model: optional("model", &mapping.model)?,
            colour: optional("colour", &mapping.colour)?,
            year: optional("year", &mapping.year)?,
            reference: optional("reference", &mapping.reference)?,
            note: optional("note", &mapping.note)?,
        })
    }

    /// The entry that a row says, or why it is refused. Reasons name the column and never repeat a plate.
    pub(super) fn entry(&self, row: &Row<'_>) -> Result<HotlistEntry, Refused> {
        let plate = text(row, self.plate, "plate")?.unwrap_or_default();
        let plate =
            matching::spelled(plate).map_err(|why| Refused::Row(format!("plate: {why}")))?;
        let jurisdiction = self.jurisdiction(row)?;
        Ok(HotlistEntry {
            plate,
            jurisdiction,
            make: optional(row, self.make, "make")?,
            model: optional(row, self.model, "model")?,
            colour: optional(row, self.colour, "colour")?,
            year: self.year(row)?,
            reference: optional(row, self.reference, "reference")?,
            note: optional(row, self.note, "note")?,
        })
    }

    fn jurisdiction(&self, row: &Row<'_>) -> Result<Option<Jurisdiction>, Refused> {
        let Some(column) = self.state else { return Ok(None) };
        let Some(code) = text(row, column, "state")? else { return Ok(None) };
        let found = Jurisdiction::parse(code, self.codes);
        found.map(Some).map_err(|err| Refused::Row(format!("state: {err}")))
    }

    fn year(&self, row: &Row<'_>) -> Result<Option<u16>, Refused> {
        let Some(column) = self.year else { return Ok(None) };
        let Some(year) = text(row, column, "year")? else { return Ok(None) };
        match year.parse() {
            Ok(year) if YEARS.contains(&year) => Ok(Some(year)),
            _ => Err(Refused::Row("year: expected four digits such as 2019".to_owned())),
        }
    }
}

fn optional(row: &Row<'_>, column: Option<usize>, name: &str) -> Result<Option<String>, Refused> {
    let Some(column) = column else { return Ok(None) };
    Ok(text(row, column, name)?.map(str::to_owned))
}

/// A field's text without spaces around it; none when it is empty or the row ends before it.
fn text<'a>(row: &Row<'a>, column: usize, name: &str) -> Result<Option<&'a str>, Refused> {
    let Some(bytes) = row.field(column) else { return Ok(None) };
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

fn place_of(
    field: &'static str,
    column: &Column,
    header: Option<&Row<'_>>,
) -> Result<usize, ImportError> {
    let wrong = |why: String| ImportError::Mapping { field, why };
    match (column, header) {
        (Column::Number(0), _) => Err(wrong("columns are counted from 1".to_owned())),
        (Column::Number(n), Some(row)) if usize::from(*n) > row.n_columns() => {
            Err(wrong(format!("there is no column {n}: the first row has {}", row.n_columns())))
        }
        (Column::Number(n), _) => Ok(usize::from(*n) - 1),
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
                    .take(20)
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
