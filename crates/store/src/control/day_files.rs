//! Which files of reads there are, and how far each one's journal has been applied.

use domain::{AgencyId, Day, ReadId};

use super::Control;
use crate::sql::{Row, args};
use crate::{FileKind, FileRef, FileState, StoreError};

/// A file's row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DayFile {
    pub(crate) file: FileRef,
    pub(crate) state: FileState,
    /// The last row of its journal that has been applied.
    pub(crate) relayed: i64,
    /// What sealing counted, while it is sealed.
    pub(crate) sealed: Option<(u64, ReadId)>,
}

const REGISTER: &str = "INSERT INTO day_files (agency, day, late, state, relayed) \
    VALUES ($1, $2, $3, 'open', 0) ON CONFLICT (agency, day, late) DO NOTHING";
const ONE: &str = "SELECT agency, day, late, state, relayed, n_reads, last_read FROM day_files \
    WHERE agency = $1 AND day = $2 AND late = $3";
const OF_AGENCY: &str = "SELECT agency, day, late, state, relayed, n_reads, last_read FROM day_files \
    WHERE agency = $1 ORDER BY day DESC, late DESC";
const UP_TO: &str = "SELECT agency, day, late, state, relayed, n_reads, last_read FROM day_files \
    WHERE agency = $1 AND day <= $2 ORDER BY day DESC, late DESC";
const OPEN: &str = "SELECT agency, day, late, state, relayed, n_reads, last_read FROM day_files \
    WHERE state = 'open' ORDER BY agency, day, late";
const SEALED: &str = "UPDATE day_files SET state = 'sealed', n_reads = $4, last_read = $5 \
    WHERE agency = $1 AND day = $2 AND late = $3";
const REOPENED: &str = "UPDATE day_files SET state = 'open', n_reads = NULL, last_read = NULL \
    WHERE agency = $1 AND day = $2 AND late = $3";

impl Control {
    /// The file's row, made first where there is none.
    pub(crate) async fn register(&self, file: FileRef) -> Result<DayFile, StoreError> {
        if let Some(known) = self.day_file(file).await? {
            return Ok(known);
        }
        let values = args![file.agency, file.day, file.is_late()];
        self.write
            .execute(REGISTER, values)
            .await
            .map_err(StoreError::sql("register a file of reads"))?;
        Ok(DayFile { file, state: FileState::Open, relayed: 0, sealed: None })
    }

    pub(crate) async fn day_file(&self, file: FileRef) -> Result<Option<DayFile>, StoreError> {
        let failed = || StoreError::sql("look up a file of reads");
        let values = args![file.agency, file.day, file.is_late()];
        let row = self.read.row(ONE, values).await.map_err(failed())?;
        row.map(|row| day_file(&row)).transpose().map_err(failed())
    }

    /// The agency's files, newest day first, each day's late file first.
    pub(crate) async fn day_files(&self, agency: AgencyId) -> Result<Vec<DayFile>, StoreError> {
        self.list_files(OF_AGENCY, args![agency]).await
    }

    /// Those of `day` and earlier.
    pub(crate) async fn day_files_up_to(
        &self,
        agency: AgencyId,
        day: Day,
    ) -> Result<Vec<DayFile>, StoreError> {
        self.list_files(UP_TO, args![agency, day]).await
    }

    /// Every agency's files that still take reads.
    pub(crate) async fn open_files(&self) -> Result<Vec<DayFile>, StoreError> {
        self.list_files(OPEN, args![]).await
    }

    async fn list_files(
        &self,
        text: &'static str,
        args: Vec<crate::sql::Value>,
    ) -> Result<Vec<DayFile>, StoreError> {
        let failed = || StoreError::sql("list the files of reads");
        let rows = self.read.rows(text, args).await.map_err(failed())?;
        rows.iter().map(day_file).collect::<Result<_, _>>().map_err(failed())
    }

    pub(crate) async fn mark_sealed(
        &self,
        file: FileRef,
        n_reads: u64,
        last: ReadId,
    ) -> Result<(), StoreError> {
        let n_reads = i64::try_from(n_reads).unwrap_or(i64::MAX);
        let values = args![file.agency, file.day, file.is_late(), n_reads, last];
        self.write
            .execute(SEALED, values)
            .await
            .map_err(StoreError::sql("note that a file is sealed"))?;
        Ok(())
    }

    pub(crate) async fn mark_reopened(&self, file: FileRef) -> Result<(), StoreError> {
        let values = args![file.agency, file.day, file.is_late()];
        self.write
            .execute(REOPENED, values)
            .await
            .map_err(StoreError::sql("open a late file again"))?;
        Ok(())
    }
}

fn day_file(row: &Row) -> Result<DayFile, sqlx::Error> {
    let kind = if row.get::<i64>(2)? == 0 { FileKind::Main } else { FileKind::Late };
    let sealed = match (row.get::<Option<i64>>(5)?, row.get::<Option<i64>>(6)?) {
        (Some(n), Some(last)) => u64::try_from(n).ok().map(|n| (n, ReadId::from_i64(last))),
        _ => None,
    };
    Ok(DayFile {
        file: FileRef {
            agency: AgencyId::from_i64(row.get(0)?),
            day: Day::from_number(row.get(1)?),
            kind,
        },
        state: row.parsed(3, |word: String| match word.as_str() {
            "open" => Some(FileState::Open),
            "sealed" => Some(FileState::Sealed),
            _ => None,
        })?,
        relayed: row.get(4)?,
        sealed,
    })
}
