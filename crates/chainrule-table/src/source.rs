//! Where a table's bytes come from: a file or memory, gzip or not. Each can be opened again for a second look.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};

/// The first bytes of a gzip file.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// So much text may come out of a gzip file, however small it is …
const UNPACKED_ANYWAY: u64 = 1 << 24;
/// … and beyond that so many times the file's own bytes. Tables shrink 3 to 30 times; the format allows 1030.
const MOST_UNPACKED: u64 = 200;

/// The first bytes of a Parquet file.
pub(crate) const PARQUET: &[u8] = b"PAR1";
/// Parquet is read from files only: what it says of itself is at the end.
const PARQUET_ADVICE: &str = if cfg!(feature = "parquet") {
    "name the file itself"
} else {
    "build the program with `--features parquet`, or save the table as CSV"
};

/// Files that are no tables, by their first bytes: what they are, and what to do.
const FOREIGN: &[(&[u8], &str, &str)] = &[
    (
        b"PK\x03\x04",
        "a zip archive or an Excel file, not text",
        "unpack it, or save the sheet as CSV",
    ),
    (
        &[0xd0, 0xcf, 0x11, 0xe0],
        "an old Excel or Word file, not text",
        "save the sheet as CSV",
    ),
    (
        &[0x28, 0xb5, 0x2f, 0xfd],
        "compressed with zstd",
        "unpack it, or compress it with gzip",
    ),
    (
        &[0xfd, b'7', b'z', b'X', b'Z', 0],
        "compressed with xz",
        "unpack it, or compress it with gzip",
    ),
    (
        b"BZh91AY&SY",
        "compressed with bzip2",
        "unpack it, or compress it with gzip",
    ),
    (PARQUET, "a Parquet file, not text", PARQUET_ADVICE),
    (b"\x89PNG", "a picture, not a table", "name a table"),
    (b"%PDF-", "a PDF file, not a table", "save the table in it as CSV"),
    (b"<!DOCTYPE", "a web page, not a table", "download the table itself"),
    (b"<!doctype", "a web page, not a table", "download the table itself"),
    (b"<html", "a web page, not a table", "download the table itself"),
];

/// Bytes that can be read from the start as often as needed.
pub(crate) enum Source<'a> {
    /// A plain file, and how much of it has passed.
    File(&'a Path, Arc<AtomicU64>),
    /// Bytes in memory, and how many they may be unpacked.
    Bytes(Vec<u8>, u64),
}

/// A source that has been opened.
pub(crate) struct Opened<'a> {
    /// The bytes, unpacked.
    pub(crate) bytes: Box<dyn Read + 'a>,
    /// Whether they were packed by gzip.
    pub(crate) gzip: bool,
}

impl Source<'_> {
    /// Opens the source at its start.
    pub(crate) fn open(&self, name: &str) -> Result<Opened<'_>> {
        let (raw, most): (Box<dyn Read>, u64) = match self {
            Source::File(path, passed) => {
                passed.store(0, Relaxed);
                let file = File::open(path).map_err(|error| cannot_open(name, &error))?;
                let passed = passed.clone();
                (Box::new(Watched { file, passed }), u64::MAX)
            }
            Source::Bytes(bytes, most) => (Box::new(bytes.as_slice()), *most),
        };
        let opened = open(name, raw)?;
        let bytes = Box::new(Bounded {
            inner: opened.bytes,
            most,
        });
        Ok(Opened { bytes, ..opened })
    }
}

/// A file that says how much of it has passed.
struct Watched {
    file: File,
    passed: Arc<AtomicU64>,
}

impl Read for Watched {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(room)?;
        self.passed.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}

/// Opens bytes that can be read once: unpacks them, and refuses what is no text.
pub(crate) fn open<'a>(name: &str, mut raw: Box<dyn Read + 'a>) -> Result<Opened<'a>> {
    let mut start = Vec::new();
    let read = raw.by_ref().take(16).read_to_end(&mut start);
    read.map_err(|error| cannot_read(name, &error))?;
    // The length of a head of JSON, and the JSON.
    if start.len() > 9 && start[4..8] == [0; 4] && start[8..10] == *b"{\"" {
        return Err(Error::data(format!(
            "{name} is a safetensors file, such as a model, not a table; name a table"
        )));
    }
    if let Some((_, what, advice)) = FOREIGN.iter().find(|(magic, ..)| start.starts_with(magic)) {
        return Err(Error::data(format!("{name} is {what}; {advice}")));
    }
    let gzip = start.starts_with(GZIP);
    let whole = Cursor::new(start).chain(raw);
    let bytes: Box<dyn Read + 'a> = match gzip {
        true => Box::new(Gunzip::new(whole)),
        false => Box::new(whole),
    };
    Ok(Opened { bytes, gzip })
}

pub(crate) fn cannot_open(name: &str, error: &io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file; check the name and the folder".to_string(),
        io::ErrorKind::PermissionDenied => "you may not read it; check its permissions".to_string(),
        _ => error.to_string(),
    };
    Error::file(format!("cannot open {name}: {advice}"))
}

pub(crate) fn cannot_read(name: &str, error: &io::Error) -> Error {
    Error::file(format!("cannot read {name}: {error}"))
}

/// Counts the bytes that pass.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count += read as u64;
        Ok(read)
    }
}

/// Lets so many bytes pass and no more.
struct Bounded<R> {
    inner: R,
    most: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.most.checked_sub(read as u64) {
            Some(left) => self.most = left,
            None => {
                return Err(io::Error::other(
                    "its text is longer than what is taken here; take fewer rows or columns",
                ));
            }
        }
        Ok(read)
    }
}

/// Unpacks gzip, but not a file made to fill the memory.
struct Gunzip<R> {
    unpacked: MultiGzDecoder<Counted<R>>,
    count: u64,
}

impl<R: Read> Gunzip<R> {
    fn new(packed: R) -> Gunzip<R> {
        Gunzip {
            unpacked: MultiGzDecoder::new(Counted {
                inner: packed,
                count: 0,
            }),
            count: 0,
        }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.unpacked.read(buffer).map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::UnexpectedEof => "it is cut short".to_string(),
                _ => error.to_string(),
            };
            io::Error::other(format!(
                "the gzip file is damaged after {} unpacked bytes ({why}); copy it again",
                self.count
            ))
        })?;
        self.count += read as u64;
        let packed = self.unpacked.get_ref().count;
        if self.count > UNPACKED_ANYWAY.max(packed.saturating_mul(MOST_UNPACKED)) {
            return Err(io::Error::other(format!(
                "{packed} bytes of gzip hold more than {} bytes of text, over {MOST_UNPACKED} times as many, as a file does \
                 that was made to fill the memory; if it is what it should be, unpack it first",
                self.count
            )));
        }
        Ok(read)
    }
}
