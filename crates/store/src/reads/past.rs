//! What was read before, as far as an entry is matched against it.

use domain::access::MatchPast;
use domain::{CameraId, Day, Permit, ReadId, ReadRef, Timestamp};
use plate::{Jurisdiction, Packed};

use crate::control::day_files::DayFile;
use crate::sql::{Row, args, unreadable};
use crate::{Store, StoreError};

/// A read, as far as it is matched.
#[derive(Clone, Copy)]
pub struct PastRead {
    /// Which.
    pub at: ReadRef,
    /// The camera.
    pub camera: CameraId,
    /// The plate as it was read.
    pub plate: Packed,
    /// Who issued it, where the read says so.
    pub jurisdiction: Option<Jurisdiction>,
}

/// Reads in one row of an answer: fetching a row costs more than everything else about it.
const PAGE_READS: i64 = 20_000;

impl Store {
    /// Gives every read captured since `since` to `take`, newest day first, in portions.
    pub async fn reads_since(
        &self,
        permit: &Permit<MatchPast>,
        since: Timestamp,
        mut take: impl FnMut(&[PastRead]) + Send,
    ) -> Result<(), StoreError> {
        let newest = Day::from_number(i64::MAX);
        let files = self.control().day_files_up_to(permit.agency(), newest).await?;
        for file in files.into_iter().filter(|known| known.file.day >= since.day()) {
            self.file_since(file, since, &mut take).await?;
        }
        Ok(())
    }

    async fn file_since(
        &self,
        file: DayFile,
        since: Timestamp,
        take: &mut (impl FnMut(&[PastRead]) + Send),
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("look through what was read");
        let open = match self.file_for_reading(file).await {
            Err(error) if error.is_key_missing() => return Ok(()),
            open => open?,
        };
        let mut after = 0_i64;
        loop {
            let values = args![after, since, PAGE_READS];
            let row = open.tables.read.row(&open.tables.texts.plates, values).await;
            let row = row.map_err(failed())?;
            let last =
                row.as_ref().map(|row| row.get::<Option<i64>>(0)).transpose().map_err(failed())?;
            let (Some(row), Some(Some(last))) = (row, last) else { return Ok(()) };
            take(&page_of(file, &row).map_err(failed())?);
            after = last;
        }
    }
}

fn page_of(file: DayFile, row: &Row) -> Result<Vec<PastRead>, sqlx::Error> {
    let page: String = row.get(1)?;
    let read = |text: &str| {
        let mut fields = text.split(',').map(|field| field.parse::<i64>().ok());
        let mut next = || fields.next().flatten();
        let (id, camera, plate, jurisdiction) = (next()?, next()?, next()?, next()?);
        let jurisdiction = match u16::try_from(jurisdiction).ok()? {
            0 => None,
            id => Some(Jurisdiction::from_id(id).ok()?),
        };
        Some(PastRead {
            at: file.file.read(ReadId::from_i64(id)),
            camera: CameraId::from_i64(camera),
            plate: Packed::from_i64(plate).ok()?,
            jurisdiction,
        })
    };
    page.split(';').map(|text| read(text).ok_or_else(|| unreadable(1))).collect()
}
