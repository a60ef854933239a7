//! What went wrong, and what to do about it.

use std::fmt;

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as one message that names the file, the line or the column, and says what to do.
#[derive(Debug)]
pub struct Error {
    request: bool,
    message: String,
}

impl Error {
    /// Data, files or training were at fault.
    pub(crate) fn data(message: impl Into<String>) -> Error {
        Error {
            request: false,
            message: message.into(),
        }
    }

    /// The call asked for something that cannot be.
    pub(crate) fn request(message: impl Into<String>) -> Error {
        Error {
            request: true,
            message: message.into(),
        }
    }

    /// Whether the call asked for something that cannot be, such as a target that does not exist; otherwise data, a
    /// file or the training was at fault.
    pub fn is_request(&self) -> bool {
        self.request
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<chainrule_table::Error> for Error {
    fn from(error: chainrule_table::Error) -> Error {
        Error {
            request: error.is_request(),
            message: error.to_string(),
        }
    }
}

impl From<chainrule::Error> for Error {
    fn from(error: chainrule::Error) -> Error {
        Error::data(error.to_string())
    }
}
