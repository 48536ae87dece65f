//! A real server as a process of its own: to be killed, watched and measured.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use domain::{Role, Timestamp};
use identity::totp::{self, Secret};

use crate::line::{Answer, Line};

const LOGIN: &str = "r.ortiz";
const PASSWORD: &str = "heron quarry mild lantern";
const FORM: &str =
    "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";

/// A data folder with a configuration, and the program that serves it.
#[derive(Debug)]
pub struct Installation {
    program: PathBuf,
    dir: PathBuf,
    /// Recovery codes of its person that were not used; none before there is one.
    codes: RefCell<Vec<String>>,
}

/// A server that runs. Killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    process: Child,
    output: BufReader<ChildStdout>,
    /// `host:port`.
    pub host: String,
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
        Self { program: program.into(), dir, codes: RefCell::default() }
    }

    /// Runs a command to its end and returns what it printed.
    pub fn command(&self, words: &[&str]) -> String {
        let ran = self.program(&[]).args(words).arg("--config").arg(self.config()).output();
        let ran = ran.expect("the program can be run");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{words:?}: {said}");
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }

    /// Adds a camera on a trailer, which waits for no sign-off, and returns its key.
    pub fn add_camera(&self, name: &str) -> String {
        let words = ["camera", "add", name, "--site", "a test", "--mounting", "trailer"];
        let said = self.command(&words);
        let key = said.lines().find_map(|line| line.strip_prefix("key "));
        key.expect("the command prints the key").to_owned()
    }

    /// Signs somebody in who holds every role that goes together and is trained; the first time they come to their account by
    /// an invitation, as everybody does. The headers with which they ask.
    pub fn sign_in(&self, server: &Running) -> String {
        let mut line = Line::to(&server.host).expect("the server listens");
        let code = self.codes.borrow_mut().pop();
        let answer = match code {
            Some(code) => with_password(&mut line, &code),
            None => self.come_to_account(&mut line),
        };
        let session = cookie(&answer, "plateglass=").expect("a session begins");
        format!("cookie: {session}\r\nsec-fetch-site: same-origin\r\n")
    }

    fn come_to_account(&self, line: &mut Line) -> Answer {
        let mut words = vec!["person", "add", LOGIN, "--name", "R. Ortiz", "--reason", "a test"];
        for role in Role::ALL.iter().filter(|role| **role != Role::ExternalAuditor) {
            words.extend(["--role", role.word()]);
        }
        let said = self.command(&words);
        let link = said.lines().find_map(|line| line.split_once("/invitation/"));
        let path = format!("/invitation/{}", link.expect("an invitation is printed").1);
        self.command(&["person", "train", LOGIN]);
        let typed = PASSWORD.replace(' ', "+");
        let chosen = format!("password={typed}&again={typed}");
        let answer = line.ask("POST", &path, FORM, chosen.as_bytes()).expect("it answers");
        let step = cookie(&answer, "plateglass-step=").expect("the next step begins");
        let step = format!("cookie: {step}\r\n");
        let page = line.ask("GET", "/enrol", &step, b"").expect("it answers").text();
        let secret = between(&page, "id=\"secret\">", "<").and_then(Secret::parse);
        let secret = secret.expect("the authenticator's key is shown");
        let code = format!("code={}", totp::shown(&secret, now()));
        let headers = format!("{FORM}{step}");
        let answer = line.ask("POST", "/enrol", &headers, code.as_bytes()).expect("it answers");
        let page = answer.text();
        let codes = page.split("<li><code>").skip(1).filter_map(|rest| rest.split('<').next());
        *self.codes.borrow_mut() = codes.map(str::to_owned).collect();
        answer
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
        loop {
            let mut line = String::new();
            let n = output.read_line(&mut line).expect("its output is text");
            assert!(n > 0, "the server ended before it listened; see server.log");
            if let Some(host) = line.trim().strip_prefix("Plateglass listens on http://") {
                return Self { process, output, host: host.to_owned() };
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

fn with_password(line: &mut Line, code: &str) -> Answer {
    let typed = format!("name={LOGIN}&password={}", PASSWORD.replace(' ', "+"));
    let answer = line.ask("POST", "/sign-in", FORM, typed.as_bytes()).expect("it answers");
    let step = cookie(&answer, "plateglass-step=").expect("the password is right");
    let headers = format!("{FORM}cookie: {step}\r\n");
    let code = format!("code={code}");
    line.ask("POST", "/sign-in/code", &headers, code.as_bytes()).expect("it answers")
}

/// The cookie of this name that an answer sets, as it is sent back.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.lines().filter_map(|line| line.split_once(':'));
    let set = set.filter(|(have, _)| have.eq_ignore_ascii_case("set-cookie"));
    let mut values = set.filter_map(|(_, value)| value.trim().split(';').next());
    values.find(|value| value.starts_with(name) && value.len() > name.len()).map(str::to_owned)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

#[expect(clippy::disallowed_methods, reason = "the server under test has the system's clock")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
