//! The pages, and at which addresses they stand.

mod bench;
mod control;
mod exercise;
mod figures;
mod home;
mod lesson;
mod model;
mod picture;
mod playground;
mod scene;

use crate::page::{Page, Site};
use chainrule_lessons::LESSONS;
pub use model::OpenModel;
use std::sync::LazyLock;

/// The lessons, the bench and the playground: `/`, `/lessons/LESSON`, `/lessons/LESSON/SCENE`, `/exercises/EXERCISE`, `/bench` and
/// `/playground`.
#[derive(Clone, Copy, Debug)]
pub struct Lessons;

impl Site for Lessons {
    fn open(&self, path: &str) -> Option<Box<dyn Page>> {
        let words: Vec<&str> = path.split('/').skip(1).collect();
        Some(match words.as_slice() {
            [""] => Box::new(home::Home::new()),
            ["lessons", name] => Box::new(lesson::Overview::new(find(name)?)),
            ["lessons", name, scene] => Box::new(scene::ScenePage::new(find(name)?, scene)?),
            ["bench"] => Box::new(bench::Bench::new()),
            ["exercises", name] => Box::new(exercise::ExercisePage::new(name)?),
            ["playground"] => Box::new(playground::Playground::new()),
            _ => return None,
        })
    }
}

fn find(name: &str) -> Option<&'static chainrule_lessons::Lesson> {
    chainrule_lessons::lesson(name).ok()
}

/// Where the pages of all lessons lead: the address and title of each, in the order in which one reads them.
static PAGES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let exercises = chainrule_lessons::exercises().unwrap_or_default();
    let mut pages = vec![];
    for lesson in &LESSONS {
        for scene in lesson.scenes {
            let address = format!("/lessons/{}/{}", lesson.name, scene.name);
            pages.push((address, scene.title.to_string()));
        }
        for exercise in exercises.iter().filter(|exercise| exercise.lesson == lesson.name) {
            pages.push((format!("/exercises/{}", exercise.name), exercise.title.clone()));
        }
    }
    pages
});

/// The links to the page before and the page after this one.
fn neighbors(address: &str) -> maud::Markup {
    let pages = &*PAGES;
    let here = pages.iter().position(|(known, _)| known == address);
    let before = here.and_then(|here| pages.get(here.checked_sub(1)?));
    let after = here.and_then(|here| pages.get(here + 1));
    maud::html! {
        nav.neighbors aria-label="Before and after this page" {
            @if let Some((address, title)) = before {
                a rel="prev" href=(address) { small { "Back" kbd { "p" } } (title) }
            } @else {
                span {}
            }
            @if let Some((address, title)) = after {
                a rel="next" href=(address) { small { "Next" kbd { "n" } } (title) }
            }
        }
    }
}
