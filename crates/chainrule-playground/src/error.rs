//! What went wrong, and what to do about it.

use std::fmt;

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as one message that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Error {
        Error(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<String> for Error {
    fn from(message: String) -> Error {
        Error(message)
    }
}

impl From<chainrule_learn::Error> for Error {
    fn from(error: chainrule_learn::Error) -> Error {
        Error(error.to_string())
    }
}

impl From<chainrule_table::Error> for Error {
    fn from(error: chainrule_table::Error) -> Error {
        Error(error.to_string())
    }
}

impl From<chainrule::Error> for Error {
    fn from(error: chainrule::Error) -> Error {
        Error(error.to_string())
    }
}
