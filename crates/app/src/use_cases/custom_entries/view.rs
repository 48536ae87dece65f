//! Looking at the agency's own entries.

use domain::access::{
    ApproveCustomEntry, AskCustomEntry, EndCustomEntry, ListCameras, ListCustomEntries, ListPeople,
    ListReads, MatchPast, OpenRead,
};
use domain::custom::{CustomDeed, CustomEntry, CustomState};
use domain::{Category, CustomEntryId, PersonId, ReadId, Timestamp};
use policy::settings::CustomEntries;

use super::{about, is_shown, shown, thing};
use crate::cards::{Joins, Names, read_at};
use crate::own_entries::hidden_from;
use crate::protected::{Shield, Sifted};
use crate::record::{About, Leave};
use crate::views::ReadCard;
use crate::{App, AskError, Ctx};

/// Entries that are looked through for a list: a big agency's of some years.
const ENTRIES_MAX: u32 = 2_000;
/// Reads of the past that a page shows.
const PAST_SHOWN: u32 = 100;

/// The agency's own entries.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomBoard {
    /// Those in the state that was asked for, newest first.
    pub entries: Vec<CustomCard>,
    /// How many there are in each state, among those that who looks is shown.
    pub counts: Vec<(CustomState, usize)>,
}

/// An entry, with names.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomCard {
    /// The entry.
    pub entry: CustomEntry,
    /// How far it has come.
    pub state: CustomState,
    /// Who asked, by name.
    pub author: String,
    /// Who approved it, by name; empty where nobody has.
    pub approver: String,
    /// Who is told, in words.
    pub audience: String,
}

/// One deed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomHappened {
    /// When.
    pub at: Timestamp,
    /// By whom, by name.
    pub by: String,
    /// What.
    pub deed: CustomDeed,
}

/// One entry, opened.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomPage {
    /// The entry.
    pub card: CustomCard,
    /// Everything that was done, oldest first; that its time is over is no deed of anybody's.
    pub history: Vec<CustomHappened>,
    /// What of the past it fitted when it was approved; none where it was not looked for.
    pub past: Option<PastView>,
    /// Cameras that stand in its area, and those of which nobody knows where they stand; none where it has no area.
    pub cameras: Option<(usize, usize)>,
    /// Whether who looks asked for it.
    pub is_own: bool,
    /// Whether who looks may decide it now.
    pub may_decide: bool,
    /// Whether they may have it counted.
    pub may_count: bool,
    /// Whether they may end it now, or take it back.
    pub may_end: bool,
}

/// What of the past an entry fitted.
#[derive(Clone, PartialEq, Debug)]
pub struct PastView {
    /// So many reads.
    pub n_reads: u64,
    /// Of so many hours.
    pub hours: u32,
    /// Those that are still kept and may be shown, newest first; none where who looks may not open reads now.
    pub reads: Option<Vec<ReadCard>>,
    /// Reads of protected events that were left out.
    pub n_left_out: u64,
}

/// What the form for a new entry offers.
#[derive(Clone, PartialEq, Debug)]
pub struct EntryForm {
    /// The grounds on which the policy lets a plate be listed: the category, and the fields that the bundle asks for.
    pub categories: Vec<(Category, Vec<String>)>,
    /// People of the agency who can be told, by name.
    pub people: Vec<(PersonId, String)>,
    /// How a case number is written.
    pub case_example: String,
    /// The bundle's numbers.
    pub rules: CustomEntries,
}

/// The agency's own entries, those of one state or all.
pub async fn custom_entries(
    app: &App,
    ctx: &Ctx,
    state: Option<CustomState>,
) -> Result<CustomBoard, AskError> {
    let mut act = app.begin::<ListCustomEntries>(ctx, About::nothing_yet()).await?;
    let all = app.inner().store.custom_entries(act.permit(), ENTRIES_MAX).await;
    let all = all.map_err(AskError::failed("list entries of the agency's own"))?;
    let names = names(app, act.leave()).await?;
    let all: Vec<CustomEntry> = all.into_iter().filter(|entry| is_shown(ctx, entry)).collect();
    let n_in = |state: &CustomState| all.iter().filter(|one| one.state(ctx.now) == *state).count();
    let counts = CustomState::ALL.iter().map(|state| (*state, n_in(state))).collect();
    let fits = |entry: &CustomEntry| state.is_none_or(|state| entry.state(ctx.now) == state);
    let cards = all.into_iter().filter(fits).map(|entry| card(entry, ctx, &names));
    let entries: Vec<CustomCard> = cards.collect();
    act.shows(entries.iter().filter_map(|card| plate_of(&card.entry)));
    act.done(entries.iter().map(|card| thing(card.entry.id)).collect::<Vec<_>>());
    Ok(CustomBoard { entries, counts })
}

/// One entry, with its history.
pub async fn open_custom_entry(
    app: &App,
    ctx: &Ctx,
    id: CustomEntryId,
) -> Result<CustomPage, AskError> {
    let mut act = app.begin::<ListCustomEntries>(ctx, about(id)).await?;
    let entry = shown(app, ctx, act.leave(), id).await?;
    let names = names(app, act.leave()).await?;
    let cameras = cameras_of(app, act.leave(), &entry).await?;
    let past = past_of(app, ctx, act.leave(), &entry).await?;
    act.shows(plate_of(&entry));
    act.done([thing(id)]);
    let history = entry.life.deeds().iter().map(|done| CustomHappened {
        at: done.at,
        by: name_of(done.by, &names),
        deed: done.deed.clone(),
    });
    let state = entry.state(ctx.now);
    let is_own = Some(entry.author) == ctx.person_id();
    let waits = state == CustomState::Waiting;
    Ok(CustomPage {
        history: history.collect(),
        past,
        cameras,
        is_own,
        may_decide: waits && !is_own && ctx.may::<ApproveCustomEntry>(),
        may_count: waits && ctx.may::<MatchPast>(),
        may_end: (waits || state == CustomState::Active) && ctx.may::<EndCustomEntry>(),
        card: card(entry, ctx, &names),
    })
}

/// What the form for a new entry offers, to who may ask for one.
pub async fn custom_entry_form(app: &App, ctx: &Ctx) -> Result<EntryForm, AskError> {
    app.permit_to_ask::<AskCustomEntry>(ctx).await?;
    let policy = app.policy_of(ctx.agency).await?;
    let policy = policy.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let settings = policy.bundle.settings();
    let permit = crate::record::server_permit::<ListPeople>(ctx.agency, ctx.now)?;
    let people = app.inner().store.people(&permit).await;
    let people = people.map_err(AskError::failed("list people"))?;
    let usable = people.into_iter().filter(|person| person.is_usable(ctx.now));
    let mut people: Vec<_> = usable.map(|person| (person.id, person.name)).collect();
    people.sort_by(|(_, one), (_, other)| one.cmp(other));
    let categories = settings.hotlists.categories.iter();
    Ok(EntryForm {
        categories: categories.map(|one| (one.category, one.needs.clone())).collect(),
        people,
        case_example: settings.case_number.example.clone(),
        rules: settings.custom_entries.clone(),
    })
}

async fn names(app: &App, leave: &Leave) -> Result<Names, AskError> {
    let people = app.inner().store.people(&leave.permit::<ListPeople>()?).await;
    let people = people.map_err(AskError::failed("list people"))?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

fn name_of(id: PersonId, names: &Names) -> String {
    names.get(&id).cloned().unwrap_or_else(|| format!("person {id}"))
}

fn card(entry: CustomEntry, ctx: &Ctx, names: &Names) -> CustomCard {
    let audience = &entry.about.audience;
    let roles = audience.roles.iter().map(|role| format!("{}s", role.label()));
    let people = audience.people.iter().map(|id| name_of(*id, names));
    CustomCard {
        state: entry.state(ctx.now),
        author: name_of(entry.author, names),
        approver: entry.life.approver().map(|id| name_of(id, names)).unwrap_or_default(),
        audience: roles.chain(people).collect::<Vec<_>>().join(", "),
        entry,
    }
}

/// The plate, where it is a whole one.
fn plate_of(entry: &CustomEntry) -> Option<plate::PlateText> {
    plate::PlateText::parse(&entry.about.wanted.plate).ok()
}

async fn cameras_of(
    app: &App,
    leave: &Leave,
    entry: &CustomEntry,
) -> Result<Option<(usize, usize)>, AskError> {
    let Some(area) = entry.about.area else { return Ok(None) };
    let cameras = app.inner().store.cameras(&leave.permit::<ListCameras>()?).await;
    let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
    let used = || cameras.iter().filter(|camera| camera.disabled_at.is_none());
    let n_inside = used().filter(|camera| area.holds(camera.about.position)).count();
    let n_unknown = used().filter(|camera| camera.about.position.is_none()).count();
    Ok(Some((n_inside, n_unknown)))
}

/// The reads that the entry fitted, as far as they are kept and who looks may open reads: looked up anew, so that nothing outlives
/// its read, and through what protects events.
async fn past_of(
    app: &App,
    ctx: &Ctx,
    leave: &Leave,
    entry: &CustomEntry,
) -> Result<Option<PastView>, AskError> {
    let Some((n_reads, hours)) = entry.life.matched() else { return Ok(None) };
    if !ctx.may::<OpenRead>() {
        return Ok(Some(PastView { n_reads, hours, reads: None, n_left_out: 0 }));
    }
    let mut act = app.begin::<OpenRead>(ctx, about(entry.id)).await?;
    let store = &app.inner().store;
    let refs = store.past_of(&leave.permit::<ListCustomEntries>()?, entry.id, PAST_SHOWN).await;
    let mut reads = Vec::new();
    for at in refs.map_err(AskError::failed("look up which reads an entry fitted"))? {
        reads.extend(read_at(app, leave, at).await?);
    }
    let ids: Vec<ReadId> = reads.iter().map(|read| read.at.id).collect();
    let hidden = hidden_from(app, ctx).await?;
    let hits = store.hit_counts(&leave.permit::<ListReads>()?, &ids, &hidden).await;
    let hits = hits.map_err(AskError::failed("count the reads' hits"))?;
    let Sifted { reads, n_left_out } = match Shield::of(app, ctx).await? {
        Some(shield) => shield.sift::<OpenRead>(app, ctx, reads, &hits).await?,
        None => Sifted { reads, n_left_out: 0 },
    };
    let joins = Joins::load(app, leave).await?;
    let n_hits = |id: ReadId| hits.get(&id).copied().unwrap_or(0);
    act.shows(reads.iter().map(|read| read.read.plate));
    act.done(reads.iter().map(|read| format!("read {}", read.at)).collect::<Vec<_>>());
    let cards = reads.iter().map(|read| joins.read_card(read, n_hits(read.at.id)));
    Ok(Some(PastView { n_reads, hours, reads: Some(cards.collect()), n_left_out }))
}
