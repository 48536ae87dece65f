//! Bytes in letters and digits, five bits a character.

/// RFC 4648: what authenticator apps read.
pub(crate) const RFC_4648: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Crockford's: no letter that looks like a digit, which is what people copy from paper.
pub(crate) const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Writes bytes; the last character is filled up with zero bits.
pub(crate) fn encode(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut n_bits) = (0_u32, 0);
    for &byte in bytes {
        held = (held << 8) | u32::from(byte);
        n_bits += 8;
        while n_bits >= 5 {
            n_bits -= 5;
            text.push(character(held >> n_bits, alphabet));
        }
    }
    if n_bits > 0 {
        text.push(character(held << (5 - n_bits), alphabet));
    }
    text
}

fn character(bits: u32, alphabet: &[u8; 32]) -> char {
    let index = usize::try_from(bits & 31).unwrap_or_default();
    alphabet.get(index).copied().map_or('?', char::from)
}

/// Reads characters into `bytes`, which they must fill to the last bit: none where one is strange or the number is wrong.
pub(crate) fn decode_exactly(
    characters: impl Iterator<Item = char>,
    alphabet: &[u8; 32],
    bytes: &mut [u8],
) -> Option<()> {
    let mut places = bytes.iter_mut();
    let (mut held, mut n_bits) = (0_u32, 0);
    for c in characters {
        let value = alphabet.iter().position(|&known| char::from(known) == c)?;
        held = ((held << 5) | u32::try_from(value).ok()?) & 0xfff;
        n_bits += 5;
        if n_bits >= 8 {
            n_bits -= 8;
            *places.next()? = u8::try_from((held >> n_bits) & 0xff).ok()?;
        }
    }
    (places.next().is_none() && n_bits == 0).then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The vectors of RFC 4648, without padding.
    #[test]
    fn it_writes_as_the_rfc_does() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(encode(bytes.as_bytes(), RFC_4648), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(bytes: [u8; 10]) {
            let mut read = [0; 10];
            let text = encode(&bytes, CROCKFORD);
            prop_assert!(decode_exactly(text.chars(), CROCKFORD, &mut read).is_some());
            prop_assert_eq!(read, bytes);
        }

        #[test]
        fn any_text_is_answered(text: String) {
            let _ = decode_exactly(text.chars(), CROCKFORD, &mut [0; 10]);
        }
    }
}
