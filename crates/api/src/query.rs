//! What stands behind the question mark.

use app::precision::PrecisionAsk;
use app::{AskError, HitsAsk, QueueAsk, ReadsAsk};
use domain::custom::CustomState;
use domain::{CameraId, Day, HitId, ReadRef, TellingId};
use ledger::TileRef;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;

/// Which hits.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HitsQuery {
    /// Only hits after this id: what is new.
    #[serde(default)]
    after: Option<i64>,
    /// Only hits before this id: `next` of the page before.
    #[serde(default)]
    before: Option<i64>,
    /// At most so many, 1–200; 50 when nothing is said.
    #[serde(default)]
    limit: u32,
}

impl HitsQuery {
    pub(crate) fn ask(&self) -> HitsAsk {
        let id = |id: Option<i64>| id.map(HitId::from_i64);
        HitsAsk {
            after: id(self.after),
            before: id(self.before),
            limit: self.limit,
            grouped: false,
        }
    }
}

/// Which entries of the agency's own.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CustomQuery {
    /// `waiting`, `active`, `refused`, `ended`, `expired`; absent: all.
    state: Option<String>,
}

impl CustomQuery {
    pub(crate) fn state(&self) -> Result<Option<CustomState>, ApiError> {
        let none = || ApiError::invalid("state", "is none that an entry can be in");
        let known = |word: &String| CustomState::parse(word).ok_or_else(none);
        self.state.as_ref().map(known).transpose()
    }
}

/// Which part of the queue.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QueueQuery {
    /// Only hits before this id: `next` of the page before.
    #[serde(default)]
    before: Option<i64>,
    /// At most so many, 1–200; 50 when nothing is said.
    #[serde(default)]
    limit: u32,
}

impl QueueQuery {
    pub(crate) fn ask(&self) -> QueueAsk {
        QueueAsk { before: self.before.map(HitId::from_i64), limit: self.limit }
    }
}

/// Which quarter.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QuarterQuery {
    /// Such as `2026-Q3`. When nothing is said: what the route says.
    #[serde(default)]
    pub(crate) quarter: String,
}

/// Which days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeriodQuery {
    /// The first, `YYYY-MM-DD`.
    #[serde(default)]
    from: Option<String>,
    /// The last.
    #[serde(default)]
    to: Option<String>,
}

impl PeriodQuery {
    pub(crate) fn ask(&self) -> Result<PrecisionAsk, ApiError> {
        let day = |name: &'static str, text: Option<&str>| {
            text.map(|text| must_be_day(name, text)).transpose()
        };
        Ok(PrecisionAsk {
            from: day("from", self.from.as_deref())?,
            to: day("to", self.to.as_deref())?,
        })
    }
}

/// Which reads.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReadsQuery {
    /// Only reads before this one: `next` of the page before.
    #[serde(default)]
    before: Option<String>,
    /// Only this camera's.
    #[serde(default)]
    camera: Option<i64>,
    /// At most so many, 1–200; 50 when nothing is said.
    #[serde(default)]
    limit: u32,
}

impl ReadsQuery {
    pub(crate) fn ask(&self) -> Result<ReadsAsk, ApiError> {
        let before = self.before.as_deref().map(ReadRef::parse).transpose();
        let before = before.map_err(|err| ApiError::invalid("before", err.to_string()))?;
        Ok(ReadsAsk { before, camera: self.camera.map(CameraId::from_i64), limit: self.limit })
    }
}

/// Which leaves.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LeavesQuery {
    /// Only leaves before this one: `next` of the page before.
    #[serde(default)]
    pub(crate) before: Option<u64>,
    /// At most so many, 1–200; 50 when nothing is said.
    #[serde(default)]
    limit: u64,
}

impl LeavesQuery {
    pub(crate) const fn limit(&self) -> u64 {
        if self.limit == 0 { 50 } else { self.limit }
    }
}

/// A tile by its path.
pub(crate) fn tile_named(path: &str) -> Result<TileRef, ApiError> {
    TileRef::parse(path).map_err(|err| ApiError::invalid("tile", err.to_string()))
}

/// There is no log of this name.
pub(crate) fn log_named(name: &str) -> ApiError {
    let which = name.chars().take(40).collect();
    ApiError::Ask(AskError::NotFound { what: "log", which })
}

/// A read's reference out of an address. One that cannot be read names no read.
pub(crate) fn read_ref(text: &str) -> Result<ReadRef, ApiError> {
    ReadRef::parse(text).map_err(|err| ApiError::invalid("read", err.to_string()))
}

/// Which of what was told.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ToldQuery {
    /// Only what was told before this id: `next` of the page before.
    #[serde(default)]
    before: Option<i64>,
}

impl ToldQuery {
    pub(crate) fn before(&self) -> Option<TellingId> {
        self.before.map(TellingId::from_i64)
    }
}

/// Which day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DayQuery {
    /// A day where the agency is, such as `2026-11-21`.
    #[serde(default)]
    day: Option<String>,
}

impl DayQuery {
    pub(crate) fn day(&self) -> Result<Option<Day>, ApiError> {
        day_of("day", self.day.as_deref())
    }
}

/// A day that may be left out.
pub(crate) fn day_of(field: &str, text: Option<&str>) -> Result<Option<Day>, ApiError> {
    text.map(|text| must_be_day(field, text)).transpose()
}

/// A day.
pub(crate) fn must_be_day(field: &str, text: &str) -> Result<Day, ApiError> {
    let why = |_| ApiError::invalid(field, format!("{field} is no day: write it as 2026-11-21"));
    Day::parse(text).map_err(why)
}
