//! A real server as a process of its own: to be killed, watched and measured.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A data folder with a configuration, and the program that serves it.
#[derive(Debug)]
pub struct Installation {
    program: PathBuf,
    dir: PathBuf,
}

/// A server that runs. Killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    process: Child,
    output: BufReader<ChildStdout>,
    /// `host:port`.
    pub host: String,
    /// The path of the sign-in link.
    pub link: String,
}

impl Installation {
    /// Writes a configuration into an empty folder: one agency, no recogniser unless `more` says so, a free port.
    pub fn new(program: impl Into<PathBuf>, dir: impl Into<PathBuf>, more: &str) -> Self {
        let dir = dir.into();
        let config = format!(
            "data_dir = \"{0}/data\"\nlisten = \"127.0.0.1:0\"\n{more}\n[[agency]]\nname = \"Testing PD\"\n",
            dir.display()
        );
        std::fs::write(dir.join("plateglass.toml"), config).expect("the folder can be written to");
        Self { program: program.into(), dir }
    }

    /// Runs a command to its end and returns what it printed.
    pub fn command(&self, words: &[&str]) -> String {
        let ran = self.program(&[]).args(words).arg("--config").arg(self.config()).output();
        let ran = ran.expect("the program can be run");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{words:?}: {said}");
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }

    /// Adds a camera and returns its key.
    pub fn add_camera(&self, name: &str) -> String {
        let said = self.command(&["camera", "add", name, "--site", "a test"]);
        let key = said.lines().find_map(|line| line.strip_prefix("key "));
        key.expect("the command prints the key").to_owned()
    }

    /// Starts the server, `before` its words standing those of a program that watches it.
    pub fn start(&self, before: &[&str]) -> Running {
        let mut command = self.program(before);
        command.arg("serve").arg("--config").arg(self.config());
        command.stdout(Stdio::piped()).stderr(self.log());
        Running::of(command)
    }

    /// Starts the server with a variable of the environment set.
    pub fn start_with(&self, before: &[&str], variable: &str) -> Running {
        let mut command = self.program(before);
        command.env(variable, "1").arg("serve").arg("--config").arg(self.config());
        command.stdout(Stdio::piped()).stderr(self.log());
        Running::of(command)
    }

    /// Where everything lies.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn config(&self) -> PathBuf {
        self.dir.join("plateglass.toml")
    }

    fn log(&self) -> Stdio {
        let log =
            std::fs::File::options().create(true).append(true).open(self.dir.join("server.log"));
        log.map_or_else(|_| Stdio::null(), Stdio::from)
    }

    fn program(&self, before: &[&str]) -> Command {
        match before {
            [] => Command::new(&self.program),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.program);
                command
            }
        }
    }
}

impl Running {
    #[expect(
        clippy::zombie_processes,
        reason = "it is waited for when it is dropped, or the test has failed"
    )]
    fn of(mut command: Command) -> Self {
        let mut process = command.spawn().expect("the server can be started");
        let output = process.stdout.take().expect("its output is a pipe");
        let mut output = BufReader::new(output);
        let mut host = None;
        loop {
            let mut line = String::new();
            let n = output.read_line(&mut line).expect("its output is text");
            assert!(n > 0, "the server ended before it listened; see server.log");
            if let Some(address) = line.trim().strip_prefix("Plateglass listens on http://") {
                host = Some(address.to_owned());
            }
            if let (Some(host), Some((_, path))) = (&host, line.trim().split_once("/sign-in/")) {
                return Self {
                    process,
                    output,
                    host: host.clone(),
                    link: format!("/sign-in/{path}"),
                };
            }
        }
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Kills it at once: nothing of it is finished.
    pub fn kill(mut self) {
        self.process.kill().expect("it can be killed");
        self.process.wait().expect("it ends");
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(mut self) {
        let told = Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status();
        assert!(told.is_ok_and(|told| told.success()), "it can be told");
        let mut rest = String::new();
        drop(std::io::Read::read_to_string(&mut self.output, &mut rest));
        self.process.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
