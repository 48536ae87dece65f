//! Hits that belong together: the first of a group, and its repeats.

use std::collections::HashMap;

use domain::access::{ListHits, OpenHit};
use domain::telling::Group;
use domain::{CameraId, Hit, HitId, Permit, Timestamp};

use super::super::hits::{COLUMNS, hit};
use crate::sql::{Row, Tx, Value, args};
use crate::{Store, StoreError};

/// A keyed digest of a plate and an entry.
pub type GroupCode = [u8; 16];

/// Whether a hit `h` stands for itself: it is the first of its vehicle, or somebody did something with it.
pub(in super::super) const NOT_A_REPEAT: &str =
    "(l.hit IS NOT NULL OR NOT EXISTS (SELECT 1 FROM hit_repeats r WHERE r.hit = h.id))";
/// The life `l` of a hit `h`: where nothing was done with a repeat, that of the first hit of its group.
pub(in super::super) const LIFE: &str = "LEFT JOIN hit_repeats r ON r.hit = h.id \
    LEFT JOIN hit_lives own ON own.hit = h.id LEFT JOIN hit_lives first ON first.hit = r.first_hit";

const OPEN: &str = "SELECT g.first_hit, g.n_hits, g.last_hit, g.last_at, g.last_camera, l.stage \
    FROM hit_groups g LEFT JOIN hit_lives l ON l.hit = g.first_hit \
    WHERE g.agency = $1 AND g.code = $2 ORDER BY g.first_hit DESC LIMIT 1";
const BEGIN: &str = "INSERT INTO hit_groups (first_hit, agency, code, n_hits, last_hit, last_at, last_camera) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (first_hit) DO UPDATE SET n_hits = excluded.n_hits, \
    last_hit = excluded.last_hit, last_at = excluded.last_at, last_camera = excluded.last_camera";
const REPEAT: &str = "INSERT INTO hit_repeats (hit, first_hit, moved) VALUES ($1, $2, $3) ON CONFLICT (hit) DO NOTHING";

const FORGET: &str = "UPDATE hit_groups SET code = NULL WHERE code IS NOT NULL AND last_at < $1";

/// Hits asked about in one statement; fewer are filled up with an id that no hit has.
const AT_ONCE: usize = 32;

/// The group that a hit belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HitGroup {
    /// It.
    pub group: Group,
    /// Whether this very hit is a repeat, and then whether it was read by another camera than the one before it.
    pub repeat: Option<bool>,
}

impl Store {
    /// The newest group of a code, and whether its first hit is still open.
    pub async fn group_of_code(
        &self,
        agency: domain::AgencyId,
        code: &GroupCode,
    ) -> Result<Option<(Group, bool)>, StoreError> {
        let failed = || StoreError::sql("look for the group of a hit");
        let values = args![agency, code.as_slice()];
        let row = self.control().read.row(OPEN, values).await.map_err(failed())?;
        let one = |row: &Row| {
            let stage: Option<String> = row.get(5)?;
            let is_open = !matches!(stage.as_deref(), Some("rejected" | "closed"));
            Ok((group(row, 0)?, is_open))
        };
        row.as_ref().map(one).transpose().map_err(failed())
    }

    /// Forgets of which plate groups are to which nothing was added since `before`.
    pub async fn forget_group_codes(&self, before: Timestamp) -> Result<(), StoreError> {
        let forgotten = self.control().write.execute(FORGET, args![before]).await;
        forgotten.map(drop).map_err(StoreError::sql("forget the plates of groups"))
    }

    /// The groups of these hits; those that were not grouped yet are left out.
    pub async fn groups_of(
        &self,
        permit: &Permit<ListHits>,
        hits: &[HitId],
    ) -> Result<HashMap<HitId, HitGroup>, StoreError> {
        let failed = || StoreError::sql("look up the groups of hits");
        let places = (2..AT_ONCE + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let text = format!(
            "SELECT h.id, r.moved, g.first_hit, g.n_hits, g.last_hit, g.last_at, g.last_camera FROM hits h \
             LEFT JOIN hit_repeats r ON r.hit = h.id JOIN hit_groups g ON g.first_hit = COALESCE(r.first_hit, h.id) \
             WHERE h.agency = $1 AND h.id IN ({places})"
        );
        let mut groups = HashMap::new();
        for hits in hits.chunks(AT_ONCE) {
            let mut values = args![permit.agency()];
            values.extend(hits.iter().map(|hit| Value::from(*hit)));
            values.resize(AT_ONCE + 1, Value::from(0_i64));
            for row in self.control().read.rows(text.clone(), values).await.map_err(failed())? {
                let (hit, group) = of_hit(&row).map_err(failed())?;
                groups.insert(hit, group);
            }
        }
        Ok(groups)
    }

    /// The hits of a group, newest first.
    pub async fn hits_of_group(
        &self,
        permit: &Permit<OpenHit>,
        first: HitId,
        limit: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::sql("list the hits of a group");
        let text = format!(
            "SELECT {COLUMNS} FROM hits h WHERE h.agency = $1 AND (h.id = $2 OR h.id IN \
             (SELECT hit FROM hit_repeats WHERE first_hit = $2)) ORDER BY h.id DESC LIMIT $3"
        );
        let rows = self.control().read.rows(text, args![permit.agency(), first, limit]).await;
        rows.map_err(failed())?.iter().map(hit).collect::<Result<_, _>>().map_err(failed())
    }

    /// These hits, by their ids, newest first.
    pub async fn hits_by_ids(
        &self,
        permit: &Permit<ListHits>,
        ids: &[HitId],
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::sql("look up hits");
        let places = (2..AT_ONCE + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
        let text = format!(
            "SELECT {COLUMNS} FROM hits h WHERE h.agency = $1 AND h.id IN ({places}) ORDER BY h.id DESC"
        );
        let mut found = Vec::new();
        for ids in ids.chunks(AT_ONCE) {
            let mut values = args![permit.agency()];
            values.extend(ids.iter().map(|id| Value::from(*id)));
            values.resize(AT_ONCE + 1, Value::from(0_i64));
            let rows = self.control().read.rows(text.clone(), values).await.map_err(failed())?;
            for row in &rows {
                found.push(hit(row).map_err(failed())?);
            }
        }
        Ok(found)
    }
}

/// Keeps a group as it is with a hit: its first, or a repeat.
pub(super) async fn keep_group(
    tx: &mut Tx,
    agency: domain::AgencyId,
    code: &GroupCode,
    group: &Group,
    repeat: Option<bool>,
) -> Result<(), sqlx::Error> {
    let Group { first, n_hits, last, last_at, last_camera } = *group;
    let values = args![first, agency, code.as_slice(), n_hits, last, last_at, last_camera];
    tx.execute(BEGIN, values).await?;
    if let Some(moved) = repeat {
        tx.execute(REPEAT, args![last, first, moved]).await?;
    }
    Ok(())
}

fn group(row: &Row, at: usize) -> Result<Group, sqlx::Error> {
    Ok(Group {
        first: HitId::from_i64(row.get(at)?),
        n_hits: row.parsed(at + 1, |n: i64| u32::try_from(n).ok())?,
        last: HitId::from_i64(row.get(at + 2)?),
        last_at: Timestamp::from_micros(row.get(at + 3)?),
        last_camera: CameraId::from_i64(row.get(at + 4)?),
    })
}

fn of_hit(row: &Row) -> Result<(HitId, HitGroup), sqlx::Error> {
    let moved: Option<i64> = row.get(1)?;
    let repeat = moved.map(|moved| moved == 1);
    Ok((HitId::from_i64(row.get(0)?), HitGroup { group: group(row, 2)?, repeat }))
}
