//! How often alerts were right, by list and by camera, from what people found (`AUS-344.6b2`). What nobody reviewed is counted
//! apart, and never as right.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::access::{ListCameras, ListHotlists, ReadPrecision};
use domain::figures::Share;
use domain::life::Finding;
use domain::{CameraId, Day, HotlistId, Timestamp};

use super::said::wrong;
use crate::policies::InForce;
use crate::record::{About, Act};
use crate::{App, AskError, Ctx};

/// Days of the period when nobody names one.
const DAYS: i64 = 90;
/// Days of the longest period: three years.
const DAYS_MAX: i64 = 3 * 366;

/// Of which days. What is left out is the last ninety.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PrecisionAsk {
    /// The first day, where the agency is.
    pub from: Option<Day>,
    /// The last.
    pub to: Option<Day>,
}

/// How often the alerts of a list or a camera were right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrecisionRow {
    /// The list's or camera's number.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// Hits by what was found; what was not found is left out.
    pub found: BTreeMap<Finding, u64>,
}

impl PrecisionRow {
    /// How many hits were found so.
    pub fn n(&self, finding: Finding) -> u64 {
        self.found.get(&finding).copied().unwrap_or(0)
    }

    /// Those that were right, of those of which people said whether they were.
    pub fn share(&self) -> Share {
        let judged = self.found.iter().filter(|(found, _)| found.is_judged());
        Share { n: self.n(Finding::Right), of: judged.map(|(_, n)| n).sum() }
    }

    /// All hits.
    pub fn n_hits(&self) -> u64 {
        self.found.values().sum()
    }
}

/// How often alerts were right in a period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Precision {
    /// Its first day, where the agency is.
    pub from: Day,
    /// Its last.
    pub to: Day,
    /// By list, by name; lists without hits too.
    pub lists: Vec<PrecisionRow>,
    /// By camera.
    pub cameras: Vec<PrecisionRow>,
}

/// The figures of every list and camera.
pub async fn precision(app: &App, ctx: &Ctx, ask: PrecisionAsk) -> Result<Precision, AskError> {
    let act = app.begin::<ReadPrecision>(ctx, About::nothing_yet()).await?;
    let policy = policy_of(app, ctx).await?;
    let (from, to) = days(&policy, ctx.now, ask)?;
    let period = (policy.begins(from), policy.begins(to.next()));
    let lists = of_lists(app, &act, period).await?;
    let cameras = of_cameras(app, &act, period).await?;
    act.done([format!("precision from {from} to {to}")]);
    Ok(Precision { from, to, lists, cameras })
}

/// The figures of one list in the last ninety days; none where there is no such list.
pub async fn precision_of_list(
    app: &App,
    ctx: &Ctx,
    id: HotlistId,
) -> Result<Option<PrecisionRow>, AskError> {
    let act = app.begin::<ReadPrecision>(ctx, About::one("hotlist", id)).await?;
    let rows = of_lists(app, &act, last_days(app, ctx).await?).await?;
    act.done([format!("precision of hotlist {id}")]);
    Ok(rows.into_iter().find(|row| row.id == id.to_i64()))
}

/// The figures of one camera in the last ninety days; none where there is no such camera.
pub async fn precision_of_camera(
    app: &App,
    ctx: &Ctx,
    id: CameraId,
) -> Result<Option<PrecisionRow>, AskError> {
    let act = app.begin::<ReadPrecision>(ctx, About::one("camera", id)).await?;
    let rows = of_cameras(app, &act, last_days(app, ctx).await?).await?;
    act.done([format!("precision of camera {id}")]);
    Ok(rows.into_iter().find(|row| row.id == id.to_i64()))
}

async fn policy_of(app: &App, ctx: &Ctx) -> Result<Arc<InForce>, AskError> {
    let policy = app.policy_of(ctx.agency).await?;
    policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))
}

async fn last_days(app: &App, ctx: &Ctx) -> Result<(Timestamp, Timestamp), AskError> {
    let policy = policy_of(app, ctx).await?;
    let (from, to) = days(&policy, ctx.now, PrecisionAsk::default())?;
    Ok((policy.begins(from), policy.begins(to.next())))
}

fn days(policy: &InForce, now: Timestamp, ask: PrecisionAsk) -> Result<(Day, Day), AskError> {
    let to = ask.to.unwrap_or_else(|| policy.day(now));
    let from = ask.from.unwrap_or_else(|| Day::from_number(to.number().saturating_sub(DAYS - 1)));
    if from > to {
        return Err(wrong("to", "is before the first day"));
    }
    if to.number().saturating_sub(from.number()) > DAYS_MAX {
        return Err(wrong("from", "is more than three years before the last day"));
    }
    Ok((from, to))
}

async fn of_lists(
    app: &App,
    act: &Act<ReadPrecision>,
    period: (Timestamp, Timestamp),
) -> Result<Vec<PrecisionRow>, AskError> {
    let store = &app.inner().store;
    let found = store.findings_by_list(act.permit(), period).await;
    let found = found.map_err(AskError::failed("count what was found of hits"))?;
    let lists = store.hotlists(&act.leave().permit::<ListHotlists>()?).await;
    let lists = lists.map_err(AskError::failed("list the hotlists"))?;
    let named = lists.into_iter().map(|list| (list.id.to_i64(), list.name));
    Ok(rows(named, found.into_iter().map(|(id, finding, n)| (id.to_i64(), finding, n))))
}

async fn of_cameras(
    app: &App,
    act: &Act<ReadPrecision>,
    period: (Timestamp, Timestamp),
) -> Result<Vec<PrecisionRow>, AskError> {
    let store = &app.inner().store;
    let found = store.findings_by_camera(act.permit(), period).await;
    let found = found.map_err(AskError::failed("count what was found of hits"))?;
    let cameras = store.cameras(&act.leave().permit::<ListCameras>()?).await;
    let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
    let named = cameras.into_iter().map(|camera| (camera.id.to_i64(), camera.about.name));
    Ok(rows(named, found.into_iter().map(|(id, finding, n)| (id.to_i64(), finding, n))))
}

fn rows(
    named: impl Iterator<Item = (i64, String)>,
    found: impl Iterator<Item = (i64, Finding, u64)>,
) -> Vec<PrecisionRow> {
    let row = |(id, name)| (id, PrecisionRow { id, name, found: BTreeMap::new() });
    let mut rows: BTreeMap<i64, PrecisionRow> = named.map(row).collect();
    for (id, finding, n) in found {
        if let Some(row) = rows.get_mut(&id) {
            row.found.insert(finding, n);
        }
    }
    let mut rows: Vec<PrecisionRow> = rows.into_values().collect();
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_aus_344_6b2_what_nobody_reviewed_is_no_part_of_the_share() {
        let found = [
            (1, Finding::Right, 9),
            (1, Finding::Misread, 3),
            (1, Finding::Unreviewed, 40),
            (1, Finding::Unknown, 2),
            (7, Finding::Right, 1),
        ];
        let named = [(2, "Beta".to_owned()), (1, "Alpha".to_owned())].into_iter();
        let rows = rows(named, found.into_iter());
        assert_eq!(rows.len(), 2, "what has no name any more is left out");
        assert_eq!((rows[0].share(), rows[0].n_hits()), (Share { n: 9, of: 12 }, 54));
        assert!(rows[1].share().is_too_few());
    }
}
