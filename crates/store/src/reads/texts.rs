//! The statements on a file of reads, with the names of its tables put in.

use crate::sql::{MultiRow, Text};

/// Columns of a read in the order in which `row.rs` writes and reads them.
pub(crate) const COLUMNS: &str = "id, camera, captured_at, claimed_at, received_at, plate, jurisdiction, \
    confidence, detail, marks, event, plate_object, plate_offset, plate_length, \
    vehicle_object, vehicle_offset, vehicle_length";

pub(crate) const N_COLUMNS: usize = 17;

/// The statements of one file.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) insert_reads: MultiRow,
    pub(crate) insert_journal: MultiRow,
    pub(crate) newest: Text,
    pub(crate) newest_of_camera: Text,
    pub(crate) one: Text,
    pub(crate) between: Text,
    pub(crate) plates: Text,
    pub(crate) event: Text,
    pub(crate) events: Text,
    pub(crate) last_read: Text,
    pub(crate) count: Text,
    pub(crate) count_after: Text,
    pub(crate) count_by_camera: Text,
    pub(crate) journal_last: Text,
    pub(crate) journal_after: Text,
    pub(crate) index_plate: Text,
    pub(crate) index_camera: Text,
    pub(crate) analyze: Text,
}

impl Texts {
    /// For tables of these names.
    pub(crate) fn new(is_sqlite: bool, reads: &str, journal: &str) -> Self {
        let select = format!("SELECT {COLUMNS} FROM {reads}");
        let insert_reads = format!("INSERT INTO {reads} ({COLUMNS}) VALUES");
        let insert_journal = format!("INSERT INTO {journal} (seq, kind, body) VALUES");
        Self {
            insert_reads: MultiRow::new(is_sqlite, &insert_reads, N_COLUMNS, ""),
            insert_journal: MultiRow::new(is_sqlite, &insert_journal, 3, ""),
            newest: format!("{select} WHERE id < $1 ORDER BY id DESC LIMIT $2").into(),
            newest_of_camera: format!(
                "{select} WHERE id < $1 AND camera = $3 ORDER BY id DESC LIMIT $2"
            )
            .into(),
            one: format!("{select} WHERE id = $1").into(),
            between: format!("{select} WHERE id BETWEEN $1 AND $2 ORDER BY id").into(),
            // The same for what an entry is matched against.
            plates: format!(
                "SELECT max(id), string_agg(id || ',' || camera || ',' || plate || ',' || coalesce(jurisdiction, 0), ';') FROM \
                 (SELECT id, camera, plate, jurisdiction FROM {reads} WHERE id > $1 AND captured_at >= $2 ORDER BY id LIMIT $3) AS page"
            )
            .into(),
            event: format!("SELECT event FROM {reads} WHERE id = $1").into(),
            // Thousands of events in one row: fetching a row costs more than everything else about it. `$3` is no bytes.
            events: format!(
                "SELECT max(id), string_agg(CAST(id AS TEXT), ','), CAST(string_agg(event, $3) AS {}) FROM \
                 (SELECT id, event FROM {reads} WHERE id > $1 AND event IS NOT NULL ORDER BY id LIMIT $2) AS page",
                if is_sqlite { "BLOB" } else { "BYTEA" }
            )
            .into(),
            last_read: format!("SELECT max(id) FROM {reads}").into(),
            count: format!("SELECT count(*), max(id) FROM {reads}").into(),
            count_after: format!("SELECT count(*), max(id) FROM {reads} WHERE id > $1").into(),
            count_by_camera: format!("SELECT camera, count(*) FROM {reads} GROUP BY camera").into(),
            journal_last: format!("SELECT max(seq) FROM {journal}").into(),
            journal_after: format!(
                "SELECT seq, kind, body FROM {journal} WHERE seq > $1 ORDER BY seq LIMIT $2"
            )
            .into(),
            index_plate: format!(
                "CREATE INDEX IF NOT EXISTS {reads}_by_plate ON {reads} (plate, captured_at)"
            )
            .into(),
            index_camera: format!(
                "CREATE INDEX IF NOT EXISTS {reads}_by_camera ON {reads} (camera, captured_at)"
            )
            .into(),
            analyze: format!("ANALYZE {reads}").into(),
        }
    }
}
