//! What inputs and neurons say: sizes that do not fit, and neurons that learn nothing any more.

use super::{Code, Finding, figure, named};
use crate::{activations::Activations, error::Result, run::Run};

/// Inputs of such a size (root of the mean square) are too large, and so many times the smallest are too different.
const LARGE: f64 = 5.0;
const DIFFERENT: f64 = 20.0;

/// Inputs that should have been scaled.
pub(super) fn unscaled_inputs(run: &Run) -> Option<Finding> {
    if run.setup().get("scaling").as_deref() != Ok("off") {
        return None;
    }
    let (names, part) = (run.data().inputs(), run.data().train());
    let (inputs, rows) = (names.len().max(1), part.rows.len().max(1) as f64);
    let size = |column: usize| {
        let squares = part.inputs.iter().skip(column).step_by(inputs).map(|x| x * x);
        (squares.sum::<f64>() / rows).sqrt()
    };
    let mut sizes: Vec<(f64, &str)> = names
        .iter()
        .enumerate()
        .map(|(at, name)| (size(at), name.as_str()))
        .collect();
    sizes.retain(|(size, _)| *size > 0.0);
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, last) = (sizes.first()?, sizes.last()?);
    if last.0 <= LARGE && last.0 <= first.0 * DIFFERENT {
        return None;
    }
    let found = match first.1 == last.1 {
        true => format!(
            "the input {} is about {} in size, and not scaled",
            last.1,
            figure(last.0)
        ),
        false => format!(
            "inputs are not scaled: {} is about {} in size, {} about {}",
            last.1,
            figure(last.0),
            first.1,
            figure(first.0)
        ),
    };
    Some(Code::UnscaledInputs.finding(found, Some(("scaling", "on".to_string()))))
}

/// The hidden neurons for which something holds for all that they give, with the share of the fullest layer.
fn hidden_neurons(run: &Run, activations: &Activations, holds: impl Fn(&[f64]) -> bool) -> (Vec<(usize, usize)>, f64) {
    let (mut found, mut share) = (vec![], 0.0f64);
    for (layer, width) in run.choices().widths().iter().enumerate() {
        let before = found.len();
        for neuron in 0..*width {
            let values: Vec<f64> = activations.neuron(layer, neuron).collect();
            if holds(&values) {
                found.push((layer, neuron));
            }
        }
        share = share.max((found.len() - before) as f64 / *width as f64);
    }
    (found, share)
}

/// A layer of which such a share learns nothing is grave.
const GRAVE: f64 = 0.5;

/// ReLUs that give 0 for every row.
pub(super) fn dead(run: &Run) -> Result<Option<Finding>> {
    if run.choices().get("activation").as_deref() != Ok("relu") {
        return Ok(None);
    }
    let activations = run.activations_of_training_rows()?;
    let (neurons, share) = hidden_neurons(run, &activations, |values| values.iter().all(|value| *value == 0.0));
    if neurons.is_empty() {
        return Ok(None);
    }
    let all: usize = run.choices().widths().iter().sum();
    let found = format!(
        "{} of {all} hidden neurons give 0 for each of {} training rows: {}",
        neurons.len(),
        activations.rows(),
        named(&neurons)
    );
    let change = Some(("activation", "leaky_relu".to_string()));
    Ok(Some(Finding {
        grave: share >= GRAVE,
        neurons,
        ..Code::DeadNeurons.finding(found, change)
    }))
}

/// A neuron is saturated when what it gives is so near its bounds for such a share of the rows.
const NEAR: f64 = 0.01;
const NEARLY_ALL: f64 = 0.9;
/// A learning rate so many times the usual one makes weights large.
const FAR_FROM_USUAL: f64 = 5.0;

/// Neurons where tanh or the sigmoid is flat.
pub(super) fn saturated(run: &Run, unscaled: bool) -> Result<Option<Finding>> {
    let choices = run.choices();
    let least = match choices.get("activation").as_deref() {
        Ok("tanh") => -1.0,
        Ok("sigmoid") => 0.0,
        _ => return Ok(None),
    };
    let activations = run.activations_of_training_rows()?;
    let near = NEAR * (1.0 - least) / 2.0;
    let (neurons, share) = hidden_neurons(run, &activations, |values| {
        let flat = values
            .iter()
            .filter(|value| **value < least + near || **value > 1.0 - near);
        flat.count() as f64 >= NEARLY_ALL * values.len() as f64
    });
    if neurons.is_empty() {
        return Ok(None);
    }
    let all: usize = choices.widths().iter().sum();
    let found = format!(
        "{} of {all} hidden neurons are within {} of their bounds for nine of ten training rows or more: {}",
        neurons.len(),
        figure(near),
        named(&neurons)
    );
    let (rate, usual) = (choices.rate(), choices.usual_rate());
    let change = match unscaled {
        true => ("scaling", "on".to_string()),
        // Long steps have made weights large.
        false if rate > FAR_FROM_USUAL * usual => ("rate", usual.to_string()),
        false => ("activation", "relu".to_string()),
    };
    Ok(Some(Finding {
        grave: share >= GRAVE,
        neurons,
        ..Code::SaturatedNeurons.finding(found, Some(change))
    }))
}
