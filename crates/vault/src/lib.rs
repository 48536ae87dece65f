//! Pictures, sealed under their day's key, and the key store.
