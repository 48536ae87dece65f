//! Looking at reads. Who asks holds a permit and is answered for its agency.

use domain::access::{ListReads, OpenPicture, OpenRead};
use domain::{AgencyId, CameraId, Day, NewRead, Permit, Pictures, ReadId, ReadRef, StoredRead};

use super::row;
use crate::control::day_files::DayFile;
use crate::sql::args;
use crate::{FileRef, Store, StoreError};

/// Which reads to list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadsQuery {
    /// Only those before this one: on its day those taken earlier, and those of earlier days.
    pub before: Option<ReadRef>,
    /// Only those of this camera.
    pub camera: Option<CameraId>,
    /// At most so many.
    pub limit: u32,
}

impl Store {
    /// Reads, newest first: by day of capture, within a day by the order in which they were taken.
    pub async fn list_reads(
        &self,
        permit: &Permit<ListReads>,
        query: ReadsQuery,
    ) -> Result<Vec<StoredRead>, StoreError> {
        let agency = permit.agency();
        if query.before.is_some_and(|before| before.agency != agency) {
            return Ok(Vec::new());
        }
        let newest_day = query.before.map_or(Day::from_number(i64::MAX), |before| before.day);
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        let files = self.control().day_files_up_to(agency, newest_day).await?;
        for files in files.chunk_by(|a, b| a.file.day == b.file.day) {
            let mut of_day = Vec::new();
            for file in files {
                of_day.extend(self.newest_of_file(*file, query).await?);
            }
            of_day.sort_by_key(|read| std::cmp::Reverse(read.at.id));
            found.extend(of_day);
            if found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn newest_of_file(
        &self,
        file: DayFile,
        query: ReadsQuery,
    ) -> Result<Vec<StoredRead>, StoreError> {
        let failed = || StoreError::sql("list reads");
        let open = match self.file_for_reading(file).await {
            Err(error) if error.is_key_missing() => return Ok(Vec::new()),
            open => open?,
        };
        let before = query.before.filter(|before| before.day == file.file.day);
        let before = before.map_or(i64::MAX, |before| before.id.to_i64());
        let (db, texts) = (&open.tables.read, &open.tables.texts);
        let rows = match query.camera {
            None => db.rows(&texts.newest, args![before, query.limit]).await,
            Some(camera) => {
                db.rows(&texts.newest_of_camera, args![before, query.limit, camera]).await
            }
        };
        let reads = rows.map_err(failed())?;
        let reads = reads.iter().map(|found| row::read(found).map(|read| stored(file.file, read)));
        reads.collect::<Result<_, _>>().map_err(failed())
    }

    /// One read.
    pub async fn read(
        &self,
        permit: &Permit<OpenRead>,
        at: ReadRef,
    ) -> Result<Option<StoredRead>, StoreError> {
        self.find(permit.agency(), at).await
    }

    /// Where a read's pictures lie.
    pub async fn pictures(
        &self,
        permit: &Permit<OpenPicture>,
        at: ReadRef,
    ) -> Result<Option<Pictures>, StoreError> {
        Ok(self.find(permit.agency(), at).await?.map(|found| found.read.pictures))
    }

    /// The reads of one file from `first` to `last`, in the order of their ids: what was one batch.
    pub async fn reads_between(
        &self,
        permit: &Permit<OpenRead>,
        file: FileRef,
        first: ReadId,
        last: ReadId,
    ) -> Result<Vec<StoredRead>, StoreError> {
        let failed = || StoreError::sql("read a batch of reads");
        if file.agency != permit.agency() {
            return Ok(Vec::new());
        }
        let Some(known) = self.control().day_file(file).await? else { return Ok(Vec::new()) };
        let open = match self.file_for_reading(known).await {
            Err(error) if error.is_key_missing() => return Ok(Vec::new()),
            open => open?,
        };
        let rows = open.tables.read.rows(&open.tables.texts.between, args![first, last]).await;
        let rows = rows.map_err(failed())?;
        let reads = rows.iter().map(|found| row::read(found).map(|read| stored(file, read)));
        reads.collect::<Result<_, _>>().map_err(failed())
    }

    async fn find(&self, agency: AgencyId, at: ReadRef) -> Result<Option<StoredRead>, StoreError> {
        let failed = || StoreError::sql("open a read");
        if at.agency != agency {
            return Ok(None);
        }
        for file in [FileRef::main(agency, at.day), FileRef::late(agency, at.day)] {
            let Some(known) = self.control().day_file(file).await? else { continue };
            let open = match self.file_for_reading(known).await {
                Err(error) if error.is_key_missing() => return Ok(None),
                open => open?,
            };
            let row = open
                .tables
                .read
                .row(&open.tables.texts.one, args![at.id])
                .await
                .map_err(failed())?;
            if let Some(row) = row {
                return row::read(&row).map(|read| Some(stored(file, read))).map_err(failed());
            }
        }
        Ok(None)
    }
}

const fn stored(file: FileRef, read: NewRead) -> StoredRead {
    StoredRead { at: file.read(read.id), read }
}
