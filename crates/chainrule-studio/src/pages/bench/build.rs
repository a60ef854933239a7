//! What the graph is made from: the field for a formula, the choices for a network, and examples.

use chainrule::nn::activations;
use maud::{Markup, html};

use super::{Bench, FIRST, LONGEST, Network};
use crate::{
    bench::{loss_names, read_widths},
    part::Part,
};

/// Graphs of the lessons: what they are called, and their addresses.
const EXAMPLES: [(&str, &str); 6] = [
    ("a neuron", "/bench"),
    ("L = (a·b + c)·f", "/bench?formula=(a*b+%2B+c)*f&.c=10&.f=-2"),
    ("a value used twice", "/bench?formula=(a*b)*(a+%2B+b)&.a=-2&.b=3"),
    (
        "the error of one ReLU neuron",
        "/bench?formula=(w2*relu(w1*x+%2B+b1)+%2B+b2+-+y)^2&.w1=1&.x=1.5&.b1=-0.5&.w2=2&.b2=0.5&.y=1",
    ),
    (
        "the network of lesson 2",
        "/bench?formula=(1+-+sigmoid(w5*sigmoid(w1*x1+%2B+w2*x2+%2B+b1)+%2B+w6*sigmoid(w3*x1+%2B+w4*x2+%2B+b2)+%2B+b3))^2\
         &.w1=1&.w2=0&.w3=0&.w4=1&.w5=1&.w6=1&.b1=0&.b2=0&.b3=0&.x1=-2&.x2=-1",
    ),
    (
        "the training loss of lesson 3, 394 values",
        "/bench?build=network&widths=3,4,4,1&loss=sum+of+squares&samples=4&inputs=anew",
    ),
];

impl Bench {
    /// Takes over a choice for the network; whether anything has changed.
    pub(super) fn set_network(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let mut network = self.network.clone();
        let count = || {
            value
                .trim()
                .parse()
                .map_err(|_| format!("'{value}' is no whole number"))
        };
        match name {
            "widths" => {
                self.widths = value.to_string();
                network.widths = read_widths(value)?;
            }
            "activation" => network.activation = value.to_string(),
            "loss" => network.loss = value.to_string(),
            "seed" => network.seed = count()?,
            "samples" => network.samples = count()? as usize,
            _ => network.anew = value == "anew",
        }
        // Other widths may be what has to change next: a network too large is remembered all the same.
        let changed = self.network != network || self.trouble.is_some();
        if name == "activation" || name == "loss" {
            network = network.checked()?;
        }
        self.network = network;
        Ok(changed)
    }

    /// What the address says of the source.
    pub(super) fn moved_source(&self) -> Vec<(String, String)> {
        let mut moved = vec![];
        let mut put = |name: &str, value: String, first: String| {
            if value != first {
                moved.push((name.to_string(), value));
            }
        };
        if !self.by_network {
            put("formula", self.formula.clone(), FIRST.to_string());
            return moved;
        }
        let (now, first) = (&self.network, Network::default());
        put("build", "network".to_string(), String::new());
        put("widths", self.widths.clone(), "2, 2, 1".to_string());
        put("activation", now.activation.clone(), first.activation);
        put("loss", now.loss.clone(), first.loss);
        put("seed", now.seed.to_string(), first.seed.to_string());
        put("samples", now.samples.to_string(), first.samples.to_string());
        let inputs = |anew: bool| if anew { "anew" } else { "shared" }.to_string();
        put("inputs", inputs(now.anew), inputs(first.anew));
        moved
    }

    /// The panel to build with.
    pub(super) fn builder(&self) -> Part {
        let wrong = self.trouble.is_some();
        let build = if self.by_network { "network" } else { "formula" };
        let choice = html! {
            div.field {
                label for="c-build" { "Build" }
                (select("build", "formula", build, &[("formula", "a formula"), ("network", "a network")]))
            }
        };
        let fields = Part::new("div", "fields").with("class", "fields");
        let fields = match self.by_network {
            true => fields.html(self.network_fields()),
            false => fields.html(html! {
                div.field.long {
                    label for="c-formula" { "Formula" }
                    input #c-formula type="text" data-set="formula" data-start=(FIRST) value=(self.formula) maxlength=(LONGEST)
                        autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="trouble"
                        aria-invalid=(wrong);
                }
            }),
        };
        let trouble = Part::new("div", "trouble")
            .with("class", "trouble")
            .with("role", "status");
        let trouble = match &self.trouble {
            None => trouble,
            Some(told) => trouble.html(html! {
                div {
                    pre { (told.trim_start_matches("expression: ")) }
                    p { "Below stands what made sense last." }
                }
            }),
        };
        Part::new("div", "builder")
            .with("class", "builder")
            .with("role", "group")
            .with("aria-label", "What to build")
            .html(choice)
            .part(fields)
            .part(trouble)
            .html(html! {
                p.examples {
                    "Examples: "
                    @for (number, (name, address)) in EXAMPLES.iter().enumerate() {
                        @if number > 0 { " · " }
                        a href=(address) { (name) }
                    }
                }
            })
    }

    fn network_fields(&self) -> Markup {
        let (now, first) = (&self.network, Network::default());
        let names = |names: Vec<&'static str>| names.into_iter().map(|name| (name, name)).collect::<Vec<_>>();
        let anew = if now.anew { "anew" } else { "shared" };
        html! {
            div.fields {
                div.field {
                    label for="c-widths" { "Widths" }
                    input #c-widths type="text" data-set="widths" data-start="2, 2, 1" value=(self.widths) maxlength="60"
                        autocomplete="off" title="Inputs, hidden layers, outputs" aria-describedby="trouble";
                }
                div.field {
                    label for="c-activation" { "Activation" }
                    (select("activation", &first.activation, &now.activation, &names(activations())))
                }
                div.field {
                    label for="c-loss" { "Loss" }
                    (select("loss", &first.loss, &now.loss, &names(loss_names())))
                }
                div.field {
                    label for="c-samples" { "Samples" }
                    input #c-samples type="number" inputmode="numeric" min="1" max="8" step="1" data-set="samples"
                        data-start=(first.samples) value=(now.samples);
                }
                div.field {
                    label for="c-seed" { "Seed" }
                    input #c-seed type="number" inputmode="numeric" min="0" max=(u32::MAX) step="1" data-set="seed"
                        data-start=(first.seed) value=(now.seed);
                }
                div.field {
                    label for="c-inputs" { "Inputs" }
                    (select("inputs", "shared", anew, &[
                        ("shared", "one value each"),
                        ("anew", "a value for each neuron, as the notebook writes it"),
                    ]))
                }
            }
        }
    }
}

/// A choice of several.
pub(super) fn select(name: &str, start: &str, now: &str, options: &[(&str, &str)]) -> Markup {
    html! {
        select id=(format!("c-{name}")) data-set=(name) data-start=(start) {
            @for (value, text) in options {
                option value=(value) selected[*value == now] { (text) }
            }
        }
    }
}
