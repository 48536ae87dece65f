//! Joins what the store keeps apart: a hit with its read, entry, list and camera.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::access::{ListCameras, ListHotlists, OpenHit, OpenRead};
use domain::{
    Camera, CameraId, Category, Hit, Hotlist, HotlistEntry, HotlistId, ReadRef, StoredRead,
};

use crate::record::Leave;
use crate::views::{HitCard, ReadCard, doubtful_characters, look_alike_note};
use crate::{App, AskError};

/// What the cards of one page share.
#[derive(Debug)]
pub struct Joins {
    cameras: HashMap<CameraId, Camera>,
    hotlists: HashMap<HotlistId, Hotlist>,
    /// Under which category hits of a topic are told.
    topics: HashMap<(HotlistId, u32), Category>,
}

impl Joins {
    /// Loads the agency's cameras and lists: some dozens, once a page.
    pub(crate) async fn load(app: &App, leave: &Leave) -> Result<Self, AskError> {
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
        Ok(Self { topics: topics.collect(), ..Self::of(cameras, hotlists) })
    }

    /// Of the agency's cameras and lists.
    pub fn of(cameras: Vec<Camera>, hotlists: Vec<Hotlist>) -> Self {
        Self {
            cameras: cameras.into_iter().map(|camera| (camera.id, camera)).collect(),
            hotlists: hotlists.into_iter().map(|list| (list.id, list)).collect(),
            topics: HashMap::new(),
        }
    }

    /// Why an entry of a list is wanted: by its topic, where it has one that the policy still holds.
    fn category(&self, list: &Hotlist, entry: Option<&HotlistEntry>) -> Category {
        let topic = entry.and_then(|entry| entry.topic);
        let of_topic = topic.and_then(|number| self.topics.get(&(list.id, number)));
        of_topic.copied().unwrap_or(list.category)
    }

    /// A camera of the agency.
    pub(crate) fn camera(&self, id: CameraId) -> Option<&Camera> {
        self.cameras.get(&id)
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

    /// The cards of hits, in their order. A hit whose read or list is no more (purged) is left out.
    pub(crate) async fn hit_cards(
        &self,
        app: &App,
        leave: &Leave,
        hits: &[Hit],
    ) -> Result<Vec<HitCard>, AskError> {
        let mut reads: HashMap<ReadRef, Option<StoredRead>> = HashMap::new();
        let mut cards = Vec::with_capacity(hits.len());
        for hit in hits {
            let at = hit.hit.read;
            let read = match reads.entry(at) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(slot) => slot.insert(read_at(app, leave, at).await?),
            };
            let Some(read) = read.as_ref() else { continue };
            cards.extend(self.hit_card(app, leave, hit, read).await?);
        }
        Ok(cards)
    }

    async fn hit_card(
        &self,
        app: &App,
        leave: &Leave,
        Hit { id, hit }: &Hit,
        stored: &StoredRead,
    ) -> Result<Option<HitCard>, AskError> {
        let Some(list) = self.hotlists.get(&hit.entry.hotlist) else { return Ok(None) };
        let entry = app.inner().store.entry(&leave.permit::<OpenHit>()?, hit.entry).await;
        let entry = entry.map_err(AskError::failed("look up the entry"))?;
        let read = &stored.read;
        let category = self.category(list, entry.as_ref());
        let note =
            entry.as_ref().and_then(|entry| look_alike_note(read.plate, &entry.plate, hit.grade));
        Ok(Some(HitCard {
            id: *id,
            read: stored.at,
            plate: read.plate,
            doubtful: doubtful_characters(&read.characters),
            characters: read.characters.clone(),
            jurisdiction: read.jurisdiction,
            confidence: read.confidence,
            captured_at: read.captured_at,
            received_at: read.received_at,
            raised_at: hit.raised_at,
            camera_name: self.camera_name(read.camera),
            camera_id: read.camera,
            heading_deg: self.camera(read.camera).and_then(|camera| camera.about.heading_deg),
            grade: hit.grade,
            jurisdiction_fit: hit.jurisdiction_fit,
            category,
            priority: category.priority_of(entry.as_ref().and_then(|entry| entry.priority)),
            hotlist_id: list.id,
            hotlist_name: list.name.clone(),
            list_imported_at: list.renewed_at.filter(|_| list.version == Some(hit.entry.version)),
            entry,
            look_alike_note: note,
            has_plate_picture: read.pictures.plate.is_some(),
            has_vehicle_picture: read.pictures.vehicle.is_some(),
        }))
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
