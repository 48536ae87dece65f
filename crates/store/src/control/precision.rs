//! How often alerts were right, by list and by camera: counts of what people found (`AUS-344.6b2`).

use domain::access::ReadPrecision;
use domain::life::Finding;
use domain::{CameraId, HotlistId, Permit, Timestamp};

use crate::sql::{Row, args};
use crate::{Store, StoreError};

const BY_LIST: &str = "SELECT h.hotlist, COALESCE(l.finding, 'unreviewed'), COUNT(*) \
    FROM hits h LEFT JOIN hit_lives l ON l.hit = h.id \
    WHERE h.agency = $1 AND h.raised_at >= $2 AND h.raised_at < $3 GROUP BY 1, 2 ORDER BY 1, 2";
const BY_CAMERA: &str = "SELECT h.camera, COALESCE(l.finding, 'unreviewed'), COUNT(*) \
    FROM hits h LEFT JOIN hit_lives l ON l.hit = h.id \
    WHERE h.agency = $1 AND h.raised_at >= $2 AND h.raised_at < $3 AND h.camera IS NOT NULL \
    GROUP BY 1, 2 ORDER BY 1, 2";

impl Store {
    /// What was found of the hits that were raised from `from` on and before `to`, by list.
    pub async fn findings_by_list(
        &self,
        permit: &Permit<ReadPrecision>,
        period: (Timestamp, Timestamp),
    ) -> Result<Vec<(HotlistId, Finding, u64)>, StoreError> {
        let rows = self.findings(BY_LIST, permit, period).await?;
        Ok(rows.into_iter().map(|(id, found, n)| (HotlistId::from_i64(id), found, n)).collect())
    }

    /// The same by camera.
    pub async fn findings_by_camera(
        &self,
        permit: &Permit<ReadPrecision>,
        period: (Timestamp, Timestamp),
    ) -> Result<Vec<(CameraId, Finding, u64)>, StoreError> {
        let rows = self.findings(BY_CAMERA, permit, period).await?;
        Ok(rows.into_iter().map(|(id, found, n)| (CameraId::from_i64(id), found, n)).collect())
    }

    async fn findings(
        &self,
        text: &'static str,
        permit: &Permit<ReadPrecision>,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<(i64, Finding, u64)>, StoreError> {
        let failed = || StoreError::sql("count what was found of hits");
        let rows = self.control().read.rows(text, args![permit.agency(), from, to]).await;
        let one = |row: &Row| {
            let found = row.parsed(1, |word: String| Finding::parse(&word))?;
            Ok((row.get(0)?, found, row.parsed(2, |n: i64| u64::try_from(n).ok())?))
        };
        rows.map_err(failed())?.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }
}
