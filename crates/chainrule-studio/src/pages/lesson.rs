//! A lesson's own page: its scenes and exercises.

use chainrule_lessons::{Exercise, Lesson, exercises};
use maud::html;

use crate::{page::Page, part::Part};

/// The scenes of a lesson.
pub(super) struct Overview {
    lesson: &'static Lesson,
    exercises: Vec<Exercise>,
}

impl Overview {
    pub(super) fn new(lesson: &'static Lesson) -> Overview {
        let all = exercises().unwrap_or_default();
        let own = all.into_iter().filter(|exercise| exercise.lesson == lesson.name);
        Overview {
            lesson,
            exercises: own.collect(),
        }
    }
}

impl Page for Overview {
    fn title(&self) -> String {
        format!("{} · chainrule studio", self.lesson.title)
    }

    fn set(&mut self, _: &str, _: &str) {}

    fn view(&self) -> Part {
        let lesson = self.lesson;
        Part::new("main", "page").with("class", "overview").html(html! {
            div {
                h1 { (lesson.title) }
                p.lead { (lesson.doc) "." }
                ol.contents {
                    @for scene in lesson.scenes {
                        li { a href=(format!("/lessons/{}/{}", lesson.name, scene.name)) { (scene.title) } }
                    }
                }
                @if !self.exercises.is_empty() {
                    h2 { "Exercises" }
                    p { "Type an answer, and it is checked against finite differences; a mistake that is known is named." }
                    ul.contents {
                        @for exercise in &self.exercises {
                            li { a href=(format!("/exercises/{}", exercise.name)) { (exercise.title) } }
                        }
                    }
                }
            }
        })
    }
}
