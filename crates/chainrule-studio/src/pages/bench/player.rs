//! The graph in its frame, and what moves the computation.

use maud::html;

use super::{Bench, Size, build::select};
use crate::{
    bench::{Source, Step},
    part::Part,
};

impl Bench {
    /// The graph, in a frame that scrolls where it is larger.
    pub(super) fn frame(&self) -> Part {
        let stage = &self.boxes().stage;
        let (width, height) = stage.size();
        let (width, height) = (width.ceil().to_string(), height.ceil().to_string());
        let svg = Part::new("svg", "graph")
            .with("class", "chainrule-picture cr-graph")
            .with("role", "group")
            .with("aria-label", stage.title())
            .with("aria-describedby", "graph-words")
            .with("viewBox", format!("0 0 {width} {height}"))
            .with("width", width)
            .with("height", height)
            .html(html! { desc #graph-words { (self.words()) } });
        let svg = stage.pieces(&self.moment()).into_iter().fold(svg, Part::text);
        let class = match self.size {
            Size::Legible => "frame large",
            Size::Fit => "frame",
        };
        Part::new("figure", "frame")
            .with("class", class)
            .with("tabindex", "0")
            .with("role", "group")
            .with("aria-label", "The graph; arrow keys scroll it")
            .with("data-follow", "")
            .part(svg)
    }

    /// How large the graph is, in words: what stays the same while it is stepped through.
    fn words(&self) -> String {
        let walk = &self.made().walk;
        let boxes = self.boxes().stage.cards().len();
        let values = walk.values.len();
        match boxes == values {
            true => format!(
                "Computation graph of {values} values, computed in {} steps.",
                walk.steps()
            ),
            false => format!(
                "Computation graph of {values} values in {boxes} boxes, computed in {} steps.",
                walk.steps()
            ),
        }
    }

    /// The position, what moves it, and how the graph is shown.
    pub(super) fn player(&self) -> Part {
        let (walk, position) = (&self.made().walk, self.position());
        let (forward, steps) = (walk.forward_steps(), walk.steps());
        let told = match walk.step(position) {
            Step::Start => format!("Before the first of {forward} forward steps"),
            Step::Forward(_) => format!("Forward {position} of {forward}"),
            Step::Seed => format!("Backward begins: 1 of {}", steps - forward),
            Step::Backward(_) => format!("Backward {} of {}", position - forward, steps - forward),
        };
        let button = |to: usize, sign: &str, name: &str| {
            html! {
                button.step type="button" data-to=(format!("c-step:{to}")) aria-label=(name) title=(name)
                    { (sign) }
            }
        };
        let buttons = html! {
            div.buttons {
                (button(0, "|◀", "to the start"))
                (button(position.saturating_sub(1), "◀", "one step back"))
                button.play type="button" data-play="c-step" data-pace=(pace(steps)) aria-pressed="false"
                    aria-label="play the computation" title="play the computation" {}
                (button((position + 1).min(steps), "▶", "one step on"))
                (button(forward, "F", "to the end of the way forward"))
                (button(steps, "▶|", "to the end"))
            }
        };
        let range = html! {
            input #c-step type="range" min="0" max=(steps) step="1" value=(position) data-set="step" data-start=(steps)
                aria-label="position in the computation" aria-describedby="told-step";
        };
        Part::new("div", "player")
            .with("class", "player")
            .with("role", "group")
            .with("aria-label", "Walk through the computation")
            .html(buttons)
            .html(range)
            .part(
                Part::new("p", "told-step")
                    .with("class", "told-step")
                    .html(html! { span { (told) } }),
            )
            .part(self.view_choices())
    }

    fn view_choices(&self) -> Part {
        let groups = &self.made().groups;
        let levels = groups.levels();
        let mut options = vec![("auto".to_string(), "what is legible".to_string())];
        for level in 0..=levels {
            let name = match (&self.source, levels - level) {
                (_, 0) => "every value",
                (Source::Formula(_), _) => "parts",
                (Source::Network(_), 1) => "neurons",
                (Source::Network(_), 2) => "layers",
                (Source::Network(_), _) => "samples",
            };
            options.push((level.to_string(), name.to_string()));
        }
        let options: Vec<(&str, &str)> = options
            .iter()
            .map(|(value, name)| (value.as_str(), name.as_str()))
            .collect();
        let level = self.level.map_or("auto".to_string(), |level| level.to_string());
        let size = if self.size == Size::Fit { "fit" } else { "legible" };
        let turned: Vec<&str> = self.turned.iter().map(String::as_str).collect();
        let paths = self.paths.map_or(String::new(), |id| id.to_string());
        Part::new("div", "choices")
            .with("class", "choices")
            .html(html! {
                div.field {
                    label for="c-size" { "Size" }
                    (select("size", "legible", size, &[("legible", "legible, scrolls"), ("fit", "fit")]))
                }
            })
            .html(html! {
                div.field hidden[levels == 0] {
                    label for="c-detail" { "Show" }
                    (select("detail", "auto", &level, &options))
                }
            })
            // What is chosen by pressing boxes.
            .html(html! { input #c-open type="hidden" data-set="open" data-start="" value=(turned.join(",")); })
            .html(html! { input #c-paths type="hidden" data-set="paths" data-start="" value=(paths); })
            .html(html! { button.back type="button" data-reset="" { "back to the start" } })
    }
}

/// Milliseconds from step to step of the film: time to read for a few steps, a film for many.
fn pace(steps: usize) -> usize {
    match steps {
        0..=24 => 700,
        25..=80 => 250,
        _ => 15,
    }
}
