//! A scene of a lesson as a page.

use chainrule_lessons::{Controls, Figure, Lesson, Scene};
use chainrule_picture::Picture;
use maud::html;
use std::{collections::BTreeMap, sync::Mutex};

use super::{control, figures::figures, neighbors, picture::framed};
use crate::{
    page::Page,
    part::Part,
    prose::{Section, live, sections},
    typeset::Written,
};

/// A scene, and where its controls stand.
pub(super) struct ScenePage {
    lesson: &'static Lesson,
    scene: &'static Scene,
    controls: Controls,
    seed: bool,
}

impl ScenePage {
    pub(super) fn new(lesson: &'static Lesson, name: &str) -> Option<ScenePage> {
        let scene = lesson.scene(name).ok()?;
        Some(ScenePage {
            lesson,
            scene,
            controls: scene.controls(),
            seed: follows_seed(lesson, scene),
        })
    }

    fn address(&self) -> String {
        format!("/lessons/{}/{}", self.lesson.name, self.scene.name)
    }

    /// Which scene of the lesson it is, from 1, and the way to all of them.
    fn place(&self) -> maud::Markup {
        let scenes = self.lesson.scenes;
        let here = scenes
            .iter()
            .position(|scene| scene.name == self.scene.name)
            .unwrap_or(0);
        html! {
            header.head {
                p.place {
                    a href=(format!("/lessons/{}", self.lesson.name)) { (self.lesson.title) }
                    span { "Scene " (here + 1) " of " (scenes.len()) }
                }
                h1 { (self.scene.title) }
                ol.dots aria-label="Scenes of this lesson" {
                    @for (number, scene) in scenes.iter().enumerate() {
                        li {
                            a href=(format!("/lessons/{}/{}", self.lesson.name, scene.name)) title=(scene.title)
                                aria-label=(scene.title) aria-current=[(number == here).then_some("page")] {}
                        }
                    }
                }
            }
        }
    }
}

impl Page for ScenePage {
    fn title(&self) -> String {
        format!("{} · {}", self.scene.title, self.lesson.title)
    }

    fn set(&mut self, name: &str, value: &str) {
        control::set(&mut self.controls, name, value);
    }

    fn moved(&self) -> Vec<(String, String)> {
        control::moved(&self.controls)
    }

    fn view(&self) -> Part {
        let page = Part::new("main", "page").with("class", "scene").with("data-live", "");
        let told = self.scene.figures(&self.controls);
        let drawn = self.scene.pictures(&self.controls);
        let (told, drawn) = match (told, drawn) {
            (Ok(told), Ok(drawn)) => (told, drawn),
            (Err(error), _) | (_, Err(error)) => {
                return page
                    .html(self.place())
                    .part(Part::new("div", "stage").part(control::panel(&self.controls, self.seed)))
                    .html(html! { p.notice { (error) } });
            }
        };
        let numbers: Vec<(&str, f64)> = self
            .controls
            .iter()
            .map(|(control, value)| (control.name, value))
            .collect();
        let text = self.scene.prose_with(&self.controls, &told, live);
        let sections = sections(&text, Written::Printed, &numbers);
        let shape = if drawn.len() == 1 { "stage one" } else { "stage several" };
        let pictures = drawn
            .iter()
            .enumerate()
            .fold(Part::new("div", "pictures"), |all, (number, drawn)| {
                all.part(framed(number, drawn))
            });
        let stage = Part::new("div", "stage")
            .with("class", shape)
            .part(pictures.with("class", "pictures"))
            .part(control::panel(&self.controls, self.seed));
        page.html(self.place())
            .part(told_in(&sections))
            .part(stage)
            .part(figures(&told))
            .part(heard(&drawn, &told))
            .html(neighbors(&self.address()))
    }
}

/// The text: what is told, what to try, and the question with its answer hidden.
fn told_in(sections: &[Section]) -> Part {
    let find = |heading: &str| sections.iter().find(|section| section.heading == heading);
    let filled = |part: Part, section: Option<&Section>| {
        let blocks = section.map(|section| section.blocks.as_slice()).unwrap_or_default();
        blocks.iter().fold(part, |part, block| part.text(block.clone()))
    };
    let answer = Part::new("details", "answer").html(html! { summary { "Show the answer" } });
    let question = Part::new("section", "question")
        .with("class", "question")
        .html(html! { h2 { "Question" } })
        .part(filled(Part::new("div", "asked"), find("Question")))
        .part(answer.part(filled(Part::new("div", "answered"), find("Answer"))));
    let tried = Part::new("section", "try")
        .with("class", "try")
        .html(html! { h2 { "Try this" } });
    Part::new("article", "prose")
        .part(filled(Part::new("div", "told").with("class", "told"), find("")))
        .part(tried.part(filled(Part::new("div", "tried"), find("Try"))))
        .part(question)
}

/// What a screen reader says when a control has moved: what the picture is called, and the first figures.
fn heard(drawn: &[Picture], told: &[Figure]) -> Part {
    let title = drawn.first().map(Picture::title).unwrap_or_default();
    let figures = told
        .iter()
        .take(2)
        .map(|figure| format!(", {} {}", figure.name, figure.computed));
    let text = format!("{title}{}", figures.collect::<String>());
    let quiet = Part::new("div", "heard").with("class", "hidden");
    quiet.with("aria-live", "polite").html(html! { p { (text) } })
}

/// Whether anything in a scene depends on its seed: found out once, by drawing it with another one.
fn follows_seed(lesson: &Lesson, scene: &Scene) -> bool {
    static KNOWN: Mutex<BTreeMap<(&str, &str), bool>> = Mutex::new(BTreeMap::new());
    let key = (lesson.name, scene.name);
    let known = || KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(follows) = known().get(&key) {
        return *follows;
    }
    let drawn = |seed: u32| {
        let controls = scene.controls().with_seed(seed);
        let figures: Vec<_> = scene.figures(&controls).unwrap_or_default();
        let computed: Vec<String> = figures.iter().map(|figure| figure.computed.to_string()).collect();
        (scene.pictures(&controls).unwrap_or_default(), computed)
    };
    let follows = drawn(Controls::SEED) != drawn(Controls::SEED + 1);
    known().insert(key, follows);
    follows
}
