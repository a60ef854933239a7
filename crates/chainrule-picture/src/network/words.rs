//! What is said about a network: names, sizes that do not fit, the description.

use super::Network;
use crate::number;

/// What a neuron is called in a tooltip.
pub(super) fn neuron_name(network: &Network, layer: usize, neuron: usize) -> String {
    let given = match layer.checked_sub(1) {
        None => network.inputs.get(neuron),
        Some(layer) => network.layers.get(layer).and_then(|layer| layer.names.get(neuron)),
    };
    match given.filter(|name| !name.is_empty()) {
        Some(name) => name.clone(),
        None if layer == 0 => format!("input {}", neuron + 1),
        None => format!("layer {layer}, neuron {}", neuron + 1),
    }
}

/// Where the sizes given contradict each other, as sentences.
pub(super) fn mismatches(network: &Network) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut before = network.inputs.len();
    for (place, layer) in network.layers.iter().enumerate() {
        let size = layer.size();
        let whose = if place == 0 {
            "there are"
        } else {
            "the layer before has"
        };
        if layer.weights.len() != before {
            remarks.push(format!(
                "Layer {}: weights for {} inputs, but {whose} {before}.",
                place + 1,
                layer.weights.len()
            ));
        }
        if layer.weights.iter().any(|row| row.len() != size) {
            remarks.push(format!(
                "Layer {}: some rows of weights have fewer than {size} numbers.",
                place + 1
            ));
        }
        if !layer.bias.is_empty() && layer.bias.len() != size {
            remarks.push(format!(
                "Layer {}: {} biases for {size} neurons.",
                place + 1,
                layer.bias.len()
            ));
        }
        before = size;
    }
    let more = remarks.len().saturating_sub(4);
    remarks.truncate(4);
    if more > 0 {
        remarks.push(format!("And {more} more sizes that do not fit."));
    }
    remarks
}

pub(super) fn describe(network: &Network, sizes: &[usize], largest: f64, remarks: &[String]) -> String {
    let mut text = format!("Network with {}", number::counted(sizes[0], "input"));
    for (layer, size) in network.layers.iter().zip(&sizes[1..]).take(20) {
        let activation = if layer.activation.is_empty() {
            "linear"
        } else {
            &layer.activation
        };
        text += &format!(", a layer of {} ({activation})", number::counted(*size, "neuron"));
    }
    if network.layers.len() > 20 {
        text += &format!(", and {} more layers", network.layers.len() - 20);
    }
    text += ".";
    if !network.inputs.is_empty() {
        let names: Vec<&str> = network.inputs.iter().take(12).map(String::as_str).collect();
        let more = if network.inputs.len() > 12 { ", …" } else { "" };
        text += &format!(" Inputs: {}{more}.", names.join(", "));
    }
    if largest > 0.0 {
        text += &format!(" Largest weight drawn: {}.", number::brief(largest));
    }
    for remark in remarks {
        text += " ";
        text += remark;
    }
    text
}
