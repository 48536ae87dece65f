//! Searching the index.

use std::collections::HashMap;

use domain::access::{ExportAudit, SearchAudit};
use domain::{AgencyId, Day, Permit, Timestamp};
use ledger::disclosure::Disclosure;

use super::Code;
use crate::control::ledger::{LedgerLook, LogId};
use crate::sql::{Row, Value, args};
use crate::{Store, StoreError};

/// What is looked for. What is none does not matter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AuditQuery {
    /// Only leaves before this one: the page after.
    pub before: Option<u64>,
    /// By whom, by pseudonym.
    pub actor: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// Which action.
    pub action: Option<String>,
    /// `permit` or `refuse`.
    pub decision: Option<String>,
    /// In which session, by pseudonym.
    pub session: Option<String>,
    /// In which case.
    pub case: Option<Code>,
    /// Of which plate.
    pub plate: Option<Code>,
    /// On this day, where the agency is, or later.
    pub from: Option<Day>,
    /// On this day or earlier.
    pub to: Option<Day>,
}

/// An act or an event that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditRow {
    /// Its leaf.
    pub leaf: u64,
    /// When.
    pub at: Timestamp,
    /// The day where the agency is.
    pub day: Day,
    /// The action's word.
    pub action: String,
    /// What kind of actor.
    pub actor_kind: String,
    /// The actor's pseudonym.
    pub actor: String,
    /// The roles in which they acted.
    pub role: String,
    /// The session's pseudonym.
    pub session: String,
    /// The purpose's word.
    pub purpose: String,
    /// `permit`, `refuse`, or empty.
    pub decision: String,
    /// The words of the reasons of a refusal.
    pub reasons: Vec<String>,
    /// The leaf with which it ended.
    pub ended: Option<u64>,
    /// What became of it.
    pub outcome: String,
    /// How many things it touched.
    pub n: u64,
}

/// What was found, in sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AuditSum {
    /// Acts and events.
    pub n: u64,
    /// Different people.
    pub n_people: u64,
    /// Refusals.
    pub n_refused: u64,
}

const COLUMNS: &str = "leaf, at, day, action, actor_kind, actor, role, session, purpose, decision, reasons, ended, outcome, n";
/// Leaves whose clear text is fetched by one statement.
const CLEAR_AT_ONCE: usize = 64;

impl Store {
    /// The newest acts and events that fit, newest first.
    pub async fn search_audit(
        &self,
        permit: &Permit<SearchAudit>,
        query: &AuditQuery,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        self.audit_rows(permit.agency(), query, limit).await
    }

    /// The same, to be taken out of the house.
    pub async fn export_audit(
        &self,
        permit: &Permit<ExportAudit>,
        query: &AuditQuery,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        self.audit_rows(permit.agency(), query, limit).await
    }

    /// What fits, in sum.
    pub async fn sum_audit(
        &self,
        permit: &Permit<SearchAudit>,
        query: &AuditQuery,
    ) -> Result<AuditSum, StoreError> {
        let failed = || StoreError::sql("sum up the audit's index");
        let all = AuditQuery { before: None, ..query.clone() };
        let (fits, values) = fits(permit.agency(), &all);
        let text = format!(
            "SELECT COUNT(*), COUNT(DISTINCT CASE WHEN actor_kind = 'person' THEN actor END), \
             COUNT(CASE WHEN decision = 'refuse' THEN 1 END) FROM audit_index WHERE {fits}"
        );
        let row = self.control().read.row(text, values).await.map_err(failed())?;
        let Some(row) = row else { return Ok(AuditSum::default()) };
        let n = |column| row.parsed(column, |n: i64| u64::try_from(n).ok()).map_err(failed());
        Ok(AuditSum { n: n(0)?, n_people: n(1)?, n_refused: n(2)? })
    }

    /// The acts and events with these leaves, newest first; those that are none are left out.
    pub async fn audit_rows_of(
        &self,
        look: LedgerLook,
        leaves: &[u64],
    ) -> Result<Vec<AuditRow>, StoreError> {
        let failed = || StoreError::sql("look up rows of the audit's index");
        let text =
            format!("SELECT {COLUMNS} FROM audit_index WHERE log = $1 AND leaf IN ({})", places());
        let mut found = Vec::new();
        for some in leaves.chunks(CLEAR_AT_ONCE) {
            let values = values_of(look, some);
            let rows = self.control().read.rows(text.clone(), values).await.map_err(failed())?;
            for row in &rows {
                found.push(audit_row(row).map_err(failed())?);
            }
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.leaf));
        Ok(found)
    }

    /// The clear text that is still kept beside these leaves.
    pub async fn clear_beside(
        &self,
        look: LedgerLook,
        leaves: &[u64],
    ) -> Result<HashMap<u64, Vec<Disclosure>>, StoreError> {
        let failed = || StoreError::sql("fetch clear text of the ledger");
        let text = format!(
            "SELECT leaf, disclosure FROM ledger_clear WHERE log = $1 AND leaf IN ({})",
            places()
        );
        let mut clear: HashMap<u64, Vec<Disclosure>> = HashMap::new();
        for some in leaves.chunks(CLEAR_AT_ONCE) {
            let rows = self.control().read.rows(text.clone(), values_of(look, some)).await;
            for row in rows.map_err(failed())? {
                let leaf = row.parsed(0, |leaf: i64| u64::try_from(leaf).ok()).map_err(failed())?;
                let one = row.parsed(1, |text: String| Disclosure::parse(&text));
                clear.entry(leaf).or_default().push(one.map_err(failed())?);
            }
        }
        Ok(clear)
    }

    /// The entries of these leaves.
    pub async fn entries_of(
        &self,
        look: LedgerLook,
        leaves: &[u64],
    ) -> Result<HashMap<u64, Vec<u8>>, StoreError> {
        let failed = || StoreError::sql("fetch entries of the ledger");
        let text = format!(
            "SELECT leaf, entry FROM ledger_entries WHERE log = $1 AND leaf IN ({})",
            places()
        );
        let mut entries = HashMap::new();
        for some in leaves.chunks(CLEAR_AT_ONCE) {
            let rows = self.control().read.rows(text.clone(), values_of(look, some)).await;
            for row in rows.map_err(failed())? {
                let leaf = row.parsed(0, |leaf: i64| u64::try_from(leaf).ok()).map_err(failed())?;
                entries.insert(leaf, row.get(1).map_err(failed())?);
            }
        }
        Ok(entries)
    }

    /// Acts and events of one action and decision (empty: those that none was made about) from one moment on and before
    /// another, oldest first, at most `limit`; and how many there are in all.
    pub async fn audit_between(
        &self,
        look: LedgerLook,
        (from, to): (Timestamp, Timestamp),
        (action, decision): (&str, &str),
        limit: u32,
    ) -> Result<(Vec<AuditRow>, u64), StoreError> {
        const FITS: &str = "log = $1 AND action = $2 AND at >= $3 AND at < $4 AND decision = $5";
        let failed = || StoreError::sql("look up a day of the audit's index");
        let db = &self.control().read;
        let mut values = args![look.log.to_i64(), action, from, to, decision];
        let text = format!("SELECT COUNT(*) FROM audit_index WHERE {FITS}");
        let row = db.row(text, values.clone()).await.map_err(failed())?;
        let n = row.map(|row| row.parsed(0, |n: i64| u64::try_from(n).ok())).transpose();
        let text = format!("SELECT {COLUMNS} FROM audit_index WHERE {FITS} ORDER BY leaf LIMIT $6");
        values.push(limit.into());
        let rows = db.rows(text, values).await.map_err(failed())?;
        let rows = rows.iter().map(audit_row).collect::<Result<_, _>>().map_err(failed())?;
        Ok((rows, n.map_err(failed())?.unwrap_or(0)))
    }

    /// When somebody signed in before a leaf, newest first, at most `limit`, and whether it was from the same address, as far
    /// as that is known.
    pub async fn sign_ins_before(
        &self,
        look: LedgerLook,
        leaf: u64,
        limit: u32,
    ) -> Result<Vec<(Timestamp, bool)>, StoreError> {
        const BEFORE: &str = "SELECT e.at, CASE WHEN i.address_code IS NULL OR e.address_code = i.address_code THEN 1 ELSE 0 END \
            FROM audit_index i JOIN audit_index e ON e.log = i.log AND e.actor = i.actor \
            WHERE i.log = $1 AND i.leaf = $2 AND e.leaf < i.leaf AND e.action = 'sign-in' \
            AND e.decision = 'permit' ORDER BY e.leaf DESC LIMIT $3";
        let failed = || StoreError::sql("look up earlier sign-ins");
        let values = args![look.log.to_i64(), i64::try_from(leaf).unwrap_or(i64::MAX), limit];
        let rows = self.control().read.rows(BEFORE, values).await.map_err(failed())?;
        let one = |row: &Row| {
            // PostgreSQL's literals are narrower than a column of ours.
            let same: i64 = row.get(1).or_else(|_| row.get::<i32>(1).map(i64::from))?;
            Ok((Timestamp::from_micros(row.get(0)?), same == 1))
        };
        rows.iter().map(one).collect::<Result<_, _>>().map_err(failed())
    }

    async fn audit_rows(
        &self,
        agency: AgencyId,
        query: &AuditQuery,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let failed = || StoreError::sql("search the audit's index");
        let (fits, mut values) = fits(agency, query);
        values.push(limit.into());
        let n = values.len();
        let text =
            format!("SELECT {COLUMNS} FROM audit_index WHERE {fits} ORDER BY leaf DESC LIMIT ${n}");
        let rows = self.control().read.rows(text, values).await.map_err(failed())?;
        rows.iter().map(audit_row).collect::<Result<_, _>>().map_err(failed())
    }
}

fn places() -> String {
    (2..CLEAR_AT_ONCE + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}

/// As many arguments as there are places: no leaf has the number that fills them up.
fn values_of(look: LedgerLook, leaves: &[u64]) -> Vec<Value> {
    let mut values = args![look.log.to_i64()];
    values.extend(leaves.iter().map(|leaf| i64::try_from(*leaf).unwrap_or(-1).into()));
    values.resize(CLEAR_AT_ONCE + 1, Value::from(-1_i64));
    values
}

/// What a row has to fit, as a condition, and its arguments.
fn fits(agency: AgencyId, query: &AuditQuery) -> (String, Vec<Value>) {
    let mut values = args![LogId::of_agency(agency).to_i64()];
    let mut text = "log = $1".to_owned();
    let mut and = |condition: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            text.push_str(" AND ");
            text.push_str(&condition.replace('?', &format!("${}", values.len())));
        }
    };
    let word = |text: &Option<String>| text.as_deref().map(Value::from);
    let code = |code: Option<Code>| code.map(|code| Value::from(code.as_slice()));
    let leaf = query.before.map(|leaf| Value::from(i64::try_from(leaf).unwrap_or(i64::MAX)));
    and("leaf < ?", leaf);
    and("actor = ?", word(&query.actor));
    and("' ' || role || ' ' LIKE '% ' || ? || ' %'", word(&query.role));
    and("action = ?", word(&query.action));
    and("decision = ?", word(&query.decision));
    and("session = ?", word(&query.session));
    and("case_code = ?", code(query.case));
    and("day >= ?", query.from.map(Value::from));
    and("day <= ?", query.to.map(Value::from));
    and(
        "leaf IN (SELECT p.leaf FROM audit_plates p WHERE p.log = $1 AND p.code = ?)",
        code(query.plate),
    );
    (text, values)
}

fn audit_row(row: &Row) -> Result<AuditRow, sqlx::Error> {
    let number = |n: i64| u64::try_from(n).ok();
    let reasons: String = row.get(10)?;
    Ok(AuditRow {
        leaf: row.parsed(0, number)?,
        at: Timestamp::from_micros(row.get(1)?),
        day: Day::from_number(row.get(2)?),
        action: row.get(3)?,
        actor_kind: row.get(4)?,
        actor: row.get(5)?,
        role: row.get(6)?,
        session: row.get(7)?,
        purpose: row.get(8)?,
        decision: row.get(9)?,
        reasons: reasons.split_whitespace().map(str::to_owned).collect(),
        ended: row.get::<Option<i64>>(11)?.and_then(number),
        outcome: row.get(12)?,
        n: row.parsed(13, number)?,
    })
}
