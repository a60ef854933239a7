//! What can be chosen, beside what it changes.

use chainrule_playground::{Choice, Data, Kind, Setup};
use maud::{Markup, html};

use super::surface::View;

/// The choices of a training that are always in view, and those that are not.
pub(super) const TRAINING: [&str; 4] = ["rate", "optimizer", "batch", "activation"];
pub(super) const MORE: [&str; 10] = [
    "widths", "loss", "momentum", "l1", "l2", "seed", "stop", "steps", "patience", "accuracy",
];

/// Learning rates to begin with.
const RATES: [&str; 9] = ["usual", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3"];

/// What is wrong with a value that was given: of which choice, and what to do.
pub(super) type Refused = Option<(String, String)>;

/// A choice with its name, what it is, and what was wrong with the value given last.
pub(super) fn choice(setup: &Setup, name: &str, refused: &Refused) -> Markup {
    let Some(choice) = Choice::named(name) else {
        return html! {};
    };
    let value = setup.get(name).unwrap_or_default();
    let id = format!("p-{name}");
    let wrong = refused.as_ref().filter(|(known, _)| known == name).map(|(_, why)| why);
    html! {
        div.choice title=(choice.doc) {
            label for=(id) { (called(name)) }
            (field(choice, &id, &value))
            p.doc id=(format!("{id}-doc")) { (choice.doc) }
            @if let Some(why) = wrong { p.wrong role="alert" { (why) } }
        }
    }
}

/// Several choices under each other.
pub(super) fn choices(setup: &Setup, names: &[&str], refused: &Refused) -> Markup {
    html! { @for name in names { (choice(setup, name, refused)) } }
}

/// A name as one reads it.
pub(super) fn called(name: &str) -> String {
    match name {
        "data_seed" => "data seed".to_string(),
        "validation" => "validation share".to_string(),
        "rate" => "learning rate".to_string(),
        "batch" => "batch size".to_string(),
        "stop" => "stop when".to_string(),
        "seed" => "seed of the weights".to_string(),
        name => name.to_string(),
    }
}

fn field(choice: &Choice, id: &str, value: &str) -> Markup {
    let (name, doc) = (choice.name, format!("{id}-doc"));
    match choice.kind {
        Kind::OneOf(words) => html! {
            select id=(id) data-set=(name) data-once="" aria-describedby=(doc) {
                @for word in words() { option value=(word) selected[word == value] { (shown(word)) } }
            }
        },
        Kind::Number {
            least,
            most,
            whole,
            or: None,
        } if !whole && least > 0.0 && most <= 1.0 => html! {
            span.slid {
                input id=(id) type="range" min=(least) max=(most) step="0.05" value=(value) data-set=(name) data-once="" aria-describedby=(doc);
                output { (value) }
            }
        },
        Kind::Number {
            least,
            most,
            whole,
            or: None,
        } => html! {
            input id=(id) type="number" inputmode="decimal" min=(least) max=(most) step=(if whole { "1" } else { "any" })
                value=(value) data-set=(name) data-once="" data-late="" aria-describedby=(doc);
        },
        Kind::Number { .. } => html! {
            input id=(id) type="text" inputmode="decimal" value=(value) list=[(name == "rate").then_some("rates")]
                autocomplete="off" spellcheck="false" data-set=(name) data-once="" data-late="" aria-describedby=(doc);
            @if name == "rate" {
                datalist #rates { @for rate in RATES { option value=(rate) {} } }
            }
        },
        Kind::Text { longest } => html! {
            input id=(id) type="text" maxlength=(longest) value=(value) autocomplete="off" spellcheck="false" data-set=(name)
                data-once="" data-late="" placeholder=(placeholder(name)) aria-describedby=(doc);
        },
    }
}

fn placeholder(name: &str) -> &'static str {
    match name {
        "target" => "the usual one",
        "inputs" => "all",
        "widths" => "none: a linear model",
        _ => "",
    }
}

/// A word of a choice as one reads it.
fn shown(word: &str) -> String {
    match word {
        "own" => "your own table".to_string(),
        word => word.replace('_', " "),
    }
}

/// The hidden layers: one more or less, and for each of them a neuron more or less.
pub(super) fn layers(setup: &Setup) -> Markup {
    let widths = setup.widths();
    let text = |widths: &[usize]| {
        let widths: Vec<String> = widths.iter().map(ToString::to_string).collect();
        format!("widths={}", widths.join(","))
    };
    let with = |layer: usize, width: usize| {
        let mut changed = widths.to_vec();
        if let Some(place) = changed.get_mut(layer) {
            *place = width.max(1);
        }
        text(&changed)
    };
    let more = [widths, &[widths.last().copied().unwrap_or(4)]].concat();
    let less = widths.get(..widths.len().saturating_sub(1)).unwrap_or_default();
    html! {
        div.layers role="group" aria-label="Hidden layers" {
            button type="button" data-send=(text(less)) disabled[widths.is_empty()] title="One hidden layer less"
                aria-label="One hidden layer less" { "−" }
            span { (widths.len()) @if widths.len() == 1 { " hidden layer" } @else { " hidden layers" } }
            button type="button" data-send=(text(&more)) title="One hidden layer more" aria-label="One hidden layer more" { "+" }
            @for (layer, &width) in widths.iter().enumerate() {
                span.width {
                    button type="button" data-send=(with(layer, width - 1)) disabled[width == 1]
                        aria-label=(format!("layer {}: one neuron less", layer + 1)) title="One neuron less" { "−" }
                    span { (width) }
                    button type="button" data-send=(with(layer, width + 1))
                        aria-label=(format!("layer {}: one neuron more", layer + 1)) title="One neuron more" { "+" }
                }
            }
        }
    }
}

/// Which columns, and what is made of them, the network takes in: boxes to tick where they are few.
pub(super) fn inputs(setup: &Setup, columns: &[String]) -> Option<Markup> {
    if columns.is_empty() || columns.len() > 2 {
        return None;
    }
    let squares = columns.iter().map(|name| format!("{name}^2"));
    let products = columns.get(1).map(|other| format!("{}*{other}", columns[0]));
    let sines = columns.iter().map(|name| format!("sin({name})"));
    let all: Vec<String> = columns
        .iter()
        .cloned()
        .chain(squares)
        .chain(products)
        .chain(sines)
        .collect();
    let chosen = setup.get("inputs").ok()?;
    let chosen: Vec<&str> = match chosen.is_empty() {
        true => columns.iter().map(String::as_str).collect(),
        false => chosen.split(',').map(str::trim).collect(),
    };
    let toggled = |name: &str| {
        let kept = all
            .iter()
            .filter(|known| chosen.contains(&known.as_str()) != (*known == name));
        let kept: Vec<&str> = kept.map(String::as_str).collect();
        format!("inputs={}", kept.join(","))
    };
    Some(html! {
        div.inputs role="group" aria-label="Inputs" {
            @for name in &all {
                @let on = chosen.contains(&name.as_str());
                button.tick type="button" aria-pressed=(on) data-send=(toggled(name))
                    disabled[on && chosen.len() == 1] { (typeset(name)) }
            }
        }
    })
}

/// Along which two columns the output is shown, where there are more.
pub(super) fn axes(data: &Data, axes: [usize; 2]) -> Markup {
    let usable: Vec<(usize, &str)> = (0..data.columns().len())
        .filter(|place| View::of(data, [*place, *place]) != View::Nothing)
        .filter_map(|place| Some((place, data.columns().get(place)?.name.as_str())))
        .collect();
    html! {
        @if usable.len() > 2 {
            @for (axis, name) in ["x", "y"].into_iter().enumerate() {
                div.choice title="The output is shown over two columns; the others are at their typical values." {
                    label for=(format!("p-axis-{name}")) { (if axis == 0 { "shown to the right" } else { "shown upward" }) }
                    select id=(format!("p-axis-{name}")) data-set=(name) data-once="" {
                        @for (place, column) in &usable { option value=(place) selected[axes[axis] == *place] { (column) } }
                    }
                }
            }
        }
    }
}

/// `x1^2` as x1², `x1*x2` as x1·x2.
pub(super) fn typeset(name: &str) -> String {
    name.replace("^2", "²").replace('*', "·")
}
