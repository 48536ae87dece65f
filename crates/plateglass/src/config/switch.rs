//! `[agency.switch]`: the state's message switch, that can be asked about the vehicle of a hit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use app::Switch;
use camino::{Utf8Path, Utf8PathBuf};
use outbound::switch::{
    AnswerForm, HttpSwitch, HttpSwitchSettings, QuestionForm, SwitchTls, is_value,
};
use serde::{Deserialize, Serialize};

/// A switch over HTTP. How its messages are spelled stands in the state's manual, and nowhere in this program.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwitchSection {
    /// The systems that it reaches, as the policy names them.
    pub(crate) systems: Vec<String>,
    /// Where messages are posted.
    pub(crate) url: String,
    /// How a question is spelled, with `{ori}`, `{operator}`, `{purpose}`, `{plate}`, `{state}`, `{reference}` and, where it is
    /// wanted, `{system}`.
    pub(crate) question: String,
    /// How an answer is read.
    pub(crate) answer: AnswerSection,
    /// The state's code for each purpose of the policy, by its word.
    pub(crate) purpose_codes: BTreeMap<String, String>,
    /// A file that says under which name the state knows somebody: `login,operator` a line.
    pub(crate) operators_file: Utf8PathBuf,
    /// A file that holds a bearer's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token_file: Option<Utf8PathBuf>,
    /// A file with the certificate (PEM) of the authority that vouches for the switch; the public ones when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authority_file: Option<Utf8PathBuf>,
    /// A file with our certificate and its chain (PEM).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_file: Option<Utf8PathBuf>,
    /// A file with our certificate's key (PEM).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_file: Option<Utf8PathBuf>,
    /// How long one answer may take, in seconds.
    #[serde(default = "default_timeout_s")]
    pub(crate) timeout_s: u64,
    /// How long an answer that is still to come is waited for, in seconds.
    #[serde(default = "default_wait_s")]
    pub(crate) wait_s: u64,
}

/// Which fields an answer has, and what its words mean.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerSection {
    /// The field that repeats our reference.
    pub(crate) echo: String,
    /// The field that says what was found.
    pub(crate) result: String,
    /// Its words for an entry that is in force.
    pub(crate) in_force: Vec<String>,
    /// Its words for no entry, or one that is not in force.
    pub(crate) not_in_force: Vec<String>,
    /// Its words for an answer that is still to come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) waiting: Vec<String>,
    /// The field with the state's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
}

const fn default_timeout_s() -> u64 {
    10
}

/// Somebody stands beside a road meanwhile.
const fn default_wait_s() -> u64 {
    60
}

impl SwitchSection {
    /// What can be told without the files that it names.
    pub(crate) fn check(&self, agency: &str, ori: Option<&str>) -> Result<()> {
        let of = |key: &str| format!("agency.switch.{key} of \"{agency}\"");
        if !ori.is_some_and(is_value) {
            bail!(
                "agency.ori of \"{agency}\": is missing, or not of letters and digits: a switch is told whose question it is"
            );
        }
        if self.systems.is_empty() || !self.systems.iter().all(|one| is_value(one)) {
            bail!("{}: expected names of letters and digits, such as \"NCIC\"", of("systems"));
        }
        if self.purpose_codes.is_empty() || !self.purpose_codes.values().all(|one| is_value(one)) {
            bail!(
                "{}: expected a code of letters and digits for each purpose",
                of("purpose_codes")
            );
        }
        if !(1..=60).contains(&self.timeout_s) {
            bail!("{}: expected 1 to 60", of("timeout_s"));
        }
        if !(1..=600).contains(&self.wait_s) {
            bail!("{}: expected 1 to 600", of("wait_s"));
        }
        if self.certificate_file.is_some() != self.key_file.is_some() {
            bail!("{}: `certificate_file` and `key_file` go together", of("key_file"));
        }
        self.check_answer().with_context(|| of("answer"))?;
        QuestionForm::parse(&self.question).with_context(|| of("question"))?;
        self.http(None, SwitchTls::default()).with_context(|| of("url")).map(drop)
    }

    /// A word that means two things would make of a no a yes.
    fn check_answer(&self) -> Result<()> {
        let AnswerSection { in_force, not_in_force, waiting, .. } = &self.answer;
        if in_force.is_empty() || not_in_force.is_empty() {
            bail!("expected at least one word each for `in_force` and `not_in_force`");
        }
        let all: Vec<&String> = in_force.iter().chain(not_in_force).chain(waiting).collect();
        let is_twice = |word: &&&String| all.iter().filter(|one| one == word).count() > 1;
        if let Some(twice) = all.iter().find(is_twice) {
            bail!("the word `{twice}` stands there twice");
        }
        Ok(())
    }

    fn http(&self, token: Option<String>, tls: SwitchTls) -> Result<HttpSwitch> {
        let AnswerSection { echo, result, in_force, not_in_force, waiting, reference } =
            self.answer.clone();
        Ok(HttpSwitch::new(HttpSwitchSettings {
            url: self.url.clone(),
            token,
            tls,
            timeout: Duration::from_secs(self.timeout_s),
            question: QuestionForm::parse(&self.question)?,
            answer: AnswerForm { echo, result, in_force, not_in_force, waiting, reference },
        })?)
    }

    /// What the app is told. Reads token, certificates and key.
    pub(crate) fn switch(&self, agency: &str, ori: Option<&str>) -> Result<Switch> {
        let of = || format!("agency.switch of \"{agency}\"");
        let read = |path: &Utf8Path| {
            std::fs::read(path).with_context(|| format!("failed to read `{path}`"))
        };
        let token = self.token_file.as_ref().map(|path| {
            let text = String::from_utf8(read(path)?).unwrap_or_default().trim().to_owned();
            if text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()) {
                bail!("`{path}` holds no token: one line of letters, digits and signs");
            }
            Ok(text)
        });
        let authority = self.authority_file.as_deref().map(read).transpose()?;
        let certificate = match (&self.certificate_file, &self.key_file) {
            (Some(certificate), Some(key)) => Some((read(certificate)?, read(key)?)),
            _ => None,
        };
        let tls = SwitchTls { authority, certificate };
        let http = self.http(token.transpose()?, tls).with_context(of)?;
        Ok(Switch {
            connector: Arc::new(http),
            systems: self.systems.clone(),
            ori: ori.unwrap_or_default().to_owned(),
            operators_file: self.operators_file.clone().into_std_path_buf(),
            purpose_codes: self.purpose_codes.clone(),
            wait: Duration::from_secs(self.wait_s),
        })
    }

    /// In words.
    pub(crate) fn says(&self) -> String {
        let token = if self.token_file.is_some() { ", with a token" } else { "" };
        let own = if self.certificate_file.is_some() { ", with our certificate" } else { "" };
        format!(
            "{} through {}{token}{own}; an answer is waited for {} s at most",
            self.systems.join(", "),
            self.url,
            self.wait_s
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const GOOD: &str = r#"
systems = ["NCIC"]
url = "https://switch.example.gov/messages"
question = "XQ.{ori}.{state}.TXT LIC/{plate}.OPR/{operator}.PUR/{purpose}.REF/{reference}"
purpose_codes = { stolen-vehicle = "C" }
operators_file = "/etc/plateglass/operators"
answer = { echo = "REF", result = "RES", in_force = ["HIT"], not_in_force = ["NOREC"] }
"#;

    fn read(switch: &str) -> Result<Config> {
        let head =
            "data_dir = \"/d\"\n[[agency]]\nname = \"A\"\nori = \"TX2270000\"\n[agency.switch]\n";
        Config::parse(&format!("{head}{switch}"))
    }

    fn wrong(from: &str, to: &str) -> String {
        let changed = GOOD.replace(from, to);
        assert_ne!(changed, GOOD, "{from}");
        format!("{:#}", read(&changed).map(drop).unwrap_err())
    }

    #[test]
    fn what_cannot_be_meant_is_named_by_its_key() {
        read(GOOD).unwrap();
        assert!(wrong("\"NCIC\"", "").starts_with("agency.switch.systems"));
        assert!(wrong("https://", "http://").starts_with("agency.switch.url"));
        assert!(wrong(".PUR/{purpose}", "").contains("it has no {purpose}"));
        assert!(wrong("\"NOREC\"", "\"HIT\"").contains("`HIT` stands there twice"));
        assert!(wrong("\"C\"", "\"C.D\"").starts_with("agency.switch.purpose_codes"));
        assert!(wrong("systems =", "wait_s = 0\nsystems =").starts_with("agency.switch.wait_s"));
        let half = wrong("systems =", "key_file = \"/k\"\nsystems =");
        assert!(half.contains("go together"), "{half}");
        let head = "data_dir = \"/d\"\n[[agency]]\nname = \"A\"\n[agency.switch]\n";
        let no_ori = Config::parse(&format!("{head}{GOOD}")).map(drop).unwrap_err().to_string();
        assert!(no_ori.starts_with("agency.ori"), "{no_ori}");
    }

    #[test]
    fn secrets_come_from_files_and_are_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        std::fs::write(&path, "s3cret\n").unwrap();
        let config = read(&format!("{GOOD}\ntoken_file = {path:?}")).unwrap();
        let section = config.agencies[0].switch.as_ref().unwrap();
        let switch = section.switch("A", Some("TX2270000")).unwrap();
        assert!(!format!("{switch:?} {}", section.says()).contains("s3cret"));
        std::fs::remove_file(&path).unwrap();
        let gone = section.switch("A", Some("TX2270000")).unwrap_err();
        assert!(gone.to_string().contains("failed to read"), "{gone}");
    }
}
