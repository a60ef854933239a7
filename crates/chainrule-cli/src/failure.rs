//! Why a command did not do its work.

use std::{fmt, io, process::ExitCode};

/// Why a command did not do its work; the exit code follows from it.
#[derive(Debug)]
pub enum Failure {
    /// The arguments ask for something that cannot be: exit code 2.
    Arguments(String),
    /// The work failed: exit code 1.
    Work(String),
    /// Nobody reads the output any more.
    Unread,
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> ExitCode {
        match self {
            Failure::Arguments(_) => ExitCode::from(2),
            Failure::Work(_) => ExitCode::from(1),
            Failure::Unread => ExitCode::SUCCESS,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Arguments(message) | Failure::Work(message) => f.write_str(message),
            Failure::Unread => f.write_str("nobody reads the output"),
        }
    }
}

impl From<chainrule_learn::Error> for Failure {
    fn from(error: chainrule_learn::Error) -> Failure {
        match error.is_request() {
            true => Failure::Arguments(error.to_string()),
            false => Failure::Work(error.to_string()),
        }
    }
}

impl From<chainrule_lessons::Error> for Failure {
    fn from(error: chainrule_lessons::Error) -> Failure {
        match error.is_request() {
            true => Failure::Arguments(error.to_string()),
            false => Failure::Work(error.to_string()),
        }
    }
}

impl From<chainrule_export::Error> for Failure {
    fn from(error: chainrule_export::Error) -> Failure {
        Failure::Work(error.to_string())
    }
}

impl From<chainrule::Error> for Failure {
    fn from(error: chainrule::Error) -> Failure {
        Failure::Work(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Unread,
            _ => Failure::Work(format!("the output could not be written: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        match error.io_error_kind() {
            Some(kind) => io::Error::from(kind).into(),
            None => Failure::Work(format!("the result could not be written as JSON: {error}")),
        }
    }
}
