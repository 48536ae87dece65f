//! The history of a policy: what was proposed, by whom and why, who approved or withdrew it, and from when on it decided.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::ListPolicy;
use domain::{BundleId, PersonId, Timestamp};
use policy::{Bundle, Change, difference};
use store::BundleRow;

use super::propose::{Compared, FILES, compare};
use crate::policies::read_kept;
use crate::record::About;
use crate::{App, AskError, Ctx};

/// How a change of policy stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeState {
    /// Somebody else has to approve it.
    Waits,
    /// It is approved, and its day has not come.
    Comes,
    /// It decides.
    Decides,
    /// It decided until another one did.
    Over,
    /// It was withdrawn before it decided.
    Withdrawn,
}

/// A change of policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangeRow {
    /// Which.
    pub id: BundleId,
    /// Its digest.
    pub digest: String,
    /// How it stands.
    pub state: ChangeState,
    /// Why; empty for the one that came with the agency's configuration.
    pub reason: String,
    /// Who proposed it, and when; nobody for the one that came with the configuration.
    pub proposed: (Option<PersonId>, Timestamp),
    /// Who approved it, and when.
    pub approved: Option<(Option<PersonId>, Timestamp)>,
    /// Who withdrew it, and when.
    pub withdrawn: Option<(Option<PersonId>, Timestamp)>,
    /// From when on it decides; until it is approved, at the earliest.
    pub begins: Timestamp,
    /// Whether something in it touches privacy: for the quarterly audit (`AUS-344.6b8`).
    pub touches_privacy: bool,
}

impl ChangeRow {
    fn of(row: &BundleRow, in_force: Option<BundleId>, now: Timestamp) -> Self {
        let state = match (row.withdrawn_at, row.approved_at) {
            (Some(_), _) => ChangeState::Withdrawn,
            (None, None) => ChangeState::Waits,
            (None, Some(_)) if in_force == Some(row.id) => ChangeState::Decides,
            (None, Some(_)) if row.effective_at > now => ChangeState::Comes,
            (None, Some(_)) => ChangeState::Over,
        };
        Self {
            id: row.id,
            digest: row.digest.clone(),
            state,
            reason: row.reason.clone(),
            proposed: (row.proposed_by, row.proposed_at),
            approved: row.approved_at.map(|at| (row.approved_by, at)),
            withdrawn: row.withdrawn_at.map(|at| (row.withdrawn_by, at)),
            begins: row.effective_at,
            touches_privacy: row.touches_privacy,
        }
    }
}

/// One change of policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangePage {
    /// The change.
    pub row: ChangeRow,
    /// The policy's title.
    pub title: String,
    /// What it changed: against the one that whoever approved it saw. None for the first of all.
    pub changes: Option<Vec<Change>>,
    /// While it waits: the same as it would be approved now.
    pub now: Option<Compared>,
    /// Names of those who proposed, approved, withdrew.
    pub names: BTreeMap<PersonId, String>,
}

/// The policy that one beginning at this moment follows, among approved ones in the order in which the store gives them: the
/// last that begins before it, or with it and was proposed before it.
pub(super) fn predecessor(
    approved: &[BundleRow],
    begins: Timestamp,
    id: Option<BundleId>,
) -> Option<&BundleRow> {
    let is_before = |row: &&BundleRow| {
        row.effective_at < begins || (row.effective_at == begins && id.is_none_or(|id| row.id < id))
    };
    approved.iter().find(is_before)
}

/// The bundle of a row.
pub(super) fn read_row(row: &BundleRow) -> Result<Bundle, AskError> {
    read_kept(row).map_err(|err| AskError::Failed { doing: "read a policy that was kept", err })
}

/// The policy that decides at a moment, among all that were ever kept.
fn in_force(rows: &[BundleRow], now: Timestamp) -> Option<BundleId> {
    let decided = rows.iter().filter(|row| {
        row.approved_at.is_some() && row.withdrawn_at.is_none() && row.effective_at <= now
    });
    decided.max_by_key(|row| (row.effective_at, row.id)).map(|row| row.id)
}

/// Every change of the agency's policy, newest first, with the names of those who had a part in it.
pub async fn list_changes(
    app: &App,
    ctx: &Ctx,
) -> Result<(Vec<ChangeRow>, BTreeMap<PersonId, String>), AskError> {
    let act = app.begin::<ListPolicy>(ctx, About::nothing_yet()).await?;
    let rows = app.inner().store.policies(act.permit()).await;
    let rows = rows.map_err(AskError::failed("list changes of the policy"))?;
    let names = names(app, &rows).await?;
    act.done(rows.iter().map(|row| format!("bundle {}", row.id)).collect::<Vec<_>>());
    let decides = in_force(&rows, ctx.now);
    Ok((rows.iter().map(|row| ChangeRow::of(row, decides, ctx.now)).collect(), names))
}

/// One change of the agency's policy.
pub async fn open_change(app: &App, ctx: &Ctx, id: BundleId) -> Result<ChangePage, AskError> {
    let act = app.begin::<ListPolicy>(ctx, About::one("bundle", id)).await?;
    let failed = || AskError::failed("open a change of the policy");
    let store = &app.inner().store;
    let rows = store.policies(act.permit()).await.map_err(failed())?;
    let find = |id: BundleId| rows.iter().find(|row| row.id == id);
    let row = find(id).ok_or_else(|| AskError::not_found("change of the policy", id))?;
    let bundle = read_row(row)?;
    let replaced = row.replaces.and_then(find).map(read_row).transpose()?;
    let shown = ChangeRow::of(row, in_force(&rows, ctx.now), ctx.now);
    let now = if shown.state == ChangeState::Waits {
        let approved = store.approved_policies(ctx.agency).await.map_err(failed())?;
        let follows = predecessor(&approved, row.effective_at.max(ctx.now), Some(id));
        let follows = follows.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
        Some(compare(app, ctx, &bundle, &read_row(follows)?).await?)
    } else {
        None
    };
    let names = names(app, std::slice::from_ref(row)).await?;
    act.done([format!("bundle {id}, policy {}", row.digest)]);
    Ok(ChangePage {
        row: shown,
        title: bundle.settings().title.clone(),
        changes: replaced.map(|replaced| difference(&replaced, &bundle)),
        now,
        names,
    })
}

/// A text of a policy that was ever kept, by the name of its file ([`FILES`]).
pub async fn policy_text(
    app: &App,
    ctx: &Ctx,
    id: BundleId,
    name: &str,
) -> Result<String, AskError> {
    let mut act = app.begin::<ListPolicy>(ctx, About::one("bundle", id)).await?;
    let rows = app.inner().store.policies(act.permit()).await;
    let rows = rows.map_err(AskError::failed("open a text of a policy"))?;
    let row = rows.iter().find(|row| row.id == id);
    let row = row.ok_or_else(|| AskError::not_found("change of the policy", id))?;
    let bundle = read_row(row)?;
    let files = bundle.files();
    let [settings, rules, clauses, published] = FILES;
    let text = [
        (settings, &files.settings),
        (rules, &files.rules),
        (clauses, &files.clauses),
        (published, &files.published),
    ];
    let text = text.into_iter().find(|(one, _)| *one == name).map(|(_, text)| text.to_string());
    let text = text.ok_or_else(|| AskError::not_found("text of a policy", name))?;
    act.hands_out(text.len());
    act.done([format!("bundle {id}, {name}")]);
    Ok(text)
}

/// The names of those who had a part in some changes.
async fn names(app: &App, rows: &[BundleRow]) -> Result<BTreeMap<PersonId, String>, AskError> {
    let mut people = BTreeSet::new();
    for row in rows {
        people.extend([row.proposed_by, row.approved_by, row.withdrawn_by].into_iter().flatten());
    }
    let mut names = BTreeMap::new();
    for id in people {
        let person = app.inner().store.person(id).await;
        let person = person.map_err(AskError::failed("look up who changed the policy"))?;
        names.insert(id, person.map(|person| person.name).unwrap_or_default());
    }
    Ok(names)
}
