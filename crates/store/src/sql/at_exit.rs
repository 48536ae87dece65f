//! What becomes of SQLite's threads when the process ends.
//!
//! SQLCipher and OpenSSL free what they own in handlers that run at exit. A connection that is just being closed on its own
//! thread then works on freed memory, and the process ends with a crash instead of its exit status. So our handler, which
//! runs before theirs, lets such connections end first.

use std::time::Duration;

/// How often the handler looks.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How often it looks at most: half a second is more than closing takes. A connection that is still there idles, and an
/// idle one touches nothing.
const LOOKS_MAX: u32 = 100;

/// How the threads of connections are called (see `connect`).
pub(super) const THREAD_NAME: &str = "sqlite-";

/// To be called once, when the first connection was open: handlers run in the reverse order of their registration.
pub(super) fn let_connections_end_at_exit() {
    #[expect(unsafe_code, reason = "the standard library has no way to run something at exit")]
    // SAFETY: the handler is a function of this program that never unwinds; a full table of handlers is reported by the result
    // and costs only the protection.
    unsafe {
        libc::atexit(let_connections_end);
    }
}

extern "C" fn let_connections_end() {
    for _ in 0..LOOKS_MAX {
        if !connections_are_alive() {
            return;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the process is ending; there is no runtime to wait on"
        )]
        std::thread::sleep(LOOK_EVERY);
    }
}

fn connections_are_alive() -> bool {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return false };
    threads.flatten().any(|thread| {
        std::fs::read_to_string(thread.path().join("comm"))
            .is_ok_and(|name| name.starts_with(THREAD_NAME))
    })
}
