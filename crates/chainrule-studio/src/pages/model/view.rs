//! What the page of a model looks like.

use chainrule_picture::number::brief;
use chainrule_table::{Encoding, Feature};
use maud::{Markup, html};

use super::{
    ModelPage,
    told::{Answer, Layer, Said, Told},
};
use crate::{bench::told as number, pages::picture::framed, part::Part};

/// Neurons of a layer that are shown.
const MOST_NEURONS: usize = 256;
/// Encoded inputs that are shown; of more, those on which the answer depends most.
const MOST_INPUTS: usize = 60;
/// How far a slider goes from the mean, in standard deviations.
const REACH: f64 = 3.0;

impl ModelPage {
    pub(super) fn page(&self) -> Part {
        let page = Part::new("main", "page").with("class", "model").with("data-live", "");
        let record = self.opened.model.record();
        let head = html! {
            header.head {
                h1 { "The model inside: " (self.opened.target()) }
                p.lead {
                    (self.opened.model.network().to_string()) ", trained on " (record.data)
                    ". Change a cell, and see the answer and every number behind it follow."
                }
            }
        };
        let page = page.html(head).part(self.chooser()).part(self.cells_panel());
        match self.told() {
            Err(why) => page.html(html! { p.notice role="alert" { (why) } }).part(self.worst()),
            Ok(told) => page
                .part(self.answer(told))
                .part(self.inputs(told))
                .part(self.worst())
                .part(self.layers(told))
                .part(self.neuron_panel(told)),
        }
    }

    /// Which row is looked at.
    fn chooser(&self) -> Part {
        let rows = self.opened.rows();
        let truth = self.opened.truth(self.row);
        let of = if self.opened.has_table() {
            "rows of the table"
        } else {
            "test rows that the model's file keeps"
        };
        let (layer, neuron) = self.shown_neuron();
        Part::new("div", "chooser").with("class", "fields").html(html! {
            div.field {
                label for="c-row" { "Row, 0 for typical values" }
                input #c-row type="number" inputmode="numeric" min="0" max=(rows) step="1" data-set="row"
                    data-start=(rows.min(1)) value=(self.row);
            }
        }).html(html! {
            p {
                @if rows == 0 { "There are no rows to choose from; these are typical values." } @else { "of " (rows) " " (of) "." }
                @if let Some(truth) = &truth { " The table says " b { (truth) } "." }
                @if !self.changed.is_empty() { " " (self.changed.len()) " of its cells changed." }
            }
        })
        .html(html! { input #c-neuron type="hidden" data-set="neuron" data-start="0.0" value=(format!("{layer}.{neuron}")); })
        .html(html! { button.back type="button" data-reset="" { "back to the start" } })
    }

    /// The cells of the row, each with what changes it.
    fn cells_panel(&self) -> Part {
        let (given, cells) = (self.given(), self.cells());
        let features = self.opened.model.encoder().features();
        let mut panel = Part::new("section", "cells")
            .with("class", "cells")
            .with("aria-label", "The row");
        for (place, feature) in features.iter().enumerate() {
            let empty = String::new();
            let (start, now) = (given.get(place).unwrap_or(&empty), cells.get(place).unwrap_or(&empty));
            panel = panel.html(cell(place, feature, start, now));
        }
        panel
    }

    /// The answer, and how it comes out of the network's numbers.
    fn answer(&self, told: &Told) -> Part {
        let answer = Part::new("section", "answer")
            .with("class", "said")
            .with("aria-live", "polite");
        let answer = match &told.answer {
            Answer::Numbers { said, of } => answer.html(html! {
                div {
                    @for (place, Said { target, output, scale, answer }) in said.iter().enumerate() {
                        p { (target) " is predicted as" }
                        p.big { b.live data-answer=(answer) { (brief(*answer).replace('-', "−")) } }
                        p.muted {
                            "the network says " code { (number(*output)) } "; times the training rows' deviation "
                            code { (number(scale.standard_deviation)) } ", plus their mean " code { (number(scale.mean)) }
                            @if said.len() > 1 && place == *of { "; the derivatives are of this answer" }
                        }
                    }
                    @if said.len() > 1 {
                        div.field {
                            label for="c-target" { "Derivatives of" }
                            select #c-target data-set="target" data-start="0" {
                                @for (place, said) in said.iter().enumerate() {
                                    option value=(place) selected[place == *of] { (said.target) }
                                }
                            }
                        }
                    }
                }
            }),
            Answer::Classes { classes, likely } => answer.html(html! {
                div {
                    p { (self.opened.target()) " is predicted as" }
                    p.big { b.live data-answer=(classes.get(*likely).map_or(0.0, |class| class.2)) {
                        (classes.get(*likely).map_or("", |class| class.0.as_str()))
                    } }
                    div.wide tabindex="0" { table {
                        thead { tr { th scope="col" { "class" } th scope="col" { "logit" } th scope="col" { "probability" } th {} } }
                        tbody {
                            @for (place, (name, logit, share)) in classes.iter().enumerate() {
                                tr {
                                    th scope="row" { @if place == *likely { b { (name) } } @else { (name) } }
                                    td { code { (number(*logit)) } }
                                    td { code { (number(*share)) } }
                                    td { meter min="0" max="1" value=(share) aria-label=(format!("probability of {name}")) {} }
                                }
                            }
                        }
                    } }
                }
            }),
        };
        answer.html(html! {
            div { @for unseen in &told.unseen { p.notice { (unseen) } } }
        })
    }

    /// The row as the network reads it, with what the answer depends on.
    fn inputs(&self, told: &Told) -> Part {
        let mut order: Vec<usize> = (0..told.inputs.len()).collect();
        if order.len() > MOST_INPUTS {
            order.sort_by(|a, b| {
                told.inputs[*b]
                    .gradient
                    .abs()
                    .total_cmp(&told.inputs[*a].gradient.abs())
            });
            order.truncate(MOST_INPUTS);
        }
        let steepest = order
            .iter()
            .map(|place| told.inputs[*place].gradient.abs())
            .fold(0.0, f64::max);
        let mut rows = Part::new("tbody", "input-rows");
        for place in &order {
            let input = &told.inputs[*place];
            rows = rows.html(html! {
                tr {
                    th scope="row" { (input.name) }
                    td { code { (number(input.value)) } }
                    td { span class=(format!("chip {}", shade(input.gradient, steepest))) { (number(input.gradient)) } }
                }
            });
        }
        let what = match told.answer {
            Answer::Numbers { .. } => "the answer",
            Answer::Classes { .. } => "the likeliest class's probability",
        };
        let table = Part::new("table", "input-table")
            .html(html! {
                thead { tr { th scope="col" { "input" } th scope="col" { "as the network reads it" } th scope="col" { "∂ " (what) " / ∂ it" } } }
            })
            .part(rows);
        let left_out = told.inputs.len() - order.len();
        Part::new("section", "inputs")
            .with("class", "inputs")
            .html(html! { h2 { "The row as numbers" } })
            .part(Part::new("div", "input-frame").with("class", "wide").part(table))
            .html(
                html! { p.muted { @if left_out > 0 { (left_out) " more inputs, on which " (what) " depends less." } } },
            )
    }

    /// Each layer's numbers; a neuron that is pressed is drawn.
    fn layers(&self, told: &Told) -> Part {
        let mut panel = Part::new("section", "layers").with("class", "layers").html(html! {
            h2 { "Layer by layer" span.muted { " · press a neuron to see it number by number" } }
        });
        for (place, layer) in told.layers.iter().enumerate() {
            panel = panel.part(self.layer(place, layer, place + 1 == told.layers.len()));
        }
        panel
    }

    fn layer(&self, place: usize, layer: &Layer, last: bool) -> Part {
        let largest = layer.answers.iter().map(|answer| answer.abs()).fold(0.0, f64::max);
        let title = match (last, layer.activation.as_str()) {
            (true, _) => "The output".to_string(),
            (false, "identity") => format!("Layer {}", place + 1),
            (false, activation) => format!("Layer {}, {activation}", place + 1),
        };
        let hidden = layer.answers.len().saturating_sub(MOST_NEURONS);
        let mut row = Part::new("div", format!("layer-{place}")).with("class", "neurons");
        for (neuron, answer) in layer.answers.iter().enumerate().take(MOST_NEURONS) {
            let chosen = self.shown_neuron() == (place, neuron);
            let gradient = layer.gradients.get(neuron).copied().unwrap_or(0.0);
            let told = format!(
                "neuron {} of layer {}: {}, gradient {}",
                neuron + 1,
                place + 1,
                number(*answer),
                number(gradient)
            );
            row = row.html(html! {
                button class=(format!("chip {}", shade(*answer, largest))) type="button" data-pick=(format!("neuron:{place}.{neuron}"))
                    aria-current=[chosen.then_some("true")] title=(told) aria-label=(told) { (brief(*answer).replace('-', "−")) }
            });
        }
        Part::new("div", format!("layer-frame-{place}"))
            .html(html! { h3 { (title) span.muted { " · " (layer.answers.len()) " neurons" @if hidden > 0 { ", " (hidden) " not shown" } } } })
            .part(row)
    }

    fn neuron_panel(&self, told: &Told) -> Part {
        let (layer, neuron) = self.shown_neuron();
        let panel = Part::new("section", "neuron").with("class", "neuron");
        match told.neuron(&self.opened.model, layer, neuron) {
            Err(why) => panel.html(html! { p.notice { (why) } }),
            Ok((picture, others)) => panel
                .html(html! { h2 { "Neuron " (neuron + 1) " of layer " (layer + 1) } })
                .part(framed(0, &picture))
                .html(html! {
                    p.muted {
                        "Its answer is its activation of bias plus weights times inputs. "
                        @if others > 0 { "The " (others) " inputs that add least are drawn as one." }
                    }
                }),
        }
    }

    /// The rows it gets most wrong.
    fn worst(&self) -> Part {
        let panel = Part::new("section", "worst").with("class", "worst");
        if self.opened.worst.is_empty() {
            return panel;
        }
        let classes = matches!(
            self.told(),
            Ok(Told {
                answer: Answer::Classes { .. },
                ..
            })
        );
        panel.html(html! { h2 { "The rows it gets most wrong" } }).html(html! {
            div.wide tabindex="0" { table {
                thead { tr {
                    th scope="col" { "row" } th scope="col" { "the table says" } th scope="col" { "the model says" }
                    th scope="col" { @if classes { "1 − probability of the truth" } @else if self.opened.targets().len() > 1 { "largest error, in deviations" } @else { "error" } }
                } }
                tbody {
                    @for wrong in &self.opened.worst {
                        tr {
                            td { button type="button" data-pick=(format!("row:{}", wrong.row)) aria-current=[(wrong.row == self.row).then_some("true")] { (wrong.row) } }
                            td { (wrong.truth) }
                            td { (wrong.answer.parse().map_or(wrong.answer.clone(), number)) }
                            td { code { (number(wrong.error)) } }
                        }
                    }
                }
            } }
        })
    }
}

/// A cell with what changes it: a slider and a number, a choice, or text.
fn cell(place: usize, feature: &Feature, start: &str, now: &str) -> Markup {
    let (id, name) = (format!("cell-{place}"), format!("cell{place}"));
    let changed = start != now;
    html! {
        div.control {
            label for=(id) class=(if changed { "changed" } else { "" }) { b { (feature.name) } }
            @match &feature.encoding {
                Encoding::Number { scale, .. } => {
                    @let step = step(scale.standard_deviation);
                    @let (from, to) = (scale.mean - REACH * scale.standard_deviation, scale.mean + REACH * scale.standard_deviation);
                    input id=(id) type="range" min=((from / step).floor() * step) max=((to / step).ceil() * step) step=(step)
                        data-set=(name) data-start=(start) value=(now);
                    input.number type="number" aria-label=(format!("{} as a number", feature.name)) min="-1e15" max="1e15"
                        step=(step) data-set=(name) data-start=(start) value=(now);
                }
                Encoding::Category { names, rare, .. } => {
                    @let known = names.iter().chain(rare).any(|name| name == now);
                    select id=(id) data-set=(name) data-start=(start) {
                        @if !known { option value=(now) selected { @if now.is_empty() { "(missing)" } @else { (now) } } }
                        @for option in names.iter().chain(rare) { option value=(option) selected[option == now] { (option) } }
                    }
                }
                Encoding::Date { .. } => {
                    input id=(id) type="text" data-set=(name) data-start=(start) value=(now) maxlength="40" autocomplete="off";
                }
            }
        }
    }
}

/// A round step, about a fiftieth of the deviation.
fn step(standard_deviation: f64) -> f64 {
    let exponent = (standard_deviation / 50.0).log10().floor();
    let step = format!("1e{exponent}").parse::<f64>().unwrap_or(0.01);
    if step.is_finite() && step > 0.0 { step } else { 0.01 }
}

/// A class for a number's color: its sign, and its size beside the largest in four grades.
fn shade(value: f64, largest: f64) -> &'static str {
    let share = if largest > 0.0 { value.abs() / largest } else { 0.0 };
    let names = match value < 0.0 {
        true => ["n1", "n2", "n3", "n4"],
        false => ["p1", "p2", "p3", "p4"],
    };
    match share {
        share if share.is_nan() || share < 0.02 => "none",
        share if share < 0.25 => names[0],
        share if share < 0.5 => names[1],
        share if share < 0.75 => names[2],
        _ => names[3],
    }
}
