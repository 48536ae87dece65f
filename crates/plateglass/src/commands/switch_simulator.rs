//! `plateglass switch-simulator`: a message switch to try the connection with. It speaks an example of its own, for no state's
//! layout is public; `deploy/plateglass.toml` has the lines that fit it.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use camino::{Utf8Path, Utf8PathBuf};
use outbound::switch::Message;
use tokio::net::TcpListener;

use crate::serve;

/// So often a question of a delayed answer is answered with “wait”.
const DELAYED_TIMES: usize = 2;
/// Longer than anybody waits for an answer.
const SILENCE: Duration = Duration::from_secs(120);
/// Largest question.
const QUESTION_BYTES_MAX: usize = 16 * 1024;
/// Questions that are remembered; then all are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// A message switch to try the connection with. It listens on this machine alone and speaks an example of its own.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulatorArgs {
    /// Where to listen; port 0 takes any.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8790")]
    listen: SocketAddr,
    /// What it answers: `PLATE STATE ANSWER` a line, where the answer is hit, no-record, delayed, error, malformed or silent.
    /// A plate that is not named has no record.
    #[arg(long, value_name = "FILE")]
    answers: Utf8PathBuf,
}

/// What it answers to a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scripted {
    Hit,
    NoRecord,
    /// A hit, after it was asked twice.
    Delayed,
    Error,
    Malformed,
    /// Nothing at all.
    Silent,
}

impl Scripted {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "hit" => Self::Hit,
            "no-record" => Self::NoRecord,
            "delayed" => Self::Delayed,
            "error" => Self::Error,
            "malformed" => Self::Malformed,
            "silent" => Self::Silent,
            _ => return None,
        })
    }
}

/// By plate and state.
type Script = HashMap<(String, String), Scripted>;

fn read_script(text: &str) -> Result<Script> {
    let mut script = Script::new();
    for (nth, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [plate, state, answer] => {
                let answer = Scripted::parse(answer).with_context(|| {
                    format!("line {}: `{answer}` is none of hit, no-record, delayed, error, malformed, silent", nth + 1)
                })?;
                script.insert((plate.to_uppercase(), state.to_uppercase()), answer);
            }
            _ => bail!("line {}: expected PLATE STATE ANSWER", nth + 1),
        }
    }
    Ok(script)
}

fn script_of(path: &Utf8Path) -> Result<Script> {
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read `{path}`"))?;
    read_script(&text).with_context(|| format!("`{path}` is no script of answers"))
}

/// What it was asked.
struct Simulator {
    script: Script,
    asked: Mutex<HashMap<String, usize>>,
}

impl Simulator {
    /// How often the question of this reference came before.
    fn times(&self, reference: &str) -> usize {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= REMEMBERED_MAX {
            asked.clear();
        }
        let times = asked.entry(reference.to_owned()).or_insert(0);
        *times += 1;
        *times - 1
    }

    fn answer(&self, question: &Message, reference: &str) -> (Scripted, StatusCode, String) {
        let of = |name| question.field(name).unwrap_or_default().to_uppercase();
        let script = self.script.get(&(of("LIC"), of("LIS"))).copied();
        let script = script.unwrap_or(Scripted::NoRecord);
        let [_, ori, state] = &question.head;
        let head = format!("XR.{state}.{ori}.TXT REF/{reference}");
        let hit = |head: &str| {
            let own = reference.get(..6).unwrap_or(reference);
            format!(
                "{head}.RES/HIT.SRF/S{own}\nSTOLEN VEHICLE, ACTIVE. CONFIRM WITH THE ENTERING AGENCY.\n"
            )
        };
        let (status, body) = match script {
            Scripted::Hit => (StatusCode::OK, hit(&head)),
            Scripted::Delayed if self.times(reference) < DELAYED_TIMES => {
                (StatusCode::OK, format!("{head}.RES/WAIT\n"))
            }
            Scripted::Delayed => (StatusCode::OK, hit(&head)),
            Scripted::NoRecord => (StatusCode::OK, format!("{head}.RES/NOREC\nNO RECORD.\n")),
            Scripted::Error => (StatusCode::FORBIDDEN, "NOT AUTHORIZED\n".to_owned()),
            Scripted::Malformed => (StatusCode::OK, "<html>maintenance</html>".to_owned()),
            Scripted::Silent => (StatusCode::OK, String::new()),
        };
        (script, status, body)
    }
}

/// The fields that it asks of a question.
fn missing(question: &Message) -> Option<&'static str> {
    let asked: HashSet<&str> = question.fields.iter().map(|(name, _)| name.as_str()).collect();
    ["LIC", "LIS", "OPR", "PUR", "REF"].into_iter().find(|name| !asked.contains(name))
}

async fn take(State(own): State<Arc<Simulator>>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(question) = Message::parse(&body) else {
        return (StatusCode::BAD_REQUEST, "NOT A MESSAGE\n").into_response();
    };
    if let Some(name) = missing(&question) {
        return (StatusCode::BAD_REQUEST, format!("NO FIELD {name}\n")).into_response();
    }
    let reference = question.field("REF").unwrap_or_default();
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    if key != Some(reference) {
        return (StatusCode::BAD_REQUEST, "REF IS NOT THE IDEMPOTENCY KEY\n").into_response();
    }
    let (script, status, answer) = own.answer(&question, reference);
    if script == Scripted::Silent {
        tokio::time::sleep(SILENCE).await;
    }
    (status, answer).into_response()
}

fn router(script: Script) -> Router {
    let own = Arc::new(Simulator { script, asked: Mutex::default() });
    let limit = DefaultBodyLimit::max(QUESTION_BYTES_MAX);
    Router::new().route("/messages", post(take)).layer(limit).with_state(own)
}

/// Runs the simulator until it is ended.
#[expect(clippy::print_stdout, reason = "where it listens is what whoever starts it waits for")]
pub(crate) fn run(args: &SimulatorArgs) -> Result<()> {
    if !args.listen.ip().is_loopback() {
        bail!("--listen: it answers what a file says, and listens on this machine alone");
    }
    let script = script_of(&args.answers)?;
    serve::runtime()?.block_on(async {
        let listener = TcpListener::bind(args.listen)
            .await
            .with_context(|| format!("failed to listen on {}", args.listen))?;
        let at = listener.local_addr().context("failed to ask for the port")?;
        println!("The switch simulator listens on http://{at}/messages");
        axum::serve(listener, router(script)).await.context("failed to serve")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: &str = "XQ.TX2270000.TX.TXT LIC/7ABC123.LIS/TX.OPR/TX-0042.PUR/C.REF/PG0000001";

    fn simulator(script: &str) -> Simulator {
        Simulator { script: read_script(script).unwrap(), asked: Mutex::default() }
    }

    fn answers(own: &Simulator) -> String {
        let question = Message::parse(ASKED.as_bytes()).unwrap();
        assert_eq!(missing(&question), None);
        own.answer(&question, "PG0000001").2
    }

    #[test]
    fn it_answers_what_its_file_says() {
        let hit = answers(&simulator("# ours\n7abc123 tx hit # stolen\n"));
        assert!(
            hit.starts_with("XR.TX.TX2270000.TXT REF/PG0000001.RES/HIT.SRF/SPG0000\n"),
            "{hit}"
        );
        assert!(answers(&simulator("")).contains("RES/NOREC"), "nothing is said of the plate");
        assert!(Message::parse(answers(&simulator("7ABC123 TX malformed")).as_bytes()).is_err());
    }

    #[test]
    fn a_delayed_answer_comes_at_the_third_time() {
        let own = simulator("7ABC123 TX delayed");
        let all: Vec<bool> = (0..4).map(|_| answers(&own).contains("RES/WAIT")).collect();
        assert_eq!(all, [true, true, false, false]);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let why = |text: &str| read_script(text).unwrap_err().to_string();
        assert_eq!(why("\n7ABC123 TX"), "line 2: expected PLATE STATE ANSWER");
        assert!(why("7ABC123 TX maybe").starts_with("line 1: `maybe`"));
    }
}
