//! States and provinces as texts write them: by name, or by two capital letters.

use plate::{CodeSystem, Jurisdiction};

use super::plates::Word;

/// Codes that are English words too: in a text of capitals only they are taken for words.
const ALSO_WORDS: &[&str] =
    &["AL", "DE", "HI", "ID", "IN", "LA", "MA", "ME", "OH", "OK", "OR", "PA"];
/// The longest name of a state, in words: District of Columbia.
const NAME_WORDS_MAX: usize = 3;

/// The state that begins with a word, and how many words it takes.
pub(super) fn state_at(words: &[Word<'_>], capitals_only: bool) -> Option<(Jurisdiction, usize)> {
    for n in (1..=NAME_WORDS_MAX.min(words.len())).rev() {
        let name: Vec<&str> = words.iter().take(n).map(|word| word.text).collect();
        let name = name.join(" ");
        let named = Jurisdiction::all()
            .find(|state| !state.is_country() && state.name().eq_ignore_ascii_case(&name));
        if let Some(state) = named {
            return Some((state, n));
        }
    }
    let code = words.first()?.text;
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_word = capitals_only && ALSO_WORDS.contains(&code);
    (is_code && !is_word)
        .then(|| Jurisdiction::parse(code, CodeSystem::Postal).ok())?
        .map(|state| (state, 1))
}

/// The state that ends with the last of these words.
pub(super) fn state_before(words: &[Word<'_>], capitals_only: bool) -> Option<Jurisdiction> {
    (1..=NAME_WORDS_MAX.min(words.len())).rev().find_map(|n| {
        let tail = words.get(words.len() - n..)?;
        state_at(tail, capitals_only).filter(|(_, taken)| *taken == n).map(|(state, _)| state)
    })
}
