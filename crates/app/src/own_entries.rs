//! The agency's own entries as the matcher holds them: a small list beside the others, made anew at each change without touching
//! them, and matched from the same moment on.

use std::collections::{BTreeSet, HashMap};

use domain::access::ListCameras;
use domain::custom::CustomEntry;
use domain::{AgencyId, Camera, CameraId, EntryRef, Position, Priority, Timestamp};
use plate::{EntryId, Jurisdiction, Match, MatchEntry, Matcher, MatcherBuilder, Packed};
use store::{Hidden, StoreError, Suppressed};

use crate::matching::wanted;
use crate::record::server_permit;
use crate::{App, AskError, Ctx};

/// The agency's own entries that raise hits.
#[derive(Default)]
pub(crate) struct OwnEntries {
    matcher: Matcher,
    /// What the matcher's rows count.
    entries: Vec<OwnEntry>,
}

struct OwnEntry {
    at: EntryRef,
    priority: Priority,
    until: Timestamp,
    /// Those before which it raises hits; none: before all.
    cameras: Option<BTreeSet<CameraId>>,
    /// Plates for which it raises no more hits, because it once stopped a wrong vehicle (`AUS-344.4g`).
    suppressed: Vec<Packed>,
}

/// A read that is matched.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) plate: Packed,
    pub(crate) jurisdiction: Option<Jurisdiction>,
    pub(crate) camera: CameraId,
}

impl OwnEntries {
    fn of(entries: &[CustomEntry], cameras: &[Camera], suppressed: &[Suppressed]) -> Self {
        let positions = positions(cameras);
        let mut builder = MatcherBuilder::default();
        let mut own = Vec::with_capacity(entries.len());
        for entry in entries {
            let Some(at) = entry.at else { continue };
            let Some(wanted) = wanted(&entry.about.wanted.plate) else { continue };
            let row = u32::try_from(own.len()).unwrap_or(u32::MAX);
            let jurisdiction = entry.about.wanted.jurisdiction;
            builder.add(MatchEntry { wanted, jurisdiction, id: EntryId { list: 0, row } });
            let is_its = |one: &&Suppressed| {
                one.hotlist == at.hotlist && one.entry == entry.about.wanted.plate
            };
            own.push(OwnEntry {
                at,
                priority: entry.about.priority(),
                until: entry.about.expires_at,
                cameras: cameras_of(entry, &positions),
                suppressed: suppressed
                    .iter()
                    .filter(is_its)
                    .map(|one| one.plate.packed())
                    .collect(),
            });
        }
        Self { matcher: builder.build(), entries: own }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What the reads fit at this moment: the index of the read, the entry and how well, and how loudly it is told.
    pub(crate) fn find(
        &self,
        asked: &[Asked],
        now: Timestamp,
    ) -> Vec<(usize, EntryRef, Match, Priority)> {
        if self.is_empty() {
            return Vec::new();
        }
        let plates: Vec<_> = asked.iter().map(|read| (read.plate, read.jurisdiction)).collect();
        let mut found = Vec::new();
        self.matcher.match_batch(&plates, &mut found);
        let counts = |(place, found): (usize, Match)| {
            let read = asked.get(place)?;
            let entry = self.entries.get(usize::try_from(found.id.row).ok()?)?;
            entry.counts(read, now).then_some((place, entry.at, found, entry.priority))
        };
        found.into_iter().filter_map(counts).collect()
    }
}

impl OwnEntry {
    fn counts(&self, read: &Asked, now: Timestamp) -> bool {
        now < self.until
            && self.cameras.as_ref().is_none_or(|cameras| cameras.contains(&read.camera))
            && !self.suppressed.contains(&read.plate)
    }
}

fn positions(cameras: &[Camera]) -> HashMap<CameraId, Option<Position>> {
    cameras.iter().map(|camera| (camera.id, camera.about.position)).collect()
}

/// The cameras before which an entry counts; none where it counts before all.
fn cameras_of(
    entry: &CustomEntry,
    positions: &HashMap<CameraId, Option<Position>>,
) -> Option<BTreeSet<CameraId>> {
    let area = entry.about.area?;
    let inside = positions.iter().filter(|(_, position)| area.holds(**position));
    Some(inside.map(|(camera, _)| *camera).collect())
}

/// One entry alone, whether or not it is approved: what it is matched against the past by.
pub(crate) struct Alone {
    matcher: Matcher,
    cameras: Option<BTreeSet<CameraId>>,
}

impl Alone {
    pub(crate) fn of(entry: &CustomEntry, cameras: &[Camera]) -> Option<Self> {
        let wanted = wanted(&entry.about.wanted.plate)?;
        let jurisdiction = entry.about.wanted.jurisdiction;
        let mut builder = MatcherBuilder::default();
        builder.add(MatchEntry { wanted, jurisdiction, id: EntryId { list: 0, row: 0 } });
        let cameras = cameras_of(entry, &positions(cameras));
        Some(Self { matcher: builder.build(), cameras })
    }

    /// Whether a read fits. One of another state is another vehicle's.
    pub(crate) fn fits(&self, read: &Asked) -> bool {
        let is_before = |cameras: &BTreeSet<CameraId>| cameras.contains(&read.camera);
        let found = || self.matcher.match_one(read.plate.into(), read.jurisdiction);
        self.cameras.as_ref().is_none_or(is_before)
            && found().iter().any(|one| one.jurisdiction != plate::JurisdictionFit::Different)
    }
}

/// Loads an agency's own entries anew: those that hold at this moment, and no others.
pub(crate) async fn reload(app: &App, agency: AgencyId) -> Result<(), StoreError> {
    let Some(state) = app.inner().agencies.get(agency) else { return Ok(()) };
    let _turn = state.reloading.lock().await;
    let store = &app.inner().store;
    let entries = store.custom_entries_in_force(agency, app.now()).await?;
    if entries.is_empty() {
        state.set_own(OwnEntries::default());
        return Ok(());
    }
    let permit = server_permit::<ListCameras>(agency, app.now())
        .map_err(|_| StoreError::Missing { what: "agency" })?;
    let cameras = store.cameras(&permit).await?;
    let suppressed = store.suppressed(agency).await?;
    state.set_own(OwnEntries::of(&entries, &cameras, &suppressed));
    Ok(())
}

/// The covert entries whose hits somebody is not shown. The server itself is shown everything.
pub(crate) async fn hidden_from(app: &App, ctx: &Ctx) -> Result<Hidden, AskError> {
    let Some(signed_in) = &ctx.person else { return Ok(Hidden::default()) };
    let covert = app.inner().store.covert_entries(ctx.agency).await;
    let covert = covert.map_err(AskError::failed("look up covert entries"))?;
    let (me, roles) = (signed_in.standing.person.id, signed_in.standing.roles(ctx.now));
    let hidden = covert.into_iter().filter(|one| {
        one.author != me && one.approver != me && !one.about.audience.holds(me, &roles)
    });
    Ok(Hidden::of(hidden.map(|one| one.at)))
}

#[cfg(test)]
mod tests {
    use domain::custom::{Audience, CustomLife, NewCustomEntry};
    use domain::{
        Category, Circle, CustomEntryId, HotlistEntry, HotlistId, HotlistVersionId, Mounting,
        NewCamera, PersonId,
    };
    use plate::PlateText;

    use super::*;

    const NEAR: Position = Position { latitude: 30.2747, longitude: -97.7404 };
    const FAR: Position = Position { latitude: 30.2698, longitude: -97.7531 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    fn camera(id: i64, position: Option<Position>) -> Camera {
        Camera {
            id: CameraId::from_i64(id),
            agency: AgencyId::from_i64(1),
            about: NewCamera {
                name: "Lamar".to_owned(),
                mounting: Mounting::Fixed,
                site: String::new(),
                heading_deg: None,
                position,
            },
            added_at: at(0),
            disabled_at: None,
            last_seen_at: None,
        }
    }

    fn entry(plate: &str, area: Option<Circle>) -> CustomEntry {
        CustomEntry {
            id: CustomEntryId::from_i64(7),
            agency: AgencyId::from_i64(1),
            about: NewCustomEntry {
                wanted: HotlistEntry {
                    plate: plate.to_owned(),
                    jurisdiction: Jurisdiction::from_code("US-TX").ok(),
                    ..HotlistEntry::default()
                },
                category: Category::Investigation,
                offence: String::new(),
                person: String::new(),
                reason: String::new(),
                expires_at: at(100),
                area,
                audience: Audience::default(),
                covert: false,
            },
            author: PersonId::from_i64(1),
            asked_at: at(0),
            life: CustomLife::default(),
            at: Some(EntryRef {
                hotlist: HotlistId::from_i64(3),
                version: HotlistVersionId::from_i64(4),
                row: 7,
            }),
        }
    }

    fn asked(plate: &str, camera: i64, state: &str) -> Asked {
        Asked {
            plate: PlateText::parse(plate).unwrap().packed(),
            jurisdiction: Jurisdiction::from_code(state).ok(),
            camera: CameraId::from_i64(camera),
        }
    }

    #[test]
    fn clause_bel_461_3c_a_partial_plate_raises_hits_in_its_area_and_time_alone() {
        let area = Circle { centre: NEAR, radius_m: 500 };
        let cameras = [camera(1, Some(NEAR)), camera(2, Some(FAR)), camera(3, None)];
        let own = OwnEntries::of(&[entry("7A?C*", Some(area))], &cameras, &[]);
        let reads = [1, 2, 3].map(|id| asked("7ABC123", id, "US-TX"));
        let found = |second| -> Vec<usize> {
            own.find(&reads, at(second)).into_iter().map(|(place, ..)| place).collect()
        };
        assert_eq!(found(99), [0]);
        assert!(found(100).is_empty(), "its time is over, and nobody did anything");
        let alone = Alone::of(&entry("7A?C*", Some(area)), &cameras).unwrap();
        assert_eq!(reads.map(|read| alone.fits(&read)), [true, false, false]);
        assert!(!alone.fits(&asked("7ABC123", 1, "US-CA")), "another state's");
    }

    #[test]
    fn an_entry_that_once_stopped_a_wrong_vehicle_leaves_that_plate_alone() {
        let suppressed = Suppressed {
            hotlist: HotlistId::from_i64(3),
            entry: "7ABC123".to_owned(),
            plate: PlateText::parse("7ABC123").unwrap(),
        };
        let own = OwnEntries::of(&[entry("7ABC123", None)], &[], &[suppressed]);
        let reads = [asked("7ABC123", 1, ""), asked("7A8C123", 1, "")];
        let found: Vec<usize> = own.find(&reads, at(1)).into_iter().map(|one| one.0).collect();
        assert_eq!(found, [1]);
    }
}
