//! What was asked that cannot be, with which numbers, and what to do.

use std::fmt;

/// A result whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// An argument that cannot be, as one message: what, with which numbers, and what to do.
///
/// ```
/// let error = chainrule_numpy::RandomState::new(0).choice(3, 5, false, None).unwrap_err();
/// assert_eq!(error.to_string(), "5 different ones cannot be chosen out of 3: choose fewer, or with replacement");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Error {
        Error {
            message: message.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The most numbers one call makes: 8 GiB, or 512 MiB in a browser. More is a slip of the finger, and would end the
/// program.
const MOST: usize = if usize::BITS < 64 { 1 << 26 } else { 1 << 30 };

/// `rows · columns`, where that many numbers can be held.
pub(crate) fn cells(rows: usize, columns: usize) -> Result<usize> {
    match rows.checked_mul(columns) {
        Some(cells) if cells <= MOST => Ok(cells),
        _ => Err(Error::new(format!(
            "{rows} × {columns} numbers are more than one call makes ({MOST}): ask for fewer"
        ))),
    }
}

/// An error unless `value` is a finite number.
pub(crate) fn finite(name: &str, value: f64) -> Result<()> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Error::new(format!("{name} is {value}: give a finite number")))
}

/// An error unless `value` is a finite number of at least 0.
pub(crate) fn not_negative(name: &str, value: f64) -> Result<()> {
    finite(name, value)?;
    if value.is_sign_negative() && value != 0.0 {
        return Err(Error::new(format!("{name} is {value}: give 0 or more")));
    }
    Ok(())
}
