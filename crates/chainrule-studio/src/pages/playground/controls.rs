//! What can be chosen, beside what it changes.

use chainrule_playground::{Choice, Data, Kind, Setup};
use maud::{Markup, html};

/// Choices that stand beside the data, those above the network that are not drawn with it, and those of the training.
pub(super) const DATA: [&str; 9] = [
    "rows",
    "noise",
    "data_seed",
    "validation",
    "scaling",
    "target",
    "task",
    "inputs",
    "seed",
];
pub(super) const TRAINING: [&str; 3] = ["rate", "optimizer", "batch"];
pub(super) const MORE: [&str; 9] = [
    "loss", "momentum", "l1", "l2", "seed", "stop", "steps", "patience", "accuracy",
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
fn called(name: &str) -> String {
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
            select id=(id) data-set=(name) aria-describedby=(doc) {
                @for word in words() { option value=(word) selected[word == value] { (shown(word)) } }
            }
        },
        Kind::Number { least, most, whole, or: None } if !whole && least > 0.0 && most <= 1.0 => html! {
            span.slid {
                input id=(id) type="range" min=(least) max=(most) step="0.05" value=(value) data-set=(name) aria-describedby=(doc);
                output { (value) }
            }
        },
        Kind::Number { least, most, whole, or: None } => html! {
            input id=(id) type="number" inputmode="decimal" min=(least) max=(most) step=(if whole { "1" } else { "any" })
                value=(value) data-set=(name) data-late="" aria-describedby=(doc);
        },
        Kind::Number { .. } => html! {
            input id=(id) type="text" inputmode="decimal" value=(value) list=[(name == "rate").then_some("rates")]
                autocomplete="off" spellcheck="false" data-set=(name) data-late="" aria-describedby=(doc);
            @if name == "rate" {
                datalist #rates { @for rate in RATES { option value=(rate) {} } }
            }
        },
        Kind::Text { longest } => html! {
            input id=(id) type="text" maxlength=(longest) value=(value) autocomplete="off" spellcheck="false" data-set=(name)
                data-late="" placeholder=(placeholder(name)) aria-describedby=(doc);
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
pub(super) fn inputs(setup: &Setup, data: &Data) -> Option<Markup> {
    let columns: Vec<&str> = data.columns().iter().map(|column| column.name.as_str()).collect();
    let all: Vec<String> = match (setup.get("data").ok()?.as_str(), columns.len()) {
        (_, 1..=2) => {
            let squares = columns.iter().map(|name| format!("{name}^2"));
            let products = columns.get(1).map(|other| format!("{}*{other}", columns[0]));
            let sines = columns.iter().map(|name| format!("sin({name})"));
            let plain = columns.iter().map(|name| name.to_string());
            plain.chain(squares).chain(products).chain(sines).collect()
        }
        _ => return None,
    };
    let chosen = setup.get("inputs").ok()?;
    let chosen: Vec<&str> = match chosen.is_empty() {
        true => columns.clone(),
        false => chosen.split(',').map(str::trim).collect(),
    };
    let toggled = |name: &str| {
        let kept = all.iter().filter(|known| chosen.contains(&known.as_str()) != (*known == name));
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

/// `x1^2` as x1², `x1*x2` as x1·x2.
pub(super) fn typeset(name: &str) -> String {
    name.replace("^2", "²").replace('*', "·")
}
