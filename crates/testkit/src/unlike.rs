//! Random bytes that a test can do with: never the same twice in a process, the same in each run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What [`vault::Chance`] wants. Of no use to keep a secret.
pub fn unlike_bytes() -> vault::Chance {
    static N_DRAWN: AtomicU64 = AtomicU64::new(1);
    Arc::new(|bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            // A splitmix64 step: each number gives another word.
            let mut word =
                N_DRAWN.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(word.to_le_bytes().split_at(chunk.len()).0);
        }
    })
}
