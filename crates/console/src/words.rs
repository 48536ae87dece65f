//! How things are said: ages, moments, confidence, directions, numbers. One place, so that they are said alike everywhere.

use app::Happened;
use domain::life::Deed;
use domain::{Confidence, Marks, Timestamp};
use plate::{Grade, Jurisdiction, JurisdictionFit};

/// How old something is: `0:07`, `59:59`, `3 h 10 min`, `2 d 3 h`. The script counts on in the same words.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(at).as_secs();
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match hours {
        0 => format!("{minutes}:{:02}", seconds % 60),
        1..48 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{} d {} h", hours / 24, hours % 24),
    }
}

/// A moment in UTC to the second: the clock alone where it is today.
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    let full = moment_in_full(at);
    if at.day() == now.day() {
        full.split_once(' ').map_or(full.clone(), |(_, clock)| clock.to_owned())
    } else {
        full
    }
}

/// A moment in UTC to the second, with its date.
pub fn moment_in_full(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros()).map_or_else(
        |_| at.to_string(),
        |moment| moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

/// How sure the recogniser is, in a word. Never more certain than it is: nothing is called certain.
pub const fn confidence_word(sure: Confidence) -> &'static str {
    match sure.thousandths() {
        970.. => "very likely",
        850..970 => "likely",
        600..850 => "doubtful",
        _ => "a guess",
    }
}

/// Whether that word is a doubt.
pub const fn is_doubtful(sure: Confidence) -> bool {
    sure.thousandths() < 850
}

/// `0.91`: cut, not rounded, so that 0.999 is never shown as 1.00.
pub fn confidence_number(sure: Confidence) -> String {
    let hundredths = sure.thousandths() / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The nearest of eight directions.
pub const fn direction(degrees: u16) -> &'static str {
    match (degrees % 360 * 2 + 45) / 90 {
        1 => "north-east",
        2 => "east",
        3 => "south-east",
        4 => "south",
        5 => "south-west",
        6 => "west",
        7 => "north-west",
        _ => "north",
    }
}

/// The short form of [`direction`].
pub const fn direction_short(degrees: u16) -> &'static str {
    match (degrees % 360 * 2 + 45) / 90 {
        1 => "NE",
        2 => "E",
        3 => "SE",
        4 => "S",
        5 => "SW",
        6 => "W",
        7 => "NW",
        _ => "N",
    }
}

/// Where a plate is from, short: `TX`; `DE` for a whole country; `US` where only the country is known.
pub fn state_short(state: Jurisdiction) -> &'static str {
    let code = state.code();
    code.split_once('-').map_or(code, |(_, part)| part)
}

/// How the characters fit.
pub const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Exact => "same characters",
        Grade::LookAlike => "look-alike characters",
        Grade::Pattern => "fits the entry's pattern",
    }
}

/// How the issuing state fits.
pub const fn state_fit(fit: JurisdictionFit) -> &'static str {
    match fit {
        JurisdictionFit::Same => "same state",
        JurisdictionFit::Unknown => "state unverified",
        JurisdictionFit::Different => "other state",
    }
}

/// A number with its thousands apart: `10,000,000`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 row`, `2 rows`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A size as people read it: `812 B`, `3.4 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        1_000_000..1_000_000_000 => {
            format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
        }
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 100_000_000),
    }
}

/// What is remarkable about a read's time, in sentences.
pub fn marks(marks: Marks) -> Vec<&'static str> {
    let all = [
        (
            Marks::TIME_IN_FUTURE,
            "The camera's clock ran ahead: the time shown is when the server took the read.",
        ),
        (
            Marks::TIME_IN_FAR_PAST,
            "The camera claimed a time implausibly far back: the time shown is when the server took the read.",
        ),
        (Marks::LATE, "Came after its day had closed, for example from a camera's spool."),
    ];
    all.into_iter().filter(|(mark, _)| marks.has(*mark)).map(|(_, says)| says).collect()
}

/// What was done with a hit, in words; who did stands beside it.
pub fn deed(done: &Happened) -> String {
    let and = |note: &str| if note.is_empty() { String::new() } else { format!(": {note}") };
    match &done.deed {
        Deed::Taken => "took it".to_owned(),
        Deed::Released { why } => format!("gave it back: {why}"),
        Deed::HandedOver { .. } => {
            format!("handed it to {}", done.whom.as_deref().unwrap_or("somebody"))
        }
        Deed::Offered { note, .. } => {
            format!("offered it to {}{}", done.whom.as_deref().unwrap_or("somebody"), and(note))
        }
        Deed::Accepted => "accepted it".to_owned(),
        Deed::Escalated => "told those who answer for the crime centre that it waits".to_owned(),
        Deed::Sent { how, note } => format!("{}{}", how.label().to_lowercase(), and(note)),
        Deed::Rejected { why, note } => {
            format!("rejected it ({}){}", why.label().to_lowercase(), and(note))
        }
        Deed::Compared { part, agrees, note } => {
            let agrees = if *agrees { "matches" } else { "does not match" };
            format!("{} {agrees}{}", part.label().to_lowercase(), and(note))
        }
        Deed::Asked { system, answer, reference } => {
            format!("{system}: {}{}", answer.label().to_lowercase(), and(reference))
        }
        Deed::NotPracticable { why } => format!("did not ask the state's system: {why}"),
        Deed::Seconded { note } => format!("agrees, as the second officer{}", and(note)),
        Deed::CouldNotWait { why } => format!("could not wait for a second officer: {why}"),
        Deed::Weighed { note } => format!("risk: {note}"),
        Deed::Stopped { missing } if missing.is_empty() => "stopped the vehicle".to_owned(),
        Deed::Stopped { missing } => {
            let missing: Vec<&str> = missing.iter().map(|step| step.label()).collect();
            format!("stopped the vehicle without: {}", missing.join(", ").to_lowercase())
        }
        Deed::Ended { outcome, case, offence, note } => {
            let more = [case, offence, note];
            let more: Vec<&str> =
                more.into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
            format!("{}{}", outcome.label().to_lowercase(), and(&more.join(", ")))
        }
        Deed::Corrected { plate, jurisdiction } => {
            let state = jurisdiction.map(|one| format!(", {}", one.name())).unwrap_or_default();
            format!("the picture shows {}{state}", &*plate.expose())
        }
        Deed::EntryEnded { how, note } => {
            format!("ended the entry ({}){}", how.label().to_lowercase(), and(note))
        }
        Deed::AlertEnded { how, note } => {
            let how = how.label().to_lowercase();
            format!("its plate is matched no more ({how}){}", and(note))
        }
        Deed::Reopened { why } => format!("opened it again: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn ages_are_short_and_exact() {
        let then = Timestamp::from_micros(0);
        let after = |s: u64| age(then, then.plus(Duration::from_secs(s)));
        assert_eq!(after(7), "0:07");
        assert_eq!(after(130), "2:10");
        assert_eq!(after(3_599), "59:59");
        assert_eq!(after(11_400), "3 h 10 min");
        assert_eq!(after(51 * 3600), "2 d 3 h");
        assert_eq!(age(then.plus(Duration::from_secs(5)), then), "0:00");
    }

    #[test]
    fn nothing_is_shown_as_more_certain_than_it_is() {
        let say = |t| {
            let sure = Confidence::from_thousandths(t);
            (confidence_word(sure), confidence_number(sure))
        };
        assert_eq!(say(999), ("very likely", "0.99".to_owned()));
        assert_eq!(say(914), ("likely", "0.91".to_owned()));
        assert_eq!(say(849), ("doubtful", "0.84".to_owned()));
        assert_eq!(say(50), ("a guess", "0.05".to_owned()));
    }

    #[test]
    fn directions_turn_all_the_way_round() {
        assert_eq!(
            [0, 22, 23, 90, 337, 338, 359].map(direction_short),
            ["N", "N", "NE", "E", "NW", "N", "N"]
        );
    }

    #[test]
    fn numbers_are_read_in_threes() {
        assert_eq!([0, 999, 1_000, 10_000_000].map(number), ["0", "999", "1,000", "10,000,000"]);
        assert_eq!(size(3_412_000), "3.4 MB");
    }
}
