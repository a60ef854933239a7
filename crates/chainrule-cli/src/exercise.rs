//! `chainrule exercise`: questions, and what is right or wrong with an answer.

use crate::{
    failure::Failure,
    output::{bold, columns, number, print, print_json, printable},
};
use chainrule_lessons::{Diagnosis, Exercise, LESSONS, Verdict, exercise, exercises};
use serde_json::{Map, Value, json};
use std::{fs, path::Path, process::ExitCode};

/// Ask for an exercise, or check an answer to it
///
/// A formula is compared with finite differences at random points; where it is wrong, the mistake is named if it is known,
/// with the smallest numbers at which one sees it. The exit code is 0 for a right answer, 1 for a wrong one, and 2 for
/// one that cannot be read.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule exercise
  chainrule exercise multiply
  chainrule exercise multiply --answer 'g*b, g*a'
  chainrule exercise last-gradients --answer 'a=6, b=-4'
  chainrule exercise quadratic-fit --answer 'hidden=8, rate=0.01, epochs=2000'
  chainrule exercise my-exercise.toml")]
pub struct Arguments {
    /// The exercise, or a file with one that ends in .toml; all are listed if not given
    #[arg(value_name = "EXERCISE")]
    name: Option<String>,
    /// Check this answer: formulas or numbers, separated by commas
    #[arg(long, value_name = "ANSWER", requires = "name", allow_hyphen_values = true)]
    answer: Option<String>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Does what was asked for; the exit code says whether an answer is right.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let Some(name) = &self.name else {
            let all = exercises()?;
            match self.json {
                true => print_json(&json!({"exercises": all.iter().map(asked).collect::<Vec<_>>()}))?,
                false => print(&listed(&all))?,
            }
            return Ok(ExitCode::SUCCESS);
        };
        let exercise = find(name)?;
        let Some(answer) = &self.answer else {
            match self.json {
                true => print_json(&asked(&exercise))?,
                false => print(&question(name, &exercise))?,
            }
            return Ok(ExitCode::SUCCESS);
        };
        let verdict = exercise.check(answer)?;
        match self.json {
            true => print_json(&told(&exercise, &verdict))?,
            false => print(&printable(&verdict.to_string()))?,
        }
        Ok(match verdict.passed {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }
}

/// An exercise that comes with the program, or one from a file.
fn find(name: &str) -> Result<Exercise, Failure> {
    let path = Path::new(name);
    if path.extension().is_none_or(|extension| extension != "toml") {
        return Ok(exercise(name)?);
    }
    let unread = |error| Failure::Arguments(format!("the file {name} cannot be read: {error}"));
    let text = fs::read_to_string(path).map_err(unread)?;
    let stem = path.file_stem().map_or(name.into(), |stem| stem.to_string_lossy());
    Ok(Exercise::parse(&stem, &text)?)
}

fn listed(all: &[Exercise]) -> String {
    let mut text = String::new();
    for lesson in &LESSONS {
        let own = all.iter().filter(|exercise| exercise.lesson == lesson.name);
        let rows: Vec<_> = own
            .map(|exercise| [format!("  {}", exercise.name), exercise.title.clone()])
            .collect();
        if !rows.is_empty() {
            text.push_str(&format!("{}\n{}\n", bold(lesson.title), columns(&rows)));
        }
    }
    text + "Read one with `chainrule exercise NAME`, answer it with `--answer`.\n"
}

fn question(name: &str, exercise: &Exercise) -> String {
    let text = format!(
        "{}\n{}\nIn this form:\n\n  chainrule exercise {name} --answer '{}'\n",
        exercise.question,
        exercise.how_to_answer(),
        exercise.example_answer()
    );
    format!("{}\n\n{}", bold(&printable(&exercise.title)), printable(&text))
}

fn asked(exercise: &Exercise) -> Value {
    json!({
        "exercise": exercise.name,
        "title": exercise.title,
        "lesson": exercise.lesson,
        "question": exercise.question,
        "how_to_answer": exercise.how_to_answer(),
        "example_answer": exercise.example_answer(),
    })
}

fn told(exercise: &Exercise, verdict: &Verdict) -> Value {
    let parts = verdict.parts.iter().map(|part| {
        json!({
            "name": part.name,
            "answer": part.answer,
            "passed": part.passed,
            "diagnosis": part.diagnosis.as_ref().map(diagnosed),
        })
    });
    json!({
        "exercise": exercise.name,
        "passed": verdict.passed,
        "checked": verdict.checked,
        "diagnosis": verdict.diagnosis.as_ref().map(diagnosed),
        "parts": parts.collect::<Vec<_>>(),
    })
}

fn diagnosed(diagnosis: &Diagnosis) -> Value {
    let example = diagnosis.counter_example.as_ref().map(|example| {
        let at: Map<String, Value> = example.at.iter().map(|(name, x)| (name.clone(), number(*x))).collect();
        json!({
            "part": example.part,
            "at": at,
            "yours": number(example.yours),
            "right": number(example.right),
        })
    });
    json!({"name": diagnosis.name, "because": diagnosis.because, "counter_example": example})
}
