//! Lessons and their scenes, as data.

use chainrule_picture::Picture;

use crate::{
    controls::{Control, Controls},
    error::Result,
    figure::Figure,
    names::unknown,
};

/// A lesson: a list of scenes.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    /// What it is called, such as `by-hand`.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What one learns in it, in one sentence.
    pub doc: &'static str,
    /// The scenes, in the order in which one reads them.
    pub scenes: &'static [Scene],
}

impl Lesson {
    /// The scene of this name.
    ///
    /// # Errors
    /// When there is none; the message suggests the nearest name.
    pub fn scene(&self, name: &str) -> Result<&'static Scene> {
        let names = self.scenes.iter().map(|scene| scene.name);
        let kind = format!("scene of {}", self.name);
        self.scenes
            .iter()
            .find(|scene| scene.name == name)
            .ok_or_else(|| unknown(&kind, name, names))
    }
}

/// A scene: prose, controls, and the pictures and figures as functions of where these stand.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// What it is called, such as `one-neuron`; unique in its lesson.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The text, in Markdown; `{name}` stands for the figure or control of that name in six digits, `{name!}` for all of them,
    /// and `{name|step|steps}` for how many steps there are, which may be one.
    pub(crate) prose: &'static str,
    /// What one may move.
    pub(crate) controls: &'static [Control],
    /// The pictures.
    pub(crate) pictures: fn(&Controls) -> Result<Vec<Picture>>,
    /// The figures.
    pub(crate) figures: fn(&Controls) -> Result<Vec<Figure>>,
}

impl Scene {
    /// Its controls, where they stand at first.
    pub fn controls(&self) -> Controls {
        Controls::new(self.controls)
    }

    /// The pictures for these controls.
    ///
    /// # Errors
    /// When the numbers cannot be computed, which happens with none that the controls allow.
    pub fn pictures(&self, controls: &Controls) -> Result<Vec<Picture>> {
        (self.pictures)(controls)
    }

    /// The figures for these controls.
    ///
    /// # Errors
    /// When the numbers cannot be computed, which happens with none that the controls allow.
    pub fn figures(&self, controls: &Controls) -> Result<Vec<Figure>> {
        (self.figures)(controls)
    }

    /// The text in Markdown, with the numbers of these controls and figures in it.
    pub fn prose(&self, controls: &Controls, figures: &[Figure]) -> String {
        self.prose_with(controls, figures, str::to_string)
    }

    /// The same with each number handed to `show`, which may mark it as one that follows the controls.
    pub fn prose_with(&self, controls: &Controls, figures: &[Figure], show: impl Fn(&str) -> String) -> String {
        let mut text = self.prose.trim_end().to_string() + "\n";
        for figure in figures {
            put(&mut text, &figure.name, &figure.computed.rounded(), &show);
            text = text.replace(&format!("{{{}!}}", figure.name), &show(&figure.computed.to_string()));
        }
        for (control, value) in controls.iter() {
            put(&mut text, control.name, &value.to_string(), &show);
        }
        text
    }
}

/// Puts a number where its name stands, with the word for one or for several where the text offers both.
fn put(text: &mut String, name: &str, number: &str, show: impl Fn(&str) -> String) {
    let shown = show(number);
    *text = text.replace(&format!("{{{name}}}"), &shown);
    let start = format!("{{{name}|");
    let mut pieces = text.split(&start);
    let mut filled = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let (words, rest) = piece.split_once('}').unwrap_or((piece, ""));
        let (one, several) = words.split_once('|').unwrap_or((words, words));
        let word = if number == "1" { one } else { several };
        filled.push_str(&format!("{shown} {word}{rest}"));
    }
    *text = filled;
}
