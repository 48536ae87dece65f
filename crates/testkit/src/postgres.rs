//! A private PostgreSQL from Debian's `postgresql` package: its own cluster in a temporary directory, reached by a Unix
//! socket only, gone when the test process is.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use camino::{Utf8Path, Utf8PathBuf};

/// The cluster's own superuser; nobody needs a password, because nobody else reaches the socket.
const USER: &str = "plateglass";

/// PostgreSQL refuses to run as root; Debian's package makes this user for it.
const UNIX_USER: &str = "postgres";

/// Waits for its standard input to end, which it does when the test process ends in whatever way, then stops the server
/// and removes its directory.
const UNTIL_WE_END: &str =
    r#""$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"; rm -rf "$0""#;

/// A running cluster.
#[derive(Debug)]
pub struct Postgres {
    dir: Utf8PathBuf,
    bin: Utf8PathBuf,
    n_databases: AtomicU32,
    /// Holds the pipe whose end stops the server.
    _server: Child,
}

impl Postgres {
    /// The cluster of this test process, started by whoever asks first.
    pub fn start() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start_one)
    }

    /// A new, empty database of the cluster; its URL.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.n_databases.fetch_add(1, Ordering::Relaxed));
        let mut create = Command::new(self.bin.join("createdb"));
        run(create.args(["--host", self.dir.as_str(), "--username", USER, &name]));
        format!("postgres://{USER}@localhost/{name}?host={}", self.dir)
    }

    fn start_one() -> Self {
        let bin = bin_dir();
        let dir = tempfile::Builder::new()
            .prefix("plateglass-pg-")
            .tempdir()
            .expect("a temporary directory can be made");
        let dir =
            Utf8PathBuf::from_path_buf(dir.keep()).expect("temporary directories have UTF-8 names");
        let data = dir.join("data");
        let user = hand_over(&dir);
        let mut init = as_user(user.as_deref(), &bin.join("initdb"));
        run(init
            .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"])
            .args(["--no-sync", "--data-checksums", "--pgdata", data.as_str()]));
        let server = as_user(user.as_deref(), &bin.join("postgres"));
        let server = Command::new("sh")
            .args(["-c", UNTIL_WE_END, dir.as_str()])
            .arg(server.get_program())
            .args(server.get_args())
            .args(["-D", data.as_str(), "-k", dir.as_str(), "-c", "listen_addresses="])
            // A test's data need not survive a loss of power, and many tests run beside each other.
            .args(["-c", "fsync=off", "-c", "max_connections=400", "-c", "shared_buffers=64MB"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell can be started");
        wait_until_ready(&bin, &dir);
        Self { dir, bin, n_databases: AtomicU32::new(0), _server: server }
    }
}

/// The newest of Debian's installed versions.
fn bin_dir() -> Utf8PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let bins =
        versions.filter_map(|version| Utf8PathBuf::from_path_buf(version.path().join("bin")).ok());
    bins.filter(|bin| bin.join("initdb").is_file()).max().expect(
        "PostgreSQL is not installed: `apt-get install postgresql` (the tests run on both engines)",
    )
}

/// Where we are root: gives the directory to the user that the server is to run as, and names it.
fn hand_over(dir: &Utf8Path) -> Option<String> {
    let ours = std::fs::metadata("/proc/self").expect("/proc is mounted").uid();
    if ours != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
    let user = users.lines().find_map(|line| line.strip_prefix(UNIX_USER)?.strip_prefix(':'));
    let mut fields = user.expect("Debian's package made the user postgres").split(':').skip(1);
    let mut id = || fields.next().and_then(|id| id.parse::<u32>().ok());
    let (uid, gid) = (id(), id());
    chown(dir, uid, gid).expect("root may give a directory away");
    // The socket is ours too: root passes any permission.
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
        .expect("root may change it");
    Some(UNIX_USER.to_owned())
}

fn as_user(user: Option<&str>, program: &Utf8Path) -> Command {
    match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]).arg(program);
            command
        }
    }
}

/// Starting takes a second; a minute on a machine that does much else.
fn wait_until_ready(bin: &Utf8Path, dir: &Utf8Path) {
    let mut ready = Command::new(bin.join("pg_isready"));
    ready.args(["--quiet", "--timeout", "1", "--host", dir.as_str(), "--username", USER]);
    for _ in 0..600 {
        if ready.status().expect("pg_isready can be run").success() {
            return;
        }
        // A test helper, not a server's thread: there is nothing else to wait on.
        #[expect(clippy::disallowed_methods, reason = "a test helper waits for another process")]
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    unready();
}

fn unready() -> ! {
    #[expect(clippy::panic, reason = "a test cannot go on without its database")]
    {
        panic!("PostgreSQL did not start within a minute")
    }
}

fn run(command: &mut Command) {
    let output = command.current_dir("/").output().expect("PostgreSQL's programs can be run");
    assert!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
