//! The first page: the five lessons, each with a small picture that moves.

use chainrule_lessons::{Control, Controls, LESSONS, Lesson, Scene, exercises, lesson};
use maud::{Markup, html};

use super::{control, picture::picture};
use crate::{page::Page, part::Part};

/// The scene that stands for each lesson, which of its pictures, and the control that moves it.
const SHOWN: [(&str, &str, usize, &str); 5] = [
    ("geometry", "one-relu-neuron", 0, "b1"),
    ("neuron", "sigmoid", 0, "x"),
    ("autograd", "derivative-by-the-limit", 0, "x"),
    ("model-loss-optimizer", "optimizers", 0, "steps"),
    ("by-hand", "easy-problem", 0, "rate"),
];

/// The five lessons, and where the control of each stands.
pub(super) struct Home {
    cards: Vec<Card>,
    /// Their names.
    exercises: Vec<String>,
    /// A card of the site's own, before the lessons.
    first: Option<Markup>,
}

struct Card {
    lesson: &'static Lesson,
    scene: &'static Scene,
    picture: usize,
    control: &'static Control,
    controls: Controls,
    /// Its picture as it is now: one that has not moved is not drawn again.
    drawn: Part,
}

impl Home {
    pub(super) fn new() -> Home {
        let card = |&(name, scene, picture, moved): &(&str, &str, usize, &str)| {
            let lesson = lesson(name).ok()?;
            let scene = lesson.scene(scene).ok()?;
            let controls = scene.controls();
            let (control, _) = controls.iter().find(|(control, _)| control.name == moved)?;
            let mut card = Card {
                lesson,
                scene,
                picture,
                control,
                controls,
                drawn: Part::new("figure", ""),
            };
            card.draw();
            Some(card)
        };
        Home {
            cards: SHOWN.iter().filter_map(card).collect(),
            exercises: exercises()
                .unwrap_or_default()
                .into_iter()
                .map(|exercise| exercise.name)
                .collect(),
            first: None,
        }
    }

    /// With a card before those of the lessons.
    pub(super) fn with_card(mut self, card: Markup) -> Home {
        self.first = Some(card);
        self
    }
}

impl Card {
    /// What its control is called in the page, which has five.
    fn name(&self) -> &'static str {
        self.lesson.name
    }

    fn draw(&mut self) {
        let name = self.name();
        let pictures = self.scene.pictures(&self.controls).unwrap_or_default();
        let figure = Part::new("figure", format!("figure-{name}"));
        self.drawn = match pictures.get(self.picture) {
            Some(drawn) => figure.part(picture(&format!("picture-{name}"), drawn)),
            None => figure,
        };
    }

    fn view(&self, number: usize) -> Part {
        let address = format!("/lessons/{}/{}", self.lesson.name, first(self.lesson));
        let name = self.name();
        let value = self.controls.iter().find(|(control, _)| *control == self.control);
        let value = value.map_or(self.control.start, |(_, value)| value);
        let Control {
            from, to, step, start, ..
        } = *self.control;
        let head = html! {
            div {
                h2 { a href=(address) { span.number { (number) } (self.lesson.title) } }
                p { (self.lesson.doc) "." }
            }
        };
        let slider = html! {
            label.mini {
                b { (self.control.name) } " "
                input type="range" min=(from) max=(to) step=(step) value=(value) data-set=(name) data-start=(start)
                    aria-label=(format!("{}: {}", self.control.name, self.control.doc));
            }
        };
        let foot = html! {
            p.links {
                a href=(address) { "Begin" }
                a href=(format!("/lessons/{name}")) { (self.lesson.scenes.len()) " scenes" }
            }
        };
        Part::new("li", format!("card-{name}"))
            .with("class", "card")
            .html(head)
            .part(self.drawn.clone())
            .html(slider)
            .html(foot)
    }
}

fn first(lesson: &Lesson) -> &'static str {
    lesson.scenes.first().map_or("", |scene| scene.name)
}

impl Page for Home {
    fn title(&self) -> String {
        "chainrule studio".to_string()
    }

    fn set(&mut self, name: &str, value: &str) {
        if let Some(card) = self.cards.iter_mut().find(|card| card.name() == name) {
            control::set(&mut card.controls, card.control.name, value);
            card.draw();
        }
    }

    fn moved(&self) -> Vec<(String, String)> {
        let stand = self.cards.iter().flat_map(|card| {
            let moved = control::moved(&card.controls).into_iter();
            moved.map(|(_, value)| (card.name().to_string(), value))
        });
        stand.collect()
    }

    fn view(&self) -> Part {
        let cards = self.cards.iter().enumerate();
        let list = Part::new("ol", "cards").with("class", "cards");
        let list = self.first.iter().cloned().fold(list, Part::html);
        let list = cards.fold(list, |list, (number, card)| list.part(card.view(number + 1)));
        let list = match self.exercises.first() {
            Some(first) => list.html(html! {
                li.card.exercises {
                    div {
                        h2 { a href=(format!("/exercises/{first}")) { "Exercises" } }
                        p {
                            (self.exercises.len()) " questions on rules, gradients, losses and steps. A wrong answer is told \
                             its mistake, with the smallest numbers that show it."
                        }
                        p.links { a href=(format!("/exercises/{first}")) { "Begin" } }
                    }
                }
            }),
            None => list,
        };
        let list = list.html(html! {
            li.card.exercises {
                div {
                    h2 { a href="/bench" { "The graph bench" } }
                    p {
                        "Type a formula or build a small network, and walk through it: every value forward, every gradient                          backward, one rule at a time. Press a gradient for the paths it is the sum of."
                    }
                    p.links { a href="/bench" { "Begin" } }
                }
            }
        });
        let list = list.html(html! {
            li.card.exercises {
                div {
                    h2 { a href="/playground" { "The playground" } }
                    p {
                        "Train a network on toy data, a real table or your own, and watch every neuron while it learns. Drag a \
                         weight, go back to any step, take another way from there, and ask the doctor."
                    }
                    p.links { a href="/playground" { "Begin" } }
                }
            }
        });
        let scenes: usize = LESSONS.iter().map(|lesson| lesson.scenes.len()).sum();
        Part::new("main", "page")
            .with("class", "home")
            .with("data-live", "")
            .html(html! {
                header.hero {
                    h1 { "Neural networks you can see through" }
                    p.lead {
                        "Five lessons from a single neuron to a trained net, in " (scenes) " scenes to read and to play \
                         with. Everything on these pages is computed while you move it. Try the sliders below."
                    }
                }
            })
            .part(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lesson_has_a_card_whose_slider_moves_its_picture() {
        let mut home = Home::new();
        assert_eq!(home.cards.len(), LESSONS.len());
        for place in 0..home.cards.len() {
            let before = home.view();
            let (name, to) = (home.cards[place].name(), home.cards[place].control.to);
            home.set(name, &to.to_string());
            let changes = home.view().changes(&before);
            let own = format!("\"picture-{name}\"");
            assert!(changes.iter().any(|change| change.to_string().contains(&own)), "{name}");
        }
    }
}
