//! The policies in force: one an agency, held in memory, and what time it is where the agency is.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use domain::telling::{Day7, LocalTime};
use domain::{AgencyId, BundleId, Day, Timestamp};
use jiff::tz::TimeZone;
use policy::{Bundle, BundleFiles, contradictions};
use serde::{Deserialize, Serialize};
use store::BundleRow;

use crate::error::BoxError;
use crate::use_cases::policy::configured;
use crate::{App, AskError};

/// An agency's policy, and its clock on the wall.
#[derive(Debug)]
pub struct InForce {
    /// What decides.
    pub bundle: Bundle,
    /// Where its days begin.
    pub zone: TimeZone,
}

impl InForce {
    /// The day at the agency.
    pub fn day(&self, now: Timestamp) -> Day {
        local_day(now, &self.zone)
    }

    /// What the clock on the agency's wall shows.
    pub fn wall(&self, now: Timestamp) -> LocalTime {
        let there = jiff::Timestamp::from_microsecond(now.micros()).unwrap_or_default();
        let there = there.to_zoned(self.zone.clone());
        let nth = usize::try_from(there.weekday().to_monday_zero_offset()).unwrap_or_default();
        let minute = u16::try_from(there.hour()).unwrap_or_default() * 60
            + u16::try_from(there.minute()).unwrap_or_default();
        LocalTime { day: Day7::ALL.get(nth).copied().unwrap_or(Day7::Mon), minute }
    }

    /// A day and a time at the agency, such as `2026-11-22 18:00`.
    pub fn moment(&self, said: &str) -> Option<Timestamp> {
        let there: jiff::civil::DateTime = said.parse().ok()?;
        let at = there.to_zoned(self.zone.clone()).ok()?.timestamp();
        Some(Timestamp::from_micros(at.as_microsecond()))
    }

    /// A day and a time as the clock on the agency's wall says them: `2026-11-22 18:00`.
    pub fn on_the_wall(&self, at: Timestamp) -> String {
        let there = jiff::Timestamp::from_microsecond(at.micros());
        there.map_or_else(
            |_| at.to_string(),
            |there| there.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
        )
    }

    /// When a day begins at the agency.
    pub fn begins(&self, day: Day) -> Timestamp {
        let date = day.to_string().parse::<jiff::civil::Date>().ok();
        let there = date.and_then(|date| date.to_zoned(self.zone.clone()).ok());
        there.map_or_else(
            || day.start(),
            |there| Timestamp::from_micros(there.timestamp().as_microsecond()),
        )
    }
}

/// The day in a time zone.
pub(crate) fn local_day(now: Timestamp, zone: &TimeZone) -> Day {
    let there = jiff::Timestamp::from_microsecond(now.micros());
    let date = there.map(|there| there.to_zoned(zone.clone()).date().to_string());
    date.ok().and_then(|date| Day::parse(&date).ok()).unwrap_or_else(|| now.day())
}

/// A policy, and from when on it decides.
type Begins = (Timestamp, Arc<InForce>);

/// All of them.
#[derive(Default)]
pub(crate) struct Policies(RwLock<HashMap<AgencyId, Known>>);

/// An agency's policies: the one that decides and those that will, the one that begins last first.
#[derive(Default)]
struct Known {
    /// Which they are, and in which time zone: what tells whether they have to be read anew.
    which: Vec<(BundleId, Timestamp)>,
    zone: String,
    bundles: Vec<Begins>,
}

impl Policies {
    /// What decides for an agency at a moment.
    pub(crate) fn of(&self, agency: AgencyId, now: Timestamp) -> Option<Arc<InForce>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let begun = all.get(&agency)?.bundles.iter().find(|(begins, _)| *begins <= now)?;
        Some(Arc::clone(&begun.1))
    }

    /// What will decide next, and from when on.
    fn next(&self, agency: AgencyId, now: Timestamp) -> Option<(Arc<InForce>, Timestamp)> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let bundles = &all.get(&agency)?.bundles;
        let (begins, next) = bundles.iter().rev().find(|(begins, _)| *begins > now)?;
        Some((Arc::clone(next), *begins))
    }

    fn set(&self, agency: AgencyId, known: Known) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(agency, known);
    }

    fn knows(&self, agency: AgencyId, which: &[(BundleId, Timestamp)], zone: &str) -> bool {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(&agency).is_some_and(|known| known.which == which && known.zone == zone)
    }
}

/// A bundle's texts as they are kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptFiles {
    settings: String,
    rules: String,
    statutes: BTreeMap<String, String>,
    clauses: String,
    published: String,
}

/// A bundle's texts as one text.
pub(crate) fn kept(files: &BundleFiles) -> String {
    let statutes = files.statutes.iter().map(|(pack, text)| (pack.clone(), text.to_string()));
    let kept = KeptFiles {
        settings: files.settings.to_string(),
        rules: files.rules.to_string(),
        statutes: statutes.collect(),
        clauses: files.clauses.to_string(),
        published: files.published.to_string(),
    };
    serde_json::to_string(&kept).unwrap_or_default()
}

/// The bundle of a kept text.
pub(crate) fn read_kept(row: &BundleRow) -> Result<Bundle, BoxError> {
    let kept: KeptFiles = serde_json::from_str(&row.files)?;
    let statutes = kept.statutes.into_iter().map(|(pack, text)| (pack, Cow::Owned(text)));
    let files = BundleFiles {
        settings: kept.settings.into(),
        rules: kept.rules.into(),
        statutes: statutes.collect(),
        clauses: kept.clauses.into(),
        published: kept.published.into(),
    };
    let bundle = Bundle::read(&files).map_err(|faults| in_words(&faults))?;
    if bundle.digest() == row.digest {
        Ok(bundle)
    } else {
        Err(format!("bundle {} is not the one that was approved: its digest differs", row.id)
            .into())
    }
}

/// Faults as one text, a line each.
pub(crate) fn in_words(faults: &[policy::Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl App {
    /// What decides for an agency now.
    pub fn policy(&self, agency: AgencyId) -> Option<Arc<InForce>> {
        self.inner().policies.of(agency, self.now())
    }

    /// What will decide for an agency next, and from when on.
    pub(crate) fn next_policy(&self, agency: AgencyId) -> Option<(Arc<InForce>, Timestamp)> {
        self.inner().policies.next(agency, self.now())
    }

    /// The same, as it is stored now: for commands beside the server.
    pub async fn policy_of(&self, agency: AgencyId) -> Result<Option<Arc<InForce>>, AskError> {
        self.load_policy(agency).await?;
        Ok(self.policy(agency))
    }

    /// Gives an agency that has none the policy that it begins with, and its time zone.
    pub async fn begin_policy(
        &self,
        agency: AgencyId,
        files: &BundleFiles,
        time_zone: &str,
    ) -> Result<(), AskError> {
        let invalid = |field, why: String| AskError::Invalid { field, why };
        let bundle = Bundle::read(files).map_err(|faults| invalid("policy", in_words(&faults)))?;
        TimeZone::get(time_zone).map_err(|err| invalid("time_zone", err.to_string()))?;
        let store = &self.inner().store;
        let failed = || AskError::failed("begin an agency's policy");
        if store.approved_policies(agency).await.map_err(failed())?.is_empty() {
            let found = contradictions(&bundle, &configured(self, agency).await?);
            if !found.is_empty() {
                let says: Vec<String> = found.into_iter().map(|one| one.says).collect();
                return Err(invalid("policy", says.join("\n")));
            }
        }
        store.set_time_zone(agency, time_zone).await.map_err(failed())?;
        let digest = bundle.digest();
        store.begin_policy(agency, &digest, &kept(files), self.now()).await.map_err(failed())?;
        self.load_policy(agency).await
    }

    /// Holds an agency's policies in memory as they are stored now.
    pub(crate) async fn load_policy(&self, agency: AgencyId) -> Result<(), AskError> {
        let failed = || AskError::failed("load an agency's policy");
        let store = &self.inner().store;
        let about = store.agency(agency).await.map_err(failed())?;
        let zone = about.map(|about| about.time_zone).unwrap_or_default();
        let mut rows = store.approved_policies(agency).await.map_err(failed())?;
        let now = self.now();
        let decides = rows.iter().position(|row| row.effective_at <= now);
        rows.truncate(decides.map_or(rows.len(), |at| at + 1));
        let which: Vec<_> = rows.iter().map(|row| (row.id, row.effective_at)).collect();
        if self.inner().policies.knows(agency, &which, &zone) {
            return Ok(());
        }
        let there = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
        let mut bundles = Vec::new();
        for row in rows {
            let bundle = read_kept(&row)
                .map_err(|err| AskError::Failed { doing: "read an agency's policy", err })?;
            bundles.push((row.effective_at, Arc::new(InForce { bundle, zone: there.clone() })));
        }
        self.inner().policies.set(agency, Known { which, zone, bundles });
        Ok(())
    }
}
