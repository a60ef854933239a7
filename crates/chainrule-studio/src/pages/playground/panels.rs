//! The columns of the page: data at the left, the network in the middle.

use chainrule_learn::Dataset;
use maud::{Markup, html};

use super::{Playground, controls, stage::Stage};
use crate::part::Part;

/// What can be chosen of data that is made anew, and of other tables.
const TOY_FIELDS: [&str; 5] = ["rows", "noise", "data_seed", "validation", "scaling"];
const TABLE_FIELDS: [&str; 4] = ["target", "task", "validation", "scaling"];
/// Bytes of a table of one's own: what the server takes.
const LARGEST_FILE: usize = 8 * 1024 * 1024;

impl Playground {
    /// The left column: where the rows come from, and what the network takes in of them.
    pub(super) fn data_panel(&self, stage: &Stage) -> Part {
        let now = stage.run().choices();
        let data = stage.run().data();
        let own = self.own.as_ref().map(|table| table.name());
        let named = now.get("data").unwrap_or_default();
        let toy = Dataset::named(&named).is_ok_and(|dataset| !dataset.is_real());
        let fields: &[&str] = if toy { &TOY_FIELDS } else { &TABLE_FIELDS };
        let inputs = controls::inputs(now, stage.columns());
        Part::new("section", "set")
            .with("class", "set")
            .html(html! { h2 { "Data" } })
            .html(controls::choice(now, "data", &self.refused))
            .html(html! {
                p.note { (data.train().rows.len()) " training rows, " (data.validation().rows.len()) " to validate" }
            })
            .html(html! {
                div {
                    @match inputs {
                        Some(inputs) => { span.label { "inputs" } (inputs) },
                        None => (controls::choice(now, "inputs", &self.refused)),
                    }
                }
            })
            .html(html! { div.pairs { (controls::choices(now, fields, &self.refused)) } })
            .html(html! { div { (controls::axes(data, stage.axes())) } })
            .html(html! {
                div.drop {
                    @match own {
                        Some(name) => p { "Your table: " b { (name) } },
                        None => p { "Your own data: drop a CSV file anywhere, or choose one" },
                    }
                    input type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" data-file="" data-limit=(LARGEST_FILE)
                        aria-label="A table of your own";
                }
            })
    }

    /// The middle column: the network, and the formula of the neuron that was chosen.
    pub(super) fn network_panel(&self, stage: &Stage) -> Part {
        let now = stage.run().choices();
        Part::new("section", "net")
            .with("class", "net")
            .html(html! { h2 { "Network" } })
            .html(controls::layers(now))
            .part(stage.drawn().network.clone())
            .part(stage.drawn().formula.clone())
            .part(
                Part::new("details", "more")
                    .with("class", "more")
                    .html(html! { summary { "More choices, and what each means" } })
                    .html(html! {
                        div.trained.explained { (controls::choices(now, &controls::MORE, &self.refused)) }
                    }),
            )
    }
}

/// Runs worth seeing: what they are called, what they show, and their address.
const EXAMPLES: [(&str, &str, &str); 8] = [
    (
        "two moons",
        "Two hidden layers bend the boundary around both moons.",
        "data=moons&noise=0.2&rate=0.1",
    ),
    (
        "a circle, one neuron",
        "With the squares as inputs a circle is a straight line: no hidden layer is needed.",
        "data=circles&noise=0.05&inputs=x1%5E2,x2%5E2&widths=&rate=0.3",
    ),
    (
        "three classes",
        "As many outputs as classes, and their colors mixed by probability.",
        "data=blobs&rate=0.1",
    ),
    (
        "a spiral",
        "Hard for small networks: a rate that is not too large, two wide layers, and patience.",
        "data=spiral&widths=8,8&optimizer=adam&rate=0.01&speed=quicker",
    ),
    (
        "a sine curve",
        "A number to predict: each neuron gives a bend, and the output adds them up.",
        "data=sine&widths=8&rate=0.1",
    ),
    (
        "iris",
        "A real table of four columns: choose the two that are shown.",
        "data=iris&rate=0.05",
    ),
    (
        "too large a rate",
        "Steps so long that the neurons are driven to their bounds: the doctor below says what mends it.",
        "data=moons&noise=0.2&rate=30",
    ),
    (
        "dead neurons",
        "ReLUs that give 0 for every row learn no more; they are marked in the network.",
        "data=moons&noise=0.2&activation=relu&rate=3&seed=3",
    ),
];

/// Links to runs worth seeing.
pub(super) fn examples() -> Markup {
    html! {
        p.examples {
            "Try "
            @for (place, (name, why, query)) in EXAMPLES.iter().enumerate() {
                @if place > 0 { " · " }
                a href=(format!("/playground?{query}")) title=(why) { (name) }
            }
        }
    }
}
