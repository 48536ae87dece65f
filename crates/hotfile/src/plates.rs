//! How the plate of an entry is kept.

use plate::{Pattern, PlateText};

/// Places of a pattern that must be narrowed to a character or a set: `7*` would hit every third car.
pub const NARROWED_MIN: usize = 3;

/// How an entry's plate or pattern is kept, or why it is refused (without repeating it).
pub fn spelled(text: &str) -> Result<String, String> {
    if !text.contains(['?', '*', '[']) {
        return PlateText::parse(text)
            .map(|plate| String::from(&*plate.expose()))
            .map_err(|err| err.to_string());
    }
    let pattern = Pattern::parse(text).map_err(|err| err.to_string())?;
    if pattern.n_narrowed() < NARROWED_MIN {
        return Err(format!(
            "the pattern names {} characters; at least {NARROWED_MIN} are needed, or it hits everybody",
            pattern.n_narrowed()
        ));
    }
    Ok(pattern.expose())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_and_patterns_are_spelled_in_one_way_and_loose_patterns_are_refused() {
        assert_eq!(spelled("7abc-123"), Ok("7ABC123".to_owned()));
        assert_eq!(spelled("7a?c*"), Ok("7A?C*".to_owned()));
        assert!(spelled("7*").unwrap_err().contains("at least 3"));
        assert!(spelled("").is_err() && spelled("12345678901").is_err());
    }
}
