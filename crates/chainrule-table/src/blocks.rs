//! A file of any size, block by block, when it is known what its columns hold.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::cell::Mark;
use crate::encode::Unseen;
use crate::encoding::Encoder;
use crate::error::Result;
use crate::format;
use crate::read::{Pass, Reader, encoding_notice, header_notices, no_rows};
use crate::reading::Reading;
use crate::rows::Rows;
use crate::source::{cannot_open, open};
use crate::table::Table;
use crate::typed::Builder;

/// About so many numbers are encoded at a time …
const BLOCK_NUMBERS: usize = 1 << 19;
/// … of so many rows at most …
const BLOCK_ROWS: usize = 1 << 13;
/// … and of so much text.
const BLOCK_BYTES: usize = 1 << 22;

/// The rows of a file, a block of them at a time; however many there are, they need no more memory.
///
/// What a column holds is known from the encoder's training rows, so the cells mean what they mean when the file is read at
/// once. The first megabyte decides what else is found out: how the file is written, and whether the day or the month comes
/// first in dates such as `03/04/2024`, if training had none of them. A cell further on that says otherwise is an error.
///
/// ```
/// # fn main() -> chainrule_table::Result<()> {
/// use chainrule_table::{Blocks, Encoder, Table};
///
/// let table = Table::from_csv("flowers.csv", "width,color\n1,red\n3,blue\n5,red\n".as_bytes())?;
/// let encoder = Encoder::fit(&table, &["width", "color"], &[0, 1, 2])?;
/// let mut blocks = Blocks::new(&encoder, "more.csv", "note,color,width\n,red,2\n,green,3\n".as_bytes())?;
/// let mut rows = 0;
/// while let Some(block) = blocks.next()? {
///     rows += encoder.transform(&block)?.rows;
/// }
/// assert_eq!(rows, 2);
/// # Ok(())
/// # }
/// ```
pub struct Blocks<'a>(Inner<'a>);

enum Inner<'a> {
    Text(Box<TextBlocks<'a>>),
    /// A file that is read at once, until it is given.
    Whole(Box<Option<Table>>, Vec<String>),
}

struct TextBlocks<'a> {
    name: &'a str,
    pass: Pass<'a>,
    rows: Rows,
    most_rows: usize,
    empty: bool,
}

impl<'a> Blocks<'a> {
    /// The rows of CSV, packed by gzip or not; `name` stands for the file in messages.
    ///
    /// # Errors
    /// When the start of the text is no table, or a column is missing that the model was trained with.
    pub fn new(encoder: &Encoder, name: &'a str, source: impl Read + 'a) -> Result<Blocks<'a>> {
        Blocks::with_faults(encoder, name, source, 1)
    }

    /// The same, but an error names up to so many cells: [`Error::faults`](crate::Error::faults).
    ///
    /// # Errors
    /// As [`Blocks::new`].
    pub fn with_faults(
        encoder: &Encoder,
        name: &'a str,
        source: impl Read + 'a,
        most_faults: usize,
    ) -> Result<Blocks<'a>> {
        let pass = Pass::of(name, open(name, Box::new(source))?, None)?;
        let mut rows = Rows::of_file(encoder, name, &pass.names, pass.format(), most_faults)?;
        rows.keep_text(pass.header_as_written());
        // What the sample says of cells is said of all of them.
        let delimiter = pass.format.delimiter as u8;
        let (sample, whole) = pass.scanner.rest();
        let mut builders: Vec<Builder> = (pass.names.iter())
            .map(|_| Builder::new(delimiter != b',', false))
            .collect();
        let ahead = pass.ahead.then_some(&pass.record);
        for record in ahead
            .into_iter()
            .chain(&format::sample(sample, whole, delimiter, usize::MAX - 1))
        {
            rows.look_ahead(record.cells());
            for (builder, cell) in builders.iter_mut().zip(record.cells()) {
                builder.push(cell);
            }
        }
        let comma = |builder: Builder| builder.finish().mark == Some(Mark::Comma);
        rows.set_decimal_comma(builders.into_iter().any(comma));
        let inputs = encoder.inputs().len().max(1);
        Ok(Blocks(Inner::Text(Box::new(TextBlocks {
            name,
            pass,
            rows,
            most_rows: (BLOCK_NUMBERS / inputs).clamp(1, BLOCK_ROWS),
            empty: true,
        }))))
    }

    /// The rows of a file; `name` is the path as messages name it. Parquet, when the crate is built for it, is read at once.
    ///
    /// # Errors
    /// As [`Blocks::new`], or when the file cannot be read.
    pub fn open(encoder: &Encoder, name: &'a str) -> Result<Blocks<'a>> {
        let path = Path::new(name);
        #[cfg(feature = "parquet")]
        if crate::parquet::is_parquet(path) {
            let table = Reader::new().columns(&encoder.types()).lenient().read(path)?;
            let notices = table.notices().to_vec();
            return Ok(Blocks(Inner::Whole(Box::new(Some(table)), notices)));
        }
        let about = std::fs::metadata(path).map_err(|error| cannot_open(name, &error))?;
        if about.is_dir() {
            // Says what is wrong with it.
            let table = Reader::new().read(path)?;
            return Ok(Blocks(Inner::Whole(Box::new(Some(table)), Vec::new())));
        }
        let file = File::open(path).map_err(|error| cannot_open(name, &error))?;
        Blocks::new(encoder, name, file)
    }

    /// The next rows; `None` at the end. There is at least one.
    ///
    /// # Errors
    /// When the text is no table any more, or cells cannot be understood as in training; the message says where.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Table>> {
        match &mut self.0 {
            Inner::Whole(table, _) => Ok(table.take()),
            Inner::Text(text) => text.next(),
        }
    }

    /// Cells of the rows so far that were read in a way that a person should know of; none of a Parquet file, whose
    /// [`Blocks::notices`] say it all.
    pub fn readings(&self) -> Vec<Reading> {
        match &self.0 {
            Inner::Whole(..) => Vec::new(),
            Inner::Text(text) => text.rows.readings(),
        }
    }

    /// What a person should know of how the rows so far were read, one sentence each.
    pub fn notices(&self) -> Vec<String> {
        match &self.0 {
            Inner::Whole(_, notices) => notices.clone(),
            Inner::Text(text) => {
                let format = text.pass.format();
                let written = encoding_notice(&format).into_iter();
                written
                    .chain(header_notices(&format, &text.pass.names))
                    .chain(text.rows.notices())
                    .collect()
            }
        }
    }
}

impl TextBlocks<'_> {
    fn next(&mut self) -> Result<Option<Table>> {
        let full =
            |rows: &Rows, most: usize| rows.rows() >= most || rows.bytes() >= BLOCK_BYTES || rows.has_enough_faults();
        while !full(&self.rows, self.most_rows) {
            match self.pass.next() {
                Ok(true) => self.rows.push_record(&self.pass.record, self.pass.scanner.written()),
                Ok(false) => break,
                // What is wrong above it is said first.
                Err(error) => return self.rows.take().and(Err(error)),
            }
        }
        match (self.rows.rows(), self.empty) {
            (0, true) => Err(no_rows(self.name)),
            (0, false) => Ok(None),
            _ => {
                self.empty = false;
                self.rows.take().map(Some)
            }
        }
    }
}

impl Encoder {
    /// Adds what further rows hold that no training row had to what was found so far, column by column.
    pub fn add_unseen(&self, found: &mut Vec<Unseen>, more: Vec<Unseen>) {
        for new in more {
            let same = |old: &&mut Unseen| old.column == new.column && old.what == new.what;
            match found.iter_mut().find(same) {
                Some(old) => old.cells += new.cells,
                None => found.push(new),
            }
        }
        let rank = |unseen: &Unseen| match unseen.what {
            "a weekday" => 1,
            "an hour" => 2,
            "" => 3,
            _ => 0,
        };
        let place = |unseen: &Unseen| self.features.iter().position(|feature| feature.name == unseen.column);
        found.sort_by_key(|unseen| (place(unseen), rank(unseen)));
    }
}
