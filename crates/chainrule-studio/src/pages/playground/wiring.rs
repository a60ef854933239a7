//! The picture of the network: neurons with what they answer, weights to drag.

use chainrule_picture::{
    Picture,
    network::{Edge, Live, Output, Unit},
};
use chainrule_playground::{Finding, Gradients, Run, Weight};

use super::{
    controls::typeset,
    surface::{Answers, View},
};

/// How wide the picture is, and how wide it is in the window of a phone.
const WIDE: f64 = 600.0;
const NARROW: f64 = 356.0;
/// Cells along a side of a neuron's map.
const SIDE: usize = 24;

/// The picture of the network as it is now, with what was found to be wrong with its neurons; `passing` where many
/// follow each other.
pub(super) fn picture(
    run: &Run,
    answers: &Answers,
    gradients: Option<&Gradients>,
    chosen: Option<(usize, usize)>,
    findings: &[Finding],
    narrow: bool,
    passing: bool,
) -> Picture {
    let network = run.network();
    let widths = network.widths();
    let last = widths.len().saturating_sub(1);
    let of = |which: Weight| Edge {
        weight: run.weight(which).unwrap_or(f64::NAN),
        gradient: gradients.and_then(|gradients| gradients.of(which)),
    };
    let unit = |layer: usize, place: usize| Unit {
        name: name(run, layer, place),
        bias: layer.checked_sub(1).map(|layer| {
            of(Weight {
                layer,
                from: None,
                to: place,
            })
        }),
        output: match Live::shows(widths[layer], place) {
            true => output(run, answers, layer, place),
            false => Output::Unknown,
        },
        remark: remark(findings, layer, place),
    };
    let layers: Vec<Vec<Unit>> = (0..widths.len())
        .map(|layer| (0..widths[layer]).map(|place| unit(layer, place)).collect())
        .collect();
    let edges = (0..last).map(|layer| {
        let row = |from: usize| {
            let to = 0..widths[layer + 1];
            let from = Some(from);
            to.map(|to| of(Weight { layer, from, to })).collect()
        };
        (0..widths[layer]).map(row).collect()
    });
    let captions = (0..widths.len()).map(|layer| match layer {
        0 => "inputs".to_string(),
        layer if layer == last => "output".to_string(),
        layer => network
            .activations
            .get(layer - 1)
            .map_or(String::new(), ToString::to_string),
    });
    Live {
        edges: edges.collect(),
        captions: captions.collect(),
        layers,
        chosen,
        width: if narrow { NARROW } else { WIDE },
        passing,
    }
    .picture()
}

/// What was found to be wrong with a neuron.
fn remark(findings: &[Finding], layer: usize, place: usize) -> String {
    let own = findings.iter().filter(|finding| {
        let mut neurons = finding.neurons.iter();
        neurons.any(|&(of, neuron)| (of + 1, neuron) == (layer, place))
    });
    let words = own.map(|finding| finding.code.name().replace('_', " "));
    words.collect::<Vec<_>>().join("; ")
}

/// What a neuron is called where it has no name of its own, such as h1.2.
pub(super) fn called(run: &Run, layer: usize, place: usize) -> String {
    match name(run, layer, place) {
        name if name.is_empty() => format!("h{layer}.{}", place + 1),
        name => name,
    }
}

/// The name of an input or an output; hidden neurons have none.
pub(super) fn name(run: &Run, layer: usize, place: usize) -> String {
    let last = run.network().layers.len();
    match layer {
        0 => run
            .data()
            .inputs()
            .get(place)
            .map_or(String::new(), |name| typeset(name)),
        layer if layer == last => match run.data().classes().get(place) {
            Some(class) => class.clone(),
            None => run.data().target().to_string(),
        },
        _ => String::new(),
    }
}

fn output(run: &Run, answers: &Answers, layer: usize, place: usize) -> Output {
    let values = answers.shown(run.data(), layer, place);
    match answers.view {
        View::Plane(..) => {
            let side = answers.side;
            let at = |cell: usize| (2 * cell + 1) * side / (2 * SIDE);
            let cell = |row: usize, column: usize| values.get(at(row) * side + at(column)).copied();
            let rows = (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column)));
            Output::Map {
                columns: SIDE,
                cells: rows
                    .map(|(row, column)| cell(row, column).unwrap_or(f64::NAN))
                    .collect(),
            }
        }
        View::Line(..) => Output::Curve(values.iter().step_by(4).copied().collect()),
        View::Nothing => Output::Unknown,
    }
}
