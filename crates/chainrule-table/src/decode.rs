//! From bytes to text: which encoding a file is in, and what is no text at all.

use std::fmt;
use std::io::{self, Read};

/// How the letters of a file are written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8, which holds plain ASCII.
    Utf8,
    /// Windows-1252, which holds Latin-1: one byte for each letter.
    Windows1252,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TextEncoding::Utf8 => "UTF-8",
            TextEncoding::Windows1252 => "Windows-1252 (Latin-1)",
            TextEncoding::Utf16Le | TextEncoding::Utf16Be => "UTF-16",
        })
    }
}

/// Why bytes are not text.
pub(crate) enum Fault {
    /// They cannot be read.
    Unread(io::Error),
    /// The byte at this place (from 0) is none of a text; the words end a sentence that names it.
    NoText(usize, String),
}

/// Text that is decoded piece by piece.
pub(crate) struct Text<'a> {
    source: Box<dyn Read + 'a>,
    /// `None` until the first bytes have been seen.
    pub(crate) encoding: Option<TextEncoding>,
    /// Bytes that were read, but not decoded.
    raw: Vec<u8>,
    /// How many bytes were decoded.
    decoded: usize,
    /// Whether a letter beyond ASCII was met; the first one decides between UTF-8 and Windows-1252.
    beyond_ascii: bool,
}

/// What Windows-1252 has at 0x80 to 0x9F, where Latin-1 has control characters; 0 where it has nothing.
const WINDOWS_1252: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0,
    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
];

impl<'a> Text<'a> {
    pub(crate) fn new(source: Box<dyn Read + 'a>) -> Text<'a> {
        Text {
            source,
            encoding: None,
            raw: Vec::new(),
            decoded: 0,
            beyond_ascii: false,
        }
    }

    /// Adds the text of about so many further bytes to `out`; false at the end.
    pub(crate) fn more(&mut self, out: &mut String, bytes: usize) -> Result<bool, Fault> {
        let before = self.raw.len();
        let read = self.source.by_ref().take(bytes as u64).read_to_end(&mut self.raw);
        read.map_err(Fault::Unread)?;
        let whole = self.raw.len() - before < bytes;
        let encoding = match self.encoding {
            Some(encoding) => encoding,
            None => self.detect(),
        };
        match encoding {
            TextEncoding::Utf8 => self.utf8(out, whole)?,
            TextEncoding::Windows1252 => self.windows_1252(out)?,
            TextEncoding::Utf16Le => self.utf16(out, whole, u16::from_le_bytes)?,
            TextEncoding::Utf16Be => self.utf16(out, whole, u16::from_be_bytes)?,
        }
        Ok(!whole)
    }

    /// By the byte order mark, which is no text, or by the zeros that every other byte of Western UTF-16 is.
    fn detect(&mut self) -> TextEncoding {
        let pairs = self.raw.chunks_exact(2).take(512);
        let (mut count, mut low, mut high) = (0, 0, 0);
        for pair in pairs {
            count += 1;
            low += usize::from(pair[0] == 0);
            high += usize::from(pair[1] == 0);
        }
        let (encoding, mark) = match self.raw.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => (TextEncoding::Utf8, 3),
            [0xff, 0xfe, ..] => (TextEncoding::Utf16Le, 2),
            [0xfe, 0xff, ..] => (TextEncoding::Utf16Be, 2),
            _ if low == 0 && high * 2 > count => (TextEncoding::Utf16Le, 0),
            _ if high == 0 && low * 2 > count => (TextEncoding::Utf16Be, 0),
            _ => (TextEncoding::Utf8, 0),
        };
        self.pass(mark);
        self.encoding = Some(encoding);
        encoding
    }

    /// Forgets bytes that are done with.
    fn pass(&mut self, bytes: usize) {
        self.raw.drain(..bytes);
        self.decoded += bytes;
    }

    fn utf8(&mut self, out: &mut String, whole: bool) -> Result<(), Fault> {
        let (valid, broken) = match std::str::from_utf8(&self.raw) {
            Ok(text) => (text.len(), false),
            // A letter whose other bytes are still to come is not broken.
            Err(error) => (error.valid_up_to(), error.error_len().is_some() || whole),
        };
        let text = std::str::from_utf8(&self.raw[..valid]).unwrap_or_default();
        self.beyond_ascii |= !text.is_ascii();
        let zero = text.find('\0');
        out.push_str(&text[..zero.unwrap_or(valid)]);
        if let Some(zero) = zero {
            return Err(self.zero(zero));
        }
        self.pass(valid);
        if !broken {
            return Ok(());
        }
        if self.beyond_ascii {
            let byte = self.raw.first().copied().unwrap_or_default();
            return Err(Fault::NoText(
                self.decoded,
                format!("(0x{byte:02X}) is not UTF-8 text, though letters before it are"),
            ));
        }
        self.encoding = Some(TextEncoding::Windows1252);
        self.windows_1252(out)
    }

    fn windows_1252(&mut self, out: &mut String) -> Result<(), Fault> {
        for (place, byte) in self.raw.iter().enumerate() {
            let letter = match byte {
                0 => return Err(self.zero(place)),
                0x80..=0x9f => match char::from_u32(u32::from(WINDOWS_1252[usize::from(byte - 0x80)])) {
                    Some(letter) if letter != '\0' => letter,
                    _ => {
                        let why = format!("(0x{byte:02X}) is neither UTF-8 nor Windows-1252 text");
                        return Err(Fault::NoText(self.decoded + place, why));
                    }
                },
                _ => char::from(*byte),
            };
            out.push(letter);
        }
        self.pass(self.raw.len());
        Ok(())
    }

    fn utf16(&mut self, out: &mut String, whole: bool, unit: fn([u8; 2]) -> u16) -> Result<(), Fault> {
        let units: Vec<u16> = self.raw.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        // The second half of a letter may still be to come.
        let split = !whole && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        let complete = units.len() - usize::from(split);
        let mut place = 0;
        for letter in char::decode_utf16(units[..complete].iter().copied()) {
            match letter {
                Ok('\0') => return Err(self.zero(place)),
                Ok(letter) => {
                    out.push(letter);
                    place += 2 * letter.len_utf16();
                }
                Err(_) => {
                    let why = "is half a letter of UTF-16 text".to_string();
                    return Err(Fault::NoText(self.decoded + place, why));
                }
            }
        }
        self.pass(2 * complete);
        match whole && !self.raw.is_empty() {
            true => Err(Fault::NoText(
                self.decoded,
                "is the last, and UTF-16 text has two for each letter".to_string(),
            )),
            false => Ok(()),
        }
    }

    fn zero(&self, place: usize) -> Fault {
        Fault::NoText(self.decoded + place, "is zero, which text never holds".to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes in pieces of so many bytes.
    fn decode(bytes: &[u8], piece: usize) -> Result<(String, TextEncoding), String> {
        let mut text = Text::new(Box::new(bytes));
        let mut out = String::new();
        loop {
            match text.more(&mut out, piece) {
                Ok(true) => {}
                Ok(false) => return Ok((out, text.encoding.unwrap())),
                Err(Fault::NoText(place, why)) => return Err(format!("byte {place} {why} after {out:?}")),
                Err(Fault::Unread(error)) => return Err(error.to_string()),
            }
        }
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_comes_out_whatever_the_pieces() {
        let text = "größe,€\n1,𝒳\n";
        let plain = "grade,x\n1,é\n";
        for piece in [8, 9, 1000] {
            let all = [
                (text.as_bytes().to_vec(), text, TextEncoding::Utf8),
                ([b"\xef\xbb\xbf", text.as_bytes()].concat(), text, TextEncoding::Utf8),
                (
                    utf16(&format!("\u{feff}{text}"), u16::to_le_bytes),
                    text,
                    TextEncoding::Utf16Le,
                ),
                (
                    utf16(&format!("\u{feff}{text}"), u16::to_be_bytes),
                    text,
                    TextEncoding::Utf16Be,
                ),
                (utf16(plain, u16::to_le_bytes), plain, TextEncoding::Utf16Le),
                (utf16(plain, u16::to_be_bytes), plain, TextEncoding::Utf16Be),
                (b"gr\xf6\xdfe,\x80\n".to_vec(), "größe,€\n", TextEncoding::Windows1252),
            ];
            for (bytes, text, encoding) in all {
                assert_eq!(decode(&bytes, piece), Ok((text.to_string(), encoding)), "{piece}");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_said() {
        for (bytes, message) in [
            (
                &b"a\xc3\xa4\xff"[..],
                "byte 3 (0xFF) is not UTF-8 text, though letters before it are after \"aä\"",
            ),
            (b"ab\x00", "byte 2 is zero, which text never holds after \"ab\""),
            (
                b"\xe4\x81",
                "byte 1 (0x81) is neither UTF-8 nor Windows-1252 text after \"ä\"",
            ),
            (
                b"\xff\xfea\x00b",
                "byte 4 is the last, and UTF-16 text has two for each letter after \"a\"",
            ),
            (
                b"\xff\xfea\x00\x00\xd8b\x00",
                "byte 4 is half a letter of UTF-16 text after \"a\"",
            ),
        ] {
            assert_eq!(decode(bytes, 100).unwrap_err(), message);
        }
    }
}
