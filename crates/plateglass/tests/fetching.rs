//! A hotlist that a whole server fetches from a folder, in its time: its rows are matched, and a bad file is put aside.
#![expect(clippy::panic, reason = "tests say what they expected by panicking")]

use std::io::Write as _;
use std::time::Duration;

use serde_json::Value;
use testkit::line::Line;
use testkit::server::Installation;

/// A look each minute at most, and two seconds in which a file has to stay as it is.
const PATIENCE: Duration = Duration::from_secs(100);
const STEP: Duration = Duration::from_millis(200);

#[test]
fn a_file_that_is_dropped_into_a_folder_is_in_force_soon() {
    let dir = tempfile::tempdir().unwrap();
    let inbox = dir.path().join("lists");
    std::fs::create_dir(&inbox).unwrap();
    let at = Installation::new(env!("CARGO_BIN_EXE_plateglass"), dir.path(), "");
    let section = format!(
        "[[agency.hotlist]]\nname = \"Stolen\"\nevery_min = 1\nfolder = {{ path = \"{}\" }}\n",
        inbox.display()
    );
    let mut config =
        std::fs::File::options().append(true).open(dir.path().join("plateglass.toml")).unwrap();
    config.write_all(section.as_bytes()).unwrap();
    let explained = at.command(&["config", "check", "--explain"]);
    assert!(explained.contains("Stolen from"), "{explained}");

    let server = at.start(&[]);
    let mut line = Line::to(&server.host).unwrap();
    let cookie = at.sign_in(&server);
    let json = format!("{cookie}content-type: application/json\r\n");
    let mut ask = |method: &str, path: &str, body: &str| {
        let answer = line.ask(method, path, &json, body.as_bytes()).unwrap();
        assert!(answer.status < 300, "{path}: {}", answer.text());
        answer.text()
    };
    let about = r#"{"name":"Stolen","source":"a folder","category":"stolen-vehicle"}"#;
    let made: Value = serde_json::from_str(&ask("POST", "/api/v1/hotlists", about)).unwrap();
    let id = made["hotlist"].as_i64().unwrap();
    let layout =
        "version = 1\nname = \"Plates\"\nkind = \"delimited\"\n[columns]\nplate = \"plate\"\n";
    let source = serde_json::json!({ "layout": layout, "drop_percent": 20 });
    ask("PUT", &format!("/api/v1/hotlists/{id}/source"), &source.to_string());

    // The older one is first: what comes after it is taken at once.
    std::fs::write(inbox.join("good.csv"), "plate\n7ABC123\n8XYZ999\n").unwrap();
    std::fs::write(inbox.join("later.csv.part"), "state\nTX\n").unwrap();
    std::fs::rename(inbox.join("later.csv.part"), inbox.join("later.csv")).unwrap();
    until("the list in force", || {
        let lists: Value = serde_json::from_str(&ask("GET", "/api/v1/hotlists", "")).unwrap();
        lists.to_string().contains("\"n_entries\":2")
    });
    until("the file put away", || inbox.join("done/good.csv").exists());
    until("the bad file put aside", || inbox.join("refused/later.csv").exists());
    let log = std::fs::read_to_string(dir.path().join("server.log")).unwrap();
    assert!(!log.contains("7ABC123"), "no plate stands in the log");
    server.stop();
}

fn until(what: &str, mut is: impl FnMut() -> bool) {
    let steps = PATIENCE.as_millis() / STEP.as_millis();
    for _ in 0..steps {
        if is() {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "a real server takes real time")]
        std::thread::sleep(STEP);
    }
    panic!("waited in vain for {what}");
}
