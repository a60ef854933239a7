//! What a checked answer is told.

use chainrule_picture::number::brief;
use std::fmt;

/// Whether an answer is right, and where it is not, why and at which numbers one sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether all of it is right.
    pub passed: bool,
    /// The parts of the answer, in the order of the exercise.
    pub parts: Vec<PartVerdict>,
    /// What is wrong with the answer as a whole: the mistake of all wrong parts, or of the first one that is recognized.
    pub diagnosis: Option<Diagnosis>,
    /// How it was checked, with the numbers, in a sentence.
    pub checked: String,
}

/// Whether a part of an answer is right.
#[derive(Clone, Debug, PartialEq)]
pub struct PartVerdict {
    /// What it answers, such as `a` for the derivative by a.
    pub name: String,
    /// What was answered.
    pub answer: String,
    /// Whether it is right.
    pub passed: bool,
    /// What is wrong with it.
    pub diagnosis: Option<Diagnosis>,
}

/// A mistake that was recognized.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// What the mistake is called, such as `wrong sign`; `differs` where it is none that is known.
    pub name: String,
    /// Why it is one, in a sentence.
    pub because: String,
    /// The smallest numbers at which one sees it.
    pub counter_example: Option<CounterExample>,
}

/// Numbers at which an answer is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct CounterExample {
    /// Which part of the answer is wrong there.
    pub part: String,
    /// The numbers; none where the exercise is about one point.
    pub at: Vec<(String, f64)>,
    /// What the answer gives there; NaN where it gives no number.
    pub yours: f64,
    /// What is right there, by finite differences.
    pub right: f64,
}

impl Verdict {
    pub(super) fn new(parts: Vec<PartVerdict>, diagnosis: Option<Diagnosis>, checked: String) -> Verdict {
        Verdict {
            passed: diagnosis.is_none(),
            parts,
            diagnosis,
            checked,
        }
    }
}

/// A finite difference carries about ten digits; six are shown, without the noise behind them.
fn number(x: f64) -> String {
    if !x.is_finite() {
        return "no finite number".to_string();
    }
    let rounded: f64 = format!("{x:.5e}").parse().unwrap_or(x);
    let rounded = if rounded.abs() < 1e-9 { 0.0 } else { rounded };
    rounded.to_string()
}

impl fmt::Display for CounterExample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, yours, right) = (&self.part, number(self.yours), number(self.right));
        if self.at.is_empty() {
            return write!(f, "your value for {part} is {yours}, finite differences give {right}");
        }
        let at: Vec<String> = self
            .at
            .iter()
            .map(|(name, x)| format!("{name} = {}", brief(*x)))
            .collect();
        write!(
            f,
            "at {}: your rule for {part} gives {yours}, finite differences give {right}",
            at.join(", ")
        )
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.because)?;
        match &self.counter_example {
            Some(example) => write!(f, "\n  {example}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.passed {
            return writeln!(f, "Right. {}", self.checked);
        }
        let right: Vec<&str> = self
            .parts
            .iter()
            .filter(|part| part.passed)
            .map(|part| part.name.as_str())
            .collect();
        match right.as_slice() {
            [] => writeln!(f, "Wrong. {}", self.checked)?,
            [one] => writeln!(f, "Wrong, but {one} is right. {}", self.checked)?,
            several => writeln!(f, "Wrong, but {} are right. {}", several.join(", "), self.checked)?,
        }
        let mut told: Vec<(Vec<&str>, &Diagnosis)> = vec![];
        for part in &self.parts {
            let Some(diagnosis) = &part.diagnosis else { continue };
            match told
                .iter_mut()
                .find(|(_, known)| known.because == diagnosis.because && known.name == diagnosis.name)
            {
                Some((names, _)) => names.push(&part.name),
                None => told.push((vec![&part.name], diagnosis)),
            }
        }
        told.iter()
            .try_for_each(|(names, diagnosis)| writeln!(f, "{}: {diagnosis}", names.join(", ")))
    }
}
