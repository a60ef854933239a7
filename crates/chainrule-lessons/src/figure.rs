//! A figure: what a notebook printed, what the engine computes, what is right.

use std::fmt;

/// A number of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it is, in a few words; unique in its scene.
    pub name: String,
    /// What the notebook prints, to the letter; none where it prints nothing or never got so far.
    pub as_printed: Option<String>,
    /// What the engine computes when it does what the notebook does.
    pub computed: Value,
    /// What is right, where the notebook is wrong.
    pub corrected: Option<Value>,
    /// Why the printed, the computed and the right figure differ, with the proof; or where the figure comes from.
    pub why: Option<String>,
}

impl Figure {
    /// A figure that the engine computes.
    pub(crate) fn new(name: impl Into<String>, computed: impl Into<Value>) -> Figure {
        Figure {
            name: name.into(),
            as_printed: None,
            computed: computed.into(),
            corrected: None,
            why: None,
        }
    }

    /// The notebook prints it so.
    pub(crate) fn printed(mut self, text: impl Into<String>) -> Figure {
        self.as_printed = Some(text.into());
        self
    }

    /// The notebook prints it so, where seed and controls stand as in the notebook.
    pub(crate) fn printed_if(self, here: bool, text: &str) -> Figure {
        match here {
            true => self.printed(text),
            false => self,
        }
    }

    /// The notebook is wrong: this is right.
    pub(crate) fn corrected(mut self, value: impl Into<Value>) -> Figure {
        self.corrected = Some(value.into());
        self
    }

    /// The reason, with the proof.
    pub(crate) fn why(mut self, reason: impl Into<String>) -> Figure {
        self.why = Some(reason.into());
        self
    }

    /// Whether the notebook is wrong here.
    pub fn is_mistake(&self) -> bool {
        self.corrected.is_some()
    }
}

/// The value of a figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number, shown as Python shows it.
    Number(f64),
    /// A count.
    Count(u64),
    /// Anything else, such as a message or a list of indices.
    Text(String),
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Number(number)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Value {
        Value::Count(count as u64)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_string())
    }
}

impl Value {
    /// As one would say it: a number with six digits.
    pub(crate) fn rounded(&self) -> String {
        match self {
            Value::Number(number) if number.is_finite() => {
                as_python(format!("{number:.5e}").parse().unwrap_or(*number))
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => f.write_str(&as_python(*number)),
            Value::Count(count) => write!(f, "{count}"),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// A number as Python prints it: the fewest digits that give it back, `1e-05` below 0.0001 and `1e+16` from there on.
fn as_python(number: f64) -> String {
    let size = number.abs();
    match number {
        _ if number.is_nan() => "nan".to_string(),
        _ if number.is_infinite() => if number > 0.0 { "inf" } else { "-inf" }.to_string(),
        _ if number == 0.0 || (1e-4..1e16).contains(&size) => format!("{number:?}"),
        _ => {
            let text = format!("{number:e}");
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{exponent:0>2}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_python_shows_them() {
        for (number, text) in [
            (20.0, "20.0"),
            (0.0003058349135338318, "0.0003058349135338318"),
            (5.040642635748519e-9, "5.040642635748519e-09"),
            (1.2706912599150398e-13, "1.2706912599150398e-13"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (-2.5e300, "-2.5e+300"),
            (-0.0, "-0.0"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(Value::from(number).to_string(), text);
        }
    }
}
