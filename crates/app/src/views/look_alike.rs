//! What may be which: doubtful characters, and how a look-alike hit differs from its entry.

use domain::Confidence;
use plate::{Grade, PlateText};

/// A character below this is shown as doubtful. The reader is calibrated, so one in five of those at the threshold is
/// wrong; above it, marks would be so many that nobody looks at them.
pub const DOUBTFUL_BELOW_THOUSANDTHS: u16 = 800;

/// Indices (from 0) of the characters that are doubtful.
pub fn doubtful_characters(characters: &[Confidence]) -> Vec<usize> {
    characters
        .iter()
        .enumerate()
        .filter(|(_, sure)| sure.thousandths() < DOUBTFUL_BELOW_THOUSANDTHS)
        .map(|(place, _)| place)
        .collect()
}

/// How a read that only looks like the entry differs from it: `B or 8?`, the read's character first.
pub fn look_alike_note(read: PlateText, entry: &str, grade: Grade) -> Option<String> {
    if grade != Grade::LookAlike {
        return None;
    }
    let read = read.expose();
    let differing: Vec<String> = read
        .chars()
        .zip(entry.chars())
        .filter(|(ours, theirs)| ours != theirs)
        .map(|(ours, theirs)| format!("{ours} or {theirs}?"))
        .collect();
    (!differing.is_empty()).then(|| differing.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_alike_names_the_characters_in_doubt() {
        let read = PlateText::parse("7A8C12O").unwrap();
        let note = |grade| look_alike_note(read, "7ABC120", grade);
        assert_eq!(note(Grade::LookAlike).as_deref(), Some("8 or B? O or 0?"));
        assert_eq!(note(Grade::Exact), None);
    }

    #[test]
    fn characters_below_the_threshold_are_doubtful() {
        let sure = [990, 799, 800, 0].map(Confidence::from_thousandths);
        assert_eq!(doubtful_characters(&sure), [1, 3]);
    }
}
