//! What of events sent before is known, and where the ids of reads stand.

use domain::{AgencyId, EventDigest, ReadId};

use super::row;
use crate::sql::args;
use crate::{FileRef, Store, StoreError};

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
        let each = open.tables.read.each(&open.tables.texts.events, args![], |found| {
            if let Some(event) = row::event(&found, 0)? {
                events.push((event, ReadId::from_i64(found.get(1)?)));
            }
            Ok(())
        });
        each.await.map_err(failed())?;
        Ok(events)
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
