//! Reading settings: every fault is found, not only the first.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{FIELDS, Purpose, Settings, VERSION};
use crate::bundle::{Fault, File};
use crate::offences::category;

/// The names of a bundle are short.
const WORD_CHARS_MAX: usize = 40;

/// Reads `bundle.toml`. Where a part cannot be read the others are read all the same, for their faults.
pub(crate) fn read(text: &str, faults: &mut Vec<Fault>) -> Option<Settings> {
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(why) => {
            faults.push(syntax(File::Settings, text, &why));
            return None;
        }
    };
    let mut parts = Parts { table, faults };
    let settings = whole(&mut parts);
    let strangers: Vec<String> = parts.table.keys().cloned().collect();
    for key in strangers {
        parts.faults.push(Fault::new(File::Settings, key, "there is no such setting"));
    }
    settings
}

/// A text that is no TOML, with the line.
pub(crate) fn syntax(file: File, text: &str, why: &toml::de::Error) -> Fault {
    let place = why.span().map_or_else(
        || "whole file".to_owned(),
        |span| format!("line {}", line_of(text, span.start)),
    );
    Fault::new(file, place, why.message())
}

/// The line in which a byte stands, counted from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

fn whole(parts: &mut Parts<'_>) -> Option<Settings> {
    let version = parts.take("version");
    let id = parts.take("id");
    let title = parts.take("title");
    let edition = parts.take("edition");
    let jurisdiction = parts.take("jurisdiction");
    let access = parts.take("access");
    let retention = parts.take("retention");
    let training = parts.take("training");
    let sign_in = parts.take_or_default("sign_in");
    let purposes = parts.take_purposes();
    let case_number = parts.take("case_number");
    let reasons = parts.take("reasons");
    let search = parts.take("search");
    let hotlists = parts.take("hotlists");
    let custom_entries = parts.take_or_default("custom_entries");
    let second_person = parts.take("second_person");
    let verification = parts.take("verification");
    let duty = parts.take_or_default("duty");
    let stop_facts = parts.take_or_default("stop_facts");
    let cameras = parts.take_or_default("cameras");
    let fields = parts.take("fields");
    let channels = parts.take("channels");
    let telling = parts.take_or_default("telling");
    let sharing = parts.take("sharing");
    let audit = parts.take("audit");
    let prohibited = parts.take("prohibited");
    Some(Settings {
        version: version?,
        id: id?,
        title: title?,
        edition: edition?,
        jurisdiction: jurisdiction?,
        access: access?,
        retention: retention?,
        training: training?,
        sign_in: sign_in?,
        purposes: purposes?,
        case_number: case_number?,
        reasons: reasons?,
        search: search?,
        hotlists: hotlists?,
        custom_entries: custom_entries?,
        second_person: second_person?,
        verification: verification?,
        duty: duty?,
        stop_facts: stop_facts?,
        cameras: cameras?,
        fields: fields?,
        channels: channels?,
        telling: telling?,
        sharing: sharing?,
        audit: audit?,
        prohibited: prohibited?,
    })
}

struct Parts<'a> {
    table: Table,
    faults: &'a mut Vec<Fault>,
}

impl Parts<'_> {
    fn take<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let Some(value) = self.table.remove(key) else {
            self.faults.push(Fault::new(File::Settings, key, "it is missing"));
            return None;
        };
        self.typed(key, value)
    }

    fn take_or_default<T: DeserializeOwned + Default>(&mut self, key: &str) -> Option<T> {
        match self.table.remove(key) {
            None => Some(T::default()),
            Some(value) => self.typed(key, value),
        }
    }

    fn typed<T: DeserializeOwned>(&mut self, place: &str, value: Value) -> Option<T> {
        match value.try_into() {
            Ok(typed) => Some(typed),
            Err(why) => {
                let says = why.message().to_owned();
                self.faults.push(Fault::new(File::Settings, place, says));
                None
            }
        }
    }

    fn take_purposes(&mut self) -> Option<Vec<Purpose>> {
        let all: Vec<Value> = self.take("purposes")?;
        let n_all = all.len();
        let read: Vec<Purpose> = (1..)
            .zip(all)
            .filter_map(|(number, value)| {
                let word = value.get("word").and_then(Value::as_str);
                let place = word.map_or_else(
                    || format!("purposes[{number}]"),
                    |word| format!("purposes.{word}"),
                );
                self.typed(&place, value)
            })
            .collect();
        (read.len() == n_all).then_some(read)
    }
}

/// What the types cannot say.
pub(crate) fn check(settings: &Settings, faults: &mut Vec<Fault>) {
    let mut checks = Checks { settings, faults };
    checks.head();
    checks.retention();
    checks.sign_in();
    checks.training();
    checks.purposes();
    checks.reasons();
    checks.cameras();
    checks.rest();
    checks.verification();
    checks.custom_entries();
    checks.telling();
    checks.prohibited();
}

struct Checks<'a> {
    settings: &'a Settings,
    faults: &'a mut Vec<Fault>,
}

impl Checks<'_> {
    fn unless(&mut self, holds: bool, place: impl Into<String>, says: impl Into<String>) {
        if !holds {
            self.faults.push(Fault::new(File::Settings, place, says));
        }
    }

    fn word(&mut self, word: &str, place: &str) {
        self.unless(
            is_word(word),
            place,
            format!("`{}` is no word: small letters, digits and hyphens", shown(word)),
        );
    }

    fn once<'w>(&mut self, words: impl Iterator<Item = &'w str>, place: &str) {
        let mut seen = BTreeSet::new();
        for word in words {
            self.unless(seen.insert(word), place, format!("`{}` stands there twice", shown(word)));
        }
    }

    fn head(&mut self) {
        let settings = self.settings;
        let version = settings.version;
        self.unless(
            version == VERSION,
            "version",
            format!("{version} is not read here: {VERSION} is"),
        );
        self.word(&settings.id, "id");
        self.unless(!settings.title.trim().is_empty(), "title", "it is empty");
        let is_day = domain::time::Day::parse(&settings.edition).is_ok();
        self.unless(is_day, "edition", "it is not a day, YYYY-MM-DD");
        let holds_everybody = settings.jurisdiction.iter().any(|pack| pack == "US");
        self.unless(
            holds_everybody,
            "jurisdiction",
            "`US` has to be among them: it holds for everybody",
        );
        self.once(settings.jurisdiction.iter().map(String::as_str), "jurisdiction");
    }

    fn retention(&mut self) {
        let retention = &self.settings.retention;
        let strictest = retention.sources.iter().map(|source| source.days).min();
        let least = retention.statutory_minimum_days;
        let asked = strictest.map(|days| days.max(least.unwrap_or(0)));
        match asked {
            None => {
                self.unless(false, "retention.sources", "no clause says how long reads are kept")
            }
            Some(days) => self.unless(
                days == retention.days,
                "retention.days",
                format!(
                    "{} is not what the strictest source and the statutes say: {days}",
                    retention.days
                ),
            ),
        }
        self.unless((1..=3660).contains(&retention.days), "retention.days", "between 1 and 3660");
    }

    fn sign_in(&mut self) {
        for loosened in self.settings.sign_in.loosened() {
            self.unless(false, format!("sign_in.{}", loosened.name), loosened.says);
        }
    }

    fn training(&mut self) {
        for (word, course) in &self.settings.training {
            let place = format!("training.{word}");
            self.word(word, &place);
            self.unless(
                !course.topics.is_empty(),
                format!("{place}.topics"),
                "a course teaches something",
            );
            self.once(course.topics.iter().map(String::as_str), &format!("{place}.topics"));
            let is_empty = matches!(course.validity, super::Validity::Months(0 | 121..));
            self.unless(!is_empty, format!("{place}.validity"), "between 1 and 120 months");
        }
    }

    fn purposes(&mut self) {
        let settings = self.settings;
        self.unless(
            !settings.purposes.is_empty(),
            "purposes",
            "nobody could ever look at anything",
        );
        self.once(settings.purposes.iter().map(|purpose| purpose.word.as_str()), "purposes");
        for purpose in &settings.purposes {
            let place = format!("purposes.{}", shown(&purpose.word));
            self.word(&purpose.word, &place);
            self.unless(!purpose.label.trim().is_empty(), format!("{place}.label"), "it is empty");
            self.unless(
                !purpose.actions.is_empty(),
                format!("{place}.actions"),
                "it is good for nothing",
            );
            let categories = &purpose.offence_categories;
            let place_of_categories = format!("{place}.offence_categories");
            self.once(categories.iter().map(String::as_str), &place_of_categories);
            for code in categories.iter().filter(|code| category(code).is_none()) {
                let says = format!("`{}` is no NIBRS code of an offence", shown(code));
                self.unless(false, &place_of_categories, says);
            }
            let is_asked = categories.is_empty() || purpose.offence_floor.is_some();
            let says = "no offence is asked for: `offence_floor` says how grave it is at least";
            self.unless(is_asked, place_of_categories, says);
            if let Some(hours) = purpose.exigent_hours {
                let says = "between 1 and 168 hours, and only where a case number is asked for";
                let holds = (1..=168).contains(&hours) && purpose.needs_case;
                self.unless(holds, format!("{place}.exigent_hours"), says);
            }
            if let Some(prohibited) = settings.prohibits(&purpose.word) {
                let says = format!("{} prohibits it: {}", prohibited.clause, prohibited.label);
                self.unless(false, place, says);
            }
        }
    }

    fn reasons(&mut self) {
        let reasons = &self.settings.reasons;
        self.unless(
            (3..=200).contains(&reasons.chars_min),
            "reasons.chars_min",
            "between 3 and 200",
        );
        for (name, words) in [("vague", &reasons.vague), ("suspicious", &reasons.suspicious)] {
            self.small(words, &format!("reasons.{name}"));
        }
        let example = &self.settings.case_number.example;
        let fits = self.settings.case_number.fits(example);
        self.unless(fits, "case_number.example", "it does not fit any of the formats");
    }

    fn small(&mut self, words: &[String], place: &str) {
        for word in words {
            let is_small =
                !word.trim().is_empty() && word.trim() == word && word.to_lowercase() == *word;
            self.unless(is_small, place, format!("`{}` is not in small letters", shown(word)));
        }
    }

    fn cameras(&mut self) {
        let cameras = &self.settings.cameras;
        let words = cameras.sign_offs.iter().map(|one| one.word.as_str());
        self.once(words, "cameras.sign_offs");
        for one in &cameras.sign_offs {
            let place = format!("cameras.sign_offs.{}", shown(&one.word));
            self.word(&one.word, &place);
            self.unless(!one.label.trim().is_empty(), format!("{place}.label"), "it is empty");
        }
        let quiet = (5..=7 * 24 * 60).contains(&cameras.quiet_minutes);
        self.unless(quiet, "cameras.quiet_minutes", "between 5 and 10080, which is a week");
        let less = (1..=90).contains(&cameras.less_percent);
        self.unless(less, "cameras.less_percent", "between 1 and 90");
        let is_said = cameras.sign_offs.is_empty() || cameras.clause.is_some();
        self.unless(is_said, "cameras.clause", "no clause says that a camera waits for sign-offs");
    }

    fn rest(&mut self) {
        let settings = self.settings;
        let hours = settings.search.lookback_hours_max;
        let kept = settings.retention.days.saturating_mul(24);
        self.unless(
            (1..=kept).contains(&hours),
            "search.lookback_hours_max",
            format!("between 1 and {kept}, which is all that is kept"),
        );
        let stored = &settings.fields.stored;
        for field in stored.iter().filter(|field| !FIELDS.contains(&field.as_str())) {
            self.unless(
                false,
                "fields.stored",
                format!("`{}` is no field of a read", shown(field)),
            );
        }
        for field in ["plate", "time", "place", "camera"] {
            let holds = stored.iter().any(|one| one == field);
            self.unless(holds, "fields.stored", format!("a read cannot be without `{field}`"));
        }
        for channel in &settings.channels.with_plate {
            let holds = settings.channels.allowed.contains(channel);
            self.unless(
                holds,
                "channels.with_plate",
                format!("`{}` is not allowed", channel.word()),
            );
        }
        self.once(
            settings.hotlists.categories.iter().map(|one| one.category.word()),
            "hotlists.categories",
        );
        self.unless(settings.hotlists.stale_hours > 0, "hotlists.stale_hours", "at least 1");
        let lawful = settings.hotlists.law.as_ref().is_none_or(|law| law.hours > 0);
        self.unless(lawful, "hotlists.law", "at least 1 hour");
        let forbidden = settings.hotlists.forbidden_topics.iter().flat_map(|one| &one.topics);
        self.once(forbidden.map(|topic| topic.word()), "hotlists.forbidden_topics");
        for other in &settings.hotlists.other_topics {
            let place = "hotlists.other_topics";
            if let Err(why) = settings.topic(other.topic) {
                self.unless(false, place, format!("`{}`: {}", other.topic.word(), why.says));
            }
            let plain = other.topic.category().is_some();
            self.unless(!plain, place, format!("`{}` has a category", other.topic.word()));
        }
        self.unless(!settings.audit.auditors.is_empty(), "audit.auditors", "nobody would audit");
        self.unless((1..=12).contains(&settings.audit.months), "audit.months", "between 1 and 12");
    }

    fn verification(&mut self) {
        let settings = self.settings;
        let of_stops = settings.stop_facts.iter().flat_map(super::StopFactsRule::faults);
        for (place, says) in settings.verification.faults().into_iter().chain(of_stops) {
            self.unless(false, place, says);
        }
        for (place, says) in self.settings.duty.faults() {
            self.unless(false, place, says);
        }
    }

    fn custom_entries(&mut self) {
        for (place, says) in self.settings.custom_entries.faults() {
            self.unless(false, place, says);
        }
    }

    fn telling(&mut self) {
        for (place, says) in self.settings.telling.faults(&self.settings.channels) {
            self.unless(false, place, says);
        }
    }

    fn prohibited(&mut self) {
        let prohibited = &self.settings.prohibited;
        self.once(prohibited.uses.iter().map(|one| one.word.as_str()), "prohibited.uses");
        for one in &prohibited.uses {
            let place = format!("prohibited.uses.{}", shown(&one.word));
            self.word(&one.word, &place);
            self.small(&one.words, &format!("{place}.words"));
        }
        let is_said = prohibited.classes.is_empty() || prohibited.classes_clause.is_some();
        self.unless(
            is_said,
            "prohibited.classes_clause",
            "no clause says that these are protected",
        );
    }
}

fn is_word(word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !word.is_empty() && word.len() <= WORD_CHARS_MAX && word.chars().all(is_part)
}

/// A word from outside, short enough to be shown.
fn shown(word: &str) -> String {
    word.chars().take(WORD_CHARS_MAX).collect()
}
