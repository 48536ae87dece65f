//! The agencies' case systems: who asks which, and what is remembered of the answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use domain::{AgencyId, Timestamp};
use outbound::{CaseBook, CsvCases, HttpCases};
use policy::CaseCheck;
use policy::settings::{Settings, Verify};

use crate::{App, chain};

/// So long a yes is good: a case that is closed or merged is asked for again soon.
const YES_LASTS: Duration = Duration::from_secs(5 * 60);
/// So long it is not asked again after any other answer: a system that is down is not asked with every click.
const NO_LASTS: Duration = Duration::from_secs(60);
/// Yeses that are remembered at once.
const REMEMBERED_MAX: usize = 1_000;

/// The case systems by their agency.
#[derive(Default)]
pub(crate) struct Cases {
    books: RwLock<HashMap<AgencyId, Arc<CaseBook>>>,
    /// When a number was last found.
    found: Mutex<HashMap<(AgencyId, String), Timestamp>>,
    /// What was last wrong with a folder of cases: told once.
    trouble: Mutex<HashMap<AgencyId, String>>,
}

impl Cases {
    /// Whether an agency has a case system that can be asked.
    pub(crate) fn are_known(&self, agency: AgencyId) -> bool {
        self.books.read().unwrap_or_else(PoisonError::into_inner).contains_key(&agency)
    }

    fn book(&self, agency: AgencyId) -> Option<Arc<CaseBook>> {
        let books = self.books.read().unwrap_or_else(PoisonError::into_inner);
        books.get(&agency).map(Arc::clone)
    }

    fn was_found(&self, agency: AgencyId, number: &str, now: Timestamp) -> bool {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let at = found.get(&(agency, number.to_owned()));
        at.is_some_and(|at| *at <= now && now.since(*at) < YES_LASTS)
    }

    fn note_found(&self, agency: AgencyId, number: &str, now: Timestamp) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= REMEMBERED_MAX {
            found.clear();
        }
        found.insert((agency, number.to_owned()), now);
    }

    /// Whether this trouble is another than the last one; none clears it.
    fn is_news(&self, agency: AgencyId, trouble: Option<&str>) -> bool {
        let mut known = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match trouble {
            None => known.remove(&agency).is_some(),
            Some(text) => known.insert(agency, text.to_owned()).as_deref() != Some(text),
        }
    }
}

/// Whether an answer is old enough to be asked for again.
pub(crate) fn is_old(check: Option<(CaseCheck, Timestamp)>, now: Timestamp) -> bool {
    let Some((check, at)) = check else { return true };
    let lasts = if check == CaseCheck::Verified { YES_LASTS } else { NO_LASTS };
    at > now || now.since(at) >= lasts
}

impl App {
    /// Has an agency's case numbers looked up in its case system from now on.
    pub fn ask_cases_of(&self, agency: AgencyId, book: CaseBook) {
        let mut books = self.inner().cases.books.write().unwrap_or_else(PoisonError::into_inner);
        books.insert(agency, Arc::new(book));
    }

    /// What the agency's case system says of a number. It is asked only where the policy wants it, and only for numbers that
    /// are written as the agency writes its own; none where it is not asked.
    pub(crate) async fn check_case(
        &self,
        agency: AgencyId,
        settings: &Settings,
        number: &str,
    ) -> Option<CaseCheck> {
        let rules = &settings.case_number;
        if rules.verify == Verify::No || !rules.fits(number) {
            return None;
        }
        let cases = &self.inner().cases;
        let book = cases.book(agency)?;
        let number = number.trim();
        if cases.was_found(agency, number, self.now()) {
            return Some(CaseCheck::Verified);
        }
        let check = match &*book {
            CaseBook::Csv(_) => self.look_up(agency, book, number).await,
            CaseBook::Http(http) => self.ask(agency, http, number).await,
        };
        metrics::counter!("plateglass_case_checks_total", "answer" => check.word()).increment(1);
        if check == CaseCheck::Verified {
            cases.note_found(agency, number, self.now());
        }
        Some(check)
    }

    async fn ask(&self, agency: AgencyId, http: &HttpCases, number: &str) -> CaseCheck {
        match http.has(number).await {
            Ok(true) => CaseCheck::Verified,
            Ok(false) => CaseCheck::Unknown,
            Err(err) => {
                let id = agency.to_i64();
                tracing::warn!(
                    agency.id = id,
                    error = chain(&err),
                    "no answer from the case system"
                );
                CaseCheck::Unreachable
            }
        }
    }

    async fn look_up(&self, agency: AgencyId, book: Arc<CaseBook>, number: &str) -> CaseCheck {
        let (app, number) = (self.clone(), number.to_owned());
        // Files are read, which blocks.
        let looked = tokio::task::spawn_blocking(move || match &*book {
            CaseBook::Csv(csv) => app.look_up_in(agency, csv, &number),
            CaseBook::Http(_) => CaseCheck::Unreachable,
        });
        looked.await.unwrap_or(CaseCheck::Unreachable)
    }

    /// Looks a number up in the newest file. Where that cannot be read a yes of the file before still counts, and a no does not:
    /// the case may stand in the new one.
    fn look_up_in(&self, agency: AgencyId, csv: &CsvCases, number: &str) -> CaseCheck {
        let id = agency.to_i64();
        let is_current = match csv.refresh() {
            Ok(read) => {
                self.inner().cases.is_news(agency, None);
                if let Some(read) = read {
                    let (file, n_cases, n_bad) = (read.file.as_str(), read.n_cases, read.n_bad);
                    tracing::info!(agency.id = id, file, n_cases, n_bad, "read the cases anew");
                    for bad in &read.bad {
                        let (line, says) = (bad.line, bad.says.as_str());
                        tracing::warn!(agency.id = id, file, line, says, "a line holds no case");
                    }
                }
                true
            }
            Err(err) => {
                let says = chain(&err);
                if self.inner().cases.is_news(agency, Some(&says)) {
                    tracing::warn!(agency.id = id, error = says, "failed to read the cases");
                }
                false
            }
        };
        match csv.has(number) {
            Some(true) => CaseCheck::Verified,
            Some(false) if is_current => CaseCheck::Unknown,
            _ => CaseCheck::Unreachable,
        }
    }
}
