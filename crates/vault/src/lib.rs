//! Pictures, sealed under their day's key, and the key store; and files on their way, sealed under keys of their own.
//!
//! Both stand beside the databases, never in them: a purge rewrites the key store without the day's key, and from then on
//! neither the day's reads nor its pictures can be opened, in any copy made before (D2).

mod disk;
mod error;
mod key_file;
mod key_store;
mod log_keys;
mod pictures;
mod sealed;
mod seed;
mod spool;

use std::sync::Arc;

pub use error::VaultError;
pub use key_store::KeyStore;
pub use log_keys::LogKeys;
pub use pictures::{PictureToKeep, Vault};
pub use sealed::Sealer;
pub use seed::seed;
pub use spool::{Spool, Spooled};

/// Where random bytes come from: an argument (D8), so that tests can repeat them.
pub type Chance = Arc<dyn Fn(&mut [u8]) + Send + Sync>;
