//! The facts of stops: entered by who made the stop, counted, and shown in sum alone (`AUS-344.6b10` to `AUS-344.6b13`).
//!
//! What is entered is let go of as soon as it is counted. There is nothing to correct afterwards: what somebody entered cannot
//! be found again, by nobody, and that is the point (docs/adr/0017-facts-of-stops-are-counts.md).

use std::collections::BTreeMap;

use domain::HitId;
use domain::access::{EnterStopFacts, OpenHit, ReadStopFacts};
use domain::figures::{Cell, Quarter, Shown, Table};
use domain::life::Life;
use domain::stop_facts::{Investigation, StopCount, StopFacts, Subject};
use policy::offences::category;
use policy::settings::StopFactsRule;
pub use store::StopsEntered;

use super::quarters::{back_from, named, period, running};
use super::said::{me, wrong};
use crate::policies::InForce;
use crate::record::About;
use crate::{App, AskError, Ctx};

/// Stops of one's own that are listed.
const OWN: u32 = 50;

/// The facts of a stop, as they were typed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct StopFactsAsk {
    /// An entry of the policy's list.
    pub driver_race: String,
    /// An entry of the policy's list.
    pub driver_gender: String,
    /// The same of the victim; both empty where there was none.
    pub victim_race: String,
    /// The same of the victim.
    pub victim_gender: String,
    /// The offence's NIBRS code.
    pub offence: String,
    /// A word of [`Investigation`].
    pub investigation: String,
}

/// They speak of people.
impl std::fmt::Debug for StopFactsAsk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StopFactsAsk(…)")
    }
}

/// One table, with what is withheld left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StopTable {
    /// What it is about.
    pub subject: Subject,
    /// Its columns, as people read them.
    pub columns: Vec<String>,
    /// Its rows: what people read, what is shown in each column, and the row's total.
    pub rows: Vec<(String, Vec<Shown>, Shown)>,
    /// The columns' totals.
    pub totals: Vec<Shown>,
    /// The grand total.
    pub all: Shown,
}

/// The facts of a quarter's stops.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StopFigures {
    /// Which quarter.
    pub quarter: Quarter,
    /// Those that can be chosen, newest first: quarters that are over.
    pub quarters: Vec<Quarter>,
    /// The tables.
    pub tables: Vec<StopTable>,
    /// Stops that were reported in the quarter, and those whose facts are entered.
    pub stops: StopsEntered,
    /// The quarter that runs, and the same of it. Its tables are shown when it is over: two looks at a table that grows tell
    /// what was added between them.
    pub running: (Quarter, StopsEntered),
    /// Counts below this are withheld.
    pub withhold_below: u32,
    /// The clause.
    pub clause: String,
}

/// The rule of an agency's policy, where it asks for facts at all.
fn rule(policy: &InForce) -> Result<&StopFactsRule, AskError> {
    let rule = policy.bundle.settings().stop_facts.as_ref();
    rule.ok_or_else(|| wrong("hit", "the policy asks for no facts of stops: nothing is entered"))
}

/// What the form may offer, for who made the stop of this hit: refused with the reason with which sending it would be.
pub async fn stop_facts_form(app: &App, ctx: &Ctx, hit: HitId) -> Result<StopFactsRule, AskError> {
    let act = app.begin_in_person::<EnterStopFacts>(ctx, About::one("hit", hit)).await?;
    let policy = policy_of(app, ctx).await?;
    let rule = rule(&policy)?.clone();
    let is_entered = is_ones_own(app, ctx, &act.leave().permit()?, hit).await?;
    if is_entered {
        return Err(wrong("hit", "the facts of this stop are entered already"));
    }
    act.done([format!("hit {hit}, form")]);
    Ok(rule)
}

/// Counts the facts of the stop that one made.
pub async fn enter_stop_facts(
    app: &App,
    ctx: &Ctx,
    hit: HitId,
    ask: &StopFactsAsk,
) -> Result<(), AskError> {
    let act = app.begin_in_person::<EnterStopFacts>(ctx, About::one("hit", hit)).await?;
    let policy = policy_of(app, ctx).await?;
    let facts = facts(rule(&policy)?, ask)?;
    is_ones_own(app, ctx, &act.leave().permit()?, hit).await?;
    let quarter = running(&policy, ctx.now)?;
    let added = app.inner().store.add_stop_facts(act.permit(), hit, quarter, &facts).await;
    if !added.map_err(AskError::failed("count the facts of a stop"))? {
        return Err(wrong("hit", "the facts of this stop are entered already"));
    }
    // The ledger has that they were entered, and nothing of what they are.
    act.done([format!("hit {hit}, facts entered")]);
    Ok(())
}

/// The hits of one's own stops whose facts are missing, newest first; none where the policy asks for no facts.
pub async fn own_stops_without_facts(app: &App, ctx: &Ctx) -> Result<Vec<HitId>, AskError> {
    let act = app.begin_in_person::<EnterStopFacts>(ctx, About::nothing_yet()).await?;
    let policy = policy_of(app, ctx).await?;
    let mut hits = Vec::new();
    if rule(&policy).is_ok() {
        let found = app.inner().store.hits_without_facts(act.permit(), me(ctx)?, OWN).await;
        hits = found.map_err(AskError::failed("look for stops without facts"))?;
    }
    act.done(hits.iter().map(|hit| format!("hit {hit}")).collect::<Vec<_>>());
    Ok(hits)
}

/// The facts of a quarter's stops in sum: the last one that is over, or the one of this name.
pub async fn stop_figures(app: &App, ctx: &Ctx, quarter: &str) -> Result<StopFigures, AskError> {
    let act = app.begin::<ReadStopFacts>(ctx, About::nothing_yet()).await?;
    let policy = policy_of(app, ctx).await?;
    let rule = rule(&policy)?;
    let running = running(&policy, ctx.now)?;
    let quarters = back_from(running.previous());
    let chosen = match (quarter.trim(), quarters.first()) {
        ("", Some(last)) => *last,
        (text, _) => named(text)?,
    };
    if chosen >= running {
        return Err(wrong("quarter", "is not over: its figures are shown when it is"));
    }
    let store = &app.inner().store;
    let counts = store.stop_counts(act.permit(), chosen).await;
    let counts = counts.map_err(AskError::failed("look up the facts of stops"))?;
    let stops = async |quarter: Quarter| {
        let period = period(&policy, quarter);
        let found = store.stops(act.permit(), period).await;
        found.map_err(AskError::failed("count stops"))
    };
    let figures = StopFigures {
        quarter: chosen,
        tables: tables(rule, &counts),
        stops: stops(chosen).await?,
        running: (running, stops(running).await?),
        quarters,
        withhold_below: rule.withhold_below,
        clause: rule.clause.clone(),
    };
    act.done([format!("facts of stops of {chosen}")]);
    Ok(figures)
}

async fn policy_of(app: &App, ctx: &Ctx) -> Result<std::sync::Arc<InForce>, AskError> {
    let policy = app.policy_of(ctx.agency).await?;
    policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))
}

/// Whether the stop is one's own, or why not; true where its facts are entered already.
async fn is_ones_own(
    app: &App,
    ctx: &Ctx,
    permit: &domain::Permit<OpenHit>,
    hit: HitId,
) -> Result<bool, AskError> {
    let store = &app.inner().store;
    let found = store.hit(permit, hit).await.map_err(AskError::failed("open the hit"))?;
    found.ok_or_else(|| AskError::not_found("hit", hit))?;
    let life: Life = store
        .life(permit, hit)
        .await
        .map_err(AskError::failed("look up what was done with the hit"))?;
    let Some((stop, _)) = life.stop() else {
        return Err(wrong("hit", "nobody reported a stop on this hit"));
    };
    if stop.by != ctx.person_id() {
        return Err(wrong("hit", "somebody else made this stop: they enter its facts"));
    }
    let has = store.has_stop_facts(permit, hit).await;
    has.map_err(AskError::failed("look up whether facts are entered"))
}

fn facts(rule: &StopFactsRule, ask: &StopFactsAsk) -> Result<StopFacts, AskError> {
    let one_of = |field: &'static str, list: &[String], said: &str| {
        let found = list.iter().find(|one| *one == said).cloned();
        found.ok_or_else(|| wrong(field, "is missing: choose one of the list"))
    };
    let driver = (
        one_of("driver_race", &rule.races, &ask.driver_race)?,
        one_of("driver_gender", &rule.genders, &ask.driver_gender)?,
    );
    let victim = if ask.victim_race.is_empty() && ask.victim_gender.is_empty() {
        None
    } else {
        let race = one_of("victim_race", &rule.races, &ask.victim_race)?;
        Some((race, one_of("victim_gender", &rule.genders, &ask.victim_gender)?))
    };
    let offence = category(ask.offence.trim());
    let offence = offence.ok_or_else(|| wrong("offence", "is missing: choose one of the list"))?;
    let investigation = Investigation::parse(&ask.investigation);
    let investigation = investigation.ok_or_else(|| {
        wrong("investigation", "is missing: say whether there was an investigation")
    })?;
    Ok(StopFacts { driver, victim, offence: offence.code.to_owned(), investigation })
}

/// The tables of a quarter, small counts withheld.
fn tables(rule: &StopFactsRule, counts: &[StopCount]) -> Vec<StopTable> {
    let of = |subject| counts.iter().filter(move |one| one.subject == subject);
    let people = |subject| {
        // An entry that was on the list when it was counted stands there, whatever the list has become.
        let with = |list: &[String], named: fn(&StopCount) -> &String| {
            let mut all = list.to_vec();
            for one in of(subject).map(named) {
                if !all.contains(one) {
                    all.push(one.clone());
                }
            }
            all
        };
        let rows = with(&rule.races, |one| &one.first);
        let columns = with(&rule.genders, |one| &one.second);
        let rows = rows.into_iter().map(|one| (one.clone(), one)).collect();
        let columns = columns.into_iter().map(|one| (one.clone(), one)).collect();
        table(rule, subject, &of(subject).collect::<Vec<_>>(), rows, columns)
    };
    let offence = |code: &str| {
        let name = category(code).map_or_else(|| code.to_owned(), ToString::to_string);
        (code.to_owned(), name)
    };
    let offences: BTreeMap<String, String> =
        of(Subject::Offence).map(|one| offence(&one.first)).collect();
    let offences = offences.into_iter().collect();
    let columns = Investigation::ALL.iter();
    let columns = columns.map(|one| (one.word().to_owned(), one.label().to_owned())).collect();
    vec![
        people(Subject::Driver),
        people(Subject::Victim),
        table(rule, Subject::Offence, &of(Subject::Offence).collect::<Vec<_>>(), offences, columns),
    ]
}

/// A table of these rows and columns, each a word and what people read.
fn table(
    rule: &StopFactsRule,
    subject: Subject,
    counts: &[&StopCount],
    rows: Vec<(String, String)>,
    columns: Vec<(String, String)>,
) -> StopTable {
    let n = |row: &str, column: &str| {
        let own = counts.iter().find(|one| one.first == row && one.second == column);
        own.map_or(0, |one| one.n)
    };
    let numbers = rows.iter().map(|(row, _)| columns.iter().map(|(c, _)| n(row, c)).collect());
    let threshold = u64::from(rule.withhold_below);
    let table = Table::suppressed(numbers.collect(), columns.len(), threshold);
    let across = |row: usize| (0..columns.len()).map(move |c| Cell::At(row, c));
    let shown = rows.into_iter().enumerate().map(|(nth, (_, label))| {
        let cells = across(nth).map(|cell| table.shown(cell)).collect();
        (label, cells, table.shown(Cell::Row(nth)))
    });
    StopTable {
        subject,
        rows: shown.collect(),
        totals: (0..columns.len()).map(|c| table.shown(Cell::Column(c))).collect(),
        all: table.shown(Cell::All),
        columns: columns.into_iter().map(|(_, label)| label).collect(),
    }
}
