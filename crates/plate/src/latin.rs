//! From the characters people type and machines send to the 36 that plates are kept in.

/// What a character of the input is for a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A letter or digit of the plate, upper-case ASCII.
    Keep(u8),
    /// Nothing: a space, hyphen, dot or symbol, which entry rules omit (NCIC LIC; WI DOJ TIME manual).
    Omit,
    /// Not to be guessed at.
    Refuse(RefusedChar),
}

/// Why a character cannot be part of a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedChar {
    /// `?`, `*`, `%`, `_` or a bracket: leaving it out would make a partial plate look complete.
    #[error("a wildcard: a partial plate is entered as a pattern")]
    Wildcard,
    /// A letter of the Cyrillic or Greek script that no Latin letter looks like.
    #[error("no Latin letter looks like it")]
    NoLookAlike,
    /// A control character: the input is damaged or is not text.
    #[error("a control character")]
    Control,
    /// A letter, digit or sign of a script that plates are not transliterated from.
    #[error("not a letter or digit that plates are kept in")]
    Script,
}

/// Reads one character.
pub(crate) fn read(c: char) -> Reading {
    match c {
        '0'..='9' | 'A'..='Z' => Reading::Keep(c as u8),
        'a'..='z' => Reading::Keep(c.to_ascii_uppercase() as u8),
        '?' | '*' | '%' | '_' | '[' | ']' => Reading::Refuse(RefusedChar::Wildcard),
        _ if c.is_whitespace() || is_symbol(c) => Reading::Omit,
        _ if c.is_control() => Reading::Refuse(RefusedChar::Control),
        _ => read_foreign(c),
    }
}

fn read_foreign(c: char) -> Reading {
    if let Some(digit) = digit_of(c) {
        return Reading::Keep(digit);
    }
    // Full-width forms stand beside ASCII at a fixed distance.
    if let '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' = c {
        let ascii = (u32::from(c) - 0xFF21 + u32::from('A')) as u8;
        return Reading::Keep(ascii.to_ascii_uppercase());
    }
    let mut upper = c.to_uppercase();
    let (Some(upper), None) = (upper.next(), upper.next()) else {
        return Reading::Refuse(RefusedChar::Script);
    };
    match latin_of(upper) {
        Some(letter) => Reading::Keep(letter),
        None if matches!(upper, '\u{370}'..='\u{52F}') => Reading::Refuse(RefusedChar::NoLookAlike),
        None => Reading::Refuse(RefusedChar::Script),
    }
}

/// Decimal digits of other scripts, by the script's zero: Arabic-Indic, Persian, Devanagari, Bengali,
/// Thai, Lao, Myanmar, Khmer, full-width.
fn digit_of(c: char) -> Option<u8> {
    const ZEROS: [u32; 9] =
        [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0x0ED0, 0x1040, 0x17E0, 0xFF10];
    let digit =
        ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|&d| d < 10))?;
    Some(b'0' + digit as u8)
}

/// The Latin letter that an upper-case letter stands for on plates: marks fall off (German plates'
/// Ä, Ö, Ü included), and Cyrillic and Greek letters are read as the Latin ones they look like, which
/// is how the Vienna Convention on Road Traffic (annex 2) has those countries choose them.
fn latin_of(upper: char) -> Option<u8> {
    Some(match upper {
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' | 'Ǎ' | 'А' | 'Α' => b'A',
        'В' | 'Β' => b'B',
        'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' | 'С' => b'C',
        'Ď' | 'Đ' | 'Ð' => b'D',
        'È'..='Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' | 'Е' | 'Ё' | 'Ε' => b'E',
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => b'G',
        'Ĥ' | 'Ħ' | 'Н' | 'Η' => b'H',
        'Ì'..='Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' | 'І' | 'Ї' | 'Ι' => b'I',
        'Ĵ' | 'Ј' => b'J',
        'Ķ' | 'К' | 'Κ' => b'K',
        'Ĺ' | 'Ļ' | 'Ľ' | 'Ł' => b'L',
        'М' | 'Μ' => b'M',
        'Ñ' | 'Ń' | 'Ņ' | 'Ň' | 'Ν' => b'N',
        'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ŏ' | 'Ő' | 'О' | 'Ο' => b'O',
        'Р' | 'Ρ' => b'P',
        'Ŕ' | 'Ŗ' | 'Ř' => b'R',
        'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' | 'Ѕ' => b'S',
        'Ţ' | 'Ť' | 'Ŧ' | 'Ț' | 'Т' | 'Τ' => b'T',
        'Ù'..='Ü' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' => b'U',
        'Ŵ' => b'W',
        'Х' | 'Χ' => b'X',
        'Ý' | 'Ŷ' | 'Ÿ' | 'У' | 'Υ' => b'Y',
        'Ź' | 'Ż' | 'Ž' | 'Ζ' => b'Z',
        _ => return None,
    })
}

/// Signs that separate or adorn: ASCII and Latin-1 punctuation, combining marks, general punctuation
/// with its directional marks, arrows to dingbats (stars, hearts, the wheelchair), emoji.
fn is_symbol(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c,
            '\u{A1}'..='\u{A9}' | '\u{AB}'..='\u{B1}' | '\u{B4}'..='\u{B8}' | '\u{BB}' | '\u{BF}'
            | '×' | '÷'
            | '\u{300}'..='\u{36F}'
            | '\u{2000}'..='\u{206F}'
            | '\u{2116}' | '\u{2122}'
            | '\u{2190}'..='\u{2BFF}'
            | '\u{3000}'..='\u{3003}' | '\u{30FB}' | '\u{FE0F}' | '\u{FEFF}'
            | '\u{FF0D}' | '\u{FF0E}'
            | '\u{1F300}'..='\u{1FAFF}')
}
