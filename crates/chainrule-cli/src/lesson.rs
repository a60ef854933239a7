//! `chainrule lesson`: tells a scene of a lesson, with its figures and pictures.

use crate::{
    binding::binding,
    failure::Failure,
    output::{bold, columns, print, print_json, say, wrapped},
};
use chainrule_learn::write_file;
use chainrule_lessons::{Controls, Figure, LESSONS, Lesson, Scene, Value, lesson};
use chainrule_table::message::count;
use serde::Serialize;
use serde_json::value::RawValue;
use std::{fs, path::PathBuf};

/// Tell a lesson on how networks work: prose, figures, pictures
///
/// Five lessons lead from one neuron to a trained network. Each figure stands beside what the teaching notebook of the
/// lesson printed; where the notebook is wrong, beside what is right, with the proof.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule lesson
  chainrule lesson geometry one-neuron --set w=2 --set b=-1 --svg pictures
  chainrule lesson neuron training --seed 7
  chainrule lesson by-hand --json | jq '.figures[] | select(.corrected)'")]
pub struct Arguments {
    /// The lesson; all are listed if not given
    #[arg(value_name = "LESSON")]
    name: Option<String>,
    /// The scene; all of the lesson if not given
    #[arg(value_name = "SCENE")]
    scene: Option<String>,
    /// Seed of the data and of first weights, used as numpy uses it
    #[arg(long, default_value_t = Controls::SEED, requires = "name", allow_negative_numbers = true)]
    seed: u32,
    /// Move a control of the scene; may be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = binding, requires = "scene")]
    values: Vec<(String, f64)>,
    /// Write the pictures into this folder
    #[arg(long, value_name = "FOLDER", requires = "name")]
    svg: Option<PathBuf>,
    /// Print the figures as one JSON object instead of text
    #[arg(long, requires = "name")]
    json: bool,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let Some(name) = &self.name else {
            return print(&listed());
        };
        let lesson = lesson(name)?;
        let scenes = match &self.scene {
            Some(scene) => vec![lesson.scene(scene)?],
            None => lesson.scenes.iter().collect(),
        };
        let mut told = vec![];
        for scene in scenes {
            let mut controls = scene.controls().with_seed(self.seed);
            for (name, value) in &self.values {
                controls.set(name, *value)?;
            }
            let figures = scene.figures(&controls)?;
            told.push((scene, controls, figures));
        }
        self.draw(lesson, &told)?;
        match self.json {
            true => print_json(&in_json(lesson, self.seed, &told)?),
            false => print(&in_text(lesson, &told)),
        }
    }

    /// Writes the pictures of each scene: `one-neuron.svg`, and `one-neuron-2.svg` for a second one.
    fn draw(&self, lesson: &Lesson, told: &[Told]) -> Result<(), Failure> {
        let Some(folder) = &self.svg else {
            return Ok(());
        };
        fs::create_dir_all(folder).map_err(|error| {
            Failure::Work(format!(
                "the folder {} cannot be made: {error}; name another one",
                folder.display()
            ))
        })?;
        let mut written = 0;
        for (scene, controls, _) in told {
            for (i, picture) in scene.pictures(controls)?.iter().enumerate() {
                let number = if i == 0 { String::new() } else { format!("-{}", i + 1) };
                let file = folder.join(format!("{}-{}{number}.svg", lesson.name, scene.name));
                write_file(file, |out| out.write_all(picture.svg().as_bytes()))?;
                written += 1;
            }
        }
        say(&format!(
            "wrote {} to {}",
            count(written, "picture", "pictures"),
            folder.display()
        ));
        Ok(())
    }
}

/// A scene with where its controls stand and its figures.
type Told = (&'static Scene, Controls, Vec<Figure>);

fn listed() -> String {
    let mut text = String::new();
    for lesson in &LESSONS {
        text.push_str(&format!("{}\n{}\n", bold(lesson.name), lesson.doc));
        let scenes = lesson.scenes.iter();
        let rows = scenes.map(|scene| [format!("  {}", scene.name), scene.title.to_string()]);
        text.push_str(&columns(&rows.collect::<Vec<_>>()));
        text.push('\n');
    }
    text + "Tell one with `chainrule lesson LESSON SCENE`.\n"
}

fn in_text(lesson: &Lesson, told: &[Told]) -> String {
    let mut text = String::new();
    for (scene, controls, figures) in told {
        let heading = format!("{}: {}", lesson.title, scene.title);
        text.push_str(&format!("{}\n\n{}\n", bold(&heading), scene.prose(controls, figures)));
        let rows: Vec<_> = controls
            .iter()
            .map(|(control, value)| {
                let range = format!("from {} to {}", control.from, control.to);
                [
                    format!("  --set {}={value}", control.name),
                    range,
                    control.doc.to_string(),
                ]
            })
            .collect();
        if !rows.is_empty() {
            text.push_str(&format!("{}\n{}\n", bold("Controls"), columns(&rows)));
        }
        text.push_str(&table(figures));
        text.push('\n');
    }
    text
}

/// The figures under each other, those columns only in which something stands, and the reasons below, each said once.
fn table(figures: &[Figure]) -> String {
    let has = |any: fn(&Figure) -> bool| figures.iter().any(any);
    let (printed, corrected) = (has(|figure| figure.as_printed.is_some()), has(Figure::is_mistake));
    let cells = |name: String, as_printed: String, computed: String, right: String| {
        let cells = [
            (name, true),
            (as_printed, printed),
            (computed, true),
            (right, corrected),
        ];
        cells
            .into_iter()
            .filter_map(|(cell, shown)| shown.then_some(cell))
            .collect::<Vec<_>>()
    };
    let text = |text: &str| text.to_string();
    let mut rows = vec![cells(
        text("Figure"),
        text("as printed"),
        text("computed"),
        text("right"),
    )];
    for figure in figures {
        rows.push(cells(
            format!("  {}", figure.name),
            figure.as_printed.clone().unwrap_or_default(),
            figure.computed.to_string(),
            figure.corrected.as_ref().map(Value::to_string).unwrap_or_default(),
        ));
    }
    let mut text = columns(&rows);
    let explained: Vec<&Figure> = figures.iter().filter(|figure| figure.why.is_some()).collect();
    for (i, same) in explained.chunk_by(|one, next| one.why == next.why).enumerate() {
        let names: Vec<&str> = same.iter().map(|figure| figure.name.as_str()).collect();
        let names = match names.as_slice() {
            [first, .., last] if names.len() > 3 => format!("{first} … {last} ({} figures)", names.len()),
            few => few.join(", "),
        };
        let why = same
            .first()
            .and_then(|figure| figure.why.as_deref())
            .unwrap_or_default();
        text.push_str(if i == 0 { "\n" } else { "" });
        text.push_str(&wrapped(&format!("{names}: {why}"), "  ", "    "));
    }
    text
}

#[derive(Serialize)]
struct LessonInJson<'a> {
    lesson: &'a str,
    seed: u32,
    figures: Vec<FigureInJson<'a>>,
}

#[derive(Serialize)]
struct FigureInJson<'a> {
    scene: &'a str,
    name: &'a str,
    as_printed: Option<&'a str>,
    computed: Box<RawValue>,
    corrected: Option<Box<RawValue>>,
    why: Option<&'a str>,
}

fn in_json<'a>(lesson: &'a Lesson, seed: u32, told: &'a [Told]) -> Result<LessonInJson<'a>, Failure> {
    let mut rows = vec![];
    for (scene, _, figures) in told {
        for figure in figures {
            rows.push(FigureInJson {
                scene: scene.name,
                name: &figure.name,
                as_printed: figure.as_printed.as_deref(),
                computed: raw(&figure.computed)?,
                corrected: figure.corrected.as_ref().map(raw).transpose()?,
                why: figure.why.as_deref(),
            });
        }
    }
    Ok(LessonInJson {
        lesson: lesson.name,
        seed,
        figures: rows,
    })
}

/// A value as JSON: numbers in the digits that the lessons show, text (and numbers that are not finite) as a string.
fn raw(value: &Value) -> Result<Box<RawValue>, Failure> {
    let text = value.to_string();
    Ok(match value {
        Value::Count(_) => RawValue::from_string(text)?,
        Value::Number(number) if number.is_finite() => RawValue::from_string(text)?,
        _ => RawValue::from_string(serde_json::to_string(&text)?)?,
    })
}
