//! Codes: keyed digests by which auditors find what stands nowhere in clear. The same for the same thing, and nothing to be
//! learned from without the server's key.

use domain::{HotlistId, SubKey};
use ledger::batch::Salter;
use plate::PlateText;
use store::Code;

/// Makes codes.
pub(crate) struct Codes {
    key: SubKey,
}

impl Codes {
    pub(crate) const fn new(key: SubKey) -> Self {
        Self { key }
    }

    /// A plate's.
    pub(crate) fn of_plate(&self, plate: PlateText) -> Code {
        self.of("plate", &plate.expose())
    }

    /// A case number's, however it is typed; none of what has no letter and no digit.
    pub(crate) fn of_case(&self, number: &str) -> Option<Code> {
        let bare = bare(number);
        (!bare.is_empty()).then(|| self.of("case", &bare))
    }

    /// That of a plate that an entry of a list fits. Another vehicle with that plate (`is_other`) has another.
    pub(crate) fn of_wanted(
        &self,
        list: HotlistId,
        entry: &str,
        plate: PlateText,
        is_other: bool,
    ) -> Code {
        let other = if is_other { "\0other" } else { "" };
        self.of("wanted", &format!("{list}\0{entry}\0{}{other}", &*plate.expose()))
    }

    /// A network address's.
    pub(crate) fn of_address(&self, address: &str) -> Code {
        self.of("address", address)
    }

    fn of(&self, what: &str, text: &str) -> Code {
        Salter::new(self.key.expose()).salt(format!("{what}\0{text}").as_bytes())
    }
}

/// Letters and digits alone: `26-001234` and `26 001234` are one case.
fn bare(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_has_one_code_under_one_key() {
        let key = |byte| domain::ServerKey::from_bytes([byte; 32]).for_use("audit-index");
        let (codes, others) = (Codes::new(key(1)), Codes::new(key(2)));
        assert_eq!(codes.of_case("26-001234"), codes.of_case(" 26 001234"));
        assert_eq!(codes.of_case("ab-1"), codes.of_case("AB1"));
        assert_ne!(codes.of_case("26-001234"), codes.of_case("26-001235"));
        assert_ne!(codes.of_case("26-001234"), others.of_case("26-001234"));
        assert_eq!(codes.of_case(" - "), None);
        let plate = PlateText::parse("ABC123").unwrap();
        assert_ne!(Some(codes.of_plate(plate)), codes.of_case("ABC123"));
    }
}
