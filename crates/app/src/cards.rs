//! Joins what the store keeps apart: a hit with its read, entry, list and camera.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::access::{ListCameras, ListHits, ListHotlists, ListPeople, OpenHit, OpenRead};
use domain::{
    Camera, CameraId, Category, EntryRef, FreshFor, Hit, HitId, Hotlist, HotlistEntry, HotlistId,
    PersonId, ReadRef, Staleness, StoredRead,
};
use store::{Hidden, HitGroup};

use crate::matching::fresh_for;
use crate::own_entries::hidden_from;
use crate::policies::InForce;
use crate::record::Leave;
use crate::views::{HitCard, OwnCard, ReadCard, SeenAgain, doubtful_characters, look_alike_note};
use crate::{App, AskError};

/// People's names.
pub(crate) type Names = HashMap<PersonId, String>;

/// What the cards of one page share.
#[derive(Debug)]
pub struct Joins {
    cameras: HashMap<CameraId, Camera>,
    hotlists: HashMap<HotlistId, Hotlist>,
    /// Under which category hits of a topic are told.
    topics: HashMap<(HotlistId, u32), Category>,
    /// How old each list may be, by the policy in force.
    limits: HashMap<HotlistId, FreshFor>,
    /// The list of the agency's own entries.
    own: Option<HotlistId>,
    /// Entries whose hits are not for who looks.
    hidden: Hidden,
}

impl Joins {
    /// Loads the agency's cameras and lists: some dozens, once a page; and what of them is not for who looks.
    pub(crate) async fn load(app: &App, leave: &Leave) -> Result<Self, AskError> {
        let hidden = hidden_from(app, leave.ctx()).await?;
        Ok(Self { hidden, ..Self::for_all(app, leave).await? })
    }

    /// The same with nothing hidden: for what is made once for all who look, and then shown to each without what is not for them.
    pub(crate) async fn for_all(app: &App, leave: &Leave) -> Result<Self, AskError> {
        let store = &app.inner().store;
        let cameras = store.cameras(&leave.permit::<ListCameras>()?).await;
        let cameras = cameras.map_err(AskError::failed("list the cameras"))?;
        let hotlists = store.hotlists(&leave.permit::<ListHotlists>()?).await;
        let hotlists = hotlists.map_err(AskError::failed("list the hotlists"))?;
        let topics = store.topics(&leave.permit::<ListHotlists>()?).await;
        let topics = topics.map_err(AskError::failed("list the topics of hotlists"))?;
        let policy = app.policy(leave.ctx().agency);
        let category = |kind| policy.as_ref()?.bundle.settings().topic(kind).ok();
        let topics = topics
            .into_iter()
            .filter_map(|topic| Some(((topic.hotlist, topic.number), category(topic.kind?)?)));
        let limits = |policy: &InForce| {
            hotlists.iter().map(|list| (list.id, fresh_for(policy, list))).collect()
        };
        let limits = policy.as_deref().map(limits).unwrap_or_default();
        let own = store.own_list(&leave.permit::<ListHotlists>()?).await;
        let own = own.map_err(AskError::failed("look up the agency's own list"))?;
        let own_id = own.as_ref().map(|list| list.id);
        // Each of the agency's own entries ends by itself: their list has no limit.
        let hotlists = hotlists.into_iter().chain(own).collect();
        let joins = Self::of(cameras, hotlists);
        Ok(Self { topics: topics.collect(), limits, own: own_id, ..joins })
    }

    /// Of the agency's cameras and lists.
    pub fn of(cameras: Vec<Camera>, hotlists: Vec<Hotlist>) -> Self {
        Self {
            cameras: cameras.into_iter().map(|camera| (camera.id, camera)).collect(),
            hotlists: hotlists.into_iter().map(|list| (list.id, list)).collect(),
            topics: HashMap::new(),
            limits: HashMap::new(),
            own: None,
            hidden: Hidden::default(),
        }
    }

    /// Why an entry of a list is wanted: as one of the agency's own says, else by its topic, where it has one that the policy still
    /// holds.
    fn category(
        &self,
        list: &Hotlist,
        entry: Option<&HotlistEntry>,
        own: Option<&OwnCard>,
    ) -> Category {
        if let Some(own) = own {
            return own.category;
        }
        let topic = entry.and_then(|entry| entry.topic);
        let of_topic = topic.and_then(|number| self.topics.get(&(list.id, number)));
        of_topic.copied().unwrap_or(list.category)
    }

    /// Whether an entry is one of the agency's own.
    pub(crate) fn is_own(&self, entry: EntryRef) -> bool {
        Some(entry.hotlist) == self.own
    }

    /// A camera of the agency.
    pub(crate) fn camera(&self, id: CameraId) -> Option<&Camera> {
        self.cameras.get(&id)
    }

    /// The agency's cameras in use that have a place.
    pub(crate) fn placed(&self) -> Vec<Camera> {
        let is_placed =
            |camera: &&Camera| camera.disabled_at.is_none() && camera.about.position.is_some();
        let mut placed: Vec<Camera> = self.cameras.values().filter(is_placed).cloned().collect();
        placed.sort_by_key(|camera| camera.id);
        placed
    }

    fn camera_name(&self, id: CameraId) -> String {
        self.camera(id).map_or_else(|| format!("camera {id}"), |camera| camera.about.name.clone())
    }

    /// A read's card.
    pub fn read_card(&self, stored: &StoredRead, n_hits: u32) -> ReadCard {
        let read = &stored.read;
        ReadCard {
            read: stored.at,
            plate: read.plate,
            jurisdiction: read.jurisdiction,
            confidence: read.confidence,
            doubtful: doubtful_characters(&read.characters),
            characters: read.characters.clone(),
            vehicle: read.vehicle,
            captured_at: read.captured_at,
            received_at: read.received_at,
            camera_name: self.camera_name(read.camera),
            camera_id: read.camera,
            n_hits,
            has_plate_picture: read.pictures.plate.is_some(),
            has_vehicle_picture: read.pictures.vehicle.is_some(),
            marks: read.marks,
        }
    }

    /// The cards of hits, in their order. A hit whose read or list is no more (purged) is left out, and one of a covert entry whose
    /// audience who looks is not among.
    pub(crate) async fn hit_cards(
        &self,
        app: &App,
        leave: &Leave,
        hits: &[Hit],
    ) -> Result<Vec<HitCard>, AskError> {
        let mut reads: HashMap<ReadRef, Option<StoredRead>> = HashMap::new();
        let mut cards = Vec::with_capacity(hits.len());
        let names = self.names(app, leave, hits).await?;
        for hit in hits.iter().filter(|hit| !self.hidden.holds(hit.hit.entry)) {
            let at = hit.hit.read;
            let read = match reads.entry(at) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(slot) => slot.insert(read_at(app, leave, at).await?),
            };
            let Some(read) = read.as_ref() else { continue };
            cards.extend(self.hit_card(app, leave, hit, read, &names).await?);
        }
        Ok(cards)
    }

    /// Everybody's name, where a hit is of one of the agency's own entries: it says who asked and who approved.
    async fn names(&self, app: &App, leave: &Leave, hits: &[Hit]) -> Result<Names, AskError> {
        if !hits.iter().any(|hit| self.is_own(hit.hit.entry)) {
            return Ok(Names::new());
        }
        let people = app.inner().store.people(&leave.permit::<ListPeople>()?).await;
        let people = people.map_err(AskError::failed("list people"))?;
        Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
    }

    /// What a hit's entry says of itself, where it is one of the agency's own.
    async fn own_card(
        &self,
        app: &App,
        leave: &Leave,
        at: EntryRef,
        names: &Names,
    ) -> Result<Option<OwnCard>, AskError> {
        if !self.is_own(at) {
            return Ok(None);
        }
        let entry = app.inner().store.custom_entry_at(&leave.permit::<OpenHit>()?, at).await;
        let entry = entry.map_err(AskError::failed("look up what a hit matched"))?;
        Ok(entry.map(|entry| OwnCard::of(&entry, leave.ctx().now, names)))
    }

    async fn hit_card(
        &self,
        app: &App,
        leave: &Leave,
        raised: &Hit,
        stored: &StoredRead,
        names: &Names,
    ) -> Result<Option<HitCard>, AskError> {
        let Hit { id, hit, class_fit } = raised;
        let Some(list) = self.hotlists.get(&hit.entry.hotlist) else { return Ok(None) };
        let entry = app.inner().store.entry(&leave.permit::<OpenHit>()?, hit.entry).await;
        let entry = entry.map_err(AskError::failed("look up the entry"))?;
        let read = &stored.read;
        let own = self.own_card(app, leave, hit.entry, names).await?;
        let category = self.category(list, entry.as_ref(), own.as_ref());
        let is_list_of_now = list.version == Some(hit.entry.version) && own.is_none();
        let note =
            entry.as_ref().and_then(|entry| look_alike_note(read.plate, &entry.plate, hit.grade));
        let list_imported_at = list.renewed_at.filter(|_| is_list_of_now);
        let is_stale = |limits: &FreshFor| {
            limits.staleness(list_imported_at, leave.ctx().now) != Staleness::Fresh
        };
        Ok(Some(HitCard {
            id: *id,
            read: stored.at,
            plate: read.plate,
            doubtful: doubtful_characters(&read.characters),
            characters: read.characters.clone(),
            jurisdiction: read.jurisdiction,
            confidence: read.confidence,
            vehicle: read.vehicle,
            captured_at: read.captured_at,
            received_at: read.received_at,
            raised_at: hit.raised_at,
            camera_name: self.camera_name(read.camera),
            camera_id: read.camera,
            heading_deg: self.camera(read.camera).and_then(|camera| camera.about.heading_deg),
            grade: hit.grade,
            jurisdiction_fit: hit.jurisdiction_fit,
            class_fit: *class_fit,
            is_information_only: raised.is_information_only(),
            category,
            priority: raised.priority(category, entry.as_ref().and_then(|entry| entry.priority)),
            hotlist_id: list.id,
            hotlist_name: list.name.clone(),
            list_imported_at,
            list_is_stale: self.limits.get(&list.id).is_some_and(is_stale),
            own,
            entry,
            look_alike_note: note,
            has_plate_picture: read.pictures.plate.is_some(),
            has_vehicle_picture: read.pictures.vehicle.is_some(),
            seen: None,
        }))
    }

    /// Says of each card how often its vehicle was seen. `new`: the groups of the hits that the reader has
    /// not seen yet.
    pub(crate) async fn say_seen(
        &self,
        app: &App,
        leave: &Leave,
        cards: &mut [HitCard],
        new: &HashMap<HitId, HitGroup>,
    ) -> Result<(), AskError> {
        let ids: Vec<HitId> = cards.iter().map(|card| card.id).collect();
        let groups = app.inner().store.groups_of(&leave.permit::<ListHits>()?, &ids).await;
        let groups = groups.map_err(AskError::failed("look up the groups of hits"))?;
        for card in cards {
            let group = groups.get(&card.id).map(|one| one.group).filter(|one| one.n_hits > 1);
            card.seen = group.map(|group| SeenAgain {
                first: group.first,
                n_hits: group.n_hits,
                last: group.last,
                last_at: group.last_at,
                last_camera: self.camera_name(group.last_camera),
                moved: new
                    .values()
                    .any(|one| one.group.first == group.first && one.repeat == Some(true)),
            });
        }
        Ok(())
    }
}

/// The read at a place, if it is there.
pub(crate) async fn read_at(
    app: &App,
    leave: &Leave,
    at: ReadRef,
) -> Result<Option<StoredRead>, AskError> {
    let read = app.inner().store.read(&leave.permit::<OpenRead>()?, at).await;
    read.map_err(AskError::failed("open the read"))
}

/// How many items a page may have.
const PAGE_MAX: u32 = 200;
/// How many it has when nobody says.
const PAGE_DEFAULT: u32 = 50;

/// The asked-for length of a page, kept within bounds.
pub(crate) fn page_limit(asked: u32) -> u32 {
    if asked == 0 { PAGE_DEFAULT } else { asked.min(PAGE_MAX) }
}
