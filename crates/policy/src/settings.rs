//! The settings of a bundle: every number and list that is the agency's to say, typed.

mod cameras;
mod case_number;
mod checks;
mod custom_entries;
mod duty;
mod sign_in;
mod stop_facts;
mod telling;
mod training;
mod verification;

use std::collections::BTreeMap;

use domain::TopicKind;
use domain::hotlist::Category;
use domain::people::Role;
use serde::{Deserialize, Serialize};

pub use cameras::{Cameras, SignOff};
pub use case_number::{CaseFormat, CaseNumber, InvalidCaseFormat, Verify};
pub use custom_entries::{CustomEntries, Past};
pub use domain::telling::Channel;
pub use duty::Duty;
pub use sign_in::SignIn;
pub use stop_facts::StopFactsRule;
pub use telling::{Telling, Tells};
pub use training::{Course, Validity};
pub use verification::{StepRule, TimeOfDay, Verification};

use crate::action::Action;
use crate::facts::Grade;
use crate::offences::category;

pub(crate) use checks::{check, line_of, read, syntax};

/// The version of the format that is read here.
pub const VERSION: u32 = 1;

/// All settings of a bundle.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The version of this format.
    pub version: u32,
    /// The bundle's word: `austin-tx`.
    pub id: String,
    /// What people read.
    pub title: String,
    /// The day of the documents that it follows, `YYYY-MM-DD`.
    pub edition: String,
    /// The statute packs that hold: `US`, which everybody has to hold to, and the agency's state.
    pub jurisdiction: Vec<String>,
    /// Who may do what, beside the rules.
    pub access: Access,
    /// How long reads are kept.
    pub retention: Retention,
    /// Courses by their word.
    pub training: BTreeMap<String, Course>,
    /// Signing in.
    #[serde(default)]
    pub sign_in: SignIn,
    /// Why somebody may look.
    pub purposes: Vec<Purpose>,
    /// How case numbers are written.
    pub case_number: CaseNumber,
    /// Reasons in a person's own words.
    pub reasons: Reasons,
    /// Searches.
    pub search: Search,
    /// Hotlists.
    pub hotlists: Hotlists,
    /// Entries of the agency's own.
    #[serde(default)]
    pub custom_entries: CustomEntries,
    /// When a second person has to agree.
    pub second_person: SecondPerson,
    /// What has to be done before a stop, and by when a hit has to be looked after.
    pub verification: Verification,
    /// Being signed on in a shift.
    #[serde(default)]
    pub duty: Duty,
    /// Which facts of a stop are entered for audits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_facts: Option<StopFactsRule>,
    /// Where cameras may stand, and when one is in trouble.
    #[serde(default)]
    pub cameras: Cameras,
    /// What may be stored of a read.
    pub fields: Fields,
    /// Over what alerts may leave the server.
    pub channels: Channels,
    /// How hits are told.
    #[serde(default)]
    pub telling: Telling,
    /// Giving data to others.
    pub sharing: Sharing,
    /// Who audits, and how often.
    pub audit: Audit,
    /// What it must never be used for.
    pub prohibited: Prohibited,
}

/// Who may do what, beside the rules.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The clause that says that roles decide (`AUS-344.4c`): named when no role permits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
}

/// From when days are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// The day on which the picture was taken.
    Capture,
    /// The day on which it reached the server (`BEL-461.4`).
    Arrival,
}

/// How long reads are kept that nothing holds (`AUSP-usage`, `AUS-344.4d`, `TWF-401.5`, `BEL-461.4`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days: the strictest of the sources.
    pub days: u32,
    /// From when they are counted.
    pub start: Start,
    /// The least that a statute asks for, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statutory_minimum_days: Option<u32>,
    /// What says so. Where documents differ all are named.
    pub sources: Vec<RetentionSource>,
}

/// One document's word on retention.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSource {
    /// Its clause.
    pub clause: String,
    /// The days that it says.
    pub days: u32,
}

/// Why somebody may look (`AUSP-access`, `TWF-401.1`, `BEL-461.1`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Its word in facts and in the ledger.
    pub word: String,
    /// What people read.
    pub label: String,
    /// For which actions it may be given.
    pub actions: Vec<Action>,
    /// Whether a case or incident number has to stand beside it.
    #[serde(default)]
    pub needs_case: bool,
    /// Whether a reason in the person's own words has to stand beside it.
    #[serde(default)]
    pub needs_reason: bool,
    /// The least grave offence for which it may be given (`AUSP-prohibited`: no class C).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offence_floor: Option<Grade>,
    /// The categories of offences for which it may be given, by their NIBRS codes; none: any of the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offence_categories: Vec<String>,
    /// Within how many hours an exigent look is completed with its case number; none: it bears delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exigent_hours: Option<u32>,
    /// The clause that allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
}

/// How long the clear text of reasons stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cleartext {
    /// It has no expiry (`AUSP-access`).
    Forever,
    /// It goes with the reads that it speaks of.
    WithReads,
    /// So many days.
    Days(u32),
}

/// Reasons in a person's own words (`TWF-401.4d`, `BEL-461.3a`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// How long their clear text stays.
    pub cleartext: Cleartext,
    /// The shortest that is taken, in letters and digits.
    pub chars_min: u32,
    /// Texts that say nothing, in small letters.
    pub vague: Vec<String>,
    /// Words that call for a review, in small letters.
    pub suspicious: Vec<String>,
    /// The clause that asks for official business.
    pub clause: String,
}

/// What of searches is published (`TWF-401.5`, `BEL-461.4`, `PIE`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchLog {
    /// Nothing: the agency calls its data closed.
    Off,
    /// A log of searches without names, plates and cases.
    Anonymised,
}

/// Searches.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// How far back one may look.
    pub lookback_hours_max: u32,
    /// Whether searches for movements (convoys, patterns of travel) are there at all (`AUSP-prohibited`, `BEL-461.1`).
    pub movement: bool,
    /// What of searches is published.
    pub log: SearchLog,
}

/// A category of hotlists that may be held.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HotlistCategory {
    /// The category.
    pub category: Category,
    /// The ground in the agency's words: `A: stolen`.
    pub ground: String,
    /// The fields that every entry needs.
    #[serde(default)]
    pub needs: Vec<String>,
}

/// Hotlists (`AUSP-hotlist-policy`, `TWF-401.4f`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hotlists {
    /// The closed list of categories.
    pub categories: Vec<HotlistCategory>,
    /// Whether entries of the agency's own wait for a supervisor (`TWF-401.4f`).
    pub own_need_supervisor: bool,
    /// Hours after which a list that was not renewed is called stale.
    pub stale_hours: u32,
    /// What a statute says about how old a list may become (New Hampshire asks for a daily upload): past it a list raises no hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<FreshByLaw>,
    /// The clause that closes the list of categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Topics of sources that are never switched on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden_topics: Vec<ForbiddenTopics>,
    /// Topics about people for whom there is no category, that may be held all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_topics: Vec<OtherTopic>,
}

/// How old a list may become by law.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreshByLaw {
    /// Hours.
    pub hours: u32,
    /// The statute.
    pub clause: String,
}

/// Topics that are never switched on (`AUS-344.4a6`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForbiddenTopics {
    /// The topics.
    pub topics: Vec<TopicKind>,
    /// The clause that forbids them.
    pub clause: String,
}

/// A topic about people for whom there is no category.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherTopic {
    /// The topic.
    pub topic: TopicKind,
    /// The category under which its hits are told.
    pub category: Category,
}

/// Why a topic cannot be switched on.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{says}")]
pub struct TopicForbidden {
    /// The clause that forbids it, where one is named.
    pub clause: Option<String>,
    /// In plain words, with the clause.
    pub says: String,
}

/// When a second person has to agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Second {
    /// Nobody is asked.
    No,
    /// Always, unless exigent or not safe, with a reason (`AUS-344.3.2b3`).
    UnlessExigent,
    /// Always (`AUS-344.3.2b3a`).
    Always,
}

/// When a second person has to agree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondPerson {
    /// Before enforcement on an alert.
    pub alert: Second,
    /// The clause that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_clause: Option<String>,
    /// Before investigators follow up an alert.
    pub follow_up: Second,
    /// The clause that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_clause: Option<String>,
    /// Who may approve what officers ask for.
    pub approvers: Vec<Role>,
}

/// What may be stored of a read (`AUSP-detected`, `TWF-401.6`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// Words of [`FIELDS`].
    pub stored: Vec<String>,
    /// What is published as never detected (`AUSP-detected`, `TWF-401.7`).
    pub never: Vec<String>,
}

impl Fields {
    /// Whether a field may be stored; `field` is one of [`FIELDS`].
    pub fn may_store(&self, field: &str) -> bool {
        self.stored.iter().any(|one| one == field)
    }
}

/// What kind of vehicle was seen: car, truck, motorcycle, trailer or bus.
pub const VEHICLE_CLASS: &str = "class";

/// Every field of a read that a bundle may allow; plate, time, place and camera a read cannot be without.
pub const FIELDS: [&str; 12] = [
    "plate",
    "jurisdiction",
    "time",
    "place",
    "camera",
    "plate-picture",
    "vehicle-picture",
    "make",
    "model",
    "colour",
    "body",
    VEHICLE_CLASS,
];

/// Over what alerts may leave the server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// Those that may be used.
    pub allowed: Vec<Channel>,
    /// Those of them that may carry a plate; the portal says so.
    pub with_plate: Vec<Channel>,
}

/// Giving data to others (`AUS-344.5b`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sharing {
    /// Agencies with standing access.
    pub standing: Vec<String>,
}

/// Who audits, and how often (`AUS-344.6a`, `TWF-401.9e`, `BEL-461.5e`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// The roles that audit.
    pub auditors: Vec<Role>,
    /// Months between audits, at most.
    pub months: u32,
    /// Whether those who run the program audit it themselves: the portal shows it.
    pub self_audit: bool,
    /// The clause that asks for audits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
}

/// What happens to a reason that names a prohibited use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It is refused, and the attempt counts.
    Refuse,
    /// It goes on, and somebody reviews it.
    Review,
}

/// A use that is prohibited.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// Its word: as a purpose it is refused.
    pub word: String,
    /// What people read.
    pub label: String,
    /// Words that name it in a reason, in small letters.
    pub words: Vec<String>,
    /// What happens to such a reason.
    pub effect: Effect,
    /// The clause that prohibits it.
    pub clause: String,
}

/// What it must never be used for (`AUSP-prohibited`, `AUS-344.4a1` and after, `TWF-401.8`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prohibited {
    /// Protected classes: nobody is targeted by them.
    pub classes: Vec<String>,
    /// The clause that protects them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes_clause: Option<String>,
    /// Uses.
    #[serde(default)]
    pub uses: Vec<Use>,
}

impl Purpose {
    /// Whether it may be given for an offence of this category.
    pub fn takes_offence(&self, category: &str) -> bool {
        self.offence_categories.is_empty()
            || self.offence_categories.iter().any(|code| code == category)
    }

    /// The categories of offences for which it may be given, in words; none: any of the list.
    pub fn offences_in_words(&self) -> Option<String> {
        let named: Vec<String> = self
            .offence_categories
            .iter()
            .map(|code| category(code).map_or_else(|| code.clone(), ToString::to_string))
            .collect();
        (!named.is_empty()).then(|| named.join(", "))
    }
}

impl Settings {
    /// The category under which hits of a topic are told, or why it cannot be switched on.
    pub fn topic(&self, kind: TopicKind) -> Result<Category, TopicForbidden> {
        let lists = &self.hotlists;
        let forbidden = |clause: Option<&String>, why: String| {
            let by = clause.map(|clause| format!(" ({clause})")).unwrap_or_default();
            TopicForbidden { clause: clause.cloned(), says: format!("{why}{by}") }
        };
        let never = lists.forbidden_topics.iter().find(|one| one.topics.contains(&kind));
        if let Some(never) = never {
            let why = format!("the policy forbids lists of {}", kind.label());
            return Err(forbidden(Some(&never.clause), why));
        }
        // Whoever prohibits the use prohibits the list that is made for it.
        let use_of =
            (kind == TopicKind::ImmigrationViolator).then(|| self.prohibits("immigration"));
        if let Some(Some(prohibited)) = use_of {
            let why = format!("the policy prohibits {}", prohibited.label);
            return Err(forbidden(Some(&prohibited.clause), why));
        }
        let other = lists.other_topics.iter().find(|one| one.topic == kind);
        let Some(category) = kind.category().or(other.map(|one| one.category)) else {
            let why = format!(
                "the policy’s list of grounds for a listed plate has none for {}",
                kind.label()
            );
            return Err(forbidden(lists.clause.as_ref(), why));
        };
        if lists.categories.iter().any(|one| one.category == category) {
            return Ok(category);
        }
        let why = format!("the policy holds no lists of the category “{}”", category.label());
        Err(forbidden(lists.clause.as_ref(), why))
    }

    /// The purpose of this word.
    pub fn purpose(&self, word: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.word == word)
    }

    /// The prohibited use that a purpose's word names: its own word, or one of the words that name it in a reason.
    pub fn prohibits(&self, word: &str) -> Option<&Use> {
        let names = |one: &&Use| one.word == word || one.words.iter().any(|name| name == word);
        self.prohibited.uses.iter().find(names)
    }
}
