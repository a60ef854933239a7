//! What is told beside the graph: the rule in use, the value that is looked at, the paths of a gradient, the leaves.

use chainrule::{Explanation, PathStep};
use maud::{Markup, html};

use super::{Bench, Leaf};
use crate::{
    bench::{Pass, Rule, Step, Value, rule, toggled, told},
    part::Part,
    prose::live,
    typeset::formula,
};

/// So many leaves have a slider; more are a list of numbers.
const SLIDERS: usize = 14;

impl Bench {
    /// What happens at this step, with its numbers.
    pub(super) fn now(&self) -> Part {
        let walk = &self.made().walk;
        let panel = Part::new("section", "now")
            .with("class", "now")
            .with("aria-live", "polite");
        let what = match walk.step(self.position()) {
            Step::Start => html! {
                div {
                    h2 { "Only the leaves have numbers" }
                    p { "Play, or step on with the arrow keys: each step computes one value from those before it." }
                }
            },
            Step::Forward(place) => self.forward(&walk.values[place]),
            Step::Seed => {
                let name = walk.values.last().map(Value::called).unwrap_or_default();
                html! {
                    div.back {
                        h2 { "The way back begins" }
                        p { "The result changes as much as itself: " (formula(&format!("∂{name}/∂{name} = 1"))) "." }
                    }
                }
            }
            Step::Backward(pass) => self.backward(pass),
        };
        panel.html(what)
    }

    fn inputs(&self, value: &Value) -> Vec<f64> {
        let values = &self.made().walk.values;
        value.arguments.iter().map(|place| values[*place].data).collect()
    }

    fn rule_of(&self, value: &Value) -> Option<Rule> {
        let (name, label) = value.op.as_ref()?;
        rule(name, label)
    }

    fn forward(&self, value: &Value) -> Markup {
        let (inputs, walk) = (self.inputs(value), &self.made().walk);
        let rule = self.rule_of(value);
        let with = rule.as_ref().and_then(|rule| rule.formula_with(&inputs));
        let with = with.map_or(String::new(), |with| format!("{with} = "));
        html! {
            div {
                h2 { "Forward: " (value.called()) }
                @if let Some(rule) = &rule {
                    p { (rule.title) ", " (formula(&rule.formula)) (constants(rule)) }
                    p.sum { (formula(&format!("{} = {}{}", value.called(), with, live(&told(value.data))))) }
                    ul.inputs {
                        @for (turn, argument) in value.arguments.iter().enumerate() {
                            @let argument = &walk.values[*argument];
                            @let called = rule.arguments.get(turn).unwrap_or(&"x");
                            li { (formula(&format!("{called} = {} = {}", argument.called(), told(argument.data)))) }
                        }
                    }
                }
            }
        }
    }

    fn backward(&self, pass: &Pass) -> Markup {
        let values = &self.made().walk.values;
        let value = &values[pass.place];
        let (rule, inputs) = (self.rule_of(value), self.inputs(value));
        let name = value.called();
        html! {
            div.back {
                h2 { "Backward: " (name) }
                @if let Some(rule) = &rule {
                    p {
                        (rule.title) ", " (formula(&rule.formula)) (constants(rule)) ". Its own gradient is complete: "
                        (formula(&format!("g = {}", live(&told(pass.gradient))))) "."
                    }
                }
                div.wide tabindex="0" { table {
                    thead { tr {
                        th scope="col" { "to" }
                        th scope="col" { "local derivative" }
                        th scope="col" { "times g" }
                        th scope="col" { "by the rule" }
                        th scope="col" { "gradient" }
                    } }
                    tbody {
                        @for share in &pass.shares {
                            @let to = values[share.place].called();
                            tr {
                                // A row is called by words: not every reader says what stands in a formula.
                                th scope="row" { span.hidden { (to) } span aria-hidden="true" { (formula(&to)) } }
                                td { (formula(&format!("∂{name}/∂{to} = {}", told(share.local)))) }
                                td { (formula(&live(&told(share.product)))) }
                                td { @if let Some(rule) = &rule { (by_rule(rule, share.turn, &inputs, value.data, pass.gradient)) } }
                                td { (formula(&format!("{} → {}", told(share.before), live(&told(share.after))))) }
                            }
                        }
                    }
                } }
                @if pass.shares.is_empty() { p { "Nothing that it was made from has a gradient." } }
            }
        }
    }

    /// The value that is looked at, and the paths of the gradient that was asked for.
    pub(super) fn beside(&self) -> Part {
        let looked = self.looked.and_then(|id| self.place(id));
        let look = Part::new("section", "look").with("class", "look");
        let look = match looked {
            None => look.html(html! { p.muted { "Press a value, or go to it with Tab, to see its rule, its inputs and its gradient." } }),
            Some(place) => look.html(self.looked_at(place)),
        };
        let paths = Part::new("section", "paths")
            .with("class", "paths")
            .with("aria-live", "polite");
        let paths = match &self.made().explanation {
            None => paths.html(html! { p.muted { "Press it (Enter) for the paths that its gradient is the sum of." } }),
            Some(Err(why)) => paths.html(html! { p.notice { (why) } }),
            Some(Ok(told)) => paths.html(paths_told(told)),
        };
        Part::new("div", "beside")
            .with("class", "beside")
            .part(look)
            .part(paths)
    }

    fn looked_at(&self, place: usize) -> Markup {
        let made = self.made();
        let (walk, position) = (&made.walk, self.position());
        let value = &walk.values[place];
        let gradient = walk.gradients(position)[place];
        let opened = made.groups.around.get(place).into_iter().flatten();
        let opened: Vec<&crate::bench::Group> = opened.map(|group| &made.groups.list[*group]).collect();
        html! {
            div {
                h2 { (value.called()) }
                p {
                    @match &value.op {
                        None if value.differentiable => { "A leaf. " }
                        None => { "A constant: no gradient flows to it. " }
                        Some((_, label)) => {
                            (label) " of "
                            @for (turn, argument) in value.arguments.iter().enumerate() {
                                @if turn > 0 { ", " }
                                @let argument = &walk.values[*argument];
                                (formula(&format!("{} = {}", argument.called(), told(argument.data))))
                            }
                            ". "
                        }
                    }
                    @if let Some(rule) = self.rule_of(value) {
                        (rule.title) ", " (formula(&rule.formula)) (constants(&rule)) ". "
                    }
                }
                p {
                    "data "
                    @if walk.has(place, position) { code { (value.data) } } @else { "not yet" }
                    ", gradient "
                    @match gradient {
                        Some(gradient) => { code { (gradient) } }
                        None => { "none yet" }
                    }
                }
                @for group in opened {
                    button type="button" data-pick=(format!("open:{}", toggled(&self.turned, &group.id))) { "fold or unfold " (group.name) }
                }
            }
        }
    }

    /// A row for each leaf.
    pub(super) fn leaf_panel(&self) -> Part {
        let leaves = &self.made().leaves;
        let many = leaves.len() > SLIDERS;
        let mut rows = Part::new("div", "leaf-rows").with("class", if many { "leaf-rows many" } else { "leaf-rows" });
        for (number, leaf) in leaves.iter().enumerate() {
            rows = rows.html(if many { box_of(number, leaf) } else { row(number, leaf) });
        }
        let panel = Part::new("details", "leaves").with("class", "leaves");
        let panel = if many { panel } else { panel.with("open", "") };
        panel
            .html(html! { summary { "The leaves" span.muted { " · drag them in the graph, or change them here" } } })
            .part(rows)
    }
}

/// The constants of an operation.
fn constants(rule: &Rule) -> Markup {
    html! {
        @for (name, number) in &rule.constants { ", with " (name) " " (told(*number)) }
    }
}

/// What flows back to an argument by the rule, as it reads and with its numbers.
fn by_rule(rule: &Rule, turn: usize, inputs: &[f64], y: f64, g: f64) -> Markup {
    html! {
        @if let Some(text) = rule.derivative(turn) {
            @match rule.derivative_with(turn, inputs, y, g).filter(|with| with != text) {
                Some(with) => (formula(&format!("{text} = {with}"))),
                None => (formula(text)),
            }
        }
    }
}

/// Every path with its product; their sum is the gradient.
fn paths_told(explanation: &Explanation) -> Markup {
    let Explanation {
        result,
        wrt,
        gradient,
        path_count,
        paths,
    } = explanation;
    let sum: f64 = paths.iter().map(|path| path.product).sum();
    let all = *path_count == paths.len() as u128;
    html! {
        div {
            h2 { "∂" (result) "/∂" (wrt) " = " b.live { (told(*gradient)) } }
            @match path_count {
                0 => { p { (result) " does not depend on " (wrt) "." } }
                1 => { p { "One path leads there, and the gradient is the product along it." } }
                count if all => { p { "The sum over " (count) " paths, each the product of its local derivatives." } }
                &u128::MAX => { p { "The sum over more paths than can be counted; the largest are these." } }
                count => { p { "The sum over " (count) " paths; the " (paths.len()) " largest are these." } }
            }
            div.wide tabindex="0" { table.paths {
                tbody {
                    @for path in paths {
                        tr {
                            td.product { code data-product=(path.product) { (told(path.product)) } }
                            td { "= " @if path.steps.is_empty() { "the value itself" } (factors(&path.steps)) }
                        }
                    }
                    tr.sum {
                        td.product { code { b.live data-sum=(sum) { (told(sum)) } } }
                        td { @if all { "together, which is the gradient" } @else { "together; the other paths add the rest" } }
                    }
                }
            } }
        }
    }
}

fn factors(steps: &[PathStep]) -> Markup {
    html! {
        @for (turn, step) in steps.iter().enumerate() {
            @if turn > 0 { " · " }
            span.factor title=(format!("∂{}/∂{}", step.name, step.argument)) {
                b { (told(step.derivative)) } small { " " (formula(&format!("∂{}/∂{}", step.name, step.argument))) }
            }
        }
    }
}

fn row(number: usize, leaf: &Leaf) -> Markup {
    let id = format!("leaf-{number}");
    let name = format!(".{}", leaf.name);
    let reach = reach(leaf);
    html! {
        div.control {
            label for=(id) { b { (leaf.name) } }
            input id=(id) type="range" min=(-reach) max=(reach) step=(reach / 200.0) data-set=(name) data-start=(leaf.start)
                value=(leaf.value);
            (number_box(leaf, &name, None))
        }
    }
}

fn box_of(number: usize, leaf: &Leaf) -> Markup {
    let id = format!("leaf-{number}");
    html! {
        div.control {
            label for=(id) { b { (leaf.name) } }
            (number_box(leaf, &format!(".{}", leaf.name), Some(&id)))
        }
    }
}

fn number_box(leaf: &Leaf, name: &str, id: Option<&str>) -> Markup {
    html! {
        input.number id=[id] type="number" aria-label=(format!("{} as a number", leaf.name)) min="-1000000" max="1000000" step="0.1"
            data-set=(name) data-start=(leaf.start) value=(leaf.value);
    }
}

/// How far a leaf's slider reaches: a round number that its start lies well within.
fn reach(leaf: &Leaf) -> f64 {
    let most = leaf.start.abs() * 2.0;
    [5.0, 10.0, 20.0, 50.0, 100.0, 1000.0]
        .into_iter()
        .find(|reach| *reach >= most)
        .unwrap_or(1e6)
}
