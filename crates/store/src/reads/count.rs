//! How many reads there are.

use std::collections::HashMap;

use domain::access::{ListCameras, ListReads};
use domain::{AgencyId, CameraId, Day, Permit};

use super::open_files::OpenFile;
use crate::control::day_files::DayFile;
use crate::sql::args;
use crate::{FileInfo, FileRef, Store, StoreError};

impl Store {
    /// The agency's files, newest day first, each with how many reads it holds. Counting an open file reads all of it once;
    /// from then on its writer keeps count.
    pub async fn files(&self, agency: AgencyId) -> Result<Vec<FileInfo>, StoreError> {
        let mut files = Vec::new();
        for known in self.control().day_files(agency).await? {
            files.push(FileInfo {
                file: known.file,
                state: known.state,
                n_reads: self.n_reads(known).await?,
            });
        }
        Ok(files)
    }

    /// How many reads were captured on each day, newest first.
    pub async fn count_reads(
        &self,
        permit: &Permit<ListReads>,
    ) -> Result<Vec<(Day, u64)>, StoreError> {
        let mut days: Vec<(Day, u64)> = Vec::new();
        for info in self.files(permit.agency()).await? {
            match days.last_mut().filter(|(day, _)| *day == info.file.day) {
                Some((_, n)) => *n += info.n_reads,
                None => days.push((info.file.day, info.n_reads)),
            }
        }
        Ok(days)
    }

    /// How many reads each camera made on a day. Reads the whole file: for once, at start, not for each page.
    pub async fn count_reads_by_camera(
        &self,
        permit: &Permit<ListCameras>,
        day: Day,
    ) -> Result<HashMap<CameraId, u64>, StoreError> {
        let failed = || StoreError::sql("count reads by camera");
        let mut counts = HashMap::new();
        for file in [FileRef::main(permit.agency(), day), FileRef::late(permit.agency(), day)] {
            let Some(known) = self.control().day_file(file).await? else { continue };
            let open = match self.file_for_reading(known).await {
                Err(error) if error.is_key_missing() => continue,
                open => open?,
            };
            let text = &open.tables.texts.count_by_camera;
            for row in open.tables.read.rows(text, args![]).await.map_err(failed())? {
                let camera = CameraId::from_i64(row.get(0).map_err(failed())?);
                let n = row.parsed(1, |n: i64| u64::try_from(n).ok()).map_err(failed())?;
                *counts.entry(camera).or_insert(0) += n;
            }
        }
        Ok(counts)
    }

    async fn n_reads(&self, known: DayFile) -> Result<u64, StoreError> {
        if let Some((n, _)) = known.sealed {
            return Ok(n);
        }
        let open = match self.file_for_reading(known).await {
            Err(error) if error.is_key_missing() => return Ok(0),
            open => open?,
        };
        count(&open).await
    }
}

/// Counts a file's reads: all of them beside the writer, and under its turn only what came meanwhile.
async fn count(open: &OpenFile) -> Result<u64, StoreError> {
    let failed = || StoreError::sql("count reads");
    let mut counted = open.turn.lock().await.counted;
    if counted.is_none() {
        let texts = &open.tables.texts;
        let (n, last) = pair(open.tables.read.row(&texts.count, args![]).await.map_err(failed())?)
            .map_err(failed())?;
        let mut turn = open.turn.lock().await;
        let (n_since, last_since) =
            pair(open.tables.read.row(&texts.count_after, args![last]).await.map_err(failed())?)
                .map_err(failed())?;
        counted = Some((n + n_since, last.max(last_since)));
        turn.counted = counted;
    }
    Ok(counted.and_then(|(n, _)| u64::try_from(n).ok()).unwrap_or(0))
}

fn pair(row: Option<crate::sql::Row>) -> Result<(i64, i64), sqlx::Error> {
    let row = row.ok_or(sqlx::Error::RowNotFound)?;
    Ok((row.get(0)?, row.get::<Option<i64>>(1)?.unwrap_or(0)))
}
