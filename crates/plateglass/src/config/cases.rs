//! `[agency.cases]`: the agency's case system, that can be asked whether it has a case.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use app::{CaseBook, CsvCases, HttpCases};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// A case system: a folder into which it drops its cases, or an address that answers for each.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CasesSection {
    /// The folder; its newest `*.csv` counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) csv_folder: Option<Utf8PathBuf>,
    /// The heading of the column with the numbers.
    #[serde(default = "default_column")]
    pub(crate) csv_column: String,
    /// The address, in which `{number}` stands for the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// A file that holds the bearer's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token_file: Option<Utf8PathBuf>,
    /// How long an answer may take, in seconds.
    #[serde(default = "default_timeout_s")]
    pub(crate) timeout_s: u64,
}

fn default_column() -> String {
    "case_number".to_owned()
}

/// Somebody waits for the page meanwhile.
const fn default_timeout_s() -> u64 {
    3
}

impl CasesSection {
    /// What cannot be meant.
    pub(crate) fn check(&self, agency: &str) -> Result<()> {
        let of = |key: &str| format!("agency.cases.{key} of \"{agency}\"");
        match (&self.csv_folder, &self.url) {
            (Some(_), None) if self.token_file.is_some() => {
                bail!("{}: a folder needs no token", of("token_file"))
            }
            (Some(_), None) if self.csv_column.trim().is_empty() => {
                bail!("{}: is empty", of("csv_column"))
            }
            (Some(_), None) => Ok(()),
            (None, Some(url)) => {
                if !(1..=30).contains(&self.timeout_s) {
                    bail!("{}: expected 1 to 30", of("timeout_s"));
                }
                self.http(url, None).with_context(|| of("url")).map(drop)
            }
            _ => bail!("agency.cases of \"{agency}\": expected one of `csv_folder` and `url`"),
        }
    }

    fn http(&self, url: &str, token: Option<String>) -> Result<HttpCases> {
        Ok(HttpCases::new(url, token, Duration::from_secs(self.timeout_s))?)
    }

    /// What the app is told. Reads the token.
    pub(crate) fn book(&self, agency: &str) -> Result<CaseBook> {
        if let Some(folder) = &self.csv_folder {
            return Ok(CaseBook::Csv(CsvCases::new(folder.as_std_path(), self.csv_column.trim())));
        }
        let token = self.token_file.as_ref().map(|path| {
            let text = std::fs::read_to_string(path);
            let text = text.with_context(|| format!("failed to read `{path}`"))?;
            let token = text.trim().to_owned();
            if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
                bail!("`{path}` holds no token: one line of letters, digits and signs");
            }
            Ok(token)
        });
        let url = self.url.as_deref().unwrap_or_default();
        let http = self.http(url, token.transpose()?);
        http.map(CaseBook::Http).with_context(|| format!("agency.cases.url of \"{agency}\""))
    }

    /// In words.
    pub(crate) fn says(&self) -> String {
        match (&self.csv_folder, &self.url) {
            (Some(folder), _) => {
                format!("the newest *.csv in {folder}, column {}", self.csv_column)
            }
            (None, Some(url)) => {
                let token = if self.token_file.is_some() { ", with a token" } else { "" };
                format!("asked at {url}{token}, for {} s at most", self.timeout_s)
            }
            (None, None) => "none".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(cases: &str) -> Result<Config> {
        let head = "data_dir = \"/d\"\n[[agency]]\nname = \"A\"\n[agency.cases]\n";
        Config::parse(&format!("{head}{cases}"))
    }

    fn wrong(cases: &str) -> String {
        read(cases).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn a_case_system_is_a_folder_or_an_address() {
        read("csv_folder = \"/srv/cases\"").unwrap();
        read("url = \"https://cms.example.gov/cases/{number}\"\ntoken_file = \"/t\"").unwrap();
        assert!(wrong("").contains("expected one of `csv_folder` and `url`"));
        assert!(
            wrong("csv_folder = \"/c\"\nurl = \"https://x/{number}\"").contains("expected one")
        );
        assert!(wrong("csv_folder = \"/c\"\ntoken_file = \"/t\"").contains("needs no token"));
        assert!(
            wrong("url = \"http://cms.example.gov/{number}\"")
                .starts_with("agency.cases.url of \"A\"")
        );
        let slow = "url = \"https://x/{number}\"\ntimeout_s = 0";
        assert!(wrong(slow).starts_with("agency.cases.timeout_s"));
    }

    #[test]
    fn a_token_comes_from_a_file_and_is_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        std::fs::write(&path, "s3cret\n").unwrap();
        let config =
            read(&format!("url = \"https://x/{{number}}\"\ntoken_file = {path:?}")).unwrap();
        let cases = config.agencies[0].cases.as_ref().unwrap();
        let book = cases.book("A").unwrap();
        assert!(!format!("{book:?} {}", cases.says()).contains("s3cret"));
        std::fs::write(&path, "two words\n").unwrap();
        assert!(cases.book("A").unwrap_err().to_string().contains("holds no token"));
        std::fs::remove_file(&path).unwrap();
        assert!(cases.book("A").unwrap_err().to_string().contains("failed to read"));
    }
}
