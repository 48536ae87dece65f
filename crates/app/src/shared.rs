//! What many consoles ask for in the same moment, made once for all of them: a hit is told to every console at once, and each asks for
//! the same rows and the same picture.
//!
//! Nothing is permitted or written down by it: whoever asks has been given leave, and what they are sent is theirs in the ledger.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

/// So long what was made is given out, counted from when its making began; then it is let go of.
const KEPT_FOR: Duration = Duration::from_millis(500);

type Made<K, V> = Mutex<HashMap<K, (Instant, Arc<OnceCell<V>>)>>;

/// Values that are made once for all who ask in the same moment.
pub(crate) struct Shared<K, V>(Arc<Made<K, V>>);

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, V> Shared<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// What `make` gives for a key, or what it gave somebody else a moment ago. The key has to name everything that it depends on and
    /// that may not be a moment old.
    pub(crate) async fn get<E>(
        &self,
        key: K,
        make: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        self.slot(key).get_or_try_init(|| make).await.cloned()
    }

    fn slot(&self, key: K) -> Arc<OnceCell<V>> {
        let now = Instant::now();
        let new = || (now, Arc::default());
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, slot) = match made.entry(key.clone()) {
            Entry::Occupied(mut kept) => {
                if now.duration_since(kept.get().0) >= KEPT_FOR {
                    kept.insert(new());
                }
                kept.into_mut()
            }
            Entry::Vacant(place) => {
                tokio::spawn(let_go(Arc::downgrade(&self.0), key));
                place.insert(new())
            }
        };
        Arc::clone(slot)
    }
}

/// Lets go of what a key names once it is too old.
async fn let_go<K: Eq + Hash, V>(made: Weak<Made<K, V>>, key: K) {
    tokio::time::sleep(KEPT_FOR).await;
    let Some(made) = made.upgrade() else { return };
    made.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Counts how often it was asked.
    #[derive(Default)]
    struct Maker(AtomicU32);

    impl Maker {
        async fn make(&self) -> Result<u32, Infallible> {
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok(self.0.fetch_add(1, Ordering::Relaxed))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_many_ask_for_at_once_is_made_once_and_let_go_of() {
        let (shared, maker) = (Shared::default(), Maker::default());
        let ask = || shared.get("a hit's picture", maker.make());
        assert_eq!(tokio::join!(ask(), ask(), ask()), (Ok(0), Ok(0), Ok(0)));
        assert_eq!(ask().await, Ok(0));
        assert_eq!(shared.get("another's", maker.make()).await, Ok(1));
        tokio::time::sleep(KEPT_FOR).await;
        assert!(shared.0.lock().unwrap().is_empty());
        assert_eq!(ask().await, Ok(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_nobody_elses() {
        let shared = Shared::<u8, u8>::default();
        assert_eq!(shared.get(1, async { Err("the disk is full") }).await, Err("the disk is full"));
        assert_eq!(shared.get(1, async { Ok::<_, &str>(7) }).await, Ok(7));
    }
}
