//! What went wrong, where, with which numbers, and what to do.

use std::fmt;

use crate::rows::Fault;

/// A result whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, as one message that names the file, the line and the column where there are any.
///
/// ```
/// let error = chainrule_table::Table::from_csv("ages.csv", "age\n31\ninf\n".as_bytes()).unwrap_err();
/// assert!(error.is_data());
/// assert!(error.to_string().starts_with("ages.csv, line 3, column `age`: `inf` is not a finite number"));
/// ```
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    faults: Vec<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Data,
    Request,
}

impl Error {
    pub(crate) fn file(message: impl Into<String>) -> Error {
        Error {
            kind: Kind::File,
            message: message.into(),
            faults: Vec::new(),
        }
    }

    pub(crate) fn data(message: impl Into<String>) -> Error {
        Error {
            kind: Kind::Data,
            message: message.into(),
            faults: Vec::new(),
        }
    }

    pub(crate) fn request(message: impl Into<String>) -> Error {
        Error {
            kind: Kind::Request,
            message: message.into(),
            faults: Vec::new(),
        }
    }

    pub(crate) fn with_faults(mut self, faults: Vec<Fault>) -> Error {
        self.faults = faults;
        self
    }

    /// The cells that cannot be understood, when that is what went wrong and the rows were to be read to the end for it.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// True when a file could not be opened, read or written.
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// True when the content of a file is at fault.
    pub fn is_data(&self) -> bool {
        self.kind == Kind::Data
    }

    /// True when the call asked for something that cannot be, such as a column that does not exist.
    pub fn is_request(&self) -> bool {
        self.kind == Kind::Request
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
