//! Exercises that are checked: an answer is compared with finite differences, and a mistake that is known is named.
//!
//! Each file in the folder `exercises` is one exercise; [`file`] says what may stand in it.

mod answer;
mod check;
mod derivative;
mod derived;
mod file;
mod fit;
mod mistakes;
mod points;
mod recognize;
mod routes;
mod slips;
mod tree;
mod verdict;

use crate::error::Result;
use derivative::{Derivative, Form};
pub use verdict::{CounterExample, Diagnosis, PartVerdict, Verdict};

// Every file in the folder `exercises`, as (name, text): written by the build script.
include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// A question whose answer can be checked.
///
/// ```
/// let exercise = chainrule_lessons::exercise("multiply")?;
/// assert!(exercise.check("g*b, g*a")?.passed);
///
/// let verdict = exercise.check("g*b, a")?;
/// let diagnosis = verdict.diagnosis.unwrap();
/// assert_eq!(diagnosis.name, "forgot the incoming gradient");
/// let told = "at a = 1, b = 0, g = 2: your rule for b gives 1, finite differences give 2";
/// assert_eq!(diagnosis.counter_example.unwrap().to_string(), told);
/// # Ok::<(), chainrule_lessons::Error>(())
/// ```
#[derive(Debug)]
pub struct Exercise {
    /// What it is called, such as `multiply`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The name of the lesson it belongs to.
    pub lesson: &'static str,
    /// The question, in Markdown.
    pub question: String,
    place: u32,
    right: Vec<String>,
    task: Task,
}

#[derive(Debug)]
enum Task {
    Derivative {
        derivative: Box<Derivative>,
        listed: Vec<file::Listed>,
        trees: Vec<Vec<tree::Tree>>,
    },
    Fit(fit::Fit),
}

/// The exercises, lesson by lesson in the order in which one does them.
///
/// # Errors
/// When a file that comes with the program is broken, which a test makes sure of.
pub fn exercises() -> Result<Vec<Exercise>> {
    let read = FILES.iter().map(|(name, text)| Exercise::parse(name, text));
    let mut exercises = read.collect::<Result<Vec<_>>>()?;
    let lesson = |exercise: &Exercise| crate::LESSONS.iter().position(|lesson| lesson.name == exercise.lesson);
    exercises.sort_by_key(|exercise| (lesson(exercise), exercise.place, exercise.name.clone()));
    Ok(exercises)
}

/// The exercise of this name.
///
/// # Errors
/// When there is none; the message suggests the nearest name.
pub fn exercise(name: &str) -> Result<Exercise> {
    match FILES.iter().find(|(known, _)| *known == name) {
        Some((name, text)) => Exercise::parse(name, text),
        None => Err(crate::names::unknown(
            "exercise",
            name,
            FILES.iter().map(|(name, _)| *name),
        )),
    }
}

impl Exercise {
    /// Reads the text of an exercise's file, in TOML, and checks that it makes sense.
    ///
    /// # Errors
    /// What is wrong with it, with the exercise's name.
    pub fn parse(name: &str, text: &str) -> Result<Exercise> {
        file::read(name, text)
    }

    /// How to write an answer, in a sentence.
    pub fn how_to_answer(&self) -> String {
        let Task::Derivative { derivative, .. } = &self.task else {
            return "Answer with settings: hidden (neurons), rate (learning rate), epochs; activation if not tanh."
                .to_string();
        };
        let (asked, names) = (derivative.asked_names(), derivative.names());
        let what = match derivative.at {
            Some(_) if asked.len() == 1 => "a number",
            Some(_) => "numbers",
            None if asked.len() == 1 => "a formula",
            None => "formulas",
        };
        format!(
            "Answer with {what} for {}, written with {}.",
            asked.join(", "),
            names.join(", ")
        )
    }

    /// An answer that shows the form and is not right.
    pub fn example_answer(&self) -> String {
        let Task::Derivative { derivative, .. } = &self.task else {
            return "hidden=2, rate=0.5, epochs=10".to_string();
        };
        let asked = derivative.asked_names();
        let part = |name: &&str| match (&derivative.at, derivative.form) {
            (Some(_), _) => format!("{name} = 12.5"),
            (None, Form::Rule) => format!("{name} = 3*g + {name}"),
            (None, _) => format!("{name} = 3*{name}^2 + 1"),
        };
        asked.iter().map(part).collect::<Vec<_>>().join(", ")
    }

    /// Right answers, in several forms; the first one is the usual one.
    pub fn right_answers(&self) -> impl Iterator<Item = &str> {
        self.right.iter().map(String::as_str)
    }

    /// Wrong answers that its file lists, each with the name of the mistake.
    pub fn listed_mistakes(&self) -> impl Iterator<Item = (&str, &str)> {
        let listed = match &self.task {
            Task::Derivative { listed, .. } => listed.as_slice(),
            Task::Fit(_) => &[],
        };
        listed
            .iter()
            .filter_map(|wrong| Some((wrong.answer.as_deref()?, wrong.name.as_str())))
    }

    /// Checks an answer: formulas or numbers separated by commas, with or without labels, such as `g*b, g*a`,
    /// `b = g*a, a = g*b` or `dL/da = 6`. What people write in Python (`**`, `np.tanh`) is read too.
    ///
    /// # Errors
    /// When the answer cannot be read: it is empty or too long, is no formula, uses names that do not exist, or has too
    /// few or too many parts.
    pub fn check(&self, answer: &str) -> Result<Verdict> {
        match &self.task {
            Task::Derivative {
                derivative,
                listed,
                trees,
            } => check::check(derivative, listed, trees, answer),
            Task::Fit(fit) => fit.check(answer),
        }
    }
}
