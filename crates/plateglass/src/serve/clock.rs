//! The clock that the server runs by: the system's. A debug build can be given one that browser tests move, through a socket; a
//! release build has nothing of it.

use std::sync::Arc;

use anyhow::Result;
use app::{Clock, SystemClock};

/// The clock of a process.
pub(super) fn clock() -> Result<Arc<dyn Clock>> {
    #[cfg(debug_assertions)]
    if let Some(socket) = crate::config::test_clock_socket() {
        return Ok(Arc::new(moved::MovedClock::listening_at(&socket)?));
    }
    Ok(Arc::new(SystemClock))
}

#[cfg(debug_assertions)]
mod moved {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use anyhow::{Context as _, Result};
    use app::{Clock, SystemClock};
    use camino::Utf8Path;
    use domain::Timestamp;

    /// The system's clock, so many seconds ahead.
    pub(super) struct MovedClock(Arc<AtomicU64>);

    impl MovedClock {
        /// Whoever writes a number of seconds and a line end to the socket sets it so far ahead, and reads `ok`.
        pub(super) fn listening_at(socket: &Utf8Path) -> Result<Self> {
            let listener = UnixListener::bind(socket);
            let listener = listener.with_context(|| format!("failed to listen at `{socket}`"))?;
            let ahead = Arc::new(AtomicU64::new(0));
            let seconds = Arc::clone(&ahead);
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    // Who says nothing that can be read moves nothing, and is told nothing.
                    let _ = obey(&stream, &seconds);
                }
            });
            tracing::warn!(%socket, "the clock can be moved: this is a build for tests");
            Ok(Self(ahead))
        }
    }

    impl Clock for MovedClock {
        fn now(&self) -> Timestamp {
            SystemClock.now().plus(Duration::from_secs(self.0.load(Ordering::Relaxed)))
        }
    }

    fn obey(mut stream: &UnixStream, ahead: &AtomicU64) -> std::io::Result<()> {
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        let seconds = line.trim().parse().map_err(std::io::Error::other)?;
        ahead.store(seconds, Ordering::Relaxed);
        stream.write_all(b"ok\n")
    }
}
