//! The columns of the page: data at the left, the network in the middle.

use maud::html;

use super::{Playground, controls, stage::Stage};
use crate::part::Part;

/// Data that is made anew, what can be chosen of it, and what of other tables.
const TOYS: [&str; 6] = ["moons", "circles", "blobs", "classification", "regression", "friedman1"];
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
        let toy = now.get("data").is_ok_and(|name| TOYS.contains(&name.as_str()));
        let fields: &[&str] = if toy { &TOY_FIELDS } else { &TABLE_FIELDS };
        Part::new("section", "set")
            .with("class", "set")
            .html(html! { h2 { "Data" } })
            .html(controls::choice(now, "data", &self.refused))
            .html(html! {
                div.drop {
                    @match own {
                        Some(name) => p { "Your table: " b { (name) } },
                        None => p { "Drop a CSV file here, or choose one:" },
                    }
                    input type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" data-file="" data-limit=(LARGEST_FILE) aria-label="A table of your own";
                }
            })
            .html(html! { p.muted.rows { (data.train().rows.len()) " training rows, " (data.validation().rows.len()) " to validate" } })
            .html(html! { div { (controls::choices(now, fields, &self.refused)) } })
            .html(html! {
                div.ticked { @if let Some(inputs) = controls::inputs(now, stage.columns()) { span.label { "inputs" } (inputs) } @else { (controls::choice(now, "inputs", &self.refused)) } }
            })
            .html(html! { div { (controls::axes(data, stage.axes())) } })
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
