//! What went wrong, where, with which numbers, and what to do about it.

use std::{borrow::Cow, fmt, panic::Location, sync::Arc};

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as a sentence: what happened, with which numbers, where, and what to do.
///
/// Building a graph never fails; a bad operation leaves a *poisoned* value that later operations
/// pass on, and whatever asks for numbers (`value`, `backward`, …) returns the first fault, with
/// the line of the caller's own program.
///
/// ```
/// use chainrule::Graph;
/// let g = Graph::new();
/// let sum = g.leaf([1.0, 2.0]) + g.leaf([1.0, 2.0, 3.0]);
/// let error = (sum * 2.0).value().unwrap_err();
/// assert!(error.is_shape());
/// assert!(error.to_string().starts_with("add: shapes [2] and [3] do not broadcast (at "));
/// ```
#[derive(Clone)]
pub struct Error(Arc<Report>);

struct Report {
    kind: Kind,
    subject: Cow<'static, str>,
    fault: Fault,
    at: Option<&'static Location<'static>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Shape,
    Argument,
    Data,
}

/// What is wrong with the arguments of an operation, and what would mend it.
///
/// ```
/// use chainrule::Fault;
/// let fault = Fault::new("needs two axes, got [3]").fix("reshape it to [1, 3]");
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    what: String,
    fix: String,
}

impl Fault {
    /// A fault described by one sentence without a full stop.
    pub fn new(what: impl Into<String>) -> Fault {
        Fault {
            what: what.into(),
            fix: String::new(),
        }
    }

    /// Adds what to do about it.
    pub fn fix(mut self, fix: impl Into<String>) -> Fault {
        self.fix = fix.into();
        self
    }

    /// Adds a remark to the sentence, such as the names of the arguments.
    pub(crate) fn remark(mut self, remark: &str) -> Fault {
        self.what.push_str(remark);
        self
    }
}

impl Error {
    fn new(
        kind: Kind,
        subject: impl Into<Cow<'static, str>>,
        fault: Fault,
        at: Option<&'static Location<'static>>,
    ) -> Error {
        Error(Arc::new(Report {
            kind,
            subject: subject.into(),
            fault,
            at,
        }))
    }

    /// Shapes that do not fit, at a line of the caller's program.
    pub(crate) fn shape(subject: impl Into<Cow<'static, str>>, fault: Fault, at: &'static Location<'static>) -> Error {
        Error::new(Kind::Shape, subject, fault, Some(at))
    }

    /// A call that cannot be answered, at a line of the caller's program.
    pub(crate) fn argument(
        subject: impl Into<Cow<'static, str>>,
        fault: Fault,
        at: &'static Location<'static>,
    ) -> Error {
        Error::new(Kind::Argument, subject, fault, Some(at))
    }

    /// Data from outside that cannot be used.
    pub(crate) fn data(subject: impl Into<Cow<'static, str>>, fault: Fault) -> Error {
        Error::new(Kind::Data, subject, fault, None)
    }

    /// Whether shapes did not fit.
    pub fn is_shape(&self) -> bool {
        self.0.kind == Kind::Shape
    }

    /// Whether a call asked for something that does not exist, such as the gradient of a vector.
    pub fn is_argument(&self) -> bool {
        self.0.kind == Kind::Argument
    }

    /// Whether data from outside, such as the text of an expression, was at fault.
    pub fn is_data(&self) -> bool {
        self.0.kind == Kind::Data
    }

    /// The line of the caller's program, as file and line number, where there is one.
    pub fn location(&self) -> Option<(&'static str, u32)> {
        self.0.at.map(|at| (at.file(), at.line()))
    }

    /// What to do about it; empty where there is no advice.
    pub fn fix(&self) -> &str {
        &self.0.fault.fix
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &*self.0;
        if !report.subject.is_empty() {
            write!(f, "{}: ", report.subject)?;
        }
        f.write_str(&report.fault.what)?;
        if let Some(at) = report.at {
            write!(f, " (at {}:{})", at.file(), at.line())?;
        }
        if !report.fault.fix.is_empty() {
            write!(f, "; {}", report.fault.fix)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
