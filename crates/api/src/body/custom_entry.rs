//! Entries of the agency's own.

use app::custom_entries::{AskingCustomEntry, CustomBoard, CustomCard, CustomHappened, CustomPage};
use app::views::{OwnCard, ReadCard};
use domain::custom::CustomDeed;
use domain::{PersonId, Position, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::area::AreaIo;
use super::hit::EntryOut;
use crate::error::ApiError;

/// What one asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomEntryIn {
    /// Plate or pattern: `?` for any one character, `*` for any number, `[AB]` for either.
    plate: String,
    /// Postal code.
    #[serde(default)]
    state: String,
    /// `car`, `truck`, `motorcycle`, `trailer`, `bus`.
    #[serde(default)]
    class: String,
    #[serde(default)]
    make: String,
    #[serde(default)]
    model: String,
    #[serde(default)]
    colour: String,
    year: Option<u16>,
    /// `amber-alert`, `missing-person`, `wanted-person`, `stolen-vehicle`, `stolen-plate`, `investigation`.
    #[schema(example = "stolen-vehicle")]
    category: String,
    #[serde(default)]
    case_number: String,
    /// The number of the record at its source.
    #[serde(default)]
    reference: String,
    #[serde(default)]
    offence: String,
    /// Who is missing, described without a name.
    #[serde(default)]
    person: String,
    /// In one's own words.
    reason: String,
    #[serde(default)]
    caution: String,
    /// When it ends by itself.
    #[schema(format = DateTime)]
    expires_at: String,
    /// `low`, `normal`, `high`; absent: as the category says.
    #[serde(default)]
    priority: String,
    /// Where it raises hits. A part of a plate needs one.
    area: Option<AreaIo>,
    /// Roles that are told of hits.
    #[serde(default)]
    roles: Vec<String>,
    /// People who are told of hits.
    #[serde(default)]
    people: Vec<i64>,
    /// Whether nobody else sees the entry and its hits.
    #[serde(default)]
    covert: bool,
}

impl CustomEntryIn {
    pub(crate) fn asking(self) -> Result<AskingCustomEntry, ApiError> {
        let expires_at = Timestamp::parse(&self.expires_at).map_err(|_| {
            ApiError::invalid("expires_at", "is no moment, such as 2026-11-22T18:00:00Z".to_owned())
        })?;
        let area = |area: AreaIo| {
            let AreaIo { latitude, longitude, radius_m } = area;
            (Position { latitude, longitude }, radius_m)
        };
        Ok(AskingCustomEntry {
            plate: self.plate,
            state: self.state,
            class: self.class,
            colour: self.colour,
            make: self.make,
            model: self.model,
            year: self.year.map(|year| year.to_string()).unwrap_or_default(),
            category: self.category,
            case_number: self.case_number,
            reference: self.reference,
            offence: self.offence,
            person: self.person,
            reason: self.reason,
            caution: self.caution,
            expires_at: Some(expires_at),
            priority: self.priority,
            area: self.area.map(area),
            roles: self.roles,
            people: self.people.into_iter().map(PersonId::from_i64).collect(),
            covert: self.covert,
        })
    }
}

/// That an entry was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct AskedOut {
    pub(crate) custom_entry: i64,
}

/// What somebody decides about an entry that somebody else asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomDecisionIn {
    /// Whether it is approved.
    pub(crate) approve: bool,
    /// In one's own words.
    pub(crate) why: String,
}

/// How an entry is ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomEndIn {
    /// `recovered`, `cancelled`, `other`.
    #[schema(example = "recovered")]
    pub(crate) how: String,
    /// In one's own words; it closes the open hits.
    pub(crate) note: String,
}

/// How many reads of the last days an entry would have matched.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountedOut {
    pub(crate) n_reads: u64,
    pub(crate) days: u32,
}

/// An entry of the agency's own.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomEntryOut {
    custom_entry: i64,
    /// `waiting`, `active`, `refused`, `ended`, `expired`.
    state: &'static str,
    entry: EntryOut,
    category: &'static str,
    /// `low`, `normal`, `high`.
    priority: &'static str,
    case_number: Option<String>,
    offence: String,
    person: String,
    reason: String,
    /// Whether it is a part of a plate.
    partial: bool,
    area: Option<AreaIo>,
    /// Who is told, in words.
    audience: String,
    covert: bool,
    /// Who asked, by name.
    author: String,
    #[schema(format = DateTime)]
    asked_at: String,
    /// Who approved it, by name; empty where nobody has.
    approver: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<CustomCard> for CustomEntryOut {
    fn from(card: CustomCard) -> Self {
        let about = card.entry.about;
        let priority = about.priority().word();
        Self {
            custom_entry: card.entry.id.to_i64(),
            state: card.state.word(),
            category: about.category.word(),
            priority,
            case_number: about.wanted.case_number.clone(),
            partial: about.is_partial(),
            area: about.area.map(AreaIo::from),
            offence: about.offence,
            person: about.person,
            reason: about.reason,
            audience: card.audience,
            covert: about.covert,
            author: card.author,
            asked_at: card.entry.asked_at.to_string(),
            approver: card.approver,
            expires_at: about.expires_at.to_string(),
            entry: about.wanted.into(),
        }
    }
}

/// How many entries there are in a state.
#[derive(Serialize, ToSchema)]
pub(crate) struct StateCountOut {
    state: &'static str,
    n: usize,
}

/// The agency's own entries.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomEntriesOut {
    /// Newest first.
    entries: Vec<CustomEntryOut>,
    counts: Vec<StateCountOut>,
}

impl From<CustomBoard> for CustomEntriesOut {
    fn from(board: CustomBoard) -> Self {
        let counts = board.counts.into_iter();
        Self {
            entries: board.entries.into_iter().map(CustomEntryOut::from).collect(),
            counts: counts.map(|(state, n)| StateCountOut { state: state.word(), n }).collect(),
        }
    }
}

/// What was done with an entry.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomDeedOut {
    #[schema(format = DateTime)]
    at: String,
    /// By whom, by name.
    by: String,
    /// `asked`, `counted`, `approved`, `refused`, `matched`, `ended`.
    deed: &'static str,
    /// What they said: why, or the note.
    said: Option<String>,
    /// Of `counted` and `matched`: how many reads.
    n_reads: Option<u64>,
    /// Of `ended`: `recovered`, `cancelled`, `other`.
    how: Option<&'static str>,
}

impl From<CustomHappened> for CustomDeedOut {
    fn from(done: CustomHappened) -> Self {
        let deed = done.deed.word();
        let (said, n_reads, how) = match done.deed {
            CustomDeed::Asked => (None, None, None),
            CustomDeed::Counted { n_reads, .. } | CustomDeed::Matched { n_reads, .. } => {
                (None, Some(n_reads), None)
            }
            CustomDeed::Approved { why } | CustomDeed::Refused { why } => (Some(why), None, None),
            CustomDeed::Ended { how, note } => (Some(note), None, Some(how.word())),
        };
        Self { at: done.at.to_string(), by: done.by, deed, said, n_reads, how }
    }
}

/// What of the past an entry fitted when it was approved.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastOut {
    n_reads: u64,
    hours: u32,
    /// Those that are still kept and may be shown, `agency-YYYYMMDD-id`; null where the caller may not open reads now.
    reads: Option<Vec<String>>,
    /// Reads of protected events that were left out.
    n_left_out: u64,
}

/// One entry of the agency's own, with its history.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomPageOut {
    #[serde(flatten)]
    entry: CustomEntryOut,
    /// Oldest first.
    history: Vec<CustomDeedOut>,
    past: Option<PastOut>,
}

impl From<CustomPage> for CustomPageOut {
    fn from(page: CustomPage) -> Self {
        let ids = |reads: Vec<ReadCard>| reads.iter().map(|one| one.read.to_string()).collect();
        Self {
            entry: page.card.into(),
            history: page.history.into_iter().map(CustomDeedOut::from).collect(),
            past: page.past.map(|past| PastOut {
                n_reads: past.n_reads,
                hours: past.hours,
                reads: past.reads.map(ids),
                n_left_out: past.n_left_out,
            }),
        }
    }
}

/// The entry of the agency's own that a hit matched.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnOut {
    custom_entry: i64,
    /// `active`, `ended`, `expired`: what is not active is not looked for any more.
    state: &'static str,
    reason: String,
    /// Who asked for it, by name.
    author: String,
    /// Who approved it, by name.
    approver: String,
    #[schema(format = DateTime)]
    expires_at: String,
    covert: bool,
}

impl From<OwnCard> for OwnOut {
    fn from(own: OwnCard) -> Self {
        Self {
            custom_entry: own.id.to_i64(),
            state: own.state.word(),
            reason: own.reason,
            author: own.author,
            approver: own.approver,
            expires_at: own.expires_at.to_string(),
            covert: own.is_covert,
        }
    }
}
