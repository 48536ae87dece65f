//! Identifiers. Numbers inside, one type each, so that a camera is never taken for a hotlist.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::{Day, Timestamp};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// The identifier that is stored as this number.
            pub const fn from_i64(number: i64) -> Self {
                Self(number)
            }

            /// The number that is stored.
            pub const fn to_i64(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(/// An agency.
    AgencyId);
id!(/// A camera.
    CameraId);
id!(/// A hit; ascending in the order in which hits reached the control database.
    HitId);
id!(/// A hotlist.
    HotlistId);
id!(/// A message of an AMBER alert; ascending in the order in which they came.
    AmberId);
id!(/// A person with an account.
    PersonId);
id!(/// A person's role.
    GrantId);
id!(/// That somebody completed a course.
    CompletionId);
id!(/// A person's passkey.
    PasskeyId);
id!(/// A token with which machines ask in a person's name.
    TokenId);
id!(/// Something that an auditor has to look into.
    ReviewId);
id!(/// Somebody's report of misuse.
    ReportId);
id!(/// That a unit is on duty in a shift.
    DutyId);
id!(/// That somebody signed on for a shift.
    SignOnId);
id!(/// A protected event.
    ProtectedEventId);
id!(/// That somebody asks to look at what was read at a protected event.
    NexusRequestId);
id!(/// A report of trouble with equipment or the program.
    TroubleId);
id!(/// One state of an agency's policy.
    BundleId);
id!(/// A look that could not wait for its case number.
    ExigentId);
id!(/// A stop of a vehicle that was not wanted.
    IncidentId);
id!(/// An entry of the agency's own.
    CustomEntryId);
id!(/// A device to which hits are told by push messages.
    DeviceId);
id!(/// A program to which hits are told.
    WebhookId);
id!(/// A rule about when hits are not told.
    QuietRuleId);
id!(/// The telling of one hit to one device, person or program.
    TellingId);
id!(/// A question put to the state's system.
    StateAskId);
id!(/// One imported state of a hotlist.
    HotlistVersionId);
id!(/// A read: 52 bits of microseconds since 2020 when the server took it, 11 bits of sequence.
    /// Unique within an agency and ascending in the order of taking.
    ReadId);

/// 2020-01-01T00:00:00Z: reads cannot have been taken earlier, and starting there makes 52 bits last until 2162.
const READ_EPOCH_MICROS: i64 = 1_577_836_800_000_000;
const READ_SEQUENCE_BITS: u32 = 11;

impl ReadId {
    /// The id of the next read, taken at `now`, when `last` was the last one given: always greater than `last`, also when the clock was set back.
    #[must_use]
    pub fn following(last: Self, now: Timestamp) -> Self {
        let by_clock = now.micros().saturating_sub(READ_EPOCH_MICROS).max(0) << READ_SEQUENCE_BITS;
        Self(by_clock.max(last.0.saturating_add(1)))
    }

    /// Before every read.
    pub const ZERO: Self = Self(0);

    /// About when the server took the read (exact unless more than 2,048 came in one microsecond or the clock was set back).
    pub const fn taken_at(self) -> Timestamp {
        Timestamp::from_micros((self.0 >> READ_SEQUENCE_BITS) + READ_EPOCH_MICROS)
    }
}

/// Where a read is: its agency, the UTC day under which it is kept, its id. The public form is `agency-YYYYMMDD-id`, without a plate in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReadRef {
    /// Whose read it is.
    pub agency: AgencyId,
    /// The day under which it is kept.
    pub day: Day,
    /// Its id.
    pub id: ReadId,
}

/// A text that names no read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` names no read: expected agency-YYYYMMDD-id")]
pub struct InvalidReadRef {
    text: String,
}

impl ReadRef {
    /// Reads the public form.
    pub fn parse(text: &str) -> Result<Self, InvalidReadRef> {
        Self::parts(text).ok_or_else(|| InvalidReadRef { text: text.chars().take(64).collect() })
    }

    fn parts(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (agency, day, id) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || day.len() != 8 || !day.is_ascii() {
            return None;
        }
        let (year, rest) = day.split_at_checked(4)?;
        let (month, date) = rest.split_at_checked(2)?;
        Some(Self {
            agency: AgencyId(agency.parse().ok()?),
            day: Day::parse(&format!("{year}-{month}-{date}")).ok()?,
            id: ReadId(id.parse().ok()?),
        })
    }
}

impl fmt::Display for ReadRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.day.to_string().replace('-', "");
        write!(f, "{}-{day}-{}", self.agency, self.id)
    }
}

impl Serialize for ReadRef {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReadRef {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_even_when_the_clock_is_set_back() {
        let noon = Timestamp::parse("2026-11-21T12:00:00Z").unwrap();
        let first = ReadId::following(ReadId::ZERO, noon);
        let earlier = Timestamp::parse("2026-11-21T11:00:00Z").unwrap();
        assert_eq!(ReadId::following(first, earlier).to_i64(), first.to_i64() + 1);
        assert_eq!(first.taken_at(), noon);
    }

    proptest::proptest! {
        #[test]
        fn a_reference_reads_as_it_is_written(agency in 0_i64..1_000, day in 0_i64..60_000, id in 0_i64..) {
            let read = ReadRef { agency: AgencyId(agency), day: Day::from_number(day), id: ReadId(id) };
            proptest::prop_assert_eq!(ReadRef::parse(&read.to_string()), Ok(read));
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = ReadRef::parse(&text);
        }
    }
}
