//! Bodies from cameras: bounded each, and bounded all together.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiError;

/// Bytes of one frame: the recogniser's own limit.
pub const PICTURE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Bytes of one post of reads: 500 reads with two pictures of some 45 KiB each, in base64.
pub const JSON_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of all bodies that are held at once. A camera's post is held until it is on disk.
const ALL_BODIES_KIB: usize = 512 * 1024;
/// A body has to arrive within this: a 20 MiB frame over 6 Mbit/s.
const ARRIVES_WITHIN: Duration = Duration::from_secs(30);

/// How much of all bodies' bound is left.
#[derive(Clone)]
pub(crate) struct Bodies(Arc<Semaphore>);

impl Default for Bodies {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ALL_BODIES_KIB)))
    }
}

/// A body, and its share of the bound until it is dropped.
pub(crate) struct Held {
    pub(crate) bytes: Bytes,
    _share: OwnedSemaphorePermit,
}

impl Bodies {
    /// Takes a body of at most `max` bytes.
    pub(crate) async fn take(
        &self,
        headers: &HeaderMap,
        body: Body,
        max: usize,
    ) -> Result<Held, ApiError> {
        let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let length: usize = length.and_then(|text| text.parse().ok()).ok_or(ApiError::NoLength)?;
        if length > max {
            let why = format!("the body has {length} bytes; at most {max} are accepted");
            return Err(ApiError::TooLarge { why });
        }
        let kib = u32::try_from(length.div_ceil(1024)).unwrap_or(u32::MAX);
        let share =
            Arc::clone(&self.0).try_acquire_many_owned(kib).map_err(|_| ApiError::BodiesFull)?;
        let arriving = tokio::time::timeout(ARRIVES_WITHIN, to_bytes(body, max)).await;
        let arrived =
            arriving.map_err(|_| ApiError::TooSlow { seconds: ARRIVES_WITHIN.as_secs() })?;
        let bytes =
            arrived.map_err(|err| ApiError::invalid("body", format!("broke off: {err}")))?;
        Ok(Held { bytes, _share: share })
    }
}
