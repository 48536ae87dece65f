//! Bytes of a file to UTF-8, whatever they were written in.

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::Encoding;

/// Turns the bytes of a file into UTF-8, piece by piece. UTF-8 is handed through as it is and checked field by field.
#[derive(Debug)]
pub struct ToUtf8 {
    found: Encoding,
    decoder: Option<Decoder>,
    decoded: String,
}

/// A file's first bytes show that it is written in something else than was said.
#[derive(Debug, PartialEq, Eq)]
pub struct WrongEncoding(pub &'static str);

impl ToUtf8 {
    /// Chooses by what was said and by the file's first bytes; also how many of them are a mark to be skipped.
    pub fn choose(said: Encoding, first: &[u8]) -> Result<(Self, usize), WrongEncoding> {
        let utf16 = match first {
            [0xFF, 0xFE, ..] => Some((UTF_16LE, 2)),
            [0xFE, 0xFF, ..] => Some((UTF_16BE, 2)),
            _ => None,
        };
        let utf8_mark = if first.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 };
        match (said, utf16) {
            (Encoding::Utf8, Some(_)) => Err(WrongEncoding(
                "the file is UTF-16 by its first bytes, not UTF-8; say encoding = \"utf16\"",
            )),
            (Encoding::Detect | Encoding::Utf16, Some((encoding, mark))) => {
                Ok((Self::decoding(Encoding::Utf16, encoding), mark))
            }
            (Encoding::Utf16, None) => Ok((Self::decoding(Encoding::Utf16, UTF_16LE), 0)),
            (Encoding::Latin1, _) => Ok((Self::decoding(Encoding::Latin1, WINDOWS_1252), 0)),
            (Encoding::Detect | Encoding::Utf8, None) if first.contains(&0) => Err(WrongEncoding(
                "the file holds zero bytes: it is UTF-16 without a mark, or no text; say encoding = \"utf16\" for the former",
            )),
            (Encoding::Detect | Encoding::Utf8, None) => {
                let found = Encoding::Utf8;
                Ok((Self { found, decoder: None, decoded: String::new() }, utf8_mark))
            }
        }
    }

    fn decoding(found: Encoding, encoding: &'static encoding_rs::Encoding) -> Self {
        debug_assert_ne!(encoding, UTF_8, "UTF-8 is handed through");
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { found, decoder: Some(decoder), decoded: String::new() }
    }

    /// The encoding that was chosen.
    pub fn found(&self) -> Encoding {
        self.found
    }

    /// The next piece as UTF-8. Broken UTF-16 comes out as U+FFFD, which no plate can hold: its row is refused.
    pub fn convert<'a>(&'a mut self, piece: &'a [u8], last: bool) -> &'a [u8] {
        let Some(decoder) = &mut self.decoder else { return piece };
        self.decoded.clear();
        self.decoded
            .reserve(decoder.max_utf8_buffer_length(piece.len()).unwrap_or(piece.len() * 3));
        let (result, ..) = decoder.decode_to_string(piece, &mut self.decoded, last);
        debug_assert_eq!(result, CoderResult::InputEmpty, "there was room for the longest");
        self.decoded.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(said: Encoding, bytes: &[u8]) -> Result<(Encoding, String), &'static str> {
        let (mut to, skip) = ToUtf8::choose(said, bytes).map_err(|WrongEncoding(why)| why)?;
        let text = String::from_utf8_lossy(to.convert(&bytes[skip..], true)).into_owned();
        Ok((to.found(), text))
    }

    #[test]
    fn marks_tell_the_encoding() {
        assert_eq!(
            text(Encoding::Detect, b"\xEF\xBB\xBFplate"),
            Ok((Encoding::Utf8, "plate".to_owned()))
        );
        assert_eq!(text(Encoding::Detect, b"\xFF\xFEA\0"), Ok((Encoding::Utf16, "A".to_owned())));
        assert_eq!(text(Encoding::Detect, b"\xFE\xFF\0A"), Ok((Encoding::Utf16, "A".to_owned())));
        assert_eq!(text(Encoding::Utf16, b"A\0"), Ok((Encoding::Utf16, "A".to_owned())));
        assert_eq!(text(Encoding::Latin1, b"\xE9"), Ok((Encoding::Latin1, "é".to_owned())));
    }

    #[test]
    fn what_was_said_wrongly_is_refused_with_what_to_say() {
        assert!(text(Encoding::Detect, b"A\0B\0").unwrap_err().contains("encoding = \"utf16\""));
        assert!(
            text(Encoding::Utf8, b"\xFF\xFEA\0").unwrap_err().contains("UTF-16 by its first bytes")
        );
    }
}
