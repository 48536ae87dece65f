//! What of events sent before is known, and where the ids of reads stand.

use domain::{AgencyId, EventDigest, ReadId};

use super::row;
use crate::sql::{Row, args, unreadable};
use crate::{FileRef, Store, StoreError};

/// Events fetched as one row: some hundred kilobytes.
const EVENTS_AT_ONCE: i64 = 10_000;

impl Store {
    /// Every event that a file holds, with its read: for the table in memory by which an event sent again is known.
    pub async fn known_events(
        &self,
        file: FileRef,
    ) -> Result<Vec<(EventDigest, ReadId)>, StoreError> {
        let failed = || StoreError::sql("load a file's events");
        let Some(known) = self.control().day_file(file).await? else { return Ok(Vec::new()) };
        let open = self.file_for_reading(known).await?;
        let mut events = Vec::new();
        let mut after = 0_i64;
        loop {
            let values = args![after, EVENTS_AT_ONCE, Vec::<u8>::new()];
            let row =
                open.tables.read.row(&open.tables.texts.events, values).await.map_err(failed())?;
            let Some(row) = row else { return Ok(events) };
            let Some(last) = row.get::<Option<i64>>(0).map_err(failed())? else {
                return Ok(events);
            };
            events.extend(page_of(&row).map_err(failed())?);
            after = last;
        }
    }

    /// The event of one read, in full.
    pub async fn event(
        &self,
        file: FileRef,
        read: ReadId,
    ) -> Result<Option<EventDigest>, StoreError> {
        let failed = || StoreError::sql("look up a read's event");
        let Some(known) = self.control().day_file(file).await? else { return Ok(None) };
        let open = self.file_for_reading(known).await?;
        let row =
            open.tables.read.row(&open.tables.texts.event, args![read]).await.map_err(failed())?;
        row.map(|row| row::event(&row, 0)).transpose().map_err(failed()).map(Option::flatten)
    }

    /// The greatest id that a read of the agency has: the next one must be greater.
    pub async fn last_read_id(&self, agency: AgencyId) -> Result<ReadId, StoreError> {
        let failed = || StoreError::sql("look up the last read");
        let mut last = ReadId::ZERO;
        for known in self.control().day_files(agency).await? {
            if let Some((_, sealed_last)) = known.sealed {
                last = last.max(sealed_last);
                continue;
            }
            let open = match self.file_for_reading(known).await {
                Err(error) if error.is_key_missing() => continue,
                open => open?,
            };
            let row = open
                .tables
                .read
                .row(&open.tables.texts.last_read, args![])
                .await
                .map_err(failed())?;
            let of_file = row.map(|row| row.get::<Option<i64>>(0)).transpose().map_err(failed())?;
            last = last.max(ReadId::from_i64(of_file.flatten().unwrap_or(0)));
        }
        Ok(last)
    }
}

/// The events of one page: the ids as text, the digests one after the other.
fn page_of(row: &Row) -> Result<Vec<(EventDigest, ReadId)>, sqlx::Error> {
    let ids: String = row.get(1)?;
    let digests: Vec<u8> = row.get(2)?;
    let (digests, rest) = digests.as_chunks::<16>();
    let ids = ids.split(',').map(|id| id.parse().map(ReadId::from_i64).map_err(|_| unreadable(1)));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    if !rest.is_empty() || ids.len() != digests.len() {
        return Err(unreadable(2));
    }
    Ok(digests.iter().map(|digest| EventDigest::from_bytes(*digest)).zip(ids).collect())
}
