//! Alerts: the telling of hits. What is told is written down together with how far hits have been told; what leaves the server
//! is sent from there, and tried again.

mod plan;
mod send;
mod words;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::access::ListHits;
use domain::{AgencyId, ServerKey, TellingId, Timestamp};
use outbound::{PushKey, Pusher, Reach, Webhooks};
use tokio::sync::{Notify, Semaphore};
use vault::{Chance, Sealer, VaultError};

use crate::App;
use crate::error::{BoxError, chain};
use crate::record::server_permit;

pub(crate) use plan::{firsts, uid};
pub use send::send_tellings;

/// Hits that are told of in one transaction.
const HITS_AT_ONCE: u32 = 100;
/// So often it is looked for what is to be told, beside when it is said that there is something.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Messages on their way at once: one that waits for a slow receiver keeps nobody else waiting.
const ON_THEIR_WAY_MAX: usize = 16;

/// How hits are told outside, as the configuration says.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TellingConfig {
    /// Whom the people of a push service may write to, `mailto:…` or `https://…`.
    pub contact: Option<String>,
    /// Hosts of push services beside those that browsers are known to use.
    pub push_hosts: Vec<String>,
    /// Hosts inside the network, each with its port, to which messages may go.
    pub private_hosts: Vec<String>,
}

/// What telling needs.
#[derive(Debug)]
pub(crate) struct Telling {
    pub(crate) reach: Reach,
    pub(crate) pusher: Arc<Pusher>,
    webhooks: Webhooks,
    pub(crate) sealer: Sealer,
    /// One at a time writes down what is told.
    planning: tokio::sync::Mutex<()>,
    /// What is on its way.
    under_way: Mutex<HashSet<TellingId>>,
    places: Arc<Semaphore>,
    poked: Notify,
}

impl Telling {
    /// With the key that lies beside the others, made first where it is missing.
    pub(crate) fn open(
        config: &crate::AppConfig,
        server_key: &ServerKey,
        chance: Chance,
    ) -> Result<Self, VaultError> {
        let path = config.data_dir.join("keys").join("push.key");
        let key = PushKey::from_seed(&*vault::seed(&path, "push-key", server_key, &chance)?);
        let said = &config.telling;
        let reach = Reach::of(said.private_hosts.iter().cloned(), said.push_hosts.clone());
        let by_address = config.origin.clone().filter(|origin| origin.starts_with("https://"));
        let contact = said.contact.clone().or(by_address);
        Ok(Self {
            pusher: Arc::new(Pusher::new(reach.clone(), key, contact)),
            webhooks: Webhooks::new(reach.clone()),
            reach,
            sealer: Sealer::new(server_key.for_use("telling-secrets"), chance),
            planning: tokio::sync::Mutex::default(),
            under_way: Mutex::default(),
            places: Arc::new(Semaphore::new(ON_THEIR_WAY_MAX)),
            poked: Notify::new(),
        })
    }

    /// Says that there is something to send.
    pub(crate) fn poke(&self) {
        self.poked.notify_one();
    }

    /// Puts something among what is on its way; false where it is there already.
    fn sets_out(&self, id: TellingId) -> bool {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(id)
    }

    fn is_back(&self, id: TellingId) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// Writes down what is told of an agency's hits that were not told yet, and which of them are repeats.
pub async fn tell_hits(app: &App, agency: AgencyId, now: Timestamp) -> Result<(), BoxError> {
    let Some(telling) = &app.inner().telling else { return Ok(()) };
    let _turn = telling.planning.lock().await;
    let store = &app.inner().store;
    loop {
        let (before, hits) = store.untold_hits(agency, HITS_AT_ONCE).await?;
        let Some(last) = hits.last().map(|hit| hit.id) else { return Ok(()) };
        let told = plan::plan(app, agency, &hits, now).await?;
        if store.keep_told(agency, (before, last), &told, now).await? {
            let n = told.iter().map(|one| one.tellings.len()).sum::<usize>();
            metrics::counter!("plateglass_tellings_total").increment(n as u64);
            if n > 0 {
                telling.poke();
            }
        }
    }
}

/// Tells of an agency's new hits as well as it can: what could not be written down now is in the next round.
pub(crate) async fn tell_new_hits(app: &App, agency: AgencyId) {
    if let Err(err) = tell_hits(app, agency, app.now()).await {
        tracing::error!(error = chain(err.as_ref()), "failed to write down what is told of hits");
    }
}

/// Looks after what is to be told, until the server shuts down.
pub(crate) async fn run(app: App) {
    let Some(telling) = &app.inner().telling else { return };
    loop {
        for agency in app.inner().store.agencies().await.unwrap_or_default() {
            tell_new_hits(&app, agency.id).await;
        }
        let round = app.clone();
        // Not waited for: a receiver that answers slowly keeps no other message waiting.
        app.inner().tasks.spawn_until_closing("send-tellings", async move {
            if let Err(err) = send_tellings(&round, round.now()).await {
                tracing::error!(
                    error = chain(err.as_ref()),
                    "failed to tell of hits; trying again"
                );
            }
            if let Err(err) = crate::mail::send_due_mail(&round, round.now()).await {
                tracing::error!(error = chain(err.as_ref()), "failed to send mail; trying again");
            }
        });
        drop(tokio::time::timeout(LOOK_EVERY, telling.poked.notified()).await);
    }
}

/// The server's own permit to look at an agency's hits.
fn hits_permit(
    agency: AgencyId,
    now: Timestamp,
) -> Result<domain::Permit<ListHits>, domain::Refusal> {
    server_permit::<ListHits>(agency, now)
}
