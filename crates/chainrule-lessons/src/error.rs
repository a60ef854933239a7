//! What went wrong, and what to do about it.

use std::fmt;

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as one message that says what to do.
#[derive(Debug)]
pub struct Error {
    request: bool,
    message: String,
}

impl Error {
    /// The call asked for something that cannot be.
    pub(crate) fn request(message: impl Into<String>) -> Error {
        Error {
            request: true,
            message: message.into(),
        }
    }

    /// Whether the call asked for something that cannot be, such as a scene that does not exist; otherwise a calculation
    /// failed.
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

macro_rules! calculation_failed {
    ($($Error:ty),*) => {
        $(impl From<$Error> for Error {
            fn from(error: $Error) -> Error {
                Error { request: false, message: error.to_string() }
            }
        })*
    };
}
calculation_failed!(chainrule::Error, chainrule_numpy::Error, chainrule_learn::Error);
