//! Words for a terminal: what a log or a receipt says is somebody else's text, and is shown so that it cannot pose as ours.

use ledger::receipt::Shown;

const SECONDS_A_DAY: u64 = 86_400;

/// The text with everything that could move a cursor, end a line or turn the reading direction written out.
pub(crate) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        // Line and paragraph separators, and what steers the direction of writing.
        let steers = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{061c}');
        if c.is_control() || steers {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The UTC day of a second of Unix time.
pub(crate) fn utc_day(seconds: u64) -> String {
    // Howard Hinnant's civil_from_days: years begin in March, so that the leap day is the last of its year.
    let days = seconds / SECONDS_A_DAY + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + next)
}

/// Who cosigned, each with the day.
pub(crate) fn cosigners(cosigned: &[(String, u64)]) -> String {
    if cosigned.is_empty() {
        return "no witness that is believed has cosigned it, so its operator could have rewritten it".to_owned();
    }
    let each = cosigned.iter().map(|(name, at)| format!("{} on {}", plain(name), utc_day(*at)));
    format!("cosigned by {}", each.collect::<Vec<_>>().join(", "))
}

/// The kind of a leaf, with its action where it has one.
pub(crate) fn title(shown: &Shown) -> String {
    let kind = shown.leaf.kind();
    match shown.leaf.text(ledger::leaf::ClearField::Action) {
        Some(action) => format!("{kind} `{}`", plain(action)),
        None => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_700_000_000, "2023-11-14"),
            (4_107_542_399, "2100-02-28"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(utc_day(seconds), day);
        }
        assert!(utc_day(u64::MAX).len() > 10);
    }

    #[test]
    fn others_text_cannot_pose_as_ours() {
        assert_eq!(plain("a\u{1b}[2J\nb\u{202e}c\u{9b}é"), "a\\u{1b}[2J\\u{a}b\\u{202e}c\\u{9b}é");
    }
}
