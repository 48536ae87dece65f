//! Plate text: normalising, jurisdictions, look-alikes, patterns, the dictionary and the hotlist
//! matcher.
//!
//! Everything here is ring 0: values in, values out. The one thing that is permanent is the packed
//! form of a plate ([`Packed`]), because it is written to disk.

mod dictionary;
mod glob;
mod grade;
mod jurisdiction;
mod latin;
mod matcher;
mod packed;
mod pattern;
mod plate_table;
mod scan;
mod text;
mod wildcards;

pub use dictionary::{Dictionary, Found};
pub use grade::{Grade, JurisdictionFit};
pub use jurisdiction::{CodeSystem, Jurisdiction, JurisdictionError};
pub use latin::RefusedChar;
pub use matcher::{EntryId, Match, MatchEntry, Matcher, MatcherBuilder, Wanted};
pub use packed::{Packed, PackedError};
pub use pattern::{Pattern, PatternError};
pub use text::{PlateText, PlateTextError, PlateTextStr};
