//! The states' message switches: which agency asks which, under what name, and the texts of answers while they are fresh.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use domain::{AgencyId, StateAskId, Timestamp};
use outbound::switch::StateSwitch;

use crate::App;

/// So long an answer's text can be read. It is held in memory alone: what is kept of it is its digest.
const FRESH_FOR: Duration = Duration::from_secs(15 * 60);
/// Texts that are held at once.
const TEXTS_MAX: usize = 500;

/// What an agency needs to ask its state's system.
#[derive(Clone)]
pub struct Switch {
    /// The connection.
    pub connector: Arc<dyn StateSwitch>,
    /// The systems that it reaches, as the policy names them: `NCIC`.
    pub systems: Vec<String>,
    /// The agency's Originating Agency Identifier.
    pub ori: String,
    /// The file that says under which name the state's system knows somebody, `login,operator` a line: read at each question.
    pub operators_file: PathBuf,
    /// The state's code for each purpose of the policy, by its word.
    pub purpose_codes: BTreeMap<String, String>,
    /// How long an answer is waited for.
    pub wait: Duration,
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Switch({:?} for {})", self.connector, self.systems.join(", "))
    }
}

/// The text of an answer, and when it came.
type Fresh = (Timestamp, String);

/// The switches by their agency, and what they answered last.
#[derive(Default)]
pub(crate) struct Switches {
    by_agency: RwLock<HashMap<AgencyId, Arc<Switch>>>,
    texts: Mutex<HashMap<StateAskId, Fresh>>,
}

impl Switches {
    pub(crate) fn of(&self, agency: AgencyId) -> Option<Arc<Switch>> {
        let by_agency = self.by_agency.read().unwrap_or_else(PoisonError::into_inner);
        by_agency.get(&agency).map(Arc::clone)
    }

    /// Holds the text of an answer while it is fresh.
    pub(crate) fn hold(&self, ask: StateAskId, now: Timestamp, text: String) {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|_, (at, _)| now.since(*at) < FRESH_FOR);
        if texts.len() < TEXTS_MAX {
            texts.insert(ask, (now, text));
        }
    }

    /// The text of an answer, while it is fresh.
    pub(crate) fn text(&self, ask: StateAskId, now: Timestamp) -> Option<String> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|_, (at, _)| now.since(*at) < FRESH_FOR);
        texts.get(&ask).map(|(_, text)| text.clone())
    }
}

impl App {
    /// Has an agency's people ask their state's system through this switch from now on.
    pub fn ask_state_through(&self, agency: AgencyId, switch: Switch) {
        let switches = &self.inner().switches;
        let mut all = switches.by_agency.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(agency, Arc::new(switch));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answers_text_goes_after_a_quarter_of_an_hour() {
        let switches = Switches::default();
        let (ask, at) = (StateAskId::from_i64(1), Timestamp::from_micros(0));
        switches.hold(ask, at, "owner".to_owned());
        assert_eq!(switches.text(ask, at).as_deref(), Some("owner"));
        assert_eq!(switches.text(StateAskId::from_i64(2), at), None);
        let later = Timestamp::from_micros(15 * 60 * 1_000_000);
        assert_eq!(switches.text(ask, later), None);
        assert_eq!(switches.text(ask, at), None, "it is gone, not hidden");
    }
}
